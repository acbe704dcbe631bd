"""Run a watch from its first message to its end: signals, console, health, an orderly close."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Final

import msgspec

from vedette.access import Access, UserFile
from vedette.clock import LiveClock
from vedette.console import create_app, serve
from vedette.errors import Unavailable
from vedette.serving import try_address
from vedette.tls import TlsFiles, certified_names, tls_context
from vedette.watch.exercises import Exercises
from vedette.watch.plan import Plan
from vedette.watch.play import Item, feed_watch
from vedette.watch.runtime import Watch

HEALTH_S: Final = 1.0
"""Wall time between two words of health to the console; silence is how a screen knows that the watch is gone."""


class Console(msgspec.Struct, frozen=True):
    """Where the console listens, and who is told its address.

    tls: files of certificate and key, None for plain HTTP. users: whether people can log in at all; without it, it is
    single-user mode for good. on_first: told the address by which the first administrator is made, if there is no user.
    """

    host: str
    port: int
    on_ready: Callable[[str], None]
    tls: TlsFiles | None = None
    users: bool = False
    on_first: Callable[[str], None] | None = None


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
    if console is not None:
        try:
            try_address(console.host, console.port)  # before a folder and a record are begun that nobody would see
        except OSError as error:
            raise _unavailable(console, error) from None
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
    close, serving = asyncio.Event(), None
    access = None
    if console is not None and console.users:
        access = Access(UserFile(watch.plan.folder), LiveClock().now_s, watch.keep)
    beating = asyncio.create_task(_beat(watch, access))
    try:
        if console is not None:
            serving = await _served(watch, console, exercises, access, close)
        yield
    finally:
        close.set()
        beating.cancel()
        await asyncio.gather(beating, *((serving,) if serving else ()), return_exceptions=True)
        if access is not None:
            await access.look(closing=True)


async def _served(
    watch: Watch, console: Console, exercises: Exercises, access: Access | None, close: asyncio.Event
) -> asyncio.Task[None]:
    """The serving task, once connections are taken.

    Raises:
        Unavailable: the address cannot be taken.
    """
    ready = asyncio.Event()

    def tell(address: str) -> None:
        console.on_ready(address)
        if access is not None and not access.has_users and console.on_first is not None:
            console.on_first(f"{address}#/first/{access.first_link()}")
        ready.set()

    tls, names = None, frozenset[str]()
    if console.tls is not None and console.tls.certificate is not None:
        tls, names = tls_context(console.tls, server=True), certified_names(console.tls.certificate)
    app = create_app(watch, console.host, exercises=exercises, access=access, names=names)
    serving = asyncio.create_task(serve(app, console.host, console.port, tell, close, tls=tls))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if serving.done() and (error := serving.exception()) is not None:
        if isinstance(error, OSError):
            raise _unavailable(console, error) from None
        raise error
    return serving


def _unavailable(console: Console, error: OSError) -> Unavailable:
    return Unavailable(f"{console.host} port {console.port}: {error.strerror or error}")


async def _beat(watch: Watch, access: Access | None) -> None:
    while True:
        watch.show_health()
        if access is not None:
            await access.look()
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
