"""A dialogue with somebody's node, to find out whether it is conformant: we are the fusion node it talks to.

It is to register, and is acknowledged; to say its status at the interval it registered, and to detect; it is asked
for its status, if it is a sensor, and is to acknowledge that; its alerts are acknowledged; when it leaves it is to say
goodbye. Pure: whoever keeps the line brings octets and times, and sends what comes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from vedette.model import Rejected
from vedette.wire.sapient import ids
from vedette.wire.sapient.checks import LATE_FACTOR, NodeChecker
from vedette.wire.sapient.codec import decode_message, kind_of, sent_s
from vedette.wire.sapient.conformance import Conformance, Report
from vedette.wire.sapient.framing import FrameReader
from vedette.wire.sapient.outgoing import FusionNode, Outgoing
from vedette.wire.sapient.rules import Finding

ANSWER_S: Final = 5.0
"""Time for a task to be acknowledged: the standard names none; a node that needs longer looks dead to its users."""
CLOCK_S: Final = 1.0
"""A node's clock may be off by this much before it is named; Apex, as delivered, takes messages up to 0.9 s old."""


class Examination:
    """One node's examination.

    Args:
        us: who we say that we are. register_s: time for it to register. listen_s: how long it is heard after that.
    """

    def __init__(self, us: FusionNode, began_s: float, *, register_s: float, listen_s: float) -> None:
        self._us, self._began_s = us, began_s
        self._register_s, self._listen_s = register_s, listen_s
        self._conformance = Conformance()
        self._reader = FrameReader()
        self._node: str | None = None
        self._registered_s: float | None = None
        self._status_s: float | None = None
        self._asked: Outgoing | None = None
        self._asked_s = 0.0
        self._answered = False
        self._delay_s: float | None = None
        self._left = False
        self._kinds: set[str] = set()

    def take(self, octets: bytes, now_s: float) -> Iterator[Outgoing]:
        """What a piece of the stream is answered with."""
        for frame in self._reader.feed(octets):
            message = frame if isinstance(frame, Rejected) else decode_message(frame.payload)
            self._conformance.hear(message)
            if isinstance(message, SapientMessage):
                yield from self._hear(message, now_s)

    def tick(self, now_s: float) -> Iterator[Outgoing]:
        """What time alone brings: the task, once the node has said its status or its time for that is over."""
        checker = self._checker
        if self._registered_s is None or self._asked is not None or checker is None or checker.registered is None:
            return
        due_s = self._registered_s + min(ANSWER_S, self._listen_s / 2.0)
        if checker.registered.is_sensor_only and self._node and (self._status_s is not None or now_s >= due_s):
            self._asked, self._asked_s = self._us.request(self._node, checker.registered, now_s, "Status"), now_s
            yield self._asked

    def is_over(self, now_s: float) -> bool:
        """Whether there is nothing more to wait for."""
        if self._registered_s is None:
            return self._left or now_s - self._began_s >= self._register_s
        waiting = self._asked is not None and not self._answered and now_s - self._asked_s < ANSWER_S
        return self._left or self._reader.broken or (now_s - self._registered_s >= self._listen_s and not waiting)

    def close(self, now_s: float, *, by_node: bool) -> Report:
        """The report; `by_node`: the node closed the line."""
        for rejected in self._reader.close():
            self._conformance.hear(rejected)
        if self._registered_s is None:
            self._note("registration", "dialogue", "it did not register", "registration.proto: Registration")
            return self._conformance.report()
        self._judge_status(now_s)
        self._judge_task(now_s, by_node=by_node)
        if "detection_report" not in self._kinds:
            why = "it reported no detection in this time"
            self._note("detection_report", "dialogue", why, "detection_report.proto: DetectionReport", warning=True)
        if by_node and not self._left:
            why = "it closed its connection without saying goodbye"
            self._note("status_report.system", "dialogue", why, _SYSTEM, warning=True)
        if self._delay_s is not None and abs(self._delay_s) > CLOCK_S:
            side = "behind" if self._delay_s > 0.0 else "ahead of"
            why = f"its clock is {abs(self._delay_s):.1f} s {side} ours"
            self._note("timestamp", "time", why, "sapient_message.proto: SapientMessage.timestamp", warning=True)
        return self._conformance.report()

    @property
    def _checker(self) -> NodeChecker | None:
        return None if self._node is None else self._conformance.checker(self._node)

    def _hear(self, message: SapientMessage, now_s: float) -> Iterator[Outgoing]:
        kind, at_s = kind_of(message), sent_s(message)
        self._kinds.add(kind)
        if at_s is not None:
            delay_s = now_s - at_s
            self._delay_s = delay_s if self._delay_s is None else min(delay_s, self._delay_s)
        if kind == "registration":
            self._node = self._node or message.node_id
            self._registered_s = now_s if self._registered_s is None else self._registered_s
            yield self._us.registration_ack(message.node_id, now_s, accepted=True)
        elif kind == "status_report":
            self._status_s = now_s
            self._left = self._left or message.status_report.system == message.status_report.SYSTEM_GOODBYE
        elif kind == "alert" and ids.ULID_FORM.fullmatch(message.alert.alert_id):
            yield self._us.alert_ack(message.node_id, message.alert.alert_id, now_s)
        elif kind == "task_ack":
            self._answered = self._answered or (
                self._asked is not None and message.task_ack.task_id == self._asked.task
            )

    def _judge_status(self, now_s: float) -> None:
        checker = self._checker
        interval_s = checker.registered.status_interval_s if checker and checker.registered else None
        since_s = now_s - (self._registered_s or now_s)
        if self._status_s is None and (interval_s is None or since_s > LATE_FACTOR * interval_s):
            why = f"no status report in {since_s:.0f} s"
            self._note("status_report", "dialogue", why, _INTERVAL)

    def _judge_task(self, now_s: float, *, by_node: bool) -> None:
        if self._asked is None or self._answered:
            return
        if by_node or now_s - self._asked_s >= ANSWER_S:
            why = f"a task (request Status) was not acknowledged within {ANSWER_S:g} s"
            self._note("task_ack", "dialogue", why, "task_ack.proto: TaskAck.task_id")

    def _note(self, path: str, rule: str, why: str, clause: str, *, warning: bool = False) -> None:
        finding = Finding(path=path, rule=rule, why=why, clause=clause, severity="warning" if warning else "error")
        self._conformance.note(finding, self._node)


_SYSTEM: Final = "status_report.proto: StatusReport.System"
_INTERVAL: Final = "registration.proto: Registration.StatusDefinition.status_interval"
