"""History as the API gives it: incidents that were asked for, counts and repeats."""

from __future__ import annotations

from typing import Literal

from vedette.clock import iso_local, iso_utc
from vedette.console.views.base import OriginName, PlaceName, View, utc
from vedette.model import Alike, History, PastIncident, Rhythm


class PastIncidentView(View, frozen=True, kw_only=True):
    """One incident. source: `watch`, or `table` where it was brought in. place: of the worst fall."""

    id: str
    site: str
    source: str
    origin: OriginName
    timezone: str
    opened_utc: str
    opened_local: str
    closed_utc: str | None
    kinds: list[str]
    aircraft: int | None
    azimuth_true_deg: float | None
    latitude_deg: float | None
    longitude_deg: float | None
    place: PlaceName | None
    zones: list[str]
    serials: list[str]
    attribution: str
    summary: str


class RhythmView(View, frozen=True, kw_only=True):
    """Whether incidents gather. mean: hours of the day, hours since Monday 00:00 local, or degrees; p by Rayleigh."""

    of: Literal["day", "week", "direction"]
    count: int
    mean: float | None
    resultant: float | None
    p: float | None


class AlikeView(View, frozen=True, kw_only=True):
    """Incidents that repeat one another, oldest first, and by what."""

    incidents: list[str]
    why: list[str]


class HistoryView(View, frozen=True, kw_only=True):
    """Incidents, newest first, and their patterns; hours and weekdays local, octants from north clockwise.

    of: all that were looked through. alike_by_chance: pairs alike in hour, direction and kind that chance would give.
    """

    incidents: list[PastIncidentView]
    of: int
    by_hour: list[int]
    by_weekday: list[int]
    by_octant: list[int]
    no_direction: int
    by_month: dict[str, int]
    by_kind: dict[str, int]
    by_zone: dict[str, int]
    by_serial: dict[str, int]
    rhythms: list[RhythmView]
    alike: list[AlikeView]
    pairs_alike: int
    alike_by_chance: float


def history(found: History) -> HistoryView:
    """The history's view."""
    return HistoryView(
        incidents=[past_incident(one) for one in found.incidents],
        of=found.of,
        by_hour=list(found.by_hour),
        by_weekday=list(found.by_weekday),
        by_octant=list(found.by_octant),
        no_direction=found.no_direction,
        by_month=found.by_month,
        by_kind=found.by_kind,
        by_zone=found.by_zone,
        by_serial=found.by_serial,
        rhythms=[_rhythm(one) for one in found.rhythms],
        alike=[_alike(one) for one in found.alike],
        pairs_alike=found.pairs_alike,
        alike_by_chance=found.alike_by_chance,
    )


def past_incident(one: PastIncident) -> PastIncidentView:
    """One incident's view."""
    return PastIncidentView(
        id=one.incident,
        site=one.site,
        source=one.source,
        origin=one.origin.value,
        timezone=one.timezone,
        opened_utc=iso_utc(one.opened_s),
        opened_local=iso_local(one.opened_s, one.timezone),
        closed_utc=utc(one.closed_s),
        kinds=list(one.kinds),
        aircraft=one.aircraft,
        azimuth_true_deg=one.azimuth_true_deg,
        latitude_deg=one.latitude_deg,
        longitude_deg=one.longitude_deg,
        place=None if one.place is None else _PLACES[one.place],
        zones=list(one.zones),
        serials=list(one.serials),
        attribution=one.attribution,
        summary=one.summary,
    )


_PLACES: dict[str, PlaceName] = {"inside": "inside", "outside": "outside", "unsure": "unsure"}
_OF: dict[str, Literal["day", "week", "direction"]] = {"day": "day", "week": "week", "direction": "direction"}


def _rhythm(one: Rhythm) -> RhythmView:
    return RhythmView(of=_OF[one.of], count=one.count, mean=one.mean, resultant=one.resultant, p=one.p)


def _alike(one: Alike) -> AlikeView:
    return AlikeView(incidents=list(one.incidents), why=list(one.why))
