"""Doubles: two tracks of one target, as sensors with different errors start them, become one."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types

from vedette.geo import Floats
from vedette.sensing.compiled import arrays_type, kernel
from vedette.tracking.association import PAIRS, Pairs
from vedette.tracking.motion import merge_modes
from vedette.tracking.state import NEVER, ROWS, Rows, move_motion

Ints = npt.NDArray[np.int64]

ALIKE: Final = 7.0
"""Squared Mahalanobis distance, six dimensions, within which two tracks are one."""
BIAS_M: Final = 12.0
BIAS_MPS: Final = 1.5
"""What sensors may differ by in place and velocity without having said so."""
NEAR_M: Final = 250.0
"""Tracks further apart are two, whatever their covariances say."""
_TWO_S: Final = 12.0


class Compared(NamedTuple):
    """Room to compare tracks: mean (2, 6), covariance (2, 6, 6) of two; and lists by detection and pair.

    found (·, 2): doubles; gone (n,): 1 where a track goes into another.
    """

    mean: Floats
    covariance: Floats
    head: Ints
    after: Ints
    owner: Ints
    found: Ints
    gone: Ints


COMPARED: Final = arrays_type(Compared, "f2 f3 i1 i1 i1 i2 i1")


def compared_room(tracks: int, detections: int, pairs: int) -> Compared:
    """Blank room for so many."""
    head, gone = np.zeros(detections, dtype=np.int64), np.zeros(tracks, dtype=np.int64)
    by_pair, found = np.zeros((2, pairs), dtype=np.int64), np.zeros((1024, 2), dtype=np.int64)
    return Compared(np.zeros((2, 6)), np.zeros((2, 6, 6)), head, by_pair[0], by_pair[1], found, gone)


@kernel(inner=True)
def distance2(rows: Rows, i: int, j: int, bias_m: float, bias_mps: float, room: Compared) -> float:
    """Squared Mahalanobis distance of two tracks' mixtures, biases added to the sum of their covariances."""
    merge_modes(rows.mean, rows.covariance, rows.mode, i, room.mean, room.covariance, 0)
    merge_modes(rows.mean, rows.covariance, rows.mode, j, room.mean, room.covariance, 1)
    for k in range(6):
        room.mean[0, k] -= room.mean[1, k]
        for c in range(6):
            room.covariance[0, k, c] += room.covariance[1, k, c]
        room.covariance[0, k, k] += bias_m * bias_m if k < 3 else bias_mps * bias_mps
    return solve(room.covariance[0], room.mean[0])


@kernel(inner=True)
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


@kernel(inner=True)
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


@kernel(types.int64, ROWS, types.int64, types.int64, types.float64, PAIRS, types.float64[::1], COMPARED)
def merge_doubles(
    rows: Rows, count: int, detections: int, now_s: float, pairs: Pairs, together_s: Floats, room: Compared
) -> int:
    """Merge tracks that gate a common detection and are alike; room.gone marks those that went. Returns how many pairs.

    Only tracks that compete for a detection are compared: linear in the pairs. together_s (S,): see told_apart.
    """
    head, after, owner, found = room.head, room.after, room.owner, room.found
    for i in range(count):
        room.gone[i] = 0
    for j in range(detections):
        head[j] = -1
    many = 0
    for i in range(count):
        for k in range(pairs.first[i], pairs.first[i + 1]):
            owner[k] = i
            other = head[pairs.detection[k]]
            while other >= 0 and many < found.shape[0]:
                j = owner[other]
                east, north = rows.mean[i, 0, 0] - rows.mean[j, 0, 0], rows.mean[i, 0, 1] - rows.mean[j, 0, 1]
                if (
                    abs(east) + abs(north) < NEAR_M
                    and not told_apart(i, j, now_s, rows.names, rows.seen_s, together_s)
                    and distance2(rows, i, j, BIAS_M, BIAS_MPS, room) < ALIKE
                ):
                    found[many, 0], found[many, 1] = j, i
                    many += 1
                other = after[other]
            after[k] = head[pairs.detection[k]]
            head[pairs.detection[k]] = k
    rule(rows, many, room)
    return many


@kernel(inner=True)
def rule(rows: Rows, found: int, room: Compared) -> None:
    """Merge the doubles found: the older, believed track stays; the other is marked as gone."""
    for d in range(found):
        i, j = room.found[d, 0], room.found[d, 1]
        if room.gone[i] == 0 and room.gone[j] == 0:
            known_i, known_j = rows.confirmed[i] > NEVER, rows.confirmed[j] > NEVER
            later = known_j if known_i != known_j else rows.id[j] < rows.id[i]
            kept, gone = (j, i) if later else (i, j)
            absorb(rows, kept, gone)
            room.gone[gone] = 1


@kernel(inner=True)
def absorb(rows: Rows, kept: int, gone: int) -> None:
    """Put what a double knows into the track that stays; the better known of the two positions holds."""
    off = on = 0.0
    for k in range(3):
        off += rows.covariance[gone, 0, k, k]
        on += rows.covariance[kept, 0, k, k]
    blind_kept, blind_gone = rows.blind_up_m2[kept] > 0.0, rows.blind_up_m2[gone] > 0.0
    if (blind_kept and not blind_gone) or (blind_kept == blind_gone and off < on):
        move_motion(rows, gone, kept)
    if rows.updated_s[gone] > rows.updated_s[kept]:
        rows.updated_s[kept], rows.missed[kept] = rows.updated_s[gone], rows.missed[gone]
        rows.last_sensor[kept] = rows.last_sensor[gone]
    if rows.features[gone, 0] > rows.features[kept, 0]:
        for c in range(rows.features.shape[1]):
            rows.features[kept, c] = rows.features[gone, c]
    rows.hits[kept] += rows.hits[gone]
    rows.unclassed[kept] = 1
    rows.p_exists[kept] = max(rows.p_exists[kept], rows.p_exists[gone])
    rows.confirmed[kept] = max(rows.confirmed[kept], rows.confirmed[gone])
    for k in range(rows.names.shape[1]):
        rows.names[kept, k] = max(rows.names[kept, k], rows.names[gone, k])
    for s in range(rows.seen_s.shape[1]):
        rows.p_visible[kept, s] = max(rows.p_visible[kept, s], rows.p_visible[gone, s])
        if math.isnan(rows.seen_s[kept, s]) or rows.seen_s[gone, s] > rows.seen_s[kept, s]:
            rows.seen_s[kept, s] = rows.seen_s[gone, s]
