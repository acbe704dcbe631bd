"""One order: each message gets its number and receive time as it enters, and ticks stand between on the 0.5 s grid.

Behind this, all is a function of the sequence. In a replay the sequence is a function of the recordings.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator
from typing import Final

from vedette.clock import TICK_S, next_tick_s
from vedette.feeds.arrival import Arrival
from vedette.model import Body, Origin, Sequenced, Tick

LONGEST_GAP_S: Final = 3600.0


class Sequencer:
    """Stamps messages: `seq` counts from 1, `received_s` never falls. May be shared between threads."""

    def __init__(self, origin: Origin, *, after_seq: int = 0, after_s: float = -math.inf) -> None:
        self._origin, self._seq, self._received_s = origin, after_seq, after_s
        self._lock = threading.Lock()

    def stamp(self, body: Body, received_s: float | None = None) -> Sequenced:
        """The message with its place in the order; without `received_s`, at the time of the message before."""
        with self._lock:
            self._seq += 1
            if received_s is not None:
                self._received_s = max(self._received_s, received_s)
            return Sequenced(seq=self._seq, received_s=self._received_s, origin=self._origin, body=body)


class TickGrid:
    """Which ticks are due: each time of the 0.5 s grid once, before whatever arrives at that time or later.

    Gaps of more than an hour are not ticked through: the grid goes on before what comes after.
    """

    def __init__(self) -> None:
        self._due_s: float | None = None

    def until(self, now_s: float) -> Iterator[float]:
        """The ticks due up to and with `now_s`."""
        if self._due_s is None or now_s - self._due_s > LONGEST_GAP_S:
            self._due_s = next_tick_s(now_s - TICK_S)
        while self._due_s <= now_s:
            yield self._due_s
            self._due_s += TICK_S

    @property
    def due_s(self) -> float | None:
        """The next tick; None before the first `until`."""
        return self._due_s


def with_ticks(arrivals: Iterable[Arrival]) -> Iterator[tuple[float, Arrival | Tick]]:
    """(receive time, arrival or tick) in order: a tick at each grid time up to each arrival, and one after the last."""
    grid = TickGrid()
    for arrival in arrivals:
        for at_s in grid.until(arrival.received_s):
            yield at_s, Tick()
        yield arrival.received_s, arrival
    if grid.due_s is not None:
        yield grid.due_s, Tick()
