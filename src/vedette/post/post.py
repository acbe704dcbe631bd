"""Post: alerts, incidents and people's actions for one site. Pure and synchronous; belongs to one thread."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from vedette.model import (
    Action,
    AlarmTest,
    Alert,
    AlertState,
    AnyPayload,
    CooperativeReport,
    Decided,
    Draft,
    Event,
    FeedChanged,
    FeedHealth,
    FeedState,
    Incident,
    Look,
    Origin,
    PastIncident,
    Picture,
    SensorAnswered,
    Shown,
    SightingEntered,
    TaskAnswer,
    TrackEnded,
    TrackPicture,
    TrackPoint,
)
from vedette.post.actions import decide, outlived_test
from vedette.post.alert_desk import AlertDesk
from vedette.post.alerting import Alerting
from vedette.post.books import Books
from vedette.post.claims import news
from vedette.post.clerk import Clerk
from vedette.post.clocks import PostClocks
from vedette.post.deciding import Deciding
from vedette.post.dossier_clerk import DossierClerk
from vedette.post.false_alarms import count_false_alarms
from vedette.post.following import QUIET_S, Following
from vedette.post.gathering import Gathering
from vedette.post.identity.identifying import Identifying
from vedette.post.keeping import Keeping
from vedette.post.machine import Refused
from vedette.post.operators import Operators
from vedette.post.points import Points
from vedette.post.response.clerks import responding, response_clerks
from vedette.post.sightings import ENTER_SIGHTING, enter
from vedette.post.stating import Stating
from vedette.post.step import Step
from vedette.post.tasks import ask
from vedette.site import Site

LOOK_AT: Final = "look_at"


class Post:
    """The post of one site: pictures, looks, health, claims and actions in, drafts of events out.

    Every call that returns drafts has already entered them into the books; write them in order and apply them never
    again. After a restart a new Post is given the record's events by `apply`, in order, and the clocks of the one
    before: its books are the fold of its own events. Only the looks before an alert (`Keeping`) are those since.

    Args:
        site: rules, zones, sensors and the prefix of ids.
        quiet_s: quiet after which an incident that is over closes by itself.
        clocks: those that go on; they are this post's from here on.
    """

    def __init__(self, site: Site, quiet_s: float = QUIET_S, clocks: PostClocks | None = None) -> None:
        self.books = Books()
        self.clocks = clocks = PostClocks() if clocks is None else clocks
        self._site, self._quiet_s = site, quiet_s
        self._alerting = Alerting(site, clocks.alerting, clocks.absence)
        self._following = Following(site, quiet_s, clocks.following)
        self._points, self._keeping = Points(clocks.points_s), Keeping(site)
        self._deciding = Deciding(site)
        self._identifying = Identifying(site, clocks.identity)
        self._gathering = Gathering()
        self._stating = Stating(site, self._gathering)
        self._clerks: tuple[Clerk, ...] = (
            self._identifying,
            self._deciding,
            AlertDesk(site),
            *response_clerks(site, self._deciding, clocks.closures),
            DossierClerk(site),
            self._stating,
            Operators(site),
        )
        self._seen: Picture | None = None
        self._judged_by: Picture | None = None

    def under(self, site: Site) -> Post:
        """The post as the site is from now on: its books, what it has seen and the clocks of its rules go on."""
        later = Post(site, self._quiet_s, self.clocks)
        later.books = self.books
        later._alerting.succeed(self._alerting)
        later._keeping = self._keeping.under(site)
        later._seen, later._judged_by = self._seen, self._judged_by
        later._identifying.succeed(self._identifying)
        later._alerting.settle(later.books)
        if self._seen is not None:
            later._gathering.see(self._seen)
        return later

    def apply(self, event: Draft | Event) -> None:
        """Fold one recorded event into the books; kinds that are not post's, and thinned payloads, change nothing.

        Raises:
            IllegalMove, KeyError: the events are not those of one record, in order.
        """
        self.books.apply(event)

    def settle(self, books: Books) -> None:
        """Go on with these books: clocks that they contradict are dropped."""
        self.books = books
        self._alerting.settle(books)

    def see(self, picture: Picture, received_s: float, origin: Origin) -> list[Draft]:
        """Judge a picture: alerts raised and cleared, incidents opened, followed and closed, points, ended tracks.

        Pictures come in order of observed time. origin: of the message that made the picture.
        """
        step = Step(self.books, picture.observed_s, received_s, origin)
        self.clocks.seen_s = received_s
        picture = self._seen = self._judged_by = self._identifying.judge(step, picture)
        gone = self._following.gone(self.books, picture)
        for ended in picture.ended:
            last_s = ended.last.last_update_s
            step.enter(TrackEnded(track=ended.track, last_s=last_s, impact=ended.last.impact))
        raised = self._alerting.see(step, picture, gone)
        self._points.see(step, picture, [self.books.alerts[alert].track for alert in raised])
        points = [draft.payload for draft in step.drafts if isinstance(draft.payload, TrackPoint)]
        self._keeping.follow(points, picture.observed_s)
        for alert in raised:
            self._join(step, alert)
        self._following.see(step, picture, gone)
        self._gathering.see(picture)
        for clerk in self._clerks:
            clerk.see(step, picture)
        over = outlived_test(self.books, received_s)
        if over is not None:
            step.enter(over)
        return step.drafts

    @property
    def hasty(self) -> bool:
        """Whether a rule need hold so shortly that every look must be judged at once."""
        return self._alerting.hasty

    def due(self, observed_s: float) -> frozenset[str]:
        """Tracks that are to be judged at `observed_s`, whatever the tick: a rule has held long enough by then."""
        return self._alerting.due(observed_s)

    def glance(
        self, tracks: Sequence[TrackPicture], observed_s: float, received_s: float, origin: Origin
    ) -> list[Draft]:
        """Judge at once what a look has brought: alerts raised between two pictures, with all that is written of them.

        tracks: confirmed, at `observed_s`: those that are due, and where a rule is hasty those that the look updated.
        Clearing, following and ends wait for the picture.
        """
        step = Step(self.books, observed_s, received_s, origin)
        tracks = tuple(self._identifying.dress(self.books, tracks))
        by_name = {track.track: track for track in tracks}
        raised = self._alerting.glance(step, tracks)
        marked = (self._points.mark(step, by_name[self.books.alerts[alert].track or ""]) for alert in raised)
        points = [point for point in marked if point is not None]
        if points:
            self._keeping.follow(points, observed_s)
        for alert in raised:
            self._join(step, alert)
        return step.drafts

    def conclude(self, received_s: float, origin: Origin) -> list[Draft]:
        """The newest of each open incident's tracks, to be written before a watch ends in order."""
        if self._seen is None:
            return []
        step = Step(self.books, self._seen.observed_s, received_s, origin)
        self._following.conclude(step, self._seen)
        return step.drafts

    def _join(self, step: Step, alert: str) -> None:
        """An alert about a track belongs to an incident; one about a sensor, or an aircraft not heard of, to none."""
        if step.books.alerts[alert].track is not None:
            self._following.join(step, alert)
            self._keeping.recall(step, alert)

    def look(self, look: Look, picture: Picture | None, received_s: float, origin: Origin) -> list[Draft]:
        """Keep the look's detections that may be of an open incident's tracks, as they stand in the latest picture."""
        return self._keeping.look(self.books, look, picture, received_s, origin)

    def hear(self, health: FeedHealth, received_s: float, origin: Origin) -> list[Draft]:
        """A feed's health; an event where its state is another than before."""
        step = Step(self.books, received_s, received_s, origin)
        self._alerting.hear(health, received_s)
        if self.books.feeds.get(health.feed) != health.state:
            step.enter(
                FeedChanged(
                    feed=health.feed,
                    sensor=health.sensor,
                    state=health.state,
                    messages=health.messages,
                    rejected=dict(health.rejected),
                    detail=health.detail,
                )
            )
        return step.drafts

    def cooperative(self, report: CooperativeReport, received_s: float, origin: Origin) -> list[Draft]:
        """What an aircraft says of itself; an event where the identity is new or its particulars have changed."""
        step = Step(self.books, report.observed_s, received_s, origin)
        keep_s = self._site.limits.personal_keep_s
        payload = news(report, received_s, self.books.cooperative.get(report.identity), keep_s)
        if payload is not None:
            step.enter(payload)
        return step.drafts

    def act(self, action: Action, received_s: float, origin: Origin) -> list[Draft]:
        """A person's action: acknowledge, close_incident, enter_sighting, look_at, test_alarm, or a clerk's verb.

        A screen's: report_sound.

        Raises:
            Refused: it cannot be done; nothing changed. A repeated acknowledgement is `already_acknowledged`. What the
                mandate refuses is in `drafts`, to be written as if they had been returned.
        """
        step = Step(self.books, received_s, received_s, origin)
        try:
            refusal = self._do(step, action)
        except Refused as refused:  # what time alone had changed before it was looked at is in the books, and recorded
            refusal = refused
        self._stating.hold(step)
        if refusal is not None:
            raise Refused(refusal.code, refusal.message, refusal.details, tuple(step.drafts))
        return step.drafts

    def _do(self, step: Step, action: Action) -> Refused | None:
        clerk = next((each for each in self._clerks if action.verb in each.verbs), None)
        if clerk is not None:
            refusal = clerk.act(step, action, self._judged_by)
            if clerk is self._identifying:
                self._look_again(step)
            return refusal
        made: Iterable[AnyPayload]
        if action.verb == LOOK_AT:
            made = (ask(action, self._site, self._seen, self.books, step.received_s),)
        elif action.verb == ENTER_SIGHTING:
            made = enter(action, self.books, step.received_s, self._site.id, step.origin)
        else:
            made = decide(action, self.books, step.received_s, self._site.id)
        for payload in made:
            step.enter(payload)
        return None

    def _look_again(self, step: Step) -> None:
        """After a person's word on identity: the picture has it at once, and what is decided is held against it."""
        if self._judged_by is not None:
            self._judged_by = self._identifying.dressed(self.books, self._judged_by)
        if self._seen is not None:
            self._seen = self._judged_by
        self._deciding.take_up(step, self._judged_by)

    def answered(self, answer: TaskAnswer, received_s: float, origin: Origin) -> list[Draft]:
        """What came of a task; an event where it is one that a person gave, and this is news of it."""
        step = Step(self.books, received_s, received_s, origin)
        before = self.books.asked.get(answer.task)
        if before is not None and before != (answer.state, answer.reason):
            step.enter(
                SensorAnswered(
                    sensor=answer.sensor,
                    task=answer.task,
                    state=answer.state,
                    reason=answer.reason,
                    at_s=answer.observed_s,
                )
            )
        return step.drafts

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Alerts that are on, and those over that nobody has seen: by priority, then time to act, then id.

        What is dismissed, awaits a note or is closed is not among them.
        """
        on = (AlertState.RAISED, AlertState.ACKNOWLEDGED)
        over = AlertState.CLEARED
        listed = (a for a in self.all_alerts if a.state in on or (a.state is over and a.acknowledged_s is None))
        return tuple(sorted(listed, key=_urgency))

    @property
    def all_alerts(self) -> tuple[Alert, ...]:
        """Every alert in order of raising; an open one with its time and distance in the latest picture."""
        return tuple(self._with_latest(alert) for alert in self.books.alerts.values())

    def _with_latest(self, alert: Alert) -> Alert:
        now = self._alerting.now.get(alert.alert)
        if now is None:
            return alert
        return msgspec.structs.replace(alert, time_to_s=now.time_to_s, distance_m=now.distance_m)

    def take_up(self, picture: Picture | None, received_s: float, origin: Origin) -> list[Draft]:
        """After a restart, before anything is shown: what no longer stands, such as decisions, lapses.

        picture: the one that was taken up, None if there is none.
        """
        self.clocks.pass_over(received_s)
        picture = self._judged_by = None if picture is None else self._identifying.dressed(self.books, picture)
        step = Step(self.books, received_s, received_s, origin)
        for clerk in self._clerks:
            clerk.take_up(step, picture)
        return step.drafts

    def decided(self, at_s: float) -> Decided:
        """All decisions and facts, and whether the mandate is in force at `at_s` (received time)."""
        return self._deciding.decided(self.books, at_s)

    def shown(self, at_s: float) -> Shown:
        """All that the screens show of the post, as it stands at `at_s` (received time)."""
        return Shown(
            alerts=self.all_alerts,
            incidents=self.incidents,
            decided=self.decided(at_s),
            sightings=self.sightings,
            responding=responding(self.books, self._site, at_s),
            identities=self._identifying.identities(self.books, at_s),
            picture=self._judged_by,
            site_sha256=self._site.sha256,
            operators=self.books.operators,
            false_alarms=count_false_alarms(self.books.alerts.values(), self.books.spans, at_s),
            past=self.past,
        )

    @property
    def picture(self) -> Picture | None:
        """The newest picture, with every track's disposition as it is now."""
        return self._judged_by

    @property
    def alarm_test(self) -> AlarmTest | None:
        """The last test alarm."""
        return self.books.last_test

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """Every incident, oldest first."""
        return tuple(self._gathering.incident(self.books, book) for book in self.books.incidents.values())

    @property
    def sightings(self) -> tuple[SightingEntered, ...]:
        """Every sighting, in the order they were entered."""
        return tuple(self.books.sightings.values())

    @property
    def past(self) -> tuple[PastIncident, ...]:
        """Incidents that were brought in from elsewhere, in that order."""
        return tuple(one.past for one in self.books.past)

    @property
    def feeds(self) -> dict[str, FeedState]:
        """The last recorded state of each feed."""
        return dict(self.books.feeds)

    def alert(self, alert: str) -> Alert:
        """One alert; Refused (not_found) if there is none of this id."""
        if alert not in self.books.alerts:
            raise Refused("not_found", f"there is no alert {alert}")
        return self._with_latest(self.books.alerts[alert])

    def incident(self, incident: str) -> Incident:
        """One incident; Refused (not_found) if there is none of this id."""
        if incident not in self.books.incidents:
            raise Refused("not_found", f"there is no incident {incident}")
        return self._gathering.incident(self.books, self.books.incidents[incident])


def _urgency(alert: Alert) -> tuple[int, float, str]:
    return alert.priority, math.inf if alert.time_to_s is None else alert.time_to_s, alert.alert
