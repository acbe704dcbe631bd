"""What the record says of an earlier time."""

from __future__ import annotations

from collections.abc import Iterable

from vedette.clock import iso_utc
from vedette.console.views.alerts import AlertView
from vedette.console.views.base import OriginName, View, utc
from vedette.model import Origin, RecordedLook, RecordedPoints, RecordedSpan, TrackPoint


class GapView(View, frozen=True, kw_only=True):
    """No watch was kept between these times."""

    from_utc: str
    until_utc: str


class SpanView(View, frozen=True, kw_only=True):
    """From the first event of the record to the last (null: empty), and the gaps between watches."""

    origin: OriginName
    first_utc: str | None
    last_utc: str | None
    gaps: list[GapView]


class PointView(View, frozen=True, kw_only=True):
    """A track at one time, as it was recorded."""

    track: str
    observed_s: float
    latitude_deg: float | None
    longitude_deg: float | None
    altitude_ellipsoid_m: float | None
    velocity_east_mps: float
    velocity_north_mps: float
    velocity_up_mps: float | None
    sigma_position_m: float
    p_exists: float
    status: str
    class_: str
    p_class: float
    identity: str | None
    sensors: list[str]


class PointsView(View, frozen=True, kw_only=True):
    """Recorded points in the record's order. next: `after` of the rest, null where there is none."""

    origin: OriginName
    points: list[PointView]
    next: int | None


class PastPictureView(View, frozen=True, kw_only=True):
    """The tracks of a time: of each its last point before it. complete: false where there were too many to read."""

    origin: OriginName
    time_utc: str
    tracks: list[PointView]
    complete: bool


class PastAlertsView(View, frozen=True, kw_only=True):
    """Alerts that stood in a time, in the order they were raised. next: `after` of the rest, null where none."""

    alerts: list[AlertView]
    next: str | None


class LookView(View, frozen=True, kw_only=True):
    """One look: the detection table's rows, and where on the map each is (north, east); null where it is a bearing."""

    sensor: str
    time_utc: str
    rows: list[dict[str, float | str | None]]
    places: list[tuple[float, float] | None]


class LooksView(View, frozen=True, kw_only=True):
    """Looks that had a part in an incident, in the record's order. next: `after` of the rest, null where none."""

    incident: str
    looks: list[LookView]
    next: int | None


def span(one: RecordedSpan | None, origin: Origin) -> SpanView:
    """The record's span."""
    gaps = () if one is None else one.gaps
    return SpanView(
        origin=origin.value,
        first_utc=utc(None if one is None else one.first_s),
        last_utc=utc(None if one is None else one.last_s),
        gaps=[GapView(from_utc=iso_utc(gap.from_s), until_utc=iso_utc(gap.until_s)) for gap in gaps],
    )


def points(found: RecordedPoints, origin: Origin) -> PointsView:
    """Recorded points."""
    return PointsView(origin=origin.value, points=[point(one) for one in found.points], next=found.next_seq)


def past_picture(at_s: float, found: RecordedPoints, origin: Origin) -> PastPictureView:
    """Of each track its last point."""
    last = {one.track: one for one in found.points if one.observed_s <= at_s}
    return PastPictureView(
        origin=origin.value,
        time_utc=iso_utc(at_s),
        tracks=[point(last[name]) for name in sorted(last)],
        complete=found.next_seq is None,
    )


def point(one: TrackPoint) -> PointView:
    """A recorded point."""
    return PointView(
        track=one.track,
        observed_s=one.observed_s,
        latitude_deg=one.latitude_deg,
        longitude_deg=one.longitude_deg,
        altitude_ellipsoid_m=one.altitude_ellipsoid_m,
        velocity_east_mps=one.velocity_east_mps,
        velocity_north_mps=one.velocity_north_mps,
        velocity_up_mps=one.velocity_up_mps,
        sigma_position_m=one.sigma_position_m,
        p_exists=one.p_exists,
        status=one.status,
        class_=one.class_,
        p_class=one.p_class,
        identity=one.identity,
        sensors=list(one.sensors),
    )


def looks(incident: str, found: Iterable[RecordedLook], next_seq: int | None) -> LooksView:
    """Looks of an incident."""
    return LooksView(
        incident=incident,
        looks=[
            LookView(
                sensor=one.look.sensor,
                time_utc=iso_utc(one.look.observed_s),
                rows=list(one.look.rows),
                places=list(one.places),
            )
            for one in found
        ],
        next=next_seq,
    )
