"""An exercise's sequence: a copy of the live one with the injections among it. No clock, no threads.

It is a function of the live sequence, the scenario, its seed and its start. The live sequence's own receive times are
the exercise's clock: what is injected comes in before the first message that is received later.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from vedette.assessment.identity import without_operator
from vedette.model import Body, CooperativeReport, FeedHealth, Look, Scan, SensorStatus, Sequenced, Tick
from vedette.sim import Injection, SimArrival
from vedette.site import Site
from vedette.watch.pipeline import taken_s

Item = tuple[float, Body]
COPIED: Final = (Look, CooperativeReport, SensorStatus, FeedHealth, Tick)
"""What is copied: what feeds bring, and time. People's actions, and what sensors answer to them, are the watch's."""


class Mix:
    """One exercise's sequence.

    A sensor's looks carry what is injected as long as it looks. Where it reports without saying what it covered (no
    scans), what is injected comes in reports of its own that say as little. Where it says nothing at all it sees
    nothing of what is injected either, unless `simulates_silent`: then the simulator looks in its place, false
    detections and all; it sees nothing of what is really there, so that is for a watch whose feeds are not connected.

    Args:
        since_s: when the exercise begins; until a feed's time for silence has passed since then, all count as looking.
    """

    def __init__(self, site: Site, injection: Injection, since_s: float, *, simulates_silent: bool) -> None:
        self._injection, self._simulates_silent = injection, simulates_silent
        self._scanning = frozenset(sensor.id for sensor in site.sensors if sensor.period_s is not None)
        self._stale_s = {sensor.id: max(5.0, 3.0 * (sensor.period_s or 0.0)) for sensor in site.sensors}
        self._stale_s |= {feed.sensor: feed.stale_s for feed in site.feeds}
        self._covered_s = dict.fromkeys(self._stale_s, since_s)
        self._heard_s = dict.fromkeys(self._stale_s, since_s)
        arrivals = [*injection.broadcasts(), *injection.own_looks()]
        self._waiting = sorted(arrivals, key=lambda one: (one.received_s, one.feed), reverse=True)

    def take(self, message: Sequenced) -> Iterator[Item]:
        """What comes of one message of the live sequence, in order."""
        at_s, body = message.received_s, message.body
        if not isinstance(body, COPIED):
            return
        while self._waiting and self._waiting[-1].received_s <= at_s:
            yield from self._due(self._waiting.pop())
        yield at_s, self._copy(body, at_s)

    def _copy(self, body: Body, at_s: float) -> Body:
        if isinstance(body, CooperativeReport):
            return without_operator(body)  # an exercise needs nobody's personal data
        if not isinstance(body, Look):
            return body
        scan = body.scan
        self._heard_s[scan.sensor] = at_s
        if not self._covers(scan):
            return body
        self._covered_s[scan.sensor] = at_s
        return Look(scan=self._injection.join(scan, taken_s(scan, at_s)))

    def _covers(self, scan: Scan) -> bool:
        """Whether a miss in this look counts: as it says; else where its sensor scans, or counts its looks."""
        if scan.covers is not None:
            return scan.covers
        return scan.sensor in self._scanning or scan.look is not None

    def _due(self, arrival: SimArrival) -> Iterator[Item]:
        """What comes of a simulated message: a broadcast as it is, a look as its sensor stands."""
        body, at_s = arrival.body, arrival.received_s
        if isinstance(body, CooperativeReport) or not self._covers(body.scan):
            yield at_s, body
            return
        sensor = body.scan.sensor
        if at_s - self._covered_s[sensor] <= self._stale_s[sensor]:
            return
        if at_s - self._heard_s[sensor] <= self._stale_s[sensor]:
            empty = Scan(sensor=sensor, observed_s=body.scan.observed_s, sector_rad=body.scan.sector_rad, covers=False)
            scan = self._injection.join(empty, empty.observed_s)
            if len(scan):
                yield at_s, Look(scan=scan)
        elif self._simulates_silent:
            yield at_s, body


NEVER_S: Final = -math.inf
"""`since_s` of an exercise on its own: no feed has ever said anything."""
