"""The other end of an output, on loopback: who is told. Each is started and stopped by a test."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from tests.feeds import mosquitto
from tests.feeds.test_live import free_port
from vedette.endpoint import parse_url
from vedette.feeds.transport import listen


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
        """Read nothing any more."""
        raise NotImplementedError

    def read_on(self) -> None:
        """Read again, at the latest on a new line."""
        raise NotImplementedError

    async def left(self) -> None:
        """Return when nobody is connected any more."""
        await asyncio.sleep(0)

    def take(self, octets: bytes) -> None:
        """Keep what came."""
        self.received.append(octets)
        self._changed.set()

    async def until(self, condition: Any) -> None:
        """Wait until something that came, or who came, makes it true; what comes close behind is looked at with it."""
        async with asyncio.timeout(60.0):
            while not condition():
                self._changed.clear()
                await self._changed.wait()
                for _ in range(20):
                    await asyncio.sleep(0)


class TcpListener(Partner):
    """A server that reads, as a TAK server does."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = free_port(socket.SOCK_STREAM)
        self.url = f"tcp://127.0.0.1:{self.port}"
        self._clients: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._may_read = asyncio.Event()
        self._may_read.set()

    async def start(self) -> None:
        listening = socket.create_server(("127.0.0.1", self.port))
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # of the lines to come: soon full
        self._server = await asyncio.start_server(self._serve, sock=listening, limit=1024)

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
        self._may_read.clear()

    def read_on(self) -> None:
        self._may_read.set()

    async def left(self) -> None:
        await self.until(lambda: not self._clients)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        self.changed()
        with contextlib.suppress(ConnectionError):
            while True:
                await self._may_read.wait()
                octets = await reader.read(65_536)
                if not octets:
                    break
                self.take(octets)
        self._clients.discard(writer)
        self.changed()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


class UdpListener(Partner):
    """A socket that takes datagrams; nobody who sends them can tell whether it is there."""

    cuts = stalls = talks = False

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._port = free_port(socket.SOCK_DGRAM)
        self.url = f"udp://127.0.0.1:{self._port}"
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self) -> None:
        partner = self

        class Taking(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, addr: object) -> None:
                partner.take(data)

        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(Taking, local_addr=("127.0.0.1", self._port))

    async def stop(self) -> None:
        if self._transport is not None:
            self._transport.abort()
            self._transport = None


class GroupListener(UdpListener):
    """One of a multicast group, as ATAK is without a server; on loopback."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.url = f"udp://[239.2.3.1]127.0.0.1:{self._port}"
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        ready = asyncio.Event()
        listening = listen(parse_url(self.url), self.take, ready.set, 60.0)
        self._listening = asyncio.create_task(listening)
        await ready.wait()

    async def stop(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
            self._listening = None


class Broker(Partner):
    """mosquitto, and somebody who has subscribed to all of it."""

    talks = False

    def __init__(self, folder: Path) -> None:
        if mosquitto.PROGRAM is None:
            pytest.skip(mosquitto.ABSENT)
        super().__init__(folder)
        self._folder, self._port = folder, free_port(socket.SOCK_STREAM)
        self.url = f"mqtt://127.0.0.1:{self._port}/vedette/test"
        self._process: subprocess.Popen[bytes] | None = None
        self._running = contextlib.ExitStack()
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._process = self._running.enter_context(mosquitto.broker(self._folder, self._port))
        ready = asyncio.Event()
        self._listening = asyncio.create_task(self._listen(ready))
        await asyncio.wait_for(ready.wait(), 20.0)

    async def stop(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
            self._listening = None
        self.read_on()
        await asyncio.to_thread(self._running.close)
        self._process = None

    def stall(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def read_on(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    async def _listen(self, ready: asyncio.Event) -> None:
        while not ready.is_set():
            with contextlib.suppress(aiomqtt.MqttError):  # not there yet
                async with aiomqtt.Client("127.0.0.1", self._port, max_queued_incoming_messages=0) as client:
                    await client.subscribe("vedette/#", qos=1)
                    ready.set()
                    async for message in client.messages:
                        self.take(bytes(message.payload))
            await asyncio.sleep(0)
