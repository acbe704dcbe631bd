"""Where a message says something is → WGS 84 degrees and metres over the ellipsoid, or range and bearings.

    Location      x is longitude or easting, y latitude or northing, z altitude in metres
                  LAT_LNG_DEG_M, LAT_LNG_RAD_M, UTM_M; z over the ellipsoid (WGS84_E) or the geoid (WGS84_G, taken as
                  EGM96: other geoids differ by about a metre)
    RangeBearing  azimuth clockwise from the node's north, elevation from its horizon, range in m or km; degrees or
                  radians. Only the datum TRUE is north: MAGNETIC, GRID and PLATFORM need what the message does not hold

A UTM zone is a number with a letter, which is written in two ways: hemisphere (N, S) or latitude band (C to X). They
meet in S: 38S is the southern hemisphere, or 32° to 40° north. The place nearest to `near` is taken; without it the
zone is refused. The unit of an x_error or y_error beside angles is not said: from 0.1 up it is taken in metres (as an
angle it were over 11 km), below as an angle.

Refused for: `no_position`, `bad_position`, `no_datum`, `unknown_units`, `bad_zone`, `ambiguous_zone`,
`not_true_north`, `no_bearing`.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from math import isfinite
from typing import Final

import msgspec
import pyproj
from sapient_msg.bsi_flex_335_v2_0.location_pb2 import Location
from sapient_msg.bsi_flex_335_v2_0.range_bearing_pb2 import RangeBearing, RangeBearingCone

from vedette.geo import distance_azimuth, ellipsoid_from_msl_m
from vedette.wire.sapient.registration import place_of, place_of_bearing

METRES_PER_DEG: Final = 111_320.0
_ALTITUDES_M: Final = (-1500.0, 100_000.0)
_MOST_RANGE_M: Final = 1e7
_METRES_FROM: Final = 0.1
_ANGLE_UP_TO_RAD: Final = 0.002
_ZONE: Final = re.compile(r"(\d{1,2})\s*([A-Z])")
_EASTINGS_M: Final = (100_000.0, 900_000.0)
_NORTHINGS_M: Final = (0.0, 10_000_000.0)
_IN_METRES: Final = {"DEGREES_M": 1.0, "RADIANS_M": 1.0, "DEGREES_KM": 1000.0, "RADIANS_KM": 1000.0}


class Refused(msgspec.Struct, frozen=True):
    """Why a place cannot be used: a short fixed word, the field that is to blame, and one line."""

    reason: str
    field: str
    why: str


class Geodetic(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A place on WGS 84. sigma_position_m: per horizontal axis, from the message's own errors; None: it gave none."""

    latitude_deg: float
    longitude_deg: float
    altitude_ellipsoid_m: float | None = None
    sigma_position_m: float | None = None
    sigma_altitude_m: float | None = None


class Polar(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Range and bearings from the node. range_m None: bearing only."""

    azimuth_true_rad: float
    elevation_rad: float | None = None
    range_m: float | None = None
    sigma_azimuth_rad: float | None = None
    sigma_elevation_rad: float | None = None
    sigma_range_m: float | None = None


def locate(where: Location, near: tuple[float, float] | None = None, zone: str = "") -> Geodetic | Refused:
    """The place of a Location.

    Args:
        near: latitude and longitude in degrees of what it must be near to, for a zone that can be read in two ways.
        zone: the UTM zone of the registration, where the location gives none.
    """
    x, y = where.x, where.y
    if not (isfinite(x) and isfinite(y) and where.HasField("x") and where.HasField("y")):
        return Refused("no_position", "x", "no x and y")
    place = place_of(where)
    system = place.system
    if not place.datum:
        return Refused("no_datum", "datum", "no datum")
    if system == "LAT_LNG_DEG_M":
        flat = _from_angles(y, x)
    elif system == "LAT_LNG_RAD_M":
        flat = _from_angles(math.degrees(y), math.degrees(x))
    elif system == "UTM_M":
        flat = _from_utm(where, near, zone)
    else:
        return Refused("unknown_units", "coordinate_system", "no coordinate system of the standard")
    if isinstance(flat, Refused):
        return flat
    altitude = _altitude(where, place.datum, flat) if where.HasField("z") else None
    if isinstance(altitude, Refused):
        return altitude
    return Geodetic(
        latitude_deg=flat[0],
        longitude_deg=flat[1],
        altitude_ellipsoid_m=altitude,
        sigma_position_m=_sigma_m(where.x_error, where.y_error, system, flat[0]),
        sigma_altitude_m=_positive(where.z_error),
    )


def _from_angles(latitude: float, longitude: float) -> tuple[float, float] | Refused:
    if -90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0:
        return latitude, longitude
    swapped = -90.0 <= longitude <= 90.0 and -180.0 <= latitude <= 180.0
    hint = "; x and y look swapped: x is longitude" if swapped else ""
    if not -90.0 <= latitude <= 90.0:
        return Refused("bad_position", "y", f"a latitude of {latitude:g}°{hint}")
    return Refused("bad_position", "x", f"a longitude of {longitude:g}°{hint}")


def _from_utm(where: Location, near: tuple[float, float] | None, zone: str) -> tuple[float, float] | Refused:
    text = (where.utm_zone or zone).strip().upper()
    found = _ZONE.fullmatch(text)
    if found is None or not 1 <= int(found[1]) <= 60 or found[2] in "ABIOYZ":
        return Refused("bad_zone", "utm_zone", f"no UTM zone, such as 38N: {text[:12]!r}" if text else "no UTM zone")
    if not (_EASTINGS_M[0] <= where.x <= _EASTINGS_M[1] and _NORTHINGS_M[0] <= where.y <= _NORTHINGS_M[1]):
        return Refused("bad_position", "x", f"{where.x:g}, {where.y:g} are no easting and northing")
    number, letter = int(found[1]), found[2]
    if letter != "S":
        return _inverse(number, letter < "N", where.x, where.y)
    if near is None:
        return Refused("ambiguous_zone", "utm_zone", f"{text} is the southern hemisphere, or the band 32° to 40° north")
    both = [_inverse(number, south, where.x, where.y) for south in (False, True)]
    return min(both, key=lambda place: distance_azimuth(*near, *place)[0])


@lru_cache(maxsize=120)
def _utm(number: int, south: bool) -> pyproj.Proj:
    return pyproj.Proj(proj="utm", zone=number, ellps="WGS84", south=south)


def _inverse(number: int, south: bool, easting_m: float, northing_m: float) -> tuple[float, float]:
    longitude, latitude = _utm(number, south)(easting_m, northing_m, inverse=True)
    return float(latitude), float(longitude)


def _altitude(where: Location, datum: str, flat: tuple[float, float]) -> float | Refused:
    if not _ALTITUDES_M[0] <= where.z <= _ALTITUDES_M[1]:
        return Refused("bad_position", "z", f"an altitude of {where.z:g} m")
    return ellipsoid_from_msl_m(*flat, where.z) if datum == "WGS84_G" else where.z


def _sigma_m(x_error: float, y_error: float, system: str, latitude_deg: float) -> float | None:
    """The larger of the two horizontal errors in metres; one that is 0, or not there, is none."""
    north = _error_m(y_error, system, 0.0)
    if x_error == y_error:
        return north  # the same angle is less to the east
    east = _error_m(x_error, system, latitude_deg)
    if east is None or north is None:
        return east if north is None else north
    return east if east > north else north


def _error_m(value: float, system: str, latitude_deg: float) -> float | None:
    if not 0.0 < value < math.inf:
        return None
    if value >= _METRES_FROM or system == "UTM_M":
        return value
    stretch = METRES_PER_DEG * math.cos(math.radians(latitude_deg))
    if system == "LAT_LNG_DEG_M":
        return value * stretch
    return math.degrees(value) * stretch if value <= _ANGLE_UP_TO_RAD else None


def _positive(value: float) -> float | None:
    return value if 0.0 < value < math.inf else None


def bear(where: RangeBearing | RangeBearingCone) -> Polar | Refused:
    """Range and bearings, as far as they are given; an azimuth must be."""
    place = place_of_bearing(where)
    if place.system not in _IN_METRES:
        return Refused("unknown_units", "coordinate_system", "no coordinate system of the standard")
    if not place.datum:
        return Refused("no_datum", "datum", "no datum")
    if place.datum != "TRUE":
        why = f"north is {place.datum.lower()}: what turns it to true north is not in the message"
        return Refused("not_true_north", "datum", why)
    if not where.HasField("azimuth") or not isfinite(where.azimuth):
        return Refused("no_bearing", "azimuth", "no azimuth")
    to_rad = 1.0 if place.system.startswith("RADIANS") else math.pi / 180.0
    to_m = _IN_METRES[place.system]
    if abs(where.azimuth * to_rad) > 2.0 * math.pi + 1e-6:
        return Refused("bad_position", "azimuth", f"an azimuth of {math.degrees(where.azimuth * to_rad):g}°")
    elevation = where.elevation * to_rad if where.HasField("elevation") else None
    if elevation is not None and not abs(elevation) <= math.pi / 2.0 + 1e-6:
        return Refused("bad_position", "elevation", f"an elevation of {math.degrees(elevation):g}°")
    range_m = where.range * to_m if where.HasField("range") else None
    if range_m is not None and not 0.0 <= range_m <= _MOST_RANGE_M:
        return Refused("bad_position", "range", f"a range of {range_m:g} m")
    return Polar(
        azimuth_true_rad=where.azimuth * to_rad % (2.0 * math.pi),
        elevation_rad=elevation,
        range_m=range_m,
        sigma_azimuth_rad=_positive(where.azimuth_error * to_rad),
        sigma_elevation_rad=_positive(where.elevation_error * to_rad),
        sigma_range_m=_positive(where.range_error * to_m),
    )
