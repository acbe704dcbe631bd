"""`vedette incident media`: give files to an incident whose watch has ended, say who holds them, list them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import typer

from vedette.clock import parse_time
from vedette.errors import BadInput
from vedette.model import Action, Incident, Request
from vedette.model.dossier_requests import MediaFile, Piece
from vedette.record import Incoming, MediaFolder
from vedette.watch.acting import record_acts
from vedette.watch.archive import Archive

CHUNK = 1024 * 1024


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the options say of the files, and of who adds them."""

    files: tuple[Path, ...]
    taken_by: str
    taken: str | None
    received_from: str
    custody: str | None
    holder: str
    by: str
    role: str | None
    note: str


def run_media(folder: Path, incident_id: str | None, given: Given, *, as_json: bool) -> None:
    """Add what is to be added, then list the incident's media.

    Raises:
        BadInput: no such incident, file or time, or the post does not take it. RecordBusy: a watch is running.
    """
    archive = Archive(folder)
    incident = archive.incident(incident_id)
    if given.files or given.custody:
        _check(folder, given)
        taken: list[Incoming] = []
        try:
            record_acts(folder, archive.site, incident, _actions(folder, incident, given, taken))
        except BadInput:
            for one in taken:
                one.drop()
            raise
        for one in taken:
            one.keep()
        archive = Archive(folder)
        incident = archive.incident(incident.incident)
    for one in archive.document(incident)["media"]:
        typer.echo(msgspec.json.encode(one).decode() if as_json else _line(one))


def _check(folder: Path, given: Given) -> None:
    if not given.by.strip():
        raise BadInput(folder, "say who adds it", "--by", given.by)
    if given.files and not (given.taken_by.strip() and given.received_from.strip()):
        raise BadInput(folder, "say who took it and who gave it", "--taken-by, --from")
    if given.custody and not given.holder.strip():
        raise BadInput(folder, "say who holds it now", "--holder")
    for file in given.files:
        if not file.is_file():
            raise BadInput(file, "no such file")


def _actions(folder: Path, incident: Incident, given: Given, taken: list[Incoming]) -> Iterator[Action]:
    """What is asked; `taken`: the files on their way in, to be kept once all is recorded."""

    def asking(verb: str, request: Request) -> Action:
        target = incident.incident
        return Action(verb=verb, target=target, by=given.by, role=given.role, note=given.note, request=request)

    taken_s = None if given.taken is None else _time(folder, given.taken)
    for file in given.files:
        incoming = MediaFolder(folder).receive()
        taken.append(incoming)
        for chunk in _chunks(file):
            incoming.write(chunk)
        kept = incoming.seal()
        request = MediaFile(
            name=file.name,
            sha256=kept.sha256,
            size_bytes=kept.size_bytes,
            taken_by=given.taken_by,
            taken_s=taken_s,
            source=given.received_from,
        )
        yield asking("add_media", request)
    if given.custody:
        yield asking("move_custody", Piece(id=given.custody, holder=given.holder))


def _time(folder: Path, text: str) -> float:
    try:
        return parse_time(text)
    except ValueError as error:
        raise BadInput(folder, str(error), "--taken", text) from None


def _chunks(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as octets:
            while chunk := octets.read(CHUNK):
                yield chunk
    except OSError as error:
        raise BadInput(file, f"cannot be read: {error.strerror}") from None


def _line(one: dict[str, object]) -> str:
    custody = one["custody"]
    holder = custody[-1]["holder"] if isinstance(custody, list) and custody else one["by"]
    return f"{one['id']}  {one['sha256']}  {one['size_bytes']} bytes  {one['name']}  held by {holder}"
