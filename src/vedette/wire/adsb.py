"""Mode S and ADS-B messages (7 or 14 bytes) → what an aircraft says of itself. rs1090 takes the bits apart.

bits 1-5     downlink format: 17, 18 ADS-B and 11 all-call carry their own parity and are checked; 0 4 5 16 20 21 have
             the address laid over the parity and cannot be checked: believed only for an address already heard checked
17, 18       address 24 bits; type code 5 bits: 1-4 callsign and emitter category, 5-8 surface, 9-18 airborne with
             pressure altitude, 20-22 airborne with GNSS height, 19 velocity and GNSS minus pressure height, 31 NACp
CPR          17 + 17 bits of latitude and longitude, even and odd: a position needs a pair within 10 s, or a position of
             the same aircraft less than 180 s old; surface positions also the receiver's place

Pressure altitude: 25 or 100 ft steps, standard atmosphere. Height over the ellipsoid: the GNSS height, or the pressure
altitude plus the last difference (no older than 30 s). Position sigma: the smaller of the containment radius by type
code over 5 (beyond it with less than 1 in 100,000) and the 95 % radius by NACp over 2.45, and with it 20 m for latency.

Rejected: `bad_crc` (or no format that is known), `bad_length`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import rs1090

from vedette.model import Rejected
from vedette.units import FOOT_M, KNOT_MPS

PAIR_S: Final = 10.0
REFERENCE_S: Final = 180.0
DIFFERENCE_S: Final = 30.0
FORGET_S: Final = 600.0
MAX_SPEED_MPS: Final = 1000.0
"""A position that would need more than this from the last one is not believed."""
_LATENCY_SIGMA_M: Final = 20.0
_UNKNOWN_RADIUS_M: Final = 2500.0
_RADIUS_M: Final[Mapping[int, float]] = {
    5: 7.5, 6: 25.0, 7: 185.2, 9: 7.5, 10: 25.0, 11: 185.2, 12: 370.4, 13: 1111.2, 14: 1852.0, 15: 3704.0, 16: 14816.0,
    17: 37040.0, 20: 7.5, 21: 25.0,
}  # fmt: skip
_NACP_95_M: Final[Mapping[int, float]] = {
    1: 18520.0, 2: 7408.0, 3: 3704.0, 4: 1852.0, 5: 926.0, 6: 555.6, 7: 185.2, 8: 92.6, 9: 30.0, 10: 10.0, 11: 3.0,
}  # fmt: skip


class ModeSReport(msgspec.Struct, frozen=True, kw_only=True, tag="mode_s"):
    """One Mode S message. `address` is six upper-case hexadecimal digits; None is unknown or not in this message.

    `checked`: the message carries its own parity, and it held. Velocities: over ground, east, north, up.
    """

    df: int
    address: str
    checked: bool
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    sigma_position_m: float | None = None
    altitude_ellipsoid_m: float | None = None
    pressure_altitude_m: float | None = None
    on_ground: bool | None = None
    callsign: str | None = None
    emitter_category: str | None = None
    squawk: str | None = None
    velocity_east_mps: float | None = None
    velocity_north_mps: float | None = None
    velocity_up_mps: float | None = None


class _Aircraft:
    """What is remembered of one address: last even and odd frames, position, height difference, accuracy."""

    __slots__ = ("difference_m", "difference_s", "frames", "heard_s", "nacp", "place", "place_s")

    def __init__(self) -> None:
        self.frames: dict[str, tuple[float, str]] = {}
        self.place: tuple[float, float] | None = None
        self.place_s = self.heard_s = self.difference_s = -math.inf
        self.difference_m = 0.0
        self.nacp: int | None = None


class ModeSDecoder:
    """Messages of one receiver in the order heard. State is bounded: an address silent for 600 s is forgotten.

    Args:
        receiver: latitude and longitude in degrees near the receiver, for surface positions; None: none are made.
    """

    def __init__(self, receiver: tuple[float, float] | None = None) -> None:
        self._receiver = receiver
        self._aircraft: dict[str, _Aircraft] = {}
        self._swept_s = -math.inf

    def hear(self, message: bytes, at_s: float) -> ModeSReport | Rejected | None:
        """The report of one message heard at `at_s`; None for an address nobody has confirmed, and for Mode A/C."""
        if len(message) == 2:
            return None
        if len(message) not in (7, 14) or (message[0] & 0x80 and len(message) == 7):
            return Rejected(reason="bad_length", raw=message)
        text = message.hex()
        fields = rs1090.decode(text)
        if not fields or not fields.get("icao24"):
            return Rejected(reason="bad_crc", raw=message)
        address, df = str(fields["icao24"]).upper(), message[0] >> 3
        checked = df in (11, 17, 18)
        aircraft = self._remember(address, at_s, checked=checked)
        if aircraft is None:
            return None
        if df not in (17, 18):
            return _surveillance(df, address, fields, checked=checked)
        return self._extended(aircraft, df, address, text, fields, at_s)

    def _remember(self, address: str, at_s: float, *, checked: bool) -> _Aircraft | None:
        if at_s - self._swept_s > 60.0:
            self._aircraft = {a: one for a, one in self._aircraft.items() if at_s - one.heard_s <= FORGET_S}
            self._swept_s = at_s
        if checked and address not in self._aircraft:
            self._aircraft[address] = _Aircraft()
        aircraft = self._aircraft.get(address)
        if aircraft is not None:
            aircraft.heard_s = at_s
        return aircraft

    def _extended(
        self, aircraft: _Aircraft, df: int, address: str, text: str, fields: Mapping[str, Any], at_s: float
    ) -> ModeSReport:
        bds, type_code = fields.get("bds"), int(text[8:10], 16) >> 3
        if bds == "09":
            return _velocity(aircraft, df, address, fields, at_s)
        if bds == "65" and isinstance(fields.get("NACp"), int):
            aircraft.nacp = fields["NACp"]
        if bds not in ("05", "06"):
            return ModeSReport(
                df=df,
                address=address,
                checked=True,
                callsign=_text(fields.get("callsign")),
                emitter_category=_text(fields.get("wake_vortex")),
                squawk=fields.get("squawk"),
            )
        place = self._place(aircraft, text, fields, at_s, surface=bds == "06")
        pressure, ellipsoid = _heights(aircraft, fields, at_s)
        return ModeSReport(
            df=df,
            address=address,
            checked=True,
            latitude_deg=place[0] if place else None,
            longitude_deg=place[1] if place else None,
            sigma_position_m=_sigma_m(type_code, aircraft.nacp) if place else None,
            altitude_ellipsoid_m=ellipsoid,
            pressure_altitude_m=pressure,
            on_ground=bds == "06",
        )

    def _place(
        self, aircraft: _Aircraft, text: str, fields: Mapping[str, Any], at_s: float, *, surface: bool
    ) -> tuple[float, float] | None:
        parity = str(fields.get("parity"))
        aircraft.frames[parity] = (at_s, text)
        recent = aircraft.place if at_s - aircraft.place_s <= REFERENCE_S else None
        reference = recent or (self._receiver if surface else None)
        if reference is not None:
            place = _position(rs1090.decode(text, reference=reference))
        elif surface:
            return None
        else:
            place = _from_pair(aircraft, parity, at_s, text)
        if place is None or not self._believable(aircraft, place, recent, at_s):
            return None
        aircraft.place, aircraft.place_s = place, at_s
        return place

    def _believable(
        self, aircraft: _Aircraft, place: tuple[float, float], recent: tuple[float, float] | None, at_s: float
    ) -> bool:
        """A jump faster than MAX_SPEED_MPS is refused once; the next starts again from a pair."""
        if recent is None:
            return True
        metres = 111_195.0 * math.hypot(
            place[0] - recent[0], ((place[1] - recent[1] + 180.0) % 360.0 - 180.0) * math.cos(math.radians(place[0]))
        )
        if metres <= MAX_SPEED_MPS * (at_s - aircraft.place_s + 1.0):
            return True
        aircraft.place, aircraft.place_s, aircraft.frames = None, -math.inf, {}
        return False


def _from_pair(aircraft: _Aircraft, parity: str, at_s: float, text: str) -> tuple[float, float] | None:
    other = aircraft.frames.get("odd" if parity == "even" else "even")
    if other is None or not 0.0 <= at_s - other[0] <= PAIR_S:
        return None
    # the times rs1090 sees are relative: it needs only their order and distance
    decoded = rs1090.decode([other[1], text], [0.0, at_s - other[0]])
    return _position(decoded[1]) if len(decoded) == 2 else None


def _position(fields: Any) -> tuple[float, float] | None:
    latitude, longitude = (fields or {}).get("latitude"), (fields or {}).get("longitude")
    if latitude is None or longitude is None or not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 360.0):
        return None
    return float(latitude), (float(longitude) + 180.0) % 360.0 - 180.0


def _surveillance(df: int, address: str, fields: Mapping[str, Any], *, checked: bool) -> ModeSReport:
    altitude = fields.get("altitude")
    return ModeSReport(
        df=df,
        address=address,
        checked=checked,
        pressure_altitude_m=None if altitude is None else float(altitude) * FOOT_M,
        squawk=fields.get("squawk"),
    )


def _velocity(aircraft: _Aircraft, df: int, address: str, fields: Mapping[str, Any], at_s: float) -> ModeSReport:
    difference = fields.get("geo_minus_baro")
    if difference is not None:
        aircraft.difference_m, aircraft.difference_s = float(difference) * FOOT_M, at_s
    speed, track, climb = fields.get("groundspeed"), fields.get("track"), fields.get("vertical_rate")
    east = north = None
    if speed is not None and track is not None:
        east = speed * KNOT_MPS * math.sin(math.radians(track))
        north = speed * KNOT_MPS * math.cos(math.radians(track))
    return ModeSReport(
        df=df,
        address=address,
        checked=True,
        velocity_east_mps=east,
        velocity_north_mps=north,
        velocity_up_mps=None if climb is None else climb * FOOT_M / 60.0,
    )


def _heights(aircraft: _Aircraft, fields: Mapping[str, Any], at_s: float) -> tuple[float | None, float | None]:
    """Pressure altitude and height over the ellipsoid, metres."""
    if fields.get("altitude") is None:
        return None, None
    altitude_m = float(fields["altitude"]) * FOOT_M
    if fields.get("source") == "GNSS":
        return None, altitude_m
    fresh = at_s - aircraft.difference_s <= DIFFERENCE_S
    return altitude_m, altitude_m + aircraft.difference_m if fresh else None


def _sigma_m(type_code: int, nacp: int | None) -> float:
    radius_m = _RADIUS_M.get(type_code, _UNKNOWN_RADIUS_M) / 5.0
    return math.hypot(min(radius_m, _NACP_95_M.get(nacp or 0, math.inf) / 2.45), _LATENCY_SIGMA_M)


def _text(value: Any) -> str | None:
    text = str(value or "").strip(" _\0")
    return None if text in ("", "n/a") else text
