"""What a person may do: each action becomes events, or is refused and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vedette.model import Action, AlertAcknowledged, AnyPayload, EffectEntered, IncidentClosed
from vedette.post.books import EFFECTS, Books, IncidentBook
from vedette.post.machine import Refused


def decide(action: Action, books: Books, at_s: float) -> AnyPayload:
    """The event that the action makes at `at_s` (received time).

    Raises:
        Refused: it cannot be done; `code` says why.
    """
    verb = _VERBS.get(action.verb)
    if verb is None:
        raise Refused("bad_verb", f"'{action.verb}' is not one of {', '.join(_VERBS)}")
    return verb(action, books, at_s)


def _acknowledge(action: Action, books: Books, at_s: float) -> AnyPayload:
    alert = books.alerts.get(action.target)
    if alert is None:
        raise Refused("not_found", f"there is no alert {action.target}")
    if alert.acknowledged_s is not None:
        raise Refused("already_acknowledged", f"{alert.alert} was acknowledged by {alert.acknowledged_by}")
    return AlertAcknowledged(alert=alert.alert, by=action.by, note=action.note, at_s=at_s)


def _enter_effect(action: Action, books: Books, at_s: float) -> AnyPayload:
    book = _incident(action, books)
    if action.effect not in EFFECTS:
        raise Refused("bad_effect", f"'{action.effect}' is not one of {', '.join(EFFECTS)}")
    if action.state not in ("none_reported", "reported"):
        raise Refused("bad_state", f"'{action.state}' is neither none_reported nor reported")
    if action.state == "none_reported" and action.value:
        raise Refused("bad_state", "none_reported goes without a value")
    return EffectEntered(
        incident=book.incident,
        effect=action.effect,
        state=action.state,
        value=action.value or None,
        by=action.by,
        at_s=at_s,
    )


def _close_incident(action: Action, books: Books, at_s: float) -> AnyPayload:
    book = _incident(action, books)
    if book.state != "open":
        raise Refused("already_closed", f"{book.incident} is closed")
    unseen = [each for each in book.alerts if books.alerts[each].acknowledged_s is None]
    if unseen:
        raise Refused("unacknowledged_alerts", f"{book.incident} has unacknowledged alerts: {', '.join(unseen)}")
    return IncidentClosed(incident=book.incident, at_s=at_s, by=action.by, note=action.note)


def _incident(action: Action, books: Books) -> IncidentBook:
    book = books.incidents.get(action.target)
    if book is None:
        raise Refused("not_found", f"there is no incident {action.target}")
    return book


_VERBS: Final[dict[str, Callable[[Action, Books, float], AnyPayload]]] = {
    "acknowledge": _acknowledge,
    "enter_effect": _enter_effect,
    "close_incident": _close_incident,
}
