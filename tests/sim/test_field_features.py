"""What a scenario may ask of the world beyond the night at Erbil: patchy clutter, turning antennas, late messages,
multirotors that hover, formations that split, radios and Remote ID."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
import pytest
import shapely

from vedette.geo import polar_to_enu_m
from vedette.model import CooperativeReport, Look, Scan
from vedette.sim import SimArrival, load_scenario
from vedette.sim.clutter import area
from vedette.sim.cooperative import observe_remote_id
from vedette.sim.drone import fly_drone
from vedette.sim.path import Path
from vedette.sim.scenario import Drone, Patch, SensorTiming
from vedette.sim.sensors import Actor, Station, observe_polar, sensor_frame
from vedette.sim.streams import stream
from vedette.site import Sensor

SITE = load_scenario("erbil-2021-09-11").site
LONG_S = 3000.0
ROAD = Patch(id="road", factor=9.0, outline=((-6000.0, 1500.0), (4000.0, 1500.0)), width_m=400.0)
WOOD = Patch(
    id="wood", factor=4.0, outline=((-3000.0, -2500.0), (-1000.0, -2500.0), (-1000.0, -500.0), (-3000.0, -500.0))
)


def arrivals(
    sensor_id: str,
    *actors: Actor,
    timing: dict[str, Any] | None = None,
    patches: tuple[Patch, ...] = (),
    **changes: Any,
) -> tuple[list[SimArrival], Sensor]:
    sensor = msgspec.structs.replace(SITE.sensor(sensor_id), **changes)
    site = msgspec.structs.replace(SITE, sensors=(sensor,))
    station = Station(
        site=site,
        sensor=sensor,
        timing=SensorTiming(id=sensor.id, **timing or {}),
        start_s=0.0,
        end_s=LONG_S,
        seed=5,
        patches=patches,
    )
    return observe_polar(station, actors), sensor


def scans_of(found: list[SimArrival]) -> list[Scan]:
    return [one.body.scan for one in found if isinstance(one.body, Look)]


def column(scans: list[Scan], name: str) -> np.ndarray:
    return np.concatenate([getattr(scan, name) for scan in scans if getattr(scan, name) is not None])


def standing(east_m: float, north_m: float, height_m: float, **keys: Any) -> Actor:
    path = Path(np.array([0.0, LONG_S]), np.tile([east_m, north_m, height_m], (2, 1)), np.zeros((2, 3)))
    return Actor(id="post", class_="uav_rotary", path=path, rcs_dbsm=20.0, size_m=30.0, **keys)


def share_of(
    patch: Patch, range_m: np.ndarray, azimuth_rad: np.ndarray, elevation_rad: np.ndarray, sensor: Sensor
) -> float:
    """Share of places, given as the sensor measures them, that lie in the patch."""
    origin, axes = SITE.frame().pose_of(sensor_frame(sensor))
    place = origin + polar_to_enu_m(range_m, azimuth_rad, elevation_rad) @ axes.T
    return float(np.mean(shapely.contains_xy(area(patch), place[:, 0], place[:, 1])))


def even_share(patch: Patch, sensor: Sensor) -> float:
    """The same of draws that are even over the field of view: an authority of its own, by a hundred thousand draws."""
    rng = np.random.default_rng(1)
    range_m, azimuth = rng.uniform(*sensor.range_m, 100_000), rng.uniform(0.0, math.tau, 100_000)  # type: ignore[misc]
    elevation = np.radians(rng.uniform(*sensor.elevation_deg, 100_000))
    return share_of(patch, range_m, azimuth, elevation, sensor)


@pytest.mark.parametrize("patch", [ROAD, WOOD], ids=["strip", "area"])
def test_a_patch_is_as_dense_as_it_says_and_the_rest_as_the_site_file(patch: Patch) -> None:
    found, sensor = arrivals("radar-west", patches=(patch,), clutter_per_scan=10.0)
    scans, share = scans_of(found), even_share(patch, sensor)
    range_m = column(scans, "range_m")
    inside = share_of(patch, range_m, column(scans, "azimuth_true_rad"), column(scans, "elevation_rad"), sensor)
    per_look = len(range_m) / len(scans)
    assert inside * per_look == pytest.approx(10.0 * patch.factor * share, rel=0.06)
    assert (1.0 - inside) * per_look == pytest.approx(10.0 * (1.0 - share), rel=0.03)


def test_where_patches_overlap_the_densest_holds() -> None:
    thin = msgspec.structs.replace(WOOD, id="thin", factor=0.5)
    counts = [
        len(column(scans_of(arrivals("radar-west", patches=patches, clutter_per_scan=10.0)[0]), "range_m"))
        for patches in ((WOOD,), (thin, WOOD), (thin,), ())
    ]
    assert counts[0] == counts[1] > counts[3] > counts[2]


def test_a_patch_troubles_only_the_sensors_it_names() -> None:
    other = msgspec.structs.replace(ROAD, sensors=("radar-south",))
    with_patch, _ = arrivals("radar-west", patches=(other,), clutter_per_scan=10.0)
    without, _ = arrivals("radar-west", clutter_per_scan=10.0)
    assert np.array_equal(column(scans_of(with_patch), "range_m"), column(scans_of(without), "range_m"))


def test_a_camera_is_troubled_in_the_direction_of_a_patch() -> None:
    west_of_it = msgspec.structs.replace(WOOD, outline=((-4000.0, -1700.0), (-2000.0, -1700.0), (-3000.0, -800.0)))
    found, sensor = arrivals("camera-west", patches=(west_of_it,), clutter_per_scan=2.0)
    plain, _ = arrivals("camera-west", clutter_per_scan=2.0)
    west = [
        np.sum(np.abs(np.degrees(column(scans_of(one), "azimuth_true_rad")) - 270.0) < 20.0) for one in (found, plain)
    ]
    away = [
        np.sum(np.abs(np.degrees(column(scans_of(one), "azimuth_true_rad")) - 180.0) < 15.0) for one in (found, plain)
    ]
    assert sensor.sigma_range_m is None
    assert west[0] > 1.5 * west[1]
    assert away[0] == pytest.approx(away[1], rel=0.15)


def test_a_turning_antenna_sees_a_target_once_a_turn_when_it_points_there() -> None:
    post = standing(-3000.0, 2000.0, 200.0)
    found, sensor = arrivals(
        "radar-west",
        post,
        timing={"sectors": 8},
        period_s=2.0,
        clutter_per_scan=0.0,
        p_detect=1.0,
        elevation_deg=(-5.0, 40.0),
    )
    scans = scans_of(found)
    seen = [scan for scan in scans if len(scan)]
    assert len(scans) == pytest.approx(8 * LONG_S / 2.0, abs=16)
    assert len(seen) == pytest.approx(LONG_S / 2.0, abs=2)
    for scan in seen:
        assert scan.sector_rad is not None
        assert scan.time_offset_s is not None
        low, high = scan.sector_rad
        share = (scan.azimuth_true_rad[0] - low) / (high - low)  # type: ignore[index]
        assert 0.0 <= share <= 1.0
        assert scan.time_offset_s[0] == pytest.approx(-0.25 * (1.0 - share), abs=1e-6)
    starts = {round(math.degrees(scan.sector_rad[0])) for scan in scans if scan.sector_rad}
    assert starts == {0, 45, 90, 135, 180, 225, 270, 315}
    assert sensor.period_s == 2.0


def test_a_turn_brings_as_much_clutter_as_a_look_all_round() -> None:
    found, _ = arrivals("radar-west", timing={"sectors": 6}, patches=(WOOD,), clutter_per_scan=6.0)
    whole, _ = arrivals("radar-west", patches=(WOOD,), clutter_per_scan=6.0)
    turns, looks = len(scans_of(found)) / 6.0, len(scans_of(whole))
    per_turn, per_look = (len(column(scans_of(one), "range_m")) for one in (found, whole))
    assert per_turn / turns == pytest.approx(per_look / looks, rel=0.04)
    for scan in scans_of(found):
        if len(scan) and scan.sector_rad is not None:
            assert np.all((scan.azimuth_true_rad - scan.sector_rad[0]) % math.tau <= math.tau / 6.0 + 1e-9)
            assert np.all(scan.time_offset_s <= 0.0)  # type: ignore[operator]


def test_the_share_that_is_late_is_late_by_what_it_says_and_the_others_keep_their_order() -> None:
    found, _ = arrivals("radar-west", timing={"p_late": 0.05, "late_s": (0.4, 1.8), "latency_s": 0.2, "jitter_s": 0.0})
    plain, _ = arrivals("radar-west", timing={"latency_s": 0.2, "jitter_s": 0.0})
    extra = np.array([one.received_s - two.received_s for one, two in zip(found, plain, strict=True)])
    late = extra > 1e-9
    assert np.mean(late) == pytest.approx(0.05, abs=0.012)
    assert np.all((extra[late] > 0.4 - 1e-6) & (extra[late] < 1.8 + 1e-6))
    assert np.mean(extra[late]) == pytest.approx(1.1, abs=0.1)
    assert np.array_equal(column(scans_of(found), "range_m"), column(scans_of(plain), "range_m"))


def drone(**keys: Any) -> Drone:
    values: dict[str, Any] = {
        "id": "one",
        "waypoints": ((0.0, 0.0, 60.0), (600.0, 0.0, 90.0), (600.0, 500.0, 60.0)),
        "start_s": 5.0,
        "speed_mps": 14.0,
        "class_": "uav_rotary",
    }
    return Drone(**values | keys)


def test_a_multirotor_hovers_where_and_as_long_as_told() -> None:
    path = fly_drone(drone(hover_s=(0.0, 40.0)), 300.0, stream(1, "flight"))
    away = np.linalg.norm(path.plan_m - np.array([600.0, 0.0, 90.0]), axis=1)
    there = path.times_s[away < 8.0]
    assert 38.0 < there[-1] - there[0] < 60.0
    middle = (path.times_s > there[0] + 8.0) & (path.times_s < there[0] + 36.0)
    assert np.linalg.norm(path.plan_mps[middle], axis=1).mean() < 1.5
    assert np.linalg.norm(path.plan_m[-1] - np.array([600.0, 500.0, 60.0])) < 20.0


def test_a_multirotor_keeps_to_what_bodies_can() -> None:
    for seed in range(5):
        path = fly_drone(drone(hover_s=(10.0, 20.0, 5.0)), 300.0, stream(seed, "flight"))
        rate = np.diff(path.plan_m, axis=0) / np.diff(path.times_s)[:, None]
        assert np.linalg.norm(np.diff(path.plan_mps, axis=0), axis=1).max() <= 3.0 * 0.1 + 1e-9
        assert np.abs(rate - 0.5 * (path.plan_mps[1:] + path.plan_mps[:-1])).max() < 1e-6
        assert np.linalg.norm(path.plan_mps, axis=1).max() < 18.0
        assert path.times_s[0] == pytest.approx(5.0)


def test_a_formation_holds_together_until_it_splits() -> None:
    leader = fly_drone(drone(speed_mps=15.0), 300.0, stream(1, "flight", "leader"))
    beside = drone(
        id="two",
        leader="one",
        offset_m=(40.0, -30.0, 5.0),
        leaves_s=25.0,
        waypoints=((0.0, 0.0, 60.0), (300.0, -900.0, 60.0)),
    )
    path = fly_drone(beside, 300.0, stream(1, "flight", "two"), leader)
    together = path.times_s <= 25.0
    off = path.plan_m[together] - leader.at(path.times_s[together])[0]
    assert np.abs(off - np.array([40.0, -30.0, 5.0])).max() < 15.0
    assert np.linalg.norm(path.plan_m[-1] - np.array([300.0, -900.0, 60.0])) < 20.0
    steps = np.linalg.norm(np.diff(path.plan_m, axis=0), axis=1)
    assert steps.max() < 2.5
    assert np.all(np.diff(path.times_s) > 0.0)


def test_radio_bearings_come_only_from_what_emits() -> None:
    keys = {"kind": "rf", "clutter_per_scan": 0.0, "p_detect": 0.8, "sigma_range_m": None, "sigma_elevation_deg": None}
    keys |= {"sigma_range_rate_mps": None}
    shares = [
        np.mean(
            [
                len(scan)
                for scan in scans_of(arrivals("radar-west", standing(-2000.0, 0.0, 200.0, p_emits=p), **keys)[0])
            ]
        )
        for p in (0.0, 0.5, 1.0)
    ]
    assert shares[0] == 0.0
    assert shares[1] == pytest.approx(0.4, abs=0.03)
    assert shares[2] == pytest.approx(0.8, abs=0.03)


def test_remote_id_says_where_a_drone_is_and_under_which_number() -> None:
    sensor = msgspec.structs.replace(
        SITE.sensor("adsb-1"), id="rid-1", kind="remote_id", sigma_position_m=5.0, sigma_altitude_m=8.0
    )
    site = msgspec.structs.replace(SITE, sensors=(sensor,))
    station = Station(site=site, sensor=sensor, timing=SensorTiming(id="rid-1"), start_s=0.0, end_s=LONG_S, seed=5)
    found = observe_remote_id(station, (standing(500.0, 700.0, 80.0, remote_id="TEST1"), standing(0.0, 0.0, 50.0)))
    scans = scans_of(found)
    assert {scan.identity for scan in scans} == {("rid:TEST1",)}
    assert len(scans) == pytest.approx(LONG_S * sensor.p_detect, rel=0.03)
    enu = np.concatenate(
        [site.frame().to_enu_m(s.latitude_deg, s.longitude_deg, s.altitude_ellipsoid_m) for s in scans]
    )
    assert np.mean(enu, axis=0) == pytest.approx([500.0, 700.0, 80.0], abs=0.8)
    assert np.std(enu[:, 0]) == pytest.approx(5.0, rel=0.1)
    said = {(one.body.source, one.body.identity) for one in found if isinstance(one.body, CooperativeReport)}
    assert said == {("remote_id", "rid:TEST1")}
