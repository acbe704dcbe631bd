"""One exercise: a watch of its own, fed a copy of the live sequence with the injections, in a thread of its own.

    live watch → offer (never waits) → inbox → Mix → Watch (origin exercise) → DATA/exercises/ID/

Nothing here is waited for by the live watch. Whatever goes wrong ends the exercise.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import queue
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from vedette.clock import monotonic_s
from vedette.errors import RecordError
from vedette.model import (
    ExerciseEnded,
    ExerciseOrder,
    ExerciseStarted,
    ExerciseState,
    ExerciseTarget,
    Look,
    Origin,
    Sequenced,
    Source,
)
from vedette.record import Recovery
from vedette.record.storage import disk_bytes
from vedette.sim import Injection, load_scenario
from vedette.site import Site
from vedette.watch.mixing import NEVER_S, Mix
from vedette.watch.plan import Plan
from vedette.watch.runtime import Watch

log = logging.getLogger(__name__)
INBOX_MESSAGES: Final = 4096
"""Copied messages that wait: half a minute of a busy site. Beyond, the exercise has fallen behind, and ends."""
SHED_FROM: Final = INBOX_MESSAGES * 3 // 4
"""From here on copied looks are shed."""
BEAT_S: Final = 1.0
"""Wall time between two words of health to the exercise's screens."""
OVER: Final = "the scenario is over"


class Flown(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A scenario made ready: who asked for it, what is injected into which site, and what the record says of it."""

    site: Site
    injection: Injection
    started: ExerciseStarted


def fly_scenario(site: Site, path: Path, order: ExerciseOrder, exercise: str, at_s: float) -> Flown:
    """Fly a scenario about a site from `at_s` on, as the exercise of this id.

    Raises:
        BadInput: the scenario cannot be read, or not be flown.
    """
    scenario = msgspec.structs.replace(load_scenario(path, site), start_s=at_s)
    injection = Injection(scenario, order.seed)
    own = msgspec.structs.replace(
        site, id=f"{site.id}-{exercise}", outputs=tuple(output for output in site.outputs if output.exercise)
    )
    started = ExerciseStarted(
        exercise=exercise,
        title=order.title or scenario.name,
        scenario=path.name,
        scenario_name=scenario.name,
        toml=path.read_text("utf-8"),
        seed=order.seed,
        by=order.by,
        role=order.role,
        at_s=at_s,
        until_s=injection.end_s,
        simulates_silent=order.simulates_silent,
        blind=injection.blind,
        targets=_targets(injection),
        acknowledge_s=site.exercises.acknowledge_s,
        decide_s=None if site.response.mandate is None else site.exercises.decide_s,
    )
    return Flown(site=own, injection=injection, started=started)


def _targets(injection: Injection) -> tuple[ExerciseTarget, ...]:
    return tuple(
        ExerciseTarget(
            target=actor.id,
            class_=actor.class_,
            threat=actor.class_.startswith("uav"),
            points=tuple(
                (row.time_s, round(row.latitude_deg, 6), round(row.longitude_deg, 6)) for row in injection.truth(actor)
            ),
        )
        for actor in injection.actors
    )


def plan_of(flown: Flown, folder: Path, sources: tuple[Source, ...] = (), *, tells: bool = True) -> Plan:
    """How an exercise is watched: its outputs are those that the site lets be told of exercises."""
    scenario = Source(name=flown.started.scenario, sha256=hashlib.sha256(flown.started.toml.encode()).hexdigest())
    return Plan(
        site=flown.site,
        origin=Origin.EXERCISE,
        folder=folder,
        sources=(*sources, scenario),
        speed=1.0,
        outputs=tells,
    )


class Exercise:
    """One exercise beside a live watch: `begin`, then `run`, which is a thread's, until it ends.

    `offer` is called by the live one, from before `begin` on; `stop` is anybody's.

    Raises (from its making):
        RecordError: its folder cannot be used.
    """

    watch_kind: type[Watch] = Watch
    least_free: float = 0.1
    """Share of the disk: it ends before less is free. Twice what makes the live watch stop its capture."""

    def __init__(self, flown: Flown, mix: Mix, folder: Path) -> None:
        self.started, self._mix = flown.started, mix
        self.watch = self.watch_kind.open(plan_of(flown, folder), flown.started.at_s)
        self.watch.exercise_now = self.state
        self._folder = folder
        self._inbox: queue.Queue[Sequenced] = queue.Queue(INBOX_MESSAGES)
        self._ended: ExerciseEnded | None = None
        self._stop: tuple[str, str, str] | None = None
        self._shed = 0
        self._behind = False
        self._beaten_s = monotonic_s()
        self._after_seq = 0

    def begin(self, live: Recovery | None = None) -> None:
        """Write down that it began. live: what the live watch's record has of its picture, which it goes on from."""
        if live is not None:
            self._after_seq = live.last_input_seq
            self.watch.go_on_from(live)
        self.watch.begin()
        self.watch.note(self.started)

    def state(self) -> ExerciseState:
        """The exercise as it stands."""
        return state_of(self.started, self._ended, running=self._ended is None, shed=self._shed)

    def offer(self, message: Sequenced) -> None:
        """Take a copy of a message if there is room. Never waits, never fails."""
        if isinstance(message.body, Look) and self._inbox.qsize() >= SHED_FROM:
            self._shed += 1
            return
        try:
            self._inbox.put_nowait(message)
        except queue.Full:
            self._behind = True

    def stop(self, by: str, role: str, why: str = "stopped") -> None:
        """Have it end soon; the first who asks is recorded."""
        self._stop = self._stop or (by, role, why)

    def run(self) -> None:
        """Feed the exercise until it ends, and close its record."""
        why = None
        try:
            while (why := self._over()) is None:
                self._step()
        except Exception as error:
            log.exception("the exercise %s failed", self.started.exercise)
            why = f"its own fault: {type(error).__name__}: {error}"
        self._close(why)

    def _step(self) -> None:
        with contextlib.suppress(queue.Empty):
            message = self._inbox.get(timeout=BEAT_S / 4.0)
            if message.seq > self._after_seq:
                for at_s, body in self._mix.take(message):
                    self.watch.submit(body, at_s)
            if message.received_s >= self.started.until_s:
                self.stop("", "", OVER)
        if monotonic_s() - self._beaten_s >= BEAT_S:
            self._beaten_s = monotonic_s()
            self.watch.show_health()
            if _free(self._folder) < self.least_free:
                self.stop("", "", "the disk is nearly full")

    def _over(self) -> str | None:
        """Why it ends now, None: it goes on."""
        if self.watch.ended.is_set():
            return self.watch.failed or "its pipeline ended"
        if self._behind:
            return "it fell behind the live watch"
        return None if self._stop is None else self._stop[2]

    def _close(self, why: str) -> None:
        by, role, _ = self._stop if self._stop is not None else ("", "", why)
        self._ended = ExerciseEnded(
            exercise=self.started.exercise, by=by or None, role=role, why=why, at_s=self.watch.now_s, shed=self._shed
        )
        self.watch.finish()
        with contextlib.suppress(RecordError):  # then it is cut off, and the evaluation says so
            self.watch.note(self._ended)
        self.watch.close("ended")
        self.watch.show_health()


def play_alone(flown: Flown, folder: Path, messages: Iterable[Sequenced], sources: tuple[Source, ...]) -> None:
    """An exercise without a live watch beside it: a recorded sequence with the injections, as fast as it goes.

    Raises:
        RecordError: its folder cannot be used.
    """
    started, since_s = flown.started, flown.started.at_s if sources else NEVER_S
    mix = Mix(flown.site, flown.injection, since_s, simulates_silent=started.simulates_silent)
    watch = Watch.open(plan_of(flown, folder, sources, tells=False), started.at_s)
    try:
        watch.begin()
        watch.note(started)
        for message in messages:
            if message.received_s > started.until_s or watch.ended.is_set():
                break
            for at_s, body in mix.take(message):
                watch.submit(body, at_s)
        watch.finish()
        why = watch.failed or OVER
        watch.note(ExerciseEnded(exercise=started.exercise, by=None, role="", why=why, at_s=watch.now_s, shed=0))
    finally:
        watch.close("ended")


def state_of(started: ExerciseStarted, ended: ExerciseEnded | None, *, running: bool, shed: int = 0) -> ExerciseState:
    """An exercise as it stands, by what its record says of it."""
    return ExerciseState(
        exercise=started.exercise,
        title=started.title,
        scenario=started.scenario,
        scenario_name=started.scenario_name,
        by=started.by,
        role=started.role,
        started_s=started.at_s,
        until_s=started.until_s,
        running=running,
        simulates_silent=started.simulates_silent,
        blind=started.blind,
        ended_s=None if ended is None else ended.at_s,
        ended_why=None if ended is None else ended.why,
        stopped_by=None if ended is None else ended.by,
        shed=shed if ended is None else ended.shed,
        cut_off=ended is not None and ended.cut_off,
        right=None if ended is None else ended.right,
        wrong=None if ended is None else ended.wrong,
    )


def _free(folder: Path) -> float:
    """Share of the disk that is free; all of it where it cannot be asked."""
    try:
        free_bytes, total_bytes = disk_bytes(folder)
    except OSError:
        return 1.0
    return free_bytes / total_bytes if total_bytes else 1.0
