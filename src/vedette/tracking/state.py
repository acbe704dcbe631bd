"""All that the tracker knows of its tracks at one time: a struct of arrays with room to grow, copied to be rewound."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.model import CLASSES
from vedette.sensing.compiled import arrays_type, kernel
from vedette.tracking.features import FEATURES
from vedette.tracking.motion import MODES

Ints = npt.NDArray[np.int64]

SCHEMES: Final = ("icao", "rid", "own", "mmsi", "callsign", "track")
"""Schemes of identities, the one that names a track first in front."""
LOOSE: Final = 6
"""Columns of a loose direction: sensor, time, azimuth, elevation (NaN: not measured), sigma of each."""
BEARING: Final = 16 + FEATURES
"""Columns of a target known by direction alone: see vedette.tracking.bearings."""

CELLS: Final = (6, 24)
"""Range bands and azimuth sectors in which a sensor's clutter is learned."""

NEVER, DOUBTED, BELIEVED = range(3)
"""Values of State.confirmed: not yet believed; believed once, and not now; believed."""


class Rows(NamedTuple):
    """The arrays of a State, for kernels; shapes and meaning as there."""

    id: Ints
    mean: Floats
    covariance: Floats
    mode: Floats
    p_exists: Floats
    blind_up_m2: Floats
    born_s: Floats
    updated_s: Floats
    confirmed: Ints
    missed: Ints
    hits: Ints
    last_sensor: Ints
    names: Ints
    strikes: Ints
    seen_s: Floats
    p_visible: Floats
    features: Floats
    p_classes: Floats
    unclassed: Ints


_FIELDS: Final[tuple[tuple[str, str, float], ...]] = (
    ("id", "i", 0),
    ("mean", "f m6", 0.0),
    ("covariance", "f m66", 0.0),
    ("mode", "f m", 0.0),
    ("p_exists", "f", 0.0),
    ("blind_up_m2", "f", 0.0),
    ("born_s", "f", 0.0),
    ("updated_s", "f", 0.0),
    ("confirmed", "i", 0),
    ("missed", "i", 0),
    ("hits", "i", 0),
    ("last_sensor", "i", -1),
    ("names", "i k", -1),
    ("strikes", "i", 0),
    ("seen_s", "f s", np.nan),
    ("p_visible", "f s", 1.0),
    ("features", "f c", 0.0),
    ("p_classes", "f p", 0.0),
    ("unclassed", "i", 1),
)
"""Of each array, in the order of Rows: its name; its type and, by a letter each, what its axes after the first stand
for (see State._blank); what a blank row holds."""
ROWS: Final = arrays_type(Rows, " ".join(f"{shape[0]}{1 + len(shape[1:].strip())}" for _, shape, _ in _FIELDS))


@kernel(inner=True)
def move(rows: Rows, source: int, to: int) -> None:
    """Copy one row over another."""
    move_motion(rows, source, to)
    rows.id[to], rows.confirmed[to] = rows.id[source], rows.confirmed[source]
    rows.missed[to], rows.hits[to] = rows.missed[source], rows.hits[source]
    rows.last_sensor[to], rows.strikes[to] = rows.last_sensor[source], rows.strikes[source]
    rows.p_exists[to] = rows.p_exists[source]
    rows.born_s[to], rows.updated_s[to] = rows.born_s[source], rows.updated_s[source]
    rows.unclassed[to] = rows.unclassed[source]
    for k in range(rows.names.shape[1]):
        rows.names[to, k] = rows.names[source, k]
    for s in range(rows.seen_s.shape[1]):
        rows.seen_s[to, s], rows.p_visible[to, s] = rows.seen_s[source, s], rows.p_visible[source, s]
    for c in range(rows.features.shape[1]):
        rows.features[to, c] = rows.features[source, c]
    for c in range(rows.p_classes.shape[1]):
        rows.p_classes[to, c] = rows.p_classes[source, c]


@kernel(inner=True)
def move_motion(rows: Rows, source: int, to: int) -> None:
    """Copy where one row is and how it moves over another."""
    rows.blind_up_m2[to] = rows.blind_up_m2[source]
    for m in range(MODES):
        rows.mode[to, m] = rows.mode[source, m]
        for k in range(6):
            rows.mean[to, m, k] = rows.mean[source, m, k]
            for c in range(6):
                rows.covariance[to, m, k, c] = rows.covariance[source, m, k, c]


class State:
    """Arrays whose first `count` rows are the tracks, in order of id. Shapes (capacity, …); S sensors, M modes.

    mean (M, 6), covariance (M, 6, 6), mode (M,) probabilities, p_exists; blind_up_m2: prior variance of up while no
    altitude was measured, else 0; names (schemes,): number of the identity held in each scheme, -1 none; strikes:
    reports of its own identity in a row that were absurd against it; seen_s (S,): when each sensor last contributed,
    NaN never; p_visible (S,): belief that the sensor can perceive it at all; features: see vedette.tracking.features;
    p_classes (classes,): the posterior, due to be renewed where unclassed is 1.
    refused: reports absurd against the track of their name, so far.
    looked_s (S,): when each sensor last looked. loose (·, LOOSE): directions no track explains, for triangulation.
    bearings (·, BEARING): targets known by direction alone. clutter (S, 2, cells): see vedette.tracking.clutter.
    """

    id: Ints
    mean: Floats
    covariance: Floats
    mode: Floats
    p_exists: Floats
    blind_up_m2: Floats
    born_s: Floats
    updated_s: Floats
    confirmed: Ints
    missed: Ints
    hits: Ints
    last_sensor: Ints
    names: Ints
    strikes: Ints
    seen_s: Floats
    p_visible: Floats
    features: Floats
    p_classes: Floats
    unclassed: Ints

    def __init__(self, sensors: int, capacity: int = 64) -> None:
        self.sensors = sensors
        self.capacity = capacity
        self.count = 0
        self.time_s = -np.inf
        self.refused = 0
        self.looked_s: Floats = np.full(sensors, -np.inf)
        self.loose: Floats = np.zeros((0, LOOSE))
        self.bearings: Floats = np.zeros((0, BEARING))
        self.clutter: Floats = np.zeros((sensors, 2, CELLS[0] * CELLS[1]))
        for name, shape, fill in _FIELDS:
            setattr(self, name, self._blank(shape, fill, capacity))
        self.rows = self._rows()

    def _blank(self, shape: str, fill: float, rows: int) -> npt.NDArray[Any]:
        letters = shape[1:].strip()
        sizes = {"m": MODES, "6": 6, "s": self.sensors, "k": len(SCHEMES), "c": FEATURES, "p": len(CLASSES)}
        dtype = np.int64 if shape[0] == "i" else np.float64
        return np.full((rows, *(sizes[letter] for letter in letters)), fill, dtype=dtype)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The rows in use of every array, as views."""
        return {name: getattr(self, name)[: self.count] for name, _, _ in _FIELDS}

    def _rows(self) -> Rows:
        return Rows(*(getattr(self, name) for name, _, _ in _FIELDS))

    def reserve(self, more: int) -> None:
        """Grow so that `more` rows can be added; what stands in them is not said."""
        wanted = self.count + more
        if wanted > self.capacity:
            self.capacity = max(wanted, 5 * self.capacity // 4)
            for name, shape, fill in _FIELDS:
                grown = self._blank(shape, fill, self.capacity)
                grown[: self.count] = getattr(self, name)[: self.count]
                setattr(self, name, grown)
            self.rows = self._rows()

    def make_room(self, more: int) -> None:
        """Grow so that `more` rows can be added; new rows are blank."""
        self.reserve(more)
        for name, _, fill in _FIELDS:
            getattr(self, name)[self.count : self.count + more] = fill

    def keep(self, rows: Ints) -> None:
        """Drop all but these rows, in this order."""
        for name, _, _ in _FIELDS:
            array = getattr(self, name)
            array[: len(rows)] = array[rows]
        self.count = len(rows)

    def copy(self) -> State:
        """An independent copy, no larger than needed."""
        other = State.__new__(State)
        other.sensors, other.count, other.time_s = self.sensors, self.count, self.time_s
        other.capacity, other.refused = self.count, self.refused
        other.looked_s, other.loose, other.bearings = self.looked_s.copy(), self.loose.copy(), self.bearings.copy()
        other.clutter = self.clutter.copy()
        arrays: list[Any] = [array[: self.count].copy() for array in self.rows]
        other.rows = Rows(*arrays)
        for name, array in zip(Rows._fields, other.rows, strict=True):
            setattr(other, name, array)
        return other

    def pack(self) -> dict[str, Any]:
        """Plain values and bytes, for a snapshot."""
        packed: dict[str, Any] = {name: array.tobytes() for name, array in self.arrays().items()}
        return (
            packed
            | {"count": self.count, "time_s": self.time_s, "refused": self.refused}
            | {
                "looked_s": self.looked_s.tobytes(),
                "loose": self.loose.tobytes(),
                "bearings": self.bearings.tobytes(),
                "clutter": self.clutter.tobytes(),
            }
        )

    @classmethod
    def unpack(cls, packed: dict[str, Any], sensors: int) -> State:
        """The state that `pack` was given. Raises ValueError or KeyError where it does not fit."""
        state = cls(sensors, capacity=max(int(packed["count"]), 1))
        state.count, state.time_s = int(packed["count"]), float(packed["time_s"])
        state.refused = int(packed["refused"])
        state.looked_s = np.frombuffer(packed["looked_s"]).copy()
        if len(state.looked_s) != sensors:
            raise ValueError("looked_s")
        state.loose = np.frombuffer(packed["loose"]).reshape(-1, LOOSE).copy()
        state.bearings = np.frombuffer(packed["bearings"]).reshape(-1, BEARING).copy()
        state.clutter = np.frombuffer(packed["clutter"]).reshape(state.clutter.shape).copy()
        for name, array in state.arrays().items():
            array[...] = np.frombuffer(packed[name], dtype=array.dtype).reshape(array.shape)
        return state
