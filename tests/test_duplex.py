"""The line that feeds and outputs answer on: bounded, closed in order, and nothing left behind."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from vedette.duplex import DEAD_S, QUEUE_BYTES, Duplex, connect, serving
from vedette.tls import TlsFiles, tls_context

Talk = Callable[[Duplex], Coroutine[Any, Any, None]]


def over_a_line(server: Talk, client: Talk) -> None:
    async def test() -> None:
        async with asyncio.timeout(20.0), serving("127.0.0.1", 0, server) as port:
            await client(await connect("127.0.0.1", port))

    asyncio.run(test())


async def echo(line: Duplex) -> None:
    await line.run(line.send)


def test_what_is_sent_comes_back_and_the_end_is_told() -> None:
    heard = bytearray()

    async def client(line: Duplex) -> None:
        def take(octets: bytes) -> None:
            heard.extend(octets)
            if len(heard) == 300_000:
                line.end()

        assert line.send(bytes(300_000))
        await line.run(take)
        assert not line.send(b"after the end")
        assert line.dropped == 1

    over_a_line(echo, client)
    assert len(heard) == 300_000


def test_end_sends_what_waits_first() -> None:
    async def server(line: Duplex) -> None:
        line.send(b"x" * 200_000)
        line.end()
        await line.run(lambda octets: None)

    async def client(line: Duplex) -> None:
        heard = bytearray()
        with pytest.raises(ConnectionError):
            await line.run(heard.extend)
        assert len(heard) == 200_000

    over_a_line(server, client)


def test_a_peer_that_does_not_read_fills_a_bounded_queue_and_is_closed_all_the_same() -> None:
    """The other end takes nothing: what is beyond the queue is dropped and counted, and `end` ends it."""

    async def test() -> None:
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            line = await connect("127.0.0.1", deaf.getsockname()[1])
            running = asyncio.create_task(line.run(lambda octets: None))
            while line.dropped == 0:
                line.send(bytes(65_536))
                await asyncio.sleep(0)
            assert not line.send(bytes(QUEUE_BYTES))
            line.end()
            async with asyncio.timeout(20.0):
                await asyncio.gather(running, return_exceptions=True)

    asyncio.run(test())


def test_a_silent_peer_is_given_up() -> None:
    async def server(line: Duplex) -> None:
        await line.run(lambda octets: None)

    async def client(line: Duplex) -> None:
        with pytest.raises(TimeoutError):
            await line.run(lambda octets: None, idle_s=0.05)

    over_a_line(server, client)


def test_serving_closes_its_lines_at_its_end() -> None:
    async def test() -> None:
        async with serving("127.0.0.1", 0, echo) as port:
            line = await connect("127.0.0.1", port)
            running = asyncio.create_task(line.run(lambda octets: None))
            await asyncio.sleep(0)
        with pytest.raises(OSError):  # noqa: PT011 - closed or reset, by who is first
            await running
        with pytest.raises(OSError):  # noqa: PT011 - nobody listens any more
            await connect("127.0.0.1", port)

    asyncio.run(test())


def test_what_a_reader_raises_ends_the_line_with_it() -> None:
    async def client(line: Duplex) -> None:
        def fail(octets: bytes) -> None:
            raise RuntimeError("a bug")

        line.send(b"x")
        with pytest.raises(RuntimeError, match="a bug"):
            await line.run(fail)

    over_a_line(echo, client)


def test_a_tls_server_needs_its_certificate() -> None:
    with pytest.raises(ValueError, match="certificate"):
        tls_context(TlsFiles(), server=True)


def test_flushed_waits_for_an_end_that_does_not_read() -> None:
    reads = asyncio.Event()

    async def server(line: Duplex) -> None:
        await reads.wait()
        await line.run(lambda octets: None)

    async def client(line: Duplex) -> None:
        running = asyncio.create_task(line.run(lambda octets: None))
        await line.flushed()
        done = {running}
        while done:
            line.send(bytes(QUEUE_BYTES // 2))
            flushed = asyncio.create_task(line.flushed())
            done, _ = await asyncio.wait((flushed,), timeout=0.05)
        reads.set()
        await flushed
        line.end()
        await running

    over_a_line(server, client)


def test_an_end_that_is_gone_without_a_word_is_noticed() -> None:
    """The system does it: here that it was asked to, on both ends."""
    told: list[tuple[int, ...]] = []

    def options(line: Duplex) -> tuple[int, ...]:
        sock = line._writer.get_extra_info("socket")
        asked = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
        return tuple(sock.getsockopt(socket.IPPROTO_TCP, option) for option in asked)

    async def server(line: Duplex) -> None:
        told.append(options(line))
        await echo(line)

    async def client(line: Duplex) -> None:
        told.append(options(line))
        line.send(b"x")
        await line.run(lambda octets: line.end())

    over_a_line(server, client)
    for idle_s, interval_s, count, timeout_ms in told:
        assert idle_s + interval_s * count <= DEAD_S
        assert timeout_ms == DEAD_S * 1000
    assert len(told) == 2
