"""ASTERIX data blocks → records of radars: CAT048 plots and CAT034 service messages. libasterix takes the bits apart.

A data block is category u8, length u16 (header included), then records: FSPEC, and the items it names. Read of them
(big-endian; the scale is EUROCONTROL's, SUR.ET1.ST05.2000-STD-02b-01 and -04-01):

048/010, 034/010  SAC u8, SIC u8          048/140, 034/030  time of day u24 x 1/128 s, < 86400
048/020   kind of plot (bits 5-7 of its first byte), SIM (bit 4), RAB (bit 1), and TST (bit 7 of its second byte)
048/040   slant range u16 x 1/256 NM; azimuth u16 x 360/65536 °, clockwise from true north
048/070   V, G, L, then Mode 3/A as 4 octal digits         048/161  track number, low 12 bits
048/090   V, G, then flight level i14 x 1/4: pressure altitude, never a height over the sea
048/110   height i14 x 25 ft over mean sea level, as a 3-D radar measured it
048/220   aircraft address u24              048/240  aircraft identification, 8 x 6 bits
034/000   kind: 1 north mark, 2 sector crossing         034/020  sector azimuth u8 x 360/256 °
034/041   period of a turn u16 x 1/128 s    034/050  COM (first presence bit): NOGO, then overloads, MSC, TSV
034/120   radar's place: height i16 m, latitude i24, longitude i24 x 180/2^23 °

Rejected: `truncated` (a block longer than what is left), `bad_block` (length < 3), `bad_record` (FSPEC or an item does
not fit; the rest of its block goes with it), `bad_time`, `unsupported_category`.
"""

from __future__ import annotations

import functools
import importlib
import math
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from vedette.model import Rejected
from vedette.units import FLIGHT_LEVEL_M, FOOT_M, NAUTICAL_MILE_M

DAY_S: Final = 86_400.0
_KINDS: Final = (None, "psr", "ssr", "ssr_psr", "mode_s", "mode_s", "mode_s_psr", "mode_s_psr")
_MARKS: Final = {1: "north_mark", 2: "sector"}


class Plot(msgspec.Struct, frozen=True, kw_only=True, tag="plot"):
    """A CAT048 target report. Azimuth is about the radar, clockwise from true north; unknown is None.

    `test`: a fixed field monitor, a test target or a simulated one: never an aircraft.
    """

    sac: int
    sic: int
    time_of_day_s: float | None = None
    sensed_by: str | None = None
    test: bool = False
    range_m: float | None = None
    azimuth_true_rad: float | None = None
    altitude_msl_m: float | None = None
    pressure_altitude_m: float | None = None
    mode_3a: str | None = None
    address: str | None = None
    callsign: str | None = None
    track_number: int | None = None


class ServiceMessage(msgspec.Struct, frozen=True, kw_only=True, tag="service"):
    """A CAT034 message. `mark`: north_mark | sector | other. `state`: ok | degraded | failed, None: not said."""

    sac: int
    sic: int
    mark: str
    time_of_day_s: float | None = None
    sector_azimuth_rad: float | None = None
    turn_period_s: float | None = None
    state: str | None = None
    detail: str = ""
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_msl_m: float | None = None


AsterixMessage = Plot | ServiceMessage


class _Library(msgspec.Struct, frozen=True):
    bits: Any
    strict: Any
    records: dict[int, Any]


@functools.cache
def _library() -> _Library:
    """libasterix, imported at its first use: its classes take seconds to load, and most commands need none."""
    base, generated = importlib.import_module("asterix.base"), importlib.import_module("asterix.generated")
    return _Library(
        bits=base.Bits,
        strict=base.ParsingMode.StrictParsing,
        records={34: generated.Cat_034_1_29.cv_record, 48: generated.Cat_048_1_32.cv_record},
    )


def prepare() -> None:
    """Load libasterix now (up to some seconds), so that the first datagram of a live watch does not wait for it."""
    _library()


def decode_asterix(octets: bytes, offset: int = 0) -> Iterator[AsterixMessage | Rejected]:
    """The records of a datagram, or of a file of data blocks. `offset` is added to that of each Rejected."""
    at = 0
    while at < len(octets):
        length = int.from_bytes(octets[at + 1 : at + 3], "big")
        if at + 3 > len(octets) or at + length > len(octets):
            yield Rejected(reason="truncated", raw=octets[at:], offset=offset + at)
            return
        if length < 3:
            yield Rejected(reason="bad_block", raw=octets[at:], offset=offset + at)
            return
        yield from _block(octets[at : at + length], offset + at)
        at += length


def _block(block: bytes, offset: int) -> Iterator[AsterixMessage | Rejected]:
    library = _library()
    record_of = library.records.get(block[0])
    if record_of is None:
        yield Rejected(reason="unsupported_category", raw=block, offset=offset)
        return
    rest = library.bits.from_bytes(block[3:])
    while len(rest):
        parsed = record_of.parse(library.strict, rest)
        if isinstance(parsed, ValueError):
            at = len(block) - len(rest) // 8
            yield Rejected(reason="bad_record", raw=block[at:], offset=offset + at)
            return
        at, (record, rest) = len(block) - len(rest) // 8, parsed
        message = _plot(record) if block[0] == 48 else _service(record)
        yield message or Rejected(reason="bad_time", raw=block[at : len(block) - len(rest) // 8], offset=offset + at)


def _octets(record: Any, item: str) -> bytes | None:
    found = record.get_item(item)
    return None if found is None else bytes(found.unparse().to_bytes())


def _uint(record: Any, item: str) -> int | None:
    raw = _octets(record, item)
    return None if raw is None else int.from_bytes(raw, "big")


def _scaled(record: Any, item: str, unit: float) -> float | None:
    raw = _uint(record, item)
    return None if raw is None else raw * unit


def _i14(code: int) -> int:
    return (code & 0x3FFF) - ((code & 0x2000) << 1)


def _plot(record: Any) -> Plot | None:
    source = _octets(record, "010") or bytes(2)
    time_of_day_s = _scaled(record, "140", 1 / 128)
    if time_of_day_s is not None and time_of_day_s >= DAY_S:
        return None
    descriptor = _octets(record, "020") or b""
    polar, height, address = _uint(record, "040"), _uint(record, "110"), _uint(record, "220")
    number = _uint(record, "161")
    return Plot(
        sac=source[0],
        sic=source[1],
        time_of_day_s=time_of_day_s,
        sensed_by=_KINDS[descriptor[0] >> 5] if descriptor else None,
        test=_is_test(descriptor),
        range_m=None if polar is None else (polar >> 16) * NAUTICAL_MILE_M / 256.0,
        azimuth_true_rad=None if polar is None else (polar & 0xFFFF) * math.tau / 65536.0,
        altitude_msl_m=None if height is None else _i14(height) * 25.0 * FOOT_M,
        pressure_altitude_m=_pressure_altitude_m(_uint(record, "090")),
        mode_3a=_mode_3a(_uint(record, "070")),
        address=f"{address:06X}" if address else None,
        callsign=_callsign(record),
        track_number=None if number is None else number & 0x0FFF,
    )


def _is_test(descriptor: bytes) -> bool:
    first = bool(descriptor) and bool(descriptor[0] & 0x12)
    return first or (len(descriptor) > 1 and bool(descriptor[1] & 0x80))


def _pressure_altitude_m(code: int | None) -> float | None:
    """None if the radar calls the code invalid (V) or garbled (G)."""
    return None if code is None or code & 0xC000 else _i14(code) * 0.25 * FLIGHT_LEVEL_M


def _mode_3a(code: int | None) -> str | None:
    return None if code is None or code & 0xC000 else f"{code & 0x0FFF:04o}"


def _callsign(record: Any) -> str | None:
    found = record.get_item("240")
    if found is None:
        return None
    text = str(found.variation.content.as_string()).strip()
    return text if text.isalnum() and text.strip("0") else None


def _service(record: Any) -> ServiceMessage | None:
    source = _octets(record, "010") or bytes(2)
    time_of_day_s = _scaled(record, "030", 1 / 128)
    if time_of_day_s is not None and time_of_day_s >= DAY_S:
        return None
    state, detail = _state(_octets(record, "050"))
    latitude, longitude, altitude = _place(_octets(record, "120"))
    return ServiceMessage(
        sac=source[0],
        sic=source[1],
        mark=_MARKS.get(_uint(record, "000") or 0, "other"),
        time_of_day_s=time_of_day_s,
        sector_azimuth_rad=_scaled(record, "020", math.tau / 256.0),
        turn_period_s=_scaled(record, "041", 1 / 128),
        state=state,
        detail=detail,
        latitude_deg=latitude,
        longitude_deg=longitude,
        altitude_msl_m=altitude,
    )


def _state(status: bytes | None) -> tuple[str | None, str]:
    """What the common part (COM) of the system status says; later presence octets are skipped."""
    if not status or not status[0] & 0x80:
        return None, ""
    at = 0
    while at < len(status) and status[at] & 0x01:
        at += 1
    common = status[at + 1] if at + 1 < len(status) else 0
    if common & 0x80:
        return "failed", "not released for operational use"
    faults = {0x10: "data processor overloaded", 0x08: "transmission overloaded", 0x02: "time source invalid"}
    found = [words for bit, words in faults.items() if common & bit]
    return ("degraded", ", ".join(found)) if found else ("ok", "")


def _place(octets: bytes | None) -> tuple[float | None, float | None, float | None]:
    if octets is None or len(octets) != 8:
        return None, None, None
    height = int.from_bytes(octets[:2], "big", signed=True)
    latitude, longitude = (int.from_bytes(octets[i : i + 3], "big", signed=True) * 180.0 / 2**23 for i in (2, 5))
    if not -90.0 <= latitude <= 90.0:
        return None, None, None
    return latitude, longitude, float(height)


def seat_time_of_day(time_of_day_s: float, near_s: float) -> float:
    """UTC seconds of a time of day on the day that puts it nearest to `near_s`, whichever side of midnight that is."""
    at_s = math.floor(near_s / DAY_S) * DAY_S + time_of_day_s
    return at_s + DAY_S * math.floor((near_s - at_s) / DAY_S + 0.5)


def looks_like_asterix(head: bytes) -> bool:
    """Whether bytes begin with a block of a known category that holds together, and with another if there is more."""
    if len(head) < 4 or head[0] not in (21, 34, 48, 62):
        return False
    length = int.from_bytes(head[1:3], "big")
    following = head[length] if 3 < length < len(head) else None
    return length > 3 and (following is None or following in (21, 34, 48, 62))
