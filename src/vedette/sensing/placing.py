"""Where the detections of a look were, horizontally, in the site's frame: from positions, or from range and azimuth."""

from __future__ import annotations

import numpy as np

from vedette.geo import LocalFrame, polar_to_enu_m
from vedette.model import Floats, Scan
from vedette.site import Sensor, Site


class Placing:
    """The sensors' places of one site, worked out once."""

    def __init__(self, site: Site) -> None:
        self._frame, self._altitude_m = site.frame(), site.altitude_ellipsoid_m
        self._poses = {
            sensor.id: self._frame.pose_of(frame) for sensor in site.sensors if (frame := _seat(sensor, site))
        }

    def places_m(self, scan: Scan) -> Floats | None:
        """(n, 2) east and north, metres; NaN where not measured; None where the look has neither range nor position."""
        if scan.latitude_deg is not None and scan.longitude_deg is not None:
            return self._frame.to_enu_m(scan.latitude_deg, scan.longitude_deg, self._altitude_m)[:, :2]
        if scan.range_m is None or scan.azimuth_true_rad is None or scan.sensor not in self._poses:
            return None
        elevation = 0.0 if scan.elevation_rad is None else np.nan_to_num(scan.elevation_rad)
        origin, rotation = self._poses[scan.sensor]
        placed: Floats = origin + polar_to_enu_m(scan.range_m, scan.azimuth_true_rad, elevation) @ rotation.T
        return placed[:, :2]

    def off_bearing_rad(self, scan: Scan, there_m: Floats) -> Floats | None:
        """How far each place (n, m, 2), one row a detection, is off its bearing: (n, m) radians; None: no bearings."""
        if scan.azimuth_true_rad is None or scan.sensor not in self._poses:
            return None
        offset = there_m - self._poses[scan.sensor][0][:2]
        bearing = np.arctan2(offset[:, :, 0], offset[:, :, 1])
        apart: Floats = np.abs((scan.azimuth_true_rad[:, None] - bearing + np.pi) % (2.0 * np.pi) - np.pi)
        return apart


def _seat(sensor: Sensor, site: Site) -> LocalFrame | None:
    if sensor.latitude_deg is None or sensor.longitude_deg is None:
        return None
    altitude_m = site.altitude_ellipsoid_m if sensor.altitude_ellipsoid_m is None else sensor.altitude_ellipsoid_m
    return LocalFrame(sensor.latitude_deg, sensor.longitude_deg, altitude_m)


def offsets_s(scan: Scan) -> Floats:
    """(n,) each detection's own time relative to the look's, seconds; 0 where it is not told."""
    return np.zeros(len(scan)) if scan.time_offset_s is None else np.nan_to_num(scan.time_offset_s)
