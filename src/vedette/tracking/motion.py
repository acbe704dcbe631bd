"""How targets move: an interacting multiple model of straight flight, turns to either side, and a fall with drag.

Blom & Bar-Shalom (1988); the mode's acceleration is white noise, with spectral densities q_h (each horizontal axis) and
q_v (vertical) in m²/s³, so that prediction over dt₁ then dt₂ equals prediction over dt₁ + dt₂. A turn is level and at a
known rate (coordinated turn; Rong Li & Jilkov 2003), so that a speed once learned is kept through it. The fall has
linear drag, dv/dt = -v/τ - g, so that what is shot down or fails is followed to the ground; its noise is wide enough
for what no other mode does. Neglected: turn rate as a state, wind, correlation of accelerations, the fall's drag on its
noise.
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

MODES: Final = 4
NOISE: Final = np.array([[0.1, 0.005], [2.0, 0.02], [2.0, 0.02], [60.0, 25.0]])
"""(modes, 2): q_h, q_v of straight flight, of a turn to the left and to the right, of a fall. m²/s³."""
TURN_RADPS: Final = np.radians([0.0, 8.5, -8.5, 0.0])
"""Turn rate of each mode, positive to the left."""
FALL_S: Final = np.array([0.0, 0.0, 0.0, 3.5])
"""Time constant τ of a fall with drag, ending at g τ = 34 m/s; 0: the mode does not fall."""
DWELL_S: Final = np.array([50.0, 40.0, 40.0, 6.0])
"""Mean time in each mode."""
JUMP: Final = np.array(
    [[0.0, 0.495, 0.495, 0.01], [0.77, 0.0, 0.2, 0.03], [0.77, 0.2, 0.0, 0.03], [0.3, 0.35, 0.35, 0.0]]
)
"""Where a mode goes when it is left; rows sum to 1. A fall each 83 minutes of straight flight, each 22 of turns: the
more often it is thought of, the worse what flies is followed; the less often, the later a fall of 6 s is seen.
"""
START: Final = np.array([0.94, 0.05, 0.0, 0.01])
"""Mode probabilities of a new track. Until it is mixed, its modes say how fast it may be: one turn is enough, and a
mode of no probability costs nothing.
"""
START_SPEED_MPS: Final = np.array([[12.0, 1.0], [20.0, 2.0], [20.0, 2.0], [55.0, 10.0]])
"""Standard deviation of a new track's velocity by mode, each horizontal axis and vertical: the last takes aircraft."""
LIFE_S: Final = np.array([300.0, 3600.0])
"""Mean time a target stays, and one that carries a name and so says itself that it is there: survival over dt is
exp(-dt / LIFE_S)."""
STRAIGHT_RAD: Final = 1e-4
"""A turn by less is no turn: its sines would lose more than it bends."""
BLIND_UP_MPS: Final = 4.0
"""Standard deviation of the vertical rate of a track whose altitude no sensor has measured."""


class Motion(NamedTuple):
    """The dynamics as kernels take them.

    noise (M, 2), turn_radps (M,), fall_s (M,), dwell_s (M,), jump (M, M), start (M,), start_speed_mps (M, 2),
    life_s (2,).
    """

    noise: Floats
    turn_radps: Floats
    fall_s: Floats
    dwell_s: Floats
    jump: Floats
    start: Floats
    start_speed_mps: Floats
    life_s: Floats


MOTION: Final = arrays_type(Motion, "f2 f1 f1 f1 f2 f1 f2 f1")
MODELS: Final = Motion(NOISE, TURN_RADPS, FALL_S, DWELL_S, JUMP, START, START_SPEED_MPS, LIFE_S)
"""The dynamics of the tracker."""


AHEAD, ASIDE, KEEP, TURN, UP_AHEAD, UP_KEEP, DROP, SINK, PLACE, BOTH, ASKEW, RATE, UP_PLACE, UP_BOTH, UP_RATE = range(
    15
)
"""A step: how it carries a state, what it adds, and what it blurs. See `step_of`."""
STEP: Final = 15


class Mixing(NamedTuple):
    """Room to mix one track.

    turn (M, M): Π; survive (2,); steps (2, M, STEP): of each mode, and of each where nothing falls. middle (6,): the
    mixture's mean. off (M, 6): its modes' means less that; about (M, 6, 6): their covariances plus off offᵀ, lower
    triangle; share (M + 1, M): weights. mixed_off (6,): one mixed mode's mean less the mixture's.
    """

    turn: Floats
    survive: Floats
    steps: Floats
    middle: Floats
    off: Floats
    about: Floats
    share: Floats
    mixed_off: Floats


MIXING: Final = arrays_type(Mixing, "f2 f1 f3 f1 f2 f3 f2 f1")


def mixing_room() -> Mixing:
    """Blank room to mix."""
    shapes = ((MODES, MODES), (2,), (2, MODES, STEP), (6,), (MODES, 6), (MODES, 6, 6), (MODES + 1, MODES), (6,))
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
def step_of(dt_s: float, turn_radps: float, fall_s: float, q: float, q_up: float, step: Floats) -> None:
    """One mode's step over dt_s into step (STEP,): x ← F x + g, P ← F P Fᵀ + Q.

    F carries a horizontal position by A v and turns v into B v, A = (AHEAD, -ASIDE; ASIDE, AHEAD) and B = (KEEP, -TURN;
    TURN, KEEP): dt and 1 straight ahead; sin(ωdt)/ω, (1 - cos ωdt)/ω and cos ωdt, sin ωdt in a turn; φ = τ (1 - ε) and
    ε = exp(-dt/τ) in a fall, which also adds gravity: -g φ to the vertical rate and -g τ (dt - φ) to up. Upright the
    same without a turn. Q = ∫ (A; B) q (A; B)ᵀ dt: of each horizontal position PLACE, of its rate RATE, of both BOTH,
    and of east with north's rate ASKEW (north with east's: less it); the fall's without its drag.
    """
    step[AHEAD], step[ASIDE], step[KEEP], step[TURN] = dt_s, 0.0, 1.0, 0.0
    step[DROP] = step[SINK] = 0.0
    step[PLACE], step[BOTH], step[ASKEW], step[RATE] = q * dt_s**3 / 3.0, q * dt_s**2 / 2.0, 0.0, q * dt_s
    step[UP_PLACE], step[UP_BOTH], step[UP_RATE] = q_up * dt_s**3 / 3.0, q_up * dt_s**2 / 2.0, q_up * dt_s
    angle_rad = turn_radps * dt_s
    if fall_s > 0.0:
        step[KEEP] = math.exp(-dt_s / fall_s)
        step[AHEAD] = fall_s * (1.0 - step[KEEP])
        step[SINK] = STANDARD_GRAVITY_MPS2 * step[AHEAD]
        step[DROP] = STANDARD_GRAVITY_MPS2 * fall_s * (dt_s - step[AHEAD])
    step[UP_AHEAD], step[UP_KEEP] = step[AHEAD], step[KEEP]
    if abs(angle_rad) > STRAIGHT_RAD:
        step[KEEP], step[TURN] = math.cos(angle_rad), math.sin(angle_rad)
        step[AHEAD], step[ASIDE] = step[TURN] / turn_radps, (1.0 - step[KEEP]) / turn_radps
        step[PLACE] = 2.0 * q * (dt_s - step[AHEAD]) / turn_radps**2
        step[BOTH] = q * step[ASIDE] / turn_radps
        step[ASKEW] = q * (dt_s - step[AHEAD]) / turn_radps


@kernel(inner=True)
def shift(step: Floats, mean: Floats, covariance: Floats, i: int, b: int) -> None:
    """Predict mode b of track i by a step (STEP,): x ← F x + g, P ← F P Fᵀ + Q, by P's lower triangle.

    With F = (1 A; 0 B) and G = P_xv + A P_vv: P_xx + A P_vx + G Aᵀ, G Bᵀ and B P_vv Bᵀ.
    """
    ahead, aside, keep, turn = step[AHEAD], step[ASIDE], step[KEEP], step[TURN]
    up_ahead, up_keep = step[UP_AHEAD], step[UP_KEEP]
    x, p = mean[i, b], covariance[i, b]
    x[0] += ahead * x[3] - aside * x[4]
    x[1] += aside * x[3] + ahead * x[4]
    x[2] += up_ahead * x[5] - step[DROP]
    x[3], x[4] = keep * x[3] - turn * x[4], turn * x[3] + keep * x[4]
    x[5] = up_keep * x[5] - step[SINK]
    p[0, 0] += ahead * p[3, 0] - aside * p[4, 0]
    for c in range(2):
        p[1, c] += aside * p[3, c] + ahead * p[4, c]
    for c in range(3):
        p[2, c] += up_ahead * p[5, c]
    for k in range(3, 6):
        east, north, up = p[k, 3], p[max(k, 4), min(k, 4)], p[5, k]
        p[k, 0] += ahead * east - aside * north
        p[k, 1] += aside * east + ahead * north
        p[k, 2] += up_ahead * up
    for k in range(3):
        p[k, 0] += ahead * p[3, k] - aside * p[4, k]
    for k in range(1, 3):
        p[k, 1] += aside * p[3, k] + ahead * p[4, k]
    p[2, 2] += up_ahead * p[5, 2]
    for k in range(3):
        p[3, k], p[4, k] = keep * p[3, k] - turn * p[4, k], turn * p[3, k] + keep * p[4, k]
        p[5, k] *= up_keep
    east, across, north = p[3, 3], p[4, 3], p[4, 4]
    p[3, 3] = keep * keep * east - 2.0 * keep * turn * across + turn * turn * north
    p[4, 4] = turn * turn * east + 2.0 * keep * turn * across + keep * keep * north
    p[4, 3] = keep * turn * (east - north) + (keep * keep - turn * turn) * across
    p[5, 3], p[5, 4] = up_keep * (keep * p[5, 3] - turn * p[5, 4]), up_keep * (turn * p[5, 3] + keep * p[5, 4])
    p[5, 5] *= up_keep * up_keep
    blur(step, p)


@kernel(inner=True)
def blur(step: Floats, p: Floats) -> None:
    """P ← P + Q: the step's noise onto the lower triangle of p (6, 6), which then is mirrored."""
    for k in range(2):
        p[k, k] += step[PLACE]
        p[3 + k, k] += step[BOTH]
        p[3 + k, 3 + k] += step[RATE]
    p[4, 0] += step[ASKEW]
    p[3, 1] -= step[ASKEW]
    p[2, 2] += step[UP_PLACE]
    p[5, 2] += step[UP_BOTH]
    p[5, 5] += step[UP_RATE]
    for k in range(6):
        for c in range(k):
            p[c, k] = p[k, c]


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
    """Π, survival and the steps over dt_s into the room: Π_ab = exp(-dt/τ_a) δ_ab + (1 - exp(-dt/τ_a)) J_ab."""
    for a in range(MODES):
        for blind in range(2):
            step_of(
                dt_s, motion.turn_radps[a], motion.fall_s[a] * (1 - blind), motion.noise[a, 0], motion.noise[a, 1],
                room.steps[blind, a],
            )  # fmt: skip
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
        if young and mode[i, b] <= 0.0:
            continue
        if not young:
            mix(mean, covariance, i, b, room)
        shift(room.steps[1 if blind_up_m2 > 0.0 else 0, b], mean, covariance, i, b)
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
