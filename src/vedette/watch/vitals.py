"""The watch's own health: what was shed, what went wrong, whether the disk has room."""

from __future__ import annotations

from typing import Final

from vedette.clock import machine_clock_offset
from vedette.console import Health, Tried
from vedette.errors import RecordError
from vedette.model import AlarmTest, Dispatched, Draft, FeedHealth, Origin, OutputHealth
from vedette.outputs.dispatch import SENT
from vedette.record import StorageWatch, Thinning
from vedette.site import Output
from vedette.watch.pipeline import Pipeline
from vedette.watch.plan import Plan

QUEUE_MESSAGES: Final = 4096
"""Messages waiting for the pipeline at most: half a minute of a busy site."""
STORAGE_S: Final = 10.0
"""Received time between two looks at the disk and the record's budget."""
PROBLEMS: Final = 5
"""Problems shown at once; older ones give way."""


class Vitals:
    """Counts and problems of one watch. Written by the feeds' and the pipeline's threads, read by the console's."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._storage = StorageWatch(plan.folder)
        self._storage_due_s = float("-inf")
        self.shed: dict[str, int] = {}
        self.feeds: dict[str, FeedHealth] = {}
        self.problems: tuple[str, ...] = ()
        self._tried_alert: str | None = None
        self._outcomes: dict[str, str] = {}

    def follow(self, plan: Plan) -> None:
        """The site is another from now on."""
        self._plan = plan

    def count_shed(self, what: str) -> None:
        """One message more that the full queue did not take."""
        self.shed[what] = self.shed.get(what, 0) + 1

    def tell(self, problem: str) -> None:
        """Show the officer a problem, once, until the watch ends."""
        if problem not in self.problems:
            self.problems = (*self.problems, problem)[-PROBLEMS:]

    @property
    def storage_low(self) -> bool:
        """Whether the disk is nearly full; while it is, nothing is captured."""
        return self._storage.low

    def look_after_storage(self, now_s: float) -> tuple[tuple[Draft, ...], Thinning | None]:
        """What is to be written and thinned, when it is due; in a replay nothing, whose record is the recording's."""
        if self._plan.paced or now_s < self._storage_due_s:
            return (), None
        self._storage_due_s = now_s + STORAGE_S
        thinning = Thinning(now_s=now_s, limits=self._plan.site.limits, origin=self._plan.origin)
        try:
            return self._storage.check(now_s, self._plan.origin), thinning
        except OSError as error:
            self.tell(f"The disk cannot be asked: {error.strerror}")
            return (), thinning

    def health(
        self,
        now_s: float,
        waiting: int,
        pipeline: Pipeline,
        record_error: RecordError | None,
        outputs: tuple[OutputHealth, ...] = (),
    ) -> Health:
        """All but how the watch stands itself, at the picture's time `now_s`; `waiting`: messages in the queue."""
        problems = list(self.problems)
        if self.storage_low:
            problems.append("Less than 5 % of the disk is free: the capture has stopped")
        if record_error is not None:
            problems.append(str(record_error))
        for sensor in sorted(pipeline.clocks_ahead):
            problems.append(f"The clock of {sensor} runs ahead: its looks are taken at their receive time")
        return Health(
            now_s=now_s,
            feeds=self._feeds(),
            clock=machine_clock_offset(),
            speed=self._plan.speed,
            queue_length=waiting,
            queue_limit=QUEUE_MESSAGES,
            dropped=dict(self.shed) | pipeline.dropped,
            problems=tuple(problems),
            test_alarm=pipeline.post.alarm_test,
            test_overdue=self._is_test_overdue(now_s, pipeline.post.alarm_test),
            outputs=outputs,
            test_outputs=self.tried(pipeline.post.alarm_test, outputs),
        )

    def _feeds(self) -> tuple[FeedHealth, ...]:
        """Those of the site, and their nodes: what was taken out of it is no longer anybody's to look after."""
        site = self._plan.site
        known = {feed.id for feed in site.feeds} | {sensor.id for sensor in site.sensors}
        return tuple(health for name, health in sorted(self.feeds.items()) if name.partition("/")[0] in known)

    def note_dispatched(self, word: Dispatched, last: AlarmTest | None) -> None:
        """Keep what an output made of the last test alarm: its first word on it, which is of the raising."""
        if last is None or word.what != "alert" or last.alert not in word.about:
            return
        if self._tried_alert != last.alert:
            self._tried_alert, self._outcomes = last.alert, {}
        self._outcomes.setdefault(word.output, word.outcome)

    def tried(self, last: AlarmTest | None, outputs: tuple[OutputHealth, ...]) -> tuple[Tried, ...]:
        """What each output made of the last test alarm; `outputs`: their health, of those that are open."""
        if last is None:
            return ()
        outcomes = self._outcomes if self._tried_alert == last.alert else {}
        details = {one.output: one.detail for one in outputs}
        return tuple(
            _tried(output, outcomes.get(output.id), details.get(output.id)) for output in self._plan.site.outputs
        )

    def _is_test_overdue(self, now_s: float, last: AlarmTest | None) -> bool:
        every_s = self._plan.site.alarm_test_every_s
        if self._plan.origin is not Origin.LIVE or every_s == 0.0:
            return False
        return last is None or now_s - last.at_s > every_s


def _tried(output: Output, outcome: str | None, detail: str | None) -> Tried:
    """outcome: the record's word, None: there is none. detail: of an open output's health, None: it is not open."""
    state, why = "waiting", detail or ""
    if "alerts" not in output.release.what:
        state, why = "not_asked", f"{output.release.id} releases no alerts"
    elif outcome is not None:
        state, _, why = outcome.partition(": ")
        state = "taken" if state == SENT else state
    elif detail is None:
        state, why = "not_open", "a watch that is not live tells nobody unless it is told to (--outputs)"
    return Tried(output=output.id, partner=output.partner, state=state, detail=why)
