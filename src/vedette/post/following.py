"""What an incident gathers while it is open: alerts, what is known of their tracks, and its own end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from vedette.geo import distance_azimuth
from vedette.model import (
    EndedTrack,
    Impact,
    IncidentClosed,
    IncidentJoined,
    IncidentOpened,
    IncidentTrack,
    Picture,
    TrackPicture,
)
from vedette.post.books import Books, IncidentBook
from vedette.post.clocks import First, FollowingClocks
from vedette.post.step import Step
from vedette.site import Site

QUIET_S: Final = 120.0
"""An incident whose alerts are cleared and whose tracks have ended closes after so much quiet."""
CHANGE_S: Final = 1.0
"""Changes of one track are written at most this often; its end at once."""
REFRESH_S: Final = 10.0
"""Without a change, what is known of a track is still written this often: the record's last time is never stale."""
IMPACT_MOVED_M: Final = 25.0
"""An impact point has moved in substance by more than this and more than its own error."""

LOST_S: Final = 30.0
"""A track of an open alert or incident that is neither in the picture nor said to have ended is lost after this much
observed time: after a restart without the tracker's snapshot nobody would ever end it."""


class Following:
    """Opens, follows and closes the incidents of one site."""

    def __init__(self, site: Site, quiet_s: float, clocks: FollowingClocks) -> None:
        self._site_id, self._quiet_s = site.id, quiet_s
        self._first, self._written_s, self._clocks = clocks.first, clocks.written_s, clocks

    def gone(self, books: Books, picture: Picture) -> dict[str, str]:
        """Tracks that ended, and those of open alerts and incidents that have been lost; with why."""
        gone = {ended.track: how_ended(ended) for ended in picture.ended}
        present = {track.track for track in picture.tracks}
        wanted = {track for alert in books.open.values() if (track := books.alerts[alert].track) is not None}
        for book in books.open_incidents():
            wanted.update(name for name, track in book.tracks.items() if not track.ended)
        since_s, now_s = self._clocks.missing_since_s, picture.observed_s
        self._clocks.missing_since_s = {
            name: since_s.get(name, now_s) for name in sorted(wanted - present - gone.keys())
        }
        lost = (name for name, at_s in self._clocks.missing_since_s.items() if now_s - at_s >= LOST_S)
        return gone | dict.fromkeys(lost, "the track was lost")

    def join(self, step: Step, alert: str) -> None:
        """A new alert joins the open incident of its origin, or opens one."""
        book = step.books.open_incident(step.origin)
        if book is None:
            incident = f"{self._site_id}-I-{len(step.books.incidents) + 1:04d}"
            step.enter(IncidentOpened(incident=incident, alert=alert, opened_s=step.now_s))
        else:
            track = step.books.alerts[alert].track
            step.enter(IncidentJoined(incident=book.incident, alert=alert, track=track, at_s=step.now_s))

    def see(self, step: Step, picture: Picture, gone: Mapping[str, str]) -> None:
        """Write what changed of the open incidents' tracks; close those that are over."""
        present = {track.track: track for track in picture.tracks}
        last = {ended.track: ended.last for ended in picture.ended}
        for track in picture.tracks:
            self._first.setdefault(track.track, First(track.latitude_deg, track.longitude_deg))
        for book in step.books.open_incidents():
            for name in tracks_of(book, step.books):
                if name in gone:
                    self._end(step, book, name, last.get(name))
                elif name in present:
                    self._follow(step, book, present[name])
            if self._is_over(step, book):
                note = f"quiet for {self._quiet_s:.0f} s"
                step.enter(IncidentClosed(incident=book.incident, at_s=step.now_s, by=None, note=note))
        for name in [name for name in self._first if name not in present]:
            del self._first[name]
            self._written_s.pop(name, None)

    def conclude(self, step: Step, picture: Picture) -> None:
        """Write the newest of the open incidents' tracks, however short a time after the last word of them."""
        present = {track.track: track for track in picture.tracks}
        for book in step.books.open_incidents():
            for name in tracks_of(book, step.books):
                if name in present:
                    before = book.tracks.get(name)
                    now = self._of(book, present[name], before)
                    if now != before:
                        step.enter(now)

    def _follow(self, step: Step, book: IncidentBook, track: TrackPicture) -> None:
        before = book.tracks.get(track.track)
        now = self._of(book, track, before)
        waited_s = step.now_s - self._written_s.get(track.track, -REFRESH_S)
        if before is None or waited_s >= REFRESH_S or (waited_s >= CHANGE_S and _differs(now, before)):
            step.enter(now)
            self._written_s[track.track] = step.now_s

    def _end(self, step: Step, book: IncidentBook, name: str, last: TrackPicture | None) -> None:
        before = book.tracks.get(name)
        if before is not None and before.ended:
            return
        if last is not None:
            step.enter(msgspec.structs.replace(self._of(book, last, before), ended=True))
        elif before is not None:
            step.enter(msgspec.structs.replace(before, ended=True))

    def _of(self, book: IncidentBook, track: TrackPicture, before: IncidentTrack | None) -> IncidentTrack:
        first = self._first.get(track.track, First(track.latitude_deg, track.longitude_deg))
        known: tuple[str, ...] = ()
        first_s, identity = track.first_s, track.identity
        if before is not None:
            first = First(before.first_latitude_deg, before.first_longitude_deg)
            first_s, known, identity = before.first_s, before.sensors, track.identity or before.identity
        return IncidentTrack(
            incident=book.incident,
            track=track.track,
            identity=identity,
            class_=track.class_,
            p_class=track.p_class,
            sensors=tuple(sorted({*known, *track.sensors})),
            first_s=first_s,
            last_s=track.last_update_s,
            impact=track.impact,
            first_latitude_deg=first.latitude_deg,
            first_longitude_deg=first.longitude_deg,
            last_latitude_deg=track.latitude_deg,
            last_longitude_deg=track.longitude_deg,
        )

    def _is_over(self, step: Step, book: IncidentBook) -> bool:
        alerts = (step.books.alerts[alert] for alert in book.alerts)
        if not all(alert.is_over for alert in alerts):
            return False
        if not all(name in book.tracks and book.tracks[name].ended for name in tracks_of(book, step.books)):
            return False
        return step.now_s - book.quiet_since_s >= self._quiet_s


def tracks_of(book: IncidentBook, books: Books) -> list[str]:
    """The tracks of an incident's alerts, each once, in order of alerts."""
    names = (books.alerts[alert].track for alert in book.alerts)
    return list(dict.fromkeys(name for name in names if name is not None))


def _differs(now: IncidentTrack, before: IncidentTrack) -> bool:
    if (now.identity, now.class_, now.sensors) != (before.identity, before.class_, before.sensors):
        return True
    return _impact_differs(now.impact, before.impact)


def _impact_differs(now: Impact | None, before: Impact | None) -> bool:
    if now is None or before is None:
        return now is not before
    if (now.place, now.basis) != (before.place, before.basis):
        return True
    moved_m, _ = distance_azimuth(before.latitude_deg, before.longitude_deg, now.latitude_deg, now.longitude_deg)
    return moved_m > max(IMPACT_MOVED_M, now.sigma_major_m)


def how_ended(ended: EndedTrack) -> str:
    """How a track ended, for the officer: where it came down if it was seen to."""
    impact = ended.last.impact
    if impact is None or impact.basis != "descent":
        return f"the track ended: no sensor saw it for {ended.ended_s - ended.last.last_update_s:.0f} s"
    return {
        "inside": "it came down inside the perimeter",
        "outside": "it came down outside the perimeter",
    }.get(impact.place, "it came down; inside or outside the perimeter is not sure")
