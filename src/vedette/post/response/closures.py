"""The closures' clerk: what is closed since when and on what, what speaks against opening it, and who opened it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from msgspec.structs import replace

from vedette.model import (
    Action,
    Closure,
    ClosureAttempted,
    ClosureBegan,
    ClosureEnded,
    ClosureState,
    Criterion,
    CriterionMoved,
    Decision,
    DecisionState,
    Picture,
)
from vedette.model.response_requests import ClosePlace, ConfirmCriterion, ReopenPlace
from vedette.post.clerk import Clerk
from vedette.post.clocks import PAUSE_S, ClosureClocks
from vedette.post.machine import Refused
from vedette.post.response.asked import asked
from vedette.post.response.criteria import (
    CLEAR,
    SENSORS,
    SIGHTINGS,
    Judged,
    criteria_of,
    evidence,
    intruders,
    judged_clear,
    judged_sensors,
    judged_sightings,
    somebody_looks,
)
from vedette.post.step import Step
from vedette.site import ClosurePlace, Site

SAYING_S: Final = 10.0
"""What is said of a criterion that stays unmet is written anew at most this often."""


class Closures(Clerk):
    """The closures of one site.

    What it knows beside the books are clocks: when each place last had an unexplained aircraft in it, and since when
    anybody looks. A restart keeps them if it took no longer than PAUSE_S; after a longer one nobody was looking.
    """

    def __init__(self, site: Site, clocks: ClosureClocks) -> None:
        self._site, self._clocks = site, clocks
        self._verbs: dict[str, Callable[[Step, Action, Picture | None], Refused | None]] = {
            "close_place": self._close,
            "confirm_criterion": self._confirm,
            "reopen_place": self._reopen,
        }

    def act(self, step: Step, action: Action, picture: Picture | None) -> Refused | None:
        """Enter what the action makes. A refusal that is returned has its events in the step.

        Raises:
            Refused: it cannot be done, and makes no event.
        """
        self.see(step, picture)
        return self._verbs[action.verb](step, action, picture)

    def see(self, step: Step, picture: Picture | None) -> None:
        """Begin what was ordered closed and carried out; write down each criterion that has turned."""
        self._look(step)
        self._see(step, picture)

    def _see(self, step: Step, picture: Picture | None) -> None:
        for place in self._site.response.closures:
            if picture is not None and intruders(place, picture, step.books):
                self._clocks.inside_s[place.id] = step.received_s
            self._follow(step, place, picture)
        for closure in step.books.response.open_closures():
            for criterion in closure.criteria:
                self._judge(step, closure, criterion, picture)

    def take_up(self, step: Step, picture: Picture | None) -> None:
        """After a restart: its feeds are not yet heard again, which is forgiven until the pause has become too long."""
        clocks = self._clocks
        if clocks.looked_s is None or step.received_s - clocks.looked_s > PAUSE_S:
            clocks.looking_s = step.received_s if somebody_looks(step.books.feeds) else None
        clocks.excused_until_s = None if clocks.looked_s is None else clocks.looked_s + PAUSE_S
        self._see(step, picture)

    def _look(self, step: Step) -> None:
        """Since when somebody looks; it begins anew after nobody did."""
        clocks, now_s = self._clocks, step.received_s
        if clocks.excused_until_s is not None and now_s > clocks.excused_until_s:
            clocks.excused_until_s = None
        if somebody_looks(step.books.feeds):
            clocks.looked_s = now_s
            clocks.looking_s = now_s if clocks.looking_s is None else clocks.looking_s
        elif clocks.excused_until_s is None:
            clocks.looking_s = None

    def _follow(self, step: Step, place: ClosurePlace, picture: Picture | None) -> None:
        if place.measure is None or _open_of(step, place) is not None:
            return
        used = {one.began.decision for one in step.books.response.closures.values()}
        for decision in step.books.decided.decisions.values():
            carried = decision.state is DecisionState.CARRIED_OUT and decision.order.measure == place.measure
            if carried and decision.id not in used:
                self._begin(step, place, picture, _carrier(decision), decision)
                return

    def _judge(self, step: Step, closure: Closure, before: Criterion, picture: Picture | None) -> None:
        if not before.by_machine:
            return
        place = self._site.response.place(closure.began.place)
        now = None if place is None else self._judged(step, place, closure.began.closed_s, before.id, picture)
        if now is None or (now.met, now.detail, now.counts_from_s) == (before.met, before.detail, before.counts_from_s):
            return
        key = (closure.id, before.id)
        if now.met == before.met and step.received_s - self._clocks.said_s.get(key, float("-inf")) < SAYING_S:
            return
        self._clocks.said_s[key] = step.received_s
        step.enter(
            CriterionMoved(
                closure=closure.id,
                criterion=before.id,
                met=now.met,
                detail=now.detail,
                by=None,
                role=None,
                note="",
                at_s=step.received_s,
                counts_from_s=now.counts_from_s,
            )
        )

    def _judged(
        self, step: Step, place: ClosurePlace, closed_s: float, criterion: str, picture: Picture | None
    ) -> Judged | None:
        if criterion == SENSORS:
            return judged_sensors(self._site, step.books.feeds)
        if criterion == SIGHTINGS:
            return judged_sightings(place, step.books.sightings.values(), step.received_s)
        if criterion != CLEAR:
            return None
        if self._clocks.looking_s is None or picture is None or not somebody_looks(step.books.feeds):
            return Judged(met=False, detail="nobody looks: no sensor is live")
        inside = intruders(place, picture, step.books)
        clear_from_s = max(closed_s, self._clocks.looking_s, self._clocks.inside_s.get(place.id, closed_s))
        return judged_clear(place, inside, clear_from_s, step.received_s)

    def _close(self, step: Step, action: Action, picture: Picture | None) -> None:
        request = asked(action, ClosePlace)
        place = self._site.response.place(request.place)
        if place is None:
            raise Refused("not_found", f"the site has no place {request.place} that may be closed")
        still = _open_of(step, place)
        if still is not None:
            raise Refused("already_closed", f"{place.name} is closed: {still.id}")
        if request.closed_s is not None and request.closed_s > step.received_s:
            raise Refused("bad_time", "what is yet to come is not closed")
        decision = None
        if request.decision is not None:
            decision = step.books.decided.decisions.get(request.decision)
            if decision is None:
                raise Refused("not_found", f"there is no decision {request.decision}")
        who = (action.by, action.role or "", action.note, request.closed_s)
        self._begin(step, place, picture, who, decision)

    def _begin(
        self,
        step: Step,
        place: ClosurePlace,
        picture: Picture | None,
        who: tuple[str, str, str, float | None],
        decision: Decision | None,
    ) -> None:
        by, role, note, since_s = who
        closed_s = step.received_s if since_s is None else since_s
        number = len(step.books.response.closures) + 1
        book = step.books.open_incident(step.origin)
        step.enter(
            ClosureBegan(
                closure=f"{self._site.id}-X-{number:04d}",
                place=place.id,
                name=place.name,
                place_kind=place.kind,
                criteria=tuple(self._first(step, place, closed_s, picture)),
                evidence=evidence(place, picture, step.books, step.received_s),
                by=by,
                role=role,
                note=note,
                closed_s=closed_s,
                at_s=step.received_s,
                decision=decision.id if decision else None,
                incident=book.incident if book else None,
            )
        )

    def _first(self, step: Step, place: ClosurePlace, closed_s: float, picture: Picture | None) -> Iterator[Criterion]:
        for each in criteria_of(place):
            now = self._judged(step, place, closed_s, each.id, picture)
            if now is None:
                yield each
            else:
                met_s = step.received_s if now.met else None
                yield replace(each, met=now.met, detail=now.detail, met_s=met_s, counts_from_s=now.counts_from_s)

    def _confirm(self, step: Step, action: Action, picture: Picture | None) -> None:
        del picture
        request = asked(action, ConfirmCriterion)
        closure = _closed(step, request.closure)
        criterion = next((each for each in closure.criteria if each.id == request.criterion), None)
        if criterion is None:
            raise Refused("not_found", f"{closure.id} has no criterion {request.criterion}")
        if criterion.by_machine:
            raise Refused("by_machine", f"'{criterion.text}' is computed, not confirmed")
        if criterion.met == request.met:
            raise Refused("bad_state", f"'{criterion.text}' is {'' if criterion.met else 'not '}confirmed already")
        step.enter(
            CriterionMoved(
                closure=closure.id,
                criterion=criterion.id,
                met=request.met,
                detail=action.note,
                by=action.by,
                role=action.role or "",
                note=action.note,
                at_s=step.received_s,
            )
        )

    def _reopen(self, step: Step, action: Action, picture: Picture | None) -> Refused | None:
        del picture
        request = asked(action, ReopenPlace)
        closure = _closed(step, request.closure)
        reopened_s = step.received_s if request.reopened_s is None else request.reopened_s
        if not closure.began.closed_s <= reopened_s <= step.received_s:
            raise Refused("bad_time", "it is opened after it was closed, and not in time to come")
        unmet = tuple(each.id for each in closure.unmet)
        if unmet and not request.anyway:
            step.enter(
                ClosureAttempted(
                    closure=closure.id,
                    by=action.by,
                    role=action.role or "",
                    note=action.note,
                    unmet=unmet,
                    at_s=step.received_s,
                )
            )
            return _against(closure)
        if unmet and not action.note.strip():
            raise Refused("no_reason", "say why it is opened although not all criteria are met")
        step.enter(
            ClosureEnded(
                closure=closure.id,
                by=action.by,
                role=action.role or "",
                note=action.note,
                unmet=unmet,
                reopened_s=reopened_s,
                at_s=step.received_s,
            )
        )
        return None


def _closed(step: Step, closure: str) -> Closure:
    found = step.books.response.closures.get(closure)
    if found is None:
        raise Refused("not_found", f"there is no closure {closure}")
    if found.state is not ClosureState.CLOSED:
        raise Refused("illegal_move", f"{found.began.name} was opened already")
    return found


def _open_of(step: Step, place: ClosurePlace) -> Closure | None:
    return next((one for one in step.books.response.open_closures() if one.began.place == place.id), None)


def _carrier(decision: Decision) -> tuple[str, str, str, float | None]:
    """Who carried a decision out, and when."""
    last = decision.moves[-1]
    return last.by or decision.order.by, last.role or decision.order.role, last.note, last.happened_s or last.at_s


def _against(closure: Closure) -> Refused:
    details = tuple(
        {"closure": closure.id, "criterion": each.id, "text": each.text, "detail": each.detail}
        for each in closure.unmet
    )
    words = "; ".join(each.text for each in closure.unmet)
    return Refused("criteria_unmet", f"{closure.began.name} stays closed. Not met: {words}", details)
