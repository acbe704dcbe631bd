"""How a drone flies its waypoints, alone or in formation. Point kinematics: no wind, no aerodynamics beyond limits."""

from __future__ import annotations

import math

import numpy as np

from vedette.geo import Floats
from vedette.sim.path import STEP_S, Path
from vedette.sim.rotary import fly_rotary
from vedette.sim.scenario import Drone
from vedette.sim.streams import sway, wander

_CAPTURE_M = 120.0
"""A waypoint counts as reached at this distance, so that the turn to the next begins before it."""
_BANK_G = 1.0
"""Sideways acceleration a drone may take in a turn, in g: 45° of bank."""
_CLIMB_MPS = 4.0
_GRAVITY_MPS2 = 9.80665
_STATION_M, _STATION_S = 3.0, 20.0
"""How well a formation keeps its stations: standard deviation on each axis, and how fast it comes and goes."""


def fly_drone(drone: Drone, duration_s: float, rng: np.random.Generator, leader: Path | None = None) -> Path:
    """From waypoint to waypoint, or beside its leader and then to its own waypoints; times from 0.

    Fixed wing: small noise on heading (1°), speed (1 m/s) and height (3 m). Rotary: vedette.sim.rotary.
    """
    start_s = min(max(0.0, drone.start_s + drone.vary_start_s * _bounded(rng)), duration_s)
    cruise_mps = drone.speed_mps + drone.vary_speed_mps * _bounded(rng)
    points = np.array(drone.waypoints)
    points[:, :2] += drone.vary_waypoints_m * np.clip(rng.standard_normal((len(points), 2)), -2.0, 2.0)
    hover_s = np.array([*drone.hover_s, *[0.0] * (len(points) - len(drone.hover_s))])
    if leader is None:
        velocity = _towards(points[0], points[1], cruise_mps if hover_s[0] == 0.0 else 0.0)
        return _alone(drone, start_s, duration_s, (points[0], velocity), points, hover_s, cruise_mps, rng)
    together = beside(drone, leader, rng)
    begin = together.plan_m[-1], together.plan_mps[-1]
    last_s = float(together.times_s[-1])
    if last_s < drone.leaves_s - STEP_S:  # its leader's flight ended before it could leave
        return together
    return together.then(_alone(drone, last_s, duration_s, begin, points, hover_s, cruise_mps, rng))


def _alone(
    drone: Drone,
    start_s: float,
    duration_s: float,
    begin: tuple[Floats, Floats],
    points: Floats,
    hover_s: Floats,
    cruise_mps: float,
    rng: np.random.Generator,
) -> Path:
    """Its own flight from a place with a velocity; the first of `points` is where it would begin."""
    count = int((duration_s - start_s) / STEP_S) + 1
    if drone.class_ == "uav_rotary":
        times_s = np.asarray(start_s + STEP_S * np.arange(count), dtype=np.float64)
        first = 0 if drone.leader is None else 1
        return fly_rotary(times_s, np.concatenate(begin), points[first:], hover_s[first:], cruise_mps, rng)
    most = int(duration_s / STEP_S) + 1
    veer = wander(rng, most, STEP_S, math.radians(1.0), 10.0)
    surge = wander(rng, most, STEP_S, 1.0, 15.0)
    bob = wander(rng, most, STEP_S, 3.0, 12.0)
    rows = _steer(begin, points[1:], cruise_mps, (veer, surge, bob), count)
    return Path(np.asarray(start_s + STEP_S * np.arange(len(rows)), dtype=np.float64), rows[:, :3], rows[:, 3:])


def _towards(place: Floats, other: Floats, speed_mps: float) -> Floats:
    away = other[:2] - place[:2]
    heading = math.atan2(away[0], away[1])
    return np.array([speed_mps * math.sin(heading), speed_mps * math.cos(heading), 0.0])


def beside(drone: Drone, leader: Path, rng: np.random.Generator) -> Path:
    """The leader's flight at the drone's offset until it leaves: within a few metres of its station."""
    kept = leader.times_s <= drone.leaves_s
    times_s = leader.times_s[kept]
    off_m = np.column_stack([sway(rng, times_s, _STATION_M, _STATION_S) for _ in range(3)])
    place = leader.plan_m[kept] + np.array(drone.offset_m) + off_m
    place[:, 2] = np.maximum(place[:, 2], 0.0)
    return Path(times_s, place, leader.plan_mps[kept] + np.gradient(off_m, STEP_S, axis=0))


def _bounded(rng: np.random.Generator) -> float:
    """A standard normal draw held to two sigma: no seed makes a flight that the scenario did not mean."""
    return float(np.clip(rng.standard_normal(), -2.0, 2.0))


def _steer(
    begin: tuple[Floats, Floats], points: Floats, cruise_mps: float, noise: tuple[Floats, Floats, Floats], count: int
) -> Floats:
    """Rows (n, 6) of position and velocity, until the last point is reached or `count` samples are made."""
    veer, surge, bob = noise
    place, target = begin[0].copy(), 0
    heading = math.atan2(begin[1][0], begin[1][1])
    rows = []
    for index in range(max(0, count)):
        away = points[target] - place
        distance_m = math.hypot(away[0], away[1])
        if distance_m < _CAPTURE_M and index:
            target += 1
            if target == len(points):
                break
            continue
        speed_mps = cruise_mps + surge[index]
        limit = _BANK_G * _GRAVITY_MPS2 / speed_mps * STEP_S
        off = math.remainder(math.atan2(away[0], away[1]) + veer[index] - heading, math.tau)
        heading += min(max(off, -limit), limit)
        climb_mps = (away[2] + bob[index]) / max(10.0, distance_m / speed_mps)
        climb_mps = min(max(climb_mps, -_CLIMB_MPS), _CLIMB_MPS)
        velocity = np.array([speed_mps * math.sin(heading), speed_mps * math.cos(heading), climb_mps])
        rows.append(np.concatenate([place, velocity]))
        place = place + velocity * STEP_S
    return np.array(rows).reshape(-1, 6)
