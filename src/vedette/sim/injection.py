"""Injected tracks: what the sensors of a watch would report of a scenario's actors, beside what they do report.

A look says of everything in its reach whether it was seen. So an injected actor is looked for in the very looks that
the real sensor makes, at their own times and in their own sectors, and its row joins theirs: a look without one is then
a miss, as it is for what is really there, and no look is added that would be a miss for what is really there.
False detections are the real sensor's. Draws depend on seed, sensor, actor and the look's number.
"""

from __future__ import annotations

import math
from typing import Any, Final

import msgspec
import numpy as np

from vedette.geo import Floats
from vedette.model import CLASSES, Scan
from vedette.sim.cooperative import observe_adsb, observe_remote_id
from vedette.sim.scenario import POLAR_KINDS, Scenario, SensorTiming
from vedette.sim.sensors import Actor, SimArrival, Station, detect, observe_polar
from vedette.sim.simulate import TruthRow, fly, truth_of
from vedette.sim.streams import stream
from vedette.sim.sweep import Sweep
from vedette.site import Sensor

TRUTH_STEP_S: Final = 1.0


class Injection:
    """One scenario flown once, about the site that it was loaded for, from `scenario.start_s` on.

    Raises:
        BadInput: the scenario says where a drone came down, and no engagement brings it there.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self._scenario, self._seed = scenario, seed
        self.end_s = scenario.start_s + scenario.duration_s
        self.actors, self.falls = fly(scenario, seed)
        timings = {timing.id: timing for timing in scenario.sensors}
        self._stations = {
            sensor.id: self._station(sensor, timings.get(sensor.id, SensorTiming(id=sensor.id)))
            for sensor in scenario.site.sensors
        }
        self._looked: dict[str, int] = {}

    def _station(self, sensor: Sensor, timing: SensorTiming) -> Station:
        scenario = self._scenario
        return Station(
            site=scenario.site,
            sensor=sensor,
            timing=timing,
            start_s=scenario.start_s,
            end_s=self.end_s,
            seed=self._seed,
            patches=scenario.patches,
        )

    @property
    def blind(self) -> tuple[str, ...]:
        """Sensors that see nothing of what is injected: of a kind without a model, or with too little in the site."""
        found = (sensor for sensor in self._scenario.site.sensors if not _is_modelled(sensor))
        return tuple(sensor.id for sensor in found)

    def broadcasts(self) -> list[SimArrival]:
        """What the actors say of themselves as ADS-B and Remote ID receivers hand it over: messages of their own."""
        found: list[SimArrival] = []
        for station in self._stations.values():
            if station.sensor.kind == "adsb":
                found += observe_adsb(station, self.actors)
            elif station.sensor.kind == "remote_id":
                found += observe_remote_id(station, self.actors)
        return found

    def own_looks(self) -> list[SimArrival]:
        """Looks as a simulated sensor makes them, false detections and all: for one that says nothing itself."""
        stations = (one for one in self._stations.values() if one.sensor.kind in POLAR_KINDS)
        return [look for one in stations if _is_modelled(one.sensor) for look in observe_polar(one, self.actors)]

    def truth(self, actor: Actor, step_s: float = TRUTH_STEP_S) -> list[TruthRow]:
        """Where an actor is, each `step_s` from the start."""
        return truth_of(actor, self._scenario.site, np.arange(self._scenario.start_s, self.end_s, step_s))

    def join(self, scan: Scan, taken_s: float) -> Scan:
        """The look with what its sensor sees of the actors; the same look where that is nothing.

        taken_s: the time that the look is taken at, which is not its own where the sensor's clock is wrong.
        """
        station = self._stations.get(scan.sensor)
        if station is None or station.sensor.kind not in POLAR_KINDS or not _is_modelled(station.sensor):
            return scan
        number = self._looked[scan.sensor] = self._looked.get(scan.sensor, 0) + 1
        looks = _sweep(scan, taken_s, station.sensor)
        parts = [
            detect(station, actor, looks, stream(self._seed, "join", scan.sensor, actor.id, str(number)))
            for actor in self.actors
            if actor.path.times_s[0] <= taken_s and taken_s - looks.span_s <= actor.path.times_s[-1]
        ]
        parts = [part for part in parts if len(part.look)]
        if not parts:
            return scan
        rows = {name: np.concatenate([part.values[name] for part in parts]) for name in parts[0].values}
        if looks.span_s > 0.0:
            look = np.concatenate([part.look for part in parts])
            rows["time_offset_s"] = looks.beam_s(look, rows["azimuth_true_rad"]) - taken_s
        return with_rows(scan, rows)


def _is_modelled(sensor: Sensor) -> bool:
    if sensor.kind in POLAR_KINDS:
        return sensor.range_m is not None and sensor.sigma_azimuth_deg is not None
    return sensor.kind in ("adsb", "remote_id")


def _sweep(scan: Scan, taken_s: float, sensor: Sensor) -> Sweep:
    """One look as the simulator describes it. A sector is swept in its share of the sensor's turn."""
    times_s = np.array([taken_s])
    if scan.sector_rad is None:
        return Sweep(times_s=times_s, from_rad=np.zeros(1), span_rad=math.tau, span_s=0.0)
    first, last = scan.sector_rad
    span_rad = (last - first) % math.tau or math.tau
    span_s = (sensor.period_s or 0.0) * span_rad / math.tau
    return Sweep(times_s=times_s, from_rad=np.array([first]), span_rad=span_rad, span_s=span_s)


def with_rows(scan: Scan, rows: dict[str, Floats]) -> Scan:
    """The look with these detections after its own; what one side did not measure is NaN there, a time offset 0."""
    before, after = len(scan), len(rows["azimuth_true_rad"])
    changes: dict[str, Any] = {}
    for name in scan.__struct_fields__:
        value = getattr(scan, name)
        if name in rows or isinstance(value, np.ndarray):
            shape = (len(CLASSES),) if name == "p_classes" else ()
            unknown = 0.0 if name == "time_offset_s" else math.nan
            old = np.full((before, *shape), unknown) if value is None else value
            new = rows.get(name)
            changes[name] = np.concatenate([old, np.full((after, *shape), unknown) if new is None else new])
        elif isinstance(value, tuple) and name in ("identity", "image_url"):
            changes[name] = (*value, *(None,) * after)
    return msgspec.structs.replace(scan, **changes)
