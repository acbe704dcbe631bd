"""The backward pass of targets known by direction alone: see vedette.tracking.bearings for the filter.

Azimuth and its rate by the smoother of Rauch, Tung & Striebel (1965), F = [[1, dt], [0, 1]], q = RATE_NOISE; elevation,
a random walk, likewise. What is smoothed is the direction: range stays unknown.
"""

from __future__ import annotations

import numpy as np

from vedette.geo import Floats
from vedette.tracking import bearings


def smooth_directions(table: Floats) -> Floats:
    """Smooth the rows (K, BEARING) of one direction, ascending by TIME_S; what is not azimuth or elevation stays."""
    table = table.copy()
    for k in range(len(table) - 2, -1, -1):
        dt = table[k + 1, bearings.TIME_S] - table[k, bearings.TIME_S]
        _azimuth(table[k], table[k + 1], dt)
        _elevation(table[k], table[k + 1], dt)
    return table


def _azimuth(one: Floats, after: Floats, dt_s: float) -> None:
    step = np.array([[1.0, dt_s], [0.0, 1.0]])
    held, later = _covariance(one), _covariance(after)
    noise = bearings.RATE_NOISE * np.array([[dt_s**3 / 3.0, dt_s**2 / 2.0], [dt_s**2 / 2.0, dt_s]])
    predicted = step @ held @ step.T + noise
    gain = np.linalg.solve(predicted, step @ held).T
    off = np.array([
        bearings.wrapped(after[bearings.AZIMUTH] - one[bearings.AZIMUTH] - one[bearings.RATE] * dt_s),
        after[bearings.RATE] - one[bearings.RATE],
    ])  # fmt: skip
    shift = gain @ off
    keep = np.eye(2) - gain @ step
    smoothed = keep @ held @ keep.T + gain @ (noise + later) @ gain.T
    one[bearings.AZIMUTH] = bearings.wrapped(one[bearings.AZIMUTH] + shift[0])
    one[bearings.RATE] += shift[1]
    one[bearings.VARIANCE], one[bearings.CROSSED], one[bearings.RATE_VARIANCE] = (
        smoothed[0, 0],
        0.5 * (smoothed[0, 1] + smoothed[1, 0]),
        smoothed[1, 1],
    )


def _covariance(one: Floats) -> Floats:
    cross = one[bearings.CROSSED]
    return np.array([[one[bearings.VARIANCE], cross], [cross, one[bearings.RATE_VARIANCE]]])


def _elevation(one: Floats, after: Floats, dt_s: float) -> None:
    held = one[bearings.ELEVATION_VARIANCE]
    predicted = held + bearings.CLIMB_RADPS**2 * dt_s
    gain = held / predicted
    one[bearings.ELEVATION] += gain * (after[bearings.ELEVATION] - one[bearings.ELEVATION])
    one[bearings.ELEVATION_VARIANCE] += gain * gain * (after[bearings.ELEVATION_VARIANCE] - predicted)
