"""Mode S and ADS-B messages (7 or 14 bytes) → what an aircraft says of itself. rs1090 takes the bits apart.

bits 1-5     downlink format: 17, 18, 19 ADS-B and 11 all-call carry their own parity and are checked; 0 4 5 16 20 21
             have the address laid over the parity and cannot be checked: believed only for an address heard checked
bits 6-8     of 18, who sends: 0 ADS-B without transponder, 1 the same under an anonymous, vehicle or obstacle address,
             2 TIS-B (a ground station about a radar's target), 5 the same under another address, 6 ADS-R (repeated from
             another link); 3 and 4 are other formats, 7 reserved: not read. Of 2 and 6 a bit of the message (IMF) says
             that the address is none of ICAO's: a track file's number, or an anonymous one
             of 19 (military): 0 is ADS-B, all else is not ours to read
17 18 19     address 24 bits; type code 5 bits: 1-4 callsign and emitter category, 5-8 surface, 9-18 airborne with
             pressure altitude, 20-22 airborne with GNSS height, 19 velocity and GNSS minus pressure height, 28
             emergency and squawk, 29 NACp, 31 version, NIC supplements, NACp, GVA, SIL
emitter      category: D, C, B, A for type codes 1-4, then 0-7; 0 says nothing

A position (vedette.wire.cpr) needs an even and an odd frame within 10 s, or a position of the same aircraft less than
180 s old; on the surface also the receiver's place. Pressure altitude: 25 or 100 ft steps, standard atmosphere. Height
over the ellipsoid: the GNSS height, or the pressure altitude plus the last difference (no older than 30 s). Sigmas by
the codes of quality the aircraft last sent (vedette.wire.adsb_quality).

Rejected: `bad_crc` (or no format that is known), `bad_length`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import rs1090

from vedette.model import Rejected
from vedette.units import FOOT_M
from vedette.wire import cpr
from vedette.wire.adsb_quality import containment_m, sigma_altitude_m, sigma_position_m
from vedette.wire.aircraft_report import AircraftState, velocity_mps
from vedette.wire.lately import Lately

PAIR_S: Final = 10.0
REFERENCE_S: Final = 180.0
DIFFERENCE_S: Final = 30.0
FORGET_S: Final = 600.0
MAX_AIRCRAFT: Final = 10_000
"""Addresses remembered: ten times what the busiest receiver hears; more are made up."""
MAX_SPEED_MPS: Final = 1000.0
"""A position that would need more than this from the last one is not believed."""
SIGMA_ALTITUDE_M: Final = 30.0
"""Pressure altitude plus a difference up to 30 s old: 25 ft steps each, and a climb meanwhile."""
_EXTENDED: Final = (17, 18, 19)
_SENDERS: Final = (
    ("adsb", "icao"), ("adsb", "anonymous"), ("tisb", "icao"), None,
    None, ("tisb", "anonymous"), ("adsr", "icao"), None,
)  # fmt: skip
"""By bits 6-8 of a message 18: which system made it, and what its address is."""
_EMERGENCIES: Final[Mapping[str, str]] = {"downed_aircraft": "downed"}
_KNOWN_EMERGENCIES: Final = frozenset(
    {"none", "general", "medical", "minimum_fuel", "no_communication", "unlawful_interference", "downed"}
)


class ModeSReport(AircraftState, frozen=True, kw_only=True, tag="mode_s"):
    """One Mode S message. `address` is six upper-case hexadecimal digits.

    `checked`: the message carries its own parity, and it held. `source`: adsb | tisb | adsr, None for surveillance
    replies. `address_type`: icao | anonymous | track_file; only an icao one names an aircraft.
    """

    df: int
    address: str
    checked: bool
    source: str | None = None
    address_type: str = "icao"
    squawk: str | None = None


class _Aircraft:
    """What is remembered of one address: last even and odd frames, position, height difference, quality."""

    __slots__ = (
        "a", "c", "difference_m", "difference_s", "frames", "gva", "nacp", "place", "place_s", "sil",
        "version",
    )  # fmt: skip

    def __init__(self) -> None:
        self.frames: dict[bool, tuple[float, cpr.Cpr]] = {}
        self.place: cpr.Place | None = None
        self.place_s = self.difference_s = -math.inf
        self.difference_m = 0.0
        self.version, self.a, self.c = 0, False, False
        self.nacp: int | None = None
        self.sil: int | None = None
        self.gva: int | None = None


class ModeSDecoder:
    """Messages of one receiver in the order heard. State is bounded, by FORGET_S of silence and by MAX_AIRCRAFT.

    Args:
        receiver: latitude and longitude in degrees near the receiver, for surface positions; None: none are made.
    """

    def __init__(self, receiver: tuple[float, float] | None = None) -> None:
        self._receiver = receiver
        self._aircraft = Lately(_Aircraft, FORGET_S, MAX_AIRCRAFT)

    def hear(
        self, message: bytes, at_s: float, stated_place: tuple[float, float] | None = None
    ) -> ModeSReport | Rejected | None:
        """The report of one message heard at `at_s`; None for an address nobody has confirmed, and for Mode A/C.

        stated_place: where another decoder places this message's sender: taken for a place near it, as `receiver` is.
        """
        if len(message) == 2:
            return None
        if len(message) not in (7, 14) or (message[0] & 0x80 and len(message) == 7):
            return Rejected(reason="bad_length", raw=message)
        df = message[0] >> 3
        if df == 19:
            civil = _as_civil(message)
            if civil is None:
                return Rejected(reason="bad_crc", raw=message) if parity(message) else None
            fields = rs1090.decode(civil.hex())
        else:
            fields = rs1090.decode(message.hex())
        if not fields or not fields.get("icao24"):
            return Rejected(reason="bad_crc", raw=message)
        address = fields["icao24"].upper()
        if df not in _EXTENDED:
            return self._surveillance(df, address, fields, at_s)
        return self._extended(df, address, message, {**fields, "near": stated_place or self._receiver}, at_s)

    def _surveillance(self, df: int, address: str, fields: Mapping[str, Any], at_s: float) -> ModeSReport | None:
        checked = df == 11
        if self._aircraft.hear(address, at_s, new=checked) is None:
            return None
        altitude = fields.get("altitude")
        return ModeSReport(
            df=df,
            address=address,
            checked=checked,
            pressure_altitude_m=None if altitude is None else altitude * FOOT_M,
            squawk=fields.get("squawk"),
        )

    def _extended(
        self, df: int, address: str, message: bytes, fields: Mapping[str, Any], at_s: float
    ) -> ModeSReport | None:
        sender = _SENDERS[message[0] & 0x07] if df == 18 else ("adsb", "icao")
        if sender is None:
            return None
        source, kind = sender
        bds = fields.get("bds")
        if df == 18 and kind == "icao" and source != "adsb" and _imf(message, bds):
            kind = "track_file" if source == "tisb" else "anonymous"
        # frames of two senders are no pair, and no two kinds of address are the same aircraft
        name = address if (source, kind) == ("adsb", "icao") else f"{source}:{kind}:{address}"
        aircraft = self._aircraft.hear(name, at_s)
        read = _READERS.get(bds or "")
        said: Mapping[str, Any] = {}
        if aircraft is not None and read is not None:
            said = read(self, aircraft, message, fields, at_s)
        return ModeSReport(df=df, address=address, checked=True, source=source, address_type=kind, **said)

    def _position(
        self, aircraft: _Aircraft, message: bytes, fields: Mapping[str, Any], at_s: float
    ) -> Mapping[str, Any]:
        surface = fields["bds"] == "06"
        place = self._place(aircraft, fields, at_s, surface=surface)
        pressure, ellipsoid, gnss = _heights(aircraft, fields, at_s)
        said: dict[str, Any] = {
            "altitude_ellipsoid_m": ellipsoid,
            "pressure_altitude_m": pressure,
            "on_ground": surface,
        }
        if ellipsoid is not None:
            said["sigma_altitude_m"] = (
                sigma_altitude_m(gva=aircraft.gva, nacp=aircraft.nacp) if gnss else SIGMA_ALTITUDE_M
            )
        if place is not None:
            said["latitude_deg"], said["longitude_deg"] = place
            one = aircraft
            said["sigma_position_m"] = _sigma_m(
                message[4] >> 3, one.version, one.a, bool(message[4] & 0x01), one.c, one.nacp, one.sil
            )
        return said

    def _place(self, aircraft: _Aircraft, fields: Mapping[str, Any], at_s: float, *, surface: bool) -> cpr.Place | None:
        odd, bits = fields["parity"] == "odd", (fields["lat_cpr"], fields["lon_cpr"])
        recent = aircraft.place if at_s - aircraft.place_s <= REFERENCE_S else None
        reference = recent or (fields["near"] if surface else None)
        other = aircraft.frames.get(not odd)
        if not surface:
            aircraft.frames[odd] = at_s, bits
        place: cpr.Place | None = None
        if reference is not None:
            place = cpr.near(bits, reference, odd=odd, surface=surface)
        elif not surface and other is not None and abs(at_s - other[0]) <= PAIR_S:
            even_bits, odd_bits = (other[1], bits) if odd else (bits, other[1])
            place = cpr.from_pair(even_bits, odd_bits, newest_is_odd=odd)
        if place is None or abs(place[0]) > 90.0 or not self._believable(aircraft, place, recent, at_s):
            return None
        aircraft.place, aircraft.place_s = place, at_s
        return place

    def _believable(self, aircraft: _Aircraft, place: cpr.Place, recent: cpr.Place | None, at_s: float) -> bool:
        """A jump faster than MAX_SPEED_MPS is refused once; the next starts again from a pair."""
        if recent is None:
            return True
        north, east = place[0] - recent[0], (place[1] - recent[1] + 180.0) % 360.0 - 180.0
        reach_deg = MAX_SPEED_MPS * (abs(at_s - aircraft.place_s) + 1.0) / 111_195.0
        near = abs(north) + abs(east) <= reach_deg  # which is nearly always, and spares the rest
        if near or math.hypot(north, east * math.cos(math.radians(place[0]))) <= reach_deg:
            return True
        aircraft.place, aircraft.place_s, aircraft.frames = None, -math.inf, {}
        return False


@functools.lru_cache(maxsize=4096)
def _sigma_m(type_code: int, version: int, a: bool, b: bool, c: bool, nacp: int | None, sil: int | None) -> float:
    radius_m = containment_m(type_code, version, a=a, b=b, c=c)
    return sigma_position_m(nacp=nacp, radius_m=radius_m, sil=sil)


def _velocity(
    _: ModeSDecoder, aircraft: _Aircraft, __: bytes, fields: Mapping[str, Any], at_s: float
) -> Mapping[str, Any]:
    difference = fields.get("geo_minus_baro")
    if difference is not None:
        aircraft.difference_m, aircraft.difference_s = difference * FOOT_M, at_s
    speed, track, climb = fields.get("groundspeed"), fields.get("track"), fields.get("vertical_rate")
    said: dict[str, Any] = {} if climb is None else {"velocity_up_mps": climb * FOOT_M / 60.0}
    said["velocity_east_mps"], said["velocity_north_mps"] = velocity_mps(speed, track)
    return said


def _identification(
    _: ModeSDecoder, __: _Aircraft, message: bytes, fields: Mapping[str, Any], ___: float
) -> Mapping[str, Any]:
    number = message[4] & 0x07
    category = f"{'DCBA'[(message[4] >> 3) - 1]}{number}" if number else None
    text = str(fields.get("callsign") or "").strip(" _\0")
    return {"callsign": text or None, "emitter_category": category}


def _status(_: ModeSDecoder, __: _Aircraft, ___: bytes, fields: Mapping[str, Any], ____: float) -> Mapping[str, Any]:
    said = str(fields.get("emergency_state"))
    emergency = _EMERGENCIES.get(said, said)
    return {"squawk": fields.get("squawk"), "emergency": emergency if emergency in _KNOWN_EMERGENCIES else None}


def _target_state(
    _: ModeSDecoder, aircraft: _Aircraft, __: bytes, fields: Mapping[str, Any], ___: float
) -> Mapping[str, Any]:
    aircraft.nacp = fields.get("NACp", aircraft.nacp)
    return {}


def _operational_status(
    _: ModeSDecoder, aircraft: _Aircraft, message: bytes, fields: Mapping[str, Any], __: float
) -> Mapping[str, Any]:
    aircraft.version = fields.get("version", aircraft.version)
    aircraft.nacp, aircraft.sil = fields.get("NACp", aircraft.nacp), fields.get("SIL", aircraft.sil)
    aircraft.gva = fields.get("GVA", aircraft.gva)
    aircraft.a = bool(fields.get("NICa", fields.get("NICs", aircraft.a)))
    if message[4] & 0x07 == 1:  # of the surface: bit 20 of the message
        aircraft.c = bool(message[6] & 0x10)
    return {}


_READERS: Final[
    Mapping[str, Callable[[ModeSDecoder, _Aircraft, bytes, Mapping[str, Any], float], Mapping[str, Any]]]
] = {
    "05": ModeSDecoder._position,
    "06": ModeSDecoder._position,
    "08": _identification,
    "09": _velocity,
    "61": _status,
    "62": _target_state,
    "65": _operational_status,
}
"""By register, as rs1090 names them: what a message says, and what it leaves to be remembered."""

_IMF: Final[Mapping[str, tuple[int, int]]] = {
    "05": (4, 0x01), "06": (6, 0x08), "09": (5, 0x80), "61": (10, 0x01), "62": (10, 0x20), "65": (10, 0x01),
}  # fmt: skip
"""Byte and bit of IMF, by register."""


def _imf(message: bytes, bds: str | None) -> bool:
    at, bit = _IMF.get(bds or "", (0, 0))
    return bool(message[at] & bit)


def _heights(aircraft: _Aircraft, fields: Mapping[str, Any], at_s: float) -> tuple[float | None, float | None, bool]:
    """Pressure altitude and height over the ellipsoid, metres, and whether the latter is the GNSS receiver's own."""
    altitude = fields.get("altitude")
    if altitude is None:
        return None, None, False
    altitude_m = altitude * FOOT_M
    if fields.get("source") == "GNSS":
        return None, altitude_m, True
    fresh = at_s - aircraft.difference_s <= DIFFERENCE_S
    return altitude_m, altitude_m + aircraft.difference_m if fresh else None, False


def _as_civil(message: bytes) -> bytes | None:
    """A military message in the civil format: only its first byte is another. None if it is not one, or is bad."""
    if message[0] & 0x07 or len(message) != 14 or parity(message):
        return None
    body = b"\x8d" + message[1:11]
    return body + parity(body + bytes(3)).to_bytes(3, "big")


def parity(message: bytes) -> int:
    """The remainder of a whole message by the Mode S generator; 0 where its own parity holds (24 bits)."""
    register = 0
    for octet in message[:-3]:
        register = (register << 8 & 0xFFFFFF) ^ _PARITY[(register >> 16) ^ octet]
    return register ^ int.from_bytes(message[-3:], "big")


def _parity_of(octet: int) -> int:
    register = octet << 16
    for _ in range(8):
        register = register << 1 ^ (0x1FFF409 if register & 0x800000 else 0)
    return register & 0xFFFFFF


_PARITY: Final = tuple(_parity_of(octet) for octet in range(256))
