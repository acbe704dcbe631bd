"""Which picture of which sensor shows which track.

A sensor may say where a picture of a detection can be seen. The tracker says which tracks a look has updated; among
those a picture is of the track that its detection is nearest to, if no other detection of the look is nearer to that
track. What cannot be told so is left out: a picture of another aircraft is worse than none. Nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

import numpy as np

from vedette.model import Floats, Scan, SensorImage, Tracks
from vedette.model.tracks import Ints
from vedette.sensing.placing import Placing, offsets_s
from vedette.site import Site

NEAR_M: Final = 50.0
NEAR_SIGMAS: Final = 5.0
"""A detection farther from its track than this, of the track's own error, is no picture of it."""
NEAR_RAD: Final = float(np.radians(6.0))
"""The same for a sensor without range: some 3 sigma of a direction finder, and a camera's whole frame."""
SAME_TIME_S: Final = 1e-3


class Images:
    """The newest picture of each track, by the tracker's numbers. `newest` is all of its state."""

    def __init__(self, site: Site) -> None:
        self.newest: dict[int, SensorImage] = {}
        self._placing = Placing(site)

    def look(self, scan: Scan, tracks: Tracks) -> None:
        """Take in a look with the tracks after it."""
        urls = scan.image_url
        if urls is None or not any(urls):
            return
        rows = _updated(scan, tracks)
        apart = self._apart(scan, tracks, rows)
        if apart is None or not apart.size:
            return
        times_s = offsets_s(scan) + scan.observed_s
        for detection, place in _pairs(apart):
            url = urls[detection]
            if url is not None:
                image = SensorImage(sensor=scan.sensor, observed_s=float(times_s[detection]), url=url)
                self._note(int(tracks.id[rows[place]]), image)

    def keep(self, ids: Collection[int]) -> None:
        """Forget those of all other tracks."""
        self.newest = {one: image for one, image in self.newest.items() if one in ids}

    def _note(self, one: int, image: SensorImage) -> None:
        before = self.newest.get(one)
        if before is None or before.observed_s <= image.observed_s:
            self.newest[one] = image

    def _apart(self, scan: Scan, tracks: Tracks, rows: Ints) -> Floats | None:
        """(detections, rows): how far each detection is from each track at its time, in parts of what is near enough.

        Infinite beyond that, and where it was not measured; None: the look says nothing of where.
        """
        after_s = scan.observed_s - tracks.observed_s + offsets_s(scan)[:, None, None]
        then_m = tracks.position_enu_m[rows, :2] + after_s * tracks.velocity_enu_mps[rows, :2]
        places_m = self._placing.places_m(scan)
        if places_m is not None:
            variance = tracks.covariance[rows, 0, 0] + tracks.covariance[rows, 1, 1]
            near_m = NEAR_M + NEAR_SIGMAS * np.sqrt(variance / 2.0)
            share = np.linalg.norm(places_m[:, None] - then_m, axis=2) / near_m
        else:
            off_rad = self._placing.off_bearing_rad(scan, then_m)
            if off_rad is None:
                return None
            share = off_rad / NEAR_RAD
        return np.where(share <= 1.0, share, np.inf)


def _updated(scan: Scan, tracks: Tracks) -> Ints:
    """Rows of the tracks that this look was the sensor's last to have a part in."""
    seen_s = tracks.last_seen_s[:, tracks.sensors.index(scan.sensor)]
    began_s = scan.observed_s + float(np.min(offsets_s(scan), initial=0.0))
    return np.flatnonzero((seen_s >= began_s - SAME_TIME_S) & (seen_s <= scan.observed_s + SAME_TIME_S))


def _pairs(apart: Floats) -> Iterator[tuple[int, int]]:
    """(detection, row) of those that are each other's nearest."""
    of_track = np.argmin(apart, axis=0)
    for detection, place in enumerate(np.argmin(apart, axis=1).tolist()):
        if of_track[place] == detection and np.isfinite(apart[detection, place]):
            yield detection, place
