"""The API of what people add to an incident: effects, claims, attribution, statements. Each is answered when recorded.

Every one answers with the incident's document as it then stands. What cannot be done is a 409, with why.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import get, post
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from vedette.console import views
from vedette.console.asked import seconds_of
from vedette.console.decisions import Name, Note
from vedette.console.desk import Desk
from vedette.console.errors import ApiError
from vedette.console.people import Acting, Person
from vedette.model import Action, Subject
from vedette.model.dossier_requests import (
    AttributionWords,
    ClaimWords,
    DraftWords,
    EffectWords,
    Piece,
    StatementMove,
)
from vedette.model.requests import Request

Document = dict[str, Any]
DOCUMENT: Final = {
    200: ResponseSpec(data_container=views.IncidentDocument, generate_examples=False, description="The document")
}
CASE: Final = {200: ResponseSpec(data_container=views.CaseView, generate_examples=False, description="The case")}
Grade = Annotated[str, msgspec.Meta(pattern="^[A-F][1-6](?![\\s\\S])")]


class Word(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a signature, an approval, a withdrawal: who, in which role, and why."""

    by: Name | None = None
    role: Name | None = None
    note: Note = ""


class EffectEntry(Word, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of an effect's entry. value: what was reported, in words; it belongs to `reported` alone.

    source: whose word it is, if not that of who enters it; how: how it is known; corrects: the entry it replaces.
    """

    effect: Literal["injuries", "damage", "flights"]
    state: Literal["none_reported", "reported"]
    value: str | None = None
    source: Name | None = None
    how: Note = ""
    corrects: Name | None = None


class ClaimEntry(Word, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a claim. value: of count a number, of place inside | outside | both, of airport open | closed.

    Of the other subjects it is words. grade: the source, A to F, and what it says, 1 to 6.
    """

    subject: Subject
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    source: Name
    where: Annotated[str, msgspec.Meta(max_length=500)] = ""
    published_utc: str | None = None
    grade: Grade = "F6"


class AttributionEntry(Word, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a decision on who did it, signed by its first person. to: whom; of `unclaimed` nobody."""

    state: Literal["unclaimed", "claimed", "attributed"]
    to: Name | None = None
    grounds: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    evidence: Annotated[list[Name], msgspec.Meta(max_length=50)] = []


class DraftEntry(Word, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a draft. leave_out: keys of sentences not to be said; replaces: the statement it is to follow."""

    leave_out: Annotated[list[Name], msgspec.Meta(max_length=20)] = []
    replaces: Name | None = None


class Filing:
    """Hands what is to be added to the watch, and gives back the document."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def file(
        self, incident: str, verb: str, person: Person, word: Word, request: Request | None, **more: Any
    ) -> Document:
        """Have it recorded.

        Raises:
            ActionRefused: it was not. ApiError: another person than the one who is logged in.
        """
        by, role = person.named(word.by), person.role(word.role) or None
        action = Action(verb=verb, target=incident, by=by, role=role, note=word.note, request=request, **more)
        await self._desk.act(action)
        return await self.document(incident)

    async def document(self, incident: str) -> Document:
        """The document as it stands; ApiError 404 if there is none."""
        found = await asyncio.to_thread(self._desk.incident_document, incident)
        if found is None:
            raise ApiError(404, "not_found", f"there is no incident {incident!r}")
        return found


def dossier_handlers(desk: Desk) -> list[ControllerRouterHandler]:
    """GET and POST of what people add."""
    filing = Filing(desk)
    return [_case(desk), *_effects(filing), *_claims(filing), *_attribution(filing), *_statements(filing)]


def _case(desk: Desk) -> ControllerRouterHandler:
    summary = "One incident's timeline, sensors and evidence, from the record"

    @get("/incidents/{incident_id:str}/case", summary=summary, responses=CASE)
    async def case(incident_id: FromPath[str]) -> dict[str, Any]:
        found = await asyncio.to_thread(desk.incident_case, incident_id)
        if found is None:
            raise ApiError(404, "not_found", f"there is no incident {incident_id!r}")
        return found

    return case


def _effects(filing: Filing) -> list[ControllerRouterHandler]:
    @post("/incidents/{incident_id:str}/effects", summary="Enter an effect", responses=DOCUMENT, status_code=200)
    async def enter_effect(incident_id: FromPath[str], data: JSONBody[EffectEntry], person: Acting) -> Document:
        if data.state == "reported" and not (data.value or "").strip():
            raise ApiError(400, "bad_body", "value is missing: say what was reported")
        if data.state == "none_reported" and data.value is not None:
            raise ApiError(400, "bad_body", "value belongs to `reported` alone")
        if len(data.value or "") > 2000:
            raise ApiError(400, "bad_body", "value is longer than 2000 characters")
        words = EffectWords(source=data.source, how=data.how, corrects=data.corrects)
        more = {"effect": data.effect, "state": data.state, "value": data.value}
        return await filing.file(incident_id, "enter_effect", person, data, words, **more)

    path = "/incidents/{incident_id:str}/effects/{entry_id:str}/withdraw"

    @post(path, summary="Withdraw an entry of an effect", responses=DOCUMENT, status_code=200)
    async def withdraw_effect(
        incident_id: FromPath[str], entry_id: FromPath[str], data: JSONBody[Word], person: Acting
    ) -> Document:
        return await filing.file(incident_id, "withdraw_effect", person, data, Piece(id=entry_id))

    return [enter_effect, withdraw_effect]


def _claims(filing: Filing) -> list[ControllerRouterHandler]:
    summary = "Enter what somebody outside said"

    @post("/incidents/{incident_id:str}/claims", summary=summary, responses=DOCUMENT, status_code=200)
    async def enter_claim(incident_id: FromPath[str], data: JSONBody[ClaimEntry], person: Acting) -> Document:
        words = ClaimWords(
            subject=data.subject,
            value=data.value,
            source=data.source,
            where=data.where,
            published_s=seconds_of("published_utc", data.published_utc, "bad_body"),
            grade=data.grade,
        )
        return await filing.file(incident_id, "enter_claim", person, data, words)

    path = "/incidents/{incident_id:str}/claims/{claim_id:str}/withdraw"

    @post(path, summary="Mark a claim as withdrawn", responses=DOCUMENT, status_code=200)
    async def withdraw_claim(
        incident_id: FromPath[str], claim_id: FromPath[str], data: JSONBody[Word], person: Acting
    ) -> Document:
        return await filing.file(incident_id, "withdraw_claim", person, data, Piece(id=claim_id))

    return [enter_claim, withdraw_claim]


def _attribution(filing: Filing) -> list[ControllerRouterHandler]:
    summary = "Sign who did it, as the first of two persons"

    @post("/incidents/{incident_id:str}/attribution", summary=summary, responses=DOCUMENT, status_code=200)
    async def propose(incident_id: FromPath[str], data: JSONBody[AttributionEntry], person: Acting) -> Document:
        words = AttributionWords(state=data.state, to=data.to, grounds=data.grounds, evidence=tuple(data.evidence))
        return await filing.file(incident_id, "propose_attribution", person, data, words)

    path = "/incidents/{incident_id:str}/attribution/{attribution_id:str}"

    @post(f"{path}/sign", summary="Sign who did it, as the second person", responses=DOCUMENT, status_code=200)
    async def sign(
        incident_id: FromPath[str], attribution_id: FromPath[str], data: JSONBody[Word], person: Acting
    ) -> Document:
        return await filing.file(incident_id, "sign_attribution", person, data, Piece(id=attribution_id))

    @post(f"{path}/withdraw", summary="Take back what one has signed", responses=DOCUMENT, status_code=200)
    async def withdraw(
        incident_id: FromPath[str], attribution_id: FromPath[str], data: JSONBody[Word], person: Acting
    ) -> Document:
        return await filing.file(incident_id, "withdraw_attribution", person, data, Piece(id=attribution_id))

    return [propose, sign, withdraw]


def _statements(filing: Filing) -> list[ControllerRouterHandler]:
    summary = "Draft a statement from what is confirmed"

    @post("/incidents/{incident_id:str}/statements", summary=summary, responses=DOCUMENT, status_code=200)
    async def draft(incident_id: FromPath[str], data: JSONBody[DraftEntry], person: Acting) -> Document:
        words = DraftWords(leave_out=tuple(data.leave_out), replaces=data.replaces)
        return await filing.file(incident_id, "draft_statement", person, data, words)

    path = "/incidents/{incident_id:str}/statements/{statement_id:str}/{move:str}"

    @post(path, summary="Move a statement on: submit, approve, release, withdraw", responses=DOCUMENT, status_code=200)
    async def move_statement(
        incident_id: FromPath[str],
        statement_id: FromPath[str],
        move: FromPath[Literal["submit", "approve", "release", "withdraw"]],
        data: JSONBody[Word],
        person: Acting,
    ) -> Document:
        return await filing.file(incident_id, "move_statement", person, data, StatementMove(id=statement_id, move=move))

    return [draft, move_statement]
