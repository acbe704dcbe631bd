"""What Remote ID receivers send as JSON → transmissions. Five ways of saying it; anything else is somebody else's.

octets     {"transmitter": text or number, "payload": hexadecimal}: a message (25 B) or a pack as on air. Loses nothing;
           what Vedette keeps itself, and the form for new firmware
advert     {"AUX_ADV_IND": {"addr": …}, "AdvData": hexadecimal}: a Bluetooth advertisement as a sniffer has it, of
           whatever device: only Remote ID's service data is taken
flat       {"mac", "basic_id", "drone_lat", "drone_long", "drone_altitude", "pilot_lat", "pilot_long"}: the ESP32
           firmware of drone-mesh-mapper; altitude over the ellipsoid, 0 and 0 for no place
named      {"Basic ID": {"id", "id_type", "ua_type", "MAC"}, "Location/Vector Message": {"latitude", "longitude",
           "geodetic_altitude", "alt_pressure", "height_agl", "height_type", "speed", "vert_speed", "direction",
           "status", "horiz_acc", "vert_acc", "baro_acc", "speed_acc", "timestamp"}, "System Message": {"operator_lat",
           "operator_lon" (else "latitude", "longitude"), "operator_alt_geo"}, "Self-ID Message": {"description"},
           "Operator ID Message": {"operator_id"}}: the ESP32 firmware of DragonOS and WarDragon; also as a list of such
structure  {"protocol": 1.0, "data": {"MAC address", "UASdata": base64}}: DroneScout over MQTT; UASdata is the
           open-source library's structure ODID_UAS_Data (2 Basic IDs, 16 authentication pages), little-endian, with
           the padding of C: offsets below

Objects may follow each other, with or without space between. A heartbeat or a receiver's own status is None: it lives.
Rejected, never with its octets: `bad_json`, `not_remote_id`, `no_transmitter` (neither address nor id), `bad_payload`,
`out_of_range`, `too_long` (over 64 KiB). A radio address is kept as vedette.wire.radio.Transmitter: in memory alone.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from vedette.model import Rejected
from vedette.wire import remote_id_pack as on_air
from vedette.wire.radio import Transmission, Transmitter, service_data

MAX_BYTES: Final = 65_536
Heard = Transmission | Rejected | None
_Object = Mapping[str, Any]

_SERIAL, _REGISTRATION, _UTM, _SESSION = 1, 2, 3, 4
_ID_TYPES: Final = {"serial": _SERIAL, "regist": _REGISTRATION, "utm": _UTM, "session": _SESSION}
_ALIVE: Final = ("heartbeat", "message", "status")


class _Bad(Exception):
    """Why an object is refused."""


def read_relayed(octets: bytes) -> Iterator[Heard]:
    """What the JSON objects of one datagram, line or MQTT message say, in their order."""
    if len(octets) > MAX_BYTES:
        yield Rejected(reason="too_long")
        return
    try:
        text = octets.decode("utf-8").strip(" \t\r\n\0")
    except UnicodeDecodeError:
        yield Rejected(reason="bad_json")
        return
    at = 0
    while at < len(text):
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            yield Rejected(reason="bad_json")
            return
        yield from _values(value)
        while at < len(text) and text[at] in " \t\r\n\0,":
            at += 1


_DECODER: Final = json.JSONDecoder()


def _values(value: Any) -> Iterator[Heard]:
    if isinstance(value, list) and any(isinstance(each, dict) and _NAMED.keys() & each.keys() for each in value):
        value = {name: said for each in value if isinstance(each, dict) for name, said in each.items()}
    for each in value if isinstance(value, list) else [value]:
        try:
            yield _heard(each)
        except _Bad as bad:
            yield Rejected(reason=str(bad))
        except (ValueError, OverflowError, struct.error):
            yield Rejected(reason="out_of_range")


def _heard(value: Any) -> Transmission | None:
    if not isinstance(value, dict):
        raise _Bad("not_remote_id")
    for name, read in _FORMS:
        if name in value:
            return read(value)
    if _NAMED.keys() & value.keys():
        return _named(value)
    if any(name in value for name in _ALIVE):
        return None
    raise _Bad("not_remote_id")


def _transmission(sender: object, payload: bytes) -> Transmission:
    """`sender`: an address in any spelling, or a name."""
    text = str(sender).strip() if isinstance(sender, (str, int)) and not isinstance(sender, bool) else ""
    key = "".join(letter for letter in text.upper() if letter not in ":-").encode()
    if not key:
        raise _Bad("no_transmitter")
    return Transmission(transmitter=Transmitter(key), medium="relayed", counter=0, payload=payload)


def _said(messages: list[bytes], sender: object) -> Transmission | None:
    """A transmission of what was said; None where nothing was."""
    return _transmission(sender, on_air.pack(messages)) if messages else None


def _hexadecimal(value: object) -> bytes:
    try:
        return bytes.fromhex(str(value))
    except ValueError:
        raise _Bad("bad_payload") from None


def _octets(value: _Object) -> Transmission:
    payload = _hexadecimal(value["payload"])
    if not payload:
        raise _Bad("bad_payload")
    return _transmission(value.get("transmitter"), payload)


def _advert(value: _Object) -> Transmission:
    body = service_data(_hexadecimal(value["AdvData"]))
    if body is None:
        raise _Bad("not_remote_id")
    return _transmission(_part(value, "AUX_ADV_IND").get("addr"), body[1:])


def _flat(value: _Object) -> Transmission | None:
    messages = []
    name = _text(value.get("basic_id"))
    if name:
        messages.append(on_air.basic_id(_SERIAL, 0, name))
    place = _place(value, "drone_lat", "drone_long")
    if place is not None:
        messages.append(on_air.location(*place, altitude_ellipsoid_m=_number(value, "drone_altitude")))
    operator = _place(value, "pilot_lat", "pilot_long")
    if operator is not None:
        messages.append(on_air.system(*operator))
    return _said(messages, value.get("mac") or name.decode())


def _named(value: _Object) -> Transmission | None:
    messages = [message for name, read in _NAMED.items() if (message := read(_part(value, name))) is not None]
    basic = _part(value, "Basic ID")
    sender = basic.get("MAC") or value.get("MAC") or value.get("btAddr") or _identity(basic).decode()
    return _said(messages, sender)


def _identity(basic: _Object) -> bytes:
    name = _text(basic.get("id"))
    return b"" if name == b"NONE" else name


def _named_basic(basic: _Object) -> bytes | None:
    name, said = _identity(basic), str(basic.get("id_type")).lower()
    kind = next((number for word, number in _ID_TYPES.items() if word in said), 0)
    return on_air.basic_id(kind, _code(basic, "ua_type"), name) if name else None


def _named_location(location: _Object) -> bytes | None:
    place = _place(location, "latitude", "longitude")
    if place is None:
        return None
    return on_air.location(
        *place,
        status=_code(location, "status"),
        track_deg=_number(location, "direction"),
        speed_mps=_number(location, "speed"),
        climb_mps=_number(location, "vert_speed"),
        pressure_altitude_m=_number(location, "alt_pressure"),
        altitude_ellipsoid_m=_number(location, "geodetic_altitude"),
        height_m=_number(location, "height_agl"),
        over_ground=_code(location, "height_type") == 1,
        accuracies=[_code(location, name) for name in ("horiz_acc", "vert_acc", "baro_acc", "speed_acc")],
        after_hour_s=_number(location, "timestamp"),
    )


def _named_self_id(self_id: _Object) -> bytes | None:
    text = _text(self_id.get("description"))
    return on_air.self_id(_code(self_id, "description_type"), text) if text else None


def _named_system(system: _Object) -> bytes | None:
    own = "operator_lat" in system
    place = _place(system, "operator_lat" if own else "latitude", "operator_lon" if own else "longitude")
    if place is None:
        return None
    return on_air.system(*place, altitude_ellipsoid_m=_number(system, "operator_alt_geo") or None)


def _named_operator(operator: _Object) -> bytes | None:
    text = _text(operator.get("operator_id"))
    return on_air.operator_id(0, text) if text else None


_NAMED: Final[Mapping[str, Callable[[_Object], bytes | None]]] = {
    "Basic ID": _named_basic,
    "Location/Vector Message": _named_location,
    "Self-ID Message": _named_self_id,
    "System Message": _named_system,
    "Operator ID Message": _named_operator,
}


def _structure(value: _Object) -> Transmission | None:
    data = _part(value, "data")
    if "UASdata" not in data:
        return None  # a receiver's status or its own place
    try:
        octets = base64.b64decode(str(data["UASdata"]), validate=True)
    except (binascii.Error, ValueError):
        raise _Bad("bad_payload") from None
    if len(octets) < _FLAGS_AT + _FLAGS:
        raise _Bad("bad_payload")
    return _said(list(_structured(octets)), data.get("MAC address"))


_FLAGS_AT, _FLAGS = 892, 22
_BASICS, _AUTHS = 2, 16
_BASIC: Final = struct.Struct("<ii21s3x")
_LOCATION: Final = struct.Struct("<ifffddffif5if")
_AUTH: Final = struct.Struct("<B3xiBB2xI24s")
_SELF_ID: Final = struct.Struct("<i24s")
_SYSTEM: Final = struct.Struct("<iiddHHffiifI")
_OPERATOR: Final = struct.Struct("<i21s")
_LOCATION_AT, _AUTH_AT, _SELF_ID_AT, _SYSTEM_AT, _OPERATOR_AT = 64, 136, 776, 808, 864


def _structured(octets: bytes) -> Iterator[bytes]:
    """The messages of an ODID_UAS_Data that its flags call valid; 9 of them at most, as in a pack."""
    flags = octets[_FLAGS_AT : _FLAGS_AT + _FLAGS]
    for index in range(_BASICS):
        if flags[index] == 1:
            ua_type, id_type, name = _BASIC.unpack_from(octets, index * _BASIC.size)
            yield on_air.basic_id(id_type, ua_type, name)
    if flags[_BASICS] == 1:
        yield _structured_location(octets)
    if flags[-3] == 1:
        yield on_air.self_id(*_SELF_ID.unpack_from(octets, _SELF_ID_AT))
    if flags[-2] == 1:
        yield _structured_system(octets)
    if flags[-1] == 1:
        yield on_air.operator_id(*_OPERATOR.unpack_from(octets, _OPERATOR_AT))
    valid = [index for index in range(_AUTHS) if flags[_BASICS + 1 + index] == 1]
    for index in valid[:3]:
        page, kind, last, length, seconds, data = _AUTH.unpack_from(octets, _AUTH_AT + index * _AUTH.size)
        yield on_air.authentication(kind, page, last, length, seconds, data)


def _structured_location(octets: bytes) -> bytes:
    fields = _LOCATION.unpack_from(octets, _LOCATION_AT)
    status, track, speed, climb, latitude, longitude, pressure, geodetic, over_ground, height, *rest = fields
    horizontal, vertical, barometer, velocity, _, after_hour = rest
    return on_air.location(
        latitude,
        longitude,
        status=status,
        track_deg=track,
        speed_mps=speed,
        climb_mps=climb,
        pressure_altitude_m=pressure,
        altitude_ellipsoid_m=geodetic,
        height_m=height,
        over_ground=over_ground == 1,
        accuracies=(horizontal, vertical, barometer, velocity),
        after_hour_s=after_hour,
    )


def _structured_system(octets: bytes) -> bytes:
    fields = _SYSTEM.unpack_from(octets, _SYSTEM_AT)
    kind, classification, latitude, longitude, count, radius, ceiling, floor, category, class_, altitude, at = fields
    return on_air.system(
        latitude,
        longitude,
        place_kind=kind,
        classification=classification,
        altitude_ellipsoid_m=altitude,
        group=(count, float(radius), ceiling, floor),
        category=category,
        class_=class_,
        seconds=at,
    )


def _part(value: _Object, name: str) -> _Object:
    part = value.get(name)
    return part if isinstance(part, dict) else {}


def _text(value: object) -> bytes:
    return value.strip().encode("utf-8", "replace") if isinstance(value, str) else b""


def _number(value: _Object, name: str) -> float | None:
    """A number, or one written as a text; None where there is none."""
    said = value.get(name)
    if isinstance(said, bool) or not isinstance(said, (int, float, str)):
        return None
    try:
        number = float(said)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _code(value: _Object, name: str) -> int:
    number = _number(value, name)
    return int(number) if number is not None and 0.0 <= number < 16.0 else 0


def _place(value: _Object, latitude: str, longitude: str) -> tuple[float, float] | None:
    place = _number(value, latitude), _number(value, longitude)
    if place[0] is None or place[1] is None or place == (0.0, 0.0):
        return None
    return place[0], place[1]


_FORMS: Final[tuple[tuple[str, Callable[[_Object], Transmission | None]], ...]] = (
    ("payload", _octets),
    ("AdvData", _advert),
    ("drone_lat", _flat),
    ("protocol", _structure),
)
"""By the key that tells each form apart."""
