"""What must be so before a closed place opens again, and what stands behind a closure. Pure: no memory but arguments.

clear       no unexplained aircraft was in the place's zones for clear_s. Unexplained: a drone (p 0.5 or more), not yet
            classed, or with an open alert; and without a corroborated identity of aviation or of the site's own
sensors     every feed is live
sightings   no sighting of grade A or B was seen within sighting_s. C alone does not hold a runway shut: nothing bears
            it out. D is explained
confirm-N   a person says so, by name
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from vedette.classification import group_masses
from vedette.clock import iso_utc
from vedette.model import (
    AlertState,
    ClosureEvidence,
    Cooperation,
    Criterion,
    FeedState,
    Picture,
    SightingEntered,
    TrackPicture,
)
from vedette.post.books import Books
from vedette.post.conditions import P_CLASSED
from vedette.post.rules import EXEMPT, P_EXISTS_MIN
from vedette.site import ClosurePlace, Site

CLEAR: Final = "clear"
SENSORS: Final = "sensors"
SIGHTINGS: Final = "sightings"
CONFIRM: Final = "confirm"
HOLDS: Final = ("A", "B")
"""Grades of sightings that speak against opening."""
RECENT_S: Final = 1800.0
"""Sightings of this long before a closing are what it may rest on."""
NAMED: Final = 3
"""Aircraft named at most; the others are counted."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What the machine says of one criterion now."""

    met: bool
    detail: str
    counts_from_s: float | None = None


def criteria_of(place: ClosurePlace) -> Iterator[Criterion]:
    """The place's criteria, none of them met yet."""
    minutes = f"{place.clear_s / 60.0:g} min"
    text = f"No unexplained aircraft in the closed ground for {minutes}"
    yield Criterion(id=CLEAR, text=text, by_machine=True, needs_s=place.clear_s)
    if place.sensors:
        yield Criterion(id=SENSORS, text="All sensors live", by_machine=True)
    if place.sighting_s > 0.0:
        text = f"No sighting of grade A or B for {place.sighting_s / 60.0:g} min"
        yield Criterion(id=SIGHTINGS, text=text, by_machine=True, needs_s=place.sighting_s)
    for number, text in enumerate(place.confirm, 1):
        yield Criterion(id=f"{CONFIRM}-{number}", text=text, by_machine=False)


def intruders(place: ClosurePlace, picture: Picture, books: Books) -> tuple[str, ...]:
    """The unexplained aircraft in the place's zones now."""
    alerted = _alerted(books)
    return tuple(
        track.track
        for track in picture.tracks
        if any(near.inside and near.zone in place.zones for near in track.approaches)
        and _is_unexplained(track, alerted=track.track in alerted)
    )


def _alerted(books: Books) -> frozenset[str]:
    """Targets under an alert that nobody has dismissed."""
    return frozenset(
        target for (_, target), alert in books.open.items() if books.alerts[alert].state is not AlertState.DISMISSED
    )


def _is_unexplained(track: TrackPicture, *, alerted: bool) -> bool:
    if track.p_exists < P_EXISTS_MIN:
        return False
    if track.cooperation is Cooperation.COOPERATIVE and (track.identity or "").startswith(EXEMPT):
        return False
    masses = group_masses(track.p_classes)
    return alerted or masses["uav"] >= P_CLASSED or max(masses.values()) < P_CLASSED


def judged_clear(place: ClosurePlace, inside: tuple[str, ...], clear_from_s: float, at_s: float) -> Judged:
    """clear_from_s: since when nothing was inside while somebody looked."""
    if inside:
        more = f" and {len(inside) - NAMED} more" if len(inside) > NAMED else ""
        return Judged(met=False, detail=f"{', '.join(inside[:NAMED])}{more} inside")
    return Judged(
        met=at_s - clear_from_s >= place.clear_s,
        detail=f"clear since {iso_utc(clear_from_s)}",
        counts_from_s=clear_from_s,
    )


def judged_sensors(site: Site, feeds: dict[str, FeedState]) -> Judged:
    """Every feed of the site, and every other that was heard of."""
    known = list(dict.fromkeys([*(feed.id for feed in site.feeds), *feeds]))
    if not known:
        return Judged(met=False, detail="no sensor is known to be live")
    lost = [f"{one} {feeds[one].value if one in feeds else 'never heard'}" for one in known if not _is_live(one, feeds)]
    return Judged(met=not lost, detail=", ".join(lost) if lost else f"{len(known)} of {len(known)} live")


def _is_live(feed: str, feeds: dict[str, FeedState]) -> bool:
    return feeds.get(feed) is FeedState.LIVE


def somebody_looks(feeds: dict[str, FeedState]) -> bool:
    """Whether any feed is live: where none is, that nothing is seen says nothing."""
    return any(state is FeedState.LIVE for state in feeds.values())


def judged_sightings(place: ClosurePlace, sightings: Iterable[SightingEntered], at_s: float) -> Judged:
    """The newest sighting of a grade that holds."""
    every = sorted(sightings, key=lambda one: one.report.at_s)
    holding = [one for one in every if one.grade in HOLDS]
    if not holding:
        detail = f"last one graded {every[-1].grade}, {every[-1].sighting}" if every else "no sighting"
        return Judged(met=True, detail=detail)
    last = holding[-1]
    return Judged(
        met=at_s - last.report.at_s >= place.sighting_s,
        detail=f"{last.sighting}, grade {last.grade}, seen {iso_utc(last.report.at_s)}",
        counts_from_s=last.report.at_s,
    )


def evidence(place: ClosurePlace, picture: Picture | None, books: Books, at_s: float) -> ClosureEvidence:
    """What the closure rests on: aircraft in the place or under alert with who sees them, and recent sightings."""
    alerted = _alerted(books)
    tracks = () if picture is None else picture.tracks
    inside = () if picture is None else intruders(place, picture, books)
    seen = [track for track in tracks if track.track in alerted or track.track in inside]
    recent = [one for one in books.sightings.values() if at_s - one.report.at_s <= RECENT_S]
    grade = min((one.grade for one in recent), default=None)
    most = max((len(track.sensors) for track in seen), default=0)
    sensors = "corroborated" if most > 1 else "single" if most == 1 else "none"
    return ClosureEvidence(
        sensors=sensors,
        sighting_grade=grade,
        tracks=tuple(track.track for track in seen),
        sightings=tuple(one.sighting for one in recent),
        says=f"{_by_sensors(seen, most)}; {_by_sightings(len(recent), grade)}",
    )


def _by_sensors(seen: list[TrackPicture], most: int) -> str:
    if not seen:
        return "No sensor sees an unexplained aircraft"
    best = next(track for track in seen if len(track.sensors) == most)
    who = ", ".join(sorted(best.sensors)) or "no sensor now"
    return f"{best.track} seen by {who}" + (f", and {len(seen) - 1} more aircraft" if len(seen) > 1 else "")


def _by_sightings(count: int, grade: str | None) -> str:
    if grade is None:
        return "no sighting"
    return f"{count} sighting{'s' if count > 1 else ''}, the best of grade {grade}"
