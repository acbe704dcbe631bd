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
from collections.abc import Callable, Iterable
from typing import Final

from vedette.clock import Clock
from vedette.feeds.arrival import Arrival, FeedBody
from vedette.feeds.intake import LIVE, Intake, Keeper, sieve_of
from vedette.feeds.line import bring
from vedette.feeds.listener import Receipt
from vedette.feeds.meter import FeedMeter
from vedette.feeds.polling import POLL_S
from vedette.feeds.sapient.keeper import SapientKeeper
from vedette.model import FeedState, Look, Rejected, SensorStatus
from vedette.site import Feed, Site

Sink = Callable[[Arrival], bool]
"""Takes an arrival without blocking; False: it was shed."""
Capture = Callable[[str, float, bytes], None]
"""Given a feed's id, the time and the bytes as received."""

KEEPERS: Final[dict[tuple[str, str], Callable[[Site, Feed], Intake]]] = {
    ("sapient", "tcp"): SapientKeeper,
    ("sapient", "tls"): SapientKeeper,
}
"""What keeps its own lines, by source and scheme of the url; the others are in LIVE."""

TICK_S: Final = 0.25
REJECTS_PER_S: Final = 10
_log = logging.getLogger(__name__)


class FeedSupervisor:
    """Runs the live feeds of a site.

    Args:
        clock: the time that stamps arrivals. sink: where they go. rng: for jitter. capture: sees all bytes kept.
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
        self._clock = clock
        self._feeds = tuple(_LiveFeed(site, feed, clock, sink, rng, capture, back_off_s, poll_s) for feed in site.feeds)

    async def run(self) -> None:
        """Run until cancelled; all sockets are then closed."""
        async with asyncio.TaskGroup() as tasks:
            for feed in self._feeds:
                tasks.create_task(feed.run())
            tasks.create_task(self._tick())

    async def _tick(self) -> None:
        while True:
            self.poll()
            await asyncio.sleep(TICK_S)

    def keeper(self, feed: str) -> Keeper | None:
        """What keeps a feed's lines, to send by them; None where it is not open, or only listens."""
        return next((one.keeper for one in self._feeds if one.id == feed), None)

    def poll(self) -> None:
        """Send the health that is due and what was held; done every 0.25 s while running."""
        now_s = self._clock.now_s()
        for feed in self._feeds:
            feed.poll(now_s)


class _LiveFeed:
    """One feed's task and state."""

    def __init__(
        self,
        site: Site,
        feed: Feed,
        clock: Clock,
        sink: Sink,
        rng: random.Random,
        capture: Capture | None,
        back_off_s: tuple[float, float],
        poll_s: float,
    ) -> None:
        self._site, self._feed, self._clock, self._sink = site, feed, clock, sink
        self._rng, self._capture, self._back_off_s, self._poll_s = rng, capture, back_off_s, poll_s
        self._meter = FeedMeter(feed.id, feed.sensor, feed.stale_s)
        self._others: dict[str, FeedMeter] = {}
        self._intake: Intake | None = None
        self._sieve = sieve_of(feed)
        self._failures = 0
        self._rejects_second, self._rejects_sent = 0, 0

    @property
    def id(self) -> str:
        return self._feed.id

    @property
    def keeper(self) -> Keeper | None:
        return self._intake if isinstance(self._intake, Keeper) else None

    async def run(self) -> None:
        scheme = self._feed.url.partition(":")[0]
        make = LIVE.get((self._feed.source, scheme)) or KEEPERS.get((self._feed.source, scheme))
        if make is None:
            self._meter.turn(FeedState.DOWN, f"{self._feed.source} over {scheme} cannot be heard live")
            return
        while True:
            try:
                if self._intake is None:
                    self._intake = make(self._site, self._feed)
                self._intake.reconnected()
                self._sieve.reconnected()
                if isinstance(self._intake, Keeper):
                    await self._intake.carry(_Door(self))
                else:
                    await bring(self._feed, self, max(60.0, 6.0 * self._feed.stale_s), self._poll_s)
            except (OSError, TimeoutError, ValueError) as error:
                self._turn(FeedState.DOWN, str(error) or type(error).__name__)
            except Exception as error:  # noqa: BLE001 - the supervisor's own place to catch it
                self._failed(error)
            self.poll(self._clock.now_s())
            await asyncio.sleep(self._wait_s())
            self._turn(FeedState.STARTING, self._meter.detail)

    def _failed(self, error: Exception) -> None:
        _log.error("feed %s failed and is started afresh", self._feed.id, exc_info=error)
        self._turn(FeedState.DOWN, f"failed: {type(error).__name__}")
        self._intake = None

    def _turn(self, state: FeedState, detail: str) -> None:
        for meter in (self._meter, *self._others.values()):
            meter.turn(state, detail)

    def poll(self, now_s: float) -> None:
        """Send health if due, and what time brings."""
        if self._intake is not None:
            try:
                self._pass_on(self._intake.tick(now_s), now_s)
            except Exception as error:  # noqa: BLE001 - as in run
                self._failed(error)
        self._tell(now_s)

    def _tell(self, now_s: float) -> None:
        for name, meter in ((self._feed.id, self._meter), *self._others.items()):
            health = meter.poll(now_s)
            if health is not None:
                self._sink(Arrival(now_s, name, health))

    def _wait_s(self) -> float:
        first_s, longest_s = self._back_off_s
        wait_s = min(longest_s, first_s * 2.0 ** min(self._failures, 16))
        self._failures += 1
        return wait_s * (1.0 - 0.5 * self._rng.random())

    def opened(self) -> None:
        """The line is open (see vedette.feeds.listener)."""
        now_s = self._clock.now_s()
        for meter in (self._meter, *self._others.values()):
            meter.open(now_s)
        self._tell(now_s)

    def refuse(self, reason: str, count: int = 1) -> None:
        """Count what the line did not take."""
        for _ in range(count):
            self._meter.reject(reason)

    def lose(self, count: int) -> None:
        """Count what the line dropped."""
        self._meter.shed += count

    def receive(self, octets: bytes) -> Receipt:
        """Keep what may be kept, take it apart, pass it on."""
        now_s = self._clock.now_s()
        given, octets = octets, self._sieve.sift(octets)
        if given and not octets:
            return Receipt()
        intake = self._intake
        if intake is None:
            raise ConnectionError("started afresh")
        if self._capture is not None:
            self._capture(self._feed.id, now_s, octets)
        before, shed_before = intake.messages, self._meter.shed
        rejected = self._pass_on(intake.take(octets, now_s), now_s)
        taken = intake.messages - before
        if taken > 0:
            self._failures = 0
            self._meter.count(taken, now_s)
        self._tell(now_s)
        return Receipt(taken=taken, rejected=rejected, shed=self._meter.shed - shed_before)

    def _pass_on(self, bodies: Iterable[FeedBody], now_s: float) -> dict[str, int]:
        """Hand bodies to the sink; the rejects among them, by reason."""
        rejected: dict[str, int] = {}
        for body in bodies:
            if isinstance(body, Rejected):
                self._meter.reject(body.reason)
                rejected[body.reason] = rejected.get(body.reason, 0) + 1
                if not self._may_pass_reject(now_s):
                    continue
            name, meter = self._meter_of(body)
            self._measure(meter, body, now_s)
            if not self._sink(Arrival(now_s, name, body)):
                meter.shed += 1
        return rejected

    def _meter_of(self, body: FeedBody) -> tuple[str, FeedMeter]:
        """One socket may bring several sensors: each has a health of its own, under its sensor's name."""
        sensor = body.scan.sensor if isinstance(body, Look) else getattr(body, "sensor", self._feed.sensor)
        if sensor == self._feed.sensor or self.keeper is not None:  # a keeper tells its sensors' health itself
            return self._feed.id, self._meter
        if sensor not in self._others:
            self._others[sensor] = FeedMeter(sensor, sensor, self._feed.stale_s)
        return sensor, self._others[sensor]

    def _measure(self, meter: FeedMeter, body: FeedBody, now_s: float) -> None:
        if isinstance(body, Look):
            meter.observe(body.scan.observed_s, now_s)
            if meter is not self._meter:  # the feed's own counts all that its socket brings
                meter.count(max(1, len(body.scan)), now_s)
        elif isinstance(body, SensorStatus) and self.keeper is None:
            meter.sensor_says(body.state, body.detail)

    def _may_pass_reject(self, now_s: float) -> bool:
        if int(now_s) != self._rejects_second:
            self._rejects_second, self._rejects_sent = int(now_s), 0
        self._rejects_sent += 1
        return self._rejects_sent <= REJECTS_PER_S


class _Door:
    """A feed as the keeper of its lines sees it (vedette.feeds.intake.Door)."""

    def __init__(self, feed: _LiveFeed) -> None:
        self._feed = feed

    def now_s(self) -> float:
        return self._feed._clock.now_s()

    def opened(self) -> None:
        self._feed.opened()

    def keep(self, octets: bytes) -> None:
        if self._feed._capture is not None:
            self._feed._capture(self._feed.id, self.now_s(), octets)

    def pass_on(self, bodies: Iterable[FeedBody]) -> None:
        self._feed._pass_on(bodies, self.now_s())

    def count(self, messages: int, detail: str) -> None:
        self._feed._failures = 0
        self._feed._meter.count(messages, self.now_s())
        self._feed._meter.turn(FeedState.LIVE, detail)
