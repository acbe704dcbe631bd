"""MQTT: publishes under the topic of `mqtt://host:port/topic` (mqtts: TLS); nothing is subscribed to.

The broker confirms alerts and statuses (QoS 1), but not words on tracks (QoS 0): the next one comes within a second.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from vedette.broker import aiomqtt, broker_client
from vedette.endpoint import parse_mqtt
from vedette.model import Parcel
from vedette.outputs.seam import Line
from vedette.site import Output


@contextlib.asynccontextmanager
async def open_broker(output: Output, heard: Callable[[bytes], None], will: Parcel | None) -> AsyncIterator[Line]:
    """A line to a broker (see vedette.outputs.seam.Opener)."""
    del heard  # nobody speaks to us
    library, (_, _, _, topic) = aiomqtt(), parse_mqtt(output.url)
    last = None if will is None else library.Will(f"{topic}/{will.topic}", will.octets, qos=1, retain=will.keep)
    client = broker_client(output.url, output.user, output.password_file, output.tls, will=last)
    try:
        async with client:
            yield _BrokerLine(client, topic)
    except library.MqttError as error:
        raise ConnectionError(f"the broker is gone or refuses: {error}") from None


class _BrokerLine:
    """A connection to a broker."""

    stands = True

    def __init__(self, client: Any, topic: str) -> None:
        self._client, self._topic, self._library = client, topic, aiomqtt()

    async def send(self, parcel: Parcel) -> None:
        qos = 0 if parcel.kind == "track" else 1
        await self._or_os_error(
            self._client.publish(f"{self._topic}/{parcel.topic}", parcel.octets, qos=qos, retain=parcel.keep)
        )

    async def ended(self) -> None:
        await self._or_os_error(self._hear_nothing())

    async def _hear_nothing(self) -> None:
        async for _ in self._client.messages:
            pass
        raise ConnectionError("the broker is gone")

    async def _or_os_error(self, work: Any) -> None:
        try:
            await work
        except self._library.MqttError as error:
            raise ConnectionError(f"the broker is gone or refuses: {error}") from None
