"""What leaves the site as JSON, over MQTT and to webhooks: one object a track, its end, an alert, a notice, a status.

Names and units are the tables' and the API's. What is not known, or not released to this partner, is left out; more
keys may come. docs/schema/output.schema.json is `python -m vedette.wire.documents`, and a test holds it to that.
"""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from vedette.clock import iso_utc
from vedette.model import CLASSES, Impact, Origin, PastPoint, Reason, ReleasedAlert, ReleasedNotice, ReleasedTrack

Utc = Annotated[str, Meta(description="ISO 8601, UTC, with Z", extra_json_schema={"format": "date-time"})]
Probability = Annotated[float, Meta(ge=0.0, le=1.0)]
OriginName = Literal["live", "replay", "simulated", "exercise"]
PlaceName = Literal["inside", "outside", "unsure"]


AlertStateName = Literal["raised", "acknowledged", "cleared"]
"""Whether an alert is on, was seen, or is over: the states that partners are told."""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"class_": "class"}):
    """A part of a document."""


class Document(Part, frozen=True, kw_only=True, tag_field="kind"):
    """A document. site: the site's id. origin: live, or what it is instead."""

    site: str
    origin: OriginName


class ReasonPart(Part, frozen=True, kw_only=True):
    """One reason for a judgement, with the number behind it."""

    text: str
    value: float | None = None
    unit: str | None = None
    source: str | None = None


class ImpactPart(Part, frozen=True, kw_only=True):
    """Where it came down (basis `descent`), or would (`descending`); sigmas are half axes of the 1-sigma ellipse."""

    time_utc: Utc
    latitude_deg: float
    longitude_deg: float
    sigma_major_m: float
    sigma_minor_m: float
    azimuth_true_deg: float
    place: PlaceName
    basis: str
    p_inside: Probability | None = None


class PastPart(Part, frozen=True, kw_only=True):
    """Where a track was."""

    time_utc: Utc
    latitude_deg: float
    longitude_deg: float
    altitude_ellipsoid_m: float | None = None


DispositionWord = Literal["pending", "unknown", "assumed_friendly", "friendly", "neutral", "suspicious", "hostile"]


class TrackDocument(Document, frozen=True, kw_only=True, tag="track"):
    """A track. p_exists: how much it is believed. Sigmas and ellipse (half axes, azimuth from true north): 1 sigma.

    sensors: when each that contributed last did. past: oldest first. cooperation: whether another sensor agrees with
    what it says of itself. disposition_by: whether its evidence or a person says so; hostile is a person's word alone.
    """

    track: str
    time_utc: Utc
    first_utc: Utc
    status: Literal["confirmed", "coasting"]
    p_exists: Probability
    latitude_deg: float
    longitude_deg: float
    altitude_ellipsoid_m: float | None = None
    altitude_msl_m: float | None = None
    height_agl_m: float | None = None
    velocity_east_mps: float | None = None
    velocity_north_mps: float | None = None
    velocity_up_mps: float | None = None
    speed_mps: float | None = None
    course_true_deg: float | None = None
    sigma_position_m: float | None = None
    sigma_altitude_m: float | None = None
    ellipse_major_m: float | None = None
    ellipse_minor_m: float | None = None
    ellipse_azimuth_true_deg: float | None = None
    class_: str | None = None
    p_class: Probability | None = None
    p_classes: dict[str, Probability] | None = None
    identity: str | None = None
    cooperation: Literal["cooperative", "claimed", "unknown"] | None = None
    callsign: str | None = None
    disposition: DispositionWord | None = None
    disposition_by: Literal["evidence", "person"] | None = None
    sensors: dict[str, Utc] | None = None
    impact: ImpactPart | None = None
    past: tuple[PastPart, ...] | None = None
    reasons: tuple[ReasonPart, ...] | None = None


class TrackEndDocument(Document, frozen=True, kw_only=True, tag="track_end"):
    """A track is gone, or is told no longer."""

    track: str
    time_utc: Utc


class AlertDocument(Document, frozen=True, kw_only=True, tag="alert"):
    """An alert, whenever it is new or its state has changed. priority: 1 act now, 2 soon, 3 know, 4 log.

    test: a test alarm; nothing is there. time_to_s, distance_m: to the zone, as of changed_utc; 0 inside.
    latitude_deg, longitude_deg: of its track.
    """

    alert: str
    rule: str
    priority: Annotated[int, Meta(ge=1, le=4)]
    title: str
    state: AlertStateName
    test: bool
    raised_utc: Utc
    changed_utc: Utc
    track: str | None = None
    zone: str | None = None
    time_to_s: float | None = None
    distance_m: float | None = None
    reasons: tuple[ReasonPart, ...] | None = None
    cleared_why: str | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None


class NoticeDocument(Document, frozen=True, kw_only=True, tag="notice"):
    """What a person of the watch tells a person of the partner, who is to confirm it by voice."""

    notice: str
    time_utc: Utc
    text: Annotated[str, Meta(max_length=1000)]


class StatusDocument(Document, frozen=True, kw_only=True, tag="status"):
    """Whether Vedette tells: online on each new line; offline by its own word, or by the broker's if it is cut off."""

    state: Literal["online", "offline"]
    partner: str


AnyDocument = TrackDocument | TrackEndDocument | AlertDocument | NoticeDocument | StatusDocument


def track_document(track: ReleasedTrack, site: str, origin: Origin) -> TrackDocument:
    """The document of a track."""
    same = {name: getattr(track, name) for name in _SAME}
    return TrackDocument(
        site=site,
        origin=origin.value,
        time_utc=iso_utc(track.observed_s),
        first_utc=iso_utc(track.first_s),
        p_classes=None if track.p_classes is None else dict(zip(CLASSES, track.p_classes, strict=True)),
        sensors=None if track.sensors is None else {name: iso_utc(at_s) for name, at_s in track.sensors.items()},
        impact=None if track.impact is None else _impact(track.impact),
        past=None if track.past is None else tuple(map(_past, track.past)),
        reasons=_reasons(track.reasons),
        **same,
    )


def track_end_document(track: str, at_s: float, site: str, origin: Origin) -> TrackEndDocument:
    """The document of a track's end."""
    return TrackEndDocument(site=site, origin=origin.value, track=track, time_utc=iso_utc(at_s))


def alert_document(alert: ReleasedAlert, site: str, origin: Origin) -> AlertDocument:
    """The document of an alert."""
    return AlertDocument(
        site=site,
        origin=origin.value,
        alert=alert.alert,
        rule=alert.rule,
        priority=alert.priority,
        title=alert.title,
        state=msgspec.convert(alert.state.value, AlertStateName),
        test=alert.test,
        raised_utc=iso_utc(alert.raised_s),
        changed_utc=iso_utc(alert.changed_s),
        track=alert.track,
        zone=alert.zone,
        time_to_s=alert.time_to_s,
        distance_m=alert.distance_m,
        reasons=_reasons(alert.reasons),
        cleared_why=alert.cleared_why,
        latitude_deg=alert.latitude_deg,
        longitude_deg=alert.longitude_deg,
    )


def notice_document(notice: ReleasedNotice, site: str, origin: Origin) -> NoticeDocument:
    """The document of a notice."""
    return NoticeDocument(
        site=site, origin=origin.value, notice=notice.notice, time_utc=iso_utc(notice.at_s), text=notice.text
    )


def encode(document: AnyDocument) -> bytes:
    """The document as UTF-8 JSON, in one line."""
    return msgspec.json.encode(document)


_SAME = tuple(
    set(TrackDocument.__struct_fields__)
    & set(ReleasedTrack.__struct_fields__) - {"p_classes", "sensors", "impact", "past", "reasons"}
)


def _impact(impact: Impact) -> ImpactPart:
    return ImpactPart(
        time_utc=iso_utc(impact.observed_s),
        latitude_deg=impact.latitude_deg,
        longitude_deg=impact.longitude_deg,
        sigma_major_m=impact.sigma_major_m,
        sigma_minor_m=impact.sigma_minor_m,
        azimuth_true_deg=impact.azimuth_true_deg,
        place=msgspec.convert(impact.place, PlaceName),
        basis=impact.basis,
        p_inside=impact.p_inside,
    )


def _past(point: PastPoint) -> PastPart:
    return PastPart(
        time_utc=iso_utc(point.observed_s),
        latitude_deg=point.latitude_deg,
        longitude_deg=point.longitude_deg,
        altitude_ellipsoid_m=point.altitude_ellipsoid_m,
    )


def _reasons(reasons: tuple[Reason, ...] | None) -> tuple[ReasonPart, ...] | None:
    if reasons is None:
        return None
    return tuple(ReasonPart(text=r.text, value=r.value, unit=r.unit, source=r.source) for r in reasons)


def schema_text() -> str:
    """The JSON Schema of all documents."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Output",
        "description": "What Vedette tells partners as JSON, over MQTT and to webhooks. `kind` says which it is. "
        "What is not known, or not released, is left out.",
    }
    return json.dumps(schema | msgspec.json.schema(AnyDocument), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
