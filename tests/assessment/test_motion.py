"""Places, ellipses and projections against pyproj, numpy and their own laws."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.assessment.fields import tracks_of
from vedette.assessment import Assessor
from vedette.assessment.motion import PATH_NOISE_M2PS3, PATH_S, ellipse, projected_covariance
from vedette.site import Site


@settings(max_examples=200, deadline=None)
@given(st.floats(-500.0, 500.0), st.floats(-500.0, 500.0), st.floats(-500.0, 500.0), st.floats(0.1, 50.0))
def test_ellipse_is_the_eigenvectors(a: float, b: float, c: float, floor: float) -> None:
    root = np.array([[a, b], [b, c]])
    covariance = root @ root.T + floor * np.eye(2)
    major, minor, azimuth = (float(one) for one in ellipse(covariance))
    values = np.linalg.eigvalsh(covariance)
    assert major >= minor >= 0.0
    assert 0.0 <= azimuth <= 180.0
    assert (minor**2, major**2) == pytest.approx(tuple(values), rel=1e-6, abs=1e-3 * major)
    axis = np.array([np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))])
    assert axis @ covariance @ axis == pytest.approx(values[1], rel=1e-6)


def test_projection_grows_as_its_equation() -> None:
    covariance = np.diag([100.0, 100.0, 1.0, 4.0, 4.0, 1.0])[None]
    grown = projected_covariance(covariance, np.array([10.0]))[0, 0]
    assert grown[0, 0] == pytest.approx(100.0 + 100.0 * 4.0 + PATH_NOISE_M2PS3 * 1000.0 / 3.0)


def test_place_and_path_are_pyproj_s(site: Site) -> None:
    state = [3000.0, -2000.0, 150.0, -30.0, 40.0, 0.0]
    track = Assessor(site).picture(tracks_of(1000.0, [state])).tracks[0]
    assert track.latitude_deg is not None
    assert track.longitude_deg is not None
    geod = pyproj.Geod(ellps="WGS84")
    azimuth, _, distance = geod.inv(site.longitude_deg, site.latitude_deg, track.longitude_deg, track.latitude_deg)
    assert distance == pytest.approx(np.hypot(3000.0, 2000.0), rel=2e-4)
    assert azimuth % 360.0 == pytest.approx(np.degrees(np.arctan2(3000.0, -2000.0)) % 360.0, abs=0.05)
    assert track.height_agl_m == pytest.approx(151.0, abs=0.5)
    assert track.altitude_msl_m == pytest.approx(409.0 + 151.0, abs=0.5)
    assert track.speed_mps == pytest.approx(50.0)
    assert track.course_true_deg == pytest.approx(np.degrees(np.arctan2(-30.0, 40.0)) % 360.0)
    for point in track.path:
        _, _, flown = geod.inv(track.longitude_deg, track.latitude_deg, point.longitude_deg, point.latitude_deg)
        assert flown == pytest.approx(50.0 * point.in_s, rel=1e-3)
    assert tuple(point.in_s for point in track.path) == PATH_S
    majors = [point.sigma_major_m for point in track.path]
    assert majors == sorted(majors)
    assert all(point.sigma_major_m >= point.sigma_minor_m for point in track.path)


def test_what_is_not_known_is_none(site: Site) -> None:
    low = Assessor(site).picture(tracks_of(1.0, [[3000.0, 0.0, 900.0, 0.0, 0.0, 5.0]], altitude_known=False)).tracks[0]
    assert (low.altitude_ellipsoid_m, low.altitude_msl_m, low.height_agl_m, low.velocity_up_mps) == (None,) * 4
    assert low.course_true_deg is None
    assert all(point.altitude_ellipsoid_m is None for point in low.path)
    bearing = Assessor(site).picture(tracks_of(1.0, [[3000.0, 0.0, 0.0, 9.0, 0.0, 0.0]], range_known=False)).tracks[0]
    assert (bearing.latitude_deg, bearing.longitude_deg, bearing.altitude_ellipsoid_m) == (None,) * 3
    assert bearing.approaches == ()
    assert bearing.path == ()


def test_no_path_under_the_ground(site: Site) -> None:
    track = Assessor(site).picture(tracks_of(1.0, [[0.0, 0.0, 100.0, 10.0, 0.0, -5.0]])).tracks[0]
    assert track.altitude_ellipsoid_m is not None
    for point in track.path:
        assert point.altitude_ellipsoid_m is not None
        assert point.altitude_ellipsoid_m >= track.altitude_ellipsoid_m - 100.5
