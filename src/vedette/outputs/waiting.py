"""What waits to be sent to one partner: bounded, the newest word on a track only, alerts before all else."""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import msgspec

from vedette.model import Parcel

TRACK_PARCELS: Final = 4096
"""Messages on tracks that wait at most: some seconds of a crowded sky."""
URGENT_PARCELS: Final = 1024
"""Alerts that wait at most, a partner being away for days; the oldest give way, counted."""
OLD_S: Final = 10.0
"""A word on where a track is that has waited longer is not sent: the next one is due within a second."""

Key = tuple[str, str, str]


class _Held(msgspec.Struct, frozen=True):
    """A parcel, and when it was put (wall seconds)."""

    parcel: Parcel
    since_s: float


class Waiting:
    """The parcels of one output. Time is an argument. `shed` are those given up since it was last emptied by the owner.

    Order: urgent ones first, as they came. Then, by track and topic, as the oldest waiting word on it came. The end of
    a track takes the place of all words on it and is itself never replaced.

    Args:
        keep_s: an alert that has waited longer is shed; None: none is, for its age.
    """

    def __init__(self, keep_s: float | None = None) -> None:
        self._keep_s = math.inf if keep_s is None else keep_s
        self.replaced = 0
        self.shed: list[Parcel] = []
        self._urgent: deque[_Held] = deque()
        self._others: dict[Key, _Held] = {}
        self._taken: _Held | None = None

    def __len__(self) -> int:
        return len(self._urgent) + len(self._others)

    def alerts(self) -> frozenset[str]:
        """The alerts that something waits about."""
        return frozenset(held.parcel.about for held in self._urgent)

    def put(self, parcel: Parcel, now_s: float) -> None:
        """Let a parcel wait. Never blocks; what has no room gives way and is counted."""
        held = _Held(parcel, now_s)
        if parcel.urgent:
            self._urgent.append(held)
            if len(self._urgent) > URGENT_PARCELS:
                self.shed.append(self._urgent.popleft().parcel)
            return
        if parcel.kind == "track_end":
            for key in [key for key in self._others if key[0] == "track" and key[1] == parcel.about]:
                del self._others[key]
                self.replaced += 1
        key = (parcel.kind, parcel.about, parcel.topic)
        self.replaced += key in self._others
        self._others[key] = held
        if len(self._others) > TRACK_PARCELS:
            self.shed.append(self._others.pop(next(iter(self._others))).parcel)

    def put_back(self, parcel: Parcel, now_s: float) -> None:
        """Let a parcel that could not be sent wait as the next one, unless a newer one took its place.

        The one last taken has waited since it was first put.
        """
        taken = self._taken
        held = taken if taken is not None and taken.parcel is parcel else _Held(parcel, now_s)
        if parcel.urgent:
            self._urgent.appendleft(held)
            return
        key = (parcel.kind, parcel.about, parcel.topic)
        ended = parcel.kind == "track" and any(k[:2] == ("track_end", parcel.about) for k in self._others)
        if key in self._others or ended:
            self.replaced += 1
        else:
            self._others = {key: held, **self._others}

    def take(self, now_s: float) -> Parcel | None:
        """The next parcel, None if none waits."""
        while self._urgent:
            held = self._taken = self._urgent.popleft()
            if now_s - held.since_s <= self._keep_s:
                return held.parcel
            self.shed.append(held.parcel)
        while self._others:
            held = self._taken = self._others.pop(next(iter(self._others)))
            if held.parcel.kind != "track" or now_s - held.since_s <= OLD_S:
                return held.parcel
            self.shed.append(held.parcel)
        return None
