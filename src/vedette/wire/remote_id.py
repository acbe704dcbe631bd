"""Remote ID messages, ASTM F3411-22a and ASD-STAN prEN 4709-002: 25 bytes each, little-endian, ↔ structs.

byte 0: kind (high nibble), protocol version (low nibble; 0, 1 and 2 are read alike)
0 Basic ID    1: id kind (high: 1 serial number, 2 registration, 3 UTM, 4 session), aircraft kind (low).  2-21: id
1 Location    1: status (high), 0x04 height over ground (else take-off), 0x02 direction + 180°, 0x01 speed scale
              2: direction [°] 0-179; 181 with 0x02 set is unknown      3: speed x 0.25 m/s, or x 0.75 + 63.75; 255 with
              the scale set is unknown      4: i8 climb x 0.5 m/s, 126 unknown (±62)      5, 9: i32 latitude, longitude
              x 1e-7°, both 0 unknown      13, 15, 17: u16 pressure altitude, geodetic altitude (WGS 84), height, each
              x 0.5 - 1000 m, 0 unknown      19: accuracy of altitude (high), of position (low)      20: of pressure
              altitude, of speed      21: u16 tenths of a second after the hour ≤ 36000, ffff unknown
2 Authentication  1: kind (high), page (low).  page 0  2: last page, 3: octets of data in all pages, 4: u32 seconds
              since 2019, 8-24: data.  other pages  2-24: data      joined by vedette.wire.authentication
3 Self ID     1: kind (0 text, 1 emergency, 2 extended status).  2-24: text
4 System      1: operator position kind (bits 0-1: 0 take-off, 1 live, 2 fixed), classification (bits 2-4)
              (1: European Union)
              2, 6: i32 latitude, longitude of the operator, both 0 unknown      10: u16 count of the group
              12: u8 radius x 10 m      13, 15: u16 ceiling, floor of the group, as altitudes above      17: category
              (high), class (low)      18: u16 operator's altitude, as above      20: u32 seconds since 2019, 0 unknown
5 Operator ID 1: kind.  2-21: id
f Pack        1: size of a message = 25.  2: count 0-9.  then the messages; what follows them is padding

Gates: what lies outside these limits is Rejected, for a frame may pass its check and still be garbled or forged. A text
must be printable ASCII ended by zeros. A pack's other messages are still read.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from vedette.model import Rejected

MESSAGE_BYTES: Final = 25
EPOCH_2019_S: Final = 1_546_300_800
"""2019-01-01T00:00:00Z, from which the System message counts."""

UA_TYPES: Final = (
    None,
    "aeroplane",
    "rotorcraft",
    "gyroplane",
    "hybrid_lift",
    "ornithopter",
    "glider",
    "kite",
    "free_balloon",
    "captive_balloon",
    "airship",
    "parachute",
    "rocket",
    "tethered",
    "obstacle",
    "other",
)
ID_TYPES: Final = (None, "serial", "registration", "utm", "session")
EU_CATEGORIES: Final = (None, "open", "specific", "certified")
EU_CLASSES: Final = (None, "C0", "C1", "C2", "C3", "C4", "C5", "C6")
STATUSES: Final = (None, "ground", "airborne", "emergency", "remote_id_failure")

HORIZONTAL_95_M: Final = (None, 18520.0, 7408.0, 3704.0, 1852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0, 1.0)
"""Radius in metres that holds the true position with 95 %, by the accuracy code."""
VERTICAL_95_M: Final = (None, 150.0, 45.0, 25.0, 10.0, 3.0, 1.0)
"""Half-width in metres that holds the true altitude with 95 %, by the accuracy code."""
SPEED_95_MPS: Final = (None, 10.0, 3.0, 1.0, 0.3)

LOCATION: Final = struct.Struct("<BBBbiiHHHBBHB")
SYSTEM: Final = struct.Struct("<BiiHBHHBHI")
"""What stands behind the first byte of a Location and of a System."""
_AUTHENTICATION = struct.Struct("<BBI")
_LAST_PAGE = 15
_EMPTY_ALTITUDES = (0, 0xFFFF)


class BasicId(msgspec.Struct, frozen=True, kw_only=True, tag="basic_id"):
    """Who it is. `id` is text, or hexadecimal for the binary kinds utm and session; None: the field is empty.

    `id_type` is None where the transmitter calls its id none of the kinds, which bench transmitters do.
    """

    id_type: str | None
    id: str | None
    ua_type: str | None


class Location(msgspec.Struct, frozen=True, kw_only=True, tag="location"):
    """Where it is. None is unknown; `tenths`: tenths of a second after the full hour, UTC."""

    status: str | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_ellipsoid_m: float | None = None
    pressure_altitude_m: float | None = None
    height_m: float | None = None
    height_over_ground: bool = False
    track_deg: float | None = None
    speed_mps: float | None = None
    climb_mps: float | None = None
    horizontal_95_m: float | None = None
    vertical_95_m: float | None = None
    speed_95_mps: float | None = None
    tenths: int | None = None


class Authentication(msgspec.Struct, frozen=True, kw_only=True, tag="authentication"):
    """One page of an authentication. last_page, length (octets in all pages) and made_s stand on page 0 alone."""

    auth_type: int
    page: int
    octets: bytes
    last_page: int | None = None
    length: int | None = None
    made_s: int | None = None


class SelfId(msgspec.Struct, frozen=True, kw_only=True, tag="self_id"):
    """What the operator says of the flight."""

    text: str


class System(msgspec.Struct, frozen=True, kw_only=True, tag="system"):
    """Where the operator is, and the group it speaks for. `operator_place`: take_off | live | fixed.

    eu_category: open | specific | certified. eu_class: C0 to C6.
    """

    operator_place: str | None = None
    operator_latitude_deg: float | None = None
    operator_longitude_deg: float | None = None
    operator_altitude_ellipsoid_m: float | None = None
    group_count: int | None = None
    group_radius_m: float | None = None
    at_s: int | None = None
    eu_category: str | None = None
    eu_class: str | None = None


class OperatorId(msgspec.Struct, frozen=True, kw_only=True, tag="operator_id"):
    """The operator's registration; None: the field is empty."""

    id: str | None


RemoteIdMessage = BasicId | Location | Authentication | SelfId | System | OperatorId


class _Bad(Exception):
    """Why a message is refused."""


def decode_remote_id(payload: bytes) -> tuple[RemoteIdMessage | Rejected, ...]:
    """The messages of one transmission's payload (a message or a pack). A Rejected carries the bytes of its message."""
    if not payload:
        return (Rejected(reason="truncated", raw=payload),)
    if payload[0] >> 4 != 0xF:
        return (_decode_or_reject(payload[:MESSAGE_BYTES]),)
    if len(payload) < 3:
        return (Rejected(reason="truncated", raw=payload),)
    if payload[1] != MESSAGE_BYTES or payload[2] > 10:
        return (Rejected(reason="bad_pack", raw=payload),)
    starts = range(3, 3 + payload[2] * MESSAGE_BYTES, MESSAGE_BYTES)
    return tuple(_decode_or_reject(payload[at : at + MESSAGE_BYTES]) for at in starts)


def _decode_or_reject(raw: bytes) -> RemoteIdMessage | Rejected:
    if len(raw) < MESSAGE_BYTES:
        return Rejected(reason="truncated", raw=raw)
    decode = _DECODERS.get(raw[0] >> 4)
    if decode is None:
        return Rejected(reason="unknown_type", raw=raw)
    try:
        return decode(raw)
    except _Bad as bad:
        return Rejected(reason=str(bad), raw=raw)


def _text(raw: bytes) -> str:
    try:
        text = raw.rstrip(b"\0").decode("ascii")
    except UnicodeDecodeError:
        raise _Bad("bad_text") from None
    if not text.isprintable():
        raise _Bad("bad_text")
    return text.strip()


def _basic_id(raw: bytes) -> BasicId:
    kind = raw[1] >> 4
    if kind >= len(ID_TYPES):
        raise _Bad("bad_id_type")
    name = ID_TYPES[kind]
    binary = name in ("utm", "session")
    identity = raw[2:22].rstrip(b"\0").hex().upper() if binary else _text(raw[2:22])
    return BasicId(id_type=name, id=identity or None, ua_type=UA_TYPES[raw[1] & 0x0F])


def _location(raw: bytes) -> Location:
    fields = LOCATION.unpack_from(raw, 1)
    bits, direction, speed, climb, lat, lon, pressure, geodetic, height, fine, coarse, tenths, _ = fields
    latitude, longitude = _position(lat, lon)
    if tenths != 0xFFFF and tenths > 36_000:
        raise _Bad("bad_time")
    return Location(
        status=_named(STATUSES, bits >> 4),
        latitude_deg=latitude,
        longitude_deg=longitude,
        altitude_ellipsoid_m=_altitude(geodetic),
        pressure_altitude_m=_altitude(pressure),
        height_m=_altitude(height),
        height_over_ground=bool(bits & 0x04),
        track_deg=_direction(direction, bits),
        speed_mps=_speed(speed, bits),
        climb_mps=_climb(climb),
        horizontal_95_m=_accuracy(HORIZONTAL_95_M, fine & 0x0F),
        vertical_95_m=_accuracy(VERTICAL_95_M, fine >> 4),
        speed_95_mps=_accuracy(SPEED_95_MPS, coarse & 0x0F),
        tenths=None if tenths == 0xFFFF else tenths,
    )


def _position(lat: int, lon: int) -> tuple[float | None, float | None]:
    if lat == 0 and lon == 0:
        return None, None
    if not (-900_000_000 <= lat <= 900_000_000 and -1_800_000_000 <= lon <= 1_800_000_000):
        raise _Bad("bad_position")
    return lat / 1e7, lon / 1e7


def _altitude(code: int) -> float | None:
    return None if code in _EMPTY_ALTITUDES else code * 0.5 - 1000.0


def _direction(code: int, bits: int) -> float | None:
    if code > 181:
        raise _Bad("bad_direction")
    degrees = code + (180 if bits & 0x02 else 0)
    return float(degrees) if degrees < 360 else None


def _speed(code: int, bits: int) -> float | None:
    if not bits & 0x01:
        return code * 0.25
    return None if code == 255 else code * 0.75 + 63.75


def _climb(code: int) -> float | None:
    if code == 126:
        return None
    if abs(code) > 124:
        raise _Bad("bad_climb")
    return code * 0.5


def _named(names: tuple[str | None, ...], code: int) -> str | None:
    return names[code] if code < len(names) else None


def _accuracy(table: tuple[float | None, ...], code: int) -> float | None:
    return table[code] if code < len(table) else None


def _authentication(raw: bytes) -> Authentication:
    kind, page = raw[1] >> 4, raw[1] & 0x0F
    if page:
        return Authentication(auth_type=kind, page=page, octets=raw[2:])
    last_page, length, seconds = _AUTHENTICATION.unpack_from(raw, 2)
    if last_page > _LAST_PAGE:
        raise _Bad("bad_page")
    made_s = seconds + EPOCH_2019_S if seconds else None
    return Authentication(auth_type=kind, page=0, octets=raw[8:], last_page=last_page, length=length, made_s=made_s)


def _self_id(raw: bytes) -> SelfId:
    return SelfId(text=_text(raw[2:25]))


def _system(raw: bytes) -> System:
    flags, lat, lon, count, radius, _, _, class_, altitude, seconds = SYSTEM.unpack_from(raw, 1)
    european = flags >> 2 & 0x07 == 1
    latitude, longitude = _position(lat, lon)
    return System(
        operator_place=_named(("take_off", "live", "fixed"), flags & 0x03),
        operator_latitude_deg=latitude,
        operator_longitude_deg=longitude,
        operator_altitude_ellipsoid_m=_altitude(altitude),
        group_count=count or None,
        group_radius_m=radius * 10.0 if count > 1 else None,
        at_s=seconds + EPOCH_2019_S if seconds else None,
        eu_category=_named(EU_CATEGORIES, class_ >> 4) if european else None,
        eu_class=_named(EU_CLASSES, class_ & 0x0F) if european else None,
    )


def _operator_id(raw: bytes) -> OperatorId:
    return OperatorId(id=_text(raw[2:22]) or None)


_DECODERS: Final[Mapping[int, Callable[[bytes], RemoteIdMessage]]] = {
    0: _basic_id,
    1: _location,
    2: _authentication,
    3: _self_id,
    4: _system,
    5: _operator_id,
}
