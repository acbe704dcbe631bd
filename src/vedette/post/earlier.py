"""What was looked at before an alert: when a track joins an incident, the record takes in the looks that led to it.

So whoever reads the record afterwards has a track's detections from the first on, and can track it again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from vedette.model import Scan, TrackPoint
from vedette.post.gate import Gate, Row

EARLIER_S: Final = 120.0
"""How far back: what came before that is known by its track points."""
BEGUN_S: Final = 10.0
"""A track's first detections come at most this long before its first point: it was not yet believed."""
LOOKS_MOST: Final = 4096
"""Looks remembered at most, the newest: 34 a second over EARLIER_S."""


class Earlier:
    """The looks of the last EARLIER_S and where each track was. Begins anew after a restart."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._looks: deque[Scan] = deque(maxlen=LOOKS_MOST)
        self._points: dict[str, deque[TrackPoint]] = {}

    def hear(self, scan: Scan) -> None:
        """Remember a look that saw something."""
        if len(scan):
            self._looks.append(scan)
        while self._looks and self._looks[0].observed_s < scan.observed_s - EARLIER_S:
            self._looks.popleft()

    def see(self, points: Iterable[TrackPoint], now_s: float) -> None:
        """Remember where tracks are."""
        for point in points:
            self._points.setdefault(point.track, deque()).append(point)
        for name, known in list(self._points.items()):
            while known and known[0].observed_s < now_s - EARLIER_S:
                known.popleft()
            if not known:
                del self._points[name]

    def rows_of(self, track: str) -> Iterator[tuple[Scan, tuple[Row, ...]]]:
        """The looks with detections near a track, each gated by the point of the track nearest in time."""
        known = self._points.get(track)
        if known is None:
            return
        for scan in self._looks:
            if scan.observed_s < known[0].observed_s - BEGUN_S:
                continue
            point = min(known, key=lambda one: abs(one.observed_s - scan.observed_s))
            if rows := self._gate.rows_near(scan, (point,)):
                yield scan, rows
