"""The frozen evening as a record would say it: a point a second, a look of a radar at the first drone each second."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from tests.console.flights import T0_S
from tests.console.scenario import moment
from vedette.model import (
    Gap,
    IncidentDetections,
    RecordedLook,
    RecordedLooks,
    RecordedPoints,
    RecordedSpan,
    TrackPicture,
    TrackPoint,
)

BEGAN_S = T0_S - 30.0
GAP = Gap(from_s=T0_S - 25.0, until_s=T0_S - 15.0)
"""No watch was kept in this time."""


def point_of(one: TrackPicture) -> TrackPoint:
    return TrackPoint(
        track=one.track,
        observed_s=one.observed_s,
        latitude_deg=one.latitude_deg,
        longitude_deg=one.longitude_deg,
        altitude_ellipsoid_m=one.altitude_ellipsoid_m,
        velocity_east_mps=one.velocity_east_mps,
        velocity_north_mps=one.velocity_north_mps,
        velocity_up_mps=one.velocity_up_mps,
        sigma_position_m=one.sigma_position_m,
        p_exists=one.p_exists,
        status=one.status,
        class_=one.class_,
        p_class=one.p_class,
        identity=one.identity,
        sensors=tuple(sorted(one.sensors)),
    )


class ScenePlayback:
    """Up to `now`, seconds after T0."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now

    def _seconds(self, from_s: float, until_s: float) -> Iterator[float]:
        second = math.ceil(max(from_s, BEGAN_S))
        while second < until_s and second <= T0_S + self._now():
            if not GAP.from_s < second < GAP.until_s:
                yield float(second)
            second += 1

    def span(self) -> RecordedSpan:
        return RecordedSpan(first_s=BEGAN_S, last_s=T0_S + self._now(), gaps=(GAP,))

    def points(
        self, from_s: float, until_s: float, step_s: float, after_seq: int = 0, track: str | None = None
    ) -> RecordedPoints:
        del step_s, after_seq
        pictures = [moment(second - T0_S).picture for second in self._seconds(from_s, until_s)]
        points = [point_of(one) for each in pictures for one in each.tracks if track in (None, one.track)]
        return RecordedPoints(points=tuple(points), next_seq=None)

    def looks(self, incident: str, from_s: float, until_s: float, after_seq: int = 0) -> RecordedLooks:
        del after_seq
        looks = []
        for second in self._seconds(from_s, until_s):
            drones = [one for one in moment(second - T0_S).picture.tracks if one.track == "erbil-T-0012"]
            places = tuple((one.latitude_deg or 0.0, one.longitude_deg or 0.0) for one in drones)
            rows: tuple[dict[str, float | str | None], ...] = tuple({"range_m": 5000.0} for _ in drones)
            look = IncidentDetections(incident=incident, sensor="radar-s", observed_s=second, rows=rows)
            looks.append(RecordedLook(look=look, places=places))
        return RecordedLooks(looks=tuple(looks), next_seq=None)
