"""The detections that an incident keeps: those that may be of its tracks, and earlier ones of a track that joins it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vedette.model import Draft, IncidentDetections, Look, Origin, Picture, Scan, TrackPoint
from vedette.post.books import Books, IncidentBook
from vedette.post.earlier import Earlier
from vedette.post.following import tracks_of
from vedette.post.gate import Beside, Gate, Row
from vedette.post.step import Step
from vedette.site import Site

ROWS_AN_INCIDENT: Final = 20_000
"""Detections kept of one incident at most."""


class Keeping:
    """The looks of the last minutes, and what of each look the open incidents keep."""

    def __init__(self, site: Site) -> None:
        self._gate = Gate(site)
        self._earlier = Earlier(self._gate)
        self._near: dict[str, tuple[Picture | None, int, Beside | None]] = {}

    def under(self, site: Site) -> Keeping:
        """The same as the site is from now on; the looks of the last minutes are kept."""
        later = Keeping(site)
        later._earlier = self._earlier.under(later._gate)
        return later

    def follow(self, points: Sequence[TrackPoint], observed_s: float) -> None:
        """Where the tracks are now: what was heard near them before may be theirs."""
        self._earlier.see(points, observed_s)

    def recall(self, step: Step, alert: str) -> None:
        """Write the earlier looks at a track that has just joined its incident by its first alert."""
        book, track = step.books.open_incident(step.origin), step.books.alerts[alert].track
        if book is None or track is None:
            return
        if [step.books.alerts[one].track for one in book.alerts].count(track) == 1:
            for scan, rows in self._earlier.rows_of(track):
                step.drafts += self._keep(step.books, book, scan, rows, step.received_s, step.origin)

    def _keep(
        self, books: Books, book: IncidentBook, scan: Scan, rows: tuple[Row, ...], received_s: float, origin: Origin
    ) -> list[Draft]:
        """Write a look's rows into an incident, as many as it may still hold."""
        step, kept = Step(books, scan.observed_s, received_s, origin), rows[: max(0, ROWS_AN_INCIDENT - book.rows)]
        if kept:
            step.enter(
                IncidentDetections(incident=book.incident, sensor=scan.sensor, observed_s=scan.observed_s, rows=kept)
            )
        return step.drafts

    def look(self, books: Books, look: Look, picture: Picture | None, received_s: float, origin: Origin) -> list[Draft]:
        """Keep the look's detections that may be of an open incident's tracks, as they stand in the latest picture."""
        places = self._gate.places(look.scan)
        self._earlier.hear(look.scan, places)
        drafts: list[Draft] = []
        for book in books.open_incidents():
            near = self._beside(books, book, picture)
            rows = self._gate.rows_near(look.scan, near, places) if near is not None else ()
            drafts += self._keep(books, book, look.scan, rows, received_s, origin)
        return drafts

    def _beside(self, books: Books, book: IncidentBook, picture: Picture | None) -> Beside | None:
        """An incident's tracks in a picture, None where there are none; made anew when either has changed."""
        known = self._near.get(book.incident)
        if known is None or known[0] is not picture or known[1] != len(book.alerts):
            names = set(tracks_of(book, books))
            near = [] if picture is None else [track for track in picture.tracks if track.track in names]
            known = picture, len(book.alerts), self._gate.beside(near) if near else None
            self._near[book.incident] = known
        return known[2]
