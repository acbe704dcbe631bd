"""Decisions and facts in an incident's papers: the document's parts, the timeline's lines, the page's section."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vedette.clock import iso_local, iso_utc
from vedette.model import (
    AnyPayload,
    Decision,
    DecisionAttempted,
    DecisionMoved,
    DecisionOrdered,
    FactRecorded,
    Finding,
    MandateWithdrawn,
)

STATE_WORDS: Final = {
    "proposed": "proposed",
    "awaiting_second": "awaiting a second person",
    "authorised": "authorised",
    "refused": "refused: outside the mandate",
    "carried_out": "carried out",
    "withdrawn": "withdrawn",
    "lapsed": "lapsed: the mandate no longer allowed it",
}
FACT_WORDS: Final = {
    "not_manned": "said to be not manned",
    "manned": "said to be manned",
    "measure_taken": "taken outside the mandate",
}
PROTECTED_WORDS: Final = {
    "own_force": "the own force",
    "partners": "partners",
    "civilians": "civilians",
    "infrastructure": "infrastructure",
}


def times(name: str, at_s: float | None, zone: str) -> dict[str, str | None]:
    """NAME_utc and NAME_local; unknown is null."""
    if at_s is None:
        return {f"{name}_utc": None, f"{name}_local": None}
    return {f"{name}_utc": iso_utc(at_s), f"{name}_local": iso_local(at_s, zone)}


def decision_part(decision: Decision, zone: str) -> dict[str, Any]:
    """A decision as the document has it."""
    order = decision.order
    return {
        "id": decision.id,
        "state": decision.state.value,
        "measure": order.measure,
        "measure_kind": order.measure_kind,
        "measure_name": order.measure_name,
        "owner": order.owner,
        "by": order.by,
        "role": order.role,
        "note": order.note,
        "track": order.track,
        "protects": order.protects,
        **times("ordered", order.at_s, zone),
        "second_by": decision.second_by,
        "second_role": decision.second_role,
        "clauses": _clauses(decision.findings),
        "moves": [
            {
                "move": one.move,
                "state": one.state.value,
                "by": one.by,
                "role": one.role,
                "note": one.note,
                **times("at", one.at_s, zone),
                **times("happened", one.happened_s, zone),
                "clauses": _clauses(one.findings),
            }
            for one in decision.moves
        ],
        "attempts": [
            {
                "move": one.move,
                "by": one.by,
                "role": one.role,
                "note": one.note,
                **times("at", one.at_s, zone),
                "clauses": _clauses(one.findings),
            }
            for one in decision.attempts
        ],
    }


def fact_part(fact: FactRecorded, zone: str) -> dict[str, Any]:
    """A fact as the document has it."""
    return {
        "id": fact.id,
        "fact": fact.fact,
        "outside_mandate": fact.fact == "measure_taken",
        "by": fact.by,
        "role": fact.role,
        "note": fact.note,
        "track": fact.track,
        "identity": fact.identity,
        "measure": fact.measure,
        "decision": fact.decision,
        **times("at", fact.at_s, zone),
        **times("happened", fact.happened_s, zone),
    }


def _clauses(findings: tuple[Finding, ...]) -> list[dict[str, str]]:
    return [
        {"clause": each.clause, "answer": each.answer, "text": each.text, "detail": each.detail} for each in findings
    ]


def against(clauses: list[dict[str, str]]) -> str:
    """The clauses that do not say yes, in words; none: an empty text."""
    return "; ".join(
        f"{each['clause']} {each['text']}: {each['detail']}" for each in clauses if each["answer"] != "yes"
    )


def _named(by: str | None, role: str | None) -> str:
    return "the check" if by is None else f"{by} ({role})"


def _ordered(event: DecisionOrdered) -> tuple[str, str, str]:
    word = "against" if event.measure_kind == "request_defeat" else "about"
    about = "" if event.track is None else f"{word} {event.track}"
    detail = " · ".join(filter(None, (_named(event.by, event.role), about, event.note)))
    return "person", f"{event.decision} ordered: {event.measure_name or event.measure}", detail


def _moved(event: DecisionMoved) -> tuple[str, str, str]:
    happened = "" if event.happened_s is None else f"at {iso_utc(event.happened_s)}"
    said = against(_clauses(event.findings))
    detail = " · ".join(filter(None, (_named(event.by, event.role), happened, said, event.note)))
    return "person", f"{event.decision} {STATE_WORDS[event.state.value]}", detail


def _attempted(event: DecisionAttempted) -> tuple[str, str, str]:
    detail = " · ".join(filter(None, (_named(event.by, event.role), against(_clauses(event.findings)), event.note)))
    return "person", f"{event.decision}: {event.move.replace('_', ' ')} refused", detail


def _fact(event: FactRecorded) -> tuple[str, str, str]:
    what = f"{event.measure or event.track} {FACT_WORDS[event.fact]}"
    happened = "" if event.happened_s is None else f"at {iso_utc(event.happened_s)}"
    after = "" if event.decision is None else f"after {event.decision}"
    return "person", what, " · ".join(filter(None, (_named(event.by, event.role), happened, after, event.note)))


def _withdrawn(event: MandateWithdrawn) -> tuple[str, str, str]:
    detail = " · ".join(filter(None, (f"recorded by {_named(event.by, event.role)}", event.note)))
    return "person", f"Mandate withdrawn by {event.granted_by}", detail


TELL_DECISIONS: Final[dict[type[AnyPayload], Callable[[Any], tuple[str, str, str]]]] = {
    DecisionOrdered: _ordered,
    DecisionMoved: _moved,
    DecisionAttempted: _attempted,
    FactRecorded: _fact,
    MandateWithdrawn: _withdrawn,
}


def decides_in(payload: object, document: dict[str, Any]) -> bool:
    """Whether the event is of one of the document's decisions or facts."""
    if isinstance(payload, FactRecorded):
        return payload.id in [fact["id"] for fact in document["facts"]]
    decision = getattr(payload, "decision", None)
    return decision is not None and decision in [one["id"] for one in document["decisions"]]
