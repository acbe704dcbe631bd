"""How long to wait before an output is tried again. Pure: randomness is an argument."""

from __future__ import annotations

import random

from vedette.outputs.seam import Later


class BackOff:
    """Waits that double from the first to the longest, each shortened at random by up to half.

    What a partner asks for (`Later`) comes on top: a whole crowd that was told the same does not come back at once.
    """

    def __init__(self, first_s: float, longest_s: float, rng: random.Random) -> None:
        self._first_s, self._longest_s, self._rng = first_s, longest_s, rng
        self._failures = 0

    def reset(self) -> None:
        """Something was sent."""
        self._failures = 0

    def next_s(self, error: BaseException | None = None) -> float:
        """The wait after one more failure."""
        wait_s = min(self._longest_s, self._first_s * 2.0 ** min(self._failures, 16))
        self._failures += 1
        asked_s = error.after_s if isinstance(error, Later) else 0.0
        return asked_s + wait_s * (1.0 - 0.5 * self._rng.random())
