"""One contract for all kinds of sensors: whatever it measures, what the tracker says of it keeps its promises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.tracking.field import START_S, look, report, reporter, sensor, site
from vedette.geo import Floats
from vedette.model import Scan, Status, Tracks
from vedette.site import Sensor
from vedette.tracking import Tracker

pytestmark = pytest.mark.kernels

AZIMUTH, ELEVATION = {"sigma_azimuth_deg": 1.0}, {"sigma_elevation_deg": 1.0}
RANGE, RATE = {"sigma_range_m": 10.0}, {"sigma_range_rate_mps": 0.5}
KINDS: dict[str, Sensor] = {
    "radar, 3-D": sensor("radar-1", "radar", **RANGE, **AZIMUTH, **ELEVATION),
    "radar, 3-D with range rate": sensor("radar-1", "radar", **RANGE, **AZIMUTH, **ELEVATION, **RATE),
    "radar, 2-D": sensor("radar-1", "radar", **RANGE, **AZIMUTH),
    "radar, 2-D with range rate": sensor("radar-1", "radar", **RANGE, **AZIMUTH, **RATE),
    "radar that reports positions": sensor("radar-1", "radar", sigma_position_m=15.0),
    "rf bearing": sensor("rf-1", "rf", **AZIMUTH, range_m=(0.0, 6000.0)),
    "acoustic bearing": sensor("ears-1", "acoustic", **AZIMUTH, range_m=(0.0, 3000.0)),
    "camera": sensor("camera-1", "camera", **AZIMUTH, **ELEVATION, range_m=(0.0, 4000.0)),
    "adsb": reporter("adsb-1", "adsb"),
    "remote_id": reporter("rid-1", "remote_id"),
    "telemetry": reporter("own-1", "telemetry"),
    "external": reporter("other-1", "external"),
}
NAMES = {"adsb": "icao:4CA123", "remote_id": "rid:ABC", "telemetry": "own:scout", "external": None}


def seen_from(one: Sensor, k: int, rng: np.random.Generator) -> Scan:
    """What it measures of one target that passes by, at second k."""
    point = np.array([1500.0 - 18.0 * k, 900.0 + 6.0 * k, 120.0])
    if one.sigma_position_m is not None:
        return report(one, float(k), point, NAMES.get(one.kind), rng, look=f"{k}" if one.kind == "radar" else None)
    more: dict[str, Any] = {}
    if one.sigma_range_rate_mps is not None:
        more["range_rate_mps"] = np.array([point @ [-18.0, 6.0, 0.0] / np.linalg.norm(point)]) + rng.normal(0.0, 0.5, 1)
    return look(one, float(k), [point], rng, **more)


def keeps_its_promises(tracks: Tracks) -> None:
    assert np.all(np.diff(tracks.id) > 0)
    assert np.array_equal(tracks.covariance, tracks.covariance.transpose(0, 2, 1))
    assert np.linalg.eigvalsh(tracks.covariance).min() > 0.0
    for p in (tracks.p_exists, tracks.p_classes):
        assert np.all((p >= 0.0) & (p <= 1.0))
    assert np.allclose(tracks.p_classes.sum(axis=1), 1.0)
    assert np.all(np.isfinite(tracks.position_enu_m))
    assert set(tracks.status.tolist()) <= {int(status) for status in Status}
    for name in ("id", "position_enu_m", "velocity_enu_mps", "covariance", "p_exists", "status", "p_classes"):
        array: Floats = getattr(tracks, name)
        assert not array.flags.writeable


@pytest.mark.parametrize("kind", KINDS)
def test_a_target_is_followed_by_any_one_sensor_alone(kind: str) -> None:
    one, rng = KINDS[kind], np.random.default_rng(3)
    tracker = Tracker(site(one))
    for k in range(30):
        keeps_its_promises(tracks := tracker.observe(seen_from(one, k, rng)))
    (row,) = np.flatnonzero(tracks.status == Status.CONFIRMED)
    truth = np.array([1500.0 - 18.0 * 29, 900.0 + 6.0 * 29])
    measures_range = one.sigma_range_m is not None or one.sigma_position_m is not None
    assert bool(tracks.range_known[row]) == measures_range
    if measures_range:
        assert np.linalg.norm(tracks.position_enu_m[row, :2] - truth) < 60.0
        assert np.linalg.norm(tracks.velocity_enu_mps[row, :2] - [-18.0, 6.0]) < 8.0
    else:
        off = np.arctan2(*tracks.position_enu_m[row, :2]) - np.arctan2(*truth)
        assert abs(off) < np.radians(2.0)
    measures_height = one.sigma_altitude_m is not None or (measures_range and one.sigma_elevation_deg is not None)
    assert bool(tracks.altitude_known[row]) == measures_height


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_longer_seen_coasts_and_ends(kind: str) -> None:
    one, rng = KINDS[kind], np.random.default_rng(4)
    tracker = Tracker(site(one))
    for k in range(20):
        before = tracker.observe(seen_from(one, k, rng))
    late = tracker.advance(START_S + 19.0 + 3.5)
    assert not np.any(late.status == Status.CONFIRMED)
    assert set(late.id.tolist()) <= set(before.id.tolist())
    keeps_its_promises(late)
    assert len(tracker.advance(START_S + 120.0)) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_look_starts_nothing(kind: str) -> None:
    tracks = Tracker(site(KINDS[kind])).observe(Scan(sensor=KINDS[kind].id, observed_s=START_S))
    assert len(tracks) == 0
