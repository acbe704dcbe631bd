"""The abstract defence layer and the fall: where a drone comes down. For planning; it aims nothing.

A layer is a reach about a point, a delay and a success probability (vedette.sim.scenario.Layer). It knows nothing of
means, and nothing here computes a direction to anything.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vedette.errors import BadInput
from vedette.sim.path import Path
from vedette.sim.scenario import Drone, Layer, Scenario
from vedette.sim.streams import stream

_FALL_STEP_S = 0.05
_GRAVITY_MPS2 = 9.80665
_TERMINAL_MPS = 50.0
"""Terminal speed of a small fixed-wing airframe that tumbles: gravity against a drag that grows with speed squared."""
_DRAG_SPREAD = 0.2
"""Standard deviation of the logarithm of the drag from fall to fall."""
_KICK_MPS = 4.0
"""Standard deviation, per axis, of the jolt as lift is lost."""
_DRAWS = 500
"""How often an engagement is drawn anew before a scenario that says where a drone came down is called impossible."""


class Fall(msgspec.Struct, frozen=True, kw_only=True):
    """Truth: how one drone came down. Times in UTC seconds; place against the perimeter, None where there is none.

    from_perimeter_m: from the point of impact to the perimeter's line, always positive.
    """

    drone: str
    layer: str
    lost_lift_s: float
    impact_s: float
    latitude_deg: float
    longitude_deg: float
    east_m: float
    north_m: float
    place: str | None
    from_perimeter_m: float | None


class Downed(msgspec.Struct, frozen=True, eq=False):
    """A flight cut short: its path to the ground, when it lost lift (seconds of the scenario), and by which layer."""

    path: Path
    layer: str
    lost_lift_s: float


def bring_down(
    scenario: Scenario, drone: Drone, path: Path, perimeter: BaseGeometry | None, seed: int
) -> Downed | None:
    """The drone's flight with its fall, or None where no layer brings it down.

    Where the scenario says on which side of the perimeter the drone came down, the engagement is drawn again until it
    does so by at least margin_m: the draw is conditioned on what is publicly known.

    Raises:
        BadInput: 500 draws, and none agrees with the scenario.
    """
    for attempt in range(_DRAWS):
        draw = str(attempt)
        hit = _first_success(path, scenario.layers, drone.id, draw, seed)
        downed = None if hit is None else _downed(path, *hit, stream(seed, "fall", drone.id, draw))
        if drone.comes_down is None:
            return downed
        if downed is not None and _agrees(downed.path, perimeter, drone.comes_down, scenario.margin_m):
            return downed
    key = f"drone[{scenario.drones.index(drone)}].comes_down"
    raise BadInput(scenario.path, f"no engagement in {_DRAWS} draws brings it down there", key, drone.comes_down)


def _first_success(path: Path, layers: tuple[Layer, ...], drone: str, draw: str, seed: int) -> tuple[float, str] | None:
    """When, and by which layer, the drone first loses lift."""
    hits = []
    for layer in layers:
        lost_s = _success(path, layer, stream(seed, "defence", layer.id, drone, draw))
        if lost_s is not None:
            hits.append((lost_s, layer.id))
    return min(hits, default=None)


def _success(path: Path, layer: Layer, rng: np.random.Generator) -> float | None:
    within = np.hypot(*(path.plan_m[:, :2] - np.array(layer.centre)).T) <= layer.reach_m
    due_s: float | None = None
    for time_s, inside in zip(path.times_s, within, strict=True):
        if not inside:
            due_s = None
        elif due_s is None:
            due_s = time_s + layer.delay_s + rng.uniform(0.0, layer.delay_spread_s)
        elif time_s >= due_s:
            if rng.random() < layer.p_success:
                return float(time_s)
            due_s = time_s + layer.delay_s + rng.uniform(0.0, layer.delay_spread_s)
    return None


def _downed(path: Path, lost_lift_s: float, layer: str, rng: np.random.Generator) -> Downed:
    flown = path.until(lost_lift_s)
    return Downed(flown.then(fall(flown, rng)), layer, lost_lift_s)


def fall(flown: Path, rng: np.random.Generator) -> Path:
    """From the end of `flown` to the ground: gravity, and drag along the motion, dv/dt = g - (g / v_t²) |v| v.

    Neglected: lift that is left, wind, a descent under parachute. Height above ground ends at exactly 0.
    """
    drag = _GRAVITY_MPS2 / _TERMINAL_MPS**2 * math.exp(_DRAG_SPREAD * float(rng.standard_normal()))
    place, time_s = flown.plan_m[-1].copy(), float(flown.times_s[-1])
    velocity = flown.plan_mps[-1] + _KICK_MPS * np.clip(rng.standard_normal(3), -2.0, 2.0)
    times, places, velocities = [time_s], [place], [velocity]
    while place[2] > 0.0:
        velocity = velocity - drag * float(np.linalg.norm(velocity)) * velocity * _FALL_STEP_S
        velocity[2] -= _GRAVITY_MPS2 * _FALL_STEP_S
        step_s = _FALL_STEP_S
        if velocity[2] < 0.0 and place[2] + velocity[2] * step_s <= 0.0:
            step_s = -place[2] / velocity[2]
        place = place + velocity * step_s
        place[2] = 0.0 if step_s < _FALL_STEP_S else place[2]
        time_s += step_s
        times.append(time_s)
        places.append(place)
        velocities.append(velocity.copy())
    return Path(np.array(times), np.array(places), np.array(velocities))


def side_of(perimeter: BaseGeometry, east_m: float, north_m: float) -> tuple[str, float]:
    """`inside` or `outside`, and the distance to the line in metres."""
    point = shapely.Point(east_m, north_m)
    return "inside" if perimeter.contains(point) else "outside", float(perimeter.boundary.distance(point))


def _agrees(path: Path, perimeter: BaseGeometry | None, wanted: str, margin_m: float) -> bool:
    if perimeter is None:
        return False
    place, distance_m = side_of(perimeter, float(path.plan_m[-1, 0]), float(path.plan_m[-1, 1]))
    return place == wanted and distance_m >= margin_m
