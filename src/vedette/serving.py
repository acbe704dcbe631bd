"""uvicorn inside the watch's own loop: no signals of its own, a free port where asked, an orderly end.

The console is served so, and a feed that sensors push to. The loop is the feeds' too, so nobody who connects may keep
it busy: connections are bounded, in all and for one address, and a WebSocket that pours in more than a screen says is
cut off.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from vedette.access.delays import HERE, party_of

MOST_CONNECTIONS: Final = 500
"""Well below the 1,024 files that a process may usually have open: the record and the capture need theirs."""
MOST_OF_ONE: Final = 100
"""Of one address that is not this machine: ten officers behind one, each with ten connections."""
SAID_BYTES: Final = 64 * 1024
SAID_BYTES_A_SECOND: Final = 16 * 1024
"""A screen says some 100 bytes a second, and a few kilobytes when it begins."""

_GRACE_S: Final = 2
"""How long open answers may take to end once the watch stops."""


class _Server(uvicorn.Server):
    """A server that leaves SIGINT and SIGTERM to the watch."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class _Http(H11Protocol):
    """Connections that may be too many."""

    _is_refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take it, or break it off at once."""
        line = cast("asyncio.Transport", transport)
        party = _party(line)
        of_one = sum(_party(getattr(one, "transport", None)) == party for one in self.connections)
        if len(self.connections) >= MOST_CONNECTIONS or (party != HERE and of_one >= MOST_OF_ONE):
            self._is_refused = True
            line.abort()
        else:
            super().connection_made(line)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing was begun with one that was refused."""
        if not self._is_refused:
            super().connection_lost(exc)


class _WebSocket(WebSocketsSansIOProtocol):
    """One client of the stream, who has a share of what is read."""

    _left_bytes = float(SAID_BYTES)
    _heard_s: float | None = None

    def data_received(self, data: bytes) -> None:
        """Take in what came, or cut off who says too much."""
        now_s = asyncio.get_running_loop().time()
        since_s = 0.0 if self._heard_s is None else now_s - self._heard_s
        self._heard_s = now_s
        self._left_bytes = min(SAID_BYTES, self._left_bytes + since_s * SAID_BYTES_A_SECOND) - len(data)
        if self._left_bytes < 0.0:
            self.transport.abort()
        else:
            super().data_received(data)


def _party(transport: asyncio.BaseTransport | None) -> str:
    peer = None if transport is None else transport.get_extra_info("peername")
    return party_of(str(peer[0])) if peer else ""


async def serve(
    app: Any,
    host: str,
    port: int,
    on_ready: Callable[[str], None],
    stop: asyncio.Event | None = None,
    *,
    lifespan: Literal["on", "off"] = "on",
    limit_concurrency: int | None = None,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Serve `app` until `stop` is set or the task is cancelled.

    Args:
        app: the ASGI application.
        host, port: what to listen on; port 0 takes a free one.
        on_ready: called once with the address (`http://127.0.0.1:8080/`), when connections are taken.
        stop: set it to end.
        lifespan: whether the application wants to be told of its start and end.
        limit_concurrency: connections beyond this many are answered 503.
        tls: serve https with it.

    Raises:
        OSError: the port is taken, or the host is not this machine's.
    """
    listening = _listen(host, port)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan=lifespan,
        limit_concurrency=limit_concurrency,
        ssl_context_factory=None if tls is None else lambda config, default: tls,
        http=_Http,
        ws=_WebSocket,
        ws_max_size=64 * 1024,
        ws_ping_interval=5.0,
        ws_ping_timeout=10.0,
        timeout_graceful_shutdown=_GRACE_S,
        server_header=False,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await _started(server, running)
        on_ready(_address("http" if tls is None else "https", host, listening))
        await _until_stopped(running, stop)
    finally:
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await running
        listening.close()


def try_address(host: str, port: int) -> None:
    """Take the address and give it back: whether `serve` could have it now.

    Raises:
        OSError: the port is taken, or the host is not this machine's.
    """
    _listen(host, port).close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, asyncio holds no answer back
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening


def _address(scheme: str, host: str, listening: socket.socket) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - shown, not bound
    name = f"[{shown}]" if ":" in shown else shown
    return f"{scheme}://{name}:{listening.getsockname()[1]}/"


async def _started(server: uvicorn.Server, running: asyncio.Task[None]) -> None:
    while not server.started:
        if running.done():
            await running
            raise OSError("the web server ended before it began")
        await asyncio.sleep(0.005)


async def _until_stopped(running: asyncio.Task[None], stop: asyncio.Event | None) -> None:
    if stop is None:
        await running
        return
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
