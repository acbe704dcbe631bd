"""What Vedette sends in SAPIENT: conformant by our rules and sapient-pydantic's, and only what is on the list."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from sapient_msg.bsi_flex_335_v2_0.registration_pb2 import Registration
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage
from sapient_msg.bsi_flex_335_v2_0.task_pb2 import Task
from sapient_msg_pydantic.bsi_flex_335_v2_0.sapient_message import SapientMessage as Model

from tests.wire import sapient_messages as sm
from vedette.model import CLASSES, AlertState, Reason, ReleasedAlert, ReleasedTrack
from vedette.wire.sapient.checks import NodeChecker
from vedette.wire.sapient.detections import Detection, decode_detection
from vedette.wire.sapient.framing import Frame, FrameReader
from vedette.wire.sapient.geometry import Geodetic
from vedette.wire.sapient.outgoing import SENT_COMMANDS, SENT_KINDS, FusionNode, NotAllowed, Outgoing, seal
from vedette.wire.sapient.provenance import Provenance
from vedette.wire.sapient.registration import SENSOR_TYPES, Registered, digest_registration

US = FusionNode(site="erbil", name="Erbil", version="0.1.0")
SENSOR = digest_registration(sm.registration().registration)
TRACK = ReleasedTrack(
    track="erbil-T-0007", observed_s=sm.NOW_S, first_s=sm.NOW_S - 30.0, status="confirmed", p_exists=0.97,
    latitude_deg=36.2, longitude_deg=43.9, altitude_ellipsoid_m=520.0, altitude_msl_m=505.0, height_agl_m=96.0,
    velocity_east_mps=0.0, velocity_north_mps=-20.0, velocity_up_mps=None, speed_mps=20.0, course_true_deg=180.0,
    sigma_position_m=9.0, sigma_altitude_m=12.0, ellipse_major_m=10.0, ellipse_minor_m=8.0,
    ellipse_azimuth_true_deg=0.0, p_classes=(0.7, 0.1, 0.1, 0.05, 0.05), class_="uav_rotary", p_class=0.7,
    identity="rid:SECRET", cooperation="claimed", sensors={"radar-1": sm.NOW_S, "camera": sm.NOW_S - 2.0},
)  # fmt: skip
LEAST = ReleasedTrack(
    track="erbil-T-0007", observed_s=sm.NOW_S, first_s=sm.NOW_S - 30.0, status="confirmed", p_exists=0.97,
    latitude_deg=36.2, longitude_deg=43.9,
)  # fmt: skip
"""All that a rule cannot withhold."""
ALERT = ReleasedAlert(
    alert="erbil-A-0001", rule="uav-near-zone", priority=1, state=AlertState.RAISED, track=TRACK.track, zone="fence",
    title="Drone inside Fence", raised_s=sm.NOW_S, changed_s=sm.NOW_S, time_to_s=0.0, distance_m=0.0,
    reasons=(Reason(text="inside Fence"),), latitude_deg=36.2, longitude_deg=43.9,
)  # fmt: skip


def opened(outgoing: Outgoing) -> SapientMessage:
    (frame,) = FrameReader().feed(outgoing.octets)
    assert isinstance(frame, Frame)
    message = SapientMessage.FromString(frame.payload)
    assert message.WhichOneof("content") == outgoing.kind
    return message


def track_report(**changes: object) -> SapientMessage:
    changed = msgspec.structs.replace(TRACK, **changes)
    return opened(US.track(changed, sm.NOW_S, {"radar-1": (sm.NODE, sm.OBJECT)}))


SENT: dict[str, Callable[[], Outgoing | None]] = {
    "registration": lambda: US.registration(sm.NOW_S, [sm.NODE]),
    "status": lambda: US.status(sm.NOW_S, new=True),
    "goodbye": lambda: US.goodbye(sm.NOW_S),
    "registration_ack": lambda: US.registration_ack(sm.NODE, sm.NOW_S, accepted=False, reasons=["x" * 1000, " "]),
    "alert_ack": lambda: US.alert_ack(sm.NODE, sm.REPORT, sm.NOW_S),
    "error": lambda: US.error(sm.NODE, bytes(9000), [], sm.NOW_S),
    "refuse_task": lambda: US.refuse_task(sm.NODE, sm.TASK, sm.NOW_S),
    "track": lambda: US.track(TRACK, sm.NOW_S, {}),
    "track, the least": lambda: US.track(LEAST, sm.NOW_S, {}),
    "track, not live": lambda: US.track(TRACK, sm.NOW_S, {}, mark="REPLAY"),
    "track, lost": lambda: US.track(TRACK, sm.NOW_S + 1.0, {}, lost=True),
    "alert": lambda: US.alert(ALERT, sm.NOW_S, TRACK),
    "alert, on what was not told": lambda: US.alert(
        msgspec.structs.replace(ALERT, track=None, reasons=None, latitude_deg=None, longitude_deg=None), sm.NOW_S, None
    ),
    "look_at": lambda: US.look_at(sm.NODE, SENSOR, sm.NOW_S, (36.2, 43.9, None)),
    "mode_change": lambda: US.mode_change(sm.NODE, SENSOR, sm.NOW_S, "SCAN"),
    "request": lambda: US.request(sm.NODE, SENSOR, sm.NOW_S, "Status"),
}


def test_every_encoder_is_here() -> None:
    encoders = {name for name in vars(FusionNode) if not name.startswith("_")} - set(FusionNode.__struct_fields__)
    assert encoders - {"node", "sensor_node", "object_id"} == {name.partition(",")[0] for name in SENT}


@pytest.mark.parametrize("name", SENT)
def test_what_is_sent_is_conformant_and_on_the_list(name: str) -> None:
    outgoing = SENT[name]()
    assert outgoing is not None
    message = opened(outgoing)
    assert outgoing.kind in SENT_KINDS
    Model.from_pb2(message)
    checker = NodeChecker()
    assert checker.check(opened(US.registration(sm.NOW_S))) == ()
    checker.check(opened(US.status(sm.NOW_S, new=True)))
    assert checker.check(message) == ()


def test_a_track_is_a_detection_with_what_it_is_derived_from() -> None:
    report = track_report().detection_report
    known, ours = sorted(report.derived_detection, key=lambda one: one.node_id != sm.NODE)
    assert (known.node_id, known.object_id, known.timestamp.ToSeconds()) == (sm.NODE, sm.OBJECT, int(sm.NOW_S))
    assert (ours.node_id, ours.timestamp.ToSeconds()) == (US.sensor_node("camera"), int(sm.NOW_S) - 2)
    assert b"SECRET" not in report.SerializeToString()
    back = decode_detection(
        track_report(), digest_registration(opened(US.registration(sm.NOW_S)).registration), "watch"
    )
    assert isinstance(back, Detection)
    assert isinstance(back.where, Geodetic)
    assert (back.where.latitude_deg, back.where.longitude_deg, back.where.altitude_ellipsoid_m) == (36.2, 43.9, 520.0)
    assert back.where.sigma_position_m == 9.0
    assert back.velocity is not None
    assert (back.velocity.east_mps, back.velocity.north_mps, back.velocity.up_mps) == (0.0, -20.0, None)
    assert back.p_classes is not None
    for name, p in zip(CLASSES, back.p_classes, strict=True):
        assert p == pytest.approx(TRACK.p_classes[CLASSES.index(name)], abs=0.06), name


def test_a_tracks_parts_are_the_detections_of_its_sensors_at_its_times() -> None:
    provenance = Provenance()
    for sensor, object_id, at_s, y in (
        ("radar-1", sm.REPORT, sm.NOW_S, 36.3),
        ("radar-1", sm.OBJECT, sm.NOW_S, 36.2001),
        ("radar-1", sm.TASK, sm.NOW_S - 1.0, 36.2),
        ("camera", sm.TASK, sm.NOW_S - 2.0, 36.2),
        ("other", sm.TASK, sm.NOW_S, 36.2),
    ):
        seen = decode_detection(sm.detection(at_s, object_id=object_id, x=43.9, y=y))
        assert isinstance(seen, Detection)
        provenance.note(sensor, seen)
    assert provenance.parts_of(TRACK) == {"radar-1": (sm.NODE, sm.OBJECT), "camera": (sm.NODE, sm.TASK)}
    elsewhere = msgspec.structs.replace(TRACK, latitude_deg=36.25)
    assert provenance.parts_of(elsewhere) == {"camera": (sm.NODE, sm.TASK)}
    assert Provenance().parts_of(TRACK) == {}


def test_ids_last_as_long_as_what_they_name() -> None:
    first, later, other = track_report(), track_report(observed_s=sm.NOW_S + 1.0), track_report(track="erbil-T-0008")
    assert first.detection_report.object_id == later.detection_report.object_id != other.detection_report.object_id
    assert first.detection_report.report_id != later.detection_report.report_id
    assert first.node_id == US.node == FusionNode(site="erbil", name="x", version="9").node
    assert first.node_id != FusionNode(site="split", name="Erbil", version="0.1.0").node


def test_what_is_not_released_is_not_in_the_message() -> None:
    report = opened(US.track(LEAST, sm.NOW_S, {"radar-1": (sm.NODE, sm.OBJECT)})).detection_report
    assert not [*report.derived_detection, *report.classification, *report.object_info]
    assert not report.HasField("enu_velocity")
    assert {field.name for field, _ in report.location.ListFields()} == {"x", "y", "coordinate_system", "datum"}


def test_what_is_not_live_or_lost_says_so() -> None:
    (said,) = opened(US.track(TRACK, sm.NOW_S, {}, mark="REPLAY")).detection_report.object_info
    assert (said.type, said.value) == ("Origin", "REPLAY")
    assert opened(US.alert(ALERT, sm.NOW_S, None, mark="TEST")).alert.description == "TEST Drone inside Fence"
    lost = opened(US.track(TRACK, sm.NOW_S + 9.0, {}, lost=True))
    assert lost.detection_report.state == "lost"
    assert lost.timestamp.ToMicroseconds() == round((sm.NOW_S + 9.0) * 1e6)
    assert lost.detection_report.object_id == track_report().detection_report.object_id


@pytest.mark.parametrize(
    ("state", "status"), [(AlertState.RAISED, 1), (AlertState.ACKNOWLEDGED, 2), (AlertState.CLEARED, 5)]
)
def test_an_alert_keeps_its_id_through_its_states(state: AlertState, status: int) -> None:
    message = opened(US.alert(msgspec.structs.replace(ALERT, state=state), sm.NOW_S, None))
    assert message.alert.alert_id == opened(US.alert(ALERT, sm.NOW_S + 9.0, TRACK)).alert.alert_id
    assert message.alert.status == status
    assert not message.alert.associated_detection


def commanded(field: str) -> SapientMessage:
    message = sm.task()
    command = message.task.command
    inner = command.DESCRIPTOR.fields_by_name[field]
    if inner.message_type is not None:
        getattr(command, field).SetInParent()
    else:
        setattr(command, field, "Scan" if inner.type == inner.TYPE_STRING else 1)
    return message


@pytest.mark.parametrize("field", [one.name for one in Task.Command.DESCRIPTOR.oneofs_by_name["command"].fields])
def test_only_three_commands_pass_the_door(field: str) -> None:
    if field in SENT_COMMANDS:
        assert seal(commanded(field)).command == field
    else:
        with pytest.raises(NotAllowed):
            seal(commanded(field))


def test_the_list_is_as_it_was_decided() -> None:
    assert {"look_at", "mode_change", "request"} == SENT_COMMANDS
    acting = {"KINETIC", "JAMMER", "CYBER", "LDEW", "RFDEW", "MOBILE_NODE", "POINTABLE_NODE"}
    unsaid = {"FUSION_NODE", "HUMAN", "OTHER", "UNSPECIFIED"}
    named = {name.removeprefix("NODE_TYPE_") for name in Registration.NodeType.keys()}  # noqa: SIM118 - it is no dict
    assert acting | unsaid == named - SENSOR_TYPES


def test_regions_empty_tasks_and_acceptances_do_not_pass() -> None:
    with_region, empty = sm.task(), sm.task()
    with_region.task.region.add()
    empty.task.ClearField("command")
    for message in (with_region, empty, sm.task_ack(accepted=True), sm.envelope()):
        with pytest.raises(NotAllowed):
            seal(message)


NAMES = [name for name, number in Registration.NodeType.items() if number]


def registered_as(*names: str) -> Registered:
    return digest_registration(sm.registration(*map(Registration.NodeType.Value, names)).registration)


ASKS: list[Callable[[Registered], Outgoing]] = [
    lambda known: US.look_at(sm.NODE, known, sm.NOW_S, (36.2, 43.9, None)),
    lambda known: US.mode_change(sm.NODE, known, sm.NOW_S, "Scan"),
    lambda known: US.request(sm.NODE, known, sm.NOW_S, "Status"),
]


@pytest.mark.parametrize("first", NAMES)
def test_only_sensors_are_tasked_alone_and_in_pairs(first: str) -> None:
    for second in (None, *NAMES):
        names = [first] if second is None else [first, second]
        sensors = all(name.removeprefix("NODE_TYPE_") in SENSOR_TYPES for name in names)
        for ask in ASKS:
            if sensors:
                assert ask(registered_as(*names)).kind == "task"
            else:
                with pytest.raises(NotAllowed, match="only sensors"):
                    ask(registered_as(*names))


def test_nodes_of_no_or_unknown_type_are_not_tasked() -> None:
    for known in (digest_registration(Registration()), digest_registration(sm.registration(99).registration)):
        with pytest.raises(NotAllowed):
            US.request(sm.NODE, known, sm.NOW_S, "Status")


def test_modes_and_requests_are_those_there_are() -> None:
    with pytest.raises(NotAllowed):
        US.mode_change(sm.NODE, SENSOR, sm.NOW_S, "Attack")
    for what in ("Reset", "Start", "Stop", "Fire", ""):
        with pytest.raises(NotAllowed):
            US.request(sm.NODE, SENSOR, sm.NOW_S, what)
