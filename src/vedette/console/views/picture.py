"""The air picture: tracks with their uncertainty, their way ahead and behind, and who saw them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, Protocol

from vedette.clock import iso_utc
from vedette.console.views.base import ImpactView, OriginName, ReasonView, View, impact_view, reason_view, utc
from vedette.console.views.identity import (
    DispositionName,
    EvidenceView,
    OverrideView,
    disposition_name,
    evidence,
    override,
)
from vedette.model import CLASSES, Origin, PathPoint, SensorImage, TrackPicture, ZoneApproach


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


class TrailPointView(View, frozen=True, kw_only=True):
    """Where a track was."""

    time_utc: str
    latitude_deg: float
    longitude_deg: float


class ImageView(View, frozen=True, kw_only=True):
    """Where a sensor's picture of the track can be seen (http or https; never fetched by the watch), and of when."""

    sensor: str
    time_utc: str
    url: str


class TrackView(View, frozen=True, kw_only=True):
    """One track. sensors: when each that contributed last did. ellipse: null where only a bearing is known.

    image: the newest picture that a sensor links of it.
    disposition: a person's word where there is one (override), else what the evidence says; the decisive piece first.
    """

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
    disposition: DispositionName
    evidence_says: DispositionName
    disposition_evidence: list[EvidenceView]
    override: OverrideView | None
    image: ImageView | None


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


def image(one: SensorImage | None) -> ImageView | None:
    """A sensor's picture of a track."""
    return None if one is None else ImageView(sensor=one.sensor, time_utc=iso_utc(one.observed_s), url=one.url)


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
        impact=impact_view(one.impact),
        reasons=[reason_view(reason) for reason in one.reasons],
        disposition=disposition_name(one.disposition),
        evidence_says=disposition_name(one.evidence_says),
        disposition_evidence=[evidence(each) for each in one.disposition_evidence],
        override=override(one.override),
        image=image(one.image),
    )


def track_end(name: str, ended_s: float, origin: Origin) -> TrackEndView:
    """A track that is gone."""
    return TrackEndView(track=name, origin=origin.value, time_utc=iso_utc(ended_s))


def tracks(
    picture_s: float | None, present: Iterable[TrackPicture], trails: Mapping[str, Iterable[Place]], origin: Origin
) -> TracksView:
    """The newest picture with its trails."""
    return TracksView(
        time_utc=utc(picture_s),
        origin=origin.value,
        tracks=[track(one, origin) for one in present],
        trails={name: [_trail_point(point) for point in trail] for name, trail in trails.items()},
    )


def _trail_point(point: Place) -> TrailPointView:
    return TrailPointView(
        time_utc=iso_utc(point.observed_s), latitude_deg=point.latitude_deg, longitude_deg=point.longitude_deg
    )
