"""`vedette export` and `vedette incident export`: parts of a record to copy off, each verified alone."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import typer

from vedette.clock import parse_time
from vedette.errors import BadInput
from vedette.model import CaptureClosed
from vedette.record import EXCERPT, Excerpt, Named, read_events, write_excerpt, write_incident
from vedette.watch.archive import Archive
from vedette.watch.papers import MARGIN_S


def run_export(folder: Path, since: str | None, out: Path) -> None:
    """A folder that appears only when it is whole: events.ndjson and the capture files closed since.

    Raises:
        BadInput: a time that is none, no event since, or `out` is there or cannot be written. RecordError: no record.
    """
    try:
        since_s = None if since is None else parse_time(since)
    except ValueError as error:
        raise BadInput(folder, str(error), "--since", since or "") from None
    if os.path.lexists(out):
        raise BadInput(out, "is there already")
    part = out.with_name(f".{out.name}.part")
    try:
        with _removed_if_left(part):
            part.mkdir()
            with (part / EXCERPT).open("wb") as file:
                head = write_excerpt(folder, file, since_s)
            captured = sum(_copy(folder, part, name) for name in _captured(folder, since_s))
            os.rename(part, out)
    except OSError as error:
        raise BadInput(out, f"cannot be written: {error.strerror}") from None
    typer.echo(f"events {head.first} to {head.last}, {captured} capture files in {out}")


def _captured(folder: Path, since_s: float | None) -> Iterator[str]:
    for event in read_events(folder, kind="capture_closed", since_s=since_s):
        if isinstance(event.payload, CaptureClosed):
            yield event.payload.file


def _copy(folder: Path, to: Path, name: str) -> bool:
    """Copy one capture file; False if its age or the budget has taken it."""
    target = to / name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(folder / name, target)
    except FileNotFoundError:
        return False
    return True


@contextlib.contextmanager
def _removed_if_left(part: Path) -> Iterator[None]:
    try:
        yield
    finally:
        shutil.rmtree(part, ignore_errors=True)


def run_incident_export(folder: Path, incident_id: str | None, out: Path) -> None:
    """One incident's excerpt to a file, which appears only when it is whole.

    Raises:
        BadInput: no such incident, none of it under a checkpoint, or no file can be written. RecordError: no record.
    """
    incident = Archive(folder).incident(incident_id)
    named = Named(
        incident=incident.incident,
        alerts=frozenset(incident.alerts),
        tracks=frozenset(track.track for track in incident.tracks),
    )
    with _whole_file(out) as file:
        head = write_incident(folder, file, named, incident.opened_s - MARGIN_S)
    _tell(head, out)


def _tell(head: Excerpt, out: Path) -> None:
    (checkpoint,) = head.checkpoints
    signed = "signed" if checkpoint.signed else "unsigned"
    typer.echo(f"{head.incident}: events {head.first} to {head.last} under a {signed} checkpoint in {out}")


@contextlib.contextmanager
def _whole_file(out: Path) -> Iterator[BinaryIO]:
    if not out.name or out.is_dir():
        raise BadInput(out, "cannot be written: a directory")
    part = out.with_name(f".{out.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        os.replace(part, out)
    except OSError as error:
        raise BadInput(out, f"cannot be written: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
