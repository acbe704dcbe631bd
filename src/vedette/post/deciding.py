"""People's orders, seconds, withdrawals and facts → events, each held against the mandate; and held again as time goes.

What is refused by the mandate or by the state machine is written down all the same: the events come with the refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vedette.clock import iso_local, iso_utc
from vedette.model import (
    Action,
    Decided,
    Decision,
    DecisionAttempted,
    DecisionMoved,
    DecisionOrdered,
    DecisionState,
    FactRecorded,
    Finding,
    MandateWithdrawn,
    Picture,
)
from vedette.post.books import Books
from vedette.post.clerk import Clerk
from vedette.post.decision_machine import (
    AUTHORISE,
    AWAIT_SECOND,
    CARRY_OUT,
    DECISION_MOVES,
    LAPSE,
    REFUSE,
    SECOND,
    WITHDRAW,
)
from vedette.post.machine import Refused, next_of
from vedette.post.mandate import (
    AGAINST,
    CLAUSES,
    NEEDS,
    NO,
    YES,
    Answer,
    Order,
    Person,
    Situation,
    check,
    standing,
)
from vedette.post.step import Step
from vedette.site import Site

OUTSIDE: Final = "outside_mandate"
FACTS: Final = ("not_manned", "manned", "measure_taken")
_FIRST: Final = {YES: AUTHORISE, NEEDS: AWAIT_SECOND, NO: REFUSE}


class Deciding(Clerk):
    """The decisions of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._verbs: dict[str, Callable[[Step, Action, Picture | None], Refused | None]] = {
            "decide": self._order,
            "second": self._second,
            "withdraw": self._withdraw,
            "carry_out": self._carry_out,
            "record_fact": self._fact,
            "withdraw_mandate": self._withdraw_mandate,
        }

    def act(self, step: Step, action: Action, picture: Picture | None) -> Refused | None:
        """Enter what the action makes. A refusal that is returned has its events in the step.

        Raises:
            Refused: it cannot be done, and makes no event: no such decision, a fact without a reason.
        """
        self.take_up(step, picture)
        refusal = self._verbs[action.verb](step, action, picture)
        self.take_up(step, picture)
        return refusal

    def see(self, step: Step, picture: Picture) -> None:
        """Hold what stands against a new picture."""
        self.take_up(step, picture)

    def take_up(self, step: Step, picture: Picture | None) -> None:
        """Let lapse what is authorised, or waits for a second person, and would be refused now."""
        for decision in step.books.decided.standing():
            answer = check(order_of(decision), self._situation(step, picture))
            waits = decision.state is DecisionState.AWAITING_SECOND
            if answer.verdict == NO or (answer.verdict == NEEDS and not waits):
                self._move(step, decision, LAPSE, None, "", answer.decisive)

    def decided(self, books: Books, at_s: float) -> Decided:
        """All decisions and facts, and the mandate's standing at `at_s`."""
        book = books.decided
        return Decided(
            standing=standing(self._site.response, book.withdrawn, at_s),
            decisions=tuple(book.decisions.values()),
            facts=tuple(book.facts),
        )

    def _situation(self, step: Step, picture: Picture | None) -> Situation:
        book = step.books.decided
        return Situation(
            response=self._site.response,
            at_s=step.received_s,
            picture=picture,
            withdrawn=book.withdrawn,
            said=book.said,
        )

    def _order(self, step: Step, action: Action, picture: Picture | None) -> Refused | None:
        book = step.books.decided
        known = book.decisions.get(book.keys.get(action.target, ""))
        if known is not None:
            return _again(action, known)
        measure = self._site.response.measure(action.measure or "")
        incident = step.books.open_incident(step.origin)
        decision = f"{self._site.id}-D-{len(book.decisions) + 1:04d}"
        step.enter(
            DecisionOrdered(
                decision=decision,
                key=action.target,
                measure=action.measure or "",
                measure_kind=measure.kind if measure else None,
                measure_name=measure.name if measure else None,
                owner=measure.owner if measure else None,
                by=action.by,
                role=action.role or "",
                note=action.note,
                track=action.track,
                protects=action.protects,
                incident=incident.incident if incident else None,
                at_s=step.received_s,
            )
        )
        ordered = book.decisions[decision]
        answer = check(order_of(ordered), self._situation(step, picture))
        self._move(step, ordered, _FIRST[answer.verdict], None, "", answer.findings)
        return _outside(decision, answer.decisive) if answer.verdict == NO else None

    def _second(self, step: Step, action: Action, picture: Picture | None) -> Refused | None:
        decision = _decision(step, action)
        if (decision.state, SECOND) not in DECISION_MOVES:
            return self._illegal(step, decision, action, SECOND, f"it is {_words(decision.state)}")
        answer = check(order_of(decision, _person(action)), self._situation(step, picture))
        alone = Answer(verdict=NO, findings=tuple(each for each in answer.findings if each.clause == "M5"))
        if alone.decisive:
            self._attempt(step, decision, action, SECOND, alone.decisive)
            return _outside(decision.id, alone.decisive, "second_refused")
        if answer.verdict != YES:
            self._move(step, decision, REFUSE, action, action.note, answer.findings)
            return _outside(decision.id, answer.decisive)
        self._move(step, decision, SECOND, action, action.note, answer.findings)
        return None

    def _withdraw(self, step: Step, action: Action, picture: Picture | None) -> Refused | None:
        del picture
        decision = _decision(step, action)
        if (decision.state, WITHDRAW) not in DECISION_MOVES:
            return self._illegal(step, decision, action, WITHDRAW, f"it is {_words(decision.state)}")
        self._move(step, decision, WITHDRAW, action, action.note, ())
        return None

    def _carry_out(self, step: Step, action: Action, picture: Picture | None) -> Refused | None:
        del picture
        decision = _decision(step, action)
        happened_s = step.received_s if action.happened_s is None else action.happened_s
        why = _not_carried_out(decision, happened_s, step.received_s)
        if why is not None:
            return self._illegal(step, decision, action, CARRY_OUT, why)
        self._move(step, decision, CARRY_OUT, action, action.note, (), happened_s)
        return None

    def _fact(self, step: Step, action: Action, picture: Picture | None) -> None:
        book = step.books.decided
        if action.state not in FACTS:
            raise Refused("bad_fact", f"'{action.state}' is not one of {', '.join(FACTS)}")
        if action.happened_s is not None and action.happened_s > step.received_s:
            raise Refused("bad_time", "what is yet to come is no fact")
        identity = None
        if action.state == "measure_taken":
            _check_taken(action, book.decisions)
        else:
            identity = _identity_said_of(action, picture)
        incident = step.books.open_incident(step.origin)
        step.enter(
            FactRecorded(
                id=f"{self._site.id}-F-{len(book.facts) + 1:04d}",
                fact=action.state,
                by=action.by,
                role=action.role or "",
                note=action.note,
                at_s=step.received_s,
                track=action.track,
                identity=identity,
                measure=action.measure,
                decision=action.decision,
                happened_s=action.happened_s,
                incident=incident.incident if incident else None,
            )
        )

    def _withdraw_mandate(self, step: Step, action: Action, picture: Picture | None) -> None:
        del picture
        mandate = self._site.response.mandate
        if mandate is None:
            raise Refused("no_mandate", "the site file has no mandate to withdraw")
        stands = standing(self._site.response, step.books.decided.withdrawn, step.received_s)
        if stands.withdrawn is not None:
            raise Refused("already_withdrawn", stands.says)
        step.enter(
            MandateWithdrawn(
                granted_by=mandate.granted_by,
                from_s=mandate.from_s,
                by=action.by,
                role=action.role or "",
                note=action.note,
                at_s=step.received_s,
            )
        )

    def _move(
        self,
        step: Step,
        decision: Decision,
        move: str,
        action: Action | None,
        note: str,
        findings: tuple[Finding, ...],
        happened_s: float | None = None,
    ) -> None:
        state = next_of(DECISION_MOVES, decision.id, decision.state, move)
        second = _person(action) if action is not None and move == SECOND else None
        said = hand_over(order_of(decision, second), self._site, decision.id, step.received_s)
        step.enter(
            DecisionMoved(
                decision=decision.id,
                move=move,
                state=state,
                by=action.by if action else None,
                role=action.role if action else None,
                note=note,
                findings=findings,
                at_s=step.received_s,
                hand_over=said
                if state is DecisionState.AUTHORISED and decision.order.measure_kind in AGAINST
                else None,
                happened_s=happened_s,
            )
        )

    def _attempt(
        self, step: Step, decision: Decision, action: Action, move: str, findings: tuple[Finding, ...]
    ) -> None:
        step.enter(
            DecisionAttempted(
                decision=decision.id,
                move=move,
                by=action.by,
                role=action.role or "",
                note=action.note,
                findings=findings,
                at_s=step.received_s,
            )
        )

    def _illegal(self, step: Step, decision: Decision, action: Action, move: str, why: str) -> Refused:
        finding = Finding(clause="X1", answer=NO, text=CLAUSES["X1"], detail=f"{decision.id}: {why}")
        self._attempt(step, decision, action, move, (finding,))
        return _outside(decision.id, (finding,), "illegal_move")


def hand_over(order: Order, site: Site, decision: str, at_s: float) -> str:
    """A request's words, for a person at the authority that owns the effector: no place, nothing to point with."""
    mandate, measure = site.response.mandate, site.response.measure(order.measure)
    if mandate is None or measure is None:
        return ""
    second = "" if order.second is None else f", seconded by {order.second.by} ({order.second.role})"
    protects = (order.protects or "").replace("_", " ")
    return (
        f"To {measure.owner}: {measure.name}, aircraft {order.track} in the air picture of {site.name}, "
        f"for the protection of {protects}. "
        f"Ordered by {order.first.by} ({order.first.role}){second}, "
        f"on the mandate granted by {mandate.granted_by} to {mandate.to}. "
        f"Decision {decision}, {iso_local(at_s, site.timezone)} local, {iso_utc(at_s)}. "
        "This is a request: whoever owns the means decides and acts on their own authority. "
        "It may be withdrawn or lapse at any moment: ask whether it still stands."
    )


def order_of(decision: Decision, second: Person | None = None) -> Order:
    """The order as it is held against the mandate; `second`: a person who offers to second it."""
    if second is None and decision.second_by is not None:
        second = Person(decision.second_by, decision.second_role or "")
    order = decision.order
    return Order(
        measure=order.measure,
        first=Person(order.by, order.role),
        second=second,
        track=order.track,
        protects=order.protects,
    )


def _person(action: Action) -> Person:
    return Person(action.by, action.role or "")


def _decision(step: Step, action: Action) -> Decision:
    decision = step.books.decided.decisions.get(action.target)
    if decision is None:
        raise Refused("not_found", f"there is no decision {action.target}")
    return decision


def _again(action: Action, known: Decision) -> Refused | None:
    """The same order sent twice is one order, answered as it was; another under its key is none."""
    order = known.order
    same = (action.measure, action.by, action.role, action.track, action.protects)
    if same != (order.measure, order.by, order.role, order.track, order.protects):
        raise Refused("key_used", f"{known.id} was ordered under this key, and it is another order")
    if known.state is DecisionState.REFUSED:
        return _outside(known.id, tuple(each for each in known.findings if each.answer == NO))
    return None


def _words(state: DecisionState) -> str:
    return state.value.replace("_", " ")


def _not_carried_out(decision: Decision, happened_s: float, now_s: float) -> str | None:
    """Why it cannot have been carried out then, under this decision; None: it can."""
    if (decision.state, CARRY_OUT) not in DECISION_MOVES:
        return f"it is {_words(decision.state)}"
    if decision.authorised_s is None:
        return f"it is {_words(decision.state)}, and was never authorised"
    until_s = now_s if decision.ended_s is None else decision.ended_s
    over = happened_s > now_s if decision.ended_s is None else happened_s >= until_s
    if over or happened_s < decision.authorised_s:
        window = f"{iso_utc(decision.authorised_s)} to {iso_utc(until_s)}"
        return f"it is {_words(decision.state)}; it was authorised from {window}, not at {iso_utc(happened_s)}"
    return None


def _check_taken(action: Action, decisions: dict[str, Decision]) -> None:
    if not (action.measure or "").strip():
        raise Refused("bad_fact", "say which measure was taken")
    if action.decision is None:
        return
    decision = decisions.get(action.decision)
    if decision is None:
        raise Refused("not_found", f"there is no decision {action.decision}")
    if decision.state in (DecisionState.AUTHORISED, DecisionState.CARRIED_OUT):
        raise Refused("bad_fact", f"{decision.id} is {_words(decision.state)}: what it allows is said by carried_out")


def _identity_said_of(action: Action, picture: Picture | None) -> str | None:
    """The identity of the track that something is said of, as it is now."""
    if not action.note.strip():
        raise Refused("bad_fact", "say why, or how it is known")
    tracks = picture.tracks if picture is not None else ()
    track = next((each for each in tracks if each.track == action.track), None)
    if track is None:
        raise Refused("not_found", f"{action.track} is not in the picture")
    return track.identity


def _outside(decision: str, findings: tuple[Finding, ...], code: str = OUTSIDE) -> Refused:
    """The refusal of clauses that say no; what was attempted is recorded."""
    words = "; ".join(f"{each.clause} {each.text}: {each.detail}" for each in findings)
    details = tuple(
        {
            "decision": decision,
            "clause": each.clause,
            "text": each.text,
            "detail": each.detail,
            **({} if each.remedy is None else {"remedy": each.remedy}),
        }
        for each in findings
    )
    return Refused(code, f"{decision} refused. {words}", details)
