"""The record of a folder as the console plays it back. Reads beside the writer, on the caller's thread."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

from vedette.geo import LocalFrame, polar_to_enu_m
from vedette.model import (
    Gap,
    IncidentDetections,
    RecordedLook,
    RecordedLooks,
    RecordedPoints,
    RecordedSpan,
    TrackPoint,
)
from vedette.record import read_piece, read_track, recorded_span
from vedette.site import Sensor, Site

READ: Final = 20_000
"""Most events that one call reads: 0.1 s of work."""


class RecordPlayback:
    """Any thread."""

    def __init__(self, site: Site, folder: Path) -> None:
        self._folder = folder
        self._sensors = {sensor.id: sensor for sensor in site.sensors}

    def span(self) -> RecordedSpan | None:
        """From the first event to the last; None for an empty record."""
        found = recorded_span(self._folder)
        if found is None:
            return None
        first_s, last_s, gaps = found
        return RecordedSpan(
            first_s=first_s, last_s=last_s, gaps=tuple(Gap(from_s=since, until_s=until) for since, until in gaps)
        )

    def points(
        self, from_s: float, until_s: float, step_s: float, after_seq: int = 0, track: str | None = None
    ) -> RecordedPoints:
        """Track points received in [from_s, until_s), of all tracks or of one, of each one in each step_s (0: all)."""
        asked = (from_s, until_s, after_seq, READ)
        if track is None:
            piece = read_piece(self._folder, "track_point", *asked)
        else:
            piece = read_track(self._folder, track, *asked)
        seen: set[tuple[str, int]] = set()
        kept = []
        for _, point in piece.payloads:
            if not isinstance(point, TrackPoint) or track not in (None, point.track):
                continue
            step = (point.track, math.floor(point.observed_s / step_s)) if step_s > 0.0 else None
            if step is None or step not in seen:
                kept.append(point)
            if step is not None:
                seen.add(step)
        return RecordedPoints(points=tuple(kept), next_seq=piece.next_seq)

    def looks(self, incident: str, from_s: float, until_s: float, after_seq: int = 0) -> RecordedLooks:
        """Looks that had a part in an incident, received in [from_s, until_s)."""
        piece = read_piece(self._folder, "incident_detections", from_s, until_s, after_seq, READ // 10)
        looks = [one for _, one in piece.payloads if isinstance(one, IncidentDetections) and one.incident == incident]
        return RecordedLooks(
            looks=tuple(
                RecordedLook(look=look, places=tuple(self._place(look.sensor, row) for row in look.rows))
                for look in looks
            ),
            next_seq=piece.next_seq,
        )

    def _place(self, sensor: str, row: dict[str, float | str | None]) -> tuple[float, float] | None:
        latitude, longitude = row.get("latitude_deg"), row.get("longitude_deg")
        if isinstance(latitude, float) and isinstance(longitude, float):
            return latitude, longitude
        return _from_polar(self._sensors.get(sensor), row)


def _from_polar(sensor: Sensor | None, row: dict[str, float | str | None]) -> tuple[float, float] | None:
    """Where range and azimuth from a sensor point to; level where no elevation was measured, which a map forgives."""
    range_m, azimuth_deg, elevation_deg = row.get("range_m"), row.get("azimuth_true_deg"), row.get("elevation_deg")
    if sensor is None or sensor.latitude_deg is None or sensor.longitude_deg is None:
        return None
    if not isinstance(range_m, float) or not isinstance(azimuth_deg, float):
        return None
    elevation_rad = math.radians(elevation_deg) if isinstance(elevation_deg, float) else 0.0
    frame = LocalFrame(sensor.latitude_deg, sensor.longitude_deg, sensor.altitude_ellipsoid_m or 0.0)
    latitude, longitude, _ = frame.to_geodetic(polar_to_enu_m(range_m, math.radians(azimuth_deg), elevation_rad))
    return float(latitude), float(longitude)
