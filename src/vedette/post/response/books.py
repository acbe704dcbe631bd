"""Checklists, notices, closures and hand-overs in post's books: the fold over their events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from vedette.model import (
    Checklist,
    ChecklistMoved,
    ChecklistOpened,
    ChecklistState,
    ChecklistStep,
    Closure,
    ClosureAttempted,
    ClosureBegan,
    ClosureEnded,
    ClosureState,
    CriterionMoved,
    Dispatched,
    Draft,
    Event,
    HandOver,
    HandOverMoved,
    HandOverOffered,
    HandOverState,
    Notice,
    NoticeRead,
    NoticeState,
    NoticeWritten,
    Payload,
    StepMoved,
    StepState,
)
from vedette.post.machine import IllegalMove, next_of
from vedette.post.response.machines import (
    CHECKLIST_MOVES,
    CLOSURE_MOVES,
    FAIL,
    HAND_OVER_MOVES,
    NOTICE_MOVES,
    READ,
    REOPEN,
    SEND,
    STEP_MOVES,
)

NOTICE: Final = "notice"
"""What a Dispatched is about that tells what became of a notice."""
SENT: Final = "sent"


class ResponseBooks(msgspec.Struct, kw_only=True):
    """All of it by id, in order. listed: checklists by incident."""

    checklists: dict[str, Checklist] = msgspec.field(default_factory=dict)
    listed: dict[str, str] = msgspec.field(default_factory=dict)
    notices: dict[str, Notice] = msgspec.field(default_factory=dict)
    closures: dict[str, Closure] = msgspec.field(default_factory=dict)
    hand_overs: dict[str, HandOver] = msgspec.field(default_factory=dict)

    def apply(self, event: Draft | Event) -> None:
        """Enter one event.

        Raises:
            IllegalMove, KeyError: the events are not those of one record in order.
        """
        if event.payload is not None:
            RESPONSE_ENTRIES[type(event.payload)](self, event, event.payload)

    def used(self) -> frozenset[str]:
        """Decisions and facts that a step rests on."""
        steps = [step for checklist in self.checklists.values() for step in checklist.steps]
        return frozenset(one for step in steps for one in (step.decision, step.fact) if one is not None)

    def open_checklists(self) -> tuple[Checklist, ...]:
        """Those that are open."""
        return tuple(each for each in self.checklists.values() if each.state is ChecklistState.OPEN)

    def open_closures(self) -> tuple[Closure, ...]:
        """What is closed now."""
        return tuple(each for each in self.closures.values() if each.state is ClosureState.CLOSED)

    def offered(self) -> HandOver | None:
        """The hand-over that waits for who comes; there is one at most."""
        return next((each for each in self.hand_overs.values() if each.state is HandOverState.OFFERED), None)


def _checklist_opened(books: ResponseBooks, event: Draft | Event, payload: ChecklistOpened) -> None:
    _new(books.checklists, payload.checklist)
    books.checklists[payload.checklist] = Checklist(
        opened=payload,
        state=ChecklistState.OPEN,
        steps=tuple(ChecklistStep(line=line) for line in payload.lines),
        origin=event.origin,
    )
    books.listed[payload.incident] = payload.checklist


def _checklist_moved(books: ResponseBooks, event: Draft | Event, payload: ChecklistMoved) -> None:
    del event
    before = books.checklists[payload.checklist]
    state = _after(CHECKLIST_MOVES, before.id, before.state, payload)
    closed = state is ChecklistState.CLOSED
    books.checklists[before.id] = replace(
        before,
        state=state,
        closed_s=payload.at_s if closed else None,
        closed_by=payload.by if closed else None,
    )


def _step_moved(books: ResponseBooks, event: Draft | Event, payload: StepMoved) -> None:
    del event
    checklist = books.checklists[payload.checklist]
    if checklist.state is not ChecklistState.OPEN:
        raise IllegalMove(checklist.id, checklist.state.value, payload.move)
    before = checklist.steps[payload.step - 1]
    state = _after(STEP_MOVES, f"{checklist.id} step {payload.step}", before.state, payload)
    if state is StepState.OPEN:
        after = ChecklistStep(line=before.line, undone=before.undone + 1)
    else:
        after = replace(
            before,
            state=state,
            by=payload.by,
            role=payload.role,
            note=payload.note,
            decision=payload.decision,
            fact=payload.fact,
            happened_s=payload.at_s if payload.happened_s is None else payload.happened_s,
        )
    steps = (*checklist.steps[: payload.step - 1], after, *checklist.steps[payload.step :])
    books.checklists[checklist.id] = replace(checklist, steps=steps)


def _notice_written(books: ResponseBooks, event: Draft | Event, payload: NoticeWritten) -> None:
    _new(books.notices, payload.notice)
    spoken = payload.output is None
    books.notices[payload.notice] = Notice(
        written=payload,
        state=NoticeState.SENT if spoken else NoticeState.WRITTEN,
        origin=event.origin,
        outcome="spoken" if spoken else "",
        sent_s=payload.at_s if spoken else None,
    )


def _dispatched(books: ResponseBooks, event: Draft | Event, payload: Dispatched) -> None:
    if payload.what != NOTICE:
        return
    for about in payload.about:
        before = books.notices[about]
        sent = payload.outcome == SENT
        books.notices[about] = replace(
            before,
            state=next_of(NOTICE_MOVES, about, before.state, SEND if sent else FAIL),
            outcome=payload.outcome,
            sent_s=event.received_s if sent else None,
        )


def _notice_read(books: ResponseBooks, event: Draft | Event, payload: NoticeRead) -> None:
    del event
    before = books.notices[payload.notice]
    if before.read is not None:
        raise IllegalMove(before.id, before.state.value, READ)
    state = next_of(NOTICE_MOVES, before.id, before.state, READ)
    books.notices[before.id] = replace(before, state=state, read=payload)


def _closure_began(books: ResponseBooks, event: Draft | Event, payload: ClosureBegan) -> None:
    _new(books.closures, payload.closure)
    books.closures[payload.closure] = Closure(
        began=payload, state=ClosureState.CLOSED, criteria=payload.criteria, origin=event.origin
    )


def _criterion_moved(books: ResponseBooks, event: Draft | Event, payload: CriterionMoved) -> None:
    del event
    before = _closed(books, payload.closure, payload.criterion)
    if payload.criterion not in [each.id for each in before.criteria]:
        raise KeyError(payload.criterion)
    books.closures[before.id] = replace(
        before,
        criteria=tuple(
            replace(
                each,
                met=payload.met,
                detail=payload.detail,
                met_s=(each.met_s if each.met else payload.at_s) if payload.met else None,
                counts_from_s=payload.counts_from_s,
                by=payload.by if payload.met else None,
                role=payload.role if payload.met else None,
            )
            if each.id == payload.criterion
            else each
            for each in before.criteria
        ),
    )


def _closure_attempted(books: ResponseBooks, event: Draft | Event, payload: ClosureAttempted) -> None:
    del event
    before = _closed(books, payload.closure, REOPEN)
    books.closures[before.id] = replace(before, attempts=(*before.attempts, payload))


def _closure_ended(books: ResponseBooks, event: Draft | Event, payload: ClosureEnded) -> None:
    del event
    before = books.closures[payload.closure]
    state = next_of(CLOSURE_MOVES, before.id, before.state, REOPEN)
    books.closures[before.id] = replace(before, state=state, ended=payload)


def _closed(books: ResponseBooks, closure: str, move: str) -> Closure:
    found = books.closures[closure]
    if found.state is not ClosureState.CLOSED:
        raise IllegalMove(found.id, found.state.value, move)
    return found


def _hand_over_offered(books: ResponseBooks, event: Draft | Event, payload: HandOverOffered) -> None:
    _new(books.hand_overs, payload.hand_over)
    books.hand_overs[payload.hand_over] = HandOver(offered=payload, state=HandOverState.OFFERED, origin=event.origin)


def _hand_over_moved(books: ResponseBooks, event: Draft | Event, payload: HandOverMoved) -> None:
    del event
    before = books.hand_overs[payload.hand_over]
    state = _after(HAND_OVER_MOVES, before.id, before.state, payload)
    books.hand_overs[before.id] = replace(before, state=state, moved=payload)


def _new(known: Iterable[str], about: str) -> None:
    if about in known:
        raise IllegalMove(about, "there", "begin")


def _after(moves: Any, about: str, state: Any, payload: Any) -> Any:
    """The state that the machine gives, which the event must say too."""
    after = next_of(moves, about, state, payload.move)
    if after is not payload.state:
        raise IllegalMove(about, state.value, f"{payload.move} to {payload.state.value}")
    return after


RESPONSE_ENTRIES: Final[dict[type[Payload], Callable[[ResponseBooks, Draft | Event, Any], None]]] = {
    ChecklistOpened: _checklist_opened,
    ChecklistMoved: _checklist_moved,
    StepMoved: _step_moved,
    NoticeWritten: _notice_written,
    NoticeRead: _notice_read,
    Dispatched: _dispatched,
    ClosureBegan: _closure_began,
    CriterionMoved: _criterion_moved,
    ClosureAttempted: _closure_attempted,
    ClosureEnded: _closure_ended,
    HandOverOffered: _hand_over_offered,
    HandOverMoved: _hand_over_moved,
}
