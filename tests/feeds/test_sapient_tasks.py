"""Whom a person may ask to look: a node whose every declared type is a sensor, and nobody else; what it answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from sapient_msg.bsi_flex_335_v2_0.registration_pb2 import Registration
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from tests.feeds.sapient_peers import sapient_site
from tests.wire import sapient_messages as sm
from vedette.feeds.sapient.keeper import SapientKeeper
from vedette.model import TaskAnswer
from vedette.wire.capture import CaptureKind, Moment
from vedette.wire.sapient.framing import encode_frame
from vedette.wire.sapient.outgoing import NotAllowed, Outgoing
from vedette.wire.sapient.registration import SENSOR_TYPES

TYPES = tuple(Registration.NodeType.values())
PLACE = 36.2, 43.9, 500.0


class Line:
    """A keeper with one node on a line, without a socket."""

    def __init__(self, folder: Path) -> None:
        site = sapient_site(folder, "tcp://127.0.0.1:5020")
        self.keeper = SapientKeeper(site, site.feeds[0])
        self.answers: list[TaskAnswer] = []
        self._hear(Moment(received_s=sm.NOW_S, kind=CaptureKind.OPENED, line=1))

    def says(self, *messages: SapientMessage) -> None:
        for message in messages:
            octets = encode_frame(message.SerializeToString())
            self._hear(Moment(received_s=sm.NOW_S, line=1, octets=octets))

    def _hear(self, moment: Moment) -> None:
        self.answers += [one for one in self.keeper.hear(moment) if isinstance(one, TaskAnswer)]

    def ask(self, task: str = sm.TASK) -> Outgoing:
        room = self.keeper.room
        return room.ask(sm.NODE, sm.NOW_S, lambda to, known: room.us.look_at(to, known, sm.NOW_S, PLACE, task))


def kinds() -> Iterator[tuple[int, ...]]:
    """Every type alone, and all pairs of them; also types that the standard does not name."""
    known = (*TYPES, 99)
    yield from ((one,) for one in known)
    yield from itertools.combinations(known, 2)


def is_sensor(kind: int) -> bool:
    return kind in TYPES and Registration.NodeType.Name(kind).removeprefix("NODE_TYPE_") in SENSOR_TYPES


def test_only_who_is_nothing_but_a_sensor_is_asked(tmp_path: Path) -> None:
    asked = 0
    for types in kinds():
        line = Line(tmp_path)
        line.says(sm.registration(*types))
        if all(map(is_sensor, types)):
            assert line.ask().command == "look_at"
            asked += 1
        else:
            with pytest.raises(NotAllowed, match="only sensors"):
                line.ask()
            assert not line.keeper.room.tasks
    assert asked == len(SENSOR_TYPES) * (len(SENSOR_TYPES) + 1) // 2


@pytest.mark.parametrize("kind", [one for one in TYPES if not is_sensor(one)])
def test_who_registers_as_something_else_is_dropped(tmp_path: Path, kind: int) -> None:
    line = Line(tmp_path)
    line.says(sm.registration())
    task = line.ask().task or ""
    line.says(sm.registration(Registration.NODE_TYPE_RADAR, kind))
    assert [(one.task, one.state) for one in line.answers] == [(task, "dropped")]
    with pytest.raises(NotAllowed, match="only sensors"):
        line.ask()
    late = sm.task_ack()
    late.task_ack.task_id = task
    line.says(late)
    assert len(line.answers) == 1, "what was dropped is not taken up again"


def test_a_node_that_registered_no_such_command_is_not_asked(tmp_path: Path) -> None:
    line, registration = Line(tmp_path), sm.registration()
    del registration.registration.mode_definition[0].task.command[:]
    line.says(registration)
    with pytest.raises(NotAllowed, match="no command to look"):
        line.ask()


def test_its_answers_are_told_and_stand_in_its_row(tmp_path: Path) -> None:
    line = Line(tmp_path)
    line.says(sm.registration())
    task = line.ask().task or ""
    for status in (1, 3):  # accepted, completed
        answer = sm.task_ack()
        answer.task_ack.task_id, answer.task_ack.task_status = task, status
        line.says(answer)
    foreign = sm.task_ack()
    foreign.task_ack.task_id = sm.REPORT
    line.says(foreign)
    assert [(one.sensor, one.task, one.state) for one in line.answers] == [
        ("radar-1", task, "accepted"),
        ("radar-1", task, "completed"),
    ]
    (health,) = [one for one in line.keeper.tick(sm.NOW_S) if getattr(one, "feed", "") == "others/radar-1"]
    assert "look_at: completed" in health.detail  # type: ignore[union-attr]
