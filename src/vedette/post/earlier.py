"""What was looked at before an alert: when a track joins an incident, the record takes in the looks that led to it.

So whoever reads the record afterwards has a track's detections from the first on, and can track it again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
import numpy as np

from vedette.model import Floats, Scan, TrackPoint
from vedette.post.gate import Beside, Gate, Row
from vedette.sensing.placing import offsets_s

EARLIER_S: Final = 120.0
"""How far back: what came before that is known by its track points."""
BEGUN_S: Final = 10.0
"""A track's first detections come at most this long before its first point: it was not yet believed."""
LOOKS_MOST: Final = 4096
"""Looks remembered at most, the newest: 34 a second over EARLIER_S."""
_MARGIN_M: Final = 1.0
"""What is surely far away is passed over at once; what is not is judged by the gate itself."""


class _Heard(msgspec.Struct, frozen=True, eq=False):
    """A look, and where and when its detections were (n, 2), (n,); places None where it knows directions alone."""

    scan: Scan
    places: Floats | None
    at_s: Floats


class Earlier:
    """The looks of the last EARLIER_S and where each track was. Begins anew after a restart."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._looks: deque[_Heard] = deque(maxlen=LOOKS_MOST)
        self._points: dict[str, deque[TrackPoint]] = {}

    def under(self, gate: Gate) -> Earlier:
        """The same looks and places, gated as another list of sensors has it from now on."""
        later = Earlier(gate)
        later._looks, later._points = self._looks, self._points
        return later

    def hear(self, scan: Scan, places: Floats | None) -> None:
        """Remember a look that saw something. places: of its detections."""
        if len(scan):
            self._looks.append(_Heard(scan, places, _times_s(scan)))
        while self._looks and self._looks[0].scan.observed_s < scan.observed_s - EARLIER_S:
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
        looks = [one for one in self._looks if one.scan.observed_s >= known[0].observed_s - BEGUN_S]
        nearest = _nearest([one.observed_s for one in known], [one.scan.observed_s for one in looks])
        points = self._gate.beside(known)
        placed = len(points.gate_m) == len(known)
        for place in self._candidates(looks, nearest, points) if placed else range(len(looks)):
            one, point = looks[place], nearest[place]
            beside = points.only(point, known[point].identity) if placed else self._gate.beside((known[point],))
            if rows := self._gate.rows_near(one.scan, beside, one.places):
                yield one.scan, rows

    def _candidates(self, looks: list[_Heard], nearest: list[int], points: Beside) -> list[int]:
        """Looks that may be near: all but those whose every detection is surely far away and names nobody of these."""
        wanted = [
            place
            for place, one in enumerate(looks)
            if one.places is None
            or (one.scan.identity is not None and not points.identities.isdisjoint(one.scan.identity))
        ]
        seen = [(place, one.places, one.at_s) for place, one in enumerate(looks) if one.places is not None]
        if not seen:
            return wanted
        row = np.repeat([place for place, _, _ in seen], [len(places) for _, places, _ in seen])
        point, at_s = np.array(nearest)[row], np.concatenate([at_s for _, _, at_s in seen])
        then = points.here_m[point] + (at_s - points.observed_s[point])[:, None] * points.velocity_mps[point]
        apart_m = np.linalg.norm(np.concatenate([places for _, places, _ in seen]) - then, axis=1)
        return sorted({*wanted, *row[apart_m <= points.gate_m[point] + _MARGIN_M].tolist()})


def _nearest(times_s: list[float], at_s: list[float]) -> list[int]:
    """Of rising times, the place of the nearest to each of `at_s`; of two as near, the earlier."""
    times, wanted = np.array(times_s), np.array(at_s)
    after = np.searchsorted(times, wanted).clip(1, max(1, len(times) - 1))
    if len(times) == 1:
        return [0] * len(at_s)
    nearer: list[int] = np.where(wanted - times[after - 1] <= times[after] - wanted, after - 1, after).tolist()
    return nearer


def _times_s(scan: Scan) -> Floats:
    return offsets_s(scan) + scan.observed_s
