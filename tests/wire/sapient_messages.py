"""SAPIENT messages by sapient-proto's own classes and encoder: a radar node as it should be, to be changed by tests."""

from __future__ import annotations

from collections.abc import Callable

from google.protobuf import json_format
from sapient_msg.bsi_flex_335_v2_0.registration_pb2 import Registration
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage
from sapient_msg.bsi_flex_335_v2_0.status_report_pb2 import StatusReport
from sapient_msg.bsi_flex_335_v2_0.task_pb2 import Task

NODE = "5f0b6c5e-8d4f-4d43-9d2f-0a6c2a1f7b10"
FUSION = "0c2f7a9e-51cf-4a8e-8a52-3a1d1c7f0e44"
NOW_S = 1_700_000_000.0
REPORT = "01HF7YAT00AAAAAAAAAAAAAAAA"
OBJECT = "01HF7YAT00BBBBBBBBBBBBBBBB"
TASK = "01HF7YAT00CCCCCCCCCCCCCCCC"
LONGITUDE_DEG, LATITUDE_DEG = 43.9632, 36.2376
DEG_M, RAD_M, UTM_M = 1, 2, 5
ELLIPSOID, GEOID = 1, 2
TRUE, MAGNETIC = 1, 2


def envelope(at_s: float = NOW_S, node: str = NODE, to: str | None = None) -> SapientMessage:
    message = SapientMessage(node_id=node)
    message.timestamp.FromNanoseconds(round(at_s * 1e6) * 1000)
    if to is not None:
        message.destination_id = to
    return message


def registration(
    *types: int,
    at_s: float = NOW_S,
    node: str = NODE,
    polar: bool = False,
    tracking: int = Registration.TRACKING_TYPE_TRACKLET,
) -> SapientMessage:
    """A radar (or `types`) that reports degrees over the ellipsoid, or range and bearing; km/h; four classes."""
    message = envelope(at_s, node)
    said = message.registration
    for kind in types or (Registration.NODE_TYPE_RADAR,):
        said.node_definition.add(node_type=kind)
    said.icd_version, said.name, said.short_name = "BSI Flex 335 v2.0", "Test radar", "R1"
    said.capabilities.add(category="Radar", type="Maximum range", value="5000", units="m")
    said.status_definition.status_interval.units = Registration.TIME_UNITS_SECONDS
    said.status_definition.status_interval.value = 5.0
    said.config_data.add(manufacturer="Vedette", model="Test")
    mode = said.mode_definition.add(mode_name="Scan", mode_type=Registration.MODE_TYPE_DEFAULT, tracking_type=tracking)
    mode.settle_time.units, mode.settle_time.value = Registration.TIME_UNITS_SECONDS, 0.0
    definition = mode.detection_definition.add()
    if polar:
        definition.location_type.range_bearing_units = DEG_M
        definition.location_type.range_bearing_datum = TRUE
    else:
        definition.location_type.location_units = DEG_M
        definition.location_type.location_datum = ELLIPSOID
    definition.velocity_type.enu_velocity_units.east_north_rate_units = 2  # km/h
    definition.velocity_type.enu_velocity_units.up_rate_units = 1  # m/s
    definition.velocity_type.location_datum = ELLIPSOID
    classes = definition.detection_class_definition.add(confidence_definition=1)
    air = classes.class_definition.add(type="Air Vehicle")
    for name in ("UAV Rotary Wing", "UAV Fixed Wing", "Manned Fixed Wing"):
        air.sub_class.add(type=name, level=1)
    classes.class_definition.add(type="Animal").sub_class.add(type="Bird", level=1)
    mode.task.concurrent_tasks = 0
    mode.task.region_definition.region_type.append(Registration.REGION_TYPE_AREA_OF_INTEREST)
    mode.task.region_definition.region_area.add(location_units=DEG_M, location_datum=ELLIPSOID)
    command = mode.task.command.add(units="degrees", type=Registration.COMMAND_TYPE_LOOK_AT)
    command.completion_time.units, command.completion_time.value = Registration.TIME_UNITS_SECONDS, 2.0
    return message


def status(
    at_s: float = NOW_S, *, node: str = NODE, mode: str = "Scan", new: bool = True, system: int = 1
) -> SapientMessage:
    message = envelope(at_s, node)
    said = message.status_report
    said.report_id, said.mode, said.system = REPORT, mode, system
    said.info = StatusReport.INFO_NEW if new else StatusReport.INFO_UNCHANGED
    return message


def place(
    where: object, x: float, y: float, z: float | None = None, system: int = DEG_M, datum: int = ELLIPSOID
) -> None:
    where.x, where.y, where.coordinate_system, where.datum = x, y, system, datum  # type: ignore[attr-defined]
    if z is not None:
        where.z = z  # type: ignore[attr-defined]


def detection(
    at_s: float = NOW_S,
    *,
    node: str = NODE,
    object_id: str = OBJECT,
    x: float = LONGITUDE_DEG,
    y: float = LATITUDE_DEG,
    z: float | None = 500.0,
) -> SapientMessage:
    message = envelope(at_s, node)
    said = message.detection_report
    said.report_id, said.object_id = REPORT, object_id
    place(said.location, x, y, z)
    said.detection_confidence = 0.9
    return message


def bearing(
    at_s: float = NOW_S, *, node: str = NODE, azimuth: float = 90.0, range_m: float | None = 1000.0
) -> SapientMessage:
    message = envelope(at_s, node)
    said = message.detection_report
    said.report_id, said.object_id = REPORT, OBJECT
    said.range_bearing.azimuth, said.range_bearing.elevation = azimuth, 5.0
    if range_m is not None:
        said.range_bearing.range = range_m
    said.range_bearing.coordinate_system, said.range_bearing.datum = DEG_M, TRUE
    return message


def goodbye(at_s: float = NOW_S, node: str = NODE) -> SapientMessage:
    return status(at_s, node=node, system=StatusReport.SYSTEM_GOODBYE)


def alert(at_s: float = NOW_S, node: str = NODE) -> SapientMessage:
    message = envelope(at_s, node)
    message.alert.alert_id, message.alert.alert_type, message.alert.status = REPORT, 2, 1
    message.alert.description = "gate open"
    return message


def task(at_s: float = NOW_S, to: str = NODE) -> SapientMessage:
    message = envelope(at_s, FUSION, to)
    message.task.task_id, message.task.control = TASK, Task.CONTROL_START
    message.task.command.request = "Status"
    return message


def task_ack(at_s: float = NOW_S, node: str = NODE, accepted: bool = True) -> SapientMessage:
    message = envelope(at_s, node, FUSION)
    message.task_ack.task_id, message.task_ack.task_status = TASK, 1 if accepted else 2
    return message


def error(at_s: float = NOW_S, node: str = NODE) -> SapientMessage:
    message = envelope(at_s, node)
    message.error.packet = b"\x01"
    message.error.error_message.append("not understood")
    return message


def registration_ack(at_s: float = NOW_S) -> SapientMessage:
    message = envelope(at_s, FUSION, NODE)
    message.registration_ack.acceptance = True
    return message


def alert_ack(at_s: float = NOW_S) -> SapientMessage:
    message = envelope(at_s, FUSION, NODE)
    message.alert_ack.alert_id, message.alert_ack.alert_ack_status = REPORT, 1
    return message


EVERY: dict[str, Callable[[], SapientMessage]] = {
    "registration": registration,
    "registration_ack": registration_ack,
    "status_report": status,
    "detection_report": detection,
    "task": task,
    "task_ack": task_ack,
    "alert": alert,
    "alert_ack": alert_ack,
    "error": error,
}


def as_json(message: SapientMessage, *, proto_names: bool = False) -> bytes:
    text: str = json_format.MessageToJson(message, preserving_proto_field_name=proto_names, indent=None)
    return text.encode()
