"""False alarms as counted: by rule, by sensor, by reason, over the last day of the watch."""

from __future__ import annotations

import msgspec


class Span(msgspec.Struct, frozen=True):
    """A stretch of time for which the watch ran: received times."""

    began_s: float
    last_s: float


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts of one rule, or to which one sensor had a part; false: those that a person said were nothing."""

    name: str
    alerts: int
    false: int


class FalseAlarms(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts raised in the last `window_s` until `at_s`, of which the watch ran for watched_s.

    false: those a person said were nothing, and why; unsaid: of those nobody has said what they were. An alert that two
    sensors saw counts for both. by_reason: false alone.
    """

    at_s: float
    window_s: float
    watched_s: float
    alerts: int
    false: int
    unsaid: int
    by_rule: tuple[Counted, ...]
    by_sensor: tuple[Counted, ...]
    by_reason: dict[str, int]
