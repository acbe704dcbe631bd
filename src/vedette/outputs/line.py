"""Sockets to partners: TCP and TLS, read as well as written, and datagrams. The partner listens; we connect."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from vedette.duplex import Datagrams, Duplex, connect, datagrams
from vedette.endpoint import parse_url
from vedette.model import Parcel
from vedette.outputs.seam import Line
from vedette.site import Output
from vedette.tls import TlsFiles, tls_context


@contextlib.asynccontextmanager
async def open_socket(output: Output, heard: Callable[[bytes], None], will: Parcel | None) -> AsyncIterator[Line]:
    """A tcp://, tls:// or udp:// line (see vedette.outputs.seam.Opener)."""
    del will  # nobody is there who could speak it
    endpoint = parse_url(output.url)
    if endpoint.scheme == "udp":
        sending = await datagrams(endpoint.host, endpoint.port, endpoint.group)
        try:
            yield _DatagramLine(sending)
        finally:
            sending.close()
        return
    tls = tls_context(output.tls or TlsFiles(), server=False) if endpoint.scheme == "tls" else None
    duplex = await connect(endpoint.host, endpoint.port, tls)
    running = asyncio.create_task(duplex.run(heard))
    try:
        yield _SocketLine(duplex, running)
    finally:
        duplex.end()
        await asyncio.gather(running, return_exceptions=True)


class _SocketLine:
    """A connection, kept going by a task beside us."""

    stands = True

    def __init__(self, duplex: Duplex, running: asyncio.Task[None]) -> None:
        self._duplex, self._running = duplex, running

    async def send(self, parcel: Parcel) -> None:
        if self._running.done() or not self._duplex.send(parcel.octets):
            raise ConnectionError("the line is closed")
        await self._duplex.flushed()

    async def ended(self) -> None:
        await asyncio.shield(self._running)
        raise ConnectionError("the line is closed")


class _DatagramLine:
    """Datagrams: nobody answers."""

    stands = False

    def __init__(self, sending: Datagrams) -> None:
        self._sending = sending

    async def send(self, parcel: Parcel) -> None:
        self._sending.send(parcel.octets)

    async def ended(self) -> None:
        await asyncio.get_running_loop().create_future()
