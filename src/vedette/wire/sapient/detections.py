"""A detection report → Detection: the message's values in our units, by its node's registration.

A detection that cannot be placed is Rejected, with geometry's reason. What stands beside the place is left out where it
makes no sense, and the detection is kept: `dropped` says what. Velocities have no units of their own: they are read by
the registration's, and dropped without it. Classes are matched without regard to case against the names of the core
taxonomy, and against a few that are in use beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import msgspec
from sapient_msg.bsi_flex_335_v2_0.associated_file_pb2 import AssociatedFile
from sapient_msg.bsi_flex_335_v2_0.detection_report_pb2 import DetectionReport
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage
from sapient_msg.bsi_flex_335_v2_0.velocity_pb2 import ENUVelocity

from vedette.model import CLASSES, Rejected
from vedette.wire.sapient.codec import sent_s
from vedette.wire.sapient.geometry import Geodetic, Polar, Refused, bear, locate
from vedette.wire.sapient.registration import NAME_MOST, Registered, Speeds, fold

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
GROUND_NAMES: Final = frozenset({"human", "horse", "fixed object", "equipment", "land vehicle", "sea vessel"})
CLASSES_MOST, SOURCES_MOST, FILES_MOST = 32, 256, 16
"""Of one report, so many are taken in."""
DEFAULT_P_CLASS: Final = 0.7
"""Of a class that is named without a confidence: better than even, far from certain."""
_PICTURES: Final = ("image", "picture", "photo", "still", "thumbnail")
"""How the types of files that are pictures begin; the standard leaves the names to the node."""
_LEAST_P: Final = 0.01
"""No class is ever quite ruled out by a report."""


class Velocity(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """East, north, up in m/s with the errors the message gives. A zero is a value; None: not given."""

    east_mps: float
    north_mps: float
    up_mps: float | None = None
    sigma_east_mps: float | None = None
    sigma_north_mps: float | None = None
    sigma_up_mps: float | None = None


class Detection(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One detection report. observed_s: the message's time. where: a place, or range and bearings from the node.

    object: the node's ULID for what it saw. tracking: whether that lasts, by the node's mode: NONE, TRACKLET, TRACK,
    TRACK_WITH_RE_ID; "" unknown. named: the report's own `id`, such as a tail number.
    p_classes: of CLASSES, sums to 1; None: nothing said.
    sources: (node, object) of each detection it is derived from.
    image_url: of the first associated file that its type calls a picture, as it stands there.
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
    p_classes: tuple[float, ...] | None = None
    tracking: str = ""
    sources: tuple[tuple[str, str], ...] = ()
    image_url: str | None = None
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
    where = _where(report, near, registered.zone if registered is not None else "")
    if isinstance(where, Refused):
        return Rejected(reason=where.reason)
    dropped: list[str] = []
    velocity = None
    if report.HasField("enu_velocity"):
        velocity = _velocity(report.enu_velocity, registered.speeds(declared) if registered else None, dropped)
    confidence: float | None = report.detection_confidence
    if not report.HasField("detection_confidence"):
        confidence = None
    elif not 0.0 <= report.detection_confidence <= 1.0:
        confidence = None
        dropped.append("bad_detection_confidence")
    derived, classes = report.derived_detection, report.classification
    return Detection(
        node=message.node_id,
        report=report.report_id,
        object=report.object_id,
        observed_s=at_s,
        where=where,
        velocity=velocity,
        confidence=confidence,
        state=report.state or None,
        named=report.id.strip() or None,
        p_classes=p_classes_of(classes) if classes else None,
        tracking=declared.tracking if declared is not None else "",
        sources=tuple((one.node_id, one.object_id) for one in islice(derived, SOURCES_MOST)) if derived else (),
        image_url=_image(report.associated_file) if report.associated_file else None,
        dropped=tuple(dropped) if dropped else (),
    )


def _image(files: Sequence[AssociatedFile]) -> str | None:
    for one in islice(files, FILES_MOST):
        if fold(one.type[:NAME_MOST]).startswith(_PICTURES):
            return one.url
    return None


def _where(report: DetectionReport, near: tuple[float, float] | None, zone: str) -> Geodetic | Polar | Refused:
    if report.HasField("location"):
        return locate(report.location, near, zone)
    if report.HasField("range_bearing"):
        return bear(report.range_bearing)
    return Refused("no_position", "location", "neither location nor range and bearing")


def _velocity(sent: ENUVelocity, speeds: Speeds | None, dropped: list[str]) -> Velocity | None:
    if speeds is None:
        dropped.append("velocity_without_units")
        return None
    flat, up = speeds.flat_mps, speeds.flat_mps if speeds.up_mps is None else speeds.up_mps
    east, north, rise = sent.east_rate * flat, sent.north_rate * flat, sent.up_rate * up
    given = sent.HasField("east_rate") and sent.HasField("north_rate")
    if not (given and abs(east) < _FASTEST_MPS and abs(north) < _FASTEST_MPS and abs(rise) < _FASTEST_MPS):
        dropped.append("bad_velocity")
        return None
    return Velocity(
        east_mps=east,
        north_mps=north,
        up_mps=rise if sent.HasField("up_rate") else None,
        sigma_east_mps=sent.east_rate_error * flat or None,
        sigma_north_mps=sent.north_rate_error * flat or None,
        sigma_up_mps=sent.up_rate_error * up or None,
    )


_FASTEST_MPS: Final = 5000.0


def p_classes_of(classes: Sequence[DetectionReport.DetectionReportClassification]) -> tuple[float, ...] | None:
    """A report's classes as a posterior over CLASSES; None where it names none that we know.

    A named class shares its confidence evenly among what it may mean, its sub-classes theirs within it; what is left is
    shared evenly among the rest.
    """
    masses = [0.0] * len(CLASSES)
    total, named = 0.0, 0
    for place in range(
        min(len(classes), CLASSES_MOST)
    ):  # repeated fields are quicker by their places than by iteration
        one = classes[place]
        bits = _bits(one.type)
        p = _confidence(one) if bits else 0.0
        if p <= 0.0:
            continue
        total, named = total + p, named | bits
        left, parts = p, one.sub_class
        for inside in range(min(len(parts), CLASSES_MOST)):
            inner = _bits(parts[inside].type) & bits
            share = _confidence(parts[inside]) * p if inner else 0.0
            if share > 0.0 and left > 0.0:
                _spread(inner, min(share, left), masses)
                left -= share
        if left > 0.0:
            _spread(bits, left, masses)
    if total <= 0.0:
        return None
    if total < 1.0:
        _spread(~named & _ALL or _ALL, 1.0 - total, masses)
    if total <= 1.0 and min(masses) >= _LEAST_P:
        return tuple(masses)
    masses = [max(mass, _LEAST_P) for mass in masses]
    scale = 1.0 / sum(masses)
    return tuple([mass * scale for mass in masses])


_ALL: Final = (1 << len(CLASSES)) - 1
_PLACES: Final = tuple(tuple(place for place in range(len(CLASSES)) if bits >> place & 1) for bits in range(_ALL + 1))
"""The places of CLASSES in each set of bits."""


@lru_cache(maxsize=1024)
def _bits_of(name: str) -> int:
    folded = fold(name)
    bits = CLASS_NAMES.get(folded)
    return bits if bits is not None else OTHER if folded in GROUND_NAMES else 0


def _bits(name: str) -> int:
    """What a name may mean; one that is longer than any we know is not remembered."""
    return _bits_of(name) if len(name) <= NAME_MOST else 0


def _confidence(one: DetectionReport.DetectionReportClassification | DetectionReport.SubClass) -> float:
    """Within 0 to 1; where it is no number, 0."""
    p: float = one.confidence
    if 0.0 < p <= 1.0:
        return p
    if not one.HasField("confidence"):
        return DEFAULT_P_CLASS
    return 1.0 if p > 1.0 else 0.0


def _spread(bits: int, p: float, masses: list[float]) -> None:
    places = _PLACES[bits]
    share = p / len(places)
    for place in places:
        masses[place] += share


def named_class(report: DetectionReport) -> tuple[str, ...]:
    """The likeliest class of a report, as it is named there, and its sub-classes below it; empty: it names none."""
    names: tuple[str, ...] = ()
    level: Any = report.classification
    while level and len(names) < _LEVELS_MOST:
        best = max(level, key=_confidence)
        names, level = (*names, best.type.strip()), best.sub_class
    return names


_LEVELS_MOST: Final = 8
