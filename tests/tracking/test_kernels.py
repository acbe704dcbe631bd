"""Kernels against closed forms and brute force."""

from __future__ import annotations

import itertools
from typing import get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracking.field import FRAME, radar
from tests.tracking.field import look as seen_from
from vedette.geo import Floats
from vedette.sensing.compiled import compile_kernels
from vedette.sensing.measurement import measure
from vedette.sensing.projection import expect, innovate
from vedette.sensing.view import View
from vedette.tracking import merge, motion
from vedette.tracking.association import Room, marginals
from vedette.tracking.state import Rows, State
from vedette.tracking.update import sums_room, update

pytestmark = pytest.mark.kernels


def test_kernels_take_the_arrays_of_a_state_under_their_own_names() -> None:
    """What no type checker sees: the three lists of them agree."""
    assert list(get_type_hints(State).items()) == list(get_type_hints(Rows).items())
    state = State(sensors=2)
    assert all(getattr(state, name) is array for name, array in state.rows._asdict().items())


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
    room = Room(tracks, detections, tracks * detections)
    room.pairs.first[1:] = np.cumsum([len(row) for row in rows])
    many = int(room.pairs.first[tracks])
    room.pairs.detection[:many] = np.concatenate(rows)
    room.pairs.psi[:many] = np.concatenate([psi[i, row] for i, row in enumerate(rows)])
    marginals(tracks, detections, True, room.chances, room.claims, room.pairs)
    p_pair = np.zeros(psi.shape)
    for i, row in enumerate(rows):
        p_pair[i, row] = room.pairs.p_pair[room.pairs.first[i] : room.pairs.first[i + 1]]
    return p_pair, room.chances.p_missed, room.claims.p_alone


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


def held(*tracks: tuple[Floats, Floats]) -> State:
    """A state of tracks in their first mode alone."""
    state = State(1)
    state.make_room(len(tracks))
    state.count = len(tracks)
    for row, (mean, covariance) in enumerate(tracks):
        state.mean[row], state.covariance[row], state.mode[row, 0], state.hits[row] = mean, covariance, 1.0, 2
    return state


def updated(state: State, off: Floats | None) -> tuple[Floats, Floats, Floats]:
    """Update one track by a certain detection `off` what is expected (None: by nothing); H, R and S⁻¹ used."""
    view, room = View(radar(), FRAME), Room(1, 1, 1)
    look = measure(seen_from(radar(), 0.0, [state.mean[0, 0, :3]][: off is not None]), 0, view, FRAME)
    room.chances.q[0], room.chances.p_missed[0] = 0.9, 1.0
    room.chances.ready[0] = -1
    h = np.zeros((3, 6))
    if off is not None:
        expect(look.rows, 0, state.mean, state.covariance, 0, 0, room.innovation)
        h = room.innovation.jacobian[:3].copy()
        look.rows.value[0, :3] = room.innovation.expected[0, 0, :3] + off
        innovate(look.rows, 0, 0, 0, room.innovation, room.pairs.white, 0)
        room.chances.p_missed[0], room.chances.ready[0], room.pairs.first[1] = 0.0, 0, 1
        room.pairs.likelihood[0], room.pairs.p_pair[0] = 1.0, 1.0
    update(look.rows, state.rows, 1, room.chances, room.innovation, room.pairs, sums_room())
    noise = np.diag(look.rows.variance[0, :3]) if off is not None else np.eye(3)
    return h, noise, state.p_exists


def test_a_certain_detection_updates_as_the_kalman_filter_does() -> None:
    mean, covariance = one_track()
    state = held((mean, covariance))
    state.p_exists[0] = 0.9
    off = np.array([8.0, -0.01, 0.02])
    h, noise, r = updated(state, off)
    gain = covariance @ h.T @ np.linalg.inv(h @ covariance @ h.T + noise)
    assert np.allclose(state.mean[0, 0], mean + gain @ off, rtol=1e-9)
    assert np.allclose(state.covariance[0, 0], covariance - gain @ h @ covariance, rtol=1e-8, atol=1e-8)
    assert r[0] == pytest.approx(1.0, abs=2e-5)


def test_a_miss_lowers_existence_as_bayes_says_and_moves_nothing() -> None:
    mean, covariance = one_track()
    state = held((mean, covariance))
    state.p_exists[0] = 0.8
    updated(state, None)
    assert state.p_exists[0] == pytest.approx(0.8 * 0.1 / (1.0 - 0.8 * 0.9), rel=1e-12)
    assert np.array_equal(state.mean[0, 0], mean)
    assert np.array_equal(state.covariance[0, 0], covariance)


def predicted(
    means: Floats, covariances: Floats, dt_s: float, *, fall_s: float = 0.0, turn_radps: float = 0.0
) -> tuple[Floats, Floats]:
    """One prediction by the first mode alone, which never ends."""
    state = held((means, covariances))
    alone = motion.MODELS._replace(
        noise=np.full((motion.MODES, 2), [2.0, 0.5]),
        turn_radps=np.full(motion.MODES, turn_radps),
        fall_s=np.full(motion.MODES, fall_s),
        dwell_s=np.full(motion.MODES, np.inf),
    )
    step(state, dt_s, alone)
    return state.mean[0, 0], state.covariance[0, 0]


def step(state: State, dt_s: float, models: motion.Motion) -> None:
    motion.predict(
        state.mean, state.covariance, state.mode, state.p_exists, state.blind_up_m2, state.count, dt_s, state.names,
        state.hits, models, motion.mixing_room(),
    )  # fmt: skip


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


@pytest.mark.parametrize("turn_radps", [0.0, 0.15, -0.4])
def test_two_predictions_are_one(turn_radps: float) -> None:
    mean, covariance = one_track()
    once = predicted(mean, covariance, 1.7, turn_radps=turn_radps)
    twice = predicted(*predicted(mean, covariance, 0.9, turn_radps=turn_radps), 0.8, turn_radps=turn_radps)
    assert np.allclose(once[0], twice[0], rtol=1e-12)
    assert np.allclose(once[1], twice[1], rtol=1e-10)


@pytest.mark.parametrize("turn_radps", [0.15, -0.15])
def test_a_turn_keeps_its_speed_and_comes_round(turn_radps: float) -> None:
    mean, covariance = one_track()
    means, covariances = predicted(mean, covariance, 2.0 * np.pi / 0.15, turn_radps=turn_radps)
    assert np.allclose(means[[0, 1, 3, 4, 5]], mean[[0, 1, 3, 4, 5]], atol=1e-9)
    quarter, _ = predicted(mean, covariance, 0.5 * np.pi / 0.15, turn_radps=turn_radps)
    left = np.array([-mean[4], mean[3]]) * np.sign(turn_radps)
    assert np.allclose(quarter[3:5], left, atol=1e-12)
    assert np.allclose(covariances, covariances.T, rtol=0.0, atol=0.0)
    assert np.linalg.eigvalsh(covariances).min() > 0.0


def test_a_turn_that_hardly_turns_is_straight_flight() -> None:
    mean, covariance = one_track()
    straight = predicted(mean, covariance, 1.0)
    for turn_radps in (0.5 * motion.STRAIGHT_RAD, 2.0 * motion.STRAIGHT_RAD):
        bent = predicted(mean, covariance, 1.0, turn_radps=turn_radps)
        assert np.allclose(bent[0], straight[0], atol=0.01)
        assert np.allclose(bent[1], straight[1], rtol=1e-3, atol=0.05)


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
    state = held(one_track())
    state.mean[0] = rng.normal(size=(motion.MODES, 6)) * 50.0
    state.covariance[0] = [np.eye(6) * (k + 1.0) for k in range(motion.MODES)]
    state.mode[0] = [0.4, 0.3, 0.2, 0.1]
    before, after, spread, mixed = np.empty((1, 6)), np.empty((1, 6)), np.empty((1, 6, 6)), np.empty((1, 6, 6))
    motion.collapse(state.mean, state.covariance, state.mode, 1, before, spread)
    step(state, 1e-9, motion.MODELS._replace(dwell_s=np.full(motion.MODES, 1e-9)))
    motion.collapse(state.mean, state.covariance, state.mode, 1, after, mixed)
    assert state.mode[0].sum() == pytest.approx(1.0)
    assert np.allclose(before, after, atol=1e-6)
    assert np.allclose(spread, mixed, rtol=1e-6, atol=1e-6)


def test_what_no_sensor_has_measured_the_height_of_does_not_sink() -> None:
    state = held(one_track())
    state.mode[0] = [0.2, 0.1, 0.1, 0.6]
    state.mean[0] = state.mean[0, 0]
    state.mean[0, :, 5] = 0.0
    state.covariance[0] = np.eye(6) * 100.0
    state.blind_up_m2[0] = 2500.0
    for _ in range(100):
        step(state, 1.0, motion.MODELS)
    assert state.mean[0, :, 2] == pytest.approx(150.0)


def test_the_distance_of_doubles_is_mahalanobis() -> None:
    mean, covariance = one_track()
    other = mean + np.array([10.0, -5.0, 3.0, 1.0, 0.0, 0.5])
    state = held((mean, covariance), (other, 2.0 * covariance))
    total = 3.0 * covariance + np.diag([144.0] * 3 + [2.25] * 3)
    wanted = (mean - other) @ np.linalg.solve(total, mean - other)
    found = merge.distance2(state.rows, 0, 1, 12.0, 1.5, merge.compared_room(2, 1, 1))
    assert found == pytest.approx(wanted, rel=1e-9)


def test_warming_up_a_second_time_has_nothing_to_do() -> None:
    compile_kernels()
    said: list[str] = []
    compile_kernels(lambda done, of, name: said.append(name))
    assert said == []
