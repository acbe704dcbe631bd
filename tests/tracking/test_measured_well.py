"""What sensors may also say: range rate, class reports, own sigmas; and crowds, doubles and the set-up command."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tests.tracking.field import FRAME, START_S, look, radar, report, reporter, sensor, site
from vedette.errors import BadScan
from vedette.model import CLASSES, Scan, Status
from vedette.sensing.measurement import measure
from vedette.sensing.view import View
from vedette.tracking import Tracker

pytestmark = pytest.mark.kernels

BIRD = CLASSES.index("bird")


def test_a_range_rate_gives_a_new_track_its_speed_along_the_line_of_sight() -> None:
    plain, doppler = radar(), radar(sigma_range_rate_mps=0.5)
    here, north = [[0.0, 2000.0, 100.0]], np.array([-25.0])
    without = Tracker(site(plain)).observe(look(plain, 0.0, here))
    tracks = Tracker(site(doppler)).observe(look(doppler, 0.0, here, range_rate_mps=north))
    assert tracks.velocity_enu_mps[0, 1] == pytest.approx(-25.0, abs=0.5)
    assert tracks.covariance[0, 4, 4] < 4.0
    assert tracks.covariance[0, 3, 3] == pytest.approx(without.covariance[0, 3, 3])


def test_a_sensor_that_calls_it_a_bird_is_heard_and_cannot_shout() -> None:
    one = radar()
    says, plain = Tracker(site(one)), Tracker(site(one))
    report_of_bird = np.full((1, len(CLASSES)), 0.05)
    report_of_bird[0, BIRD] = 0.8
    for k in range(40):
        here = [[1000.0 + 13.0 * k, 500.0, 60.0]]
        heard = says.observe(look(one, k, here, p_classes=report_of_bird))
        unheard = plain.observe(look(one, k, here))
        if k == 8:
            early = heard.p_classes[0, BIRD]
    assert heard.p_classes[0, BIRD] > unheard.p_classes[0, BIRD]
    assert early > unheard.p_classes[0, BIRD]
    assert heard.p_classes[0].min() > 0.0


def test_a_crowd_outgrows_the_room_for_pairs_and_changes_nothing() -> None:
    rng, one = np.random.default_rng(4), radar(clutter_per_scan=30.0)
    crowd = np.column_stack([rng.uniform(1000.0, 1080.0, 40), rng.uniform(900.0, 980.0, 40), np.full(40, 100.0)])
    fresh, tracker = Tracker(site(one)), Tracker(site(one))
    tracker.observe(look(one, 0.0, crowd))
    fresh.restore(tracker.snapshot())
    grown = tracker.observe(look(one, 1.0, crowd + 1.0))
    assert np.array_equal(grown.covariance, fresh.observe(look(one, 1.0, crowd + 1.0)).covariance)
    assert np.all(np.isfinite(grown.covariance))


def test_two_sensors_that_stand_a_little_wrong_make_one_track_of_one_target() -> None:
    rng = np.random.default_rng(11)
    sharp, ads_b = radar(sigma_range_m=3.0, sigma_azimuth_deg=0.1, sigma_elevation_deg=0.1), reporter("adsb-1", "adsb")
    tracker = Tracker(site(sharp, ads_b))
    for k in range(15):
        here = np.array([1500.0 - 15.0 * k, 800.0, 200.0])
        tracker.observe(look(sharp, k, [here], rng))
        tracks = tracker.observe(report(ads_b, k + 0.3, here + np.array([18.0, 12.0, 0.0]), "icao:4CA123"))
    (row,) = np.flatnonzero(tracks.status != Status.TENTATIVE)
    assert tracks.identity[row] == "icao:4CA123"


def test_sigmas_of_a_report_come_from_the_scan_before_the_site() -> None:
    ads_b = reporter("adsb-1", "adsb", sigma_m=50.0)
    scan = report(
        ads_b, 0.0, [1000.0, 2000.0, 300.0], None, sigma_latitude_deg=np.array([1e-4]),
        sigma_longitude_deg=np.array([np.nan]),
    )  # fmt: skip
    measured = measure(scan, 0, View(ads_b, FRAME), FRAME)
    assert np.sqrt(measured.rows.variance[0, :2]) == pytest.approx([50.0, 11.12])
    east = report(ads_b, 0.0, [1000.0, 2000.0, 300.0], None, sigma_longitude_deg=np.array([1e-4]))
    assert np.sqrt(measure(east, 0, View(ads_b, FRAME), FRAME).rows.variance[0, 0]) == pytest.approx(8.97, abs=0.05)


def test_a_report_without_altitude_says_nothing_of_height() -> None:
    flat = sensor("adsb-1", "adsb", sigma_position_m=10.0)
    tracks = Tracker(site(flat)).observe(report(flat, 0.0, [3000.0, 0.0, 500.0], "icao:4CA123"))
    assert not tracks.altitude_known[0]
    assert tracks.covariance[0, 2, 2] > 2000.0**2


@pytest.mark.parametrize(
    "keys",
    [
        {"p_classes": np.full((1, len(CLASSES)), 1.5)},
        {"latitude_deg": np.array([36.0]), "longitude_deg": np.array([np.nan])},
    ],
)
def test_half_a_place_and_more_than_certainty_are_refused(keys: dict[str, object]) -> None:
    tracker = Tracker(site(reporter("adsb-1", "adsb")))
    with pytest.raises(BadScan):
        tracker.observe(Scan(**{"sensor": "adsb-1", "observed_s": START_S} | keys))  # type: ignore[arg-type]
    assert tracker.counts["looks"] == 0


def test_equal_rows_of_a_look_stand_in_one_order_too() -> None:
    one, twice = radar(), [[1000.0, 0.0, 100.0], [1000.0, 0.0, 100.0], [500.0, 0.0, 100.0]]
    rcs = np.array([-10.0, -20.0, -30.0])
    there = measure(look(one, 0.0, twice, rcs_dbsm=rcs), 0, View(one, FRAME), FRAME)
    back = measure(look(one, 0.0, twice[::-1], rcs_dbsm=rcs[::-1]), 0, View(one, FRAME), FRAME)
    assert there.key == back.key
    assert there.rows.rcs_dbsm.tobytes() == back.rows.rcs_dbsm.tobytes()


def test_the_set_up_command_compiles_and_is_silent_in_a_pipe() -> None:
    done = subprocess.run([sys.executable, "-m", "vedette.tracking"], capture_output=True, check=True)
    assert done.stdout == done.stderr == b""
