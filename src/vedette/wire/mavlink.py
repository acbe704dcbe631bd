"""MAVLink 1 and 2, received only: an octet stream or a telemetry log (.tlog) → telemetry. pymavlink knows the messages.

frame 1   fe, payload length u8, sequence u8, system u8, component u8, message u8, payload, CRC u16
frame 2   fd, payload length u8, incompatibility flags u8 (bit 0: signed; any other: not for us), compatibility flags
          u8, sequence u8, system u8, component u8, message u24, payload (trailing zeros cut off), CRC u16, signature
          of 13 B where it is signed; a signature is not checked: the keys are not ours
CRC       CRC-16/MCRF4XX over what follows the first byte, then a byte of the message's own definition
.tlog     each frame behind the time it was received: microseconds since 1970, u64 big-endian

Read (little-endian, scales of MAVLink's common message set):
0 HEARTBEAT             type: the kind of aircraft
2 SYSTEM_TIME           time_unix_usec, time_boot_ms
24 GPS_RAW_INT          fix_type 3 or more, lat lon 1e-7 °, alt mm (mean sea level), alt_ellipsoid h_acc v_acc mm (0:
                        not said)
33 GLOBAL_POSITION_INT  time_boot_ms, lat lon 1e-7 °, alt mm (mean sea level), relative_alt mm, vx vy vz cm/s north east
                        down
12900-12905, 12915      OPEN_DRONE_ID_*: the messages of vedette.wire.remote_id, field by field or as a pack. id_or_mac
                        names the transmitter where a receiver passes on what it heard; zeros: the aircraft itself

Rejected: `garbage` (bytes before a frame), `bad_crc`, `unsupported_flags`, `bad_position`, `bad_time` (of a .tlog),
`truncated`, and what vedette.wire.remote_id rejects. A message that the message set does not know cannot be checked and
is `unknown_message`. Nothing here can encode: Vedette sends no MAVLink.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from vedette.model import Rejected
from vedette.wire.mavlink_remote_id import PAYLOADS
from vedette.wire.radio import Transmission, Transmitter
from vedette.wire.telemetry import Body, ClockPair, Fix, Hello, Position, Telemetry, degrees_e7

MISSING: Final = "MAVLink needs the package pymavlink: install vedette[mavlink]"
_DIALECT: Final = "pymavlink.dialects.v20.ardupilotmega"
MAGICS: Final = (0xFE, 0xFD)
MAX_FRAME_BYTES: Final = 280
_SIGNED: Final = 0x01
_SIGNATURE_BYTES: Final = 13
_FIX_3D: Final = 3
_EARLIEST_S, _LATEST_S = 946_684_800.0, 7_258_118_400.0
"""2000 and 2200: a time outside is a clock that was never set, or no time at all."""
_TLOG_TIME: Final = struct.Struct(">Q")

_AEROPLANE, _ROTORCRAFT, _VTOL = (1, 28), (2, 3, 4, 13, 14, 15, 29, 35, 43), tuple(range(19, 26))
_UA_TYPES: Final[Mapping[int, str]] = (
    dict.fromkeys(_AEROPLANE, "aeroplane")
    | dict.fromkeys(_ROTORCRAFT, "rotorcraft")
    | dict.fromkeys(_VTOL, "hybrid_lift")
    | {7: "airship", 8: "free_balloon", 9: "rocket", 16: "ornithopter", 17: "kite", 37: "parachute", 47: "gyroplane"}
)
"""MAV_TYPE, the kinds that fly, in Remote ID's words. The rest (ground stations, gimbals …) are no aircraft."""


def available() -> bool:
    """Whether pymavlink is installed; without it nothing here decodes, and MISSING says what to do."""
    return importlib.util.find_spec("pymavlink") is not None


@functools.cache
def _dialect() -> Any:
    return importlib.import_module(_DIALECT)


@functools.cache
def _decoder() -> Any:
    return _dialect().MAVLink(None)


class MavlinkReader:
    """Takes a stream in pieces of any size and gives its messages. Finds its way back after garbage.

    Raises (on construction):
        ModuleNotFoundError: pymavlink is not installed.
    """

    def __init__(self) -> None:
        self._held = b""
        self._offset = 0
        _dialect()

    def feed(self, octets: bytes) -> Iterator[Telemetry | Rejected]:
        """The messages that `octets` completes; an unfinished one is held (at most 280 bytes)."""
        held, self._held = self._held + octets, b""
        at = 0
        while at < len(held):
            step = _step(held, at, self._offset + at) or self._overtaken(held, at)
            if step is None:
                self._held = held[at:]
                break
            found, at = step
            yield found
        self._offset += at

    def _overtaken(self, held: bytes, at: int) -> tuple[Rejected, int] | None:
        """An unfinished frame with a whole one inside never was one: nothing waits for its rest."""
        after = _next_magic(held, at + 1)
        while after < len(held):
            length = _frame_bytes(held, after)
            if length is not None and after + length <= len(held):
                found = _decode(held[after : after + length], after)
                if isinstance(found, Telemetry):
                    return Rejected(reason="garbage", raw=held[at:after], offset=self._offset + at), after
            after = _next_magic(held, after + 1)
        return None

    def close(self) -> Iterator[Rejected]:
        """What the stream's end leaves unfinished."""
        if self._held:
            yield Rejected(reason="truncated", offset=self._offset)
        self._held = b""


def _step(octets: bytes, at: int, offset: int) -> tuple[Telemetry | Rejected, int] | None:
    """What begins at `at`, and where the next begins; None: more bytes are needed."""
    if octets[at] not in MAGICS:
        after = _next_magic(octets, at)
        return Rejected(reason="garbage", raw=octets[at:after], offset=offset), after
    length = _frame_bytes(octets, at)
    if length is None or at + length > len(octets):
        return None
    found = _decode(octets[at : at + length], offset)
    if isinstance(found, Rejected) and found.reason in ("bad_crc", "unsupported_flags", "unknown_message"):
        # its length cannot be believed either: the next frame may begin inside
        after = at + length if found.reason == "unknown_message" and _begins(octets, at + length) else at + 1
        return found, _next_magic(octets, after)
    return found, at + length


def _begins(octets: bytes, at: int) -> bool:
    return at >= len(octets) or octets[at] in MAGICS


def _next_magic(octets: bytes, at: int) -> int:
    found = [place for place in (octets.find(bytes([magic]), at) for magic in MAGICS) if place >= 0]
    return min(found, default=len(octets))


def _frame_bytes(octets: bytes, at: int) -> int | None:
    """The length of the frame that begins here; None where its head is not all there."""
    if octets[at] == 0xFE:
        return octets[at + 1] + 8 if at + 1 < len(octets) else None
    if at + 2 >= len(octets):
        return None
    return octets[at + 1] + 12 + (_SIGNATURE_BYTES if octets[at + 2] & _SIGNED else 0)


def _decode(frame: bytes, offset: int) -> Telemetry | Rejected:
    dialect, second = _dialect(), frame[0] == 0xFD
    if second and frame[2] & ~_SIGNED:
        return Rejected(reason="unsupported_flags", raw=frame, offset=offset)
    number = int.from_bytes(frame[7:10], "little") if second else frame[5]
    if number not in dialect.mavlink_map:
        return Rejected(reason="unknown_message", raw=frame, offset=offset)
    try:
        message = _decoder().decode(bytearray(frame))
    except dialect.MAVError:
        return Rejected(reason="bad_crc", raw=frame, offset=offset)
    system, component = message.get_srcSystem(), message.get_srcComponent()
    read = _BODIES.get(number)
    try:
        body = None if read is None else read(message)
    except ValueError as bad:
        return Rejected(reason=str(bad), raw=frame, offset=offset)
    if isinstance(body, Transmission):
        body = msgspec.structs.replace(body, offset=offset)
    return Telemetry(name=message.get_type(), body=body, system=system, component=component, offset=offset)


def read_tlog(octets: bytes) -> Iterator[tuple[float | None, Telemetry | Rejected]]:
    """(time received in UTC seconds, message) of a whole telemetry log, in its order.

    Raises:
        ModuleNotFoundError: pymavlink is not installed.
    """
    at, head = 0, _TLOG_TIME.size
    _dialect()
    while at < len(octets):
        begins = at + head
        length = _frame_bytes(octets, begins) if begins < len(octets) and octets[begins] in MAGICS else None
        if begins >= len(octets) or (length is not None and begins + length > len(octets)):
            yield None, Rejected(reason="truncated", offset=at)
            return
        if length is None:
            after = _next_record(octets, at + 1)
            yield None, Rejected(reason="garbage", offset=at)
            at = after
            continue
        at_s = _TLOG_TIME.unpack_from(octets, at)[0] / 1e6
        found = _decode(octets[begins : begins + length], begins)
        if isinstance(found, Rejected) and not _record_begins(octets, begins + length):
            yield (at_s if at_s < _LATEST_S else None), found
            at = _next_record(octets, at + 1)
            continue
        yield (at_s, found) if at_s < _LATEST_S else (None, Rejected(reason="bad_time", offset=at))
        at = begins + length


def looks_like_tlog(octets: bytes) -> bool:
    """Whether a file begins with a time and a frame behind which the next record begins, or the file ends."""
    begins = _TLOG_TIME.size
    if not _record_begins(octets, 0) or len(octets) <= begins:
        return False
    length = _frame_bytes(octets, begins)
    return length is not None and _record_begins(octets, begins + length)


def _record_begins(octets: bytes, at: int) -> bool:
    begins = at + _TLOG_TIME.size
    if at == len(octets):
        return True
    if begins >= len(octets) or octets[begins] not in MAGICS:
        return False
    return bool(_EARLIEST_S <= _TLOG_TIME.unpack_from(octets, at)[0] / 1e6 < _LATEST_S)


def _next_record(octets: bytes, at: int) -> int:
    """Where the next record with a time and a frame's first byte begins; the end where none does."""
    while at < len(octets):
        begins = _next_magic(octets, at + _TLOG_TIME.size)
        if begins >= len(octets):
            break
        at = begins - _TLOG_TIME.size
        if _record_begins(octets, at):
            return at
        at += 1
    return len(octets)


def _heartbeat(message: Any) -> Hello | None:
    kind = _UA_TYPES.get(message.type)
    return None if kind is None else Hello(ua_type=kind)


def _system_time(message: Any) -> ClockPair | None:
    unix_s = message.time_unix_usec / 1e6
    if not _EARLIEST_S <= unix_s < _LATEST_S:
        return None  # a clock that no satellite has set yet
    return ClockPair(unix_s=unix_s, boot_s=message.time_boot_ms / 1e3)


def _global_position(message: Any) -> Position | None:
    place = degrees_e7(message.lat, message.lon)
    if place is None:
        return None
    return Position(
        latitude_deg=place[0],
        longitude_deg=place[1],
        altitude_msl_m=message.alt / 1e3,
        height_m=message.relative_alt / 1e3,
        velocity_east_mps=message.vy / 100.0,
        velocity_north_mps=message.vx / 100.0,
        velocity_up_mps=-message.vz / 100.0,
        boot_s=message.time_boot_ms / 1e3,
    )


def _gps_raw(message: Any) -> Fix | None:
    place = degrees_e7(message.lat, message.lon)
    if place is None or message.fix_type < _FIX_3D:
        return None
    return Fix(
        latitude_deg=place[0],
        longitude_deg=place[1],
        altitude_msl_m=message.alt / 1e3,
        altitude_ellipsoid_m=message.alt_ellipsoid / 1e3 if message.alt_ellipsoid else None,
        sigma_position_m=message.h_acc / 1e3 or None,
        sigma_altitude_m=message.v_acc / 1e3 or None,
        satellites=None if message.satellites_visible == 255 else message.satellites_visible,
    )


def _remote_id(message: Any) -> Transmission:
    """A body of a Remote ID message: its bytes on air, and who sent it."""
    try:
        payload = PAYLOADS[message.get_msgId()](message)
    except (struct.error, OverflowError):
        raise ValueError("out_of_range") from None
    named = bytes(getattr(message, "id_or_mac", b"")).rstrip(b"\0")
    sender = bytes([message.get_srcSystem(), message.get_srcComponent()])
    return Transmission(transmitter=Transmitter(sender + named), medium="relayed", counter=0, payload=payload)


_BODIES: Final[Mapping[int, Callable[[Any], Body]]] = {
    0: _heartbeat,
    2: _system_time,
    24: _gps_raw,
    33: _global_position,
    **dict.fromkeys(PAYLOADS, _remote_id),
}
