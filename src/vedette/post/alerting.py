"""When an alert is raised and cleared: a rule must hold for persist_s, and fail for clear_s; then it cools down.

One target, one alert: a further rule joins the alert that is open about it, and may raise its priority. The timers are
not part of the books but of the clocks that a restart takes up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from vedette.clock import TICK_S
from vedette.model import (
    Alert,
    AlertAmended,
    AlertCleared,
    AlertEased,
    AlertRaised,
    AlertState,
    FeedHealth,
    FeedState,
    Picture,
    Reason,
    TrackPicture,
)
from vedette.post.absence import Absence, Missing, is_of_absence
from vedette.post.around import RECENT_S, Around
from vedette.post.books import Books
from vedette.post.clocks import AbsenceClocks, AlertClocks, Key, Now
from vedette.post.dismissal import closes_in, nearness, returned, settled
from vedette.post.rules import Match, look_around, matches, why_not
from vedette.post.step import Step
from vedette.site import Rule, Site


class Alerting:
    """Raises and clears the alerts of one site's rules. `hasty`: a rule need hold no longer than from tick to tick."""

    def __init__(self, site: Site, clocks: AlertClocks, absence: AbsenceClocks) -> None:
        self._site, self._clocks = site, clocks
        self._rules = {rule.id: rule for rule in site.rules}
        pressing = sorted(site.rules, key=lambda rule: rule.priority)  # of rules that hold at once, the first raises
        self._of_tracks = tuple(rule for rule in pressing if rule.is_of_tracks)
        self._absence = Absence(site, absence)
        self._around: Around | None = None
        self.hasty = any(rule.persist_s < TICK_S for rule in self._of_tracks)

    @property
    def now(self) -> Mapping[str, Now]:
        """By open alert, its zone in the latest picture."""
        return self._clocks.now

    def settle(self, books: Books) -> None:
        """Drop the clocks of rules that the site has not, and those that the books contradict."""
        clocks = self._clocks
        clocks.holds_since_s = {
            key: since_s
            for key, since_s in clocks.holds_since_s.items()
            if key[0] in self._rules and key not in books.open
        }
        clocks.fails_since_s = {
            key: since_s for key, since_s in clocks.fails_since_s.items() if key[0] in self._rules and key in books.open
        }
        open_alerts = set(books.open.values())
        clocks.now = {alert: now for alert, now in clocks.now.items() if alert in open_alerts}
        clocks.farthest_m = {
            alert: far_m
            for alert, far_m in clocks.farthest_m.items()
            if alert in books.alerts and books.alerts[alert].state is AlertState.DISMISSED
        }

    def succeed(self, before: Alerting) -> None:
        """Go on with what the one before saw around, under another site."""
        self._around = before._around

    def hear(self, health: FeedHealth, received_s: float) -> None:
        """A feed's health: by it a sensor's silence is known."""
        self._absence.hear(health, received_s)

    def see(self, step: Step, picture: Picture, gone: Mapping[str, str]) -> list[str]:
        """Judge every track by every rule; `gone`: tracks that ended or were lost, and why. Returns alerts raised."""
        self._around = look_around(self._site, picture.tracks, step.now_s, self._looking(step))
        self._without_rules(step)
        raised = []
        for track in picture.tracks:
            found = {rule.id: matches(rule, track, self._site, self._around) for rule in self._of_tracks}
            self._note(step, track, found)
            for rule in self._of_tracks:
                raised += self._judge(step, rule, track, found[rule.id])
        raised += self._see_absent(step, picture)
        for target, alert in list(step.books.targets.items()):
            if target in gone:
                self._clear(step, alert, gone[target])
        self._forget(step, picture)
        return raised

    def due(self, now_s: float) -> frozenset[str]:
        """Tracks for which a rule has held long enough at `now_s`, if it still holds."""
        return frozenset(
            target
            for (rule, target), since_s in self._clocks.holds_since_s.items()
            if self._rules[rule].is_of_tracks and now_s - since_s >= self._rules[rule].persist_s
        )

    def glance(self, step: Step, tracks: Iterable[TrackPicture]) -> list[str]:
        """Judge confirmed tracks that a look has just updated, between two pictures. Returns alerts raised.

        Here a rule's clock may start and run out; only a picture stops it, and only a picture clears. What a rule asks
        of other tracks is answered from the last picture.
        """
        raised = []
        for track in tracks:
            for rule in self._of_tracks:
                if (rule.id, track.track) in step.books.open:
                    continue
                match = matches(rule, track, self._site, self._around)
                if match is not None:
                    raised += self._hold(step, rule, track.track, track, match)
        return raised

    def _looking(self, step: Step) -> frozenset[str] | None:
        """Sensors of which a feed is live; None before anything was heard of feeds."""
        states = step.books.feeds
        if not states:
            return None
        return frozenset(feed.sensor for feed in self._site.feeds if states.get(feed.id) is FeedState.LIVE)

    def _absent(self, step: Step, picture: Picture) -> list[Missing]:
        return self._absence.see(picture, step.received_s, step.books.identity.flights.values())

    def _see_absent(self, step: Step, picture: Picture) -> list[str]:
        raised: list[str] = []
        missing = {(one.rule.id, one.target): one for one in self._absent(step, picture)}
        for key, one in missing.items():
            if key in step.books.open:
                self._clocks.fails_since_s.pop(key, None)
            else:
                raised += self._hold(step, one.rule, one.target, None, one.match)
        for key, alert in list(step.books.open.items()):
            if is_of_absence(key[1]):
                if key not in missing:
                    self._fail(step, key, alert, "it is heard again")
                self._expire(step, step.books.alerts[alert], holds=key in missing)
        for key in [key for key in self._clocks.holds_since_s if is_of_absence(key[1]) and key not in missing]:
            del self._clocks.holds_since_s[key]
        return raised

    def _judge(self, step: Step, rule: Rule, track: TrackPicture, match: Match | None) -> list[str]:
        key = (rule.id, track.track)
        alert = step.books.open.get(key)
        if alert is not None:
            self._keep(step, rule, track, alert, match)
        elif match is None:
            self._clocks.holds_since_s.pop(key, None)
        elif track.status == "confirmed":  # a coasting track neither starts nor stops the clock
            return self._hold(step, rule, track.track, track, match)
        return []

    def _hold(self, step: Step, rule: Rule, target: str, track: TrackPicture | None, match: Match) -> list[str]:
        """The rule holds: its clock runs; when it has run out an alert is raised, or joined if one is open."""
        key = (rule.id, target)
        held_s = step.now_s - self._clocks.holds_since_s.setdefault(key, step.now_s)
        if held_s < rule.persist_s or not self._is_cool(step, rule, key):
            return []
        self._clocks.holds_since_s.pop(key)
        alert = step.books.alert_about(target)
        if alert is not None:
            self._join(step, rule, alert, match)
            return []
        return [self._raise(step, rule, target, track, match, held_s)]

    def _is_cool(self, step: Step, rule: Rule, key: Key) -> bool:
        cleared_s = step.books.cleared_s.get(key)
        return cleared_s is None or step.now_s - cleared_s >= rule.cool_down_s

    def _raise(
        self, step: Step, rule: Rule, target: str, track: TrackPicture | None, match: Match, held_s: float
    ) -> str:
        name = f"{self._site.id}-A-{step.books.next_alert():04d}"
        held = Reason(text=f"Held for {held_s:.1f} s", value=held_s, unit="s", source=f"rule {rule.id}")
        sensors = () if track is None else _sensors(track)
        step.enter(
            AlertRaised(
                alert=name,
                rule=rule.id,
                priority=_pressing(rule, match),
                track=None if track is None else track.track,
                zone=None if match.zone is None else match.zone.zone,
                observed_s=step.now_s,
                title=match.title,
                time_to_s=match.time_to_s,
                distance_m=match.distance_m,
                reasons=(*match.reasons, held, *(() if track is None else track.reasons)),
                target=None if track is not None else target,
                sensors=sensors,
            )
        )
        self._clocks.now[name] = Now(match.time_to_s, match.distance_m)
        return name

    def _join(self, step: Step, rule: Rule, alert: Alert, match: Match) -> None:
        """A further rule, or one that presses more; a dismissed alert comes back for what presses more than it did."""
        priority = _pressing(rule, match)
        step.enter(
            AlertAmended(
                alert=alert.alert,
                rule=rule.id,
                priority=priority,
                zone=None if match.zone is None else match.zone.zone,
                title=match.title,
                time_to_s=match.time_to_s,
                distance_m=match.distance_m,
                reasons=match.reasons,
                at_s=step.now_s,
            )
        )
        if alert.state is AlertState.DISMISSED and priority < alert.priority:
            now = step.books.alerts[alert.alert]
            step.enter(returned(now, "rule", f"rule {rule.id} holds too: {match.title}", step.now_s))

    def _keep(self, step: Step, rule: Rule, track: TrackPicture, name: str, match: Match | None) -> None:
        alert = step.books.alerts[name]
        if match is None:
            self._fail(step, (rule.id, track.track), name, why_not(rule, track, self._site, self._around))
            return
        self._clocks.fails_since_s.pop((rule.id, track.track), None)
        held = next((one for one in alert.rules if one.rule == rule.id), None)
        if held is not None and _pressing(rule, match) < held.priority:
            self._join(step, rule, alert, match)

    def _fail(self, step: Step, key: Key, name: str, why: str) -> None:
        """A rule of an open alert does not hold; when it has not for clear_s it leaves the alert, the last clears it.

        While it is dismissed nothing leaves it: it stays the one row about its target.
        """
        alert = step.books.alerts[name]
        waited_s = step.now_s - self._clocks.fails_since_s.setdefault(key, step.now_s)
        if alert.state is AlertState.DISMISSED or waited_s < self._rules[key[0]].clear_s:
            return
        self._clocks.fails_since_s.pop(key, None)
        if sum(one == name for one in step.books.open.values()) > 1:
            step.enter(AlertEased(alert=name, rule=key[0], at_s=step.now_s, why=why))
        else:
            self._clear(step, name, why)

    def _without_rules(self, step: Step) -> None:
        """Rules that the site file no longer has leave their alerts; the last to leave clears one."""
        for key, name in [(key, name) for key, name in step.books.open.items() if key[0] not in self._rules]:
            why = f"the site file has no rule {key[0]} any more"
            self._clocks.fails_since_s.pop(key, None)
            if sum(one == name for one in step.books.open.values()) > 1:
                step.enter(AlertEased(alert=name, rule=key[0], at_s=step.now_s, why=why))
            else:
                self._clear(step, name, why)

    def _clear(self, step: Step, name: str, why: str) -> None:
        step.enter(AlertCleared(alert=name, at_s=step.now_s, why=why))
        self._clocks.now.pop(name, None)
        alert = step.books.alerts[name]
        self._clocks.farthest_m.pop(name, None)
        for key in [key for key in self._clocks.fails_since_s if key[1] == alert.target]:
            del self._clocks.fails_since_s[key]
        end = settled(alert, self._site.handling, step.now_s)
        if end is not None:
            step.enter(end)

    def _note(self, step: Step, track: TrackPicture, found: Mapping[str, Match | None]) -> None:
        """Keep the open alert's time and distance; dismissed, see whether it comes back."""
        alert = step.books.alert_about(track.track)
        if alert is None:
            return
        held = [match for match in found.values() if match is not None]
        if held:
            soonest = min(held, key=lambda one: math.inf if one.time_to_s is None else one.time_to_s)
            self._clocks.now[alert.alert] = Now(soonest.time_to_s, soonest.distance_m)
        else:
            at = next((each for each in track.approaches if each.zone == alert.zone), None)
            self._clocks.now[alert.alert] = Now(at.time_to_s if at else None, at.distance_m if at else None)
        if alert.dismissal is not None and alert.state is AlertState.DISMISSED:
            self._look_again(step, alert, track, holds=bool(held))

    def _look_again(self, step: Step, alert: Alert, track: TrackPicture, *, holds: bool) -> None:
        """A dismissed alert: it closes in while a rule holds, or its dismissal has run out."""
        dismissal, now = alert.dismissal, nearness(track, alert.zone)
        if dismissal is None:
            return
        known = [one for one in (dismissal.distance_m, self._clocks.farthest_m.get(alert.alert)) if one is not None]
        why = closes_in(dismissal, max(known, default=None), now, self._site.handling)
        if now.distance_m is not None:
            self._clocks.farthest_m[alert.alert] = max([*known, now.distance_m])
        if why is not None and holds:
            self._clocks.farthest_m.pop(alert.alert, None)
            step.enter(returned(alert, "closing", why, step.now_s))
        else:
            self._expire(step, alert, holds=holds)

    def _expire(self, step: Step, alert: Alert, *, holds: bool) -> None:
        """A dismissal that has run out: the alert is back if a rule holds, else it is over."""
        dismissal = alert.dismissal
        if alert.state is not AlertState.DISMISSED or dismissal is None or step.received_s < dismissal.until_s:
            return
        self._clocks.farthest_m.pop(alert.alert, None)
        if holds:
            minutes = (dismissal.until_s - dismissal.at_s) / 60.0
            step.enter(returned(alert, "expired", f"dismissed {minutes:.0f} min ago, and it still holds", step.now_s))
        else:
            self._clear(step, alert.alert, "its rules had ceased to hold when the dismissal ran out")

    def _forget(self, step: Step, picture: Picture) -> None:
        """Drop the clocks of tracks that are not in the picture."""
        present = {track.track for track in picture.tracks}
        for clocks in (self._clocks.holds_since_s, self._clocks.fails_since_s):
            for key in [key for key in clocks if key[1] not in present and not is_of_absence(key[1])]:
                del clocks[key]
        for alert in [
            one for one in self._clocks.farthest_m if step.books.alerts[one].state is not AlertState.DISMISSED
        ]:
            del self._clocks.farthest_m[alert]


def _pressing(rule: Rule, match: Match) -> int:
    """The rule's priority, one more pressing where the time to act is short."""
    soon = rule.urgent_s is not None and match.time_to_s is not None and match.time_to_s <= rule.urgent_s
    return max(1, rule.priority - 1) if soon else rule.priority


def _sensors(track: TrackPicture) -> tuple[str, ...]:
    return tuple(sorted(one for one, at_s in track.sensors.items() if track.observed_s - at_s <= RECENT_S))
