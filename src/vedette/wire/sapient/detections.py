"""A detection report → Detection: the message's values in our units, by its node's registration.

A detection that cannot be placed is Rejected, with geometry's reason. What stands beside the place is left out where it
makes no sense, and the detection is kept: `dropped` says what. Velocities have no units of their own: they are read by
the registration's, and dropped without it. Classes are matched without regard to case against the names of the core
taxonomy, and against a few that are in use beside it.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec
from sapient_msg.bsi_flex_335_v2_0.detection_report_pb2 import DetectionReport
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from vedette.model import CLASSES, Rejected
from vedette.wire.sapient.codec import sent_s
from vedette.wire.sapient.geometry import Geodetic, Polar, Refused, bear, locate
from vedette.wire.sapient.registration import Registered, Speeds, fold

UAV_ROTARY, UAV_FIXED_WING, MANNED, BIRD, OTHER = (1 << place for place in range(len(CLASSES)))
CLASS_NAMES: Final[dict[str, int]] = {
    "uav rotary wing": UAV_ROTARY,
    "uav fixed wing": UAV_FIXED_WING,
    "manned rotary wing": MANNED,
    "manned fixed wing": MANNED,
    "air vehicle": UAV_ROTARY | UAV_FIXED_WING | MANNED,
    "bird": BIRD,
    "animal": BIRD | OTHER,
    "uas": UAV_ROTARY | UAV_FIXED_WING,
    "uav": UAV_ROTARY | UAV_FIXED_WING,
    "suas": UAV_ROTARY | UAV_FIXED_WING,
    "drone": UAV_ROTARY | UAV_FIXED_WING,
    "quadcopter": UAV_ROTARY,
    "multirotor": UAV_ROTARY,
    "aircraft": MANNED,
    "helicopter": MANNED,
}
"""Which of CLASSES a name may mean, as bits in their order. Names of the core taxonomy first."""
NO_CLASS: Final = frozenset({"unknown", ""})
GROUND_NAMES: Final = frozenset({"human", "horse", "fixed object", "equipment", "land vehicle", "sea vessel"})
DEFAULT_P_CLASS: Final = 0.7
"""Of a class that is named without a confidence: better than even, far from certain."""
_LEAST_P: Final = 0.01
"""No class is ever quite ruled out by a report."""


class Velocity(msgspec.Struct, frozen=True, kw_only=True):
    """East, north, up in m/s with the errors the message gives. A zero is a value; None: not given."""

    east_mps: float
    north_mps: float
    up_mps: float | None = None
    sigma_east_mps: float | None = None
    sigma_north_mps: float | None = None
    sigma_up_mps: float | None = None


class Detection(msgspec.Struct, frozen=True, kw_only=True):
    """One detection report. observed_s: the message's time. where: a place, or range and bearings from the node.

    object: the node's ULID for what it saw. tracking: whether that lasts, by the node's mode: NONE, TRACKLET, TRACK,
    TRACK_WITH_RE_ID; "" unknown. named: the report's own `id`, such as a tail number.
    classes: (path of names as sent, confidence or None). p_classes: of CLASSES, sums to 1; None: nothing said.
    sources: (node, object) of each detection it is derived from.
    """

    node: str
    report: str
    object: str
    observed_s: float
    where: Geodetic | Polar
    velocity: Velocity | None = None
    confidence: float | None = None
    state: str | None = None
    named: str | None = None
    classes: tuple[tuple[tuple[str, ...], float | None], ...] = ()
    p_classes: tuple[float, ...] | None = None
    tracking: str = ""
    sources: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()


def decode_detection(
    message: SapientMessage,
    registered: Registered | None = None,
    mode: str | None = None,
    near: tuple[float, float] | None = None,
) -> Detection | Rejected:
    """The detection of a message that holds a detection report.

    Args:
        registered: its node's registration, `mode` the mode of its last status report.
        near: latitude and longitude of the node, for UTM zones that can be read in two ways.
    """
    report = message.detection_report
    at_s = sent_s(message)
    if at_s is None:
        return Rejected(reason="no_time")
    declared = registered.mode(mode) if registered is not None else None
    where = _where(report, near, _zone(registered))
    if isinstance(where, Refused):
        return Rejected(reason=where.reason)
    dropped: list[str] = []
    return Detection(
        node=message.node_id,
        report=report.report_id,
        object=report.object_id,
        observed_s=at_s,
        where=where,
        velocity=_velocity(report, registered.speeds(mode) if registered is not None else None, dropped),
        confidence=_fraction(report.detection_confidence, "detection_confidence", dropped)
        if report.HasField("detection_confidence")
        else None,
        state=report.state or None,
        named=report.id.strip() or None,
        classes=_classes(report),
        p_classes=p_classes_of(report),
        tracking=declared.tracking if declared is not None else "",
        sources=tuple((one.node_id, one.object_id) for one in report.derived_detection),
        dropped=tuple(dropped),
    )


def _where(report: DetectionReport, near: tuple[float, float] | None, zone: str) -> Geodetic | Polar | Refused:
    kind = report.WhichOneof("location_oneof")
    if kind == "location":
        return locate(report.location, near, zone)
    if kind == "range_bearing":
        return bear(report.range_bearing)
    return Refused("no_position", "location", "neither location nor range and bearing")


def _zone(registered: Registered | None) -> str:
    """The UTM zone of a registration that names one alone."""
    if registered is None:
        return ""
    zones = {place.zone for mode in registered.modes.values() for place in mode.places if place.zone}
    return next(iter(zones)) if len(zones) == 1 else ""


_RATES: Final = ("east_rate", "north_rate", "up_rate", "east_rate_error", "north_rate_error", "up_rate_error")


def _velocity(report: DetectionReport, speeds: Speeds | None, dropped: list[str]) -> Velocity | None:
    if report.WhichOneof("velocity_oneof") is None:
        return None
    sent = report.enu_velocity
    if speeds is None:
        dropped.append("velocity_without_units")
        return None
    up = speeds.flat_mps if speeds.up_mps is None else speeds.up_mps
    scales = (speeds.flat_mps, speeds.flat_mps, up) * 2
    rates = [
        getattr(sent, name) * scale if sent.HasField(name) else None for name, scale in zip(_RATES, scales, strict=True)
    ]
    east, north = rates[0], rates[1]
    if east is None or north is None or not all(one is None or abs(one) < 5000.0 for one in rates):
        dropped.append("bad_velocity")
        return None
    return Velocity(
        east_mps=east,
        north_mps=north,
        up_mps=rates[2],
        sigma_east_mps=rates[3],
        sigma_north_mps=rates[4],
        sigma_up_mps=rates[5],
    )


def _fraction(value: float, name: str, dropped: list[str]) -> float | None:
    if 0.0 <= value <= 1.0:
        return float(value)
    dropped.append(f"bad_{name}")
    return None


def _classes(report: DetectionReport) -> tuple[tuple[tuple[str, ...], float | None], ...]:
    found: list[tuple[tuple[str, ...], float | None]] = []
    for one in report.classification:
        path: tuple[str, ...] = ()
        at = one
        while True:
            path = (*path, at.type.strip())
            if not at.sub_class or len(path) >= 8:
                break
            at = max(at.sub_class, key=lambda sub: sub.confidence)
        found.append((path, one.confidence if one.HasField("confidence") else None))
    return tuple(found)


def p_classes_of(report: DetectionReport) -> tuple[float, ...] | None:
    """The report's classes as a posterior over CLASSES; None where it names none that we know.

    A named class shares its confidence evenly among what it may mean, its sub-classes theirs within it; what is left is
    shared evenly among the rest.
    """
    masses = [0.0] * len(CLASSES)
    total, named = 0.0, 0
    for one in report.classification:
        bits = _bits(one.type)
        if bits == 0:
            continue
        p = min(max(one.confidence, 0.0), 1.0) if one.HasField("confidence") else DEFAULT_P_CLASS
        if not math.isfinite(p) or p <= 0.0:
            continue
        total, named = total + p, named | bits
        _share(one, bits, p, masses)
    if total <= 0.0:
        return None
    if total > 1.0:
        masses = [mass / total for mass in masses]
        total = 1.0
    rest = [place for place in range(len(CLASSES)) if not named >> place & 1] or list(range(len(CLASSES)))
    for place in rest:
        masses[place] += (1.0 - total) / len(rest)
    masses = [max(mass, _LEAST_P) for mass in masses]
    return tuple(mass / sum(masses) for mass in masses)


def _bits(name: str) -> int:
    folded = fold(name)
    if folded in NO_CLASS:
        return 0
    return CLASS_NAMES.get(folded, OTHER if folded in GROUND_NAMES else 0)


def _share(one: DetectionReport.DetectionReportClassification, bits: int, p: float, masses: list[float]) -> None:
    """Put p on what a class may mean, by its sub-classes as far as they are known."""
    left = p
    for sub in one.sub_class:
        inner = CLASS_NAMES.get(fold(sub.type), 0) & bits
        if inner == 0:
            continue
        share = sub.confidence if sub.HasField("confidence") else DEFAULT_P_CLASS
        share = min(max(share, 0.0) if math.isfinite(share) else 0.0, 1.0) * p
        share = min(share, left)
        _spread(inner, share, masses)
        left -= share
    _spread(bits, left, masses)


def _spread(bits: int, p: float, masses: list[float]) -> None:
    places = [place for place in range(len(masses)) if bits >> place & 1]
    for place in places:
        masses[place] += p / len(places)
