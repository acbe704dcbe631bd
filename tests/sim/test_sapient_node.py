"""The simulated SAPIENT node: conformant, the same each time, and near the truth it flies."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.wire import sapient_messages as sm
from vedette.geo import distance_azimuth
from vedette.sim.sapient_node import NodeKind, SimulatedNode
from vedette.wire.sapient.checks import NodeChecker
from vedette.wire.sapient.codec import kind_of

PLACE = sm.LATITUDE_DEG, sm.LONGITUDE_DEG, 430.0


def said(kind: NodeKind, seed: int, seconds: int = 60) -> list[sm.SapientMessage]:
    node = SimulatedNode(kind, PLACE, seed, sm.NOW_S)
    messages = [node.registration(sm.NOW_S), node.status(sm.NOW_S)]
    for second in range(seconds):
        messages += node.detections(sm.NOW_S + second)
        if second % 5 == 4:
            messages.append(node.status(sm.NOW_S + second))
    answer = node.answer(sm.task(), sm.NOW_S + seconds)
    assert answer is not None
    return [*messages, answer, node.goodbye(sm.NOW_S + seconds)]


@pytest.mark.parametrize("kind", ["radar", "camera"])
def test_it_is_conformant_and_sends_what_a_sensor_sends(kind: NodeKind) -> None:
    checker = NodeChecker()
    for message in said(kind, 3):
        assert checker.check(message) == ()
    assert {kind_of(m) for m in said(kind, 3)} == {"registration", "status_report", "detection_report", "task_ack"}
    assert checker.registered is not None
    assert checker.registered.is_sensor_only


@pytest.mark.parametrize("kind", ["radar", "camera"])
def test_a_seed_makes_it_the_same(kind: NodeKind) -> None:
    first, again, other = ([m.SerializeToString(deterministic=True) for m in said(kind, seed)] for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_its_drone_flies_on_one_line() -> None:
    objects: dict[str, list[tuple[float, float]]] = {}
    for message in said("radar", 1, 120):
        if kind_of(message) == "detection_report":
            where = message.detection_report.location
            objects.setdefault(message.detection_report.object_id, []).append((where.y, where.x))
    drone = max(objects.values(), key=len)
    assert len(drone) > 90
    steps_m = [distance_azimuth(*a, *b)[0] for a, b in pairwise(drone)]
    assert max(steps_m) < 200.0


def test_it_refuses_what_a_sensor_does_not_do() -> None:
    node = SimulatedNode("radar", PLACE, 1, sm.NOW_S)
    moved = sm.task()
    moved.task.command.move_to.SetInParent()
    answer = node.answer(moved, sm.NOW_S)
    assert answer is not None
    assert answer.task_ack.task_status == 2
    assert node.answer(sm.alert_ack(), sm.NOW_S) is None
