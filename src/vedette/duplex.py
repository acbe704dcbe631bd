"""Lines that are written to: TCP or TLS, read as well, and datagrams. Feeds that must answer, and outputs, use them.

The only module beside the console that writes to a socket. What is to be sent waits in a bounded queue; what does not
fit is dropped and counted. A reader that never pauses gives way to others after each piece.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

CONNECT_S: Final = 10.0
READ_BYTES: Final = 65_536
QUEUE_BYTES: Final = 1 << 20
"""Waiting to be sent at most: a peer that does not read must not fill our memory."""
DEAD_S: Final = 30
"""A line whose other end answers nothing for so long is ended."""
CLOSE_S: Final = 2.0
"""Longest time to send what still waits when a line is closed in order."""


class Duplex:
    """One open line. Belongs to one loop.

    Attributes:
        peer: the other end's address, for people. dropped: pieces that the full queue did not take.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.dropped = 0
        name = writer.get_extra_info("peername")
        self.peer = f"{name[0]}:{name[1]}" if isinstance(name, tuple) else "?"
        self._reader, self._writer = reader, writer
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._changed = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._ending = False
        sock = writer.get_extra_info("socket")
        if sock is not None:
            _notice_death(sock)

    def send(self, octets: bytes) -> bool:
        """Queue octets; False: they were dropped. Never blocks."""
        if self._ending or self._bytes + len(octets) > QUEUE_BYTES:
            self.dropped += 1
            return False
        self._waiting.append(octets)
        self._bytes += len(octets)
        self._empty.clear()
        self._changed.set()
        return True

    async def flushed(self) -> None:
        """Return when all that waited has been handed to the system; for ever, if the other end does not read."""
        await self._empty.wait()

    def end(self) -> None:
        """Close when what waits has been sent, after CLOSE_S at the latest; nothing more is taken."""
        if not self._ending:
            self._ending = True
            self._changed.set()
            asyncio.get_running_loop().call_later(CLOSE_S, self._writer.transport.abort)

    async def run(self, on_octets: Callable[[bytes], object], idle_s: float | None = None) -> None:
        """Read and write until the line ends, is silent for `idle_s`, or `end` was called; it is closed then.

        Raises:
            OSError, TimeoutError: how it ended; ConnectionError where the other side closed it.
            Exception: what `on_octets` raises.
        """
        tasks = {asyncio.create_task(self._read(on_octets, idle_s)), asyncio.create_task(self._write())}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._close()

    async def _read(self, on_octets: Callable[[bytes], object], idle_s: float | None) -> None:
        while True:
            async with asyncio.timeout(idle_s):
                octets = await self._reader.read(READ_BYTES)
            if not octets:
                raise ConnectionError("closed by the other end")
            on_octets(octets)
            await asyncio.sleep(0)  # other lines' turn

    async def _write(self) -> None:
        while not (self._ending and not self._waiting):
            while self._waiting:
                octets = self._waiting.popleft()
                self._writer.write(octets)
                await self._writer.drain()
                self._bytes -= len(octets)
            self._empty.set()
            self._changed.clear()
            if not self._ending:
                await self._changed.wait()

    async def _close(self) -> None:
        self._ending = True
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self._writer.wait_closed()
        self._writer.transport.abort()


def _notice_death(sock: socket.socket) -> None:
    """Have the system end the line when the other end is gone without a word: a silent line would look open for hours.

    It is asked whether it lives after a third of DEAD_S, and what it does not take within DEAD_S ends the line.
    """
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        (socket.TCP_KEEPIDLE, DEAD_S // 3),
        (socket.TCP_KEEPINTVL, DEAD_S // 6),
        (socket.TCP_KEEPCNT, 4),
        (socket.TCP_USER_TIMEOUT, DEAD_S * 1000),
    ):
        sock.setsockopt(socket.IPPROTO_TCP, option, value)


async def connect(host: str, port: int, tls: ssl.SSLContext | None = None) -> Duplex:
    """Open a line to somebody who listens.

    Raises:
        OSError, TimeoutError: it cannot be opened.
    """
    async with asyncio.timeout(CONNECT_S):
        return Duplex(*await asyncio.open_connection(host, port, ssl=tls, server_hostname=host if tls else None))


@contextlib.asynccontextmanager
async def serving(
    host: str, port: int, on_line: Callable[[Duplex], Awaitable[None]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Listen for as long as the block lasts, and give the port. `on_line` runs for each line that is opened.

    At the end all lines are closed. What ends a line ends no other; what `on_line` raises beside OSError is the loop's
    to report.

    Raises:
        OSError: the address cannot be taken.
    """
    lines: set[asyncio.Task[None]] = set()

    async def opened(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - the server runs this as a task
        lines.add(task)
        try:
            with contextlib.suppress(OSError, TimeoutError, asyncio.CancelledError):
                await on_line(Duplex(reader, writer))
        finally:
            lines.discard(task)
            writer.close()

    server = await asyncio.start_server(opened, host, port, ssl=tls)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in tuple(lines):
            task.cancel()
        await asyncio.gather(*lines, return_exceptions=True)


class Datagrams:
    """Datagrams to one address; nobody says whether they arrive."""

    def __init__(self, transport: asyncio.DatagramTransport, to: tuple[Any, ...]) -> None:
        self._transport, self._to = transport, to

    def send(self, octets: bytes) -> None:
        """Send one datagram; what the system does not take is lost, as on the way."""
        self._transport.sendto(octets, self._to)

    def close(self) -> None:
        """Close the socket."""
        self._transport.abort()


async def datagrams(host: str, port: int, group: str | None = None) -> Datagrams:
    """A socket to send datagrams by. A multicast `group` is reached through the interface `host`, on its network alone.

    Raises:
        OSError: no such host or interface.
    """
    loop = asyncio.get_running_loop()
    ((family, kind, protocol, _, to), *_) = await loop.getaddrinfo(group or host, port, type=socket.SOCK_DGRAM)
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        if group is not None and family == socket.AF_INET:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(host))
        transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, sock=sock)
    except BaseException:
        sock.close()
        raise
    return Datagrams(transport, to)
