"""The two ends of a feed's line: who brings octets, and who takes them."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of octets: units taken, rejected by reason, and shed because the watch could not keep up."""

    taken: int = 0
    rejected: dict[str, int] = msgspec.field(default_factory=dict)
    shed: int = 0


class Listener(Protocol):
    """Takes what a line brings. Its methods are called on the loop, never block, and may raise what ends the line."""

    def opened(self) -> None:
        """The line is open; nothing has been heard on it yet."""
        ...

    def receive(self, octets: bytes) -> Receipt:
        """A datagram, a message, or a piece of a stream."""
        ...

    def refuse(self, reason: str, count: int = 1) -> None:
        """What the line itself did not take, for a reason to count."""
        ...

    def lose(self, count: int) -> None:
        """What the line had to drop because it was not taken fast enough."""
        ...
