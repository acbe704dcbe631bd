"""A part of a record in one file that is verified alone: to copy off, or to hand over one incident with its proof.

    JSON lines. The first: {"format": "vedette record excerpt", "version": 1, "site", "first", "last", "previous",
    "whole", "incident", "checkpoints"}: `previous` is the hash before `first`, `checkpoints` as in checkpoints.log.
    Then every event from `first` to `last`, none left out:
    {"seq", "kind", "schema", "observed", "received", "origin", "digest", "hash"[, "salt", "body"]}

`body` is the payload's JSON as recorded, in a text; digest = SHA-256(salt ‖ body), hash as in vedette.record.chain.
A whole excerpt holds every payload that the record has; one of an incident only those that belong to it: of the other
events time, kind and digest are seen, which tie them to the checkpoint, and nothing of what they say.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from vedette.errors import BadInput, RecordBroken
from vedette.record.chain import genesis
from vedette.record.proof.checking import Broken, Check
from vedette.record.proof.checkpoints import FILE as LOG
from vedette.record.proof.checkpoints import Checkpoint, given_checkpoints, read_checkpoints
from vedette.record.proof.verify import Verdict, judged
from vedette.record.store import SCHEMA_VERSION, reading

FORMAT: Final = "vedette record excerpt"
VERSION: Final = 1
NAME: Final = "events.ndjson"
"""The excerpt in an exported folder."""

_SELECT: Final = """
SELECT event.seq, kind, schema, observed, received, origin, digest, hash, salt, body
FROM event LEFT JOIN payload ON payload.seq = event.seq WHERE event.seq BETWEEN ? AND ? ORDER BY event.seq
"""
_NAMING: Final = """
SELECT event.seq, body FROM event JOIN payload USING (seq) WHERE event.seq >= ? AND kind <> 'cooperative_seen'
ORDER BY event.seq
"""
_FIRST: Final = "SELECT min(+seq) FROM event WHERE received >= ?"


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An excerpt's first line."""

    format: str
    version: int
    site: str
    first: int
    last: int
    previous: str
    whole: bool
    incident: str | None
    checkpoints: tuple[Checkpoint, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One event."""

    seq: int
    kind: str
    schema: int
    observed: float
    received: float
    origin: str
    digest: str
    hash: str
    salt: str | None = None
    body: str | None = None


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What makes an event part of an incident: it names one of these."""

    incident: str
    alerts: frozenset[str]
    tracks: frozenset[str]

    def holds(self, fields: dict[str, Any]) -> bool:
        """Whether a payload's fields name it."""
        return (
            fields.get("incident") == self.incident
            or fields.get("alert") in self.alerts
            or fields.get("track") in self.tracks
        )


def write_excerpt(folder: Path | str, out: BinaryIO, since_s: float | None = None) -> Head:
    """All events received at or after `since_s` (all without), with their payloads and all checkpoints among them.

    Raises:
        BadInput: there is none. RecordError: no record. RecordBroken: the file does not say what was written.
    """
    log = _log(folder)
    try:
        with reading(folder) as connection:
            (last,) = connection.execute("SELECT head_seq FROM meta").fetchone()
            first = 1
            if since_s is not None:
                (first,) = connection.execute(_FIRST, (since_s,)).fetchone()
            if first is None or last < first:
                raise BadInput(folder, "no event since then")
            kept = tuple(each for each in log if first <= each.seq <= last)
            head = _head(connection, first, last, kept, None)
            _write(connection, out, head, None)
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise RecordBroken(folder, str(error)) from None
    return head


def write_incident(folder: Path | str, out: BinaryIO, named: Named, since_s: float) -> Head:
    """One incident's events received at or after `since_s`, up to the first signed checkpoint that covers them all.

    In a running watch the newest events may be younger than any checkpoint: then the excerpt ends at the newest one.
    What operators sent of themselves is left out.

    Raises:
        BadInput: no checkpoint covers any of it. Others as `write_excerpt`.
    """
    log = _log(folder)
    try:
        with reading(folder) as connection:
            (start,) = connection.execute(_FIRST, (since_s,)).fetchone()
            rows: Iterable[tuple[int, bytes]] = connection.execute(_NAMING, (start,)) if start is not None else ()
            seqs = [seq for seq, body in rows if named.holds(msgspec.json.decode(body))]
            chosen = _covering(log, seqs)
            if chosen is None:
                raise BadInput(folder, "no checkpoint covers any of its events yet", "incident", named.incident)
            head = _head(connection, seqs[0], chosen.seq, (chosen,), named.incident)
            _write(connection, out, head, frozenset(seqs))
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise RecordBroken(folder, str(error)) from None
    return head


def _log(folder: Path | str) -> tuple[Checkpoint, ...]:
    try:
        return read_checkpoints(Path(folder) / LOG)
    except BadInput as error:
        raise RecordBroken(folder, str(error)) from None


def _covering(log: tuple[Checkpoint, ...], seqs: list[int]) -> Checkpoint | None:
    """The first signed checkpoint after all, else the first, else the newest one after some."""
    if not seqs:
        return None
    after = [each for each in log if each.seq >= seqs[-1]]
    some = [each for each in log if each.seq >= seqs[0]]
    return next((each for each in after if each.signed), after[0] if after else some[-1] if some else None)


def _head(
    connection: sqlite3.Connection, first: int, last: int, checkpoints: tuple[Checkpoint, ...], incident: str | None
) -> Head:
    (site,) = connection.execute("SELECT site FROM meta").fetchone()
    (previous,) = connection.execute("SELECT previous FROM event WHERE seq = ?", (first,)).fetchone()
    return Head(
        format=FORMAT,
        version=VERSION,
        site=site.decode(),
        first=first,
        last=last,
        previous=previous.hex(),
        whole=incident is None,
        incident=incident,
        checkpoints=checkpoints,
    )


def _write(connection: sqlite3.Connection, out: BinaryIO, head: Head, disclosed: Collection[int] | None) -> None:
    out.write(msgspec.json.encode(head) + b"\n")
    rows = connection.execute(_SELECT, (head.first, head.last))
    for seq, kind, schema, observed_s, received_s, origin, digest, hash_, salt, body in rows:
        shown = body is not None and (disclosed is None or seq in disclosed)
        line = Line(
            seq=seq,
            kind=kind.decode(),
            schema=schema,
            observed=observed_s,
            received=received_s,
            origin=origin.decode(),
            digest=digest.hex(),
            hash=hash_.hex(),
            salt=salt.hex() if shown else None,
            body=body.decode() if shown else None,
        )
        out.write(msgspec.json.encode(line) + b"\n")


def is_excerpt(path: Path) -> bool:
    """Whether a file, or a folder that was exported, is to be verified as an excerpt."""
    return path.is_file() or (path / NAME).is_file()


def verify_excerpt(path: Path | str, checkpoint: str | Path | None = None, signer: str | None = None) -> Verdict:
    """Check an excerpt alone: its chain, its payloads, its checkpoints' signatures; in a folder its capture files too.

    Arguments as for `verify`.

    Raises:
        BadInput: not an excerpt, or unreadable; `checkpoint` is none, or names none of its events.
    """
    path = Path(path)
    file = path / NAME if path.is_dir() else path
    try:
        with file.open("rb") as lines:
            head = _read_head(file, lines.readline())
            check = Check(first=head.first, whole=head.whole)
            outside = () if checkpoint is None else _within(head, checkpoint)

            def run() -> None:
                check.expect(head.checkpoints, log=True)
                check.expect(outside, log=False)
                captures = _run(check, head, lines)
                if path.is_dir():
                    _check_captures(path, captures)

            verdict = judged(check, run, signer)
    except OSError as error:
        raise BadInput(file, f"cannot be read: {error.strerror}") from None
    if not verdict.intact:
        return verdict
    return msgspec.structs.replace(verdict, notes=(*_shown(head, check), *verdict.notes))


def _within(head: Head, checkpoint: str | Path) -> tuple[Checkpoint, ...]:
    given = given_checkpoints(checkpoint)
    within = tuple(each for each in given if head.first <= each.seq <= head.last)
    if not within:
        raise BadInput("checkpoint", f"names none of the events {head.first} to {head.last}", "seq", given[-1].seq)
    return within


def _read_head(file: Path, line: bytes) -> Head:
    try:
        head = msgspec.json.decode(line, type=Head)
    except ValueError:
        head = None
    if head is None or head.format != FORMAT:
        raise BadInput(file, "neither a record's folder nor an excerpt of one", "line 1")
    if head.version != VERSION:
        raise BadInput(file, f"an excerpt of version {head.version}, this version reads {VERSION}", "line 1")
    return head


def _run(check: Check, head: Head, lines: BinaryIO) -> dict[str, str]:
    """Raises Broken at the first fault; the digests of capture files by name."""
    previous = bytes.fromhex(head.previous)
    if head.first < 1 or (head.first == 1 and previous != genesis(SCHEMA_VERSION, head.site)):
        raise Broken(head.first, "it does not begin as a record of its site does")
    captures: dict[str, str] = {}
    opened = set()
    for row in _rows(lines):
        previous = check.event((*row[:7], previous, *row[7:]), previous)
        if row[9] is not None and row[1] in (b"capture_closed", b"incident_opened"):
            fields = msgspec.json.decode(row[9])
            captures |= {fields["file"]: fields["sha256"]} if row[1] == b"capture_closed" else {}
            opened.add(fields.get("incident"))
    if check.last != head.last:
        raise Broken(check.last + 1, f"missing: it says that it ends with event {head.last}")
    check.conclude()
    if head.incident is not None and head.incident not in opened:
        raise Broken(None, f"incident {head.incident}, of which it says to be, is not in it")
    return captures


def _rows(lines: BinaryIO) -> Iterator[tuple[Any, ...]]:
    decode: Callable[[bytes], Line] = msgspec.json.Decoder(Line).decode
    for text in lines:
        line = decode(text)
        yield (
            line.seq,
            line.kind.encode(),
            line.schema,
            line.observed,
            line.received,
            line.origin.encode(),
            bytes.fromhex(line.digest),
            bytes.fromhex(line.hash),
            None if line.salt is None else bytes.fromhex(line.salt),
            None if line.body is None else line.body.encode(),
        )


def _check_captures(folder: Path, captures: dict[str, str]) -> None:
    for path in sorted(folder.glob("capture/*/*.bin")):
        name = path.relative_to(folder).as_posix()
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if captures.get(name) != found:
            raise Broken(None, f"{name} is not the file whose digest was recorded")


def _shown(head: Head, check: Check) -> tuple[str, ...]:
    if head.whole:
        return ()
    return (f"incident {head.incident}: {check.payloads} of these events in full, of the others kind and time alone",)
