"""`vedette sapient check` and `simulate`: is somebody's node conformant, and a node to try a system with."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import msgspec
import typer

from vedette.errors import BadInput
from vedette.feeds.recording import read_bytes
from vedette.model import Rejected
from vedette.wire.sapient.codec import looks_like_sapient, read_messages
from vedette.wire.sapient.conformance import Conformance, Gathered, Report

_WIDTH = 80


def check_file(path: Path) -> Report:
    """The report on a file of frames, or of JSON with one message a line.

    Raises:
        BadInput: missing, unreadable, empty, or no SAPIENT.
    """
    octets = read_bytes(path)
    if not octets:
        raise BadInput(path, "empty")
    if not looks_like_sapient(octets):
        raise BadInput(path, "begins with no SAPIENT message, neither framed nor as a line of JSON")
    conformance = Conformance()
    for one in read_messages(octets):
        conformance.hear(one if isinstance(one, Rejected) else one.message)
    return conformance.report()


def print_report(name: str, report: Report, *, as_json: bool) -> int:
    """Print it; the exit code."""
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        for line in report_lines(name, report):
            typer.echo(line)
    return 0 if report.conformant else 1


def report_lines(name: str, report: Report) -> Iterator[str]:
    """A page for reading, 80 columns wide."""
    verdict = "conformant" if report.conformant else "not conformant"
    yield from _wrapped(f"{name}: {verdict} to BSI Flex 335 v2.0, {_counted(report.messages, 'message')}", "")
    for node in report.nodes:
        said = ", ".join(node.types) or "not registered"
        yield from _wrapped(f"node {node.node} {node.name}: {said}, {_counted(node.messages, 'message')}", "")
    kinds = ", ".join(f"{count} {kind}" for kind, count in report.by_kind.items())
    if kinds:
        yield from _wrapped(f"heard: {kinds}", "")
    for reason, count in report.rejected_by_reason.items():
        yield from _wrapped(f"rejected: {count} {reason}", "")
    for severity in ("error", "warning"):
        found = [one for one in report.findings if one.severity == severity]
        if found:
            yield ""
            yield _counted(len(found), severity)
        for one in found:
            yield from _finding(one)


def _finding(one: Gathered) -> Iterator[str]:
    times = f" ({one.count} times)" if one.count > 1 else ""
    first = "" if one.message is None else f", message {one.message}"
    yield from _wrapped(f"  {one.path} [{one.rule}{first}]{times}", "      ")
    yield from _wrapped(f"    {one.why}", "      ")
    if one.clause:
        yield from _wrapped(f"    {one.clause}", "      ")


def _wrapped(text: str, later: str) -> list[str]:
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return textwrap.wrap(shown, _WIDTH, subsequent_indent=later, drop_whitespace=True, replace_whitespace=False)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
