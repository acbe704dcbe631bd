"""Track numbers: counted from 1, never reused, and the same again when a late look makes the tracker run once more."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from vedette.sensing.measurement import Measured

LookKey = tuple[float, int, str, bytes]
Given = dict[LookKey, tuple[tuple[int, tuple[int, ...]], ...]]
"""By look: first number and the rows that were given it and those after it, in turn. The tuples are never changed."""
Ints = npt.NDArray[np.int64]


class Numbering:
    """The counter, and which detection got which number within the late window.

    When looks are run again, a track that starts from the same detection gets the number it had, so that a late look
    renames nothing. Looks of equal time must not depend on their order of arrival: before the second of them is run,
    `back` forgets what the first was given.
    """

    def __init__(self) -> None:
        self.next = 1
        self.given: Given = {}

    def give(self, look: Measured, rows: Ints) -> Ints:
        """The numbers (n,) of the tracks that start from rows (n,) of a look (negative: from a crossing)."""
        key = (look.observed_s, look.sensor, look.look, look.digest)
        known = self.given.get(key, ())
        before = {row: first + place for first, some in known for place, row in enumerate(some)}
        fresh = tuple(row for row in rows.tolist() if row not in before) if before else tuple(rows.tolist())
        if not fresh:
            return np.array([before[row] for row in rows.tolist()], dtype=np.int64)
        self.given[key] = (*known, (self.next, fresh))
        self.next += len(fresh)
        if not before:
            return np.arange(self.next - len(fresh), self.next)
        return self.give(look, rows)

    def forget(self, before_s: float) -> None:
        """Drop what no late look can ask for again."""
        for key in [key for key in self.given if key[0] < before_s]:
            del self.given[key]

    def mark(self) -> tuple[int, Given]:
        """What `back` needs to return here."""
        return self.next, dict(self.given)

    def back(self, mark: tuple[int, Given]) -> None:
        """Return to a mark."""
        self.next, self.given = mark[0], dict(mark[1])

    @classmethod
    def of_mark(cls, mark: tuple[int, Given]) -> Numbering:
        """A numbering that stands at a mark."""
        numbering = cls()
        numbering.back(mark)
        return numbering

    def pack(self) -> dict[str, Any]:
        """Plain values, for a snapshot."""
        given = [[*key, [[first, list(rows)] for first, rows in some]] for key, some in self.given.items()]
        return {"next": self.next, "given": given}

    @classmethod
    def unpack(cls, packed: dict[str, Any]) -> Numbering:
        """What `pack` was given."""
        numbering = cls()
        numbering.next = int(packed["next"])
        numbering.given = {
            (at, sensor, look, digest): tuple((first, tuple(rows)) for first, rows in some)
            for at, sensor, look, digest, some in packed["given"]
        }
        return numbering
