"""An incident as it stands: what the books hold of it in many places, put together."""

from __future__ import annotations

import math

from vedette.model import (
    Closure,
    Count,
    DecisionOrdered,
    Disposition,
    FactRecorded,
    Incident,
    IncidentTrack,
    IncidentTrackSummary,
    Picture,
)
from vedette.post.books import Books, IncidentBook
from vedette.post.count import count
from vedette.statement import standing_in

EFFECTS = ("injuries", "damage", "flights")


class Gathering:
    """Gathers incidents from the books. Remembers only what a picture gives back: when tracks were last updated."""

    def __init__(self) -> None:
        self._last_update_s: dict[str, float] = {}
        self._counts: dict[str, tuple[tuple[IncidentTrack, ...], Count]] = {}

    def see(self, picture: Picture) -> None:
        """Take in when each track was updated last."""
        self._last_update_s = {track.track: track.last_update_s for track in picture.tracks}

    def incident(self, books: Books, book: IncidentBook) -> Incident:
        """One incident."""
        dossier = books.dossiers.of(book.incident).shown()
        decided = standing_in(dossier)
        return Incident(
            incident=book.incident,
            opened_s=book.opened_s,
            state=book.state,
            tracks=tuple(self._summary(books, track) for track in book.tracks.values()),
            count=self._count(book),
            alerts=tuple(book.alerts),
            effects={effect: books.dossiers.effect_of(book.incident, effect) for effect in EFFECTS},
            attribution="unclaimed" if decided is None else decided.proposed.state,
            origin=book.origin,
            closed_s=book.closed_s,
            decisions=tuple(one for one in books.decided.decisions.values() if _is_of(book, one.order)),
            facts=tuple(one for one in books.decided.facts if _is_of(book, one)),
            sightings=tuple(one for one in books.sightings.values() if one.incident == book.incident),
            dossier=dossier,
            closures=tuple(one for one in books.response.closures.values() if _was_closed(book, one)),
        )

    def _count(self, book: IncidentBook) -> Count:
        """Counted anew only when a track was written: this is asked for at every picture."""
        tracks = tuple(book.tracks.values())
        known = self._counts.get(book.incident)
        if known is None or known[0] != tracks:
            known = self._counts[book.incident] = (tracks, count(tracks))
        return known[1]

    def _summary(self, books: Books, track: IncidentTrack) -> IncidentTrackSummary:
        last_s = track.last_s
        return IncidentTrackSummary(
            track=track.track,
            identity=track.identity,
            class_=track.class_,
            p_class=track.p_class,
            sensors=track.sensors,
            first_s=track.first_s,
            last_s=last_s if track.ended else max(last_s, self._last_update_s.get(track.track, last_s)),
            impact=track.impact,
            ended=track.ended,
            disposition=books.identity.disposition(track.track),
            evidence_says=books.identity.evidence.get(track.track, Disposition.PENDING),
            override=books.identity.overrides.get(track.track),
            first_latitude_deg=track.first_latitude_deg,
            first_longitude_deg=track.first_longitude_deg,
        )


def _was_closed(book: IncidentBook, one: Closure) -> bool:
    """It was closed in the incident, or at any time while that was open."""
    if one.began.incident == book.incident:
        return True
    reopened_s = math.inf if one.ended is None else one.ended.reopened_s
    over_s = math.inf if book.closed_s is None else book.closed_s
    return one.origin is book.origin and one.began.closed_s <= over_s and reopened_s >= book.opened_s


def _is_of(book: IncidentBook, said: DecisionOrdered | FactRecorded) -> bool:
    """It was ordered or said while the incident was the open one, or is about one of its tracks."""
    return said.incident == book.incident or (said.incident is None and said.track in book.tracks)
