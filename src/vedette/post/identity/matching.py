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
from vedette.geo import Floats, LocalFrame
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


class Aloft:
    """One picture's tracks, and where they are on the site's plane: worked out once, held against every flight.

    place_m: (n, 2) east and north, NaN where a track's place is not known. nobody: it bears no name of its own. drone,
    other: probabilities of a drone, and of a bird or a manned aircraft together.
    """

    def __init__(self, tracks: Sequence[TrackPicture], frame: LocalFrame, altitude_m: float) -> None:
        self.tracks = tuple(tracks)
        self.rows = {track.track: row for row, track in enumerate(self.tracks)}
        geodetic = np.array([(one.latitude_deg, one.longitude_deg) for one in self.tracks], dtype=np.float64)
        latitude, longitude = geodetic.reshape(-1, 2).T
        self.place_m = frame.to_enu_m(latitude, longitude, np.full(len(self.tracks), altitude_m))[:, :2]
        self.nobody = np.array([one.identity is None or one.identity.startswith("track:") for one in self.tracks], bool)
        masses = [group_masses(one.p_classes) for one in self.tracks]
        self.drone = np.array([one["uav"] for one in masses])
        self.other = np.array([one["bird"] + one["manned"] for one in masses])
        self.fits = np.array([max(one["bird"], one["manned"]) < P_OTHER for one in masses], bool)
        self.slack_m = SIGMAS * np.array([one.sigma_position_m for one in self.tracks])

    def named(self, identities: Iterable[str]) -> list[TrackPicture]:
        """The tracks that bear one of these identities."""
        wanted = set(identities)
        return [track for track in self.tracks if wanted & _names(track)] if wanted else []


class Boxes:
    """The boxes of one site's flights, each worked out once."""

    def __init__(self, site: Site) -> None:
        self._frame, self._altitude_m = site.frame(), site.altitude_ellipsoid_m
        self._zones = [(zone.id, zone_shape(zone, self._frame)) for zone in site.zones]
        reaches = [sensor.range_m[1] for sensor in site.sensors if sensor.range_m is not None]
        self._watched_m2 = math.pi * max(reaches, default=REACH_M) ** 2
        self._kinds = frozenset(sensor.kind for sensor in site.sensors)
        self._known: dict[str, Box] = {}

    def aloft(self, tracks: Sequence[TrackPicture]) -> Aloft:
        """A picture's tracks, ready to be held against flights."""
        return Aloft(tracks, self._frame, self._altitude_m)

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

    def candidate(self, flight: Flight, aloft: Aloft, name: str, *, by_identity: bool) -> Candidate:
        """One track as the flight, wherever it is."""
        row = aloft.rows[name]
        outside_m = float(self._outside_m(flight, aloft.place_m[row : row + 1])[0])
        strays = _strays(flight.plan, aloft.tracks[row], outside_m)
        return Candidate(track=aloft.tracks[row], by_identity=by_identity, strays=strays)

    def by_identity(self, flight: Flight, aloft: Aloft) -> list[Candidate]:
        """The tracks that bear one of the flight's identities."""
        named = aloft.named(flight.plan.identities)
        return [self.candidate(flight, aloft, track.track, by_identity=True) for track in named]

    def by_place(self, flight: Flight, aloft: Aloft) -> list[Candidate]:
        """The nameless tracks in the flight's box, each with its p to be it; hours are the caller's to look at."""
        area_m2 = self.box(flight).shape.area
        if area_m2 <= 0.0 or not aloft.tracks:
            return []
        outside_m = self._outside_m(flight, aloft.place_m)
        near = np.flatnonzero(aloft.nobody & aloft.fits & (outside_m <= aloft.slack_m))
        rows = [row for row in near.tolist() if _strays(flight.plan, aloft.tracks[row], 0.0) is None]
        if not rows:
            return []
        elsewhere = aloft.nobody.copy()
        elsewhere[rows] = False
        strangers = (float(aloft.drone[elsewhere].sum()) + STRANGERS_LEAST) * area_m2 / self._watched_m2
        odds = [P_UP * self._fit(flight.plan, aloft, row) / strangers for row in rows]
        total = 1.0 - P_UP + sum(odds)
        return [
            Candidate(track=aloft.tracks[row], by_identity=False, p=one / total, strangers=strangers)
            for row, one in zip(rows, odds, strict=True)
        ]

    def _outside_m(self, flight: Flight, place_m: Floats) -> Floats:
        """(n,) metres to the box, 0 inside, NaN where the place is not known."""
        return np.asarray(shapely.distance(self.box(flight).shape, shapely.points(place_m)), dtype=np.float64)

    def _fit(self, plan: FlightPlan, aloft: Aloft, row: int) -> float:
        track = aloft.tracks[row]
        expected = {_HEARD_BY[name.partition(":")[0]] for name in plan.identities} & self._kinds
        silent = expected and track.observed_s - track.first_s >= LISTEN_S
        return float(1.0 - aloft.other[row]) * (SILENT if silent else 1.0)


def _strays(plan: FlightPlan, track: TrackPicture, outside_m: float) -> str | None:
    """How a track is out of the flight's box by more than its own error, None: it is not, or nobody knows."""
    if outside_m > SIGMAS * track.sigma_position_m:
        return f"{outside_m:.0f} m outside its box"
    height_m = track.height_agl_m
    if height_m is None:
        return None
    slack_m = SIGMAS * (track.sigma_altitude_m or 0.0)
    if plan.ceiling_agl_m is not None and height_m - plan.ceiling_agl_m > slack_m:
        return f"{height_m - plan.ceiling_agl_m:.0f} m above its ceiling of {plan.ceiling_agl_m:.0f} m"
    if plan.floor_agl_m is not None and plan.floor_agl_m - height_m > slack_m:
        return f"{plan.floor_agl_m - height_m:.0f} m below its floor of {plan.floor_agl_m:.0f} m"
    return None


def _names(track: TrackPicture) -> set[str]:
    names = {track.identity} if track.identity is not None else set()
    if track.callsign is not None:
        names.add(f"callsign:{track.callsign.strip().upper()}")
    return names
