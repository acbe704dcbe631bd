from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable

import msgspec
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.errors import BadInput
from vedette.model import CooperativeReport, Look, Scan
from vedette.sim import Scenario, SimArrival, Simulation, load_scenario, simulate
from vedette.sim.sensors import Actor
from vedette.site import Site, zone_shape

SCENARIO = load_scenario("erbil-2021-09-11")


@pytest.fixture(scope="module")
def night() -> Simulation:
    return simulate(SCENARIO, 1)


@pytest.fixture(scope="module")
def nights() -> tuple[Simulation, ...]:
    return tuple(simulate(SCENARIO, seed) for seed in range(1, 21))


def spell(body: Look | CooperativeReport) -> str:
    """Everything in a message, to the last bit."""
    if isinstance(body, CooperativeReport):
        return repr(body)
    fields = {name: getattr(body.scan, name) for name in Scan.__struct_fields__}
    return repr({k: v.tobytes().hex() if isinstance(v, np.ndarray) else v for k, v in fields.items()})


def digest(arrivals: Iterable[SimArrival]) -> str:
    text = "\n".join(f"{one.received_s!r} {one.feed} {spell(one.body)}" for one in arrivals)
    return hashlib.sha256(text.encode()).hexdigest()


def of_feed(simulation: Simulation, feed: str) -> list[SimArrival]:
    return [one for one in simulation.arrivals if one.feed == feed]


def actor(simulation: Simulation, name: str) -> Actor:
    return next(one for one in simulation.actors if one.id == name)


def rows_of(arrivals: Iterable[SimArrival]) -> set[tuple[float, float, float]]:
    rows = set()
    for one in arrivals:
        if isinstance(one.body, Look) and one.body.scan.range_m is not None:
            scan = one.body.scan
            rows |= {
                (scan.observed_s, float(r), float(a)) for r, a in zip(scan.range_m, scan.azimuth_true_rad, strict=True)
            }  # type: ignore[arg-type]
    return rows


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(night: Simulation) -> None:
    again = simulate(load_scenario("erbil-2021-09-11"), 1)
    assert digest(again.arrivals) == digest(night.arrivals)
    assert again.truth == night.truth
    assert again.falls == night.falls
    other = simulate(SCENARIO, 2)
    assert digest(other.arrivals) != digest(night.arrivals)
    assert other.falls != night.falls


def test_the_order_of_the_actors_leaves_no_mark(night: Simulation) -> None:
    turned = msgspec.structs.replace(SCENARIO, drones=SCENARIO.drones[::-1], birds=SCENARIO.birds[::-1])
    assert digest(simulate(turned, 1).arrivals) == digest(night.arrivals)


def test_without_birds_the_rest_flies_and_is_seen_as_before(night: Simulation) -> None:
    quiet = simulate(msgspec.structs.replace(SCENARIO, birds=()), 1)
    assert quiet.falls == night.falls
    assert digest(of_feed(quiet, "adsb-1")) == digest(of_feed(night, "adsb-1"))
    for feed in ("radar-west", "radar-south"):
        less, more = rows_of(of_feed(quiet, feed)), rows_of(of_feed(night, feed))
        assert less < more


def test_without_a_sensor_the_others_say_the_same(night: Simulation) -> None:
    sensors = tuple(sensor for sensor in SCENARIO.site.sensors if sensor.id != "radar-west")
    site = msgspec.structs.replace(SCENARIO.site, sensors=sensors)
    fewer = simulate(msgspec.structs.replace(SCENARIO, site=site), 1)
    for feed in ("radar-south", "camera-west", "adsb-1"):
        assert digest(of_feed(fewer, feed)) == digest(of_feed(night, feed))
    assert fewer.truth == night.truth


def test_arrivals_come_in_order_and_after_what_they_tell_of(night: Simulation) -> None:
    received = [one.received_s for one in night.arrivals]
    assert received == sorted(received)
    for feed in {one.feed for one in night.arrivals}:
        looks = [one for one in of_feed(night, feed) if isinstance(one.body, Look)]
        observed = [one.body.scan.observed_s for one in looks]
        assert observed == sorted(observed)
        assert all(0.0 < one.received_s - seen < 1.0 for one, seen in zip(looks, observed, strict=True))
    assert len(night.arrivals) <= 3000


def test_one_comes_down_clearly_inside_and_one_clearly_outside(nights: tuple[Simulation, ...]) -> None:
    for simulation in nights:
        places = {fall.drone: fall.place for fall in simulation.falls}
        assert places == {"drone-1": "inside", "drone-2": "outside"}, simulation.seed
        for fall in simulation.falls:
            assert fall.from_perimeter_m is not None
            assert fall.from_perimeter_m >= 150.0
            assert SCENARIO.start_s + 225.0 < fall.impact_s < SCENARIO.start_s + 300.0
            assert 5.0 < fall.impact_s - fall.lost_lift_s < 11.0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**63))
def test_so_it_is_for_any_seed(seed: int) -> None:
    places = [fall.place for fall in simulate(SCENARIO, seed).falls]
    assert places == ["inside", "outside"]


def test_no_fall_touches_an_asset_or_the_runway(nights: tuple[Simulation, ...]) -> None:
    frame = SCENARIO.site.frame()
    shapes = [zone_shape(zone, frame) for zone in SCENARIO.site.zones if zone.role in ("asset", "runway")]
    for simulation in nights:
        for fall in simulation.falls:
            point = shapely.Point(fall.east_m, fall.north_m)
            assert min(shape.distance(point) for shape in shapes) > 50.0, (simulation.seed, fall.drone)


def test_a_defence_that_never_succeeds_cannot_bring_a_drone_down_inside() -> None:
    layers = tuple(msgspec.structs.replace(layer, p_success=0.0) for layer in SCENARIO.layers)
    idle = msgspec.structs.replace(SCENARIO, layers=layers)
    with pytest.raises(BadInput, match=r"drone\[0\].comes_down"):
        simulate(idle, 1)
    free = tuple(msgspec.structs.replace(drone, comes_down=None) for drone in SCENARIO.drones)
    simulation = simulate(msgspec.structs.replace(idle, drones=free), 1)
    assert simulation.falls == ()
    assert actor(simulation, "drone-1").path.plan_m[-1, 2] > 100.0


def test_nobody_moves_beyond_what_bodies_can(nights: tuple[Simulation, ...]) -> None:
    for simulation in nights[:5]:
        for one in simulation.actors:
            steps = np.diff(one.path.times_s)
            speed = np.linalg.norm(np.diff(one.path.plan_m, axis=0), axis=1) / steps
            limit = {"uav_fixed_wing": 75.0, "bird": 20.0, "manned": 75.0}[one.class_]
            assert np.all(steps > 0.0)
            assert speed.max() <= limit, one.id
            assert one.path.plan_m[:, 2].min() >= 0.0
            assert one.path.plan_m[:, 2].max() <= 600.0
            assert np.linalg.norm(one.path.plan_mps, axis=1).max() <= limit


def test_drones_keep_their_height_until_they_lose_lift(nights: tuple[Simulation, ...]) -> None:
    for simulation in nights:
        for fall in simulation.falls:
            path = actor(simulation, fall.drone).path
            flying = path.times_s < fall.lost_lift_s
            height = path.plan_m[flying, 2]
            assert 120.0 < height.min() < height.max() < 220.0
            assert path.plan_m[-1, 2] == 0.0
            falling = path.plan_mps[path.times_s > fall.lost_lift_s + 1.0]
            assert np.all(falling[:, 2] < 0.0)


def test_velocity_is_the_rate_of_position(night: Simulation) -> None:
    for one in night.actors:
        middle = (one.path.times_s[1:] + one.path.times_s[:-1]) / 2.0
        rate = np.diff(one.path.plan_m, axis=0) / np.diff(one.path.times_s)[:, None]
        assert np.median(np.linalg.norm(rate - one.path.at(middle)[1], axis=1)) < 0.3, one.id


def test_the_airliner_lands_on_the_runway(nights: tuple[Simulation, ...]) -> None:
    runway = next(zone for zone in SCENARIO.site.zones if zone.role == "runway")
    strip = zone_shape(runway, SCENARIO.site.frame())
    for simulation in nights[:5]:
        path = actor(simulation, "arrival").path
        down = int(np.argmax(path.plan_m[:, 2] <= 0.0))
        assert 60.0 < path.times_s[down] - simulation.start_s < 200.0
        rolling = slice(down, down + 200)
        assert shapely.contains_xy(strip, path.plan_m[rolling, 0], path.plan_m[rolling, 1]).all()
        assert path.plan_m[0, 1] > path.plan_m[-1, 1]
        assert np.linalg.norm(path.plan_mps[-1]) < 0.1


def test_the_alarm_can_come_before_the_perimeter(nights: tuple[Simulation, ...]) -> None:
    """Radars have seen each drone at least ten times by a minute before it would cross, or came down."""
    shape = zone_shape(next(z for z in SCENARIO.site.zones if z.role == "perimeter"), SCENARIO.site.frame())
    for simulation in nights:
        clean = msgspec.structs.replace(SCENARIO, birds=(), aircraft=(), site=without_clutter())
        for fall in simulation.falls:
            path = actor(simulation, fall.drone).path
            inside = shapely.contains_xy(shape, path.plan_m[:, 0], path.plan_m[:, 1])
            crossing_s = path.times_s[np.argmax(inside)] if inside.any() else path.times_s[-1]
            alone = tuple(drone for drone in SCENARIO.drones if drone.id == fall.drone)
            seen = rows_of(simulate(msgspec.structs.replace(clean, drones=alone), simulation.seed).arrivals)
            assert len([row for row in seen if row[0] < crossing_s - 45.0]) >= 10, (simulation.seed, fall.drone)


def without_clutter() -> Site:
    sensors = tuple(msgspec.structs.replace(sensor, clutter_per_scan=0.0) for sensor in SCENARIO.site.sensors)
    return msgspec.structs.replace(SCENARIO.site, sensors=sensors)


def test_falls_are_seen_to_near_the_ground(nights: tuple[Simulation, ...]) -> None:
    clean = msgspec.structs.replace(SCENARIO, birds=(), aircraft=(), site=without_clutter())
    lowest = []
    for seed in range(1, 21):
        for drone in SCENARIO.drones:
            simulation = simulate(msgspec.structs.replace(clean, drones=(drone,)), seed)
            (fall,) = simulation.falls
            seen = sorted(row[0] for row in rows_of(simulation.arrivals) if row[0] > fall.lost_lift_s)
            assert len(seen) >= 4, (seed, drone.id)
            lowest.append(float(actor(simulation, drone.id).path.at(np.array(seen))[0][:, 2].min()))
    assert np.median(lowest) < 35.0
    assert min(lowest) > 10.0


def test_messages_carry_no_truth(night: Simulation) -> None:
    names = {one.id for one in night.actors}
    for one in night.arrivals:
        assert type(one.body) in (Look, CooperativeReport)
        assert one.feed in {feed.id for feed in SCENARIO.site.feeds}
        assert not any(name in spell(one.body) for name in names)
        if isinstance(one.body, Look) and one.feed != "adsb-1":
            assert one.body.scan.identity is None
            assert one.body.scan.latitude_deg is None
            assert one.body.scan.covers is True


def test_the_airliner_says_who_it_is(night: Simulation) -> None:
    reports = [one.body for one in night.arrivals if isinstance(one.body, CooperativeReport)]
    assert {(r.source, r.identity, r.callsign, r.emitter_category) for r in reports} == {
        ("adsb", "icao:F0A482", "TST482", "A3")
    }
    looks = [one.body.scan for one in of_feed(night, "adsb-1") if isinstance(one.body, Look)]
    assert {scan.identity for scan in looks} == {("icao:F0A482",)}
    assert all(scan.covers is False for scan in looks)
    path = actor(night, "arrival").path
    enu = np.array(
        [SCENARIO.site.frame().to_enu_m(s.latitude_deg, s.longitude_deg, s.altitude_ellipsoid_m)[0] for s in looks]
    )
    off = (enu - path.at(np.array([s.observed_s for s in looks]))[0])[:, :2]
    assert np.std(off) == pytest.approx(12.0, rel=0.1)


def test_truth_rows_are_the_table_and_end_with_the_flight(night: Simulation) -> None:
    rows = night.truth_rows(1.0)
    assert rows == night.truth
    fall = next(fall for fall in night.falls if fall.drone == "drone-1")
    last = [row for row in rows if row.truth == "drone-1"][-1]
    assert fall.impact_s - 1.0 <= last.time_s <= fall.impact_s
    assert last.class_ == "uav_fixed_wing"
    assert {row.class_ for row in rows} == {"uav_fixed_wing", "bird", "manned"}
    ground = night.site.altitude_ellipsoid_m
    assert all(ground - 0.1 <= row.altitude_ellipsoid_m <= ground + 600.0 for row in rows)


def test_the_whole_night_takes_less_than_five_seconds() -> None:
    began = time.monotonic()
    simulate(load_scenario("erbil-2021-09-11"), 7)
    assert time.monotonic() - began < 5.0


def test_the_scenario_is_not_changed(night: Simulation) -> None:
    scenario: Scenario = load_scenario("erbil-2021-09-11")
    simulate(scenario, 3)
    assert digest(simulate(scenario, 1).arrivals) == digest(night.arrivals)
