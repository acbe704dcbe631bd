"""How multirotors fly: from point to point with limits on acceleration, hovering where told to."""

from __future__ import annotations

import numpy as np

from vedette.geo import Floats
from vedette.sim.path import STEP_S, Path
from vedette.sim.streams import wander

_PUSH_MPS2 = 3.0
"""Acceleration that it takes to change speed or course."""
_BRAKE_MPS2 = 1.5
"""Deceleration that it plans with before a point where it hovers."""
_CLIMB_MPS = 3.0
_HOLD_PER_S = 0.4
"""How it closes on the point where it hovers: metres a second for each metre."""
_PASS_M, _ARRIVE_M = 15.0, 4.0
"""A waypoint is passed, or arrived at, from this near."""
_GUST_MPS, _GUST_S = 0.4, 4.0


def fly_rotary(
    times_s: Floats, start: Floats, points: Floats, hover_s: Floats, cruise_mps: float, rng: np.random.Generator
) -> Path:
    """From `start` (6,), place and velocity, through points (n, 3), hovering hover_s (n,) at each.

    Velocity follows what is wanted by at most 3 m/s² and is stirred by gusts of 0.4 m/s. It ends at the last point once
    it has hovered there, or with `times_s`. Neglected: wind that lasts, tilt.
    """
    gusts = np.column_stack([wander(rng, len(times_s), STEP_S, _GUST_MPS, _GUST_S) for _ in range(3)])
    place, velocity = start[:3].copy(), start[3:].copy()
    rows, target, held_s = [], 0, 0.0
    for gust in gusts:
        rows.append([*place, *velocity])
        away = points[target] - place
        reached = float(np.linalg.norm(away)) < (_ARRIVE_M if hover_s[target] else _PASS_M)
        if reached or held_s > 0.0:
            held_s += STEP_S
            if held_s >= hover_s[target]:
                target, held_s = target + 1, 0.0
                if target == len(points):
                    break
                away = points[target] - place
        change = _wanted(away, cruise_mps, stops=hover_s[target] > 0.0) + gust - velocity
        most = _PUSH_MPS2 * STEP_S
        before = velocity
        velocity = velocity + change * min(1.0, most / max(float(np.linalg.norm(change)), 1e-9))
        place = place + 0.5 * (before + velocity) * STEP_S
        place[2] = max(place[2], 0.0)
    states = np.array(rows)
    return Path(times_s[: len(states)], states[:, :3], states[:, 3:])


def _wanted(away_m: Floats, cruise_mps: float, *, stops: bool) -> Floats:
    """The velocity it would like to have (3,), this far from where it is going."""
    flat_m = float(np.hypot(away_m[0], away_m[1]))
    speed_mps = cruise_mps
    if stops:
        speed_mps = min(cruise_mps, np.sqrt(2.0 * _BRAKE_MPS2 * flat_m), _HOLD_PER_S * flat_m)
    climb_mps = float(np.clip(_HOLD_PER_S * away_m[2], -_CLIMB_MPS, _CLIMB_MPS))
    return np.array([*(away_m[:2] / max(flat_m, 1e-6) * speed_mps), climb_mps])
