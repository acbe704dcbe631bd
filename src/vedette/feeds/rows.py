"""Live detection rows: JSON objects with the detection table's names → looks (docs/schema/detection.schema.json).

On a stream one object a line; in a datagram or message one object, a list of them, or one a line. Rows of one sensor
and `scan` that follow each other are one look, which is finished by a row of another scan or by 0.5 s without a row; a
row without `scan` is a look of its own. `sensor` may be left out: it is the feed's. `image_url` says where a picture of
the detection can be seen, on a host of the site's list alone: a link is kept for people, who may follow it.
Rejected: `bad_json`, `unknown_column`, `unknown_sensor`, `bad_image`, `image_host`, and the table's own reasons
(`bad_time`, `bad_number`, `out_of_range` …).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, Final

import msgspec

from vedette.errors import BadScan
from vedette.feeds.arrival import FeedBody
from vedette.feeds.image_links import link_refusal
from vedette.model import Look, Rejected
from vedette.tables.detections import COLUMNS, BadRow, Row, parse_row, scan_of

HOLD_S: Final = 0.5
MAX_LINE_BYTES: Final = 65_536
MAX_ROWS: Final = 10_000
_LIVE: Final = COLUMNS | {"image_url"}
_UNREADABLE: Final = object()


class _Seen(msgspec.Struct, frozen=True):
    row: Row
    image_url: str | None


class RowSource:
    """Octets of one feed in the order received.

    Args:
        sensor: the feed's sensor; rows of any other are rejected. image_hosts: where pictures may be; None: anywhere.
    """

    def __init__(self, sensor: str, image_hosts: Collection[str] | None = ()) -> None:
        self.messages = 0
        self._sensor = sensor
        self._image_hosts = None if image_hosts is None else frozenset(image_hosts)
        self._look: list[_Seen] = []
        self._last_s = 0.0

    def message(self, octets: bytes, received_s: float) -> Iterator[FeedBody]:
        """What a datagram or message adds: an object, a list of objects, or lines."""
        for value, raw in _values(octets):
            yield from self._take(value, raw, received_s)

    def line(self, line: bytes, received_s: float) -> Iterator[FeedBody]:
        """What one line adds; an empty one nothing."""
        for value, raw in _line(line):
            yield from self._take(value, raw, received_s)

    def rows(self, octets: bytes) -> Iterator[Row | Rejected]:
        """The rows of a datagram, a message or a line, for people to read."""
        for value, raw in _values(octets):
            seen = self._seen(value, raw)
            self.messages += 1
            yield seen.row if isinstance(seen, _Seen) else seen

    def _take(self, value: Any, raw: bytes, received_s: float) -> Iterator[FeedBody]:
        seen = self._seen(value, raw)
        if isinstance(seen, Rejected):
            yield seen
            return
        self.messages += 1
        self._last_s = received_s
        scan = seen.row.scan
        if self._look and (scan is None or scan != self._look[0].row.scan or len(self._look) >= MAX_ROWS):
            yield from self.flush()
        self._look.append(seen)
        if scan is None:
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

    def _seen(self, value: Any, raw: bytes) -> _Seen | Rejected:
        if not isinstance(value, dict):
            return Rejected(reason="bad_json", raw=raw)
        if not value.keys() <= _LIVE:
            return Rejected(reason="unknown_column", raw=raw)
        url = value.pop("image_url", None)
        refused = None if url is None else link_refusal(url, self._image_hosts)
        if refused is not None:
            return Rejected(reason=refused, raw=raw)
        row = parse_row(self.messages, {"sensor": self._sensor, **value})
        if isinstance(row, BadRow):
            return Rejected(reason=row.reason, raw=raw)
        return _Seen(row, url) if row.sensor == self._sensor else Rejected(reason="unknown_sensor", raw=raw)


def _values(octets: bytes) -> Iterator[tuple[Any, bytes]]:
    """(value, octets) of each object of a datagram or message: one, a list of them, or lines."""
    value = _json(octets) if b"\n" in octets.strip() or octets.lstrip()[:1] == b"[" else _UNREADABLE
    if isinstance(value, list):
        yield from ((each, b"") for each in value)
    elif isinstance(value, dict):
        yield value, octets
    else:
        for line in octets.split(b"\n"):
            yield from _line(line)


def _line(line: bytes) -> Iterator[tuple[Any, bytes]]:
    if line.strip():
        yield (_json(line) if len(line) <= MAX_LINE_BYTES else _UNREADABLE), line


def _look(look: list[_Seen]) -> Look | Rejected:
    try:
        scan = scan_of([each.row for each in look])
        images = tuple(each.image_url for each in look if each.row.measures)
        return Look(scan=msgspec.structs.replace(scan, image_url=images) if any(images) else scan)
    except BadScan:
        return Rejected(reason="bad_scan")


def _json(octets: bytes) -> Any:
    try:
        return json.loads(octets)
    except (ValueError, RecursionError):
        return _UNREADABLE


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
