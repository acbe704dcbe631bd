"""What people added, as lines of the timeline: kind, what, and by whom with what else there is to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vedette.model import (
    AnyPayload,
    AttributionProposed,
    AttributionSigned,
    AttributionWithdrawn,
    ClaimEntered,
    ClaimWithdrawn,
    CustodyMoved,
    EffectEntered,
    EffectWithdrawn,
    MediaAdded,
    StatementDrafted,
    StatementMoved,
)
from vedette.report.said_dossier import MOVE_WORDS, SUBJECT_WORDS, claim_words
from vedette.wording import EFFECT_WORDS

Line = tuple[str, str, str]


def _detail(event: Any, *more: str | None) -> str:
    role = getattr(event, "role", None)
    who = event.by if role is None else f"{event.by} ({role})"
    return " · ".join(filter(None, (who, *more, getattr(event, "note", ""))))


def _effect(event: EffectEntered) -> Line:
    word = EFFECT_WORDS.get(event.effect, event.effect)
    said = "none reported" if event.state == "none_reported" else event.value or "reported"
    whose = None if event.source is None else f"by the word of {event.source}"
    return "person", f"{word}: {said}", _detail(event, whose, event.how)


def _claim(event: ClaimEntered) -> Line:
    what = f"Claim entered, {SUBJECT_WORDS[event.subject].lower()}: {claim_words(event.subject, event.value)}"
    return "person", what, _detail(event, f"{event.source} said it, grade {event.grade}", event.where)


def _proposed(event: AttributionProposed) -> Line:
    to = "" if event.to is None else f" ({event.to})"
    return "person", f"{event.attribution} signed by one: {event.state}{to}", _detail(event, event.grounds)


def _media(event: MediaAdded) -> Line:
    return "person", f"{event.media} added: {event.name}", _detail(event, f"from {event.source}", event.sha256[:16])


def _drafted(event: StatementDrafted) -> Line:
    return "person", f"Statement {event.statement} drafted", _detail(event, f"{len(event.sentences)} sentences")


def _moved(event: StatementMoved) -> Line:
    if event.by is None:
        told = " ".join(f"Was: {one.was} Now: {one.now or 'nothing can be said.'}" for one in event.changes)
        return "health", f"Statement {event.statement} {MOVE_WORDS[event.move]}", told
    return "person", f"Statement {event.statement} {MOVE_WORDS[event.move]}", _detail(event)


TELL_DOSSIER: Final[dict[type[AnyPayload], Callable[[Any], Line]]] = {
    EffectEntered: _effect,
    EffectWithdrawn: lambda event: ("person", f"{event.entry} withdrawn", _detail(event)),
    ClaimEntered: _claim,
    ClaimWithdrawn: lambda event: ("person", f"{event.claim} withdrawn", _detail(event)),
    AttributionProposed: _proposed,
    AttributionSigned: lambda event: ("person", f"{event.attribution} signed by a second", _detail(event)),
    AttributionWithdrawn: lambda event: ("person", f"{event.attribution} taken back", _detail(event)),
    MediaAdded: _media,
    CustodyMoved: lambda event: ("person", f"{event.media} now held by {event.holder}", _detail(event)),
    StatementDrafted: _drafted,
    StatementMoved: _moved,
}
