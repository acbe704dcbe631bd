"""The fold of alerts: what each of an alert's events makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec

from vedette.model import (
    Alert,
    AlertAcknowledged,
    AlertAmended,
    AlertAwaitsNote,
    AlertCleared,
    AlertClosed,
    AlertDismissed,
    AlertEased,
    AlertRaised,
    AlertReturned,
    AlertState,
    Back,
    Closing,
    Dismissal,
    Draft,
    Event,
    HeldRule,
    Payload,
)
from vedette.post.machine import (
    ACKNOWLEDGE,
    AWAIT_NOTE,
    BRING_BACK,
    CLEAR,
    CLOSE,
    DISMISS,
    ESCALATE,
    next_state,
)

_UNSEEN: Final[dict[str, Any]] = {"acknowledged_s": None, "acknowledged_by": None, "note": ""}


class AlertPages(Protocol):
    """Of the books, what the fold of alerts changes; `open` and `cleared_s` by (rule, target)."""

    alerts: dict[str, Alert]
    open: dict[tuple[str, str], str]
    targets: dict[str, str]
    cleared_s: dict[tuple[str, str], float]


def _raised(books: AlertPages, event: Draft | Event, payload: AlertRaised) -> None:
    target = payload.target or payload.track
    held = HeldRule(
        rule=payload.rule,
        priority=payload.priority,
        title=payload.title,
        zone=payload.zone,
        since_s=payload.observed_s,
        reasons=tuple(one for one in payload.reasons if one.source in (payload.zone, f"rule {payload.rule}")),
    )
    books.alerts[payload.alert] = Alert(
        alert=payload.alert,
        rule=payload.rule,
        priority=payload.priority,
        state=AlertState.RAISED,
        track=payload.track,
        zone=payload.zone,
        incident=None,
        title=payload.title,
        raised_s=payload.observed_s,
        raised_time_to_s=payload.time_to_s,
        raised_distance_m=payload.distance_m,
        time_to_s=payload.time_to_s,
        distance_m=payload.distance_m,
        reasons=payload.reasons,
        origin=event.origin,
        test=payload.test,
        target=target,
        sensors=payload.sensors,
        rules=() if payload.test else (held,),
    )
    if target is not None:
        books.open[payload.rule, target] = payload.alert
        books.targets.setdefault(target, payload.alert)


def _amended(books: AlertPages, event: Draft | Event, payload: AlertAmended) -> None:
    del event
    alert = books.alerts[payload.alert]
    known = next((one for one in alert.rules if one.rule == payload.rule and one.until_s is None), None)
    held = HeldRule(
        rule=payload.rule,
        priority=payload.priority,
        title=payload.title,
        zone=payload.zone,
        since_s=payload.at_s if known is None else known.since_s,
        reasons=payload.reasons,
    )
    changes: dict[str, Any] = {"rules": (*(one for one in alert.rules if one.rule != payload.rule), held)}
    if payload.priority < alert.priority:
        changes |= {"priority": payload.priority, "title": payload.title, "zone": payload.zone}
        if alert.state is AlertState.ACKNOWLEDGED:
            changes |= {"state": _next(alert, ESCALATE), **_UNSEEN}
    books.alerts[payload.alert] = msgspec.structs.replace(alert, **changes)
    if alert.target is not None:
        books.open[payload.rule, alert.target] = payload.alert


def _eased(books: AlertPages, event: Draft | Event, payload: AlertEased) -> None:
    del event
    alert = books.alerts[payload.alert]
    rules = tuple(
        msgspec.structs.replace(one, until_s=payload.at_s, why_not=payload.why) if one.rule == payload.rule else one
        for one in alert.rules
    )
    books.alerts[payload.alert] = msgspec.structs.replace(alert, rules=rules)
    _release(books, alert, payload.rule, payload.at_s)


def _acknowledged(books: AlertPages, event: Draft | Event, payload: AlertAcknowledged) -> None:
    del event
    alert = books.alerts[payload.alert]
    books.alerts[payload.alert] = msgspec.structs.replace(
        alert,
        state=_next(alert, ACKNOWLEDGE),
        acknowledged_s=payload.at_s,
        acknowledged_by=payload.by,
        note=payload.note,
    )


def _dismissed(books: AlertPages, event: Draft | Event, payload: AlertDismissed) -> None:
    """Who dismisses has seen it."""
    del event
    alert = books.alerts[payload.alert]
    seen: dict[str, Any] = {}
    if alert.acknowledged_s is None:
        seen = {"acknowledged_s": payload.at_s, "acknowledged_by": payload.by}
    dismissal = Dismissal(**{name: getattr(payload, name) for name in Dismissal.__struct_fields__})
    state = _next(alert, DISMISS)
    books.alerts[payload.alert] = msgspec.structs.replace(alert, state=state, dismissal=dismissal, back=None, **seen)


def _returned(books: AlertPages, event: Draft | Event, payload: AlertReturned) -> None:
    del event
    alert = books.alerts[payload.alert]
    back = Back(cause=payload.cause, why=payload.why, loud=payload.loud, at_s=payload.at_s, by=payload.by)
    books.alerts[payload.alert] = msgspec.structs.replace(
        alert, state=_next(alert, BRING_BACK), priority=payload.priority, dismissal=None, back=back, **_UNSEEN
    )


def _cleared(books: AlertPages, event: Draft | Event, payload: AlertCleared) -> None:
    del event
    alert = books.alerts[payload.alert]
    rules = tuple(
        one if one.until_s is not None else msgspec.structs.replace(one, until_s=payload.at_s, why_not=payload.why)
        for one in alert.rules
    )
    books.alerts[payload.alert] = msgspec.structs.replace(
        alert,
        state=_next(alert, CLEAR),
        cleared_s=payload.at_s,
        cleared_why=payload.why,
        time_to_s=None,
        rules=rules,
    )
    for held in alert.rules:
        if held.until_s is None:
            _release(books, alert, held.rule, payload.at_s)
    if alert.target is not None and books.targets.get(alert.target) == alert.alert:
        others = [one for (_, target), one in books.open.items() if target == alert.target]
        if others:  # a record from before alerts were merged by target
            books.targets[alert.target] = others[0]
        else:
            del books.targets[alert.target]


def _awaits_note(books: AlertPages, event: Draft | Event, payload: AlertAwaitsNote) -> None:
    del event
    alert = books.alerts[payload.alert]
    books.alerts[payload.alert] = msgspec.structs.replace(alert, state=_next(alert, AWAIT_NOTE))


def _closed(books: AlertPages, event: Draft | Event, payload: AlertClosed) -> None:
    del event
    alert = books.alerts[payload.alert]
    closing = Closing(by=payload.by, reason=payload.reason, note=payload.note, at_s=payload.at_s)
    books.alerts[payload.alert] = msgspec.structs.replace(alert, state=_next(alert, CLOSE), closing=closing)


def _next(alert: Alert, move: str) -> AlertState:
    return next_state(alert.alert, alert.state, alert.acknowledged_s is not None, move)


def _release(books: AlertPages, alert: Alert, rule: str, at_s: float) -> None:
    if alert.target is not None:
        books.open.pop((rule, alert.target), None)
        books.cleared_s[rule, alert.target] = at_s


ALERT_ENTRIES: Final[dict[type[Payload], Callable[[AlertPages, Draft | Event, Any], None]]] = {
    AlertRaised: _raised,
    AlertAmended: _amended,
    AlertEased: _eased,
    AlertAcknowledged: _acknowledged,
    AlertDismissed: _dismissed,
    AlertReturned: _returned,
    AlertCleared: _cleared,
    AlertAwaitsNote: _awaits_note,
    AlertClosed: _closed,
}
