"""When an alert is raised and cleared: a rule must hold for persist_s, and fail for clear_s; then it cools down.

The timers are not part of the books: after a restart they begin at zero, so an alert may come up to persist_s later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from vedette.clock import TICK_S
from vedette.model import AlertCleared, AlertRaised, Picture, Reason, TrackPicture
from vedette.post.rules import Match, matches, why_not
from vedette.post.step import Step
from vedette.site import Rule, Site

Key = tuple[str, str]
"""(rule, track): at most one open alert each."""


class Now(msgspec.Struct, frozen=True):
    """An open alert's zone in the latest picture."""

    time_to_s: float | None
    distance_m: float | None


class Alerting:
    """Raises and clears the alerts of one site's rules. `hasty`: a rule need hold no longer than from tick to tick."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._rules = {rule.id: rule for rule in site.rules}
        self.hasty = any(rule.persist_s < TICK_S for rule in site.rules)
        self._holds_since_s: dict[Key, float] = {}
        self._fails_since_s: dict[Key, float] = {}
        self.now: dict[str, Now] = {}

    def under(self, site: Site) -> Alerting:
        """The same, as the site is from now on: the clocks of its rules go on, those of rules that are gone are not."""
        later = Alerting(site)
        later.now = self.now
        for clocks, kept in (
            (self._holds_since_s, later._holds_since_s),
            (self._fails_since_s, later._fails_since_s),
        ):
            kept |= {key: since_s for key, since_s in clocks.items() if key[0] in later._rules}
        return later

    def see(self, step: Step, picture: Picture, gone: Mapping[str, str]) -> list[str]:
        """Judge every track by every rule; `gone`: tracks that ended or were lost, and why. Returns alerts raised."""
        raised = []
        for track in picture.tracks:
            for rule in self._site.rules:
                raised += self._judge(step, rule, track)
        for (rule_id, track_name), alert in list(step.books.open.items()):
            if track_name in gone:
                self._clear(step, alert, gone[track_name])
            elif rule_id not in self._rules:
                self._clear(step, alert, f"the site file has no rule {rule_id} any more")
        self._forget(picture)
        return raised

    def due(self, now_s: float) -> frozenset[str]:
        """Tracks for which a rule has held long enough at `now_s`, if it still holds."""
        return frozenset(
            track
            for (rule, track), since_s in self._holds_since_s.items()
            if now_s - since_s >= self._rules[rule].persist_s
        )

    def glance(self, step: Step, tracks: Iterable[TrackPicture]) -> list[str]:
        """Judge confirmed tracks that a look has just updated, between two pictures. Returns alerts raised.

        Here a rule's clock may start and run out; only a picture stops it, and only a picture clears.
        """
        raised = []
        for track in tracks:
            for rule in self._site.rules:
                if (rule.id, track.track) in step.books.open:
                    continue
                match = matches(rule, track, self._site)
                if match is not None:
                    raised += self._hold(step, rule, track, match)
        return raised

    def _judge(self, step: Step, rule: Rule, track: TrackPicture) -> list[str]:
        key = (rule.id, track.track)
        match = matches(rule, track, self._site)
        alert = step.books.open.get(key)
        if alert is not None:
            self._keep(step, rule, track, alert, match)
        elif match is None:
            self._holds_since_s.pop(key, None)
        elif track.status == "confirmed":  # a coasting track neither starts nor stops the clock
            return self._hold(step, rule, track, match)
        return []

    def _hold(self, step: Step, rule: Rule, track: TrackPicture, match: Match) -> list[str]:
        """The rule holds for a confirmed track: its clock runs, and the alert is raised when it has run out."""
        key = (rule.id, track.track)
        held_s = step.now_s - self._holds_since_s.setdefault(key, step.now_s)
        if held_s >= rule.persist_s and self._is_cool(step, rule, key):
            return [self._raise(step, rule, track, match, held_s)]
        return []

    def _is_cool(self, step: Step, rule: Rule, key: Key) -> bool:
        cleared_s = step.books.cleared_s.get(key)
        return cleared_s is None or step.now_s - cleared_s >= rule.cool_down_s

    def _raise(self, step: Step, rule: Rule, track: TrackPicture, match: Match, held_s: float) -> str:
        name = f"{self._site.id}-A-{step.books.next_alert():04d}"
        held = Reason(text=f"Held for {held_s:.1f} s", value=held_s, unit="s", source=f"rule {rule.id}")
        step.enter(
            AlertRaised(
                alert=name,
                rule=rule.id,
                priority=rule.priority,
                track=track.track,
                zone=match.zone.zone,
                observed_s=step.now_s,
                title=match.title,
                time_to_s=match.zone.time_to_s,
                distance_m=match.zone.distance_m,
                reasons=(*match.reasons, held, *track.reasons),
            )
        )
        self._holds_since_s.pop((rule.id, track.track), None)
        self.now[name] = Now(match.zone.time_to_s, match.zone.distance_m)
        return name

    def _keep(self, step: Step, rule: Rule, track: TrackPicture, alert: str, match: Match | None) -> None:
        key = (rule.id, track.track)
        if match is not None:
            self._fails_since_s.pop(key, None)
            self.now[alert] = Now(match.zone.time_to_s, match.zone.distance_m)
            return
        zone = step.books.alerts[alert].zone
        at = next((each for each in track.approaches if each.zone == zone), None)
        self.now[alert] = Now(at.time_to_s if at else None, at.distance_m if at else None)
        if step.now_s - self._fails_since_s.setdefault(key, step.now_s) >= rule.clear_s:
            self._clear(step, alert, why_not(rule, track))

    def _clear(self, step: Step, alert: str, why: str) -> None:
        book = step.books.alerts[alert]
        step.enter(AlertCleared(alert=alert, at_s=step.now_s, why=why))
        self.now.pop(alert, None)
        if book.track is not None:
            self._fails_since_s.pop((book.rule, book.track), None)

    def _forget(self, picture: Picture) -> None:
        """Drop the clocks of tracks that are not in the picture."""
        present = {track.track for track in picture.tracks}
        for clocks in (self._holds_since_s, self._fails_since_s):
            for key in [key for key in clocks if key[1] not in present]:
                del clocks[key]
