"""What a node said at its registration: its kind, modes, units, classes. Detections are read and checked by it.

Names are matched without regard to case or surrounding blanks. A node may declare several types; it is a sensor only
if each of them is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import msgspec
from sapient_msg.bsi_flex_335_v2_0.location_pb2 import Location, LocationCoordinateSystem, LocationDatum
from sapient_msg.bsi_flex_335_v2_0.range_bearing_pb2 import (
    RangeBearing,
    RangeBearingCone,
    RangeBearingCoordinateSystem,
    RangeBearingDatum,
)
from sapient_msg.bsi_flex_335_v2_0.registration_pb2 import Registration
from sapient_msg.bsi_flex_335_v2_0.velocity_pb2 import SpeedUnits

SENSOR_TYPES: Final = frozenset(
    {
        "RADAR",
        "LIDAR",
        "CAMERA",
        "SEISMIC",
        "ACOUSTIC",
        "PROXIMITY_SENSOR",
        "PASSIVE_RF",
        "CHEMICAL",
        "BIOLOGICAL",
        "RADIATION",
    }
)
"""Node types that only perceive. All others act, move, or do not say what stands behind them: KINETIC, JAMMER, CYBER,
LDEW, RFDEW; MOBILE_NODE; HUMAN (a guard may do more than look), POINTABLE_NODE (what is pointed?), FUSION_NODE (to whom
does it pass things on?), OTHER, and every number that the standard does not name."""

SPEED_MPS: Final = {SpeedUnits.SPEED_UNITS_MS: 1.0, SpeedUnits.SPEED_UNITS_KPH: 1.0 / 3.6}
MODES_MOST, DEFINITIONS_MOST, CLASSES_MOST = 64, 64, 4096
"""Of a registration, so much is kept: what others send must not take our time and memory."""
_SECONDS: Final = (0.0, 1e-9, 1e-6, 1e-3, 1.0, 60.0, 3600.0, 86_400.0)
"""Seconds in each of TimeUnits, by its number."""
_LONGEST_S: Final = 86_400.0


class Place(msgspec.Struct, frozen=True, order=True):
    """A way to say where, by the standard's names without their common part; "" for one that it does not name.

    system: such as LAT_LNG_DEG_M, or DEGREES_M of range and bearing. datum: such as WGS84_E, or TRUE.
    """

    system: str
    datum: str
    zone: str = ""


class Speeds(msgspec.Struct, frozen=True):
    """Metres per second in one unit of east and north rates, and of the up rate (None: not said)."""

    flat_mps: float
    up_mps: float | None


class Mode(msgspec.Struct, frozen=True, kw_only=True):
    """What a node reports in one mode. classes: each as its path of folded names, such as ("air vehicle", "uav").

    tracking: NONE, TRACKLET, TRACK, TRACK_WITH_RE_ID or "". scan: FIXED, SCANNING, STEERABLE or "".
    speeds: of each velocity type it declares. commands: the types it declares, such as LOOK_AT.
    """

    name: str
    places: frozenset[Place]
    speeds: frozenset[Speeds]
    classes: frozenset[tuple[str, ...]]
    behaviours: frozenset[str]
    details: frozenset[tuple[str, str]]
    tracking: str
    scan: str
    commands: frozenset[str]
    detects: bool


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """A node's registration, digested. types: node types without NODE_TYPE_, each once, in order.

    zone: the UTM zone, where it names one alone.
    """

    name: str
    types: tuple[str, ...]
    status_interval_s: float | None
    modes: dict[str, Mode]
    zone: str = ""

    @property
    def is_sensor_only(self) -> bool:
        """Whether every declared type is a sensor's: only then may it be asked to look somewhere."""
        return bool(self.types) and all(one in SENSOR_TYPES for one in self.types)

    @property
    def fuses(self) -> bool:
        """Whether it is a fusion node: what it reports are tracks."""
        return "FUSION_NODE" in self.types

    def mode(self, name: str | None) -> Mode | None:
        """The mode of a name; without one, the only mode there is."""
        if name is None:
            return next(iter(self.modes.values())) if len(self.modes) == 1 else None
        return self.modes.get(fold(name))

    def speeds(self, mode: Mode | None) -> Speeds | None:
        """The velocity units of a mode, or of all modes alike; None where none or several are declared."""
        found = mode.speeds if mode is not None else frozenset(s for m in self.modes.values() for s in m.speeds)
        return next(iter(found)) if len(found) == 1 else None


def fold(text: str) -> str:
    """A name as it is compared: without regard to case and surrounding blanks."""
    return _folded(text) if len(text) <= NAME_MOST else text.strip().casefold()


NAME_MOST: Final = 64
"""Longer names are not remembered: what others send must not fill our memory."""


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return text.strip().casefold()


def digest_registration(message: Registration) -> Registered:
    """The registration as it is used. Never raises: what is missing is empty."""
    types = (_name(Registration.NodeType, one.node_type, "NODE_TYPE_") or "?" for one in message.node_definition)
    modes = [_mode(one) for one in islice(message.mode_definition, MODES_MOST)]
    zones = {place.zone for mode in modes for place in mode.places if place.zone}
    return Registered(
        name=(message.short_name or message.name).strip()[:60],
        types=tuple(dict.fromkeys(types)),
        status_interval_s=_seconds(message.status_definition.status_interval),
        modes={fold(mode.name): mode for mode in modes},
        zone=next(iter(zones)) if len(zones) == 1 else "",
    )


def place_of(what: Location) -> Place:
    """The way in which a Location says where."""
    return _place(what.coordinate_system, what.datum)


def place_of_bearing(what: RangeBearing | RangeBearingCone) -> Place:
    """The way in which a range and bearing say where."""
    return _bearing_place(what.coordinate_system, what.datum)


@lru_cache(maxsize=256)
def _place(system: int, datum: int) -> Place:
    return Place(
        _name(LocationCoordinateSystem, system, "LOCATION_COORDINATE_SYSTEM_"),
        _name(LocationDatum, datum, "LOCATION_DATUM_"),
    )


@lru_cache(maxsize=256)
def _bearing_place(system: int, datum: int) -> Place:
    return Place(
        _name(RangeBearingCoordinateSystem, system, "RANGE_BEARING_COORDINATE_SYSTEM_"),
        _name(RangeBearingDatum, datum, "RANGE_BEARING_DATUM_"),
    )


def _name(enum: Any, number: int, prefix: str) -> str:
    """An enumeration's name without its prefix; "" if it is not specified, or unknown."""
    try:
        name: str = enum.Name(number)
    except ValueError:
        return ""
    return "" if number == 0 else name.removeprefix(prefix)


def _seconds(duration: Registration.Duration) -> float | None:
    if not duration.HasField("value") or not 0 < duration.units < len(_SECONDS):
        return None
    seconds = duration.value * _SECONDS[duration.units]
    return seconds if 0.0 < seconds <= _LONGEST_S else None


def _mode(mode: Registration.ModeDefinition) -> Mode:
    definitions = tuple(islice(mode.detection_definition, DEFINITIONS_MOST))
    return Mode(
        name=mode.mode_name,
        places=frozenset(_place_type(one.location_type) for one in definitions),
        speeds=frozenset(filter(None, (_speeds(one.velocity_type) for one in definitions))),
        classes=frozenset(islice(_classes(definitions), CLASSES_MOST)),
        behaviours=frozenset(fold(b.type) for one in definitions for b in one.behaviour_definition),
        details=frozenset(islice(_details(definitions), CLASSES_MOST)),
        tracking=_name(Registration.TrackingType, mode.tracking_type, "TRACKING_TYPE_"),
        scan=_name(Registration.ScanType, mode.scan_type, "SCAN_TYPE_"),
        commands=frozenset(_name(Registration.CommandType, one.type, "COMMAND_TYPE_") for one in mode.task.command),
        detects=bool(definitions),
    )


def _place_type(kind: Registration.LocationType) -> Place:
    flat, polar = (
        _place(kind.location_units, kind.location_datum),
        _bearing_place(kind.range_bearing_units, kind.range_bearing_datum),
    )
    system = polar.system if kind.WhichOneof("coordinates_oneof") == "range_bearing_units" else flat.system
    datum = polar.datum if kind.WhichOneof("datum_oneof") == "range_bearing_datum" else flat.datum
    return Place(system, datum, kind.zone.strip().upper())


def _speeds(velocity: Registration.VelocityType) -> Speeds | None:
    units = velocity.enu_velocity_units
    flat = SPEED_MPS.get(units.east_north_rate_units)
    if flat is None:
        return None
    return Speeds(flat, SPEED_MPS.get(units.up_rate_units) if units.HasField("up_rate_units") else None)


def _classes(definitions: Iterable[Registration.DetectionDefinition]) -> Iterator[tuple[str, ...]]:
    for definition in definitions:
        for group in definition.detection_class_definition:
            for one in group.class_definition:
                yield from _paths(one, ())
            for dock in group.taxonomy_dock_definition:
                docked = tuple(fold(part) for part in dock.Dock_class.split("."))
                yield docked
                yield from ((*docked, fold(one.Subclass_name)) for one in dock.Extension_subclass)


def _paths(one: Any, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    here = (*above, fold(one.type))
    yield here
    for sub in one.sub_class:
        yield from _paths(sub, here)


def _details(definitions: Iterable[Registration.DetectionDefinition]) -> Iterator[tuple[str, str]]:
    for definition in definitions:
        for report in definition.detection_report:
            category = _name(Registration.DetectionReportCategory, report.category, "DETECTION_REPORT_CATEGORY_")
            yield category, fold(report.type)
