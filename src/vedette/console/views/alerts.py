"""One alert as it stands."""

from __future__ import annotations

from typing import Literal

import msgspec

from vedette.clock import iso_local, iso_utc
from vedette.console.views.base import AlertStateName, OriginName, ReasonView, View, local, reason_view, utc
from vedette.model import Alert, Back, Closing, Dismissal, HeldRule
from vedette.site import Site

ReasonName = Literal["bird", "own_drone", "manned_aircraft", "clutter", "star_or_planet", "test", "other"]
"""Why an alert is dismissed."""
ClosingName = Literal["bird", "own_drone", "manned_aircraft", "clutter", "star_or_planet", "test", "other", "real"]
"""What an alert was."""


class HeldRuleView(View, frozen=True, kw_only=True):
    """A rule that holds for the alert's target; until_utc: until when it did. reasons: of the rule alone."""

    rule: str
    priority: int
    title: str
    zone: str | None
    since_utc: str
    until_utc: str | None
    why_not: str | None
    reasons: list[ReasonView]


class DismissalView(View, frozen=True, kw_only=True):
    """Who dismissed it, as what, and until when."""

    reason: ReasonName
    note: str
    by: str
    at_utc: str
    until_utc: str


class BackView(View, frozen=True, kw_only=True):
    """Why a dismissed alert is back. loud: it sounds as priority 1, whatever its own."""

    cause: Literal["closing", "rule", "expired", "person"]
    why: str
    loud: bool
    at_utc: str
    by: str | None


class ClosingView(View, frozen=True, kw_only=True):
    """How it was closed. by: null where it closed by itself; reason: what it was, null where nobody said."""

    by: str | None
    reason: ClosingName | None
    note: str
    at_utc: str


class AlertView(View, frozen=True, kw_only=True):
    """One alert. time_to_s and distance_m are of the latest picture while it is open. test: a test alarm.

    target: what it is about: its track, or `sensor:ID`, `own:NAME`. rule: the one that raised it; rules: all that hold
    or held. priority: of the most pressing. acknowledged_*: by whom it was seen as it stands now.
    """

    alert: str
    origin: OriginName
    rule: str
    priority: int
    test: bool
    state: AlertStateName
    track: str | None
    zone: str | None
    incident: str | None
    title: str
    raised_utc: str
    raised_local: str
    raised_time_to_s: float | None
    raised_distance_m: float | None
    time_to_s: float | None
    distance_m: float | None
    reasons: list[ReasonView]
    acknowledged_utc: str | None
    acknowledged_local: str | None
    acknowledged_by: str | None
    note: str
    cleared_utc: str | None
    cleared_local: str | None
    cleared_why: str | None
    target: str | None
    sensors: list[str]
    rules: list[HeldRuleView]
    dismissal: DismissalView | None
    back: BackView | None
    closing: ClosingView | None


def alert(one: Alert, site: Site) -> AlertView:
    """An alert as it stands, in UTC and in the site's time."""
    return AlertView(
        alert=one.alert,
        origin=one.origin.value,
        rule=one.rule,
        priority=one.priority,
        test=one.test,
        state=one.state.value,
        track=one.track,
        zone=one.zone,
        incident=one.incident,
        title=one.title,
        raised_utc=iso_utc(one.raised_s),
        raised_local=iso_local(one.raised_s, site.timezone),
        raised_time_to_s=one.raised_time_to_s,
        raised_distance_m=one.raised_distance_m,
        time_to_s=one.time_to_s,
        distance_m=one.distance_m,
        reasons=[reason_view(reason) for reason in one.reasons],
        acknowledged_utc=utc(one.acknowledged_s),
        acknowledged_local=local(one.acknowledged_s, site),
        acknowledged_by=one.acknowledged_by,
        note=one.note,
        cleared_utc=utc(one.cleared_s),
        cleared_local=local(one.cleared_s, site),
        cleared_why=one.cleared_why,
        target=one.target,
        sensors=list(one.sensors),
        rules=[_held(rule) for rule in one.rules],
        dismissal=None if one.dismissal is None else _dismissal(one.dismissal),
        back=None if one.back is None else _back(one.back),
        closing=None if one.closing is None else _closing(one.closing),
    )


def _held(rule: HeldRule) -> HeldRuleView:
    return HeldRuleView(
        rule=rule.rule,
        priority=rule.priority,
        title=rule.title,
        zone=rule.zone,
        since_utc=iso_utc(rule.since_s),
        until_utc=utc(rule.until_s),
        why_not=rule.why_not,
        reasons=[reason_view(reason) for reason in rule.reasons],
    )


def _dismissal(one: Dismissal) -> DismissalView:
    reason = msgspec.convert(one.reason, ReasonName)
    until_utc = iso_utc(one.until_s)
    return DismissalView(reason=reason, note=one.note, by=one.by, at_utc=iso_utc(one.at_s), until_utc=until_utc)


def _back(one: Back) -> BackView:
    cause = msgspec.convert(one.cause, Literal["closing", "rule", "expired", "person"])
    return BackView(cause=cause, why=one.why, loud=one.loud, at_utc=iso_utc(one.at_s), by=one.by)


def _closing(one: Closing) -> ClosingView:
    reason = None if one.reason is None else msgspec.convert(one.reason, ClosingName)
    return ClosingView(by=one.by, reason=reason, note=one.note, at_utc=iso_utc(one.at_s))
