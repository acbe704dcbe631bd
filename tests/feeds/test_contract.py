"""What every live feed keeps, whatever it speaks: one row a source and line, all clauses for each."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.feeds.contract_rows import FEEDS, Row
from tests.feeds.peers import Peer
from tests.feeds.test_live import NOW_S, Heard, live_site
from vedette.clock import SimulatedClock
from vedette.feeds.supervisor import FeedSupervisor
from vedette.model import FeedHealth, FeedState, Look


class Jitter(random.Random):
    """Draws that a test can count."""

    drawn = 0

    def random(self) -> float:
        self.drawn += 1
        return super().random()


class Watched(msgspec.Struct):
    """A feed with its other end, its sink and its clock."""

    row: Row
    peer: Peer
    heard: Heard
    clock: SimulatedClock
    supervisor: FeedSupervisor
    jitter: Jitter
    task: asyncio.Task[None]
    sent: int = 0

    async def send(self, age_s: float = 0.5) -> None:
        """One more look, observed so long ago."""
        self.sent += 1
        await self.peer.send(self.row.unit(self.sent, self.clock.now_s() - age_s))

    async def looks(self, count: int) -> None:
        """Wait for so many looks."""
        await self.heard.until(lambda heard: heard.looks() >= count)

    async def is_in(self, state: FeedState, since: int = 0) -> None:
        """Wait until a state has been told, after so many arrivals."""
        await self.heard.until(lambda heard: any(one.state is state for one in self.told(since)))

    def told(self, since: int = 0) -> list[FeedHealth]:
        """The health told, after so many arrivals."""
        return [one.body for one in self.heard.arrivals[since:] if isinstance(one.body, FeedHealth)]

    async def close(self) -> None:
        """End the feed, and wait for it."""
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task

    async def is_open(self, since: int = 0) -> None:
        """Wait until the line has been opened, after so many arrivals."""
        await self.heard.until(lambda heard: any(one.detail.startswith("open") for one in self.told(since)))

    def at(self, seconds: float) -> FeedHealth:
        """The health, so many seconds after the start."""
        self.clock.set(NOW_S + seconds)
        self.supervisor.poll()
        health = self.heard.health()
        assert health is not None
        return health


@contextlib.asynccontextmanager
async def watched(row: Row, folder: Path, *, present: bool = True) -> AsyncIterator[Watched]:
    """A running feed; its other end is there, or is not yet."""
    peer, heard, clock, jitter = row.peer(folder), Heard(), SimulatedClock(NOW_S), Jitter(1)
    site = live_site(folder, row.sensor, row.source, peer.url, row.more)
    supervisor = FeedSupervisor(site, clock=clock, sink=heard, rng=jitter, back_off_s=(0.01, 0.05), poll_s=0.01)
    if present:
        await peer.start()
    feed = Watched(row, peer, heard, clock, supervisor, jitter, asyncio.create_task(supervisor.run()))
    try:
        if present:
            await feed.is_open()
        yield feed
    finally:
        await feed.close()
        await peer.stop()


Clause = Callable[[Row, Path], Coroutine[Any, Any, None]]


async def it_connects(row: Row, folder: Path) -> None:
    async with watched(row, folder) as feed:
        await feed.send()
        await feed.looks(1)
        await feed.is_in(FeedState.LIVE)
        (look,) = [one.body for one in feed.heard.arrivals if isinstance(one.body, Look)]
        assert look.scan.sensor == row.sensor
        assert feed.at(3.0).messages == row.messages


async def it_comes_back_after_a_jittered_wait(row: Row, folder: Path) -> None:
    async with watched(row, folder, present=False) as feed:
        await feed.is_in(FeedState.DOWN)
        await feed.peer.start()
        await feed.is_open()
        drawn = feed.jitter.drawn
        assert drawn > 0
        await feed.send()
        await feed.looks(1)
        if not feed.peer.cuts:
            return
        before = len(feed.heard.arrivals)
        await feed.peer.stop()
        await feed.is_in(FeedState.DOWN, before)
        assert all(one.detail for one in feed.told(before) if one.state is FeedState.DOWN), "it says why"
        await feed.peer.start()
        await feed.is_open(before)
        assert feed.jitter.drawn > drawn
        await feed.send()
        await feed.looks(2)
        await feed.is_in(FeedState.LIVE, before)


async def it_goes_stale_in_silence_and_recovers(row: Row, folder: Path) -> None:
    async with watched(row, folder) as feed:
        assert feed.at(60.0).state is FeedState.STALE, "nothing was ever heard"
        await feed.send()
        await feed.looks(1)
        await feed.is_in(FeedState.LIVE)
        assert feed.at(62.0).state is FeedState.LIVE
        assert feed.at(120.0).state is FeedState.STALE
        await feed.send()
        await feed.looks(2)
        await feed.is_in(FeedState.LIVE)


async def it_survives_garbage_and_counts_it_by_reason(row: Row, folder: Path) -> None:
    async with watched(row, folder) as feed:
        await feed.send()
        await feed.looks(1)
        await feed.peer.send(row.garbage)
        await feed.heard.until(lambda heard: bool(heard.rejected() & row.reasons))
        await feed.send()
        await feed.looks(2)
        health = feed.at(3.0)
        assert health.state is FeedState.LIVE
        assert health.messages == 2 * row.messages
        assert set(health.rejected) == feed.heard.rejected()
        assert sum(health.rejected[reason] for reason in row.reasons if reason in health.rejected) > 0


async def it_sheds_what_nobody_takes_and_counts_it(row: Row, folder: Path) -> None:
    async with watched(row, folder) as feed:
        feed.heard.takes = False
        for count in range(1, 6):
            await feed.send()
            await feed.looks(count)
        assert feed.at(3.0).shed >= 5
        feed.heard.takes = True
        await feed.send()
        await feed.looks(6)
        shed = feed.at(6.0).shed
        assert feed.at(9.0).shed == shed, "what was shed is not kept and tried again"
        assert feed.heard.looks() == 6


async def it_tells_its_health(row: Row, folder: Path) -> None:
    async with watched(row, folder) as feed:
        for count in range(1, 4):
            feed.at(float(count))
            await feed.send(age_s=0.5)
            await feed.looks(count)
        health = feed.at(5.5)
        assert (health.feed, health.sensor, health.state) == (row.sensor, row.sensor, FeedState.LIVE)
        assert health.last_received_s is not None
        assert NOW_S + 3.0 <= health.last_received_s <= NOW_S + 5.5
        assert health.rate_hz is not None
        assert 0.0 < health.rate_hz <= 4.0 * row.messages
        if row.timed:
            assert health.lag_s == pytest.approx(0.5, abs=0.02)
            assert health.clock_offset_s == pytest.approx(-0.5, abs=0.02)
        else:
            assert (health.lag_s, health.clock_offset_s) == (None, None)
        told = [one.received_s for one in feed.heard.arrivals if isinstance(one.body, FeedHealth)]
        feed.at(8.0)
        assert [one.received_s for one in feed.heard.arrivals if isinstance(one.body, FeedHealth)] != told


async def it_closes_cleanly(row: Row, folder: Path) -> None:
    async with watched(row, folder) as feed:
        await feed.send()
        await feed.looks(1)
        ours = {task for task in asyncio.all_tasks() if task is feed.task or "vedette" in repr(task)}
        await feed.close()
        await feed.peer.left()
        assert not {task for task in asyncio.all_tasks() if task in ours or "vedette" in repr(task)}
        assert feed.task in ours
        before = len(feed.heard.arrivals)
        feed.supervisor.poll()
        assert not [one for one in feed.heard.arrivals[before:] if isinstance(one.body, Look)]


CLAUSES: tuple[Clause, ...] = (
    it_connects,
    it_comes_back_after_a_jittered_wait,
    it_goes_stale_in_silence_and_recovers,
    it_survives_garbage_and_counts_it_by_reason,
    it_sheds_what_nobody_takes_and_counts_it,
    it_tells_its_health,
    it_closes_cleanly,
)


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.__name__)
@pytest.mark.parametrize("name", FEEDS)
def test_every_feed_keeps_the_contract(name: str, clause: Clause, tmp_path: Path) -> None:
    asyncio.run(clause(FEEDS[name], tmp_path))
