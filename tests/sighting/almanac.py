"""Where the Moon and a star stand, by hand: short series and the sidereal time, nothing of Skyfield or JPL in it."""

from __future__ import annotations

import math


def days_since_2000(at_s: float) -> float:
    return at_s / 86_400.0 + 2_440_587.5 - 2_451_545.0


def sine(degrees: float) -> float:
    return math.sin(math.radians(degrees))


def cosine(degrees: float) -> float:
    return math.cos(math.radians(degrees))


def moon_radec_parallax_deg(at_s: float) -> tuple[float, float, float]:
    """Right ascension, declination and horizontal parallax: the Astronomical Almanac's short series, good to 0.3°."""
    t = days_since_2000(at_s) / 36_525.0
    longitude = (
        218.32 + 481_267.881 * t + 6.29 * sine(135.0 + 477_198.87 * t) - 1.27 * sine(259.3 - 413_335.36 * t)
        + 0.66 * sine(235.7 + 890_534.22 * t) + 0.21 * sine(269.9 + 954_397.74 * t)
        - 0.19 * sine(357.5 + 35_999.05 * t) - 0.11 * sine(186.5 + 966_404.03 * t)
    )  # fmt: skip
    latitude = (
        5.13 * sine(93.3 + 483_202.02 * t) + 0.28 * sine(228.2 + 960_400.89 * t)
        - 0.28 * sine(318.3 + 6_003.15 * t) - 0.17 * sine(217.6 - 407_332.21 * t)
    )  # fmt: skip
    parallax = 0.9508 + 0.0518 * cosine(135.0 + 477_198.87 * t) + 0.0095 * cosine(259.3 - 413_335.36 * t)
    x = cosine(latitude) * cosine(longitude)
    y = 0.9175 * cosine(latitude) * sine(longitude) - 0.3978 * sine(latitude)
    z = 0.3978 * cosine(latitude) * sine(longitude) + 0.9175 * sine(latitude)
    return math.degrees(math.atan2(y, x)) % 360.0, math.degrees(math.asin(z)), parallax


def azimuth_elevation_deg(
    at_s: float, ra_deg: float, dec_deg: float, latitude_deg: float, longitude_deg: float
) -> tuple[float, float]:
    """By the hour angle; azimuth from north by east; no refraction, no parallax."""
    sidereal = 280.46062 + 360.98564737 * days_since_2000(at_s) + longitude_deg
    hour = sidereal - ra_deg
    up = sine(latitude_deg) * sine(dec_deg) + cosine(latitude_deg) * cosine(dec_deg) * cosine(hour)
    east = -cosine(dec_deg) * sine(hour)
    north = cosine(latitude_deg) * sine(dec_deg) - sine(latitude_deg) * cosine(dec_deg) * cosine(hour)
    return math.degrees(math.atan2(east, north)) % 360.0, math.degrees(math.asin(up))


def moon_azimuth_elevation_deg(at_s: float, latitude_deg: float, longitude_deg: float) -> tuple[float, float]:
    """Of an observer on the ground: parallax taken off the elevation; no refraction."""
    ra, dec, parallax = moon_radec_parallax_deg(at_s)
    azimuth, elevation = azimuth_elevation_deg(at_s, ra, dec, latitude_deg, longitude_deg)
    return azimuth, elevation - parallax * cosine(elevation)
