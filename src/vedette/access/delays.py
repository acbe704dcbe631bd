"""Log-in slowed by account and by address: each further failure doubles the wait. Pure; time is an argument.

Counted is every attempt, before it is known how it ends, so that a thousand at once are no way round; who then gets in
is taken off again. A wait that is not kept is refused without looking at the password, and adds nothing: nobody can
hold an account shut for longer than its longest wait.
"""

from __future__ import annotations

from typing import Final

import msgspec


class Pace(msgspec.Struct, frozen=True):
    """free: failures without a wait. most_s: the longest wait."""

    free: int
    most_s: float

    def wait_s(self, failures: int) -> float:
        """How long to wait after so many failures in a row: 1 s, 2 s, 4 s and so on."""
        return min(self.most_s, 2.0 ** min(failures - self.free, 30)) if failures >= self.free else 0.0


ACCOUNT: Final = Pace(free=4, most_s=60.0)
"""An account can be held up by a stranger, so never for longer than a minute."""
ADDRESS: Final = Pace(free=12, most_s=900.0)
"""Several officers may share an address."""
FORGET_S: Final = 3600.0
MOST_KEPT: Final = 10_000


class _Tries(msgspec.Struct):
    failures: int = 0
    last_s: float = 0.0


class Delays:
    """Failures by account and by address. Names without an account count as accounts do."""

    def __init__(self) -> None:
        self._tries: dict[tuple[Pace, str], _Tries] = {}

    def begin(self, account: str, address: str, now_s: float) -> float:
        """Seconds still to wait; 0: try now, and it is counted as a failure until `passed` is called."""
        keys = (ACCOUNT, account), (ADDRESS, address)
        wait_s = max(self._wait_s(key, now_s) for key in keys)
        if wait_s <= 0.0:
            for key in keys:
                tries = self._tries.pop(key, _Tries())
                tries.failures, tries.last_s = tries.failures + 1, now_s
                self._tries[key] = tries  # the last: those tried longest ago stand first
            self._bound()
        return wait_s

    def passed(self, account: str, address: str) -> None:
        """The attempt that was begun got in: the account starts anew, the address keeps its other failures."""
        self._tries.pop((ACCOUNT, account), None)
        tries = self._tries.get((ADDRESS, address))
        if tries is not None:
            tries.failures = max(0, tries.failures - 1)

    def _wait_s(self, key: tuple[Pace, str], now_s: float) -> float:
        tries = self._tries.get(key)
        if tries is None:
            return 0.0
        if now_s - tries.last_s > FORGET_S:
            del self._tries[key]
            return 0.0
        return max(0.0, tries.last_s + key[0].wait_s(tries.failures) - now_s)

    def _bound(self) -> None:
        while len(self._tries) > MOST_KEPT:
            del self._tries[next(iter(self._tries))]
