"""Run a watch from its first message to its end: signals, console, health, an orderly close."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Final

import msgspec

from vedette.console import create_app, serve
from vedette.errors import Unavailable
from vedette.watch.exercises import Exercises
from vedette.watch.plan import Plan
from vedette.watch.play import Item, feed_watch
from vedette.watch.runtime import Watch

HEALTH_S: Final = 1.0
"""Wall time between two words of health to the console; silence is how a screen knows that the watch is gone."""


class Console(msgspec.Struct, frozen=True):
    """Where the console listens, and who is told its address."""

    host: str
    port: int
    on_ready: Callable[[str], None]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a watch ended. failed: the fault that stopped it, None in order."""

    failed: str | None
    interrupted: bool


async def run_played(
    plan: Plan, items: Iterator[Item], console: Console | None, on_end: Callable[[Watch], None]
) -> Outcome:
    """Play recorded or simulated items through a watch.

    `on_end` is called when all is played and recorded. With a console the watch then stands until interrupted.

    Raises:
        RecordError: the folder cannot be used. Unavailable: the console's address is taken.
    """

    async def play(watch: Watch, stop: asyncio.Event) -> None:
        halt = threading.Event()
        speed = plan.speed if plan.speed is not None else float("inf")
        feeding = asyncio.create_task(asyncio.to_thread(feed_watch, watch, items, speed, halt))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((feeding, stopping), return_when=asyncio.FIRST_COMPLETED)
        halt.set()
        stopping.cancel()
        whole = await feeding
        if whole and watch.failed is None:
            await asyncio.to_thread(watch.settle)
            watch.played_out = True
            on_end(watch)
            if console is not None:
                await stop.wait()
        await asyncio.to_thread(watch.finish)

    first = next(items, None)
    items = _chain(first, items)
    return await run_until_stopped(plan, first[0] if first else 0.0, play, console)


def _chain(first: Item | None, rest: Iterator[Item]) -> Iterator[Item]:
    if first is not None:
        yield first
    yield from rest


async def run_until_stopped(
    plan: Plan, at_s: float, work: Callable[[Watch, asyncio.Event], Awaitable[None]], console: Console | None
) -> Outcome:
    """Open a watch, serve its console, let `work` feed it, close it. The event is set by SIGINT and SIGTERM.

    Raises:
        RecordError: the folder cannot be used. Unavailable: the console's address is taken.
    """
    stop = asyncio.Event()
    watch = Watch.open(plan, at_s)
    reason = "failed"
    try:
        with _signals(stop):
            exercises = Exercises(watch)
            async with _console(watch, console, exercises):
                watch.begin()
                async with watch.telling.open(), exercises.open():
                    await work(watch, stop)
        reason = "interrupted" if stop.is_set() else "ended"
    finally:
        watch.close(watch.failed or reason)
    return Outcome(failed=watch.failed, interrupted=stop.is_set())


@contextlib.asynccontextmanager
async def _console(watch: Watch, console: Console | None, exercises: Exercises) -> AsyncIterator[None]:
    """Serve the console, and tell it the watch's health each second, for as long as the block lasts."""
    beating, close = asyncio.create_task(_beat(watch)), asyncio.Event()
    serving: asyncio.Task[None] | None = None
    try:
        if console is not None:
            serving = await _served(watch, console, exercises, close)
        yield
    finally:
        close.set()
        beating.cancel()
        await asyncio.gather(beating, *((serving,) if serving else ()), return_exceptions=True)


async def _served(watch: Watch, console: Console, exercises: Exercises, close: asyncio.Event) -> asyncio.Task[None]:
    """The serving task, once connections are taken.

    Raises:
        Unavailable: the address cannot be taken.
    """
    ready = asyncio.Event()

    def tell(address: str) -> None:
        console.on_ready(address)
        ready.set()

    app = create_app(watch, console.host, exercises=exercises)
    serving = asyncio.create_task(serve(app, console.host, console.port, tell, close))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if serving.done() and (error := serving.exception()) is not None:
        if isinstance(error, OSError):
            raise Unavailable(f"{console.host} port {console.port}: {error.strerror or error}") from None
        raise error
    return serving


async def _beat(watch: Watch) -> None:
    while True:
        watch.show_health()
        await asyncio.sleep(HEALTH_S)


@contextlib.contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stop.set)
    try:
        yield
    finally:
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(one)
