"""One order: each message gets its number and receive time as it enters, and ticks stand between on the 0.5 s grid.

Behind this, all is a function of the sequence. In a replay the sequence is a function of the recordings.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator

from vedette.clock import TICK_S, next_tick_s
from vedette.feeds.arrival import Arrival
from vedette.model import Body, Origin, Sequenced, Tick


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


def with_ticks(arrivals: Iterable[Arrival]) -> Iterator[tuple[float, Arrival | Tick]]:
    """(receive time, arrival or tick) in order: a tick at each grid time up to each arrival, and one after the last.

    Gaps of more than an hour between arrivals are not ticked through: the grid goes on before the later one.
    """
    due_s: float | None = None
    for arrival in arrivals:
        if due_s is None or arrival.received_s - due_s > 3600.0:
            due_s = next_tick_s(arrival.received_s - TICK_S)
        while due_s <= arrival.received_s:
            yield due_s, Tick()
            due_s = due_s + TICK_S
        yield arrival.received_s, arrival
    if due_s is not None:
        yield due_s, Tick()
