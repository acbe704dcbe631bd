"""Dispositions, overrides and own flights in post's books: the fold over their events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from vedette.model import (
    Disposition,
    DispositionJudged,
    DispositionOverridden,
    Draft,
    Event,
    Flight,
    FlightMoved,
    FlightPlanned,
    FlightState,
    Override,
    OverrideCarried,
    OverrideState,
    OverrideWithdrawn,
    Payload,
)
from vedette.post.identity.flight_machine import FLIGHT_MOVES
from vedette.post.identity.machine import AGREE, CONTRADICT, OVERRIDE, OVERRIDE_MOVES, WITHDRAW, opposes
from vedette.post.machine import IllegalMove, next_of


class IdentityBooks(msgspec.Struct, kw_only=True):
    """By track: what its evidence says, and what a person said of it; own flights by id, in order of entry.

    What was said of a track is kept after its end: it is part of what happened, and of what a track that comes of it
    inherits. What the evidence said is kept of tracks that are spoken of, or are in an incident (`forget`).
    """

    evidence: dict[str, Disposition] = msgspec.field(default_factory=dict)
    overrides: dict[str, Override] = msgspec.field(default_factory=dict)
    flights: dict[str, Flight] = msgspec.field(default_factory=dict)

    def apply(self, event: Draft | Event) -> None:
        """Enter one event.

        Raises:
            IllegalMove, KeyError: the events are not those of one record in order.
        """
        if event.payload is not None:
            IDENTITY_ENTRIES[type(event.payload)](self, event.payload)

    def forget(self, track: str) -> None:
        """Of a track that has ended, and that nobody need know of any more."""
        if track not in self.overrides:
            self.evidence.pop(track, None)

    def state(self, track: str) -> OverrideState:
        """Whose word holds of a track."""
        override = self.overrides.get(track)
        if override is None:
            return OverrideState.BY_EVIDENCE
        return OverrideState.OVERRIDDEN if override.contradicted_s is None else OverrideState.CONTRADICTED

    def disposition(self, track: str) -> Disposition:
        """What a track is held to be: a person's word, else what the evidence says."""
        override = self.overrides.get(track)
        return self.evidence.get(track, Disposition.PENDING) if override is None else override.disposition

    def in_state(self, *states: FlightState) -> tuple[Flight, ...]:
        """The own flights in any of these states: those that are overdue, or outside their box, say."""
        return tuple(flight for flight in self.flights.values() if flight.state in states)


def _judged(books: IdentityBooks, payload: DispositionJudged) -> None:
    books.evidence[payload.track] = payload.disposition
    override = books.overrides.get(payload.track)
    if override is None:
        return
    against = opposes(override.disposition, payload.disposition) and payload.disposition != override.evidence_then
    move = CONTRADICT if against else AGREE
    if against is (override.contradicted_s is not None):
        return
    next_of(OVERRIDE_MOVES, payload.track, books.state(payload.track), move)
    contradicted_s = payload.at_s if against else None
    books.overrides[payload.track] = msgspec.structs.replace(override, contradicted_s=contradicted_s)


def _overridden(books: IdentityBooks, payload: DispositionOverridden) -> None:
    next_of(OVERRIDE_MOVES, payload.track, books.state(payload.track), OVERRIDE)
    books.overrides[payload.track] = Override(
        disposition=payload.disposition,
        reason=payload.reason,
        by=payload.by,
        role=payload.role,
        at_s=payload.at_s,
        evidence_then=payload.evidence_says,
    )


def _withdrawn(books: IdentityBooks, payload: OverrideWithdrawn) -> None:
    next_of(OVERRIDE_MOVES, payload.track, books.state(payload.track), WITHDRAW)
    del books.overrides[payload.track]


def _carried(books: IdentityBooks, payload: OverrideCarried) -> None:
    override = books.overrides[payload.before]
    next_of(OVERRIDE_MOVES, payload.track, books.state(payload.track), OVERRIDE)
    carried_from = override.carried_from or payload.before
    books.overrides[payload.track] = msgspec.structs.replace(override, carried_from=carried_from, contradicted_s=None)


def _planned(books: IdentityBooks, payload: FlightPlanned) -> None:
    if payload.flight in books.flights:
        raise IllegalMove(payload.flight, books.flights[payload.flight].state.value, "plan")
    books.flights[payload.flight] = Flight(
        flight=payload.flight,
        plan=payload.plan,
        state=FlightState.PLANNED,
        since_s=payload.at_s,
        by=payload.by,
        role=payload.role,
        key=payload.key,
    )


def _moved(books: IdentityBooks, payload: FlightMoved) -> None:
    flight = books.flights[payload.flight]
    after = next_of(FLIGHT_MOVES, flight.flight, flight.state, payload.move)
    if after is not payload.state:
        raise IllegalMove(flight.flight, flight.state.value, f"{payload.move} to {payload.state.value}")
    books.flights[payload.flight] = msgspec.structs.replace(
        flight, state=after, since_s=payload.at_s, track=payload.track, matched=payload.matched, last=payload
    )


IDENTITY_ENTRIES: Final[dict[type[Payload], Callable[[IdentityBooks, Any], None]]] = {
    DispositionJudged: _judged,
    DispositionOverridden: _overridden,
    OverrideWithdrawn: _withdrawn,
    OverrideCarried: _carried,
    FlightPlanned: _planned,
    FlightMoved: _moved,
}
