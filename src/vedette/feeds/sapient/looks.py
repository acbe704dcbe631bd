"""Detections of one node → looks of the site's sensor that it stands for.

A position is a position report. Range and bearings are the sensor's own where the node is that sensor (its place in the
site file holds), else they are put on the map from where the node says it stands; a bearing alone cannot be. Where the
site file gives the sensor a `period_s`, detections of one time are one look that covers its field of view, so that a
miss counts; else, and from fusion nodes, each is a report that says nothing of what was not reported. A fusion node's
track brings its own name, `track:NODE/OBJECT`. A velocity is the node's estimate, not a measurement: it is left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import msgspec
import numpy as np

from vedette.geo import LocalFrame, distance_azimuth, polar_to_enu_m
from vedette.model import CLASSES, Look, Rejected, Scan
from vedette.site import Sensor
from vedette.wire.sapient.detections import Detection
from vedette.wire.sapient.geometry import Geodetic, Polar

SIGMA_POSITION_M: Final = 30.0
"""Where neither the message nor the site file says how good a position is: a GNSS receiver's bad day."""
SIGMA_ALTITUDE_M: Final = 45.0
LEAST_SIGMA_M: Final = 0.5
AT_HOME_M: Final = 100.0
"""A node this near to its sensor's place in the site file stands there."""


class Seat(msgspec.Struct, frozen=True):
    """The sensor of the site that a node stands for; `own`: the site file names the node as this sensor.

    image_hosts: as `vedette.feeds.image_links` takes them.
    """

    sensor: Sensor
    own: bool
    image_hosts: tuple[str, ...] | None = ()

    @property
    def placed(self) -> bool:
        """Whether the site file says where it stands."""
        return self.sensor.latitude_deg is not None and self.sensor.longitude_deg is not None

    def away_m(self, place: Geodetic | None) -> float | None:
        """How far from the sensor's place a node says it stands; None where either is not known."""
        if place is None or self.sensor.latitude_deg is None or self.sensor.longitude_deg is None:
            return None
        return distance_azimuth(
            self.sensor.latitude_deg, self.sensor.longitude_deg, place.latitude_deg, place.longitude_deg
        )[0]


def placed(detection: Detection, seat: Seat, place: Geodetic | None) -> Detection | Rejected:
    """The detection as the sensor's own measurement or a position. `place`: where the node says it stands.

    Rejected: `unplaced_bearing`, `unplaced_node` (range and bearings from nobody knows where).
    """
    where = detection.where
    if isinstance(where, Geodetic):
        return detection
    away_m = seat.away_m(place)
    if seat.placed and (seat.own or away_m is None or away_m <= AT_HOME_M):
        return detection
    if place is None:
        return Rejected(reason="unplaced_node")
    found = _on_the_map(where, place)
    return found if isinstance(found, Rejected) else msgspec.structs.replace(detection, where=found)


def _on_the_map(where: Polar, place: Geodetic) -> Geodetic | Rejected:
    if where.range_m is None:
        return Rejected(reason="unplaced_bearing")
    known = where.elevation_rad is not None and place.altitude_ellipsoid_m is not None
    frame = LocalFrame(place.latitude_deg, place.longitude_deg, place.altitude_ellipsoid_m or 0.0)
    enu_m = polar_to_enu_m(where.range_m, where.azimuth_true_rad, where.elevation_rad or 0.0)
    latitude, longitude, altitude = (float(one) for one in frame.to_geodetic(enu_m))
    sigmas = (where.sigma_range_m, _across_m(where.range_m, where.sigma_azimuth_rad))
    return Geodetic(
        latitude_deg=latitude,
        longitude_deg=longitude,
        altitude_ellipsoid_m=altitude if known else None,
        sigma_position_m=max((one for one in sigmas if one is not None), default=None),
        sigma_altitude_m=_across_m(where.range_m, where.sigma_elevation_rad),
    )


def _across_m(range_m: float, sigma_rad: float | None) -> float | None:
    return None if sigma_rad is None or range_m <= 0.0 else range_m * sigma_rad


def is_whole_look(seat: Seat, *, fuses: bool) -> bool:
    """Whether detections of one time are one look over the sensor's field of view."""
    return not fuses and seat.placed and seat.sensor.period_s is not None


def look_of(detections: Sequence[Detection], sensor: Sensor, *, covers: bool, fuses: bool) -> Look | Rejected:
    """One look from its detections (at least one, placed, all of one time).

    Rejected: `no_accuracy` where no row measures anything, for want of errors in the messages and in the site file.
    """
    if not any(_measures(one.where, sensor) for one in detections):
        return Rejected(reason="no_accuracy")
    arrays: dict[str, Any] = {}
    for name, values in _columns(detections, sensor).items():
        if not all(math.isnan(value) for value in values):
            arrays[name] = np.array(values)
    if any(one.p_classes is not None for one in detections):
        nothing = (math.nan,) * len(CLASSES)
        arrays["p_classes"] = np.array([one.p_classes or nothing for one in detections])
    images = tuple(one.image_url for one in detections)
    identity = tuple(f"track:{one.node[:8]}/{one.object}" for one in detections) if fuses else None
    return Look(
        scan=Scan(
            sensor=sensor.id,
            observed_s=detections[0].observed_s,
            identity=identity,
            image_url=images if any(images) else None,
            look=None if covers else detections[0].report,
            covers=covers,
            **arrays,
        )
    )


def _measures(where: Geodetic | Polar, sensor: Sensor) -> bool:
    if isinstance(where, Geodetic):
        return True
    azimuth = where.sigma_azimuth_rad is not None or sensor.sigma_azimuth_deg is not None
    ranged = where.range_m is not None and (where.sigma_range_m is not None or sensor.sigma_range_m is not None)
    return azimuth or ranged


def _columns(detections: Sequence[Detection], sensor: Sensor) -> dict[str, list[float]]:
    columns: dict[str, list[float]] = {name: [] for name in _PLACE + _POLAR}
    for one in detections:
        given = _of_place(one.where, sensor) if isinstance(one.where, Geodetic) else _of_polar(one.where)
        for name, values in columns.items():
            value = given.get(name)
            values.append(math.nan if value is None else value)
    return columns


_PLACE: Final = (
    "latitude_deg",
    "longitude_deg",
    "altitude_ellipsoid_m",
    "sigma_position_m",
    "sigma_altitude_ellipsoid_m",
)
_POLAR: Final = (
    "range_m",
    "azimuth_true_rad",
    "elevation_rad",
    "sigma_range_m",
    "sigma_azimuth_true_rad",
    "sigma_elevation_rad",
)


def _of_place(where: Geodetic, sensor: Sensor) -> dict[str, float | None]:
    known = where.altitude_ellipsoid_m is not None
    return {
        "latitude_deg": where.latitude_deg,
        "longitude_deg": where.longitude_deg,
        "altitude_ellipsoid_m": where.altitude_ellipsoid_m,
        "sigma_position_m": _sigma_m(where.sigma_position_m, sensor.sigma_position_m, SIGMA_POSITION_M),
        "sigma_altitude_ellipsoid_m": _sigma_m(where.sigma_altitude_m, sensor.sigma_altitude_m, SIGMA_ALTITUDE_M)
        if known
        else None,
    }


def _sigma_m(own: float | None, of_site: float | None, default_m: float) -> float:
    return max(LEAST_SIGMA_M, own if own is not None else of_site if of_site is not None else default_m)


def _of_polar(where: Polar) -> dict[str, float | None]:
    return {
        "range_m": where.range_m,
        "azimuth_true_rad": where.azimuth_true_rad,
        "elevation_rad": where.elevation_rad,
        "sigma_range_m": where.sigma_range_m,
        "sigma_azimuth_true_rad": where.sigma_azimuth_rad,
        "sigma_elevation_rad": where.sigma_elevation_rad,
    }
