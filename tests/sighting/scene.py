"""A site, an observer, tracks on straight courses."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.post.scene import site
from vedette.clock import parse_time
from vedette.geo import destination
from vedette.model import SightingReport, TrackPoint

NOON_S = parse_time("2024-06-20T09:00:00Z")
"""Bright day at the site: of the sky nothing but the Moon could be seen."""
SITE = site()


def report(**changes: Any) -> SightingReport:
    plain = SightingReport(
        at_s=NOON_S,
        time_sigma_s=5.0,
        latitude_deg=SITE.latitude_deg,
        longitude_deg=SITE.longitude_deg,
        azimuth_true_deg=90.0,
    )
    return msgspec.structs.replace(plain, **changes)


def track(
    name: str = "t-1",
    azimuth_deg: float = 90.0,
    distance_m: float = 1000.0,
    height_m: float | None = 100.0,
    around_s: float = 30.0,
    **changes: Any,
) -> list[TrackPoint]:
    """A point a second for `around_s` before and after noon, standing in the air unless told."""
    latitude, longitude = destination(SITE.latitude_deg, SITE.longitude_deg, azimuth_deg, distance_m)
    plain = TrackPoint(
        track=name,
        observed_s=NOON_S,
        latitude_deg=latitude,
        longitude_deg=longitude,
        altitude_ellipsoid_m=None if height_m is None else SITE.altitude_ellipsoid_m + height_m,
        velocity_east_mps=0.0,
        velocity_north_mps=0.0,
        velocity_up_mps=0.0,
        sigma_position_m=5.0,
        p_exists=1.0,
        status="confirmed",
        class_="uav_rotary",
        p_class=0.9,
        identity=None,
        sensors=("radar-1",),
    )
    count = int(around_s)
    return [
        msgspec.structs.replace(plain, observed_s=NOON_S + second, **changes) for second in range(-count, count + 1)
    ]
