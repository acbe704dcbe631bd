"""Where octets come from: UDP (with multicast groups), TCP, TLS: one coroutine each, until it ends or is cancelled."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Final

from vedette.endpoint import Endpoint

OnOctets = Callable[[bytes], object]
"""Called with each datagram or piece of a stream. What it raises ends the transport with that exception."""

CONNECT_S: Final = 10.0
READ_BYTES: Final = 65_536
UDP_BUFFER_BYTES: Final = 4 << 20
"""Asked of the kernel, so that a burst outlives a pause of the loop; it gives what rmem_max allows."""


async def listen(
    endpoint: Endpoint,
    on_octets: OnOctets,
    on_open: Callable[[], None],
    idle_s: float,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Bring octets until the line ends (ConnectionError), is silent for `idle_s` (but for UDP), or is cancelled.

    `tls`: of a tls:// url.

    Raises:
        OSError: it cannot be opened, or ended.
    """
    if endpoint.scheme == "udp":
        await _udp(endpoint, on_octets, on_open)
    else:
        await _tcp(endpoint, on_octets, on_open, idle_s, tls)


async def _tcp(
    endpoint: Endpoint,
    on_octets: OnOctets,
    on_open: Callable[[], None],
    idle_s: float,
    tls: ssl.SSLContext | None,
) -> None:
    async with asyncio.timeout(CONNECT_S):
        reader, writer = await asyncio.open_connection(endpoint.host, endpoint.port, ssl=tls)
    try:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        on_open()
        while True:
            async with asyncio.timeout(idle_s):
                octets = await reader.read(READ_BYTES)
            if not octets:
                raise ConnectionError("closed by the other end")
            on_octets(octets)
            await asyncio.sleep(0)  # other feeds' turn: a peer that never pauses would keep the loop
    finally:
        writer.close()
        writer.transport.abort()  # nothing waits to be sent; TLS would ask the other end whether it may go


class _Listener(asyncio.DatagramProtocol):
    def __init__(self, on_octets: OnOctets, ended: asyncio.Future[None]) -> None:
        self._on_octets, self._ended = on_octets, ended

    def datagram_received(self, data: bytes, addr: object) -> None:
        if self._ended.done():
            return
        try:
            self._on_octets(data)
        except Exception as error:  # noqa: BLE001 - handed to the supervisor, which awaits `ended`
            self._ended.set_exception(error)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_exception(exc or ConnectionError("socket closed"))


async def _udp(endpoint: Endpoint, on_octets: OnOctets, on_open: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    sock = _bound(endpoint)
    transport, _ = await loop.create_datagram_endpoint(lambda: _Listener(on_octets, ended), sock=sock)
    try:
        on_open()
        await ended
    finally:
        ended.cancel()
        transport.abort()


def _bound(endpoint: Endpoint) -> socket.socket:
    """A bound socket; a group is bound itself, so that other groups on the port stay out."""
    address = endpoint.group or endpoint.host
    family, kind, protocol, _, target = socket.getaddrinfo(address, endpoint.port, type=socket.SOCK_DGRAM)[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UDP_BUFFER_BYTES)
        if endpoint.group is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(target)
        if endpoint.group is not None:
            _join(sock, endpoint.group, endpoint.host)
    except OSError:
        sock.close()
        raise
    return sock


def _join(sock: socket.socket, group: str, host: str) -> None:
    if sock.family == socket.AF_INET:
        interface = socket.inet_aton(socket.gethostbyname(host))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + interface)
    else:
        any_interface = bytes(4)
        membership = socket.inet_pton(socket.AF_INET6, group) + any_interface
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, membership)
