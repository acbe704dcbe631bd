"""One alert as it stands."""

from __future__ import annotations

from vedette.clock import iso_local, iso_utc
from vedette.console.views.base import AlertStateName, OriginName, ReasonView, View, local, reason_view, utc
from vedette.model import Alert
from vedette.site import Site


class AlertView(View, frozen=True, kw_only=True):
    """One alert. time_to_s and distance_m are of the latest picture while it is open. test: a test alarm."""

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
    )
