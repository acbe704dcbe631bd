"""What a look does to the tracks: existence, mode probabilities and kinematics, over all pairs in the gate.

For track i with existence-conditional weights β_j (β_0: missed) and mode likelihoods L_jm, mixture L_j:

    r' = Σ_j p_ij + p_i0 r (1 - q) / (1 - r q),   β_j = p_ij / r'
    w'_m = w_m (β_0 + Σ_j β_j L_jm / L_j),        β_jm = β_j w_m L_jm / (L_j w'_m)
    x'_m = x_m + Σ_j β_jm K_jm ν_jm,              P'_m = β_0m P_m + Σ_j β_jm (P_m - K S Kᵀ) + spread of the means

Bar-Shalom, Daum & Huang (2009) for PDA; β_m per mode as in IMM-JPDA. EKF, so the Jacobian's curvature is neglected.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.sensing.compiled import kernel
from vedette.sensing.projection import expect, innovate

Ints = npt.NDArray[np.int64]

SUREST: Final = 1.0 - 1e-5
"""Existence is never more certain, so that misses can end a track in time."""
_LEAST_MODE: Final = 1e-4


@kernel(
    "void(int64[::1], float64[:,::1], float64[:,::1], float64[::1], float64[:,::1], float64[:,:,::1], int64[::1], "
    "int64, float64[:,:,::1], float64[:,:,:,::1], float64[:,::1], float64[::1], float64[::1], float64[:,::1], "
    "int64[::1], int64[::1], float64[:,::1], float64[::1], float64[::1])"
)
def update(
    kind: Ints,
    value: Floats,
    variance: Floats,
    offset_s: Floats,
    origin_m: Floats,
    axes: Floats,
    group: Ints,
    count: int,
    mean: Floats,
    covariance: Floats,
    mode: Floats,
    blind_up_m2: Floats,
    p_exists: Floats,
    p_detect: Floats,
    first: Ints,
    pair_detection: Ints,
    likelihood: Floats,
    p_pair: Floats,
    p_missed: Floats,
) -> None:
    """Update every track in place; arrays as in vedette.tracking.association."""
    modes = mode.shape[1]
    share = np.empty(modes)
    new_mean, new_covariance = np.empty(6), np.empty((6, 6))
    expected, jacobian, crossed = np.empty(4), np.empty((4, 6)), np.empty((6, 4))
    root, white, gain, step = np.empty((4, 4)), np.empty(4), np.empty((6, 4)), np.empty(6)
    for i in range(count):
        r, q = p_exists[i], p_detect[i, 1]
        still = p_missed[i] * r * (1.0 - q) / (1.0 - r * q)
        seen = 0.0
        for k in range(first[i], first[i + 1]):
            seen += p_pair[k]
        p_exists[i] = min(seen + still, SUREST)
        if seen <= 1e-9:
            continue
        spread_modes(i, first, likelihood, p_pair, mode, still / (seen + still), seen + still, share)
        for m in range(modes):
            new_mean[:] = 0.0
            new_covariance[:] = 0.0
            gather(
                i, m, kind, value, variance, offset_s, origin_m, axes, group, mean[i, m], covariance[i, m], mode[i],
                blind_up_m2[i], first, pair_detection, likelihood, p_pair, (seen + still) * share[m], new_mean,
                new_covariance, expected, jacobian, crossed, root, white, gain, step,
            )  # fmt: skip
            settle(new_mean, new_covariance, mean[i, m], covariance[i, m])
        for m in range(modes):
            mode[i, m] = share[m]


@kernel(
    "void(int64, int64[::1], float64[:,::1], float64[::1], float64[:,::1], float64, float64, float64[::1])",
    inner=True,
)
def spread_modes(
    i: int, first: Ints, likelihood: Floats, p_pair: Floats, mode: Floats, missed: float, exists: float, share: Floats
) -> None:
    """Mode probabilities (M,) of track i after the look, none below a ten-thousandth."""
    modes = mode.shape[1]
    for m in range(modes):
        share[m] = missed
    for k in range(first[i], first[i + 1]):
        mixture = 0.0
        for m in range(modes):
            mixture += mode[i, m] * likelihood[k, m]
        for m in range(modes):
            share[m] += p_pair[k] / exists * likelihood[k, m] / mixture
    total = 0.0
    for m in range(modes):
        share[m] = max(share[m] * mode[i, m], _LEAST_MODE)
        total += share[m]
    for m in range(modes):
        share[m] /= total


@kernel(
    "void(int64, int64, int64[::1], float64[:,::1], float64[:,::1], float64[::1], float64[:,::1], "
    "float64[:,:,::1], int64[::1], float64[::1], float64[:,::1], float64[::1], float64, int64[::1], int64[::1], "
    "float64[:,::1], float64[::1], float64, float64[::1], float64[:,::1], float64[::1], "
    "float64[:,::1], float64[:,::1], float64[:,::1], float64[::1], float64[:,::1], float64[::1])",
    inner=True,
)
def gather(
    i: int,
    m: int,
    kind: Ints,
    value: Floats,
    variance: Floats,
    offset_s: Floats,
    origin_m: Floats,
    axes: Floats,
    group: Ints,
    mean: Floats,
    covariance: Floats,
    mode: Floats,
    blind_up_m2: float,
    first: Ints,
    pair_detection: Ints,
    likelihood: Floats,
    p_pair: Floats,
    scale: float,
    shift: Floats,
    change: Floats,
    expected: Floats,
    jacobian: Floats,
    crossed: Floats,
    root: Floats,
    white: Floats,
    gain: Floats,
    step: Floats,
) -> None:
    """Sum over the detections of track i, mode m: shift Σ β d, change Σ β (d dᵀ - K S Kᵀ), d = K ν.

    Where up was never measured (blind_up_m2 > 0) and this detection does not measure it, up is considered and not
    estimated (Schmidt 1966): range alone would make the EKF believe that it sees height. K S Kᵀ is one for a group.
    From `expected` on: room to work, as in vedette.sensing.projection.
    """
    ready, weight, blind = -1, 0.0, False
    for k in range(first[i], first[i + 1]):
        j = pair_detection[k]
        mixture = 0.0
        for n in range(mode.shape[0]):
            mixture += mode[n] * likelihood[k, n]
        beta = p_pair[k] * mode[m] * likelihood[k, m] / (mixture * scale)
        if beta < 1e-7:
            continue
        if group[j] != ready:
            narrow(weight, blind, gain, change)
            ready, weight = group[j], 0.0
            blind = blind_up_m2 > 0.0 and variance[j, 2] <= 0.0
            expect(
                kind[j], mean, covariance, origin_m[j], axes[j], offset_s[j], variance[j], expected, jacobian, crossed,
                root,
            )  # fmt: skip
            whiten(root, crossed, gain)
        weight += beta
        innovate(kind[j], value[j], expected, variance[j], root, white)
        add_step(beta, blind, gain, white, step, shift, change)
    narrow(weight, blind, gain, change)


@kernel("void(float64[:,::1], float64[:,::1], float64[:,::1])", inner=True)
def whiten(root: Floats, crossed: Floats, gain: Floats) -> None:
    """W = P Hᵀ L⁻ᵀ (6, 4), so that K S Kᵀ = W Wᵀ and K ν = W (L⁻¹ ν)."""
    for c in range(6):
        for n in range(4):
            total = crossed[c, n]
            for d in range(n):
                total -= root[n, d] * gain[c, d]
            gain[c, n] = total / root[n, n]


@kernel("void(float64, boolean, float64[:,::1], float64[::1], float64[::1], float64[::1], float64[:,::1])", inner=True)
def add_step(
    beta: float, blind: bool, gain: Floats, white: Floats, step: Floats, shift: Floats, change: Floats
) -> None:
    """Add one detection's β d to shift (6,) and β d dᵀ to change (6, 6), d = W white; blind: up and its rate stay."""
    for c in range(6):
        step[c] = 0.0
        if not (blind and c % 3 == 2):
            for n in range(4):
                step[c] += gain[c, n] * white[n]
    for c in range(6):
        shift[c] += beta * step[c]
        for d in range(c + 1):
            change[c, d] += beta * step[c] * step[d]


@kernel("void(float64, boolean, float64[:,::1], float64[:,::1])", inner=True)
def narrow(weight: float, blind: bool, gain: Floats, change: Floats) -> None:
    """Take weight · W Wᵀ from change (6, 6); blind: the variances of up and its rate stay."""
    if weight <= 0.0:
        return
    for c in range(6):
        for d in range(c + 1):
            if blind and c % 3 == 2 and d % 3 == 2:
                continue
            total = 0.0
            for n in range(4):
                total += gain[c, n] * gain[d, n]
            change[c, d] -= weight * total


@kernel("void(float64[::1], float64[:,::1], float64[::1], float64[:,::1])", inner=True)
def settle(shift: Floats, change: Floats, mean: Floats, covariance: Floats) -> None:
    """Apply the sums of `gather`: x ← x + s, P ← P + C - s sᵀ, symmetric by construction."""
    for c in range(6):
        mean[c] += shift[c]
        for d in range(c + 1):
            covariance[c, d] += change[c, d] - shift[c] * shift[d]
            covariance[d, c] = covariance[c, d]
