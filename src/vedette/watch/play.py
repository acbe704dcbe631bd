"""A replay or a simulation: arrivals in their order, with ticks and the feeds' health between, at their pace."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from vedette.clock import ReplayClock
from vedette.feeds.arrival import Arrival
from vedette.feeds.meter import FeedMeter
from vedette.model import Body, FeedState, Rejected, Tick
from vedette.site import Site
from vedette.watch.runtime import Watch
from vedette.watch.sequence import with_ticks

Item = tuple[float, Body]


def played(arrivals: Iterable[Arrival]) -> Iterator[Item]:
    """The whole input of a replay in order: what arrived, ticks between. Rejects are in the feeds' health."""
    for at_s, item in with_ticks(arrivals):
        if isinstance(item, Tick):
            yield at_s, item
        elif not isinstance(item.body, Rejected):
            yield at_s, item.body


def metered(site: Site, arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
    """Simulated arrivals with each feed's health among them, as a live supervisor would send it."""
    meters = {feed.id: FeedMeter(feed.id, feed.sensor, feed.stale_s) for feed in site.feeds}
    by_sensor = {feed.sensor: feed.id for feed in site.feeds}
    now_s = 0.0
    for arrival in arrivals:
        feed = by_sensor.get(arrival.feed, arrival.feed)
        now_s = arrival.received_s
        meters[feed].count(1, now_s)
        yield Arrival(received_s=now_s, feed=feed, body=arrival.body)
        yield from _words(meters, now_s)
    for meter in meters.values():
        meter.turn(FeedState.ENDED, "end of the simulation")
    yield from _words(meters, now_s)


def _words(meters: dict[str, FeedMeter], now_s: float) -> Iterator[Arrival]:
    for feed, meter in meters.items():
        if (health := meter.poll(now_s)) is not None:
            yield Arrival(received_s=now_s, feed=feed, body=health)


def feed_watch(watch: Watch, items: Iterator[Item], speed: float, stop: threading.Event) -> bool:
    """Put the items into the watch at their pace, going on where its record left off; False if stopped before the end.

    Runs in a thread of its own; a full queue holds it up.
    """
    clock: ReplayClock | None = None
    skip = watch.consumed
    for index, (received_s, body) in enumerate(items):
        if index < skip:
            continue
        clock = clock or ReplayClock(received_s, speed)
        if stop.wait(clock.due_in_s(received_s)) or watch.failed is not None:
            return False
        watch.submit(body, received_s)
    return True
