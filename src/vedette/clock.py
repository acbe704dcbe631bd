"""Clocks and times. The only module that reads wall time.

A time is a float: seconds since 1970-01-01T00:00:00Z (POSIX, no leap seconds). A float64 holds today's times to 0.3 µs.
Text is ISO 8601 with a zone; text without one is refused, since a time without a zone is a guess.
"""

from __future__ import annotations

import ctypes
import math
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

TICK_S = 0.5
"""Timers fire on this fixed grid of the clock (multiples of 0.5 s since 1970), whatever the speed."""


class Clock(Protocol):
    """The time of the picture. Never goes back."""

    def now_s(self) -> float:
        """The present time, UTC seconds."""
        ...


class LiveClock:
    """Wall time, held from going back: after a step backwards it stands still until wall time has caught up."""

    def __init__(self) -> None:
        self._last_s = -math.inf

    def now_s(self) -> float:
        """Wall time, UTC seconds."""
        self._last_s = max(self._last_s, time.time())
        return self._last_s


class ReplayClock:
    """Recorded time that runs at `speed` times wall time from `start_s`; `speed` infinite means as fast as it goes.

    `due_in_s(t)` says how long to wait, in wall seconds, before recorded time t has come.
    """

    def __init__(self, start_s: float, speed: float) -> None:
        if not speed > 0.0:
            raise ValueError(f"speed must be positive, not {speed}")
        self._start_s, self._speed, self._began_s = start_s, speed, time.monotonic()
        self._reached_s = start_s

    def now_s(self) -> float:
        """Recorded time. At infinite speed: the latest time waited for."""
        if math.isinf(self._speed):
            return self._reached_s
        return self._start_s + (time.monotonic() - self._began_s) * self._speed

    def due_in_s(self, at_s: float) -> float:
        """Wall seconds until recorded time `at_s`, 0 if it has passed."""
        self._reached_s = max(self._reached_s, at_s)
        if math.isinf(self._speed):
            return 0.0
        return max(0.0, (at_s - self.now_s()) / self._speed)


class SimulatedClock:
    """A clock that stands until it is set; for tests and simulations."""

    def __init__(self, start_s: float = 0.0) -> None:
        self._now_s = start_s

    def now_s(self) -> float:
        """The time it was last set to."""
        return self._now_s

    def set(self, to_s: float) -> None:
        """Move to `to_s`; going back is a ValueError."""
        if to_s < self._now_s:
            raise ValueError(f"a clock may not go back: {to_s} < {self._now_s}")
        self._now_s = to_s


def next_tick_s(after_s: float) -> float:
    """The first time of the 0.5 s grid later than `after_s`."""
    return (math.floor(after_s / TICK_S) + 1.0) * TICK_S


def monotonic_s() -> float:
    """Seconds of a clock that never steps, for measuring durations only."""
    return time.monotonic()


def iso_utc(at_s: float) -> str:
    """ISO 8601 in UTC with Z: milliseconds, or microseconds where the time needs them."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(at_s * 1e6))
    spec = "milliseconds" if moment.microsecond % 1000 == 0 else "microseconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")


def iso_local(at_s: float, timezone: str) -> str:
    """ISO 8601 in the named zone with its offset, to the second."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(at_s * 1e6))
    return moment.astimezone(ZoneInfo(timezone)).isoformat(timespec="seconds")


def iso_both(at_s: float, timezone: str) -> str:
    """For a reader, to the minute: `2021-09-11 23:43 (20:43 UTC)`, with the UTC date where that is another."""
    local = iso_local(at_s, timezone)
    utc = iso_local(at_s, "UTC")
    date, hour = utc[:10], utc[11:16]
    return f"{local[:10]} {local[11:16]} ({hour if date == local[:10] else f'{date} {hour}'} UTC)"


def parse_time(text: str, timezone: str | None = None) -> float:
    """UTC seconds of an ISO 8601 text with Z or an offset; one without is taken in `timezone`, where that is given.

    Of an hour that a change of clocks gives twice the first is taken.

    Raises:
        ValueError: not a time, a time without a zone, or one within two days of where the calendar ends: every zone can
            say what is taken here.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("not an ISO 8601 time") from None
    if moment.tzinfo is None and timezone is not None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    if moment.tzinfo is None:
        raise ValueError("a time without zone (write Z or an offset)")
    at_s = (moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1)
    if not _FIRST_S <= at_s <= _LAST_S:
        raise ValueError("not a time of this calendar")
    return at_s


_FIRST_S = datetime(1, 1, 3, tzinfo=UTC).timestamp()
_LAST_S = datetime(9999, 12, 29, tzinfo=UTC).timestamp()


class ClockOffset(msgspec.Struct, frozen=True):
    """What the kernel knows of its own clock. offset_s and max_error_s are None where it cannot say."""

    synchronised: bool
    offset_s: float | None
    max_error_s: float | None


class _Timex(ctypes.Structure):
    """`struct timex` of Linux's adjtimex(2); only the leading fields are read. 208 bytes on 64-bit Linux."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


_STA_UNSYNC, _STA_NANO = 0x0040, 0x2000


def machine_clock_offset() -> ClockOffset:
    """The machine's own clock, as adjtimex(2) tells it: read only, changes nothing."""
    timex = _Timex()
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return ClockOffset(synchronised=False, offset_s=None, max_error_s=None)
    if state < 0 or timex.status & _STA_UNSYNC:
        return ClockOffset(synchronised=False, offset_s=None, max_error_s=None)
    scale = 1e-9 if timex.status & _STA_NANO else 1e-6
    return ClockOffset(synchronised=True, offset_s=timex.offset * scale, max_error_s=timex.maxerror * 1e-6)
