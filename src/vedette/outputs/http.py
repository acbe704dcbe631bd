"""Webhooks: one POST a message over HTTP or HTTPS, signed.

Content-Type       as the message's format has it
Idempotency-Key    the delivery: the same for the same octets to the same output, however often they are sent
Vedette-Timestamp  when this attempt was made, Unix seconds
Vedette-Signature  v1=HEX, the HMAC-SHA256 of timestamp, a full stop and the body under the secret; only with a secret

2xx                         taken
408, 429, 5xx, no answer  tried again, with back-off and jitter; Retry-After is honoured up to an hour
3xx, other 4xx              refused: redirects are not followed, and what one partner never takes keeps no other waiting

Addresses: see vedette.outputs.addresses. TLS verifies the url's own name. No proxy of the environment is used.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from email.utils import parsedate_to_datetime
from importlib import metadata
from typing import Any, Final

import httpcore

from vedette.clock import LiveClock
from vedette.model import Parcel
from vedette.outputs.addresses import check_addresses
from vedette.outputs.seam import Later, Line, Refused
from vedette.secrets import read_secret
from vedette.site import Output
from vedette.tls import TlsFiles, tls_context

AGENT: Final = f"vedette/{metadata.version('vedette')}"
CONNECT_S: Final = 10.0
ANSWER_S: Final = 15.0
ANSWER_BYTES: Final = 65_536
"""Read of an answer at most, so that the connection can be used again; its words are nothing to us."""
RETRY_AFTER_S: Final = 3600.0
"""Longest wait that a partner may ask for."""
AGAIN: Final = frozenset({408, 429})

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Host and port → the addresses it has now."""


async def system_addresses(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver gives.

    Raises:
        OSError: there is no such host.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(to[0]) for *_, to in found]


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of Vedette-Signature."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"v1={digest}"


def delivery(output: str, octets: bytes) -> str:
    """The value of Idempotency-Key."""
    return hashlib.sha256(output.encode() + b"\0" + octets).hexdigest()[:32]


class Webhooks:
    """Opens lines that post. resolve, now_s: the system's, but for tests."""

    def __init__(self, resolve: Resolve = system_addresses, now_s: Callable[[], float] | None = None) -> None:
        self._resolve = resolve
        self._now_s = now_s or LiveClock().now_s

    @contextlib.asynccontextmanager
    async def __call__(
        self, output: Output, heard: Callable[[bytes], None], will: Parcel | None
    ) -> AsyncIterator[Line]:
        """An http:// or https:// line (see vedette.outputs.seam.Opener). Connections are made when they are needed."""
        del heard, will
        secret = None if output.secret_file is None else read_secret(output.secret_file)
        tls = tls_context(output.tls or TlsFiles(), server=False) if output.url.startswith("https:") else None
        backend = _CheckedBackend(self._resolve, private=output.private)
        async with httpcore.AsyncConnectionPool(
            ssl_context=tls, max_connections=1, keepalive_expiry=30.0, network_backend=backend
        ) as pool:
            yield _PostLine(output, pool, secret, self._now_s)


class _PostLine:
    """Posts, each answered before the next."""

    stands = False

    def __init__(
        self, output: Output, pool: httpcore.AsyncConnectionPool, secret: str | None, now_s: Callable[[], float]
    ) -> None:
        self._output, self._pool, self._secret, self._now_s = output, pool, secret, now_s

    async def send(self, parcel: Parcel) -> None:
        """Post one message."""
        status, headers = await self._post(parcel)
        if 200 <= status < 300:
            return
        if status in AGAIN or status >= 500:
            raise Later(f"answers {status}", retry_after_s(headers.get(b"retry-after"), self._now_s()))
        raise Refused(f"answers {status}" + (": redirects are not followed" if 300 <= status < 400 else ""))

    async def _post(self, parcel: Parcel) -> tuple[int, dict[bytes, bytes]]:
        timeouts = {"connect": CONNECT_S, "read": ANSWER_S, "write": ANSWER_S, "pool": CONNECT_S}
        try:
            async with self._pool.stream(
                "POST",
                self._output.url,
                headers=self._headers(parcel),
                content=parcel.octets,
                extensions={"timeout": timeouts},
            ) as answer:
                await _drain(answer)
                return answer.status, {name.lower(): value for name, value in answer.headers}
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise ConnectionError(str(error) or type(error).__name__) from None

    def _headers(self, parcel: Parcel) -> list[tuple[str, str]]:
        timestamp = str(int(self._now_s()))
        headers = [
            ("Content-Type", parcel.content_type),
            ("Content-Length", str(len(parcel.octets))),
            ("User-Agent", AGENT),
            ("Idempotency-Key", delivery(self._output.id, parcel.octets)),
            ("Vedette-Timestamp", timestamp),
        ]
        if self._secret is not None:
            headers.append(("Vedette-Signature", signature(self._secret, timestamp, parcel.octets)))
        return headers

    async def ended(self) -> None:
        """A line of posts does not end by itself."""
        await asyncio.Event().wait()


async def _drain(answer: httpcore.Response) -> None:
    read = 0
    async for piece in answer.aiter_stream():
        read += len(piece)
        if read > ANSWER_BYTES:
            return


def retry_after_s(value: bytes | None, now_s: float) -> float:
    """How long a partner asks to be left alone: seconds or an HTTP date; 0 where it does not say, or nonsense."""
    text = (value or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return min(RETRY_AFTER_S, float(text[:9]))
    try:
        return min(RETRY_AFTER_S, max(0.0, parsedate_to_datetime(text).timestamp() - now_s))
    except (ValueError, OverflowError):
        return 0.0


class _CheckedBackend(httpcore.AsyncNetworkBackend):
    """Resolves, judges what it got, and connects to just that."""

    def __init__(self, resolve: Resolve, *, private: bool) -> None:
        self._resolve, self._private = resolve, private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first of the host's addresses that answers."""
        async with asyncio.timeout(timeout):
            addresses = list(dict.fromkeys(await self._resolve(host, port)))
        check_addresses(host, addresses, private=self._private)
        for address in addresses[:-1]:
            with contextlib.suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
        return await self._inner.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
