"""Own flights: who may fly where and when, under which identity, and how each one goes."""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from vedette.model.dispositions import Override
from vedette.model.payload import Payload
from vedette.model.requests import Request


class FlightState(enum.StrEnum):
    """Life of an own flight (moves: vedette.post.identity.flight_machine).

    PLANNED: before its hours. EXPECTED: within them, and not in the picture. FLYING: a track matches it. OUTSIDE: that
    track is out of its box, or there before its hours. OVERDUE: still up after its hours, or gone from the picture in
    flight. ENDED and WITHDRAWN (a person took the permission back) are final.
    """

    PLANNED = "planned"
    EXPECTED = "expected"
    FLYING = "flying"
    OUTSIDE = "outside"
    OVERDUE = "overdue"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class FlightPlan(msgspec.Struct, frozen=True, kw_only=True):
    """An authorised flight. who: the unit or pilot. identities: as tracks bear them (rid:…, own:…, icao:…, callsign:…).

    Its box: GeoJSON Polygon or Point with radius_m, (longitude, latitude); heights over ground, None: open. Its hours:
    from_s (inclusive) to until_s, UTC seconds.
    """

    who: str
    geometry: dict[str, Any]
    from_s: float
    until_s: float
    identities: tuple[str, ...] = ()
    radius_m: float | None = None
    floor_agl_m: float | None = None
    ceiling_agl_m: float | None = None
    note: str = ""


class FlightPlanned(Payload, frozen=True, kw_only=True, tag="flight_planned"):
    """A flight was entered, by a person or (`by` None) from the site's file of flights.

    key: what the file calls it. An entry with the key of an earlier one that is not over takes its place.
    """

    flight: str
    plan: FlightPlan
    by: str | None
    role: str | None
    at_s: float
    key: str | None = None


class FlightMoved(Payload, frozen=True, kw_only=True, tag="flight_moved"):
    """A flight changed its state by a legal move: a person's, or (`by` None) as the picture and the time show.

    track: the one that matches it. matched: identity | claim (its identity, and only its own word) | place. p: of the
    match by place.
    """

    flight: str
    move: str
    state: FlightState
    why: str
    at_s: float
    track: str | None = None
    matched: str | None = None
    p: float | None = None
    by: str | None = None
    role: str | None = None


class Flight(msgspec.Struct, frozen=True, kw_only=True):
    """An own flight as it stands. since_s: when it came into its state; last: the newest move."""

    flight: str
    plan: FlightPlan
    state: FlightState
    since_s: float
    by: str | None
    role: str | None
    key: str | None = None
    track: str | None = None
    matched: str | None = None
    last: FlightMoved | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come of it."""
        return self.state in (FlightState.ENDED, FlightState.WITHDRAWN)


class PlanFlight(Request, frozen=True, kw_only=True):
    """An own flight that a person enters."""

    plan: FlightPlan


class Identities(msgspec.Struct, frozen=True, kw_only=True):
    """What the screens show of identity beside the picture: own flights in order of entry, overrides by track."""

    flights: tuple[Flight, ...] = ()
    overrides: tuple[tuple[str, Override], ...] = ()
