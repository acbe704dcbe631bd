"""When a path crossed the perimeter: between which points, and how sure its place was there."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely

from vedette.model import TrackPoint
from vedette.report.drawing.plan import perimeter_of
from vedette.site import Site

LEAST_S: Final = 2.0
"""A path that is back across the line sooner has run along it."""
_GAP_S: Final = 6.0


def crossings(site: Site, points: Sequence[TrackPoint]) -> list[tuple[float, bool, float]]:
    """Each crossing of the perimeter: time, whether inward, 1 sigma of the path there in metres.

    points: of one track, by time. Between two of them the path is taken as straight; over a longer gap nothing is said.
    """
    perimeter = perimeter_of(site)
    placed = [point for point in points if point.latitude_deg is not None and point.longitude_deg is not None]
    if perimeter is None or not placed:
        return []
    columns = np.array([(point.latitude_deg, point.longitude_deg) for point in placed], dtype=np.float64)
    place = site.frame().to_enu_m(columns[:, 0], columns[:, 1], site.altitude_ellipsoid_m)[:, :2]
    shapely.prepare(perimeter)
    inside = shapely.contains_xy(perimeter, place[:, 0], place[:, 1])
    found: list[tuple[float, bool, float]] = []
    for k, (before, after) in enumerate(itertools.pairwise(placed)):
        if inside[k] == inside[k + 1] or after.observed_s - before.observed_s > _GAP_S:
            continue
        step = shapely.LineString(place[k : k + 2])
        met = shapely.points(shapely.get_coordinates(shapely.intersection(step, perimeter.boundary)))
        share = float(np.mean(shapely.line_locate_point(step, met, normalized=True)))
        at_s = before.observed_s + share * (after.observed_s - before.observed_s)
        if found and at_s - found[-1][0] < LEAST_S:
            found.pop()
            continue
        found.append((at_s, bool(inside[k + 1]), after.sigma_position_m))
    return found
