"""CONTRACT's matching rules: which row of a track stands for it at a truth time, and how far it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.geo import LocalFrame
from vedette.model import Status
from vedette.scoring import Moment, moments_of, score
from vedette.tables import TrackRow, TruthRow

T0 = 1_767_225_600.0
FRAME = LocalFrame(36.0, 44.0, 0.0)


def place(east: float, north: float, up: float | None) -> dict[str, Any]:
    latitude, longitude, altitude = FRAME.to_geodetic([east, north, up or 0.0])
    return {
        "latitude_deg": float(latitude),
        "longitude_deg": float(longitude),
        "altitude_ellipsoid_m": None if up is None else float(altitude),
    }


def real(after_s: float, east: float = 0.0, north: float = 0.0, up: float | None = 100.0, name: str = "a") -> TruthRow:
    return TruthRow(
        time_s=T0 + after_s,
        truth=name,
        **place(east, north, up),
        velocity_east_mps=10.0,
        velocity_north_mps=0.0,
        velocity_up_mps=0.0,
    )


def ours(
    after_s: float,
    east: float = 0.0,
    north: float = 0.0,
    up: float | None = 100.0,
    track: str = "T",
    status: Status = Status.CONFIRMED,
    velocity: tuple[float | None, float | None, float | None] = (10.0, 0.0, 0.0),
) -> TrackRow:
    return TrackRow(
        time_s=T0 + after_s,
        track=track,
        status=status,
        **place(east, north, up),
        velocity_east_mps=velocity[0],
        velocity_north_mps=velocity[1],
        velocity_up_mps=velocity[2],
    )


def one(tracks: list[TrackRow], truth: list[TruthRow]) -> Moment:
    (moment,) = moments_of(tracks, truth)
    return moment


def test_the_row_of_that_time_goes_before_a_nearer_one() -> None:
    moment = one([ours(-1.0, -10.0), ours(0.0, 40.0)], [real(0.0, 0.0)])
    assert moment.distance_m == pytest.approx(np.array([[40.0]]), abs=0.01)


@pytest.mark.parametrize(("after_s", "counts"), [(0.001, True), (-0.001, True), (0.0015, False), (0.5, False)])
def test_a_row_within_a_millisecond_is_of_that_time(after_s: float, counts: bool) -> None:
    moment = one([ours(after_s, 30.0, velocity=(None, None, None))], [real(0.0)])
    assert (len(moment.tracks) == 1) is counts


@pytest.mark.parametrize(("before_s", "counts"), [(0.5, True), (2.0, True), (2.01, False)])
def test_the_last_row_is_carried_by_its_velocity_for_two_seconds(before_s: float, counts: bool) -> None:
    moment = one([ours(-before_s, -10.0 * before_s)], [real(0.0)])
    assert (len(moment.tracks) == 1) is counts
    if counts:
        assert moment.distance_m[0, 0] == pytest.approx(0.0, abs=0.01)


def test_it_is_carried_upwards_too() -> None:
    moment = one([ours(-2.0, 0.0, 0.0, 90.0, velocity=(0.0, 0.0, 5.0))], [real(0.0)])
    assert moment.distance_m[0, 0] == pytest.approx(0.0, abs=0.01)
    level = one([ours(-2.0, 0.0, 0.0, 90.0, velocity=(0.0, 0.0, None))], [real(0.0)])
    assert level.distance_m[0, 0] == pytest.approx(10.0, abs=0.01)


def test_of_several_rows_the_last_before_counts() -> None:
    moment = one([ours(-1.9, 500.0), ours(-0.5, 0.0), ours(0.5, 700.0)], [real(0.0, 5.0)])
    assert moment.distance_m[0, 0] == pytest.approx(0.0, abs=0.01)


def test_a_row_without_velocity_is_not_carried() -> None:
    assert one([ours(-1.0, velocity=(None, None, None))], [real(0.0)]).tracks == ()


def test_only_confirmed_and_coasting_rows_with_a_position_count() -> None:
    bearing = TrackRow(
        time_s=T0, track="B", status=Status.CONFIRMED, latitude_deg=None, longitude_deg=None, identity="icao:ABC123"
    )
    rows = [ours(0.0, track=status.name, status=status) for status in Status]
    assert one([*rows, bearing], [real(0.0)]).tracks == ("CONFIRMED", "COASTING")
    carried = [ours(-1.0, -10.0), ours(0.0, 300.0, status=Status.TENTATIVE)]
    assert one(carried, [real(0.0)]).distance_m[0, 0] == pytest.approx(0.0, abs=0.01)


def test_distances_are_3d_where_both_altitudes_are_known_else_horizontal() -> None:
    truth = [real(0.0, 0.0, 0.0, 100.0)]
    assert one([ours(0.0, 3.0, 0.0, 104.0)], truth).distance_m[0, 0] == pytest.approx(5.0, abs=1e-3)
    assert one([ours(0.0, 3.0, 0.0, None)], truth).distance_m[0, 0] == pytest.approx(3.0, abs=1e-3)
    flat = one([ours(0.0, 3.0, 0.0, 104.0)], [real(0.0, 0.0, 0.0, None)])
    assert flat.distance_m[0, 0] == pytest.approx(3.0, abs=1e-3)


def test_horizontal_holds_high_up_and_far_out() -> None:
    """A truth at 3 km altitude, 20 km from the first row, where the tangent plane is 31 m off the level."""
    far = TruthRow(time_s=T0, truth="b", latitude_deg=36.18, longitude_deg=44.0, altitude_ellipsoid_m=3000.0)
    track = TrackRow(
        time_s=T0,
        track="T",
        status=Status.COASTING,
        latitude_deg=36.1805,
        longitude_deg=44.0,
        altitude_ellipsoid_m=None,
    )
    moment = one([track], [real(0.0), far])
    assert moment.distance_m[1, 0] == pytest.approx(55.48, abs=0.05)


def test_velocity_errors_are_horizontal_where_a_climb_rate_is_missing() -> None:
    assert one([ours(0.0, velocity=(13.0, 4.0, 9.0))], [real(0.0)]).velocity_error_mps[0, 0] == pytest.approx(106**0.5)
    assert one([ours(0.0, velocity=(13.0, 4.0, None))], [real(0.0)]).velocity_error_mps[0, 0] == pytest.approx(5.0)
    assert np.isnan(one([ours(0.0, velocity=(None, None, None))], [real(0.0)]).velocity_error_mps[0, 0])


def test_truth_rows_a_millisecond_apart_are_one_time() -> None:
    times = list(moments_of([], [real(0.0), real(0.001, name="b"), real(1.0), real(1.5, name="b")]))
    assert [moment.truths for moment in times] == [("a", "b"), ("a",), ("b",)]


@settings(deadline=None)
@given(st.permutations(range(6)), st.permutations(range(6)))
def test_the_order_of_the_rows_does_not_matter(rows: list[int], times: list[int]) -> None:
    tracks = [ours(second, 10.0 * second + 7.0, track=f"T-{second % 2}") for second in range(6)]
    truth = [real(second, 10.0 * second) for second in range(6)]
    plain, _ = score(tracks, truth)
    mixed, _ = score([tracks[index] for index in rows], [truth[index] for index in times])
    assert mixed.gospa_m == pytest.approx(plain.gospa_m, abs=1e-6)
    assert (mixed.id_switches, mixed.missed, mixed.false) == (plain.id_switches, plain.missed, plain.false)


def test_no_truth_no_moments() -> None:
    assert list(moments_of([ours(0.0)], [])) == []
