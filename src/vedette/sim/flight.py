"""How birds and airliners fly. Point kinematics: no wind, no aerodynamics beyond limits on turn and climb."""

from __future__ import annotations

import math

import numpy as np

from vedette.geo import Floats
from vedette.sim.path import STEP_S, Path
from vedette.sim.scenario import Aircraft, Birds
from vedette.sim.streams import sway, wander


def fly_bird(birds: Birds, duration_s: float, rng: np.random.Generator) -> Path:
    """One bird of the group, there for the whole time."""
    times_s = np.arange(0.0, duration_s + STEP_S, STEP_S)
    centre = np.array(birds.centre) + birds.spread_m * np.clip(rng.standard_normal(2), -2.0, 2.0)
    cruise_mps, height_m = rng.uniform(*birds.speed_mps), rng.uniform(*birds.height_agl_m)
    speed = np.clip(cruise_mps + wander(rng, len(times_s), STEP_S, 0.8, 8.0), *birds.speed_mps)
    height = np.clip(height_m + sway(rng, times_s, 5.0, 40.0), *birds.height_agl_m)
    if birds.manner == "passing":
        flat = centre + _passing(birds, speed, rng)
    elif birds.manner == "circling":
        flat = centre + _circling(speed, rng)
    else:
        flat = centre + _wandering(birds.spread_m, speed, rng)
    plan = np.column_stack([flat, height])
    return Path(times_s, plan, np.gradient(plan, STEP_S, axis=0))


def _passing(birds: Birds, speed_mps: Floats, rng: np.random.Generator) -> Floats:
    course = math.radians(birds.course_true_deg) + wander(rng, len(speed_mps), STEP_S, math.radians(6.0), 20.0)
    return _along(course, speed_mps)


def _circling(speed_mps: Floats, rng: np.random.Generator) -> Floats:
    """Round and round on a circle of 50 to 120 m that drifts at up to 2 m/s."""
    radius_m, way = rng.uniform(50.0, 120.0), rng.choice([-1.0, 1.0])
    course = rng.uniform(0.0, math.tau) + way * np.cumsum(speed_mps) * STEP_S / radius_m
    drift = rng.uniform(-2.0, 2.0, 2) * STEP_S
    return _along(course, speed_mps) + drift * np.arange(len(speed_mps))[:, None]


def _wandering(spread_m: float, speed_mps: Floats, rng: np.random.Generator) -> Floats:
    """Turns at a rate that comes and goes (0.12 rad/s, 6 s); farther out than spread_m it turns back."""
    turn = wander(rng, len(speed_mps), STEP_S, 0.12, 6.0)
    heading, place = rng.uniform(0.0, math.tau), np.zeros(2)
    rows = np.empty((len(speed_mps), 2))
    for index, speed in enumerate(speed_mps):
        rows[index] = place
        if math.hypot(*place) > spread_m:
            home = math.remainder(math.atan2(-place[0], -place[1]) - heading, math.tau)
            turn[index] = math.copysign(0.25, home) if abs(home) > 0.3 else 0.0
        heading += turn[index] * STEP_S
        place = place + speed * STEP_S * np.array([math.sin(heading), math.cos(heading)])
    return rows


def _along(course_rad: Floats, speed_mps: Floats) -> Floats:
    steps = np.column_stack([np.sin(course_rad), np.cos(course_rad)]) * speed_mps[:, None] * STEP_S
    return np.vstack([np.zeros(2), np.cumsum(steps, axis=0)[:-1]])


_TOUCHDOWN_M = 300.0
"""Past the threshold: the usual aiming point."""
_BRAKE_MPS2 = 1.7
_STOP_MPS2 = 0.8
_CORNER_M = 50.0
"""Radius of the turn off the runway."""


def land(aircraft: Aircraft, ends_m: Floats, duration_s: float, rng: np.random.Generator) -> Path:
    """Down the glide path to 300 m past the threshold, roll-out, off the runway and to its stand.

    `ends_m` (2, 2): the runway's ends in plan; the one from which the other lies nearest to landing_true_deg is the
    threshold. On approach it strays by a few metres, less and less towards touchdown. Neglected: flare, crab.
    """
    threshold, along = _landing_direction(ends_m, aircraft.landing_true_deg)
    right = np.array([along[1], -along[0]])
    times_s = np.arange(0.0, duration_s + STEP_S, STEP_S)
    run_m = _run(aircraft, len(times_s))
    past_exit_m = np.maximum(run_m - aircraft.exit_m, 0.0)
    angle = np.minimum(past_exit_m / _CORNER_M, math.pi / 2.0)
    straight_m = np.maximum(past_exit_m - _CORNER_M * math.pi / 2.0, 0.0)
    ahead_m = np.minimum(run_m, aircraft.exit_m) + _CORNER_M * np.sin(angle)
    aside_m = math.copysign(1.0, aircraft.stand_m) * (_CORNER_M * (1.0 - np.cos(angle)) + straight_m)
    to_go_m = np.maximum(_TOUCHDOWN_M - run_m, 0.0)
    calm = np.minimum(to_go_m / 3000.0, 1.0)
    stray_m, bob_m = sway(rng, times_s, 6.0, 50.0), sway(rng, times_s, 4.0, 40.0)
    aside_m = aside_m + calm * stray_m
    height_m = to_go_m * math.tan(math.radians(aircraft.glide_deg)) + calm * bob_m
    flat = threshold + ahead_m[:, None] * along + aside_m[:, None] * right
    plan = np.column_stack([flat, np.maximum(height_m, 0.0)])
    return Path(times_s, plan, np.gradient(plan, STEP_S, axis=0))


def _landing_direction(ends_m: Floats, landing_true_deg: float) -> tuple[Floats, Floats]:
    along = (ends_m[1] - ends_m[0]) / np.linalg.norm(ends_m[1] - ends_m[0])
    wanted = np.array([math.sin(math.radians(landing_true_deg)), math.cos(math.radians(landing_true_deg))])
    return (ends_m[0], along) if float(along @ wanted) >= 0.0 else (ends_m[1], -along)


def _run(aircraft: Aircraft, count: int) -> Floats:
    """Distance flown and rolled along its way, counted from the threshold, at each sample."""
    last_m = aircraft.exit_m + max(abs(aircraft.stand_m) - _CORNER_M, 0.0) + _CORNER_M * math.pi / 2.0
    run_m, speed_mps = -aircraft.start_m, aircraft.approach_mps
    out = np.empty(count)
    for index in range(count):
        out[index] = run_m
        if run_m >= _TOUCHDOWN_M and speed_mps > aircraft.taxi_mps:
            speed_mps = max(aircraft.taxi_mps, speed_mps - _BRAKE_MPS2 * STEP_S)
        if last_m - run_m <= speed_mps * speed_mps / (2.0 * _STOP_MPS2):
            speed_mps = max(0.0, speed_mps - _STOP_MPS2 * STEP_S)
        run_m += speed_mps * STEP_S
    return out
