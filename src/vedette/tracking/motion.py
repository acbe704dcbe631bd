"""How targets move: an interacting multiple model of straight flight, turns to either side, and a fall with drag.

Blom & Bar-Shalom (1988); the mode's acceleration is white noise, with spectral densities q_h (each horizontal axis) and
q_v (vertical) in m²/s³, so that prediction over dt₁ then dt₂ equals prediction over dt₁ + dt₂. A turn is level, at a known
rate (Bar-Shalom, Li & Kirubarajan 2001, ch. 11.7), so that a speed once learned is kept through it. The fall has linear
drag, dv/dt = -v/τ - g, so that what is shot down or fails is followed to the ground; its noise is wide enough for what
no other mode does. Neglected: turn rate as a state, wind, correlation of accelerations, drag in the fall's own noise.
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
JUMP: Final = np.array([[0.0, 0.495, 0.495, 0.01], [0.77, 0.0, 0.2, 0.03], [0.77, 0.2, 0.0, 0.03], [0.3, 0.35, 0.35, 0.0]])
"""Where a mode goes when it is left; rows sum to 1. A fall each 83 minutes of straight flight, each 22 of turns: the
more often it is thought of, the worse what flies is followed; the less often, the later a fall of 6 s is seen.
"""
START: Final = np.array([0.94, 0.025, 0.025, 0.01])
"""Mode probabilities of a new track."""
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


AHEAD, ASIDE, KEEP, TURN, UP_AHEAD, UP_KEEP, DROP, SINK, PLACE, BOTH, ASKEW, RATE, UP_PLACE, UP_BOTH, UP_RATE = range(15)
"""A step: how it carries a state, what it adds, and what it blurs. See `step_of`."""
STEP: Final = 15


class Mixing(NamedTuple):
    """Room to mix one track.

    turn (M, M): Π; survive (2,); steps (2, M, STEP): of each mode, and of each where nothing falls. middle (6,): the mixture's mean. off (M, 6): its modes' means less that; about
    (M, 6, 6): their covariances plus off offᵀ; share (M + 1, M): weights. mixed_off (6,), mixed (6, 6): one mixed mode.
    """

    turn: Floats
    survive: Floats
    steps: Floats
    middle: Floats
    off: Floats
    about: Floats
    share: Floats
    mixed_off: Floats
    mixed: Floats


MIXING: Final = arrays_type(Mixing, "f2 f1 f3 f1 f2 f3 f2 f1 f2")


def mixing_room() -> Mixing:
    """Blank room to mix."""
    shapes = ((MODES, MODES), (2,), (2, MODES, STEP), (6,), (MODES, 6), (MODES, 6, 6), (MODES + 1, MODES), (6,), (6, 6))
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
        for k in range(6):
            for c in range(6):
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
def mix(b: int, room: Mixing) -> None:
    """Mixed mean of mode b, less the mixture's, into room.mixed_off, and its covariance into room.mixed.

    x_b = Σ_a μ x_a, P_b = Σ_a μ (P_a + (x_a - x_b)(x_a - x_b)ᵀ), from the means and covariances about their centre.
    """
    for k in range(6):
        total = 0.0
        for a in range(MODES):
            total += room.share[a, b] * room.off[a, k]
        room.mixed_off[k] = total
    for k in range(6):
        for c in range(6):
            total = -room.mixed_off[k] * room.mixed_off[c]
            for a in range(MODES):
                total += room.share[a, b] * room.about[a, k, c]
            room.mixed[k, c] = total


@kernel(inner=True)
def copy_mode(mean: Floats, covariance: Floats, i: int, b: int, room: Mixing) -> None:
    """The same without mixing: mode b of track i as it is."""
    for k in range(6):
        room.middle[k] = 0.0
        room.mixed_off[k] = mean[i, b, k]
        for c in range(6):
            room.mixed[k, c] = covariance[i, b, k, c]


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
def shift(room: Mixing, blind: int, mean: Floats, covariance: Floats, i: int, b: int) -> None:
    """Predict mode b of track i from what was mixed, by its step; blind: 1 where nothing falls."""
    middle, x, p, step, out = room.middle, room.mixed_off, room.mixed, room.steps[blind, b], covariance[i, b]
    for k in range(6):
        mean[i, b, k] = middle[k] + x[k]
    carry_on(step, mean[i, b])
    mean[i, b, 2] -= step[DROP]
    mean[i, b, 5] -= step[SINK]
    for k in range(6):
        carry_on(step, p[k])
    for c in range(6):
        for k in range(6):
            x[k] = p[k, c]
        carry_on(step, x)
        for k in range(6):
            out[k, c] = x[k]
    for k in range(2):
        out[k, k] += step[PLACE]
        out[k, 3 + k] += step[BOTH]
        out[3 + k, k] += step[BOTH]
        out[3 + k, 3 + k] += step[RATE]
    out[2, 2] += step[UP_PLACE]
    out[2, 5] += step[UP_BOTH]
    out[5, 2] += step[UP_BOTH]
    out[5, 5] += step[UP_RATE]
    out[0, 4] += step[ASKEW]
    out[4, 0] += step[ASKEW]
    out[1, 3] -= step[ASKEW]
    out[3, 1] -= step[ASKEW]


@kernel(inner=True)
def carry_on(step: Floats, x: Floats) -> None:
    """x ← F x of one state (6,), in place."""
    east_mps, north_mps, up_mps = x[3], x[4], x[5]
    x[0] += step[AHEAD] * east_mps - step[ASIDE] * north_mps
    x[1] += step[ASIDE] * east_mps + step[AHEAD] * north_mps
    x[2] += step[UP_AHEAD] * up_mps
    x[3] = step[KEEP] * east_mps - step[TURN] * north_mps
    x[4] = step[TURN] * east_mps + step[KEEP] * north_mps
    x[5] = step[UP_KEEP] * up_mps


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
        if young:
            copy_mode(mean, covariance, i, b, room)
        else:
            mix(b, room)
        shift(room, 1 if blind_up_m2 > 0.0 else 0, mean, covariance, i, b)
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
        for c in range(6):
            total = 0.0
            for m in range(MODES):
                off = mean[i, m, k] - one_mean[to, k]
                total += mode[i, m] * (covariance[i, m, k, c] + off * (mean[i, m, c] - one_mean[to, c]))
            one_covariance[to, k, c] = total
