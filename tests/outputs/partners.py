"""The other end of an output, on loopback: who is told. Each is started and stopped by a test."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from tests.feeds.test_live import free_port


class Partner(ABC):
    """`url`: the output's, which cannot be opened before `start`. `received`: all octets, a piece a message or more.

    `cuts`: whether `stop` ends a line; `stalls`: whether it can stop reading; `talks`: whether it can say something.
    """

    url: str
    cuts = stalls = talks = True

    def __init__(self, folder: Path) -> None:
        del folder
        self.received: list[bytes] = []
        self._changed = asyncio.Event()

    def changed(self) -> None:
        """Something is otherwise than it was: who waits looks again."""
        self._changed.set()

    @abstractmethod
    async def start(self) -> None:
        """Be there."""

    @abstractmethod
    async def stop(self) -> None:
        """Be gone; who is connected is cut off."""

    async def say(self, octets: bytes) -> None:
        """Say something to who is connected."""
        raise NotImplementedError

    def stall(self) -> None:
        """Read nothing any more, of lines to come."""
        raise NotImplementedError

    async def left(self) -> None:
        """Return when nobody is connected any more."""
        await asyncio.sleep(0)

    def take(self, octets: bytes) -> None:
        """Keep what came."""
        self.received.append(octets)
        self._changed.set()

    async def until(self, condition: Any) -> None:
        """Wait until something that came, or who came, makes it true."""
        async with asyncio.timeout(10.0):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


class TcpListener(Partner):
    """A server that reads, as a TAK server does."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = free_port(socket.SOCK_STREAM)
        self.url = f"tcp://127.0.0.1:{self.port}"
        self._clients: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._reads = True

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1024)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for client in tuple(self._clients):
                client.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def say(self, octets: bytes) -> None:
        await self.until(lambda: bool(self._clients))
        for client in tuple(self._clients):
            client.write(octets)
            await client.drain()

    def stall(self) -> None:
        self._reads = False

    async def left(self) -> None:
        await self.until(lambda: not self._clients)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        self._changed.set()
        try:
            if not self._reads:
                await asyncio.Event().wait()
            while octets := await reader.read(65_536):
                self.take(octets)
        except ConnectionError:
            pass
        finally:
            self._clients.discard(writer)
            self._changed.set()
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
