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
from vedette.sensing.arrangement import BLIND_UP_M
from vedette.sensing.compiled import kernel
from vedette.sensing.measurement import Measured
from vedette.sensing.projection import POLAR, Detections
from vedette.sensing.view import View
from vedette.tracking.association import Claims
from vedette.tracking.features import EMITTED, HEIGHT
from vedette.tracking.motion import MODES, Motion
from vedette.tracking.state import Rows, State

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
P_NAMED: Final = 0.9
"""Existence of a track started by a report that carries an identity: receivers do not make those up."""
P_START: Final = 1e-4
"""Detections less likely than this to be a new target start none."""
LONELY: Final = 0.2
"""And so do those that are less likely than this to be of no known track: they would start its double."""
Crossing = tuple[Floats, Floats, bool, list[int]]


@kernel(inner=True)
def choose(detections: Detections, claims: Claims) -> int:
    """Detections that may be new targets: their rows into claims.chosen, p into claims.load; returns how many."""
    many = 0
    for j in range(detections.kind.shape[0]):
        p = (P_NAMED if claims.names[j, 0] >= 0 else claims.p_birth[j]) * claims.p_alone[j]
        if p >= P_START and claims.p_alone[j] >= LONELY and not math.isnan(detections.where[j, 0]):
            claims.chosen[many] = j
            claims.load[many] = p
            many += 1
    return many


@kernel(inner=True)
def hush_namesakes(detections: Detections, claims: Claims, rows: Rows, count: int) -> None:
    """Let no report start a track whose name a track carries already, or an earlier one of the same look."""
    for j in range(detections.kind.shape[0]):
        scheme, name = claims.names[j, 0], claims.names[j, 1]
        if scheme < 0 or claims.p_alone[j] < LONELY:
            continue
        taken = False
        for i in range(count):
            taken = taken or rows.names[i, scheme] == name
        for other in range(j):
            same = claims.names[other, 0] == scheme and claims.names[other, 1] == name
            taken = taken or (same and claims.p_alone[other] >= LONELY)
        if taken:
            claims.p_alone[j] = 0.0


@kernel(inner=True)
def bear(
    detections: Detections, claims: Claims, rows: Rows, first: int, many: int, sensor: int, observed_s: float,
    emissions: bool, rest: Floats, unseen: Floats, motion: Motion,
) -> None:  # fmt: skip
    """Start a track at row first + a for detection claims.chosen[a]: its position, and a velocity prior of each mode.

    The velocity is zero give or take start_speed_mps (M, 2), horizontal and vertical; where the range rate was
    measured, that along the line of sight (Doppler), with its own variance. The number is given by the caller.
    rest (S,): belief that each sensor perceives it.
    unseen (2, classes): posterior of what nothing is known of, and of what emits.
    """
    for a in range(many):
        j, i = claims.chosen[a], first + a
        begin(rows, i, sensor, observed_s + detections.offset_s[j], rest)
        rows.p_exists[i] = claims.load[a]
        rows.features[i, EMITTED] = 1.0 if emissions else 0.0
        rows.blind_up_m2[i] = 0.0 if detections.variance[j, 2] > 0.0 else detections.spread[j, 2, 2]
        if claims.names[j, 0] >= 0:
            rows.names[i, claims.names[j, 0]] = claims.names[j, 1]
        else:
            rows.unclassed[i] = 0
            for c in range(rows.p_classes.shape[1]):
                rows.p_classes[i, c] = unseen[1 if emissions else 0, c]
        doppler = detections.kind[j] == POLAR and detections.variance[j, 3] > 0.0
        east, north, up = line_of_sight(detections, j)
        for m in range(MODES):
            rows.mode[i, m] = motion.start[m]
            for k in range(3):
                rows.mean[i, m, k] = detections.where[j, k]
                rows.mean[i, m, 3 + k] = 0.0
                speed = motion.start_speed_mps[m, 0] if k < 2 else motion.start_speed_mps[m, 1]
                for c in range(3):
                    rows.covariance[i, m, k, c] = detections.spread[j, k, c]
                    rows.covariance[i, m, 3 + k, c] = rows.covariance[i, m, c, 3 + k] = 0.0
                    rows.covariance[i, m, 3 + k, 3 + c] = speed * speed if k == c else 0.0
            if doppler:
                narrow(
                    rows.mean, rows.covariance, i, m, east, north, up, detections.value[j, 3], detections.variance[j, 3]
                )


@kernel(inner=True)
def begin(rows: Rows, i: int, sensor: int, at_s: float, rest: Floats) -> None:
    """A blank row: seen once, by this sensor."""
    rows.born_s[i] = rows.updated_s[i] = at_s
    rows.confirmed[i] = rows.missed[i] = rows.strikes[i] = 0
    rows.hits[i] = rows.unclassed[i] = 1
    rows.last_sensor[i] = sensor
    for k in range(rows.names.shape[1]):
        rows.names[i, k] = -1
    for s in range(rows.seen_s.shape[1]):
        rows.seen_s[i, s] = np.nan
        rows.p_visible[i, s] = rest[s]
    rows.seen_s[i, sensor] = at_s
    for c in range(rows.features.shape[1]):
        rows.features[i, c] = 0.0
    rows.features[i, HEIGHT] = np.nan


@kernel(inner=True)
def line_of_sight(detections: Detections, j: int) -> tuple[float, float, float]:
    """Unit vector from the sensor to a detection."""
    where, origin_m = detections.where, detections.origin_m
    east, north, up = where[j, 0] - origin_m[j, 0], where[j, 1] - origin_m[j, 1], where[j, 2] - origin_m[j, 2]
    length = max(math.sqrt(east * east + north * north + up * up), 1e-3)
    return east / length, north / length, up / length


@kernel(inner=True)
def narrow(
    mean: Floats, covariance: Floats, i: int, m: int, east: float, north: float, up: float, rate_mps: float,
    variance: float,
) -> None:  # fmt: skip
    """Give a new track's velocity this rate along the line of sight, with its variance.

    The velocity block is still the diagonal that `bear` has set: a Kalman update of it, written out.
    """
    flat, climb = covariance[i, m, 3, 3], covariance[i, m, 5, 5]
    total = variance + flat * (east * east + north * north) + climb * up * up
    for k in range(3):
        along = east if k == 0 else north if k == 1 else up
        mean[i, m, 3 + k] = rate_mps * along
        pull = (flat if k < 2 else climb) * along
        for c in range(3):
            other = east if c == 0 else north if c == 1 else up
            covariance[i, m, 3 + k, 3 + c] -= pull * ((flat if c < 2 else climb) * other) / total


def loosen(state: State, look: Measured, p_alone: Floats) -> Floats:
    """The look's directions that no track explains (·, LOOSE), in canonical order; state.loose forgets old ones."""
    state.loose = state.loose[state.loose[:, 1] >= look.observed_s - LOOSE_S]
    lone = (
        np.isnan(look.rows.where[:, 0]) & (look.rows.variance[:, 1] > 0.0) & (look.rows.kind == POLAR) & (p_alone > 0.5)
    )
    rows = np.flatnonzero(lone)
    elevated = look.rows.variance[rows, 2] > 0.0
    return np.stack(
        [
            np.full(len(rows), float(look.sensor)),
            look.observed_s + look.rows.offset_s[rows],
            look.rows.value[rows, 1],
            np.where(elevated, look.rows.value[rows, 2], np.nan),
            np.sqrt(look.rows.variance[rows, 1]),
            np.sqrt(look.rows.variance[rows, 2]),
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
    inverse = np.linalg.inv(information)
    spread[:2, :2] = 0.5 * (inverse + inverse.T)
    sigma_up, up = min(heights, default=(max(0.25 * along[0], 60.0), seen[0].origin_m[2] + BLIND_UP_M))
    spread[2, 2] = sigma_up * sigma_up + 1.0
    return np.array([*(seen[0].origin_m[:2] + along[0] * ways[0]), up]), spread, bool(heights)
