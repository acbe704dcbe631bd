"""A feed's nodes: who is here under which id, how each is doing, what each was asked to do.

One id belongs to one connection. Another that comes with it is refused, unless the first has fallen silent: then a node
has come back before its old line was known to be dead, and the old line is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Final

import msgspec

from vedette.feeds.arrival import FeedBody
from vedette.feeds.meter import FeedMeter
from vedette.feeds.sapient.looks import Seat
from vedette.feeds.sapient.node import Node
from vedette.model import FeedHealth, FeedState
from vedette.site import Feed, Site
from vedette.wire.sapient.outgoing import FusionNode, NotAllowed, Outgoing
from vedette.wire.sapient.provenance import Provenance
from vedette.wire.sapient.registration import Registered

STRANGERS_MOST: Final = 32
"""Nodes that the site file does not name, remembered at most; the longest gone make room."""
TASKS_MOST: Final = 256
TASK_SHOWN_S: Final = 60.0
"""How long what a node was asked last stands beside it."""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What a node was asked. state: sent, accepted, rejected, completed, failed, or dropped (it is no sensor now)."""

    task: str
    node: str
    command: str
    sent_s: float
    state: str = "sent"
    reason: str = ""


class Entry:
    """One node here or gone. row: of health. holder: the conversation it came by, None once that has ended."""

    def __init__(self, node: Node, row: str, meter: FeedMeter, holder: object) -> None:
        self.node, self.row, self.meter = node, row, meter
        self.holder: object | None = holder


class Room:
    """The nodes of one feed.

    Attributes:
        us: ourselves. evicted: conversations whose id was given to another; whoever keeps the lines is to close them.
        notice: the newest thing that went wrong, one line for people. provenance: whose detections a track is made of.
    """

    def __init__(self, site: Site, feed: Feed) -> None:
        self.us = FusionNode(site=site.id, name=site.name, version=version("vedette"))
        self.entries: dict[str, Entry] = {}
        self.tasks: dict[str, Task] = {}
        self.evicted: list[object] = []
        self.notice = ""
        self.provenance = Provenance()
        self._feed = feed
        self._fallback = site.latitude_deg, site.longitude_deg
        hosts, named = site.image_hosts, [s for s in site.sensors if s.node_id is not None]
        self._named = {s.node_id: Seat(s, own=True, image_hosts=hosts) for s in named}
        main = site.sensor(feed.sensor)
        self._open = Seat(main, own=False, image_hosts=hosts) if main.node_id is None else None

    def seat(self, node: str) -> Seat | None:
        """The sensor a node stands for: the one that names it; else the feed's own, if that names no node."""
        return self._named.get(node.lower(), self._open)

    def sensor_nodes(self) -> list[str]:
        """The node_ids of the site's sensors, and of nodes that came unnamed."""
        return list(dict.fromkeys([*filter(None, self._named), *self.entries]))

    def is_taken(self, node: str, holder: object) -> bool:
        """Whether another conversation holds this id, and the node is not silent there."""
        entry = self.entries.get(node.lower())
        if entry is None or entry.holder is None or entry.holder is holder:
            return False
        return entry.meter.state is not FeedState.STALE

    def enter(self, node: str, seat: Seat, holder: object, now_s: float) -> Entry:
        """A node comes by a conversation; one of the same id that was silent there is turned out."""
        key = node.lower()
        before = self.entries.pop(key, None)
        if before is not None and before.holder is not None and before.holder is not holder:
            self.evicted.append(before.holder)
        self._make_room()
        row = before.row if before is not None else self._row(seat)
        meter = before.meter if before is not None else FeedMeter(row, seat.sensor.id, self._feed.stale_s)
        entry = Entry(Node(node, seat, self._fallback, self.provenance), row, meter, holder)
        meter.open(now_s)
        self.entries[key] = entry
        return entry

    def _row(self, seat: Seat) -> str:
        """The name of its row of health: its sensor's; a stranger's is a number, so that rows stay few."""
        if seat.own:
            return f"{self._feed.id}/{seat.sensor.id}"
        taken = {entry.row for entry in self.entries.values()}
        return next(row for row in (f"{self._feed.id}/{n}" for n in range(1, len(taken) + 2)) if row not in taken)

    def _make_room(self) -> None:
        strangers = [key for key, entry in self.entries.items() if not entry.node.seat.own]
        gone = [key for key in strangers if self.entries[key].holder is None]
        if len(strangers) >= STRANGERS_MOST and gone:
            del self.entries[gone[0]]

    @property
    def is_full(self) -> bool:
        """Whether no more strangers are taken."""
        here = [e for e in self.entries.values() if not e.node.seat.own and e.holder is not None]
        return len(here) >= STRANGERS_MOST

    def leave(self, holder: object, why: str) -> None:
        """A conversation has ended: its nodes are down."""
        for entry in self.entries.values():
            if entry.holder is holder:
                entry.holder = None
                entry.meter.turn(FeedState.DOWN, why)

    def count(self, entry: Entry, sent_s: float | None, now_s: float) -> None:
        """One message of a node more; `sent_s`: the time that it bears."""
        silent_after_s = entry.node.silent_after_s
        if silent_after_s is not None:
            entry.meter.stale_s = silent_after_s
        if sent_s is not None:
            entry.meter.observe(sent_s, now_s)
        entry.meter.count(1, now_s)
        entry.meter.turn(FeedState.LIVE, self._words(entry, now_s))

    def tick(self, now_s: float) -> Iterator[FeedBody]:
        """Looks that have waited long enough, and health that is due."""
        for entry in self.entries.values():
            yield from entry.node.tick(now_s)
            health = entry.meter.poll(now_s)
            if health is not None:
                yield self._told(health, entry, now_s)

    def _told(self, health: FeedHealth, entry: Entry, now_s: float) -> FeedHealth:
        if health.state is FeedState.STALE:
            return msgspec.structs.replace(health, detail=f"{health.detail}; {self._words(entry, now_s)}"[:400])
        return health

    @property
    def holds(self) -> bool:
        """Whether a look waits."""
        return any(entry.node.holds for entry in self.entries.values())

    def holder_of(self, node: str) -> object | None:
        """The conversation a node is here by."""
        entry = self.entries.get(node.lower())
        return None if entry is None else entry.holder

    def ask(self, node: str, now_s: float, encode: Callable[[str, Registered], Outgoing]) -> Outgoing:
        """A task for a node that is here, by one of FusionNode's encoders, given its id and registration.

        Raises:
            NotAllowed: it is not here, is silent, or is no sensor.
        """
        entry = self.entries.get(node.lower())
        registered = None if entry is None else entry.node.checker.registered
        if entry is None or registered is None or entry.holder is None or entry.meter.state is not FeedState.LIVE:
            raise NotAllowed(f"no node {node[:36]} is here")
        task = encode(entry.node.node, registered)
        self.note_task(Task(task=task.task or "", node=node.lower(), command=task.command or "", sent_s=now_s))
        return task

    def note_task(self, task: Task) -> None:
        """A task was sent, or its state has changed."""
        self.tasks.pop(task.task, None)
        self.tasks[task.task] = task
        while len(self.tasks) > TASKS_MOST:
            del self.tasks[next(iter(self.tasks))]

    def drop_tasks(self, node: str) -> list[Task]:
        """A node is no sensor any more: what it was asked is taken back from the books. Returns these tasks."""
        open_ = [one for one in self.tasks.values() if one.node == node.lower() and one.state in ("sent", "accepted")]
        dropped = [msgspec.structs.replace(one, state="dropped", reason="no longer a sensor") for one in open_]
        for task in dropped:
            self.note_task(task)
        return dropped

    def _words(self, entry: Entry, now_s: float) -> str:
        """One line on a node for people, with what it was asked last."""
        words = entry.node.words(now_s)
        mine = [one for one in self.tasks.values() if one.node == entry.node.node.lower()]
        if mine and now_s - mine[-1].sent_s <= TASK_SHOWN_S:
            last = mine[-1]
            words = f"{words}, {last.command}: {last.state}{f' ({last.reason})' if last.reason else ''}"
        return words[:400]

    @property
    def detail(self) -> str:
        """One line on the feed as a whole."""
        here = sum(entry.holder is not None for entry in self.entries.values())
        nodes = f"{here} node{'' if here == 1 else 's'} connected"
        return f"{nodes}; {self.notice}"[:400] if self.notice else nodes
