"""What a sensor was asked."""

from __future__ import annotations

from vedette.clock import iso_utc
from vedette.console.views.base import View
from vedette.model import SensorAsked


class SensorTaskView(View, frozen=True, kw_only=True):
    """A sensor was asked to look somewhere, and it was sent; the answer is in the record and in the node's health."""

    task: str
    sensor: str
    node: str
    by: str
    asked_utc: str
    track: str | None
    latitude_deg: float
    longitude_deg: float
    altitude_ellipsoid_m: float | None


def sensor_task(asked: SensorAsked) -> SensorTaskView:
    """The task as it was recorded."""
    return SensorTaskView(
        task=asked.task,
        sensor=asked.sensor,
        node=asked.node,
        by=asked.by,
        asked_utc=iso_utc(asked.at_s),
        track=asked.track,
        latitude_deg=asked.latitude_deg,
        longitude_deg=asked.longitude_deg,
        altitude_ellipsoid_m=asked.altitude_ellipsoid_m,
    )
