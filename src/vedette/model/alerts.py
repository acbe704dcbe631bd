"""An alert from its raising to its end, as the record has it, and test alarms; what a person asks of an alert."""

from __future__ import annotations

from vedette.model.payload import Payload
from vedette.model.picture import Reason
from vedette.model.requests import Request


class AlertRaised(Payload, frozen=True, kw_only=True, tag="alert_raised"):
    """A rule held long enough. priority: 1 act now, 2 soon, 3 know, 4 log. test: no rule, a person's test alarm.

    target: what it is about where that is no track: `sensor:ID`, `own:NAME`. sensors: those that had a part in it.
    """

    alert: str
    rule: str
    priority: int
    track: str | None
    zone: str | None
    observed_s: float
    title: str
    time_to_s: float | None
    distance_m: float | None
    reasons: tuple[Reason, ...]
    test: bool = False
    target: str | None = None
    sensors: tuple[str, ...] = ()


class AlertAcknowledged(Payload, frozen=True, kw_only=True, tag="alert_acknowledged"):
    """A person has seen it."""

    alert: str
    by: str
    note: str
    at_s: float


class AlertCleared(Payload, frozen=True, kw_only=True, tag="alert_cleared"):
    """The rule no longer holds, or its track ended."""

    alert: str
    at_s: float
    why: str


class AlarmTested(Payload, frozen=True, kw_only=True, tag="alarm_tested"):
    """A person asked for a test alarm; `alert` is the one raised for it."""

    alert: str
    by: str
    note: str
    at_s: float


class AlarmSounded(Payload, frozen=True, kw_only=True, tag="alarm_sounded"):
    """What a screen's sound did at a test alarm. sound: played | muted | blocked (the browser let none out)."""

    alert: str
    screen: str
    sound: str
    at_s: float


class AlertAmended(Payload, frozen=True, kw_only=True, tag="alert_amended"):
    """A further rule holds for the alert's target, or one of its rules now presses more. priority: of that rule.

    An acknowledged alert that is more pressing than before has been seen by nobody, as it stands now.
    """

    alert: str
    rule: str
    priority: int
    zone: str | None
    title: str
    time_to_s: float | None
    distance_m: float | None
    reasons: tuple[Reason, ...]
    at_s: float


class AlertEased(Payload, frozen=True, kw_only=True, tag="alert_eased"):
    """One of the alert's rules no longer holds; others do. Its priority stays."""

    alert: str
    rule: str
    at_s: float
    why: str


class AlertDismissed(Payload, frozen=True, kw_only=True, tag="alert_dismissed"):
    """A person said that it is nothing, and why, until `until_s` (received time).

    distance_m, time_to_s: to the perimeter (without one: to the alert's zone) when it was said, None: not known.
    """

    alert: str
    reason: str
    note: str
    by: str
    at_s: float
    until_s: float
    distance_m: float | None
    time_to_s: float | None


class AlertReturned(Payload, frozen=True, kw_only=True, tag="alert_returned"):
    """A dismissed alert is back. cause: closing | rule | expired | person; `by` only of a person's.

    loud: it sounds as priority 1, whatever its own.
    """

    alert: str
    cause: str
    why: str
    priority: int
    loud: bool
    at_s: float
    by: str | None = None


class AlertAwaitsNote(Payload, frozen=True, kw_only=True, tag="alert_awaits_note"):
    """It is over and was seen; now a person has to say what it was."""

    alert: str
    at_s: float


class AlertClosed(Payload, frozen=True, kw_only=True, tag="alert_closed"):
    """Nothing more is to be done about it. by: None where it closed by itself; reason: what it was, if that is said."""

    alert: str
    by: str | None
    reason: str | None
    note: str
    at_s: float


class AlertDismissal(Request, frozen=True, kw_only=True):
    """Of `dismiss` and `close_alert`: what the alert is, or was. confirm: dismiss it though it is of priority 1."""

    reason: str
    confirm: bool = False
