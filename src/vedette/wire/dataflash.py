"""ArduPilot DataFlash logs (.bin): a file's octets → telemetry. A log describes its own messages.

message    a3 95, type u8, body; little-endian; the length of each type, these 3 bytes included, stands in its format
128 FMT    type u8, length u8, name 4 B, format 16 B (a letter a field), columns 64 B (names, comma-separated)
letters    b B i8 u8   h H i16 u16   i I i32 u32   q Q i64 u64   f d float32 float64   g float16   n N Z text of 4, 16,
           64 B   a 32 x i16   c C i16 u16 x 0.01   e E i32 u32 x 0.01   L i32 x 1e-7 °   M u8 (flight mode)

TimeUS     u64, microseconds since the autopilot was switched on; the first field of nearly every message
GPS        I instance, Status (3 or more: a 3-D fix), GMS milliseconds of GWk GPS week, Lat, Lng, Alt (mean sea level),
           Spd m/s, GCrs ° over ground, VZ m/s down, NSats.      GPA  HAcc, VAcc in metres, of the GPS of the same I
POS        Lat, Lng, Alt (mean sea level), RelHomeAlt: what the autopilot holds for its place
PARM       Name, Value: SYSID_THISMAV or MAV_SYSID is its MAVLink system.      MSG  Message: its firmware's name first

GPS time is ahead of UTC by GPS_UTC_S. The log's times begin with its first good fix; what stands before it is dated
back from there. Rejected: `bad_format` (an FMT that describes no message), `garbage` (bytes that no message begins
with), `bad_position`, `truncated`.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from vedette.model import Rejected
from vedette.wire.telemetry import Fix, Hello, Position, Telemetry, degrees_e7

HEAD: Final = b"\xa3\x95"
FMT: Final = 128
FMT_BYTES: Final = 89
GPS_UTC_S: Final = 18.0
"""Leap seconds between GPS time and UTC since 2017; none has been announced since."""
_GPS_EPOCH_S: Final = 315_964_800.0
"""1980-01-06T00:00:00Z, from which GPS weeks are counted."""
_WEEK_S: Final = 604_800.0
_FIX_3D: Final = 3
_MAX_WEEK: Final = 6000

_LETTERS: Final[Mapping[str, tuple[str, float | None]]] = {
    "b": ("b", None), "B": ("B", None), "h": ("h", None), "H": ("H", None), "i": ("i", None), "I": ("I", None),
    "q": ("q", None), "Q": ("Q", None), "f": ("f", None), "d": ("d", None), "g": ("e", None), "M": ("B", None),
    "n": ("4s", None), "N": ("16s", None), "Z": ("64s", None), "a": ("64s", None),
    "c": ("h", 0.01), "C": ("H", 0.01), "e": ("i", 0.01), "E": ("I", 0.01), "L": ("i", None),
}  # fmt: skip
_FIRMWARE: Final = {"ArduCopter": "rotorcraft", "ArduPlane": "aeroplane", "Blimp": "airship"}
_SYSTEM: Final = ("SYSID_THISMAV", "MAV_SYSID")


class _Format(msgspec.Struct, frozen=True):
    """How one type of message is laid out."""

    name: str
    length: int
    unpack: struct.Struct
    columns: tuple[str, ...]
    factors: tuple[float | None, ...]

    def fields(self, octets: bytes, at: int) -> dict[str, Any]:
        values = self.unpack.unpack_from(octets, at + 3)
        return {
            name: value if factor is None else value * factor
            for name, value, factor in zip(self.columns, values, self.factors, strict=True)
        }


_FMT_OWN: Final = _Format("FMT", FMT_BYTES, struct.Struct("<BB4s16s64s"), ("Type", "Length", "Name"), (None,) * 3)


def looks_like_dataflash(octets: bytes) -> bool:
    """Whether a file begins as a DataFlash log does: with the format of a message."""
    return octets[:3] == HEAD + bytes([FMT])


def read_dataflash(octets: bytes, start_s: float | None = None) -> Iterator[tuple[float | None, Telemetry | Rejected]]:
    """(UTC seconds, message) of a whole log, in its order.

    Args:
        start_s: when the autopilot was switched on; for a log that never had a good fix, whose times are None else.
    """
    log = _Log(octets)
    switched_on_s = next(filter(None, map(_switched_on_s, log.messages("GPS"))), start_s)
    reader, system = _Reader(), next(filter(None, map(_system, log.messages("PARM"))), None)
    for message in log.messages():
        if isinstance(message, Rejected):
            yield None, message
            continue
        boot_s = _boot_s(message.fields)
        at_s = None if boot_s is None or switched_on_s is None else switched_on_s + boot_s
        try:
            body = reader.body(message.name, message.fields)
        except ValueError as bad:
            yield at_s, Rejected(reason=str(bad), offset=message.offset)
            continue
        yield at_s, Telemetry(name=message.name, body=body, system=system, offset=message.offset)


def is_dated(octets: bytes) -> bool:
    """Whether a log had a good fix, and so knows its date."""
    return any(map(_switched_on_s, _Log(octets).messages("GPS")))


class _Message(msgspec.Struct, frozen=True):
    name: str
    fields: dict[str, Any]
    offset: int


class _Log:
    """The messages of a log; formats are learned as they come, so each pass begins with none."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def messages(self, only: str | None = None) -> Iterator[_Message | Rejected]:
        """All messages and rejects in order, or the messages of one name alone."""
        octets, formats, at = self._octets, {FMT: _FMT_OWN}, 0
        while at < len(octets):
            layout = formats.get(octets[at + 2]) if octets[at : at + 2] == HEAD and at + 2 < len(octets) else None
            if layout is None:
                after = self._next(at + 1, formats)
                whole = after < len(octets) or octets[at : at + 2] != HEAD[: len(octets) - at]
                if only is None:
                    yield Rejected(reason="garbage" if whole else "truncated", offset=at)
                at = after
                continue
            if at + layout.length > len(octets):
                if only is None:
                    yield Rejected(reason="truncated", offset=at)
                return
            yield from self._message(formats, layout, at, only)
            at += layout.length

    def _message(
        self, formats: dict[int, _Format], layout: _Format, at: int, only: str | None
    ) -> Iterator[_Message | Rejected]:
        if layout is _FMT_OWN:
            learned = _learn(self._octets, at)
            if learned is None:
                if only is None:
                    yield Rejected(reason="bad_format", offset=at)
                return
            formats.update([learned])
        if only is None or only == layout.name:
            fields = {} if layout is _FMT_OWN else layout.fields(self._octets, at)
            yield _Message(layout.name, fields, at)

    def _next(self, at: int, formats: Mapping[int, _Format]) -> int:
        """Where the next message of a known type begins; the end where none does."""
        while True:
            at = self._octets.find(HEAD, at)
            if at < 0 or at + 2 >= len(self._octets):
                return len(self._octets)
            if self._octets[at + 2] in formats:
                return at
            at += 1


def _learn(octets: bytes, at: int) -> tuple[int, _Format] | None:
    kind, length, name, letters, columns = _FMT_OWN.unpack.unpack_from(octets, at + 3)
    names = tuple(filter(None, _text(columns).split(",")))
    layout = [_LETTERS.get(letter) for letter in _text(letters)]
    if None in layout or len(names) != len(layout):
        return None
    known = [each for each in layout if each is not None]
    unpack = struct.Struct("<" + "".join(code for code, _ in known))
    if unpack.size + 3 != length:
        return None
    if kind == FMT:
        return FMT, _FMT_OWN
    return kind, _Format(_text(name), length, unpack, names, tuple(factor for _, factor in known))


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("ascii", "replace")


def _boot_s(fields: Mapping[str, Any]) -> float | None:
    micros = fields.get("TimeUS")
    return micros / 1e6 if isinstance(micros, int) and micros >= 0 else None


def _switched_on_s(message: _Message | Rejected) -> float | None:
    """UTC seconds at which the autopilot was switched on, by one GPS message; None where it has no good fix."""
    if isinstance(message, Rejected):
        return None
    fields, boot_s = message.fields, _boot_s(message.fields)
    week, millis = fields.get("GWk"), fields.get("GMS")
    fixed = _number(fields, "Status") or 0.0
    if boot_s is None or not isinstance(week, int) or not isinstance(millis, int) or fixed < _FIX_3D:
        return None
    if not (0 < week < _MAX_WEEK and 0 <= millis < _WEEK_S * 1000.0):
        return None
    return _GPS_EPOCH_S + week * _WEEK_S + millis / 1000.0 - GPS_UTC_S - boot_s


def _system(message: _Message | Rejected) -> int | None:
    """The MAVLink system number that a PARM message gives; None: it is another parameter."""
    if isinstance(message, Rejected) or _text_of(message.fields, "Name") not in _SYSTEM:
        return None
    number = _number(message.fields, "Value")
    return int(number) if number is not None and 1.0 <= number < 256.0 else None


def _number(fields: Mapping[str, Any], name: str) -> float | None:
    value = fields.get(name)
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None


class _Reader:
    """Messages in order → what they say. Remembers how well each satellite receiver knows its place."""

    def __init__(self) -> None:
        self._accuracy: dict[Any, tuple[float | None, float | None]] = {}

    def body(self, name: str, fields: Mapping[str, Any]) -> Hello | Position | Fix | None:
        """What one message says.

        Raises:
            ValueError: it says nonsense; the reason to count.
        """
        if name == "POS":
            return _position(fields)
        if name == "GPS":
            return self._fix(fields)
        if name == "GPA":
            self._accuracy[fields.get("I")] = _number(fields, "HAcc"), _number(fields, "VAcc")
        elif name == "MSG":
            firmware = _text_of(fields, "Message").split(" ", 1)[0]
            return Hello(ua_type=_FIRMWARE[firmware]) if firmware in _FIRMWARE else None
        return None

    def _fix(self, fields: Mapping[str, Any]) -> Fix | None:
        place = _place(fields)
        if place is None or (_number(fields, "Status") or 0.0) < _FIX_3D:
            return None
        horizontal, vertical = self._accuracy.get(fields.get("I"), (None, None))
        satellites = _number(fields, "NSats")
        return Fix(
            latitude_deg=place[0],
            longitude_deg=place[1],
            altitude_msl_m=_number(fields, "Alt"),
            sigma_position_m=horizontal or None,
            sigma_altitude_m=vertical or None,
            satellites=None if satellites is None else int(satellites),
        )


def _position(fields: Mapping[str, Any]) -> Position | None:
    place = _place(fields)
    if place is None:
        return None
    return Position(
        latitude_deg=place[0],
        longitude_deg=place[1],
        altitude_msl_m=_number(fields, "Alt"),
        height_m=_number(fields, "RelHomeAlt"),
        boot_s=_boot_s(fields),
    )


def _place(fields: Mapping[str, Any]) -> tuple[float, float] | None:
    latitude, longitude = fields.get("Lat"), fields.get("Lng")
    if not isinstance(latitude, int) or not isinstance(longitude, int):
        return None
    return degrees_e7(latitude, longitude)


def _text_of(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return _text(value) if isinstance(value, bytes) else ""
