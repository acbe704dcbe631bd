"""How an aircraft that has lost its lift comes down: a point mass under gravity and quadratic drag.

    dv/dt = -g ẑ - g |v| v / vt²

vt, the terminal speed, stands for mass, size and attitude together (vt² = 2 m g / (ρ C S)). It is not known: samples
carry a spread of it. Worked by the midpoint rule in steps of STEP_S for all samples together, the last step cut at the
ground.

Neglected: lift and tumbling, thrust that is still on, wind (a 5 m/s wind moves an 8 s fall by about 25 m), terrain, and
the change of air density.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Final

import numpy as np

from vedette.model import Floats
from vedette.units import STANDARD_GRAVITY_MPS2

STEP_S: Final = 0.2
"""At 60 m/s and 2 g the midpoint rule errs by under 0.1 m over a fall from 200 m."""

FALL_MOST_S: Final = 60.0
"""Longer than a fall from 2 km at 40 m/s: what has not landed by then is left where it is."""


def fall(height_m: Floats, velocity_mps: Floats, terminal_mps: Floats) -> tuple[Floats, Floats]:
    """Heights over ground (n,), velocities (n, 3), terminal speeds (n,) → way east, north (n, 2), time (n,)."""
    place = np.zeros((len(height_m), 3))
    place[:, 2] = height_m
    velocity, drag = velocity_mps.astype(np.float64), (STANDARD_GRAVITY_MPS2 / terminal_mps**2)[:, None]
    gravity = np.array([0.0, 0.0, -STANDARD_GRAVITY_MPS2])
    landed, at, time = height_m <= 0.0, np.zeros((len(height_m), 2)), np.zeros(len(height_m))
    for _ in range(math.ceil(FALL_MOST_S / STEP_S)):
        if landed.all():
            break
        middle = velocity + STEP_S / 2.0 * (gravity - drag * _size(velocity) * velocity)
        step = STEP_S * middle
        gone = place[:, 2] + step[:, 2]
        last = np.where(gone < 0.0, place[:, 2] / np.where(step[:, 2] < 0.0, -step[:, 2], 1.0), 1.0)
        share = np.where(landed, 0.0, last)
        at += share[:, None] * step[:, :2]
        time += share * STEP_S
        landed |= gone < 0.0
        place += step
        velocity = velocity + STEP_S * (gravity - drag * _size(middle) * middle)
    return at, time


def _size(vectors: Floats) -> Floats:
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None])


def normal_samples(count: int, dimensions: int) -> Floats:
    """(2 count, dimensions) of the standard normal, always the same: a lattice and its mirror image.

    Generators: powers of the root of x^(d+1) = x + 1 (Roberts' R-sequence), mapped by the inverse normal; the columns
    are scaled to unit variance, and the mirroring makes the means exactly 0.
    """
    root = 2.0
    for _ in range(64):
        root = (1.0 + root) ** (1.0 / (dimensions + 1))
    inverse = NormalDist().inv_cdf
    half = np.array(
        [[inverse((0.5 + k * root ** -(j + 1.0)) % 1.0) for j in range(dimensions)] for k in range(1, count + 1)]
    )
    both = np.concatenate([half, -half])
    return np.asarray(both / np.sqrt(np.mean(both**2, axis=0)))
