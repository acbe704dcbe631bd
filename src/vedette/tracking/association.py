"""Which detection came from which track: gating, likelihoods, and marginals by loopy belief propagation.

JIPDA weights (Musicki & Evans 2004) with the marginals of Williams & Lau (2014): for track i and detection j

    ψ_ij = r_i p_i L_ij / (κ_j (1 - r_i q_i)),   L_ij = Σ_m w_im N(z_j; ẑ_im, S_im)

r: existence; p: probability of detection; q: the same where a miss counts, else 0; κ: density of clutter and births.
Tracks and detections are joined in a sparse graph (lists of gated pairs, by track).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.sensing.compiled import kernel
from vedette.sensing.projection import expect, innovate

Ints = npt.NDArray[np.int64]

GATE: Final = 20.0
"""Squared Mahalanobis distance within which a pair is considered: 0.9998 of true pairs in three dimensions."""
ABSURD: Final = 120.0
"""The same for a report whose identity the track carries: beyond it the report is absurd against the track."""
SURE: Final = 1e6
"""Least ψ of such a report within that gate."""
_HALF_LOG_2PI: Final = 0.5 * math.log(2.0 * math.pi)
_MOST: Final = 1e9
_TURNS: Final = 100
_CLOSE: Final = 1e-5


@kernel("boolean(int64, int64, int64[:,::1], int64[:,::1], int64[::1])", inner=True)
def may_join(i: int, j: int, track_names: Ints, names: Ints, owner: Ints) -> bool:
    """Whether identities allow the pair: the report's owner if it has one, else no other name of the same scheme.

    track_names (n, schemes), names (d, 2): scheme and name of a detection, -1 none; owner (d,): track or -1.
    """
    if names[j, 0] < 0:
        return True
    if owner[j] >= 0:
        return bool(owner[j] == i)
    return bool(track_names[i, names[j, 0]] < 0)


@kernel("UniTuple(float64, 2)(float64[:,::1], float64[:,:,::1], float64[::1])", inner=True)
def reach(mean: Floats, covariance: Floats, mode: Floats) -> tuple[float, float]:
    """Distances in m, flat and upright, from the first mode's mean within which a track (M, 6) can gate a point."""
    widest = tallest = 0.0
    for m in range(mode.shape[0]):
        if mode[m] > 1e-4:
            off = math.hypot(mean[m, 0] - mean[0, 0], mean[m, 1] - mean[0, 1])
            widest = max(widest, off + 4.6 * math.sqrt(covariance[m, 0, 0] + covariance[m, 1, 1]))
            tallest = max(tallest, abs(mean[m, 2] - mean[0, 2]) + 4.6 * math.sqrt(covariance[m, 2, 2]))
    return widest, tallest


@kernel(
    "Tuple((float64, int64))(float64[:,::1], float64[:,:,::1], float64[::1], float64[::1], float64[::1], float64[::1])",
    inner=True,
)
def radii(
    where: Floats, spread: Floats, offset_s: Floats, radius_m: Floats, height_m: Floats, east_m: Floats
) -> tuple[float, int]:
    """The same of each detection (n,): infinite where only a direction is known; 100 m/s for its own time offset.

    Upright, 60 m more: a direction's uncertainty is bent. east_m (n,): to sort them by, infinite there too. Returns the
    largest finite radius, and how many are finite.
    """
    widest, placed = 0.0, 0
    for j in range(radius_m.shape[0]):
        radius_m[j] = height_m[j] = east_m[j] = np.inf
        if not math.isnan(where[j, 0]):
            radius_m[j] = 4.6 * math.sqrt(spread[j, 0, 0] + spread[j, 1, 1]) - 100.0 * offset_s[j] + 10.0
            height_m[j] = 4.6 * math.sqrt(spread[j, 2, 2]) - 100.0 * offset_s[j] + 60.0
            east_m[j] = where[j, 0]
            widest = max(widest, radius_m[j])
            placed += 1
    return widest, placed


@kernel("int64(float64[::1], int64[::1], int64, float64)", inner=True)
def start(east_m: Floats, order: Ints, placed: int, least_m: float) -> int:
    """The first of the `placed` detections in order of east that stands at least_m or further, by halving."""
    low, high = 0, placed
    while low < high:
        half = (low + high) // 2
        if east_m[order[half]] < least_m:
            low = half + 1
        else:
            high = half
    return low


@kernel(
    "float64(int64, float64[::1], float64[::1], float64[::1], float64[:,::1], float64[:,:,::1], float64[::1], float64, "
    "float64[::1], float64[::1])",
    inner=True,
)
def score(
    kind: int,
    value: Floats,
    variance: Floats,
    mode: Floats,
    expected: Floats,
    root: Floats,
    logdet: Floats,
    limit: float,
    likelihood: Floats,
    white: Floats,
) -> float:
    """Likelihood (M,) of a detection under each mode and, returned, under their mixture; -1 outside the gate.

    white (4,): room to work.
    """
    log_scale = 0.0
    for k in range(4):
        if variance[k] > 0.0:
            log_scale -= _HALF_LOG_2PI
    nearest = np.inf
    for m in range(mode.shape[0]):
        square = innovate(kind, value, expected[m], variance, root[m], white)
        nearest = min(nearest, square)
        likelihood[m] = log_scale - 0.5 * (square + logdet[m])
    if nearest >= limit:
        return -1.0
    total = 0.0
    for m in range(mode.shape[0]):
        likelihood[m] = math.exp(max(likelihood[m], -300.0))
        total += mode[m] * likelihood[m]
    return total


@kernel(
    "int64(int64[::1], float64[:,::1], float64[:,::1], float64[::1], float64[:,::1], float64[:,:,::1], int64[::1], "
    "float64[:,::1], float64[:,:,::1], float64[::1], int64[:,::1], int64[::1], int64, float64[:,:,::1], "
    "float64[:,:,:,::1], float64[:,::1], float64[::1], float64[:,::1], int64[:,::1], int64[::1], int64[::1], "
    "float64[:,::1], float64[::1])"
)
def gate(
    kind: Ints,
    value: Floats,
    variance: Floats,
    offset_s: Floats,
    origin_m: Floats,
    axes: Floats,
    group: Ints,
    where: Floats,
    spread: Floats,
    density: Floats,
    names: Ints,
    owner: Ints,
    count: int,
    mean: Floats,
    covariance: Floats,
    mode: Floats,
    p_exists: Floats,
    p_detect: Floats,
    track_names: Ints,
    first: Ints,
    pair_detection: Ints,
    likelihood: Floats,
    psi: Floats,
) -> int:
    """Find the pairs: those of track i are first[i] to first[i + 1]. Returns how many, -1 if there is no room.

    p_detect (n, 2): p and q of the module's head. Writes first (n + 1,), pair_detection, likelihood (·, M), psi (·,).
    """
    modes = mode.shape[1]
    expected, jacobian, crossed = np.empty((modes, 4)), np.empty((4, 6)), np.empty((6, 4))
    root, logdet, white = np.empty((modes, 4, 4)), np.empty(modes), np.empty(4)
    radius, height, east_m = np.empty(kind.shape[0]), np.empty(kind.shape[0]), np.empty(kind.shape[0])
    widest, placed = radii(where, spread, offset_s, radius, height, east_m)
    order = np.argsort(east_m)
    k = 0
    for i in range(count):
        first[i] = k
        wide, tall = reach(mean[i], covariance[i], mode[i])
        ready = -1
        weight = p_exists[i] * p_detect[i, 0] / (1.0 - p_exists[i] * p_detect[i, 1])
        a = start(east_m, order, placed, mean[i, 0, 0] - wide - widest)
        while a < kind.shape[0]:
            j = order[a]
            a += 1
            east, north, most = where[j, 0] - mean[i, 0, 0], where[j, 1] - mean[i, 0, 1], wide + radius[j]
            if east > wide + widest:
                a = max(a, placed)
                continue
            if east * east + north * north > most * most or abs(where[j, 2] - mean[i, 0, 2]) > tall + height[j]:
                continue
            if not may_join(i, j, track_names, names, owner):
                continue
            if group[j] != ready:
                ready = group[j]
                for m in range(modes):
                    logdet[m] = expect(
                        kind[j], mean[i, m], covariance[i, m], origin_m[j], axes[j], offset_s[j], variance[j],
                        expected[m], jacobian, crossed, root[m],
                    )  # fmt: skip
            if k >= psi.shape[0]:
                return -1
            own = owner[j] == i
            limit = ABSURD if own else GATE
            total = score(kind[j], value[j], variance[j], mode[i], expected, root, logdet, limit, likelihood[k], white)
            if total > 0.0:
                pair_detection[k] = j
                psi[k] = min(max(weight * total / density[j], SURE if own else 0.0), _MOST)
                k += 1
    first[count] = k
    return k


@kernel("int64(int64, int64[::1], int64[::1], float64[::1], float64[::1], float64[::1], float64[::1])")
def marginals(
    count: int, first: Ints, pair_detection: Ints, psi: Floats, p_pair: Floats, p_missed: Floats, p_alone: Floats
) -> int:
    """Loopy belief propagation on the pairs (Williams & Lau 2014, eqs. 27 and 28). Returns the number of turns.

        μ_ij = ψ_ij / (1 + Σ_k≠j ψ_ik ν_ik),   ν_ij = 1 / (1 + Σ_l≠i μ_lj)

    Writes p_pair (pairs,): track i made detection j; p_missed (n,): it made none; p_alone (d,): no track made j. Exact
    where the pairs form a tree. Loops make it approximate, and too sure where strong pairs compete (some tenths of
    probability with two tracks on the same two detections); it still converges, to a single fixed point.
    """
    pairs = first[count]
    back = np.ones(pairs)
    ahead = np.empty(pairs)
    load = np.empty(p_alone.shape[0])
    turns = 0
    moved = 1.0
    while moved > _CLOSE and turns < _TURNS:
        turns += 1
        load[:] = 0.0
        for i in range(count):
            total = 1.0
            for k in range(first[i], first[i + 1]):
                total += psi[k] * back[k]
            for k in range(first[i], first[i + 1]):
                ahead[k] = psi[k] / max(total - psi[k] * back[k], 1.0)
                load[pair_detection[k]] += ahead[k]
        moved = 0.0
        for k in range(pairs):
            fresh = 1.0 / max(1.0 + load[pair_detection[k]] - ahead[k], 1.0)
            moved = max(moved, abs(fresh - back[k]))
            back[k] = fresh
    for i in range(count):
        total = 1.0
        for k in range(first[i], first[i + 1]):
            total += psi[k] * back[k]
        for k in range(first[i], first[i + 1]):
            p_pair[k] = psi[k] * back[k] / total
        p_missed[i] = 1.0 / total
    for j in range(p_alone.shape[0]):
        p_alone[j] = 1.0 / (1.0 + load[j])
    return turns
