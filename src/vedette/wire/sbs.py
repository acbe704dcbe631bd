"""SBS (BaseStation) lines: 22 fields divided by commas, as receivers send them on TCP port 30003.

 1 type: MSG from an aircraft (MLAT the same, multilaterated); SEL, ID, AIR, STA, CLK are of the software's own doings
 2 kind of MSG: 1 name and category, 2 surface position, 3 airborne position, 4 velocity, 5 6 surveillance, 8 all-call
 5 address, six hexadecimal digits (readsb sets ~ before one that is none of ICAO's)
 7 8 date yyyy/mm/dd and time hh:mm:ss.mmm generated, 9 10 logged: no zone is given
11 callsign   12 altitude, ft, of the standard atmosphere   13 ground speed, kt   14 track, °
15 16 latitude, longitude   17 climb, ft/min   18 squawk
19 alert   20 emergency   21 identification   22 on the ground: flags, 0, or -1 or 1

An empty field is unknown. Nothing says how good a position is. The fields are those that woodair.net lists of Kinetic's
BaseStation. Rejected: `bad_line` (no such line), `bad_number`, `bad_address`, `out_of_range`.
"""

from __future__ import annotations

import calendar
import re
from typing import Final

import msgspec

from vedette.model import Rejected
from vedette.units import FOOT_M
from vedette.wire.aircraft_report import (
    SIGMA_MLAT_M,
    SIGMA_UNSAID_M,
    AircraftReport,
    is_address,
    is_squawk,
    velocity_mps,
)

_TYPES: Final = ("MSG", "MLAT", "SEL", "ID", "AIR", "STA", "CLK")
_FIELDS: Final = 22
_DATE: Final = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})")
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2}):(\d{2}(?:\.\d{1,9})?)")
_LIMITS: Final = {11: 200_000.0, 12: 5_000.0, 13: 360.0, 14: 90.0, 15: 180.0, 16: 60_000.0}
"""The largest magnitude of each number, by its place from 0: altitude, speed, track, latitude, longitude, climb."""


class SbsNote(msgspec.Struct, frozen=True):
    """A good line of no aircraft; `kind`: STA and its like."""

    kind: str


class _Bad(Exception):
    """Why a line is refused."""


def decode_sbs(line: bytes, offset: int = 0) -> AircraftReport | SbsNote | Rejected:
    """One line without its end."""
    try:
        return _decode(line)
    except _Bad as bad:
        return Rejected(reason=str(bad), raw=line, offset=offset)


def looks_like_sbs(head: bytes) -> bool:
    """Whether bytes begin with a whole line of this kind, or with as much of one as there is."""
    line = head.split(b"\n", 1)[0]
    kind = line.split(b",", 1)[0]
    return kind.decode("latin-1") in _TYPES and line.count(b",") >= 9


def _decode(line: bytes) -> AircraftReport | SbsNote:
    fields = [field.strip() for field in line.decode("latin-1").split(",")]
    if fields[0] not in _TYPES or len(fields) < 10:
        raise _Bad("bad_line")
    if fields[0] not in ("MSG", "MLAT"):
        return SbsNote(fields[0])
    fields += [""] * (_FIELDS - len(fields))
    address = fields[4].removeprefix("~")
    if not is_address(address):
        raise _Bad("bad_address")
    numbers = {place: _number(fields[place], limit) for place, limit in _LIMITS.items()}
    latitude, longitude = numbers[14], numbers[15]
    placed = latitude is not None and longitude is not None
    mlat = fields[0] == "MLAT"
    east, north = velocity_mps(numbers[12], numbers[13])
    altitude, climb = numbers[11], numbers[16]
    return AircraftReport(
        address=address.upper(),
        address_type="anonymous" if fields[4].startswith("~") else "icao",
        source="mlat" if mlat else "other",
        at_s=_time_s(fields[6], fields[7]),
        zoned=False,
        latitude_deg=latitude if placed else None,
        longitude_deg=longitude if placed else None,
        sigma_position_m=(SIGMA_MLAT_M if mlat else SIGMA_UNSAID_M) if placed else None,
        pressure_altitude_m=None if altitude is None else altitude * FOOT_M,
        on_ground=_flag(fields[21]),
        callsign=_callsign(fields[10]),
        squawk=fields[17] if is_squawk(fields[17]) else None,
        emergency=_emergency(fields),
        velocity_east_mps=east,
        velocity_north_mps=north,
        velocity_up_mps=None if climb is None else climb * FOOT_M / 60.0,
    )


def _number(text: str, limit: float) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise _Bad("bad_number") from None
    if not -limit <= value <= limit:
        raise _Bad("out_of_range")
    return value


def _flag(text: str) -> bool | None:
    return {"": None, "0": False}.get(text, True)


def _emergency(fields: list[str]) -> str | None:
    """The flag alone says only that there is one; which, the squawk may say."""
    declared = _flag(fields[19])
    return None if declared is None else "general" if declared else "none"


def _callsign(text: str) -> str | None:
    return text if text.isascii() and text.isalnum() and len(text) <= 8 else None


def _time_s(date: str, time: str) -> float | None:
    day, clock = _DATE.fullmatch(date), _TIME.fullmatch(time)
    if day is None or clock is None:
        return None
    year, month, number = int(day[1]), int(day[2]), int(day[3])
    hour, minute, second = int(clock[1]), int(clock[2]), float(clock[3])
    if not (year >= 1970 and 1 <= month <= 12 and 1 <= number <= 31 and hour < 24 and minute < 60 and second < 61.0):
        return None
    return calendar.timegm((year, month, number, hour, minute, 0)) + second
