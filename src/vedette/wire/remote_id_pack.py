"""Remote ID messages field by field → the 25 bytes they have on air (layout: vedette.wire.remote_id).

Receivers pass on what they heard already taken apart, each in its own way. Put together again here, it goes through
the one decoder with its one set of gates, and a capture keeps the same 25 bytes whatever the receiver.

Numbers are those of the standard's own tables (kinds, states, accuracies). None and what the open-source decoders write
for unknown (361 °, 255 m/s, 63 m/s, -1000 m, 65535 s, NaN) become unknown. What no field can hold is a ValueError.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Final

from vedette.wire.remote_id import LOCATION, MESSAGE_BYTES, SYSTEM

_VERSION: Final = 2
_NO_TIME: Final = 0xFFFF
_NO_DIRECTION: Final = 361
_NO_SPEED: Final = 255.0
_NO_CLIMB, _NO_CLIMB_CODE = 63.0, 126
_TEXT_BYTES: Final = 20
_AUTH_FIRST_BYTES: Final = 17
_AUTH_BYTES: Final = 23


def basic_id(id_type: int, ua_type: int, uas_id: bytes) -> bytes:
    """A Basic ID; `uas_id` is cut off at its first zero unless it is one of the binary kinds (3, 4)."""
    if not (0 <= id_type < 16 and 0 <= ua_type < 16):
        raise ValueError("out_of_range")
    shown = uas_id if id_type in (3, 4) else uas_id.split(b"\0", 1)[0]
    return _message(0, bytes([id_type << 4 | ua_type]) + shown[:_TEXT_BYTES].ljust(_TEXT_BYTES, b"\0"))


def location(
    latitude_deg: float | None,
    longitude_deg: float | None,
    *,
    status: int = 0,
    track_deg: float | None = None,
    speed_mps: float | None = None,
    climb_mps: float | None = None,
    pressure_altitude_m: float | None = None,
    altitude_ellipsoid_m: float | None = None,
    height_m: float | None = None,
    over_ground: bool = False,
    accuracies: Sequence[int] = (0, 0, 0, 0),
    after_hour_s: float | None = None,
) -> bytes:
    """A Location. `accuracies`: of position, altitude, pressure altitude and speed."""
    direction = _direction(track_deg)
    speed, scaled = _speed(speed_mps)
    horizontal, vertical, pressure, velocity = (code if 0 <= code < 16 else 0 for code in accuracies)
    west = direction >= 180
    bits = (status & 0x0F) << 4 | (0x04 if over_ground else 0) | (0x02 if west else 0) | int(scaled)
    body = LOCATION.pack(
        bits,
        direction - (180 if west else 0),
        speed,
        _climb(climb_mps),
        *_place(latitude_deg, longitude_deg),
        _altitude(pressure_altitude_m),
        _altitude(altitude_ellipsoid_m),
        _altitude(height_m),
        vertical << 4 | horizontal,
        pressure << 4 | velocity,
        _tenths(after_hour_s),
        0,
    )
    return _message(1, body)


def authentication(auth_type: int, page: int, last_page: int, length: int, seconds: int, data: bytes) -> bytes:
    """One page of an Authentication; `seconds` since 2019, `length` and `last_page` stand on page 0 alone."""
    if not (0 <= auth_type < 16 and 0 <= page < 16):
        raise ValueError("out_of_range")
    head = bytes([auth_type << 4 | page])
    if page == 0:
        kept = data[:_AUTH_FIRST_BYTES].ljust(_AUTH_FIRST_BYTES, b"\0")
        body = struct.pack("<BBI", last_page, length, seconds) + kept
    else:
        body = data[:_AUTH_BYTES].ljust(_AUTH_BYTES, b"\0")
    return _message(2, head + body)


def self_id(kind: int, text: bytes) -> bytes:
    """A Self ID."""
    return _message(3, bytes([kind & 0xFF]) + text.split(b"\0", 1)[0][:23].ljust(23, b"\0"))


def system(
    latitude_deg: float | None,
    longitude_deg: float | None,
    *,
    place_kind: int = 0,
    classification: int = 0,
    altitude_ellipsoid_m: float | None = None,
    group: tuple[int, float, float | None, float | None] = (0, 0.0, None, None),
    category: int = 0,
    class_: int = 0,
    seconds: int = 0,
) -> bytes:
    """A System. `group`: count, radius in metres, ceiling and floor; `seconds` since 2019, 0 unknown."""
    count, radius_m, ceiling_m, floor_m = group
    body = SYSTEM.pack(
        (classification & 0x07) << 2 | place_kind & 0x03,
        *_place(latitude_deg, longitude_deg),
        count,
        round(radius_m / 10.0),
        _altitude(ceiling_m),
        _altitude(floor_m),
        (category & 0x0F) << 4 | class_ & 0x0F,
        _altitude(altitude_ellipsoid_m),
        seconds,
    )
    return _message(4, body)


def operator_id(kind: int, text: bytes) -> bytes:
    """An Operator ID."""
    return _message(5, bytes([kind & 0xFF]) + text.split(b"\0", 1)[0][:_TEXT_BYTES].ljust(_TEXT_BYTES, b"\0"))


def pack(messages: Sequence[bytes]) -> bytes:
    """A transmission's payload: the message itself, or the pack of several (9 at most)."""
    if len(messages) == 1:
        return messages[0]
    return bytes([0xF0 | _VERSION, MESSAGE_BYTES, len(messages)]) + b"".join(messages)


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind << 4 | _VERSION]) + body.ljust(MESSAGE_BYTES - 1, b"\0")


def _place(latitude_deg: float | None, longitude_deg: float | None) -> tuple[int, int]:
    if latitude_deg is None or longitude_deg is None or not math.isfinite(latitude_deg + longitude_deg):
        return 0, 0
    return round(latitude_deg * 1e7), round(longitude_deg * 1e7)


def _altitude(metres: float | None) -> int:
    if metres is None or not math.isfinite(metres) or metres <= -1000.0:
        return 0
    return round((metres + 1000.0) * 2.0)


def _direction(track_deg: float | None) -> int:
    if track_deg is None or not math.isfinite(track_deg) or track_deg == _NO_DIRECTION:
        return _NO_DIRECTION
    return round(track_deg) % 360


def _climb(climb_mps: float | None) -> int:
    if climb_mps is None or not math.isfinite(climb_mps) or abs(climb_mps) == _NO_CLIMB:
        return _NO_CLIMB_CODE
    return round(climb_mps * 2.0)


def _speed(speed_mps: float | None) -> tuple[int, bool]:
    """The code, and whether it is of the coarser scale."""
    if speed_mps is None or not math.isfinite(speed_mps) or speed_mps == _NO_SPEED:
        return 255, True
    if speed_mps <= 63.75:
        return round(speed_mps / 0.25), False
    return min(254, round((speed_mps - 63.75) / 0.75)), True


def _tenths(after_hour_s: float | None) -> int:
    if after_hour_s is None or not math.isfinite(after_hour_s) or after_hour_s >= _NO_TIME:
        return _NO_TIME
    return round(after_hour_s * 10.0)
