"""Who is whom: the cheapest one-to-one pairing of two sets.

Shortest augmenting paths with dual prices (R. Jonker, A. Volgenant, "A shortest augmenting path algorithm for dense and
sparse linear assignment problems", Computing 38, 1987, without its initial reductions): O(n³), each step one pass of
NumPy. SciPy is not needed. Prices are float64, so of pairings equal to within rounding either may be found.

Where things farther apart than a cutoff might as well stay unpaired, the problem falls apart into islands of near
neighbours, and `pair_within` solves each by itself: 200 by 200 drones over an airfield take about a millisecond.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from vedette.model import Floats

Indices = npt.NDArray[np.int64]


def assign(cost: Floats) -> tuple[Indices, Indices]:
    """The pairing with the least total cost that pairs every row or every column, whichever are fewer.

    Args:
        cost: (m, n), finite, of any sign and unit.

    Returns:
        rows and their columns, (min(m, n),) each, rows ascending. The same cost always gives the same pairing.
    """
    if cost.shape[0] > cost.shape[1]:
        columns, rows = assign(cost.T)
        order = np.argsort(rows)
        return rows[order], columns[order]
    column_of = _assign_rows(np.asarray(cost, dtype=np.float64))
    return np.arange(len(column_of)), column_of


def _assign_rows(cost: Floats) -> Indices:
    """The column of each row (m,), m ≤ n."""
    rows, columns = cost.shape
    row_price, column_price = np.zeros(rows), np.zeros(columns)
    column_of = np.full(rows, -1, dtype=np.int64)
    row_of = np.full(columns, -1, dtype=np.int64)
    for start in range(rows):
        length = np.full(columns, np.inf)
        before = np.full(columns, start, dtype=np.int64)
        done = np.zeros(columns, dtype=np.bool_)
        row, reached, end = start, 0.0, -1
        while end < 0:
            through = reached + cost[row] - row_price[row] - column_price
            shorter = ~done & (through < length)
            length[shorter], before[shorter] = through[shorter], row
            nearest = int(np.argmin(np.where(done, np.inf, length)))
            reached = float(length[nearest])
            done[nearest] = True
            row = int(row_of[nearest])
            end = nearest if row < 0 else -1
        passed = np.flatnonzero(done & (row_of >= 0))
        row_price[start] += reached
        row_price[row_of[passed]] += reached - length[passed]
        column_price[passed] -= reached - length[passed]
        _turn(end, start, before, column_of, row_of)
    return column_of


def _turn(end: int, start: int, before: Indices, column_of: Indices, row_of: Indices) -> None:
    """Along the path from the new row to the free column, pair each row with the column that follows it."""
    column = end
    while True:
        row = int(before[column])
        row_of[column] = row
        freed = int(column_of[row])
        column_of[row] = column
        if row == start:
            return
        column = freed


def pair_within(distance_m: Floats, c_m: float, p: float) -> tuple[Indices, Indices]:
    """The pairs nearer than the cutoff that save most: the greatest Σ (c^p - d^p) over one-to-one pairings.

    It is the pairing both of GOSPA (alpha = 2) and of OSPA: either one's cost is a constant less this sum.

    Args:
        distance_m: (m, n) distances, metres.
        c_m, p: the cutoff in metres and the order.

    Returns:
        rows and their columns, (k,) each, rows ascending; every pair is strictly nearer than c_m.
    """
    cost = np.minimum(distance_m / c_m, 1.0) ** p
    pairs: list[tuple[int, int]] = []
    for rows, columns in _islands(distance_m < c_m):
        found = assign(cost[np.ix_(rows, columns)])
        pairs += [(int(rows[i]), int(columns[j])) for i, j in zip(*found, strict=True)]
    pairs = [(row, column) for row, column in pairs if distance_m[row, column] < c_m]
    both = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _islands(near: npt.NDArray[np.bool_]) -> Iterator[tuple[Indices, Indices]]:
    """Rows and columns of each group that is near only among itself; what is near nothing is left out."""
    left = np.logical_or.reduce(near, axis=1)
    for first in range(len(near)):
        if not left[first]:
            continue
        rows = np.zeros(len(near), dtype=np.bool_)
        rows[first] = True
        while True:
            columns = np.logical_or.reduce(near[rows], axis=0)
            grown = np.logical_or.reduce(near[:, columns], axis=1)
            if np.array_equal(grown, rows):
                break
            rows = grown
        left &= ~rows
        yield np.flatnonzero(rows), np.flatnonzero(columns)
