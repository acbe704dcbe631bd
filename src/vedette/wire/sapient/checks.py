"""A node's messages in their order → what is wrong with them beyond each one's form.

`NodeChecker` follows one node: what it registered, in which mode it is, what it said before. It finds what validators
of single messages and middlewares let through: places that cannot be, classes, modes and units that were not
registered, velocities without units, a north that is not true, identifiers used against the tracking type, orders of
messages.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any, Final

from sapient_msg.bsi_flex_335_v2_0.detection_report_pb2 import DetectionReport
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage
from sapient_msg.bsi_flex_335_v2_0.status_report_pb2 import StatusReport

from vedette.geo import distance_azimuth
from vedette.wire.sapient.codec import kind_of, sent_s
from vedette.wire.sapient.geometry import Geodetic, Refused, bear, locate
from vedette.wire.sapient.registration import (
    Mode,
    Place,
    Registered,
    digest_registration,
    fold,
    place_of,
    place_of_bearing,
)
from vedette.wire.sapient.rules import Finding, Findings, check_rules, clause_of

FAR_M: Final = 1_000_000.0
NEAR_M: Final = 200_000.0
"""A place further than FAR_M from its node, which would be nearer than NEAR_M with x and y exchanged, was exchanged."""
OBJECTS_MOST: Final = 4096
LATE_FACTOR: Final = 3.0
"""Status intervals after which a node counts as silent."""


class NodeChecker:
    """Checks one node's messages, in the order they were sent. Time is in the messages; nothing here reads a clock.

    Attributes:
        registered: what it registered last, None before. mode: of its last status report, as it wrote it.
        place: where it said that it stands. status: its last status report.
    """

    def __init__(self) -> None:
        self.registered: Registered | None = None
        self.mode: str | None = None
        self.place: Geodetic | None = None
        self.status: StatusReport | None = None
        self.said_goodbye = False
        self._node: str | None = None
        self._sent_s: float | None = None
        self._status_s: float | None = None
        self._system_new: int | None = None
        self._objects: dict[str, None] = {}

    def check(self, message: SapientMessage) -> tuple[Finding, ...]:
        """Every fault of one message: of its form first, then of its sense. The message must have a content."""
        found = check_rules(message)
        findings = Findings()
        self._check_envelope(message, findings)
        kind = kind_of(message)
        if kind == "registration":
            self._check_registration(message, findings)
        elif self.registered is None and kind in _BY_NODES:
            why = f"a {kind} before any registration"
            findings.add(kind, "order", why, "sapient_message.proto: SapientMessage.registration")
        if kind == "status_report":
            self._check_status(message, findings)
        elif kind == "detection_report":
            self._check_detection(message, findings)
        elif kind == "alert":
            self._check_where(message.alert, "alert", None, findings)
        elif kind == "task":
            self._check_task(message, findings)
        return (*found, *findings.found) if findings.found else found

    @property
    def near(self) -> tuple[float, float] | None:
        """Latitude and longitude of the node, as far as it said."""
        return None if self.place is None else (self.place.latitude_deg, self.place.longitude_deg)

    def _check_envelope(self, message: SapientMessage, findings: Findings) -> None:
        if self._node is not None and message.node_id.lower() != self._node.lower():
            why = f"{message.node_id or 'none'} on the connection of {self._node}"
            findings.add("node_id", "node_id", why, "sapient_message.proto: SapientMessage.node_id")
        elif self._node is None and message.node_id:
            self._node = message.node_id
        if self.said_goodbye:
            findings.add(kind_of(message), "order", "after goodbye", "status_report.proto: StatusReport.System")
            self.said_goodbye = False
        at_s = sent_s(message)
        if at_s is None:
            return
        if self._sent_s is not None and at_s < self._sent_s:
            why = f"{self._sent_s - at_s:.3f} s earlier than the message before"
            findings.add("timestamp", "time", why, "sapient_message.proto: SapientMessage.timestamp", "warning")
        self._sent_s = max(at_s, self._sent_s or at_s)

    def _check_registration(self, message: SapientMessage, findings: Findings) -> None:
        self.registered = digest_registration(message.registration)
        self.mode, self.status, self._system_new, self._status_s = None, None, None, None
        self._objects.clear()
        names: set[str] = set()
        for index, mode in enumerate(message.registration.mode_definition):
            path = f"registration.mode_definition[{index}]"
            if fold(mode.mode_name) in names:
                findings.add(f"{path}.mode_name", "mode", f"{mode.mode_name!r} twice", _MODE_CLAUSE.format("mode_name"))
            names.add(fold(mode.mode_name))
            for number, one in enumerate(mode.detection_definition):
                self._check_definition(one, f"{path}.detection_definition[{number}]", findings)
        if "?" in self.registered.types:
            return
        if len(self.registered.types) != len(message.registration.node_definition):
            findings.add(
                "registration.node_definition",
                "type",
                "a node type twice",
                "registration.proto: Registration.node_definition",
                "warning",
            )

    def _check_definition(self, definition: Any, path: str, findings: Findings) -> None:
        kind = definition.location_type
        clause = "registration.proto: Registration.LocationType"
        units, datum = kind.WhichOneof("coordinates_oneof"), kind.WhichOneof("datum_oneof")
        if units is not None and datum is not None and units.startswith("range") != datum.startswith("range"):
            findings.add(f"{path}.location_type", "units", f"{units} beside {datum}", clause)
        if units == "location_units" and kind.location_units == _UTM and not kind.zone:
            why = "UTM without its zone: each location will have to bring one"
            findings.add(f"{path}.location_type.zone", "units", why, f"{clause}.zone", "warning")
        if datum == "range_bearing_datum" and kind.range_bearing_datum > 1:
            why = "north is not true north; most fusion nodes cannot use it"
            findings.add(f"{path}.location_type.range_bearing_datum", "datum", why, clause, "warning")
        for number, group in enumerate(definition.detection_class_definition):
            for place, one in enumerate(group.class_definition):
                here = f"{path}.detection_class_definition[{number}].class_definition[{place}]"
                _check_levels(one, 1, here, findings)

    def _check_status(self, message: SapientMessage, findings: Findings) -> None:
        status = message.status_report
        self._check_mode(status, findings)
        if status.HasField("node_location"):
            self._take_place(status, findings)
        if status.info == StatusReport.INFO_UNCHANGED:
            if self._system_new is None:
                why = "unchanged, before any report with something new; Apex refuses it"
                findings.add("status_report.info", "order", why, "status_report.proto: StatusReport.info")
            elif status.system != self._system_new and status.system != StatusReport.SYSTEM_GOODBYE:
                why = "unchanged, but its system is another than in the last new one; Apex refuses it"
                findings.add("status_report.system", "order", why, "status_report.proto: StatusReport.system")
        else:
            self._system_new = status.system
        self.status, self.said_goodbye = status, status.system == StatusReport.SYSTEM_GOODBYE
        self._check_interval(sent_s(message), findings)

    def _check_mode(self, status: StatusReport, findings: Findings) -> None:
        if not status.HasField("mode"):
            return
        if self.registered is not None and status.mode.strip() and self.registered.mode(status.mode) is None:
            known = ", ".join(repr(mode.name) for mode in list(self.registered.modes.values())[:6]) or "none"
            why = f"{status.mode[:40]!r} was not registered ({known})"
            findings.add("status_report.mode", "mode", why, "status_report.proto: StatusReport.mode")
        self.mode = status.mode

    def _take_place(self, status: StatusReport, findings: Findings) -> None:
        near = self.near
        place = locate(status.node_location, near)
        if isinstance(place, Refused):
            path = f"status_report.node_location.{place.field}"
            findings.add(path, place.reason, place.why, clause_of(path))
        else:
            self.place = place

    def _check_interval(self, at_s: float | None, findings: Findings) -> None:
        interval = self.registered.status_interval_s if self.registered is not None else None
        last_s, self._status_s = self._status_s, at_s if at_s is not None else self._status_s
        if interval is None or at_s is None or last_s is None or at_s - last_s <= LATE_FACTOR * interval:
            return
        why = f"{at_s - last_s:.1f} s after the last; {interval:g} s were registered"
        clause = "registration.proto: Registration.StatusDefinition.status_interval"
        findings.add("status_report", "interval", why, clause, "warning")

    def _check_detection(self, message: SapientMessage, findings: Findings) -> None:
        report = message.detection_report
        mode = self.registered.mode(self.mode) if self.registered is not None else None
        modes = [mode] if mode is not None else list(self.registered.modes.values()) if self.registered else []
        if modes and not any(one.detects for one in modes):
            why = "the registration defines no detections for this mode"
            findings.add("detection_report", "mode", why, _MODE_CLAUSE.format("detection_definition"))
            modes = []
        self._check_where(report, "detection_report", modes or None, findings)
        if report.HasField("prediction_location"):
            self._check_where(report.prediction_location, "detection_report.prediction_location", None, findings)
        if not modes:
            return
        if report.WhichOneof("velocity_oneof") is not None and not any(one.speeds for one in modes):
            why = "a velocity, whose units stand in the registration alone: it has none"
            findings.add("detection_report.enu_velocity", "units", why, _DEFINITION.format("velocity_type"))
        _check_names(report, modes, findings)
        self._check_object(report, modes, findings)

    def _check_object(self, report: DetectionReport, modes: list[Mode], findings: Findings) -> None:
        seen = report.object_id in self._objects
        if seen and all(one.tracking == "NONE" for one in modes):
            why = "used before, and the mode's tracking type says that each detection has its own"
            clause = "registration.proto: Registration.TrackingType"
            findings.add("detection_report.object_id", "tracking", why, clause)
        self._objects[report.object_id] = None
        if len(self._objects) > OBJECTS_MOST:
            del self._objects[next(iter(self._objects))]

    def _check_where(self, what: Any, path: str, modes: list[Mode] | None, findings: Findings) -> None:
        """A place that can be, of a kind that was registered, at a distance that can be."""
        kind = next((name for name in ("location", "range_bearing") if what.HasField(name)), None)
        if kind is None:
            return
        where = getattr(what, kind)
        here = f"{path}.{kind}"
        given = place_of(where) if kind == "location" else place_of_bearing(where)
        if modes is not None and given.system and given.datum and not _is_declared(given, modes):
            why = f"{given.system} over {given.datum} was not registered"
            findings.add(f"{here}.coordinate_system", "units", why, _DEFINITION.format("location_type"))
        zone = self.registered.zone if self.registered is not None else ""
        found = locate(where, self.near, zone) if kind == "location" else bear(where)
        if isinstance(found, Refused):
            if found.reason not in _OF_FORM:
                field = f"{here}.{found.field}"
                usable = found.reason not in _UNUSABLE
                findings.add(field, found.reason, found.why, clause_of(field), "error" if usable else "warning")
        elif isinstance(found, Geodetic):
            self._check_distance(found, here, findings)

    def _check_distance(self, found: Geodetic, path: str, findings: Findings) -> None:
        near = self.near
        if near is None or abs(found.longitude_deg) > 90.0:
            return
        apart_m, _ = distance_azimuth(*near, found.latitude_deg, found.longitude_deg)
        if apart_m <= FAR_M:
            return
        swapped_m, _ = distance_azimuth(*near, found.longitude_deg, found.latitude_deg)
        if swapped_m < NEAR_M:
            why = f"{apart_m / 1000.0:.0f} km from its node; x and y look swapped: x is longitude"
            findings.add(path, "swapped", why, clause_of(f"{path}.x"))

    def _check_task(self, message: SapientMessage, findings: Findings) -> None:
        if not message.HasField("destination_id"):
            why = "a task for nobody: it has no destination_id"
            clause = "sapient_message.proto: SapientMessage.destination_id"
            findings.add("destination_id", "mandatory", why, clause, "warning")


_UTM: Final = 5
_BY_NODES: Final = frozenset({"status_report", "detection_report", "alert", "task_ack"})
"""Kinds that a node sends once it is registered; the others are also a middleware's or a fusion node's."""
_OF_FORM: Final = frozenset({"no_position", "no_datum", "unknown_units"})
"""Reasons that are faults of form, which the rules have named already."""
_UNUSABLE: Final = frozenset({"not_true_north", "no_bearing", "ambiguous_zone"})
"""Reasons why a place cannot be used, though the standard allows to send it."""
_MODE_CLAUSE: Final = "registration.proto: Registration.ModeDefinition.{}"
_DEFINITION: Final = "registration.proto: Registration.DetectionDefinition.{}"


def _is_declared(given: Place, modes: list[Mode]) -> bool:
    return any((place.system, place.datum) == (given.system, given.datum) for mode in modes for place in mode.places)


def _check_levels(one: Any, level: int, path: str, findings: Findings) -> None:
    """Level 1 stands under the class, each further level one deeper."""
    for index, sub in enumerate(one.sub_class):
        here = f"{path}.sub_class[{index}]"
        if sub.HasField("level") and sub.level != level:
            why = f"level {sub.level} at depth {level}"
            findings.add(f"{here}.level", "level", why, "registration.proto: Registration.SubClass.level", "warning")
        if level < 16:
            _check_levels(sub, level + 1, here, findings)


def _check_names(report: DetectionReport, modes: list[Mode], findings: Findings) -> None:
    if report.classification:
        _check_classes(report, modes, findings)
    if report.behaviour:
        behaviours = {name for mode in modes for name in mode.behaviours}
        for index, behaviour in enumerate(report.behaviour):
            if fold(behaviour.type) not in behaviours:
                why = f"{behaviour.type[:40]!r} was not registered as a behaviour"
                path = f"detection_report.behaviour[{index}].type"
                findings.add(path, "behaviour", why, _DEFINITION.format("behaviour_definition"))
    if report.track_info or report.object_info:
        _check_details(report, modes, findings)


def _check_classes(report: DetectionReport, modes: list[Mode], findings: Findings) -> None:
    classes = modes[0].classes if len(modes) == 1 else {path for mode in modes for path in mode.classes}
    total = 0.0
    for index, one in enumerate(report.classification):
        total += one.confidence
        unknown = _unregistered(one, (), classes)
        if unknown is not None:
            inside, written = unknown
            why = f"{written[:40]!r} was not registered as a class"
            path = f"detection_report.classification[{index}]{inside}.type"
            findings.add(path, "class", why, _DEFINITION.format("detection_class_definition"))
    if total > 1.01:
        why = f"the confidences of the classes add up to {total:.2f}"
        clause = "detection_report.proto: DetectionReport.DetectionReportClassification.confidence"
        findings.add("detection_report.classification", "range", why, clause, "warning")


def _unregistered(one: Any, above: tuple[str, ...], classes: Container[tuple[str, ...]]) -> tuple[str, str] | None:
    """Where in a class and its sub-classes the first stands that was not registered, and how it is written."""
    names = (*above, fold(one.type))
    if names not in classes and names[-1]:
        return "", one.type
    if not one.sub_class or len(names) >= _LEVELS_MOST:
        return None
    for index, sub in enumerate(one.sub_class):
        found = _unregistered(sub, names, classes)
        if found is not None:
            return f".sub_class[{index}]{found[0]}", found[1]
    return None


_LEVELS_MOST: Final = 16


def _check_details(report: DetectionReport, modes: list[Mode], findings: Findings) -> None:
    known = {detail for mode in modes for detail in mode.details}
    for field, category in (("track_info", "TRACK"), ("object_info", "OBJECT")):
        for index, one in enumerate(getattr(report, field)):
            if (category, fold(one.type)) not in known:
                why = f"{one.type[:40]!r} was not registered, so its unit is not known"
                path = f"detection_report.{field}[{index}].type"
                findings.add(path, "units", why, _DEFINITION.format("detection_report"), "warning")
