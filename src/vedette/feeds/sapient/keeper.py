"""The lines of a SAPIENT feed: a server that sensor nodes connect to, or a client of a middleware. All its I/O is here.

What is sent are sealed messages of vedette.wire.sapient.outgoing, and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Final

from vedette.duplex import Duplex, connect, serving
from vedette.endpoint import parse_url
from vedette.feeds.arrival import FeedBody
from vedette.feeds.intake import Door, Keeper
from vedette.feeds.sapient.dialogue import Aside, Conversation, End, NodeConversation, PeerConversation, Step
from vedette.feeds.sapient.node import HOLD_S
from vedette.feeds.sapient.room import Room
from vedette.model import Parcel
from vedette.site import Feed, Site
from vedette.tls import tls_context
from vedette.wire.capture import CaptureKind, Moment
from vedette.wire.sapient.outgoing import NotAllowed, Outgoing
from vedette.wire.sapient.registration import Registered

LINES_MOST: Final = 64
"""Connections at one time; further ones are closed at once."""
REGISTER_S: Final = 30.0
"""Time for a node to register; then its line is closed."""
PEER_TICK_S: Final = 0.5


class SharedLine:
    """A feed's connection, lent to an output. That we are there, the feed says itself."""

    stands = True

    def __init__(self, line: Duplex, closed: asyncio.Event) -> None:
        self._line, self._closed = line, closed

    async def send(self, parcel: Parcel) -> None:
        """Send one message, but for a status.

        Raises:
            ConnectionError: the connection has ended, or takes no more.
        """
        if parcel.kind == "status":
            return
        if self._closed.is_set() or not self._line.send(parcel.octets):
            raise ConnectionError("the feed's connection takes no more")
        await self._line.flushed()

    async def ended(self) -> None:
        """Raise when the connection ends.

        Raises:
            ConnectionError: then.
        """
        await self._closed.wait()
        raise ConnectionError("the feed's connection has ended")


class SapientKeeper(Keeper):
    """Keeps one SAPIENT feed's lines.

    Attributes:
        room: its nodes. port: the one that is listened on, once it is; else None.
    """

    def __init__(self, site: Site, feed: Feed) -> None:
        self.room = Room(site, feed)
        self.port: int | None = None
        self._feed = feed
        self._talks: dict[int, Conversation] = {}
        self._lines: dict[int, Duplex] = {}
        self._closed: dict[int, asyncio.Event] = {}
        self._asides: list[Callable[[bytes], None]] = []
        self._messages = 0
        self._refused_lines = 0
        self._last_line = 0
        self._fault: Exception | None = None

    @property
    def messages(self) -> int:
        """Messages decoded."""
        return self._messages

    @property
    def detail(self) -> str:
        """One line on the feed as a whole."""
        if self._refused_lines:
            return f"{self.room.detail}; {self._refused_lines} connections beyond {LINES_MOST} were closed"
        return self.room.detail

    def tick(self, now_s: float) -> Iterator[FeedBody]:
        """Looks that have waited, and the nodes' health."""
        return self.room.tick(now_s)

    async def carry(self, door: Door) -> None:
        """Keep the lines until one that is needed fails, or for ever.

        Raises:
            OSError, TimeoutError, ValueError: it cannot be opened, or ended.
        """
        endpoint = parse_url(self._feed.url)
        tls = None
        if endpoint.scheme == "tls":
            if self._feed.tls is None:
                raise ValueError("a tls:// url without its files")
            tls = tls_context(self._feed.tls, server=self._feed.listens)
        if not self._feed.listens:
            await self._attend(await connect(endpoint.host, endpoint.port, tls), door)
            return
        async with serving(endpoint.host, endpoint.port, lambda line: self._node(line, door), tls) as self.port:
            door.opened()
            while self._fault is None:
                await asyncio.sleep(HOLD_S)
                door.hear(CaptureKind.TIME)
        fault, self._fault = self._fault, None
        raise fault

    async def ask(self, node: str, now_s: float, encode: Callable[[str, Registered], Outgoing]) -> str:
        """Send a task to a node that is here; its task id, under which `room.tasks` tells what came of it.

        Raises:
            NotAllowed: it is not here, is no sensor, or its line takes no more.
        """
        task = self.room.ask(node, now_s, encode)
        holder = self.room.holder_of(node)
        line = next((self._lines.get(number) for number, talk in self._talks.items() if talk is holder), None)
        if line is None or not line.send(task.octets):
            raise NotAllowed(f"the line of {node[:36]} takes no more")
        return task.task or ""

    @contextlib.asynccontextmanager
    async def share(self, heard: Callable[[bytes], None]) -> AsyncIterator[SharedLine]:
        """Our connection to a middleware that has accepted us, to send by; its answers go to `heard`.

        Raises:
            ConnectionError: there is none.
        """
        up = [n for n, talk in self._talks.items() if isinstance(talk, PeerConversation) and talk.accepted]
        number = next((n for n in up if n in self._lines), None)
        if number is None:
            raise ConnectionError(f"the feed {self._feed.id}, whose connection it shares, is not accepted")
        self._asides.append(heard)
        try:
            yield SharedLine(self._lines[number], self._closed[number])
        finally:
            self._asides.remove(heard)

    async def _node(self, line: Duplex, door: Door) -> None:
        if len(self._lines) >= LINES_MOST:
            self._refused_lines += 1
            return
        try:
            await self._attend(line, door)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - our own fault on one line: carry hands it to the supervisor
            self._fault = error

    async def _attend(self, line: Duplex, door: Door) -> None:
        """One line, from its first octet to its last."""
        self._last_line += 1
        number = self._last_line
        self._lines[number], self._closed[number] = line, asyncio.Event()
        why = "its connection was closed"
        try:
            if not self._feed.listens:
                door.opened()
            door.hear(CaptureKind.OPENED, number)
            async with asyncio.TaskGroup() as tasks:
                looking_after = tasks.create_task(self._look_after(number, door))
                await line.run(lambda octets: door.hear(CaptureKind.OCTETS, number, octets))
                looking_after.cancel()
        except* (OSError, TimeoutError) as errors:
            why = str(errors.exceptions[0]) or type(errors.exceptions[0]).__name__
        finally:
            del self._lines[number]
            self._closed.pop(number).set()
            talk = self._talks.get(number)
            why = (talk.ended if talk is not None else "") or why
            door.hear(CaptureKind.CLOSED, number, why.encode())
        if not self._feed.listens:
            raise ConnectionError(why)

    async def _look_after(self, number: int, door: Door) -> None:
        """What time alone brings to a line."""
        talk = self._talks[number]
        if isinstance(talk, NodeConversation):
            await asyncio.sleep(REGISTER_S)
            if not talk.is_registered:
                self._lines[number].end()
            return
        assert isinstance(talk, PeerConversation)  # noqa: S101 - there are two kinds
        while True:
            await asyncio.sleep(PEER_TICK_S)
            door.hear(CaptureKind.TIME)
            for answer in talk.tick(door.now_s()):
                self._send(number, answer)

    def hear(self, moment: Moment) -> Iterator[FeedBody]:
        """What happened on a line: answers are sent where it is open, the rest is for the watch."""
        number, now_s = moment.line, moment.received_s
        if moment.kind not in (CaptureKind.OPENED, CaptureKind.OCTETS, CaptureKind.CLOSED):
            return
        talk = self._talk(number)
        steps: Iterable[Step] = ()
        if moment.kind is CaptureKind.OCTETS:
            steps = self._heard(talk, moment.octets, now_s)
        elif moment.kind is CaptureKind.CLOSED:
            del self._talks[number]
            steps = talk.closed(moment.octets.decode(errors="replace"))
        elif isinstance(talk, PeerConversation):
            steps = talk.begin(now_s)
        for step in steps:
            if isinstance(step, Aside):
                for aside in tuple(self._asides):
                    aside(step.octets)
            elif isinstance(step, (Outgoing, End)):
                self._send(number, step)
            else:
                yield step

    def _talk(self, number: int) -> Conversation:
        """What is said on a line; in a capture that has lost its beginning it begins where it is first heard."""
        if number not in self._talks:
            self._talks[number] = NodeConversation(self.room) if self._feed.listens else PeerConversation(self.room)
        return self._talks[number]

    def _heard(self, talk: Conversation, octets: bytes, now_s: float) -> Iterator[Step]:
        before = talk.messages
        yield from talk.take(octets, now_s)
        self._messages += talk.messages - before
        for holder in self.room.evicted:
            for number in [number for number, one in self._talks.items() if one is holder and number in self._lines]:
                self._lines[number].end()
        self.room.evicted.clear()

    def _send(self, number: int, step: Outgoing | End) -> None:
        """Answer on a line that is open; in a replay none is."""
        line = self._lines.get(number)
        if line is None:
            return
        if isinstance(step, Outgoing):
            line.send(step.octets)
        else:
            line.end()
