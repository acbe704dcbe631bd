"""A piece of the record by time, read beside the writer: bounded, so that no read holds the log's space for long.

Received times do not fall along the record, so a time is a place in it, found through the index over times.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from vedette.errors import RecordBroken
from vedette.model import AnyPayload
from vedette.record.codec import decode_payload
from vedette.record.store import THINNED_KIND, reading

SILENCE_S: Final = 5.0
"""A start this soon after the last event leaves no gap worth showing."""

_FROM: Final = "SELECT seq FROM event WHERE received >= ? ORDER BY received, seq LIMIT 1"
_BEFORE: Final = "SELECT seq FROM event WHERE received < ? ORDER BY received DESC, seq DESC LIMIT 1"
_STARTS: Final = "SELECT seq, received FROM event WHERE kind = 'watch_started' AND kind <> 'track_point' ORDER BY seq"
_PIECE: Final = """
SELECT event.seq, schema, body FROM event JOIN payload ON payload.seq = event.seq
WHERE kind = ? AND event.seq > ? AND event.seq <= ? ORDER BY event.seq LIMIT ?
"""
_INDEXED_PIECE: Final = _PIECE.replace("WHERE kind = ?", "WHERE kind = ? AND kind <> 'track_point'")
"""Says that the index over kinds, which leaves out the one that is thinned, holds them all."""
_TRACK_PIECE: Final = _PIECE.replace("WHERE kind = ?", f"WHERE kind = '{THINNED_KIND}' AND instr(body, ?) > 0")
WINDOW: Final = 100_000
"""Most events that one statement looks through for a track's: 0.1 s of work."""


class Piece(NamedTuple):
    """Payloads with their place in the record; next_seq: go on after it, None where the time is all read."""

    payloads: list[tuple[int, AnyPayload]]
    next_seq: int | None


def recorded_span(folder: Path | str) -> tuple[float, float, list[tuple[float, float]]] | None:
    """First and last received time, and the gaps between watches, UTC seconds; None for an empty record.

    Raises:
        RecordError: no record in the folder. RecordBroken: the file does not say what was written.
    """
    try:
        with reading(folder) as connection:
            first_s, last_s = connection.execute("SELECT min(received), max(received) FROM event").fetchone()
            if first_s is None:
                return None
            return first_s, last_s, list(_gaps(connection))
    except sqlite3.Error as error:
        raise RecordBroken(folder, str(error)) from None


def _gaps(connection: sqlite3.Connection) -> Iterator[tuple[float, float]]:
    for seq, started_s in connection.execute(_STARTS).fetchall():
        before = connection.execute("SELECT received FROM event WHERE seq = ?", (seq - 1,)).fetchone()
        if before is not None and started_s - before[0] > SILENCE_S:
            yield before[0], started_s


def read_piece(folder: Path | str, kind: str, from_s: float, until_s: float, after_seq: int, most: int) -> Piece:
    """Payloads of one kind received in [from_s, until_s), past `after_seq`, at most so many; thinned ones are left out.

    Raises:
        RecordError: no record in the folder. RecordBroken: the file does not say what was written.
    """
    try:
        with reading(folder) as connection:
            begin, end = _places(connection, from_s, until_s)
            query = _PIECE if kind == THINNED_KIND else _INDEXED_PIECE
            rows = connection.execute(query, (kind, max(begin, after_seq), end, most + 1)).fetchall()
    except sqlite3.Error as error:
        raise RecordBroken(folder, str(error)) from None
    return _piece(folder, kind, rows, most)


def read_track(
    folder: Path | str, track: str, from_s: float, until_s: float, after_seq: int, most: int, *, window: int = WINDOW
) -> Piece:
    """The points of one track in the same manner: what others fly is passed over undecoded, `window` events at a time.

    Raises:
        RecordError: no record in the folder. RecordBroken: the file does not say what was written.
    """
    named = f'"track":{msgspec.json.encode(track).decode()}'
    rows: list[Any] = []
    try:
        with reading(folder) as connection:
            begin, end = _places(connection, from_s, until_s)
            for since in range(max(begin, after_seq), end, window):
                until, left = min(since + window, end), most + 1 - len(rows)
                rows += connection.execute(_TRACK_PIECE, (named, since, until, left)).fetchall()
                if len(rows) > most:
                    break
    except sqlite3.Error as error:
        raise RecordBroken(folder, str(error)) from None
    return _piece(folder, THINNED_KIND, rows, most)


def _places(connection: sqlite3.Connection, from_s: float, until_s: float) -> tuple[int, int]:
    """Events received in [from_s, until_s) as the numbers before the first and of the last; (0, 0) for none."""
    first = connection.execute(_FROM, (from_s,)).fetchone()
    last = connection.execute(_BEFORE, (until_s,)).fetchone()
    return (0, 0) if first is None or last is None else (first[0] - 1, last[0])


def _piece(folder: Path | str, kind: str, rows: list[Any], most: int) -> Piece:
    try:
        payloads = [(seq, decode_payload(body, kind, schema)) for seq, schema, body in rows[:most]]
    except ValueError as error:
        raise RecordBroken(folder, f"{kind}: {error}") from None
    return Piece(payloads, payloads[-1][0] if len(rows) > most else None)
