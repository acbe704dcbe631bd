"""`vedette incident`: incidents and their papers, from the record."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import msgspec
import typer

from vedette.cli.progress import told
from vedette.clock import iso_local, iso_utc
from vedette.errors import BadInput
from vedette.model import Incident, SmoothedPath
from vedette.report import DRAWN, summary_text
from vedette.watch.archive import Archive


def _paths(archive: Archive, incident: Incident) -> tuple[SmoothedPath, ...]:
    with told("smoothing") as tell:
        return archive.paths(incident, tell)


def run_list(folder: Path, *, as_json: bool) -> None:
    """One line an incident, oldest first."""
    archive = Archive(folder)
    for incident in archive.incidents:
        if as_json:
            typer.echo(msgspec.json.encode(archive.document(incident)))
            continue
        local = iso_local(incident.opened_s, archive.site.timezone)
        count = incident.count.most_likely
        typer.echo(
            f"{incident.incident}  {local}  {iso_utc(incident.opened_s)}  {incident.state}, "
            f"{count} aircraft, {incident.origin}"
        )
    if not archive.incidents and not as_json:
        typer.echo("no incidents")


def run_show(folder: Path, incident_id: str | None, *, as_json: bool) -> None:
    """The summary of one incident, or its JSON."""
    archive = Archive(folder)
    incident = archive.incident(incident_id)
    document = archive.document(incident, _paths(archive, incident))
    typer.echo(msgspec.json.encode(document) if as_json else summary_text(document))


def run_report(folder: Path, incident_id: str | None, format_name: str, out: Path | None) -> None:
    """One paper to a file, which appears only when it is whole, or to standard output."""
    archive = Archive(folder)
    incident = archive.incident(incident_id)
    give(archive.render(format_name, incident, _paths(archive, incident) if format_name in DRAWN else ()), out)


def give(paper: bytes, out: Path | None) -> None:
    """A paper to a file, which appears only when it is whole, or to standard output.

    Raises:
        BadInput: the file cannot be written.
    """
    if out is None:
        sys.stdout.buffer.write(paper)
        sys.stdout.buffer.flush()
        return
    if not out.name or out.is_dir():
        raise BadInput(out, "cannot be written: a directory")
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_bytes(paper)
        os.replace(part, out)
    except OSError as error:
        raise BadInput(out, f"cannot be written: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
