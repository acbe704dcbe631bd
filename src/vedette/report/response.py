"""Checklists, notices and closures in an incident's papers: which events are of it, and their lines in the timeline."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from vedette.clock import iso_utc
from vedette.model import (
    AnyPayload,
    ChecklistMoved,
    ChecklistOpened,
    ClosureAttempted,
    ClosureBegan,
    ClosureEnded,
    CriterionMoved,
    Event,
    HandOverMoved,
    HandOverOffered,
    NoticeRead,
    NoticeWritten,
    StepMoved,
)

_MOVES: Final = {"do": "done", "skip": "skipped", "undo": "undone"}


def response_of(events: Iterable[Event], incident: str) -> frozenset[int]:
    """Numbers of the events about the incident's checklist, and about closures and notices that began in it.

    What the machine says of a criterion is left out: it turns as aircraft come and go.
    """
    ids: set[str] = set()
    found = set[int]()
    for event in events:
        payload = event.payload
        if isinstance(payload, (ChecklistOpened, NoticeWritten, ClosureBegan)) and payload.incident == incident:
            ids.add(_about(payload))
        by_machine = isinstance(payload, CriterionMoved) and payload.by is None
        if type(payload) in TELL_RESPONSE and not by_machine and _about(payload) in ids:
            found.add(event.seq)
    return frozenset(found)


def _about(payload: Any) -> str:
    """The notice, the closure or the checklist that it is about; a notice may name a checklist too."""
    named = (getattr(payload, name, None) for name in ("notice", "closure", "checklist"))
    return next((str(one) for one in named if one is not None), "")


def _joined(*parts: str | None) -> str:
    return " · ".join(filter(None, parts))


def _named(event: Any) -> str:
    return "by itself" if event.by is None else _joined(event.by, event.role)


def _step(event: StepMoved) -> tuple[str, str, str]:
    on = event.decision or event.fact
    happened = None if event.happened_s is None else f"at {iso_utc(event.happened_s)}"
    detail = _joined(_named(event), happened, f"on {on}" if on else None, event.note)
    return "person", f"{event.checklist} step {event.step} {_MOVES.get(event.move, event.move)}", detail


def _notice(event: NoticeWritten) -> tuple[str, str, str]:
    how = f"by {event.output}" if event.output else "by voice"
    return "person", f"{event.partner} told {how}: {event.text}", _joined(_named(event), event.notice)


def _began(event: ClosureBegan) -> tuple[str, str, str]:
    since = f"since {iso_utc(event.closed_s)}"
    return "person", f"{event.name} closed", _joined(_named(event), since, event.evidence.says, event.note)


def _ended(event: ClosureEnded) -> tuple[str, str, str]:
    unmet = f"not met: {', '.join(event.unmet)}" if event.unmet else "all criteria met"
    return "person", f"{event.closure} open again", _joined(_named(event), unmet, event.note)


def _criterion(event: CriterionMoved) -> tuple[str, str, str]:
    said = "confirmed" if event.met else "taken back"
    return "person", f"{event.closure}: {event.criterion} {said}", _joined(_named(event), event.note)


TELL_RESPONSE: Final[dict[type[AnyPayload], Callable[[Any], tuple[str, str, str]]]] = {
    ChecklistOpened: lambda event: ("person", f"Checklist {event.checklist} opened", _named(event)),
    ChecklistMoved: lambda event: (
        "person", f"Checklist {event.checklist} {event.state.value}", _joined(_named(event), event.note),
    ),
    StepMoved: _step,
    NoticeWritten: _notice,
    NoticeRead: lambda event: (
        "person", f"{event.notice} read by {event.confirmed_by}", _joined(_named(event), event.note),
    ),
    ClosureBegan: _began,
    CriterionMoved: _criterion,
    ClosureAttempted: lambda event: (
        "person", f"{event.closure}: opening refused", _joined(_named(event), f"not met: {', '.join(event.unmet)}"),
    ),
    ClosureEnded: _ended,
}  # fmt: skip
"""By the event's own names: a paper of one incident has no list of the others."""

SHIFTS: Final = (HandOverOffered, HandOverMoved)
"""Who hands over the watch is no deed of an incident, whatever the hour."""
