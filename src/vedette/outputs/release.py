"""What one partner may be told: its [[release]] rule over pictures and alerts, in order. Pure.

A track that no zone of the rule holds does not exist for the partner: it is told as ended when it leaves them, and an
alert on it as cleared (`no longer shared`). A track known by direction alone has no place to be told. History is where
the partner was told that a track is, so that nothing from elsewhere is in it. Under a delay, moments wait, with steps
between them that grow with the delay; new words on alerts are moments in any case.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from vedette.model import (
    Alert,
    AlertState,
    Origin,
    Package,
    PastPoint,
    Picture,
    ReleasedAlert,
    ReleasedTrack,
    TrackPicture,
)
from vedette.site import ReleaseRule, Site

STEP_S: Final = 1.0
"""Least time between two packages, but for new words on alerts, which go at once."""
MOMENTS: Final = 300
"""Moments that wait at most under a delay, but for alerts: of a long delay the steps are longer."""
PAST_S: Final = 120.0
PAST_STEP_S: Final = 2.0
WITHDRAWN: Final = "no longer shared"

_ALWAYS: Final = ("track", "observed_s", "first_s", "status", "p_exists", "latitude_deg", "longitude_deg")
_GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "altitude": ("altitude_ellipsoid_m", "altitude_msl_m", "height_agl_m"),
    "velocity": ("velocity_east_mps", "velocity_north_mps", "velocity_up_mps", "speed_mps", "course_true_deg"),
    "accuracy": ("sigma_position_m", "ellipse_major_m", "ellipse_minor_m", "ellipse_azimuth_true_deg"),
    "class": ("class_", "p_class", "p_classes"),
    "identity": ("identity", "cooperation", "callsign"),
    "disposition": ("disposition", "disposition_by"),
    "sensors": ("sensors",),
    "impact": ("impact",),
    "reasons": ("reasons",),
}
"""The fields of a track by the group that releases them."""


class _Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What the partner will be told at at_s + delay. shown: tracks in the zones; elsewhere: names of the others.

    changed: alerts that are new or have changed since the moment before.
    """

    at_s: float
    shown: tuple[ReleasedTrack, ...]
    elsewhere: frozenset[str]
    changed: tuple[Alert, ...]


class Release:
    """One rule at work for one partner.

    `see` takes pictures and all alerts as they stand, in order; `known` are alerts that a watch before this one told.
    """

    def __init__(self, rule: ReleaseRule, site: Site, origin: Origin, known: Iterable[str] = ()) -> None:
        self._rule, self._origin = rule, origin
        self._zone_names = {zone.id: zone.name for zone in site.zones}
        self._fields = (*_ALWAYS, *(name for group in _GROUPS if group in rule.fields for name in _GROUPS[group]))
        self._step_s = max(STEP_S, rule.delay_s / MOMENTS)
        self._seen: dict[str, Alert] = {}
        self._moments: deque[_Moment] = deque()
        self._held_s = self._told_s = float("-inf")
        self._open: dict[str, Alert] = {}
        self._told: dict[str, ReleasedAlert | None] = dict.fromkeys(known)
        self._last = Package(at_s=0.0, origin=origin)
        self._past: dict[str, deque[PastPoint]] = {}

    def see(self, picture: Picture, alerts: Iterable[Alert], at_s: float) -> Iterator[Package]:
        """The packages that are due at `at_s`, which never falls."""
        changed = tuple(self._changed(alerts)) if "alerts" in self._rule.what else ()
        if changed or at_s - self._held_s >= self._step_s:
            self._held_s = at_s
            self._moments.append(self._moment(picture, changed, at_s))
        while self._moments and self._moments[0].at_s + self._rule.delay_s <= at_s:
            yield self._package(self._moments.popleft())

    def standing(self) -> Package:
        """What the partner was told last, once more: the tracks, and every alert that is open for it."""
        return msgspec.structs.replace(self._last, ended=(), alerts=tuple(filter(None, self._told.values())))

    def farewell(self, at_s: float) -> Package:
        """The last package: no track is told any more."""
        ended = tuple(track.track for track in self._last.tracks)
        self._last = Package(at_s=at_s, origin=self._origin, ended=ended)
        return self._last

    def _changed(self, alerts: Iterable[Alert]) -> Iterator[Alert]:
        """Those that say something new; time and distance alone, which change with each picture, are nothing new.

        What is absent, such as a sensor that has gone silent, is no partner's business.
        """
        for alert in alerts:
            if alert.target is not None and alert.target != alert.track:
                continue
            seen = self._seen.get(alert.alert)
            if seen is not alert:
                self._seen[alert.alert] = alert
                if seen is None or _gist(seen) != _gist(alert):
                    yield alert

    def _moment(self, picture: Picture, changed: tuple[Alert, ...], at_s: float) -> _Moment:
        placed = [track for track in picture.tracks if track.latitude_deg is not None]
        shown = [track for track in placed if self._is_inside(track)]
        names = {track.track for track in shown}
        return _Moment(
            at_s=at_s,
            shown=tuple(self._cut(track) for track in shown),
            elsewhere=frozenset(track.track for track in picture.tracks if track.track not in names),
            changed=changed,
        )

    def _is_inside(self, track: TrackPicture) -> bool:
        zones = self._rule.zones
        return zones is None or any(one.inside and one.zone in zones for one in track.approaches)

    def _cut(self, track: TrackPicture) -> ReleasedTrack:
        values: dict[str, Any] = {name: getattr(track, name) for name in self._fields}
        if "cooperation" in values:
            values["cooperation"] = values["cooperation"].value
        if "disposition" in values:
            values["disposition"] = values["disposition"].value
        if {"altitude", "accuracy"} <= self._rule.fields:
            values["sigma_altitude_m"] = track.sigma_altitude_m
        return ReleasedTrack(**values)

    def _package(self, moment: _Moment) -> Package:
        shown = {track.track: track for track in moment.shown}
        alerts = tuple(self._alerts(moment, shown))
        tracks: tuple[ReleasedTrack, ...] = ()
        if "tracks" in self._rule.what:
            tracks = tuple(self._with_past(track) for track in moment.shown)
        names = {track.track for track in tracks}
        ended = tuple(track.track for track in self._last.tracks if track.track not in names)
        self._past = {name: past for name, past in self._past.items() if name in names}
        self._last = Package(at_s=moment.at_s, origin=self._origin, tracks=tracks, ended=ended, alerts=alerts)
        return self._last

    def _with_past(self, track: ReleasedTrack) -> ReleasedTrack:
        if "history" not in self._rule.fields:
            return track
        past = self._past.setdefault(track.track, deque())
        told = msgspec.structs.replace(track, past=tuple(past))
        if not past or track.observed_s - past[-1].observed_s >= PAST_STEP_S:
            past.append(
                PastPoint(track.observed_s, track.latitude_deg, track.longitude_deg, track.altitude_ellipsoid_m)
            )
        while past and track.observed_s - past[0].observed_s > PAST_S:
            past.popleft()
        return told

    def _alerts(self, moment: _Moment, shown: dict[str, ReleasedTrack]) -> Iterator[ReleasedAlert]:
        new = {alert.alert: alert for alert in moment.changed}
        self._open |= new
        for name, alert in tuple(self._open.items()):
            is_told, is_shown = name in self._told, alert.track is None or alert.track in shown
            is_over = alert.is_over
            if self._rule.zones is None:
                is_shown = True
            if is_over:
                del self._open[name]
            if is_told and is_over:
                del self._told[name]
                yield self._released(alert, shown)
            elif is_told and not is_shown and alert.track in moment.elsewhere:
                del self._told[name]
                yield self._withdrawn(alert, moment.at_s)
            elif (is_shown and not is_told and not is_over) or (is_told and name in new):
                self._told[name] = released = self._released(alert, shown)
                yield released

    def _withdrawn(self, alert: Alert, at_s: float) -> ReleasedAlert:
        released = self._released(alert, {})
        return msgspec.structs.replace(
            released, state=AlertState.CLEARED, changed_s=at_s, cleared_why=WITHDRAWN, time_to_s=None, distance_m=None
        )

    def _released(self, alert: Alert, shown: dict[str, ReleasedTrack]) -> ReleasedAlert:
        fields = self._rule.fields
        placed = "tracks" in self._rule.what or "place" in fields
        track = shown.get(alert.track or "") if placed else None
        return ReleasedAlert(
            alert=alert.alert,
            rule=alert.rule,
            priority=alert.priority,
            title=self._title(alert, placed=placed),
            state=_told_state(alert),
            raised_s=alert.raised_s,
            changed_s=_changed_s(alert),
            track=alert.track if placed else None,
            zone=alert.zone,
            time_to_s=alert.time_to_s if "timing" in fields else None,
            distance_m=alert.distance_m if "timing" in fields else None,
            reasons=alert.reasons if "reasons" in fields else None,
            cleared_why=alert.cleared_why if "reasons" in fields else None,
            latitude_deg=None if track is None else track.latitude_deg,
            longitude_deg=None if track is None else track.longitude_deg,
            test=alert.test,
        )

    def _title(self, alert: Alert, *, placed: bool) -> str:
        """An alert's title names the class and the direction of approach; who may not know them gets a plain one."""
        if alert.test or (placed and "class" in self._rule.fields):
            return alert.title
        zone = self._zone_names.get(alert.zone or "")
        return "Aircraft alert" if zone is None else f"Aircraft alert: {zone}"


def _told_state(alert: Alert) -> AlertState:
    """Partners know three states: on, seen and on, over.

    What our people still have to write about it is no concern of theirs; one that is dismissed is on and has been seen.
    """
    if alert.is_over:
        return AlertState.CLEARED
    return AlertState.RAISED if alert.acknowledged_s is None else AlertState.ACKNOWLEDGED


def _changed_s(alert: Alert) -> float:
    """When it was last another than before: raised, seen, joined by a further rule, back, over."""
    back_s = 0.0 if alert.back is None else alert.back.at_s
    joined = (held.since_s for held in alert.rules)
    return max(alert.raised_s, alert.acknowledged_s or 0.0, alert.cleared_s or 0.0, back_s, *joined)


def _gist(alert: Alert) -> tuple[Any, ...]:
    return _told_state(alert), alert.priority, alert.title, alert.zone, alert.track, alert.cleared_why
