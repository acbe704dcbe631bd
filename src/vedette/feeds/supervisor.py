"""Keeps a site's live feeds going: connects, reconnects with back-off, counts, tells each feed's health.

One task a feed, on the caller's asyncio loop. A feed that cannot be opened, ends or fails is tried again for ever,
after 0.5 s doubled up to 30 s, each shortened at random by up to half, so that feeds do not return in step. Bytes
that make no sense are counted by reason and passed over. A fault of our own in one feed is logged with its
traceback, the feed is started afresh, and the others do not notice. Not promised: that every Rejected reaches the
sink (10 a second a feed do; all are counted in the feed's health).
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Final

from vedette.clock import Clock
from vedette.closing import heed_cancel
from vedette.feeds.intake import Keeper, sieve_of
from vedette.feeds.line import bring
from vedette.feeds.listener import Receipt
from vedette.feeds.polling import POLL_S
from vedette.feeds.reception import Capture, Reception, Sink, intake_maker
from vedette.model import FeedState
from vedette.site import Feed, Site
from vedette.wire.capture import CaptureKind, Moment

TICK_S: Final = 0.25
_log = logging.getLogger(__name__)


class FeedSupervisor:
    """Runs the live feeds of a site.

    Args:
        clock: the time that stamps arrivals. sink: where they go. rng: for jitter. capture: told all that is kept.
        back_off_s: first and longest wait before a feed is tried again. poll_s: between readings of what is polled.
    """

    def __init__(
        self,
        site: Site,
        *,
        clock: Clock,
        sink: Sink,
        rng: random.Random,
        capture: Capture | None = None,
        back_off_s: tuple[float, float] = (0.5, 30.0),
        poll_s: float = POLL_S,
    ) -> None:
        self._clock, self._site = clock, site
        self._made: Callable[[Site, Feed], _LiveFeed] = lambda site, feed: _LiveFeed(
            feed, Reception(site, feed, sink, capture), clock, rng, back_off_s, poll_s
        )
        self._feeds = tuple(self._made(site, feed) for feed in site.feeds)
        self._group: asyncio.TaskGroup | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Run until cancelled; all sockets are then closed."""
        try:
            async with asyncio.TaskGroup() as self._group:
                for feed in self._feeds:
                    self._tasks[feed.id] = self._group.create_task(feed.run())
                self._group.create_task(self._tick())
        finally:
            self._group = None
            for feed in self._feeds:
                feed.reception.ended(self._clock.now_s())

    async def follow(self, site: Site) -> None:
        """Go on with another version of the site while running: feeds that it says nothing new of do not notice.

        The others are closed, and opened as they are now. What had come on them is passed on before.
        """
        before = {feed.id: takes(self._site, feed) for feed in self._site.feeds}
        same = {feed.id for feed in site.feeds if before.get(feed.id) == takes(site, feed)}
        for feed in self._feeds:
            if feed.id not in same:
                await self._end(feed)
        kept = {feed.id: feed for feed in self._feeds if feed.id in same}
        self._site = site
        self._feeds = tuple(kept.get(feed.id) or self._made(site, feed) for feed in site.feeds)
        for feed in self._feeds:
            if feed.id not in same and self._group is not None:
                self._tasks[feed.id] = self._group.create_task(feed.run())

    async def _end(self, feed: _LiveFeed) -> None:
        task = self._tasks.pop(feed.id, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        feed.reception.turn(FeedState.ENDED, "the site file was changed")
        feed.poll(self._clock.now_s())
        feed.reception.ended(self._clock.now_s())

    async def _tick(self) -> None:
        while True:
            self.poll()
            await asyncio.sleep(TICK_S)

    def keeper(self, feed: str) -> Keeper | None:
        """What keeps a feed's lines, to send by them; None where it is not open, or only listens."""
        return next((one.reception.keeper for one in self._feeds if one.id == feed), None)

    def poll(self) -> None:
        """Send the health that is due and what was held; done every 0.25 s while running."""
        now_s = self._clock.now_s()
        for feed in self._feeds:
            feed.poll(now_s)


def takes(site: Site, feed: Feed) -> object:
    """All that a feed takes from its site: while it is equal, the feed need not be opened anew."""
    if feed.source in ("asterix", "sapient"):  # one socket brings several sensors: those that no other feed brings
        others = tuple(one for one in site.feeds if one.source == feed.source)
        return feed, site.sensors, others, site.image_hosts, site.id, site.name
    mine = tuple(one for one in site.sensors if one.id == feed.sensor)
    return feed, mine, site.own_drones, site.image_hosts, site.id


class _LiveFeed:
    """One feed's task: its line, opened again and again. It is the listener of its line, and its keeper's door."""

    def __init__(
        self,
        feed: Feed,
        reception: Reception,
        clock: Clock,
        rng: random.Random,
        back_off_s: tuple[float, float],
        poll_s: float,
    ) -> None:
        self.reception = reception
        self._feed, self._clock = feed, clock
        self._rng, self._back_off_s, self._poll_s = rng, back_off_s, poll_s
        self._sieve = sieve_of(feed)
        self._failures = 0

    @property
    def id(self) -> str:
        return self._feed.id

    def now_s(self) -> float:
        """The time, UTC seconds."""
        return self._clock.now_s()

    async def run(self) -> None:
        if intake_maker(self._feed) is None:
            scheme = self._feed.url.partition(":")[0]
            self.reception.turn(FeedState.DOWN, f"{self._feed.source} over {scheme} cannot be heard live")
            return
        while True:
            try:
                await self._listen()
            except (OSError, TimeoutError, ValueError) as error:
                self.reception.turn(FeedState.DOWN, str(error) or type(error).__name__)
            except Exception as error:  # noqa: BLE001 - the supervisor's own place to catch it
                self._failed(error)
            heed_cancel()
            self.poll(self.now_s())
            await asyncio.sleep(self._wait_s())
            self.reception.turn(FeedState.STARTING, self.reception.meter.detail)

    async def _listen(self) -> None:
        """Open the line, and bring what comes until it ends."""
        keeper = self.reception.begin(self.now_s())
        if isinstance(keeper, Keeper):
            await keeper.carry(self)
            return
        self.hear(CaptureKind.OPENED)
        self._sieve.reconnected()
        await bring(self._feed, self, max(60.0, 6.0 * self._feed.stale_s), self._poll_s)

    def _failed(self, error: Exception) -> None:
        _log.error("feed %s failed and is started afresh", self._feed.id, exc_info=error)
        self.reception.turn(FeedState.DOWN, f"failed: {type(error).__name__}")
        self.reception.forget()

    def poll(self, now_s: float) -> None:
        """Send health if due, and what time brings."""
        if self.reception.intake is not None:
            try:
                self.reception.hear(Moment(received_s=now_s, kind=CaptureKind.TIME))
            except Exception as error:  # noqa: BLE001 - as in run
                self._failed(error)
        self.reception.tell(now_s)

    def _wait_s(self) -> float:
        first_s, longest_s = self._back_off_s
        wait_s = min(longest_s, first_s * 2.0 ** min(self._failures, 16))
        self._failures += 1
        return wait_s * (1.0 - 0.5 * self._rng.random())

    def opened(self) -> None:
        """The line is open (see vedette.feeds.listener)."""
        self.reception.opened(self.now_s())

    def refuse(self, reason: str, count: int = 1) -> None:
        """Count what the line did not take."""
        self.reception.refuse(reason, count)

    def lose(self, count: int) -> None:
        """Count what the line dropped."""
        self.reception.meter.shed += count

    def receive(self, octets: bytes) -> Receipt:
        """Keep what may be kept, take it apart, pass it on."""
        given, octets = octets, self._sieve.sift(octets)
        if given and not octets:
            return Receipt()
        return self.hear(CaptureKind.OCTETS, 0, octets)

    def hear(self, kind: CaptureKind, line: int = 0, octets: bytes = b"") -> Receipt:
        """What happened on a line, now.

        Raises:
            ConnectionError: the intake that the line belongs to has failed.
        """
        if self.reception.intake is None:
            raise ConnectionError("started afresh")
        receipt = self.reception.hear(Moment(received_s=self.now_s(), kind=kind, line=line, octets=octets))
        if receipt.taken > 0:
            self._failures = 0
        return receipt
