"""What is absent: a sensor that has gone silent, an own aircraft or flight that is not where it should be."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

import msgspec

from vedette.model import FeedHealth, FeedState, Flight, FlightState, Picture, Reason
from vedette.post.around import is_own
from vedette.post.clocks import AbsenceClocks, Heard
from vedette.post.rules import Match
from vedette.site import Rule, Site

OVERDUE_S: Final = 60.0
"""How long an own flight has been missing, or up after its hours, when it becomes overdue."""


_PREFIXES: Final = ("sensor:", "own:", "flight:")


def is_of_absence(target: str) -> bool:
    """Whether a target is no track, but something that is absent."""
    return target.startswith(_PREFIXES)


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that holds for something that is no track: `sensor:ID`, `own:NAME` or `flight:ID`."""

    rule: Rule
    target: str
    match: Match


class Absence:
    """Knows by its clocks when each sensor was last heard, and each own aircraft in the air."""

    def __init__(self, site: Site, clocks: AbsenceClocks) -> None:
        self._clocks = clocks
        self._rules = tuple(rule for rule in site.rules if not rule.is_of_tracks)
        self._names = {sensor.id: sensor.name for sensor in site.sensors}

    def hear(self, health: FeedHealth, received_s: float) -> None:
        """A feed's health: when its sensor was last heard; one that never was is silent since the first word of it."""
        feeds = self._clocks.feeds.setdefault(health.sensor, {})
        before = feeds.get(health.feed)
        last_s = health.last_received_s
        if last_s is None:
            last_s = received_s if before is None else before.last_s
        feeds[health.feed] = Heard(last_s, health.state is FeedState.ENDED)

    def see(self, picture: Picture, received_s: float, flights: Collection[Flight] = ()) -> list[Missing]:
        """All that is absent now. flights: the own flights of the books."""
        self._clocks.began_s = received_s if self._clocks.began_s is None else self._clocks.began_s
        self._follow_own(picture)
        found: list[Missing] = []
        for rule in self._rules:
            if rule.kind == "sensor_silent":
                found += self._silent(rule, received_s)
            elif rule.kind == "flight_overdue":
                found += self._overdue(rule, picture)
                found += self._flights(rule, picture, flights, FlightState.OVERDUE)
            else:
                found += self._flights(rule, picture, flights, FlightState.OUTSIDE)
        return found

    def _flights(
        self, rule: Rule, picture: Picture, flights: Collection[Flight], state: FlightState
    ) -> Iterator[Missing]:
        """Own flights in this state; one of an own aircraft that is followed here anyway is told once."""
        for one in flights:
            told = state is FlightState.OVERDUE and any(name in self._clocks.flown_s for name in one.plan.identities)
            since_s = picture.observed_s - one.since_s + OVERDUE_S
            if one.state is not state or told or since_s < (rule.silent_s or 0.0):
                continue
            why = "" if one.last is None else one.last.why
            reason = Reason(text=f"Flight {one.flight} is {why or state.value}", source=one.flight)
            title = f"Own flight of {one.plan.who} is {'overdue' if state is FlightState.OVERDUE else 'outside'}"
            match = Match(zone=None, title=title, reasons=(reason,))
            yield Missing(rule=rule, target=f"flight:{one.flight}", match=match)

    def _silent(self, rule: Rule, received_s: float) -> Iterator[Missing]:
        for sensor in rule.sensors:
            feeds = self._clocks.feeds.get(sensor, {})
            if feeds and all(one.ended for one in feeds.values()):
                continue
            last_s = max((one.last_s for one in feeds.values()), default=self._clocks.began_s or received_s)
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
                    self._clocks.flown_s.pop(track.identity or "", None)
                else:
                    self._clocks.flown_s[track.identity or ""] = track.last_update_s

    def _overdue(self, rule: Rule, picture: Picture) -> Iterator[Missing]:
        for own, last_s in self._clocks.flown_s.items():
            away_s = picture.observed_s - last_s
            if rule.silent_s is not None and away_s >= rule.silent_s:
                text = f"Not heard of for {rule.silent_s:.0f} s, and not seen to come home"
                reason = Reason(text=text, value=rule.silent_s, unit="s", source=own)
                title = f"Own aircraft {own.removeprefix('own:')} is overdue"
                yield Missing(rule=rule, target=own, match=Match(zone=None, title=title, reasons=(reason,)))
