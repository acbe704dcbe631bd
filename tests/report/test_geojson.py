"""The incident as GeoJSON against RFC 7946: rings, ranges, the antimeridian, and places against their source."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest
import shapely
import shapely.geometry

from tests.report.papers import AT_S, alerts, case_of, events, incident, points, track
from vedette.clock import parse_time
from vedette.geo import LocalFrame
from vedette.model import Impact, Origin, TrackPoint
from vedette.report import incident_document, render
from vedette.site import Site, zone_shape

NAME = "example-T-0003"


def _shifted(value: Any, by_deg: float) -> Any:
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], float):
        return [_wrap(value[0] + by_deg), *value[1:]]
    return [_shifted(one, by_deg) for one in value]


def _wrap(longitude_deg: float) -> float:
    return (longitude_deg + 180.0) % 360.0 - 180.0


def _moved(site: Site, given: list[TrackPoint], by_deg: float) -> tuple[Site, list[TrackPoint], Any]:
    """Site, points and incident turned about the Earth's axis."""
    zones = tuple(
        msgspec.structs.replace(
            zone, geometry={**zone.geometry, "coordinates": _shifted(zone.geometry["coordinates"], by_deg)}
        )
        for zone in site.zones
    )
    there = msgspec.structs.replace(site, longitude_deg=_wrap(site.longitude_deg + by_deg), zones=zones)
    turned = [
        one
        if one.longitude_deg is None
        else msgspec.structs.replace(one, longitude_deg=_wrap(one.longitude_deg + by_deg))
        for one in given
    ]

    def down(one: Impact | None) -> Impact | None:
        return None if one is None else msgspec.structs.replace(one, longitude_deg=_wrap(one.longitude_deg + by_deg))

    tracks = tuple(msgspec.structs.replace(one, impact=down(one.impact)) for one in incident(site).tracks)
    return there, turned, incident(site, tracks=tracks)


def _collection(site: Site, given: list[TrackPoint], which: Any = None) -> dict[str, Any]:
    document = incident_document(which or incident(site), site, alerts())
    found = json.loads(render("geojson", case_of(document, site, given, events(site))))
    assert isinstance(found, dict)
    return found


def _of(found: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {one["properties"]["id"]: one for one in found["features"] if one["properties"]["kind"] == kind}


def _positions(coordinates: Any) -> Iterator[list[float]]:
    if isinstance(coordinates[0], (int, float)):
        yield coordinates
    else:
        for one in coordinates:
            yield from _positions(one)


def _polygons(geometry: dict[str, Any]) -> list[list[list[list[float]]]]:
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"]]
    return geometry["coordinates"] if geometry["type"] == "MultiPolygon" else []


@pytest.mark.parametrize("by_deg", [0.0, 180.0 - 43.9632, -120.0, 180.0 - 43.9632 + 0.03, 180.0 - 43.9632 - 0.03])
def test_it_is_valid_wherever_the_site_lies(site: Site, by_deg: float) -> None:
    there, given, which = _moved(site, points(site), by_deg)
    found = _collection(there, given, which)
    assert found["type"] == "FeatureCollection"
    ids = [one["id"] for one in found["features"]]
    assert len(set(ids)) == len(ids)
    for feature in found["features"]:
        assert set(feature) == {"type", "id", "geometry", "properties"}
        geometry = feature["geometry"]
        assert shapely.geometry.shape(geometry).is_valid
        for longitude, latitude, *altitude in _positions(geometry["coordinates"]):
            assert -180.0 <= longitude <= 180.0
            assert -90.0 <= latitude <= 90.0
            assert len(altitude) <= 1
        for rings in _polygons(geometry):
            for number, ring in enumerate(rings):
                assert ring[0] == ring[-1]
                assert len(ring) >= 4
                assert shapely.LinearRing(ring).is_ccw == (number == 0), "right-hand rule"
        west, _, east, _ = shapely.geometry.shape(geometry).bounds
        parts = len(geometry["coordinates"]) if geometry["type"].startswith("Multi") else 1
        assert parts > 1 or east - west < 1.0, "nothing runs once about the world"


def test_at_the_antimeridian_the_parts_are_the_whole(site: Site) -> None:
    there, given, which = _moved(site, points(site), 180.0 - site.longitude_deg + 0.01)
    plain, cut = _collection(site, points(site)), _collection(there, given, which)
    for kind in ("zone", "impact_ellipse"):
        for id_, feature in _of(plain, kind).items():
            other = _of(cut, kind)[id_]["geometry"]
            area = shapely.geometry.shape(feature["geometry"]).area
            assert shapely.geometry.shape(other).area == pytest.approx(area, rel=1e-3)
    assert _of(cut, "zone")["warn"]["geometry"]["type"] == "MultiPolygon"
    line = _of(cut, "track")[NAME]
    ends = [part[0] for part in line["geometry"]["coordinates"]] + [
        part[-1] for part in line["geometry"]["coordinates"]
    ]
    assert {-180.0, 180.0} <= {place[0] for place in ends}
    times = line["properties"]["times_utc"]
    assert [len(part) for part in times] == [len(part) for part in line["geometry"]["coordinates"]]
    flat = [parse_time(one) for part in times for one in part]
    assert flat == sorted(flat)


def test_zones_are_where_the_site_has_them(site: Site) -> None:
    found = _of(_collection(site, []), "zone")
    assert set(found) == {zone.id for zone in site.zones}
    frame = site.frame()
    for zone in site.zones:
        shape = shapely.geometry.shape(found[zone.id]["geometry"])
        flat = shapely.transform(
            shape, lambda xy: frame.to_enu_m(xy[:, 1], xy[:, 0], frame.altitude_ellipsoid_m)[:, :2]
        )
        wanted = zone_shape(zone, frame)
        assert shapely.hausdorff_distance(flat, wanted) < 3.0, "the plane lies up to 2 m off the ground at 5 km"


def test_tracks_hold_each_seen_place_and_its_time_and_stop_at_gaps(site: Site) -> None:
    line = _of(_collection(site, points(site)), "track")[NAME]
    assert line["geometry"]["type"] == "MultiLineString"
    own = [one for one in points(site) if one.track == NAME and one.latitude_deg is not None]
    drawn = list(_positions(line["geometry"]["coordinates"]))
    times = [parse_time(one) for part in line["properties"]["times_utc"] for one in part]
    assert times == pytest.approx([one.observed_s for one in own], abs=1e-3)
    assert drawn == [pytest.approx([one.longitude_deg, one.latitude_deg, 600.0]) for one in own]
    for part in line["properties"]["times_utc"]:
        assert all(parse_time(b) - parse_time(a) <= 6.0 for a, b in itertools.pairwise(part))
    low = [msgspec.structs.replace(one, altitude_ellipsoid_m=None) for one in points(site)]
    plain = _of(_collection(site, low), "track")[NAME]["geometry"]
    assert {len(place) for place in _positions(plain["coordinates"])} == {2}


def test_the_ellipse_is_the_one_that_holds_95_percent(site: Site) -> None:
    found = _collection(site, points(site))
    for one in incident(site).tracks:
        assert one.impact is not None
        ring = _of(found, "impact_ellipse")[f"{one.track}/live"]["geometry"]["coordinates"][0]
        frame = LocalFrame(one.impact.latitude_deg, one.impact.longitude_deg, 0.0)
        enu = np.array([frame.to_enu_m(latitude, longitude, 0.0) for longitude, latitude in ring])
        turn = np.radians(one.impact.azimuth_true_deg)
        along = enu[:, 0] * np.sin(turn) + enu[:, 1] * np.cos(turn)
        across = enu[:, 0] * np.cos(turn) - enu[:, 1] * np.sin(turn)
        distance2 = (along / one.impact.sigma_major_m) ** 2 + (across / one.impact.sigma_minor_m) ** 2
        assert distance2 == pytest.approx(-2.0 * np.log(0.05), rel=2e-3)
        point = _of(found, "impact")[f"{one.track}/live"]
        assert point["geometry"]["coordinates"] == pytest.approx([one.impact.longitude_deg, one.impact.latitude_deg])
        assert point["properties"]["place"] == one.impact.place


def test_each_feature_says_what_is_not_live(site: Site) -> None:
    found = _collection(site, points(site), incident(site, origin=Origin.EXERCISE))
    assert found["incident"]["origin"] == "exercise"
    assert {one["properties"]["origin"] for one in found["features"]} == {"exercise"}


def test_what_has_no_place_has_no_geometry(site: Site) -> None:
    found = _collection(site, [], incident(site, tracks=(track(NAME, None),)))
    assert _of(found, "track")[NAME]["geometry"] is None
    assert {one["geometry"] for one in _of(found, "alert").values()} == {None}
    assert _of(found, "impact") == {}
    shown = _of(_collection(site, points(site)), "alert")["example-A-0001"]["geometry"]["coordinates"]
    own = [one for one in points(site) if one.track == NAME and one.observed_s <= AT_S - 67.5]
    assert shown == pytest.approx([own[-1].longitude_deg, own[-1].latitude_deg])
