"""Who a track says it is: names bind to one track at a time, and two names of one scheme never share a track."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.tracking.state import SCHEMES, State

Ints = npt.NDArray[np.int64]

BY_SAY: Final = tuple(sorted(range(len(SCHEMES)), key=lambda column: SCHEMES[column] != "own"))
"""Columns of names, the one that names a track first in front: an own drone that broadcasts Remote ID is still own."""
STRIKES: Final = 3
"""Reports in a row that are absurd against the track of their name, after which the name leaves it."""


class Names:
    """Numbers for identity strings, given once and kept (`known` in order of number)."""

    def __init__(self, known: Sequence[str] = ()) -> None:
        self.known = list(known)
        self._numbers = {name: number for number, name in enumerate(self.known)}

    def number(self, name: str) -> int:
        """The number of a name, a new one if it was never heard."""
        if name not in self._numbers:
            self._numbers[name] = len(self.known)
            self.known.append(name)
        return self._numbers[name]

    def of_detections(self, identity: Sequence[str | None]) -> Ints:
        """Scheme and number (d, 2) of each identity, -1 where there is none."""
        pairs = np.full((len(identity), 2), -1, dtype=np.int64)
        if identity.count(None) == len(identity):
            return pairs
        for j, name in enumerate(identity):
            if name is not None:
                scheme = name.partition(":")[0]
                pairs[j] = SCHEMES.index(scheme) if scheme in SCHEMES else len(SCHEMES) - 1, self.number(name)
        return pairs

    def of_tracks(self, state: State) -> tuple[str | None, ...]:
        """The name of each track: that of the scheme it carries that comes first in BY_SAY."""
        rows: list[list[int]] = state.names[: state.count].tolist()
        return tuple(next((self.known[row[c]] for c in BY_SAY if row[c] >= 0), None) for row in rows)


def owners(state: State, pairs: Ints) -> Ints:
    """The track (d,) that carries each detection's name, -1 none."""
    owner = np.full(len(pairs), -1, dtype=np.int64)
    for j in np.flatnonzero(pairs[:, 0] >= 0):
        held = np.flatnonzero(state.names[: state.count, pairs[j, 0]] == pairs[j, 1])
        if len(held):
            owner[j] = held[0]
    return owner


def bind(state: State, pairs: Ints, owner: Ints, likeliest: Ints) -> int:
    """Name tracks after a look; `likeliest` (d,): the track that made a detection with p > 0.5, else -1.

    A name in use whose report went nowhere is a strike against its track; after STRIKES it is free again. Returns how
    many reports were so refused.
    """
    refused = 0
    for j in np.flatnonzero(pairs[:, 0] >= 0):
        scheme, number = pairs[j]
        if owner[j] < 0:
            track = likeliest[j]
            if track >= 0 and not np.any(state.names[: state.count, scheme] == number):
                state.names[track, scheme] = number
                state.unclassed[track] = 1
        elif likeliest[j] == owner[j]:
            state.strikes[owner[j]] = 0
        else:
            refused += 1
            state.strikes[owner[j]] += 1
            if state.strikes[owner[j]] >= STRIKES:
                state.names[owner[j], scheme] = -1
                state.unclassed[owner[j]] = 1
                state.strikes[owner[j]] = 0
    return refused
