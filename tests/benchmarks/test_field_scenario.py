"""The coast field: it is what it says, and the tracker masters it with late looks as without."""

from __future__ import annotations

import importlib
from types import ModuleType

import msgspec
import numpy as np
import pytest
import shapely

from vedette.geo import polar_to_enu_m
from vedette.model import Look, Scan
from vedette.sim import SimArrival, Simulation, load_scenario, simulate
from vedette.sim.clutter import area
from vedette.sim.path import to_enu
from vedette.sim.sensors import sensor_frame

SCENARIO = load_scenario("coast-field")


@pytest.fixture(scope="module")
def morning() -> Simulation:
    return simulate(SCENARIO, 1)


@pytest.fixture(scope="module")
def field_scenario() -> ModuleType:
    return importlib.import_module("benchmarks.field_scenario")


def scans(simulation: Simulation, sensor: str = "") -> list[Scan]:
    looks = [one.body.scan for one in simulation.arrivals if isinstance(one.body, Look)]
    return [scan for scan in looks if sensor in ("", scan.sensor)]


def key(one: SimArrival) -> tuple[float, str, bytes]:
    if not isinstance(one.body, Look):
        return one.received_s, repr(one.body), b""
    columns = (one.body.scan.range_m, one.body.scan.azimuth_true_rad, one.body.scan.latitude_deg)
    return one.received_s, one.feed, b"".join(column.tobytes() for column in columns if column is not None)


def test_the_same_seed_gives_the_same_morning_and_another_does_not(morning: Simulation) -> None:
    again = simulate(load_scenario("coast-field"), 1)
    assert [key(one) for one in again.arrivals] == [key(one) for one in morning.arrivals]
    assert again.truth == morning.truth
    assert [key(one) for one in simulate(SCENARIO, 2).arrivals] != [key(one) for one in morning.arrivals]


def test_it_has_what_it_promises(morning: Simulation) -> None:
    kinds = [sensor.kind for sensor in morning.site.sensors]
    assert {kind: kinds.count(kind) for kind in kinds} == {"radar": 2, "rf": 2, "camera": 1, "adsb": 1, "remote_id": 1}
    assert {actor.class_ for actor in morning.actors} == {"uav_rotary", "uav_fixed_wing", "bird", "manned"}
    periods = [sensor.period_s for sensor in morning.site.sensors if sensor.period_s]
    assert len(set(periods)) >= 4
    assert SCENARIO.facts.public == ()
    received = [one.received_s for one in morning.arrivals]
    assert received == sorted(received)


def test_one_look_in_twenty_is_late_by_what_it_says(morning: Simulation) -> None:
    behind: list[float] = []
    for name in ("radar-3d", "radar-2d", "rf-north", "rf-south", "camera-1"):
        first = next(timing for timing in SCENARIO.sensors if timing.id == name)
        assert (first.p_late, first.late_s) == (0.05, (0.3, 1.8))
        of_sensor = [one for one in morning.arrivals if isinstance(one.body, Look) and one.body.scan.sensor == name]
        behind += [one.received_s - one.body.scan.observed_s - first.latency_s for one in of_sensor]  # type: ignore[union-attr]
    late = np.array(behind) > 0.3
    assert len(behind) > 2000
    assert np.mean(late) == pytest.approx(0.05, abs=0.012)
    assert max(behind) < 1.8 + 0.3


@pytest.mark.parametrize("patch", SCENARIO.patches, ids=[patch.id for patch in SCENARIO.patches])
def test_clutter_is_as_dense_in_each_patch_as_it_says(patch: object) -> None:
    """Nothing flies: what the 3-D radar reports is clutter, more in each patch than elsewhere by its factor."""
    empty = msgspec.structs.replace(SCENARIO, drones=(), birds=(), aircraft=(), duration_s=1500.0)
    seen = scans(simulate(empty, 3), "radar-3d")
    sensor = SCENARIO.site.sensor("radar-3d")
    rng = np.random.default_rng(1)
    even = rng.uniform((150.0, 0.0, np.radians(-2.0)), (8000.0, 2.0 * np.pi, np.radians(40.0)), (400_000, 3))
    reported = np.concatenate(
        [np.column_stack([s.range_m, s.azimuth_true_rad, s.elevation_rad]) for s in seen if len(s)]
    )
    origin, axes = SCENARIO.site.frame().pose_of(sensor_frame(sensor))

    def inside(rows: np.ndarray, areas: list[shapely.Geometry]) -> np.ndarray:
        place = origin + polar_to_enu_m(*rows.T) @ axes.T
        return np.asarray(shapely.contains_xy(shapely.union_all(areas), place[:, 0], place[:, 1]))

    mine, every = [area(patch)], [area(one) for one in SCENARIO.patches]  # type: ignore[arg-type]
    density = inside(reported, mine).sum() / inside(even, mine).mean()
    elsewhere = (~inside(reported, every)).sum() / (~inside(even, every)).mean()
    assert density / elsewhere == pytest.approx(patch.factor, rel=0.08)  # type: ignore[attr-defined]
    assert elsewhere / len(seen) == pytest.approx(sensor.clutter_per_scan, rel=0.03)


def test_the_formation_splits_and_the_pairs_cross(morning: Simulation) -> None:
    paths = {actor.id: actor.path for actor in morning.actors}

    def apart(one: str, other: str, from_s: float, to_s: float) -> np.ndarray:
        times_s = morning.start_s + np.arange(from_s, to_s, 0.5)
        away = to_enu(*paths[one].at(times_s))[0] - to_enu(*paths[other].at(times_s))[0]
        return np.asarray(np.linalg.norm(away, axis=1))

    for other in ("pack-2", "pack-3", "pack-4"):
        assert apart("pack-1", other, 6.0, 119.0).max() < 90.0
        assert apart("pack-1", other, 250.0, 251.0).min() > 500.0
    assert apart("cross-1", "cross-2", 100.0, 220.0).min() < 120.0
    assert apart("road-1", "road-2", 60.0, 250.0).min() < 90.0
    still = np.linalg.norm(paths["watcher"].at(morning.start_s + np.arange(0.0, 300.0))[1], axis=1)
    assert np.sum(still < 2.0) > 80


@pytest.mark.slow
def test_the_tracker_masters_it(morning: Simulation, field_scenario: ModuleType) -> None:
    result = field_scenario.run(morning, field_scenario.looks_of(morning, in_order=False))
    siap = result.score.siap
    assert siap.completeness > 0.93
    assert siap.ambiguity < 1.05
    assert siap.spuriousness < 0.03
    assert result.score.gospa_m < 175.0
    assert result.right_class > 0.8
    assert result.right_uav > 0.85


def test_late_looks_cost_next_to_nothing(field_scenario: ModuleType) -> None:
    short = simulate(msgspec.structs.replace(SCENARIO, duration_s=100.0), 2)
    late, in_order = (
        field_scenario.run(short, field_scenario.looks_of(short, in_order=order)).score.gospa_m
        for order in (False, True)
    )
    assert late != in_order
    assert late < 1.03 * in_order
