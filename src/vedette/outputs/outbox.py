"""The outbox: all outputs of a site, each with its rule, its queue and its line. Runs on the asyncio loop.

The pipeline's thread hands over frozen moments and never waits: what the loop does not take in time gives way to newer
ones, which say all that those said of alerts. An output that cannot be opened, ends or fails is tried again for ever,
as feeds are. Every message that leaves, and none else, was made of a `Package` of the output's rule.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Final

import msgspec

from vedette.clock import monotonic_s
from vedette.closing import heed_cancel
from vedette.model import (
    Alert,
    Dispatched,
    FeedState,
    Origin,
    OutputHealth,
    Package,
    Parcel,
    Picture,
    Rejected,
    ReleasedNotice,
)
from vedette.outputs.backoff import BackOff
from vedette.outputs.dispatch import DROPPED, SENT, Ledger
from vedette.outputs.kinds import KINDS
from vedette.outputs.release import Release
from vedette.outputs.seam import Context, Kind, Line, Refused, Ties
from vedette.outputs.waiting import Waiting
from vedette.site import Output, Site

INBOX_MOMENTS: Final = 64
"""Moments that the loop has not taken yet: half a minute of the watch."""
SEND_S: Final = 30.0
"""Longest time to send one message: a partner that takes nothing for so long is tried on a new line."""
CLOSE_S: Final = 2.0
"""Longest time to send what waits when the watch ends."""
RATE_WINDOW_S: Final = 10.0
_log = logging.getLogger(__name__)


class Moment(msgspec.Struct, frozen=True, eq=False):
    """A picture, all alerts as they stand, and the watch's time."""

    picture: Picture
    alerts: tuple[Alert, ...]
    at_s: float


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What all outputs of a watch share. note: tells the record. rng: for jitter. now_s: wall time, UTC.

    back_off_s: first and longest wait before an output is tried again. ties: to the feeds. kinds: what there is to
    choose from.
    """

    site: Site
    origin: Origin
    note: Callable[[Dispatched], None]
    now_s: Callable[[], float]
    rng: random.Random
    back_off_s: tuple[float, float] = (0.5, 30.0)
    send_s: float = SEND_S
    ties: Ties = msgspec.field(default_factory=Ties)
    kinds: Mapping[str, Kind] = msgspec.field(default_factory=lambda: KINDS)


class Outbox:
    """The outputs of one watch. `hand` may be called from any thread; all else belongs to the loop.

    Args:
        known: alerts that earlier watches told, not yet as cleared, by output.
    """

    def __init__(self, terms: Terms, known: Mapping[str, Iterable[str]] | None = None) -> None:
        known = known or {}
        self._outlets = tuple(Outlet(output, terms, known.get(output.id, ())) for output in terms.site.outputs)
        self._inbox: deque[Moment] = deque(maxlen=INBOX_MOMENTS)
        self._missed = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def hand(self, moment: Moment) -> None:
        """Take a moment; before `open` and after its block, nothing is done with it."""
        self._missed += len(self._inbox) == INBOX_MOMENTS
        self._inbox.append(moment)
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._take)

    def tell(self, output: str, notice: ReleasedNotice) -> str | None:
        """Let a person's words to an output's partner wait to be sent; why not, if they cannot be. On the loop."""
        outlet = next((one for one in self._outlets if one.id == output), None)
        if outlet is None or self._loop is None:
            return "the outputs are not open"
        return outlet.tell(notice)

    def _take(self) -> None:
        while self._inbox:
            moment = self._inbox.popleft()
            for outlet in self._outlets:
                outlet.see(moment)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep all lines for as long as the block lasts; at its end send what waits, for 2 s at most."""
        self._loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(outlet.run()) for outlet in self._outlets]
        try:
            yield
            self._take()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_S):
                    await asyncio.gather(*(outlet.finish() for outlet in self._outlets))
        finally:
            self._loop = None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for outlet in self._outlets:
                outlet.close()

    def health(self) -> tuple[OutputHealth, ...]:
        """The health of each, in the site file's order. Moments that the loop had no time for were dropped for all."""
        return tuple(
            msgspec.structs.replace(health, dropped=health.dropped + self._missed)
            for health in (outlet.health() for outlet in self._outlets)
        )


class Outlet:
    """One output at work."""

    def __init__(self, output: Output, terms: Terms, known: Iterable[str]) -> None:
        self._output, self._terms = output, terms
        self._kind = terms.kinds[output.kind]
        self._context = Context(
            site=terms.site,
            output=output,
            origin=terms.origin,
            now_s=terms.now_s,
            parts_of=lambda track: terms.ties.parts_of(track),
        )
        self._encoder = self._kind.encoder(self._context)
        self._release = Release(output.release, terms.site, terms.origin, known)
        self._waiting, self._ledger = Waiting(self._kind.keep_s), Ledger(output)
        self._changed, self._emptied = asyncio.Event(), asyncio.Event()
        self._state, self._detail, self._is_open = FeedState.STARTING, "", False
        self._at_s = terms.now_s()
        self._sent = self._dropped = self._refused = self._garbled = 0
        self._last_s: float | None = None
        self._back_off = BackOff(*terms.back_off_s, terms.rng)
        self._counts: deque[tuple[float, int]] = deque()

    @property
    def id(self) -> str:
        """The output's."""
        return self._output.id

    def tell(self, notice: ReleasedNotice) -> str | None:
        """Let a notice wait to be sent, if the rule lets it go and the format has a place for it; else why not."""
        if "notices" not in self._output.release.what:
            return "its rule releases no notices"
        parcels = tuple(self._encoder.words(notice))
        for parcel in parcels:
            self._put(parcel)
        return None if parcels else f"{self._output.kind} carries no notices"

    def see(self, moment: Moment) -> None:
        """Take a moment: what is due of it waits to be sent."""
        self._at_s = moment.at_s
        try:
            for package in self._release.see(moment.picture, moment.alerts, moment.at_s):
                self._encode(package)
        except Exception as error:  # noqa: BLE001 - an output's own fault stops no other
            self._failed(error)
        self._told(self._ledger.tracks(monotonic_s()))

    def _encode(self, package: Package) -> None:
        for parcel in self._encoder.parcels(package):
            self._put(parcel)

    def _put(self, parcel: Parcel) -> None:
        self._emptied.clear()
        self._waiting.put(parcel, monotonic_s())
        self._changed.set()
        self._count_shed()

    def _count_shed(self) -> None:
        shed, self._waiting.shed = self._waiting.shed, []
        self._dropped += len(shed)
        for parcel in shed:
            self._told(self._ledger.enter(parcel, DROPPED, monotonic_s()))

    def _told(self, words: Iterable[Dispatched]) -> None:
        for word in words:
            self._terms.note(word)

    async def run(self) -> None:
        """Keep the line until cancelled."""
        while True:
            why: Exception | None = None
            try:
                opener = self._terms.ties.line_of(self._output) or self._kind.opener
                async with opener(self._output, self._hear, self._encoder.will()) as line:
                    await self._work(line)
            except (OSError, TimeoutError, ValueError) as error:
                why = error
                self._turn(FeedState.DOWN, str(error) or type(error).__name__)
            except Exception as error:  # noqa: BLE001 - the supervisor's own place to catch it
                self._failed(error)
            heed_cancel()
            self._is_open = False
            self._emptied.set()
            await asyncio.sleep(self._back_off.next_s(why))

    async def _work(self, line: Line) -> None:
        heed_cancel()
        self._encoder.new_line()
        self._is_open = True
        if line.stands:
            self._turn(FeedState.LIVE, "")
            self._tell_again()
        tasks = {asyncio.create_task(self._send(line)), asyncio.create_task(line.ended())}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _tell_again(self) -> None:
        """What was on its way when the line before broke may be lost: tell what stands, but for what waits anyway."""
        if self._sent:
            standing, waiting = self._release.standing(), self._waiting.alerts()
            alerts = tuple(alert for alert in standing.alerts if alert.alert not in waiting)
            self._encode(msgspec.structs.replace(standing, alerts=alerts))

    async def _send(self, line: Line) -> None:
        for parcel in self._encoder.greet(self._at_s):
            await self._send_one(line, parcel)
        while True:
            heed_cancel()
            parcel = await self._next()
            try:
                await self._send_one(line, parcel)
            except BaseException:
                self._waiting.put_back(parcel, monotonic_s())
                raise

    async def _next(self) -> Parcel:
        while True:
            parcel = self._waiting.take(monotonic_s())
            self._count_shed()
            if parcel is not None:
                return parcel
            self._emptied.set()
            self._changed.clear()
            await self._changed.wait()

    async def _send_one(self, line: Line, parcel: Parcel) -> None:
        try:
            async with asyncio.timeout(self._terms.send_s):
                await line.send(parcel)
        except Refused as refused:
            self._refused += 1
            self._turn(self._state, f"refused: {refused.why}")
            self._told(self._ledger.enter(parcel, f"refused: {refused.why}", monotonic_s()))
        except TimeoutError:
            raise TimeoutError(f"takes nothing for {self._terms.send_s:g} s") from None
        else:
            self._sent += 1
            self._back_off.reset()
            self._last_s = monotonic_s()
            if self._state is not FeedState.LIVE:
                self._turn(FeedState.LIVE, "")
            self._told(self._ledger.enter(parcel, SENT, self._last_s))

    def _hear(self, octets: bytes) -> None:
        for said in self._encoder.hear(octets, self._at_s):
            if isinstance(said, Rejected):
                self._garbled += 1
            else:
                self._put(said)

    def _failed(self, error: Exception) -> None:
        _log.error("output %s failed and is started afresh", self._output.id, exc_info=error)
        self._turn(FeedState.DOWN, f"failed: {type(error).__name__}")
        self._encoder = self._kind.encoder(self._context)

    def _turn(self, state: FeedState, detail: str) -> None:
        self._state, self._detail = state, detail

    async def finish(self) -> None:
        """Say that the tracks end and that we go; return when all that waits is sent, if a line is open."""
        self._encode(self._release.farewell(self._at_s))
        will = self._encoder.will()
        if will is not None:
            self._put(will)
        if self._is_open:
            await self._emptied.wait()

    def close(self) -> None:
        """Tell the record of what was told and not yet recorded."""
        self._told(self._ledger.tracks(monotonic_s(), last=True))

    def health(self) -> OutputHealth:
        """How it is."""
        now_s = monotonic_s()
        self._counts.append((now_s, self._sent))
        while now_s - self._counts[0][0] > RATE_WINDOW_S:
            self._counts.popleft()
        since_s, sent = self._counts[0]
        return OutputHealth(
            output=self._output.id,
            partner=self._output.partner,
            kind=self._output.kind,
            state=self._state,
            sent=self._sent,
            waiting=len(self._waiting),
            replaced=self._waiting.replaced,
            dropped=self._dropped,
            refused=self._refused,
            garbled=self._garbled,
            age_s=None if self._last_s is None else now_s - self._last_s,
            rate_hz=(self._sent - sent) / (now_s - since_s) if now_s > since_s else None,
            detail=self._detail or self._encoder.notice,
        )
