"""The receivers of ADS-B and Remote ID: what aircraft broadcast of themselves, as it comes in.

A position about once a second with the site file's sigma_position_m and sigma_altitude_m (altitude over the ellipsoid,
as the GNSS height difference of ADS-B's velocity message gives it), an identification every 5 s (ADS-B) or 3 s (Remote
ID). p_detect is the probability that a message is received. Neglected: message collisions, antenna shadow, barometric
altitude, a Remote ID's short reach.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from vedette.geo import Floats
from vedette.model import CooperativeReport, Look, Scan
from vedette.sim.path import to_enu
from vedette.sim.sensors import Actor, SimArrival, Station
from vedette.sim.streams import stream

_POSITION_S, _IDENTIFICATION_S, _BASIC_ID_S = 1.0, 5.0, 3.0
_SIGMA_POSITION_M, _SIGMA_ALTITUDE_M = 10.0, 10.0
"""Where the site file gives none: usual for a GNSS of good integrity."""


def observe_adsb(station: Station, actors: tuple[Actor, ...]) -> list[SimArrival]:
    """Positions and identifications of the actors that broadcast."""
    arrivals = []
    for actor in actors:
        if actor.adsb is not None:
            rng = stream(station.seed, "adsb", station.sensor.id, actor.id)
            arrivals += _positions(station, actor, actor.adsb[0], rng)
            arrivals += _identifications(station, actor, actor.adsb, rng)
    return arrivals


def observe_remote_id(station: Station, actors: tuple[Actor, ...]) -> list[SimArrival]:
    """Positions and basic identities of the drones that broadcast."""
    arrivals = []
    for actor in actors:
        if actor.remote_id is not None:
            rng, identity = stream(station.seed, "remote_id", station.sensor.id, actor.id), f"rid:{actor.remote_id}"
            arrivals += _positions(station, actor, identity, rng)
            times_s = _heard(station, actor, _BASIC_ID_S, rng)
            bodies: list[Look | CooperativeReport] = [
                CooperativeReport(
                    sensor=station.sensor.id, observed_s=float(time_s), source="remote_id", identity=identity
                )
                for time_s in times_s
            ]
            arrivals += station.hand_over(times_s, bodies, rng)
    return arrivals


def _heard(station: Station, actor: Actor, interval_s: float, rng: Generator) -> Floats:
    """Times of the messages received while it is there: a tenth of the interval is random, some are lost. Whole ms."""
    times_s = np.arange(station.start_s + interval_s * rng.uniform(0.05, 0.95), station.end_s, interval_s)
    times_s = np.round(times_s + interval_s * rng.uniform(-0.05, 0.05, len(times_s)), 3)
    heard = (rng.random(len(times_s)) < station.sensor.p_detect) & (times_s < station.end_s)
    first_s, last_s = actor.path.times_s[[0, -1]]
    return np.asarray(times_s[heard & (times_s >= first_s) & (times_s <= last_s)])


def _positions(station: Station, actor: Actor, identity: str, rng: Generator) -> list[SimArrival]:
    times_s = _heard(station, actor, _POSITION_S, rng)
    plan_m, plan_mps = actor.path.at(times_s)
    sigma_m = station.sensor.sigma_position_m or _SIGMA_POSITION_M
    sigma_up_m = station.sensor.sigma_altitude_m or _SIGMA_ALTITUDE_M
    noise = rng.standard_normal((len(times_s), 3)) * np.array([sigma_m, sigma_m, sigma_up_m])
    latitude, longitude, altitude = station.site.frame().to_geodetic(to_enu(plan_m, plan_mps)[0] + noise)
    bodies: list[Look | CooperativeReport] = [
        Look(
            scan=Scan(
                sensor=station.sensor.id,
                observed_s=float(time_s),
                latitude_deg=latitude[row : row + 1],
                longitude_deg=longitude[row : row + 1],
                altitude_ellipsoid_m=altitude[row : row + 1],
                sigma_position_m=np.array([sigma_m]),
                sigma_altitude_ellipsoid_m=np.array([sigma_up_m]),
                identity=(identity,),
                covers=False,
            )
        )
        for row, time_s in enumerate(times_s)
    ]
    return station.hand_over(times_s, bodies, rng)


def _identifications(station: Station, actor: Actor, adsb: tuple[str, str, str], rng: Generator) -> list[SimArrival]:
    identity, callsign, category = adsb
    times_s = _heard(station, actor, _IDENTIFICATION_S, rng)
    bodies: list[Look | CooperativeReport] = [
        CooperativeReport(
            sensor=station.sensor.id,
            observed_s=float(time_s),
            source="adsb",
            identity=identity,
            callsign=callsign,
            emitter_category=category,
        )
        for time_s in times_s
    ]
    return station.hand_over(times_s, bodies, rng)
