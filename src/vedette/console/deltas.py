"""The stream's small form (`?form=delta`), which the console's own page asks for.

All that changed goes in one message; of a track only what moves, the rest when it changed, the whole of it only where
it is looked at. The client says what it has taken (`{"have": SEQ}`) and is at most `IN_FLIGHT` messages behind: what
changes meanwhile is sent as it then is. It may name tracks it wants the whole of (`{"watch": [TRACK, …]}`).
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Final

import msgspec

from vedette.clock import LiveClock, iso_utc
from vedette.console import views
from vedette.console.board import Board, TrailPoint
from vedette.console.stream import Frame, Subscription
from vedette.console.views.deltas import (
    Batch,
    Row,
    TracksDelta,
    about_key,
    columns,
    flat_trail,
    track_about,
    track_row,
)
from vedette.model import TrackPicture

IN_FLIGHT: Final = 2
"""Messages that a client has not taken yet: one being read, one on its way."""
PACE_S: Final = 0.2
"""Least time between two messages: no screen needs more of a picture, and alerts wait no longer than that."""
TRAILS: Final = 300
"""Trails in a whole picture: of the tracks nearest to the site."""
DETAILED: Final = 100
"""Most tracks with open alerts that are sent whole without being asked for."""

Name = Annotated[str, msgspec.Meta(max_length=200)]


class Said(msgspec.Struct, frozen=True):
    """What a client says. have: the `seq` of the batch it has taken. watch: tracks to be sent whole from now on."""

    have: int | None = None
    watch: Annotated[tuple[Name, ...], msgspec.Meta(max_length=50)] | None = None


_SAID: Final = msgspec.json.Decoder(Said)


class Deltas:
    """One client of the small form: what it has been sent, what it wants whole, how far behind it is.

    Belongs to the client's asyncio loop.
    """

    def __init__(self, board: Board, subscription: Subscription) -> None:
        self._board, self._subscription = board, subscription
        self._clock = LiveClock()
        self._about: dict[str, Row] = {}
        self._watched: frozenset[str] = frozenset()
        self._asked: frozenset[str] = frozenset()
        self._waiting: list[int] = []
        self._room = asyncio.Event()
        self._room.set()

    def hear(self, text: str) -> None:
        """Take in what the client says; what is none of it says nothing."""
        try:
            said = _SAID.decode(text)
        except (msgspec.DecodeError, RecursionError):
            return
        have = said.have
        if have is not None:
            self._waiting = [seq for seq in self._waiting if seq > have]
            if len(self._waiting) < IN_FLIGHT:
                self._room.set()
        if said.watch is not None:
            self._asked = frozenset(said.watch) - self._watched
            self._watched = frozenset(said.watch)
            self._subscription.wake()

    async def next(self, timeout_s: float) -> str:
        """The next message, after `timeout_s` at the latest: an empty one where nothing changed or there is no room."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._room.wait()
        if not self._room.is_set():
            return self._beat()
        frames = await self._subscription.take(timeout_s)
        asked, self._asked = self._asked, frozenset()
        if frames is None:
            return self._count(*self._whole())
        if not frames and not asked:
            return self._beat()
        return self._count(self._subscription.reached_seq, self._changed(frames, asked))

    def _count(self, seq: int, messages: Sequence[TracksDelta | msgspec.Raw]) -> str:
        self._waiting.append(seq)
        if len(self._waiting) >= IN_FLIGHT:
            self._room.clear()
        return self._batch(seq, messages)

    def _beat(self) -> str:
        """That the link lives; says nothing new, and counts for nothing."""
        return self._batch(self._waiting[-1] if self._waiting else self._subscription.reached_seq, ())

    def _batch(self, seq: int, messages: Sequence[TracksDelta | msgspec.Raw]) -> str:
        batch = Batch(seq=seq, sent_utc=iso_utc(self._clock.now_s()), messages=messages)
        return msgspec.json.encode(batch).decode()

    def _changed(self, frames: Iterable[Frame], asked: frozenset[str]) -> Sequence[TracksDelta | msgspec.Raw]:
        tracks = [frame.subject for frame in frames if isinstance(frame.subject, TrackPicture)]
        rest = [frame for frame in frames if frame.kind != "track"]
        for frame in rest:
            if frame.kind == "track_end" and isinstance(frame.key, tuple):
                self._about.pop(frame.key[1], None)
        said = [msgspec.Raw(frame.text().encode()) for frame in rest]
        return [self._tracks(self._subscription.reached_seq, tracks, asked), *said] if tracks or asked else said

    def _whole(self) -> tuple[int, list[TracksDelta | msgspec.Raw]]:
        board = self._board
        with board.stream.lock:
            self._subscription.resume()
            snapshot = board.snapshot(bare=True)
            tracks, trails = board.present()
        self._subscription.reached_seq = snapshot.seq
        self._about.clear()
        nearest = self._nearest(tracks, trails)
        picture = msgspec.structs.replace(self._tracks(snapshot.seq, tracks), whole=True, trails=nearest)
        return snapshot.seq, [msgspec.Raw(msgspec.json.encode(snapshot)), picture]

    def _tracks(self, seq: int, tracks: Sequence[TrackPicture], asked: frozenset[str] = frozenset()) -> TracksDelta:
        news = [one for one in tracks if self._is_news(one)]
        wanted = self._watched | self._board.alerted_tracks(DETAILED)
        whole = [one for one in tracks if one.track in wanted]
        whole += [one for one in map(self._board.track, sorted(asked)) if one is not None and one not in whole]
        return TracksDelta(
            seq=seq,
            whole=False,
            moves=columns(map(track_row, tracks)),
            about=[track_about(one) for one in news],
            details=[views.track(one, self._board.origin) for one in whole],
            trails={},
        )

    def _is_news(self, one: TrackPicture) -> bool:
        key = about_key(one)
        if self._about.get(one.track) == key:
            return False
        self._about[one.track] = key
        return True

    def _nearest(
        self, tracks: Iterable[TrackPicture], trails: Mapping[str, Sequence[TrailPoint]]
    ) -> dict[str, list[float]]:
        site = self._board.site
        shrink = math.cos(math.radians(site.latitude_deg))

        def far_deg(one: TrackPicture) -> float:
            if one.latitude_deg is None or one.longitude_deg is None:
                return math.inf
            return math.hypot(one.latitude_deg - site.latitude_deg, (one.longitude_deg - site.longitude_deg) * shrink)

        alerted = self._board.alerted_tracks(DETAILED)
        near = sorted(tracks, key=lambda one: (one.track not in alerted, far_deg(one)))[:TRAILS]
        return {one.track: flat_trail(trails[one.track]) for one in near if one.track in trails}
