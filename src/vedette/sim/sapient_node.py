"""A sensor node to try a system with: a radar or a camera, and one small drone that flies past it. All is invented.

The same seed gives the same messages at the same times, and nodes of one seed at one place see the same drone. Pure:
who connects it to a system asks for what is due.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, Literal

import numpy as np
from sapient_msg.bsi_flex_335_v2_0.location_pb2 import Location, LocationCoordinateSystem, LocationDatum
from sapient_msg.bsi_flex_335_v2_0.range_bearing_pb2 import (
    RangeBearing,
    RangeBearingCoordinateSystem,
    RangeBearingDatum,
)
from sapient_msg.bsi_flex_335_v2_0.registration_pb2 import Registration
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage
from sapient_msg.bsi_flex_335_v2_0.status_report_pb2 import StatusReport
from sapient_msg.bsi_flex_335_v2_0.task_ack_pb2 import TaskAck
from sapient_msg.bsi_flex_335_v2_0.velocity_pb2 import SpeedUnits

from vedette.geo import Floats, LocalFrame
from vedette.sim.streams import stream
from vedette.wire.sapient.ids import ulid_of, uuid_of
from vedette.wire.sapient.rules import ICD_VERSION

NodeKind = Literal["radar", "camera"]
STATUS_S: Final = 5.0
PERIOD_S: Final = {"radar": 1.0, "camera": 0.5}
P_DETECT: Final = 0.9
CLUTTER_A_SCAN: Final = 0.3
SIGMA_POSITION_M, SIGMA_ALTITUDE_M = 8.0, 12.0
SIGMA_BEARING_DEG: Final = 0.5
TURN_S: Final = 240.0
"""Time for one round of the flight, which begins at each full one since 1970."""
FAR_M, NEAR_M = 2500.0, 300.0
MODE: Final = "Scan"
_DEGREES: Final = LocationCoordinateSystem.LOCATION_COORDINATE_SYSTEM_LAT_LNG_DEG_M
_ELLIPSOID: Final = LocationDatum.LOCATION_DATUM_WGS84_E
_BEARINGS: Final = RangeBearingCoordinateSystem.RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_M
_TRUE: Final = RangeBearingDatum.RANGE_BEARING_DATUM_TRUE


class SimulatedNode:
    """One node and its flight.

    Args:
        kind: a radar reports positions with velocity and class; a camera bearings (azimuth and elevation).
        place: latitude and longitude in degrees and altitude over the ellipsoid in m of where it stands.
        began_s: when it was switched on, UTC seconds.
    """

    def __init__(self, kind: NodeKind, place: tuple[float, float, float], seed: int, began_s: float) -> None:
        self.node = uuid_of(f"simulated {kind} {seed}")
        self.period_s = PERIOD_S[kind]
        self.mode = MODE
        self._kind, self._place, self._began_s = kind, place, began_s
        self._rng = stream(seed, "sapient", kind)
        self._frame = LocalFrame(*place)
        self._seed, self._count, self._new, self._asked = seed, 0, True, False
        self._turned_rad = float(stream(seed, "sapient flight").uniform(0.0, 2.0 * math.pi))

    def registration(self, at_s: float) -> SapientMessage:
        """What it is and will send."""
        message = self._envelope(at_s)
        said = message.registration
        radar = self._kind == "radar"
        said.node_definition.add(node_type=Registration.NODE_TYPE_RADAR if radar else Registration.NODE_TYPE_CAMERA)
        said.icd_version, said.name = ICD_VERSION, f"Simulated {self._kind} {self._seed}"
        said.short_name = f"sim-{self._kind}"
        said.capabilities.add(category=self._kind, type="Range", value=f"{FAR_M * 2.0:.0f}", units="m")
        _seconds(said.status_definition.status_interval, STATUS_S)
        said.status_definition.location_definition.location_units = _DEGREES
        said.status_definition.location_definition.location_datum = _ELLIPSOID
        said.config_data.add(manufacturer="Vedette", model="Simulated node", software_version="1")
        mode = said.mode_definition.add(mode_name=MODE, mode_type=Registration.MODE_TYPE_DEFAULT)
        _seconds(mode.settle_time, 1.0)
        mode.scan_type = Registration.SCAN_TYPE_SCANNING if radar else Registration.SCAN_TYPE_STEERABLE
        mode.tracking_type = Registration.TRACKING_TYPE_TRACKLET
        self._define(mode.detection_definition.add())
        mode.task.concurrent_tasks = 1
        mode.task.region_definition.region_type.append(Registration.REGION_TYPE_AREA_OF_INTEREST)
        mode.task.region_definition.region_area.add(location_units=_DEGREES, location_datum=_ELLIPSOID)
        for kind in (Registration.COMMAND_TYPE_REQUEST, Registration.COMMAND_TYPE_LOOK_AT):
            _seconds(mode.task.command.add(units="none", type=kind).completion_time, 1.0)
        return message

    def _define(self, definition: Registration.DetectionDefinition) -> None:
        if self._kind == "camera":
            definition.location_type.range_bearing_units = _BEARINGS
            definition.location_type.range_bearing_datum = _TRUE
        else:
            definition.location_type.location_units = _DEGREES
            definition.location_type.location_datum = _ELLIPSOID
            definition.velocity_type.enu_velocity_units.east_north_rate_units = SpeedUnits.SPEED_UNITS_MS
            definition.velocity_type.enu_velocity_units.up_rate_units = SpeedUnits.SPEED_UNITS_MS
            definition.velocity_type.location_datum = _ELLIPSOID
        classes = definition.detection_class_definition.add(confidence_definition=1)
        air = classes.class_definition.add(type="Air Vehicle", units="probability")
        air.sub_class.add(type="UAV Rotary Wing", units="probability", level=1)

    def status(self, at_s: float, system: StatusReport.System = StatusReport.SYSTEM_OK) -> SapientMessage:
        """Its health, mode, power and place."""
        message = self._envelope(at_s)
        said = message.status_report
        said.report_id = self._ulid("status", at_s)
        said.system, said.mode = system, self.mode
        said.info = StatusReport.INFO_NEW if self._new else StatusReport.INFO_UNCHANGED
        self._new, self._asked = system == StatusReport.SYSTEM_GOODBYE, False
        said.power.source, said.power.status = StatusReport.POWERSOURCE_MAINS, StatusReport.POWERSTATUS_OK
        latitude, longitude, altitude = self._place
        said.node_location.CopyFrom(_location(latitude, longitude, altitude))
        return message

    def goodbye(self, at_s: float) -> SapientMessage:
        """That it will disconnect."""
        return self.status(at_s, StatusReport.SYSTEM_GOODBYE)

    @property
    def asked(self) -> bool:
        """Whether somebody has asked for its status, and it is due."""
        return self._asked

    def detections(self, at_s: float) -> Iterator[SapientMessage]:
        """What it sees in one look: the drone with P_DETECT, and now and then what is none (a radar alone)."""
        position, velocity = self._flight(at_s)
        if self._rng.random() < P_DETECT:
            yield self._detection(at_s, "drone", position, velocity, 0.9)
        if self._kind == "radar":
            for number in range(int(self._rng.poisson(CLUTTER_A_SCAN))):
                spread = self._rng.uniform([-FAR_M, -FAR_M, 10.0], [FAR_M, FAR_M, 400.0])
                yield self._detection(at_s, f"clutter {self._count} {number}", spread, None, 0.4)

    def _flight(self, at_s: float) -> tuple[Floats, Floats]:
        """Position and velocity east, north, up of the drone, about the node: an oval that comes near it."""
        rate = 2.0 * math.pi / TURN_S
        turn = rate * (at_s % TURN_S)
        middle, reach = (FAR_M + NEAR_M) / 2.0, (FAR_M - NEAR_M) / 2.0
        along = np.array([middle - reach * math.cos(turn), reach * math.sin(turn) * rate])
        across = 0.4 * reach * np.array([math.sin(turn), math.cos(turn) * rate])
        cos, sin = math.cos(self._turned_rad), math.sin(self._turned_rad)
        east, north = along * cos - across * sin, along * sin + across * cos
        up = np.array([120.0 + 30.0 * math.sin(2.0 * turn), 60.0 * math.cos(2.0 * turn) * rate])
        together = np.stack([east, north, up])
        return together[:, 0], together[:, 1]

    def _detection(self, at_s: float, name: str, enu_m: Floats, velocity: Floats | None, p: float) -> SapientMessage:
        message = self._envelope(at_s)
        said = message.detection_report
        self._count += 1
        said.report_id = self._ulid(f"report {self._count}", at_s)
        said.object_id = self._ulid(name, self._began_s)
        said.detection_confidence = p
        if self._kind == "camera":
            said.range_bearing.CopyFrom(self._bearing(enu_m))
        else:
            said.location.CopyFrom(self._position(enu_m))
        if velocity is None:
            return message
        if self._kind == "radar":
            east, north, up = velocity + self._rng.normal(0.0, 1.0, 3)
            said.enu_velocity.east_rate, said.enu_velocity.north_rate, said.enu_velocity.up_rate = east, north, up
        one = said.classification.add(type="Air Vehicle", confidence=0.8)
        one.sub_class.add(type="UAV Rotary Wing", confidence=0.9, level=1)
        return message

    def _position(self, enu_m: Floats) -> Location:
        noise = self._rng.normal(0.0, [SIGMA_POSITION_M, SIGMA_POSITION_M, SIGMA_ALTITUDE_M])
        where = _location(*(float(one) for one in self._frame.to_geodetic(enu_m + noise)))
        where.x_error = where.y_error = SIGMA_POSITION_M
        where.z_error = SIGMA_ALTITUDE_M
        return where

    def _bearing(self, enu_m: Floats) -> RangeBearing:
        east, north, up = enu_m.tolist()
        noise = self._rng.normal(0.0, SIGMA_BEARING_DEG, 2)
        return RangeBearing(
            azimuth=(math.degrees(math.atan2(east, north)) + noise[0]) % 360.0,
            elevation=math.degrees(math.atan2(up, math.hypot(east, north))) + noise[1],
            azimuth_error=SIGMA_BEARING_DEG,
            elevation_error=SIGMA_BEARING_DEG,
            coordinate_system=_BEARINGS,
            datum=_TRUE,
        )

    def answer(self, asked: SapientMessage, at_s: float) -> SapientMessage | None:
        """Its answer to a task: requests and looks are accepted, anything else is refused."""
        if not asked.HasField("task"):
            return None
        message = self._envelope(at_s, asked.node_id)
        command = asked.task.command.WhichOneof("command")
        taken = command in ("request", "look_at")
        message.task_ack.task_id = asked.task.task_id
        message.task_ack.task_status = TaskAck.TASK_STATUS_ACCEPTED if taken else TaskAck.TASK_STATUS_REJECTED
        if not taken:
            message.task_ack.reason.append("only requests and look_at")
        if command == "request":
            self._asked = self._new = True
        return message

    def _envelope(self, at_s: float, to: str | None = None) -> SapientMessage:
        message = SapientMessage(node_id=self.node)
        message.timestamp.FromMicroseconds(round(at_s * 1e6))
        if to:
            message.destination_id = to
        return message

    def _ulid(self, name: str, at_s: float) -> str:
        return ulid_of(f"{self.node} {name}", at_s)


def _seconds(duration: Registration.Duration, value: float) -> None:
    duration.units, duration.value = Registration.TIME_UNITS_SECONDS, value


def _location(latitude_deg: float, longitude_deg: float, altitude_ellipsoid_m: float) -> Location:
    return Location(
        x=longitude_deg, y=latitude_deg, z=altitude_ellipsoid_m, coordinate_system=_DEGREES, datum=_ELLIPSOID
    )
