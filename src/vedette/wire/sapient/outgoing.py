"""All that Vedette may send in SAPIENT: one encoder a kind, and one door, `seal`, that lets nothing else out.

As a fusion node: registration, status, tracks as detections with what they are derived from, alerts; acknowledgements
and errors. To a sensor node, and to no other (registration.SENSOR_TYPES): the tasks look_at, mode_change and request.
A task given to us is always refused. Nothing here can tell anybody to move, patrol, follow or act.

Places go out in degrees over the WGS 84 ellipsoid, velocities in m/s, errors as one standard deviation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from sapient_msg.bsi_flex_335_v2_0.alert_ack_pb2 import AlertAck
from sapient_msg.bsi_flex_335_v2_0.alert_pb2 import Alert as AlertMessage
from sapient_msg.bsi_flex_335_v2_0.detection_report_pb2 import DetectionReport
from sapient_msg.bsi_flex_335_v2_0.location_pb2 import Location, LocationCoordinateSystem, LocationDatum
from sapient_msg.bsi_flex_335_v2_0.registration_pb2 import Registration
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage
from sapient_msg.bsi_flex_335_v2_0.status_report_pb2 import StatusReport
from sapient_msg.bsi_flex_335_v2_0.task_ack_pb2 import TaskAck
from sapient_msg.bsi_flex_335_v2_0.task_pb2 import Task
from sapient_msg.bsi_flex_335_v2_0.velocity_pb2 import SpeedUnits

from vedette.model import CLASSES, AlertState, ReleasedAlert, ReleasedTrack
from vedette.wire.sapient.framing import encode_frame
from vedette.wire.sapient.ids import ulid_of, uuid_of
from vedette.wire.sapient.registration import Registered
from vedette.wire.sapient.rules import ICD_VERSION

SENT_KINDS: Final = frozenset(
    {
        "registration",
        "registration_ack",
        "status_report",
        "detection_report",
        "task",
        "task_ack",
        "alert",
        "alert_ack",
        "error",
    }
)
SENT_COMMANDS: Final = frozenset({"look_at", "mode_change", "request"})
MODE: Final = "Watch"
LOST: Final = "lost"
"""State of a detection whose object is not followed any more."""
ORIGIN: Final = "Origin"
"""Under this name a detection that is not live says so."""
DISPOSITION: Final = "Disposition"
"""Under this name, what the track is held to be and whether by its evidence or by a person."""
STATUS_S: Final = 5.0
"""How often a fusion node of ours says that it is there."""
_MOST_PACKET_BYTES: Final = 4096
_MOST_TEXT: Final = 400
_MOST_REASONS: Final = 20


class NotAllowed(ValueError):
    """A message that Vedette does not send."""


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message on its way out, sealed. octets: its frame. kind: its content; command: of a task."""

    kind: str
    octets: bytes
    command: str | None = None
    task: str | None = None


def seal(message: SapientMessage) -> Outgoing:
    """The only way from a message to bytes that are sent.

    Raises:
        NotAllowed: its kind, or its task's command, is not on the list.
    """
    kind = message.WhichOneof("content")
    if kind not in SENT_KINDS:
        raise NotAllowed(f"a {kind} is not sent")
    command = task = None
    if kind == "task":
        command, task = message.task.command.WhichOneof("command"), message.task.task_id
        if command not in SENT_COMMANDS or message.task.region:
            raise NotAllowed(f"no node is tasked with {command or 'regions'}")
    if kind == "task_ack" and message.task_ack.task_status != TaskAck.TASK_STATUS_REJECTED:
        raise NotAllowed("a task given to Vedette is refused")
    return Outgoing(kind=kind, octets=encode_frame(message.SerializeToString()), command=command, task=task)


class FusionNode(msgspec.Struct, frozen=True, kw_only=True):
    """Ourselves, as others see us: the UUID is derived from the site's id, so it stays."""

    site: str
    name: str
    version: str

    @property
    def node(self) -> str:
        """Our node_id."""
        return uuid_of(f"site {self.site}")

    def sensor_node(self, sensor: str) -> str:
        """The node_id of a sensor of ours that has none of its own."""
        return uuid_of(f"sensor {self.site}/{sensor}")

    def _envelope(self, at_s: float, to: str | None = None) -> SapientMessage:
        message = SapientMessage(node_id=self.node)
        _stamp(message.timestamp, at_s)
        if to:
            message.destination_id = to
        return message

    def registration(self, at_s: float, dependent_nodes: Iterable[str] = ()) -> Outgoing:
        """What we are and send: a fusion node that reports tracks and takes no task."""
        message = self._envelope(at_s)
        said = message.registration
        said.node_definition.add(node_type=Registration.NODE_TYPE_FUSION_NODE)
        said.icd_version, said.name, said.short_name = ICD_VERSION, f"Vedette, {self.name}", self.site
        said.capabilities.add(category="Fusion", type="Air picture", value="tracks", units="none")
        _seconds(said.status_definition.status_interval, STATUS_S)
        said.config_data.add(manufacturer="Vedette", model="Vedette", software_version=self.version)
        said.dependent_nodes.extend(dependent_nodes)
        mode = said.mode_definition.add(
            mode_name=MODE, mode_type=Registration.MODE_TYPE_DEFAULT, tracking_type=Registration.TRACKING_TYPE_TRACK
        )
        _seconds(mode.settle_time, 0.0)
        _define_tracks(mode.detection_definition.add())
        mode.task.concurrent_tasks = 0
        mode.task.region_definition.region_type.append(Registration.REGION_TYPE_AREA_OF_INTEREST)
        mode.task.region_definition.region_area.add(location_units=_DEGREES, location_datum=_ELLIPSOID)
        return seal(message)

    def status(self, at_s: float, *, system: StatusReport.System = StatusReport.SYSTEM_OK, new: bool) -> Outgoing:
        """That we are there; `new` in the first after each registration and at each change."""
        message = self._envelope(at_s)
        said = message.status_report
        said.report_id, said.system, said.mode = ulid_of(f"status {self.site} {at_s!r}", at_s), system, MODE
        said.info = StatusReport.INFO_NEW if new else StatusReport.INFO_UNCHANGED
        return seal(message)

    def goodbye(self, at_s: float) -> Outgoing:
        """That we are about to disconnect."""
        return self.status(at_s, system=StatusReport.SYSTEM_GOODBYE, new=True)

    def registration_ack(self, to: str, at_s: float, *, accepted: bool, reasons: Iterable[str] = ()) -> Outgoing:
        """The answer to a registration; reasons may stand beside an acceptance too."""
        message = self._envelope(at_s, to)
        message.registration_ack.acceptance = accepted
        message.registration_ack.ack_response_reason.extend(_texts(reasons))
        return seal(message)

    def alert_ack(self, to: str, alert_id: str, at_s: float) -> Outgoing:
        """That a node's alert has arrived and is shown."""
        message = self._envelope(at_s, to)
        message.alert_ack.alert_id = alert_id
        message.alert_ack.alert_ack_status = AlertAck.ALERT_ACK_STATUS_ACCEPTED
        return seal(message)

    def error(self, to: str | None, packet: bytes, why: Iterable[str], at_s: float) -> Outgoing:
        """What was wrong with a message; `packet` its bytes, or their beginning."""
        message = self._envelope(at_s, to)
        message.error.packet = packet[:_MOST_PACKET_BYTES]
        message.error.error_message.extend(_texts(why) or ["not understood"])
        return seal(message)

    def refuse_task(self, to: str, task_id: str, at_s: float) -> Outgoing:
        """The answer to every task that is given to us."""
        message = self._envelope(at_s, to)
        message.task_ack.task_id, message.task_ack.task_status = task_id, TaskAck.TASK_STATUS_REJECTED
        message.task_ack.reason.append("takes no tasks")
        return seal(message)

    def track(
        self,
        track: ReleasedTrack,
        at_s: float,
        known: Mapping[str, tuple[str, str]],
        *,
        mark: str = "",
        lost: bool = False,
    ) -> Outgoing:
        """A track as a detection report. An identity is somebody's claim, and is not passed on.

        known: by sensor the SAPIENT node and object that its part in the track came from. A sensor without them stands
        under the ids that we give it. mark: what is not live is said to be so. lost: it is not followed any more; the
        report says where it was last, at `at_s`.
        """
        message = self._envelope(at_s if lost else track.observed_s)
        said = message.detection_report
        said.report_id = ulid_of(f"report {track.track} {track.observed_s!r} {lost}", at_s)
        said.object_id = self.object_id(track.track, track.first_s)
        _place(said.location, track.latitude_deg, track.longitude_deg, track.altitude_ellipsoid_m)
        if track.sigma_position_m is not None:
            said.location.x_error = said.location.y_error = track.sigma_position_m
        if track.sigma_altitude_m is not None and track.altitude_ellipsoid_m is not None:
            said.location.z_error = track.sigma_altitude_m
        said.detection_confidence = min(max(track.p_exists, 0.0), 1.0)
        if lost:
            said.state = LOST
        if mark:
            said.object_info.add(type=ORIGIN, value=mark)
        if track.disposition is not None:
            said.object_info.add(type=DISPOSITION, value=f"{track.disposition} by {track.disposition_by}")
        _move(said, track)
        if track.p_classes is not None:
            _classify(said, track.p_classes)
        for sensor, last_s in sorted((track.sensors or {}).items()):
            node, seen = known.get(sensor) or (self.sensor_node(sensor), self._part(track, sensor))
            _stamp(said.derived_detection.add(node_id=node, object_id=seen).timestamp, last_s)
        return seal(message)

    def object_id(self, track: str, first_s: float) -> str:
        """The ULID of a track, for as long as it lasts."""
        return ulid_of(f"track {track}", first_s)

    def _part(self, track: ReleasedTrack, sensor: str) -> str:
        return ulid_of(f"part {track.track} {sensor}", track.first_s)

    def alert(self, alert: ReleasedAlert, at_s: float, track: ReleasedTrack | None, *, mark: str = "") -> Outgoing:
        """An alert as it stands; `track`: what it is about, as far as it was told. mark: heads the description."""
        message = self._envelope(at_s)
        said = message.alert
        said.alert_id = ulid_of(f"alert {alert.alert}", alert.raised_s)
        said.alert_type = _ALERT_TYPES.get(alert.priority, AlertMessage.ALERT_TYPE_INFORMATION)
        said.priority = _PRIORITIES.get(alert.priority, AlertMessage.DISCRETE_PRIORITY_LOW)
        said.status = _ALERT_STATES[alert.state]
        said.description = f"{mark} {alert.title}".strip()[:_MOST_TEXT]
        why = [alert.cleared_why] if alert.cleared_why else []
        text = "; ".join((*why, *(reason.text for reason in alert.reasons or ())))
        if text:
            said.additional_information = text[:_MOST_TEXT]
        if alert.latitude_deg is not None and alert.longitude_deg is not None:
            altitude_m = None if track is None else track.altitude_ellipsoid_m
            _place(said.location, alert.latitude_deg, alert.longitude_deg, altitude_m)
        if track is not None:
            said.confidence = min(max(track.p_exists, 0.0), 1.0)
            one = said.associated_detection.add(node_id=self.node, object_id=self.object_id(track.track, track.first_s))
            _stamp(one.timestamp, track.observed_s)
        return seal(message)

    def look_at(
        self,
        to: str,
        registered: Registered,
        at_s: float,
        place: tuple[float, float, float | None],
        task: str | None = None,
    ) -> Outgoing:
        """Ask a sensor to look at a place now: latitude and longitude in degrees, altitude over the ellipsoid or None.

        task: its ULID, where the record has given it one.

        Raises:
            NotAllowed: the node is no sensor, or registered no such command.
        """
        message = self._task(to, registered, at_s, "look_at")
        if not any("LOOK_AT" in mode.commands for mode in registered.modes.values()):
            raise NotAllowed("the node has registered no command to look at a place")
        message.task.task_id = task or message.task.task_id
        _place(message.task.command.look_at.location_list.locations.add(), *place)
        return seal(message)

    def mode_change(self, to: str, registered: Registered, at_s: float, mode: str) -> Outgoing:
        """Ask a sensor to change to a mode that it registered.

        Raises:
            NotAllowed: the node is no sensor, or has no such mode.
        """
        known = registered.mode(mode)
        if known is None:
            raise NotAllowed(f"the node has no mode {mode!r}")
        message = self._task(to, registered, at_s, "mode_change")
        message.task.command.mode_change = known.name
        return seal(message)

    def request(self, to: str, registered: Registered, at_s: float, what: str) -> Outgoing:
        """Ask a sensor for `Registration` or `Status`.

        Raises:
            NotAllowed: the node is no sensor, or it is asked for anything else.
        """
        if what not in REQUESTS:
            raise NotAllowed(f"no node is asked for {what!r}")
        message = self._task(to, registered, at_s, "request")
        message.task.command.request = what
        return seal(message)

    def _task(self, to: str, registered: Registered, at_s: float, command: str) -> SapientMessage:
        if not registered.is_sensor_only:
            types = ", ".join(registered.types) or "of no type"
            raise NotAllowed(f"only sensors are tasked, and this node is {types}")
        message = self._envelope(at_s, to)
        message.task.task_id = ulid_of(f"task {self.site} {to} {command} {at_s!r}", at_s)
        message.task.control = Task.CONTROL_START
        return message


REQUESTS: Final = ("Registration", "Status")
"""What a node may be requested: to say something. `Reset`, `Start` and `Stop`, which others know too, change it."""
_DEGREES: Final = LocationCoordinateSystem.LOCATION_COORDINATE_SYSTEM_LAT_LNG_DEG_M
_ELLIPSOID: Final = LocationDatum.LOCATION_DATUM_WGS84_E
_ALERT_TYPES: Final = {1: AlertMessage.ALERT_TYPE_CRITICAL, 2: AlertMessage.ALERT_TYPE_WARNING}
_PRIORITIES: Final = {1: AlertMessage.DISCRETE_PRIORITY_HIGH, 2: AlertMessage.DISCRETE_PRIORITY_MEDIUM}
_ALERT_STATES: Final = {
    AlertState.RAISED: AlertMessage.ALERT_STATUS_ACTIVE,
    AlertState.ACKNOWLEDGED: AlertMessage.ALERT_STATUS_ACKNOWLEDGE,
    AlertState.CLEARED: AlertMessage.ALERT_STATUS_CLEAR,
}
_TAXONOMY: Final = {
    "uav_rotary": ("Air Vehicle", "UAV Rotary Wing"),
    "uav_fixed_wing": ("Air Vehicle", "UAV Fixed Wing"),
    "manned": ("Air Vehicle", None),
    "bird": ("Animal", "Bird"),
    "other": ("Unknown", None),
}
"""Our classes in the standard's core taxonomy. It has no manned aircraft but rotary or fixed-wing ones."""


def _define_tracks(definition: Registration.DetectionDefinition) -> None:
    definition.location_type.location_units, definition.location_type.location_datum = _DEGREES, _ELLIPSOID
    definition.velocity_type.enu_velocity_units.east_north_rate_units = SpeedUnits.SPEED_UNITS_MS
    definition.velocity_type.enu_velocity_units.up_rate_units = SpeedUnits.SPEED_UNITS_MS
    definition.velocity_type.location_datum = _ELLIPSOID
    error = definition.geometric_error
    error.type, error.units, error.variation_type = "Standard Deviation", "metres", "Per detection"
    for name in (ORIGIN, DISPOSITION):
        definition.detection_report.add(
            category=Registration.DETECTION_REPORT_CATEGORY_OBJECT, type=name, units="none", on_change=True
        )
    group = definition.detection_class_definition.add(
        confidence_definition=Registration.CONFIDENCE_DEFINITION_MULTI_CLASS
    )
    for name in dict.fromkeys(top for top, _ in _TAXONOMY.values()):
        one = group.class_definition.add(type=name, units="probability")
        for top, inner in _TAXONOMY.values():
            if top == name and inner is not None:
                one.sub_class.add(type=inner, units="probability", level=1)


def _move(said: DetectionReport, track: ReleasedTrack) -> None:
    if track.velocity_east_mps is None or track.velocity_north_mps is None:
        return
    said.enu_velocity.east_rate, said.enu_velocity.north_rate = track.velocity_east_mps, track.velocity_north_mps
    if track.velocity_up_mps is not None:
        said.enu_velocity.up_rate = track.velocity_up_mps


def _classify(said: DetectionReport, p_classes: tuple[float, ...]) -> None:
    """Each class of the taxonomy with its probability, its sub-classes with theirs within it."""
    tops: dict[str, list[tuple[str | None, float]]] = {}
    for name, p in zip(CLASSES, p_classes, strict=True):
        top, inner = _TAXONOMY[name]
        tops.setdefault(top, []).append((inner, p))
    for top, parts in tops.items():
        p_top = min(sum(p for _, p in parts), 1.0)
        one = said.classification.add(type=top, confidence=p_top)
        for inner, p in parts:
            if inner is not None and p_top > 0.0:
                one.sub_class.add(type=inner, confidence=min(p / p_top, 1.0), level=1)


def _place(where: Location, latitude_deg: float, longitude_deg: float, altitude_ellipsoid_m: float | None) -> None:
    where.x, where.y, where.coordinate_system, where.datum = longitude_deg, latitude_deg, _DEGREES, _ELLIPSOID
    if altitude_ellipsoid_m is not None:
        where.z = altitude_ellipsoid_m


def _seconds(duration: Registration.Duration, value: float) -> None:
    duration.units, duration.value = Registration.TIME_UNITS_SECONDS, value


def _stamp(stamp: object, at_s: float) -> None:
    microseconds = round(at_s * 1e6)
    stamp.FromMicroseconds(microseconds)  # type: ignore[attr-defined]  # protobuf's Timestamp is untyped


def _texts(texts: Iterable[str]) -> list[str]:
    return [text[:_MOST_TEXT] for text in texts if text.strip()][:_MOST_REASONS]
