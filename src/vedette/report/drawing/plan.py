"""The map's ground plan: how metres east and north become units of the drawing, and what must be in view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vedette.geo import LocalFrame
from vedette.model import Floats, TrackPoint
from vedette.report.words import impacts_of
from vedette.site import Site, Zone, zone_shape

WIDTH: Final = 720.0
HEIGHT: Final = 425.0
NEAR_WIDTH: Final = 354.0
NEAR_HEIGHT: Final = 250.0
NEAR_M: Final = 150.0
CHI2_95: Final = 2.4477
"""1-sigma half axes times this hold 95 % of a Gaussian in two dimensions: sqrt(-2 ln 0.05)."""
LAST_S: Final = 75.0
"""The end of each track that must be in view; what came before is drawn as far as the frame goes."""
_MARGIN: Final = 0.08


class Plan(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A view of the site. `scale`: units a metre; (`west_m`, `north_m`) is the drawing's upper left corner.

    near: a close-up, too near for rings about the site.
    """

    frame: LocalFrame
    west_m: float
    north_m: float
    scale: float
    width: float = WIDTH
    height: float = HEIGHT
    near: bool = False

    def xy(self, east_m: float, north_m: float) -> tuple[float, float]:
        """Metres → units, y downwards."""
        return (east_m - self.west_m) * self.scale, (self.north_m - north_m) * self.scale

    def at(self, latitude_deg: float, longitude_deg: float) -> tuple[float, float]:
        """Geodetic → units."""
        enu = self.frame.to_enu_m(latitude_deg, longitude_deg, self.frame.altitude_ellipsoid_m)
        return self.xy(float(enu[0]), float(enu[1]))

    def shape(self, metres: BaseGeometry) -> BaseGeometry:
        """A shape in metres → in units."""
        return shapely.transform(metres, self._many)

    def shows(self, x: float, y: float) -> bool:
        """Whether a place in units lies within the drawing's frame."""
        return 8.0 <= x <= self.width - 8.0 and 8.0 <= y <= self.height - 8.0

    def about(self, points: Sequence[TrackPoint]) -> list[TrackPoint]:
        """Those with a place in the drawing, or so little outside that a line to them may cross it."""
        placed = [one for one in points if one.latitude_deg is not None and one.longitude_deg is not None]
        columns = np.array([(one.latitude_deg, one.longitude_deg) for one in placed], dtype=np.float64).reshape(-1, 2)
        enu = self.frame.to_enu_m(columns[:, 0], columns[:, 1], self.frame.altitude_ellipsoid_m)
        units = self._many(enu[:, :2]) / (self.width, self.height)
        seen = np.all((units >= -1.0) & (units <= 2.0), axis=1).tolist()
        return [one for one, is_seen in zip(placed, seen, strict=True) if is_seen]

    def _many(self, places: Floats) -> Floats:
        return np.column_stack([(places[:, 0] - self.west_m) * self.scale, (self.north_m - places[:, 1]) * self.scale])


def plan_of(document: dict[str, Any], site: Site, points: Sequence[TrackPoint]) -> Plan:
    """The perimeter (or failing one every zone), the places of impact and the ends of the tracks, with a margin."""
    frame = site.frame()
    last = {track["track"]: _last_s(points, track["track"]) for track in document["tracks"]}
    places = [
        (point.latitude_deg, point.longitude_deg)
        for point in points
        if point.latitude_deg is not None and point.observed_s >= last.get(point.track, np.inf) - LAST_S
    ]
    places += [(impact["latitude_deg"], impact["longitude_deg"]) for _, impact in impacts_of(document)]
    wanted = [(0.0, 0.0), *(_flat(frame, *place) for place in places if place[1] is not None)]
    shown = [zone for zone in site.zones if zone.role == "perimeter"] or [z for z in site.zones if z.role != "warning"]
    for zone in shown:
        west, south, east, north = zone_shape(zone, frame).bounds
        wanted += [(west, south), (east, north)]
    low, high = np.min(wanted, axis=0), np.max(wanted, axis=0)
    size = np.maximum(high - low, 200.0) * (1.0 + 2.0 * _MARGIN)
    scale = float(min(WIDTH / size[0], HEIGHT / size[1]))
    middle = (low + high) / 2.0
    return Plan(
        frame=frame,
        west_m=float(middle[0]) - WIDTH / scale / 2.0,
        north_m=float(middle[1]) + HEIGHT / scale / 2.0,
        scale=scale,
    )


def near_plan(impact: dict[str, Any], site: Site) -> Plan:
    """A close-up of one place of impact, three times as wide as its 95 % ellipse is long, and at least `NEAR_M`."""
    frame = site.frame()
    east, north = _flat(frame, impact["latitude_deg"], impact["longitude_deg"])
    scale = NEAR_WIDTH / max(6.0 * CHI2_95 * impact["sigma_major_m"], NEAR_M)
    return Plan(
        frame=frame,
        west_m=east - NEAR_WIDTH / scale / 2.0,
        north_m=north + NEAR_HEIGHT / scale / 2.0,
        scale=scale,
        width=NEAR_WIDTH,
        height=NEAR_HEIGHT,
        near=True,
    )


def line_distance_m(impact: dict[str, Any], site: Site) -> float | None:
    """From a place of impact to the nearest point of the perimeter's line, None where the site has none."""
    perimeter = perimeter_of(site)
    if perimeter is None:
        return None
    place = shapely.Point(_flat(site.frame(), impact["latitude_deg"], impact["longitude_deg"]))
    return float(perimeter.boundary.distance(place))


def perimeter_of(site: Site) -> BaseGeometry | None:
    """The perimeter in metres, None where the site has none."""
    shapes = [zone_shape(zone, site.frame()) for zone in site.zones if zone.role == "perimeter"]
    return shapely.union_all(shapes) if shapes else None


def drawn_zones(site: Site) -> list[Zone]:
    """Zones in the order of drawing: large grounds first, landmarks last."""
    order = ("warning", "perimeter", "keep_out", "runway", "asset", "landmark")
    return sorted(site.zones, key=lambda zone: order.index(zone.role))


def step_m(plan: Plan) -> float:
    """A round distance that is about a fifth of the view: 1, 2 or 5 times a power of ten."""
    fifth = plan.width / plan.scale / 5.0
    ten = 10.0 ** np.floor(np.log10(fifth))
    return float(max(step for step in (ten, 2.0 * ten, 5.0 * ten) if step <= fifth))


def _last_s(points: Sequence[TrackPoint], track: str) -> float:
    return max((point.observed_s for point in points if point.track == track), default=np.inf)


def _flat(frame: LocalFrame, latitude_deg: float | None, longitude_deg: float | None) -> tuple[float, float]:
    enu = frame.to_enu_m(np.float64(latitude_deg), np.float64(longitude_deg), frame.altitude_ellipsoid_m)
    return float(enu[0]), float(enu[1])
