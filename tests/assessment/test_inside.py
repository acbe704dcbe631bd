"""The mass of a Gaussian inside an outline, against exact values and a fine grid."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.assessment.impact import place_of
from vedette.assessment.inside import mass_inside

SQUARE = shapely.box(-500.0, -500.0, 500.0, 500.0)
HOLED = SQUARE.difference(shapely.box(-100.0, -100.0, 100.0, 100.0))
TWO = shapely.MultiPolygon([shapely.box(-500, -500, -100, 500), shapely.box(100, -500, 500, 500)])


def _normal(x: float) -> float:
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def _box_mass(mean: tuple[float, float], sigma: tuple[float, float], low: float, high: float) -> float:
    return math.prod(_normal((high - m) / s) - _normal((low - m) / s) for m, s in zip(mean, sigma, strict=True))


@settings(max_examples=200, deadline=None)
@given(
    east=st.floats(-800.0, 800.0),
    north=st.floats(-800.0, 800.0),
    sigma_east=st.floats(1.0, 400.0),
    sigma_north=st.floats(1.0, 400.0),
)
def test_a_square_is_a_product_of_normals(east: float, north: float, sigma_east: float, sigma_north: float) -> None:
    p = mass_inside(SQUARE, np.array([east, north]), np.diag([sigma_east**2, sigma_north**2]))
    assert 0.0 <= p <= 1.0
    assert p == pytest.approx(_box_mass((east, north), (sigma_east, sigma_north), -500.0, 500.0), abs=2e-3)


@settings(max_examples=25, deadline=None)
@given(angle=st.floats(0.0, math.pi), ratio=st.floats(0.05, 1.0), shift=st.floats(-300.0, 300.0))
def test_holes_parts_and_slant_against_a_grid(angle: float, ratio: float, shift: float) -> None:
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    covariance = turn @ np.diag([200.0**2, (200.0 * ratio) ** 2]) @ turn.T
    mean = np.array([shift, -shift / 2.0])
    steps = (np.arange(640) + 0.5) / 640.0 * 12.0 - 6.0
    grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    weights = np.exp(-np.sum(grid**2, axis=1) / 2.0)
    places = mean + grid @ np.linalg.cholesky(covariance).T
    for shape in (HOLED, TWO):
        held = shapely.contains_xy(shape, places[:, 0], places[:, 1])
        expected = float(weights[held].sum() / weights.sum())
        assert mass_inside(shape, mean, covariance) == pytest.approx(expected, abs=0.01)


def test_on_the_line_it_is_even() -> None:
    assert mass_inside(SQUARE, np.array([500.0, 0.0]), np.diag([9.0, 9.0])) == pytest.approx(0.5, abs=1e-6)
    assert mass_inside(SQUARE, np.array([500.0, 500.0]), np.diag([9.0, 9.0])) == pytest.approx(0.25, abs=1e-6)


def test_known_to_the_metre_it_is_in_or_out() -> None:
    nothing = np.zeros((2, 2))
    assert mass_inside(SQUARE, np.array([490.0, 0.0]), nothing) == pytest.approx(1.0)
    assert mass_inside(SQUARE, np.array([510.0, 0.0]), nothing) == pytest.approx(0.0)


@pytest.mark.parametrize(("p", "place"), [(None, "unsure"), (0.05, "outside"), (0.5, "unsure"), (0.95, "inside")])
def test_the_word_for_it(p: float | None, place: str) -> None:
    assert place_of(p) == place
