"""Which nodes' objects a track of ours is made of: what a derived detection is to say.

The tracker says when each sensor last had a part in a track. The detection of that sensor and time is the part; where
there are several, the nearest to the track, if it is near enough. What cannot be told is left out.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import msgspec

from vedette.geo import distance_azimuth
from vedette.model import ReleasedTrack
from vedette.wire.sapient.detections import Detection
from vedette.wire.sapient.geometry import Geodetic

KEPT: Final = 1024
"""Detections remembered of each sensor: ten seconds of a hundred objects at 10 Hz."""
SAME_TIME_S: Final = 1e-3
NEAR_M: Final = 50.0
NEAR_SIGMAS: Final = 5.0


class _Part(msgspec.Struct, frozen=True, gc=False):
    observed_s: float
    node: str
    object: str
    latitude_deg: float | None
    longitude_deg: float | None


class Provenance:
    """Remembers what nodes reported, by the sensor they stand for."""

    def __init__(self) -> None:
        self._parts: dict[str, deque[_Part]] = {}

    def note(self, sensor: str, detection: Detection) -> None:
        """One detection that the sensor's node reported."""
        place = detection.where if isinstance(detection.where, Geodetic) else None
        part = _Part(
            detection.observed_s,
            detection.node,
            detection.object,
            None if place is None else place.latitude_deg,
            None if place is None else place.longitude_deg,
        )
        self._parts.setdefault(sensor, deque(maxlen=KEPT)).append(part)

    def parts_of(self, track: ReleasedTrack) -> dict[str, tuple[str, str]]:
        """By sensor, the node and object that its last part in the track came from, as far as that can be told."""
        found: dict[str, tuple[str, str]] = {}
        for sensor, last_s in (track.sensors or {}).items():
            same = [one for one in self._parts.get(sensor, ()) if abs(one.observed_s - last_s) <= SAME_TIME_S]
            best = same[0] if len(same) == 1 else _nearest(same, track)
            if best is not None:
                found[sensor] = best.node, best.object
        return found


def _nearest(parts: list[_Part], track: ReleasedTrack) -> _Part | None:
    here = track.latitude_deg, track.longitude_deg
    placed = [
        (distance_azimuth(*here, one.latitude_deg, one.longitude_deg)[0], place)
        for place, one in enumerate(parts)
        if one.latitude_deg is not None and one.longitude_deg is not None
    ]
    apart_m, place = min(placed, default=(float("inf"), 0))
    return parts[place] if apart_m <= max(NEAR_M, NEAR_SIGMAS * (track.sigma_position_m or 0.0)) else None
