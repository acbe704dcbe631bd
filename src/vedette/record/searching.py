"""The record for who reads it event by event: newest first, by kind, time and person, a page at a time.

A page is found by the index over kinds, and looks at a bounded number of events, so that no question holds the disk up
however long the record. Track points and an incident's detections, of which there are far more than of all else, are
shown where they are asked for by name.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from vedette.errors import RecordBroken
from vedette.model.auditing import LogPage, LogSearch
from vedette.record.reading import ROWS, Row, line_of, without_personal
from vedette.record.store import THINNED_KIND, reading

MOST_LOOKED_AT: Final = 4000
"""Events that one page may look at; where a filter finds less in them, the page is short and says where it ended."""
LATE: Final = 1000
"""Events of other hands may stand this far from their time's place in the order."""

UNASKED: Final = frozenset({THINNED_KIND, "incident_detections", "incident_track"})

_KINDS: Final = """
WITH RECURSIVE next(kind) AS (
    SELECT min(kind) FROM event WHERE kind <> 'track_point'
    UNION ALL SELECT (SELECT min(kind) FROM event WHERE kind > next.kind AND kind <> 'track_point')
    FROM next WHERE next.kind IS NOT NULL
) SELECT kind FROM next WHERE kind IS NOT NULL
"""
_OF_KIND: Final = """
SELECT seq FROM event WHERE kind = ? AND kind <> 'track_point' AND seq < ? AND seq >= ? ORDER BY seq DESC LIMIT ?
"""
_POINTS: Final = """
SELECT seq FROM event WHERE kind = 'track_point' AND seq < ? AND seq >= ? ORDER BY seq DESC LIMIT ?
"""
_EVENT: Final = f"{ROWS} event.seq = ?"
_AT: Final = "SELECT seq FROM event WHERE received >= ? ORDER BY received LIMIT 1"


def kinds_of(folder: Path | str) -> list[str]:
    """The kinds of event that the record holds, track points left out. Raises as `read_events`."""
    try:
        with reading(folder) as connection:
            return [kind.decode() for (kind,) in connection.execute(_KINDS)]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise RecordBroken(folder, str(error)) from None


def newest_events(folder: Path | str, search: LogSearch, most: int) -> LogPage:
    """The newest events that are looked for, at most so many. Raises as `read_events`."""
    lines: list[dict[str, Any]] = []
    looked_at, last = 0, None
    try:
        with reading(folder) as connection:
            for seq in _places(connection, search):
                if len(lines) == most or looked_at == MOST_LOOKED_AT:
                    return LogPage(lines=tuple(lines), next_before=last)
                looked_at, last = looked_at + 1, seq
                line = _line(connection.execute(_EVENT, (seq,)).fetchone(), search)
                if line is not None:
                    lines.append(line)
    except (sqlite3.Error, ValueError, AttributeError, TypeError, OverflowError) as error:
        raise RecordBroken(folder, str(error)) from None
    return LogPage(lines=tuple(lines), next_before=None)


def _places(connection: sqlite3.Connection, search: LogSearch) -> Iterator[int]:
    """The events of the kinds, newest first, from before `before_seq` and about the time on."""
    first, end = _about(connection, search)
    there = (kind.decode() for (kind,) in connection.execute(_KINDS))
    kinds = search.kinds or tuple(kind for kind in there if kind not in UNASKED)
    while True:
        found: list[int] = []
        for kind in kinds:
            query, values = (_POINTS, ()) if kind == THINNED_KIND else (_OF_KIND, (kind,))
            found += [seq for (seq,) in connection.execute(query, (*values, end, first, _TAKEN))]
        newest = sorted(found, reverse=True)[:_TAKEN]
        yield from newest
        if len(newest) < _TAKEN:
            return
        end = newest[-1]


_TAKEN: Final = 250
"""Places taken in one go of each kind; what is too many is looked up again."""


def _about(connection: sqlite3.Connection, search: LogSearch) -> tuple[int, int]:
    """(the first place, the one after the last): a little wider than the times, which each event is held against."""
    end = 2**63 - 1 if search.before_seq is None else search.before_seq
    first = 0
    if search.until_s is not None and (row := connection.execute(_AT, (search.until_s,)).fetchone()) is not None:
        end = min(end, row[0] + LATE)
    if search.from_s is not None:
        row = connection.execute(_AT, (search.from_s,)).fetchone()
        first = end if row is None else row[0] - LATE
    return first, end


def _line(row: Row, search: LogSearch) -> dict[str, Any] | None:
    received_s = row[4]
    if search.from_s is not None and received_s < search.from_s:
        return None
    if search.until_s is not None and received_s >= search.until_s:
        return None
    line = without_personal(line_of(row))
    return line if search.person is None or _holds(line["payload"], search.person) else None


def _holds(value: Any, wanted: str) -> bool:
    """Whether it is one of the values of a payload, however deep."""
    if isinstance(value, dict):
        return any(_holds(one, wanted) for one in value.values())
    if isinstance(value, list):
        return any(_holds(one, wanted) for one in value)
    return bool(value == wanted)
