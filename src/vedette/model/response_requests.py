"""What a person asks of checklists, notices, closures and hand-overs. Who asks, as what, stands in the action."""

from __future__ import annotations

from vedette.model.events import Dispatched
from vedette.model.requests import Request
from vedette.model.response import SheetItem


class OpenChecklist(Request, frozen=True, kw_only=True):
    """Make the plan an incident's checklist."""

    incident: str


class MoveChecklist(Request, frozen=True, kw_only=True):
    """move: close | reopen."""

    checklist: str
    move: str


class MoveStep(Request, frozen=True, kw_only=True):
    """move: do | skip | undo. step: counted from 1. happened_s: when it was done; None: now."""

    checklist: str
    step: int
    move: str
    happened_s: float | None = None


class WriteNotice(Request, frozen=True, kw_only=True):
    """Words to a partner: by an output, or (`output` None) spoken to the named `partner`."""

    text: str
    output: str | None = None
    partner: str | None = None
    checklist: str | None = None
    step: int | None = None


class NoticeTold(Request, frozen=True, kw_only=True):
    """An output's own word on what became of a notice; no person's."""

    dispatched: Dispatched


class ReadNotice(Request, frozen=True, kw_only=True):
    """Somebody at the partner confirmed it; happened_s: when, None: now."""

    notice: str
    confirmed_by: str
    happened_s: float | None = None


class ClosePlace(Request, frozen=True, kw_only=True):
    """A place is closed. closed_s: since when, None: now. decision: the order it was closed on."""

    place: str
    closed_s: float | None = None
    decision: str | None = None


class ConfirmCriterion(Request, frozen=True, kw_only=True):
    """A person's word that a criterion is met, or no longer."""

    closure: str
    criterion: str
    met: bool


class ReopenPlace(Request, frozen=True, kw_only=True):
    """It is open again. anyway: although criteria are not met; the note says why."""

    closure: str
    anyway: bool = False
    reopened_s: float | None = None


class OfferHandOver(Request, frozen=True, kw_only=True):
    """Who goes signs the sheet of this digest.

    checkpoint: the record's newest; exercises: what the sheet says of them. Both were looked up when it was asked: the
    post knows of neither.
    """

    digest: str
    checkpoint: str | None = None
    exercises: tuple[SheetItem, ...] = ()


class MoveHandOver(Request, frozen=True, kw_only=True):
    """move: accept | withdraw. digest: of the sheet that was read."""

    hand_over: str
    move: str
    digest: str
