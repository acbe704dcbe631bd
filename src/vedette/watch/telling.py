"""What a watch tells its partners: the outbox, what it still owes them, and what came of the last test alarm."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable

from vedette.clock import LiveClock
from vedette.errors import RecordError
from vedette.model import AlarmTest, Alert, Dispatched, Event, NoticeWritten, OutputHealth, Picture, ReleasedNotice
from vedette.outputs import Moment, Outbox, Terms
from vedette.outputs.dispatch import REMEMBERED_S, TOLD_KINDS, still_told
from vedette.outputs.seam import Ties
from vedette.post.response.notices import told
from vedette.record import read_events
from vedette.watch.plan import Plan
from vedette.watch.vitals import Vitals


class Telling:
    """The outputs of one watch, or none of them where its plan tells nobody.

    Args:
        ties: what they share with the feeds. note: puts a word into the record. now_s: the watch's time when it began.
    """

    def __init__(
        self, plan: Plan, vitals: Vitals, ties: Ties, note: Callable[[Dispatched], None], now_s: float
    ) -> None:
        self._plan, self._vitals, self._note = plan, vitals, note
        self._test: AlarmTest | None = None
        self._ties, self._lines = ties, contextlib.AsyncExitStack()
        self._outbox = self._made(now_s)

    def _made(self, now_s: float) -> Outbox | None:
        if not self._plan.tells:
            return None
        terms = Terms(
            site=self._plan.site,
            origin=self._plan.origin,
            note=self._noted,
            now_s=LiveClock().now_s,
            rng=random.Random(),  # noqa: S311 - jitter of reconnections
            ties=self._ties,
        )
        told = read_events(self._plan.folder, kind=TOLD_KINDS, since_s=now_s - REMEMBERED_S)
        return Outbox(terms, still_told(told))

    def recall(self, test: AlarmTest | None) -> None:
        """Take up what the outputs made of the last test alarm, before this watch."""
        self._test = test
        for event in read_events(self._plan.folder, kind="dispatched", since_s=test.at_s) if test is not None else ():
            if isinstance(event.payload, Dispatched):
                self._vitals.note_dispatched(event.payload, test)

    def test(self, test: AlarmTest | None) -> None:
        """The newest test alarm: what is told from now on is its."""
        self._test = test

    def _noted(self, payload: Dispatched) -> None:
        self._vitals.note_dispatched(payload, self._test)
        with contextlib.suppress(RecordError):  # the writer has stopped, which is told elsewhere
            self._note(payload)

    def tell(self, written: NoticeWritten) -> None:
        """Send a notice that is recorded; what becomes of it is noted, be it that it is not sent."""
        if written.output is None:
            return
        words = ReleasedNotice(notice=written.notice, text=written.text, at_s=written.at_s)
        if self._outbox is None:
            why: str | None = "what is not live tells nobody"
        else:
            why = self._outbox.tell(written.output, words)
        if why is not None:
            self._noted(told(written, f"not sent: {why}"))

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Tell the partners for as long as the block lasts."""
        async with self._lines:
            if self._outbox is not None:
                await self._lines.enter_async_context(self._outbox.open())
            yield

    async def follow(self, plan: Plan) -> None:
        """The site is another from now on. Where it tells partners of other things, all lines are opened anew."""
        if _told_by(self._plan) == _told_by(plan):
            self._plan = plan
            return
        await self._lines.aclose()
        self._plan = plan
        self._outbox = await asyncio.to_thread(self._made, LiveClock().now_s())
        if self._outbox is not None:
            await self._lines.enter_async_context(self._outbox.open())

    def handing(
        self, picture: Picture | None, alerts: tuple[Alert, ...], now_s: float
    ) -> Callable[[tuple[Event, ...]], None] | None:
        """Hands a moment to the outputs once it is recorded: no partner knows what the record could still lose."""
        if self._outbox is None or picture is None:
            return None
        outbox, moment = self._outbox, Moment(picture, alerts, now_s)
        return lambda events: outbox.hand(moment)

    def health(self) -> tuple[OutputHealth, ...]:
        """Of each output."""
        return self._outbox.health() if self._outbox is not None else ()


def _told_by(plan: Plan) -> object:
    """All that what is told depends on."""
    site = plan.site
    return plan.tells, site.outputs, site.zones, site.name, site.sensors, site.feeds
