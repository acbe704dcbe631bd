"""ASTERIX data blocks → what radars and other systems say. Here CAT048 plots and CAT034 service messages.

The framing of records is in vedette.wire.asterix_records, CAT021 and CAT062 in vedette.wire.asterix_tracks, CAT021 of
editions before 2.1 in vedette.wire.asterix_former.

Read of them (big-endian; the scale is EUROCONTROL's, SUR.ET1.ST05.2000-STD-02b-01 and -04-01):

048/010, 034/010  SAC u8, SIC u8          048/140, 034/030  time of day u24 x 1/128 s, < 86400
048/020   kind of plot (bits 5-7 of its first byte), SIM (bit 4), RAB (bit 1), and TST (bit 7 of its second byte)
048/040   slant range u16 x 1/256 NM; azimuth u16 x 360/65536 °, clockwise from true north
048/070   V, G, L, then Mode 3/A as 4 octal digits         048/161  track number, low 12 bits
048/090   V, G, then flight level i14 x 1/4: pressure altitude, never a height over the sea
048/110   height i14 x 25 ft over mean sea level, as a 3-D radar measured it
048/120#1 D (bit 15: doubtful), then Doppler speed i10 m/s. Which way is positive is each radar's own; outward, as the
          standard recommends, if it follows it
048/120#2 a count u8, then Doppler speed u16 m/s, the ambiguity it is folded by u16 m/s, frequency u16 MHz
048/220   aircraft address u24              048/240  aircraft identification, 8 x 6 bits
034/000   kind: 1 north mark, 2 sector crossing         034/020  sector azimuth u8 x 360/256 °
034/041   period of a turn u16 x 1/128 s    034/050  COM (first presence bit): NOGO, then overloads, MSC, TSV
034/120   radar's place: height i16 m, latitude i24, longitude i24 x 180/2^23 °

Rejected: those of the framing, and `no_source` (a record without its SAC and SIC), `bad_time` (a time of day of a day
or more).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import msgspec

from vedette.model import Rejected
from vedette.units import FLIGHT_LEVEL_M, FOOT_M, NAUTICAL_MILE_M
from vedette.wire.asterix_former import former_target
from vedette.wire.asterix_records import ALL_PRESENT, CATEGORIES, AsterixRecord, Editions, split_blocks, subfields
from vedette.wire.asterix_tracks import (
    AdsbTarget,
    SystemTrack,
    adsb_target,
    hex_address,
    icao_text,
    octal,
    signed,
    system_track,
)

DAY_S: Final = 86_400.0
_KINDS: Final = (None, "psr", "ssr", "ssr_psr", "mode_s", "mode_s", "mode_s_psr", "mode_s_psr")
_MARKS: Final = {1: "north_mark", 2: "sector"}


class RawDoppler(msgspec.Struct, frozen=True):
    """A Doppler speed measured at one frequency: without a sign, known but for multiples of `ambiguity_mps`."""

    speed_mps: float
    ambiguity_mps: float
    frequency_mhz: float


class Plot(msgspec.Struct, frozen=True, kw_only=True, tag="plot"):
    """A CAT048 target report. Azimuth is about the radar, clockwise from true north; unknown is None.

    `test`: a fixed field monitor, a test target or a simulated one: never an aircraft. `doppler_mps`: as its radar
    calculated and signed it; None where the radar doubts it.
    """

    sac: int
    sic: int
    time_of_day_s: float | None = None
    sensed_by: str | None = None
    test: bool = False
    range_m: float | None = None
    azimuth_true_rad: float | None = None
    doppler_mps: float | None = None
    raw_doppler: tuple[RawDoppler, ...] = ()
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


AsterixMessage = Plot | ServiceMessage | AdsbTarget | SystemTrack


def decode_asterix(
    octets: bytes, offset: int = 0, editions: Editions = ALL_PRESENT
) -> Iterator[AsterixMessage | Rejected]:
    """The records of a datagram, or of a file of data blocks. `offset` is added to that of each Rejected."""
    for record in split_blocks(octets, offset, editions):
        yield record if isinstance(record, Rejected) else _message(record)


def _message(record: AsterixRecord) -> AsterixMessage | Rejected:
    if "010" not in record.items:
        return Rejected(reason="no_source", raw=record.octets, offset=record.offset)
    read, times = _FORMER_READER if record.edition else _READERS[record.category]
    time = next((record.items[item] for item in times if item in record.items), None)
    if time is None:
        return read(record, None)
    time_of_day_s = int.from_bytes(time, "big") / 128.0
    if time_of_day_s >= DAY_S:
        return Rejected(reason="bad_time", raw=record.octets, offset=record.offset)
    return read(record, time_of_day_s)


def _plot(record: AsterixRecord, time_of_day_s: float | None) -> Plot:
    items = record.items
    source, descriptor, polar = items["010"], items.get("020", b""), items.get("040")
    height, level, mode_3a, number = items.get("110"), items.get("090"), items.get("070"), items.get("161")
    doppler_mps, raw_doppler = _doppler(items.get("120"))
    return Plot(
        sac=source[0],
        sic=source[1],
        time_of_day_s=time_of_day_s,
        sensed_by=_KINDS[descriptor[0] >> 5] if descriptor else None,
        test=_is_test(descriptor),
        range_m=None if polar is None else int.from_bytes(polar[:2], "big") * NAUTICAL_MILE_M / 256.0,
        azimuth_true_rad=None if polar is None else int.from_bytes(polar[2:], "big") * math.tau / 65536.0,
        doppler_mps=doppler_mps,
        raw_doppler=raw_doppler,
        altitude_msl_m=None if height is None else signed(height, 14) * 25.0 * FOOT_M,
        # V: not validated, G: garbled
        pressure_altitude_m=None if level is None or level[0] & 0xC0 else signed(level, 14) * 0.25 * FLIGHT_LEVEL_M,
        mode_3a=octal(mode_3a, valid=mode_3a is not None and not mode_3a[0] & 0xC0),
        address=hex_address(items.get("220")),
        callsign=icao_text(items.get("240")),
        track_number=None if number is None else int.from_bytes(number, "big") & 0x0FFF,
    )


def _doppler(octets: bytes | None) -> tuple[float | None, tuple[RawDoppler, ...]]:
    """The speed calculated, unless doubtful, and those measured."""
    if octets is None:
        return None, ()
    found = subfields(48, "120", octets)
    said = found.get(1, b"\x80\0")
    calculated_mps = None if said[0] & 0x80 else float(signed(said, 10))
    measured = struct.iter_unpack(">3H", found.get(2, b"\0")[1:])
    return calculated_mps, tuple(RawDoppler(*map(float, one)) for one in measured)


def _is_test(descriptor: bytes) -> bool:
    first = bool(descriptor) and bool(descriptor[0] & 0x12)
    return first or (len(descriptor) > 1 and bool(descriptor[1] & 0x80))


def _service(record: AsterixRecord, time_of_day_s: float | None) -> ServiceMessage:
    items = record.items
    sector, period = items.get("020"), items.get("041")
    state, detail = _state(items.get("050"))
    latitude, longitude, altitude = _place(items.get("120"))
    return ServiceMessage(
        sac=items["010"][0],
        sic=items["010"][1],
        mark=_MARKS.get(items.get("000", b"\0")[0], "other"),
        time_of_day_s=time_of_day_s,
        sector_azimuth_rad=None if sector is None else sector[0] * math.tau / 256.0,
        turn_period_s=None if period is None else int.from_bytes(period, "big") / 128.0,
        state=state,
        detail=detail,
        latitude_deg=latitude,
        longitude_deg=longitude,
        altitude_msl_m=altitude,
    )


def _state(status: bytes | None) -> tuple[str | None, str]:
    """What the common part (COM) of the system status says."""
    common = subfields(34, "050", status).get(1) if status is not None else None
    if common is None:
        return None, ""
    if common[0] & 0x80:
        return "failed", "not released for operational use"
    faults = {0x10: "data processor overloaded", 0x08: "transmission overloaded", 0x02: "time source invalid"}
    found = [words for bit, words in faults.items() if common[0] & bit]
    return ("degraded", ", ".join(found)) if found else ("ok", "")


def _place(octets: bytes | None) -> tuple[float | None, float | None, float | None]:
    if octets is None:
        return None, None, None
    latitude, longitude = (signed(octets[at : at + 3]) * 180.0 / 2**23 for at in (2, 5))
    if not -90.0 <= latitude <= 90.0:
        return None, None, None
    return latitude, longitude, float(signed(octets[:2]))


_Reader = tuple[Callable[[AsterixRecord, float | None], AsterixMessage], tuple[str, ...]]
_FORMER_READER: Final[_Reader] = former_target, ("030",)
_READERS: Final[Mapping[int, _Reader]] = {
    21: (adsb_target, ("071", "073", "077")),
    34: (_service, ("030",)),
    48: (_plot, ("140",)),
    62: (system_track, ("070",)),
}
"""By category: what reads a record, and the items that may hold its time of day, the best first."""


def seat_time_of_day(time_of_day_s: float, near_s: float) -> float:
    """UTC seconds of a time of day on the day that puts it nearest to `near_s`, whichever side of midnight that is."""
    at_s = math.floor(near_s / DAY_S) * DAY_S + time_of_day_s
    return at_s + DAY_S * math.floor((near_s - at_s) / DAY_S + 0.5)


def looks_like_asterix(head: bytes) -> bool:
    """Whether bytes begin with a block of a known category that holds together, and with another if there is more."""
    if len(head) < 4 or head[0] not in CATEGORIES:
        return False
    length = int.from_bytes(head[1:3], "big")
    following = head[length] if 3 < length < len(head) else None
    return length > 3 and (following is None or following in CATEGORIES)
