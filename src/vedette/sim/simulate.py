"""A scenario and a seed → what the feeds would have brought, and, kept apart, what was true."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vedette.geo import Floats
from vedette.sim.cooperative import observe_adsb, observe_remote_id
from vedette.sim.defence import Fall, bring_down, side_of
from vedette.sim.drone import fly_drone
from vedette.sim.flight import fly_bird, land
from vedette.sim.path import Path, to_enu
from vedette.sim.scenario import POLAR_KINDS, Aircraft, Facts, Scenario, SensorTiming
from vedette.sim.sensors import Actor, SimArrival, Station, observe_polar
from vedette.sim.streams import stream
from vedette.site import Site, zone_shape


class TruthRow(msgspec.Struct, frozen=True, kw_only=True):
    """Truth of one actor at one time: the truth table's columns, the time in UTC seconds."""

    time_s: float
    truth: str
    latitude_deg: float
    longitude_deg: float
    altitude_ellipsoid_m: float
    velocity_east_mps: float
    velocity_north_mps: float
    velocity_up_mps: float
    class_: str = msgspec.field(name="class")


class Simulation(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One run. `arrivals` in order of receipt are all that the watch may see; the rest is truth."""

    name: str
    seed: int
    site: Site
    start_s: float
    end_s: float
    facts: Facts
    arrivals: tuple[SimArrival, ...]
    actors: tuple[Actor, ...]
    falls: tuple[Fall, ...]

    @property
    def truth(self) -> tuple[TruthRow, ...]:
        """Truth once a second."""
        return self.truth_rows(1.0)

    def truth_rows(self, period_s: float) -> tuple[TruthRow, ...]:
        """Truth of every actor while it is there, each `period_s` from the start; by time, then by actor."""
        times_s = np.arange(self.start_s, self.end_s, period_s)
        rows = [row for actor in self.actors for row in truth_of(actor, self.site, times_s)]
        return tuple(sorted(rows, key=lambda row: (row.time_s, row.truth)))


def simulate(scenario: Scenario, seed: int) -> Simulation:
    """Fly, look, and put what was seen in order of receipt. The same scenario and seed give the same bytes.

    Raises:
        BadInput: the scenario says where a drone came down, and no engagement brings it there.
    """
    actors, falls = fly(scenario, seed)
    end_s = scenario.start_s + scenario.duration_s
    arrivals = _observe(scenario, actors, end_s, seed)
    return Simulation(
        name=scenario.name,
        seed=seed,
        site=scenario.site,
        start_s=scenario.start_s,
        end_s=end_s,
        facts=scenario.facts,
        arrivals=tuple(sorted(arrivals, key=lambda arrival: (arrival.received_s, arrival.feed))),
        actors=actors,
        falls=falls,
    )


def fly(scenario: Scenario, seed: int) -> tuple[tuple[Actor, ...], tuple[Fall, ...]]:
    """What flies, before anybody looks: drones, birds and aircraft in this order, and how drones came down.

    Raises:
        BadInput: the scenario says where a drone came down, and no engagement brings it there.
    """
    drones, falls = _drones(scenario, _perimeter(scenario.site), seed)
    return (*drones, *_birds(scenario, seed), *(_airliner(scenario, one, seed) for one in scenario.aircraft)), falls


def _observe(scenario: Scenario, actors: tuple[Actor, ...], end_s: float, seed: int) -> list[SimArrival]:
    timings = {timing.id: timing for timing in scenario.sensors}
    arrivals: list[SimArrival] = []
    for sensor in scenario.site.sensors:
        station = Station(
            site=scenario.site,
            sensor=sensor,
            timing=timings.get(sensor.id, SensorTiming(id=sensor.id)),
            start_s=scenario.start_s,
            end_s=end_s,
            seed=seed,
            patches=scenario.patches,
        )
        if sensor.kind in POLAR_KINDS:
            arrivals += observe_polar(station, actors)
        elif sensor.kind == "adsb":
            arrivals += observe_adsb(station, actors)
        elif sensor.kind == "remote_id":
            arrivals += observe_remote_id(station, actors)
    return arrivals


def _perimeter(site: Site) -> BaseGeometry | None:
    shapes = [zone_shape(zone, site.frame()) for zone in site.zones if zone.role == "perimeter"]
    return shapely.unary_union(shapes) if shapes else None


def _drones(scenario: Scenario, perimeter: BaseGeometry | None, seed: int) -> tuple[list[Actor], tuple[Fall, ...]]:
    actors, falls = [], []
    flown: dict[str, Path] = {}
    for drone in scenario.drones:
        leader = None if drone.leader is None else flown[drone.leader]
        path = flown[drone.id] = fly_drone(drone, scenario.duration_s, stream(seed, "flight", drone.id), leader)
        downed = bring_down(scenario, drone, path, perimeter, seed)
        if downed is not None:
            path = downed.path
            falls.append(_fall(scenario, drone.id, path, downed.layer, downed.lost_lift_s, perimeter))
        path = _from_start(path, scenario)
        actors.append(
            Actor(
                id=drone.id,
                class_=drone.class_,
                path=path,
                rcs_dbsm=drone.rcs_dbsm,
                size_m=drone.size_m,
                remote_id=drone.remote_id,
                p_emits=drone.p_emits,
            )
        )
    return actors, tuple(falls)


def _fall(
    scenario: Scenario, drone: str, path: Path, layer: str, lost_lift_s: float, perimeter: BaseGeometry | None
) -> Fall:
    east_m, north_m = float(path.plan_m[-1, 0]), float(path.plan_m[-1, 1])
    place, distance_m = (None, None) if perimeter is None else side_of(perimeter, east_m, north_m)
    latitude, longitude, _ = scenario.site.frame().to_geodetic(to_enu(path.plan_m[-1:], path.plan_mps[-1:])[0])
    return Fall(
        drone=drone,
        layer=layer,
        lost_lift_s=scenario.start_s + lost_lift_s,
        impact_s=scenario.start_s + float(path.times_s[-1]),
        latitude_deg=float(latitude[0]),
        longitude_deg=float(longitude[0]),
        east_m=east_m,
        north_m=north_m,
        place=place,
        from_perimeter_m=distance_m,
    )


def _from_start(path: Path, scenario: Scenario) -> Path:
    return Path(scenario.start_s + path.times_s, path.plan_m, path.plan_mps)


def _birds(scenario: Scenario, seed: int) -> list[Actor]:
    actors = []
    for group in scenario.birds:
        for number in range(1, group.count + 1):
            name = f"{group.id}-{number}"
            path = _from_start(fly_bird(group, scenario.duration_s, stream(seed, "flight", name)), scenario)
            actors.append(Actor(id=name, class_="bird", path=path, rcs_dbsm=group.rcs_dbsm, size_m=group.size_m))
    return actors


def _airliner(scenario: Scenario, aircraft: Aircraft, seed: int) -> Actor:
    zone = next(zone for zone in scenario.site.zones if zone.id == aircraft.runway)
    line = np.array(zone.geometry["coordinates"])[:, :2]
    ends = scenario.site.frame().to_enu_m(line[[0, -1], 1], line[[0, -1], 0], scenario.site.altitude_ellipsoid_m)
    path = land(aircraft, ends[:, :2], scenario.duration_s, stream(seed, "flight", aircraft.id))
    return Actor(
        id=aircraft.id,
        class_="manned",
        path=_from_start(path, scenario),
        rcs_dbsm=aircraft.rcs_dbsm,
        size_m=aircraft.size_m,
        adsb=(f"icao:{aircraft.icao}", aircraft.callsign, aircraft.emitter_category),
    )


def truth_of(actor: Actor, site: Site, times_s: Floats) -> list[TruthRow]:
    """Truth of one actor at these times (UTC seconds), while it is there."""
    plan_m, plan_mps = actor.path.at(times_s)
    latitude, longitude, altitude = site.frame().to_geodetic(to_enu(plan_m, plan_mps)[0])
    return [
        TruthRow(
            time_s=float(time_s),
            truth=actor.id,
            latitude_deg=float(latitude[row]),
            longitude_deg=float(longitude[row]),
            altitude_ellipsoid_m=float(altitude[row]),
            velocity_east_mps=float(plan_mps[row, 0]),
            velocity_north_mps=float(plan_mps[row, 1]),
            velocity_up_mps=float(plan_mps[row, 2]),
            class_=actor.class_,
        )
        for row, time_s in enumerate(times_s)
        if math.isfinite(plan_m[row, 0])
    ]
