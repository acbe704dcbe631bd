"""Own flights over time: planned, expected, flying, outside, overdue, over; each change an event."""

from __future__ import annotations

from functools import partial
from typing import Final

from vedette.model import (
    Cooperation,
    EndedTrack,
    Flight,
    FlightMoved,
    FlightState,
    Picture,
    TrackPicture,
)
from vedette.post.clocks import FlyingClocks
from vedette.post.identity.disposition import P_PLACE, FlightMatch
from vedette.post.identity.flight_machine import (
    DISPROVE,
    END,
    EXPECT,
    FLIGHT_MOVES,
    LAND,
    LOSE,
    OVERRUN,
    SEE,
    STRAY,
)
from vedette.post.identity.matching import Aloft, Boxes, Candidate
from vedette.post.machine import next_of
from vedette.post.step import Step
from vedette.site import Site

HOLD_S: Final = 5.0
"""So long a track must fit by place alone before it is taken for the flight: what crosses a box is not in it."""
STRAY_S: Final = 3.0
"""So long it must be out of its box before that is said."""
DISPROVE_S: Final = 30.0
"""A track known by place alone that stays out of the box for so long was another."""
LOST_S: Final = 60.0
"""A flight whose track is gone for so long, and was not seen to land, is overdue."""
GRACE_S: Final = 60.0
"""So long after its hours a flight that is still up is overdue."""
LOW_M: Final = 40.0
"""A track that ended lower than this has landed: a radar loses a drone at some tens of metres."""

_UP: Final = (FlightState.FLYING, FlightState.OUTSIDE)


class Flying:
    """The own flights of one site. Only its clocks are its own."""

    def __init__(self, site: Site, clocks: FlyingClocks) -> None:
        self._boxes, self._clocks = Boxes(site), clocks

    def see(self, step: Step, picture: Picture) -> dict[str, FlightMatch]:
        """Hold every flight against a picture. Returns the own flight that each track is taken for."""
        self.pass_time(step)
        flights = [flight for flight in step.books.identity.flights.values() if not flight.is_over]
        if not flights:
            return {}
        found = self._found(flights, self._boxes.aloft(picture.tracks), step.now_s)
        ended = {one.track: one for one in picture.ended}
        matches: dict[str, FlightMatch] = {}
        for flight in flights:
            candidates = found.get(flight.flight, [])
            best = candidates[0] if candidates else None
            if best is not None:
                self._clocks.gone_since_s.pop(flight.flight, None)
                self._follow(step, flight, best)
            else:
                self._miss(step, flight, ended.get(flight.track or ""))
            for one in candidates:
                match = self._match(step.books.identity.flights[flight.flight], one, step.now_s)
                if match is not None:
                    matches[one.track.track] = match
        self.pass_time(step)
        return matches

    def pass_time(self, step: Step) -> None:
        """What follows from the time alone: flights become expected, and those that are not up end."""
        for flight in tuple(step.books.identity.flights.values()):
            begun, over = flight.plan.from_s <= step.now_s, step.now_s >= flight.plan.until_s
            if flight.state is FlightState.PLANNED and begun and not over:
                self._move(step, flight, EXPECT, "its hours have begun")
            elif flight.state in (FlightState.PLANNED, FlightState.EXPECTED) and over:
                never = flight.last is None or flight.last.move == EXPECT
                self._move(step, flight, END, "its hours are over; it was not seen" if never else "its hours are over")

    def _found(self, flights: list[Flight], aloft: Aloft, now_s: float) -> dict[str, list[Candidate]]:
        """The candidates of each flight, its own track or the surest first; a track by place is one flight's alone."""
        found: dict[str, list[Candidate]] = {}
        loose: list[tuple[Flight, Candidate]] = []
        for flight in flights:
            named = self._boxes.by_identity(flight, aloft)
            if named:
                found[flight.flight] = sorted(named, key=partial(_precedence, flight))
            elif flight.plan.from_s <= now_s and (now_s < flight.plan.until_s or flight.state in _UP):
                loose += [(flight, one) for one in self._by_place(flight, aloft)]
        fits: dict[tuple[str, str], float] = {}
        taken = {one.track.track for many in found.values() for one in many}
        for flight, one in sorted(loose, key=lambda each: (_precedence(*each), each[0].flight)):
            name = one.track.track
            if flight.flight in found or name in taken:
                continue
            fits[flight.flight, name] = self._clocks.fits_since_s.get((flight.flight, name), now_s)
            if flight.track == name or now_s - fits[flight.flight, name] >= HOLD_S:
                found[flight.flight] = [one]
                taken.add(name)
        self._clocks.fits_since_s = fits
        return found

    def _by_place(self, flight: Flight, aloft: Aloft) -> list[Candidate]:
        """Those in its box; and the one that it was taken for, wherever that is now."""
        inside = self._boxes.by_place(flight, aloft)
        sure = [one for one in inside if one.track.track == flight.track or (one.p or 0.0) >= P_PLACE]
        row = aloft.rows.get(flight.track or "") if flight.state in _UP else None
        if row is None or not aloft.nobody[row] or any(one.track.track == flight.track for one in sure):
            return sure
        own = self._boxes.candidate(flight, aloft, aloft.tracks[row].track, by_identity=False)
        return [own, *sure]

    def _follow(self, step: Step, flight: Flight, found: Candidate) -> None:
        """It is in the picture: in its box and hours, or not."""
        over_s = step.now_s - flight.plan.until_s
        strays = _strays(flight, found, step.now_s)
        if over_s >= 0.0:
            if flight.state in _UP and over_s >= GRACE_S:
                self._move(step, flight, OVERRUN, f"still up {over_s:.0f} s after its hours", found)
            return
        if strays is None:
            self._clocks.strays_since_s.pop(flight.flight, None)
            if flight.state is not FlightState.FLYING or flight.track != found.track.track:
                self._move(step, flight, SEE, _why(found), found)
            return
        strayed_s = step.now_s - self._clocks.strays_since_s.setdefault(flight.flight, step.now_s)
        if not found.by_identity and strayed_s >= DISPROVE_S:
            self._move(step, flight, DISPROVE, f"{found.track.track} was known by place alone, and is {strays}")
        elif strayed_s >= STRAY_S and (flight.state is not FlightState.OUTSIDE or flight.track != found.track.track):
            self._move(step, flight, STRAY, strays, found)

    def _miss(self, step: Step, flight: Flight, ended: EndedTrack | None) -> None:
        """It is not in the picture, or what was taken for it is so no longer."""
        self._clocks.strays_since_s.pop(flight.flight, None)
        if ended is not None and flight.state in (*_UP, FlightState.OVERDUE) and _landed(ended):
            self._move(step, flight, LAND, f"{ended.track} ended low")
        elif flight.state in _UP:
            gone_s = step.now_s - self._clocks.gone_since_s.setdefault(flight.flight, step.now_s)
            if gone_s >= LOST_S:
                self._move(step, flight, LOSE, f"not seen for {gone_s:.0f} s, and was not seen to land")

    def _match(self, flight: Flight, found: Candidate, now_s: float) -> FlightMatch | None:
        """What the flight says of the track, None: not yet, or no more."""
        if flight.is_over or (not found.by_identity and flight.track != found.track.track):
            return None
        return FlightMatch(
            flight=flight.flight,
            who=flight.plan.who,
            by_identity=found.by_identity,
            p=found.p,
            strangers=found.strangers,
            strays=_strays(flight, found, now_s),
            zones=self._boxes.box(flight).zones,
        )

    def _move(self, step: Step, flight: Flight, move: str, why: str, found: Candidate | None = None) -> None:
        keeps = move in (LOSE, OVERRUN)
        step.enter(
            FlightMoved(
                flight=flight.flight,
                move=move,
                state=next_of(FLIGHT_MOVES, flight.flight, flight.state, move),
                why=why,
                at_s=step.now_s,
                track=found.track.track if found is not None else flight.track if keeps else None,
                matched=_matched(found) if found is not None else flight.matched if keeps else None,
                p=None if found is None else found.p,
            )
        )
        self._clocks.gone_since_s.pop(flight.flight, None)


def _precedence(flight: Flight, one: Candidate) -> tuple[bool, bool, float, str]:
    """Its own track first, then one whose place another sensor bears out, then the likelier, then by name."""
    claims = one.track.cooperation is not Cooperation.COOPERATIVE
    return one.track.track != flight.track, claims, -(one.p or 0.0), one.track.track


def _strays(flight: Flight, found: Candidate, now_s: float) -> str | None:
    """Why the track is not where, or when, the flight may be."""
    if now_s < flight.plan.from_s:
        return "up before its hours"
    return "up after its hours" if now_s >= flight.plan.until_s else found.strays


def _matched(found: Candidate) -> str:
    if not found.by_identity:
        return "place"
    return "identity" if found.track.cooperation is Cooperation.COOPERATIVE else "claim"


def _why(found: Candidate) -> str:
    track: TrackPicture = found.track
    if not found.by_identity:
        return f"{track.track} is in its box and hours, p {found.p or 0.0:.2f}"
    agrees = "another sensor agrees" if track.cooperation is Cooperation.COOPERATIVE else "no other sensor agrees"
    return f"{track.track} is {track.identity or track.callsign}; {agrees}"


def _landed(ended: EndedTrack) -> bool:
    height_m = ended.last.height_agl_m
    return height_m is not None and height_m <= LOW_M
