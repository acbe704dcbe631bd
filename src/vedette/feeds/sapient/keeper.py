"""The lines of a SAPIENT feed: a server that sensor nodes connect to, or a client of a middleware. All its I/O is here.

What is sent are sealed messages of vedette.wire.sapient.outgoing, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vedette.duplex import Duplex, connect, serving
from vedette.endpoint import parse_url
from vedette.feeds.arrival import FeedBody
from vedette.feeds.intake import Door, Keeper
from vedette.feeds.sapient.dialogue import Conversation, End, Kept, NodeConversation, PeerConversation, Step
from vedette.feeds.sapient.node import HOLD_S
from vedette.feeds.sapient.room import Room
from vedette.site import Feed, Site
from vedette.tls import tls_context
from vedette.wire.sapient.outgoing import NotAllowed, Outgoing
from vedette.wire.sapient.registration import Registered

LINES_MOST: Final = 64
"""Connections at one time; further ones are closed at once."""
REGISTER_S: Final = 30.0
"""Time for a node to register; then its line is closed."""
PEER_TICK_S: Final = 0.5


class SapientKeeper(Keeper):
    """Keeps one SAPIENT feed's lines.

    Attributes:
        room: its nodes. port: the one that is listened on, once it is; else None.
    """

    def __init__(self, site: Site, feed: Feed) -> None:
        self.room = Room(site, feed)
        self.port: int | None = None
        self._feed = feed
        self._lines: dict[Conversation, Duplex] = {}
        self._messages = 0
        self._refused_lines = 0
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
            await self._attend(await connect(endpoint.host, endpoint.port, tls), PeerConversation(self.room), door)
            return
        async with serving(endpoint.host, endpoint.port, lambda line: self._node(line, door), tls) as self.port:
            door.opened()
            while self._fault is None:
                await asyncio.sleep(HOLD_S)
                if self.room.holds:
                    door.pass_on(self.room.tick(door.now_s()))
        fault, self._fault = self._fault, None
        raise fault

    async def ask(self, node: str, now_s: float, encode: Callable[[str, Registered], Outgoing]) -> str:
        """Send a task to a node that is here; its task id, under which `room.tasks` tells what came of it.

        Raises:
            NotAllowed: it is not here, is no sensor, or its line takes no more.
        """
        task = self.room.ask(node, now_s, encode)
        holder = self.room.holder_of(node)
        line = next((line for conversation, line in self._lines.items() if conversation is holder), None)
        if line is None or not line.send(task.octets):
            raise NotAllowed(f"the line of {node[:36]} takes no more")
        return task.task or ""

    async def _node(self, line: Duplex, door: Door) -> None:
        if len(self._lines) >= LINES_MOST:
            self._refused_lines += 1
            return
        try:
            await self._attend(line, NodeConversation(self.room), door)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - our own fault on one line: carry hands it to the supervisor
            self._fault = error

    async def _attend(self, line: Duplex, conversation: Conversation, door: Door) -> None:
        """One line, from its first octet to its last."""
        self._lines[conversation] = line
        why = "its connection was closed"
        try:
            async with asyncio.TaskGroup() as tasks:
                looking_after = tasks.create_task(self._look_after(line, conversation, door))
                await line.run(lambda octets: self._heard(line, conversation, octets, door))
                looking_after.cancel()
        except* (OSError, TimeoutError) as errors:
            why = str(errors.exceptions[0]) or type(errors.exceptions[0]).__name__
        finally:
            del self._lines[conversation]
            self._answer(None, conversation.closed(conversation.ended or why), door)
        if isinstance(conversation, PeerConversation):
            raise ConnectionError(conversation.ended or why)

    async def _look_after(self, line: Duplex, conversation: Conversation, door: Door) -> None:
        """What time alone brings to a line."""
        if isinstance(conversation, NodeConversation):
            await asyncio.sleep(REGISTER_S)
            if not conversation.is_registered:
                line.end()
            return
        assert isinstance(conversation, PeerConversation)  # noqa: S101 - there are two kinds
        door.opened()
        self._answer(line, conversation.begin(door.now_s()), door)
        while True:
            await asyncio.sleep(PEER_TICK_S)
            self._answer(line, conversation.tick(door.now_s()), door)

    def _heard(self, line: Duplex, conversation: Conversation, octets: bytes, door: Door) -> None:
        before = conversation.messages
        self._answer(line, conversation.take(octets, door.now_s()), door)
        more = conversation.messages - before
        self._messages += more
        if more:
            door.count(more, self.detail)
        for holder in self.room.evicted:
            old = next((one for talk, one in self._lines.items() if talk is holder), None)
            if old is not None:
                old.end()
        self.room.evicted.clear()

    def _answer(self, line: Duplex | None, steps: Iterable[Step], door: Door) -> None:
        """Pass on what is for the watch, keep what is for the capture, send what is for the other end."""
        door.pass_on(self._for_the_watch(line, steps, door))

    def _for_the_watch(self, line: Duplex | None, steps: Iterable[Step], door: Door) -> Iterator[FeedBody]:
        for step in steps:
            if isinstance(step, Outgoing):
                if line is not None:
                    line.send(step.octets)
            elif isinstance(step, Kept):
                door.keep(step.octets)
            elif isinstance(step, End):
                if line is not None:
                    line.end()
            else:
                yield step
