"""SAPIENT framing, codec and rules: recorded bytes, and every rule by a message that breaks it alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from hypothesis import given
from hypothesis import strategies as st
from sapient_msg import proto_options_pb2 as options
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from tests.wire import sapient_messages as sm
from vedette.model import Rejected
from vedette.wire.sapient import ids
from vedette.wire.sapient.codec import (
    Received,
    decode_json,
    decode_message,
    kind_of,
    looks_like_sapient,
    read_messages,
    sent_s,
)
from vedette.wire.sapient.framing import MAX_BYTES, Frame, FrameReader, encode_frame
from vedette.wire.sapient.rules import check_rules, clause_of

RECORDED = bytes.fromhex(
    "0a060880e2cfaa06122435663062366335652d386434662d346434332d396432662d3061366332613166376231303a5e0a1a3031484637594154"
    "303041414141414141414141414141414141121a3031484637594154303042424242424242424242424242424242321f09ecc039234afb454011"
    "cac342ad691e4240190000000000407f40380140013d6666663f"
)
"""A detection as sapient-proto 0.1.0 writes it."""


def test_recorded_bytes_become_the_message() -> None:
    message = decode_message(RECORDED)
    assert isinstance(message, SapientMessage)
    assert kind_of(message) == "detection_report"
    assert sent_s(message) == sm.NOW_S
    assert message == sm.detection()
    assert (message.detection_report.location.x, message.detection_report.location.y) == (43.9632, 36.2376)
    assert not message.detection_report.location.HasField("x_error")
    assert check_rules(message) == ()


@given(cuts=st.lists(st.integers(1, 40), max_size=60))
def test_frames_come_whole_from_pieces_of_any_size(cuts: list[int]) -> None:
    payloads = [make().SerializeToString() for make in sm.EVERY.values()]
    stream, reader, found, at = b"".join(map(encode_frame, payloads)), FrameReader(), [], 0
    for cut in (*cuts, len(stream)):
        found += reader.feed(stream[at : at + cut])
        at += cut
    assert [one.payload for one in found if isinstance(one, Frame)] == payloads
    assert [one.offset for one in found] == [sum(4 + len(p) for p in payloads[:n]) for n in range(len(payloads))]
    assert list(reader.close()) == []


def test_bad_frames_are_rejected_with_their_place() -> None:
    good = encode_frame(b"1234")
    reader = FrameReader(max_bytes=100)
    assert list(reader.feed(good + encode_frame(b"") + good)) == [
        Frame(payload=b"1234"),
        Rejected(reason="empty", offset=8),
        Frame(payload=b"1234", offset=12),
    ]
    assert list(reader.feed(good + (101).to_bytes(4, "little") + b"garbage")) == [
        Frame(payload=b"1234", offset=20),
        Rejected(reason="oversized", raw=b"\x65\0\0\0garbage", offset=28),
    ]
    assert reader.broken
    assert list(reader.feed(good)) == []
    reader = FrameReader()
    assert list(reader.feed(good[:-1])) == []
    assert list(reader.close()) == [Rejected(reason="truncated", raw=good[:-1], offset=0)]


def test_a_frame_is_held_up_to_its_bound_and_no_further() -> None:
    reader = FrameReader(max_bytes=1000)
    assert list(reader.feed((1000).to_bytes(4, "little") + bytes(999))) == []
    assert [one.payload for one in reader.feed(b"\0") if isinstance(one, Frame)] == [bytes(1000)]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [(b"\xff\xff", "bad_message"), (b"\x0a", "bad_message"), (sm.envelope().SerializeToString(), "no_content")],
)
def test_what_is_no_message(payload: bytes, reason: str) -> None:
    found = decode_message(payload, 7)
    assert isinstance(found, Rejected)
    assert (found.reason, found.offset) == (reason, 7)


@pytest.mark.parametrize("kind", sm.EVERY)
@pytest.mark.parametrize("proto_names", [False, True])
def test_json_in_both_spellings_is_the_same_message(kind: str, proto_names: bool) -> None:
    message = sm.EVERY[kind]()
    assert decode_json(sm.as_json(message, proto_names=proto_names)) == message
    assert looks_like_sapient(sm.as_json(message))
    assert looks_like_sapient(encode_frame(message.SerializeToString()))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "bad_json"),
        (b"[]", "bad_json"),
        (b"\xff{}", "bad_json"),
        (b'{"task": {"half\xed\xa2\xb3": 1}}', "bad_json"),
        (b'{"task": {"half\\ud8b3": 1}}', "bad_json"),
        (b'{"nodeId": 5}', "bad_message"),
        (b'{"nothing": 1}', "bad_message"),
        (b'{"timestamp": "yesterday"}', "bad_message"),
        (b'{"nodeId": "x"}', "no_content"),
        (b'{"task": ' + b'{"region":' * 3000, "bad_json"),
        (b" " * (MAX_BYTES + 1), "oversized"),
    ],
)
def test_what_is_no_json_message(line: bytes, reason: str) -> None:
    found = decode_json(line)
    assert isinstance(found, Rejected)
    assert found.reason == reason


def test_a_file_is_read_to_its_cut_end() -> None:
    messages = [make() for make in sm.EVERY.values()]
    framed = b"".join(encode_frame(m.SerializeToString()) for m in messages)
    lines = b"\n".join(map(sm.as_json, messages))
    for octets in (framed, lines):
        found = list(read_messages(octets[:-3]))
        assert [one.message for one in found if isinstance(one, Received)] == messages[:-1]
        assert isinstance(found[-1], Rejected)
        assert found[-1].reason == "truncated"


@pytest.mark.parametrize(
    "octets", [b"", b"\x05\0\0\0", b"{}", b"{\n", b"GARBAGE, more of it", bytes(40), b"\x1a2" * 30]
)
def test_other_files_are_no_sapient(octets: bytes) -> None:
    assert not looks_like_sapient(octets)


@pytest.mark.parametrize("kind", sm.EVERY)
def test_messages_as_they_should_be_have_no_fault(kind: str) -> None:
    assert check_rules(sm.EVERY[kind]()) == ()


Change = Callable[[SapientMessage], object]


def changed(kind: str, change: Change) -> SapientMessage:
    message = sm.EVERY[kind]()
    change(message)
    return message


def set_to(path: str, value: Any) -> Change:
    def change(message: SapientMessage) -> None:
        *owners, field = path.split(".")
        at: Any = message
        for part in owners:
            name, _, index = part.partition("[")
            at = getattr(at, name)
            if index:
                at = at[int(index[:-1])] if int(index[:-1]) < len(at) else at.add()
        setattr(at, field, value)

    return change


def nested(message: SapientMessage) -> None:
    at = message.detection_report.classification.add(type="a")
    for level in range(1, 60):
        at = at.sub_class.add(type="a", level=level)


BROKEN: list[tuple[str, str, str, Change]] = [
    ("registration", "registration.icd_version", "version", set_to("registration.icd_version", "BSI Flex 335 v1.0")),
    ("registration", "registration.icd_version", "version", set_to("registration.icd_version", "BSI_Flex_335_v2.0")),
    (
        "registration",
        "registration.mode_definition[0].task.concurrent_tasks",
        "mandatory",
        lambda m: m.registration.mode_definition[0].task.ClearField("concurrent_tasks"),
    ),
    (
        "registration",
        "registration.dependent_nodes[1]",
        "uuid",
        lambda m: m.registration.dependent_nodes.extend([sm.NODE, "x"]),
    ),
    (
        "registration",
        "registration.mode_definition[0].task.region_definition.region_type[0]",
        "enum",
        lambda m: m.registration.mode_definition[0].task.region_definition.region_type.__setitem__(0, 0),
    ),
    (
        "registration",
        "registration.node_definition[0].node_type",
        "enum",
        set_to("registration.node_definition[0].node_type", 99),
    ),
    (
        "registration",
        "registration.capabilities[0].category",
        "mandatory",
        set_to("registration.capabilities[0].category", " "),
    ),
    (
        "registration",
        "registration.status_definition.status_interval.value",
        "range",
        set_to("registration.status_definition.status_interval.value", -1.0),
    ),
    ("detection_report", "node_id", "uuid", set_to("node_id", "radar-1")),
    ("detection_report", "node_id", "uuid", set_to("node_id", sm.NODE.replace("-", ""))),
    ("detection_report", "destination_id", "uuid", set_to("destination_id", "")),
    ("detection_report", "detection_report.report_id", "ulid", set_to("detection_report.report_id", "8" + "0" * 25)),
    ("detection_report", "detection_report.object_id", "ulid", set_to("detection_report.object_id", "I" * 26)),
    ("detection_report", "detection_report.task_id", "ulid", set_to("detection_report.task_id", "")),
    (
        "detection_report",
        "detection_report.detection_confidence",
        "range",
        set_to("detection_report.detection_confidence", 7.0),
    ),
    (
        "detection_report",
        "detection_report.detection_confidence",
        "number",
        set_to("detection_report.detection_confidence", math.nan),
    ),
    ("detection_report", "detection_report.location.x", "number", set_to("detection_report.location.x", math.inf)),
    (
        "detection_report",
        "detection_report.location.x_error",
        "range",
        set_to("detection_report.location.x_error", -1.0),
    ),
    ("detection_report", "detection_report.location.datum", "enum", set_to("detection_report.location.datum", 0)),
    (
        "detection_report",
        "detection_report.classification[0].sub_class[0].confidence",
        "range",
        lambda m: m.detection_report.classification.add(type="a").sub_class.add(type="b", level=1, confidence=1.1),
    ),
    (
        "detection_report",
        "detection_report.prediction_location.range_bearing|location",
        "mandatory",
        lambda m: m.detection_report.prediction_location.predicted_timestamp.FromSeconds(1),
    ),
    (
        "detection_report",
        "detection_report.derived_detection[0].timestamp",
        "mandatory",
        lambda m: m.detection_report.derived_detection.add(node_id=sm.NODE, object_id=sm.OBJECT),
    ),
    ("detection_report", "timestamp", "time", lambda m: setattr(m.timestamp, "nanos", -1)),
    ("detection_report", "timestamp", "time", lambda m: setattr(m.timestamp, "seconds", 1 << 60)),
    ("status_report", "status_report.system", "enum", set_to("status_report.system", 4)),
    ("status_report", "status_report.power.level", "range", set_to("status_report.power.level", 101)),
    ("alert", "alert.ranking", "range", set_to("alert.ranking", 2.0)),
    ("alert", "alert.alert_type", "enum", set_to("alert.alert_type", 0)),
    (
        "task",
        "task.command.follow.follow_object_id",
        "ulid",
        lambda m: setattr(m.task.command.follow, "follow_object_id", "everything"),
    ),
    ("task", "task.command.follow.follow_object_id", "mandatory", lambda m: m.task.command.follow.SetInParent()),
    ("task", "task.command.detection_threshold", "enum", set_to("task.command.detection_threshold", 0)),
    ("error", "error.error_message", "mandatory", lambda m: m.error.ClearField("error_message")),
    ("error", "error.error_message[0]", "mandatory", lambda m: m.error.error_message.__setitem__(0, "")),
]


@pytest.mark.parametrize(("kind", "path", "rule", "change"), BROKEN)
def test_each_rule_finds_its_fault_and_nothing_else(kind: str, path: str, rule: str, change: Change) -> None:
    (found,) = check_rules(changed(kind, change))
    assert (found.path, found.rule, found.severity) == (path, rule, "error")
    assert ".proto: " in found.clause


def test_a_fault_too_deep_is_named_and_not_followed() -> None:
    assert [one.rule for one in check_rules(changed("detection_report", nested))] == ["depth"]


def test_what_others_refuse_is_a_warning() -> None:
    cases = [
        ("node_id", set_to("node_id", sm.NODE.upper())),
        ("node_id", set_to("node_id", "5f0b6c5e-8d4f-1d43-9d2f-0a6c2a1f7b10")),
        ("detection_report.object_id", set_to("detection_report.object_id", sm.OBJECT.lower())),
        ("detection_report", lambda m: m.detection_report.MergeFromString(b"\xfa\x01\x01x")),
    ]
    for path, change in cases:
        (found,) = check_rules(changed("detection_report", change))
        assert (found.path, found.severity) == (path, "warning")


def test_a_zero_is_a_value() -> None:
    message = sm.detection(x=0.0, y=0.0, z=0.0)
    message.detection_report.enu_velocity.east_rate = 0.0
    message.detection_report.enu_velocity.north_rate = 0.0
    assert check_rules(message) == ()


def mandatory_fields(message: Any, path: str) -> list[tuple[str, Any, FieldDescriptor]]:
    """Every present field of a message that is marked mandatory: path, owner, descriptor."""
    found = []
    for field, value in message.ListFields():
        here = f"{path}{field.name}"
        if field.GetOptions().Extensions[options.field_options].is_mandatory:
            found.append((here, message, field))
        inner: Descriptor | None = field.message_type
        if inner is None or not inner.full_name.startswith("sapient_msg."):
            continue
        for index, one in enumerate(value) if field.is_repeated else ((None, value),):
            found += mandatory_fields(one, f"{here}." if index is None else f"{here}[{index}].")
    return found


@pytest.mark.parametrize("kind", sm.EVERY)
def test_every_mandatory_field_that_is_left_out_is_named(kind: str) -> None:
    paths = [path for path, *_ in mandatory_fields(sm.EVERY[kind](), "")]
    assert "node_id" in paths
    for number, path in enumerate(paths):
        message = sm.EVERY[kind]()
        _, owner, field = mandatory_fields(message, "")[number]
        owner.ClearField(field.name)
        assert [(one.path, one.rule) for one in check_rules(message)] == [(path, "mandatory")]


def test_one_of_must_be_there() -> None:
    message = sm.detection()
    message.detection_report.ClearField("location")
    (found,) = check_rules(message)
    assert (found.path, found.rule) == ("detection_report.range_bearing|location", "mandatory")
    assert check_rules(sm.envelope())[0].rule == "mandatory"


def test_findings_of_one_message_are_bounded() -> None:
    message = sm.registration()
    message.registration.dependent_nodes.extend(["x"] * 10_000)
    assert len(check_rules(message)) == 200


def test_clauses_name_the_place_in_the_standards_files() -> None:
    assert clause_of("detection_report.location.y") == "location.proto: Location.y"
    assert clause_of("registration.mode_definition[3].task") == "registration.proto: Registration.ModeDefinition.task"


@given(name=st.text(), at_s=st.floats(-1e12, 1e12))
def test_our_ids_are_well_formed_and_the_same_each_time(name: str, at_s: float) -> None:
    assert ids.STRICT_UUID_FORM.fullmatch(ids.uuid_of(name))
    assert ids.STRICT_ULID_FORM.fullmatch(ids.ulid_of(name, at_s))
    assert ids.ulid_of(name, at_s) == ids.ulid_of(name, at_s)


def test_a_ulid_holds_its_time() -> None:
    from ulid import ULID

    assert ULID.from_str(ids.ulid_of("erbil-T-0007", sm.NOW_S)).timestamp == sm.NOW_S
    assert ids.ulid_of("a", sm.NOW_S) != ids.ulid_of("b", sm.NOW_S)
    assert ids.ulid_of("b", sm.NOW_S) < ids.ulid_of("a", sm.NOW_S + 0.001)
