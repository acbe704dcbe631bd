"""The limit of speed: a bare extended Kalman filter, batched, that is told which detection is whose.

One 6-state filter a drone (east, north, up, then their rates), near-constant velocity, one range, azimuth and elevation
a scan: predict and update, nothing else. No association, no births, no second motion model, no missed scan.
Struct of arrays: state (6, n) and covariance (21, n), the lower triangle, so that the inner loop runs over drones.
All scans run in one call, so that nothing of Python is in the time.
"""

from __future__ import annotations

import math
import time
from typing import Any

import numba
import numpy as np

from benchmarks.radar_scenario import SIGMA_AZIMUTH_DEG, SIGMA_ELEVATION_DEG, SIGMA_RANGE_M
from vedette.model import Floats

VARIANCE = np.array([SIGMA_RANGE_M, math.radians(SIGMA_AZIMUTH_DEG), math.radians(SIGMA_ELEVATION_DEG)]) ** 2
NOISE_M2PS3 = 1.0
"""Spectral density of acceleration on each axis."""
STEP_S = 1.0


SPREAD = np.array([50.0, 50.0, 50.0, 12.0, 12.0, 2.0]) ** 2
"""Variances a filter starts with."""
_DIAGONAL = np.array([0, 2, 5, 9, 14, 20])


@numba.njit(nogil=True)
def predict(i: int, mean: Any, covariance: Any, dt_s: float, noise: float, x: Any, p: Any) -> None:
    """Drone i: x ← F x, P ← F P Fᵀ + Q, into x (6,) and p (6, 6)."""
    for k in range(3):
        x[k] = mean[k, i] + dt_s * mean[3 + k, i]
        x[3 + k] = mean[3 + k, i]
    at = 0
    for r in range(6):
        for c in range(r + 1):
            p[r, c] = p[c, r] = covariance[at, i]
            at += 1
    for r in range(3):
        for c in range(r + 1):
            p[r, c] += dt_s * (p[r, 3 + c] + p[c, 3 + r] + dt_s * p[3 + r, 3 + c])
            p[c, r] = p[r, c]
        p[r, r] += noise * dt_s**3 / 3.0
    for r in range(3):
        for c in range(3):
            p[r, 3 + c] += dt_s * p[3 + r, 3 + c]
            p[3 + c, r] = p[r, 3 + c]
        p[r, 3 + r] += noise * dt_s**2 / 2.0
        p[3 + r, r] = p[r, 3 + r]
        p[3 + r, 3 + r] += noise * dt_s


@numba.njit(nogil=True)
def expect(x: Any, range_m: float, azimuth_rad: float, elevation_rad: float, h: Any, nu: Any) -> None:
    """Innovation (3,) and Jacobian (3, 3) of range, azimuth and elevation by position."""
    flat2 = x[0] * x[0] + x[1] * x[1]
    slant2 = flat2 + x[2] * x[2]
    flat, slant = math.sqrt(flat2), math.sqrt(slant2)
    h[0, 0], h[0, 1], h[0, 2] = x[0] / slant, x[1] / slant, x[2] / slant
    h[1, 0], h[1, 1], h[1, 2] = x[1] / flat2, -x[0] / flat2, 0.0
    h[2, 0], h[2, 1] = -x[0] * x[2] / (flat * slant2), -x[1] * x[2] / (flat * slant2)
    h[2, 2] = flat / slant2
    nu[0] = range_m - slant
    turn = azimuth_rad - math.atan2(x[0], x[1])
    nu[1] = turn - 2.0 * math.pi * math.floor((turn + math.pi) / (2.0 * math.pi))
    nu[2] = elevation_rad - math.atan2(x[2], flat)


@numba.njit(nogil=True)
def gain_of(p: Any, h: Any, variance: Any, crossed: Any, gain: Any) -> None:
    """P Hᵀ (6, 3) and K = P Hᵀ S⁻¹ (6, 3), S inverted by its cofactors."""
    for r in range(6):
        for k in range(3):
            crossed[r, k] = p[r, 0] * h[k, 0] + p[r, 1] * h[k, 1] + p[r, 2] * h[k, 2]
    s00 = h[0, 0] * crossed[0, 0] + h[0, 1] * crossed[1, 0] + h[0, 2] * crossed[2, 0] + variance[0]
    s10 = h[1, 0] * crossed[0, 0] + h[1, 1] * crossed[1, 0]
    s20 = h[2, 0] * crossed[0, 0] + h[2, 1] * crossed[1, 0] + h[2, 2] * crossed[2, 0]
    s11 = h[1, 0] * crossed[0, 1] + h[1, 1] * crossed[1, 1] + variance[1]
    s21 = h[2, 0] * crossed[0, 1] + h[2, 1] * crossed[1, 1] + h[2, 2] * crossed[2, 1]
    s22 = h[2, 0] * crossed[0, 2] + h[2, 1] * crossed[1, 2] + h[2, 2] * crossed[2, 2] + variance[2]
    c00, c10, c20 = s11 * s22 - s21 * s21, s20 * s21 - s10 * s22, s10 * s21 - s20 * s11
    c11, c21, c22 = s00 * s22 - s20 * s20, s10 * s20 - s00 * s21, s00 * s11 - s10 * s10
    scale = 1.0 / (s00 * c00 + s10 * c10 + s20 * c20)
    for r in range(6):
        a, b, c = crossed[r, 0] * scale, crossed[r, 1] * scale, crossed[r, 2] * scale
        gain[r, 0] = a * c00 + b * c10 + c * c20
        gain[r, 1] = a * c10 + b * c11 + c * c21
        gain[r, 2] = a * c20 + b * c21 + c * c22


@numba.njit(nogil=True)
def follow(mean: Any, covariance: Any, measured: Any, dt_s: float, noise: float, variance: Any) -> None:
    """Predict and update (6, n) and (21, n) in place with every scan of measured (scans, 3, n): m, rad, rad.

    x ← x + K ν, P ← P - K S Kᵀ.
    """
    h, crossed, gain = np.empty((3, 3)), np.empty((6, 3)), np.empty((6, 3))
    x, p, nu = np.empty(6), np.empty((6, 6)), np.empty(3)
    for scan in range(measured.shape[0]):
        for i in range(mean.shape[1]):
            predict(i, mean, covariance, dt_s, noise, x, p)
            expect(x, measured[scan, 0, i], measured[scan, 1, i], measured[scan, 2, i], h, nu)
            gain_of(p, h, variance, crossed, gain)
            at = 0
            for r in range(6):
                mean[r, i] = x[r] + gain[r, 0] * nu[0] + gain[r, 1] * nu[1] + gain[r, 2] * nu[2]
                for c in range(r + 1):
                    taken = gain[r, 0] * crossed[c, 0] + gain[r, 1] * crossed[c, 1] + gain[r, 2] * crossed[c, 2]
                    covariance[at, i] = p[r, c] - taken
                    at += 1


def flights(drones: int, scans: int) -> tuple[Floats, Floats, Floats]:
    """Straight flights: first states (6, n), what a radar measures of them (scans, 3, n), last positions (3, n)."""
    rng = np.random.default_rng(0)
    start = np.empty((6, drones))
    start[:2] = rng.uniform(700.0, 3800.0, (2, drones)) * rng.choice([-1.0, 1.0], (2, drones))
    start[2], start[3:5], start[5] = rng.uniform(60.0, 400.0, drones), rng.normal(0.0, 10.0, (2, drones)), 0.0
    at = start[:3] + start[3:] * STEP_S * np.arange(1, scans + 1)[:, None, None]
    flat = np.hypot(at[:, 0], at[:, 1])
    measured = np.stack([np.hypot(flat, at[:, 2]), np.arctan2(at[:, 0], at[:, 1]), np.arctan2(at[:, 2], flat)], axis=1)
    return start, measured + rng.normal(0.0, 1.0, measured.shape) * np.sqrt(VARIANCE)[:, None], at[-1]


def filtered(start: Floats, measured: Floats) -> tuple[Floats, Floats, float]:
    """States (6, n) and covariances (21, n) after all scans, and this thread's seconds of processor time."""
    mean, covariance = start.copy(), np.zeros((21, start.shape[1]))
    covariance[_DIAGONAL] = SPREAD[:, None]
    began = time.thread_time()
    follow(mean, covariance, measured, STEP_S, NOISE_M2PS3, VARIANCE)
    return mean, covariance, time.thread_time() - began


def rate_hz(drones: int, scans: int = 200, repeats: int = 31) -> float:
    """Detections a second: the median of some repeats, each over all scans."""
    start, measured, _ = flights(drones, scans)
    filtered(start, measured)
    return drones * scans / float(np.median([filtered(start, measured)[2] for _ in range(repeats)]))
