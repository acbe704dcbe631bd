"""MAVLink and DataFlash in `vedette inspect`: one line a message, Remote ID among them joined by transmitter."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from vedette.cli.inspect_remote_id import join, transmission_lines
from vedette.cli.lines import Line, Timed, line_of, rejected_line
from vedette.model import Rejected
from vedette.wire.radio import Transmission
from vedette.wire.telemetry import ClockPair, Fix, Hello, Position, Telemetry

_KINDS = {Position: "detection", Fix: "detection", Hello: "identity", ClockPair: "status", type(None): "status"}


def telemetry_lines(units: list[Timed]) -> Iterator[Line]:
    """The lines of a flight log, each with the name its protocol has for the message."""
    joined = join(unit.body for _, unit in units if isinstance(unit, Telemetry))
    for number, (at_s, unit) in enumerate(units):
        if isinstance(unit, Rejected):
            yield rejected_line(number, at_s, unit)
        elif isinstance(unit, Telemetry) and isinstance(unit.body, Transmission):
            yield from transmission_lines(number, at_s, unit.body, joined[unit.body.transmitter])
        elif isinstance(unit, Telemetry):
            yield line_of(_KINDS[type(unit.body)], number, at_s, _known(unit))


def _known(unit: Telemetry) -> Line:
    known: Line = {"source": "log" if unit.system is None else f"system-{unit.system}", "type": unit.name}
    if isinstance(unit.body, (Position, Fix, Hello, ClockPair)):
        known |= msgspec.structs.asdict(unit.body)
    known["height_over_take_off_m"] = known.pop("height_m", None)
    return known
