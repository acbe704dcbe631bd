"""What a sensor would measure of a state: the measurement function, its Jacobian, and the innovation's covariance.

A detection is up to four numbers about an origin o and axes A (rows: the sensor's east, north, up in the site's frame):

    s = A (p + v τ - o)                        τ: the detection's own time relative to the look's, ≤ 0
    POLAR       |s|, atan2(s_e, s_n), atan2(s_u, hypot(s_e, s_n)), s·(A v) / |s|
    CARTESIAN   s_e, s_n, s_u                  o: the reported point, so the measurement is 0

A variance ≤ 0 says that this number was not measured: its row is then zero and its innovation variance 1, so that it
adds nothing. Neglected: refraction, Earth's curvature within the sensor's own frame, process noise within τ.

Kernels take whole arrays and the indices of track, mode and detection: a slice would cost as much as the arithmetic.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.sensing.compiled import arrays_type, kernel

Ints = npt.NDArray[np.int64]

POLAR: Final = 0
CARTESIAN: Final = 1
NUMBERS: Final = 4
_NEAR_M: Final = 1e-3  # closer than a millimetre a direction means nothing
_LEAST: Final = 1e-300
_TWO_PI: Final = 2.0 * math.pi


class Detections(NamedTuple):
    """The n detections of a look, as kernels take them.

    kind (n,); value, variance (n, 4), variance 0: not measured; offset_s (n,); origin_m (n, 3); axes (n, 3, 3).
    group (n,): rows of one group share kind, variance, offset, origin and axes. volume (n,): of the field of view in
    what was measured. where (n, 3), spread (n, 3, 3): position and its covariance, NaN where only a direction is known.
    order (n,): rows by east, directions last. rcs_dbsm (n,), NaN unknown. p_classes (n, classes):
    likelihood of the class report under each class, by the sensor's confusion, NaN where there is none.
    """

    kind: Ints
    value: Floats
    variance: Floats
    offset_s: Floats
    origin_m: Floats
    axes: Floats
    group: Ints
    volume: Floats
    where: Floats
    spread: Floats
    order: Ints
    rcs_dbsm: Floats
    p_classes: Floats


DETECTIONS: Final = arrays_type(Detections, "i1 f2 f2 f1 f2 f3 i1 f1 f2 f3 i1 f1 f2")


class Innovation(NamedTuple):
    """Room for what is expected of each track and mode (n, M, …), for the group of detections it was last made for.

    expected (n, M, 4); crossed (n, M, 4, 6): H P; root (n, M, 4, 4): the lower L of S = L Lᵀ, with the reciprocals of
    its diagonal on the diagonal; jacobian (4, 6) of the last one made; norm (M,): (2π)^(-d/2) / √det S, d numbers.
    """

    expected: Floats
    crossed: Floats
    root: Floats
    jacobian: Floats
    norm: Floats


INNOVATION: Final = arrays_type(Innovation, "f3 f4 f4 f2 f1")


def innovation_room(tracks: int, modes: int) -> Innovation:
    """Blank room for so many tracks."""
    return Innovation(
        np.zeros((tracks, modes, NUMBERS)),
        np.zeros((tracks, modes, NUMBERS, 6)),
        np.zeros((tracks, modes, NUMBERS, NUMBERS)),
        np.zeros((NUMBERS, 6)),
        np.zeros(modes),
    )


@kernel(inner=True)
def project(detections: Detections, j: int, mean: Floats, i: int, m: int, room: Innovation) -> None:
    """Write what detection j would measure of mode m of track i, and the Jacobian. Metres, radians, metres a second."""
    axes, origin_m, expected, jacobian = detections.axes, detections.origin_m, room.expected, room.jacobian
    offset_s = detections.offset_s[j]
    rel_e = rel_n = rel_u = 0.0
    vel_e = vel_n = vel_u = 0.0
    for k in range(3):
        at = mean[i, m, k] + mean[i, m, 3 + k] * offset_s - origin_m[j, k]
        rel_e += axes[j, 0, k] * at
        rel_n += axes[j, 1, k] * at
        rel_u += axes[j, 2, k] * at
        vel_e += axes[j, 0, k] * mean[i, m, 3 + k]
        vel_n += axes[j, 1, k] * mean[i, m, 3 + k]
        vel_u += axes[j, 2, k] * mean[i, m, 3 + k]
    if detections.kind[j] == CARTESIAN:
        expected[i, m, 0], expected[i, m, 1], expected[i, m, 2], expected[i, m, 3] = rel_e, rel_n, rel_u, 0.0
        for k in range(3):
            for row in range(3):
                jacobian[row, k] = axes[j, row, k]
                jacobian[row, 3 + k] = axes[j, row, k] * offset_s
            jacobian[3, k] = jacobian[3, 3 + k] = 0.0
        return
    flat2 = max(rel_e * rel_e + rel_n * rel_n, _NEAR_M * _NEAR_M)
    flat = math.sqrt(flat2)
    slant2 = flat2 + rel_u * rel_u
    slant = math.sqrt(slant2)
    rate = (rel_e * vel_e + rel_n * vel_n + rel_u * vel_u) / slant
    expected[i, m, 0] = slant
    expected[i, m, 1] = math.atan2(rel_e, rel_n)
    expected[i, m, 2] = math.atan2(rel_u, flat)
    expected[i, m, 3] = rate
    over_slant, over_flat2, over_slant2 = 1.0 / slant, 1.0 / flat2, 1.0 / slant2
    tilt = rel_u / flat
    for k in range(3):
        a_e, a_n, a_u = axes[j, 0, k], axes[j, 1, k], axes[j, 2, k]
        jacobian[0, k] = (rel_e * a_e + rel_n * a_n + rel_u * a_u) * over_slant
        jacobian[1, k] = (rel_n * a_e - rel_e * a_n) * over_flat2
        jacobian[2, k] = (a_u * flat - tilt * (rel_e * a_e + rel_n * a_n)) * over_slant2
        jacobian[3, k] = (vel_e * a_e + vel_n * a_n + vel_u * a_u - rate * jacobian[0, k]) * over_slant
    for k in range(3):
        for row in range(NUMBERS):
            jacobian[row, 3 + k] = jacobian[row, k] * offset_s
        jacobian[3, 3 + k] += jacobian[0, k]


@kernel(inner=True)
def cross(covariance: Floats, i: int, m: int, k: int, moves: bool, room: Innovation) -> None:
    """Row k of H P; moves: H has a part of velocity there."""
    jacobian, crossed = room.jacobian, room.crossed
    for c in range(6):
        total = jacobian[k, 0] * covariance[i, m, 0, c]
        total += jacobian[k, 1] * covariance[i, m, 1, c]
        total += jacobian[k, 2] * covariance[i, m, 2, c]
        crossed[i, m, k, c] = total
    if moves:
        for c in range(6):
            total = jacobian[k, 3] * covariance[i, m, 3, c]
            total += jacobian[k, 4] * covariance[i, m, 4, c]
            total += jacobian[k, 5] * covariance[i, m, 5, c]
            crossed[i, m, k, c] += total


@kernel(inner=True)
def factor(variance: float, i: int, m: int, k: int, moves: bool, room: Innovation) -> float:
    """Row k of the Cholesky factor L of S = H P Hᵀ + R, from H P; returns 1 / L_kk."""
    jacobian, crossed, root = room.jacobian, room.crossed, room.root
    for d in range(k + 1):
        total = variance if d == k else 0.0
        for c in range(6 if moves else 3):
            total += jacobian[k, c] * crossed[i, m, d, c]
        for b in range(d):
            total -= root[i, m, k, b] * root[i, m, d, b]
        root[i, m, k, d] = total * root[i, m, d, d] if d < k else 1.0 / math.sqrt(max(total, _LEAST))
    over: float = root[i, m, k, k]
    return over


@kernel(inner=True)
def expect(detections: Detections, j: int, mean: Floats, covariance: Floats, i: int, m: int, room: Innovation) -> float:
    """EKF innovation of mode m of track i for detection j's group, into `room`; returns 1 / √det S.

    S = H P Hᵀ + R = L Lᵀ over the numbers measured (variance > 0).
    """
    project(detections, j, mean, i, m, room)
    product = 1.0
    for k in range(NUMBERS):
        variance = detections.variance[j, k]
        if variance > 0.0:
            moves = detections.offset_s[j] != 0.0 or k == 3
            cross(covariance, i, m, k, moves, room)
            product *= factor(variance, i, m, k, moves, room)
            continue
        for c in range(6):
            room.jacobian[k, c] = room.crossed[i, m, k, c] = 0.0
        for d in range(k):
            room.root[i, m, k, d] = 0.0
        room.root[i, m, k, k] = 1.0
    return product


@kernel(inner=True)
def innovate(detections: Detections, j: int, i: int, m: int, room: Innovation, white: Floats, k: int) -> float:
    """White innovation L⁻¹ (z - ẑ) into white[k, m] (4,), azimuth wrapped; returns its square length (Mahalanobis)."""
    square = 0.0
    for row in range(NUMBERS):
        total = 0.0
        if detections.variance[j, row] > 0.0:
            total = detections.value[j, row] - room.expected[i, m, row]
            if row == 1 and detections.kind[j] == POLAR:
                total -= _TWO_PI * math.floor((total + math.pi) / _TWO_PI)
            for d in range(row):
                total -= room.root[i, m, row, d] * white[k, m, d]
            total *= room.root[i, m, row, row]
        white[k, m, row] = total
        square += total * total
    return square
