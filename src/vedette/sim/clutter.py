"""Reports of nothing: false detections, even over the field of view or denser in patches.

A Poisson number a look, the site file's clutter_per_scan over the whole field of view, even in every measured quantity;
inside a patch of the scenario its factor times as dense. They are drawn at the densest patch's rate and thinned
elsewhere (Lewis & Shedler 1979). Neglected: that echoes of the ground come from low down, and stay where they were.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
import shapely
from numpy.random import Generator

from vedette.geo import Floats, LocalFrame, polar_to_enu_m
from vedette.sim.scenario import Patch
from vedette.sim.sweep import Sweep
from vedette.site import Sensor

_RCS_DBSM, _RCS_SIGMA_DB = -22.0, 5.0
_RATE_MPS = 30.0
"""Range rates of clutter lie evenly within ± this much."""
_CLASS_WEIGHT = 12.0
"""Concentration of the class reports about their mean: larger is steadier."""
_CLASSES = (0.1, 0.1, 0.1, 0.3, 0.4)


class Detections(msgspec.Struct, frozen=True, eq=False):
    """Rows of many looks: `look` (n,) their number, and each measured quantity (n,) by its name in Scan."""

    look: np.ndarray[tuple[int], np.dtype[np.int64]]
    values: dict[str, Floats]


class Ground(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The patches that trouble one sensor, and how its measurements lie on the plane.

    origin_m (3,), axes (3, 3): a vector v of the sensor's frame is axes @ v in the site's.
    """

    patches: tuple[Patch, ...]
    origin_m: Floats
    axes: Floats

    @property
    def most(self) -> float:
        """The largest factor anywhere."""
        return max((1.0, *(patch.factor for patch in self.patches)))

    def factor(self, range_m: Floats, azimuth_rad: Floats, elevation_rad: Floats) -> Floats:
        """How much denser than the site file says it is there (n,): the densest patch over it, 1 outside all."""
        place = self.origin_m + polar_to_enu_m(range_m, azimuth_rad, elevation_rad) @ self.axes.T
        found = np.full(len(place), -math.inf)
        for patch in self.patches:
            inside = shapely.contains_xy(area(patch), place[:, 0], place[:, 1])
            found = np.where(inside, np.maximum(found, patch.factor), found)
        return np.where(np.isfinite(found), found, 1.0)


def area(patch: Patch) -> shapely.Geometry:
    """A patch on the plane, metres east and north."""
    if patch.width_m > 0.0:
        return shapely.LineString(patch.outline).buffer(0.5 * patch.width_m, cap_style="flat", join_style="mitre")
    return shapely.Polygon(patch.outline)


def ground_of(sensor: Sensor, patches: Sequence[Patch], frame: LocalFrame, own: LocalFrame) -> Ground:
    """What troubles this sensor; `own` is its frame, `frame` the site's."""
    origin, axes = frame.pose_of(own)
    mine = tuple(patch for patch in patches if not patch.sensors or sensor.id in patch.sensors)
    return Ground(patches=mine, origin_m=origin, axes=axes)


def clutter(sensor: Sensor, names: tuple[str, ...], sweep: Sweep, ground: Ground, rng: Generator) -> Detections:
    """All of a sensor's false detections; `names`: what it measures."""
    per_look = sensor.clutter_per_scan * ground.most * (sweep.span_rad / math.tau)
    look = np.repeat(np.arange(len(sweep.times_s)), rng.poisson(per_look, len(sweep.times_s)))
    near_m, far_m = sensor.range_m or (0.0, 1.0)
    first_rad, width_rad = azimuths(sensor)
    spans = {
        "range_m": (near_m, far_m),
        "azimuth_true_rad": (first_rad, first_rad + width_rad),
        "elevation_rad": (math.radians(sensor.elevation_deg[0]), math.radians(sensor.elevation_deg[1])),
        "range_rate_mps": (-_RATE_MPS, _RATE_MPS),
    }
    values = {name: rng.uniform(*spans[name], len(look)) for name in names}
    if sweep.span_s > 0.0:
        values["azimuth_true_rad"] = values["azimuth_true_rad"] * sweep.span_rad / math.tau + sweep.from_rad[look]
    values["azimuth_true_rad"] = values["azimuth_true_rad"] % math.tau
    if sensor.kind == "radar":
        values["rcs_dbsm"] = _RCS_DBSM + _RCS_SIGMA_DB * rng.standard_normal(len(look))
    if sensor.kind == "camera":
        values["p_classes"] = dirichlet(np.tile(_CLASSES, (len(look), 1)), rng)
    if ground.patches:
        kept = _kept(values, spans["range_m"], ground, rng)
        look, values = look[kept], {name: column[kept] for name, column in values.items()}
    return Detections(look, values)


def _kept(
    values: dict[str, Floats], reach_m: tuple[float, float], ground: Ground, rng: Generator
) -> npt.NDArray[np.bool_]:
    """Which of the draws at the densest patch's rate stay."""
    count = len(values["azimuth_true_rad"])
    chance, along_m = rng.random(count), rng.uniform(*reach_m, count)
    elevation = values.get("elevation_rad", np.zeros(count))
    factor = ground.factor(values.get("range_m", along_m), values["azimuth_true_rad"], elevation)
    return np.asarray(chance * ground.most < factor)


def azimuths(sensor: Sensor) -> tuple[float, float]:
    """Where the field of view begins, and how wide it is clockwise, in radians."""
    first_deg, last_deg = sensor.azimuth_true_deg
    width_deg = (last_deg - first_deg) % 360.0
    return math.radians(first_deg), math.radians(width_deg or 360.0)


def dirichlet(mean: Floats, rng: Generator) -> Floats:
    """Class reports (n, classes) about a mean, each summing to 1."""
    draws = rng.standard_gamma(_CLASS_WEIGHT * mean) + 1e-6
    return np.asarray(draws / draws.sum(axis=1, keepdims=True))
