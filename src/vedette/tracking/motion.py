"""How targets move: an interacting multiple model of straight flight, turns, and a fall with drag.

Blom & Bar-Shalom (1988); the mode's acceleration is white noise, with spectral densities q_h (each horizontal axis) and
q_v (vertical) in m²/s³, so that prediction over dt₁ then dt₂ equals prediction over dt₁ + dt₂. The fall has
linear drag, dv/dt = -v/τ - g, so that what is shot down or fails is followed to the ground. Neglected: turn rate as a
state, wind, correlation of accelerations.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types

from vedette.geo import Floats
from vedette.sensing.compiled import arrays_type, kernel
from vedette.units import STANDARD_GRAVITY_MPS2

Ints = npt.NDArray[np.int64]

MODES: Final = 3
NOISE: Final = np.array([[0.04, 0.005], [25.0, 0.1], [25.0, 25.0]])
"""(modes, 2): q_h, q_v of straight flight, of a turn, of a fall. m²/s³."""
FALL_S: Final = np.array([0.0, 0.0, 3.5])
"""Time constant τ of a fall with drag, ending at g τ = 34 m/s; 0: the mode does not fall."""
DWELL_S: Final = np.array([60.0, 60.0, 6.0])
"""Mean time in each mode."""
JUMP: Final = np.array([[0.0, 0.99, 0.01], [0.97, 0.0, 0.03], [0.3, 0.7, 0.0]])
"""Where a mode goes when it is left; rows sum to 1. A fall each 100 minutes of straight flight, each 33 of turns: the
more often it is thought of, the worse what flies is followed; the less often, the later a fall of 6 s is seen.
"""
START: Final = np.array([0.94, 0.05, 0.01])
"""Mode probabilities of a new track."""
START_SPEED_MPS: Final = np.array([[12.0, 1.0], [20.0, 2.0], [55.0, 10.0]])
"""Standard deviation of a new track's velocity by mode, each horizontal axis and vertical: the last takes aircraft."""
LIFE_S: Final = np.array([300.0, 3600.0])
"""Mean time a target stays, and one that carries a name and so says itself that it is there: survival over dt is
exp(-dt / LIFE_S)."""
BLIND_UP_MPS: Final = 4.0
"""Standard deviation of the vertical rate of a track whose altitude no sensor has measured."""


class Motion(NamedTuple):
    """The dynamics as kernels take them.

    noise (M, 2), fall_s (M,), dwell_s (M,), jump (M, M), start (M,), start_speed_mps (M, 2), life_s (2,).
    """

    noise: Floats
    fall_s: Floats
    dwell_s: Floats
    jump: Floats
    start: Floats
    start_speed_mps: Floats
    life_s: Floats


MOTION: Final = arrays_type(Motion, "f2 f1 f1 f2 f1 f2 f1")
MODELS: Final = Motion(NOISE, FALL_S, DWELL_S, JUMP, START, START_SPEED_MPS, LIFE_S)
"""The dynamics of the tracker."""


class Mixing(NamedTuple):
    """Room to mix one track.

    turn (M, M): Π; survive (2,). middle (6,): the mixture's mean. off (M, 6): its modes' means less that; about
    (M, 6, 6): their covariances plus off offᵀ, lower triangle; share (M + 1, M): weights. mixed_off (6,): one mixed
    mode's mean less the mixture's.
    """

    turn: Floats
    survive: Floats
    middle: Floats
    off: Floats
    about: Floats
    share: Floats
    mixed_off: Floats


MIXING: Final = arrays_type(Mixing, "f2 f1 f1 f2 f3 f2 f1")


def mixing_room() -> Mixing:
    """Blank room to mix."""
    shapes = ((MODES, MODES), (2,), (6,), (MODES, 6), (MODES, 6, 6), (MODES + 1, MODES), (6,))
    return Mixing(*(np.zeros(shape) for shape in shapes))


@kernel(inner=True)
def centre(mean: Floats, covariance: Floats, mode: Floats, i: int, room: Mixing) -> None:
    """Mean x of track i's mixture, each mode's distance d from it, and P + d dᵀ of each mode."""
    for k in range(6):
        total = 0.0
        for a in range(MODES):
            total += mode[i, a] * mean[i, a, k]
        room.middle[k] = total
    for a in range(MODES):
        for k in range(6):
            room.off[a, k] = mean[i, a, k] - room.middle[k]
            for c in range(k + 1):
                room.about[a, k, c] = covariance[i, a, k, c] + room.off[a, k] * room.off[a, c]


@kernel(inner=True)
def share_out(mode: Floats, i: int, turn: Floats, share: Floats) -> None:
    """IMM mixing weights of track i: share (a, b) = μ_a|b = Π_ab w_a / c_b, and mode becomes c_b = Σ_a Π_ab w_a."""
    for b in range(MODES):
        total = 0.0
        for a in range(MODES):
            share[a, b] = turn[a, b] * mode[i, a]
            total += share[a, b]
        for a in range(MODES):
            share[a, b] = share[a, b] / total if total > 0.0 else (1.0 if a == b else 0.0)
        share[MODES, b] = total
    for b in range(MODES):
        mode[i, b] = share[MODES, b]


@kernel(inner=True)
def mix(mean: Floats, covariance: Floats, i: int, b: int, room: Mixing) -> None:
    """Mixed mean and covariance of mode b of track i, from the means and covariances about their centre in the room.

    x_b = Σ_a μ x_a, P_b = Σ_a μ (P_a + (x_a - x_b)(x_a - x_b)ᵀ).
    """
    for k in range(6):
        total = 0.0
        for a in range(MODES):
            total += room.share[a, b] * room.off[a, k]
        room.mixed_off[k] = total
        mean[i, b, k] = room.middle[k] + total
    for k in range(6):
        for c in range(k + 1):
            total = -room.mixed_off[k] * room.mixed_off[c]
            for a in range(MODES):
                total += room.share[a, b] * room.about[a, k, c]
            covariance[i, b, k, c] = covariance[i, b, c, k] = total


@kernel(inner=True)
def shift(dt_s: float, fall_s: float, noise: Floats, mean: Floats, covariance: Floats, i: int, b: int) -> None:
    """Predict mode b of track i: x ← F x + g, P ← F P Fᵀ + Q.

    F carries position by φ v and velocity by ε v: φ = dt, ε = 1 in level flight; φ = τ (1 - ε), ε = exp(-dt/τ) in a
    fall, which also adds gravity: -g τ (1 - ε) to the vertical rate and -g τ (dt - φ) to up. noise (M, 2): q_h, q_v.
    """
    carry, keep, sink, drop = dt_s, 1.0, 0.0, 0.0
    if fall_s > 0.0:
        keep = math.exp(-dt_s / fall_s)
        carry = fall_s * (1.0 - keep)
        sink = STANDARD_GRAVITY_MPS2 * carry
        drop = STANDARD_GRAVITY_MPS2 * fall_s * (dt_s - carry)
    for k in range(3):
        mean[i, b, k] += carry * mean[i, b, 3 + k]
        mean[i, b, 3 + k] *= keep
    mean[i, b, 2] -= drop
    mean[i, b, 5] -= sink
    p = covariance
    for k in range(3):
        for c in range(k + 1):
            across, rate = p[i, b, k, 3 + c] + p[i, b, 3 + k, c], p[i, b, 3 + k, 3 + c]
            p[i, b, k, c] = p[i, b, c, k] = p[i, b, k, c] + carry * across + carry * carry * rate
    for k in range(3):
        for c in range(3):
            p[i, b, k, 3 + c] = keep * (p[i, b, k, 3 + c] + carry * p[i, b, 3 + k, 3 + c])
            p[i, b, 3 + c, k] = p[i, b, k, 3 + c]
    for k in range(3):
        for c in range(3):
            p[i, b, 3 + k, 3 + c] *= keep * keep
    for k in range(3):
        q = noise[b, 0] if k < 2 else noise[b, 1]
        p[i, b, k, k] += q * dt_s * dt_s * dt_s / 3.0
        p[i, b, k, 3 + k] += q * dt_s * dt_s / 2.0
        p[i, b, 3 + k, k] += q * dt_s * dt_s / 2.0
        p[i, b, 3 + k, 3 + k] += q * dt_s


@kernel(inner=True)
def hold_up(covariance: Floats, i: int, m: int, up_m2: float, rate_m2ps2: float) -> None:
    """Keep the up variances of a covariance (6, 6) at or below a prior by scaling its rows and columns."""
    for axis in (2, 5):
        most = up_m2 if axis == 2 else rate_m2ps2
        if covariance[i, m, axis, axis] > most:
            scale = math.sqrt(most / covariance[i, m, axis, axis])
            for k in range(6):
                covariance[i, m, axis, k] *= scale
                covariance[i, m, k, axis] *= scale


@kernel(inner=True)
def prepare(dt_s: float, motion: Motion, room: Mixing) -> None:
    """Π and survival over dt_s into the room: Π_ab = exp(-dt/τ_a) δ_ab + (1 - exp(-dt/τ_a)) J_ab."""
    for a in range(MODES):
        stay = math.exp(-dt_s / motion.dwell_s[a])
        for b in range(MODES):
            room.turn[a, b] = stay if a == b else (1.0 - stay) * motion.jump[a, b]
    for named in range(2):
        room.survive[named] = math.exp(-dt_s / motion.life_s[named])


@kernel(inner=True)
def carry(
    mean: Floats, covariance: Floats, mode: Floats, i: int, young: bool, blind_up_m2: float, dt_s: float,
    motion: Motion, room: Mixing,
) -> None:  # fmt: skip
    """Mix and predict track i over the dt_s that the room was prepared for.

    A young track, seen once, is not mixed: what sets its modes apart is how fast it may be, not what it does. Where no
    altitude was ever measured no mode falls: nothing would bring up back to where it was.
    """
    if not young:
        centre(mean, covariance, mode, i, room)
        share_out(mode, i, room.turn, room.share)
    for b in range(MODES):
        if not young:
            mix(mean, covariance, i, b, room)
        shift(dt_s, 0.0 if blind_up_m2 > 0.0 else motion.fall_s[b], motion.noise, mean, covariance, i, b)
        if blind_up_m2 > 0.0:
            hold_up(covariance, i, b, blind_up_m2, BLIND_UP_MPS * BLIND_UP_MPS)


@kernel(
    types.void, types.float64[:, :, ::1], types.float64[:, :, :, ::1], types.float64[:, ::1], types.float64[::1],
    types.float64[::1], types.int64, types.float64, types.int64[:, ::1],
    types.int64[::1], MOTION, MIXING,
)  # fmt: skip
def predict(
    mean: Floats,
    covariance: Floats,
    mode: Floats,
    p_exists: Floats,
    blind_up_m2: Floats,
    count: int,
    dt_s: float,
    names: Ints,
    hits: Ints,
    motion: Motion,
    room: Mixing,
) -> None:
    """IMM mixing and prediction in place: mean (n, M, 6), covariance (n, M, 6, 6), mode (n, M), p_exists (n,).

    blind_up_m2 (n,): variance of up where no altitude was ever measured (0: it was); up is held at that prior.
    names (n, schemes): -1 where a track carries none. hits (n,): how often it was seen.
    """
    carry_all(mean, covariance, mode, p_exists, blind_up_m2, count, dt_s, names, hits, motion, room)


@kernel(inner=True)
def carry_all(
    mean: Floats, covariance: Floats, mode: Floats, p_exists: Floats, blind_up_m2: Floats, count: int, dt_s: float,
    names: Ints, hits: Ints, motion: Motion, room: Mixing,
) -> None:  # fmt: skip
    """The same, for other kernels."""
    prepare(dt_s, motion, room)
    for i in range(count):
        p_exists[i] *= room.survive[1 if is_named(names, i) else 0]
        carry(mean, covariance, mode, i, hits[i] < 2, blind_up_m2[i], dt_s, motion, room)


@kernel(inner=True)
def is_named(names: Ints, i: int) -> bool:
    """Whether track i carries a name in any scheme; names (n, schemes)."""
    named = False
    for scheme in range(names.shape[1]):
        named = named or names[i, scheme] >= 0
    return named


@kernel("void(float64[:,:,::1], float64[:,:,:,::1], float64[:,::1], int64, float64[:,::1], float64[:,:,::1])")
def collapse(
    mean: Floats, covariance: Floats, mode: Floats, count: int, one_mean: Floats, one_covariance: Floats
) -> None:
    """Moment-match the modes of each track: mean (n, 6) and covariance (n, 6, 6) of the mixture."""
    for i in range(count):
        merge_modes(mean, covariance, mode, i, one_mean, one_covariance, i)


@kernel(inner=True)
def merge_modes(
    mean: Floats, covariance: Floats, mode: Floats, i: int, one_mean: Floats, one_covariance: Floats, to: int
) -> None:
    """The same of track i, into row `to`."""
    for k in range(6):
        total = 0.0
        for m in range(MODES):
            total += mode[i, m] * mean[i, m, k]
        one_mean[to, k] = total
    for k in range(6):
        for c in range(k + 1):
            total = 0.0
            for m in range(MODES):
                off = mean[i, m, k] - one_mean[to, k]
                total += mode[i, m] * (covariance[i, m, k, c] + off * (mean[i, m, c] - one_mean[to, c]))
            one_covariance[to, k, c] = one_covariance[to, c, k] = total
