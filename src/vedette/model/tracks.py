"""Tracks: the tracker's output at one time, as read-only arrays."""

from __future__ import annotations

import enum

import msgspec
import numpy as np
import numpy.typing as npt

from vedette.model.scan import Floats

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]


class Status(enum.IntEnum):
    """CONFIRMED: believed and updated at its last chance. COASTING: believed, but its last chance missed or long gone.

    TENTATIVE: not yet believed, or no longer (p_exists under a half after several misses); the number is kept for a
    while longer, and comes back with the track.
    """

    TENTATIVE = 0
    CONFIRMED = 1
    COASTING = 2


class TrackRows(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """n rows of tracks, as read-only arrays.

    Frame of position, velocity and covariance: east, north, up on the plane tangent to WGS 84 at the site's reference
    point, metres. `covariance` (n, 6, 6) is ordered east, north, up, then their rates. Where `altitude_known` is
    False, up holds the prior and its covariance says so; where `range_known` is False only the bearing is known.
    `sensors` names the columns of `last_seen_s` (n, len(sensors)): when each sensor last contributed to the track,
    NaN = never. `id` is never reused.
    """

    id: Ints
    position_enu_m: Floats
    velocity_enu_mps: Floats
    covariance: Floats
    p_exists: Floats
    status: Bytes
    p_classes: Floats
    identity: tuple[str | None, ...]
    altitude_known: Bools
    range_known: Bools
    sensors: tuple[str, ...]
    last_seen_s: Floats

    def __len__(self) -> int:
        """How many rows."""
        return len(self.id)


class Tracks(TrackRows, frozen=True, kw_only=True, eq=False):
    """All n tracks at `observed_s`, tentative ones included, in order of id. Later calls do not change the arrays."""

    observed_s: float


class SmoothedTracks(TrackRows, frozen=True, kw_only=True, eq=False):
    """Tracks as all looks together show them: n rows, one for each track and time, by time, then by id.

    A track has a row at each time (`observed_s`, (n,)) between its first and its last detection at which any sensor
    looked. `status` is never TENTATIVE: only tracks that were believed at some time are here, and then from their first
    detection on. `p_modes` (n, M): straight flight, turn, fall; NaN where only the direction is known. `p_classes` and
    `identity` are what was known at the track's end.
    """

    observed_s: Floats
    p_modes: Floats
