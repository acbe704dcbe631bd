"""The rows of a look in one order, grouped and placed.

Rows that share kind, variances, time offset and geometry are a group: their innovation covariance is formed once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import types

from vedette.geo import Floats
from vedette.model import CLASSES
from vedette.sensing.compiled import kernel
from vedette.sensing.projection import CARTESIAN, DETECTIONS, POLAR, Detections

Ints = npt.NDArray[np.int64]

BLIND_UP_M: Final = 150.0
"""Height over the sensor taken, at most, where no elevation is measured."""


def blank_detections(n: int) -> Detections:
    """Room for n detections."""
    four, three = (n, 4), (n, 3)
    return Detections(
        np.empty(n, dtype=np.int64), np.empty(four), np.empty(four), np.empty(n), np.empty(three), np.empty((n, 3, 3)),
        np.empty(n, dtype=np.int64), np.empty(n), np.empty(three), np.empty((n, 3, 3)),
        np.empty(n, dtype=np.int64), np.empty(n), np.empty((n, len(CLASSES))),
    )  # fmt: skip


def canonical(columns: tuple[Floats, ...], identity: Sequence[str | None] | None) -> Ints:
    """An order of the rows that does not depend on how they came; columns (n, …), of length 0 where not given."""
    value = columns[0]
    rows = np.argsort(value[:, 0])
    if settle_ties(value, rows):
        table = np.concatenate([one.reshape(len(value), -1) for one in columns if len(one)], axis=1)
        names = identity or (None,) * len(value)
        keys = [(row.tobytes(), one or "") for row, one in zip(table, names, strict=True)]
        rows = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)
    return rows


@kernel("boolean(float64[:,::1], int64[::1])")
def settle_ties(value: Floats, rows: Ints) -> bool:
    """Order rows of equal first number by the second; whether any are equal in both."""
    for a in range(1, rows.shape[0]):
        b = a
        while b > 0 and value[rows[b], 0] == value[rows[b - 1], 0] and value[rows[b], 1] < value[rows[b - 1], 1]:
            rows[b], rows[b - 1] = rows[b - 1], rows[b]
            b -= 1
        if b > 0 and value[rows[b], 0] == value[rows[b - 1], 0] and value[rows[b], 1] == value[rows[b - 1], 1]:
            return True
    return False


@kernel("int64(float64[:,::1], int64[::1])")
def drop_unmeasured(variance: Floats, rows: Ints) -> int:
    """Close up the rows (n,) that measure anything; returns how many."""
    many = 0
    for a in range(rows.shape[0]):
        measured = False
        for k in range(4):
            measured |= variance[rows[a], k] > 0.0
        if measured:
            rows[many] = rows[a]
            many += 1
    return many


@kernel(
    types.int64, DETECTIONS, types.int64[::1], types.float64[:, ::1], types.float64[::1], types.float64, DETECTIONS,
    types.float64[:, ::1], direct=True,
)  # fmt: skip
def arrange(
    loose: Detections, rows: Ints, place: Floats, spans: Floats, blind_up_m: float, ready: Detections, turn: Floats
) -> int:
    """Put the rows (n,) of a look in order, group and place them. Returns how many are directions alone.

    Of loose, offset, origin and axes, cross-section and classes may have length 0: not given. place (4, 3): as in View.
    spans (8,): size of the field of view in range, azimuth, elevation and range rate; then, of position reports, in
    east and north together, 1, in altitude, 1. turn (4, 3): room to work.
    """
    directions = 0
    for a in range(rows.shape[0]):
        j = rows[a]
        ready.kind[a] = loose.kind[j]
        ready.offset_s[a] = loose.offset_s[j] if loose.offset_s.shape[0] > 0 else 0.0
        ready.rcs_dbsm[a] = loose.rcs_dbsm[j] if loose.rcs_dbsm.shape[0] > 0 else math.nan
        for k in range(4):
            ready.value[a, k], ready.variance[a, k] = loose.value[j, k], loose.variance[j, k]
        for k in range(3):
            ready.origin_m[a, k] = loose.origin_m[j, k] if loose.origin_m.shape[0] > 0 else place[3, k]
            for c in range(3):
                ready.axes[a, k, c] = loose.axes[j, k, c] if loose.axes.shape[0] > 0 else place[k, c]
        for c in range(ready.p_classes.shape[1]):
            ready.p_classes[a, c] = loose.p_classes[j, c] if loose.p_classes.shape[0] > 0 else math.nan
        number_group(ready, a)
        size, first = 1.0, 0 if ready.kind[a] == POLAR else 4
        for k in range(4):
            size *= spans[first + k] if ready.variance[a, k] > 0.0 else 1.0
        ready.volume[a] = size
        if ready.variance[a, 0] <= 0.0 or ready.variance[a, 1] <= 0.0:
            directions += 1
            for k in range(3):
                ready.where[a, k] = np.nan
                for c in range(3):
                    ready.spread[a, k, c] = np.nan
        else:
            locate(ready, a, blind_up_m, turn)
    order_by_east(ready)
    return directions


@kernel(inner=True)
def order_by_east(ready: Detections) -> None:
    """Rows in order of east, directions last, by Shell's sort (1959): looks are short, and nothing is allocated."""
    order, where = ready.order, ready.where
    many = order.shape[0]
    for a in range(many):
        order[a] = a
    gap = many // 2
    while gap > 0:
        for a in range(gap, many):
            row = order[a]
            east = where[row, 0]
            b = a
            while b >= gap and (
                where[order[b - gap], 0] > east or (math.isnan(where[order[b - gap], 0]) and east == east)
            ):
                order[b] = order[b - gap]
                b -= gap
            order[b] = row
        gap //= 2


@kernel(inner=True)
def number_group(ready: Detections, j: int) -> None:
    """Number row j's group: that of the row before where they share their geometry."""
    if j == 0:
        ready.group[j] = 0
        return
    same = ready.kind[j] == ready.kind[j - 1] and ready.offset_s[j] == ready.offset_s[j - 1]
    for k in range(4):
        same = same and ready.variance[j, k] == ready.variance[j - 1, k]
    for k in range(3):
        same = same and ready.origin_m[j, k] == ready.origin_m[j - 1, k]
    ready.group[j] = ready.group[j - 1] if same else ready.group[j - 1] + 1


@kernel(inner=True)
def locate(ready: Detections, j: int, blind_up_m: float, turn: Floats) -> None:
    """Position and covariance of a detection that has a range and an azimuth, or is a report.

    Where elevation or altitude is not measured the height over the sensor is min(blind_up_m, range / 10), with a
    standard deviation of a quarter of the range, between 60 and 3000 m (reports: 3000 m). turn (4, 3): the directions
    of the standard deviations and, in the last row, these.
    """
    for k in range(3):
        turn[3, k] = math.sqrt(ready.variance[j, k])
    if ready.kind[j] == CARTESIAN:
        for k in range(3):
            ready.where[j, k] = ready.origin_m[j, k]
            for c in range(3):
                turn[k, c] = ready.axes[j, k, c]
        if ready.variance[j, 2] <= 0.0:
            turn[3, 2] = 3000.0
    else:
        point(ready, j, blind_up_m, turn)
    for a in range(3):
        for b in range(a + 1):
            total = 0.0
            for c in range(3):
                total += turn[c, a] * turn[3, c] * turn[3, c] * turn[c, b]
            ready.spread[j, a, b] = ready.spread[j, b, a] = total


@kernel(inner=True)
def point(ready: Detections, j: int, blind_up_m: float, turn: Floats) -> None:
    """The same of a polar detection."""
    slant, azimuth, elevation = ready.value[j, 0], ready.value[j, 1], ready.value[j, 2]
    if ready.variance[j, 2] <= 0.0:
        elevation = math.asin(min(blind_up_m, 0.1 * slant) / max(slant, 1.0))
        turn[3, 2] = min(max(0.25 * slant, 60.0), 3000.0)
    else:
        turn[3, 2] *= slant
    sin_a, cos_a, sin_e, cos_e = math.sin(azimuth), math.cos(azimuth), math.sin(elevation), math.cos(elevation)
    turn[3, 1] *= max(slant * cos_e, 1.0)
    axes = ready.axes
    for k in range(3):
        east, north, up = axes[j, 0, k], axes[j, 1, k], axes[j, 2, k]
        turn[0, k] = east * cos_e * sin_a + north * cos_e * cos_a + up * sin_e
        turn[1, k] = east * cos_a - north * sin_a
        turn[2, k] = -east * sin_e * sin_a - north * sin_e * cos_a + up * cos_e
        ready.where[j, k] = ready.origin_m[j, k] + slant * turn[0, k]
