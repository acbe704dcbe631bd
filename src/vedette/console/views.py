"""What the API says: the model's messages with the tables' names, times as ISO 8601 UTC, ready for JSON.

Every object carries its origin. Unknown is null. Sigmas are one standard deviation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Protocol

import msgspec

from vedette.clock import iso_local, iso_utc
from vedette.console.health import Health
from vedette.model import (
    CLASSES,
    Alert,
    Count,
    FeedHealth,
    Impact,
    Incident,
    Origin,
    PathPoint,
    Reason,
    TrackPicture,
    ZoneApproach,
)
from vedette.site import Site

OriginName = Literal["live", "replay", "simulated", "exercise"]


class View(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """Base of what the API sends."""


class ReasonView(View, frozen=True, kw_only=True):
    """One reason for a judgement, with the number behind it."""

    text: str
    value: float | None
    unit: str | None
    source: str | None


class EllipseView(View, frozen=True, kw_only=True):
    """Horizontal uncertainty; azimuth of the major axis, clockwise from true north."""

    sigma_major_m: float
    sigma_minor_m: float
    azimuth_true_deg: float


class ApproachView(View, frozen=True, kw_only=True):
    """A track against one zone: distance to its edge, time until inside (null: never on this course)."""

    zone: str
    name: str
    role: str
    distance_m: float
    inside: bool
    time_to_s: float | None
    closest_m: float
    closest_in_s: float


class PathPointView(View, frozen=True, kw_only=True):
    """Where it would be `in_s` after the track's time."""

    in_s: float
    latitude_deg: float
    longitude_deg: float
    altitude_ellipsoid_m: float | None
    sigma_major_m: float
    sigma_minor_m: float
    azimuth_true_deg: float


class ImpactView(View, frozen=True, kw_only=True):
    """Where it came down (basis `descent`), or would (`descending`)."""

    time_utc: str
    latitude_deg: float
    longitude_deg: float
    sigma_major_m: float
    sigma_minor_m: float
    azimuth_true_deg: float
    p_inside: float | None
    place: Literal["inside", "outside", "unsure"]
    basis: str


class TrailPointView(View, frozen=True, kw_only=True):
    """Where a track was."""

    time_utc: str
    latitude_deg: float
    longitude_deg: float


class TrackView(View, frozen=True, kw_only=True):
    """One track. sensors: when each that contributed last did. ellipse: null where only a bearing is known."""

    track: str
    origin: OriginName
    time_utc: str
    first_utc: str
    last_update_utc: str
    status: str
    latitude_deg: float | None
    longitude_deg: float | None
    altitude_ellipsoid_m: float | None
    altitude_msl_m: float | None
    height_agl_m: float | None
    velocity_east_mps: float
    velocity_north_mps: float
    velocity_up_mps: float | None
    speed_mps: float
    course_true_deg: float | None
    sigma_position_m: float
    ellipse: EllipseView
    p_exists: float
    class_: str
    p_class: float
    p_classes: dict[str, float]
    identity: str | None
    cooperation: Literal["cooperative", "claimed", "unknown"]
    callsign: str | None
    sensors: dict[str, str]
    approaches: list[ApproachView]
    path: list[PathPointView]
    impact: ImpactView | None
    reasons: list[ReasonView]


class TrackEndView(View, frozen=True, kw_only=True):
    """A track that is gone from the picture."""

    track: str
    origin: OriginName
    time_utc: str


class TracksView(View, frozen=True, kw_only=True):
    """The newest picture: its time (null before the first), its tracks, their trails of the newest two minutes."""

    time_utc: str | None
    origin: OriginName
    tracks: list[TrackView]
    trails: dict[str, list[TrailPointView]]


class AlertView(View, frozen=True, kw_only=True):
    """One alert. time_to_s and distance_m are of `time_utc`, the latest picture while it is open."""

    alert: str
    origin: OriginName
    rule: str
    priority: int
    state: Literal["raised", "acknowledged", "cleared"]
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


class IncidentTrackView(View, frozen=True, kw_only=True):
    """One track of an incident, ended or not."""

    track: str
    identity: str | None
    class_: str
    p_class: float
    sensors: list[str]
    first_utc: str
    last_utc: str
    ended: bool
    impact: ImpactView | None


class EffectView(View, frozen=True, kw_only=True):
    """What a person said of an effect."""

    state: Literal["not_yet_reported", "none_reported", "reported"]
    value: str | None
    by: str | None
    at_utc: str | None


class AttributionView(View, frozen=True, kw_only=True):
    """Who did it: `unclaimed` until a person signs a change."""

    state: str


class IncidentView(View, frozen=True, kw_only=True):
    """One incident as the list and the stream give it; /incidents/{id} has the whole document."""

    id: str
    origin: OriginName
    timezone: str
    opened_utc: str
    opened_local: str
    closed_utc: str | None
    state: str
    tracks: list[IncidentTrackView]
    count: Count
    alerts: list[str]
    effects: dict[str, EffectView]
    attribution: AttributionView


class DocumentImpact(View, frozen=True, kw_only=True):
    """Where a track of an incident came down, as its document says."""

    latitude_deg: float
    longitude_deg: float
    sigma_major_m: float
    sigma_minor_m: float
    p_inside: float | None
    place: Literal["inside", "outside", "unsure"]


class DocumentTrack(View, frozen=True, kw_only=True):
    """One track of an incident's document."""

    track: str
    identity: str | None
    class_: str
    sensors: list[str]
    first_utc: str
    last_utc: str
    impact: DocumentImpact | None


class IncidentDocument(View, frozen=True, kw_only=True):
    """An incident's document: at least these keys."""

    id: str
    opened_utc: str
    opened_local: str
    timezone: str
    state: str
    tracks: list[DocumentTrack]
    count: Count
    alerts: list[str]
    effects: dict[str, EffectView]
    attribution: AttributionView
    sources: list[Any]
    origin: OriginName


class FeedView(View, frozen=True, kw_only=True):
    """One feed. age_s: since its last message, on the picture's clock. rejected: by reason."""

    feed: str
    sensor: str
    state: Literal["starting", "live", "stale", "down", "ended"]
    messages: int
    rejected: dict[str, int]
    shed: int
    last_received_utc: str | None
    age_s: float | None
    rate_hz: float | None
    detail: str


class ClockView(View, frozen=True, kw_only=True):
    """The machine's own clock; null where the kernel cannot say."""

    synchronised: bool
    offset_s: float | None
    max_error_s: float | None


class StreamView(View, frozen=True, kw_only=True):
    """The console's own stream: frames published, replaced unsent for slow clients, queues emptied."""

    clients: int
    published: int
    coalesced: int
    resyncs: int


class HealthView(View, frozen=True, kw_only=True):
    """Health of the watch. time_utc: the picture's clock; picture_utc: the newest picture's time."""

    state: Literal["starting", "ok", "degraded", "ended"]
    origin: OriginName
    time_utc: str | None
    time_local: str | None
    picture_utc: str | None
    speed: float | None
    clock: ClockView | None
    feeds: list[FeedView]
    queue_length: int
    queue_limit: int
    dropped: dict[str, int]
    problems: list[str]
    stream: StreamView


class Snapshot(View, frozen=True, kw_only=True):
    """All that is up; first on the stream, and the answer of /snapshot. token: this run of the stream's numbers."""

    seq: int
    kind: Literal["snapshot"] = "snapshot"
    token: str
    origin: OriginName
    picture: TracksView
    alerts: list[AlertView]
    incidents: list[IncidentView]
    health: HealthView


class Place(Protocol):
    """A time and a position."""

    @property
    def observed_s(self) -> float:
        """UTC seconds."""
        ...

    @property
    def latitude_deg(self) -> float:
        """Degrees north."""
        ...

    @property
    def longitude_deg(self) -> float:
        """Degrees east."""
        ...


class StreamCounts(Protocol):
    """What the stream counts."""

    @property
    def clients(self) -> int:
        """Connected now."""
        ...

    @property
    def published(self) -> int:
        """Frames so far."""
        ...

    @property
    def coalesced(self) -> int:
        """Frames replaced before they were sent."""
        ...

    @property
    def resyncs(self) -> int:
        """Queues emptied for a snapshot."""
        ...


def _utc(at_s: float | None) -> str | None:
    return None if at_s is None else iso_utc(at_s)


def _local(at_s: float | None, site: Site) -> str | None:
    return None if at_s is None else iso_local(at_s, site.timezone)


def _reason(reason: Reason) -> ReasonView:
    return ReasonView(text=reason.text, value=reason.value, unit=reason.unit, source=reason.source)


def _approach(one: ZoneApproach) -> ApproachView:
    return ApproachView(
        zone=one.zone,
        name=one.name,
        role=one.role,
        distance_m=one.distance_m,
        inside=one.inside,
        time_to_s=one.time_to_s,
        closest_m=one.closest_m,
        closest_in_s=one.closest_in_s,
    )


def _path_point(point: PathPoint) -> PathPointView:
    return PathPointView(
        in_s=point.in_s,
        latitude_deg=point.latitude_deg,
        longitude_deg=point.longitude_deg,
        altitude_ellipsoid_m=point.altitude_ellipsoid_m,
        sigma_major_m=point.sigma_major_m,
        sigma_minor_m=point.sigma_minor_m,
        azimuth_true_deg=point.azimuth_true_deg,
    )


def _impact(impact: Impact | None) -> ImpactView | None:
    if impact is None:
        return None
    return ImpactView(
        time_utc=iso_utc(impact.observed_s),
        latitude_deg=impact.latitude_deg,
        longitude_deg=impact.longitude_deg,
        sigma_major_m=impact.sigma_major_m,
        sigma_minor_m=impact.sigma_minor_m,
        azimuth_true_deg=impact.azimuth_true_deg,
        p_inside=impact.p_inside,
        place=msgspec.convert(impact.place, Literal["inside", "outside", "unsure"]),
        basis=impact.basis,
    )


def track(one: TrackPicture, origin: Origin) -> TrackView:
    """A track of the picture."""
    return TrackView(
        track=one.track,
        origin=origin.value,
        time_utc=iso_utc(one.observed_s),
        first_utc=iso_utc(one.first_s),
        last_update_utc=iso_utc(one.last_update_s),
        status=one.status,
        latitude_deg=one.latitude_deg,
        longitude_deg=one.longitude_deg,
        altitude_ellipsoid_m=one.altitude_ellipsoid_m,
        altitude_msl_m=one.altitude_msl_m,
        height_agl_m=one.height_agl_m,
        velocity_east_mps=one.velocity_east_mps,
        velocity_north_mps=one.velocity_north_mps,
        velocity_up_mps=one.velocity_up_mps,
        speed_mps=one.speed_mps,
        course_true_deg=one.course_true_deg,
        sigma_position_m=one.sigma_position_m,
        ellipse=EllipseView(
            sigma_major_m=one.ellipse_major_m,
            sigma_minor_m=one.ellipse_minor_m,
            azimuth_true_deg=one.ellipse_azimuth_true_deg,
        ),
        p_exists=one.p_exists,
        class_=one.class_,
        p_class=one.p_class,
        p_classes=dict(zip(CLASSES, one.p_classes, strict=False)),
        identity=one.identity,
        cooperation=one.cooperation.value,
        callsign=one.callsign,
        sensors={sensor: iso_utc(at_s) for sensor, at_s in one.sensors.items()},
        approaches=[_approach(approach) for approach in one.approaches],
        path=[_path_point(point) for point in one.path],
        impact=_impact(one.impact),
        reasons=[_reason(reason) for reason in one.reasons],
    )


def track_end(name: str, ended_s: float, origin: Origin) -> TrackEndView:
    """A track that is gone."""
    return TrackEndView(track=name, origin=origin.value, time_utc=iso_utc(ended_s))


def tracks(
    picture_s: float | None, present: Iterable[TrackPicture], trails: Mapping[str, Iterable[Place]], origin: Origin
) -> TracksView:
    """The newest picture with its trails."""
    return TracksView(
        time_utc=_utc(picture_s),
        origin=origin.value,
        tracks=[track(one, origin) for one in present],
        trails={name: [_trail_point(point) for point in trail] for name, trail in trails.items()},
    )


def _trail_point(point: Place) -> TrailPointView:
    return TrailPointView(
        time_utc=iso_utc(point.observed_s), latitude_deg=point.latitude_deg, longitude_deg=point.longitude_deg
    )


def alert(one: Alert, site: Site) -> AlertView:
    """An alert as it stands, in UTC and in the site's time."""
    return AlertView(
        alert=one.alert,
        origin=one.origin.value,
        rule=one.rule,
        priority=one.priority,
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
        reasons=[_reason(reason) for reason in one.reasons],
        acknowledged_utc=_utc(one.acknowledged_s),
        acknowledged_local=_local(one.acknowledged_s, site),
        acknowledged_by=one.acknowledged_by,
        note=one.note,
        cleared_utc=_utc(one.cleared_s),
        cleared_local=_local(one.cleared_s, site),
        cleared_why=one.cleared_why,
    )


def incident(one: Incident, site: Site) -> IncidentView:
    """An incident as it stands."""
    return IncidentView(
        id=one.incident,
        origin=one.origin.value,
        timezone=site.timezone,
        opened_utc=iso_utc(one.opened_s),
        opened_local=iso_local(one.opened_s, site.timezone),
        closed_utc=_utc(one.closed_s),
        state=one.state,
        tracks=[
            IncidentTrackView(
                track=summary.track,
                identity=summary.identity,
                class_=summary.class_,
                p_class=summary.p_class,
                sensors=list(summary.sensors),
                first_utc=iso_utc(summary.first_s),
                last_utc=iso_utc(summary.last_s),
                ended=summary.ended,
                impact=_impact(summary.impact),
            )
            for summary in one.tracks
        ],
        count=one.count,
        alerts=list(one.alerts),
        effects={
            name: EffectView(
                state=msgspec.convert(effect.state, Literal["not_yet_reported", "none_reported", "reported"]),
                value=effect.value,
                by=effect.by,
                at_utc=_utc(effect.at_s),
            )
            for name, effect in one.effects.items()
        },
        attribution=AttributionView(state=one.attribution),
    )


def _feed(feed: FeedHealth, now_s: float) -> FeedView:
    last_s = feed.last_received_s
    return FeedView(
        feed=feed.feed,
        sensor=feed.sensor,
        state=feed.state.value,
        messages=feed.messages,
        rejected=feed.rejected,
        shed=feed.shed,
        last_received_utc=_utc(last_s),
        age_s=None if last_s is None else max(0.0, now_s - last_s),
        rate_hz=feed.rate_hz,
        detail=feed.detail,
    )


def health(one: Health | None, picture_s: float | None, origin: Origin, site: Site, counts: StreamCounts) -> HealthView:
    """The watch's health; `starting` while there is none."""
    stream = StreamView(
        clients=counts.clients, published=counts.published, coalesced=counts.coalesced, resyncs=counts.resyncs
    )
    if one is None:
        one = Health(now_s=0.0, feeds=(), clock=None)
        state: Literal["starting", "ok", "degraded", "ended"] = "starting"
    else:
        state = _state(one)
    known = state != "starting"
    return HealthView(
        state=state,
        origin=origin.value,
        time_utc=iso_utc(one.now_s) if known else None,
        time_local=iso_local(one.now_s, site.timezone) if known else None,
        picture_utc=_utc(picture_s),
        speed=one.speed,
        clock=None
        if one.clock is None
        else ClockView(
            synchronised=one.clock.synchronised, offset_s=one.clock.offset_s, max_error_s=one.clock.max_error_s
        ),
        feeds=[_feed(feed, one.now_s) for feed in one.feeds],
        queue_length=one.queue_length,
        queue_limit=one.queue_limit,
        dropped=one.dropped,
        problems=list(one.problems),
        stream=stream,
    )


def _state(one: Health) -> Literal["ok", "degraded", "ended"]:
    if one.ended:
        return "ended"
    bad = any(feed.state.value in ("stale", "down") for feed in one.feeds)
    return "degraded" if bad or one.problems or one.dropped else "ok"
