"""The incident on a map: GeoJSON after RFC 7946, longitude before latitude, altitudes over the WGS 84 ellipsoid.

| kind | geometry | properties beside kind, id, origin |
|---|---|---|
| zone | Polygon or MultiPolygon | name, role, floor_agl_m, ceiling_agl_m |
| track | LineString or MultiLineString | class, p_class, identity, sensors, impact place, smoothed, times_utc |
| alert | Point, where its track was | title, rule, priority, raised and acknowledged |
| impact | Point | track, made, basis, place, p_inside, sigmas, error_radius_m |
| impact_ellipse | Polygon, 95 % | track, made |
| sensor | Point | name, what, saw, should_have_seen, could_not {track: why} |

`paths` of the collection says how the tracks are drawn: {made recorded|smoothed|in_part, pending: smoothed ones are
being made, says: the same in words}. `times_utc` has the shape of the track's coordinates, a time for each position. A
line stops where for 6 s nothing was known. Outer rings run against the clock. What crosses the antimeridian is cut
there into parts (section 3.1.9); a time at the cut is interpolated like its place. A feature whose place is not known
has geometry null. Marked in the collection and in each feature, so that one taken out alone still says what it is.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import numpy as np
import shapely
import shapely.geometry
from shapely.geometry.base import BaseGeometry

from vedette.clock import iso_utc, parse_time
from vedette.geo import LocalFrame, unwrapped_deg
from vedette.model import TrackPoint
from vedette.report.case import Case
from vedette.report.drawing.map import GAP_S
from vedette.report.drawing.plan import CHI2_95
from vedette.report.words import impacts_of, paths_made
from vedette.site import Site, Zone, zone_shape

_DEGREES: Final = 7
_CORNERS: Final = 64

Place = tuple[float, float, float | None, float]
"""Longitude (not wrapped), latitude, altitude over the ellipsoid, time."""


def render_geojson(case: Case) -> bytes:
    """One FeatureCollection."""
    document = case.document
    features = [*_zones(case.site), *_sensors(case), *_tracks(case), *_alerts(case), *_impacts(document)]
    for feature in features:
        feature["properties"]["origin"] = document["origin"]
    about = {key: document[key] for key in ("id", "site", "state", "origin", "opened_utc", "opened_local", "timezone")}
    about |= {key: document[key] for key in ("headline", "effects", "attribution", "statement")}
    smoothed = [track["smoothed"] is not None for track in document["tracks"]]
    paths = {
        "made": "recorded" if not any(smoothed) else "smoothed" if all(smoothed) else "in_part",
        "pending": case.pending,
        "says": paths_made(document["tracks"], pending=case.pending),
    }
    found = {"type": "FeatureCollection", "incident": about, "paths": paths, "features": features}
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"


def _feature(kind: str, id_: str, geometry: dict[str, Any] | None, **properties: Any) -> dict[str, Any]:
    about = {"kind": kind, "id": id_, **properties}
    return {"type": "Feature", "id": f"{kind}/{id_}", "geometry": geometry, "properties": about}


def _zones(site: Site) -> Iterator[dict[str, Any]]:
    frame = site.frame()
    for zone in site.zones:
        limits = {"floor_agl_m": zone.floor_agl_m, "ceiling_agl_m": zone.ceiling_agl_m}
        yield _feature("zone", zone.id, _zone(zone, frame), name=zone.name, role=zone.role, **limits)


def _sensors(case: Case) -> Iterator[dict[str, Any]]:
    """Those that stand somewhere, where the record was read for what they saw."""
    placed = {one.id: one for one in case.site.sensors}
    for part in case.sensors:
        sensor = placed[part["sensor"]]
        geometry = None if sensor.latitude_deg is None else _point(sensor.longitude_deg, sensor.latitude_deg)
        by_state: dict[str, list[str]] = {"saw": [], "should_have_seen": []}
        for each in part["tracks"]:
            by_state.setdefault(each["state"], []).append(each["track"])
        why = {each["track"]: each["reason"] for each in part["tracks"] if each["state"] == "could_not"}
        seen = {name: by_state[name] for name in ("saw", "should_have_seen")}
        yield _feature("sensor", sensor.id, geometry, name=sensor.name, what=sensor.kind, **seen, could_not=why)


def _zone(zone: Zone, frame: LocalFrame) -> dict[str, Any]:
    flat = zone_shape(zone, frame)
    if flat.geom_type == "Polygon" or flat.geom_type == "MultiPolygon":
        return _area(flat, frame)
    return dict(zone.geometry)


def _area(flat: BaseGeometry, frame: LocalFrame) -> dict[str, Any]:
    """A shape on a frame's plane, in metres → its place on the ground, cut at the antimeridian."""

    def geodetic(xy: Any) -> Any:
        latitude, longitude, _ = frame.to_geodetic(np.c_[xy, np.zeros(len(xy))])
        return np.c_[unwrapped_deg(longitude, frame.longitude_deg), latitude]

    shape = shapely.transform(flat, geodetic)
    parts = []
    for turn in (-360.0, 0.0, 360.0):
        world = shapely.box(turn - 180.0, -90.0, turn + 180.0, 90.0)
        inside = shape if world.contains(shape) else shape.intersection(world)
        moved = shapely.transform(inside, lambda xy, turn=turn: xy - (turn, 0.0))
        parts += [one for one in shapely.get_parts(moved) if one.geom_type == "Polygon" and not one.is_empty]
    rings = [_rings(one) for one in parts]
    if len(rings) == 1:
        return {"type": "Polygon", "coordinates": rings[0]}
    return {"type": "MultiPolygon", "coordinates": rings}


def _rings(area: BaseGeometry) -> list[list[list[float]]]:
    oriented = shapely.geometry.polygon.orient(area, sign=1.0)
    found = []
    for ring in (oriented.exterior, *oriented.interiors):
        corners = [[round(float(x), _DEGREES), round(float(y), _DEGREES)] for x, y in shapely.get_coordinates(ring)]
        found.append([*corners[:-1], corners[0]])
    return found


def _tracks(case: Case) -> Iterator[dict[str, Any]]:
    for track in case.document["tracks"]:
        lines = _lines(case.own_points(track["track"]), case.site.longitude_deg)
        about = {key: track[key] for key in ("class", "p_class", "identity", "sensors", "first_utc", "last_utc")}
        about |= {key: track["held"][key] for key in ("disposition", "evidence_says")}
        geometry: dict[str, Any] | None = None
        times: list[Any] = [[iso_utc(place[3]) for place in line] for line in lines]
        high = all(place[2] is not None for line in lines for place in line)
        drawn = [[_position(place, high) for place in line] for line in lines]
        if len(lines) == 1:
            geometry, times = {"type": "LineString", "coordinates": drawn[0]}, times[0]
        elif lines:
            geometry = {"type": "MultiLineString", "coordinates": drawn}
        smoothed = track["smoothed"] is not None
        place = None if track["impact"] is None else track["impact"]["place"]
        yield _feature("track", track["track"], geometry, **about, impact=place, smoothed=smoothed, times_utc=times)


def _position(place: Place, high: bool) -> list[float]:
    found = [round(place[0], _DEGREES), round(place[1], _DEGREES)]
    return [*found, round(float(place[2] or 0.0), 2)] if high else found


def _lines(points: list[TrackPoint], about_deg: float) -> list[list[Place]]:
    """Stretches of at least two positions without a gap, each on one side of the antimeridian."""
    places: list[Place] = [
        (
            float(unwrapped_deg(one.longitude_deg or 0.0, about_deg)),
            float(one.latitude_deg or 0.0),
            one.altitude_ellipsoid_m,
            one.observed_s,
        )
        for one in points
    ]
    lines: list[list[Place]] = [places[:1]]
    for before, after in itertools.pairwise(places):
        if after[3] - before[3] > GAP_S:
            lines.append([])
        elif _turn(before) != _turn(after):
            cut = _at_cut(before, after)
            lines[-1].append(cut)
            lines.append([cut])
        lines[-1].append(after)
    return [_wrapped(line) for line in lines if len(line) > 1]


def _turn(place: Place) -> int:
    return math.floor((place[0] + 180.0) / 360.0)


def _at_cut(before: Place, after: Place) -> Place:
    line_deg = 360.0 * max(_turn(before), _turn(after)) - 180.0
    share = (line_deg - before[0]) / (after[0] - before[0])
    high = None if before[2] is None or after[2] is None else before[2] + share * (after[2] - before[2])
    return (
        line_deg,
        before[1] + share * (after[1] - before[1]),
        high,
        before[3] + share * (after[3] - before[3]),
    )


def _wrapped(line: list[Place]) -> list[Place]:
    """Back to -180 … 180: the whole line by the turn that its middle is in, so that a cut lies on the right side."""
    turn = math.floor(((line[0][0] + line[1][0]) / 2.0 + 180.0) / 360.0)
    return [(place[0] - 360.0 * turn, *place[1:]) for place in line]


def _alerts(case: Case) -> Iterator[dict[str, Any]]:
    for alert in case.document["alert_details"]:
        raised_s = parse_time(alert["raised_utc"])
        at = [one for one in case.own_points(alert["track"] or "") if one.observed_s <= raised_s + 0.5]
        geometry = _point(at[-1].longitude_deg, at[-1].latitude_deg) if at else None
        keys = ("title", "rule", "priority", "state", "track", "zone", "raised_utc", "raised_local")
        about = {key: alert[key] for key in (*keys, "acknowledged_utc", "acknowledged_by", "cleared_utc")}
        yield _feature("alert", alert["id"], geometry, **about)


def _impacts(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for track, impact in impacts_of(document):
        latitude, longitude = impact["latitude_deg"], impact["longitude_deg"]
        id_ = f"{track['track']}/{impact['made']}"
        about = {key: value for key, value in impact.items() if key not in ("latitude_deg", "longitude_deg")}
        yield _feature("impact", id_, _point(longitude, latitude), track=track["track"], **about)
        shape = _ellipse(impact)
        area = _area(shape, LocalFrame(latitude, longitude, 0.0))
        yield _feature("impact_ellipse", id_, area, track=track["track"], made=impact["made"], p=0.95)


def _ellipse(impact: dict[str, Any]) -> BaseGeometry:
    """The 95 % ellipse about its middle, metres east and north."""
    angle = np.arange(_CORNERS) * (2.0 * math.pi / _CORNERS)
    along = CHI2_95 * impact["sigma_major_m"] * np.cos(angle)
    across = CHI2_95 * impact["sigma_minor_m"] * np.sin(angle)
    azimuth = math.radians(impact["azimuth_true_deg"])
    east = along * math.sin(azimuth) + across * math.cos(azimuth)
    north = along * math.cos(azimuth) - across * math.sin(azimuth)
    return shapely.Polygon(np.c_[east, north])


def _point(longitude_deg: Any, latitude_deg: Any) -> dict[str, Any]:
    return {
        "type": "Point",
        "coordinates": [round(float(longitude_deg), _DEGREES), round(float(latitude_deg), _DEGREES)],
    }
