"""Reading a record while a watch writes it, or after: events in order, log lines, and what a restart needs."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Collection, Generator, Iterator
from pathlib import Path
from typing import Any

import msgspec

from vedette.clock import iso_utc
from vedette.errors import BadInput, RecordBroken
from vedette.model import Event, Origin, Sequenced
from vedette.record.codec import decode_input, decode_payload, decode_snapshot
from vedette.record.erasure import masked
from vedette.record.proof.checkpoints import FILE as LOG
from vedette.record.proof.checkpoints import checkpoint_of, newest_checkpoint
from vedette.record.store import THINNED_KIND, reading

Kinds = str | Collection[str] | None

Row = tuple[int, bytes, int, float, float, bytes, bytes, bytes | None]
"""seq, kind, schema, observed and received (UTC seconds), origin, hash and body of an event."""
ROWS = """
SELECT event.seq, kind, schema, observed, received, origin, hash, body
FROM event LEFT JOIN payload ON payload.seq = event.seq WHERE
"""
_FIRST = "SELECT min(+seq) FROM event WHERE received >= ?"
"""The plus sign makes SQLite look in the index over times; it would else walk all events from the first."""


class Recovery(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What a watch goes on from: the latest snapshot, the inputs after it, and where record and sequence stood.

    last_seq, last_hash: the record's head (0 and the chain's start if it is empty). last_received_s: the latest
    received time of any event or input, None if there is none. last_input_seq: `Sequenced.seq` of the last input
    journalled, 0 if none. snapshot_seq: the last event before the snapshot, None where that is not known.
    """

    snapshot: bytes | None
    snapshot_seq: int | None
    journal: tuple[Sequenced, ...]
    last_seq: int
    last_hash: bytes
    last_received_s: float | None
    last_input_seq: int


def read_events(
    folder: Path | str, kind: Kinds = None, since_s: float | None = None, after_seq: int = 0
) -> Iterator[Event]:
    """The events in order, of one state of the record: of `kind`, received at or after `since_s`, past `after_seq`.

    kind: one, several, or None for all. Anything without track points is found through an index, fast however long
    the record.
    `payload` is None where it was thinned. Close the iterator if you stop early: it holds a read transaction.

    Raises:
        RecordError: no record in the folder. RecordBroken: the file does not say what was written.
    """
    for seq, of_kind, schema, observed_s, received_s, origin, _, body in _rows(folder, kind, since_s, after_seq):
        try:
            yield Event(
                seq=seq,
                observed_s=observed_s,
                received_s=received_s,
                origin=Origin(origin.decode()),
                kind=of_kind.decode(),
                schema=schema,
                payload=None if body is None else decode_payload(body, of_kind.decode(), schema),
            )
        except (ValueError, AttributeError, TypeError) as error:
            raise RecordBroken(folder, f"event {seq}: {error}") from None


def log_page(
    folder: Path | str, kind: str | None, since_s: float | None, after_seq: int, most: int
) -> list[dict[str, Any]]:
    """The events past `after_seq`, at most so many, as `log_lines` has them; what operators are known by is left out.

    Raises as `read_events`.
    """
    with contextlib.closing(log_lines(folder, kind, since_s, after_seq)) as lines:
        return [shown(line) for line in itertools.islice(lines, most)]


def shown(line: str) -> dict[str, Any]:
    """A line of `log_lines`, as it may be shown."""
    return without_personal(msgspec.json.decode(line, type=dict[str, Any]))


def without_personal(event: dict[str, Any]) -> dict[str, Any]:
    """An event as it may be shown: nothing in it that an operator is known by."""
    return event | {"payload": masked(event["kind"], event["payload"])}


def log_lines(
    folder: Path | str, kind: Kinds = None, since_s: float | None = None, after_seq: int = 0
) -> Generator[str]:
    """The events as JSON objects, one a line: seq, kind, schema, observed_utc, received_utc, origin, payload, hash.

    `payload` stands as it was recorded, or null where it was thinned. Raises as `read_events`.
    """
    for row in _rows(folder, kind, since_s, after_seq):
        try:
            yield msgspec.json.encode(line_of(row)).decode()
        except (ValueError, AttributeError, TypeError, OverflowError) as error:
            raise RecordBroken(folder, f"event {row[0]}: {error}") from None


def line_of(row: Row) -> dict[str, Any]:
    """A row as `log_lines` has it.

    Raises:
        ValueError, AttributeError, TypeError, OverflowError: it is none that was written.
    """
    seq, kind, schema, observed_s, received_s, origin, hash_, body = row
    return {
        "seq": seq,
        "kind": kind.decode(),
        "schema": schema,
        "observed_utc": iso_utc(observed_s),
        "received_utc": iso_utc(received_s),
        "origin": origin.decode(),
        "payload": None if body is None else msgspec.json.decode(body),
        "hash": hash_.hex(),
    }


def _rows(folder: Path | str, kind: Kinds, since_s: float | None, after_seq: int) -> Iterator[Row]:
    query = f"{ROWS} event.seq > ?"
    values: list[int | float | str] = [after_seq]
    if kind is not None:
        kinds = [kind] if isinstance(kind, str) else sorted(kind)
        query += f" AND kind IN ({', '.join('?' * len(kinds))})"
        values += kinds
        if THINNED_KIND not in kinds:
            query += f" AND kind <> '{THINNED_KIND}'"  # says that the partial index holds them all
    try:
        with reading(folder) as connection:
            if since_s is not None:
                (first,) = connection.execute(_FIRST, (since_s,)).fetchone()
                if first is None:
                    return
                query += " AND event.seq >= ? AND received >= ?"
                values += [first, since_s]
            yield from connection.execute(query + " ORDER BY event.seq", values)
    except sqlite3.Error as error:
        raise RecordBroken(folder, str(error)) from None


def head_text(folder: Path | str) -> str | None:
    """The record's head as reports print it, each line as `verify --checkpoint` takes it; None if nothing is recorded.

    The newest checkpoint where that is the head; else the bare head, and on a second line the newest checkpoint.

    Raises:
        RecordError: no record in the folder. RecordBroken: file or checkpoints.log do not say what was written.
    """
    try:
        logged = newest_checkpoint(Path(folder) / LOG)
        with reading(folder) as connection:
            seq, hash_ = connection.execute("SELECT head_seq, head_hash FROM meta").fetchone()
    except (sqlite3.Error, TypeError, BadInput) as error:
        raise RecordBroken(folder, str(error)) from None
    if not seq:
        return None
    head = checkpoint_of(seq, hash_, None, None)
    newest = logged or head
    return str(newest) if (newest.seq, newest.hash) == (head.seq, head.hash) else f"{head}\n{newest}"


def recover(folder: Path | str) -> Recovery:
    """What a restart needs, read without a lock.

    Raises:
        RecordError: no record in the folder. RecordBroken: the file does not say what was written.
    """
    try:
        with reading(folder) as connection:
            return recovery_of(connection, folder)
    except sqlite3.Error as error:
        raise RecordBroken(folder, str(error)) from None


def recovery_of(connection: sqlite3.Connection, folder: Path | str) -> Recovery:
    """The same from an open connection."""
    head_seq, head_hash = connection.execute("SELECT head_seq, head_hash FROM meta").fetchone() or (0, b"")
    kept = connection.execute("SELECT input, received, body FROM snapshot").fetchone()
    rows = connection.execute("SELECT input, received, body FROM journal ORDER BY place").fetchall()
    times = connection.execute("SELECT received FROM event ORDER BY seq DESC LIMIT 1").fetchall()
    times += [(received,) for _, received, _ in [*([kept] if kept else []), *rows]]
    try:
        journal = tuple(decode_input(body) for _, _, body in rows)
    except ValueError as error:
        raise RecordBroken(folder, f"journal: {error}") from None
    inputs = [input_ for input_, _, _ in [*([kept] if kept else []), *rows]]
    snapshot_seq, snapshot = decode_snapshot(kept[2]) if kept else (None, None)
    return Recovery(
        snapshot=snapshot,
        snapshot_seq=snapshot_seq,
        journal=journal,
        last_seq=head_seq,
        last_hash=head_hash,
        last_received_s=max((received for (received,) in times), default=None),
        last_input_seq=inputs[-1] if inputs else 0,
    )
