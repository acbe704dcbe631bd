"""The second table of `vedette track --smooth`: the same tracks, each smoothed over all looks, late ones included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from vedette.cli.progress import told
from vedette.model import Floats, Scan, SmoothedTracks, Status, Tracks
from vedette.model.tracks import Ints
from vedette.site import Site
from vedette.tracking import renumbered, same_tracks, smooth


class Shown:
    """The tracks believed at each time, as they went into the first table: what smoothed ones are named by."""

    def __init__(self) -> None:
        self._times: list[Floats] = []
        self._numbers: list[Ints] = []
        self._places: list[Floats] = []
        self._newest = 0

    def noting(self, seen: Iterable[Tracks]) -> Iterator[Tracks]:
        """The same, noted as they pass."""
        for tracks in seen:
            believed = tracks.status != Status.TENTATIVE
            self._times.append(np.full(int(believed.sum()), tracks.observed_s))
            self._numbers.append(tracks.id[believed])
            self._places.append(tracks.position_enu_m[believed])
            self._newest = max(self._newest, *tracks.id[-1:].tolist(), 0)
            yield tracks

    def numbers_for(self, smoothed: SmoothedTracks) -> SmoothedTracks:
        """The smoothed tracks under the numbers of the first table; one that it never believed gets a new number."""
        if not self._times:
            return smoothed
        columns = (np.concatenate(self._times), np.concatenate(self._numbers), np.concatenate(self._places))
        return renumbered(smoothed, same_tracks(smoothed, *columns), self._newest + 1)


def smoothed_with_progress(site: Site, looks: Sequence[Scan]) -> SmoothedTracks:
    """As vedette.tracking.smooth; how far it is stands on a terminal's standard error."""
    with told("smoothing") as tell:
        return smooth(site, looks, tell)
