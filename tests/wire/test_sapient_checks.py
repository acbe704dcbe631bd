"""Faults that only a node's registration can tell, and which node is a sensor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sapient_msg.bsi_flex_335_v2_0.registration_pb2 import Registration
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from tests.wire import sapient_messages as sm
from vedette.wire.sapient.checks import NodeChecker
from vedette.wire.sapient.registration import SENSOR_TYPES, digest_registration

Change = Callable[[SapientMessage], object]


def faults(*messages: SapientMessage) -> list[tuple[str, str, str]]:
    """Path, rule and severity of the faults of the last of a node's messages."""
    checker = NodeChecker()
    for message in messages[:-1]:
        checker.check(message)
    return [(one.path, one.rule, one.severity) for one in checker.check(messages[-1])]


def detected(change: Change) -> SapientMessage:
    message = sm.detection()
    change(message)
    return message


def test_a_node_as_it_should_be_has_no_fault() -> None:
    for message in (sm.status(), sm.detection(), sm.alert(), sm.task_ack(), sm.error(), sm.goodbye()):
        assert faults(sm.registration(), sm.status(), message) == []


CASES: list[tuple[str, str, Change]] = [
    ("detection_report.location.y", "bad_position", lambda m: setattr(m.detection_report.location, "y", 95.0)),
    ("detection_report.location.x", "bad_position", lambda m: setattr(m.detection_report.location, "x", 200.0)),
    (
        "detection_report.location.coordinate_system",
        "units",
        lambda m: setattr(m.detection_report.location, "datum", sm.GEOID),
    ),
    (
        "detection_report.classification[0].type",
        "class",
        lambda m: m.detection_report.classification.add(type="Ghost", confidence=0.5),
    ),
    (
        "detection_report.classification[0].sub_class[0].type",
        "class",
        lambda m: m.detection_report.classification.add(type="AIR vehicle").sub_class.add(type="Zeppelin", level=1),
    ),
    ("detection_report.behaviour[0].type", "behaviour", lambda m: m.detection_report.behaviour.add(type="loitering")),
    (
        "detection_report.location",
        "swapped",
        lambda m: sm.place(m.detection_report.location, sm.LATITUDE_DEG, sm.LONGITUDE_DEG),
    ),
]


@pytest.mark.parametrize(("path", "rule", "change"), CASES)
def test_what_others_let_through(path: str, rule: str, change: Change) -> None:
    here = sm.status()
    sm.place(here.status_report.node_location, sm.LONGITUDE_DEG, sm.LATITUDE_DEG, 400.0)
    assert faults(sm.registration(), here, detected(change)) == [(path, rule, "error")]


def test_classes_in_another_case_are_registered() -> None:
    right = detected(
        lambda m: m.detection_report.classification.add(type="air VEHICLE").sub_class.add(
            type="uav rotary WING", level=1
        )
    )
    assert faults(sm.registration(), sm.status(), right) == []


def test_velocity_units_stand_in_the_registration_alone() -> None:
    moving = detected(
        lambda m: m.detection_report.enu_velocity.MergeFrom(
            type(m.detection_report.enu_velocity)(east_rate=0.0, north_rate=1.0)
        )
    )
    assert faults(sm.registration(), sm.status(), moving) == []
    without = sm.registration()
    without.registration.mode_definition[0].detection_definition[0].ClearField("velocity_type")
    assert faults(without, sm.status(), moving) == [("detection_report.enu_velocity", "units", "error")]


def test_range_and_bearing_must_be_registered_and_true() -> None:
    polar = sm.registration(polar=True)
    assert faults(polar, sm.status(), sm.bearing()) == []
    assert faults(polar, sm.status(), sm.bearing(range_m=None)) == []
    magnetic = sm.bearing()
    magnetic.detection_report.range_bearing.datum = sm.MAGNETIC
    assert faults(polar, sm.status(), magnetic) == [
        ("detection_report.range_bearing.coordinate_system", "units", "error"),
        ("detection_report.range_bearing.datum", "not_true_north", "warning"),
    ]


def test_modes_must_be_registered() -> None:
    assert faults(sm.registration(), sm.status(mode="SCAN")) == []
    assert faults(sm.registration(), sm.status(mode="Sleep")) == [("status_report.mode", "mode", "error")]
    blind = sm.registration()
    blind.registration.mode_definition[0].ClearField("detection_definition")
    assert faults(blind, sm.status(), sm.detection()) == [("detection_report", "mode", "error")]


def test_object_ids_follow_the_tracking_type() -> None:
    none = sm.registration(tracking=Registration.TRACKING_TYPE_NONE)
    assert faults(none, sm.status(), sm.detection(), sm.detection()) == [
        ("detection_report.object_id", "tracking", "error")
    ]
    other = sm.detection(object_id=sm.REPORT)
    assert faults(none, sm.status(), sm.detection(), other) == []
    assert faults(sm.registration(), sm.status(), sm.detection(), sm.detection()) == []


def test_the_order_of_messages() -> None:
    assert faults(sm.status()) == [("status_report", "order", "error")]
    assert faults(sm.registration_ack()) == []
    assert faults(sm.registration(), sm.status(new=False)) == [("status_report.info", "order", "error")]
    assert faults(sm.registration(), sm.status(), sm.status(new=False, system=2)) == [
        ("status_report.system", "order", "error")
    ]
    assert faults(sm.registration(), sm.status(), sm.goodbye(), sm.detection()) == [
        ("detection_report", "order", "error")
    ]
    assert faults(sm.registration(), sm.detection(node=sm.FUSION)) == [("node_id", "node_id", "error")]
    assert faults(sm.registration(), sm.status(), sm.detection(sm.NOW_S - 1.0)) == [("timestamp", "time", "warning")]
    late = sm.status(sm.NOW_S + 60.0)
    assert faults(sm.registration(), sm.status(), late) == [("status_report", "interval", "warning")]


def test_a_registration_that_contradicts_itself() -> None:
    twice = sm.registration()
    twice.registration.mode_definition.append(twice.registration.mode_definition[0])
    assert ("registration.mode_definition[1].mode_name", "mode", "error") in faults(twice)
    mixed = sm.registration()
    mixed.registration.mode_definition[0].detection_definition[0].location_type.range_bearing_datum = 1
    assert [rule for _, rule, _ in faults(mixed)] == ["units"]
    levels = sm.registration()
    levels.registration.mode_definition[0].detection_definition[0].detection_class_definition[0].class_definition[
        0
    ].sub_class[0].level = 4
    assert [(rule, severity) for _, rule, severity in faults(levels)] == [("level", "warning")]


NAMES = [name for name, number in Registration.NodeType.items() if number]


@pytest.mark.parametrize("first", NAMES)
def test_a_node_is_a_sensor_only_if_each_of_its_types_is(first: str) -> None:
    def only(*names: str) -> bool:
        return digest_registration(
            sm.registration(*map(Registration.NodeType.Value, names)).registration
        ).is_sensor_only

    is_sensor = first.removeprefix("NODE_TYPE_") in SENSOR_TYPES
    assert only(first) is is_sensor
    for second in NAMES:
        assert only(first, second) is (is_sensor and second.removeprefix("NODE_TYPE_") in SENSOR_TYPES)


def test_of_an_endless_registration_the_beginning_is_kept() -> None:
    message = sm.registration()
    for number in range(5000):
        message.registration.mode_definition.add(mode_name=str(number))
    said = message.registration.mode_definition[0].detection_definition[0].detection_class_definition[0]
    for number in range(9000):
        said.class_definition.add(type=str(number))
    known = digest_registration(message.registration)
    assert len(known.modes) == 64
    assert len(known.modes["scan"].classes) == 4096


def test_a_type_that_is_unknown_or_missing_is_no_sensor() -> None:
    assert not digest_registration(sm.registration(99).registration).is_sensor_only
    assert not digest_registration(sm.registration(2, 0).registration).is_sensor_only
    assert not digest_registration(Registration()).is_sensor_only
