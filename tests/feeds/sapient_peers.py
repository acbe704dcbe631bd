"""The other end of a SAPIENT line, for tests: plain sockets, sapient-proto's own encoder, our site file."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from tests.wire import sapient_messages as sm
from vedette.site import Site, load_site
from vedette.wire.sapient.framing import Frame, FrameReader, encode_frame

SITE = """
name = "Test Field"
id = "test"
timezone = "Asia/Baghdad"
latitude_deg = 36.2376
longitude_deg = 43.9632
altitude_msl_m = 409.0

[[sensor]]
id = "radar-1"
kind = "radar"
latitude_deg = 36.2376
longitude_deg = 43.9632
altitude_ellipsoid_m = 430.0
period_s = 1.0
sigma_range_m = 10.0
sigma_azimuth_deg = 1.0
sigma_elevation_deg = 1.0
node_id = "NODE"

[[sensor]]
id = "others"
kind = "external"

[[feed]]
sensor = "others"
source = "sapient"
url = "URL"
MORE
"""


def site_text(url: str, more: str = "", *, node: str = sm.NODE) -> str:
    return SITE.replace("URL", url).replace("NODE", node).replace("MORE", more)


def sapient_site(folder: Path, url: str, more: str = "", *, node: str = sm.NODE) -> Site:
    (folder / "sapient.toml").write_text(site_text(url, more, node=node))
    return load_site(folder / "sapient.toml")


class Peer:
    """One end of a line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._frames, self._waiting = FrameReader(), list[SapientMessage]()
        OPEN.append(self)

    @classmethod
    async def connect(cls, port: int, tls: ssl.SSLContext | None = None) -> Peer:
        async with asyncio.timeout(10.0):
            while True:
                try:
                    return cls(*await asyncio.open_connection("127.0.0.1", port, ssl=tls))
                except ConnectionRefusedError:
                    await asyncio.sleep(0.01)  # the server is not up yet; bounded by the time-out above

    async def send(self, *messages: SapientMessage | bytes) -> None:
        for one in messages:
            self._writer.write(one if isinstance(one, bytes) else encode_frame(one.SerializeToString()))
        await self._writer.drain()

    async def next(self, kind: str | None = None) -> SapientMessage:
        """The next message, of a kind; others stay waiting."""
        async with asyncio.timeout(10.0):
            while True:
                for message in self._waiting:
                    if kind is None or message.WhichOneof("content") == kind:
                        self._waiting.remove(message)
                        return message
                octets = await self._reader.read(65_536)
                if not octets:
                    raise ConnectionError("closed by the other end")
                for frame in self._frames.feed(octets):
                    assert isinstance(frame, Frame)
                    self._waiting.append(SapientMessage.FromString(frame.payload))

    async def until_closed(self) -> list[SapientMessage]:
        """What else comes until the other end closes."""
        found = []
        try:
            while True:
                found.append(await self.next())
        except (ConnectionError, ssl.SSLError):
            return found

    async def register(self, message: SapientMessage | None = None) -> SapientMessage:
        await self.send(message or sm.registration())
        return await self.next("registration_ack")

    def close(self) -> None:
        self._writer.close()


OPEN: list[Peer] = []


async def until(condition: Callable[[], bool]) -> None:
    """Give way to the others until a condition holds."""
    async with asyncio.timeout(10.0):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0)


def play(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a test on a loop of its own, and close every peer that it left open."""

    async def whole() -> None:
        try:
            await test()
        finally:
            while OPEN:
                OPEN.pop().close()
            await asyncio.sleep(0)

    asyncio.run(whole())
