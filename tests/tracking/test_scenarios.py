"""What the tracker makes of flights: names, crossings, silence, late looks, sectors, falls."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import SITE_GEOJSON, SITE_TOML
from tests.tracking.field import START_S, look, noise_points, radar, report, reporter, sensor, site
from vedette.errors import BadScan
from vedette.model import CLASSES, Scan, Status, Tracks
from vedette.site import load_site
from vedette.tracking import Tracker

pytestmark = pytest.mark.kernels

MANNED, BIRD = CLASSES.index("manned"), CLASSES.index("bird")


def believed(tracks: Tracks) -> list[int]:
    return np.flatnonzero(tracks.status != Status.TENTATIVE).tolist()


def nearest(tracks: Tracks, point_m: object) -> int:
    return int(np.argmin(np.linalg.norm(tracks.position_enu_m - np.asarray(point_m), axis=1)))


def test_one_drone_in_clutter_becomes_one_confirmed_track() -> None:
    rng, one = np.random.default_rng(1), radar(clutter_per_scan=10.0)
    tracker = Tracker(site(one))
    for k in range(20):
        here = np.array([2000.0 - 20.0 * k, 500.0, 150.0])
        tracks = tracker.observe(look(one, k, np.vstack([here, noise_points(rng, 10)]), rng))
    (row,) = believed(tracks)
    assert np.linalg.norm(tracks.position_enu_m[row] - here) < 40.0
    assert np.linalg.norm(tracks.velocity_enu_mps[row] - [-20.0, 0.0, 0.0]) < 8.0
    assert tracks.status[row] == Status.CONFIRMED
    assert tracks.altitude_known[row]


def test_crossing_drones_keep_their_numbers() -> None:
    rng, one = np.random.default_rng(2), radar()
    tracker = Tracker(site(one))
    ids = {}
    for k in range(60):
        pair = np.array([[-900.0 + 30 * k, 1000.0, 150.0], [900.0 - 30 * k, 1060.0, 180.0]])
        tracks = tracker.observe(look(one, k, pair, rng))
        if k in (15, 59):
            ids[k] = [int(tracks.id[nearest(tracks, point)]) for point in pair]
    assert len(believed(tracks)) == 2
    assert ids[15] == ids[59]


def test_airliner_seen_by_radar_and_ads_b_is_one_named_manned_track() -> None:
    rng, one, ads_b = np.random.default_rng(3), radar(), reporter("adsb-1", "adsb")
    tracker = Tracker(site(one, ads_b))
    for k in range(40):
        here = np.array([-6000.0 + 70.0 * k, 2500.0, 900.0 - 3.0 * k])
        tracker.observe(look(one, k, [here], rng))
        later = here + np.array([35.0, 0.0, -1.5])
        tracks = tracker.observe(report(ads_b, k + 0.5, later, "icao:4CA123", rng))
    (row,) = believed(tracks)
    assert tracks.identity[row] == "icao:4CA123"
    assert np.argmax(tracks.p_classes[row]) == MANNED
    assert np.all(np.isfinite(tracks.last_seen_s[row]))
    assert np.linalg.norm(tracks.position_enu_m[row] - later) < 30.0


def test_ads_b_far_away_is_followed() -> None:
    ads_b = reporter("adsb-1", "adsb", sigma_m=30.0, sigma_altitude_m=30.0)
    tracker = Tracker(site(ads_b))
    for k in range(12):
        here = np.array([-40_000.0 + 230.0 * k, 5000.0, 9000.0])
        tracks = tracker.observe(report(ads_b, float(k), here, "icao:A0B1C2"))
    (row,) = believed(tracks)
    assert np.linalg.norm(tracks.position_enu_m[row] - here) < 30.0
    assert np.linalg.norm(tracks.velocity_enu_mps[row] - [230.0, 0.0, 0.0]) < 15.0


def test_radar_without_elevation_and_remote_id_make_one_track_with_altitude() -> None:
    rng = np.random.default_rng(4)
    flat, rid = radar(sigma_elevation_deg=None), reporter("rid-1", "remote_id", sigma_altitude_m=5.0)
    tracker = Tracker(site(flat, rid))
    for k in range(10):
        here = np.array([1500.0 - 15.0 * k, 800.0, 120.0])
        tracks = tracker.observe(look(flat, k, [here], rng))
    (row,) = believed(tracks)
    assert not tracks.altitude_known[row]
    assert tracks.covariance[row, 2, 2] > 100.0**2
    for k in range(10, 20):
        here = np.array([1500.0 - 15.0 * k, 800.0, 120.0])
        tracker.observe(look(flat, k, [here], rng))
        tracks = tracker.observe(report(rid, k + 0.3, here - [4.5, 0.0, 0.0], "rid:1581F", rng))
    (row,) = believed(tracks)
    assert tracks.identity[row] == "rid:1581F"
    assert tracks.altitude_known[row]
    assert abs(tracks.position_enu_m[row, 2] - 120.0) < 10.0


def test_two_serials_never_share_a_track() -> None:
    rid = reporter("rid-1", "remote_id")
    tracker = Tracker(site(rid))
    for k in range(15):
        here = np.array([500.0 + 10.0 * k, 300.0, 60.0])
        tracker.observe(report(rid, float(k), here, "rid:AAA"))
        tracks = tracker.observe(report(rid, k + 0.01, here + np.array([3.0, 0.0, 0.0]), "rid:BBB"))
    assert sorted(str(tracks.identity[row]) for row in believed(tracks)) == ["rid:AAA", "rid:BBB"]


def test_a_report_that_jumps_does_not_drag_its_track() -> None:
    rng, one, rid = np.random.default_rng(5), radar(), reporter("rid-1", "remote_id")
    tracker = Tracker(site(one, rid))
    for k in range(15):
        here = np.array([1500.0 - 15.0 * k, 800.0, 120.0])
        tracker.observe(look(one, k, [here], rng))
        tracks = tracker.observe(report(rid, k + 0.2, here, "rid:AAA", rng))
    before = tracks.position_enu_m[nearest(tracks, here)]
    tracks = tracker.observe(report(rid, 14.4, here + np.array([2500.0, 0.0, 0.0]), "rid:AAA"))
    assert tracker.counts["refused"] == 1
    assert np.linalg.norm(tracks.position_enu_m[nearest(tracks, here)] - before) < 20.0


def test_silence_makes_a_track_coast_and_end() -> None:
    one = radar()
    tracker = Tracker(site(one))
    for k in range(8):
        tracker.observe(look(one, k, [[1000.0 + 10 * k, 500.0, 100.0]]))
    assert tracker.advance(START_S + 8.0).status.tolist() == [Status.CONFIRMED]
    coasting = tracker.advance(START_S + 9.0)
    assert coasting.status.tolist() == [Status.COASTING]
    assert coasting.position_enu_m[0, 0] > 1075.0
    assert len(tracker.advance(START_S + 30.0)) == 0


def test_misses_end_a_track_but_not_outside_the_sector() -> None:
    one = radar()
    here = [[0.0, 2000.0, 200.0]]
    north, south = (np.radians(-60.0), np.radians(60.0)), (np.radians(120.0), np.radians(240.0))
    kept, ended = Tracker(site(one)), Tracker(site(one))
    for k in range(6):
        kept.observe(look(one, k, here))
        ended.observe(look(one, k, here))
    for k in range(6, 11):
        away = kept.observe(look(one, k, [], sector_rad=south))
        ahead = ended.observe(look(one, k, [], sector_rad=north))
    assert away.p_exists[0] > 0.9
    assert len(ahead) == 0 or ahead.p_exists[0] < 0.5


def test_reports_alone_end_after_their_silence() -> None:
    ads_b = reporter("adsb-1", "adsb")
    tracker = Tracker(site(ads_b))
    for k in range(5):
        tracker.observe(report(ads_b, float(k), [3000.0, 70.0 * k, 900.0], "icao:4CA123"))
    assert len(tracker.advance(START_S + 15.0)) == 1
    assert len(tracker.advance(START_S + 25.0)) == 0


def test_two_directions_that_cross_start_a_track() -> None:
    rng = np.random.default_rng(6)
    west = sensor("rf-1", "rf", -1000.0, 0.0, sigma_azimuth_deg=1.5, clutter_per_scan=0.1, p_detect=0.8)
    east = sensor("rf-2", "rf", 1000.0, 0.0, sigma_azimuth_deg=1.5, clutter_per_scan=0.1, p_detect=0.8)
    tracker = Tracker(site(west, east))
    for k in range(20):
        here = np.array([-300.0 + 20.0 * k, 1500.0, 100.0])
        tracker.observe(look(west, k, [here], rng))
        tracks = tracker.observe(look(east, k + 0.4, [here + np.array([8.0, 0.0, 0.0])], rng))
    rows = believed(tracks)
    assert len(rows) == 1
    assert np.linalg.norm((tracks.position_enu_m[rows[0]] - here)[:2]) < 120.0
    assert not tracks.altitude_known[rows[0]]


def test_an_emitter_that_falls_silent_is_not_lost_to_the_radar() -> None:
    rng, one = np.random.default_rng(7), radar()
    rf = sensor("rf-1", "rf", 500.0, -500.0, sigma_azimuth_deg=2.0, clutter_per_scan=0.2, p_detect=0.9)
    tracker = Tracker(site(one, rf))
    for k in range(30):
        here = np.array([2000.0 - 10.0 * k, 1000.0, 100.0])
        tracker.observe(look(one, k, [here], rng))
        tracks = tracker.observe(look(rf, k + 0.5, [here - [5.0, 0.0, 0.0]] if k < 10 else [], rng))
    (row,) = believed(tracks)
    assert tracks.p_exists[row] > 0.95
    assert tracks.p_classes[row, BIRD] < 0.1


def test_a_falling_drone_is_followed_to_the_ground_and_ends() -> None:
    rng, one = np.random.default_rng(8), radar(elevation_deg=(-1.0, 40.0))
    tracker = Tracker(site(one))
    point, velocity = np.array([1800.0, 1200.0, 150.0]), np.array([-35.0, 0.0, 0.0])
    for k in range(15):
        tracker.observe(look(one, k, [point], rng))
        point = point + velocity
    k, last = 15, None
    while point[2] > 0.0:
        tracks = tracker.observe(look(one, k, [point], rng))
        last, k = point, k + 1
        for _ in range(10):
            velocity = velocity + 0.1 * (np.array([0.0, 0.0, -9.81]) - 0.006 * np.linalg.norm(velocity) * velocity)
            point = point + 0.1 * velocity
    row = nearest(tracks, last)
    assert tracks.status[row] == Status.CONFIRMED
    assert np.linalg.norm(tracks.position_enu_m[row] - last) < 60.0
    assert tracks.velocity_enu_mps[row, 2] < -10.0
    for _ in range(7):
        tracks = tracker.observe(look(one, k, []))
        k += 1
    assert believed(tracks) == []


def test_misses_of_several_sensors_in_one_moment_do_not_end_a_track() -> None:
    rng, many = np.random.default_rng(10), [radar(f"radar-{k}", 300.0 * k) for k in range(4)]
    tracker = Tracker(site(*many))
    for k in range(14):
        here = np.array([2000.0 - 20.0 * k, 1500.0, 150.0])
        for number, one in enumerate(many):
            hidden = k == 10
            here = here - np.array([2.0, 0.0, 0.0])
            tracks = tracker.observe(look(one, k + 0.1 * number, [] if hidden else [here], rng))
        if k == 9:
            (before,) = tracks.id[believed(tracks)]
    assert tracks.id[believed(tracks)].tolist() == [before]


def test_a_drone_that_came_down_out_of_view_ends_soon() -> None:
    one = radar(elevation_deg=(1.0, 40.0))
    tracker = Tracker(site(one))
    for k in range(12):
        tracker.observe(look(one, k, [[1000.0 + 10.0 * k, 0.0, 300.0 - 24.0 * k]]))
    for k in range(12, 18):
        tracks = tracker.observe(look(one, k, []))
    assert len(tracks) == 0


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"sensor": "nobody"}, "sensor"),
        ({"latitude_deg": np.array([95.0]), "longitude_deg": np.array([0.0])}, "latitude_deg"),
        ({"latitude_deg": np.array([5.0])}, "latitude_deg"),
        ({"range_m": np.array([-5.0])}, "range_m"),
        ({"elevation_rad": np.array([2.0])}, "elevation_rad"),
    ],
)
def test_a_scan_that_makes_no_sense_is_refused_and_changes_nothing(keys: dict[str, object], key: str) -> None:
    tracker = Tracker(site(radar()))
    with pytest.raises(BadScan) as caught:
        tracker.observe(Scan(**{"sensor": "radar-1", "observed_s": START_S} | keys))  # type: ignore[arg-type]
    assert caught.value.key == key
    assert tracker.counts["looks"] == 0


def test_classes_tell_a_bird_from_a_fixed_wing_drone() -> None:
    rng, one = np.random.default_rng(9), radar()
    tracker = Tracker(site(one))
    for k in range(25):
        points = np.array([[2500.0 - 40.0 * k, 800.0, 150.0], [-1500.0, -800.0 + 12.0 * k, 80.0]])
        rcs = np.array([-13.0, -27.0]) + rng.normal(size=2) * 4.0
        tracks = tracker.observe(look(one, k, points, rng, rcs_dbsm=rcs))
        if k == 1:
            assert np.all(tracks.p_classes.max(axis=1) < 0.85)
    drone, bird = nearest(tracks, points[0]), nearest(tracks, points[1])
    assert tracks.p_classes[drone, :2].sum() > 0.6
    assert tracks.p_classes[bird, BIRD] > 0.6
    assert np.all(tracks.p_classes > 0.0)
    assert np.allclose(tracks.p_classes.sum(axis=1), 1.0)


@pytest.mark.parametrize("missed", [1, 3, 5])
def test_a_confirmed_track_outlives_missed_looks_though_it_is_not_believed_all_the_while(
    tmp_path: Path, missed: int
) -> None:
    (tmp_path / "test.toml").write_text(SITE_TOML)
    (tmp_path / "test.geojson").write_text(SITE_GEOJSON)
    tracker, told = Tracker(load_site(tmp_path / "test.toml")), []
    for second in range(30):
        seen = {"range_m": [2362.0 - 25.0 * second], "azimuth_true_rad": [0.12], "elevation_rad": [0.05]}
        nothing = 14 <= second < 14 + missed
        scan = Scan(sensor="radar-1", observed_s=1.7e9 + second, look=str(second), **({} if nothing else seen))
        tracks = tracker.observe(scan)
        told += tracks.status.tolist() if nothing else []
    assert tracks.id.tolist() == [1]
    assert tracks.status.tolist() == [Status.CONFIRMED]
    assert told == [Status.COASTING] * min(missed, 2) + [Status.TENTATIVE] * max(missed - 2, 0)
