"""Zones against shapely's own distances and intersections."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.assessment.fields import make_site
from vedette.assessment.zones import HORIZON_S, ZoneSet
from vedette.model import ZoneApproach
from vedette.site import Site, zone_shape

AWAY = st.floats(-9000.0, 9000.0)
RATE = st.floats(-80.0, 80.0).map(lambda rate: round(rate, 3))


@pytest.fixture(scope="module")
def zones(site: Site) -> ZoneSet:
    return ZoneSet(site)


def _against(zones: ZoneSet, place: list[float], rate: list[float], height: float = np.nan) -> dict[str, ZoneApproach]:
    found = zones.approaches(np.array([place]), np.array([rate]), np.array([height]))
    return {one.zone: one for one in found[0]}


def test_every_zone_but_landmarks(zones: ZoneSet) -> None:
    assert set(_against(zones, [0.0, 0.0, 0.0], [0.0, 0.0, 0.0])) == {"base", "warn", "low", "high", "rwy", "mast"}


@settings(max_examples=150, deadline=None)
@given(east=AWAY, north=AWAY, ve=RATE, vn=RATE)
def test_geometry_is_shapely_s(site: Site, zones: ZoneSet, east: float, north: float, ve: float, vn: float) -> None:
    approaches = _against(zones, [east, north, 0.0], [ve, vn, 0.0])
    place = shapely.Point(east, north)
    course = shapely.LineString([(east, north), (east + HORIZON_S * ve, north + HORIZON_S * vn)])
    for zone in zones.zones:
        shape, found = zone_shape(zone, site.frame()), approaches[zone.id]
        assert found.distance_m == pytest.approx(shape.distance(place), abs=1e-6)
        assert found.inside == (shape.area > 0.0 and shape.intersects(place))
        if abs(shape.distance(course)) > 1e-6 or found.closest_m == 0.0:
            assert found.closest_m == pytest.approx(shape.distance(course), abs=1e-3)
        then = shapely.Point(east + found.closest_in_s * ve, north + found.closest_in_s * vn)
        assert shape.distance(then) == pytest.approx(found.closest_m, abs=1e-3)
        if found.time_to_s is not None:
            assert found.time_to_s * np.hypot(ve, vn) >= found.distance_m - 1e-3
            assert found.time_to_s <= HORIZON_S


def test_time_to_is_distance_over_speed_head_on(zones: ZoneSet) -> None:
    found = _against(zones, [0.0, 8000.0, 0.0], [0.0, -50.0, 0.0])["warn"]
    assert found.distance_m == pytest.approx(3000.0, abs=1.0)
    assert found.time_to_s == pytest.approx(found.distance_m / 50.0, abs=0.01)
    assert found.closest_m == 0.0


def test_flying_away_never_gets_there(zones: ZoneSet) -> None:
    found = _against(zones, [0.0, 8000.0, 0.0], [0.0, 50.0, 0.0])["base"]
    assert found.time_to_s is None
    assert found.closest_in_s == 0.0
    assert found.closest_m == found.distance_m


def test_a_point_without_radius_is_passed_never_entered(zones: ZoneSet) -> None:
    found = _against(zones, [636.4, 4000.0, 0.0], [0.0, -50.0, 0.0])["mast"]
    assert found.time_to_s is None
    assert not found.inside
    assert found.closest_m < 1.0


@pytest.mark.parametrize(
    ("zone", "height", "climb", "inside", "time_to"),
    [
        ("low", 100.0, 0.0, True, 0.0),
        ("low", 300.0, 0.0, False, None),
        ("low", 300.0, 2.0, False, None),
        ("low", 300.0, -3.0, False, 60.0),
        ("low", np.nan, 0.0, True, 0.0),
        ("high", 100.0, 0.0, False, None),
        ("high", 100.0, 5.0, False, 20.0),
        ("high", 250.0, 0.0, True, 0.0),
    ],
)
def test_floors_and_ceilings(
    zones: ZoneSet, zone: str, height: float, climb: float, inside: bool, time_to: float | None
) -> None:
    east = 1000.0 if zone == "low" else -1000.0
    found = _against(zones, [east, 0.0, 0.0], [0.0, 0.0, climb], height)[zone]
    assert found.inside is inside
    assert found.time_to_s == (None if time_to is None else pytest.approx(time_to))
    assert found.distance_m == 0.0


def test_a_site_without_zones(tmp_path: object) -> None:
    site = make_site(tmp_path, perimeter=False)  # type: ignore[arg-type]
    bare = ZoneSet(_without_zones(site))
    assert bare.perimeter is None
    assert bare.approaches(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros(2)) == [(), ()]


def _without_zones(site: Site) -> Site:
    return msgspec.structs.replace(site, zones=())
