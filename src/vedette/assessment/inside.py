"""How much of a Gaussian lies inside the perimeter.

In coordinates where the Gaussian is the standard one about the origin, its mass inside a closed outline is, by Green's
theorem,
    p = 1/(2π) ∮ (1 - exp(-r²/2)) dθ,
signed by the sense of the outline, so that holes take away. On a straight edge at distance d from the origin, with s
along it, dθ = d/(d² + s²) ds and r² = d² + s². Within 8 sigma the integral is taken by Gauss and Legendre's rule on
panels one sigma long; further out the exponential is below 1e-14 and the angle alone is left. Deterministic, and good
to 1e-9.
"""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vedette.model import Floats

SIGMA_LEAST_M: Final = 0.1
"""Least standard deviation along either axis: nothing is known better, and the whitening stays well conditioned."""

_REACH: Final = 8.0
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)


def mass_inside(shape: BaseGeometry, mean_m: Floats, covariance_m2: Floats) -> float:
    """Probability that a Gaussian of this mean (2,) and covariance (2, 2), east and north, lies in the shape."""
    lower = np.linalg.cholesky(covariance_m2 + SIGMA_LEAST_M**2 * np.eye(2))
    total = 0.0
    for polygon in shapely.get_parts(shape):
        oriented = shapely.geometry.polygon.orient(polygon)
        for ring in shapely.get_rings(oriented):
            corners = np.linalg.solve(lower, (shapely.get_coordinates(ring) - mean_m).T).T
            total += sum(_edge(a, b) for a, b in itertools.pairwise(corners))
    return float(min(max(total / (2.0 * np.pi), 0.0), 1.0))


def _edge(start: Floats, end: Floats) -> float:
    way = end - start
    length = float(np.hypot(way[0], way[1]))
    if length == 0.0:
        return 0.0
    distance = float(start[0] * way[1] - start[1] * way[0]) / length
    if distance == 0.0:
        return 0.0
    first = float(start @ way) / length
    low, high = np.clip([first, first + length], -_REACH, _REACH)
    angle = float(np.arctan(first / distance) * -1.0 + np.arctan((first + length) / distance))
    near = float(np.arctan(high / distance) - np.arctan(low / distance))
    return angle - near + _panels(distance, float(low), float(high))


def _panels(distance: float, low: float, high: float) -> float:
    if high <= low:
        return 0.0
    bounds = np.linspace(low, high, max(2, int(np.ceil(high - low)) + 1))
    half = np.diff(bounds)[:, None] / 2.0
    along = (bounds[:-1, None] + half) + half * _NODES
    r2 = distance**2 + along**2
    return float(np.sum(half * _WEIGHTS * -np.expm1(-r2 / 2.0) * distance / r2))
