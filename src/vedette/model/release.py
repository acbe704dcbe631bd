"""What may leave the site: pictures and alerts as one partner's release rule lets them through.

A field that is not released is None, as if it were not known: an encoder cannot tell the two apart, and need not.
"""

from __future__ import annotations

import msgspec

from vedette.model.incident import AlertState
from vedette.model.messages import FeedState, Origin
from vedette.model.picture import Impact, Reason


class PastPoint(msgspec.Struct, frozen=True):
    """Where a track was."""

    observed_s: float
    latitude_deg: float
    longitude_deg: float
    altitude_ellipsoid_m: float | None


class ReleasedTrack(msgspec.Struct, frozen=True, kw_only=True):
    """A track as a partner may know it; names and units as in `TrackPicture`. sigma_altitude_m: one sigma.

    p_classes: by vedette.model.CLASSES; sensors: when each last contributed; past: oldest first.
    disposition_by: evidence | person.
    """

    track: str
    observed_s: float
    first_s: float
    status: str
    p_exists: float
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
    class_: str | None = msgspec.field(name="class", default=None)
    p_class: float | None = None
    p_classes: tuple[float, ...] | None = None
    identity: str | None = None
    cooperation: str | None = None
    callsign: str | None = None
    disposition: str | None = None
    disposition_by: str | None = None
    sensors: dict[str, float] | None = None
    impact: Impact | None = None
    past: tuple[PastPoint, ...] | None = None
    reasons: tuple[Reason, ...] | None = None


class ReleasedAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as a partner may know it. test: a test alarm. place_*: of its track, where that is released.

    changed_s: when it last changed its state. Times in seconds UTC; time_to_s of the latest picture.
    """

    alert: str
    rule: str
    priority: int
    title: str
    state: AlertState
    raised_s: float
    changed_s: float
    track: str | None = None
    zone: str | None = None
    time_to_s: float | None = None
    distance_m: float | None = None
    reasons: tuple[Reason, ...] | None = None
    cleared_why: str | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    test: bool = False


class ReleasedNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A person's words to one partner, and when they were written (seconds UTC)."""

    notice: str
    text: str
    at_s: float


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """What one partner may be told at one moment.

    tracks: all that it may know of; ended: names of those it knew of and that are gone, or are no longer released;
    alerts: those that are new to it, or have changed, since the package before.
    """

    at_s: float
    origin: Origin
    tracks: tuple[ReleasedTrack, ...] = ()
    ended: tuple[str, ...] = ()
    alerts: tuple[ReleasedAlert, ...] = ()


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """Octets for one partner, one message whole. about: a track's or an alert's id, "" for neither.

    kind: track | track_end | alert | notice | status. topic: below the broker topic of the output. urgent: never shed
    for another. keep: a broker is to keep it for who comes later (empty octets: to forget what it kept).
    """

    kind: str
    about: str
    octets: bytes
    topic: str = ""
    content_type: str = "application/octet-stream"
    urgent: bool = False
    keep: bool = False


class OutputHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One output's health. age_s: wall seconds since the partner's line last took something, None: never yet.

    sent: messages. waiting: in the queue. replaced: by a newer word on the same track before they were sent. dropped:
    shed or too old when the line came back. refused: by the partner. garbled: what it said that made no sense.
    """

    output: str
    partner: str
    kind: str
    state: FeedState
    sent: int
    waiting: int
    replaced: int
    dropped: int
    refused: int
    garbled: int
    age_s: float | None
    rate_hz: float | None
    detail: str = ""
