"""The stream's numbers: a client that resumes after the last one it has seen misses nothing."""

from __future__ import annotations

import asyncio

from vedette.console import Stream


def test_a_frame_that_comes_as_the_wait_ends_is_sent_before_the_heartbeat() -> None:
    async def run() -> None:
        stream = Stream()
        subscription = stream.subscribe(after=0)
        assert await subscription.take(0.0) == []
        assert subscription.reached_seq == 0
        stream.publish("health", "health", dict)
        frames = await subscription.take(0.0)
        assert frames is not None
        assert [frame.seq for frame in frames] == [1]
        assert subscription.reached_seq == 1

    asyncio.run(run())


def test_a_heartbeat_names_no_frame_that_still_waits() -> None:
    async def run() -> None:
        stream = Stream()
        subscription = stream.subscribe(after=0)
        assert await subscription.take(0.0) == []
        stream.publish("health", "health", dict)
        assert (subscription.reached_seq, stream.seq) == (0, 1)

    asyncio.run(run())
