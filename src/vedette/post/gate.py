"""Which detections of a look could be of an incident's tracks, as rows of the detection table."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Final

import numpy as np

from vedette.clock import iso_utc
from vedette.geo import LocalFrame
from vedette.model import CLASSES, Floats, Scan, TrackPicture, TrackPoint
from vedette.model.tracks import Bools
from vedette.sensing.placing import Placing, offsets_s
from vedette.site import Site

GATE_M: Final = 150.0
"""Added to the gate for the sensor's own error and for a turn since the picture."""
GATE_SIGMAS: Final = 4.0
BEARING_GATE_DEG: Final = 6.0
"""For a sensor without range: some 3 sigma of a direction finder."""
ROWS_A_LOOK: Final = 20
"""At most so many rows of one look: clutter thicker than this around a track is no evidence."""

_SAME: Final = (
    *("range_m", "range_rate_mps", "latitude_deg", "longitude_deg", "altitude_ellipsoid_m", "snr_db", "rcs_dbsm"),
    *("sigma_range_m", "sigma_range_rate_mps", "sigma_position_m"),
)
_RENAMED: Final = {
    "azimuth_true_rad": ("azimuth_true_deg", 180.0 / np.pi),
    "elevation_rad": ("elevation_deg", 180.0 / np.pi),
    "sigma_azimuth_true_rad": ("sigma_azimuth_deg", 180.0 / np.pi),
    "sigma_elevation_rad": ("sigma_elevation_deg", 180.0 / np.pi),
    "sigma_altitude_ellipsoid_m": ("sigma_altitude_m", 1.0),
}
"""Columns of the detection table that a Scan calls otherwise, and their units in its own."""

Row = dict[str, float | str | None]
Known = TrackPicture | TrackPoint
"""A track at one time: both say where it is and how fast."""


class Beside:
    """Tracks as arrays: where they are (n, 2), how fast (n, 2), when (n,), how wide their gate is (n,)."""

    def __init__(self, tracks: Sequence[Known], frame: LocalFrame, altitude_m: float) -> None:
        self.identities = {one.identity for one in tracks if one.identity is not None}
        placed = [one for one in tracks if one.latitude_deg is not None and one.longitude_deg is not None]
        where = [
            (one.latitude_deg, one.longitude_deg, altitude_m if (up := one.altitude_ellipsoid_m) is None else up)
            for one in placed
        ]
        geodetic = np.array(where, dtype=np.float64).reshape(-1, 3)
        self.here_m = frame.to_enu_m(*geodetic.T)[:, :2]
        self.velocity_mps = np.array([(one.velocity_east_mps, one.velocity_north_mps) for one in placed]).reshape(-1, 2)
        self.observed_s = np.array([one.observed_s for one in placed], dtype=np.float64)
        self.gate_m = np.array([GATE_M + GATE_SIGMAS * one.sigma_position_m for one in placed], dtype=np.float64)

    def only(self, place: int, identity: str | None) -> Beside:
        """One of tracks that all have a place, by itself."""
        one = copy(self)
        one.identities = set() if identity is None else {identity}
        row = slice(place, place + 1)
        one.here_m, one.velocity_mps = self.here_m[row], self.velocity_mps[row]
        one.observed_s, one.gate_m = self.observed_s[row], self.gate_m[row]
        return one


class Gate:
    """The gate of one site; the sensors' places are worked out once."""

    def __init__(self, site: Site) -> None:
        self._frame, self._altitude_m = site.frame(), site.altitude_ellipsoid_m
        self._placing = Placing(site)

    def beside(self, tracks: Sequence[Known]) -> Beside:
        """The tracks, ready to be compared with many looks."""
        return Beside(tracks, self._frame, self._altitude_m)

    def rows_near(self, scan: Scan, tracks: Beside, places: Floats | None) -> tuple[Row, ...]:
        """The detections near any of the tracks or with the identity of one; at most ROWS_A_LOOK, in scan order.

        places: of the same scan.
        """
        if len(scan) == 0:
            return ()
        near = np.zeros(len(scan), dtype=np.bool_)
        if len(tracks.gate_m):
            near = self._near(scan, places, tracks)
        if tracks.identities and scan.identity is not None:
            near |= np.array([each in tracks.identities for each in scan.identity])
        return tuple(_row(scan, int(index)) for index in np.flatnonzero(near)[:ROWS_A_LOOK])

    def _near(self, scan: Scan, places: Floats | None, tracks: Beside) -> Bools:
        after_s = scan.observed_s - tracks.observed_s + offsets_s(scan)[:, None]
        then = tracks.here_m + after_s[:, :, None] * tracks.velocity_mps
        if places is None:
            apart_rad = self._placing.off_bearing_rad(scan, then)
            if apart_rad is None:
                return np.zeros(len(scan), dtype=np.bool_)
            return np.asarray((apart_rad <= np.radians(BEARING_GATE_DEG)).any(axis=1))
        return np.asarray((np.linalg.norm(places[:, None] - then, axis=2) <= tracks.gate_m).any(axis=1))

    def places(self, scan: Scan) -> Floats | None:
        """(n, 2) east and north in the site's frame; None where the look has neither range nor position."""
        return self._placing.places_m(scan)


def _row(scan: Scan, index: int) -> Row:
    """One row of the detection table: what was measured, nothing else."""
    offset_s = 0.0 if scan.time_offset_s is None else float(np.nan_to_num(scan.time_offset_s[index]))
    row: Row = {"time_utc": iso_utc(scan.observed_s + offset_s), "sensor": scan.sensor}
    if scan.look is not None:
        row["scan"] = scan.look
    for name in _SAME:
        _measured(row, name, getattr(scan, name), index, 1.0)
    for name, (column, factor) in _RENAMED.items():
        _measured(row, column, getattr(scan, name), index, factor)
    if scan.sector_rad is not None:
        row["sector_from_deg"], row["sector_to_deg"] = np.degrees(scan.sector_rad).tolist()
    for name, texts in (("identity", scan.identity), ("image_url", scan.image_url)):
        if texts is not None and texts[index] is not None:
            row[name] = texts[index]
    if scan.p_classes is not None and np.isfinite(scan.p_classes[index]).all():
        best = int(np.argmax(scan.p_classes[index]))
        row["class"], row["p_class"] = CLASSES[best], float(scan.p_classes[index][best])
    return row


def _measured(row: Row, name: str, values: Floats | None, index: int, factor: float) -> None:
    if values is not None and np.isfinite(values[index]):
        row[name] = float(values[index]) * factor
