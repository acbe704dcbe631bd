"""What the report says of dispositions and own flights: lines of the timeline, what each aircraft was held to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vedette.model import (
    AnyPayload,
    Disposition,
    DispositionJudged,
    DispositionOverridden,
    Evidence,
    FlightMoved,
    FlightPlanned,
    Override,
    OverrideCarried,
    OverrideWithdrawn,
)
from vedette.report.decisions import times
from vedette.report.words import clock


def held_json(held: Disposition, evidence: Disposition, override: Override | None, zone: str) -> dict[str, Any]:
    """What a track was held to be at the last: {disposition, evidence_says, override null | {disposition, …}}."""
    said = None
    if override is not None:
        said = {
            "disposition": override.disposition.value,
            "reason": override.reason,
            "by": override.by,
            "role": override.role,
            **times("at", override.at_s, zone),
            "evidence_then": override.evidence_then.value,
            **times("contradicted", override.contradicted_s, zone),
            "carried_from": override.carried_from,
        }
    return {"disposition": held.value, "evidence_says": evidence.value, "override": said}


def held_words(held: dict[str, Any]) -> list[tuple[str, str]]:
    """The same as lines of the aircraft's card."""
    said = held["override"]
    if said is None:
        return [("Held to be", f"{_words(held['disposition'])}, by its evidence")]
    who = f"{said['by']} ({said['role']}), {clock(said['at_local'])} local"
    return [
        ("Held to be", f"{_words(said['disposition'])}, by {who}"),
        ("Because", said["reason"]),
        ("Its evidence", _words(held["evidence_says"])),
    ]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _decisive(evidence: tuple[Evidence, ...]) -> str:
    if not evidence:
        return ""
    one = evidence[0]
    number = "" if one.value is None else f" ({one.value:.3g}{'' if one.unit is None else f' {one.unit}'})"
    return f"{one.text}{number}" + ("" if one.source is None else f" · {one.source}")


def _judged(event: DispositionJudged) -> tuple[str, str, str]:
    return "track", f"{event.track} judged {_words(event.disposition)} by its evidence", _decisive(event.evidence)


def _overridden(event: DispositionOverridden) -> tuple[str, str, str]:
    detail = f"{event.by} ({event.role}) · {event.reason} · its evidence said {_words(event.evidence_says)}"
    return "person", f"{event.track} called {_words(event.disposition)}", detail


def _withdrawn(event: OverrideWithdrawn) -> tuple[str, str, str]:
    who = f"{event.by} ({event.role})"
    return "person", f"{event.track}: what was said of it withdrawn", " · ".join(filter(None, (who, event.reason)))


def _planned(event: FlightPlanned) -> tuple[str, str, str]:
    who = f"{event.by} ({event.role})" if event.by else "the site's file"
    return "person", f"Own flight {event.flight} of {event.plan.who} entered", who


def _moved(event: FlightMoved) -> tuple[str, str, str]:
    who = f"{event.by} ({event.role})" if event.by else ""
    kind = "person" if event.by else "track"
    return kind, f"Own flight {event.flight} {event.state.value}", " · ".join(filter(None, (who, event.why)))


TELL_IDENTITY: Final[dict[type[AnyPayload], Callable[[Any], tuple[str, str, str]]]] = {
    DispositionJudged: _judged,
    DispositionOverridden: _overridden,
    OverrideWithdrawn: _withdrawn,
    OverrideCarried: lambda event: ("track", f"{event.before} went on as {event.track}", "with what was said of it"),
    FlightPlanned: _planned,
    FlightMoved: _moved,
}


def identifies_in(payload: Any, document: dict[str, Any], at_s: float, window: tuple[float, float]) -> bool:
    """Whether it is of one of the incident's tracks; own flights that change about its time belong to the picture."""
    if isinstance(payload, FlightMoved):
        return window[0] <= at_s <= window[1]
    return getattr(payload, "track", None) in [track["track"] for track in document["tracks"]]


def by_nobody(payload: Any) -> bool:
    """An own flight's change that no person made."""
    return isinstance(payload, (FlightPlanned, FlightMoved)) and payload.by is None
