"""Which way a feed's octets come, by the scheme of its url: one coroutine each, until it ends or is cancelled.

udp tcp tls   vedette.feeds.transport        serial        vedette.feeds.serial
mqtt mqtts    vedette.feeds.mqtt             http https    vedette.feeds.http where sensors push (json),
                                             http file     vedette.feeds.polling else
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from vedette.endpoint import parse_url
from vedette.feeds.http import serve_rows
from vedette.feeds.listener import Listener
from vedette.feeds.mqtt import subscribe
from vedette.feeds.polling import poll
from vedette.feeds.serial import read_serial
from vedette.feeds.transport import listen
from vedette.site import Feed
from vedette.tls import TlsFiles, tls_context


async def bring(feed: Feed, listener: Listener, idle_s: float, poll_s: float) -> None:
    """Bring octets until the line ends, is silent for `idle_s` (where silence can end it), or is cancelled.

    `poll_s`: between two readings of what is fetched again and again.

    Raises:
        OSError, TimeoutError, ValueError: it cannot be opened, or ended; in words for people.
    """
    scheme = feed.url.partition(":")[0]
    if scheme == "file" or (scheme == "http" and feed.source != "json"):
        await poll(feed.url, listener.receive, listener.opened, poll_s)
    else:
        await _LINES[scheme](feed, listener, idle_s)


async def _socket(feed: Feed, listener: Listener, idle_s: float) -> None:
    endpoint = parse_url(feed.url)
    tls = tls_context(feed.tls or TlsFiles(), server=False) if endpoint.scheme == "tls" else None
    await listen(endpoint, listener.receive, listener.opened, idle_s, tls)


_LINES: Final[Mapping[str, Callable[[Feed, Listener, float], Awaitable[None]]]] = {
    "udp": _socket,
    "tcp": _socket,
    "tls": _socket,
    "serial": read_serial,
    "mqtt": subscribe,
    "mqtts": subscribe,
    "http": serve_rows,
    "https": serve_rows,
}
