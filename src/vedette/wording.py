"""Numbers, dates and lists as English prose says them; times as they stand in an ISO 8601 text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

NOT_LIVE: Final = {
    "replay": ("REPLAY", "made from a recording, not from a live watch"),
    "simulated": ("SIMULATED", "made by a simulation; nothing of this happened as shown"),
    "exercise": ("EXERCISE", "made for an exercise; not a live event"),
}
"""The mark of every paper whose origin is not live, and what it means."""

EFFECT_WORDS: Final = {"injuries": "Injuries", "damage": "Damage", "flights": "Flights"}

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_NUMBERS: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip


def clock(iso: str) -> str:
    """HH:MM:SS of an ISO 8601 text, as it stands there."""
    return iso[11:19]


def nearest_minute(iso: str) -> str:
    """The time of an ISO 8601 text rounded to the minute, in the same zone: for 'at about'."""
    half = datetime.fromisoformat(iso) + timedelta(seconds=30)
    return half.replace(second=0, microsecond=0).isoformat()


def minute(iso: str) -> str:
    """HH:MM of an ISO 8601 text, as it stands there."""
    return iso[11:16]


def date(iso: str) -> str:
    """11 September 2021."""
    day = datetime.fromisoformat(iso)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def number(count: int) -> str:
    """A small count as a word."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)


def plural(count: int, one: str, many: str | None = None) -> str:
    """One drone, two drones."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def joined(parts: Sequence[str]) -> str:
    """a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
