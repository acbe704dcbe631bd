"""Health of the watch as the console shows it."""

from __future__ import annotations

import msgspec

from vedette.clock import ClockOffset
from vedette.model import FeedHealth, OutputHealth


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The watch's own health, at one time.

    now_s: the picture's clock (recorded time in a replay). clock: the machine's own. speed: recorded seconds a wall
    second, None: as fast as it goes. ended: a replay has come to its end, the picture stands. dropped: what bounded
    queues shed, by name. problems: what the officer must be told (pipeline restarted, disk nearly full).
    """

    now_s: float
    feeds: tuple[FeedHealth, ...]
    clock: ClockOffset | None
    speed: float | None = 1.0
    ended: bool = False
    queue_length: int = 0
    queue_limit: int = 0
    dropped: dict[str, int] = {}
    problems: tuple[str, ...] = ()
    outputs: tuple[OutputHealth, ...] = ()
