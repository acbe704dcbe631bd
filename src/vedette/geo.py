"""Where things are: WGS 84, local east-north-up, mean sea level. Geodesy is pyproj's; its network stays off.

Neglected: refraction, deflection of the vertical, plate motion.
"""

from __future__ import annotations

import functools
import lzma
import math
from importlib import resources

import numpy as np
import numpy.typing as npt
import pyproj
from pyproj.network import set_network_enabled  # type: ignore[attr-defined]  # public, but not in its __all__

set_network_enabled(active=False)

Floats = npt.NDArray[np.float64]

_GEOD = pyproj.Geod(ellps="WGS84")


def unwrapped_deg(longitude_deg: npt.ArrayLike, about_deg: float) -> Floats:
    """Longitudes (…,) within half a turn of `about_deg`, so that what crosses the antimeridian hangs together."""
    return about_deg + (np.asarray(longitude_deg, dtype=np.float64) - about_deg + 180.0) % 360.0 - 180.0


class LocalFrame:
    """East, north, up in metres on the plane tangent to WGS 84 at one point. Immutable; safe to share between threads.

    Args:
        latitude_deg, longitude_deg, altitude_ellipsoid_m: the point of tangency.
    """

    def __init__(self, latitude_deg: float, longitude_deg: float, altitude_ellipsoid_m: float) -> None:
        self.latitude_deg = latitude_deg
        self.longitude_deg = longitude_deg
        self.altitude_ellipsoid_m = altitude_ellipsoid_m
        self._to_local = pyproj.Transformer.from_pipeline(
            "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=WGS84 "
            f"+step +proj=topocentric +ellps=WGS84 +lat_0={latitude_deg!r} +lon_0={longitude_deg!r} "
            f"+h_0={altitude_ellipsoid_m!r}"
        )

    def to_enu_m(
        self, latitude_deg: npt.ArrayLike, longitude_deg: npt.ArrayLike, altitude_ellipsoid_m: npt.ArrayLike
    ) -> Floats:
        """Geodetic (…,) each → (…, 3) east, north, up in metres. NaN in gives NaN out."""
        longitude, latitude, altitude = np.broadcast_arrays(
            np.asarray(longitude_deg, dtype=np.float64),
            np.asarray(latitude_deg, dtype=np.float64),
            np.asarray(altitude_ellipsoid_m, dtype=np.float64),
        )
        east, north, up = self._to_local.transform(longitude, latitude, altitude)
        enu = np.stack([east, north, up], axis=-1)
        return np.where(np.isfinite(enu), enu, np.nan)

    def to_geodetic(self, enu_m: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
        """(…, 3) east, north, up in metres → latitude_deg, longitude_deg, altitude_ellipsoid_m, (…,) each."""
        enu = np.asarray(enu_m, dtype=np.float64)
        longitude, latitude, altitude = self._to_local.transform(
            enu[..., 0], enu[..., 1], enu[..., 2], direction=pyproj.enums.TransformDirection.INVERSE
        )
        return np.asarray(latitude), np.asarray(longitude), np.asarray(altitude)

    def pose_of(self, other: LocalFrame) -> tuple[Floats, Floats]:
        """Where `other` stands in this frame: origin (3,) in metres, and rotation (3, 3).

        A vector v in the other frame is `rotation @ v` in this one; a point p is `origin + rotation @ p`.
        """
        origin = self.to_enu_m(other.latitude_deg, other.longitude_deg, other.altitude_ellipsoid_m)
        return origin, _axes(self).T @ _axes(other)


def _axes(frame: LocalFrame) -> Floats:
    """Columns: the frame's east, north and up as unit vectors in the Earth-centred frame."""
    latitude, longitude = np.radians(frame.latitude_deg), np.radians(frame.longitude_deg)
    sin_lat, cos_lat, sin_lon, cos_lon = np.sin(latitude), np.cos(latitude), np.sin(longitude), np.cos(longitude)
    return np.array(
        [
            [-sin_lon, -sin_lat * cos_lon, cos_lat * cos_lon],
            [cos_lon, -sin_lat * sin_lon, cos_lat * sin_lon],
            [0.0, cos_lat, sin_lat],
        ]
    )


def polar_to_enu_m(range_m: npt.ArrayLike, azimuth_true_rad: npt.ArrayLike, elevation_rad: npt.ArrayLike) -> Floats:
    """Range, azimuth from north, elevation above the tangent plane → (…, 3) in the sensor's own frame, metres."""
    slant, azimuth, elevation = np.broadcast_arrays(
        np.asarray(range_m, dtype=np.float64),
        np.asarray(azimuth_true_rad, dtype=np.float64),
        np.asarray(elevation_rad, dtype=np.float64),
    )
    flat = slant * np.cos(elevation)
    return np.stack([flat * np.sin(azimuth), flat * np.cos(azimuth), slant * np.sin(elevation)], axis=-1)


_MEAN_RADIUS_M = 6_371_000.0
_STEEP = 0.01
"""Cosine of an elevation at which a height says nothing of the elevation any more."""


def elevation_at_altitude_rad(
    frame: LocalFrame, range_m: float, azimuth_true_rad: float, altitude_msl_m: float
) -> float:
    """Elevation in `frame` of what is at this slant range and azimuth and this high over the sea; NaN where none is.

    The sphere's answer (law of cosines at the Earth's centre), then one step of Newton on the ellipsoid with the geoid
    under the target: within 0.1 m of the height to 150 km, 1 m to 350 km. Refraction is neglected.
    """
    undulation_m = float(egm96_undulation_m(frame.latitude_deg, frame.longitude_deg))
    target, radar = _MEAN_RADIUS_M + altitude_msl_m + undulation_m, _MEAN_RADIUS_M + frame.altitude_ellipsoid_m
    sine = (target**2 - radar**2 - range_m**2) / (2.0 * range_m * radar)
    if not -1.0 <= sine <= 1.0:
        return math.nan
    elevation_rad = math.asin(sine)
    level_m = range_m * math.cos(elevation_rad)
    if level_m <= _STEEP * range_m:
        return elevation_rad
    place = frame.to_geodetic(polar_to_enu_m(range_m, azimuth_true_rad, elevation_rad))
    latitude, longitude, altitude = (float(each) for each in place)
    return elevation_rad + (altitude_msl_m + float(egm96_undulation_m(latitude, longitude)) - altitude) / level_m


@functools.cache
def _egm96_grid_m() -> Floats:
    packed = resources.files("vedette").joinpath("data/egm96_15.bin.xz").read_bytes()
    steps = np.frombuffer(lzma.decompress(packed), dtype="<i2").reshape(721, 1440)
    grid: Floats = np.cumsum(steps.astype(np.int64), axis=1) / 100.0
    grid.flags.writeable = False
    return grid


def egm96_undulation_m(latitude_deg: npt.ArrayLike, longitude_deg: npt.ArrayLike) -> Floats:
    """Height of mean sea level (EGM96) over the WGS 84 ellipsoid, bilinear on the 15' grid (…,). Rounded to 1 cm.

    altitude_ellipsoid_m = altitude_msl_m + undulation. Poles and the antimeridian are covered.
    """
    grid = _egm96_grid_m()
    rows = (np.clip(np.asarray(latitude_deg, dtype=np.float64), -90.0, 90.0) + 90.0) / 0.25
    columns = ((np.asarray(longitude_deg, dtype=np.float64) + 180.0) % 360.0) / 0.25
    row = np.clip(np.floor(np.nan_to_num(rows)).astype(np.int64), 0, 719)
    column = np.floor(np.nan_to_num(columns)).astype(np.int64) % 1440
    after = (column + 1) % 1440
    up, right = rows - row, columns - np.floor(columns)
    south = grid[row, column] * (1.0 - right) + grid[row, after] * right
    north = grid[row + 1, column] * (1.0 - right) + grid[row + 1, after] * right
    return np.asarray(south * (1.0 - up) + north * up)


def ellipsoid_from_msl_m(latitude_deg: float, longitude_deg: float, altitude_msl_m: float) -> float:
    """Altitude over the WGS 84 ellipsoid of an altitude over EGM96."""
    return float(altitude_msl_m + egm96_undulation_m(latitude_deg, longitude_deg))


def distance_azimuth(
    from_latitude_deg: float, from_longitude_deg: float, to_latitude_deg: float, to_longitude_deg: float
) -> tuple[float, float]:
    """Geodesic distance in metres and azimuth in degrees clockwise from true north [0, 360)."""
    azimuth, _, distance = _GEOD.inv(from_longitude_deg, from_latitude_deg, to_longitude_deg, to_latitude_deg)
    return float(distance), float(azimuth) % 360.0


def destination(
    latitude_deg: float, longitude_deg: float, azimuth_true_deg: float, distance_m: float
) -> tuple[float, float]:
    """Latitude and longitude `distance_m` from a point along the geodesic that leaves at `azimuth_true_deg`."""
    longitude, latitude, _ = _GEOD.fwd(longitude_deg, latitude_deg, azimuth_true_deg, distance_m)
    return float(latitude), float(longitude)
