"""The site as the console draws it: GeoJSON of its geometry, sensors with their coverage, rings from the perimeter."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import shapely
import shapely.geometry
from shapely.geometry.base import BaseGeometry

from vedette.console.views import OriginName, View
from vedette.geo import LocalFrame
from vedette.model import Origin
from vedette.site import Sensor, Site, Zone, zone_shape

GeoJson = dict[str, Any]

RING_DISTANCES_M: Final = (1000.0, 2000.0, 3000.0, 5000.0, 10000.0)
"""Rings that an officer reads a distance off; the same as on the paper chart of a 5 km warning zone."""
_LABEL_AZIMUTHS_DEG: Final = (270.0, 180.0, 90.0, 0.0)


class ZoneView(View, frozen=True, kw_only=True):
    """A feature of the site. outline: its area (points by radius_m, lines by width_m); centre: for a name."""

    id: str
    name: str
    role: str
    geometry: GeoJson
    outline: GeoJson
    centre_latitude_deg: float
    centre_longitude_deg: float
    radius_m: float | None
    width_m: float | None
    floor_agl_m: float | None
    ceiling_agl_m: float | None


class SensorView(View, frozen=True, kw_only=True):
    """A sensor. coverage: GeoJSON of its field of view on the ground plane, null where the site file gives no range.

    node_id: of the SAPIENT node that it is, which can be asked to look somewhere.
    """

    id: str
    name: str
    kind: str
    latitude_deg: float | None
    longitude_deg: float | None
    altitude_ellipsoid_m: float | None
    period_s: float | None
    range_m: tuple[float, float] | None
    azimuth_true_deg: tuple[float, float]
    feeds: list[str]
    coverage: GeoJson | None
    node_id: str | None


class RingView(View, frozen=True, kw_only=True):
    """A line of equal distance from the perimeter, and where its label may stand (longitude, latitude)."""

    distance_m: float
    geometry: GeoJson
    labels: list[tuple[float, float]]


class SiteView(View, frozen=True, kw_only=True):
    """The site. rings_from: what the rings (and the countdowns) measure from."""

    sha256: str
    id: str
    name: str
    origin: OriginName
    timezone: str
    latitude_deg: float
    longitude_deg: float
    altitude_ellipsoid_m: float
    altitude_msl_m: float
    geometry: list[ZoneView]
    sensors: list[SensorView]
    rings: list[RingView]
    rings_from: str
    bounds: tuple[float, float, float, float]


def site_view(site: Site, origin: Origin) -> SiteView:
    """The site's view; a pure function of the site, made once."""
    frame = site.frame()
    shapes = {zone.id: zone_shape(zone, frame) for zone in site.zones}
    base, rings_from = _base(site, shapes)
    return SiteView(
        sha256=site.sha256,
        id=site.id,
        name=site.name,
        origin=origin.value,
        timezone=site.timezone,
        latitude_deg=site.latitude_deg,
        longitude_deg=site.longitude_deg,
        altitude_ellipsoid_m=site.altitude_ellipsoid_m,
        altitude_msl_m=site.altitude_msl_m,
        geometry=[_zone(zone, shapes[zone.id], frame) for zone in site.zones],
        sensors=[_sensor(sensor, site, frame) for sensor in site.sensors],
        rings=[_ring(distance_m, base, frame) for distance_m in RING_DISTANCES_M],
        rings_from=rings_from,
        bounds=_bounds(base, frame),
    )


def _base(site: Site, shapes: dict[str, BaseGeometry]) -> tuple[BaseGeometry, str]:
    """What distances are measured from: the perimeter, else the assets and runways, else the reference point."""
    for roles, name in ((("perimeter",), "perimeter"), (("asset", "runway", "keep_out"), "assets")):
        found = [shapes[zone.id] for zone in site.zones if zone.role in roles]
        if found:
            return shapely.union_all(found), name
    return shapely.Point(0.0, 0.0), "reference point"


def _geodetic(shape: BaseGeometry, frame: LocalFrame) -> GeoJson:
    """A shape on the plane, in metres → GeoJSON in degrees, to 1e-6 (0.1 m)."""

    def back(xy: Any) -> Any:
        latitude, longitude, _ = frame.to_geodetic(np.column_stack([xy, np.zeros(len(xy))]))
        return np.round(np.column_stack([longitude, latitude]), 6)

    geojson: GeoJson = shapely.geometry.mapping(shapely.transform(shape, back))
    return geojson


def _zone(zone: Zone, shape: BaseGeometry, frame: LocalFrame) -> ZoneView:
    centre = shape.centroid
    latitude, longitude, _ = frame.to_geodetic([centre.x, centre.y, 0.0])
    return ZoneView(
        id=zone.id,
        name=zone.name,
        role=zone.role,
        geometry=zone.geometry,
        outline=_geodetic(shape, frame),
        centre_latitude_deg=float(latitude),
        centre_longitude_deg=float(longitude),
        radius_m=zone.radius_m,
        width_m=zone.width_m,
        floor_agl_m=zone.floor_agl_m,
        ceiling_agl_m=zone.ceiling_agl_m,
    )


def _sensor(sensor: Sensor, site: Site, frame: LocalFrame) -> SensorView:
    return SensorView(
        id=sensor.id,
        name=sensor.name,
        kind=sensor.kind,
        latitude_deg=sensor.latitude_deg,
        longitude_deg=sensor.longitude_deg,
        altitude_ellipsoid_m=sensor.altitude_ellipsoid_m,
        period_s=sensor.period_s,
        range_m=sensor.range_m,
        azimuth_true_deg=sensor.azimuth_true_deg,
        feeds=[feed.id for feed in site.feeds if feed.sensor == sensor.id],
        coverage=_coverage(sensor, frame),
        node_id=sensor.node_id,
    )


def _coverage(sensor: Sensor, frame: LocalFrame) -> GeoJson | None:
    if sensor.range_m is None or sensor.latitude_deg is None or sensor.longitude_deg is None:
        return None
    east, north, _ = frame.to_enu_m(sensor.latitude_deg, sensor.longitude_deg, frame.altitude_ellipsoid_m)
    near_m, far_m = sensor.range_m
    first, last = sensor.azimuth_true_deg
    width = (last - first) % 360.0 or 360.0
    steps = max(8, round(width / 2.5))
    azimuths = [math.radians(first + width * i / steps) for i in range(steps + 1)]
    outer = [(east + far_m * math.sin(a), north + far_m * math.cos(a)) for a in azimuths]
    inner = [(east + near_m * math.sin(a), north + near_m * math.cos(a)) for a in azimuths]
    if width >= 360.0:
        shape = shapely.Polygon(outer, [inner] if near_m > 0.0 else [])
    else:
        shape = shapely.Polygon(outer + inner[::-1])
    return _geodetic(shape, frame)


def _ring(distance_m: float, base: BaseGeometry, frame: LocalFrame) -> RingView:
    line = shapely.LineString(base.buffer(distance_m, quad_segs=24).exterior.coords)
    centre = base.centroid
    labels = []
    for azimuth_deg in _LABEL_AZIMUTHS_DEG:
        azimuth = math.radians(azimuth_deg)
        ray = shapely.LineString(
            [(centre.x, centre.y), (centre.x + 1e5 * math.sin(azimuth), centre.y + 1e5 * math.cos(azimuth))]
        )
        crossing = line.intersection(ray)
        if not crossing.is_empty:
            point = crossing.geoms[-1] if hasattr(crossing, "geoms") else crossing
            latitude, longitude, _ = frame.to_geodetic([point.x, point.y, 0.0])
            labels.append((float(longitude), float(latitude)))
    return RingView(distance_m=distance_m, geometry=_geodetic(line, frame), labels=labels)


def _bounds(base: BaseGeometry, frame: LocalFrame) -> tuple[float, float, float, float]:
    """West, south, east, north of what is watched, with 3 km around it."""
    west, south, east, north = base.buffer(3000.0).bounds
    latitude, longitude, _ = frame.to_geodetic([[west, south, 0.0], [east, north, 0.0]])
    return float(longitude[0]), float(latitude[0]), float(longitude[1]), float(latitude[1])
