"""A web server as a partner, on loopback: keeps what is posted, and answers as a test says."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from pathlib import Path

import msgspec

from tests.feeds.test_live import free_port
from tests.outputs.partners import Partner

SECRET = "a secret of the tests"  # noqa: S105
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CUT = b""
"""No answer: the connection is cut."""


def answer(status: int, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status} Said", "Content-Length: 0", *headers, "", ""]).encode()


class Posted(msgspec.Struct, frozen=True):
    """One request: its first line, headers by lower-case name, body."""

    line: str
    headers: dict[str, str]
    body: bytes


class WebPartner(Partner):
    """`answers`: for the next requests, in order; then OK. `received`: bodies that were answered OK."""

    cuts = talks = False

    def __init__(self, folder: Path, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(folder)
        self.port = free_port(socket.SOCK_STREAM)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/vedette"
        (folder / "secret").write_text(SECRET + "\n")
        self._reads = asyncio.Event()
        self._reads.set()
        self.posted: list[Posted] = []
        self.answers: list[bytes] = []
        self.connections = 0
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._serving: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self._tls)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._reads.set()
            serving = dict(self._serving)
            for client in serving.values():
                client.transport.abort()
            await asyncio.gather(*(task for task in serving if task), return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    def stall(self) -> None:
        self._reads.clear()

    def read_on(self) -> None:
        self._reads.set()

    async def left(self) -> None:
        await self.until(lambda: not self._serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        self._serving[task] = writer
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while await self._one(reader, writer):
                    pass
        finally:
            del self._serving[task]
            self.changed()
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:]) if name}
        await self._reads.wait()
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.posted.append(Posted(head[0], headers, body))
        said = self.answers.pop(0) if self.answers else OK
        if said == OK:
            self.received.append(body)
        self.changed()
        writer.write(said)
        await writer.drain()
        return said != CUT and b"Connection: close" not in said


class AlertPartner(WebPartner):
    """One that is told of alerts alone, which come too seldom to tell that it does not read."""

    stalls = False


class FolderPartner(Partner):
    """A folder, looked into when something else has happened."""

    cuts = stalls = talks = False

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._folder = folder / "taken from here"
        self.url = f"file:{self._folder}"

    @property
    def received(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self._folder.iterdir())]

    @received.setter
    def received(self, _: list[bytes]) -> None:
        """What is in the folder is what was received."""

    async def start(self) -> None:
        self._folder.mkdir()

    async def stop(self) -> None:
        """A folder stays."""
