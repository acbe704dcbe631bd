"""A running watch: the bounded queue, the pipeline's thread, the record behind it, the board in front of it.

    any thread → submit / act → queue → pipeline thread → record writer → commit → answers
                                                       ↘ board → console
                                                       ↘ outbox → partners

Messages are stamped as they enter the queue; that order is the truth.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import queue
import threading
from collections.abc import Callable
from typing import Final

import msgspec

from vedette import __version__
from vedette.clock import monotonic_s
from vedette.console import ActionRefused, Board
from vedette.errors import RecordError
from vedette.model import (
    Action,
    AlertRaised,
    AnyPayload,
    Body,
    Dispatched,
    Draft,
    Event,
    ExerciseState,
    FeedHealth,
    Incident,
    Look,
    Picture,
    PipelineFailed,
    Sequenced,
    Shown,
    WatchStarted,
    WatchStopped,
)
from vedette.model.response_requests import NoticeTold
from vedette.post import Refused
from vedette.post.response.books import NOTICE
from vedette.record import (
    Batch,
    Grouping,
    MediaFolder,
    Record,
    Recovery,
    derived_salts,
    drawn_salts,
    machine_signer,
)
from vedette.site import Site
from vedette.watch.answer import Answer, Item, awaited, drop_rest, events_of, keep_aside
from vedette.watch.auditing import Auditing
from vedette.watch.changing import Changing
from vedette.watch.desk import DeskSide
from vedette.watch.papers import Papers
from vedette.watch.pipeline import Pipeline, journalled
from vedette.watch.plan import Plan
from vedette.watch.playback import RecordPlayback
from vedette.watch.recalling import recalled, settle_media
from vedette.watch.sequence import Sequencer
from vedette.watch.site_changes import version_of
from vedette.watch.site_files import as_changed, under
from vedette.watch.smoothing import Smoothing
from vedette.watch.telling import Telling
from vedette.watch.ties import FeedTies
from vedette.watch.vitals import QUEUE_MESSAGES, Vitals

log = logging.getLogger(__name__)

SHED_FROM: Final = QUEUE_MESSAGES * 3 // 4
"""From here on looks are shed, counted by sensor; identities, health and people's actions never."""
FAILURE_S: Final = 60.0
"""A second fault of the pipeline within this time stops the watch."""
PACED_BATCHES: Final = 8
"""Steps in one commit of a replay: some two recorded seconds, which is what a kill can cost it."""


class Watch(DeskSide):
    """One site's watch. `open` takes up the record; `submit` and `act` feed it; `close` ends it in order.

    Raises (from `open`):
        RecordBusy: another watch holds the folder. RecordError: the folder cannot be used.
    """

    pipeline_kind: type[Pipeline] = Pipeline

    def __init__(self, plan: Plan, record: Record, at_s: float) -> None:
        self.plan = plan
        self.record = record
        self.board = Board(plan.site, plan.origin)
        self.papers = Papers(plan.site, plan.folder)
        self.smoothing = Smoothing(plan.folder)
        self.playback = RecordPlayback(plan.site, plan.folder)
        self.auditing = Auditing(plan.folder)
        self.media = MediaFolder(plan.folder)
        self.vitals = Vitals(plan)
        self.failed: str | None = None
        self.played_out = False
        self.ended = threading.Event()
        self._queue: queue.Queue[Item | threading.Event | None] = queue.Queue(QUEUE_MESSAGES)
        recovery = record.recovery
        self._sequencer = Sequencer(
            plan.origin, after_seq=recovery.last_input_seq, after_s=recovery.last_received_s or float("-inf")
        )
        self._order = threading.Lock()
        self._last_fault_s: float | None = None
        self._now_s = max(recovery.last_received_s or 0.0, at_s)
        self._pipeline = self._recalled()
        self.ties = FeedTies(plan.site, live=not plan.paced)
        self.telling = Telling(plan, self.vitals, self.ties, self._noted, self._now_s)
        self.telling.recall(self._pipeline.post.alarm_test)
        self._incidents: dict[str, Incident] = {}
        self._shows = itertools.count(1)
        self.changing = Changing(self.perform, lambda: self.plan, self.vitals.tell)
        self.changing.followers.append(self._tell_others)
        self.copy_to: Callable[[Sequenced], None] | None = None
        """Offered each message that feeds bring and each tick, once it is queued; must neither wait nor fail."""
        self.exercise_now: Callable[[], ExerciseState | None] = lambda: None
        self.exercises_to_tell: Callable[[], tuple[ExerciseState, ...]] = tuple
        self._thread = threading.Thread(target=self._run, name="pipeline", daemon=True)

    @classmethod
    def open(cls, plan: Plan, at_s: float) -> Watch:
        """Take the folder, fold what it holds, and be ready to begin at `at_s` (UTC seconds)."""
        key = plan.site.sha256 + "".join(source.sha256 for source in plan.sources)
        salts = derived_salts(key.encode()) if plan.paced else drawn_salts
        grouping = Grouping(deterministic=plan.paced, group_batches=PACED_BATCHES)
        signer = machine_signer()
        record = Record.open(plan.folder, plan.site.id, salts, grouping, signer=signer)
        try:
            watch = cls(as_changed(plan), record, at_s)
            settle_media(watch.media, plan.folder, watch.vitals.tell)
        except BaseException:
            record.close()
            raise
        if signer is None and not plan.paced:
            watch.vitals.tell("The record is not signed: no key could be made (VEDETTE_KEY=FILE names a place for it)")
        return watch

    @property
    def consumed(self) -> int:
        """Source messages and ticks that the record has seen: where a replay goes on."""
        return self._pipeline.consumed

    @property
    def now_s(self) -> float:
        """The newest message's receive time that the pipeline has taken."""
        return self._now_s

    def go_on_from(self, other: Recovery) -> None:
        """Go on from another watch's picture, as its record has it; nothing else of it. Before `begin`."""
        picture = self._pipeline.follow(other.snapshot, other.journal)
        if picture is not None:
            self.board.show_picture(picture)

    def begin(self) -> None:
        """Write down that the watch began, show what is there, start the pipeline."""
        site = self.plan.site
        started = WatchStarted(
            software=f"vedette {__version__}",
            site=site.id,
            site_sha256=site.sha256,
            sources=self.plan.sources,
            after_seq=self.record.recovery.last_seq,
        )
        self._pipeline.post.apply(self.draft(started))
        lapsed = self._pipeline.take_up(self._now_s, self.plan.origin)
        signer = map(self.draft, self.record.introduction(live=not self.plan.paced))
        begun = (self.draft(started), self.draft(version_of(site)))
        self.record.writer.put(
            Batch(drafts=(*begun, *signer, *lapsed), snapshot=self._pipeline.snapshot(picture=True), flush=True)
        )
        self._show_post()
        self._thread.start()

    def submit(self, body: Body, received_s: float) -> bool:
        """Put a message into the order. Live, a look is shed (False) while the queue is too full; a replay waits."""
        if not self.plan.paced and isinstance(body, Look) and self._queue.qsize() >= SHED_FROM:
            self.vitals.count_shed(body.scan.sensor)
            return False
        with self._order:
            if not self.plan.paced and self._queue.full():
                self.vitals.count_shed("queue full")
                return False
            message = self._sequencer.stamp(body, received_s)
            self._queue.put(Item(message))
            if (offer := self.copy_to) is not None:
                offer(message)
        return True

    def note(self, payload: AnyPayload) -> None:
        """Record something that is no message of the sequence (a closed capture file)."""
        self.record.writer.put(Batch(drafts=(self.draft(payload),)))

    def _noted(self, told: Dispatched) -> None:
        """An output's word: to the record; of a notice, by way of the post, which keeps what became of it."""
        if told.what == NOTICE:
            self.submit(
                Action(verb="notice_told", target="", by=told.output, request=NoticeTold(dispatched=told)), self._now_s
            )
        else:
            self.note(told)

    async def perform(self, action: Action) -> tuple[AnyPayload, ...]:
        """Put an action into the order, and wait until the record has what came of it. Raises ActionRefused."""
        if self.ended.is_set():
            raise ActionRefused("stopped", self.failed or "the watch has ended")
        done, answer = awaited()
        await asyncio.to_thread(self._put_action, action, answer)
        return events_of(await done)

    def _put_action(self, action: Action, answer: Answer) -> None:
        with self._order:
            self._queue.put(Item(self._sequencer.stamp(action), answer))

    def _run(self) -> None:
        try:
            while self.failed is None and (item := self._queue.get()) is not None:
                if isinstance(item, threading.Event):
                    item.set()
                else:
                    self._take(item)
        except RecordError as error:
            self._stop_for(f"The record cannot be written: {error}")
        except Exception as error:
            log.exception("the pipeline's thread failed")
            self._stop_for(f"The watch has stopped on its own fault: {type(error).__name__}: {error}")
        finally:
            drop_rest(self._queue, self.failed or "the watch has ended")
            self.ended.set()

    def _take(self, item: Item) -> None:
        message = item.message
        self._now_s = max(self._now_s, message.received_s)
        if isinstance(message.body, FeedHealth):
            self.vitals.feeds[message.body.feed] = message.body
        try:
            step = self._pipeline.step(message)
        except Refused as refused:
            self._refuse(item, refused)
            return
        except Exception as error:
            log.exception("the pipeline failed on message %d", message.seq)
            self._recover_from(error, item)
            return
        is_action = isinstance(message.body, Action)
        if self._pipeline.site is not self._site:
            self._go_on_under(self._pipeline.site)
        alerts = any(isinstance(draft.payload, AlertRaised) for draft in step.drafts)
        shown = step.picture or (self.board.picture() if alerts else None)
        if step.before is not None:
            self.record.writer.put(Batch(snapshot=step.before))
        storage, thin = self.vitals.look_after_storage(self._now_s)
        self.record.writer.put(
            Batch(
                drafts=(*step.drafts, *storage),
                journal=journalled(message),
                snapshot=step.snapshot,
                thin=thin,
                on_commit=self._confirmation(item) if is_action else self._handing(shown),
                on_failure=item.answer if is_action else None,
                flush=is_action or (alerts and not self.plan.paced),
            )
        )
        if step.picture is not None:
            self.board.show_picture(step.picture)
        if step.picture is not None or alerts:
            self._show_post()

    def _handing(self, picture: Picture | None) -> Callable[[tuple[Event, ...]], None] | None:
        if not self.plan.tells:
            return None
        post = self._pipeline.post
        self.telling.test(post.alarm_test)
        return self.telling.handing(picture, post.all_alerts, self._now_s)

    def _refuse(self, item: Item, refused: Refused) -> None:
        """Answer a refusal; one that is itself an event is answered when the record has it."""
        journal = journalled(item.message)
        if refused.drafts:
            confirm = self._confirmation(item, refused)
            self.record.writer.put(
                Batch(drafts=refused.drafts, journal=journal, on_commit=confirm, on_failure=item.answer, flush=True)
            )
            return
        self.record.writer.put(Batch(journal=journal))
        if item.answer is not None:
            item.answer(refused)

    def _confirmation(self, item: Item, outcome: Refused | None = None) -> Callable[[tuple[Event, ...]], None]:
        shown, order = self.with_exercises(self._pipeline.post.shown(self._now_s)), next(self._shows)
        hand_over = self._handing(self.board.picture())  # where a recording has ended no other picture comes
        site = self.plan.site

        def confirm(events: tuple[Event, ...]) -> None:
            self.board.change_site(site)
            if hand_over is not None:
                hand_over(events)
            self._show(shown, order)
            if item.answer is not None:
                recorded = tuple(event.payload for event in events if event.payload is not None)
                item.answer(recorded if outcome is None else outcome)

        return confirm

    def _go_on_under(self, site: Site) -> None:
        """The pipeline has changed the site: all that the watch itself makes is of the new one from here on."""
        self._site = site
        self.plan = under(self.plan, site)
        self.papers = Papers(self.plan.site, self.plan.folder)
        self.vitals.follow(self.plan)

    async def _tell_others(self, site: Site) -> None:
        self.ties.site = site
        await self.telling.follow(self.plan)

    def _show_post(self) -> None:
        self._show(self.with_exercises(self._pipeline.post.shown(self._now_s)), next(self._shows))

    def _show(self, shown: Shown, order: int) -> None:
        self._incidents = {incident.incident: incident for incident in shown.incidents}
        self.board.show(shown, order)

    def _recover_from(self, error: Exception, item: Item) -> None:
        """Decision 10: keep the message aside, begin again from the record; a second time within a minute, stop."""
        keep_aside(item.message, self.plan.folder)
        words = f"{type(error).__name__}: {error}"
        self.record.writer.put(
            Batch(drafts=(self.draft(PipelineFailed(error=words, message=f"message {item.message.seq}")),), flush=True)
        )
        if item.answer is not None:
            item.answer(Refused("failed", "the watch failed on this action and begins again from its record"))
        now_s = monotonic_s()
        if self._last_fault_s is not None and now_s - self._last_fault_s < FAILURE_S:
            self._stop_for(f"The pipeline failed twice within a minute and has stopped: {words}")
            return
        self._last_fault_s = now_s
        self.vitals.tell(f"The pipeline failed and began again from the record: {words}")
        self.record.writer.drain()
        self._pipeline = self._recalled()

    def _stop_for(self, why: str) -> None:
        log.error("%s", why)
        self.failed = why
        self.vitals.tell(why)

    def _recalled(self) -> Pipeline:
        pipeline, picture = recalled(self.pipeline_kind, self.plan)
        self._site = pipeline.site
        if picture is not None:
            self.board.show_picture(picture)
        return pipeline

    def draft(self, payload: AnyPayload) -> Draft:
        """An event of now, in the watch's origin."""
        return Draft(observed_s=self._now_s, received_s=self._now_s, origin=self.plan.origin, payload=payload)

    def show_health(self) -> None:
        """Put the watch's health on the board; to be called about once a second of wall time."""
        ended, outputs = self.played_out or self.ended.is_set(), self.telling.health()
        health = self.vitals.health(self._now_s, self._queue.qsize(), self._pipeline, self.record.writer.error, outputs)
        self.board.show_health(msgspec.structs.replace(health, ended=ended, exercise=self.exercise_now()))

    def settle(self) -> None:
        """Return when all that was submitted so far is taken and recorded. The watch goes on, for people's actions.

        Raises:
            RecordError: the record cannot be written.
        """
        taken = threading.Event()
        self._queue.put(taken)
        while not taken.wait(0.1) and self._thread.is_alive():
            pass
        self.record.writer.drain()

    def finish(self) -> None:
        """Let the pipeline take what waits, and end its thread. The board keeps the last picture."""
        self._queue.put(None)
        self._thread.join()
        self.show_health()

    def close(self, reason: str) -> None:
        """Write down that the watch ended, commit, release the folder."""
        self.smoothing.close()
        try:
            if self.record.writer.error is None:
                last = self._pipeline.post.conclude(self._now_s, self.plan.origin)
                drafts = (*last, self.draft(WatchStopped(reason=reason)))
                snapshot = self._pipeline.snapshot(picture=True) if self.failed is None else None
                self.record.writer.put(Batch(drafts=drafts, snapshot=snapshot, flush=True))
        finally:
            self.record.close()
