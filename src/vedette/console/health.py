"""Health of the watch as the console shows it."""

from __future__ import annotations

import msgspec

from vedette.clock import ClockOffset
from vedette.model import AlarmTest, ExerciseState, FeedHealth, OutputHealth


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What one output made of the last test alarm.

    state: taken, waiting (not sent yet), refused by the partner, dropped (too late), not_open (a replay or a simulation
    tells nobody), not_asked (its release rule has no alerts). detail: why, in words.
    """

    output: str
    partner: str
    state: str
    detail: str = ""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The watch's own health, at one time.

    now_s: the picture's clock (recorded time in a replay). clock: the machine's own. speed: recorded seconds a wall
    second, None: as fast as it goes. ended: a replay has come to its end, the picture stands. dropped: what bounded
    queues shed, by name. problems: what the officer must be told (pipeline restarted, disk nearly full). test_alarm:
    the last one; test_outputs: what came of it; test_overdue: there was none for as long as the site allows. exercise:
    the one that runs beside this watch, or that this is.
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
    test_alarm: AlarmTest | None = None
    test_outputs: tuple[Tried, ...] = ()
    test_overdue: bool = False
    outputs: tuple[OutputHealth, ...] = ()
    exercise: ExerciseState | None = None
