"""`vedette sapient check` and `simulate`: is somebody's node conformant, and a node to try a system with."""

from __future__ import annotations

import asyncio
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import msgspec
import typer

from vedette.cli.sapient_lines import NotTaken, examine, play_node
from vedette.clock import LiveClock
from vedette.errors import BadInput
from vedette.feeds.recording import read_bytes
from vedette.model import Rejected
from vedette.sim.sapient_node import NodeKind, SimulatedNode
from vedette.tls import TlsFiles
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


_ADDRESS = re.compile(r"(?:\[([^\]]+)\]|([^:\[\]/\s]+)):(\d{1,5})")


def parse_address(text: str) -> tuple[str, int] | None:
    """Host and port of `HOST:PORT`, None if it is none."""
    found = _ADDRESS.fullmatch(text)
    if found is None or not 0 < int(found[3]) < 65536:
        return None
    return found[1] or found[2], int(found[3])


def parse_kind(text: str) -> NodeKind:
    """A kind of node.

    Raises:
        typer.BadParameter: none.
    """
    if text == "radar":
        return "radar"
    if text == "camera":
        return "camera"
    raise typer.BadParameter(f"must be radar or camera, not {text}", param_hint="--as")


def parse_place(text: str) -> tuple[float, float, float]:
    """Latitude and longitude in degrees and altitude in m of `LAT,LON[,ALT]`.

    Raises:
        typer.BadParameter: it is none.
    """
    try:
        latitude, longitude, *more = (float(part) for part in text.split(","))
        altitude = more[0] if more else 0.0
        if len(more) <= 1 and abs(latitude) <= 90.0 and abs(longitude) <= 180.0 and abs(altitude) <= 100_000.0:
            return latitude, longitude, altitude
    except ValueError:
        pass
    raise typer.BadParameter(f"must be LAT,LON[,ALT] in degrees and metres, not {text}", param_hint="--at")


def tls_files(certificate: Path | None, key: Path | None, authority: Path | None) -> TlsFiles | None:
    """The TLS files of the command's options, None where there are none.

    Raises:
        BadInput: one is missing.
    """
    named = [path for path in (certificate, key, authority) if path is not None]
    for path in named:
        if not path.is_file():
            raise BadInput(path, "no such file")
    return TlsFiles(certificate=certificate, key=key, authority=authority) if named else None


def check_address(address: tuple[str, int], seconds: float, *, listen: bool, tls: TlsFiles | None) -> Report:
    """The report on a node that is examined at an address.

    Raises:
        Unavailable: no line to it.
    """

    def tell() -> None:
        print(f"vedette: waiting for a node at {address[0]}:{address[1]}", file=sys.stderr, flush=True)

    return asyncio.run(examine(*address, seconds, tls=tls, on_listening=tell if listen else None))


def run_simulate(
    target: str,
    kind: NodeKind,
    place: tuple[float, float, float],
    seed: int,
    seconds: float | None,
    tls: TlsFiles | None,
) -> int:
    """Play a node; the exit code, 1 where the other side refuses it.

    Raises:
        Unavailable: no line to it.
    """
    address = parse_address(target)
    if address is None:
        raise typer.BadParameter(f"must be HOST:PORT, not {target}", param_hint="HOST:PORT")
    node = SimulatedNode(kind, place, seed, LiveClock().now_s())
    typer.echo(f"{kind} {node.node} → {target}, simulated")
    try:
        sent = asyncio.run(play_node(node, *address, seconds, tls=tls))
    except NotTaken as refused:
        print(f"vedette: {target}: the registration was refused: {refused}", file=sys.stderr)
        return 1
    typer.echo("sent: " + ", ".join(f"{count} {name}" for name, count in sorted(sent.items())))
    return 0


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
