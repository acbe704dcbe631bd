"""The checklists' clerk: the plan becomes an incident's list, and people tick it.

A step with a measure rests on what the mandate's flow says of it: an order of this measure that is authorised (to do
the step carries it out) or carried out, or a recorded fact that the measure was taken. Each is good for one step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vedette.model import (
    Action,
    Checklist,
    ChecklistLine,
    ChecklistMoved,
    ChecklistOpened,
    ChecklistState,
    ChecklistStep,
    Decision,
    DecisionState,
    FactRecorded,
    Picture,
    StepMoved,
    StepState,
)
from vedette.model.response_requests import MoveChecklist, MoveStep, OpenChecklist
from vedette.post.books import IncidentBook
from vedette.post.clerk import Clerk
from vedette.post.deciding import Deciding
from vedette.post.machine import Refused
from vedette.post.response.asked import asked
from vedette.post.response.machines import CHECKLIST_MOVES, DO, SKIP, STEP_MOVES
from vedette.post.step import Step
from vedette.site import Site

TAKEN: Final = "measure_taken"
_GOOD: Final = (DecisionState.AUTHORISED, DecisionState.CARRIED_OUT)


class Checklists(Clerk):
    """The checklists of one site. deciding: through which a step's order is carried out."""

    def __init__(self, site: Site, deciding: Deciding) -> None:
        self._site, self._deciding = site, deciding
        self._verbs: dict[str, Callable[[Step, Action, Picture | None], Refused | None]] = {
            "open_checklist": self._open,
            "move_checklist": self._move,
            "move_step": self._move_step,
        }

    def act(self, step: Step, action: Action, picture: Picture | None) -> Refused | None:
        """Enter what the action makes.

        Raises:
            Refused: it cannot be done.
        """
        return self._verbs[action.verb](step, action, picture)

    def see(self, step: Step, picture: Picture | None) -> None:
        """Open lists where the site says so, and tick what was carried out or taken meanwhile."""
        del picture
        response = step.books.response
        if self._site.response.automatic and self._site.response.plan:
            for book in step.books.open_incidents():
                if book.incident not in response.listed:
                    self._enter(step, book, None)
        for checklist in response.open_checklists():
            self._follow(step, checklist)

    def take_up(self, step: Step, picture: Picture | None) -> None:
        """After a restart."""
        self.see(step, picture)

    def _follow(self, step: Step, checklist: Checklist) -> None:
        """Steps that were undone by hand are ticked by hand."""
        for number, one in enumerate(checklist.steps, 1):
            if one.state is StepState.OPEN and one.line.measure is not None and not one.undone:
                rests = self._rests(step, checklist, one.line)
                if isinstance(rests, FactRecorded) or (rests is not None and rests.state is DecisionState.CARRIED_OUT):
                    step.enter(_done(checklist, number, rests, step.received_s))

    def _open(self, step: Step, action: Action, picture: Picture | None) -> None:
        del picture
        request = asked(action, OpenChecklist)
        book = step.books.incidents.get(request.incident)
        if book is None:
            raise Refused("not_found", f"there is no incident {request.incident}")
        if not self._site.response.plan:
            raise Refused("no_plan", "the site file has no [[plan.step]]")
        if request.incident in step.books.response.listed:
            raise Refused("already_open", f"{step.books.response.listed[request.incident]} is its checklist")
        self._enter(step, book, action)

    def _enter(self, step: Step, book: IncidentBook, action: Action | None) -> None:
        number = len(step.books.response.checklists) + 1
        lines = (
            ChecklistLine(
                phase=line.phase,
                text=line.text,
                measure=line.measure,
                owner=line.owner,
                within_s=line.within_s,
                notify=line.notify,
                say=line.say,
            )
            for line in self._site.response.plan
        )
        step.enter(
            ChecklistOpened(
                checklist=f"{self._site.id}-C-{number:04d}",
                incident=book.incident,
                lines=tuple(lines),
                began_s=book.opened_s,
                by=action.by if action else None,
                role=action.role if action else None,
                at_s=step.received_s,
            )
        )

    def _move(self, step: Step, action: Action, picture: Picture | None) -> None:
        del picture
        request = asked(action, MoveChecklist)
        checklist = checklist_of(step, request.checklist)
        after = CHECKLIST_MOVES.get((checklist.state, request.move))
        if after is None:
            raise Refused("illegal_move", f"{checklist.id} is {checklist.state.value}: it cannot {request.move}")
        step.enter(
            ChecklistMoved(
                checklist=checklist.id,
                move=request.move,
                state=after,
                by=action.by,
                role=action.role or "",
                note=action.note,
                at_s=step.received_s,
            )
        )

    def _move_step(self, step: Step, action: Action, picture: Picture | None) -> Refused | None:
        request = asked(action, MoveStep)
        checklist = checklist_of(step, request.checklist)
        one = step_of(checklist, request.step)
        after = STEP_MOVES.get((one.state, request.move))
        if checklist.state is not ChecklistState.OPEN or after is None:
            is_closed = checklist.state is not ChecklistState.OPEN
            what = f"{checklist.id} is closed" if is_closed else f"the step is {one.state.value}"
            raise Refused("illegal_move", f"{what}: it cannot {request.move}")
        if request.happened_s is not None and request.happened_s > step.received_s:
            raise Refused("bad_time", "what is yet to come is not done")
        if request.move == SKIP and not action.note.strip():
            raise Refused("no_reason", "say why the step is skipped")
        rests = None
        if request.move == DO and one.line.measure is not None:
            rests = self._rests(step, checklist, one.line)
            refusal = self._carry_out(step, action, picture, rests, one.line)
            if refusal is not None:
                return refusal
        step.enter(
            StepMoved(
                checklist=checklist.id,
                step=request.step,
                move=request.move,
                state=after,
                by=action.by,
                role=action.role or "",
                note=action.note,
                at_s=step.received_s,
                decision=rests.id if isinstance(rests, Decision) else None,
                fact=rests.id if isinstance(rests, FactRecorded) else None,
                happened_s=request.happened_s,
            )
        )
        return None

    def _carry_out(
        self,
        step: Step,
        action: Action,
        picture: Picture | None,
        rests: Decision | FactRecorded | None,
        line: ChecklistLine,
    ) -> Refused | None:
        """What a measure's step rests on, carried out if it was only authorised; a refusal has its events in `step`."""
        if rests is None:
            raise Refused(
                "needs_decision",
                f"{line.text} is a measure ({line.measure}): order it first, or record that it was taken all the same",
            )
        if isinstance(rests, FactRecorded) or rests.state is DecisionState.CARRIED_OUT:
            return None
        request = asked(action, MoveStep)
        done = Action(
            verb="carry_out",
            target=rests.id,
            by=action.by,
            role=action.role,
            note=action.note,
            happened_s=request.happened_s,
        )
        return self._deciding.act(step, done, picture)

    def _rests(self, step: Step, checklist: Checklist, line: ChecklistLine) -> Decision | FactRecorded | None:
        """The order or fact of this measure that no step rests on yet: what was carried out, before what may be."""
        book, used = step.books.decided, step.books.response.used()
        began_s, incident = checklist.opened.began_s, checklist.opened.incident
        orders = [
            one
            for one in book.decisions.values()
            if one.order.measure == line.measure
            and one.state in _GOOD
            and one.id not in used
            and one.order.at_s >= began_s
            and one.order.incident in (None, incident)
        ]
        carried = [one for one in orders if one.state is DecisionState.CARRIED_OUT]
        facts = [
            one
            for one in book.facts
            if one.fact == TAKEN
            and one.id not in used
            and one.at_s >= began_s
            and one.incident in (None, incident)
            and self._names(one.measure or "", line)
        ]
        return next((found for group in (carried, orders, facts) for found in group), None)

    def _names(self, said: str, line: ChecklistLine) -> bool:
        """A fact names the measure by its id, or by its name as people write it."""
        measure = self._site.response.measure(line.measure or "")
        names = {line.measure or "", measure.name.casefold() if measure else ""}
        return said.strip().casefold() in names


def checklist_of(step: Step, checklist: str) -> Checklist:
    """The checklist of this id.

    Raises:
        Refused: there is none.
    """
    found = step.books.response.checklists.get(checklist)
    if found is None:
        raise Refused("not_found", f"there is no checklist {checklist}")
    return found


def step_of(checklist: Checklist, number: int) -> ChecklistStep:
    """The step of this number, counted from 1.

    Raises:
        Refused: there is none.
    """
    if not 1 <= number <= len(checklist.steps):
        raise Refused("not_found", f"{checklist.id} has no step {number}")
    return checklist.steps[number - 1]


def _done(checklist: Checklist, number: int, rests: Decision | FactRecorded, at_s: float) -> StepMoved:
    is_decision = isinstance(rests, Decision)
    happened_s = rests.moves[-1].happened_s if isinstance(rests, Decision) else rests.happened_s
    return StepMoved(
        checklist=checklist.id,
        step=number,
        move=DO,
        state=StepState.DONE,
        by=None,
        role=None,
        note="",
        at_s=at_s,
        decision=rests.id if is_decision else None,
        fact=None if is_decision else rests.id,
        happened_s=happened_s,
    )
