"""What a rule may ask beyond one track: the other tracks of the picture, the sensors that look, the local time."""

from __future__ import annotations

import functools
import math
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from vedette.geo import distance_azimuth
from vedette.model import Cooperation, Disposition, TrackPicture
from vedette.site import Sensor, Site

INDEPENDENT: Final = frozenset({"radar", "rf", "camera", "acoustic"})
"""Kinds of sensor that measure where an aircraft is, whatever it says."""
RECENT_S: Final = 10.0
"""A sensor sees a track when it had a part in it within this time."""
RETURNING_MPS: Final = 1.0
"""An own aircraft that nears the perimeter faster than this, or moves inside it, is on its way home."""


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """Another track: how far off, and whether independent sensors see it."""

    track: TrackPicture
    apart_m: float
    seen: bool


class Around:
    """One picture, as the rules ask about it. looking: sensors whose feeds are live; None: nothing is known of them."""

    def __init__(
        self, site: Site, tracks: Collection[TrackPicture], now_s: float, looking: frozenset[str] | None = None
    ) -> None:
        self._site = site
        self._looking = looking
        self._tracks = tracks
        self._kinds = {sensor.id: sensor.kind for sensor in site.sensors}
        self.now_s = now_s
        self.counts: dict[str, int] = {}
        """By rule: how many tracks it holds for, but for their number."""

    @functools.cached_property
    def minute(self) -> int:
        """Minutes since midnight, by the site's clock."""
        local = datetime.fromtimestamp(self.now_s, UTC).astimezone(ZoneInfo(self._site.timezone))
        return local.hour * 60 + local.minute

    @functools.cached_property
    def _by_identity(self) -> dict[str, list[TrackPicture]]:
        found: dict[str, list[TrackPicture]] = {}
        for track in self._tracks:
            if track.identity is not None:
                found.setdefault(track.identity, []).append(track)
        return found

    @functools.cached_property
    def returning(self) -> tuple[TrackPicture, ...]:
        """The site's own aircraft, and own flights in their box and hours, that are on their way home."""
        return tuple(track for track in self._tracks if _is_ours(track) and _returns(track))

    def twins(self, track: TrackPicture) -> list[Other]:
        """Other tracks that bear the track's identity, where both places are known."""
        found = []
        for other in self._by_identity.get(track.identity or "", ()):
            if other.track != track.track:
                apart_m = apart(track, other)
                if apart_m is not None:
                    found.append(Other(track=other, apart_m=apart_m, seen=self.is_seen(other)))
        return found

    def is_seen(self, track: TrackPicture) -> bool:
        """Whether a sensor that measures for itself sees the track."""
        return any(
            self._kinds.get(sensor) in INDEPENDENT and track.observed_s - at_s <= RECENT_S
            for sensor, at_s in track.sensors.items()
        )

    def should_see(self, track: TrackPicture) -> Sensor | None:
        """A sensor that looks again and again, is live, and has the track in its field of view."""
        for sensor in self._site.sensors:
            live = self._looking is None or sensor.id in self._looking
            if live and sensor.kind in INDEPENDENT and sensor.period_s is not None and covers(sensor, track):
                return sensor
        return None

    def bearing_deg(self, track: TrackPicture) -> float | None:
        """From the site's reference point, true."""
        if track.latitude_deg is None or track.longitude_deg is None:
            return None
        here = self._site.latitude_deg, self._site.longitude_deg
        return distance_azimuth(*here, track.latitude_deg, track.longitude_deg)[1]


def is_own(track: TrackPicture) -> bool:
    """An aircraft of the site's own: it says so, and another sensor agrees."""
    return (track.identity or "").startswith("own:") and track.cooperation is Cooperation.COOPERATIVE


def _is_ours(track: TrackPicture) -> bool:
    return is_own(track) or track.evidence_says is Disposition.FRIENDLY


def apart(track: TrackPicture, other: TrackPicture) -> float | None:
    """Metres between two tracks, horizontally; None where a place is not known."""
    here, there = (track.latitude_deg, track.longitude_deg), (other.latitude_deg, other.longitude_deg)
    if here[0] is None or here[1] is None or there[0] is None or there[1] is None:
        return None
    return distance_azimuth(here[0], here[1], there[0], there[1])[0]


def angle_between_deg(one: float, other: float) -> float:
    """Between two bearings, 0 to 180."""
    return abs((one - other + 180.0) % 360.0 - 180.0)


def closing_mps(track: TrackPicture) -> float | None:
    """How fast the track nears the perimeter (without one: its nearest zone) on its present course, in the mean.

    Infinite inside; None: it does not come nearer, or nothing is known.
    """
    if not track.approaches:
        return None
    perimeter = [one for one in track.approaches if one.role == "perimeter"]
    zone = min(perimeter or track.approaches, key=lambda one: (one.distance_m, one.zone))
    if zone.inside:
        return math.inf
    if zone.time_to_s is not None and zone.time_to_s > 0.0:
        return zone.distance_m / zone.time_to_s
    if zone.closest_in_s <= 0.0:
        return None
    return (zone.distance_m - zone.closest_m) / zone.closest_in_s


def covers(sensor: Sensor, track: TrackPicture) -> bool:
    """Whether the track is in the sensor's field of view; where the file does not give its range, nobody can say."""
    where = (sensor.latitude_deg, sensor.longitude_deg, track.latitude_deg, track.longitude_deg)
    if sensor.range_m is None or where[0] is None or where[1] is None or where[2] is None or where[3] is None:
        return False
    away_m, azimuth_deg = distance_azimuth(where[0], where[1], where[2], where[3])
    first, last = sensor.azimuth_true_deg
    if last - first < 360.0 and (azimuth_deg - first) % 360.0 > (last - first) % 360.0:
        return False
    if track.altitude_ellipsoid_m is None or sensor.altitude_ellipsoid_m is None:
        return sensor.range_m[0] <= away_m <= sensor.range_m[1]
    up_m = track.altitude_ellipsoid_m - sensor.altitude_ellipsoid_m
    elevation_deg = math.degrees(math.atan2(up_m, away_m))
    low, high = sensor.elevation_deg
    return sensor.range_m[0] <= math.hypot(away_m, up_m) <= sensor.range_m[1] and low <= elevation_deg <= high


def _returns(track: TrackPicture) -> bool:
    speed_mps = closing_mps(track)
    if speed_mps is None:
        return False
    return track.speed_mps >= RETURNING_MPS if math.isinf(speed_mps) else speed_mps >= RETURNING_MPS
