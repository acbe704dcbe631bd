"""Which detection came from which track: marginals by loopy belief propagation over the pairs inside the gate.

JIPDA weights (Musicki & Evans 2004) with the marginals of Williams & Lau (2014): for track i and detection j

    ψ_ij = r_i p_i L_ij / (κ_j (1 - r_i q_i)),   L_ij = Σ_m w_im N(z_j; ẑ_im, S_im)

r: existence; p: probability of detection; q: the same where a miss counts, else 0; κ: density of clutter and births.
Tracks and detections are joined in a sparse graph (lists of gated pairs, by track).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types

from vedette.geo import Floats
from vedette.sensing.compiled import arrays_type, blank, kernel
from vedette.sensing.projection import NUMBERS, innovation_room
from vedette.tracking.motion import MODES

Ints = npt.NDArray[np.int64]

_TURNS: Final = 100
_CLOSE: Final = 1e-5


class Chances(NamedTuple):
    """What a look may say of each track (n,).

    p_seen: probability of detection if the sensor perceives it. p, q: as in the module's head. p_missed: it made no
    detection. ready: group of detections for which the innovation stands in the room, -1 none.
    """

    p_seen: Floats
    p: Floats
    q: Floats
    p_missed: Floats
    ready: Ints


class Claims(NamedTuple):
    """What the tracks say of each detection (d,), and room to find the pairs.

    density: κ, of clutter and births; p_birth: share of births in it. names (d, 2): scheme and number of its identity,
    -1 none. others: of the targets known by direction alone, to be added to density. owner: the track that carries that
    name, -1 none. chosen: those that may start tracks. p_alone: no track made
    it. load: Σ μ. by_strip: rows in strips of north, in each by east, directions last; strip: where each begins.
    spot (d, 8), in that order, what tells most pairs apart, side by side: east, north, up, radius_m, height_m, the
    first number measured (NaN: none), group, owner.
    """

    density: Floats
    p_birth: Floats
    others: Floats
    names: Ints
    owner: Ints
    chosen: Ints
    radius_m: Floats
    height_m: Floats
    load: Floats
    p_alone: Floats
    by_strip: Ints
    strip: Ints
    spot: Floats


class Pairs(NamedTuple):
    """The gated pairs: those of track i are first[i] to first[i + 1].

    detection; likelihood (·, M); white (·, M, 4): white innovation; psi, p_pair; back, ahead: messages ν and μ.
    """

    first: Ints
    detection: Ints
    likelihood: Floats
    white: Floats
    psi: Floats
    p_pair: Floats
    back: Floats
    ahead: Floats


CHANCES: Final = arrays_type(Chances, "f1 f1 f1 f1 i1")
CLAIMS: Final = arrays_type(Claims, "f1 f1 f1 i2 i1 i1 f1 f1 f1 f1 i1 i1 f2")
PAIRS: Final = arrays_type(Pairs, "i1 i1 f2 f3 f1 f1 f1 f1")


class Room:
    """Room for one look's association; grows, holds nothing between looks."""

    def __init__(self, tracks: int = 64, detections: int = 64, pairs: int = 1024) -> None:
        self.tracks, self.detections = tracks, detections
        self.chances = blank(Chances, CHANCES, tracks)
        self.claims = blank(Claims, CLAIMS, detections, 2)._replace(spot=np.zeros((detections, 8)))
        self.innovation = innovation_room(tracks, MODES)
        self.pairs = self._pairs(pairs)

    def _pairs(self, pairs: int) -> Pairs:
        return blank(Pairs, PAIRS, pairs, MODES, NUMBERS)._replace(first=np.zeros(self.tracks + 1, dtype=np.int64))

    def fitting(self, tracks: int, detections: int) -> Room:
        """The same, or a larger one where so many do not fit."""
        if tracks <= self.tracks and detections <= self.detections:
            return self
        return Room(max(5 * tracks // 4, self.tracks), max(5 * detections // 4, self.detections), len(self.pairs.psi))

    def more_pairs(self) -> None:
        """Twice the room for pairs."""
        self.pairs = self._pairs(2 * len(self.pairs.psi))


@kernel(inner=True)
def send(count: int, detections: int, pairs: Pairs, load: Floats) -> None:
    """The tracks' messages μ to their detections, and their sums Σ μ."""
    for j in range(detections):
        load[j] = 0.0
    for i in range(count):
        total = 1.0
        for k in range(pairs.first[i], pairs.first[i + 1]):
            total += pairs.psi[k] * pairs.back[k]
        for k in range(pairs.first[i], pairs.first[i + 1]):
            pairs.ahead[k] = pairs.psi[k] / max(total - pairs.psi[k] * pairs.back[k], 1.0)
            load[pairs.detection[k]] += pairs.ahead[k]


@kernel(inner=True)
def answer(many: int, pairs: Pairs, load: Floats) -> float:
    """The detections' messages ν to their tracks; how far they moved at most."""
    moved = 0.0
    for k in range(many):
        fresh = 1.0 / max(1.0 + load[pairs.detection[k]] - pairs.ahead[k], 1.0)
        moved = max(moved, abs(fresh - pairs.back[k]))
        pairs.back[k] = fresh
    return moved


@kernel(types.int64, types.int64, types.int64, types.boolean, CHANCES, CLAIMS, PAIRS)
def marginals(count: int, detections: int, propagate: bool, chances: Chances, claims: Claims, pairs: Pairs) -> int:
    """Loopy belief propagation on the pairs (Williams & Lau 2014, eqs. 27 and 28). Returns the number of turns.

        μ_ij = ψ_ij / (1 + Σ_k≠j ψ_ik ν_ik),   ν_ij = 1 / (1 + Σ_l≠i μ_lj)

    Writes p_pair: track i made detection j; p_missed: it made none; p_alone: no track made j. Exact where the pairs
    form a tree. Loops make it approximate, and too sure where strong pairs compete (some tenths of probability with two
    tracks on the same two detections); it still converges, to a single fixed point. propagate False: ν stays 1, so that
    tracks do not hear of one another.
    """
    first, many = pairs.first, pairs.first[count]
    for k in range(many):
        pairs.back[k] = 1.0
    turns, moved = 0, 1.0
    while moved > _CLOSE and turns < _TURNS:
        turns += 1
        send(count, detections, pairs, claims.load)
        moved = answer(many, pairs, claims.load) if propagate else 0.0
    for i in range(count):
        total = 1.0
        for k in range(first[i], first[i + 1]):
            total += pairs.psi[k] * pairs.back[k]
        for k in range(first[i], first[i + 1]):
            pairs.p_pair[k] = pairs.psi[k] * pairs.back[k] / total
        chances.p_missed[i] = 1.0 / total
    for j in range(detections):
        claims.p_alone[j] = 1.0 / (1.0 + claims.load[j])
    return turns
