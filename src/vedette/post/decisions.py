"""Decisions, facts and the mandate's withdrawal in post's books: the fold over their events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from vedette.model import (
    Decision,
    DecisionAttempted,
    DecisionMoved,
    DecisionOrdered,
    DecisionState,
    Draft,
    Event,
    FactRecorded,
    MandateWithdrawn,
    Payload,
)
from vedette.post.decision_machine import DECISION_MOVES, REFUSE, SECOND
from vedette.post.machine import IllegalMove, next_of

STANDING: Final = (DecisionState.AWAITING_SECOND, DecisionState.AUTHORISED)
"""States that claim to be within the mandate, and are checked again and again."""


class DecisionBooks(msgspec.Struct, kw_only=True):
    """Decisions by id and by their orders' keys, facts in order, the last said of each track, the withdrawal."""

    decisions: dict[str, Decision] = msgspec.field(default_factory=dict)
    keys: dict[str, str] = msgspec.field(default_factory=dict)
    facts: list[FactRecorded] = msgspec.field(default_factory=list)
    said: dict[str, FactRecorded] = msgspec.field(default_factory=dict)
    withdrawn: MandateWithdrawn | None = None

    def apply(self, event: Draft | Event) -> None:
        """Enter one event.

        Raises:
            IllegalMove, KeyError: the events are not those of one record in order.
        """
        if event.payload is not None:
            DECISION_ENTRIES[type(event.payload)](self, event, event.payload)

    def standing(self) -> tuple[Decision, ...]:
        """Those that are authorised or wait for a second person."""
        return tuple(each for each in self.decisions.values() if each.state in STANDING)


def _ordered(books: DecisionBooks, event: Draft | Event, payload: DecisionOrdered) -> None:
    if payload.decision in books.decisions:
        raise IllegalMove(payload.decision, books.decisions[payload.decision].state.value, "order")
    books.decisions[payload.decision] = Decision(order=payload, state=DecisionState.PROPOSED, origin=event.origin)
    books.keys[payload.key] = payload.decision


def _moved(books: DecisionBooks, event: Draft | Event, payload: DecisionMoved) -> None:
    del event
    decision = books.decisions[payload.decision]
    after = next_of(DECISION_MOVES, decision.id, decision.state, payload.move)
    if after is not payload.state:
        raise IllegalMove(decision.id, decision.state.value, f"{payload.move} to {payload.state.value}")
    changes: dict[str, Any] = {"state": after, "moves": (*decision.moves, payload)}
    if after is DecisionState.AUTHORISED:
        changes["authorised_s"] = payload.at_s
    elif decision.state is DecisionState.AUTHORISED:
        changes["ended_s"] = payload.at_s
    if payload.move in (SECOND, REFUSE) and payload.by is not None:
        changes |= {"second_by": payload.by, "second_role": payload.role}
    books.decisions[payload.decision] = msgspec.structs.replace(decision, **changes)


def _attempted(books: DecisionBooks, event: Draft | Event, payload: DecisionAttempted) -> None:
    del event
    decision = books.decisions[payload.decision]
    books.decisions[payload.decision] = msgspec.structs.replace(decision, attempts=(*decision.attempts, payload))


def _fact(books: DecisionBooks, event: Draft | Event, payload: FactRecorded) -> None:
    del event
    books.facts.append(payload)
    if payload.track is not None and payload.fact in ("not_manned", "manned"):
        books.said[payload.track] = payload


def _withdrawn(books: DecisionBooks, event: Draft | Event, payload: MandateWithdrawn) -> None:
    del event
    if books.withdrawn is None or payload.from_s >= books.withdrawn.from_s:
        books.withdrawn = payload


DECISION_ENTRIES: Final[dict[type[Payload], Callable[[DecisionBooks, Draft | Event, Any], None]]] = {
    DecisionOrdered: _ordered,
    DecisionMoved: _moved,
    DecisionAttempted: _attempted,
    FactRecorded: _fact,
    MandateWithdrawn: _withdrawn,
}
