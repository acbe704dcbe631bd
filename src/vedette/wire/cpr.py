"""Compact position reporting: 17 + 17 bits of an ADS-B position ↔ latitude and longitude.

Latitude is cut into 60 (even) or 59 (odd) zones, longitude into NL(latitude) or one less; the bits are the place within
a zone, so that a position needs an even and an odd frame close in time, or a place known to be near: within half a
zone, which is 333 km in the air and 83 km on the surface, where zones are a quarter as large. NL is the number of
longitude zones: 59 at the equator, 1 beyond 87°. Tests hold it to rs1090's answers.
"""

from __future__ import annotations

import bisect
import math
from typing import Final

Cpr = tuple[int, int]
"""Latitude and longitude bits, 0 to 131071."""
Place = tuple[float, float]
"""Latitude and longitude, degrees."""

_SCALE: Final = 131_072.0
_ZONES: Final = 15


def _transition_deg(zones: int) -> float:
    """The latitude at which NL falls below `zones`."""
    ratio = (1.0 - math.cos(math.pi / (2.0 * _ZONES))) / (1.0 - math.cos(2.0 * math.pi / zones))
    return math.degrees(math.acos(math.sqrt(ratio)))


_TRANSITIONS_DEG: Final = (*(_transition_deg(zones) for zones in range(59, 2, -1)), 87.0)


def zones_at(latitude_deg: float) -> int:
    """NL: how many zones of longitude there are at a latitude."""
    return 59 - bisect.bisect_right(_TRANSITIONS_DEG, abs(latitude_deg))


def near(bits: Cpr, reference: Place, *, odd: bool, surface: bool) -> Place:
    """The place of these bits that lies nearest to `reference`."""
    circle = 90.0 if surface else 360.0
    part, step = bits[0] / _SCALE, circle / (59 if odd else 60)
    latitude = step * (math.floor(reference[0] / step - part + 0.5) + part)
    part, step = bits[1] / _SCALE, circle / max(1, zones_at(latitude) - odd)
    longitude = step * (math.floor(reference[1] / step - part + 0.5) + part)
    return latitude, (longitude + 180.0) % 360.0 - 180.0


def from_pair(even: Cpr, odd: Cpr, *, newest_is_odd: bool) -> Place | None:
    """The place of the newest of two airborne frames; None where they lie in bands with other numbers of zones."""
    even_y, odd_y = even[0] / _SCALE, odd[0] / _SCALE
    band = math.floor(59.0 * even_y - 60.0 * odd_y + 0.5)
    even_latitude = _quarter(6.0 * (band % 60 + even_y))
    odd_latitude = _quarter(360.0 / 59.0 * (band % 59 + odd_y))
    zones = zones_at(even_latitude)
    if zones != zones_at(odd_latitude) or abs(even_latitude) > 90.0 or abs(odd_latitude) > 90.0:
        return None
    even_x, odd_x = even[1] / _SCALE, odd[1] / _SCALE
    meridian = math.floor(even_x * (zones - 1) - odd_x * zones + 0.5)
    longitudes = max(1, zones - newest_is_odd)
    longitude = 360.0 / longitudes * (meridian % longitudes + (odd_x if newest_is_odd else even_x))
    return odd_latitude if newest_is_odd else even_latitude, _half_turn(longitude)


def _quarter(latitude_deg: float) -> float:
    """The southern hemisphere's zones count on from the northern's."""
    return latitude_deg - 360.0 if latitude_deg >= 270.0 else latitude_deg


def _half_turn(longitude_deg: float) -> float:
    return (longitude_deg + 180.0) % 360.0 - 180.0
