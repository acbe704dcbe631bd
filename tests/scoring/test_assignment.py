from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from vedette.scoring import assign, pair_within

COSTS = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=5), elements=st.integers(-3, 3).map(float))
DISTANCES = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=5), elements=st.integers(0, 12).map(float))


def cheapest(cost: np.ndarray) -> float:
    tall = cost if cost.shape[0] <= cost.shape[1] else cost.T
    ways = itertools.permutations(range(tall.shape[1]), tall.shape[0])
    return min(sum(tall[row, column] for row, column in enumerate(way)) for way in ways)


@settings(deadline=None)
@given(COSTS)
def test_no_pairing_is_cheaper(cost: np.ndarray) -> None:
    rows, columns = assign(cost)
    assert len(rows) == min(cost.shape)
    assert list(rows) == sorted(set(rows))
    assert len(set(columns)) == len(columns)
    assert cost[rows, columns].sum() == pytest.approx(cheapest(cost), abs=1e-12)


@settings(deadline=None)
@given(DISTANCES, st.sampled_from([1.0, 2.0]))
def test_no_pairing_within_the_cutoff_saves_more(distance_m: np.ndarray, p: float) -> None:
    rows, columns = pair_within(distance_m, 10.0, p)
    assert np.all(distance_m[rows, columns] < 10.0)
    gain = np.maximum(0.0, 10.0**p - distance_m**p)
    assert gain[rows, columns].sum() == pytest.approx(-cheapest(-gain), abs=1e-9)


@settings(deadline=None)
@given(st.permutations(range(6)), st.permutations(range(6)))
def test_the_order_of_the_sets_does_not_matter(rows: list[int], columns: list[int]) -> None:
    distance_m = np.random.default_rng(3).uniform(0.0, 15.0, (6, 6))
    plain = set(zip(*map(tuple, pair_within(distance_m, 10.0, 2.0)), strict=True))
    mixed = pair_within(distance_m[np.ix_(rows, columns)], 10.0, 2.0)
    assert {(rows[i], columns[j]) for i, j in zip(*mixed, strict=True)} == plain


def test_empty_sets_have_no_pairs() -> None:
    for shape in ((0, 0), (0, 3), (3, 0)):
        assert [len(found) for found in pair_within(np.zeros(shape), 10.0, 2.0)] == [0, 0]


def test_a_crowd_of_two_hundred_takes_well_under_a_second() -> None:
    rng = np.random.default_rng(5)
    truths = rng.uniform(0.0, 100.0, (200, 2))
    tracks = truths + rng.normal(0.0, 20.0, truths.shape)
    distance_m = np.linalg.norm(truths[:, None] - tracks[None], axis=-1)
    began = time.process_time()
    rows, _ = pair_within(distance_m, 100.0, 2.0)
    assert time.process_time() - began < 1.0
    assert len(rows) == 200
