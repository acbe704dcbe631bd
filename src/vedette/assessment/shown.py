"""The tracks of one picture as plain numbers: arrays turned to lists once, NaN to None."""

from __future__ import annotations

import numpy as np

from vedette.assessment.identity import Heard
from vedette.assessment.impact import Updated
from vedette.assessment.motion import PATH_S, Motion
from vedette.model import Floats, PathPoint, Status, Tracks
from vedette.model.tracks import Ints

_STATUS = {Status.CONFIRMED: "confirmed", Status.COASTING: "coasting", Status.TENTATIVE: "coasting"}
"""What the tracker doubts was believed before, or it would not be shown."""


class Shown:
    """The rows of `tracks` that a picture shows. Lists have one entry a row; None: not known."""

    def __init__(self, tracks: Tracks, rows: Ints, motion: Motion) -> None:
        self.observed_s = tracks.observed_s
        self.ids: list[int] = tracks.id[rows].tolist()
        self.status = [_STATUS[one] for one in tracks.status[rows].tolist()]
        self.identity = [tracks.identity[row] for row in rows.tolist()]
        self.range_known: list[bool] = tracks.range_known[rows].tolist()
        self.height_known: list[bool] = (tracks.altitude_known[rows] & tracks.range_known[rows]).tolist()
        self.p_exists: list[float] = tracks.p_exists[rows].tolist()
        self.p_classes = [tuple(one) for one in tracks.p_classes[rows].tolist()]
        self.velocity_mps: list[list[float]] = motion.velocity_mps.tolist()
        self.latitude_deg: list[float] = motion.latitude_deg.tolist()
        self.longitude_deg: list[float] = motion.longitude_deg.tolist()
        self.altitude_ellipsoid_m = self._where_high(motion.altitude_ellipsoid_m)
        self.altitude_msl_m = self._where_high(motion.altitude_msl_m)
        self.height_agl_m = self._where_high(motion.height_agl_m)
        self.speed_mps: list[float] = motion.speed_mps.tolist()
        self.course_true_deg = [None if one != one else one for one in motion.course_true_deg.tolist()]
        self.sigma_position_m: list[float] = motion.sigma_position_m.tolist()
        self.sigma_altitude_m = self._where_high(np.sqrt(motion.covariance[:, 2, 2]))
        self.ellipses = np.stack([motion.major_m, motion.minor_m, motion.azimuth_true_deg], axis=1).tolist()
        self._motion = motion
        self._names = tracks.sensors
        self._seen_s: list[list[float]] = tracks.last_seen_s[rows].tolist()
        self.last_update_s = [
            max((at_s for at_s in seen if at_s == at_s), default=tracks.observed_s) for seen in self._seen_s
        ]
        self._path = np.stack(
            [
                motion.path_latitude_deg,
                motion.path_longitude_deg,
                motion.path_altitude_ellipsoid_m,
                motion.path_major_m,
                motion.path_minor_m,
                motion.path_azimuth_true_deg,
            ],
            axis=2,
        ).tolist()

    def _where_high(self, values: Floats) -> list[float | None]:
        return [one if high else None for one, high in zip(values.tolist(), self.height_known, strict=True)]

    def sensors(self, row: int) -> dict[str, float]:
        """Each sensor that had a part in the track, and when it last did."""
        return {name: at_s for name, at_s in zip(self._names, self._seen_s[row], strict=True) if at_s == at_s}

    def path(self, row: int) -> tuple[PathPoint, ...]:
        """Where it would be."""
        high = self.height_known[row]
        return tuple(
            PathPoint(
                in_s=in_s,
                latitude_deg=point[0],
                longitude_deg=point[1],
                altitude_ellipsoid_m=point[2] if high else None,
                sigma_major_m=point[3],
                sigma_minor_m=point[4],
                azimuth_true_deg=point[5],
            )
            for in_s, point in zip(PATH_S, self._path[row], strict=True)
        )

    def heard(self, row: int) -> Heard:
        """Where its identity is."""
        east, north, _ = self._motion.enu_m[row].tolist()
        return Heard(observed_s=self.observed_s, id=self.ids[row], east_m=east, north_m=north)

    def updated(self, row: int) -> Updated:
        """Its state with the height over ground in the place of up."""
        motion = self._motion
        east, north, _ = motion.enu_m[row].tolist()
        ve, vn, _ = motion.velocity_mps[row].tolist()
        height, sink = float(motion.height_agl_m[row]), float(motion.sink_mps[row])
        return Updated(
            observed_s=self.observed_s,
            state=(east, north, height, ve, vn, -sink),
            covariance=tuple(motion.covariance[row].ravel().tolist()),
        )
