"""Smoothed tracks as they are handed out: their order, numbers, bytes and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tracking.field import look, radar, site
from tests.tracking.test_same_bytes import FIELD, bytes_of, flight
from tests.tracking.test_smoothing import flown, straight
from vedette.errors import BadScan
from vedette.geo import Floats
from vedette.model import Scan, Status
from vedette.tracking import Tracker, motion, renumbered, same_tracks, smooth
from vedette.tracking.smoothing.afterwards import assembled
from vedette.tracking.smoothing.history import WINDOW, History


@pytest.mark.kernels
def test_nothing_comes_of_nothing() -> None:
    for looks in ([], [look(radar(), k, []) for k in range(5)]):
        smoothed = smooth(site(radar()), looks)
        assert len(smoothed) == 0
        assert smoothed.covariance.shape == (0, 6, 6)
        assert smoothed.p_modes.shape == (0, motion.MODES)
        assert smoothed.last_seen_s.shape == (0, 1)
        assert smoothed.sensors == ("radar-1",)


def test_a_sensor_that_the_site_does_not_have_is_refused() -> None:
    with pytest.raises(BadScan):
        smooth(site(radar()), [look(radar("radar-9"), 0.0, [straight(0.0)])])


@pytest.mark.kernels
def test_looks_that_make_no_sense_can_be_passed_over() -> None:
    rng, looks = np.random.default_rng(4), [look(radar(), k, [straight(k)]) for k in range(8)]
    wrong = [
        look(radar("radar-9"), 3.0, [straight(3.0)]),
        look(radar(), 3.5, [straight(3.5)], range_m=np.array([-1.0])),
    ]
    refused: list[tuple[Scan, str]] = []
    mixed = [[*looks, *wrong][k] for k in rng.permutation(10)]
    smoothed = smooth(site(radar()), mixed, None, lambda scan, bad: refused.append((scan, bad.key)))
    assert sorted(key for _, key in refused) == ["range_m", "sensor"]
    assert bytes_of(smoothed) == bytes_of(smooth(site(radar()), looks))  # type: ignore[arg-type]
    with pytest.raises(BadScan):
        smooth(site(radar()), mixed)


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**31))
def test_looks_in_any_order_and_twice_give_the_same_bytes(seed: int) -> None:
    rng, looks = np.random.default_rng(seed), list(flight())
    mixed = [looks[k] for k in rng.permutation(len(looks))] + [looks[k] for k in rng.integers(0, len(looks), 5)]
    assert bytes_of(smooth(FIELD, mixed)) == bytes_of(smooth(FIELD, looks))  # type: ignore[arg-type]


def test_numbers_are_the_tracker_s_and_rows_stand_by_time_and_number() -> None:
    tracker, shown = Tracker(FIELD), {}
    for scan in flight():
        tracks = tracker.observe(scan)
        for i in np.flatnonzero(tracks.status != Status.TENTATIVE).tolist():
            shown[tracks.observed_s, int(tracks.id[i])] = tracks.position_enu_m[i]
    smoothed = smooth(FIELD, flight())
    keys = list(zip(smoothed.observed_s.tolist(), smoothed.id.tolist(), strict=True))
    assert keys == sorted(set(keys))
    assert {number for _, number in keys} == {number for _, number in shown}
    off_m = [
        np.linalg.norm(shown[key] - place)
        for key, place in zip(keys, smoothed.position_enu_m, strict=True)
        if key in shown
    ]
    assert np.median(off_m) < 40.0
    for name in smoothed.__struct_fields__:
        value = getattr(smoothed, name)
        if isinstance(value, np.ndarray):
            assert not value.flags.writeable, name
            assert len(value) == len(smoothed), name


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**31))
def test_covariances_are_positive_and_probabilities_are_probabilities(seed: int) -> None:
    rng, looks = np.random.default_rng(seed), []
    for k in range(12):
        points = rng.uniform(-3000.0, 3000.0, (4, 3)) * [1.0, 1.0, 0.2] + [0.0, 0.0, 650.0]
        points = np.vstack([points, straight(k)])
        looks.append(look(FIELD.sensors[int(rng.integers(0, 4))], k + float(rng.integers(0, 3)), points, rng))
    smoothed = smooth(FIELD, looks)
    assert np.array_equal(smoothed.covariance, smoothed.covariance.transpose(0, 2, 1))
    assert np.all(np.linalg.eigvalsh(smoothed.covariance) > 0.0)
    for p in (smoothed.p_exists, smoothed.p_classes, smoothed.p_modes[smoothed.range_known]):
        assert np.all((p >= 0.0) & (p <= 1.0 + 1e-9))
    assert np.isfinite(smoothed.position_enu_m).all()


def test_a_long_life_in_pieces_is_the_same_to_the_millimetre() -> None:
    rng = np.random.default_rng(9)

    def circling(at_s: float) -> Floats:
        return np.array(
            [1500.0 * np.cos(0.01 * at_s), 1500.0 * np.sin(0.01 * at_s), 200.0 + 50.0 * np.sin(0.02 * at_s)]
        )

    looks = flown(radar(), circling, 3 * WINDOW + 40, rng)
    found = []
    for window in (10 * WINDOW, WINDOW):
        tracker, history = Tracker(site(radar())), History(site(radar()), window)
        for scan in looks:
            tracks = tracker.observe(scan)
            history.record(tracks, tracker.state)
        found.append(assembled(history.finished(), ("radar-1",)))
    assert found[0].observed_s.tobytes() == found[1].observed_s.tobytes()
    assert np.abs(found[0].position_enu_m - found[1].position_enu_m).max() < 1e-3
    assert bytes_of(found[1]) == bytes_of(smooth(site(radar()), looks))  # type: ignore[arg-type]


def test_tracks_that_were_shown_under_other_numbers_are_found_again() -> None:
    smoothed, shown = smooth(FIELD, flight()), []
    tracker = Tracker(FIELD)
    for scan in flight():
        tracks = tracker.observe(scan)
        shown += [
            (tracks.observed_s, 100 - int(tracks.id[i]), tracks.position_enu_m[i])
            for i in np.flatnonzero(tracks.status != Status.TENTATIVE).tolist()
        ]
    numbers = np.unique(smoothed.id).tolist()
    times_s, given, places = (np.array(column) for column in zip(*shown[::-1], strict=True))
    same = same_tracks(smoothed, times_s, given, places)
    assert same == {one: 100 - one for one in numbers}
    named = renumbered(smoothed, same, 1000)
    keys = list(zip(named.observed_s.tolist(), named.id.tolist(), strict=True))
    assert keys == sorted(keys)
    for one in numbers:
        assert named.covariance[named.id == 100 - one].tobytes() == smoothed.covariance[smoothed.id == one].tobytes()
    unseen = given != 100 - numbers[0]
    same = same_tracks(smoothed, times_s[unseen], given[unseen], places[unseen])
    assert numbers[0] not in same
    assert 1000 in renumbered(smoothed, same, 1000).id
    nothing = same_tracks(smoothed, np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros((0, 3)))
    assert nothing == {}
