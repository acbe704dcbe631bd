"""Track numbers: counted from 1, never reused, and the same again when a late look makes the tracker run once more."""

from __future__ import annotations

from typing import Any

from vedette.sensing.measurement import Measured

Birth = tuple[float, int, str, bytes, int]


class Numbering:
    """The counter, and which detection got which number within the late window.

    When looks are run again, a track that starts from the same detection gets the number it had, so that a late look
    renames nothing. Looks of equal time must not depend on their order of arrival: before the second of them is run,
    `back` forgets what the first was given.
    """

    def __init__(self) -> None:
        self.next = 1
        self.given: dict[Birth, int] = {}

    def give(self, look: Measured, row: int) -> int:
        """The number of the track that starts from a row of a look (negative: from a crossing)."""
        birth = (look.observed_s, look.sensor, look.look, look.digest, row)
        if birth not in self.given:
            self.given[birth] = self.next
            self.next += 1
        return self.given[birth]

    def forget(self, before_s: float) -> None:
        """Drop what no late look can ask for again."""
        if self.given and next(iter(self.given))[0] < before_s:
            self.given = {birth: number for birth, number in self.given.items() if birth[0] >= before_s}

    def mark(self) -> tuple[int, dict[Birth, int]]:
        """What `back` needs to return here."""
        return self.next, dict(self.given)

    def back(self, mark: tuple[int, dict[Birth, int]]) -> None:
        """Return to a mark."""
        self.next, self.given = mark[0], dict(mark[1])

    @classmethod
    def of_mark(cls, mark: tuple[int, dict[Birth, int]]) -> Numbering:
        """A numbering that stands at a mark."""
        numbering = cls()
        numbering.back(mark)
        return numbering

    def pack(self) -> dict[str, Any]:
        """Plain values, for a snapshot."""
        return {"next": self.next, "given": [[*birth, number] for birth, number in self.given.items()]}

    @classmethod
    def unpack(cls, packed: dict[str, Any]) -> Numbering:
        """What `pack` was given."""
        numbering = cls()
        numbering.next = int(packed["next"])
        numbering.given = {(row[0], row[1], row[2], row[3], row[4]): row[5] for row in packed["given"]}
        return numbering
