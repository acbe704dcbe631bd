"""The backward pass against closed forms: the textbook smoother, Stone Soup's, enumeration, a long simulation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.geo import Floats
from vedette.tracking import bearings, motion
from vedette.tracking.smoothing.backward import exist_back, smooth_back
from vedette.tracking.smoothing.directions import smooth_directions
from vedette.tracking.state import BEARING
from vedette.units import STANDARD_GRAVITY_MPS2

pytestmark = pytest.mark.kernels

SEE = np.hstack([np.eye(3), np.zeros((3, 3))])
NOISE = np.array([1.5, 0.4])
Path = tuple[Floats, Floats]


def step_of(dt_s: float, fall_s: float, noise: Floats, turn_radps: float = 0.0) -> tuple[Floats, Floats, Floats]:
    """F, the fall's shift and Q of one mode, written out; a turn's in `turned`."""
    if turn_radps:
        return turned(dt_s, noise, turn_radps)
    carry, keep, shift = dt_s, 1.0, np.zeros(6)
    if fall_s > 0.0:
        keep = math.exp(-dt_s / fall_s)
        carry = fall_s * (1.0 - keep)
        shift[5] = -STANDARD_GRAVITY_MPS2 * carry
        shift[2] = -STANDARD_GRAVITY_MPS2 * fall_s * (dt_s - carry)
    step = np.block([[np.eye(3), carry * np.eye(3)], [np.zeros((3, 3)), keep * np.eye(3)]])
    q = np.diag([noise[0], noise[0], noise[1]])
    return step, shift, np.block([[q * dt_s**3 / 3.0, q * dt_s**2 / 2.0], [q * dt_s**2 / 2.0, q * dt_s]])


def turned(dt_s: float, noise: Floats, turn_radps: float) -> tuple[Floats, Floats, Floats]:
    """The same of a turn, its Q = ∫ F diag(0, q) Fᵀ dt by Gauss's quadrature."""
    shake = np.diag([0.0, 0.0, 0.0, noise[0], noise[0], noise[1]])
    nodes, weights = np.polynomial.legendre.leggauss(40)
    steps = [turn_over(dt_s * (node + 1.0) / 2.0, turn_radps) for node in nodes]
    blurs = [weight * step @ shake @ step.T for step, weight in zip(steps, weights, strict=True)]
    return turn_over(dt_s, turn_radps), np.zeros(6), np.sum(blurs, axis=0) * dt_s / 2.0


def turn_over(dt_s: float, turn_radps: float) -> Floats:
    """F of a level turn."""
    sine, cosine = math.sin(turn_radps * dt_s), math.cos(turn_radps * dt_s)
    step = np.eye(6)
    step[:3, 3:] = np.eye(3) * dt_s
    step[:2, 3:5] = np.array([[sine, cosine - 1.0], [1.0 - cosine, sine]]) / turn_radps
    step[3:5, 3:5] = [[cosine, -sine], [sine, cosine]]
    return step


def filtered(times_s: Floats, fall_s: float, seed: int, sigma_m: float = 20.0, turn_radps: float = 0.0) -> Path:
    """A Kalman filter's posteriors (K, 6), (K, 6, 6) of a target whose position is measured at each time."""
    rng = np.random.default_rng(seed)
    truth = np.array([900.0, -1200.0, 300.0, 20.0, 5.0, -1.0])
    mean, covariance = (
        truth + rng.normal(size=6) * [50.0, 50.0, 50.0, 10.0, 10.0, 3.0],
        np.diag([2500.0] * 3 + [100.0] * 3),
    )
    means, covariances = [], []
    for dt_s in np.diff(times_s, prepend=times_s[0]):
        step, shift, noise = step_of(float(dt_s), fall_s, NOISE, turn_radps)
        truth = step @ truth + shift + np.linalg.cholesky(noise + 1e-12 * np.eye(6)) @ rng.normal(size=6)
        mean, covariance = step @ mean + shift, step @ covariance @ step.T + noise
        gain = covariance @ SEE.T @ np.linalg.inv(SEE @ covariance @ SEE.T + sigma_m**2 * np.eye(3))
        mean = mean + gain @ (SEE @ truth + rng.normal(size=3) * sigma_m - SEE @ mean)
        covariance = covariance - gain @ SEE @ covariance
        covariance = 0.5 * (covariance + covariance.T)
        means.append(mean)
        covariances.append(covariance)
    return np.array(means), np.array(covariances)


def by_the_book(times_s: Floats, fall_s: float, means: Floats, covariances: Floats, turn_radps: float = 0.0) -> Path:
    """Rauch, Tung & Striebel as in any textbook: x + G (xˢ - x⁻), P + G (Pˢ - P⁻) Gᵀ, G = P Fᵀ (P⁻)⁻¹."""
    means, covariances = means.copy(), covariances.copy()
    for k in range(len(times_s) - 2, -1, -1):
        step, shift, noise = step_of(float(times_s[k + 1] - times_s[k]), fall_s, NOISE, turn_radps)
        ahead = step @ covariances[k] @ step.T + noise
        gain = covariances[k] @ step.T @ np.linalg.inv(ahead)
        means[k] = means[k] + gain @ (means[k + 1] - step @ means[k] - shift)
        covariances[k] = covariances[k] + gain @ (covariances[k + 1] - ahead) @ gain.T
    return means, covariances


def by_the_kernel(
    times_s: Floats,
    means: Floats,
    covariances: Floats,
    modes: Floats | None = None,
    fall_s: Floats | None = None,
    blind_up_m2: float = 0.0,
    turn_radps: float = 0.0,
) -> tuple[Floats, Floats, Floats]:
    """Smoothed moments and modes; means (K, 6) or (K, M, 6). One mode of NOISE, or the tracker's own."""
    k = len(times_s)
    means, covariances = means.reshape(k, -1, 6), covariances.reshape(k, -1, 6, 6)
    models, mode = motion.MODELS, np.zeros((k, motion.MODES))
    if means.shape[1] == 1:  # the first mode, never left
        means, covariances = np.repeat(means, motion.MODES, axis=1), np.repeat(covariances, motion.MODES, axis=1)
        models = models._replace(
            noise=np.tile(NOISE, (motion.MODES, 1)),
            dwell_s=np.full(motion.MODES, np.inf),
            turn_radps=np.full(motion.MODES, turn_radps),
        )
        mode[:, 0] = 1.0
    if fall_s is not None:
        models = models._replace(fall_s=np.full(motion.MODES, fall_s[0]))
    if modes is not None:
        mode = modes.copy()
    out = np.empty((k, 6)), np.empty((k, 6, 6)), np.empty((k, motion.MODES))
    blind = np.full(k, blind_up_m2)
    smooth_back(times_s, means.copy(), covariances.copy(), mode, blind, models, motion.BLIND_UP_MPS, *out)
    return out


def close(one: Path, other: Path) -> None:
    """Equal to 1e-9 of a standard deviation, and of the variances."""
    sigma = np.sqrt(np.einsum("kdd->kd", other[1]))
    assert np.abs((one[0] - other[0]) / sigma).max() < 1e-9
    assert np.abs((one[1] - other[1]) / (sigma[:, :, None] * sigma[:, None, :])).max() < 1e-9


@pytest.mark.parametrize(("fall_s", "turn_radps"), [(0.0, 0.0), (3.5, 0.0), (0.0, 0.15), (0.0, -0.4)])
@settings(max_examples=40)
@given(st.lists(st.floats(0.05, 8.0), min_size=0, max_size=25), st.integers(0, 2**31))
def test_with_one_mode_it_is_the_textbook_s(fall_s: float, turn_radps: float, gaps_s: list[float], seed: int) -> None:
    times_s = np.cumsum([0.0, *gaps_s])
    means, covariances = filtered(times_s, fall_s, seed, turn_radps=turn_radps)
    mean, covariance, mode = by_the_kernel(
        times_s, means, covariances, fall_s=np.array([fall_s]), turn_radps=turn_radps
    )
    close((mean, covariance), by_the_book(times_s, fall_s, means, covariances, turn_radps))
    assert np.allclose(mode, np.eye(motion.MODES)[0], atol=1e-30)


def test_with_one_mode_it_is_stone_soup_s() -> None:
    pytest.importorskip("stonesoup")
    from datetime import UTC, datetime, timedelta

    from stonesoup.models.measurement.linear import LinearGaussian
    from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
    from stonesoup.predictor.kalman import KalmanPredictor
    from stonesoup.smoother.kalman import KalmanSmoother
    from stonesoup.types.detection import Detection
    from stonesoup.types.hypothesis import SingleHypothesis
    from stonesoup.types.prediction import GaussianStatePrediction
    from stonesoup.types.track import Track
    from stonesoup.types.update import GaussianStateUpdate

    times_s = np.cumsum([0.0, 1.0, 0.4, 2.5, 1.0, 1.0, 0.1, 3.0])
    means, covariances = filtered(times_s, 0.0, 5)
    order = [0, 3, 1, 4, 2, 5]  # east, its rate, north, …
    move = CombinedLinearGaussianTransitionModel([ConstantVelocity(q) for q in (NOISE[0], NOISE[0], NOISE[1])])
    see = LinearGaussian(6, (0, 2, 4), np.eye(3))
    begin, predictor, track = datetime(2026, 1, 1, tzinfo=UTC), KalmanPredictor(move), Track()
    for at_s, mean, covariance in zip(times_s, means, covariances, strict=True):
        at = begin + timedelta(seconds=float(at_s))
        prediction = (
            predictor.predict(track[-1], timestamp=at)
            if len(track)
            else GaussianStatePrediction(mean[order], covariance[np.ix_(order, order)], timestamp=at)
        )
        hypothesis = SingleHypothesis(prediction, Detection(np.zeros(3), timestamp=at, measurement_model=see))
        track.append(GaussianStateUpdate(mean[order], covariance[np.ix_(order, order)], hypothesis, timestamp=at))
    smoothed = KalmanSmoother(move).smooth(track)
    back = np.argsort(order)
    theirs = (
        np.array([np.asarray(state.state_vector, dtype=np.float64).ravel()[back] for state in smoothed]),
        np.array([np.asarray(state.covar, dtype=np.float64)[np.ix_(back, back)] for state in smoothed]),
    )
    mean, covariance, _ = by_the_kernel(times_s, means, covariances, fall_s=np.zeros(1))
    close((mean, covariance), theirs)


@pytest.mark.parametrize("blind_up_m2", [0.0, 150.0])
def test_with_no_looks_in_between_nothing_changes(blind_up_m2: float) -> None:
    """Its dynamics are motion.predict's, up that is held at its prior among them: it finds what was predicted from."""
    rng = np.random.default_rng(2)
    half = rng.normal(size=(motion.MODES, 6, 6)) * 3.0
    mean, covariance = (
        rng.normal(size=(1, motion.MODES, 6)) * 20.0,
        (half @ half.transpose(0, 2, 1) + np.eye(6) * 25.0)[None],
    )
    mode, times_s, found = np.array([[0.5, 0.3, 0.1, 0.1]]), np.array([0.0, 0.05, 1.05, 5.05]), []
    for dt_s in np.diff(times_s, prepend=0.0):
        motion.predict(
            mean, covariance, mode, np.ones(1), np.array([blind_up_m2]), 1, float(dt_s), np.full((1, 5), -1),
            np.full(1, 2), motion.MODELS, motion.mixing_room(),
        )  # fmt: skip
        found.append((mean[0].copy(), covariance[0].copy(), mode[0].copy()))
    means, covariances, modes = (np.array(one) for one in zip(*found, strict=True))
    smoothed = by_the_kernel(times_s, means, covariances, modes, blind_up_m2=blind_up_m2)
    before = np.empty((4, 6)), np.empty((4, 6, 6))
    motion.collapse(means, covariances, modes, 4, *before)
    close((smoothed[0], smoothed[1]), before)
    assert np.allclose(smoothed[2], modes, atol=1e-9)
    if blind_up_m2:
        assert np.all(covariances[1:, :, 2, 2] <= blind_up_m2 * (1.0 + 1e-9))


def by_imm(times_s: Floats, measured: Floats, sigma_m: float) -> tuple[Floats, Floats, Floats]:
    """The tracker's prediction and a linear update: filtered means (K, M, 6), covariances and modes."""
    mean = np.tile([*measured[0], 0.0, 0.0, 0.0], (1, motion.MODES, 1))
    covariance = np.tile(np.diag([sigma_m**2] * 3 + [200.0] * 3), (1, motion.MODES, 1, 1))
    mode, found = motion.START[None].copy(), []
    for k, dt_s in enumerate(np.diff(times_s, prepend=times_s[0])):
        if k:
            motion.predict(
                mean, covariance, mode, np.ones(1), np.zeros(1), 1, float(dt_s), np.full((1, 5), -1),
                np.full(1, 2), motion.MODELS, motion.mixing_room(),
            )  # fmt: skip
            for m in range(motion.MODES):
                mean[0, m], covariance[0, m], log = updated(mean[0, m], covariance[0, m], measured[k], sigma_m)
                mode[0, m] *= math.exp(log)
            mode /= mode.sum()
        found.append((mean[0].copy(), covariance[0].copy(), mode[0].copy()))
    means, covariances, modes = (np.array(one) for one in zip(*found, strict=True))
    return means, covariances, modes


def updated(mean: Floats, covariance: Floats, measured: Floats, sigma_m: float) -> tuple[Floats, Floats, float]:
    """A Kalman update by a position, and its log likelihood but for a constant."""
    total = SEE @ covariance @ SEE.T + sigma_m**2 * np.eye(3)
    off, gain = measured - SEE @ mean, covariance @ SEE.T @ np.linalg.inv(total)
    log = -0.5 * float(off @ np.linalg.solve(total, off)) - 0.5 * float(np.linalg.slogdet(total)[1])
    return mean + gain @ off, covariance - gain @ SEE @ covariance, log


def by_enumeration(times_s: Floats, measured: Floats, sigma_m: float) -> tuple[Floats, Floats]:
    """Exact: means (K, 6) and modes (K, M) over all sequences of modes, each smoothed by the book."""
    count, found = len(times_s), []
    begins = np.flatnonzero(motion.START).tolist()
    for sequence in itertools.product(begins, *[range(motion.MODES)] * (count - 1)):
        log, steps = math.log(motion.START[sequence[0]]), []
        means, covariances = [np.array([*measured[0], 0.0, 0.0, 0.0])], [np.diag([sigma_m**2] * 3 + [200.0] * 3)]
        for k in range(1, count):
            dt_s, before, now = float(times_s[k] - times_s[k - 1]), sequence[k - 1], sequence[k]
            stay = math.exp(-dt_s / motion.DWELL_S[before])
            turn = stay if before == now else (1.0 - stay) * motion.JUMP[before, now]
            step, shift, noise = step_of(
                dt_s, float(motion.FALL_S[now]), motion.NOISE[now], float(motion.TURN_RADPS[now])
            )
            ahead = step @ means[-1] + shift, step @ covariances[-1] @ step.T + noise
            steps.append((step, *ahead))
            mean, covariance, likelihood = updated(*ahead, measured[k], sigma_m)
            log += math.log(turn) + likelihood
            means.append(mean)
            covariances.append(covariance)
        for k in range(count - 2, -1, -1):
            step, mean, covariance = steps[k]
            means[k] = means[k] + covariances[k] @ step.T @ np.linalg.solve(covariance, means[k + 1] - mean)
        found.append((log, np.array(means), np.eye(motion.MODES)[list(sequence)]))
    weight = np.exp(np.array([log for log, _, _ in found]) - max(log for log, _, _ in found))
    weight /= weight.sum()
    mean = np.einsum("s,skd->kd", weight, np.array([means for _, means, _ in found]))
    return mean, np.einsum("s,skm->km", weight, np.array([modes for _, _, modes in found]))


@pytest.mark.parametrize("turn_mps2", [0.0, 6.0, -9.0])
def test_all_modes_come_near_enumeration(turn_mps2: float) -> None:
    """Six looks at a target that flies straight, then turns (or, by -9, falls): all 3,072 sequences of modes."""
    rng, sigma_m = np.random.default_rng(8), 10.0
    times_s = np.array([0.0, 1.0, 2.0, 3.0, 4.5, 5.0])
    since = np.maximum(times_s - 2.0, 0.0)
    truth = np.outer(times_s, [25.0, -10.0, 0.0]) + np.array([800.0, 500.0, 300.0])
    truth[:, 2 if turn_mps2 < 0.0 else 0] += 0.5 * turn_mps2 * since**2
    measured = truth + rng.normal(size=truth.shape) * sigma_m
    exact_mean, exact_mode = by_enumeration(times_s, measured, sigma_m)
    means, covariances, modes = by_imm(times_s, measured, sigma_m)
    mean, covariance, mode = by_the_kernel(times_s, means, covariances, modes)
    sigma = np.sqrt(np.einsum("kdd->kd", covariance))
    filtered_mean = np.einsum("km,kmd->kd", modes, means)
    assert np.abs((mean - exact_mean) / sigma).max() < 0.25
    assert np.abs(mode - exact_mode).max() < 0.1
    assert np.abs(mean - exact_mean)[:-1].max() < 0.25 * np.abs(filtered_mean - exact_mean)[:-1].max()


def random_history(seed: int, count: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Times, means, covariances and modes that no filter would leave: as rough as they can be."""
    rng = np.random.default_rng(seed)
    times_s = np.cumsum(10.0 ** rng.uniform(-4.0, 1.5, count))
    half = rng.normal(size=(count, motion.MODES, 6, 6)) * 10.0 ** rng.uniform(-1.0, 2.0, (count, motion.MODES, 1, 1))
    covariances = half @ half.transpose(0, 1, 3, 2) + 1e-4 * np.eye(6)
    means = rng.normal(size=(count, motion.MODES, 6)) * [2000.0, 2000.0, 300.0, 40.0, 40.0, 10.0]
    modes = rng.dirichlet(np.full(motion.MODES, 0.2), count) + 1e-12
    return times_s, means, covariances, modes / modes.sum(axis=1, keepdims=True)


@settings(max_examples=60)
@given(st.integers(0, 2**31), st.integers(1, 12), st.sampled_from([0.0, 100.0, 1e6]))
def test_covariances_stay_positive_and_modes_stay_probabilities(seed: int, count: int, blind_up_m2: float) -> None:
    times_s, means, covariances, modes = random_history(seed, count)
    mean, covariance, mode = by_the_kernel(times_s, means, covariances, modes, blind_up_m2=blind_up_m2)
    assert np.all(np.isfinite(mean))
    assert np.array_equal(covariance, covariance.transpose(0, 2, 1))
    assert np.linalg.eigvalsh(covariance).min() > 0.0
    assert np.all(mode >= 0.0)
    assert np.allclose(mode.sum(axis=1), 1.0, atol=1e-9)
    assert mode[-1].tobytes() == modes[-1].tobytes()


def test_existence_is_what_enumeration_says() -> None:
    times_s, life_s, filtered_r = np.array([0.0, 1.0, 3.0, 4.0]), 20.0, np.array([0.9, 0.7, 0.8, 0.3])
    stay = np.exp(-np.diff(times_s) / life_s)
    ahead = stay * filtered_r[:-1]
    odds = filtered_r[1:] / (1.0 - filtered_r[1:]) * (1.0 - ahead) / ahead  # of what each look said
    total, there = 0.0, np.zeros(4)
    for last in range(-1, 4):  # the last time at which it is there
        weight = 1.0 - filtered_r[0] if last < 0 else filtered_r[0]
        for k in range(1, last + 1):
            weight *= stay[k - 1] * odds[k - 1]
        if 0 <= last < 3:
            weight *= 1.0 - stay[last]
        total += weight
        there[: last + 1] += weight
    p_exists = filtered_r.copy()
    exist_back(times_s, life_s, p_exists)
    assert np.allclose(p_exists, there / total, atol=1e-12)


def test_a_direction_is_smoothed_by_the_book_across_north() -> None:
    """Azimuth and rate over two looks, against the joint normal of both, the first just west of north."""
    table = np.zeros((2, BEARING))
    table[:, bearings.TIME_S] = 0.0, 2.0
    table[:, bearings.AZIMUTH] = 3.13, -3.12
    table[:, bearings.VARIANCE], table[:, bearings.CROSSED], table[:, bearings.RATE_VARIANCE] = 1e-3, 1e-4, 4e-4
    table[:, bearings.RATE], table[:, bearings.ELEVATION_VARIANCE] = (0.01, 0.015), (4e-4, 2e-4)
    table[:, bearings.ELEVATION] = 0.1, 0.12
    smoothed = smooth_directions(table)
    step, held = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[1e-3, 1e-4], [1e-4, 4e-4]])
    ahead = step @ held @ step.T + bearings.RATE_NOISE * np.array([[8.0 / 3.0, 2.0], [2.0, 2.0]])
    gain = held @ step.T @ np.linalg.inv(ahead)
    off = gain @ np.array([2.0 * math.pi - 3.12 - 3.13 - 0.02, 0.005])
    spread = held + gain @ (held - ahead) @ gain.T
    assert smoothed[0, bearings.AZIMUTH] == pytest.approx(3.13 + off[0], abs=1e-12)
    assert smoothed[0, bearings.RATE] == pytest.approx(0.01 + off[1], abs=1e-12)
    assert smoothed[0, bearings.VARIANCE] == pytest.approx(spread[0, 0], rel=1e-9)
    assert smoothed[0, bearings.CROSSED] == pytest.approx(spread[0, 1], rel=1e-9)
    assert smoothed[0, bearings.RATE_VARIANCE] == pytest.approx(spread[1, 1], rel=1e-9)
    walk = 4e-4 / (4e-4 + 2.0 * bearings.CLIMB_RADPS**2)
    assert smoothed[0, bearings.ELEVATION] == pytest.approx(0.1 + walk * 0.02)
    assert np.array_equal(smoothed[1], table[1])
