"""Doubles: two tracks of one target, as sensors with different errors start them, become one."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.sensing.compiled import kernel
from vedette.tracking.motion import add_spread
from vedette.tracking.state import State

Ints = npt.NDArray[np.int64]

ALIKE: Final = 7.0
"""Squared Mahalanobis distance, six dimensions, within which two tracks are one."""
BIAS_M: Final = 12.0
BIAS_MPS: Final = 1.5
"""What sensors may differ by in place and velocity without having said so."""
NEAR_M: Final = 250.0
"""Tracks further apart are two, whatever their covariances say."""
_TWO_S: Final = 12.0


@kernel("float64(float64[:,:,::1], float64[:,:,:,::1], float64[:,::1], int64, int64, float64, float64)", inner=True)
def distance2(mean: Floats, covariance: Floats, mode: Floats, i: int, j: int, bias_m: float, bias_mps: float) -> float:
    """Squared Mahalanobis distance of two tracks' mixtures, biases added to the sum of their covariances."""
    total = np.zeros((6, 6))
    off = np.zeros(6)
    centre = np.empty(6)
    for side in range(2):
        track = i if side == 0 else j
        centre[:] = 0.0
        for m in range(mode.shape[1]):
            for k in range(6):
                centre[k] += mode[track, m] * mean[track, m, k]
        for k in range(6):
            off[k] += centre[k] if side == 0 else -centre[k]
        for m in range(mode.shape[1]):
            add_spread(mode[track, m], mean[track, m], centre, covariance[track, m], total)
    for k in range(6):
        total[k, k] += bias_m * bias_m if k < 3 else bias_mps * bias_mps
    return solve(total, off)


@kernel("float64(float64[:,::1], float64[::1])", inner=True)
def solve(covariance: Floats, off: Floats) -> float:
    """The value of dᵀ C⁻¹ d from the lower triangle of C (6, 6); both are overwritten."""
    square = 0.0
    for k in range(6):
        for c in range(k):
            total = covariance[k, c]
            for d in range(c):
                total -= covariance[k, d] * covariance[c, d]
            covariance[k, c] = total / covariance[c, c]
            covariance[k, k] -= covariance[k, c] * covariance[k, c]
            off[k] -= covariance[k, c] * off[c]
        covariance[k, k] = max(covariance[k, k], 1e-12) ** 0.5
        off[k] /= covariance[k, k]
        square += off[k] * off[k]
    return square


@kernel("boolean(int64, int64, float64, int64[:,::1], float64[:,::1], float64[::1])", inner=True)
def told_apart(i: int, j: int, now_s: float, names: Ints, seen_s: Floats, together_s: Floats) -> bool:
    """Whether names differ in one scheme, or one sensor saw both in one look (its times within together_s) lately."""
    for scheme in range(names.shape[1]):
        if names[i, scheme] >= 0 and names[j, scheme] >= 0 and names[i, scheme] != names[j, scheme]:
            return True
    for s in range(seen_s.shape[1]):
        apart_s = abs(seen_s[i, s] - seen_s[j, s])
        if apart_s < together_s[s] and now_s - seen_s[i, s] < _TWO_S:
            return True
    return False


@kernel(
    "int64(int64, int64, float64, int64[::1], int64[::1], float64[:,:,::1], float64[:,:,:,::1], float64[:,::1], "
    "int64[:,::1], float64[:,::1], float64[::1], float64[::1], int64[:,::1])"
)
def doubles(
    count: int,
    detections: int,
    now_s: float,
    first: Ints,
    pair_detection: Ints,
    mean: Floats,
    covariance: Floats,
    mode: Floats,
    names: Ints,
    seen_s: Floats,
    together_s: Floats,
    limits: Floats,
    found: Ints,
) -> int:
    """Pairs of tracks that gate a common detection and are alike, into found (·, 2); returns how many.

    limits: ALIKE, NEAR_M, BIAS_M, BIAS_MPS. Only tracks that compete for a detection are compared: linear in the pairs.
    """
    head = np.full(detections, -1, dtype=np.int64)
    after = np.empty(first[count], dtype=np.int64)
    owner = np.empty(first[count], dtype=np.int64)
    many = 0
    for i in range(count):
        for k in range(first[i], first[i + 1]):
            owner[k] = i
            other = head[pair_detection[k]]
            while other >= 0 and many < found.shape[0]:
                j = owner[other]
                near = abs(mean[i, 0, 0] - mean[j, 0, 0]) + abs(mean[i, 0, 1] - mean[j, 0, 1]) < limits[1]
                if (
                    near
                    and not told_apart(i, j, now_s, names, seen_s, together_s)
                    and distance2(mean, covariance, mode, i, j, limits[2], limits[3]) < limits[0]
                ):
                    found[many, 0], found[many, 1] = j, i
                    many += 1
                other = after[other]
            after[k] = head[pair_detection[k]]
            head[pair_detection[k]] = k
    return many


def absorb(state: State, kept: int, gone: int) -> None:
    """Put what a double knows into the track that stays; the better known of the two positions holds."""
    better = np.trace(state.covariance[gone, 0, :3, :3]) < np.trace(state.covariance[kept, 0, :3, :3])
    altitude = int(state.blind_up_m2[kept] > 0.0) - int(state.blind_up_m2[gone] > 0.0)
    if altitude > 0 or (altitude == 0 and better):
        for name in ("mean", "covariance", "mode", "blind_up_m2"):
            getattr(state, name)[kept] = getattr(state, name)[gone]
    if state.updated_s[gone] > state.updated_s[kept]:
        for name in ("updated_s", "missed", "last_sensor"):
            getattr(state, name)[kept] = getattr(state, name)[gone]
    if state.features[gone, 0] > state.features[kept, 0]:
        state.features[kept] = state.features[gone]
    state.hits[kept] += state.hits[gone]
    state.seen_s[kept] = np.fmax(state.seen_s[kept], state.seen_s[gone])
    for name in ("p_exists", "confirmed", "names", "p_visible"):
        array = getattr(state, name)
        array[kept] = np.maximum(array[kept], array[gone])
