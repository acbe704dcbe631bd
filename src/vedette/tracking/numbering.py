"""Track numbers: counted from 1, never reused, and the same again when a late look makes the tracker run once more."""

from __future__ import annotations

from typing import Any

from vedette.sensing.measurement import Measured

LookKey = tuple[float, int, str, bytes]
Given = dict[LookKey, dict[int, int]]


class Numbering:
    """The counter, and which detection got which number within the late window.

    When looks are run again, a track that starts from the same detection gets the number it had, so that a late look
    renames nothing. Looks of equal time must not depend on their order of arrival: before the second of them is run,
    `back` forgets what the first was given.
    """

    def __init__(self) -> None:
        self.next = 1
        self.given: Given = {}

    def give(self, look: Measured, rows: list[int]) -> list[int]:
        """The numbers of the tracks that start from rows of a look (negative: from a crossing)."""
        given = self.given.setdefault((look.observed_s, look.sensor, look.look, look.digest), {})
        for row in rows:
            if row not in given:
                given[row] = self.next
                self.next += 1
        return [given[row] for row in rows]

    def forget(self, before_s: float) -> None:
        """Drop what no late look can ask for again."""
        for key in [key for key in self.given if key[0] < before_s]:
            del self.given[key]

    def mark(self) -> tuple[int, Given]:
        """What `back` needs to return here."""
        return self.next, {key: dict(rows) for key, rows in self.given.items()}

    def back(self, mark: tuple[int, Given]) -> None:
        """Return to a mark."""
        self.next, self.given = mark[0], {key: dict(rows) for key, rows in mark[1].items()}

    @classmethod
    def of_mark(cls, mark: tuple[int, Given]) -> Numbering:
        """A numbering that stands at a mark."""
        numbering = cls()
        numbering.back(mark)
        return numbering

    def pack(self) -> dict[str, Any]:
        """Plain values, for a snapshot."""
        given = [[*key, list(rows.items())] for key, rows in self.given.items()]
        return {"next": self.next, "given": given}

    @classmethod
    def unpack(cls, packed: dict[str, Any]) -> Numbering:
        """What `pack` was given."""
        numbering = cls()
        numbering.next = int(packed["next"])
        numbering.given = {(at, sensor, look, digest): dict(rows) for at, sensor, look, digest, rows in packed["given"]}
        return numbering
