"""What was heard of late, by name: forgotten after a silence, and bounded in number, whoever makes up names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Lately(Generic[T]):
    """Names with what is remembered of each, in the order last heard: the longest silent make room.

    Args:
        make: what is remembered of a new name. forget_s: silence after which it is forgotten. most: names kept.
    """

    def __init__(self, make: Callable[[], T], forget_s: float, most: int) -> None:
        self._make, self._forget_s, self._most = make, forget_s, most
        self._held: dict[str, T] = {}
        self._heard_s: dict[str, float] = {}

    def __len__(self) -> int:
        """How many names."""
        return len(self._held)

    def hear(self, name: str, now_s: float, *, new: bool = True) -> T | None:
        """What is remembered of a name heard now; of an unknown one something new, or None without `new`."""
        heard_s = self._heard_s
        held = self._held.get(name)
        if held is not None and now_s - heard_s.pop(name) > self._forget_s:
            held = None
            del self._held[name]
        if held is None:
            if not new:
                return None
            held = self._held[name] = self._make()
        heard_s[name] = now_s  # which puts it last
        while True:
            first = next(iter(heard_s))
            if len(heard_s) <= self._most and now_s - heard_s[first] <= self._forget_s:
                return held
            del heard_s[first], self._held[first]

    def peek(self, name: str) -> T | None:
        """What is remembered of a name, not heard now."""
        return self._held.get(name)
