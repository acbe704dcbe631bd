"""Which detection came from which track: gating, likelihoods, and marginals by loopy belief propagation.

JIPDA weights (Musicki & Evans 2004) with the marginals of Williams & Lau (2014): for track i and detection j

    ψ_ij = r_i p_i L_ij / (κ_j (1 - r_i q_i)),   L_ij = Σ_m w_im N(z_j; ẑ_im, S_im)

r: existence; p: probability of detection; q: the same where a miss counts, else 0; κ: density of clutter and births.
Tracks and detections are joined in a sparse graph (lists of gated pairs, by track).
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types

from vedette.geo import Floats
from vedette.sensing.compiled import arrays_type, blank, kernel
from vedette.sensing.projection import (
    NUMBERS,
    Detections,
    Innovation,
    expect,
    innovate,
    innovation_room,
)
from vedette.tracking.motion import MODES
from vedette.tracking.state import Rows

Ints = npt.NDArray[np.int64]

GATE: Final = 20.0
"""Squared Mahalanobis distance within which a pair is considered: 0.9998 of true pairs in three dimensions."""
ABSURD: Final = 120.0
"""The same for a report whose identity the track carries: beyond it the report is absurd against the track."""
SURE: Final = 1e6
"""Least ψ of such a report within that gate."""
_ROOT_2PI: Final = math.sqrt(2.0 * math.pi)
_WIDE: Final = 4.6
"""Standard deviations of two dimensions beyond which no pair is looked at: √GATE and a little."""
_MOST: Final = 1e9
_TURNS: Final = 100
_CLOSE: Final = 1e-5


class Chances(NamedTuple):
    """What a look may say of each track (n,).

    p_seen: probability of detection if the sensor perceives it. p, q: as in the module's head. p_missed: it made no
    detection. ready: group of detections for which the innovation stands in the room, -1 none.
    """

    p_seen: Floats
    p: Floats
    q: Floats
    p_missed: Floats
    ready: Ints


class Claims(NamedTuple):
    """What the tracks say of each detection (d,), and room to find the pairs.

    density: κ, of clutter and births; p_birth: share of births in it. names (d, 2): scheme and number of its identity,
    -1 none. others: of the targets known by direction alone, to be added to density. owner: the track that carries that
    name, -1 none. chosen: those that may start tracks. p_alone: no track made
    it. load: Σ μ.
    """

    density: Floats
    p_birth: Floats
    others: Floats
    names: Ints
    owner: Ints
    chosen: Ints
    radius_m: Floats
    height_m: Floats
    load: Floats
    p_alone: Floats


class Pairs(NamedTuple):
    """The gated pairs: those of track i are first[i] to first[i + 1].

    detection; likelihood (·, M); white (·, M, 4): white innovation; psi, p_pair; back, ahead: messages ν and μ.
    """

    first: Ints
    detection: Ints
    likelihood: Floats
    white: Floats
    psi: Floats
    p_pair: Floats
    back: Floats
    ahead: Floats


CHANCES: Final = arrays_type(Chances, "f1 f1 f1 f1 i1")
CLAIMS: Final = arrays_type(Claims, "f1 f1 f1 i2 i1 i1 f1 f1 f1 f1")
PAIRS: Final = arrays_type(Pairs, "i1 i1 f2 f3 f1 f1 f1 f1")


class Room:
    """Room for one look's association; grows, holds nothing between looks."""

    def __init__(self, tracks: int = 64, detections: int = 64, pairs: int = 1024) -> None:
        self.tracks, self.detections = tracks, detections
        self.chances = blank(Chances, CHANCES, tracks)
        self.claims = blank(Claims, CLAIMS, detections, 2)
        self.innovation = innovation_room(tracks, MODES)
        self.pairs = self._pairs(pairs)

    def _pairs(self, pairs: int) -> Pairs:
        return blank(Pairs, PAIRS, pairs, MODES, NUMBERS)._replace(first=np.zeros(self.tracks + 1, dtype=np.int64))

    def fitting(self, tracks: int, detections: int) -> Room:
        """The same, or a larger one where so many do not fit."""
        if tracks <= self.tracks and detections <= self.detections:
            return self
        return Room(max(5 * tracks // 4, self.tracks), max(5 * detections // 4, self.detections), len(self.pairs.psi))

    def more_pairs(self) -> None:
        """Twice the room for pairs."""
        self.pairs = self._pairs(2 * len(self.pairs.psi))


@kernel(inner=True)
def may_join(i: int, j: int, track_names: Ints, claims: Claims) -> bool:
    """Whether identities allow the pair: the report's owner if it has one, else no other name of the same scheme."""
    if claims.names[j, 0] < 0:
        return True
    if claims.owner[j] >= 0:
        return bool(claims.owner[j] == i)
    return bool(track_names[i, claims.names[j, 0]] < 0)


@kernel(inner=True)
def longest_axis(east2: float, cross: float, north2: float) -> float:
    """Square root of the larger eigenvalue of a symmetric matrix (2, 2): the longest standard deviation, in m."""
    half = 0.5 * (east2 - north2)
    return math.sqrt(0.5 * (east2 + north2) + math.sqrt(half * half + cross * cross))


@kernel(inner=True)
def reach(mean: Floats, covariance: Floats, mode: Floats, i: int) -> tuple[float, float]:
    """Distances in m, flat and upright, from the first mode's mean within which track i can gate a point."""
    widest = tallest = 0.0
    for m in range(MODES):
        if mode[i, m] > 1e-4:
            east, north = mean[i, m, 0] - mean[i, 0, 0], mean[i, m, 1] - mean[i, 0, 1]
            flat = longest_axis(covariance[i, m, 0, 0], covariance[i, m, 0, 1], covariance[i, m, 1, 1])
            widest = max(widest, math.sqrt(east * east + north * north) + _WIDE * flat)
            upright = _WIDE * math.sqrt(covariance[i, m, 2, 2])
            tallest = max(tallest, abs(mean[i, m, 2] - mean[i, 0, 2]) + upright)
    return widest, tallest


@kernel(inner=True)
def radii(detections: Detections, claims: Claims) -> tuple[float, int]:
    """The same of each detection: infinite where only a direction is known; 100 m/s for its own time offset.

    Upright, 60 m more: a direction's uncertainty is bent. Returns the largest finite radius, and how many are finite.
    """
    where, spread = detections.where, detections.spread
    widest, placed = 0.0, 0
    for j in range(detections.kind.shape[0]):
        claims.radius_m[j] = claims.height_m[j] = np.inf
        if not math.isnan(where[j, 0]):
            late_m = -100.0 * detections.offset_s[j]
            flat = longest_axis(spread[j, 0, 0], spread[j, 0, 1], spread[j, 1, 1])
            claims.radius_m[j] = _WIDE * flat + late_m + 10.0
            claims.height_m[j] = _WIDE * math.sqrt(spread[j, 2, 2]) + late_m + 60.0
            widest = max(widest, claims.radius_m[j])
            placed += 1
    return widest, placed


@kernel(inner=True)
def start(where: Floats, order: Ints, placed: int, least_m: float) -> int:
    """The first of the `placed` detections in order of east that stands at least_m or further, by halving."""
    low, high = 0, placed
    while low < high:
        half = (low + high) // 2
        if where[order[half], 0] < least_m:
            low = half + 1
        else:
            high = half
    return low


@kernel(inner=True)
def may_gate(detections: Detections, j: int, i: int, innovation: Innovation, limit: float) -> bool:
    """Whether the first number measured, range or east, leaves a pair within the gate under any mode.

    It is the first term of the Mahalanobis distance, and most often the sharpest: half of the pairs need no more.
    """
    near: bool = detections.variance[j, 0] <= 0.0
    for m in range(MODES):
        white = (detections.value[j, 0] - innovation.expected[i, m, 0]) * innovation.root[i, m, 0, 0]
        near = near or white * white < limit
    return near


@kernel(inner=True)
def score(
    detections: Detections, j: int, mode: Floats, i: int, innovation: Innovation, limit: float,
    pairs: Pairs, k: int,
) -> float:  # fmt: skip
    """Likelihood of a pair under each mode and, returned, under their mixture; -1 outside the gate.

    norm (M,): (2π)^(-d/2) / √det S of each mode.
    """
    if not may_gate(detections, j, i, innovation, limit):
        return -1.0
    nearest = np.inf
    for m in range(MODES):
        square = innovate(detections, j, i, m, innovation, pairs.white, k)
        nearest = min(nearest, square)
        pairs.likelihood[k, m] = square
    if nearest >= limit:
        return -1.0
    total = 0.0
    for m in range(MODES):
        pairs.likelihood[k, m] = innovation.norm[m] * math.exp(-0.5 * min(pairs.likelihood[k, m], 600.0))
        total += mode[i, m] * pairs.likelihood[k, m]
    return total


@kernel(inner=True)
def expect_all(detections: Detections, j: int, rows: Rows, i: int, innovation: Innovation) -> None:
    """The innovation of every mode of track i for detection j's group, and its norm."""
    scale = 1.0
    for k in range(NUMBERS):
        if detections.variance[j, k] > 0.0:
            scale /= _ROOT_2PI
    for m in range(MODES):
        innovation.norm[m] = scale * expect(detections, j, rows.mean, rows.covariance, i, m, innovation)


@kernel(inner=True)
def gate(
    detections: Detections, rows: Rows, count: int, chances: Chances, claims: Claims, innovation: Innovation,
    pairs: Pairs,
) -> int:  # fmt: skip
    """Find the pairs, and their ψ. Returns how many, -1 if there is no room."""
    where, mean = detections.where, rows.mean
    widest, placed = radii(detections, claims)
    many = detections.kind.shape[0]
    k = 0
    for i in range(count):
        pairs.first[i] = k
        chances.ready[i] = -1
        weight = rows.p_exists[i] * chances.p[i] / (1.0 - rows.p_exists[i] * chances.q[i])
        wide, tall = reach(mean, rows.covariance, rows.mode, i)
        a = start(where, detections.order, placed, mean[i, 0, 0] - wide - widest)
        while a < many:
            j = detections.order[a]
            a += 1
            if a <= placed:
                east, north, most = where[j, 0] - mean[i, 0, 0], where[j, 1] - mean[i, 0, 1], wide + claims.radius_m[j]
                if east > wide + widest:
                    a = placed
                    continue
                higher = abs(where[j, 2] - mean[i, 0, 2]) - tall
                if east * east + north * north > most * most or higher > claims.height_m[j]:
                    continue
            if not may_join(i, j, rows.names, claims):
                continue
            if detections.group[j] != chances.ready[i]:
                chances.ready[i] = detections.group[j]
                expect_all(detections, j, rows, i, innovation)
            if k >= pairs.psi.shape[0]:
                return -1
            own = claims.owner[j] == i
            total = score(detections, j, rows.mode, i, innovation, ABSURD if own else GATE, pairs, k)
            if total > 0.0:
                pairs.detection[k] = j
                pairs.psi[k] = min(max(weight * total / claims.density[j], SURE if own else 0.0), _MOST)
                k += 1
    pairs.first[count] = k
    return k


@kernel(inner=True)
def send(count: int, detections: int, pairs: Pairs, load: Floats) -> None:
    """The tracks' messages μ to their detections, and their sums Σ μ."""
    for j in range(detections):
        load[j] = 0.0
    for i in range(count):
        total = 1.0
        for k in range(pairs.first[i], pairs.first[i + 1]):
            total += pairs.psi[k] * pairs.back[k]
        for k in range(pairs.first[i], pairs.first[i + 1]):
            pairs.ahead[k] = pairs.psi[k] / max(total - pairs.psi[k] * pairs.back[k], 1.0)
            load[pairs.detection[k]] += pairs.ahead[k]


@kernel(inner=True)
def answer(many: int, pairs: Pairs, load: Floats) -> float:
    """The detections' messages ν to their tracks; how far they moved at most."""
    moved = 0.0
    for k in range(many):
        fresh = 1.0 / max(1.0 + load[pairs.detection[k]] - pairs.ahead[k], 1.0)
        moved = max(moved, abs(fresh - pairs.back[k]))
        pairs.back[k] = fresh
    return moved


@kernel(types.int64, types.int64, types.int64, types.boolean, CHANCES, CLAIMS, PAIRS)
def marginals(count: int, detections: int, propagate: bool, chances: Chances, claims: Claims, pairs: Pairs) -> int:
    """Loopy belief propagation on the pairs (Williams & Lau 2014, eqs. 27 and 28). Returns the number of turns.

        μ_ij = ψ_ij / (1 + Σ_k≠j ψ_ik ν_ik),   ν_ij = 1 / (1 + Σ_l≠i μ_lj)

    Writes p_pair: track i made detection j; p_missed: it made none; p_alone: no track made j. Exact where the pairs
    form a tree. Loops make it approximate, and too sure where strong pairs compete (some tenths of probability with two
    tracks on the same two detections); it still converges, to a single fixed point. propagate False: ν stays 1, so that
    tracks do not hear of one another.
    """
    first, many = pairs.first, pairs.first[count]
    for k in range(many):
        pairs.back[k] = 1.0
    turns, moved = 0, 1.0
    while moved > _CLOSE and turns < _TURNS:
        turns += 1
        send(count, detections, pairs, claims.load)
        moved = answer(many, pairs, claims.load) if propagate else 0.0
    for i in range(count):
        total = 1.0
        for k in range(first[i], first[i + 1]):
            total += pairs.psi[k] * pairs.back[k]
        for k in range(first[i], first[i + 1]):
            pairs.p_pair[k] = pairs.psi[k] * pairs.back[k] / total
        chances.p_missed[i] = 1.0 / total
    for j in range(detections):
        claims.p_alone[j] = 1.0 / (1.0 + claims.load[j])
    return turns
