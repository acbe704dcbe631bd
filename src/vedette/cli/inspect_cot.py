"""Cursor on Target in `vedette inspect`: one line an event."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.cli.lines import Line, Timed, line_of, rejected_line
from vedette.clock import iso_utc
from vedette.model import Rejected
from vedette.wire.cot import CotEvent


def cot_lines(units: list[Timed]) -> Iterator[Line]:
    """The lines of a recorded stream; what is no position is a status."""
    for number, (at_s, unit) in enumerate(units):
        if isinstance(unit, Rejected):
            yield rejected_line(number, at_s, unit)
        elif isinstance(unit, CotEvent):
            yield line_of("detection" if unit.is_position else "status", number, at_s, _known(unit))


def _known(event: CotEvent) -> Line:
    known: Line = {"source": event.uid, "type": event.type, "how": event.how, "callsign": event.callsign}
    known["stale_utc"] = iso_utc(event.stale_s)
    if not event.is_position:
        return known
    return known | {
        "latitude_deg": event.latitude_deg,
        "longitude_deg": event.longitude_deg,
        "altitude_ellipsoid_m": event.altitude_ellipsoid_m,
        "sigma_position_m": event.sigma_position_m,
        "sigma_altitude_m": event.sigma_altitude_m,
        "course_true_deg": event.course_true_deg,
        "speed_mps": event.speed_mps,
    }
