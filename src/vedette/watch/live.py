"""A live watch: the site's feeds, ticks on the clock's grid, the capture of bytes as received."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from typing import Final

from vedette.clock import Clock, next_tick_s
from vedette.feeds.arrival import Arrival
from vedette.feeds.supervisor import FeedSupervisor
from vedette.model import CaptureClosed, Rejected, Tick
from vedette.record import Capture, read_events
from vedette.watch.plan import Plan
from vedette.watch.run import Console, Outcome, run_until_stopped
from vedette.watch.runtime import Watch

log = logging.getLogger(__name__)
FLUSH_S: Final = 1.0
"""How often captured bytes are handed to the system."""


async def run_live(plan: Plan, clock: Clock, console: Console | None) -> Outcome:
    """Watch until SIGINT or SIGTERM.

    Raises:
        RecordError: the folder cannot be used. Unavailable: the console's address is taken.
    """

    async def work(watch: Watch, stop: asyncio.Event) -> None:
        capturing = _Capturing(watch)
        supervisor = FeedSupervisor(
            plan.site,
            clock=clock,
            sink=lambda arrival: _sink(watch, arrival),
            rng=random.Random(),  # noqa: S311 - jitter of reconnections
            capture=capturing.keep,
        )
        tasks = [
            asyncio.create_task(supervisor.run()),
            asyncio.create_task(_ticks(watch, clock)),
            asyncio.create_task(capturing.run()),
            asyncio.create_task(stop.wait()),
            asyncio.create_task(asyncio.to_thread(watch.ended.wait)),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            watch.ended.set()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(watch.finish)
        capturing.close()
        for task in done:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error

    return await run_until_stopped(plan, clock.now_s(), work, console)


def _sink(watch: Watch, arrival: Arrival) -> bool:
    return isinstance(arrival.body, Rejected) or watch.submit(arrival.body, arrival.received_s)


async def _ticks(watch: Watch, clock: Clock) -> None:
    due_s = next_tick_s(clock.now_s())
    while True:
        await asyncio.sleep(max(0.0, due_s - clock.now_s()))
        now_s = clock.now_s()
        if now_s >= due_s:
            watch.submit(Tick(), due_s)
            due_s = next_tick_s(now_s)


class _Capturing:
    """The capture of one live watch; a disk that fails stops it, and the officer is told."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        limits = watch.plan.site.limits
        self._capture = Capture(watch.plan.folder, limits.capture_bytes, limits.personal_keep_s)
        closed = {
            event.payload.file
            for event in read_events(watch.plan.folder, kind="capture_closed")
            if isinstance(event.payload, CaptureClosed)
        }
        self._told(self._capture.recover(closed))

    def keep(self, feed: str, received_s: float, octets: bytes) -> None:
        """Keep bytes as received."""
        self._capture.stopped = self._capture.stopped or self._watch.vitals.storage_low
        try:
            self._told(self._capture.write(feed, received_s, octets))
        except OSError as error:
            self._fail(error)

    async def run(self) -> None:
        """Flush each second."""
        while True:
            await asyncio.sleep(FLUSH_S)
            self._capture.stopped = self._watch.vitals.storage_low
            try:
                self._capture.flush()
            except OSError as error:
                self._fail(error)

    def close(self) -> None:
        """Close all files; their digests become events."""
        with contextlib.suppress(OSError):
            self._told(self._capture.close())

    def _fail(self, error: OSError) -> None:
        self._capture.stopped = True
        self._watch.vitals.tell(f"The capture has stopped: {error.strerror}")

    def _told(self, closed: tuple[CaptureClosed, ...]) -> None:
        for payload in closed:
            self._watch.note(payload)
