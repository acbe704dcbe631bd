"""The backward pass: what a track's later looks say of its earlier states. IMM fixed-interval smoothing, one track.

Forward, the tracker leaves at each time k the filtered modes w_a, N(x_a, P_a). Between k and k + 1 mode b moves the
target, x' = F x + g + noise of covariance Q, and is come to from a with probability Π_ab (vedette.tracking.motion).
Given x' and b, the looks after k say nothing more of k; so all that they say is the likelihood

    Λ_b(x') = p(x' | b, all looks) / p(x' | b, looks to k)  ∝  N(x'; x'ˢ_b, P'ˢ_b) / N(x'; m_b, S_b),

with m_b, S_b the IMM's mixed and predicted state. In coordinates z = Vᵀ L⁻¹ (x' - m_b), where S_b = L Lᵀ and V holds
the eigenvectors of L⁻¹ P'ˢ_b L⁻ᵀ, eigenvalues p_i, it is exp(-½ zᵀ Λ z + jᵀ z) with Λ = diag(1/p_i - 1), j = s / p, s
being the place of x'ˢ_b. Each pair (a, b) is then updated by it as by a measurement of H F x, H = Vᵀ L⁻¹:

    T = H (F P_a Fᵀ + Q) Hᵀ,  Y = P_a (H F)ᵀ,  e = H F (x_a - x̄_b),  B = I + Λ^½ T Λ^½,  q = j - Λ e,
    x_ab = x_a + Y (q - Λ T⁺ q),  T⁺ = T - T Λ^½ B⁻¹ Λ^½ T,  P_ab = P_a - Y Λ^½ B⁻¹ Λ^½ Yᵀ (in Joseph's form),
    u_ab ∝ w'ˢ_b μ_a|b |B|^-½ exp(jᵀ e - ½ eᵀ Λ e + ½ qᵀ T⁺ q),  Σ_a u_ab = w'ˢ_b,

and the pairs of one a are matched in mean and covariance, wˢ_a = Σ_b u_ab. With one mode this is the smoother of Rauch,
Tung & Striebel (1965). The pass is akin to Barber's expectation correction (2006), which takes p(a | b, x', looks to k)
at the mean of x' and so needs no quotient; with the quotient kept, drones of one radar are placed a tenth better, and
their covariances are honest. Where moment matching has left p_i above 1 (later looks that take information away), Λ_i
is 0, and s is held within FARTHEST. Neglected: of each mixture all but two moments.

Up that no sensor has measured is held at a prior by the tracker, which scales the deviations of x' by a diagonal D. So
does this pass: it takes D⁻¹ (x'ˢ_b - m_b) and D⁻¹ P'ˢ_b D⁻¹.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import types

from vedette.geo import Floats
from vedette.sensing.compiled import kernel
from vedette.tracking.motion import (
    AHEAD,
    ASIDE,
    ASKEW,
    BOTH,
    KEEP,
    MODES,
    MOTION,
    PLACE,
    RATE,
    STEP,
    TURN,
    UP_AHEAD,
    UP_BOTH,
    UP_KEEP,
    UP_PLACE,
    UP_RATE,
    Mixing,
    Motion,
    centre,
    mix,
    prepare,
    shift,
)
from vedette.tracking.motion import share_out as mixing_weights
from vedette.tracking.smoothing.linear import (
    backward_solve,
    diagonalise,
    even_out,
    forward_solve,
    root,
    times,
    transpose,
)

_LEAST: Final = 1e-12
"""Least variance, as a share of the predicted one, that later looks can leave."""
FARTHEST: Final = 5.0
NOTHING_SAID: Final = 0.1
"""Later looks pull a mode by no more than FARTHEST √(1 - p_i) predicted standard deviations on each axis of z, that is,
by what lies FARTHEST of its own from a measurement of that precision; with 1 - p_i taken as NOTHING_SAID at least."""


@kernel(
    "void(float64[::1], float64[:,::1], float64[::1], float64[:,::1], float64, float64, float64[:,::1], float64[::1], "
    "float64[::1], float64[:,:,::1], float64[:,::1])",
    inner=True,
)
def hear_future(
    after: Floats,
    after_covariance: Floats,
    predicted: Floats,
    spread: Floats,
    blind_up_m2: float,
    blind_rate_m2ps2: float,
    see: Floats,
    precision: Floats,
    pull: Floats,
    room: Floats,
    lines: Floats,
) -> None:
    """The likelihood of one mode's next state: H into see (6, 6), Λ into precision (6,), j into pull (6,).

    after, after_covariance: smoothed; predicted, spread: m and S before up is held. room (·, 6, 6), lines (·, 6): to
    work in.
    """
    lower, inner, vectors = room[0], room[1], room[2]
    root(spread, lower)
    for k in range(6):
        lines[0, k] = after[k] - predicted[k]
        for c in range(6):
            inner[k, c] = after_covariance[k, c]
    if blind_up_m2 > 0.0:
        let_go(lines[0], inner, 2, math.sqrt(max(spread[2, 2] / blind_up_m2, 1.0)))
        let_go(lines[0], inner, 5, math.sqrt(max(spread[5, 5] / blind_rate_m2ps2, 1.0)))
    forward_solve(lower, inner)  # P is symmetric: these are the rows of (L⁻¹ P)ᵀ
    transpose(inner)
    forward_solve(lower, inner)
    even_out(inner)
    diagonalise(inner, vectors)
    for k in range(6):
        for c in range(6):
            see[k, c] = vectors[c, k]
    backward_solve(lower, see)
    times(lines[0:1], see, lines[1:2])
    for k in range(6):
        share = min(max(inner[k, k], _LEAST), 1.0)
        most = FARTHEST * math.sqrt(max(1.0 - share, NOTHING_SAID))
        precision[k] = 1.0 / share - 1.0
        pull[k] = min(max(lines[1, k], -most), most) / share


@kernel("void(float64[::1], float64[:,::1], int64, float64)", inner=True)
def let_go(off: Floats, covariance: Floats, axis: int, scale: float) -> None:
    """Scale one axis of a deviation (6,) and of its covariance (6, 6)."""
    off[axis] *= scale
    for k in range(6):
        covariance[axis, k] *= scale
        covariance[k, axis] *= scale


@kernel("void(float64[:,::1], float64[::1], float64[:,::1], float64[:,::1])", inner=True)
def look_back(see: Floats, step: Floats, seen: Floats, shaken: Floats) -> None:
    """H F into seen (6, 6), H Q Hᵀ into shaken (6, 6); step (STEP,) as in vedette.tracking.motion.step_of."""
    for k in range(6):
        east, north, up = see[k, 0], see[k, 1], see[k, 2]
        east_rate, north_rate, up_rate = see[k, 3], see[k, 4], see[k, 5]
        seen[k, 0], seen[k, 1], seen[k, 2] = east, north, up
        seen[k, 3] = step[AHEAD] * east + step[ASIDE] * north + step[KEEP] * east_rate + step[TURN] * north_rate
        seen[k, 4] = step[AHEAD] * north - step[ASIDE] * east + step[KEEP] * north_rate - step[TURN] * east_rate
        seen[k, 5] = step[UP_AHEAD] * up + step[UP_KEEP] * up_rate
        for d in range(k + 1):
            total = up * (step[UP_PLACE] * see[d, 2] + step[UP_BOTH] * see[d, 5])
            total += up_rate * (step[UP_BOTH] * see[d, 2] + step[UP_RATE] * see[d, 5])
            total += east * (step[PLACE] * see[d, 0] + step[BOTH] * see[d, 3] + step[ASKEW] * see[d, 4])
            total += north * (step[PLACE] * see[d, 1] + step[BOTH] * see[d, 4] - step[ASKEW] * see[d, 3])
            total += east_rate * (step[BOTH] * see[d, 0] + step[RATE] * see[d, 3] - step[ASKEW] * see[d, 1])
            total += north_rate * (step[BOTH] * see[d, 1] + step[RATE] * see[d, 4] + step[ASKEW] * see[d, 0])
            shaken[k, d] = shaken[d, k] = total


@kernel(
    "float64(float64[::1], float64[:,::1], float64[::1], float64[:,::1], float64[:,::1], float64[::1], float64[::1], "
    "float64[::1], float64[:,::1], float64[:,:,::1], float64[:,::1])",
    inner=True,
)
def look_again(
    mean: Floats,
    covariance: Floats,
    mixed: Floats,
    seen: Floats,
    shaken: Floats,
    precision: Floats,
    pull: Floats,
    new_mean: Floats,
    new_covariance: Floats,
    room: Floats,
    lines: Floats,
) -> float:
    """One pair: x_ab, P_ab of a filtered mode (6,), (6, 6) and a mode's future; returns ln u_ab less ln w'ˢ_b μ_a|b.

    mixed (6,): x̄_b; seen: H F; shaken: H Q Hᵀ. room (·, 6, 6), lines (·, 6): to work in.
    """
    across, spread, factor, gain = room[0], room[1], room[2], room[3]
    times(covariance, seen, across)  # Y
    transpose(across)
    times(seen, across, spread)
    transpose(across)
    for k in range(6):
        for d in range(k + 1):
            spread[k, d] = spread[d, k] = 0.5 * (spread[k, d] + spread[d, k]) + shaken[k, d]
            gain[k, d] = math.sqrt(precision[k] * precision[d]) * spread[k, d] + (1.0 if k == d else 0.0)
    root(gain, factor)
    want = lines[0]
    log_weight = set_off(mean, mixed, seen, precision, pull, spread, lines)
    for k in range(6):
        log_weight -= math.log(factor[k, k])
        for c in range(6):
            gain[k, c] = across[k, c] * math.sqrt(precision[c])
    forward_solve(factor, gain)
    backward_solve(factor, gain)  # M = Y Λ^½ B⁻¹
    log_weight += 0.5 * draw(spread, precision, want, factor, lines[1:2], lines[2:3])
    times(lines[0:1], across, lines[3:4])
    for k in range(6):
        new_mean[k] = mean[k] + lines[3, k]
    joseph(covariance, seen, shaken, precision, gain, new_covariance, room)
    return log_weight


@kernel(
    "float64(float64[::1], float64[::1], float64[:,::1], float64[::1], float64[::1], float64[:,::1], float64[:,::1])",
    inner=True,
)
def set_off(
    mean: Floats, mixed: Floats, seen: Floats, precision: Floats, pull: Floats, spread: Floats, lines: Floats
) -> float:
    """Put q into lines[0]; returns jᵀ e - ½ eᵀ Λ e. Where Λ is 0, no mode is pulled further than the mixture."""
    for k in range(6):
        lines[1, k] = mean[k] - mixed[k]
    times(lines[1:2], seen, lines[2:3])
    weight = 0.0
    for k in range(6):
        off, drawn = lines[2, k], pull[k]
        if precision[k] == 0.0:
            drawn /= max(spread[k, k], 1.0)
        lines[0, k] = drawn - precision[k] * off
        weight += off * (drawn - 0.5 * precision[k] * off)
    return weight


@kernel(
    "float64(float64[:,::1], float64[::1], float64[::1], float64[:,::1], float64[:,::1], float64[:,::1])", inner=True
)
def draw(spread: Floats, precision: Floats, want: Floats, factor: Floats, line: Floats, other: Floats) -> float:
    """Turn q, in want (6,), into q - Λ T⁺ q; returns qᵀ T⁺ q. spread: T, factor: of B; line, other (1, 6): to work in.

    T⁺ q = T (q - Λ^½ B⁻¹ Λ^½ T q).
    """
    for k in range(6):
        line[0, k] = 0.0
        for c in range(6):
            line[0, k] += spread[k, c] * want[c]
        line[0, k] *= math.sqrt(precision[k])
    forward_solve(factor, line)
    backward_solve(factor, line)
    for k in range(6):
        line[0, k] = want[k] - math.sqrt(precision[k]) * line[0, k]
    times(line, spread, other)
    square = 0.0
    for k in range(6):
        square += want[k] * other[0, k]
        want[k] -= precision[k] * other[0, k]
    return square


@kernel(
    "void(float64[:,::1], float64[:,::1], float64[:,::1], float64[::1], float64[:,::1], float64[:,::1], "
    "float64[:,:,::1])",
    inner=True,
)
def joseph(
    covariance: Floats,
    seen: Floats,
    shaken: Floats,
    precision: Floats,
    gain: Floats,
    updated: Floats,
    room: Floats,
) -> None:
    """A P Aᵀ + K (H Q Hᵀ) Kᵀ + M Mᵀ into updated (6, 6); M in gain, K = M Λ^½, A = I - K H F. Takes room[0] to [2]."""
    keep, weighed, half = room[0], room[1], room[2]
    for k in range(6):
        for c in range(6):
            weighed[k, c] = gain[k, c] * math.sqrt(precision[c])
    for k in range(6):
        for c in range(6):
            keep[k, c] = 1.0 if k == c else 0.0
            for d in range(6):
                keep[k, c] -= weighed[k, d] * seen[d, c]
    times(keep, covariance, half)
    times(half, keep, updated)
    even_out(updated)
    times(weighed, shaken, half)
    for k in range(6):
        for d in range(k + 1):
            total = updated[k, d]
            for c in range(6):
                total += half[k, c] * weighed[d, c] + gain[k, c] * gain[d, c]
            updated[k, d] = updated[d, k] = total


@kernel("void(float64[:,::1], float64[:,:,::1], float64[::1], float64[::1], float64[:,::1])", inner=True)
def match_moments(means: Floats, covariances: Floats, weights: Floats, mean: Floats, covariance: Floats) -> None:
    """Mean (6,) and covariance (6, 6) of a mixture (n, …) of these weights, which need not sum to 1.

    Where none has any, both stay as they are.
    """
    total = 0.0
    for n in range(weights.shape[0]):
        total += weights[n]
    if total <= 0.0:
        return
    mean[:] = 0.0
    covariance[:] = 0.0
    for n in range(weights.shape[0]):
        for k in range(6):
            mean[k] += weights[n] / total * means[n, k]
    for n in range(weights.shape[0]):
        for k in range(6):
            for d in range(k + 1):
                off = (means[n, k] - mean[k]) * (means[n, d] - mean[d])
                covariance[k, d] += weights[n] / total * (covariances[n, k, d] + off)
                covariance[d, k] = covariance[k, d]


@kernel("void(float64[:,::1], float64[::1], float64[::1])", inner=True)
def share_out(weights: Floats, after_mode: Floats, mode: Floats) -> None:
    """Turn ln u (a, b) into u, each column summing to the smoothed probability of its b; mode (M,): its rows' sums."""
    modes = mode.shape[0]
    mode[:] = 0.0
    for b in range(modes):
        most, total = weights[0, b], 0.0
        for a in range(1, modes):
            most = max(most, weights[a, b])
        for a in range(modes):
            weights[a, b] = max(math.exp(weights[a, b] - most), 1e-100)
            total += weights[a, b]
        for a in range(modes):
            weights[a, b] *= after_mode[b] / total
            mode[a] += weights[a, b]


@kernel(
    types.void, types.float64[::1], types.float64[:, :, ::1], types.float64[:, :, :, ::1], types.float64[:, ::1],
    types.float64[::1], MOTION, types.float64, types.float64[:, ::1], types.float64[:, :, ::1], types.float64[:, ::1],
    allocates=True,
)  # fmt: skip
def smooth_back(
    time_s: Floats, mean: Floats, covariance: Floats, mode: Floats, blind_up_m2: Floats, motion: Motion,
    blind_up_mps: float, one_mean: Floats, one_covariance: Floats, one_mode: Floats,
) -> None:  # fmt: skip
    """Smooth one track of K times, ascending.

    Args:
        time_s (K,), mean (K, M, 6), covariance (K, M, 6, 6), mode (K, M): the filtered modes after the looks of each
            time. mean, covariance and mode become the smoothed ones.
        blind_up_m2 (K,): prior variance of up where no sensor had measured it, else 0.
        motion, blind_up_mps: as the tracker moves its tracks.
        one_mean (K, 6), one_covariance (K, 6, 6), one_mode (K, M): the smoothed mixtures' moments and probabilities.
    """
    mixing = Mixing(
        np.empty((MODES, MODES)), np.empty(2), np.empty((2, MODES, STEP)), np.empty(6), np.empty((MODES, 6)),
        np.empty((MODES, 6, 6)), np.empty((MODES + 1, MODES)), np.empty(6),
    )  # fmt: skip
    come, mixed_mean = np.empty((1, MODES)), np.empty(6)
    predicted, spread = np.empty((1, MODES, 6)), np.empty((1, MODES, 6, 6))
    see, seen, shaken = np.empty((6, 6)), np.empty((6, 6)), np.empty((6, 6))
    precision, pull = np.empty(6), np.empty(6)
    pair_mean, pair, weights = np.empty((MODES, MODES, 6)), np.empty((MODES, MODES, 6, 6)), np.empty((MODES, MODES))
    room, lines = np.empty((4, 6, 6)), np.empty((4, 6))
    for k in range(mode.shape[0] - 2, -1, -1):
        dt_s = time_s[k + 1] - time_s[k]
        prepare(dt_s, motion, mixing)
        come[0] = mode[k]
        centre(mean[k : k + 1], covariance[k : k + 1], come, 0, mixing)
        mixing_weights(come, 0, mixing.turn, mixing.share)
        blind = 1 if blind_up_m2[k] > 0.0 else 0
        for b in range(MODES):
            mix(predicted, spread, 0, b, mixing)
            for c in range(6):
                mixed_mean[c] = predicted[0, b, c]
            shift(mixing.steps[blind, b], predicted, spread, 0, b)
            hear_future(
                mean[k + 1, b], covariance[k + 1, b], predicted[0, b], spread[0, b], blind_up_m2[k],
                blind_up_mps * blind_up_mps, see, precision, pull, room, lines,
            )  # fmt: skip
            look_back(see, mixing.steps[blind, b], seen, shaken)
            for a in range(MODES):
                weights[a, b] = math.log(max(mixing.share[a, b], 1e-300)) + look_again(
                    mean[k, a], covariance[k, a], mixed_mean, seen, shaken, precision, pull, pair_mean[a, b],
                    pair[a, b], room, lines,
                )  # fmt: skip
        share_out(weights, mode[k + 1], mode[k])
        for a in range(MODES):
            match_moments(pair_mean[a], pair[a], weights[a], mean[k, a], covariance[k, a])
    for k in range(mode.shape[0]):
        match_moments(mean[k], covariance[k], mode[k], one_mean[k], one_covariance[k])
        one_mode[k] = mode[k]


@kernel("void(float64[::1], float64, float64[::1])")
def exist_back(time_s: Floats, life_s: float, p_exists: Floats) -> None:
    """Smooth existence (K,) in place: what is there later was there before.

    r_k = r'_k+1 + (1 - r'_k+1) r_k (1 - s) / (1 - r_k s), s = exp(-dt / life_s) the chance to stay.
    """
    for k in range(time_s.shape[0] - 2, -1, -1):
        stay = math.exp(-(time_s[k + 1] - time_s[k]) / life_s)
        gone = p_exists[k] * (1.0 - stay) / (1.0 - p_exists[k] * stay)
        p_exists[k] = p_exists[k + 1] + (1.0 - p_exists[k + 1]) * gone
