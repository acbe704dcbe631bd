"""Which track is which own flight: by identity, else by place and hours with a stated probability.

By place. A flight that is up is anywhere in its box alike; strangers are spread alike over what the sensors reach, as
many as there are now, and half a one more, outside the box. With λ strangers expected in the box, u the chance that the
flight is up and seen, and m_i how well track i's class and silence fit it,

    p_i = (u m_i / λ) / (1 - u + Σ_j u m_j / λ)

so one track alone in a small box is nearly sure, and two share. Neglected: strangers may gather where flights do.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vedette.classification import group_masses
from vedette.model import Flight, FlightPlan, TrackPicture
from vedette.site import Site, Zone, zone_shape

P_UP: Final = 0.7
"""Chance that a flight is up and seen at a moment of its hours: our judgement; crews plan generous hours."""
STRANGERS_LEAST: Final = 0.5
REACH_M: Final = 5000.0
"""What the sensors reach, where the site file does not say."""
SILENT: Final = 0.2
"""How well a track without identity fits a flight whose identity the site would hear: our judgement."""
LISTEN_S: Final = 10.0
SIGMAS: Final = 2.0
"""So many of a track's sigmas it may be out of its box before it is said to be."""
P_OTHER: Final = 0.5
"""A bird, or a manned aircraft, with this much is no drone of ours, whatever box it is in."""

_HEARD_BY: Final = {"rid": "remote_id", "icao": "adsb", "callsign": "adsb", "own": "telemetry"}


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A track that may be a flight. p, strangers: by place, None by identity. strays: why it is not in its box."""

    track: TrackPicture
    by_identity: bool
    p: float | None = None
    strangers: float | None = None
    strays: str | None = None


class Box(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A flight's box on the site's plane, and the ids of the site's zones that it touches."""

    shape: BaseGeometry
    zones: frozenset[str]


class Boxes:
    """The boxes of one site's flights, each worked out once."""

    def __init__(self, site: Site) -> None:
        self._frame, self._altitude_m = site.frame(), site.altitude_ellipsoid_m
        self._zones = [(zone.id, zone_shape(zone, self._frame)) for zone in site.zones]
        reaches = [sensor.range_m[1] for sensor in site.sensors if sensor.range_m is not None]
        self._watched_m2 = math.pi * max(reaches, default=REACH_M) ** 2
        self._kinds = frozenset(sensor.kind for sensor in site.sensors)
        self._known: dict[str, Box] = {}

    def box(self, flight: Flight) -> Box:
        """The box of a flight."""
        box = self._known.get(flight.flight)
        if box is None:
            plan = flight.plan
            zone = Zone(
                id=flight.flight, name=plan.who, role="landmark", geometry=plan.geometry, radius_m=plan.radius_m
            )
            shape = zone_shape(zone, self._frame)
            shapely.prepare(shape)
            touched = frozenset(name for name, other in self._zones if shape.intersects(other))
            box = self._known[flight.flight] = Box(shape=shape, zones=touched)
        return box

    def strays(self, flight: Flight, track: TrackPicture) -> str | None:
        """How a track is out of the flight's box by more than its own error, None: it is not, or nobody knows."""
        outside_m = self._outside_m(flight, track)
        if outside_m is not None and outside_m > SIGMAS * track.sigma_position_m:
            return f"{outside_m:.0f} m outside its box"
        plan, height_m = flight.plan, track.height_agl_m
        if height_m is None:
            return None
        slack_m = SIGMAS * (track.sigma_altitude_m or 0.0)
        if plan.ceiling_agl_m is not None and height_m - plan.ceiling_agl_m > slack_m:
            return f"{height_m - plan.ceiling_agl_m:.0f} m above its ceiling of {plan.ceiling_agl_m:.0f} m"
        if plan.floor_agl_m is not None and plan.floor_agl_m - height_m > slack_m:
            return f"{plan.floor_agl_m - height_m:.0f} m below its floor of {plan.floor_agl_m:.0f} m"
        return None

    def _outside_m(self, flight: Flight, track: TrackPicture) -> float | None:
        if track.latitude_deg is None or track.longitude_deg is None:
            return None
        place = self._frame.to_enu_m(track.latitude_deg, track.longitude_deg, self._altitude_m)
        east, north = np.asarray(place, dtype=np.float64).reshape(-1)[:2].tolist()
        return float(self.box(flight).shape.distance(shapely.Point(east, north)))

    def by_identity(self, flight: Flight, tracks: Iterable[TrackPicture]) -> list[Candidate]:
        """The tracks that bear one of the flight's identities."""
        wanted = set(flight.plan.identities)
        return [
            Candidate(track=track, by_identity=True, strays=self.strays(flight, track))
            for track in tracks
            if wanted & _names(track)
        ]

    def by_place(self, flight: Flight, tracks: Sequence[TrackPicture]) -> list[Candidate]:
        """The tracks in the flight's box that may be it, each with its p; hours are the caller's to look at."""
        if self.box(flight).shape.area <= 0.0:
            return []
        fits = [(track, self._fit(flight.plan, track)) for track in tracks if self._is_in(flight, track)]
        fits = [(track, fit) for track, fit in fits if fit > 0.0]
        inside = {track.track for track, _ in fits}
        others = sum(
            group_masses(one.p_classes)["uav"] for one in tracks if one.track not in inside and _is_nobody(one)
        )
        strangers = (others + STRANGERS_LEAST) * self.box(flight).shape.area / self._watched_m2
        total = 1.0 - P_UP + sum(P_UP * fit / strangers for _, fit in fits)
        return [
            Candidate(track=track, by_identity=False, p=P_UP * fit / strangers / total, strangers=strangers)
            for track, fit in fits
        ]

    def _is_in(self, flight: Flight, track: TrackPicture) -> bool:
        return _is_nobody(track) and self._outside_m(flight, track) is not None and self.strays(flight, track) is None

    def _fit(self, plan: FlightPlan, track: TrackPicture) -> float:
        masses = group_masses(track.p_classes)
        if max(masses["bird"], masses["manned"]) >= P_OTHER:
            return 0.0
        expected = {_HEARD_BY[name.partition(":")[0]] for name in plan.identities} & self._kinds
        silent = expected and track.observed_s - track.first_s >= LISTEN_S
        return (1.0 - masses["bird"] - masses["manned"]) * (SILENT if silent else 1.0)


def _names(track: TrackPicture) -> set[str]:
    names = {track.identity} if track.identity is not None else set()
    if track.callsign is not None:
        names.add(f"callsign:{track.callsign.strip().upper()}")
    return names


def _is_nobody(track: TrackPicture) -> bool:
    """It bears no name of its own."""
    return track.identity is None or track.identity.startswith("track:")
