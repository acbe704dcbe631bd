"""Tracks against the site's zones: distance, inside, time until inside, closest point of approach.

The outlines come from `vedette.site.zone_shape`; all their edges stand in one array, so that all tracks are held
against all zones at once. On the east-north plane with constant velocity v, a track at p meets the edge a + s d (0 ≤ s
≤ 1) at t = (a - p) × d / (v × d). Two segments that do not meet are closest at an end of one of them: so the closest
approach within the horizon is the least of start to edge, end to edge, and corner to path.

Heights: a track whose height is known is inside only between the zone's floor and ceiling; while it is above or below,
time_to_s is the later of reaching the outline and reaching the band at its present climb or sink, and None if it does
not move towards the band. That it may leave the outline before, or the band again, is neglected: the sooner time is
given. A track without a known height is taken to be within every band. distance_m and closest_m stay horizontal.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vedette.model import Floats, ZoneApproach
from vedette.model.tracks import Bools
from vedette.site import Site, Zone, zone_shape

ROLES: Final = ("perimeter", "warning", "keep_out", "asset", "runway")
"""The roles that can be threatened; landmarks only help people to find their way."""

HORIZON_S: Final = 300.0
"""How far a present course is believed; beyond five minutes straight flight is a fiction."""

_PARALLEL_M2PS: Final = 1e-9
"""Edge times speed across it: less than this, and the course runs along the edge."""

_ROWS_AT_ONCE: Final = 64
"""Tracks worked together, so that the intermediate arrays stay in the processor's cache."""


class Crossing(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """n tracks against m zones, arrays (n, m): metres and seconds, `meets_s` infinite where the outline is not met."""

    distance_m: Floats
    inside: Bools
    meets_s: Floats
    closest_m: Floats
    closest_in_s: Floats


class ZoneSet:
    """The zones of a site that tracks are held against, prepared once. Immutable."""

    def __init__(self, site: Site) -> None:
        frame = site.frame()
        self.zones: tuple[Zone, ...] = tuple(zone for zone in site.zones if zone.role in ROLES)
        shapes = [zone_shape(zone, frame) for zone in self.zones]
        for shape in shapes:
            shapely.prepare(shape)
        self._shapes = shapes
        self._has_area = np.array([shape.area > 0.0 for shape in shapes], dtype=bool)
        edges = [_edges(shape) for shape in shapes]
        self._starts = np.cumsum([0, *(len(one) for one in edges)])
        self._edges = np.concatenate(edges) if edges else np.zeros((0, 4))
        self.perimeter: BaseGeometry | None = _union(shapes, self.zones, "perimeter")

    def approaches(self, enu_m: Floats, velocity_mps: Floats, height_agl_m: Floats) -> list[tuple[ZoneApproach, ...]]:
        """One tuple a track, in the order of the site's zones. (n, 3), (n, 3), (n,); NaN height: not known."""
        if not self.zones or not len(enu_m):
            return [() for _ in range(len(enu_m))]
        crossing = self.crossings(enu_m[:, :2], velocity_mps[:, :2])
        in_band, band_s = self._bands(height_agl_m, velocity_mps[:, 2])
        inside = crossing.inside & in_band
        enters = np.where(crossing.inside, 0.0, crossing.meets_s)
        time_to = np.maximum(enters, band_s)
        known = np.isfinite(time_to) & (time_to <= HORIZON_S) & self._has_area
        return self._spell(crossing, inside, np.where(known, time_to, np.nan))

    def crossings(self, place_m: Floats, velocity_mps: Floats) -> Crossing:
        """The plane geometry alone: (n, 2) places and velocities against every zone."""
        parts = [
            self._chunk(place_m[at : at + _ROWS_AT_ONCE], velocity_mps[at : at + _ROWS_AT_ONCE])
            for at in range(0, len(place_m), _ROWS_AT_ONCE)
        ]
        distance, meets, closest, closest_in = (np.concatenate(column) for column in zip(*parts, strict=True))
        inside = np.stack([shapely.intersects_xy(s, place_m[:, 0], place_m[:, 1]) for s in self._shapes], axis=1)
        met = np.isfinite(meets)
        return Crossing(
            distance_m=np.where(inside, 0.0, distance),
            inside=inside,
            meets_s=meets,
            closest_m=np.where(inside | met, 0.0, closest),
            closest_in_s=np.where(inside, 0.0, np.where(met, meets, closest_in)),
        )

    def _chunk(self, place_m: Floats, velocity_mps: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        ax, ay, dx, dy = self._edges.T
        vx, vy = velocity_mps[:, 0, None], velocity_mps[:, 1, None]
        rx, ry = ax - place_m[:, 0, None], ay - place_m[:, 1, None]
        length2, speed2 = np.maximum(dx * dx + dy * dy, 1e-12), np.maximum(vx * vx + vy * vy, 1e-12)
        start2 = _to_edge2(rx, ry, dx, dy, length2)
        end2 = _to_edge2(rx - HORIZON_S * vx, ry - HORIZON_S * vy, dx, dy, length2)
        corner_s = np.clip((rx * vx + ry * vy) / speed2, 0.0, HORIZON_S)
        corner2 = (rx - corner_s * vx) ** 2 + (ry - corner_s * vy) ** 2
        turn = vx * dy - vy * dx
        turns = np.abs(turn) > _PARALLEL_M2PS
        safe = np.where(turns, turn, 1.0)
        meets_s, along = (rx * dy - ry * dx) / safe, (rx * vy - ry * vx) / safe
        hit = turns & (along >= 0.0) & (along <= 1.0) & (meets_s >= 0.0) & (meets_s <= HORIZON_S)
        start2, end2, meets_s = self._least(start2), self._least(end2), self._least(np.where(hit, meets_s, np.inf))
        corner2, corner_s = self._least_with(corner2, corner_s)
        closest2 = np.minimum(np.minimum(start2, end2), corner2)
        closest_in = np.where(start2 <= closest2, 0.0, np.where(corner2 <= closest2, corner_s, HORIZON_S))
        return np.sqrt(start2), meets_s, np.sqrt(closest2), closest_in

    def _least(self, values: Floats) -> Floats:
        return np.asarray(np.minimum.reduceat(values, self._starts[:-1], axis=1))

    def _least_with(self, values: Floats, other: Floats) -> tuple[Floats, Floats]:
        picks = np.stack(
            [a + np.argmin(values[:, a:b], axis=1) for a, b in zip(self._starts[:-1], self._starts[1:], strict=True)],
            axis=1,
        )
        return np.take_along_axis(values, picks, axis=1), np.take_along_axis(other, picks, axis=1)

    def _bands(self, height_agl_m: Floats, up_mps: Floats) -> tuple[Bools, Floats]:
        floor = np.array([-math.inf if zone.floor_agl_m is None else zone.floor_agl_m for zone in self.zones])
        ceiling = np.array([math.inf if zone.ceiling_agl_m is None else zone.ceiling_agl_m for zone in self.zones])
        height, up = height_agl_m[:, None], up_mps[:, None]
        above, below = height > ceiling, height < floor
        gap = np.where(above, height - ceiling, np.where(below, floor - height, 0.0))
        closing = np.where(above, -up, np.where(below, up, 1.0))
        band_s = np.where(closing > 0.0, gap / np.where(closing > 0.0, closing, 1.0), np.inf)
        return ~(above | below), band_s

    def _spell(self, crossing: Crossing, inside: Bools, time_to_s: Floats) -> list[tuple[ZoneApproach, ...]]:
        columns = [
            (zone, distance, within, None if time_to != time_to else time_to, closest, closest_in)
            for row in zip(
                crossing.distance_m.tolist(),
                inside.tolist(),
                time_to_s.tolist(),
                crossing.closest_m.tolist(),
                crossing.closest_in_s.tolist(),
                strict=True,
            )
            for zone, distance, within, time_to, closest, closest_in in zip(self.zones, *row, strict=True)
        ]
        flat = [
            ZoneApproach(
                zone=zone.id,
                name=zone.name,
                role=zone.role,
                distance_m=distance,
                inside=within,
                time_to_s=time_to,
                closest_m=closest,
                closest_in_s=closest_in,
            )
            for zone, distance, within, time_to, closest, closest_in in columns
        ]
        width = len(self.zones)
        return [tuple(flat[at : at + width]) for at in range(0, len(flat), width)]


def _to_edge2(rx: Floats, ry: Floats, dx: Floats, dy: Floats, length2: Floats) -> Floats:
    """Squared distance from a place to the edges a + s d, with r = a - place."""
    along = np.clip(-(rx * dx + ry * dy) / length2, 0.0, 1.0)
    return np.asarray((rx + along * dx) ** 2 + (ry + along * dy) ** 2)


def _edges(shape: BaseGeometry) -> Floats:
    """(k, 4): start east, start north, and the way to the next corner. A point is one edge of no length."""
    parts = []
    parts_of = shapely.get_parts(shape)
    for line in shapely.get_rings(parts_of) if shape.area > 0.0 else parts_of:
        corners = shapely.get_coordinates(line)
        if len(corners) == 1:
            corners = np.repeat(corners, 2, axis=0)
        parts.append(np.hstack([corners[:-1], np.diff(corners, axis=0)]))
    return np.concatenate(parts)


def _union(shapes: list[BaseGeometry], zones: tuple[Zone, ...], role: str) -> BaseGeometry | None:
    chosen = [shape for shape, zone in zip(shapes, zones, strict=True) if zone.role == role and shape.area > 0.0]
    return shapely.union_all(chosen) if chosen else None
