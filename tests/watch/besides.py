"""A watch of a night, in this process, and an exercise beside it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

from tests.watch.mixed import NIGHT
from vedette.feeds.arrival import Arrival
from vedette.model import Body, ExerciseOrder
from vedette.sim import simulate
from vedette.site import Site
from vedette.watch.exercise import Exercise
from vedette.watch.exercises import Exercises
from vedette.watch.plan import Plan
from vedette.watch.play import metered, played
from vedette.watch.runtime import Watch

Item = tuple[float, Body]
ORDER = ExerciseOrder(scenario="raid.toml", title="Wednesday", by="trainer", role="instructor")


def night(site: Site, until_s: float = 250.0) -> list[Item]:
    """A real attack, as its feeds bring it: what the live watch sees while the exercise runs."""
    found = simulate(msgspec.structs.replace(NIGHT, site=site), 2).arrivals
    arrivals = (Arrival(received_s=one.received_s, feed=one.feed, body=one.body) for one in found)
    return [item for item in played(metered(site, arrivals)) if item[0] <= NIGHT.start_s + until_s]


async def beside(
    plan: Plan,
    items: list[Item],
    act: Callable[[Watch, Exercises], Awaitable[None]] | None,
    exercise_kind: type[Exercise] = Exercise,
) -> Watch:
    """A watch of these items, with an exercise beside it from the first on, if `act` says what is done in it."""
    watch = Watch.open(plan, items[0][0])
    exercises = Exercises(watch, exercise_kind)
    watch.begin()
    async with exercises.open():
        watch.submit(items[0][1], items[0][0])
        if act is not None:
            await exercises.start(ORDER)
        await asyncio.to_thread(feed, watch, items[1:], exercises)
        if act is not None:
            await act(watch, exercises)
    await asyncio.to_thread(watch.finish)
    watch.close("ended")
    return watch


def feed(watch: Watch, items: list[Item], exercises: Exercises) -> None:
    for at_s, body in items:
        newest = exercises.desk
        if isinstance(newest, Watch):  # recorded time outruns what two pipelines can do: this is no test of pace
            while at_s - newest.now_s > 20.0 and not newest.ended.is_set():
                time.sleep(0.001)
        watch.submit(body, at_s)


async def stop(watch: Watch, exercises: Exercises) -> None:
    del watch
    await exercises.stop("x1", "trainer", "instructor")
