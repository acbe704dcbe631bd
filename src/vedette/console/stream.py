"""The stream: frames from the pipeline thread to any number of clients, none of which can hold it up.

Every frame states the whole of one thing (a track, an alert, an incident, the health), so a newer frame of the same
thing replaces an older one that a client has not been sent yet. A slow client therefore gets fewer updates, never
stale ones, and its queue holds at most one frame a thing. Beyond `pending_limit` things it is emptied, counted, and the
client is sent a snapshot in its place.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
from collections import deque
from collections.abc import Callable, Hashable
from typing import Final

import msgspec

HISTORY: Final = 4096
"""Frames kept for clients that resume: half a minute of 60 tracks at 2 Hz. Older: they are sent a snapshot."""
PENDING_LIMIT: Final = 5000
"""Things waiting for one client; twice the largest picture the console is made for."""


class Frame:
    """One message of the stream. `text()` is encoded once, when the first client needs it, and shared.

    Args:
        seq: counts from 1 without gaps. kind: track | track_end | alert | incident | health.
        key: the thing it states; a later frame of the same key replaces it.
        render: makes the JSON object's other keys.
        subject: the thing itself, for those who write it in a form of their own.
    """

    __slots__ = ("_render", "_text", "key", "kind", "seq", "subject")

    def __init__(
        self, seq: int, kind: str, key: Hashable, render: Callable[[], object], subject: object = None
    ) -> None:
        self.seq, self.kind, self.key, self.subject = seq, kind, key, subject
        self._render = render
        self._text: str | None = None

    def text(self) -> str:
        """The frame as JSON: seq, kind, then what it states."""
        if self._text is None:
            head = msgspec.json.encode({"seq": self.seq, "kind": self.kind})
            body = msgspec.json.encode(self._render())
            self._text = (head[:-1] + (b"," + body[1:] if len(body) > 2 else b"}")).decode()
        return self._text


class Counts(msgspec.Struct, frozen=True):
    """What became of the frames. coalesced: replaced by a newer one before they were sent; resyncs: queues emptied."""

    clients: int
    published: int
    coalesced: int
    resyncs: int


class Stream:
    """Publish from any thread; subscribe on a running asyncio loop. `lock` also guards what the snapshot is made of."""

    def __init__(self, history: int = HISTORY, pending_limit: int = PENDING_LIMIT) -> None:
        self.lock = threading.RLock()
        self.token: Final = secrets.token_hex(4)
        self._history: deque[Frame] = deque(maxlen=history)
        self._pending_limit = pending_limit
        self._subscriptions: set[Subscription] = set()
        self._seq = self._coalesced = self._resyncs = 0

    @property
    def seq(self) -> int:
        """Number of the newest frame, 0 before the first."""
        return self._seq

    def publish(self, kind: str, key: Hashable, render: Callable[[], object], subject: object = None) -> None:
        """Add a frame and hand it to every client's queue. Never blocks on a client."""
        with self.lock:
            self._seq += 1
            frame = Frame(self._seq, kind, key, render, subject)
            self._history.append(frame)
            for subscription in self._subscriptions:
                coalesced, resync = subscription.offer(frame)
                self._coalesced += coalesced
                self._resyncs += resync

    def subscribe(self, after: int | None = None, token: str | None = None) -> Subscription:
        """A queue of the frames from now on, or from those after `after` if they are still kept.

        Otherwise (never seen one, too old, or another run's numbers) it begins by asking for a snapshot.
        """
        with self.lock:
            subscription = Subscription(self, self._pending_limit)
            kept = self._kept_after(after, token)
            if kept is None:
                subscription.want_snapshot()
            else:
                for frame in kept:
                    subscription.offer(frame)
            self._subscriptions.add(subscription)
        return subscription

    def _kept_after(self, after: int | None, token: str | None) -> list[Frame] | None:
        if after is None or after > self._seq or (token is not None and token != self.token):
            return None
        first = self._history[0].seq if self._history else self._seq + 1
        if after + 1 < first:
            return None
        return [frame for frame in self._history if frame.seq > after]

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget a client; harmless when already forgotten."""
        with self.lock:
            self._subscriptions.discard(subscription)

    def counts(self) -> Counts:
        """How many clients, and what became of the frames since the start."""
        with self.lock:
            return Counts(len(self._subscriptions), self._seq, self._coalesced, self._resyncs)


class Subscription:
    """One client's queue. `offer` is called under the stream's lock, from any thread; `take` on the client's loop."""

    def __init__(self, stream: Stream, limit: int) -> None:
        self._stream, self._limit = stream, limit
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()
        self._pending: dict[Hashable, Frame] = {}
        self._snapshot_wanted = self._woken = False
        self.reached_seq = 0
        """What a client that was sent all that was taken has seen: where it would resume."""

    def offer(self, frame: Frame) -> tuple[bool, bool]:
        """Queue a frame. Returns (replaced an unsent one, emptied the queue)."""
        replaced = self._pending.pop(frame.key, None) is not None
        overflow = len(self._pending) >= self._limit
        if overflow:
            self.want_snapshot()
        elif not self._snapshot_wanted:
            self._pending[frame.key] = frame
        self.wake()
        return replaced, overflow

    def want_snapshot(self) -> None:
        """Drop what waits; the next `take` says that a snapshot is due."""
        self._pending.clear()
        self._snapshot_wanted = True
        self.wake()

    def wake(self) -> None:
        """Let `take` return with what there is, be it nothing. Once a picture is enough, however many its tracks."""
        with self._stream.lock:
            if not self._woken and not self._loop.is_closed():
                self._woken = True
                self._loop.call_soon_threadsafe(self._ready.set)

    async def take(self, timeout_s: float) -> list[Frame] | None:
        """What waits, oldest first, having waited for it if need be; [] after `timeout_s`; None: send a snapshot.

        After None the caller must take the snapshot and `resume` under one hold of the stream's lock.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._ready.wait()
        with self._stream.lock:
            self._ready.clear()
            self._woken = False
            if self._snapshot_wanted:
                return None
            frames = list(self._pending.values())
            self._pending.clear()
            self.reached_seq = self._stream.seq
        return frames

    def resume(self) -> None:
        """The snapshot was taken: frames count again from here. Call under the stream's lock."""
        self._pending.clear()
        self._snapshot_wanted = False
