"""False alarms per 24 h, counted."""

from __future__ import annotations

from vedette.clock import iso_utc
from vedette.console.views.base import View
from vedette.model import Counted, FalseAlarms

RATE_FROM_S = 3600.0
"""After less watch than this a rate per day says nothing."""


class CountedView(View, frozen=True, kw_only=True):
    """Alerts of one rule, or to which one sensor had a part. per_24h: false ones, null before an hour of watch."""

    name: str
    alerts: int
    false: int
    per_24h: float | None


class FalseRateView(View, frozen=True, kw_only=True):
    """False alarms of the last 24 h, and per 24 h that the watch ran: null before an hour of it."""

    false: int
    per_24h: float | None


class FalseAlarmsView(View, frozen=True, kw_only=True):
    """Alerts of the last window_h until time_utc, of which the watch ran for watched_h.

    false: those a person said were nothing; by_reason: as what. unsaid: nobody has said what they were.
    """

    time_utc: str | None
    window_h: float
    watched_h: float
    alerts: int
    false: int
    unsaid: int
    per_24h: float | None
    by_rule: list[CountedView]
    by_sensor: list[CountedView]
    by_reason: dict[str, int]


def false_alarms(one: FalseAlarms | None) -> FalseAlarmsView:
    """The count; all zero before the watch began."""
    if one is None:
        one = FalseAlarms(
            at_s=0.0,
            window_s=86_400.0,
            watched_s=0.0,
            alerts=0,
            false=0,
            unsaid=0,
            by_rule=(),
            by_sensor=(),
            by_reason={},
        )
    return FalseAlarmsView(
        time_utc=iso_utc(one.at_s) if one.at_s else None,
        window_h=one.window_s / 3600.0,
        watched_h=round(one.watched_s / 3600.0, 2),
        alerts=one.alerts,
        false=one.false,
        unsaid=one.unsaid,
        per_24h=_per_24h(one.false, one.watched_s),
        by_rule=[_counted(each, one.watched_s) for each in one.by_rule],
        by_sensor=[_counted(each, one.watched_s) for each in one.by_sensor],
        by_reason=one.by_reason,
    )


def false_rate(one: FalseAlarms | None) -> FalseRateView:
    """The count and the rate alone, for health."""
    if one is None:
        return FalseRateView(false=0, per_24h=None)
    return FalseRateView(false=one.false, per_24h=_per_24h(one.false, one.watched_s))


def _counted(one: Counted, watched_s: float) -> CountedView:
    return CountedView(name=one.name, alerts=one.alerts, false=one.false, per_24h=_per_24h(one.false, watched_s))


def _per_24h(false: int, watched_s: float) -> float | None:
    return None if watched_s < RATE_FROM_S else round(false * 86_400.0 / watched_s, 1)
