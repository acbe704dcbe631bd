"""The incident's timeline: recorded events that belong to it, each in one line with who or what it comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from vedette.clock import iso_local, iso_utc, parse_time
from vedette.model import (
    AlertAcknowledged,
    AlertCleared,
    AlertRaised,
    AnyPayload,
    Event,
    FeedChanged,
    FeedState,
    IncidentClosed,
    IncidentJoined,
    IncidentOpened,
    MandateWithdrawn,
    PipelineFailed,
    SiteChanged,
    StorageLow,
    TrackEnded,
    TrackPoint,
    WatchStarted,
    WatchStopped,
)
from vedette.report.alert_words import TELL_ALERTS
from vedette.report.crossings import crossings
from vedette.report.decisions import TELL_DECISIONS, decides_in
from vedette.report.identity import TELL_IDENTITY, identifies_in
from vedette.report.response import TELL_RESPONSE, response_of
from vedette.report.tell_dossier import TELL_DOSSIER
from vedette.report.words import clock, probability
from vedette.site import Site

AROUND_S: Final = 60.0
"""What happened to sensors and watch this long before and after the incident's tracks belongs to the picture."""

_SOONER_S: Final = 1.0
"""A first detection that is found after the fact is told where it is earlier than the first track by more than this."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line. kind: track | alert | cleared | person | impact | incident | health. evidence: an event or track id."""

    at_s: float
    local: str
    utc: str
    kind: str
    what: str
    detail: str
    evidence: str


def timeline(
    document: dict[str, Any], site: Site, events: Sequence[Event], points: Sequence[TrackPoint] = ()
) -> list[Row]:
    """In order of time; at equal times in the order of the record. Events of other incidents are left out.

    Args:
        points: of the paths drawn; those of smoothed tracks tell when they crossed the perimeter.
    """
    first = [parse_time(track["first_utc"]) for track in document["tracks"]]
    last = [parse_time(track["last_utc"]) for track in document["tracks"]]
    opened = parse_time(document["opened_utc"])
    window = (min([*first, opened]) - AROUND_S, max([*last, opened]) + AROUND_S)
    rows = []
    for track in document["tracks"]:
        at_s = parse_time(track["first_utc"])
        rows.append(_row(at_s, "track", f"{track['track']} first tracked", "", track["track"], site))
        if track["smoothed"] is not None:
            rows += _after_the_fact(track, site, [point for point in points if point.track == track["track"]])
    response = response_of(events, document["id"])
    for event in events:
        if event.payload is None or not (event.seq in response or _belongs(event, document, window)):
            continue
        tell = TELL.get(type(event.payload))
        if tell is not None:
            kind, what, detail = tell(event.payload)
            rows.append(_row(event.observed_s, kind, what, detail, f"E-{event.seq}", site))
    return sorted(rows, key=lambda row: row.at_s)


def _after_the_fact(track: dict[str, Any], site: Site, points: Sequence[TrackPoint]) -> list[Row]:
    """What only the smoothed path tells: the first detection, and each crossing of the perimeter."""
    name, first_s = track["track"], parse_time(track["smoothed"]["first_utc"])
    rows = []
    if first_s < parse_time(track["first_utc"]) - _SOONER_S:
        rows.append(_row(first_s, "track", f"{name} first detected", "found after the fact", name, site))
    for at_s, inward, sigma_m in crossings(site, points):
        what = f"{name} crossed the perimeter line {'inward' if inward else 'outward'}"
        rows.append(_row(at_s, "track", what, f"by its smoothed path, 1 sigma {sigma_m:.0f} m", name, site))
    return rows


def _row(at_s: float, kind: str, what: str, detail: str, evidence: str, site: Site) -> Row:
    local, utc = clock(iso_local(at_s, site.timezone)), clock(iso_utc(at_s))
    return Row(at_s=at_s, local=local, utc=utc, kind=kind, what=what, detail=detail, evidence=evidence)


_OF_THE_WATCH: Final = (
    WatchStarted, WatchStopped, FeedChanged, PipelineFailed, StorageLow, MandateWithdrawn, SiteChanged
)  # fmt: skip
"""Told of an incident where they happened about its time."""


def _belongs(event: Event, document: dict[str, Any], window: tuple[float, float]) -> bool:
    payload = event.payload
    if isinstance(payload, FeedChanged) and payload.state is FeedState.ENDED:
        return False
    if isinstance(payload, _OF_THE_WATCH):
        return window[0] <= event.observed_s <= window[1]
    if isinstance(payload, (AlertRaised, AlertAcknowledged, AlertCleared)) or type(payload) in TELL_ALERTS:
        return getattr(payload, "alert", None) in [alert["id"] for alert in document["alert_details"]]
    if type(payload) in TELL_RESPONSE:
        return False
    if type(payload) in TELL_DECISIONS:
        return decides_in(payload, document)
    if type(payload) in TELL_IDENTITY:
        return identifies_in(payload, document, event.observed_s, window)
    if isinstance(payload, TrackEnded):
        return payload.track in [track["track"] for track in document["tracks"]]
    return bool(getattr(payload, "incident", None) == document["id"])


def _raised(event: AlertRaised) -> tuple[str, str, str]:
    time_to = "" if not event.time_to_s else f"{event.time_to_s:.0f} s before {event.zone or 'the zone'}"
    return "alert", f"Alert {event.alert}, priority {event.priority}", " · ".join(filter(None, (event.title, time_to)))


def _acknowledged(event: AlertAcknowledged) -> tuple[str, str, str]:
    return "person", f"Alert {event.alert} acknowledged", " · ".join(filter(None, (event.by, event.note)))


def _ended(event: TrackEnded) -> tuple[str, str, str]:
    if event.impact is None:
        return "track", f"{event.track} ended", "not followed to the ground"
    impact = event.impact
    sure = "" if impact.p_inside is None else f"p inside {probability(impact.p_inside)}, "
    place = "side of the perimeter not certain" if impact.place == "unsure" else f"{impact.place} the perimeter"
    seen = clock(iso_utc(event.last_s))
    detail = f"last seen {seen} UTC, {sure}1 sigma {impact.sigma_major_m:.0f} by {impact.sigma_minor_m:.0f} m"
    return "impact", f"{event.track} down, {place}", detail


def _closed(event: IncidentClosed) -> tuple[str, str, str]:
    return "incident", "Incident closed", " · ".join(filter(None, (event.by or "nothing more came of it", event.note)))


def _site_changed(event: SiteChanged) -> tuple[str, str, str]:
    parts = list(dict.fromkeys(one.part for one in event.differences))
    return "person", "Site changed", " · ".join(filter(None, (event.by, event.note, ", ".join(parts))))


TELL: Final[dict[type[AnyPayload], Callable[[Any], tuple[str, str, str]]]] = {
    WatchStarted: lambda event: ("health", "Watch started", event.software),
    WatchStopped: lambda event: ("health", "Watch stopped", event.reason),
    FeedChanged: lambda event: ("health", f"Feed {event.feed} {event.state.value}", event.detail or event.sensor),
    PipelineFailed: lambda event: ("health", "Pipeline failed", event.error),
    StorageLow: lambda event: ("health", "Storage enough again" if event.ok else "Storage low", event.detail),
    SiteChanged: _site_changed,
    AlertRaised: _raised,
    AlertAcknowledged: _acknowledged,
    AlertCleared: lambda event: ("cleared", f"Alert {event.alert} cleared", event.why),
    IncidentOpened: lambda event: ("incident", f"Incident {event.incident} opened", f"from alert {event.alert}"),
    IncidentJoined: lambda event: ("incident", f"{event.track or event.alert} joined the incident", event.alert),
    IncidentClosed: _closed,
    TrackEnded: _ended,
    **TELL_ALERTS,
    **TELL_DECISIONS,
    **TELL_RESPONSE,
    **TELL_IDENTITY,
    **TELL_DOSSIER,
}
