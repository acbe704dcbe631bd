"""New tracks: from detections that no track explains, and from two directions that cross.

A direction needs a second one from another place within a few seconds; alone it is followed as in
vedette.tracking.bearings.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.sensing.compiled import kernel
from vedette.sensing.measurement import BLIND_UP_M, Measured
from vedette.sensing.projection import POLAR
from vedette.sensing.view import View
from vedette.tracking.state import State

Ints = npt.NDArray[np.int64]

LOOSE_S: Final = 2.5
"""How long a direction waits for another one to cross."""
LOOSE_MOST: Final = 256
"""Most directions kept; the oldest go first."""
CROSSING_MIN: Final = 0.15
"""Least sine of the angle between two directions: flatter crossings say nothing of range."""
NEAREST_M: Final = 30.0
"""A crossing nearer to a sensor than this is not taken."""
P_CROSSING: Final = 0.1
"""Existence given to a crossing: most are ghosts."""
SEEN: Final = 0.98
"""Belief that a crossing, if it is a target, is perceived by the two sensors that made it."""
Crossing = tuple[Floats, Floats, bool, list[int]]


@kernel(
    "void(int64[::1], float64[:,::1], float64[:,:,::1], int64[::1], float64[:,::1], float64[:,::1], float64[:,::1], "
    "float64[::1], float64[:,::1], int64, float64[:,:,::1], float64[:,:,:,::1], float64[:,::1], float64[::1])"
)
def bear(
    rows: Ints,
    where: Floats,
    spread: Floats,
    kind: Ints,
    value: Floats,
    variance: Floats,
    origin_m: Floats,
    start: Floats,
    start_speed_mps: Floats,
    first: int,
    mean: Floats,
    covariance: Floats,
    mode: Floats,
    blind_up_m2: Floats,
) -> None:
    """Start a track at row first + a for each detection rows[a]: its position, and a velocity prior of each mode.

    The velocity is zero give or take start_speed_mps (M, 2), horizontal and vertical; where the range rate was
    measured, that along the line of sight (Doppler), with its own variance.
    """
    sight = np.empty(3)
    for a in range(rows.shape[0]):
        j, i = rows[a], first + a
        doppler = kind[j] == POLAR and variance[j, 3] > 0.0
        length = 0.0
        for k in range(3):
            sight[k] = where[j, k] - origin_m[j, k]
            length += sight[k] * sight[k]
        length = max(math.sqrt(length), 1e-3)
        blind_up_m2[i] = 0.0 if variance[j, 2] > 0.0 else spread[j, 2, 2]
        for m in range(start.shape[0]):
            mode[i, m] = start[m]
            for k in range(3):
                mean[i, m, k] = where[j, k]
                mean[i, m, 3 + k] = value[j, 3] * sight[k] / length if doppler else 0.0
                speed = start_speed_mps[m, 0] if k < 2 else start_speed_mps[m, 1]
                for c in range(3):
                    covariance[i, m, k, c] = spread[j, k, c]
                covariance[i, m, 3 + k, 3 + k] = speed * speed
            if doppler:
                narrow(covariance[i, m], sight, length, variance[j, 3])


@kernel("void(float64[:,::1], float64[::1], float64, float64)", inner=True)
def narrow(covariance: Floats, sight: Floats, length_m: float, variance: float) -> None:
    """Give the velocity block of a covariance (6, 6) this variance along the line of sight (3,), by a Kalman update."""
    total = variance
    cross = np.zeros(3)
    for k in range(3):
        for c in range(3):
            cross[k] += covariance[3 + k, 3 + c] * sight[c] / length_m
    for k in range(3):
        total += sight[k] / length_m * cross[k]
    for k in range(3):
        for c in range(3):
            covariance[3 + k, 3 + c] -= cross[k] * cross[c] / total


def loosen(state: State, look: Measured, p_alone: Floats) -> Floats:
    """The look's directions that no track explains (·, LOOSE), in canonical order; state.loose forgets old ones."""
    state.loose = state.loose[state.loose[:, 1] >= look.observed_s - LOOSE_S]
    lone = np.isnan(look.where[:, 0]) & (look.variance[:, 1] > 0.0) & (look.kind == POLAR) & (p_alone > 0.5)
    rows = np.flatnonzero(lone)
    elevated = look.variance[rows, 2] > 0.0
    return np.stack(
        [
            np.full(len(rows), float(look.sensor)),
            look.observed_s + look.offset_s[rows],
            look.value[rows, 1],
            np.where(elevated, look.value[rows, 2], np.nan),
            np.sqrt(look.variance[rows, 1]),
            np.sqrt(look.variance[rows, 2]),
        ],
        axis=1,
    )


def remember(state: State, fresh: Floats) -> None:
    """Keep directions for later looks."""
    state.loose = np.concatenate([state.loose, fresh])[-LOOSE_MOST:]


def crossings(state: State, fresh: Floats, views: tuple[View, ...]) -> list[Crossing]:
    """Where a fresh direction crosses one kept of another sensor.

    Position (3,), covariance (3, 3), whether altitude is known, and the two sensors. Each fresh direction takes the
    crossing closest in time, so that one emitter starts one track.
    """
    found = []
    for new in fresh:
        others = [old for old in state.loose if old[0] != new[0]]
        for old in sorted(others, key=lambda one: (-one[1], one[0], one[2])):
            crossing = cross(new, old, views)
            if crossing is not None:
                found.append((*crossing, [int(new[0]), int(old[0])]))
                break
    return found


def cross(one: Floats, other: Floats, views: tuple[View, ...]) -> tuple[Floats, Floats, bool] | None:
    """Cross two directions (LOOSE,) in the horizontal plane: o₁ + t₁ d₁ = o₂ + t₂ d₂.

    The covariance is the inverse of Σ n nᵀ / (t σ)², n the normal of each direction. Up comes from an elevation if
    there is one, else it is a prior. None where they do not cross in front of both sensors, or too flatly.
    """
    seen = [views[int(row[0])] for row in (one, other)]
    ways = [
        (view.axes.T @ np.array([math.sin(row[2]), math.cos(row[2]), 0.0]))[:2]
        for view, row in zip(seen, (one, other), strict=True)
    ]
    sine = float(ways[0][0] * ways[1][1] - ways[0][1] * ways[1][0])
    if abs(sine) < CROSSING_MIN:
        return None
    gap = seen[1].origin_m[:2] - seen[0].origin_m[:2]
    along = [float(gap[0] * way[1] - gap[1] * way[0]) / sine for way in (ways[1], ways[0])]
    if not all(NEAREST_M < t < view.bounds[1] for t, view in zip(along, seen, strict=True)):
        return None
    information = np.zeros((2, 2))
    heights = []
    for row, view, way, t in zip((one, other), seen, ways, along, strict=True):
        normal = np.array([way[1], -way[0]]) / (t * row[4])
        information += np.outer(normal, normal)
        if math.isfinite(row[3]):
            heights.append((t * row[5], view.origin_m[2] + t * math.tan(row[3])))
    spread = np.zeros((3, 3))
    spread[:2, :2] = np.linalg.inv(information)
    sigma_up, up = min(heights, default=(max(0.25 * along[0], 60.0), seen[0].origin_m[2] + BLIND_UP_M))
    spread[2, 2] = sigma_up * sigma_up + 1.0
    return np.array([*(seen[0].origin_m[:2] + along[0] * ways[0]), up]), spread, bool(heights)
