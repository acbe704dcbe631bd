"""The other end of a feed, on loopback: what a sensor or a receiver would be. Each is started and stopped by a test."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import os
import socket
import threading
import tty
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from tests.feeds import mosquitto
from tests.feeds.test_live import free_port


class Peer(ABC):
    """`url`: the feed's, which cannot be opened before `start`. `cuts`: whether `stop` cuts a feed off."""

    url: str
    cuts = True

    @abstractmethod
    async def start(self) -> None:
        """Be there."""

    @abstractmethod
    async def stop(self) -> None:
        """Be gone; what is connected is cut off."""

    @abstractmethod
    async def send(self, octets: bytes) -> None:
        """Bring a whole message, or several, to whoever listens."""

    async def left(self) -> None:
        """Return when nobody is connected any more; here nobody can tell."""
        await asyncio.sleep(0)


class UdpSender(Peer):
    """Datagrams to a port that the feed listens on; until `start` somebody else holds the port."""

    cuts = False

    def __init__(self, folder: Path) -> None:
        del folder
        self._holder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._holder.bind(("127.0.0.1", 0))
        self._port = int(self._holder.getsockname()[1])
        self.url = f"udp://127.0.0.1:{self._port}"

    async def start(self) -> None:
        self._holder.close()

    async def stop(self) -> None:
        self._holder.close()

    async def send(self, octets: bytes) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(octets, ("127.0.0.1", self._port))

    async def left(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", self._port))


class TcpServer(Peer):
    """A server that sends all its clients the same; the receivers' way."""

    def __init__(self, folder: Path) -> None:
        del folder
        self._port = free_port(socket.SOCK_STREAM)
        self.url = f"tcp://127.0.0.1:{self._port}"
        self._clients: set[asyncio.StreamWriter] = set()
        self._changed = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for client in tuple(self._clients):
                client.close()
            await self._server.wait_closed()
            self._server = None

    async def send(self, octets: bytes) -> None:
        await self._until(lambda: bool(self._clients))
        for client in tuple(self._clients):
            client.write(octets)
            await client.drain()

    async def left(self) -> None:
        await self._until(lambda: not self._clients)

    async def _until(self, condition: Any) -> None:
        async with asyncio.timeout(10.0):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        self._changed.set()
        try:
            await reader.read()
        except ConnectionError:
            pass
        finally:
            self._clients.discard(writer)
            self._changed.set()
            writer.close()


class HttpServer(Peer):
    """Answers each GET with what was sent last."""

    def __init__(self, folder: Path) -> None:
        del folder
        self._port = free_port(socket.SOCK_STREAM)
        self.url = f"http://127.0.0.1:{self._port}/data/aircraft.json"
        self._server: _Answering | None = None
        self._thread: threading.Thread | None = None

    async def start(self) -> None:
        self._server = _Answering(("127.0.0.1", self._port), _Get)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    async def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            await asyncio.to_thread(self._server.shutdown)
            self._thread.join()
            self._server.server_close()
            self._server = None

    async def send(self, octets: bytes) -> None:
        assert self._server is not None
        self._server.body = octets


class _Answering(http.server.ThreadingHTTPServer):
    body = b""


class _Get(http.server.BaseHTTPRequestHandler):
    server: _Answering

    def do_GET(self) -> None:
        body = self.server.body
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class WrittenFile(Peer):
    """A file that is replaced as a whole, as readsb does it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "written.json"
        self.url = f"file:{self._path}"

    async def start(self) -> None:
        await self.send(b"")

    async def stop(self) -> None:
        self._path.unlink(missing_ok=True)

    async def send(self, octets: bytes) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(octets)
        fresh.replace(self._path)


class Held(Peer):
    """One that connects to a port the feed listens on; until `start` somebody else holds the port."""

    cuts = False

    def __init__(self, folder: Path) -> None:
        del folder
        self._holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._holder.bind(("127.0.0.1", 0))
        self._holder.listen()
        self._port = int(self._holder.getsockname()[1])

    async def start(self) -> None:
        self._holder.close()

    async def stop(self) -> None:
        self._holder.close()


class HttpPusher(Held):
    """A sensor that posts."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.url = f"http://127.0.0.1:{self._port}/rows"

    async def send(self, octets: bytes) -> None:
        await asyncio.to_thread(self._post, octets)

    def _post(self, octets: bytes) -> None:
        with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(self.url, octets, timeout=10):  # noqa: S310
            pass

    async def left(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("127.0.0.1", self._port))


class SapientNode(Held):
    """A node that dials in."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.url = f"tcp://127.0.0.1:{self._port}"
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def stop(self) -> None:
        await super().stop()
        if self._line is not None:
            self._line[1].close()

    async def send(self, octets: bytes) -> None:
        if self._line is None:
            self._line = await asyncio.open_connection("127.0.0.1", self._port)
        self._line[1].write(octets)
        await self._line[1].drain()

    async def left(self) -> None:
        if self._line is not None:
            async with asyncio.timeout(10.0):
                while await self._line[0].read(65_536):
                    """Until the feed has closed its end."""


class SerialLine(Peer):
    """A device that is plugged in and pulled out: a pseudo terminal under a name of its own."""

    def __init__(self, folder: Path) -> None:
        self._name = folder / "ttyUSB0"
        self.url = f"serial://{self._name}?baud=115200"
        self._ends: tuple[int, int] | None = None

    async def start(self) -> None:
        self._ends = os.openpty()
        tty.setraw(self._ends[1])
        self._name.symlink_to(os.ttyname(self._ends[1]))

    async def stop(self) -> None:
        if self._ends is not None:
            self._name.unlink()
            for end in self._ends:
                os.close(end)
            self._ends = None

    async def send(self, octets: bytes) -> None:
        assert self._ends is not None
        os.write(self._ends[0], octets)


class Broker(Peer):
    """mosquitto, and somebody who publishes to it."""

    def __init__(self, folder: Path) -> None:
        if mosquitto.PROGRAM is None:
            pytest.skip(mosquitto.ABSENT)
        self._folder, self._port = folder, free_port(socket.SOCK_STREAM)
        self.url = f"mqtt://127.0.0.1:{self._port}/sensors/%2B"
        self._running = contextlib.ExitStack()

    async def start(self) -> None:
        self._running.enter_context(mosquitto.broker(self._folder, self._port))

    async def stop(self) -> None:
        await asyncio.to_thread(self._running.close)

    async def send(self, octets: bytes) -> None:
        async with aiomqtt.Client("127.0.0.1", self._port) as client:
            await client.publish("sensors/roof", octets, qos=1)
