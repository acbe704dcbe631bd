"""MQTT: one subscription to a broker, `mqtt://host:port/topic` (mqtts: TLS, by the site's tls_* keys).

The topic may hold + and #. A retained message is what somebody said before we
came, and is refused. What waits to be taken is bounded; beyond, messages are dropped and counted. User and password
come from the site file's `user` and from the file it names.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from vedette.broker import aiomqtt, broker_client
from vedette.endpoint import parse_mqtt
from vedette.feeds.listener import Listener
from vedette.site import Feed

QUEUE_MESSAGES: Final = 4096
MAX_BYTES: Final = 1 << 20


async def subscribe(feed: Feed, listener: Listener, idle_s: float) -> None:
    """Bring each message's octets until the broker is gone or the line is cancelled.

    Raises:
        OSError: it cannot be reached, refuses us, or is gone. ValueError: aiomqtt is not installed.
    """
    del idle_s  # the protocol has its own keep-alive
    library, (_, _, _, topic) = aiomqtt(), parse_mqtt(feed.url)
    client = broker_client(
        feed.url,
        feed.user,
        feed.password_file,
        feed.tls,
        queue_type=_waiting(listener),
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
