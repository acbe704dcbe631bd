"""Before a look: which tracks outlast the silence, and how likely the sensor is to see each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import types

from vedette.geo import Floats
from vedette.sensing.compiled import kernel
from vedette.sensing.view import p_in_view
from vedette.tracking.association import CHANCES, Chances
from vedette.tracking.ending import outlasts
from vedette.tracking.state import ROWS, Rows, move

Ints = npt.NDArray[np.int64]

P_REPORT = 0.5
"""Probability of detection of a sensor whose silence says nothing."""
P_HOPED = 0.02
"""Least probability of detection with which a detection counts: a track in a blind spot may be seen all the same."""


@kernel(types.int64, ROWS, types.int64, types.float64, types.float64[::1])
def outlast(rows: Rows, count: int, now_s: float, patience_s: Floats) -> int:
    """Close up the tracks that outlast the silence until now_s; returns how many there are."""
    many = 0
    for i in range(count):
        if outlasts(rows, i, now_s, patience_s):
            if many != i:
                move(rows, i, many)
            many += 1
    return many


@kernel(
    types.void, ROWS, types.int64, types.int64, types.boolean, types.float64[:, ::1], types.float64[::1],
    types.Array(types.float64, 1, "C", readonly=True), CHANCES,
)  # fmt: skip
def weigh(
    rows: Rows, count: int, sensor: int, covers: bool, place: Floats, bounds: Floats, arc_rad: Floats, chances: Chances
) -> None:
    """Probability of detection if the sensor perceives the track, and p and q of vedette.tracking.association."""
    for i in range(count):
        chances.p_seen[i] = chances.p[i] = P_REPORT
        chances.q[i] = 0.0
        if covers:
            known_up = rows.blind_up_m2[i] == 0.0
            seen = p_in_view(rows.mean, rows.covariance, rows.mode, i, known_up, place, bounds, arc_rad)
            chances.p_seen[i] = seen
            chances.q[i] = seen * rows.p_visible[i, sensor]
            chances.p[i] = max(chances.q[i], P_HOPED)
