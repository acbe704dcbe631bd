"""Log-in slowed by account and by address: each further failure doubles the wait. Pure; time is an argument.

Counted is every attempt, before it is known how it ends, so that a thousand at once are no way round; who then gets in
is taken off again. A wait that is not kept is refused without looking at the password, and adds nothing.

A stranger who never stops trying would still take every turn that comes, and so hold an account shut for as long as
he likes. So an account's failures are counted apart at each address where it has got in before, and at this machine
itself: there nobody elsewhere makes it wait. An address is what one party has: of IPv6 the network of 64 bits.
"""

from __future__ import annotations

import ipaddress
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
"""Of one guesser some two thousand tries a day."""
ADDRESS: Final = Pace(free=12, most_s=900.0)
"""Several officers may share an address."""
FORGET_S: Final = 3600.0
MOST_KEPT: Final = 10_000
MOST_HOMES: Final = 1000
HERE: Final = "this machine"
ELSEWHERE: Final = ""


class _Tries(msgspec.Struct):
    failures: int = 0
    last_s: float = 0.0


class Delays:
    """Failures by account and by address. Names without an account count as accounts do."""

    def __init__(self) -> None:
        self._tries: dict[tuple[Pace, str, str], _Tries] = {}
        self._homes: dict[tuple[str, str], None] = {}

    def begin(self, account: str, address: str, now_s: float) -> float:
        """Seconds still to wait; 0: try now, and it is counted as a failure until `passed` is called."""
        keys = self._keys(account, party_of(address))
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
        party = party_of(address)
        of_account, of_address = self._keys(account, party)
        self._tries.pop(of_account, None)
        tries = self._tries.get(of_address)
        if tries is not None:
            tries.failures = max(0, tries.failures - 1)
        self._homes.pop((account, party), None)
        self._homes[account, party] = None
        if len(self._homes) > MOST_HOMES:
            del self._homes[next(iter(self._homes))]

    def _keys(self, account: str, party: str) -> tuple[tuple[Pace, str, str], tuple[Pace, str, str]]:
        at_home = party == HERE or (account, party) in self._homes
        return (ACCOUNT, account, party if at_home else ELSEWHERE), (ADDRESS, ELSEWHERE, party)

    def _wait_s(self, key: tuple[Pace, str, str], now_s: float) -> float:
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


def party_of(address: str) -> str:
    """Whom an address stands for: this machine, an IPv4 address, an IPv6 network of 64 bits."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    if found.is_loopback:
        return HERE
    return str(found) if found.version == 4 else str(ipaddress.ip_network((int(found), 64), strict=False))
