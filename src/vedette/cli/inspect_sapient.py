"""SAPIENT messages for `vedette inspect`: one line a message, with how many faults it has."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from vedette.feeds.sapient.node import health_of
from vedette.model import Rejected
from vedette.wire.sapient.checks import NodeChecker
from vedette.wire.sapient.codec import Received, kind_of
from vedette.wire.sapient.detections import Detection, decode_detection, named_class
from vedette.wire.sapient.geometry import Geodetic

Line = dict[str, Any]
MakeLine = Callable[[str, int, float | None, Mapping[str, Any]], Line]
_NODES_MOST = 4096


def sapient_lines(units: Iterable[tuple[float | None, object]], make: MakeLine) -> Iterator[Line]:
    """A line a message: `detection` (`track`, of a fusion node), `status` for every other kind, `rejected`.

    `says` names a status's kind; `faults` counts a message's errors by the standard and its node's registration.
    """
    nodes: dict[str, NodeChecker] = {}
    for number, (at_s, unit) in enumerate(units):
        if isinstance(unit, Rejected):
            yield make("rejected", number, at_s, {"reason": unit.reason, "offset": unit.offset})
        elif isinstance(unit, Received):
            node = unit.message.node_id
            checker = nodes.get(node) or NodeChecker()
            if len(nodes) < _NODES_MOST:
                nodes[node] = checker
            faults = sum(one.severity == "error" for one in checker.check(unit.message))
            kind, known = _of_message(unit, checker)
            yield make(kind, number, at_s, {"source": node or None} | known | {"faults": faults or None})


def _of_message(unit: Received, checker: NodeChecker) -> tuple[str, Line]:
    message, says = unit.message, kind_of(unit.message)
    if says != "detection_report":
        return "status", {"says": says} | _said(message, checker)
    detection = decode_detection(message, checker.registered, checker.mode, checker.near)
    if isinstance(detection, Rejected):
        return "rejected", {"reason": detection.reason, "offset": unit.offset}
    named = " / ".join(named_class(message.detection_report)) or None
    fuses = checker.registered is not None and checker.registered.fuses
    return "track" if fuses else "detection", _detection(detection) | {"says_class": named}


def _said(message: SapientMessage, checker: NodeChecker) -> Line:
    if message.HasField("registration") and checker.registered is not None:
        return {"name": checker.registered.name or None, "types": ", ".join(checker.registered.types) or None}
    if message.HasField("status_report"):
        state, detail = health_of(message.status_report)
        place = checker.place
        where = {"latitude_deg": place.latitude_deg, "longitude_deg": place.longitude_deg} if place else {}
        return {"state": state, "detail": detail or None} | where
    if message.HasField("alert"):
        return {"detail": message.alert.description or None}
    return {}


def _detection(one: Detection) -> Line:
    where, velocity = one.where, one.velocity
    known: Line = {
        "object": one.object,
        "confidence": one.confidence,
        "named": one.named,
        "derived_from": len(one.sources) or None,
        "velocity_east_mps": velocity and velocity.east_mps,
        "velocity_north_mps": velocity and velocity.north_mps,
        "velocity_up_mps": velocity and velocity.up_mps,
    }
    if isinstance(where, Geodetic):
        return known | {
            "latitude_deg": where.latitude_deg,
            "longitude_deg": where.longitude_deg,
            "altitude_ellipsoid_m": where.altitude_ellipsoid_m,
            "sigma_position_m": where.sigma_position_m,
            "sigma_altitude_m": where.sigma_altitude_m,
        }
    return known | {
        "range_m": where.range_m,
        "azimuth_true_deg": math.degrees(where.azimuth_true_rad),
        "elevation_deg": _degrees(where.elevation_rad),
        "sigma_range_m": where.sigma_range_m,
        "sigma_azimuth_deg": _degrees(where.sigma_azimuth_rad),
        "sigma_elevation_deg": _degrees(where.sigma_elevation_rad),
    }


def _degrees(rad: float | None) -> float | None:
    return None if rad is None else math.degrees(rad)
