"""Which detections a track may have made: the pairs inside the gate, with their weights (tracking.association).

First by place: detections stand in strips of north, in each by east, and each track looks at those within its reach.
Then by the first number measured; what is left is measured whole, under every mode.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.sensing.compiled import kernel
from vedette.sensing.projection import NUMBERS, Detections, Innovation, expect, innovate
from vedette.tracking.association import Chances, Claims, Pairs
from vedette.tracking.motion import MODES
from vedette.tracking.state import Rows

Ints = npt.NDArray[np.int64]

GATE: Final = 20.0
"""Squared Mahalanobis distance within which a pair is considered: 0.9998 of true pairs in three dimensions."""
ABSURD: Final = 120.0
"""The same for a report whose identity the track carries: beyond it the report is absurd against the track."""
SURE: Final = 1e6
"""Least ψ of such a report within that gate."""
IN_STRIP: Final = 128
"""Detections in a strip: fewer are looked through as fast as they are sorted."""
_ROOT_2PI: Final = math.sqrt(2.0 * math.pi)
_WIDE: Final = 4.6
"""Standard deviations of two dimensions beyond which no pair is looked at: √GATE and a little."""
_MOST: Final = 1e9


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
def strip_of(north_m: float, south_m: float, height_m: float, strips: int) -> int:
    """The strip that holds a place; the first and the last hold all beyond."""
    return int(min(max((north_m - south_m) / height_m, 0.0), strips - 1.0))


@kernel(inner=True)
def lay_out(detections: Detections, placed: int, widest: float, claims: Claims) -> tuple[int, float, float]:
    """Sort the detections into strips of north, each by east: how many, where the first begins and how high each is.

    So that a track looks at those near it alone, however many there are. Strips are at least twice as high as a
    detection reaches, and hold IN_STRIP detections or more in the mean. By counting: they stand in order of east.
    """
    where, order, first = detections.where, detections.order, claims.strip
    south, north = np.inf, -np.inf
    for a in range(placed):
        south, north = min(south, where[order[a], 1]), max(north, where[order[a], 1])
    strips = 1
    if placed >= 2 * IN_STRIP:
        strips = max(min(placed // IN_STRIP, int((north - south) / (2.0 * widest))), 1)
    height_m = max((north - south) / strips, 1.0)
    for s in range(strips + 2):
        first[s] = 0
    for a in range(placed):
        first[strip_of(where[order[a], 1], south, height_m, strips) + 2] += 1
    for s in range(2, strips + 1):
        first[s] += first[s - 1]
    for a in range(order.shape[0]):
        at = a
        if a < placed:
            s = strip_of(where[order[a], 1], south, height_m, strips)
            at = first[s + 1]
            first[s + 1] += 1
        claims.by_strip[at] = order[a]
        lay(detections, order[a], claims, at)
    first[strips], first[strips + 1] = placed, order.shape[0]
    return strips, south, height_m


@kernel(inner=True)
def lay(detections: Detections, j: int, claims: Claims, at: int) -> None:
    """Put side by side what tells most pairs of detection j apart."""
    spot = claims.spot
    for k in range(3):
        spot[at, k] = detections.where[j, k]
    spot[at, 3], spot[at, 4] = claims.radius_m[j], claims.height_m[j]
    spot[at, 5] = detections.value[j, 0] if detections.variance[j, 0] > 0.0 else math.nan
    spot[at, 6], spot[at, 7] = detections.group[j], claims.owner[j]


@kernel(inner=True)
def start(spot: Floats, low: int, high: int, least_m: float) -> int:
    """The first detection from low up to high, in order of east, that stands at least_m or further, by halving."""
    while low < high:
        half = (low + high) // 2
        if spot[half, 0] < least_m:
            low = half + 1
        else:
            high = half
    return low


@kernel(inner=True)
def is_near(spot: Floats, a: int, mean: Floats, i: int, wide: float, tall: float) -> bool:
    """Whether the detection at spot a stands where track i, which reaches so far, can gate it."""
    east, north, most = spot[a, 0] - mean[i, 0, 0], spot[a, 1] - mean[i, 0, 1], wide + spot[a, 3]
    higher = abs(spot[a, 2] - mean[i, 0, 2]) - tall
    return bool(east * east + north * north <= most * most and higher <= spot[a, 4])


@kernel(inner=True)
def may_gate(spot: Floats, a: int, mode: Floats, i: int, innovation: Innovation, limit: float) -> bool:
    """Whether the first number measured, range or east, leaves a pair within the gate under any mode.

    It is the first term of the Mahalanobis distance, and most often the sharpest: few pairs need more.
    """
    near = False
    for m in range(MODES):
        if mode[i, m] > 0.0:
            white = (spot[a, 5] - innovation.expected[i, m, 0]) * innovation.root[i, m, 0, 0]
            near = near or not white * white >= limit
    return near


@kernel(inner=True)
def score(
    detections: Detections, j: int, mode: Floats, i: int, innovation: Innovation, limit: float,
    pairs: Pairs, k: int,
) -> float:  # fmt: skip
    """Likelihood of a pair under each mode and, returned, under their mixture; -1 outside the gate.

    norm (M,): (2π)^(-d/2) / √det S of each mode.
    """
    nearest = np.inf
    for m in range(MODES):
        if mode[i, m] > 0.0:
            square = innovate(detections, j, i, m, innovation, pairs.white, k)
            nearest = min(nearest, square)
            pairs.likelihood[k, m] = square
    if nearest >= limit:
        return -1.0
    total = 0.0
    for m in range(MODES):
        if mode[i, m] > 0.0:
            pairs.likelihood[k, m] = innovation.norm[m] * math.exp(-0.5 * min(pairs.likelihood[k, m], 600.0))
            total += mode[i, m] * pairs.likelihood[k, m]
        else:
            pairs.likelihood[k, m] = 0.0
    return total


@kernel(inner=True)
def expect_all(detections: Detections, j: int, rows: Rows, i: int, innovation: Innovation) -> None:
    """The innovation of every possible mode of track i for detection j's group, and its norm."""
    scale = 1.0
    for k in range(NUMBERS):
        if detections.variance[j, k] > 0.0:
            scale /= _ROOT_2PI
    for m in range(MODES):
        if rows.mode[i, m] > 0.0:
            innovation.norm[m] = scale * expect(detections, j, rows.mean, rows.covariance, i, m, innovation)


@kernel(inner=True)
def join(
    detections: Detections, a: int, rows: Rows, i: int, weight: float, chances: Chances, claims: Claims,
    innovation: Innovation, pairs: Pairs, k: int,
) -> int:  # fmt: skip
    """Make track i and the detection at spot a pair k, with its ψ, if they are one. Returns how many there are then.

    weight: r p / (1 - r q).
    """
    own = claims.spot[a, 7] == i
    limit = ABSURD if own else GATE
    ready = claims.spot[a, 6] == chances.ready[i]
    if ready and not may_gate(claims.spot, a, rows.mode, i, innovation, limit):
        return k
    j = claims.by_strip[a]
    if not may_join(i, j, rows.names, claims):
        return k
    if not ready:
        chances.ready[i] = detections.group[j]
        expect_all(detections, j, rows, i, innovation)
    total = score(detections, j, rows.mode, i, innovation, limit, pairs, k)
    if total <= 0.0:
        return k
    pairs.detection[k] = j
    pairs.psi[k] = min(max(weight * total / claims.density[j], SURE if own else 0.0), _MOST)
    return k + 1


@kernel(inner=True)
def gate(
    detections: Detections, rows: Rows, count: int, chances: Chances, claims: Claims, innovation: Innovation,
    pairs: Pairs,
) -> int:  # fmt: skip
    """Find the pairs, and their ψ. Returns how many, -1 if there is no room."""
    mean, spot, first = rows.mean, claims.spot, claims.strip
    widest, placed = radii(detections, claims)
    strips, south, height_m = lay_out(detections, placed, widest, claims)
    k = 0
    for i in range(count):
        pairs.first[i] = k
        chances.ready[i] = -1
        weight = rows.p_exists[i] * chances.p[i] / (1.0 - rows.p_exists[i] * chances.q[i])
        wide, tall = reach(mean, rows.covariance, rows.mode, i)
        low = strip_of(mean[i, 0, 1] - wide - widest, south, height_m, strips)
        high = strip_of(mean[i, 0, 1] + wide + widest, south, height_m, strips)
        for s in range(low, high + 2):
            last = s > high
            a, end = (first[strips], first[strips + 1]) if last else (first[s], first[s + 1])
            if not last:
                a = start(spot, a, end, mean[i, 0, 0] - wide - widest)
            while a < end and (last or spot[a, 0] - mean[i, 0, 0] <= wide + widest):
                if k >= pairs.psi.shape[0]:
                    return -1
                if last or is_near(spot, a, mean, i, wide, tall):
                    k = join(detections, a, rows, i, weight, chances, claims, innovation, pairs, k)
                a += 1
    pairs.first[count] = k
    return k
