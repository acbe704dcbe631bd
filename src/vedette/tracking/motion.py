"""How targets move: an interacting multiple model of straight flight, turns, and a fall with drag.

Blom & Bar-Shalom (1988); the mode's acceleration is white noise, with spectral densities q_h (each horizontal axis) and
q_v (vertical) in m²/s³, so that prediction over dt₁ then dt₂ equals prediction over dt₁ + dt₂. The fall has
linear drag, dv/dt = -v/τ - g, so that what is shot down or fails is followed to the ground. Neglected: turn rate as a
state, wind, correlation of accelerations.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.sensing.compiled import kernel
from vedette.units import STANDARD_GRAVITY_MPS2

Ints = npt.NDArray[np.int64]

MODES: Final = 3
NOISE: Final = np.array([[0.08, 0.02], [30.0, 0.6], [25.0, 25.0]])
"""(modes, 2): q_h, q_v of straight flight, of a turn, of a fall. m²/s³."""
FALL_S: Final = np.array([0.0, 0.0, 3.5])
"""Time constant τ of a fall with drag, ending at g τ = 34 m/s; 0: the mode does not fall."""
DWELL_S: Final = np.array([35.0, 35.0, 6.0])
"""Mean time in each mode."""
JUMP: Final = np.array([[0.0, 0.93, 0.07], [0.9, 0.0, 0.1], [0.3, 0.7, 0.0]])
"""Where a mode goes when it is left; rows sum to 1."""
START: Final = np.array([0.85, 0.12, 0.03])
"""Mode probabilities of a new track."""
START_SPEED_MPS: Final = np.array([[12.0, 1.0], [35.0, 4.0], [80.0, 10.0]])
"""Standard deviation of a new track's velocity by mode, each horizontal axis and vertical: the last takes aircraft."""
LIFE_S: Final = np.array([300.0, 3600.0])
"""Mean time a target stays, and one that carries a name and so says itself that it is there: survival over dt is
exp(-dt / LIFE_S)."""
BLIND_UP_MPS: Final = 4.0
"""Standard deviation of the vertical rate of a track whose altitude no sensor has measured."""


@kernel("void(float64, float64[::1], float64[::1], float64[:,::1], float64[:,::1])", inner=True)
def add_spread(share: float, mean: Floats, centre: Floats, covariance: Floats, total: Floats) -> None:
    """Add share · (P + (x - c)(x - c)ᵀ) to the lower triangle of total (6, 6)."""
    for k in range(6):
        off = share * (mean[k] - centre[k])
        for d in range(k + 1):
            total[k, d] += share * covariance[k, d] + off * (mean[d] - centre[d])


@kernel("void(float64[:,::1], float64, float64)", inner=True)
def hold_up(covariance: Floats, up_m2: float, rate_m2ps2: float) -> None:
    """Keep the up variances of a covariance (6, 6) at or below a prior by scaling its rows and columns."""
    for axis in (2, 5):
        most = up_m2 if axis == 2 else rate_m2ps2
        if covariance[axis, axis] > most:
            scale = math.sqrt(most / covariance[axis, axis])
            for k in range(6):
                covariance[axis, k] *= scale
                covariance[k, axis] *= scale


@kernel(
    "void(float64[:,::1], float64[:,:,::1], float64[::1], float64[:,::1], float64[:,::1], float64[:,:,::1], "
    "float64[:,::1])",
    inner=True,
)
def mix(
    mean: Floats, covariance: Floats, mode: Floats, turn: Floats, mixed_mean: Floats, mixed: Floats, share: Floats
) -> None:
    """IMM mixing of one track: (M, 6), (M, 6, 6) → mixed_mean, mixed (lower triangle); mode (M,) becomes c_b.

    c_b = Σ_a Π_ab w_a, μ_a|b = Π_ab w_a / c_b, x_b = Σ_a μ x_a, P_b = Σ_a μ (P_a + (x_a - x_b)(x_a - x_b)ᵀ).
    """
    modes = mode.shape[0]
    for b in range(modes):
        total = 0.0
        for a in range(modes):
            share[a, b] = turn[a, b] * mode[a]
            total += share[a, b]
        for a in range(modes):
            share[a, b] /= total
        share[modes, b] = total
    mixed_mean[:] = 0.0
    mixed[:] = 0.0
    for b in range(modes):
        for a in range(modes):
            for k in range(6):
                mixed_mean[b, k] += share[a, b] * mean[a, k]
        for a in range(modes):
            add_spread(share[a, b], mean[a], mixed_mean[b], covariance[a], mixed[b])
    for b in range(modes):
        mode[b] = share[modes, b]


@kernel(
    "void(float64[::1], float64[:,::1], float64, float64, float64[::1], float64[::1], float64[:,::1])",
    inner=True,
)
def shift(x: Floats, p: Floats, dt_s: float, fall_s: float, noise: Floats, mean: Floats, covariance: Floats) -> None:
    """Predict one mode: x ← F x + g, P ← F P Fᵀ + Q; p (6, 6) is read in its lower triangle; noise: q_h, q_v.

    F carries position by φ v and velocity by ε v: φ = dt, ε = 1 in level flight; φ = τ (1 - ε), ε = exp(-dt/τ) in a
    fall, which also adds gravity: -g τ (1 - ε) to the vertical rate and -g τ (dt - φ) to up.
    """
    carry, keep, sink, drop = dt_s, 1.0, 0.0, 0.0
    if fall_s > 0.0:
        keep = math.exp(-dt_s / fall_s)
        carry = fall_s * (1.0 - keep)
        sink = STANDARD_GRAVITY_MPS2 * carry
        drop = STANDARD_GRAVITY_MPS2 * fall_s * (dt_s - carry)
    for k in range(3):
        q = noise[0] if k < 2 else noise[1]
        mean[k] = x[k] + carry * x[3 + k]
        mean[3 + k] = keep * x[3 + k]
        for d in range(k + 1):
            rate = p[3 + k, 3 + d]
            value = p[k, d] + carry * (p[3 + k, d] + p[3 + d, k]) + carry * carry * rate
            rate *= keep * keep
            if k == d:
                value += q * dt_s * dt_s * dt_s / 3.0
                rate += q * dt_s
            covariance[k, d] = covariance[d, k] = value
            covariance[3 + k, 3 + d] = covariance[3 + d, 3 + k] = rate
        for d in range(3):
            value = keep * (p[3 + k, d] + carry * p[3 + max(k, d), 3 + min(k, d)])
            if k == d:
                value += q * dt_s * dt_s / 2.0
            covariance[3 + k, d] = covariance[d, 3 + k] = value
    mean[2] -= drop
    mean[5] -= sink


@kernel(
    "void(float64[:,:,::1], float64[:,:,:,::1], float64[:,::1], float64[::1], float64[::1], int64, float64, "
    "float64[:,::1], float64[::1], float64[::1], float64[:,::1], float64[::1], float64, int64[:,::1])"
)
def predict(
    mean: Floats,
    covariance: Floats,
    mode: Floats,
    p_exists: Floats,
    blind_up_m2: Floats,
    count: int,
    dt_s: float,
    noise: Floats,
    fall_s: Floats,
    dwell_s: Floats,
    jump: Floats,
    life_s: Floats,
    blind_up_mps: float,
    names: Ints,
) -> None:
    """IMM mixing and prediction in place: mean (n, M, 6), covariance (n, M, 6, 6), mode (n, M), p_exists (n,).

        Π_ab = exp(-dt/τ_a) δ_ab + (1 - exp(-dt/τ_a)) J_ab;  Q_b: dt³/3, dt²/2, dt times q on each axis.

    blind_up_m2 (n,): variance of up where no altitude was ever measured (0: it was); up is held at that prior.
    names (n, schemes): -1 where a track carries none.
    """
    modes = mode.shape[1]
    turn = np.empty((modes, modes))
    for a in range(modes):
        stay = math.exp(-dt_s / dwell_s[a])
        for b in range(modes):
            turn[a, b] = stay if a == b else (1.0 - stay) * jump[a, b]
    survive = np.exp(-dt_s / life_s)
    mixed_mean = np.empty((modes, 6))
    mixed = np.empty((modes, 6, 6))
    share = np.empty((modes + 1, modes))
    for i in range(count):
        named = 0
        for scheme in range(names.shape[1]):
            if names[i, scheme] >= 0:
                named = 1
        p_exists[i] *= survive[named]
        mix(mean[i], covariance[i], mode[i], turn, mixed_mean, mixed, share)
        for b in range(modes):
            shift(mixed_mean[b], mixed[b], dt_s, fall_s[b], noise[b], mean[i, b], covariance[i, b])
            if blind_up_m2[i] > 0.0:
                hold_up(covariance[i, b], blind_up_m2[i], blind_up_mps * blind_up_mps)


@kernel("void(float64[:,:,::1], float64[:,:,:,::1], float64[:,::1], int64, float64[:,::1], float64[:,:,::1])")
def collapse(
    mean: Floats, covariance: Floats, mode: Floats, count: int, one_mean: Floats, one_covariance: Floats
) -> None:
    """Moment-match the modes of each track: mean (n, 6) and covariance (n, 6, 6) of the mixture."""
    one_mean[:] = 0.0
    one_covariance[:] = 0.0
    for i in range(count):
        for m in range(mode.shape[1]):
            for k in range(6):
                one_mean[i, k] += mode[i, m] * mean[i, m, k]
        for m in range(mode.shape[1]):
            add_spread(mode[i, m], mean[i, m], one_mean[i], covariance[i, m], one_covariance[i])
        for k in range(6):
            for d in range(k):
                one_covariance[i, d, k] = one_covariance[i, k, d]
