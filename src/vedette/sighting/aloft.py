"""Recorded tracks as an observer had them before them: ADS-B, own drones and birds among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import LocalFrame
from vedette.model import Floats, TrackPoint
from vedette.sighting.eye import PLACE_SIGMA_M, Course

GAP_S: Final = 10.0
"""Between two points further apart than this a track is not taken to be known."""
BEYOND_S: Final = 2.0
"""So long before its first and after its last point a track is taken to be there: points come once a second."""
_SEEN_TO_M: Final = {"manned": 15_000.0, "bird": 1_000.0}
_SEEN_TO_ELSE_M: Final = 3_000.0
"""Distance at which a thing is noticed one time in e (weight exp(-(d/r)²)): our judgement. A thing of 1 m is as wide
as the eye resolves (one minute of arc) at 3.4 km; lights carry further, haze less."""
_SURE: Final = 0.9
_WORDS: Final = {
    "uav": "drone",
    "uav_rotary": "multirotor drone",
    "uav_fixed_wing": "fixed-wing drone",
    "manned": "manned aircraft",
    "bird": "bird",
    "other": "flying object",
}


def courses_of(
    points: Iterable[TrackPoint], callsigns: Mapping[str, str], frame: LocalFrame, times_s: Floats
) -> tuple[list[Course], int]:
    """The tracks' courses at `times_s` in the observer's frame, and how many tracks had no position at all.

    Linear between points; a track is absent before its first, after its last and in gaps over GAP_S.
    """
    by_track: dict[str, dict[float, TrackPoint]] = {}
    blind: set[str] = set()
    for point in points:
        if point.latitude_deg is None or point.longitude_deg is None:
            blind.add(point.track)
        else:
            by_track.setdefault(point.track, {})[point.observed_s] = point
    courses = [_course([one[at] for at in sorted(one)], callsigns, frame, times_s) for one in by_track.values()]
    return [one for one in courses if one.weight.any()], len(blind - by_track.keys())


def _course(points: list[TrackPoint], callsigns: Mapping[str, str], frame: LocalFrame, times_s: Floats) -> Course:
    at_s = np.array([point.observed_s for point in points])
    high = np.array([np.nan if p.altitude_ellipsoid_m is None else p.altitude_ellipsoid_m for p in points])
    columns = np.array([(p.latitude_deg, p.longitude_deg) for p in points], dtype=np.float64)
    level = np.where(np.isnan(high), frame.altitude_ellipsoid_m, high)
    places_m = frame.to_enu_m(columns[:, 0], columns[:, 1], level)
    here_m = np.stack([np.interp(times_s, at_s, places_m[:, axis]) for axis in range(3)], axis=-1)
    flat_m, slant_m = np.hypot(here_m[:, 0], here_m[:, 1]), np.linalg.norm(here_m, axis=-1)
    nearest = np.abs(times_s[:, None] - at_s[None, :]).argmin(axis=1)
    climbs = np.degrees(np.arctan2(here_m[:, 2], flat_m))
    known = points[int(nearest[len(times_s) // 2])]
    spread_m = np.hypot(np.interp(times_s, at_s, [point.sigma_position_m for point in points]), PLACE_SIGMA_M)
    sigma_deg = np.degrees(np.arctan2(spread_m, np.maximum(slant_m, PLACE_SIGMA_M)))
    exists = np.interp(times_s, at_s, [point.p_exists for point in points])
    kind, harmless, lights = _kind(known)
    return Course(
        kind=kind,
        name=known.track,
        title=_title(known, callsigns),
        harmless=harmless,
        lights=lights,
        weight=_present(at_s, times_s) * exists * np.exp(-((slant_m / _seen_to_m(known)) ** 2)),
        azimuth_deg=np.degrees(np.arctan2(here_m[:, 0], here_m[:, 1])) % 360.0,
        elevation_deg=np.where(np.isnan(high[nearest]), np.nan, climbs),
        sigma_azimuth_deg=sigma_deg,
        sigma_elevation_deg=sigma_deg,
        half_width_deg=0.0,
        distance_m=slant_m,
        rate_deg_s=_rate_deg_s(points, nearest, here_m, slant_m),
        told=(f"{_WORDS.get(known.class_, known.class_)} with p {known.p_class:.2f}, p exists {known.p_exists:.2f}",),
    )


def _present(at_s: Floats, times_s: Floats) -> Floats:
    """1 where the track was there, 0 where not."""
    after = np.searchsorted(at_s, times_s)
    inside = (after > 0) & (after < len(at_s))
    before = np.clip(after - 1, 0, len(at_s) - 1)
    gap_s = at_s[np.clip(after, 0, len(at_s) - 1)] - at_s[before]
    near = np.abs(times_s[:, None] - at_s[None, :]).min(axis=1) <= BEYOND_S
    return np.where(near | (inside & (gap_s <= GAP_S)), 1.0, 0.0)


def _rate_deg_s(points: list[TrackPoint], nearest: npt.NDArray[np.intp], here_m: Floats, slant_m: Floats) -> Floats:
    speeds = np.array([(p.velocity_east_mps, p.velocity_north_mps, p.velocity_up_mps or 0.0) for p in points])[nearest]
    sight = here_m / np.maximum(slant_m, 1.0)[:, None]
    across = speeds - (speeds * sight).sum(axis=-1)[:, None] * sight
    return np.asarray(np.degrees(np.linalg.norm(across, axis=-1) / np.maximum(slant_m, 1.0)))


def _seen_to_m(point: TrackPoint) -> float:
    """Between the class's own distance and that of the unknown, by how sure the class is."""
    own = _SEEN_TO_M.get(point.class_, _SEEN_TO_ELSE_M)
    return point.p_class * own + (1.0 - point.p_class) * _SEEN_TO_ELSE_M


def _kind(point: TrackPoint) -> tuple[str, bool, str]:
    """Kind, whether harmless, and whose lights. An ICAO address names an aircraft, whatever it flies like."""
    identity = point.identity or ""
    if identity.startswith("own:"):
        return "own_drone", True, "track"
    if identity.startswith(("icao:", "callsign:")):
        return "aircraft", True, "aircraft"
    if point.class_ == "manned" and point.p_class >= _SURE:
        return "aircraft", True, "aircraft"
    if point.class_ == "bird" and point.p_class >= _SURE:
        return "bird", True, "bird"
    return "track", False, "track"


def _title(point: TrackPoint, callsigns: Mapping[str, str]) -> str:
    identity = point.identity
    if identity is None:
        return f"{_WORDS.get(point.class_, point.class_)}, no identity heard"
    if identity.startswith("own:"):
        return f"own drone {identity[4:]}"
    if identity.startswith("icao:"):
        called = callsigns.get(identity)
        return f"aircraft {called or identity[5:]} by ADS-B"
    return f"{_WORDS.get(point.class_, point.class_)} that says it is {identity}"
