"""Where the tracks are and will be: geodetic places, heights, uncertainty ellipses and projected paths, all at once.

Projection: constant velocity with white-noise acceleration (Bar-Shalom, Li, Kirubarajan, 'Estimation with Applications
to Tracking and Navigation', 2001, 6.2.2): P(t) = F P Fᵀ + Q, of which only the position block is needed here: P_rr + t
(P_rv + P_vr) + t² P_vv + q t³/3 I.

Neglected: turns (they are in q), wind, terrain: the ground is taken at the height of the site's reference point.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from vedette.geo import LocalFrame, egm96_undulation_m
from vedette.model import Floats, Status, Tracks
from vedette.model.tracks import Ints

PATH_S: Final = (15.0, 30.0, 45.0, 60.0)
"""Times of the projected path, seconds from now: the ticks on the console's projection."""

PATH_NOISE_M2PS3: Final = 0.5
"""Process noise of the projection per horizontal axis. After 60 s it has moved a velocity by sqrt(0.5 · 60) = 5.5 m/s,
6° of course at 54 m/s, and a position by 190 m: an aircraft that holds its course with small corrections, not one that
turns."""

EARTH_RADIUS_M: Final = 6_371_009.0
"""Mean radius; only for the tilt of the vertical away from the reference point, where 0.3 % does not matter."""

_COURSE_LEAST_MPS: Final = 0.5
"""Below this speed, or below its own 1-sigma, a course is noise and is not given."""


class Motion(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """n tracks as arrays (n,), or (n, len(PATH_S)) for `path_*`. NaN: not known.

    enu_m, velocity_mps (n, 3) and covariance (n, 6, 6) in the site's frame. sink_mps is the rate of fall along the
    vertical of the track's own place, positive down. Ellipses are 1 sigma; azimuths of the major axis clockwise from
    north, [0, 180).
    """

    enu_m: Floats
    velocity_mps: Floats
    covariance: Floats
    latitude_deg: Floats
    longitude_deg: Floats
    altitude_ellipsoid_m: Floats
    altitude_msl_m: Floats
    height_agl_m: Floats
    sink_mps: Floats
    speed_mps: Floats
    course_true_deg: Floats
    sigma_position_m: Floats
    major_m: Floats
    minor_m: Floats
    azimuth_true_deg: Floats
    path_latitude_deg: Floats
    path_longitude_deg: Floats
    path_altitude_ellipsoid_m: Floats
    path_major_m: Floats
    path_minor_m: Floats
    path_azimuth_true_deg: Floats


def motion_of(tracks: Tracks, rows: Ints, frame: LocalFrame, ground_msl_m: float) -> Motion:
    """The motion of the tracks at `rows` (indices). `ground_msl_m`: the ground, taken as level."""
    enu, velocity = tracks.position_enu_m[rows], tracks.velocity_enu_mps[rows]
    covariance, high = tracks.covariance[rows], tracks.altitude_known[rows]
    ahead = np.asarray(PATH_S)
    future = enu[:, None, :] + ahead[None, :, None] * velocity[:, None, :]
    places = np.concatenate([enu[:, None, :], future], axis=1)
    # Without a measured height the plane of the site serves: the prior's height would move the place sideways.
    places[..., 2] = np.where(high[:, None], places[..., 2], 0.0)
    latitude, longitude, altitude = frame.to_geodetic(places)
    altitude = np.where(high[:, None], altitude, np.nan)
    msl = altitude[:, 0] - egm96_undulation_m(latitude[:, 0], longitude[:, 0])
    ground_ellipsoid = altitude[:, 0] - (msl - ground_msl_m)
    # A track that nobody sees any more is predicted through the ground; what is shown stays on it.
    buried = (tracks.status[rows] != Status.CONFIRMED) & (msl < ground_msl_m)
    altitude[:, 0] = np.where(buried, ground_ellipsoid, altitude[:, 0])
    msl = np.where(buried, ground_msl_m, msl)
    speed = np.hypot(velocity[:, 0], velocity[:, 1])
    sigma_speed = np.sqrt((covariance[:, 3, 3] + covariance[:, 4, 4]) / 2.0)
    course = np.degrees(np.arctan2(velocity[:, 0], velocity[:, 1])) % 360.0
    major, minor, azimuth = ellipse(covariance[:, :2, :2])
    path = ellipse(projected_covariance(covariance, ahead))
    tilt = (velocity[:, 0] * enu[:, 0] + velocity[:, 1] * enu[:, 1]) / EARTH_RADIUS_M
    return Motion(
        enu_m=enu,
        velocity_mps=velocity,
        covariance=covariance,
        latitude_deg=latitude[:, 0],
        longitude_deg=longitude[:, 0],
        altitude_ellipsoid_m=altitude[:, 0],
        altitude_msl_m=msl,
        height_agl_m=msl - ground_msl_m,
        sink_mps=-(velocity[:, 2] + tilt),
        speed_mps=speed,
        course_true_deg=np.where(speed > np.maximum(sigma_speed, _COURSE_LEAST_MPS), course, np.nan),
        sigma_position_m=np.sqrt((covariance[:, 0, 0] + covariance[:, 1, 1]) / 2.0),
        major_m=major,
        minor_m=minor,
        azimuth_true_deg=azimuth,
        path_latitude_deg=latitude[:, 1:],
        path_longitude_deg=longitude[:, 1:],
        path_altitude_ellipsoid_m=np.maximum(altitude[:, 1:], ground_ellipsoid[:, None]),
        path_major_m=path[0],
        path_minor_m=path[1],
        path_azimuth_true_deg=path[2],
    )


def projected_covariance(covariance: Floats, ahead_s: Floats) -> Floats:
    """(n, 6, 6) now → (n, k, 2, 2): covariance of east and north `ahead_s` (k,) seconds on."""
    t = ahead_s[None, :, None, None]
    place, rate = covariance[:, None, :2, :2], covariance[:, None, 3:5, 3:5]
    cross = covariance[:, None, :2, 3:5]
    grown = PATH_NOISE_M2PS3 * t**3 / 3.0 * np.eye(2)
    return np.asarray(place + t * (cross + np.swapaxes(cross, -1, -2)) + t**2 * rate + grown)


def ellipse(covariance: Floats) -> tuple[Floats, Floats, Floats]:
    """(…, 2, 2) of east and north → 1-sigma half axes, and the major one's azimuth in degrees [0, 180).

    Eigenvalues of a symmetric 2 × 2 matrix in closed form: mean ± hypot(half difference, covariance).
    """
    east, north, both = covariance[..., 0, 0], covariance[..., 1, 1], covariance[..., 0, 1]
    mean, spread = (east + north) / 2.0, np.hypot((east - north) / 2.0, both)
    azimuth = (90.0 - np.degrees(0.5 * np.arctan2(2.0 * both, east - north))) % 180.0
    return np.sqrt(np.maximum(mean + spread, 0.0)), np.sqrt(np.maximum(mean - spread, 0.0)), azimuth
