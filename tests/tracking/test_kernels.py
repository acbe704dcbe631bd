"""Kernels against closed forms and brute force."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracking.field import FRAME, radar
from vedette.geo import Floats
from vedette.sensing.compiled import compile_kernels
from vedette.sensing.projection import POLAR, expect
from vedette.sensing.view import View
from vedette.tracking import merge, motion
from vedette.tracking.association import marginals
from vedette.tracking.update import update

pytestmark = pytest.mark.kernels

NAMELESS = np.full((1, 5), -1)


def brute_force(psi: Floats) -> tuple[Floats, Floats]:
    """Marginals by enumeration: p_pair (n, d), p_missed (n,); psi 0: not in the gate."""
    tracks, detections = psi.shape
    p_pair, p_missed, total = np.zeros(psi.shape), np.zeros(tracks), 0.0
    for choice in itertools.product(range(-1, detections), repeat=tracks):
        used = [j for j in choice if j >= 0]
        if len(used) != len(set(used)):
            continue
        weight = float(np.prod([psi[i, j] if j >= 0 else 1.0 for i, j in enumerate(choice)]))
        total += weight
        for i, j in enumerate(choice):
            if j >= 0:
                p_pair[i, j] += weight
            else:
                p_missed[i] += weight
    return p_pair / total, p_missed / total


def by_propagation(psi: Floats) -> tuple[Floats, Floats, Floats]:
    tracks, detections = psi.shape
    rows = [np.flatnonzero(psi[i]) for i in range(tracks)]
    first = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    where = np.concatenate([*rows, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    weights = np.concatenate([psi[i, row] for i, row in enumerate(rows)])
    p, p_missed, p_alone = np.empty(len(weights)), np.empty(tracks), np.empty(detections)
    marginals(tracks, first, where, weights, p, p_missed, p_alone)
    p_pair = np.zeros(psi.shape)
    for i, row in enumerate(rows):
        p_pair[i, row] = p[first[i] : first[i + 1]]
    return p_pair, p_missed, p_alone


def test_belief_propagation_is_exact_on_trees() -> None:
    psi = np.array([[2.0, 5.0, 0.0, 0.0], [0.0, 3.0, 0.7, 0.0], [0.0, 0.0, 1.5, 9.0]])
    p_pair, p_missed, p_alone = by_propagation(psi)
    exact_pair, exact_missed = brute_force(psi)
    assert np.allclose(p_pair, exact_pair, atol=1e-4)
    assert np.allclose(p_missed, exact_missed, atol=1e-4)
    assert np.allclose(p_alone, 1.0 - exact_pair.sum(axis=0), atol=1e-4)


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 3.0), min_size=9, max_size=9))
def test_belief_propagation_is_near_enumeration_on_weak_loops(values: list[float]) -> None:
    psi = np.array(values).reshape(3, 3)
    p_pair, p_missed, _ = by_propagation(psi)
    exact_pair, _ = brute_force(psi)
    assert np.allclose(p_pair.sum(axis=1) + p_missed, 1.0, atol=1e-9)
    assert np.all(p_pair.sum(axis=0) <= 1.0 + 1e-3)
    assert np.abs(p_pair - exact_pair).max() < 0.1


def one_track() -> tuple[Floats, Floats]:
    rng = np.random.default_rng(3)
    half = rng.normal(size=(6, 6)) * 4.0
    return np.array([900.0, -1200.0, 150.0, 12.0, 5.0, -1.0]), half @ half.T + np.eye(6) * 9.0


def test_a_certain_detection_updates_as_the_kalman_filter_does() -> None:
    mean, covariance = one_track()
    view, variance = View(radar(), FRAME), np.array([[100.0, 3e-4, 3e-4, 0.0]])
    expected, jacobian = np.empty(4), np.empty((4, 6))
    expect(POLAR, mean, covariance, view.origin_m, view.axes, 0.0, variance[0], expected, jacobian, np.empty((6, 4)),
           np.empty((4, 4)))  # fmt: skip
    off = np.array([8.0, -0.01, 0.02])
    value = np.array([[*(expected[:3] + off), 0.0]])
    h = jacobian[:3]
    gain = covariance @ h.T @ np.linalg.inv(h @ covariance @ h.T + np.diag(variance[0, :3]))
    means, covariances, r = mean[None, None].copy(), covariance[None, None].copy(), np.array([0.9])
    update(
        np.array([POLAR]), value, variance, np.zeros(1), view.origin_m[None], view.axes[None], np.array([0]), 1, means,
        covariances, np.ones((1, 1)), np.zeros(1), r, np.array([[0.9, 0.9]]), np.array([0, 1]), np.array([0]),
        np.ones((1, 1)), np.ones(1), np.zeros(1),
    )  # fmt: skip
    assert np.allclose(means[0, 0], mean + gain @ off, rtol=1e-9)
    assert np.allclose(covariances[0, 0], covariance - gain @ h @ covariance, rtol=1e-8, atol=1e-8)
    assert r[0] == pytest.approx(1.0, abs=2e-5)


def test_a_miss_lowers_existence_as_bayes_says_and_moves_nothing() -> None:
    mean, covariance = one_track()
    means, covariances, r = mean[None, None].copy(), covariance[None, None].copy(), np.array([0.8])
    empty = np.zeros((0, 4))
    update(
        np.zeros(0, dtype=np.int64), empty, empty, np.zeros(0), np.zeros((0, 3)), np.zeros((0, 3, 3)),
        np.zeros(0, dtype=np.int64), 1, means, covariances, np.ones((1, 1)), np.zeros(1), r, np.array([[0.9, 0.9]]),
        np.array([0, 0]), np.zeros(0, dtype=np.int64), np.zeros((0, 1)), np.zeros(0), np.ones(1),
    )  # fmt: skip
    assert r[0] == pytest.approx(0.8 * 0.1 / (1.0 - 0.8 * 0.9), rel=1e-12)
    assert np.array_equal(means[0, 0], mean)
    assert np.array_equal(covariances[0, 0], covariance)


def predicted(means: Floats, covariances: Floats, dt_s: float, fall_s: float = 0.0) -> tuple[Floats, Floats]:
    means, covariances = means[None, None].copy(), covariances[None, None].copy()
    motion.predict(
        means, covariances, np.ones((1, 1)), np.ones(1), np.zeros(1), 1, dt_s, np.array([[2.0, 0.5]]),
        np.array([fall_s]), np.array([10.0]), np.array([[1.0]]), motion.LIFE_S, 4.0, NAMELESS,
    )  # fmt: skip
    return means[0, 0], covariances[0, 0]


@settings(deadline=None)
@given(st.floats(0.01, 10.0))
def test_prediction_is_the_textbook_constant_velocity(dt_s: float) -> None:
    mean, covariance = one_track()
    step = np.eye(6)
    step[:3, 3:] = np.eye(3) * dt_s
    q = np.diag([2.0, 2.0, 0.5])
    noise = np.block([[q * dt_s**3 / 3.0, q * dt_s**2 / 2.0], [q * dt_s**2 / 2.0, q * dt_s]])
    means, covariances = predicted(mean, covariance, dt_s)
    assert np.allclose(means, step @ mean, rtol=1e-12)
    assert np.allclose(covariances, step @ covariance @ step.T + noise, rtol=1e-10)


def test_two_predictions_are_one() -> None:
    mean, covariance = one_track()
    once = predicted(mean, covariance, 1.7)
    twice = predicted(*predicted(mean, covariance, 0.9), 0.8)
    assert np.allclose(once[0], twice[0], rtol=1e-12)
    assert np.allclose(once[1], twice[1], rtol=1e-10)


def test_a_fall_solves_its_equation_of_motion() -> None:
    mean, covariance = one_track()
    means, _ = predicted(mean, covariance, 4.0, fall_s=3.5)
    state, dt_s = mean.copy(), 1e-4
    for _ in range(40_000):
        state[:3] += dt_s * state[3:]
        state[3:] += dt_s * (-state[3:] / 3.5 - [0.0, 0.0, 9.80665])
    assert np.allclose(means, state, atol=0.02)


def test_mixing_keeps_the_moments_of_the_mixture() -> None:
    rng = np.random.default_rng(5)
    modes = motion.MODES
    means = rng.normal(size=(1, modes, 6)) * 50.0
    covariances = np.array([[np.eye(6) * (k + 1.0) for k in range(modes)]])
    mode, before, after = np.array([[0.5, 0.3, 0.2]]), np.empty((1, 6)), np.empty((1, 6))
    spread, mixed = np.empty((1, 6, 6)), np.empty((1, 6, 6))
    motion.collapse(means, covariances, mode, 1, before, spread)
    motion.predict(
        means, covariances, mode, np.ones(1), np.zeros(1), 1, 1e-9, motion.NOISE, motion.FALL_S,
        np.full(modes, 1e-9), motion.JUMP, motion.LIFE_S, 4.0, NAMELESS,
    )  # fmt: skip
    motion.collapse(means, covariances, mode, 1, after, mixed)
    assert mode.sum() == pytest.approx(1.0)
    assert np.allclose(before, after, atol=1e-6)
    assert np.allclose(spread, mixed, rtol=1e-6, atol=1e-6)


def test_the_distance_of_doubles_is_mahalanobis() -> None:
    mean, covariance = one_track()
    other = mean + np.array([10.0, -5.0, 3.0, 1.0, 0.0, 0.5])
    means = np.stack([mean[None], other[None]])
    covariances = np.stack([covariance[None], 2.0 * covariance[None]])
    total = 3.0 * covariance + np.diag([144.0] * 3 + [2.25] * 3)
    wanted = (mean - other) @ np.linalg.solve(total, mean - other)
    found = merge.distance2(means, covariances, np.ones((2, 1)), 0, 1, 12.0, 1.5)
    assert found == pytest.approx(wanted, rel=1e-9)


def test_warming_up_a_second_time_has_nothing_to_do() -> None:
    compile_kernels()
    said: list[str] = []
    compile_kernels(lambda done, of, name: said.append(name))
    assert said == []
