"""What receivers say of aircraft, for `vedette inspect`: Mode S messages, SBS lines, aircraft.json.

An aircraft's source is `icao:…`; one whose address is none of ICAO's has the kind of address before it instead, and no
identity. aircraft.json counts aircraft: each object of its list is a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from vedette.cli.lines import Line, Timed, line_of, rejected_line
from vedette.model import Rejected
from vedette.wire.adsb import ModeSReport
from vedette.wire.aircraft_json import Snapshot
from vedette.wire.aircraft_report import AircraftReport
from vedette.wire.sbs import SbsNote


def aircraft_line(number: int, at_s: float | None, report: ModeSReport | AircraftReport) -> Line:
    """One message of an aircraft."""
    known = msgspec.structs.asdict(report)
    source = f"{known.pop('address_type')}:{known.pop('address')}"
    known["adsb_source"] = known.pop("source")
    known.pop("at_s", None)
    known.pop("zoned", None)
    identity = source if source.startswith("icao:") else None
    kind = "identity" if report.latitude_deg is None else "detection"
    return line_of(kind, number, at_s, {"source": source, "identity": identity} | known)


def aircraft_lines(units: Iterable[Timed]) -> Iterator[Line]:
    """SBS lines and readings of aircraft.json."""
    number = 0
    for at_s, unit in units:
        for one in unit.aircraft if isinstance(unit, Snapshot) else (unit,):
            if isinstance(one, Rejected):
                yield rejected_line(number, at_s, one)
            elif isinstance(one, AircraftReport):
                yield aircraft_line(number, one.at_s, one)
            elif isinstance(one, SbsNote):
                yield line_of("status", number, at_s, {"source": "software", "detail": one.kind})
            number += 1
