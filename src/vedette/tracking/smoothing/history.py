"""The forward pass, kept: for each living track the filtered modes after each time, made into smoothed pieces."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from vedette.geo import Floats
from vedette.model import CLASSES, Status, Tracks
from vedette.model.tracks import Bools, Ints
from vedette.sensing.view import View
from vedette.site import Site
from vedette.tracking import bearings, motion
from vedette.tracking.smoothing.backward import exist_back, smooth_back
from vedette.tracking.smoothing.directions import smooth_directions
from vedette.tracking.state import State

WINDOW: Final = 512
"""A track that lives longer than twice this many times is smoothed in pieces, each estimate with at least so many later
times: memory stays bounded, and what comes after that changes no path by a millimetre."""
UP_KNOWN_M: Final = 50.0
"""Up that was not yet measured counts as known where later looks leave its standard deviation below this."""

_MODES, _MEAN, _COVARIANCE = motion.MODES, motion.MODES * 6, motion.MODES * 36
_TIME, _P_EXISTS, _BLIND, _UPDATED, _COASTING, _CONFIRMED, _HEAD = 0, 1, 2, 3, 4, 5, 6
"""Columns of a kept row; then when each sensor last contributed, mean, covariance and mode, or a row of bearings."""


class Piece(NamedTuple):
    """A stretch of one track, smoothed; state (n, 6), the rest as in SmoothedTracks."""

    observed_s: Floats
    state: Floats
    covariance: Floats
    p_modes: Floats
    p_exists: Floats
    coasting: Bools
    altitude_known: Bools
    range_known: Bools
    last_seen_s: Floats


def joined(pieces: Sequence[Piece], modes: int, sensors: int) -> Piece:
    """Pieces one after the other."""
    none, no = np.empty(0), np.empty(0, dtype=np.bool_)
    nothing = Piece(
        none, np.empty((0, 6)), np.empty((0, 6, 6)), np.empty((0, modes)), none, no, no, no, np.empty((0, sensors))
    )
    columns: list[Any] = [np.concatenate(column) for column in zip(nothing, *pieces, strict=True)]
    return Piece(*columns)


class Path:
    """What is kept of one track: rows (·, columns), oldest first, and the pieces made so far."""

    def __init__(self, number: int, born_s: float, columns: int) -> None:
        self.number, self.born_s = number, born_s
        self.count, self.confirmed = 0, False
        self.pieces: list[Piece] = []
        self.p_classes: Floats = np.full(len(CLASSES), np.nan)
        self.identity: str | None = None
        self._rows: Floats = np.empty((8, columns))

    @property
    def rows(self) -> Floats:
        """The rows not yet made into pieces."""
        return self._rows[: self.count]

    def add(self, row: Floats) -> None:
        """Keep one more row."""
        if self.count == len(self._rows):
            grown = np.empty((2 * self.count, self._rows.shape[1]))
            grown[: self.count] = self._rows
            self._rows = grown
        self._rows[self.count] = row
        self.count += 1
        self.confirmed = self.confirmed or bool(row[_CONFIRMED] > 0.0)

    def make(self, rows: int, smoothed: Callable[[Floats, str | None], Piece]) -> None:
        """Smooth all rows, keep the first of them as a piece, and drop those."""
        columns: list[Any] = [column[:rows].copy() for column in smoothed(self.rows, self.identity)]
        self.pieces.append(Piece(*columns))
        self._rows[: self.count - rows] = self._rows[rows : self.count]
        self.count -= rows


class Paths:
    """The living tracks of one kind: those with a range, or those known by direction alone."""

    def __init__(self, smoothed: Callable[[Floats, str | None], Piece], ended: list[Path], window: int) -> None:
        self.living: dict[int, Path] = {}
        self._smoothed, self._ended, self._window = smoothed, ended, window

    def record(self, tracks: Tracks, rows: Floats, numbers: list[int], born_s: list[float]) -> None:
        """Take the rows of one time; tracks that have none have ended."""
        for number in sorted(self.living.keys() - set(numbers)):
            self._end(self.living.pop(number))
        places = np.searchsorted(tracks.id, numbers).tolist()
        for row, number, born, place in zip(rows, numbers, born_s, places, strict=True):
            path = self.living.get(number)
            if path is None:
                path = self.living[number] = Path(number, born, len(row))
            path.add(row)
            path.p_classes, path.identity = tracks.p_classes[place], tracks.identity[place]
            if path.count == 2 * self._window:
                path.make(self._window, self._smoothed)

    def finish(self) -> None:
        """All tracks end."""
        for number in sorted(self.living):
            self._end(self.living.pop(number))

    def _end(self, path: Path) -> None:
        """Smooth what is left of a track, up to its last detection; one that was never believed is forgotten."""
        if path.confirmed:
            path.count = 1 + int(np.argmax(path.rows[:, _UPDATED]))
            path.make(path.count, self._smoothed)
            path.p_classes = path.p_classes.copy()
            self._ended.append(path)


class History:
    """The forward pass of one site: what the tracker holds in, time by time; paths of smoothed pieces out."""

    def __init__(self, site: Site, window: int = WINDOW) -> None:
        frame = site.frame()
        self._views = tuple(View(sensor, frame) for sensor in site.sensors)
        self._ended: list[Path] = []
        self._placed = Paths(self._smoothed, self._ended, window)
        self._aimed = Paths(self._smoothed_direction, self._ended, window)

    def record(self, tracks: Tracks, state: State) -> None:
        """Take what the tracker holds after the last look of a time. Times ascend."""
        numbers, born_s = state.id[: state.count].tolist(), state.born_s[: state.count].tolist()
        self._adopt(tracks.observed_s, state, numbers)
        self._placed.record(tracks, _packed(tracks, state), numbers, born_s)
        table = bearings.predict(state.bearings, tracks.observed_s)
        numbers = table[:, bearings.NUMBER].astype(np.int64).tolist()
        self._aimed.record(tracks, _packed_directions(tracks, table), numbers, table[:, bearings.BORN_S].tolist())

    def finished(self) -> list[Path]:
        """All tracks that were ever believed; nothing may be recorded after that."""
        self._placed.finish()
        self._aimed.finish()
        return self._ended

    def _adopt(self, now_s: float, state: State, numbers: list[int]) -> None:
        """A track that was given the older number of the direction it stands in takes its path along."""
        living = self._placed.living
        for row, number in enumerate(numbers):
            if number in living or state.born_s[row] >= now_s:
                continue
            place = (state.mode[row] @ state.mean[row])[:3]
            lost = [
                (float(np.linalg.norm(self._place(path) - place)), path.number)
                for path in living.values()
                if path.born_s == state.born_s[row] and path.number not in numbers
            ]
            if lost:
                path = living.pop(min(lost)[1])
                path.number = number
                living[number] = path

    def _place(self, path: Path) -> Floats:
        """Where a track with a range was last."""
        start = _HEAD + len(self._views)
        mean = path.rows[-1, start : start + _MEAN].reshape(_MODES, 6)
        return np.asarray((path.rows[-1, -_MODES:] @ mean)[:3])

    def _smoothed(self, rows: Floats, identity: str | None) -> Piece:
        """The rows of a track with a range, smoothed."""
        n, start = len(rows), _HEAD + len(self._views)
        times_s, blind_up_m2 = rows[:, _TIME].copy(), rows[:, _BLIND].copy()
        mean = rows[:, start : start + _MEAN].reshape(n, _MODES, 6).copy()
        covariance = rows[:, start + _MEAN : -_MODES].reshape(n, _MODES, 6, 6).copy()
        mode = rows[:, -_MODES:].copy()
        one_mean, one_covariance, one_mode = np.empty((n, 6)), np.empty((n, 6, 6)), np.empty((n, _MODES))
        smooth_back(
            times_s, mean, covariance, mode, blind_up_m2, motion.MODELS, motion.BLIND_UP_MPS, one_mean, one_covariance,
            one_mode,
        )  # fmt: skip
        measured = blind_up_m2 == 0.0
        known = measured | (measured[-1] & (one_covariance[:, 2, 2] < UP_KNOWN_M**2))
        life_s = motion.LIFE_S[0 if identity is None else 1]
        return Piece(
            times_s, one_mean, one_covariance, one_mode, _existing(rows, life_s), rows[:, _COASTING] > 0.0, known,
            np.ones(n, dtype=np.bool_), rows[:, _HEAD:start],
        )  # fmt: skip

    def _smoothed_direction(self, rows: Floats, identity: str | None) -> Piece:
        """The rows of a track known by direction alone, smoothed."""
        del identity  # a direction has none
        n, table = len(rows), smooth_directions(rows[:, _HEAD:])
        place, covariance = bearings.places(table, self._views)
        seen_s = np.full((n, len(self._views)), np.nan)
        seen_s[:, int(table[0, bearings.SENSOR])] = rows[:, _UPDATED]
        unknown = np.zeros(n, dtype=np.bool_)
        return Piece(
            rows[:, _TIME], np.hstack([place, np.zeros((n, 3))]), covariance, np.full((n, _MODES), np.nan),
            _existing(rows, bearings.LIFE_S), rows[:, _COASTING] > 0.0, unknown, unknown, seen_s,
        )  # fmt: skip


def _packed(tracks: Tracks, state: State) -> Floats:
    """The kept rows of tracks with a range."""
    n = state.count
    return _rows(
        tracks, state.id[:n], state.p_exists[:n], state.blind_up_m2[:n], state.updated_s[:n], state.missed[:n] > 0,
        state.seen_s[:n], state.mean[:n], state.covariance[:n], state.mode[:n],
    )  # fmt: skip


def _packed_directions(tracks: Tracks, table: Floats) -> Floats:
    """The kept rows of directions (·, BEARING)."""
    blind = np.zeros(len(table))  # unused: no direction tells an altitude
    return _rows(
        tracks, table[:, bearings.NUMBER].astype(np.int64), table[:, bearings.P_EXISTS], blind,
        table[:, bearings.UPDATED_S], table[:, bearings.MISSED] > 0.0, table,
    )  # fmt: skip


def _rows(
    tracks: Tracks, number: Ints, p_exists: Floats, blind: Floats, updated_s: Floats, missed: Bools, *rest: Floats
) -> Floats:
    """Columns as above. What was not yet believed coasts where its last chance was missed."""
    n = len(number)
    status = tracks.status[np.searchsorted(tracks.id, number)]
    coasting = np.where(status == Status.TENTATIVE, missed, status == Status.COASTING)
    columns = (np.full(n, tracks.observed_s), p_exists, blind, updated_s, coasting, status != Status.TENTATIVE, *rest)
    return np.concatenate([one.reshape(n, math.prod(one.shape[1:])).astype(np.float64) for one in columns], axis=1)


def _existing(rows: Floats, life_s: float) -> Floats:
    """Smoothed existence (n,)."""
    p_exists = rows[:, _P_EXISTS].copy()
    exist_back(rows[:, _TIME].copy(), float(life_s), p_exists)
    return p_exists
