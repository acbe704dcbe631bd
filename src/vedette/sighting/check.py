"""The sighting checker: one report, one cause; which of the things known to have been there, or none of them.

Each thing i makes reports at a rate w_i (how readily it is noticed), nothing known at rate 1. With L_i, how well a
thing explains direction, motion and lights over the times that the report allows,

    p_i = w_i L_i / (L_0 + sum_j w_j L_j)

w and L are taken together at each possible time and averaged over them; L_0 is that of nothing known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from vedette.clock import iso_utc
from vedette.geo import LocalFrame
from vedette.model import NOTHING_KNOWN, Floats, Reason, SightingAnswer, SightingCandidate, SightingReport, TrackPoint
from vedette.sighting import aloft, landmarks
from vedette.sighting.eye import Course, angle_sigmas_deg, appearance_ratio, likelihood_ratios, time_nodes, turn_deg
from vedette.sighting.sky import Sky, SkyMissing
from vedette.site import Site

LISTED_P: Final = 0.01
"""Candidates below are counted and not listed."""
LISTED_MOST: Final = 12


class _Weighed(msgspec.Struct, frozen=True, eq=False):
    """A thing, its likelihood ratio over the times it was there, its mass, and the place of its best time."""

    course: Course
    ratio: float
    mass: float
    best: int


def check(
    report: SightingReport,
    site: Site,
    points: Iterable[TrackPoint],
    callsigns: Mapping[str, str],
    sky: Sky | SkyMissing,
    not_checked: Sequence[str] = (),
) -> SightingAnswer:
    """What could explain a report. Pure: the same arguments give the same answer.

    Args:
        points: the record's track points about the report's time, 3 sigma and a gap on both sides.
        callsigns: by identity. sky: the ephemeris, or why there is none.
        not_checked: what the caller could not get, in words; the answer carries it.
    """
    altitude_m = site.altitude_ellipsoid_m if report.altitude_ellipsoid_m is None else report.altitude_ellipsoid_m
    frame = LocalFrame(report.latitude_deg, report.longitude_deg, altitude_m)
    times_s, p_times = time_nodes(report)
    missing = list(not_checked)
    courses, blind = aloft.courses_of(points, callsigns, frame, times_s)
    if blind:
        missing.append(f"{blind} track{'s' * (blind > 1)} known by bearing alone")
    courses += landmarks.courses_of(site, frame, times_s)
    try:
        if isinstance(sky, SkyMissing):
            raise sky
        courses += sky.courses(report, times_s, altitude_m)
    except SkyMissing as why:
        missing.append(f"the sky: {why}")
    weighed = [_weigh(report, course, p_times) for course in courses]
    total = 1.0 + sum(one.mass for one in weighed)
    listed = [_candidate(report, one, total, times_s) for one in weighed if one.mass / total >= LISTED_P]
    listed.sort(key=lambda one: (-one.p, one.kind, one.name))
    everything = [*listed[:LISTED_MOST], _nothing(1.0 / total, len(weighed))]
    return SightingAnswer(
        candidates=tuple(sorted(everything, key=lambda one: -one.p)),
        compared=dict(sorted(Counter(course.kind for course in courses).items())),
        not_checked=tuple(missing),
    )


def _weigh(report: SightingReport, course: Course, p_times: Floats) -> _Weighed:
    ratios = likelihood_ratios(report, course)
    moved = [appearance_ratio(report, course.lights, float(rate)) for rate in course.rate_deg_s]
    ratios = ratios * np.array(moved)
    there = np.where(course.weight > 0.0, p_times, 0.0)
    mass = p_times * course.weight * ratios
    return _Weighed(course, float((there * ratios).sum()), float(mass.sum()), int(mass.argmax()))


def _candidate(report: SightingReport, one: _Weighed, total: float, times_s: Floats) -> SightingCandidate:
    course, best = one.course, one.best
    high, far_m = float(course.elevation_deg[best]), float(course.distance_m[best])
    return SightingCandidate(
        kind=course.kind,
        name=course.name,
        title=course.title,
        p=round(one.mass / total, 4),
        likelihood_ratio=round(one.ratio, 3),
        harmless=course.harmless,
        azimuth_true_deg=round(float(course.azimuth_deg[best]), 2),
        elevation_deg=None if np.isnan(high) else round(high, 2),
        distance_m=None if np.isnan(far_m) else round(far_m, 1),
        at_s=round(float(times_s[best]), 3),
        reasons=tuple(_reasons(report, course, best, float(times_s[best]))),
    )


def _reasons(report: SightingReport, course: Course, best: int, at_s: float) -> Iterable[Reason]:
    source = course.name
    azimuth_sigma_deg, elevation_sigma_deg = angle_sigmas_deg(report)
    off_deg = float(turn_deg(course.azimuth_deg[best] - report.azimuth_true_deg))
    clock = iso_utc(at_s)[11:19]
    side = "right" if off_deg >= 0.0 else "left"
    yield Reason(
        text=f"{abs(off_deg):.1f}° {side} of the report (1 sigma {azimuth_sigma_deg:.0f}°) at {clock} UTC",
        value=round(off_deg, 2),
        unit="deg",
        source=source,
    )
    high_deg = float(course.elevation_deg[best])
    if report.elevation_deg is not None and not np.isnan(high_deg):
        above_deg = high_deg - report.elevation_deg
        way = "above" if above_deg >= 0.0 else "below"
        yield Reason(
            text=f"{abs(above_deg):.1f}° {way} it (1 sigma {elevation_sigma_deg:.0f}°)",
            value=round(above_deg, 2),
            unit="deg",
            source=source,
        )
    elif report.elevation_deg is not None:
        yield Reason(text="its height was not measured", source=source)
    far_m = float(course.distance_m[best])
    if not np.isnan(far_m):
        yield Reason(text=f"{far_m / 1000.0:.2f} km away", value=round(far_m, 1), unit="m", source=source)
    yield from (Reason(text=told, source=source) for told in course.told)
    yield from _seen(report, course, best)


def _seen(report: SightingReport, course: Course, best: int) -> Iterable[Reason]:
    """How motion and lights as they were said fit."""
    rate = float(course.rate_deg_s[best])
    if report.motion is not None:
        times = appearance_ratio(msgspec.structs.replace(report, lights=None), course.lights, rate)
        text = f"said to be {report.motion}, it moved by {rate:.2f}°/s: {times:.2g} times as likely"
        yield Reason(text=text, value=round(times, 3), source=course.name)
    if report.lights is not None:
        times = appearance_ratio(msgspec.structs.replace(report, motion=None), course.lights, rate)
        text = f"lights said: {report.lights}: {times:.2g} times as likely"
        yield Reason(text=text, value=round(times, 3), source=course.name)


def _nothing(p: float, compared: int) -> SightingCandidate:
    return SightingCandidate(
        kind=NOTHING_KNOWN,
        name=NOTHING_KNOWN,
        title="nothing known explains it",
        p=round(p, 4),
        likelihood_ratio=1.0,
        harmless=False,
        reasons=(Reason(text=f"what is left when {compared} things are compared", value=float(compared)),),
    )
