"""The two tables laid side by side: at each truth time, who was there and which tracks said so.

- Only confirmed and coasting rows count; a row without a position (a track known by bearing alone) does not.
- A truth time is a distinct time of the truth table; rows up to 1 ms after the first belong to it.
- Of each track, the row of that time (± 1 ms) counts; where it has none, its last row not older than 2 s, carried to
  that time by its velocity in a straight line. A row without a horizontal velocity cannot be carried; one without a
  climb rate is carried level.
- A distance is 3-D where both altitudes are known, else horizontal: then both points are brought down to the ellipsoid,
  which shortens it by 0.02 % for each kilometre of altitude. Velocities likewise.

Neglected: velocities are taken along east, north and up at the truth table's first row. 10 km from there these axes are
turned by 0.1°, which carries a track at 50 m/s wrong by 0.2 m in 2 s.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from vedette.geo import LocalFrame
from vedette.model import Floats, Status
from vedette.tables import TrackRow, TruthRow

SAME_TIME_S = 1e-3
"""Two times this near are one: tables carry milliseconds."""
CARRY_S = 2.0
"""How long a track's last row stands for it."""
_ROUNDING_S = 1e-6
"""A float64 of today's seconds is good to 0.3 µs."""


class Moment(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One truth time: names of truths (m) and tracks (n), and what lies between them.

    `distance_m`, `velocity_error_mps` (m, n); a velocity error is NaN where one velocity is not known. `identified`
    (n,): whether the track carries an identity.
    """

    time_s: float
    truths: tuple[str, ...]
    tracks: tuple[str, ...]
    distance_m: Floats
    velocity_error_mps: Floats
    identified: npt.NDArray[np.bool_]


class Placed(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Where n things are, and how fast, in one east-north-up frame.

    `enu_m` (n, 3): NaN where the altitude is not known. `foot_enu_m` (n, 3): the same brought down to the ellipsoid.
    `velocity_mps` (n, 3): NaN what is not known.
    """

    enu_m: Floats
    foot_enu_m: Floats
    velocity_mps: Floats

    def part(self, index: Sequence[int], after_s: Sequence[float]) -> Placed:
        """Some of them, each carried by its velocity for `after_s`."""
        chosen, after = np.asarray(index, dtype=np.int64), np.asarray(after_s, dtype=np.float64)
        velocity = self.velocity_mps[chosen]
        step = np.nan_to_num(velocity) * after[:, None]
        return Placed(
            enu_m=self.enu_m[chosen] + step,
            foot_enu_m=self.foot_enu_m[chosen] + step * (1.0, 1.0, 0.0),
            velocity_mps=velocity,
        )


def moments_of(tracks: Iterable[TrackRow], truth: Sequence[TruthRow], *, carry_s: float = CARRY_S) -> Iterator[Moment]:
    """Each truth time in turn, earliest first.

    Args:
        tracks: rows of a track table in any order, (time, track) unique.
        truth: rows of a truth table in any order, (time, truth) unique. At a truth time only the truths with a row of
            that time exist: a table whose aircraft stand at different times is to be brought to common times first.
        carry_s: how long a track's last row stands for it; 0 takes rows of the very time alone.
    """
    if not truth:
        return
    believed = [row for row in tracks if row.status != Status.TENTATIVE and row.latitude_deg is not None]
    frame = LocalFrame(truth[0].latitude_deg, truth[0].longitude_deg, 0.0)
    placed, placed_truth = _placed(believed, frame), _placed(truth, frame)
    paths = _Paths(believed, carry_s)
    for present in _truth_times([row.time_s for row in truth]):
        time_s = truth[present[0]].time_s
        there = paths.at(time_s)
        chosen = [index for index, _ in there]
        ours = placed.part(chosen, [after for _, after in there])
        real = placed_truth.part(present, [0.0] * len(present))
        yield Moment(
            time_s=time_s,
            truths=tuple(truth[index].truth for index in present),
            tracks=tuple(believed[index].track for index in chosen),
            distance_m=_between(real, ours),
            velocity_error_mps=_full_or_flat(real.velocity_mps, ours.velocity_mps),
            identified=np.array([believed[index].identity is not None for index in chosen], dtype=np.bool_),
        )


def _truth_times(times_s: list[float]) -> Iterator[list[int]]:
    """Indices of the rows of each distinct time, in the table's order."""
    group: list[int] = []
    for index in sorted(range(len(times_s)), key=times_s.__getitem__):
        if group and times_s[index] - times_s[group[0]] > SAME_TIME_S + _ROUNDING_S:
            yield group
            group = []
        group.append(index)
    yield group


class _Paths:
    """Each track's rows by time, to be asked for any time."""

    def __init__(self, rows: Sequence[TrackRow], carry_s: float) -> None:
        self._rows, self._carry_s = rows, carry_s
        self._of: dict[str, list[int]] = {}
        for index in sorted(range(len(rows)), key=lambda index: rows[index].time_s):
            self._of.setdefault(rows[index].track, []).append(index)
        self._times_s = {track: [rows[index].time_s for index in path] for track, path in self._of.items()}

    def at(self, time_s: float) -> list[tuple[int, float]]:
        """(row, seconds to carry it) of each track that is there, in order of first appearance."""
        found = (self._one(track, time_s) for track in self._of)
        return [one for one in found if one is not None]

    def _one(self, track: str, time_s: float) -> tuple[int, float] | None:
        times_s, path = self._times_s[track], self._of[track]
        last = bisect_right(times_s, time_s + SAME_TIME_S + _ROUNDING_S) - 1
        if last < 0:
            return None
        if last > 0 and abs(times_s[last - 1] - time_s) < abs(times_s[last] - time_s):
            last -= 1
        row, after_s = self._rows[path[last]], time_s - times_s[last]
        if abs(after_s) <= SAME_TIME_S + _ROUNDING_S:
            return path[last], 0.0
        if after_s > self._carry_s + _ROUNDING_S or row.velocity_east_mps is None or row.velocity_north_mps is None:
            return None
        return path[last], after_s


class _Row(Protocol):
    """What truth rows and track rows have in common."""

    @property
    def latitude_deg(self) -> float | None: ...
    @property
    def longitude_deg(self) -> float | None: ...
    @property
    def altitude_ellipsoid_m(self) -> float | None: ...
    @property
    def velocity_east_mps(self) -> float | None: ...
    @property
    def velocity_north_mps(self) -> float | None: ...
    @property
    def velocity_up_mps(self) -> float | None: ...


def _placed(rows: Sequence[_Row], frame: LocalFrame) -> Placed:
    latitude = _array([row.latitude_deg for row in rows])
    longitude = _array([row.longitude_deg for row in rows])
    altitude = _array([row.altitude_ellipsoid_m for row in rows])
    velocity = [_array([getattr(row, f"velocity_{axis}_mps") for row in rows]) for axis in ("east", "north", "up")]
    return Placed(
        enu_m=frame.to_enu_m(latitude, longitude, altitude),
        foot_enu_m=frame.to_enu_m(latitude, longitude, 0.0),
        velocity_mps=np.stack(velocity, axis=-1),
    )


def _array(values: list[float | None]) -> Floats:
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def _between(truths: Placed, tracks: Placed) -> Floats:
    full = np.linalg.norm(truths.enu_m[:, None] - tracks.enu_m[None], axis=-1)
    flat = np.linalg.norm(truths.foot_enu_m[:, None] - tracks.foot_enu_m[None], axis=-1)
    return _first_known(full, flat)


def _full_or_flat(truths: Floats, tracks: Floats) -> Floats:
    """Length of the difference of (m, 3) and (n, 3), of east and north alone where one has no up."""
    difference = truths[:, None] - tracks[None]
    full, flat = np.linalg.norm(difference, axis=-1), np.linalg.norm(difference[..., :2], axis=-1)
    return _first_known(full, flat)


def _first_known(one: npt.ArrayLike, other: npt.ArrayLike) -> Floats:
    return np.asarray(np.where(np.isnan(one), other, one), dtype=np.float64)
