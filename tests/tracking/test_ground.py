"""Aircraft on the ground: manned whatever their speed, one track though no radar sees them; drones do not profit."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tracking.field import look, noise_points, radar, report, reporter, site
from vedette.model import CLASSES, Scan, Status
from vedette.tracking import Tracker

pytestmark = pytest.mark.kernels

MANNED, OTHER = CLASSES.index("manned"), CLASSES.index("other")
ICAO = "icao:4CA123"


def arrival(at_s: float) -> np.ndarray:
    """Lands at 25 s, rolls out to 40 s, taxis at 8 m/s to 60 s, stands."""
    air, roll = min(at_s, 25.0), min(max(at_s - 25.0, 0.0), 15.0)
    taxi = min(max(at_s - 40.0, 0.0), 20.0)
    along = 70.0 * air + (70.0 * roll - 0.5 * (62.0 / 15.0) * roll * roll) + 8.0 * taxi
    return np.array([-2600.0 + along, 1500.0, max(75.0 - 3.0 * at_s, 0.0) - 6.0])


@pytest.mark.parametrize("every_s", [1, 5])
def test_an_airliner_that_lands_stays_one_manned_track_though_radars_lose_it(every_s: int) -> None:
    rng = np.random.default_rng(every_s)
    one, two, ads_b = radar(), radar("radar-2", 700.0, -300.0), reporter("adsb-1", "adsb")
    tracker, manned, numbers = Tracker(site(one, two, ads_b)), [], set()
    for k in range(120):
        here = arrival(float(k))
        seen = [here] if k < 25 else []
        for number, at in ((one, k), (two, k + 0.4)):
            clutter = noise_points(rng, 2)
            tracks = tracker.observe(look(number, at, np.vstack([*seen, clutter]), rng))
        if k % every_s == 0:
            tracks = tracker.observe(report(ads_b, k + 0.6, arrival(k + 0.6), ICAO, rng))
        named = [row for row, name in enumerate(tracks.identity) if name == ICAO]
        numbers |= set(tracks.id[named].tolist())
        if k >= 8:
            assert len(named) == 1
            assert tracks.status[named[0]] != Status.TENTATIVE
            manned.append(tracks.p_classes[named[0], MANNED])
    assert len(numbers) == 1
    assert min(manned) > 0.8


def test_a_parked_aircraft_heard_now_and_then_is_one_manned_track() -> None:
    rng, ads_b = np.random.default_rng(3), reporter("adsb-1", "adsb")
    tracker = Tracker(site(ads_b))
    for k in range(30):
        tracks = tracker.observe(report(ads_b, 8.0 * k, [300.0, -200.0, 2.0], ICAO, rng))
    assert len(tracks) == 1
    assert np.linalg.norm(tracks.velocity_enu_mps[0]) < 2.0
    assert np.argmax(tracks.p_classes[0]) == MANNED
    assert tracks.p_classes[0, :2].sum() < 0.05


def test_once_its_transponder_falls_silent_too_a_hidden_aircraft_ends() -> None:
    rng, one, ads_b = np.random.default_rng(5), radar(), reporter("adsb-1", "adsb")
    tracker = Tracker(site(one, ads_b))
    for k in range(40):
        here = [1000.0 + 8.0 * min(k, 10), 500.0, 0.0]
        tracker.observe(look(one, k, [here] if k < 10 else []))
        if k < 20:
            tracker.observe(report(ads_b, k + 0.5, here, ICAO, rng))
        tracks = tracker.advance(tracker.tracks().observed_s)
        assert len(tracks) == (1 if k < 35 else len(tracks))
    assert len(tracks) == 0


def test_what_hovers_low_without_an_aircrafts_name_does_not_pass_for_one() -> None:
    rng, one, rid = np.random.default_rng(4), radar(), reporter("rid-1", "remote_id")
    for name in (None, "rid:1581F"):
        tracker = Tracker(site(one, rid))
        for k in range(30):
            here = np.array([900.0 + 2.0 * k, 400.0, 15.0])
            tracks = tracker.observe(look(one, k, [here], rng))
            if name:
                tracks = tracker.observe(report(rid, k + 0.3, here, name, rng))
        (row,) = np.flatnonzero(tracks.status != Status.TENTATIVE)
        assert tracks.p_classes[row, MANNED] < 0.05


def test_a_drone_that_flies_under_a_stolen_address_is_not_manned() -> None:
    rng, one, ads_b = np.random.default_rng(6), radar(), reporter("adsb-1", "adsb")
    tracker = Tracker(site(one, ads_b))
    for k in range(30):
        here = np.array([900.0 + 14.0 * k, 400.0, 110.0])
        scan: Scan = look(one, k, [here], rng, rcs_dbsm=np.array([-16.0]))
        tracker.observe(scan)
        tracks = tracker.observe(report(ads_b, k + 0.3, here, ICAO, rng))
    assert tracks.p_classes[0, MANNED] < 0.2
    assert tracks.p_classes[0, :2].sum() > 0.6
