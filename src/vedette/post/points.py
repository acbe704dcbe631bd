"""Track points for the record: each track at most once a second, and where an alert is raised."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from vedette.model import Picture, TrackPicture, TrackPoint
from vedette.post.step import Step

POINT_S: Final = 1.0 - 1e-3
"""Least time between two points of a track; the millisecond is for pictures on a one-second grid."""


class Points:
    """Writes them by when each track was last written, which a restart keeps."""

    def __init__(self, written_s: dict[str, float]) -> None:
        self._written_s = written_s

    def see(self, step: Step, picture: Picture, alerted: Collection[str | None]) -> None:
        """Write the points that are due, and those of tracks that have just alerted."""
        present = set()
        for track in picture.tracks:
            present.add(track.track)
            since_s = step.now_s - self._written_s.get(track.track, -POINT_S * 2.0 - abs(step.now_s))
            if since_s >= POINT_S or (track.track in alerted and since_s > 0.0):
                self._written_s[track.track] = step.now_s
                step.enter(_point(track))
        for name in self._written_s.keys() - present:
            del self._written_s[name]

    def mark(self, step: Step, track: TrackPicture) -> TrackPoint | None:
        """Write a track that has alerted between two pictures, unless it was written for this very time."""
        if self._written_s.get(track.track) == step.now_s:
            return None
        self._written_s[track.track] = step.now_s
        point = _point(track)
        step.enter(point)
        return point


def _point(track: TrackPicture) -> TrackPoint:
    return TrackPoint(
        track=track.track,
        observed_s=track.observed_s,
        latitude_deg=track.latitude_deg,
        longitude_deg=track.longitude_deg,
        altitude_ellipsoid_m=track.altitude_ellipsoid_m,
        velocity_east_mps=track.velocity_east_mps,
        velocity_north_mps=track.velocity_north_mps,
        velocity_up_mps=track.velocity_up_mps,
        sigma_position_m=track.sigma_position_m,
        p_exists=track.p_exists,
        status=track.status,
        class_=track.class_,
        p_class=track.p_class,
        identity=track.identity,
        sensors=tuple(sorted(track.sensors)),
    )
