from __future__ import annotations

import math

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette import geo

latitudes = st.floats(-85.0, 85.0)
longitudes = st.floats(-180.0, 180.0)


@pytest.mark.parametrize(
    ("latitude", "longitude", "undulation"), [(36.2376, 43.9632, 15.27), (43.5389, 16.2980, 43.94), (90.0, 0.0, 13.61)]
)
def test_mean_sea_level_is_egm96(latitude: float, longitude: float, undulation: float) -> None:
    assert geo.egm96_undulation_m(latitude, longitude) == pytest.approx(undulation, abs=0.2)


def test_undulation_is_continuous_across_the_antimeridian() -> None:
    east, west = geo.egm96_undulation_m([10.1, 10.1], [179.9999, -179.9999])
    assert east == pytest.approx(west, abs=0.01)


@given(latitudes, longitudes, st.floats(-50_000, 50_000), st.floats(-50_000, 50_000), st.floats(-500, 12_000))
def test_local_frame_round_trips(lat: float, lon: float, east: float, north: float, up: float) -> None:
    frame = geo.LocalFrame(lat, lon, 300.0)
    back = frame.to_enu_m(*frame.to_geodetic([east, north, up]))
    np.testing.assert_allclose(back, [east, north, up], atol=1e-4)


def test_local_frame_agrees_with_the_geodesic() -> None:
    frame = geo.LocalFrame(36.2376, 43.9632, 424.0)
    longitude, latitude, _ = pyproj.Geod(ellps="WGS84").fwd(43.9632, 36.2376, 37.0, 1000.0)
    east, north, _up = frame.to_enu_m(latitude, longitude, 424.0)
    assert np.hypot(east, north) == pytest.approx(1000.0, abs=0.1)
    assert np.degrees(np.arctan2(east, north)) == pytest.approx(37.0, abs=1e-3)


def test_pose_turns_one_frame_into_another() -> None:
    here, there = geo.LocalFrame(36.2, 43.9, 400.0), geo.LocalFrame(36.5, 44.3, 900.0)
    origin, rotation = here.pose_of(there)
    point = np.array([1200.0, -340.0, 55.0])
    np.testing.assert_allclose(here.to_enu_m(*there.to_geodetic(point)), origin + rotation @ point, atol=1e-5)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)


def test_polar_is_clockwise_from_north() -> None:
    np.testing.assert_allclose(geo.polar_to_enu_m(100.0, np.pi / 2, 0.0), [100.0, 0.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(geo.polar_to_enu_m(100.0, 0.0, np.pi / 6), [0.0, 86.6025, 50.0], atol=1e-4)


def test_unknown_altitude_stays_unknown() -> None:
    assert np.isnan(geo.LocalFrame(36.2, 43.9, 400.0).to_enu_m(36.2, 43.9, np.nan)).all()


def test_destination_and_distance_are_inverse() -> None:
    latitude, longitude = geo.destination(36.2, 43.9, 123.0, 4321.0)
    distance, azimuth = geo.distance_azimuth(36.2, 43.9, latitude, longitude)
    assert (distance, azimuth) == pytest.approx((4321.0, 123.0), abs=1e-6)


def test_msl_and_ellipsoid_differ_by_the_undulation() -> None:
    assert geo.ellipsoid_from_msl_m(36.2376, 43.9632, 409.0) == pytest.approx(424.27, abs=0.02)


@given(
    st.floats(-70.0, 70.0),
    st.floats(-180.0, 180.0),
    st.floats(0.0, 1500.0),
    st.floats(300.0, 150_000.0),
    st.floats(0.0, 6.28),
    st.floats(-0.02, 1.2),
)
def test_a_height_over_the_sea_becomes_an_elevation(
    latitude_deg: float, longitude_deg: float, height_m: float, range_m: float, azimuth_rad: float, elevation_rad: float
) -> None:
    """pyproj's ellipsoid and the geoid under the target: 0.1 m of height to 150 km."""
    frame = geo.LocalFrame(latitude_deg, longitude_deg, height_m)

    def altitude_msl_m(elevation_rad: float) -> float:
        latitude, longitude, altitude = frame.to_geodetic(geo.polar_to_enu_m(range_m, azimuth_rad, elevation_rad))
        return float(altitude) - float(geo.egm96_undulation_m(latitude, longitude))

    wanted_m = altitude_msl_m(elevation_rad)
    found_rad = geo.elevation_at_altitude_rad(frame, range_m, azimuth_rad, wanted_m)
    assert altitude_msl_m(found_rad) == pytest.approx(wanted_m, abs=0.1)


def test_a_height_out_of_reach_has_no_elevation() -> None:
    assert math.isnan(geo.elevation_at_altitude_rad(geo.LocalFrame(47.0, 8.0, 500.0), 200.0, 0.0, 60_000.0))
    overhead_rad = geo.elevation_at_altitude_rad(geo.LocalFrame(0.0, 0.0, 0.0), 1000.0, 0.0, 1000.0 - 17.16)
    assert overhead_rad == pytest.approx(math.pi / 2, abs=0.02)
