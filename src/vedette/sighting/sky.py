"""The Moon, the planets and the bright stars over an observer: Skyfield with JPL's DE421, both on this machine.

Apparent places with refraction at 10 °C and 1010 hPa. Neglected: proper motion and parallax of stars (Alpha Centauri's,
the largest, is 0.03° in 30 years), horizon and weather. DE421 covers 1900 to 2053. Nothing is asked of the network.
"""

from __future__ import annotations

import functools
from importlib import resources
from pathlib import Path
from typing import Any, Final

import numpy as np

from vedette.errors import VedetteError
from vedette.model import Floats, SightingReport
from vedette.sighting.eye import Course

try:
    import skyfield_data  # noqa: F401  # only its files are used: its own helper warns of a table that we do not read
    from skyfield.almanac import fraction_illuminated
    from skyfield.api import Loader, Star, load_file, wgs84
    from skyfield.magnitudelib import planetary_magnitude
except ImportError:  # pragma: no cover - the extra is missing; a process of its own tests that
    _PRESENT = False
else:
    _PRESENT = True

_PLANETS: Final = (
    ("venus", "venus", "Venus"),
    ("jupiter", "jupiter barycenter", "Jupiter"),
    ("mars", "mars", "Mars"),
    ("saturn", "saturn barycenter", "Saturn"),
)
_STARS: Final = (
    ("Sirius", 6.75248, -16.7161, -1.46),
    ("Canopus", 6.39920, -52.6957, -0.74),
    ("Alpha Centauri", 14.66014, -60.8340, -0.27),
    ("Arcturus", 14.26102, 19.1824, -0.05),
    ("Vega", 18.61565, 38.7837, 0.03),
    ("Capella", 5.27816, 45.9980, 0.08),
    ("Rigel", 5.24230, -8.2016, 0.13),
    ("Procyon", 7.65503, 5.2250, 0.34),
    ("Achernar", 1.62857, -57.2368, 0.46),
    ("Betelgeuse", 5.91953, 7.4071, 0.50),
    ("Hadar", 14.06372, -60.3730, 0.61),
    ("Altair", 19.84639, 8.8683, 0.76),
    ("Acrux", 12.44330, -63.0991, 0.76),
    ("Aldebaran", 4.59868, 16.5093, 0.86),
    ("Antares", 16.49013, -26.4320, 0.96),
    ("Spica", 13.41988, -11.1613, 0.97),
    ("Pollux", 7.75526, 28.0262, 1.14),
    ("Fomalhaut", 22.96085, -29.6222, 1.16),
    ("Deneb", 20.69053, 45.2803, 1.25),
)
"""Name, right ascension in hours and declination in degrees (J2000), visual magnitude: the stars brighter than 1.3."""
_HORIZON_DEG: Final = -0.3
"""Apparent elevation from which on a light of the sky can be seen: its disc, and a low horizon."""
_LIMIT: Final = ((-12.0, -6.0, 0.0), (2.0, -0.5, -4.0))
"""Faintest magnitude that strikes anyone, by the Sun's elevation in degrees: our judgement."""
_DIMMED: Final = 0.25
"""Magnitudes that clear air takes at the zenith; towards the horizon up to 40 times as much. Haze takes more."""
_THIN: Final = 0.03
"""A Moon of which less is lit is not seen."""
_BRIGHTEST: Final = -4.0
"""Magnitude from which on a light makes as many reports as all that nobody knows; each magnitude less 1.6 times fewer
(the square root of the light): our judgement."""
_DAY_S: Final = 86_400.0
_YEARS_S: Final = (-2_208_988_800.0, 2_643_000_000.0)
"""1900 to late 2053: what DE421 covers."""


class SkyMissing(VedetteError):
    """The sky cannot be computed; str() says why and what would help."""


class Sky:
    """The ephemeris, loaded. Immutable; `courses` may be called from any thread."""

    def __init__(self, ephemeris: Path) -> None:
        self._bodies: Any = load_file(str(ephemeris))
        self._timescale: Any = Loader(str(ephemeris.parent), verbose=False, expire=False).timescale(builtin=True)

    def place(self, body: str, report: SightingReport, times_s: Floats, altitude_m: float) -> tuple[Floats, Floats]:
        """Apparent azimuth and elevation (n,) in degrees of a body of DE421, `sun` and `moon` among them."""
        return self._seen(self._bodies[body], *self._stand(report, times_s, altitude_m))[:2]

    def _stand(self, report: SightingReport, times_s: Floats, altitude_m: float) -> tuple[Any, Any]:
        days = np.floor(times_s / _DAY_S)  # our times know no leap seconds, Skyfield's seconds do: hence by the day
        moments = self._timescale.utc(1970, 1, 1 + days, 0, 0, times_s - days * _DAY_S)
        ground = wgs84.latlon(report.latitude_deg, report.longitude_deg, elevation_m=altitude_m)
        return (self._bodies["earth"] + ground).at(moments), moments

    def _seen(self, body: Any, stand: Any, moments: Any) -> tuple[Floats, Floats, Any]:
        del moments
        astrometric = stand.observe(body)
        elevation, azimuth, _ = astrometric.apparent().altaz(temperature_C=10.0, pressure_mbar=1010.0)
        return np.asarray(azimuth.degrees), np.asarray(elevation.degrees), astrometric

    def courses(self, report: SightingReport, times_s: Floats, altitude_m: float) -> list[Course]:
        """What of the sky could be seen at some of `times_s`. altitude_m: of the observer.

        Raises:
            SkyMissing: a time outside the ephemeris.
        """
        if not (_YEARS_S[0] < times_s[0] and times_s[-1] < _YEARS_S[1]):
            raise SkyMissing("the ephemeris covers 1900 to 2053 alone")
        stand, moments = self._stand(report, times_s, altitude_m)
        sun_deg = self._seen(self._bodies["sun"], stand, moments)[1]
        limit = np.interp(sun_deg, *_LIMIT)
        found = [self._moon(stand, moments)]
        for name, body, title in _PLANETS:
            azimuth, elevation, astrometric = self._seen(self._bodies[body], stand, moments)
            bright = np.nan_to_num(np.asarray(planetary_magnitude(astrometric), dtype=np.float64), nan=1.0)
            found.append(_light("planet", name, title, azimuth, elevation, bright, limit))
        for title, hours, degrees, magnitude in _STARS:
            azimuth, elevation, _ = self._seen(Star(ra_hours=hours, dec_degrees=degrees), stand, moments)
            bright = np.full(len(azimuth), magnitude)
            found.append(_light("star", title.lower().replace(" ", "-"), title, azimuth, elevation, bright, limit))
        return [one for one in found if one.weight.any()]

    def _moon(self, stand: Any, moments: Any) -> Course:
        azimuth, elevation, _ = self._seen(self._bodies["moon"], stand, moments)
        lit = np.asarray(fraction_illuminated(self._bodies, "moon", moments))
        weight = np.where((elevation > _HORIZON_DEG) & (lit >= _THIN), 1.0, 0.0)
        return _course("moon", "moon", "the Moon", azimuth, elevation, weight, f"{100.0 * lit.mean():.0f} % lit")


def _dimming(elevation_deg: Floats) -> Floats:
    """Magnitudes lost in the air: Rozenberg's air mass, 1 at the zenith and 40 at the horizon."""
    sine = np.sin(np.radians(np.maximum(elevation_deg, 0.0)))
    return np.asarray(_DIMMED / (sine + 0.025 * np.exp(-11.0 * sine)))


def _light(
    kind: str, name: str, title: str, azimuth: Floats, elevation: Floats, magnitude: Floats, limit: Floats
) -> Course:
    bright = magnitude + _dimming(elevation)
    notice = np.minimum(1.0, 10.0 ** (-0.2 * (bright - _BRIGHTEST)))
    weight = np.where((elevation > _HORIZON_DEG) & (bright <= limit), notice, 0.0)
    return _course(kind, name, title, azimuth, elevation, weight, f"magnitude {bright.mean():.1f} through the air")


def _course(kind: str, name: str, title: str, azimuth: Floats, elevation: Floats, weight: Floats, told: str) -> Course:
    none = np.zeros(len(azimuth))
    return Course(
        kind=kind,
        name=name,
        title=title,
        harmless=True,
        lights="sky",
        weight=weight,
        azimuth_deg=azimuth,
        elevation_deg=elevation,
        sigma_azimuth_deg=none,
        sigma_elevation_deg=none,
        half_width_deg=0.0,
        distance_m=np.full(len(azimuth), np.nan),
        rate_deg_s=np.full(len(azimuth), 0.004),
        told=(told,),
    )


@functools.cache
def load_sky() -> Sky:
    """The ephemeris of the package skyfield-data, by its path.

    Raises:
        SkyMissing: the extra `sky` is not installed.
    """
    if not _PRESENT:
        raise SkyMissing("Moon, planets and stars need vedette[sky]")
    return Sky(Path(str(resources.files("skyfield_data") / "data" / "de421.bsp")))
