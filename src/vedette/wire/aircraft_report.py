"""What the codecs of aircraft have in common, and the message of receivers' own software (SBS lines, aircraft.json)."""

from __future__ import annotations

import math
from typing import Any, Final

import msgspec

from vedette.units import KNOT_MPS

SIGMA_UNSAID_M: Final = 100.0
"""Of a position whose quality is not passed on: what 95 % of NACp 8 (93 m) and the software's own delays come to."""
SIGMA_MLAT_M: Final = 200.0
"""Of a multilaterated position: hobby receivers' clocks and geometry, outliers left out."""


class AircraftState(msgspec.Struct, frozen=True, kw_only=True):
    """What a message says of an aircraft. Unknown, or not in this message, is None; velocities over ground.

    `emergency`: as in vedette.model.CooperativeReport, "none" where it is said that there is none.
    """

    latitude_deg: float | None = None
    longitude_deg: float | None = None
    sigma_position_m: float | None = None
    altitude_ellipsoid_m: float | None = None
    sigma_altitude_m: float | None = None
    pressure_altitude_m: float | None = None
    on_ground: bool | None = None
    callsign: str | None = None
    emitter_category: str | None = None
    emergency: str | None = None
    velocity_east_mps: float | None = None
    velocity_north_mps: float | None = None
    velocity_up_mps: float | None = None


class AircraftReport(AircraftState, frozen=True, kw_only=True, tag="aircraft"):
    """One aircraft as its receiver's software knows it.

    `address`: six upper-case hexadecimal digits; `address_type`: icao | anonymous. `source`: adsb | adsr | tisb | mlat
    | mode_s | other, how the position was come by. `at_s`: when it was heard, UTC seconds; where not `zoned` the line
    gave no zone, and UTC is only assumed.
    """

    address: str
    address_type: str = "icao"
    source: str = "adsb"
    at_s: float | None = None
    zoned: bool = True
    squawk: str | None = None


def velocity_mps(speed_kt: float | None, track_deg: float | None) -> tuple[float | None, float | None]:
    """East and north over ground."""
    if speed_kt is None or track_deg is None:
        return None, None
    track_rad = math.radians(track_deg)
    return speed_kt * KNOT_MPS * math.sin(track_rad), speed_kt * KNOT_MPS * math.cos(track_rad)


def is_address(text: object) -> bool:
    """Six hexadecimal digits, not all zero."""
    return isinstance(text, str) and len(text) == 6 and _HEX.issuperset(text) and text.strip("0") != ""


def is_squawk(text: object) -> bool:
    """Four octal digits."""
    return isinstance(text, str) and len(text) == 4 and _OCTAL.issuperset(text)


def in_range(value: Any, least: float, most: float) -> float | None:
    """The number, None where it is none or lies outside."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not least <= value <= most:
        return None
    return float(value)


_HEX: Final = frozenset("0123456789abcdefABCDEF")
_OCTAL: Final = frozenset("01234567")
