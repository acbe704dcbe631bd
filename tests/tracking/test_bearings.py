"""Targets that one sensor sees in a direction and nothing places: kept, not made up, placed when a range comes."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tracking.field import START_S, look, noise_points, polar, radar, sensor, site
from vedette.geo import Floats
from vedette.model import CLASSES, Status, Tracks
from vedette.site import Sensor
from vedette.tracking import Tracker

pytestmark = pytest.mark.kernels

BIRD = CLASSES.index("bird")


def rf(name: str = "rf-1", east_m: float = 0.0, north_m: float = 0.0, **keys: object) -> Sensor:
    wanted: dict[str, object] = {"sigma_azimuth_deg": 2.0, "clutter_per_scan": 0.2, "range_m": (0.0, 6000.0)}
    return sensor(name, "rf", east_m, north_m, **wanted | keys)


def drone(at_s: float) -> Floats:
    return np.array([-1500.0 + 15.0 * at_s, 2500.0, 120.0])


def believed(tracks: Tracks) -> list[int]:
    return np.flatnonzero(tracks.status != Status.TENTATIVE).tolist()


def azimuth_off_deg(one: Sensor, position_m: Floats, truth_m: Floats) -> float:
    return abs(float(np.degrees(polar(one, position_m)[1] - polar(one, truth_m)[1])[0]))


def test_an_emitter_that_one_receiver_hears_is_a_track_of_known_direction_alone() -> None:
    rng, one = np.random.default_rng(1), rf()
    tracker = Tracker(site(one))
    for k in range(40):
        heard = [drone(k)] if rng.random() < 0.8 else []
        tracks = tracker.observe(look(one, k, heard, rng))
        if k == 15:
            (first,) = tracks.id[believed(tracks)]
    (row,) = believed(tracks)
    assert tracks.id[row] == first
    assert not tracks.range_known[row]
    assert not tracks.altitude_known[row]
    assert azimuth_off_deg(one, tracks.position_enu_m[row], drone(39)) < 3.0
    assert tracks.covariance[row, 1, 1] > 500.0**2
    assert tracks.p_classes[row, BIRD] < 0.1
    assert np.linalg.eigvalsh(tracks.covariance[row]).min() > 0.0


def test_it_coasts_and_ends_when_it_falls_silent() -> None:
    rng, one = np.random.default_rng(2), rf()
    tracker = Tracker(site(one))
    for k in range(12):
        tracks = tracker.observe(look(one, k, [drone(k)], rng))
    (row,) = believed(tracks)
    assert tracks.status[row] == Status.CONFIRMED
    assert tracker.advance(START_S + 13.0).status.tolist() == [Status.COASTING]
    assert len(tracker.advance(START_S + 25.0)) == 0


@pytest.mark.parametrize("clutter", [0.2, 2.0])
def test_false_directions_start_nothing_that_is_believed(clutter: float) -> None:
    rng, one = np.random.default_rng(3), rf(clutter_per_scan=clutter)
    tracker, ghosts = Tracker(site(one)), 0
    for k in range(300):
        tracks = tracker.observe(look(one, k, noise_points(rng, rng.poisson(clutter)), rng))
        ghosts += len(believed(tracks))
    assert ghosts <= 10


def test_when_a_second_receiver_crosses_it_the_track_is_placed_under_its_number() -> None:
    rng, west, east = np.random.default_rng(4), rf("rf-1", -1200.0), rf("rf-2", 1200.0)
    tracker, alone = Tracker(site(west, east)), None
    for k in range(45):
        tracks = tracker.observe(look(west, k, [drone(k)], rng))
        tracks = tracker.observe(look(east, k + 0.4, [drone(k + 0.4)] if k >= 15 else [], rng))
        if k == 14:
            (alone,) = tracks.id[believed(tracks)]
            assert not tracks.range_known[believed(tracks)[0]]
    (row,) = believed(tracks)
    assert tracks.id[row] == alone
    assert tracks.range_known[row]
    assert np.linalg.norm((tracks.position_enu_m[row] - drone(44.4))[:2]) < 250.0


def test_when_the_second_receiver_no_longer_hears_it_the_range_is_given_up_and_the_number_kept() -> None:
    rng, west, east = np.random.default_rng(6), rf("rf-1", -1200.0), rf("rf-2", 1200.0)
    tracker, placed, aimed = Tracker(site(west, east)), set(), set()
    for k in range(50):
        tracks = tracker.observe(look(west, k, [drone(k)], rng))
        tracks = tracker.observe(look(east, k + 0.4, [drone(k + 0.4)] if k < 20 else [], rng))
        rows = believed(tracks)
        if k == 19:
            placed = {int(tracks.id[row]) for row in rows if tracks.range_known[row]}
        if k >= 35:
            assert not any(tracks.range_known[row] for row in rows), "one receiver alone knows no range"
            aimed.update(tracks.id[rows].tolist())
    assert len(placed) == 1
    assert aimed == placed


def test_when_a_radar_sees_it_the_track_is_placed_under_its_number() -> None:
    rng, one, ear = np.random.default_rng(5), radar(clutter_per_scan=5.0), rf("rf-1", 400.0, -200.0)
    tracker, alone = Tracker(site(one, ear)), None
    placed: set[int] = set()
    for k in range(40):
        seen = [drone(k)] if k >= 15 else []
        for scan in (
            look(one, k, np.vstack([*seen, noise_points(rng, 5)]), rng),
            look(ear, k + 0.5, [drone(k + 0.5)], rng),
        ):
            tracks = tracker.observe(scan)
            placed.update(tracks.id[[row for row in believed(tracks) if tracks.range_known[row]]].tolist())
        if k == 14:
            (alone,) = tracks.id[believed(tracks)]
    assert placed == {alone}, "it was never shown under another number"
    (row,) = believed(tracks)
    assert tracks.id[row] == alone
    assert tracks.range_known[row]
    assert np.linalg.norm(tracks.position_enu_m[row] - drone(39.5)) < 60.0


def test_a_camera_follows_a_direction_with_its_elevation_and_a_sector_spares_it() -> None:
    rng = np.random.default_rng(6)
    one = sensor("camera-1", "camera", sigma_azimuth_deg=0.2, sigma_elevation_deg=0.2, clutter_per_scan=0.1,
                 range_m=(50.0, 3000.0))  # fmt: skip
    tracker = Tracker(site(one))
    for k in range(12):
        tracks = tracker.observe(look(one, k, [drone(k)], rng))
    for k in range(12, 16):
        tracks = tracker.observe(look(one, k, [], sector_rad=(np.radians(120.0), np.radians(200.0))))
    (row,) = believed(tracks)
    assert tracks.p_exists[row] > 0.9
    assert azimuth_off_deg(one, tracks.position_enu_m[row], drone(15)) < 2.0
    elevation = polar(one, tracks.position_enu_m[row])[2][0]
    assert abs(elevation - polar(one, drone(15))[2][0]) < np.radians(1.0)


def test_a_restored_tracker_still_knows_the_direction() -> None:
    rng, one = np.random.default_rng(7), rf()
    first, looks = Tracker(site(one)), [look(one, k, [drone(k)], rng) for k in range(20)]
    for scan in looks[:12]:
        first.observe(scan)
    second = Tracker.restored(site(one), first.snapshot())
    for scan in looks[12:]:
        there, back = first.observe(scan), second.observe(scan)
    assert there.position_enu_m.tobytes() == back.position_enu_m.tobytes()
    assert first.snapshot() == second.snapshot()
