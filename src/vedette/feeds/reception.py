"""What one feed makes of what happens on its lines: a function of its moments, live and in a replay of its capture.

    moment → capture (live) → intake → arrivals → sink
                                     ↘ meters → health

All that an intake is told passes through `hear`, one moment after the other, and is captured before it is taken: so a
capture played again gives the same arrivals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Final

from vedette.feeds.arrival import Arrival, FeedBody
from vedette.feeds.intake import LIVE, Intake, Keeper
from vedette.feeds.listener import Receipt
from vedette.feeds.meter import FeedMeter
from vedette.feeds.sapient.keeper import SapientKeeper
from vedette.model import FeedState, Look, Rejected, SensorStatus
from vedette.site import Feed, Site
from vedette.wire.capture import CaptureHead, CaptureKind, Moment

Sink = Callable[[Arrival], bool]
"""Takes an arrival without blocking; False: it was shed."""
Capture = Callable[[CaptureHead, Moment], object]
"""Keeps what happened on a feed."""

KEEPERS: Final[dict[tuple[str, str], Callable[[Site, Feed], Intake]]] = {
    ("sapient", "tcp"): SapientKeeper,
    ("sapient", "tls"): SapientKeeper,
}
"""What keeps its own lines, by source and scheme of the url; the others are in LIVE."""
REJECTS_PER_S: Final = 10


def intake_maker(feed: Feed) -> Callable[[Site, Feed], Intake] | None:
    """Who makes the intake of a feed; None where its source cannot be heard live over its line."""
    key = feed.source, feed.url.partition(":")[0]
    return LIVE.get(key) or KEEPERS.get(key)


class Reception:
    """One feed's intake, its health, and where both go.

    Args:
        capture: told each moment before it is taken; None in a replay.

    Attributes:
        meter: the feed's own health.
    """

    def __init__(self, site: Site, feed: Feed, sink: Sink, capture: Capture | None = None) -> None:
        self.meter = FeedMeter(feed.id, feed.sensor, feed.stale_s)
        self._site, self._feed, self._sink, self._capture = site, feed, sink, capture
        self._head = CaptureHead(
            feed=feed.id,
            sensor=feed.sensor,
            source=feed.source,
            scheme=feed.url.partition(":")[0],
            listens=feed.listens,
        )
        self._others: dict[str, FeedMeter] = {}
        self._intake: Intake | None = None
        self._rejects_second, self._rejects_sent = 0, 0

    @property
    def intake(self) -> Intake | None:
        """What takes the feed's octets apart; None before it began."""
        return self._intake

    @property
    def keeper(self) -> Keeper | None:
        """The intake, if it keeps the feed's lines itself."""
        return self._intake if isinstance(self._intake, Keeper) else None

    def begin(self, now_s: float) -> Intake:
        """Make the intake, if there is none.

        Raises:
            ValueError: it cannot be made; why, for people.
        """
        if self._intake is None:
            make = intake_maker(self._feed)
            if make is None:
                raise ValueError(f"{self._feed.source} cannot be heard live over such a line")
            intake = make(self._site, self._feed)
            self._keep(Moment(received_s=now_s, kind=CaptureKind.BEGAN))
            self._intake = intake
        return self._intake

    def forget(self) -> None:
        """The intake has failed: the next moment begins with another."""
        self._intake = None

    def hear(self, moment: Moment) -> Receipt:
        """One moment; times never fall.

        Raises:
            Exception: a fault of our own in the intake.
        """
        now_s, kind = moment.received_s, moment.kind
        if kind is CaptureKind.BEGAN:
            self.forget()
        intake = self.begin(now_s)
        if kind is CaptureKind.TIME:
            bodies: Iterable[FeedBody] = list(intake.tick(now_s))
            if bodies:  # else nothing happened that is worth a frame
                self._keep(moment)
                self._pass_on(bodies, now_s)
            return Receipt()
        if kind is not CaptureKind.BEGAN:
            self._keep(moment)
        before, shed_before = intake.messages, self.meter.shed
        rejected = self._pass_on(_said(intake, moment), now_s)
        taken = intake.messages - before
        if taken > 0:
            self.meter.count(taken, now_s)
            if isinstance(intake, Keeper):
                self.meter.turn(FeedState.LIVE, intake.detail)
        self.tell(now_s)
        return Receipt(taken=taken, rejected=rejected, shed=self.meter.shed - shed_before)

    def refuse(self, reason: str, count: int = 1) -> None:
        """Count what was not taken before it came to the intake."""
        for _ in range(count):
            self.meter.reject(reason)

    def ended(self, now_s: float) -> None:
        """The watch ends."""
        if self._intake is not None:
            self._keep(Moment(received_s=now_s, kind=CaptureKind.ENDED))

    def _keep(self, moment: Moment) -> None:
        if self._capture is not None:
            self._capture(self._head, moment)

    def opened(self, now_s: float) -> None:
        """The line is open, and nothing was heard on it yet."""
        for meter in self._meters():
            meter.open(now_s)
        self.tell(now_s)

    def turn(self, state: FeedState, detail: str) -> None:
        """The feed, and each sensor that it brings, is in a state."""
        for meter in self._meters():
            meter.turn(state, detail)

    def _meters(self) -> tuple[FeedMeter, ...]:
        return self.meter, *self._others.values()

    def tell(self, now_s: float) -> None:
        """Send the health that is due."""
        for name, meter in ((self._feed.id, self.meter), *self._others.items()):
            health = meter.poll(now_s)
            if health is not None:
                self._sink(Arrival(now_s, name, health))

    def next_s(self) -> float:
        """When health will next be due if nothing comes; infinite where none is live: a gap may be of days."""
        return min((one.next_s() for one in self._meters() if one.state is FeedState.LIVE), default=math.inf)

    def _pass_on(self, bodies: Iterable[FeedBody], now_s: float) -> dict[str, int]:
        """Hand bodies to the sink; the rejects among them, by reason."""
        rejected: dict[str, int] = {}
        for body in bodies:
            if isinstance(body, Rejected):
                self.meter.reject(body.reason)
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
            return self._feed.id, self.meter
        if sensor not in self._others:
            self._others[sensor] = FeedMeter(sensor, sensor, self._feed.stale_s)
        return sensor, self._others[sensor]

    def _measure(self, meter: FeedMeter, body: FeedBody, now_s: float) -> None:
        if isinstance(body, Look):
            meter.observe(body.scan.observed_s, now_s)
            if meter is not self.meter:  # the feed's own counts all that its socket brings
                meter.count(max(1, len(body.scan)), now_s)
        elif isinstance(body, SensorStatus) and self.keeper is None:
            meter.sensor_says(body.state, body.detail)

    def _may_pass_reject(self, now_s: float) -> bool:
        if int(now_s) != self._rejects_second:
            self._rejects_second, self._rejects_sent = int(now_s), 0
        self._rejects_sent += 1
        return self._rejects_sent <= REJECTS_PER_S


def _said(intake: Intake, moment: Moment) -> Iterable[FeedBody]:
    """What a moment brings, but for time alone."""
    now_s, kind = moment.received_s, moment.kind
    if isinstance(intake, Keeper):
        return intake.hear(moment)
    if kind is CaptureKind.OCTETS:
        return intake.take(moment.octets, now_s)
    if kind is CaptureKind.OPENED:
        intake.reconnected()
    return ()
