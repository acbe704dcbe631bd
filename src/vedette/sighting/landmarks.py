"""The site's landmarks as an observer had them before them: masts, lamps, towers that the operator has named."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

import numpy as np
import shapely

from vedette.geo import LocalFrame
from vedette.model import Floats
from vedette.sighting.eye import PLACE_SIGMA_M, Course, turn_deg
from vedette.site import Site, zone_shape

_WEIGHT: Final = 0.5
_SEEN_TO_M: Final = 10_000.0
"""How readily a landmark is taken for something else, and how far it is seen: our judgement."""
_LOW_DEG: Final = (1.0, 3.0)
"""Elevation and its sigma where the site file gives no height: near the horizon."""


def courses_of(site: Site, frame: LocalFrame, times_s: Floats) -> Iterable[Course]:
    """The site's zones of role landmark; one that the observer stands in is left out."""
    own = site.frame()
    for zone in site.zones:
        if zone.role != "landmark":
            continue
        outline = shapely.get_coordinates(zone_shape(zone, own))
        points = own.to_geodetic(np.column_stack([outline, np.zeros(len(outline))]))
        seen_m = frame.to_enu_m(points[0], points[1], np.full(len(outline), site.altitude_ellipsoid_m))
        ways_deg = np.degrees(np.arctan2(seen_m[:, 0], seen_m[:, 1]))
        middle = seen_m[:, :2].mean(axis=0)
        distance_m, middle_deg = float(np.hypot(*middle)), math.degrees(math.atan2(middle[0], middle[1]))
        half_deg = float(np.abs(turn_deg(ways_deg - middle_deg)).max())
        if half_deg >= 90.0 or distance_m < 1.0:
            continue
        low_deg, spread_deg = _LOW_DEG
        if zone.ceiling_agl_m is not None:
            below_m = float(seen_m[:, 2].mean())
            top_deg = math.degrees(math.atan2(below_m + zone.ceiling_agl_m, distance_m))
            foot_deg = math.degrees(math.atan2(below_m + (zone.floor_agl_m or 0.0), distance_m))
            low_deg, spread_deg = (top_deg + foot_deg) / 2.0, abs(top_deg - foot_deg) / math.sqrt(12.0)
        count = len(times_s)
        place_deg = math.degrees(math.atan2(PLACE_SIGMA_M, max(distance_m, PLACE_SIGMA_M)))
        yield Course(
            kind="landmark",
            name=zone.id,
            title=zone.name,
            harmless=True,
            lights="landmark",
            weight=np.full(count, _WEIGHT * math.exp(-((distance_m / _SEEN_TO_M) ** 2))),
            azimuth_deg=np.full(count, middle_deg % 360.0),
            elevation_deg=np.full(count, low_deg),
            sigma_azimuth_deg=np.full(count, place_deg),
            sigma_elevation_deg=np.full(count, math.hypot(spread_deg, place_deg)),
            half_width_deg=half_deg,
            distance_m=np.full(count, distance_m),
            rate_deg_s=np.zeros(count),
            told=() if zone.ceiling_agl_m is not None else ("its height is not in the site file",),
        )
