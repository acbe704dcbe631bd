"""The exercises of one watch: what may be run, the one that runs beside it, those that were.

Each has a folder of its own under DATA/exercises/, and the list of the folders is the list of the exercises: the live
record holds no word of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import tomllib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from vedette.console import ActionRefused, Desk
from vedette.errors import BadInput, RecordError
from vedette.model import (
    AnyPayload,
    Draft,
    Evaluation,
    ExerciseEnded,
    ExerciseOrder,
    ExerciseStarted,
    ExerciseState,
    Origin,
    ScenarioFile,
)
from vedette.post import EXERCISE_KINDS, NoExercise, evaluate
from vedette.record import Batch, Record, drawn_salts, head_text, machine_signer, read_events, recover
from vedette.report import evaluation_page
from vedette.sim import load_scenario
from vedette.site import Site
from vedette.watch.exercise import Exercise, fly_scenario, state_of
from vedette.watch.mixing import Mix
from vedette.watch.runtime import Watch

log = logging.getLogger(__name__)
FOLDER: Final = "exercises"
CUT_OFF: Final = "cut off by a restart of the watch"
_NAME: Final = re.compile(r"x([1-9][0-9]{0,8})")


class Exercises:
    """The exercises beside one watch, as the console asks for them. At most one runs. `open` keeps them."""

    def __init__(self, watch: Watch, kind: type[Exercise] = Exercise) -> None:
        self._watch, self._kind = watch, kind
        self._starting = asyncio.Lock()
        self._newest: Exercise | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._cut_off: tuple[ExerciseState, ...] = ()
        watch.exercise_now = self._now
        watch.exercises_to_tell = self._to_tell

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Exercises]:
        """For as long as the watch lasts; at its end the one that runs is ended, at its begin one that was cut off."""
        data = self._watch.plan.folder
        await asyncio.to_thread(end_cut_off, data, self._site)
        self._cut_off = tuple(one for one in await asyncio.to_thread(kept_exercises, data) if one.cut_off)
        try:
            yield self
        finally:
            if self._newest is not None and self._keeping is not None:
                self._newest.stop("", "", "the watch ended")
                await self._keeping

    @property
    def _site(self) -> Site:
        """As the watch has it now."""
        return self._watch.plan.site

    @property
    def folder(self) -> str | None:
        """The folder of scenarios that the site names."""
        return self._site.exercises.folder

    @property
    def desk(self) -> Desk | None:
        """Of the newest exercise since this watch began."""
        return None if self._newest is None else self._newest.watch

    def scenarios(self) -> tuple[ScenarioFile, ...]:
        """What may be run."""
        return tuple(scenario_file(path, self._site) for path in _scenario_paths(self.folder))

    def exercises(self) -> tuple[ExerciseState, ...]:
        """Every exercise, oldest first."""
        kept = {one.exercise: one for one in kept_exercises(self._watch.plan.folder)}
        if self._newest is not None:
            newest = self._newest.state()
            kept[newest.exercise] = newest  # neither its begin nor its end may have been committed yet
        return tuple(kept.values())

    def evaluation(self, exercise: str) -> Evaluation | None:
        """How the crew did."""
        return evaluation_of(self._watch.plan.folder, exercise)

    def paper(self, exercise: str) -> bytes | None:
        """The same as a page."""
        found = self.evaluation(exercise)
        if found is None:
            return None
        return evaluation_page(found, self._site, head_text(self._watch.plan.folder / FOLDER / exercise))

    async def start(self, order: ExerciseOrder) -> ExerciseState:
        """Begin an exercise.

        Raises:
            ActionRefused: one runs, there is no such scenario, or it has faults; or no record can be kept of it.
        """
        async with self._starting:
            if self._keeping is not None and self._keeping.done() is False and self._now() is None:
                await asyncio.shield(self._keeping)
            running = self._now()
            if running is not None:
                raise ActionRefused("exercise_running", f"the exercise {running.exercise} runs: end it first")
            if self._watch.ended.is_set():
                raise ActionRefused("stopped", "the watch has ended")
            path = self._path(order.scenario)
            try:
                exercise = await asyncio.to_thread(self._begun, path, order)
            except (BadInput, RecordError) as error:
                self._watch.copy_to = None
                raise ActionRefused("bad_scenario", _without_folder(error, path)) from None
            self._newest = exercise
            self._keeping = asyncio.create_task(self._keep(exercise))
            self._watch.show_health()
            return exercise.state()

    def _begun(self, path: Path, order: ExerciseOrder) -> Exercise:
        folder = self._watch.plan.folder / FOLDER
        exercise = next_exercise(folder)
        flown = fly_scenario(self._site, path, order, exercise, self._watch.now_s)
        mix = Mix(self._site, flown.injection, flown.started.at_s, simulates_silent=flown.started.simulates_silent)
        made = self._kind(flown, mix, folder / exercise)
        self._watch.copy_to = made.offer  # before the record is read, so that nothing is between the two
        made.begin(recover(self._watch.plan.folder))
        return made

    async def _keep(self, exercise: Exercise) -> None:
        try:
            async with exercise.watch.telling.open():
                await asyncio.to_thread(exercise.run)
        except Exception:
            log.exception("the exercise %s failed", exercise.started.exercise)
        finally:
            if self._newest is exercise:
                self._watch.copy_to = None
            self._watch.show_health()

    async def stop(self, exercise: str, by: str, role: str) -> ExerciseState:
        """End the one that runs; returns when its record is closed.

        Raises:
            ActionRefused: it does not run.
        """
        running, newest = self._now(), self._newest
        if running is None or newest is None or self._keeping is None or running.exercise != exercise:
            known = any(one.exercise == exercise for one in await asyncio.to_thread(self.exercises))
            raise ActionRefused("exercise_over" if known else "unknown", f"no exercise {exercise!r} runs")
        newest.stop(by, role)
        await asyncio.shield(self._keeping)
        return newest.state()

    def _to_tell(self) -> tuple[ExerciseState, ...]:
        """What who comes must know of: those that a restart has cut off, and the one that runs."""
        now = self._now()
        return self._cut_off if now is None else (*self._cut_off, now)

    def _now(self) -> ExerciseState | None:
        """The one that runs."""
        if self._newest is None:
            return None
        state = self._newest.state()
        return state if state.running else None

    def _path(self, file: str) -> Path:
        """The file of this name among those that the folder has: never a path that somebody wrote."""
        found = next((path for path in _scenario_paths(self.folder) if path.name == file), None)
        if found is None:
            raise ActionRefused("unknown", f"the site's folder of scenarios has no {file!r}")
        return found


def _scenario_paths(folder: str | None) -> list[Path]:
    """The TOML files of the folder that are there themselves, and no links to elsewhere."""
    if folder is None:
        return []
    try:
        return sorted(path for path in Path(folder).glob("*.toml") if path.is_file() and not path.is_symlink())
    except OSError:
        return []


def scenario_file(path: Path, site: Site) -> ScenarioFile:
    """What a scenario says of itself, and whether it can be flown about this site."""
    try:
        with path.open("rb") as file:
            top = tomllib.load(file)
    except (OSError, ValueError) as error:
        return ScenarioFile(file=path.name, name=path.stem, duration_s=0.0, fault=str(error))
    name, duration_s = top.get("name"), top.get("duration_s")
    fault = None
    try:
        load_scenario(path, site)
    except BadInput as error:
        fault = _without_folder(error, path)
    return ScenarioFile(
        file=path.name,
        name=name if isinstance(name, str) else path.stem,
        duration_s=float(duration_s) if isinstance(duration_s, int | float) else 0.0,
        fault=fault,
    )


def _without_folder(error: Exception, path: Path) -> str:
    """The error as the network may see it: this machine's folders are nobody's business."""
    return str(error).replace(str(path), path.name)


def next_exercise(folder: Path) -> str:
    """The id of the next exercise in a folder of them: counted, never used twice while the folders are kept."""
    return f"x{max(_numbers(folder), default=0) + 1}"


def _numbers(folder: Path) -> Iterator[int]:
    for path in folder.iterdir() if folder.is_dir() else ():
        match = _NAME.fullmatch(path.name)
        if match is not None:
            yield int(match[1])


def kept_exercises(data: Path) -> tuple[ExerciseState, ...]:
    """The exercises of a watch's data folder, oldest first; one whose record cannot be read is left out."""
    found = []
    for number in sorted(_numbers(data / FOLDER)):
        started, ended = None, None
        with contextlib.suppress(RecordError):
            for event in read_events(data / FOLDER / f"x{number}", kind=("exercise_started", "exercise_ended")):
                if isinstance(event.payload, ExerciseStarted):
                    started = event.payload
                elif isinstance(event.payload, ExerciseEnded):
                    ended = event.payload
        if started is not None:
            found.append(state_of(started, ended, running=False))
    return tuple(found)


def end_cut_off(data: Path, site: Site) -> None:
    """Write down the end of every exercise that has none, with how the crew had done; none may run.

    One whose record cannot be written to stays as it is, and is listed without an end.
    """
    for one in kept_exercises(data):
        if one.ended_s is None:
            try:
                _end(data / FOLDER / one.exercise, site, one)
            except RecordError as error:
                log.warning("the end of the exercise %s cannot be recorded: %s", one.exercise, error)


def _end(folder: Path, site: Site, one: ExerciseState) -> None:
    judged = evaluate(read_events(folder, kind=EXERCISE_KINDS))
    with Record.open(folder, f"{site.id}-{one.exercise}", drawn_salts, signer=machine_signer()) as record:
        at_s = record.recovery.last_received_s or one.started_s
        ended = ExerciseEnded(
            exercise=one.exercise,
            by=None,
            role="",
            why=CUT_OFF,
            at_s=at_s,
            shed=None,
            cut_off=True,
            right=judged.right,
            wrong=judged.wrong,
        )
        payloads: tuple[AnyPayload, ...] = (*record.introduction(live=True), ended)
        drafts = (Draft(observed_s=at_s, received_s=at_s, origin=Origin.EXERCISE, payload=each) for each in payloads)
        record.writer.put(Batch(drafts=tuple(drafts), flush=True))


def evaluation_of(data: Path, exercise: str) -> Evaluation | None:
    """How the crew did in an exercise of a watch's data folder, None if there is none of this id.

    Raises:
        RecordError: its record cannot be read.
    """
    if _NAME.fullmatch(exercise) is None or not (data / FOLDER / exercise).is_dir():
        return None
    try:
        return evaluate(read_events(data / FOLDER / exercise, kind=EXERCISE_KINDS))
    except NoExercise:
        return None
