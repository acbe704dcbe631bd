"""Live detection rows: JSON objects with the detection table's names, one a line or a datagram → looks.

Rows of one sensor and `scan` that follow each other are one look, which is finished by a row of another scan or by
0.5 s without a row; a row without `scan` is a look of its own. `sensor` may be left out: it is the feed's.
Rejected: `bad_json`, `unknown_column`, `unknown_sensor`, and the table's own reasons (`bad_time`, `bad_number`,
`out_of_range` …).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from vedette.errors import BadScan
from vedette.feeds.arrival import FeedBody
from vedette.model import Look, Rejected
from vedette.tables.detections import COLUMNS, BadRow, Row, parse_row, scan_of

HOLD_S: Final = 0.5
MAX_LINE_BYTES: Final = 65_536
MAX_ROWS: Final = 10_000


class RowSource:
    """Octets of one feed in the order received. A datagram is a line, or several.

    Args:
        sensor: the feed's sensor; rows of any other are rejected.
    """

    def __init__(self, sensor: str) -> None:
        self.messages = 0
        self._sensor = sensor
        self._look: list[Row] = []
        self._last_s = 0.0

    def line(self, line: bytes, received_s: float) -> Iterator[FeedBody]:
        """What one line adds; an empty one nothing."""
        if not line.strip():
            return
        row = self._row(line)
        if isinstance(row, Rejected):
            yield row
            return
        self.messages += 1
        self._last_s = received_s
        if self._look and (row.scan is None or row.scan != self._look[0].scan or len(self._look) >= MAX_ROWS):
            yield from self.flush()
        self._look.append(row)
        if row.scan is None:
            yield from self.flush()

    def tick(self, now_s: float) -> Iterator[FeedBody]:
        """The look that has waited long enough."""
        if now_s - self._last_s >= HOLD_S:
            yield from self.flush()

    def flush(self) -> Iterator[FeedBody]:
        """The look held, as it is."""
        look, self._look = self._look, []
        if look:
            yield _look(look)

    def _row(self, line: bytes) -> Row | Rejected:
        raw = _object(line)
        if raw is None:
            return Rejected(reason="bad_json", raw=line)
        if not raw.keys() <= COLUMNS:
            return Rejected(reason="unknown_column", raw=line)
        row = parse_row(self.messages, {"sensor": self._sensor, **raw})
        if isinstance(row, BadRow):
            return Rejected(reason=row.reason, raw=line)
        return row if row.sensor == self._sensor else Rejected(reason="unknown_sensor", raw=line)


def _look(rows: list[Row]) -> Look | Rejected:
    try:
        return Look(scan=scan_of(rows))
    except BadScan:
        return Rejected(reason="bad_scan")


def _object(line: bytes) -> dict[str, Any] | None:
    if len(line) > MAX_LINE_BYTES:
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


class LineReader:
    """Takes a stream in pieces of any size and gives its lines; one longer than MAX_LINE_BYTES is given in parts."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, octets: bytes) -> Iterator[bytes]:
        """The lines that `octets` completes."""
        *lines, self._held = (self._held + octets).split(b"\n")
        yield from lines
        if len(self._held) > MAX_LINE_BYTES:
            held, self._held = self._held, b""
            yield held
