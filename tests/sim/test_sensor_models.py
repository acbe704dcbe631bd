"""Sensor models against what the site file says of them: standing and moving targets, thousands of looks."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pyproj
import pytest

from vedette.model import CLASSES, Look, Scan
from vedette.sim import load_scenario
from vedette.sim.path import Path, to_enu
from vedette.sim.scenario import SensorTiming
from vedette.sim.sensors import Actor, Station, observe_polar
from vedette.sim.streams import stream, wander
from vedette.site import Sensor, Site

SITE = load_scenario("erbil-2021-09-11").site
LONG_S = 4000.0


def site_with(sensor_id: str, **changes: object) -> tuple[Site, Sensor]:
    sensor = msgspec.structs.replace(SITE.sensor(sensor_id), **changes)
    return msgspec.structs.replace(SITE, sensors=(sensor,)), sensor


def looks(sensor_id: str, *actors: Actor, masked_below_m: float = 0.0, **changes: object) -> list[Scan]:
    site, sensor = site_with(sensor_id, **changes)
    timing = SensorTiming(id=sensor.id, masked_below_m=masked_below_m)
    station = Station(site=site, sensor=sensor, timing=timing, start_s=0.0, end_s=LONG_S, seed=5)
    return [one.body.scan for one in observe_polar(station, actors) if isinstance(one.body, Look)]


def column(scans: list[Scan], name: str) -> np.ndarray:
    return np.concatenate([getattr(scan, name) for scan in scans if getattr(scan, name) is not None])


def standing(east_m: float, north_m: float, height_m: float, *, rcs_dbsm: float = 20.0, size_m: float = 30.0) -> Actor:
    place = np.tile([east_m, north_m, height_m], (2, 1))
    path = Path(np.array([0.0, LONG_S]), place, np.zeros((2, 3)))
    return Actor(id="post", class_="uav_fixed_wing", path=path, rcs_dbsm=rcs_dbsm, size_m=size_m)


def test_noise_is_what_the_site_file_says_about_what_pyproj_says() -> None:
    target = standing(-3000.0, -1500.0, 160.0)
    scans = looks("radar-west", target, clutter_per_scan=0.0)
    range_m, azimuth, elevation = authority_polar("radar-west", target)
    count = len(column(scans, "range_m"))
    for name, mean, sigma in (
        ("range_m", range_m, 10.0),
        ("azimuth_true_rad", azimuth, math.radians(0.6)),
        ("elevation_rad", elevation, math.radians(0.7)),
        ("range_rate_mps", 0.0, 1.0),
    ):
        values = column(scans, name)
        assert abs(values.mean() - mean) < 4.0 * sigma / math.sqrt(count), name
        assert values.std() == pytest.approx(sigma, rel=0.06), name


def authority_polar(sensor_id: str, target: Actor) -> tuple[float, float, float]:
    """Range, azimuth and elevation by pyproj alone: geodetic to Earth-centred, then the sensor's own axes by hand."""
    sensor = SITE.sensor(sensor_id)
    enu, _ = to_enu(target.path.plan_m[:1], target.path.plan_mps[:1])
    latitude, longitude, altitude = SITE.frame().to_geodetic(enu[0])
    to_ecef = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978")
    there = np.array(to_ecef.transform(latitude, longitude, altitude))
    here = np.array(to_ecef.transform(sensor.latitude_deg, sensor.longitude_deg, sensor.altitude_ellipsoid_m))
    phi, lam = math.radians(sensor.latitude_deg or 0.0), math.radians(sensor.longitude_deg or 0.0)
    up = np.array([math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)])
    east = np.array([-math.sin(lam), math.cos(lam), 0.0])
    away = there - here
    north = np.cross(up, east)
    range_m = float(np.linalg.norm(away))
    return range_m, math.atan2(away @ east, away @ north) % math.tau, math.asin(float(away @ up) / range_m)


def test_range_rate_is_positive_outward() -> None:
    start = np.array([-2000.0, 300.0, 200.0])
    velocity = np.array([-20.0, 0.0, 0.0])
    path = Path(np.array([0.0, 200.0]), np.array([start, start + 200.0 * velocity]), np.tile(velocity, (2, 1)))
    going = Actor(id="going", class_="uav_fixed_wing", path=path, rcs_dbsm=20.0, size_m=2.0)
    assert column(looks("radar-west", going, clutter_per_scan=0.0), "range_rate_mps").mean() == pytest.approx(
        20.0, abs=0.5
    )


def test_near_and_large_is_seen_as_often_as_the_site_file_says() -> None:
    scans = looks("radar-west", standing(-2000.0, 300.0, 200.0), clutter_per_scan=0.0)
    assert np.mean([len(scan) for scan in scans]) == pytest.approx(0.9, abs=0.02)


def test_detection_falls_with_range_and_with_size() -> None:
    rates = {}
    for name, east_m, rcs_dbsm in (("near", -3000.0, -10.0), ("far", -7500.0, -10.0), ("bird", -7500.0, -28.0)):
        scans = looks("radar-west", standing(east_m, 300.0, 150.0, rcs_dbsm=rcs_dbsm), clutter_per_scan=0.0)
        rates[name] = np.mean([len(scan) for scan in scans])
    assert rates["near"] > 0.85
    assert 0.8 < rates["far"] < rates["near"]
    assert 0.05 < rates["bird"] < 0.5


def share_seen(height_m: float, rcs_dbsm: float) -> float:
    """Of a target on or over the ground, with ground that hides what is under 10 m."""
    target = standing(-2000.0, 300.0, height_m, rcs_dbsm=rcs_dbsm)
    scans = looks("radar-west", target, masked_below_m=10.0, clutter_per_scan=0.0, elevation_deg=(-10.0, 40.0))
    return float(np.mean([len(scan) for scan in scans]))


def test_what_is_small_and_low_is_lost_in_the_ground() -> None:
    assert share_seen(5.0, -5.0) == 0.0
    assert share_seen(15.0, -5.0) == pytest.approx(0.45, abs=0.04)
    assert share_seen(30.0, -5.0) == pytest.approx(0.9, abs=0.02)
    assert share_seen(5.0, 15.0) == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize("place", [(-9000.0, 350.0, 200.0), (-1150.0, 351.0, 400.0), (-1100.0, 350.0, 60.0)])
def test_outside_the_field_of_view_nothing_is_seen(place: tuple[float, float, float]) -> None:
    assert sum(len(scan) for scan in looks("radar-west", standing(*place), clutter_per_scan=0.0)) == 0


def test_clutter_is_poisson_and_even_over_the_field_of_view() -> None:
    scans = looks("radar-west", clutter_per_scan=6.0)
    counts = np.array([len(scan) for scan in scans])
    assert counts.mean() == pytest.approx(6.0, abs=0.15)
    assert counts.var() == pytest.approx(6.0, rel=0.1)
    for name, low, high in (
        ("range_m", 150.0, 7000.0),
        ("azimuth_true_rad", 0.0, math.tau),
        ("elevation_rad", math.radians(-2.0), math.radians(40.0)),
    ):
        values = np.sort((column(scans, name) - low) / (high - low))
        steps = np.arange(1, len(values) + 1) / len(values)
        assert np.max(np.abs(values - steps)) < 1.95 / math.sqrt(len(values)), name  # Kolmogorov-Smirnov, 0.1 %


@pytest.mark.parametrize("sector", [(160.0, 340.0), (300.0, 60.0), (0.0, 360.0)])
def test_every_detection_lies_within_the_field_of_view(sector: tuple[float, float]) -> None:
    edge = standing(
        -1280.0 + 2950.0 * math.sin(math.radians(340.0)), -1250.0 + 2950.0 * math.cos(math.radians(340.0)), 40.0
    )
    scans = looks("camera-west", edge, clutter_per_scan=2.0, azimuth_true_deg=sector)
    width = (sector[1] - sector[0]) % 360.0 or 360.0
    azimuth = np.degrees(column(scans, "azimuth_true_rad"))
    assert np.all((azimuth >= 0.0) & (azimuth < 360.0))
    assert np.all((azimuth - sector[0]) % 360.0 <= width + 1e-9)
    elevation = np.degrees(column(scans, "elevation_rad"))
    assert np.all((elevation >= -3.0 - 1e-9) & (elevation <= 25.0 + 1e-9))


def test_a_camera_measures_angles_and_reports_a_class_that_fades_with_range() -> None:
    near, far = (
        looks("camera-west", standing(-1280.0 - range_m, -1250.0, 100.0, size_m=2.5), clutter_per_scan=0.0)
        for range_m in (600.0, 2600.0)
    )
    assert all(scan.range_m is None and scan.range_rate_mps is None for scan in near)
    right = CLASSES.index("uav_fixed_wing")
    shares = []
    for scans in (near, far):
        reports = np.concatenate([scan.p_classes for scan in scans if scan.p_classes is not None])
        assert np.allclose(reports.sum(axis=1), 1.0)
        shares.append(float(np.mean(np.argmax(reports, axis=1) == right)))
    assert shares[0] > 0.75
    assert shares[0] > shares[1]


def test_a_look_that_saw_nothing_has_no_array() -> None:
    scans = looks("radar-west", clutter_per_scan=0.0)
    assert len(scans) == pytest.approx(LONG_S, abs=1)
    assert all(scan.range_m is None and scan.rcs_dbsm is None and len(scan) == 0 for scan in scans)
    assert len({scan.look for scan in scans}) == len(scans)


def test_streams_are_told_apart_by_name_and_by_seed() -> None:
    draws = [stream(*key).random(50) for key in ((1, "a"), (1, "b"), (2, "a"), (1, "a", "b"))]
    assert np.array_equal(draws[0], stream(1, "a").random(50))
    assert np.max(np.abs(np.corrcoef(draws) - np.eye(4))) < 0.5


def test_wander_has_the_spread_and_the_memory_it_is_asked_for() -> None:
    values = wander(stream(1, "wander"), 200_000, 0.1, 3.0, 5.0)
    assert values.std() == pytest.approx(3.0, rel=0.05)
    assert np.corrcoef(values[:-50], values[50:])[0, 1] == pytest.approx(math.exp(-1.0), abs=0.05)
