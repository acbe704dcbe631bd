from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scoring.scenes import distances_m
from vedette.scoring import SetDistance, set_distance

C_M = 20.0
POINT = st.tuples(*[st.floats(0.0, 50.0)] * 3)
POINTS = st.lists(POINT, max_size=4)
ORDER = st.sampled_from([1.0, 1.5, 2.0, 3.0])


def between(one: list[tuple[float, ...]], other: list[tuple[float, ...]], p: float = 2.0) -> SetDistance:
    return set_distance(distances_m(one, other), C_M, p)


def test_closed_forms() -> None:
    near = between([(0, 0, 0)], [(3, 4, 0)])
    assert (near.gospa_m, near.localisation_m, near.ospa_m, near.missed, near.false) == (5.0, 5.0, 5.0, 0, 0)
    missed = between([(0, 0, 0), (40, 0, 0)], [(3, 4, 0)])
    assert missed.gospa_m == pytest.approx(math.sqrt(5.0**2 + C_M**2 / 2))
    assert missed.ospa_m == pytest.approx(math.sqrt((5.0**2 + C_M**2) / 2))
    assert (missed.missed, missed.false) == (1, 0)
    apart = between([(0, 0, 0)], [(C_M, 0, 0)])
    assert (apart.gospa_m, apart.localisation_m, apart.missed, apart.false) == (C_M, 0.0, 1, 1)
    nothing = between([], [])
    assert (nothing.gospa_m, nothing.ospa_m) == (0.0, 0.0)
    false = between([], [(0, 0, 0)] * 3, p=1.0)
    assert (false.gospa_m, false.false, false.ospa_m) == (30.0, 3, C_M)


@settings(deadline=None)
@given(POINTS, POINTS, ORDER)
def test_the_parts_make_the_whole(one: list[tuple[float, ...]], other: list[tuple[float, ...]], p: float) -> None:
    found = between(one, other, p)
    parts = found.localisation_m**p + C_M**p / 2.0 * (found.missed + found.false)
    assert found.gospa_m**p == pytest.approx(parts, rel=1e-9, abs=1e-9)
    assert len(one) - found.missed == len(other) - found.false == len(found.truth_paired)
    assert 0.0 <= found.ospa_m <= C_M * (1 + 1e-12)


@settings(deadline=None)
@given(POINTS, POINTS, ORDER)
def test_symmetry(one: list[tuple[float, ...]], other: list[tuple[float, ...]], p: float) -> None:
    there, back = between(one, other, p), between(other, one, p)
    assert there.gospa_m == pytest.approx(back.gospa_m, rel=1e-9, abs=1e-9)
    assert there.ospa_m == pytest.approx(back.ospa_m, rel=1e-9, abs=1e-9)
    assert (there.missed + there.false) == (back.missed + back.false)


@settings(deadline=None)
@given(POINTS, ORDER)
def test_identity(points: list[tuple[float, ...]], p: float) -> None:
    same = between(points, points[::-1], p)
    assert (same.gospa_m, same.ospa_m, same.missed, same.false) == (0.0, 0.0, 0, 0)
    more = between(points, [*points, (100.0, 100.0, 100.0)], p)
    assert more.gospa_m > 0.0
    assert more.ospa_m > 0.0


@settings(deadline=None)
@given(POINTS, POINTS, POINTS, ORDER)
def test_triangle(
    one: list[tuple[float, ...]], two: list[tuple[float, ...]], three: list[tuple[float, ...]], p: float
) -> None:
    direct, first, second = between(one, three, p), between(one, two, p), between(two, three, p)
    assert direct.gospa_m <= first.gospa_m + second.gospa_m + 1e-9
    assert direct.ospa_m <= first.ospa_m + second.ospa_m + 1e-9


def test_a_greater_order_does_not_overflow() -> None:
    found = set_distance(np.array([[50.0, 2e6], [3e6, 99.0]]), 100.0, 100.0)
    assert found.missed == 0
    assert math.isfinite(found.gospa_m)
