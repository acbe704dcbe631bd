"""The API's exercises: what may be run, what runs, how the crew did; and the way to the desk of the one that runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Final, Protocol, TypeVar

import msgspec
from litestar import MediaType, Response, Router, get, post
from litestar.di import Provide
from litestar.params import FromPath, JSONBody
from litestar.types import ASGIApp, ControllerRouterHandler, Receive, Scope, Send

from vedette.console import views
from vedette.console.desk import ActionRefused, Desk
from vedette.console.errors import ApiError
from vedette.console.people import Acting, person_of
from vedette.model import Evaluation, ExerciseOrder, ExerciseState, ScenarioFile

PREFIX: Final = "/api/v1/exercise/"
"""Before what the API has of a watch: the same, of the exercise that runs or was the last to run."""

PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
T = TypeVar("T")
_Title = Annotated[str, msgspec.Meta(max_length=200)]
_File = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class ExerciseRoom(Protocol):
    """Where exercises are kept. What is not `async` may read files, and is called from a thread of its own."""

    @property
    def folder(self) -> str | None:
        """The folder of scenarios that the site names."""
        ...

    @property
    def desk(self) -> Desk | None:
        """Of the exercise that runs, or was the last to run since this watch began."""
        ...

    def scenarios(self) -> tuple[ScenarioFile, ...]:
        """What may be run."""
        ...

    def exercises(self) -> tuple[ExerciseState, ...]:
        """Every exercise of this watch's folder, oldest first."""
        ...

    async def start(self, order: ExerciseOrder) -> ExerciseState:
        """Begin an exercise.

        Raises:
            ActionRefused: one runs, there is no such scenario, or it has faults.
        """
        ...

    async def stop(self, exercise: str, by: str, role: str) -> ExerciseState:
        """End the one that runs; returns when its record is closed.

        Raises:
            ActionRefused: it does not run.
        """
        ...

    def evaluation(self, exercise: str) -> Evaluation | None:
        """How the crew did, None if there is no such exercise."""
        ...

    def paper(self, exercise: str) -> bytes | None:
        """The same as a page, None if there is no such exercise."""
        ...


class ExerciseEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of an exercise's start. scenario: the name of a file in the site's folder; seed: another flight of it."""

    scenario: _File
    title: _Title = ""
    by: _Title | None = None
    role: _Title | None = None
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 1
    simulate_silent: bool = False


class ExerciseStop(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of an exercise's end."""

    by: _Title | None = None
    role: _Title | None = None


def exercise_router(desk: Desk, room: ExerciseRoom | None) -> Router:
    """GET and POST under /api/v1/exercises. room None: this watch keeps none."""
    handlers = [*_reads(desk, room), *_acts(desk, room)]
    return Router(path="/api/v1/exercises", route_handlers=handlers, dependencies={"person": Provide(person_of)})


def _reads(desk: Desk, room: ExerciseRoom | None) -> list[ControllerRouterHandler]:
    site = desk.board.site

    @get("/", summary="What may be exercised, and what was")
    async def exercises() -> views.ExercisesView:
        if room is None:
            return views.ExercisesView(folder=None, scenarios=[], exercises=[])
        found, kept = await asyncio.to_thread(room.scenarios), await asyncio.to_thread(room.exercises)
        return views.ExercisesView(
            folder=room.folder,
            scenarios=[views.scenario(one) for one in found],
            exercises=[views.exercise(one, site) for one in kept],
        )

    @get("/{exercise_id:str}/evaluation", summary="How the crew did in an exercise that is over")
    async def evaluation(exercise_id: FromPath[str]) -> views.EvaluationView:
        await _over(room, exercise_id)
        found = None if room is None else await asyncio.to_thread(room.evaluation, exercise_id)
        return views.evaluation(_there(found, exercise_id), site)

    @get("/{exercise_id:str}/evaluation.html", summary="The same as a page", media_type=MediaType.HTML)
    async def paper(exercise_id: FromPath[str]) -> Response[bytes]:
        await _over(room, exercise_id)
        found = None if room is None else await asyncio.to_thread(room.paper, exercise_id)
        headers = {"content-security-policy": PAGE_POLICY}
        return Response(_there(found, exercise_id), media_type=MediaType.HTML, headers=headers)

    return [exercises, evaluation, paper]


def _acts(desk: Desk, room: ExerciseRoom | None) -> list[ControllerRouterHandler]:
    site = desk.board.site

    @post("/", summary="Begin an exercise beside this watch", status_code=201)
    async def start(data: JSONBody[ExerciseEntry], person: Acting) -> views.ExerciseView:
        order = ExerciseOrder(
            scenario=data.scenario,
            title=data.title,
            by=person.named(data.by),
            role=person.role(data.role),
            seed=data.seed,
            simulates_silent=data.simulate_silent,
        )
        return views.exercise(await _kept(room).start(order), site)

    @post("/{exercise_id:str}/stop", summary="End an exercise", status_code=200)
    async def stop(exercise_id: FromPath[str], data: JSONBody[ExerciseStop], person: Acting) -> views.ExerciseView:
        by, role = person.named(data.by), person.role(data.role)
        return views.exercise(await _kept(room).stop(exercise_id, by, role), site)

    return [start, stop]


def _kept(room: ExerciseRoom | None) -> ExerciseRoom:
    if room is None:
        raise ActionRefused("no_exercises", "an exercise runs beside a watch, not beside an exercise")
    return room


def _there(found: T | None, exercise_id: str) -> T:
    if found is None:
        raise ApiError(404, "not_found", f"there is no exercise {exercise_id!r}")
    return found


async def _over(room: ExerciseRoom | None, exercise_id: str) -> None:
    """Whoever asks while it runs would be told what is injected."""
    kept = () if room is None else await asyncio.to_thread(room.exercises)
    if any(one.exercise == exercise_id and one.running for one in kept):
        raise ActionRefused("exercise_running", "it is judged when it is over")


class Beside:
    """Stands before the watch's application, and hands what is the exercise's to an application over its desk."""

    def __init__(self, app: ASGIApp, room: ExerciseRoom, application: Callable[[Desk], ASGIApp]) -> None:
        self._app, self._room, self._application = app, room, application
        self._made: tuple[Desk, ASGIApp] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on to the one or the other; where no exercise has run, the watch's own answers that nothing is there."""
        path, desk = scope["path"], self._room.desk
        if not path.startswith(PREFIX) or desk is None:
            await self._app(scope, receive, send)
            return
        if self._made is None or self._made[0] is not desk:
            self._made = desk, self._application(desk)
        inner = scope.copy()
        inner["path"] = "/api/v1/" + path.removeprefix(PREFIX)
        inner["raw_path"] = inner["path"].encode()
        await self._made[1](inner, receive, send)
