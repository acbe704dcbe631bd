"""What is absent: a sensor that has gone silent, an own aircraft that should have been heard of. Absence is news."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from vedette.model import FeedHealth, FeedState, Picture, Reason
from vedette.post.around import is_own
from vedette.post.rules import Match
from vedette.site import Rule, Site


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that holds for something that is no track: `sensor:ID` or `own:NAME`."""

    rule: Rule
    target: str
    match: Match


class _Heard(msgspec.Struct, frozen=True):
    last_s: float
    ended: bool


class Absence:
    """Remembers when each sensor was last heard, and each own aircraft in the air. Begins anew on a restart."""

    def __init__(self, site: Site) -> None:
        self._rules = tuple(rule for rule in site.rules if not rule.is_of_tracks)
        self._names = {sensor.id: sensor.name for sensor in site.sensors}
        self._feeds: dict[str, dict[str, _Heard]] = {}
        self._began_s: float | None = None
        self._flown_s: dict[str, float] = {}
        sensors = {f"sensor:{one}" for rule in self._rules for one in rule.sensors}
        own = {f"own:{one.name}" for one in site.own_drones if self._rules}
        self.targets = frozenset(sensors | own)
        """All that any rule could hold for."""

    def hear(self, health: FeedHealth, received_s: float) -> None:
        """A feed's health: when its sensor was last heard; one that never was is silent since the first word of it."""
        feeds = self._feeds.setdefault(health.sensor, {})
        before = feeds.get(health.feed)
        last_s = health.last_received_s
        if last_s is None:
            last_s = received_s if before is None else before.last_s
        feeds[health.feed] = _Heard(last_s, health.state is FeedState.ENDED)

    def see(self, picture: Picture, received_s: float) -> list[Missing]:
        """All that is absent now."""
        self._began_s = received_s if self._began_s is None else self._began_s
        self._follow_own(picture)
        found: list[Missing] = []
        for rule in self._rules:
            found += self._silent(rule, received_s) if rule.kind == "sensor_silent" else self._overdue(rule, picture)
        return found

    def _silent(self, rule: Rule, received_s: float) -> Iterator[Missing]:
        for sensor in rule.sensors:
            feeds = self._feeds.get(sensor, {})
            if feeds and all(one.ended for one in feeds.values()):
                continue
            last_s = max((one.last_s for one in feeds.values()), default=self._began_s or received_s)
            silent_s = received_s - last_s
            if rule.silent_s is not None and silent_s >= rule.silent_s:
                text = f"Nothing heard for {rule.silent_s:.0f} s"
                reason = Reason(text=text, value=rule.silent_s, unit="s", source=sensor)
                title = f"{self._names[sensor]} is silent"
                yield Missing(
                    rule=rule, target=f"sensor:{sensor}", match=Match(zone=None, title=title, reasons=(reason,))
                )

    def _follow_own(self, picture: Picture) -> None:
        """Own aircraft in the air, and when each was last heard of; one seen inside the perimeter is home."""
        for track in picture.tracks:
            if is_own(track):
                at_home = any(one.role == "perimeter" and one.inside for one in track.approaches)
                if at_home:
                    self._flown_s.pop(track.identity or "", None)
                else:
                    self._flown_s[track.identity or ""] = track.last_update_s

    def _overdue(self, rule: Rule, picture: Picture) -> Iterator[Missing]:
        for own, last_s in self._flown_s.items():
            away_s = picture.observed_s - last_s
            if rule.silent_s is not None and away_s >= rule.silent_s:
                text = f"Not heard of for {rule.silent_s:.0f} s, and not seen to come home"
                reason = Reason(text=text, value=rule.silent_s, unit="s", source=own)
                title = f"Own aircraft {own.removeprefix('own:')} is overdue"
                yield Missing(rule=rule, target=own, match=Match(zone=None, title=title, reasons=(reason,)))
