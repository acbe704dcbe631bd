"""MQTT: one subscription to a broker, `mqtt://host:port/topic` (mqtts: TLS, by the site's tls_* keys).

The topic may hold + and #. aiomqtt speaks the protocol, an extra. A retained message is what somebody said before we
came, and is refused. What waits to be taken is bounded; beyond, messages are dropped and counted. User and password
come from the site file's `user` and from the file it names.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
from typing import Any, Final

from vedette.endpoint import parse_mqtt
from vedette.feeds.listener import Listener
from vedette.secrets import read_secret
from vedette.site import Feed
from vedette.tls import TlsFiles, tls_context

MISSING: Final = "MQTT needs the package aiomqtt: install vedette[mqtt]"
QUEUE_MESSAGES: Final = 4096
MAX_BYTES: Final = 1 << 20
KEEPALIVE_S: Final = 20
"""The broker is asked this often whether it still lives: its death is noticed within twice this time."""
CONNECT_S: Final = 10.0


async def subscribe(feed: Feed, listener: Listener, idle_s: float) -> None:
    """Bring each message's octets until the broker is gone or the line is cancelled.

    Raises:
        OSError: it cannot be reached, refuses us, or is gone. ValueError: aiomqtt is not installed.
    """
    del idle_s  # the protocol has its own keep-alive
    if importlib.util.find_spec("aiomqtt") is None:
        raise ValueError(MISSING)
    library: Any = importlib.import_module("aiomqtt")
    scheme, host, port, topic = parse_mqtt(feed.url)
    waiting = _waiting(listener)
    client = library.Client(
        host,
        port,
        username=feed.user,
        password=None if feed.password_file is None else read_secret(feed.password_file),
        tls_context=tls_context(feed.tls or TlsFiles(), server=False) if scheme == "mqtts" else None,
        keepalive=KEEPALIVE_S,
        timeout=CONNECT_S,
        queue_type=waiting,
        max_queued_incoming_messages=QUEUE_MESSAGES,
    )
    try:
        async with client:
            await client.subscribe(topic, qos=1)
            listener.opened()
            async for message in client.messages:
                _hear(message, listener)
                await asyncio.sleep(0)  # other feeds' turn
    except library.MqttError as error:
        raise ConnectionError(f"the broker is gone or refuses: {error}") from None


def _hear(message: Any, listener: Listener) -> None:
    if message.retain:
        listener.refuse("retained")
    elif len(message.payload) > MAX_BYTES:
        listener.refuse("too_long")
    else:
        listener.receive(bytes(message.payload))


def _waiting(listener: Listener) -> type[asyncio.Queue[Any]]:
    """A queue that counts what it cannot take."""

    class Waiting(asyncio.Queue[Any]):
        def put_nowait(self, item: Any) -> None:
            if self.full():
                listener.lose(1)
            else:
                super().put_nowait(item)

    return Waiting
