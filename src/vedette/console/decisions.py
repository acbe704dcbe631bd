"""The API's handlers of mandate, decisions and facts. What the mandate refuses is answered 409 after it is recorded."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from vedette.console import views
from vedette.console.asked import seconds_of
from vedette.console.desk import Desk
from vedette.console.errors import ApiError
from vedette.console.people import Acting, Person
from vedette.console.views.decisions import FactName
from vedette.model import Action
from vedette.site.schema import Protected

Name = Annotated[str, msgspec.Meta(pattern=r"^\S([^\x00-\x1f]{0,98}\S)?(?![\s\S])")]
"""One line of at most a hundred characters; the end is written out, for `$` would let a line break follow."""
Note = Annotated[str, msgspec.Meta(max_length=2000)]
Key = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.:-]{1,100}(?![\s\S])")]


class OrderEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of an order. key: the sender's own; the same order sent again under it is one order."""

    by: Name
    role: Name
    measure: Name
    track: Name | None = None
    protects: Protected | None = None
    note: Note = ""
    key: Key | None = None


class PersonEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a second's word, a withdrawal of a decision or of the mandate."""

    by: Name
    role: Name
    note: Note = ""


class CarriedOutEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a carrying out. happened_utc: when, absent: now."""

    by: Name
    role: Name
    note: Note = ""
    happened_utc: str | None = None


class FactEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a fact. not_manned, manned: of a track, with a note. measure_taken: which, and of which refused order."""

    fact: FactName
    by: Name
    role: Name
    note: Note = ""
    track: Name | None = None
    measure: Name | None = None
    decision: Name | None = None
    happened_utc: str | None = None


def decision_handlers(desk: Desk) -> list[ControllerRouterHandler]:
    """GET and POST of mandate, decisions and facts."""
    return [*_reads(desk), *_orders(desk), *_moves(desk), *_words(desk)]


def _reads(desk: Desk) -> list[ControllerRouterHandler]:
    board = desk.board

    @get("/mandate", summary="The mandate, how it stands, measures and response plan", sync_to_thread=False)
    def mandate() -> views.MandateView:
        return views.mandate(board.decided().standing, board.site)

    @get("/decisions", summary="All decisions and facts, and how the mandate stands", sync_to_thread=False)
    def decisions() -> views.DecisionsView:
        return views.decided(board.decided(), board.site)

    @get("/decisions/{decision_id:str}", summary="One decision as it stands", sync_to_thread=False)
    def decision(decision_id: FromPath[str]) -> views.DecisionView:
        return _decision(desk, decision_id)

    return [mandate, decisions, decision]


def _orders(desk: Desk) -> list[ControllerRouterHandler]:
    @post("/decisions", summary="Order a measure; 409 with the clauses where it is refused", status_code=200)
    async def order(data: JSONBody[OrderEntry], person: Acting) -> views.DecisionView:
        key = data.key or secrets.token_hex(12)
        by, role = _who(person, data)
        await desk.act(
            Action(
                verb="decide",
                target=key,
                by=by,
                role=role,
                note=data.note,
                measure=data.measure,
                track=data.track,
                protects=data.protects,
            )
        )
        made = [one for one in desk.board.decided().decisions if one.order.key == key]
        return _decision(desk, made[-1].id if made else key)

    return [order]


def _moves(desk: Desk) -> list[ControllerRouterHandler]:
    @post("/decisions/{decision_id:str}/second", summary="Be the second person", status_code=200)
    async def second(decision_id: FromPath[str], data: JSONBody[PersonEntry], person: Acting) -> views.DecisionView:
        by, role = _who(person, data)
        await desk.act(Action(verb="second", target=decision_id, by=by, role=role, note=data.note))
        return _decision(desk, decision_id)

    @post("/decisions/{decision_id:str}/withdraw", summary="Withdraw a decision", status_code=200)
    async def withdraw(decision_id: FromPath[str], data: JSONBody[PersonEntry], person: Acting) -> views.DecisionView:
        by, role = _who(person, data)
        await desk.act(
            Action(
                verb="withdraw",
                target=decision_id,
                by=by,
                role=role,
                note=data.note,
            )
        )
        return _decision(desk, decision_id)

    @post("/decisions/{decision_id:str}/carried_out", summary="Say that it was carried out", status_code=200)
    async def carried_out(
        decision_id: FromPath[str], data: JSONBody[CarriedOutEntry], person: Acting
    ) -> views.DecisionView:
        happened_s = seconds_of("happened_utc", data.happened_utc, "bad_body")
        by, role = _who(person, data)
        await desk.act(
            Action(
                verb="carry_out",
                target=decision_id,
                by=by,
                role=role,
                note=data.note,
                happened_s=happened_s,
            )
        )
        return _decision(desk, decision_id)

    return [second, withdraw, carried_out]


def _words(desk: Desk) -> list[ControllerRouterHandler]:
    @post("/facts", summary="Record a fact: manned or not, or a measure taken outside the mandate", status_code=200)
    async def record_fact(data: JSONBody[FactEntry], person: Acting) -> views.DecisionsView:
        fields: dict[str, Any] = msgspec.structs.asdict(data)
        fields["by"], fields["role"] = _who(person, data)
        happened_s = seconds_of("happened_utc", fields.pop("happened_utc"), "bad_body")
        await desk.act(Action(verb="record_fact", target="", state=fields.pop("fact"), happened_s=happened_s, **fields))
        return views.decided(desk.board.decided(), desk.board.site)

    @post("/mandate/withdraw", summary="Record that the grantor withdrew the mandate", status_code=200)
    async def withdraw_mandate(data: JSONBody[PersonEntry], person: Acting) -> views.MandateView:
        by, role = _who(person, data)
        await desk.act(
            Action(
                verb="withdraw_mandate",
                target="",
                by=by,
                role=role,
                note=data.note,
            )
        )
        return views.mandate(desk.board.decided().standing, desk.board.site)

    return [record_fact, withdraw_mandate]


def _decision(desk: Desk, decision_id: str) -> views.DecisionView:
    for one in desk.board.decided().decisions:
        if one.id == decision_id:
            return views.decision(one, desk.board.site)
    raise ApiError(404, "not_found", f"there is no decision {decision_id!r}")


def _who(person: Person, entry: OrderEntry | PersonEntry | CarriedOutEntry | FactEntry) -> tuple[str, str]:
    """Name and role to record."""
    return person.named(entry.by), person.role(entry.role)
