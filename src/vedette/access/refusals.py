"""Refusals gathered for the record: the first of a kind at once, the rest as one count a minute. Pure."""

from __future__ import annotations

from typing import Final

import msgspec

from vedette.model.access import AccessRefused

GATHER_S: Final = 60.0
MOST_KINDS: Final = 100
"""Beyond so many at a time, addresses are no longer told apart."""
MANY: Final = "many"

Kind = tuple[str | None, str, str]


class _Gathered(msgspec.Struct):
    since_s: float
    count: int = 0
    first_s: float = 0.0
    last_s: float = 0.0


class Refusals:
    """What was refused to whom, from where, and why."""

    def __init__(self) -> None:
        self._kinds: dict[Kind, _Gathered] = {}

    def add(self, user: str | None, address: str, why: str, now_s: float) -> AccessRefused | None:
        """One refusal; the event, if it is the first of its kind for a minute."""
        kind = user, address, why
        if kind not in self._kinds and len(self._kinds) >= MOST_KINDS:
            kind = None, MANY, why
        found = self._kinds.get(kind)
        if found is None:
            self._kinds[kind] = _Gathered(since_s=now_s)
            return AccessRefused(user=kind[0], address=kind[1], why=why, count=1, first_s=now_s, last_s=now_s)
        if found.count == 0:
            found.first_s = now_s
        found.count, found.last_s = found.count + 1, now_s
        return None

    def due(self, now_s: float, *, all_: bool = False) -> list[AccessRefused]:
        """The counts whose minute is over, or all."""
        over = [kind for kind, one in self._kinds.items() if all_ or now_s - one.since_s >= GATHER_S]
        told = []
        for user, address, why in over:
            one = self._kinds.pop((user, address, why))
            if one.count > 0:
                told.append(
                    AccessRefused(
                        user=user,
                        address=address,
                        why=why,
                        count=one.count,
                        first_s=one.first_s,
                        last_s=one.last_s,
                    )
                )
                if not all_:
                    self._kinds[user, address, why] = _Gathered(since_s=now_s)
        return told
