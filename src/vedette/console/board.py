"""The board: what is up now. The pipeline thread puts there what changed, every client reads the same.

What is shown is published to the stream in the same breath, so a snapshot and the frames after it never miss a change.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import partial
from typing import Final

import msgspec

from vedette.console import views
from vedette.console.health import Health
from vedette.console.stream import Stream
from vedette.model import (
    Alert,
    AlertState,
    Decided,
    Incident,
    Origin,
    Picture,
    Shown,
    SightingEntered,
    Standing,
    TrackPicture,
)
from vedette.site import Site

TRAIL_S: Final = 120.0
"""Length of a trail: the newest two minutes."""
TRAIL_STEP_S: Final = 1.0
"""Least time between two points of a trail: at 60 m/s a dot each 60 m."""

RECENT_ALERTS: Final = 100
"""Closed alerts that a snapshot carries; /alerts has all."""


UNKNOWN_STANDING: Final = Standing(
    state="none", says="The watch has not begun: no mandate is known to be in force.", at_s=0.0
)


class TrailPoint(msgspec.Struct, frozen=True):
    """Where a track was."""

    observed_s: float
    latitude_deg: float
    longitude_deg: float


class Board:
    """Latest picture, trails, alerts, incidents and health of one watch. `show_*`: one writer; reads: any thread."""

    def __init__(self, site: Site, origin: Origin) -> None:
        self.site = site
        self.origin: Final = origin
        self.stream: Final = Stream()
        self._picture: Picture | None = None
        self._tracks: dict[str, TrackPicture] = {}
        self._trails: dict[str, deque[TrailPoint]] = {}
        self._alerts: dict[str, Alert] = {}
        self._incidents: dict[str, Incident] = {}
        self._health: Health | None = None
        self._shown = Shown(decided=Decided(standing=UNKNOWN_STANDING))
        self._order = 0

    def change_site(self, site: Site) -> None:
        """The site as it is from now on; the screens learn of it by the topic `site`."""
        with self.stream.lock:
            self.site = site

    def show_picture(self, picture: Picture) -> None:
        """The newest picture. A frame for each track that changed, and for each that is gone."""
        with self.stream.lock:
            self._picture = picture
            present = {track.track: track for track in picture.tracks}
            ended = {end.track: end.ended_s for end in picture.ended}
            for name in [name for name in self._tracks if name not in present]:
                self._end_track(name, ended.get(name, picture.observed_s))
            for track in picture.tracks:
                if self._tracks.get(track.track) != track:
                    self._show_track(track)

    def _show_track(self, track: TrackPicture) -> None:
        self._tracks[track.track] = track
        self._extend_trail(track)
        self.stream.publish("track", ("track", track.track), lambda: views.track(track, self.origin), track)

    def _end_track(self, name: str, ended_s: float) -> None:
        del self._tracks[name]
        self._trails.pop(name, None)
        self.stream.publish("track_end", ("track", name), lambda: views.track_end(name, ended_s, self.origin))

    def _extend_trail(self, track: TrackPicture) -> None:
        if track.latitude_deg is None or track.longitude_deg is None:
            return
        trail = self._trails.setdefault(track.track, deque())
        if not trail or track.observed_s - trail[-1].observed_s >= TRAIL_STEP_S:
            trail.append(TrailPoint(track.observed_s, track.latitude_deg, track.longitude_deg))
        while trail and track.observed_s - trail[0].observed_s > TRAIL_S:
            trail.popleft()

    def show_alerts(self, alerts: Iterable[Alert]) -> None:
        """All alerts as they stand, in the order they were raised. A frame for each that changed."""
        with self.stream.lock:
            for alert in alerts:
                if self._alerts.get(alert.alert) != alert:
                    self._alerts[alert.alert] = alert
                    self._publish_alert(alert)

    def _publish_alert(self, alert: Alert) -> None:
        self.stream.publish("alert", ("alert", alert.alert), lambda: views.alert(alert, self.site))

    def show_incidents(self, incidents: Iterable[Incident]) -> None:
        """All incidents as they stand. A frame for each that changed."""
        with self.stream.lock:
            for incident in incidents:
                if self._incidents.get(incident.incident) != incident:
                    self._incidents[incident.incident] = incident
                    self._publish_incident(incident)

    def _publish_incident(self, incident: Incident) -> None:
        key = ("incident", incident.incident)
        self.stream.publish("incident", key, lambda: views.incident(incident, self.site))

    def show(self, shown: Shown, order: int) -> None:
        """All that the post shows. A frame for each alert, incident and topic that changed.

        order: counts up in the order of the post's states; one that comes after a newer one changes nothing.
        """
        with self.stream.lock:
            if order <= self._order:
                return
            self._order = order
            if shown.picture is not None and not self._is_older(shown.picture):
                self.show_picture(shown.picture)
            self.show_alerts(shown.alerts)
            self.show_incidents(shown.incidents)
            before, self._shown = self._shown, shown
            for topic in views.TOPICS:
                if topic.content(shown) != topic.content(before):
                    self.stream.publish(topic.kind, (topic.kind,), partial(topic.view, shown, self.site))

    def _is_older(self, picture: Picture) -> bool:
        return self._picture is not None and picture.observed_s < self._picture.observed_s

    @property
    def shown(self) -> Shown:
        """What the post showed last; alerts and incidents are read by their own methods."""
        return self._shown

    def decided(self) -> Decided:
        """All decisions and facts, and the mandate's standing, as last shown."""
        return self._shown.decided

    def sightings(self) -> tuple[SightingEntered, ...]:
        """All sightings, in the order they were entered."""
        return self._shown.sightings

    def show_health(self, health: Health) -> None:
        """The watch's health; to be shown at least each second while it runs."""
        with self.stream.lock:
            self._health = health
            view = self.health_view
            self.stream.publish("health", ("health",), view)

    def health_view(self) -> views.HealthView:
        """Health as the API gives it: `starting` before the first is shown."""
        with self.stream.lock:
            picture_s = self._picture.observed_s if self._picture is not None else None
            return views.watch_health(
                self._health,
                picture_s,
                self._shown.decided.standing,
                self.origin,
                self.site,
                self.stream.counts(),
                self._shown.false_alarms,
            )

    def picture(self) -> Picture | None:
        """The newest picture, None before the first."""
        return self._picture

    def tracks(self) -> views.TracksView:
        """The newest picture's tracks with their trails, as the API gives them."""
        with self.stream.lock:
            picture_s = self._picture.observed_s if self._picture is not None else None
            tracks, trails = self.present()
        return views.tracks(picture_s, tracks, trails, self.origin)

    def track(self, name: str) -> TrackPicture | None:
        """One track of the newest picture, None if it is not in it."""
        return self._tracks.get(name)

    def present(self) -> tuple[list[TrackPicture], dict[str, tuple[TrailPoint, ...]]]:
        """The newest picture's tracks, and where each was in the last two minutes."""
        with self.stream.lock:
            return list(self._tracks.values()), {name: tuple(trail) for name, trail in self._trails.items()}

    def alerted_tracks(self, most: int) -> frozenset[str]:
        """The tracks that open alerts stand on, at most so many, those of the first priorities before the others."""
        with self.stream.lock:
            on = [(one.priority, one.track) for one in self._alerts.values() if one.track and one.cleared_s is None]
        return frozenset(track for _, track in sorted(on)[:most])

    def alerts(self) -> tuple[Alert, ...]:
        """All alerts as they stand."""
        with self.stream.lock:
            return tuple(self._alerts.values())

    def incidents(self) -> tuple[Incident, ...]:
        """All incidents as they stand."""
        with self.stream.lock:
            return tuple(self._incidents.values())

    def alert(self, alert_id: str) -> Alert | None:
        """One alert, None if there is none of this id."""
        with self.stream.lock:
            return self._alerts.get(alert_id)

    def _open_and_recent(self) -> list[Alert]:
        """Every alert that is open, unseen or awaits a note, and the newest of the others."""
        recent = set(list(self._alerts)[-RECENT_ALERTS:])
        waiting = AlertState.AWAITING_NOTE
        return [
            a
            for a in self._alerts.values()
            if a.alert in recent or a.state is waiting or not (a.cleared_s and a.acknowledged_s)
        ]

    def snapshot(self, bare: bool = False) -> views.Snapshot:
        """All that is up, and the number of the last frame it holds. bare: without its tracks, said in another way."""
        with self.stream.lock:
            return views.Snapshot(
                seq=self.stream.seq,
                token=self.stream.token,
                origin=self.origin.value,
                picture=views.tracks(None, (), {}, self.origin) if bare else self.tracks(),
                alerts=[views.alert(alert, self.site) for alert in self._open_and_recent()],
                incidents=[views.incident(incident, self.site) for incident in self._incidents.values()],
                health=self.health_view(),
                topics=views.topics(self._shown, self.site),
            )
