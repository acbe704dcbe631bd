"""Order, lateness, repetition and restart: what must not change what the tracker says."""

from __future__ import annotations

import functools
import itertools
import subprocess
import sys
from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tracking.field import START_S, look, noise_points, radar, report, reporter, sensor, site
from vedette.model import Scan, Tracks
from vedette.tracking import BadSnapshot, Tracker

FIELD = site(
    radar("radar-1", clutter_per_scan=4.0),
    radar("radar-2", 1500.0, -500.0, sigma_elevation_deg=None, clutter_per_scan=2.0),
    sensor("rf-1", "rf", -800.0, 300.0, sigma_azimuth_deg=2.0, clutter_per_scan=0.2),
    sensor("rf-2", "rf", 900.0, 300.0, sigma_azimuth_deg=2.0, clutter_per_scan=0.2),
    reporter("adsb-1", "adsb"),
)
FAST = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@functools.cache
def flight(scans: int = 12, seed: int = 1) -> tuple[Scan, ...]:
    """Two drones and an airliner before five sensors; several looks at equal times."""
    rng, looks = np.random.default_rng(seed), []
    for k in range(scans):
        drones = np.array([[2000.0 - 25 * k, 700.0, 140.0], [-1800.0 + 20 * k, 900.0 - 5 * k, 90.0]])
        airliner = np.array([-5000.0 + 70 * k, -2500.0, 800.0])
        for number in (0, 1):
            points = np.vstack([drones, airliner, noise_points(rng, 3)])
            looks.append(look(FIELD.sensors[number], k, points, rng))
        for number in (2, 3):
            looks.append(look(FIELD.sensors[number], k, drones[:1], rng))
        looks.append(report(FIELD.sensors[4], k, airliner, "icao:4CA123", rng))
        looks.append(report(FIELD.sensors[4], k + 0.4, airliner + np.array([28.0, 0.0, 0.0]), "icao:4CA123", rng))
    return tuple(looks)


def bytes_of(tracks: Tracks) -> tuple[object, ...]:
    values = (getattr(tracks, name) for name in tracks.__struct_fields__)
    return tuple(value.tobytes() if isinstance(value, np.ndarray) else value for value in values)


def run(looks: Sequence[Scan], tracker: Tracker | None = None) -> list[tuple[object, ...]]:
    """The tracks after the last look of each time reached."""
    tracker = tracker or Tracker(FIELD)
    seen = {tracks.observed_s: bytes_of(tracks) for tracks in map(tracker.observe, looks)}
    return list(seen.values())


def shuffled_rows(scan: Scan, rng: np.random.Generator) -> Scan:
    order = rng.permutation(len(scan))
    changed = {
        name: value[order] for name in scan.__struct_fields__ if isinstance(value := getattr(scan, name), np.ndarray)
    }
    return msgspec.structs.replace(scan, **changed)


def test_the_same_looks_give_the_same_bytes() -> None:
    assert run(flight()) == run(flight())


@FAST
@given(st.integers(0, 2**31))
def test_rows_of_a_look_in_any_order_change_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert run([shuffled_rows(scan, rng) for scan in flight()]) == run(flight())


@FAST
@given(st.integers(0, 2**31))
def test_looks_of_equal_time_in_any_order_change_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mixed: list[Scan] = []
    for _, same in itertools.groupby(flight(), key=lambda scan: scan.observed_s):
        group = list(same)
        mixed += [group[k] for k in rng.permutation(len(group))]
    assert run(mixed) == run(flight())


def test_a_restored_tracker_goes_on_exactly() -> None:
    looks = flight()
    for cut in range(5, len(looks), 11):
        first = Tracker(FIELD)
        run(looks[:cut], first)
        second = Tracker(FIELD)
        second.restore(first.snapshot())
        assert second.snapshot() == first.snapshot()
        assert run(looks[cut - 3 :], second) == run(looks[cut - 3 :], first)
        assert second.counts == first.counts
        assert second.snapshot() == first.snapshot()


@pytest.mark.kernels
@pytest.mark.parametrize(
    "snapshot", [b"", b"nonsense", msgspec.msgpack.encode({"magic": "other"}), b"\x80" * 50, b"\x81\xa1\xff\x01"]
)
def test_what_is_no_snapshot_is_refused(snapshot: bytes) -> None:
    with pytest.raises(BadSnapshot):
        Tracker(FIELD).restore(snapshot)


@pytest.mark.kernels
def test_a_snapshot_of_another_place_another_version_or_damaged_is_refused() -> None:
    tracker = Tracker(FIELD)
    run(flight()[:20], tracker)
    snapshot = tracker.snapshot()
    with pytest.raises(BadSnapshot, match="reference point"):
        Tracker(msgspec.structs.replace(FIELD, latitude_deg=10.0)).restore(snapshot)
    outer = msgspec.msgpack.decode(snapshot)
    with pytest.raises(BadSnapshot, match="version"):
        Tracker(FIELD).restore(msgspec.msgpack.encode(outer | {"version": outer["version"] + 1}))
    before = tracker.snapshot()
    value, arc = outer["body"]["steps"][-1]["look"]["rows"][1], outer["body"]["steps"][-1]["look"]["arc_rad"]
    state = outer["body"]["state"]
    for holder, key, wrong in ((state, "mean", state["mean"][:-8]), (value, 0, "<f4"), (arc, 1, [1, 2])):
        held, holder[key] = holder[key], wrong
        with pytest.raises(BadSnapshot, match="damaged"):
            tracker.restore(msgspec.msgpack.encode(outer))
        holder[key] = held
    assert tracker.snapshot() == before
    tracker.restore(msgspec.msgpack.encode(outer))


@pytest.mark.kernels
def test_a_late_look_is_worked_in_as_if_it_had_come_in_time() -> None:
    looks = [scan for scan in flight() if scan.sensor == "radar-1"]
    late = [*looks[:8], looks[9], looks[10], looks[8], looks[11]]
    one, other = Tracker(FIELD), Tracker(FIELD)
    for scan in looks:
        expected = one.observe(scan)
    for scan in late:
        given_back = other.observe(scan)
    assert other.counts["late_taken"] == 1
    assert given_back.position_enu_m[given_back.status > 0].tobytes() == (
        expected.position_enu_m[expected.status > 0].tobytes()
    )
    assert given_back.id[given_back.status > 0].tolist() == expected.id[expected.status > 0].tolist()


@pytest.mark.kernels
def test_repeated_and_too_late_looks_and_stale_advances_are_counted_and_change_nothing() -> None:
    looks = flight()
    tracker = Tracker(FIELD)
    run(looks, tracker)
    before = bytes_of(tracker.tracks())
    assert bytes_of(tracker.observe(looks[-3])) == before
    assert bytes_of(tracker.observe(looks[0])) == before
    assert bytes_of(tracker.advance(START_S)) == before
    counts = tracker.counts
    assert (counts["repeated"], counts["late"], counts["stale_advance"]) == (1, 1, 1)


def test_an_advance_between_looks_changes_no_later_track() -> None:
    plain, waited = Tracker(FIELD), Tracker(FIELD)
    for scan in flight():
        expected = plain.observe(scan)
        tracks = waited.observe(scan)
        waited.advance(scan.observed_s + 0.2)
    assert tracks.position_enu_m.tobytes() == expected.position_enu_m.tobytes()
    assert waited.counts["looks"] == len(flight())


@FAST
@given(st.integers(0, 2**31))
def test_covariances_stay_positive_and_probabilities_stay_probabilities(seed: int) -> None:
    rng, tracker, last = np.random.default_rng(seed), Tracker(FIELD), 0
    for k in range(10):
        points = rng.uniform(-3000.0, 3000.0, (6, 3)) * [1.0, 1.0, 0.2] + [0.0, 0.0, 650.0]
        which = FIELD.sensors[int(rng.integers(0, 4))]
        tracks = tracker.observe(look(which, k + float(rng.integers(0, 3)), points, rng))
        if not len(tracks):
            continue
        assert np.array_equal(tracks.covariance, tracks.covariance.transpose(0, 2, 1))
        assert np.linalg.eigvalsh(tracks.covariance).min() > 0.0
        for p in (tracks.p_exists, tracks.p_classes):
            assert np.all((p >= 0.0) & (p <= 1.0))
        assert np.all(np.diff(tracks.id) > 0)
        assert not tracks.id.flags.writeable
        last = max(last, int(tracks.id[-1]))
    assert last > 0


def test_the_kernels_say_the_same_without_the_compiler() -> None:
    program = """
import numpy as np
from tests.tracking.test_same_bytes import FIELD, flight
from vedette.tracking import Tracker
tracker = Tracker(FIELD)
for scan in flight()[:24]:
    tracks = tracker.observe(scan)
print(repr([tracks.id.tolist(), np.round(tracks.position_enu_m, 4).tolist(), np.round(tracks.p_exists, 6).tolist()]))
"""
    said = []
    for plain in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", program], env=_environment(NUMBA_DISABLE_JIT=plain), capture_output=True, check=True
        )
        said.append(done.stdout)
    assert said[0] == said[1]


def _environment(**more: str) -> dict[str, str]:
    import os

    return dict(os.environ) | {"PYTHONPATH": os.pathsep.join(sys.path)} | more
