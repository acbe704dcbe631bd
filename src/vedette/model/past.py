"""Incidents as history counts them: those of the watch's own record, and those brought in from elsewhere."""

from __future__ import annotations

import msgspec

from vedette.model.messages import Origin
from vedette.model.payload import Payload


class PastIncident(msgspec.Struct, frozen=True, kw_only=True):
    """One incident. source: `watch`, or the name of the file it came from. Unknown is None, or an empty tuple.

    kinds: classes of its aircraft. azimuth_true_deg: from the site's reference point to where it was first seen.
    latitude_deg, longitude_deg: where an aircraft came down, else where it was first seen. place: of the worst fall,
    inside | outside | unsure. zones: ids that it was near or in. serials: identities that were claimed.
    """

    incident: str
    site: str
    timezone: str
    source: str = "watch"
    origin: Origin
    opened_s: float
    closed_s: float | None = None
    kinds: tuple[str, ...] = ()
    aircraft: int | None = None
    azimuth_true_deg: float | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    place: str | None = None
    zones: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    attribution: str = "unclaimed"
    summary: str = ""


class PastImported(Payload, frozen=True, kw_only=True, tag="past_imported"):
    """An incident that a person brought in from a table. file, sha256: the table's; row: in it, counted from 1."""

    past: PastIncident
    file: str
    sha256: str
    row: int
    by: str
    at_s: float


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which incidents are looked at. None is any; octant: 0 north, clockwise in eighths; from_s ≤ opened < until_s."""

    from_s: float | None = None
    until_s: float | None = None
    kind: str | None = None
    zone: str | None = None
    serial: str | None = None
    octant: int | None = None
    origins: frozenset[Origin] | None = None


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """Whether incidents gather about one hour of the day, one time of the week or one direction.

    of: day | week | direction. mean: its centre, in hours, hours since Monday 00:00, or degrees. resultant: 0 even, 1
    all alike. p: how often as much would come by chance, by Rayleigh's test; None for fewer than five.
    """

    of: str
    count: int
    mean: float | None
    resultant: float | None
    p: float | None


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """Incidents that repeat one another, oldest first, and by what."""

    incidents: tuple[str, ...]
    why: tuple[str, ...]


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The incidents that were asked for, newest first, and their patterns.

    by_hour (24) and by_weekday (7, Monday first) in the site's local time; by_octant (8) from north clockwise;
    no_direction: those without one. by_month: `YYYY-MM`. alike: groups of at least two. alike_by_chance: how many pairs
    alike in hour, direction and kind would be expected were the three independent of one another and of time.
    """

    incidents: tuple[PastIncident, ...]
    of: int
    by_hour: tuple[int, ...]
    by_weekday: tuple[int, ...]
    by_octant: tuple[int, ...]
    no_direction: int
    by_month: dict[str, int]
    by_kind: dict[str, int]
    by_zone: dict[str, int]
    by_serial: dict[str, int]
    rhythms: tuple[Rhythm, ...]
    alike: tuple[Alike, ...]
    pairs_alike: int
    alike_by_chance: float
