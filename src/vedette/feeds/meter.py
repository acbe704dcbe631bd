"""Counts what a feed brings, and says when it is live, stale, down or ended."""

from __future__ import annotations

import math
import statistics
from collections import Counter, deque
from typing import Final

from vedette.model import FeedHealth, FeedState

HEALTH_S: Final = 2.0
"""Health is sent at each change of state, and at least this often."""
RATE_WINDOW_S: Final = 10.0
CLOCK_WINDOW_S: Final = 60.0
_LAGS: Final = 1024
"""Lags kept at most; of a faster feed the window is shorter."""


class FeedMeter:
    """One feed's health. Time is an argument and never goes back.

    Args:
        feed, sensor: ids. stale_s: silence after which a feed is called stale.
    """

    def __init__(self, feed: str, sensor: str, stale_s: float) -> None:
        self.state = FeedState.STARTING
        self.detail = ""
        self.messages = 0
        self.shed = 0
        self.stale_s = stale_s
        self._feed, self._sensor = feed, sensor
        self._rejected: Counter[str] = Counter()
        self._last_s: float | None = None
        self._opened_s = math.inf
        self._counts: list[tuple[float, int]] = []
        self._due_s = -math.inf
        self._told: tuple[FeedState, str] | None = None
        self._lags: deque[tuple[float, float]] = deque(maxlen=_LAGS)
        self._sensor_state, self._sensor_detail = "ok", ""

    def count(self, messages: int, received_s: float) -> None:
        """`messages` more units of the source at `received_s`: the feed is live, unless its sensor no longer looks."""
        self.messages += messages
        self._last_s = received_s
        self.turn(FeedState.STALE if self._sensor_state == "stale" else FeedState.LIVE, self._sensor_detail)

    def observe(self, observed_s: float, received_s: float) -> None:
        """What was received bears a time: one equal to ours is ours, and says nothing of its sensor's clock."""
        if observed_s != received_s:
            self._lags.append((received_s, received_s - observed_s))

    def sensor_says(self, state: str, detail: str) -> None:
        """What the sensor says of its own health (see vedette.model.SensorStatus)."""
        self._sensor_state, self._sensor_detail = state, detail if state != "ok" else ""
        if self.state in (FeedState.LIVE, FeedState.STALE) and state == "stale":
            self.turn(FeedState.STALE, detail)

    def reject(self, reason: str) -> None:
        """One more rejected."""
        self._rejected[reason] += 1

    def turn(self, state: FeedState, detail: str = "") -> None:
        """Change state; `detail` is one line for people."""
        self.state, self.detail = state, detail
        if state is FeedState.DOWN:
            self._opened_s = math.inf

    def open(self, now_s: float) -> None:
        """The line is open; nothing has been heard on it yet."""
        self._opened_s = now_s
        self.turn(FeedState.STARTING, "open, nothing heard yet")

    def stale_at_s(self) -> float:
        """When silence will have made the feed stale; infinite unless its line is open."""
        if self.state is FeedState.LIVE and self._last_s is not None:
            return self._last_s + self.stale_s
        return self._opened_s + self.stale_s if self.state is FeedState.STARTING else math.inf

    def next_s(self) -> float:
        """When `poll` will next have something to say, if nothing arrives."""
        return min(self._due_s, self.stale_at_s())

    def poll(self, now_s: float) -> FeedHealth | None:
        """The health to send now, None if nothing changed and the last is younger than HEALTH_S."""
        if now_s >= self.stale_at_s():
            self.turn(FeedState.STALE, f"silent for {self.stale_s:g} s")
        if (self.state, self.detail) == self._told and now_s < self._due_s:
            return None
        self._told, self._due_s = (self.state, self.detail), now_s + HEALTH_S
        return FeedHealth(
            feed=self._feed,
            sensor=self._sensor,
            state=self.state,
            messages=self.messages,
            rejected=dict(sorted(self._rejected.items())),
            shed=self.shed,
            last_received_s=self._last_s,
            rate_hz=self._rate_hz(now_s),
            lag_s=self._lag_s(now_s),
            clock_offset_s=self._clock_offset_s(now_s),
            detail=self.detail,
        )

    def _rate_hz(self, now_s: float) -> float | None:
        self._counts = [(at, n) for at, n in self._counts if now_s - at <= RATE_WINDOW_S]
        self._counts.append((now_s, self.messages))
        at_s, messages = self._counts[0]
        return (self.messages - messages) / (now_s - at_s) if now_s > at_s else None

    def _lag_s(self, now_s: float) -> float | None:
        recent = [lag_s for at_s, lag_s in self._lags if now_s - at_s <= RATE_WINDOW_S]
        return statistics.median(recent) if recent else None

    def _clock_offset_s(self, now_s: float) -> float | None:
        while self._lags and now_s - self._lags[0][0] > CLOCK_WINDOW_S:
            self._lags.popleft()
        return -min(lag_s for _, lag_s in self._lags) if self._lags else None
