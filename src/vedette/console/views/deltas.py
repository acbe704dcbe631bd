"""The picture in its small form: what moves as columns, the rest when it changes, the whole where it is looked at.

A track as a whole is some three kilobytes, most of it about its way ahead and the reasons; at 2,000 tracks that is more
than a page can read twice a second. What a map draws of each is a tenth of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

import msgspec

from vedette.clock import iso_utc
from vedette.console.views.base import ImpactView, View, impact_view
from vedette.console.views.identity import DispositionName, OverrideView, disposition_name, override
from vedette.console.views.picture import ImageView, Place, TrackView, image
from vedette.model import TrackPicture

PLACE_DIGITS: Final = 6
"""Degrees to a tenth of a metre."""

COLUMNS: Final = (
    "track", "observed_s", "last_update_s", "latitude_deg", "longitude_deg", "altitude_ellipsoid_m", "altitude_msl_m",
    "height_agl_m", "velocity_east_mps", "velocity_north_mps", "velocity_up_mps", "speed_mps", "course_true_deg",
    "sigma_position_m", "sigma_major_m", "sigma_minor_m", "azimuth_true_deg", "p_exists",
)  # fmt: skip
"""What moves, by the tables' names; the last three lengths and the angle are the ellipse's. Times are UTC seconds."""

Row = tuple[Any, ...]


class TrackAbout(View, frozen=True, kw_only=True):
    """What seldom changes of a track: sent when it does."""

    track: str
    first_utc: str
    status: str
    class_: str
    p_class: float
    identity: str | None
    cooperation: str
    callsign: str | None
    impact: ImpactView | None
    disposition: DispositionName
    evidence_says: DispositionName
    override: OverrideView | None
    image: ImageView | None


class TracksDelta(View, frozen=True, kw_only=True):
    """What changed of the picture. whole: tracks that it does not name are gone.

    moves: one list a column, `COLUMNS` by name, rounded to what a screen can show. about: what else changed. details:
    tracks as GET /tracks/{id} gives them, those of open alerts and those the client has named. trails: only with a
    whole picture; by track, the flattened (UTC seconds, degrees north, degrees east) of the last two minutes.
    """

    seq: int
    kind: Literal["tracks"] = "tracks"
    whole: bool
    moves: dict[str, Sequence[Any]]
    about: list[TrackAbout]
    details: list[TrackView]
    trails: dict[str, list[float]]


class Batch(View, frozen=True, kw_only=True):
    """One message of the stream's small form: what changed since the one before. sent_utc: the server's clock."""

    seq: int
    kind: Literal["batch"] = "batch"
    sent_utc: str
    messages: Sequence[TracksDelta | msgspec.Raw]


def _to(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def track_row(one: TrackPicture) -> Row:
    """What moves of a track, in the order of `COLUMNS`."""
    return (
        one.track,
        round(one.observed_s, 3),
        round(one.last_update_s, 3),
        _to(one.latitude_deg, PLACE_DIGITS),
        _to(one.longitude_deg, PLACE_DIGITS),
        _to(one.altitude_ellipsoid_m, 1),
        _to(one.altitude_msl_m, 1),
        _to(one.height_agl_m, 1),
        round(one.velocity_east_mps, 2),
        round(one.velocity_north_mps, 2),
        _to(one.velocity_up_mps, 2),
        round(one.speed_mps, 2),
        _to(one.course_true_deg, 1),
        round(one.sigma_position_m, 1),
        round(one.ellipse_major_m, 1),
        round(one.ellipse_minor_m, 1),
        round(one.ellipse_azimuth_true_deg, 1),
        round(one.p_exists, 3),
    )


def columns(rows: Iterable[Row]) -> dict[str, Sequence[Any]]:
    """Rows as columns by name; no row, no column."""
    return dict(zip(COLUMNS, zip(*rows, strict=True), strict=False))


def about_key(one: TrackPicture) -> Row:
    """What `TrackAbout` says of a track, to be compared."""
    return (
        one.status,
        one.class_,
        round(one.p_class, 2),
        one.identity,
        one.cooperation,
        one.callsign,
        one.impact,
        one.disposition,
        one.evidence_says,
        one.override,
        one.image,
    )


def track_about(one: TrackPicture) -> TrackAbout:
    """What seldom changes of a track."""
    return TrackAbout(
        track=one.track,
        first_utc=iso_utc(one.first_s),
        status=one.status,
        class_=one.class_,
        p_class=round(one.p_class, 2),
        identity=one.identity,
        cooperation=one.cooperation.value,
        callsign=one.callsign,
        impact=impact_view(one.impact),
        disposition=disposition_name(one.disposition),
        evidence_says=disposition_name(one.evidence_says),
        override=override(one.override),
        image=image(one.image),
    )


def flat_trail(trail: Iterable[Place]) -> list[float]:
    """A trail as numbers: time, north, east of each point in turn."""
    return [
        number
        for point in trail
        for number in (
            round(point.observed_s, 1),
            round(point.latitude_deg, PLACE_DIGITS),
            round(point.longitude_deg, PLACE_DIGITS),
        )
    ]
