"""Sensor models against geometry: what is measured, where it lies, what can be seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracking.field import FRAME, START_S, look, radar, report, reporter, sensor
from vedette.errors import BadScan
from vedette.geo import Floats
from vedette.model import Scan
from vedette.sensing.measurement import measure
from vedette.sensing.projection import CARTESIAN, POLAR, Detections, expect, innovate, innovation_room, project
from vedette.sensing.view import View, p_in_view, sector

pytestmark = pytest.mark.kernels

POINT = st.tuples(st.floats(-5000.0, 5000.0), st.floats(-5000.0, 5000.0), st.floats(10.0, 3000.0))


def one_detection(kind: int, view: View, offset_s: float, value: Floats, variance: Floats) -> Detections:
    """One detection about a sensor, with nothing derived from it."""
    nothing = np.full((1, 3), np.nan), np.full((1, 3, 3), np.nan), np.full(1, np.nan), np.full((1, 5), np.nan)
    return Detections(
        np.array([kind]), value[None], variance[None], np.array([offset_s]), view.origin_m[None], view.axes[None],
        np.array([0]), np.ones(1), *nothing[:2], np.array([0]), *nothing[2:],
    )  # fmt: skip


def projected(detection: Detections, state: Floats) -> tuple[Floats, Floats]:
    room = innovation_room(1, 1)
    project(detection, 0, state[None, None], 0, 0, room)
    return room.expected[0, 0], room.jacobian


@settings(deadline=None)
@given(POINT, st.floats(-40.0, 40.0), st.floats(-2.0, 0.0), st.sampled_from([POLAR, CARTESIAN]))
def test_the_jacobian_is_the_derivative(
    point: tuple[float, float, float], speed: float, offset_s: float, kind: int
) -> None:
    view = View(radar(east_m=7000.0, north_m=8000.0), FRAME)
    detection = one_detection(kind, view, offset_s, np.zeros(4), np.ones(4))
    state = np.array([*point, speed, 3.0, -1.0])
    columns = [
        (projected(detection, state + step)[0] - projected(detection, state - step)[0]) / 2e-3
        for step in np.eye(6) * 1e-3
    ]
    assert np.allclose(projected(detection, state)[1], np.array(columns).T, rtol=1e-4, atol=1e-6)


def test_the_innovation_is_the_textbook_s() -> None:
    rng, view = np.random.default_rng(1), View(radar(east_m=400.0), FRAME)
    mean, half = np.array([1500.0, -900.0, 200.0, 10.0, -4.0, 1.0]), rng.normal(size=(6, 6)) * 5.0
    covariance = half @ half.T + np.eye(6)
    detection = one_detection(POLAR, view, -0.3, np.zeros(4), np.array([100.0, 3e-4, 0.0, 1.0]))
    room = innovation_room(1, 1)
    over_root_det = expect(detection, 0, mean[None, None], covariance[None, None], 0, 0, room)
    seen = [0, 1, 3]
    jacobian = room.jacobian[seen]
    whole = jacobian @ covariance @ jacobian.T + np.diag(detection.variance[0, seen])
    assert over_root_det == pytest.approx(np.linalg.det(whole) ** -0.5, rel=1e-9)
    detection.value[0] = room.expected[0, 0] + np.array([12.0, 0.02 + 2.0 * np.pi, 5.0, -0.7])
    square = innovate(detection, 0, 0, 0, room, np.empty((1, 1, 4)), 0)
    off = np.array([12.0, 0.02, -0.7])
    assert square == pytest.approx(off @ np.linalg.solve(whole, off), rel=1e-9)


@settings(deadline=None)
@given(POINT)
def test_a_radar_detection_lies_where_the_target_is(point: tuple[float, float, float]) -> None:
    one = radar(east_m=1234.0, north_m=-2345.0)
    measured = measure(look(one, 0.0, [point]), 0, View(one, FRAME), FRAME)
    assert np.allclose(measured.rows.where[0], point, atol=1e-6)
    assert np.linalg.eigvalsh(measured.rows.spread[0]).min() > 0.0


def test_a_position_report_lies_where_it_says_with_its_own_up() -> None:
    ads_b = reporter("adsb-1", "adsb", sigma_m=10.0, sigma_altitude_m=100.0)
    point = np.array([30_000.0, 20_000.0, 8000.0])
    measured = measure(report(ads_b, 0.0, point, "icao:4CA123"), 0, View(ads_b, FRAME), FRAME)
    assert np.allclose(measured.rows.where[0], point, atol=1e-3)
    tilt = measured.rows.axes[0, 2] @ [0.0, 0.0, 1.0]
    assert tilt == pytest.approx(np.cos(np.hypot(30_000.0, 20_000.0) / 6.38e6), abs=1e-6)
    assert measured.identity == ("icao:4CA123",)
    assert not measured.covers


def test_what_has_no_sigma_is_not_measured() -> None:
    flat = radar(sigma_elevation_deg=None)
    scan = look(radar(), 0.0, [[1000.0, 0.0, 100.0]])
    measured = measure(scan, 0, View(flat, FRAME), FRAME)
    assert (measured.rows.variance[0] > 0.0).tolist() == [True, True, False, False]
    own = measure(look(radar(), 0.0, [[1000.0, 0.0, 100.0]], sigma_elevation_rad=np.array([0.01])), 0,
                  View(flat, FRAME), FRAME)  # fmt: skip
    assert own.rows.variance[0, 2] == pytest.approx(1e-4)
    nothing = measure(scan, 0, View(sensor("radar-1"), FRAME), FRAME)
    assert len(nothing) == 0


def test_a_sensor_without_a_place_cannot_measure_directions() -> None:
    ads_b = reporter("adsb-1", "adsb")
    scan = look(radar(), 0.0, [[1000.0, 0.0, 100.0]], sigma_range_m=np.array([5.0]))
    with pytest.raises(BadScan, match="no position"):
        measure(scan, 0, View(ads_b, FRAME), FRAME)


@pytest.mark.parametrize(
    ("point", "arc", "seen"),
    [
        ((0.0, 2000.0, 100.0), (-30.0, 30.0), True),
        ((2000.0, 0.0, 100.0), (-30.0, 30.0), False),
        ((0.0, 2000.0, 100.0), (0.0, 360.0), True),
        ((0.0, 9500.0, 100.0), (0.0, 360.0), False),
        ((0.0, 500.0, 3000.0), (0.0, 360.0), False),
        ((-2000.0, -10.0, 100.0), (200.0, 300.0), True),
    ],
)
def test_only_what_stands_in_view_can_be_seen(
    point: tuple[float, float, float], arc: tuple[float, float], seen: bool
) -> None:
    view = View(radar(), FRAME)
    mean = np.zeros((1, 1, 6))
    mean[0, 0, :3] = point
    covariance = np.eye(6)[None, None] * 25.0
    looked_at = np.array(sector(*np.radians(arc)))
    p_seen = p_in_view(mean, covariance, np.ones((1, 1)), 0, True, view.place, view.bounds, looked_at)
    assert p_seen == pytest.approx(0.9 * float(seen), abs=1e-3)


def test_far_out_less_is_seen_and_an_unknown_height_is_not_asked() -> None:
    view = View(radar(range_m=(0.0, 8000.0), elevation_deg=(0.0, 10.0), p_detect_far=0.1), FRAME)
    covariance, looked_at = np.eye(6)[None, None] * 25.0, np.array([0.0, 2.0 * np.pi])

    def seen(north_m: float, up_m: float, known_up: bool = True) -> float:
        mean = np.zeros((1, 1, 6))
        mean[0, 0, 1:3] = north_m, up_m
        return p_in_view(mean, covariance, np.ones((1, 1)), 0, known_up, view.place, view.bounds, looked_at)

    assert seen(4000.0, 100.0) == pytest.approx(0.9 - 0.8 / 16.0, abs=1e-3)
    assert seen(7900.0, 100.0) == pytest.approx(0.9 - 0.8 * (7900.0 / 8000.0) ** 4, abs=1e-3)
    assert seen(4000.0, 2000.0) == pytest.approx(0.0, abs=1e-3)
    assert seen(4000.0, 2000.0, known_up=False) > 0.8


def test_what_covers_is_said_or_follows_from_the_kind() -> None:
    scanning, receiving = View(radar(), FRAME), View(reporter("adsb-1", "adsb"), FRAME)
    free = View(radar(period_s=None), FRAME)
    assert scanning.covers(None, None)
    assert not scanning.covers(False, "7")
    assert not receiving.covers(None, "7")
    assert not free.covers(None, None)
    assert free.covers(None, "7")


def test_volume_is_the_product_of_what_was_measured() -> None:
    one = radar(range_m=(100.0, 1100.0), elevation_deg=(0.0, 45.0))
    view, point = View(one, FRAME), [[500.0, 0.0, 100.0]]
    three = measure(look(one, 0.0, point), 0, view, FRAME)
    assert three.rows.volume[0] == pytest.approx(1000.0 * 2.0 * np.pi * np.pi / 4.0)
    ear = radar(range_m=(100.0, 1100.0), sigma_range_m=None, sigma_elevation_deg=None)
    bearing = measure(look(ear, 0.0, point), 0, View(ear, FRAME), FRAME)
    assert bearing.rows.volume[0] == pytest.approx(2.0 * np.pi)
    placed = radar(range_m=(100.0, 1100.0), sigma_position_m=10.0)
    place = measure(report(placed, 0.0, point[0], None), 0, View(placed, FRAME), FRAME)
    assert place.rows.volume[0] == pytest.approx(np.pi * (1100.0**2 - 100.0**2))


def test_an_empty_look_measures_nothing_but_still_looks() -> None:
    measured = measure(Scan(sensor="radar-1", observed_s=START_S), 0, View(radar(), FRAME), FRAME)
    assert len(measured) == 0
    assert measured.covers
