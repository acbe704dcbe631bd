"""What is written anew again and again, fetched over HTTP or from a file: aircraft.json.

A reading equal to the one before brings nothing, so that a receiver whose file stands still goes stale.
"""

from __future__ import annotations

import asyncio
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from vedette.feeds.transport import CONNECT_S, OnOctets

POLL_S: Final = 0.5
"""Twice as often as readsb writes: what is fetched is at most so much older than it need be."""
MAX_BODY_BYTES: Final = 16 << 20

# no proxy of the environment's, no redirect to elsewhere: what the site file names and nothing else
_OPENER: Final = urllib.request.OpenerDirector()
for _handler in (urllib.request.HTTPHandler, urllib.request.HTTPDefaultErrorHandler, urllib.request.HTTPErrorProcessor):
    _OPENER.add_handler(_handler())


async def poll(url: str, on_octets: OnOctets, on_open: Callable[[], None], period_s: float) -> None:
    """Bring each new reading of `http://host:port/path` or `file:/path` until it fails or is cancelled.

    Raises:
        OSError: it cannot be read. ValueError: neither form of url.
    """
    opened, last = False, b""
    while True:
        octets = await asyncio.to_thread(_read, url)
        if not opened:
            on_open()
            opened = True
        if octets != last:
            last = octets
            on_octets(octets)
        await asyncio.sleep(period_s)


def _read(url: str) -> bytes:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return _bounded(Path(parts.path).read_bytes())
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError(f"not http://host:port/path or file:/path: {url}")
    try:
        with _OPENER.open(url, timeout=CONNECT_S) as answer:  # the scheme is checked above
            return _bounded(answer.read(MAX_BODY_BYTES + 1))
    except urllib.error.HTTPError as error:
        error.close()
        raise ConnectionError(f"answered {error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise ConnectionError(str(error.reason)) from None
    except http.client.HTTPException as error:
        raise ConnectionError(f"no HTTP answer: {error!r}") from None


def _bounded(octets: bytes) -> bytes:
    if len(octets) > MAX_BODY_BYTES:
        raise ConnectionError(f"more than {MAX_BODY_BYTES} bytes")
    return octets
