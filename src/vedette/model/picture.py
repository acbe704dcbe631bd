"""The air picture: what assessment says of each track, with its reasons."""

from __future__ import annotations

import enum

import msgspec

from vedette.model.dispositions import Disposition, Evidence, Override


class Cooperation(enum.StrEnum):
    """What stands behind an identity. COOPERATIVE: another sensor agrees. CLAIMED: only the aircraft says so."""

    COOPERATIVE = "cooperative"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason for a judgement: a short text fit for a screen, and the number behind it with unit and source."""

    text: str
    value: float | None = None
    unit: str | None = None
    source: str | None = None


class ZoneApproach(msgspec.Struct, frozen=True, kw_only=True):
    """A track against one zone or asset of the site, horizontally.

    distance_m: to its edge, 0 inside. time_to_s: until it is inside on the present course, 0 inside, None: never within
    the horizon. closest_m, closest_in_s: closest point of approach on the present course.
    """

    zone: str
    name: str
    role: str
    distance_m: float
    inside: bool
    time_to_s: float | None
    closest_m: float
    closest_in_s: float


class PathPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where it would be `in_s` from now: 1-sigma half axes, the major one's azimuth clockwise from north."""

    in_s: float
    latitude_deg: float
    longitude_deg: float
    altitude_ellipsoid_m: float | None
    sigma_major_m: float
    sigma_minor_m: float
    azimuth_true_deg: float


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """Where it came down, or would. place: inside | outside | unsure of the perimeter, from p_inside.

    basis: `descent` (seen ending low and descending) or `descending` (still up, on its way down).
    """

    observed_s: float
    latitude_deg: float
    longitude_deg: float
    sigma_major_m: float
    sigma_minor_m: float
    azimuth_true_deg: float
    p_inside: float | None
    place: str
    basis: str


class SensorImage(msgspec.Struct, frozen=True, kw_only=True):
    """Where a sensor's picture of a track can be seen (http or https), and when that detection was made."""

    sensor: str
    observed_s: float
    url: str


class TrackPicture(msgspec.Struct, frozen=True, kw_only=True):
    """One track as the watch officer sees it. Names and units are those of the track table.

    `track` is the watch's name for it (site id, T, number), `id` the tracker's number. `sensors` maps each sensor that
    contributed to the time it last did. ellipse_*: 1 sigma, horizontal. Altitude is None where no sensor measured it.
    contradictions: of its identity. image: the newest picture that a sensor links. From disposition on it is post's to
    say: disposition is a person's word where there is one (`override`), else what the evidence says.
    """

    track: str
    id: int
    observed_s: float
    first_s: float
    last_update_s: float
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
    ellipse_major_m: float
    ellipse_minor_m: float
    ellipse_azimuth_true_deg: float
    p_exists: float
    p_classes: tuple[float, ...]
    class_: str = msgspec.field(name="class")
    p_class: float
    identity: str | None
    cooperation: Cooperation
    callsign: str | None
    sensors: dict[str, float]
    approaches: tuple[ZoneApproach, ...]
    path: tuple[PathPoint, ...]
    impact: Impact | None
    reasons: tuple[Reason, ...]
    sigma_altitude_m: float | None = None
    contradictions: tuple[Reason, ...] = ()
    image: SensorImage | None = None
    disposition: Disposition = Disposition.PENDING
    evidence_says: Disposition = Disposition.PENDING
    disposition_evidence: tuple[Evidence, ...] = ()
    override: Override | None = None

    @property
    def disposition_by(self) -> str:
        """Whose word the disposition is: evidence | person."""
        return "evidence" if self.override is None else "person"


class EndedTrack(msgspec.Struct, frozen=True, kw_only=True):
    """A track that ended, with its last picture; its `impact` is set where it ended low and descending."""

    track: str
    ended_s: float
    last: TrackPicture


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """All confirmed and coasting tracks at one time, by name, and those that ended since the picture before."""

    observed_s: float
    tracks: tuple[TrackPicture, ...]
    ended: tuple[EndedTrack, ...] = ()
