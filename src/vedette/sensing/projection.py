"""What a sensor would measure of a state: the measurement function, its Jacobian, and the innovation's covariance.

A detection is up to four numbers about an origin o and axes A (rows: the sensor's east, north, up in the site's frame):

    s = A (p + v τ - o)                        τ: the detection's own time relative to the look's, ≤ 0
    POLAR       |s|, atan2(s_e, s_n), atan2(s_u, hypot(s_e, s_n)), s·(A v) / |s|
    CARTESIAN   s_e, s_n, s_u                  o: the reported point, so the measurement is 0

A variance ≤ 0 says that this number was not measured: its row is then zero and its innovation variance 1, so that it
adds nothing. Neglected: refraction, Earth's curvature within the sensor's own frame, process noise within τ.
"""

from __future__ import annotations

import math

from vedette.geo import Floats
from vedette.sensing.compiled import kernel

POLAR = 0
CARTESIAN = 1
NUMBERS = 4
_NEAR_M = 1e-3  # closer than a millimetre a direction means nothing


@kernel("void(int64, float64[::1], float64[::1], float64[:,::1], float64, float64[::1], float64[:,::1])", inner=True)
def project(
    kind: int, mean: Floats, origin_m: Floats, axes: Floats, offset_s: float, expected: Floats, jacobian: Floats
) -> None:
    """Write what is expected (4,) of a state (6,) and its Jacobian (4, 6). Metres, radians, metres a second."""
    rel_e = rel_n = rel_u = 0.0
    vel_e = vel_n = vel_u = 0.0
    for k in range(3):
        at = mean[k] + mean[3 + k] * offset_s - origin_m[k]
        rel_e += axes[0, k] * at
        rel_n += axes[1, k] * at
        rel_u += axes[2, k] * at
        vel_e += axes[0, k] * mean[3 + k]
        vel_n += axes[1, k] * mean[3 + k]
        vel_u += axes[2, k] * mean[3 + k]
    if kind == CARTESIAN:
        expected[0], expected[1], expected[2], expected[3] = rel_e, rel_n, rel_u, 0.0
        for k in range(3):
            for row in range(3):
                jacobian[row, k] = axes[row, k]
                jacobian[row, 3 + k] = axes[row, k] * offset_s
            jacobian[3, k] = jacobian[3, 3 + k] = 0.0
        return
    flat2 = max(rel_e * rel_e + rel_n * rel_n, _NEAR_M * _NEAR_M)
    flat = math.sqrt(flat2)
    slant2 = flat2 + rel_u * rel_u
    slant = math.sqrt(slant2)
    rate = (rel_e * vel_e + rel_n * vel_n + rel_u * vel_u) / slant
    expected[0] = slant
    expected[1] = math.atan2(rel_e, rel_n)
    expected[2] = math.atan2(rel_u, flat)
    expected[3] = rate
    for k in range(3):
        a_e, a_n, a_u = axes[0, k], axes[1, k], axes[2, k]
        out = (rel_e * a_e + rel_n * a_n + rel_u * a_u) / slant
        jacobian[0, k] = out
        jacobian[1, k] = (rel_n * a_e - rel_e * a_n) / flat2
        jacobian[2, k] = (a_u * flat - rel_u * (rel_e * a_e + rel_n * a_n) / flat) / slant2
        jacobian[3, k] = (vel_e * a_e + vel_n * a_n + vel_u * a_u - rate * out) / slant
        for row in range(4):
            jacobian[row, 3 + k] = jacobian[row, k] * offset_s
        jacobian[3, 3 + k] += out


@kernel("float64(float64[:,::1])", inner=True)
def factor(root: Floats) -> float:
    """Cholesky in place of the lower triangle (4, 4); the upper becomes zero. Returns ln det."""
    product = 1.0
    for k in range(4):
        for j in range(k):
            total = root[k, j]
            for d in range(j):
                total -= root[k, d] * root[j, d]
            root[k, j] = total / root[j, j]
            root[j, k] = 0.0
        total = root[k, k]
        for d in range(k):
            total -= root[k, d] * root[k, d]
        root[k, k] = math.sqrt(max(total, 1e-300))
        product *= root[k, k]
    return 2.0 * math.log(max(product, 1e-300))


@kernel(
    "float64(int64, float64[::1], float64[:,::1], float64[::1], float64[:,::1], float64, float64[::1], "
    "float64[::1], float64[:,::1], float64[:,::1], float64[:,::1])",
    inner=True,
)
def expect(
    kind: int,
    mean: Floats,
    covariance: Floats,
    origin_m: Floats,
    axes: Floats,
    offset_s: float,
    variance: Floats,
    expected: Floats,
    jacobian: Floats,
    crossed: Floats,
    root: Floats,
) -> float:
    """EKF innovation of a state (6,), (6, 6): writes expected (4,), H (4, 6), P Hᵀ (6, 4), Cholesky L of S (4, 4).

    S = H P Hᵀ + R, S = L Lᵀ. Returns ln det S over the numbers measured (variance > 0).
    """
    project(kind, mean, origin_m, axes, offset_s, expected, jacobian)
    for k in range(4):
        if variance[k] <= 0.0:
            jacobian[k, :] = crossed[:, k] = root[k, :] = 0.0
            root[k, k] = 1.0
            continue
        wide = 6 if offset_s != 0.0 or k == 3 else 3
        for c in range(6):
            total = 0.0
            for d in range(wide):
                total += covariance[c, d] * jacobian[k, d]
            crossed[c, k] = total
        for j in range(k + 1):
            total = 0.0
            for c in range(wide):
                total += jacobian[k, c] * crossed[c, j]
            root[k, j] = total
        root[k, k] += variance[k]
    return factor(root)


@kernel("float64(int64, float64[::1], float64[::1], float64[::1], float64[:,::1], float64[::1])", inner=True)
def innovate(kind: int, measured: Floats, expected: Floats, variance: Floats, root: Floats, white: Floats) -> float:
    """White innovation L⁻¹ (z - ẑ) into `white` (4,), azimuth wrapped; returns its square length (Mahalanobis)."""
    square = 0.0
    for k in range(4):
        total = 0.0
        if variance[k] > 0.0:
            total = measured[k] - expected[k]
            if kind == POLAR and k == 1:
                total -= 2.0 * math.pi * math.floor((total + math.pi) / (2.0 * math.pi))
        for d in range(k):
            total -= root[k, d] * white[d]
        white[k] = total / root[k, k]
        square += white[k] * white[k]
    return square
