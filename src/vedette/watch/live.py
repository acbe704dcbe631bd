"""A live watch: the site's feeds, ticks on the clock's grid, the capture of bytes as received."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from typing import Final

from vedette.clock import Clock
from vedette.feeds.arrival import Arrival
from vedette.feeds.supervisor import FeedSupervisor
from vedette.model import CaptureClosed, Rejected, Tick
from vedette.record import Capture, read_events
from vedette.site import Site
from vedette.watch.plan import Plan
from vedette.watch.run import Console, Outcome, run_until_stopped
from vedette.watch.runtime import Watch
from vedette.watch.sequence import TickGrid
from vedette.wire.capture import CaptureHead, Moment

log = logging.getLogger(__name__)
FLUSH_S: Final = 1.0
"""How often captured bytes are handed to the system."""


async def run_live(plan: Plan, clock: Clock, console: Console | None) -> Outcome:
    """Watch until SIGINT or SIGTERM.

    Raises:
        RecordError: the folder cannot be used. Unavailable: the console's address is taken.
    """

    async def work(watch: Watch, stop: asyncio.Event) -> None:
        capturing, order = _Capturing(watch), _Order(watch)
        supervisor = FeedSupervisor(
            plan.site,
            clock=clock,
            sink=order.take,
            rng=random.Random(),  # noqa: S311 - jitter of reconnections
            capture=capturing.keep,
        )
        watch.ties.supervisor = supervisor
        watch.changing.followers += [supervisor.follow, capturing.follow]
        tasks = [
            asyncio.create_task(supervisor.run()),
            asyncio.create_task(order.run(clock)),
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


class _Order:
    """Arrivals and ticks into the watch, in one order that is a function of the arrivals and their times alone.

    So a capture played again gives the same order: no tick comes later than what arrived after it.
    """

    def __init__(self, watch: Watch) -> None:
        self._watch, self._grid = watch, TickGrid()

    def take(self, arrival: Arrival) -> bool:
        """An arrival; False: it was shed."""
        self.reach(arrival.received_s)
        return isinstance(arrival.body, Rejected) or self._watch.submit(arrival.body, arrival.received_s)

    def reach(self, now_s: float) -> None:
        """The ticks that are due."""
        for at_s in self._grid.until(now_s):
            self._watch.submit(Tick(), at_s)

    async def run(self, clock: Clock) -> None:
        """Ticks in silence."""
        while True:
            self.reach(clock.now_s())
            await asyncio.sleep(max(0.0, (self._grid.due_s or 0.0) - clock.now_s()))


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

    async def follow(self, site: Site) -> None:
        """Keep as much as the site says now."""
        self._capture.follow(site.limits.capture_bytes, site.limits.personal_keep_s)

    def keep(self, head: CaptureHead, moment: Moment) -> None:
        """Keep what happened on a feed."""
        self._capture.stopped = self._capture.stopped or self._watch.vitals.storage_low
        try:
            self._told(self._capture.write(head, moment))
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
