"""What is said on one connection: octets in, looks and answers out. Pure: whoever keeps the line sends the answers.

With a node: it registers first, and is acknowledged with what is wrong with its registration, or refused; then come its
status, detections and alerts, which are acknowledged, and answers to tasks; goodbye ends it. Each kind of fault is told
to the node once, as an Error. With a middleware: we register as a fusion node, and hear many nodes over one line, whose
registrations the middleware acknowledges.

Rejected: framing's and codec's reasons; `unregistered`, `refused_version`, `refused_id`, `unknown_node`, `id_in_use`,
`room_full`, `other_node_id`, `unexpected`; a detection's reasons.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Final

import msgspec
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage
from sapient_msg.bsi_flex_335_v2_0.task_ack_pb2 import TaskAck

from vedette.feeds.arrival import FeedBody
from vedette.feeds.sapient.room import Entry, Room
from vedette.model import Rejected, TaskAnswer
from vedette.wire.sapient import ids
from vedette.wire.sapient.codec import decode_message, kind_of, sent_s
from vedette.wire.sapient.framing import Frame, FrameReader, encode_frame
from vedette.wire.sapient.outgoing import STATUS_S, Outgoing
from vedette.wire.sapient.rules import ICD_VERSION

LIVE_MOST_BYTES: Final = 256 << 10
"""Longest frame on a live line: five times a large registration, and read in a fraction of a second."""
STRIKES: Final = 20
"""Messages before a registration, or that are none, after which the line is closed."""
TOLD_MOST: Final = 50
"""Errors sent on one connection: a node that is all faults is not talked to for ever."""
_TASK_STATES: Final = {
    TaskAck.TASK_STATUS_ACCEPTED: "accepted",
    TaskAck.TASK_STATUS_REJECTED: "rejected",
    TaskAck.TASK_STATUS_COMPLETED: "completed",
    TaskAck.TASK_STATUS_FAILED: "failed",
}


class End(msgspec.Struct, frozen=True):
    """Close the line once the answers are sent; why, for people."""

    why: str


class Aside(msgspec.Struct, frozen=True):
    """A message for whoever shares our connection to a middleware: an answer to what they sent."""

    octets: bytes


Step = FeedBody | Outgoing | Aside | End


class Conversation(ABC):
    """One connection. `messages`: decoded so far. `ended`: why it is to be closed, "" while it goes on."""

    def __init__(self, room: Room) -> None:
        self.messages = 0
        self.ended = ""
        self._room = room
        self._reader = FrameReader(LIVE_MOST_BYTES)
        self._told: set[tuple[str, str]] = set()
        self._strikes = 0

    def take(self, octets: bytes, now_s: float) -> Iterator[Step]:
        """What a piece of the stream brings. Never raises on any bytes."""
        for frame in self._reader.feed(octets):
            if self.ended:
                return
            yield from self._frame(frame, now_s)
            if self._strikes >= STRIKES:
                yield self._end(f"{STRIKES} messages that could not be taken")
        if self._reader.broken and not self.ended:
            yield self._end("its stream has lost its frames")

    def _end(self, why: str) -> End:
        self.ended = why
        return End(why)

    def closed(self, why: str) -> Iterator[Step]:
        """The line has ended."""
        yield from self._reader.close()
        for entry in self._room.entries.values():
            if entry.holder is self:
                yield from entry.node.flush()
        self._room.leave(self, why)

    def _frame(self, frame: Frame | Rejected, now_s: float) -> Iterator[Step]:
        message = frame if isinstance(frame, Rejected) else decode_message(frame.payload)
        if isinstance(frame, Rejected) or isinstance(message, Rejected):
            self._strikes += 1
            yield frame if isinstance(frame, Rejected) else message
            yield from self._tell("", message.reason, [message.reason.replace("_", " ")], b"", now_s)
            return
        self.messages += 1
        yield from self._hear(message, frame.payload, now_s)

    @abstractmethod
    def _hear(self, message: SapientMessage, payload: bytes, now_s: float) -> Iterator[Step]:
        """One message."""

    def _listen(self, entry: Entry, message: SapientMessage, payload: bytes, now_s: float) -> Iterator[Step]:
        """A message of a node that is here, and is no registration."""
        yield from entry.node.hear(message, now_s)
        self._room.count(entry, sent_s(message), now_s)
        kind = kind_of(message)
        if kind == "alert" and ids.ULID_FORM.fullmatch(message.alert.alert_id):
            yield self._room.us.alert_ack(message.node_id, message.alert.alert_id, now_s)
        elif kind == "task_ack":
            yield from self._acknowledged(entry, message.task_ack, now_s)
        elif kind == "error":
            words = "; ".join(message.error.error_message)[:200] or "without words"
            self._room.notice = f"{message.node_id[:8]} sent an error: {words}"
        for finding in entry.node.findings:
            if finding.severity == "error":
                text = f"{finding.path}: {finding.why} ({finding.clause})"
                yield from self._tell(
                    finding.path.partition("[")[0], finding.rule, [text], payload, now_s, message.node_id
                )

    def _acknowledged(self, entry: Entry, ack: TaskAck, now_s: float) -> Iterator[Step]:
        task = self._room.tasks.get(ack.task_id)
        if task is None or task.node != entry.node.node.lower() or task.state == "dropped":
            yield Rejected(reason="unexpected")
            return
        state, reason = _TASK_STATES.get(ack.task_status, task.state), "; ".join(ack.reason)[:200]
        self._room.note_task(msgspec.structs.replace(task, state=state, reason=reason))
        yield _answer(entry, task.task, state, reason, now_s)

    def _registered(self, entry: Entry, message: SapientMessage, now_s: float) -> Iterator[Step]:
        """A node's first registration, or one more: what was asked of it falls if it is no sensor now."""
        yield from entry.node.hear(message, now_s)
        registered = entry.node.checker.registered
        if registered is None or not registered.is_sensor_only:
            for task in self._room.drop_tasks(entry.node.node):
                yield _answer(entry, task.task, task.state, task.reason, now_s)
        self._room.count(entry, sent_s(message), now_s)

    def _tell(
        self, path: str, rule: str, why: list[str], payload: bytes, now_s: float, to: str | None = None
    ) -> Iterator[Outgoing]:
        """An Error, once for each kind of fault."""
        if (path, rule) not in self._told and len(self._told) < TOLD_MOST:
            self._told.add((path, rule))
            yield self._room.us.error(to, payload, why, now_s)

    def _unseated(self, node: str) -> Rejected | None:
        """Why a node cannot be here at all."""
        if not ids.UUID_FORM.fullmatch(node):
            return Rejected(reason="refused_id")
        seat = self._room.seat(node)
        if seat is None:
            return Rejected(reason="unknown_node")
        if self._room.is_taken(node, self):
            return Rejected(reason="id_in_use")
        if not seat.own and node.lower() not in self._room.entries and self._room.is_full:
            return Rejected(reason="room_full")
        return None

    def _enter(self, node: str, now_s: float) -> Entry:
        seat = self._room.seat(node)
        assert seat is not None  # noqa: S101 - _unseated was asked
        return self._room.enter(node, seat, self, now_s)


def _answer(entry: Entry, task: str, state: str, reason: str, now_s: float) -> TaskAnswer:
    return TaskAnswer(sensor=entry.node.seat.sensor.id, observed_s=now_s, task=task, state=state, reason=reason)


_REFUSALS: Final = {
    "refused_id": "node_id is no UUID",
    "refused_version": f'icd_version must be exactly "{ICD_VERSION}"',
    "unknown_node": "the site file names no sensor with this node_id",
    "id_in_use": "this node_id is in use by another connection",
    "room_full": "too many nodes that the site file does not name",
}


class NodeConversation(Conversation):
    """With one node that has connected to us."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._entry: Entry | None = None

    @property
    def is_registered(self) -> bool:
        """Whether the node was accepted."""
        return self._entry is not None

    def _hear(self, message: SapientMessage, payload: bytes, now_s: float) -> Iterator[Step]:
        kind, entry = kind_of(message), self._entry
        if entry is None:
            if kind == "registration":
                yield from self._first(message, now_s)
            else:
                self._strikes += 1
                yield Rejected(reason="unregistered")
                yield from self._tell("", "order", ["a node registers first"], payload, now_s, message.node_id)
        elif message.node_id.lower() != entry.node.node.lower():
            yield Rejected(reason="other_node_id")
            why = [f"node_id {message.node_id[:40]!r} on the connection of {entry.node.node}"]
            yield from self._tell("node_id", "node_id", why, payload, now_s, entry.node.node)
        elif kind == "registration":
            yield from self._registered(entry, message, now_s)
            yield self._accepted(entry, now_s)
        elif kind in _FROM_NODES:
            yield from self._listen(entry, message, payload, now_s)
            if entry.node.checker.said_goodbye:
                yield self._end("said goodbye")
        else:
            yield Rejected(reason="unexpected")

    def _first(self, message: SapientMessage, now_s: float) -> Iterator[Step]:
        refused = self._unseated(message.node_id)
        if refused is None and message.registration.icd_version != ICD_VERSION:
            refused = Rejected(reason="refused_version")
        if refused is not None:
            why = _REFUSALS[refused.reason]
            self._room.notice = f"refused {message.node_id[:36]!r}: {why}"
            yield refused
            yield self._room.us.registration_ack(message.node_id, now_s, accepted=False, reasons=[why])
            yield self._end(f"refused: {why}")
            return
        self._entry = self._enter(message.node_id, now_s)
        yield from self._registered(self._entry, message, now_s)
        yield self._accepted(self._entry, now_s)

    def _accepted(self, entry: Entry, now_s: float) -> Outgoing:
        reasons = [f"{one.severity}: {one.path}: {one.why}" for one in entry.node.findings]
        return self._room.us.registration_ack(entry.node.node, now_s, accepted=True, reasons=reasons)


_FROM_NODES: Final = frozenset({"status_report", "detection_report", "alert", "task_ack", "error"})


class PeerConversation(Conversation):
    """With a middleware, as its fusion node. We say that we are there each STATUS_S."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._status_s: float | None = None
        self.accepted: bool | None = None

    def begin(self, now_s: float) -> Iterator[Outgoing]:
        """Our registration, to be sent first."""
        yield self._room.us.registration(now_s, self._room.sensor_nodes())

    def tick(self, now_s: float) -> Iterator[Outgoing]:
        """Our status, when it is due."""
        if self.accepted is not False and (self._status_s is None or now_s - self._status_s >= STATUS_S):
            new, self._status_s = self._status_s is None, now_s
            yield self._room.us.status(now_s, new=new)

    def _hear(self, message: SapientMessage, payload: bytes, now_s: float) -> Iterator[Step]:
        kind, us = kind_of(message), self._room.us
        if message.node_id.lower() == us.node:
            yield Rejected(reason="id_in_use")
            self._room.notice = "somebody else uses our own node_id at the middleware"
        elif kind == "registration_ack":
            yield from self._answered(message)
        elif kind == "alert_ack":
            yield Aside(encode_frame(payload))
        elif kind == "task":
            yield us.refuse_task(message.node_id, message.task.task_id, now_s)
        elif kind == "registration":
            yield from self._introduced(message, now_s)
        elif kind in _FROM_NODES:
            entry = self._room.entries.get(message.node_id.lower())
            if entry is not None and entry.holder is self:
                yield from self._listen(entry, message, payload, now_s)
            elif kind == "error":
                words = "; ".join(message.error.error_message)[:200] or "without words"
                self._room.notice = f"the middleware sent an error: {words}"
                yield Aside(encode_frame(payload))
            else:
                yield Rejected(reason="unregistered")
        else:
            yield Rejected(reason="unexpected")

    def _answered(self, message: SapientMessage) -> Iterator[Step]:
        """The middleware's answer to our registration; one that is meant for others is none."""
        if message.destination_id and message.destination_id.lower() != self._room.us.node:
            return
        self.accepted = message.registration_ack.acceptance
        if not self.accepted:
            reasons = "; ".join(message.registration_ack.ack_response_reason)[:200] or "no reason given"
            yield self._end(f"the middleware refused our registration: {reasons}")

    def _introduced(self, message: SapientMessage, now_s: float) -> Iterator[Step]:
        refused = self._unseated(message.node_id)
        if refused is not None:
            self._room.notice = f"refused {message.node_id[:36]!r}: {_REFUSALS[refused.reason]}"
            yield refused
            return
        entry = self._room.entries.get(message.node_id.lower())
        if entry is None or entry.holder is not self:
            entry = self._enter(message.node_id, now_s)
        yield from self._registered(entry, message, now_s)
