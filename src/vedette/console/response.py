"""The API's handlers of checklists, notices and closures."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from vedette.console.asked import seconds_of
from vedette.console.decisions import Name, Note
from vedette.console.desk import Desk
from vedette.console.errors import ApiError
from vedette.console.people import Acting, Person
from vedette.console.views import response as views
from vedette.model import (
    Action,
    ChecklistOpened,
    ClosureBegan,
    NoticeWritten,
    Request,
)
from vedette.model.response_requests import (
    ClosePlace,
    ConfirmCriterion,
    MoveChecklist,
    MoveStep,
    OpenChecklist,
    ReadNotice,
    ReopenPlace,
    WriteNotice,
)

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who says it, as what. Base of the bodies."""

    by: Name | None = None
    role: Name | None = None
    note: Note = ""


class ChecklistEntry(Entry, frozen=True, kw_only=True):
    """Body of the opening of an incident's checklist."""

    incident: Name


class TimedEntry(Entry, frozen=True, kw_only=True):
    """Body of what happened at a time; happened_utc absent: now."""

    happened_utc: str | None = None


class NoticeEntry(Entry, frozen=True, kw_only=True):
    """Body of a notice: by an output, or spoken to the named partner. checklist, step: what it belongs to."""

    text: Words
    output: Name | None = None
    partner: Name | None = None
    checklist: Name | None = None
    step: int | None = None


class ReadEntry(TimedEntry, frozen=True, kw_only=True):
    """Body of a read-back: who confirmed it at the partner."""

    confirmed_by: Name


class ClosureEntry(TimedEntry, frozen=True, kw_only=True):
    """Body of a closing. decision: the order it was closed on."""

    place: Name
    decision: Name | None = None


class ReopenEntry(TimedEntry, frozen=True, kw_only=True):
    """Body of a reopening. anyway: although criteria are not met; then the note says why."""

    anyway: bool = False


StepMove = Literal["do", "skip", "undo"]
One = TypeVar("One")


def response_handlers(desk: Desk) -> list[ControllerRouterHandler]:
    """GET and POST of checklists, notices and closures."""
    return [*_reads(desk), *_checklists(desk), *_notices(desk), *_closures(desk)]


async def asked(desk: Desk, person: Person, data: Entry, verb: str, request: Request) -> tuple[object, ...]:
    """Hand the request to the watch, as the person's; the events that came of it."""
    by, role = person.named(data.by), person.role(data.role)
    return await desk.act(Action(verb=verb, target="", by=by, role=role, note=data.note, request=request))


def _reads(desk: Desk) -> list[ControllerRouterHandler]:
    @get("/response", summary="All checklists, notices and closures", sync_to_thread=False)
    def response() -> views.ResponseView:
        return views.response(desk.board.shown.responding, desk.board.site)

    return [response]


def _checklists(desk: Desk) -> list[ControllerRouterHandler]:
    @post("/checklists", summary="Open an incident's checklist", status_code=200)
    async def open_checklist(data: JSONBody[ChecklistEntry], person: Acting) -> views.ChecklistView:
        made = await asked(desk, person, data, "open_checklist", OpenChecklist(incident=data.incident))
        return _checklist(desk, next(one.checklist for one in made if isinstance(one, ChecklistOpened)))

    @post("/checklists/{checklist_id:str}/close", summary="Close a checklist", status_code=200)
    async def close(checklist_id: FromPath[str], data: JSONBody[Entry], person: Acting) -> views.ChecklistView:
        request = MoveChecklist(checklist=checklist_id, move="close")
        await asked(desk, person, data, "move_checklist", request)
        return _checklist(desk, checklist_id)

    @post("/checklists/{checklist_id:str}/reopen", summary="Open a closed checklist again", status_code=200)
    async def reopen(checklist_id: FromPath[str], data: JSONBody[Entry], person: Acting) -> views.ChecklistView:
        request = MoveChecklist(checklist=checklist_id, move="reopen")
        await asked(desk, person, data, "move_checklist", request)
        return _checklist(desk, checklist_id)

    async def move(checklist: str, step: str, how: StepMove, data: TimedEntry, person: Person) -> views.ChecklistView:
        happened_s = seconds_of("happened_utc", data.happened_utc, "bad_body")
        request = MoveStep(checklist=checklist, step=_number(step), move=how, happened_s=happened_s)
        await asked(desk, person, data, "move_step", request)
        return _checklist(desk, checklist)

    path = "/checklists/{checklist_id:str}/steps/{step:str}"

    @post(f"{path}/do", summary="A step is done; one with a measure carries its order out", status_code=200)
    async def do(
        checklist_id: FromPath[str], step: FromPath[str], data: JSONBody[TimedEntry], person: Acting
    ) -> views.ChecklistView:
        return await move(checklist_id, step, "do", data, person)

    @post(f"{path}/skip", summary="A step is skipped; the note says why", status_code=200)
    async def skip(
        checklist_id: FromPath[str], step: FromPath[str], data: JSONBody[TimedEntry], person: Acting
    ) -> views.ChecklistView:
        return await move(checklist_id, step, "skip", data, person)

    @post(f"{path}/undo", summary="A step was not done after all", status_code=200)
    async def undo(
        checklist_id: FromPath[str], step: FromPath[str], data: JSONBody[TimedEntry], person: Acting
    ) -> views.ChecklistView:
        return await move(checklist_id, step, "undo", data, person)

    return [open_checklist, close, reopen, do, skip, undo]


def _notices(desk: Desk) -> list[ControllerRouterHandler]:
    @post("/notices", summary="Tell a partner: by an output that may, or by voice", status_code=200)
    async def write(data: JSONBody[NoticeEntry], person: Acting) -> views.NoticeView:
        request = WriteNotice(
            text=data.text, output=data.output, partner=data.partner, checklist=data.checklist, step=data.step
        )
        made = await asked(desk, person, data, "write_notice", request)
        return _notice(desk, next(one.notice for one in made if isinstance(one, NoticeWritten)))

    @post("/notices/{notice_id:str}/read", summary="Somebody at the partner confirmed it", status_code=200)
    async def read(notice_id: FromPath[str], data: JSONBody[ReadEntry], person: Acting) -> views.NoticeView:
        happened_s = seconds_of("happened_utc", data.happened_utc, "bad_body")
        request = ReadNotice(notice=notice_id, confirmed_by=data.confirmed_by, happened_s=happened_s)
        await asked(desk, person, data, "read_notice", request)
        return _notice(desk, notice_id)

    return [write, read]


def _closures(desk: Desk) -> list[ControllerRouterHandler]:
    @post("/closures", summary="Record that a runway or airspace is closed", status_code=200)
    async def close(data: JSONBody[ClosureEntry], person: Acting) -> views.ClosureView:
        closed_s = seconds_of("happened_utc", data.happened_utc, "bad_body")
        request = ClosePlace(place=data.place, closed_s=closed_s, decision=data.decision)
        made = await asked(desk, person, data, "close_place", request)
        return _closure(desk, next(one.closure for one in made if isinstance(one, ClosureBegan)))

    path = "/closures/{closure_id:str}/criteria/{criterion:str}"

    @post(f"{path}/confirm", summary="A person's word that a criterion is met", status_code=200)
    async def confirm(
        closure_id: FromPath[str], criterion: FromPath[str], data: JSONBody[Entry], person: Acting
    ) -> views.ClosureView:
        request = ConfirmCriterion(closure=closure_id, criterion=criterion, met=True)
        await asked(desk, person, data, "confirm_criterion", request)
        return _closure(desk, closure_id)

    @post(f"{path}/take_back", summary="A criterion is not met after all", status_code=200)
    async def take_back(
        closure_id: FromPath[str], criterion: FromPath[str], data: JSONBody[Entry], person: Acting
    ) -> views.ClosureView:
        request = ConfirmCriterion(closure=closure_id, criterion=criterion, met=False)
        await asked(desk, person, data, "confirm_criterion", request)
        return _closure(desk, closure_id)

    @post("/closures/{closure_id:str}/reopen", summary="It is open again; 409 with what is not met", status_code=200)
    async def reopen(closure_id: FromPath[str], data: JSONBody[ReopenEntry], person: Acting) -> views.ClosureView:
        reopened_s = seconds_of("happened_utc", data.happened_utc, "bad_body")
        request = ReopenPlace(closure=closure_id, anyway=data.anyway, reopened_s=reopened_s)
        await asked(desk, person, data, "reopen_place", request)
        return _closure(desk, closure_id)

    return [close, confirm, take_back, reopen]


def _number(step: str) -> int:
    """A step's number; ApiError 404 for what is none."""
    if not (step.isascii() and step.isdigit() and len(step) < 6):
        raise ApiError(404, "not_found", f"there is no step {step!r}")
    return int(step)


def _checklist(desk: Desk, checklist: str) -> views.ChecklistView:
    shown = desk.board.shown.responding.checklists
    return views.checklist(_there(next((one for one in shown if one.id == checklist), None)), desk.board.site)


def _notice(desk: Desk, notice: str) -> views.NoticeView:
    shown = desk.board.shown.responding.notices
    return views.notice(_there(next((one for one in shown if one.id == notice), None)), desk.board.site)


def _closure(desk: Desk, closure: str) -> views.ClosureView:
    shown = desk.board.shown.responding.closures
    return views.closure(_there(next((one for one in shown if one.id == closure), None)), desk.board.site)


def _there(found: One | None) -> One:
    if found is None:
        raise ApiError(404, "not_found", "there is none of this id")
    return found
