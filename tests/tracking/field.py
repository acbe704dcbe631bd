"""An invented field with sensors, and what they would measure of points that fly over it."""

from __future__ import annotations

from typing import Any

import numpy as np

from vedette.geo import Floats, LocalFrame
from vedette.model import Scan
from vedette.site import Sensor, Site
from vedette.site.model import Limits

FRAME = LocalFrame(36.2376, 43.9632, 420.0)
START_S = 1_700_000_000.0


def sensor(sensor_id: str, kind: str = "radar", east_m: float = 0.0, north_m: float = 0.0, **keys: Any) -> Sensor:
    """A sensor that stands on the plane; measures nothing unless `keys` give sigmas."""
    latitude, longitude, altitude = (float(v) for v in FRAME.to_geodetic([east_m, north_m, 0.0]))
    placed = kind not in ("adsb", "remote_id", "telemetry")
    values: dict[str, Any] = {
        "id": sensor_id,
        "name": sensor_id,
        "kind": kind,
        "latitude_deg": latitude if placed else None,
        "longitude_deg": longitude if placed else None,
        "altitude_ellipsoid_m": altitude if placed else None,
        "period_s": 1.0 if placed else None,
        "range_m": (100.0, 8000.0) if kind == "radar" else None,
        "azimuth_true_deg": (0.0, 360.0),
        "elevation_deg": (-10.0, 60.0),
        "sigma_range_m": None,
        "sigma_azimuth_deg": None,
        "sigma_elevation_deg": None,
        "sigma_range_rate_mps": None,
        "sigma_position_m": None,
        "sigma_altitude_m": None,
        "p_detect": 0.9,
        "clutter_per_scan": 2.0,
    }
    return Sensor(**values | keys)


def radar(sensor_id: str = "radar-1", east_m: float = 0.0, north_m: float = 0.0, **keys: Any) -> Sensor:
    """A 3-D radar of 10 m and 1°."""
    sigmas = {"sigma_range_m": 10.0, "sigma_azimuth_deg": 1.0, "sigma_elevation_deg": 1.0}
    return sensor(sensor_id, "radar", east_m, north_m, **sigmas | keys)


def reporter(sensor_id: str, kind: str, sigma_m: float = 8.0, sigma_altitude_m: float = 15.0) -> Sensor:
    """A receiver of position reports."""
    return sensor(sensor_id, kind, sigma_position_m=sigma_m, sigma_altitude_m=sigma_altitude_m)


def site(*sensors: Sensor, late_s: float = 2.0) -> Site:
    """A site with these sensors and no geometry."""
    return Site(
        id="test", name="Test", timezone="UTC", latitude_deg=FRAME.latitude_deg, longitude_deg=FRAME.longitude_deg,
        altitude_ellipsoid_m=FRAME.altitude_ellipsoid_m, sensors=sensors, feeds=(), zones=(), rules=(), late_s=late_s,
        limits=Limits(size_bytes=1, keep_s=1.0, capture_bytes=1), toml="", geojson=None, sha256="",
    )  # fmt: skip


def polar(one: Sensor, points_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Exact range, azimuth and elevation of points (n, 3) of the site's frame, seen from a sensor."""
    assert one.latitude_deg is not None
    assert one.longitude_deg is not None
    assert one.altitude_ellipsoid_m is not None
    origin, turn = FRAME.pose_of(LocalFrame(one.latitude_deg, one.longitude_deg, one.altitude_ellipsoid_m))
    east, north, up = ((np.asarray(points_m).reshape(-1, 3) - origin) @ turn).T
    return np.sqrt(east**2 + north**2 + up**2), np.arctan2(east, north), np.arctan2(up, np.hypot(east, north))


def look(
    one: Sensor, at_s: float, points_m: Floats | list[Any], rng: np.random.Generator | None = None, **more: Any
) -> Scan:
    """A look of a radar or a bearing sensor at points, with its own noise if `rng` is given; `at_s` after START_S."""
    ranges, azimuths, elevations = polar(one, np.asarray(points_m, dtype=np.float64))
    n = len(ranges)
    noise = rng.normal(size=(3, n)) if rng is not None else np.zeros((3, n))
    values: dict[str, Any] = {"sensor": one.id, "observed_s": START_S + at_s, "look": f"{at_s:.3f}"}
    if n and one.sigma_range_m is not None:
        values["range_m"] = ranges + noise[0] * one.sigma_range_m
    if n and one.sigma_azimuth_deg is not None:
        values["azimuth_true_rad"] = azimuths + noise[1] * np.radians(one.sigma_azimuth_deg)
    if n and one.sigma_elevation_deg is not None:
        values["elevation_rad"] = elevations + noise[2] * np.radians(one.sigma_elevation_deg)
    return Scan(**values | more)


def report(
    one: Sensor, at_s: float, point_m: Any, identity: str | None, rng: np.random.Generator | None = None, **more: Any
) -> Scan:
    """A position report of one aircraft."""
    point = np.asarray(point_m, dtype=np.float64)
    if rng is not None:
        point = point + rng.normal(size=3) * [one.sigma_position_m, one.sigma_position_m, one.sigma_altitude_m or 0.0]
    latitude, longitude, altitude = FRAME.to_geodetic(point)
    values: dict[str, Any] = {
        "sensor": one.id,
        "observed_s": START_S + at_s,
        "latitude_deg": np.array([latitude]),
        "longitude_deg": np.array([longitude]),
        "identity": [identity],
    }
    if one.sigma_altitude_m is not None:
        values["altitude_ellipsoid_m"] = np.array([altitude])
    return Scan(**values | more)


def noise_points(rng: np.random.Generator, count: int) -> Floats:
    """False detections about the field."""
    return np.column_stack([rng.uniform(-5000, 5000, (count, 2)), rng.uniform(10, 1500, count)])
