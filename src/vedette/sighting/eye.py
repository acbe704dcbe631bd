"""How well people see and say where: the errors of a report, and how readily each kind of thing is reported.

Every number here is our judgement: we know of no measured set for drones. Each is stated so that it can be argued
with: a report by eye names an hour of the clock or one of 16 winds (15° is half an hour of the clock), elevations are
guessed from no mark at all, and some reports are plainly wrong (mirrored, magnetic for true, another moment).
"""

from __future__ import annotations

import math
from typing import Final

import msgspec
import numpy as np

from vedette.model import Floats, SightingReport

_SIGMAS_DEG: Final = {"sure": (10.0, 8.0), "fairly": (15.0, 10.0), "unsure": (30.0, 15.0)}
"""1 sigma of azimuth and elevation, degrees, by how sure the observer is."""
P_GROSS: Final = {"sure": 0.02, "fairly": 0.05, "unsure": 0.15}
"""Share of reports whose direction says nothing at all."""
PLACE_SIGMA_M: Final = 50.0
"""The observer's own place, 1 sigma an axis: a telephone's fix, or a spot named on a map."""
_STEEP: Final = 0.1
"""Least cosine of elevation: towards the zenith an azimuth says ever less, and at it nothing."""

_MOTION: Final = {"still": (0.85, 0.15), "slow": (0.7, 0.3), "fast": (0.1, 0.9), "unknown": (0.4, 0.6)}
"""P(said still), P(said moving): of what stands (a light on a dark ground seems to move), of what moves by less and by
more than FAST_DEG_S, and of what nobody knows."""
FAST_DEG_S: Final = 0.15
"""From this angular rate on motion is plain: the width of a full Moon in 3.5 s."""
_LIGHTS: Final = {
    "sky": (0.02, 0.83, 0.15),
    "landmark": (0.2, 0.5, 0.3),
    "aircraft": (0.05, 0.25, 0.7),
    "bird": (0.97, 0.02, 0.01),
    "track": (0.4, 0.35, 0.25),
    "unknown": (0.3, 0.4, 0.3),
}
"""P(said no lights), P(steady), P(flashing); a star that twinkles is said to flash."""
_NODES_MOST: Final = 241
_SIGMAS_WIDE: Final = 3.0


class Course(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One thing as the observer had it before them, at each of the report's possible times (n,).

    weight: how many reports it makes where nothing known makes one; 0 where it was not there or not to be seen.
    elevation_deg: NaN where not known. *_sigma_deg: of the thing's own place. half_width_deg: what it takes up in
    azimuth. distance_m: NaN where far beyond all that is compared. rate_deg_s: its angular rate.
    """

    kind: str
    name: str
    title: str
    harmless: bool
    lights: str
    weight: Floats
    azimuth_deg: Floats
    elevation_deg: Floats
    sigma_azimuth_deg: Floats
    sigma_elevation_deg: Floats
    half_width_deg: float
    distance_m: Floats
    rate_deg_s: Floats
    told: tuple[str, ...] = ()


def angle_sigmas_deg(report: SightingReport) -> tuple[float, float]:
    """1 sigma of the report's azimuth and elevation: as said with it, or what `sure` stands for."""
    azimuth, elevation = _SIGMAS_DEG[report.sure]
    return (
        azimuth if report.azimuth_sigma_deg is None else report.azimuth_sigma_deg,
        elevation if report.elevation_sigma_deg is None else report.elevation_sigma_deg,
    )


def time_nodes(report: SightingReport) -> tuple[Floats, Floats]:
    """The times (n,) at which it may have been seen, and their probabilities (n,): normal, cut at 3 sigma.

    A second apart, or as many as 241 nodes allow.
    """
    reach_s = _SIGMAS_WIDE * report.time_sigma_s
    half = min(_NODES_MOST // 2, math.ceil(reach_s))
    offsets_s = np.linspace(-reach_s, reach_s, 2 * half + 1) if half else np.zeros(1)
    density = np.exp(-0.5 * (offsets_s / max(report.time_sigma_s, 1e-9)) ** 2)
    return report.at_s + offsets_s, density / density.sum()


def likelihood_ratios(report: SightingReport, course: Course) -> Floats:
    """How many times as well as nothing known the course explains the direction, at each time (n,).

    Nothing known: every azimuth and every elevation above the horizon alike. The course: normal in azimuth (on the
    circle, on the great circle: sigma over the cosine of the elevation) and in elevation, mixed with P_GROSS of a
    direction that says nothing. What takes up a width is seen anywhere in it alike.
    """
    azimuth_sigma_deg, elevation_sigma_deg = angle_sigmas_deg(report)
    cosine = np.where(np.isnan(course.elevation_deg), 1.0, np.cos(np.radians(course.elevation_deg)))
    sigma_deg = np.hypot(azimuth_sigma_deg, course.sigma_azimuth_deg) / np.maximum(cosine, _STEEP)
    ratio = 360.0 * _around(turn_deg(report.azimuth_true_deg - course.azimuth_deg), sigma_deg, course.half_width_deg)
    if report.elevation_deg is not None:
        spread_deg = np.hypot(elevation_sigma_deg, course.sigma_elevation_deg)
        off = (report.elevation_deg - course.elevation_deg) / spread_deg
        high = 90.0 * np.exp(-0.5 * off**2) / (spread_deg * math.sqrt(2.0 * math.pi))
        ratio = ratio * np.where(np.isnan(high), 1.0, high)
    gross = P_GROSS[report.sure]
    return (1.0 - gross) * ratio + gross


def _around(off_deg: Floats, sigma_deg: Floats, half_width_deg: float) -> Floats:
    """Density a degree at `off_deg` of a normal on the circle, spread evenly over a width where there is one."""
    circle = _erf(180.0 / (sigma_deg * math.sqrt(2.0)))
    if half_width_deg <= 0.0:
        return np.asarray(np.exp(-0.5 * (off_deg / sigma_deg) ** 2) / (sigma_deg * math.sqrt(2.0 * math.pi)) / circle)
    root = sigma_deg * math.sqrt(2.0)
    upper, lower = _erf((off_deg + half_width_deg) / root), _erf((off_deg - half_width_deg) / root)
    return np.asarray((upper - lower) / (4.0 * half_width_deg) / circle)


def _erf(values: Floats) -> Floats:
    return np.array([math.erf(value) for value in values])


def turn_deg(angle_deg: Floats) -> Floats:
    """The same angle in [-180, 180)."""
    return (angle_deg + 180.0) % 360.0 - 180.0


def appearance_ratio(report: SightingReport, lights: str, rate_deg_s: float | None) -> float:
    """How many times as well as nothing known a thing explains the motion and the lights that were said."""
    ratio = 1.0
    if report.motion is not None:
        kind = "still" if rate_deg_s is None else "fast" if rate_deg_s >= FAST_DEG_S else "slow"
        place = 0 if report.motion == "still" else 1
        ratio *= _MOTION[kind][place] / _MOTION["unknown"][place]
    if report.lights is not None:
        place = ("none", "steady", "flashing").index(report.lights)
        ratio *= _LIGHTS[lights][place] / _LIGHTS["unknown"][place]
    return ratio
