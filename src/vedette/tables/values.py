"""Single values out of raw rows: times with zone, numbers finite and in range, texts; what is wrong is said exactly."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from vedette.clock import parse_time
from vedette.tables.files import Written

EARLIEST_S, LATEST_S = 0.0, 7_258_118_400.0
"""1970 and 2200: a time outside is a clock that was never set, or a mistake of units."""


class Wrong(ValueError):
    """A value that cannot be used: a short fixed reason to count, and the key, value and words to show."""

    def __init__(self, reason: str, key: str, value: object, why: str) -> None:
        self.reason, self.key, self.value, self.why = reason, key, value, why
        super().__init__(why)


def time_of(raw: Any) -> float:
    """The row's time_utc, seconds since 1970.

    Raises:
        Wrong: missing, no ISO 8601 time, or one without a zone.
    """
    value = raw.get("time_utc")
    if value in (None, ""):
        raise Wrong("missing_value", "time_utc", "", "missing")
    try:
        time_s = parse_time(str(value))
    except (ValueError, OverflowError) as error:
        raise Wrong("bad_time", "time_utc", value, str(error)) from None
    if not EARLIEST_S <= time_s < LATEST_S:
        raise Wrong("bad_time", "time_utc", value, "must lie between the years 1970 and 2200")
    return time_s


def number_of(name: str, value: object, limits: tuple[float, float]) -> float:
    """A finite number within its limits, both included.

    Raises:
        Wrong: anything else.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, Written)):
        raise Wrong("bad_number", name, value, "not a number")
    if isinstance(value, Written) and (not value.isascii() or "_" in value):
        raise Wrong("bad_number", name, value, "not a number")  # Python's float takes 1_000 and ١٢ too
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise Wrong("bad_number", name, value, "not a number") from None
    if not math.isfinite(number):
        raise Wrong("bad_number", name, value, "not a finite number")
    least, most = limits
    if not least <= number <= most:
        raise Wrong("out_of_range", name, value, f"must lie between {least:g} and {most:g}")
    return number


def optional_number(raw: Any, name: str, limits: tuple[float, float]) -> float | None:
    """A number within its limits, None where it is empty.

    Raises:
        Wrong: anything else.
    """
    value = raw.get(name)
    return None if value in (None, "") else number_of(name, value, limits)


def text_of(raw: Any, name: str) -> str | None:
    """A text (a number of a typed table as one, such as a scan's), None where it is empty.

    Raises:
        Wrong: anything else.
    """
    value = raw.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Wrong("bad_text", name, value, "not a text")
    text = str(value)
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        # JSON can escape half a letter; it could not be recorded
        raise Wrong("bad_text", name, text.encode("ascii", "backslashreplace").decode(), "not Unicode text")
    return text


def needed_text(raw: Any, name: str) -> str:
    """A text that has to stand there.

    Raises:
        Wrong: it is empty.
    """
    text = text_of(raw, name)
    if text is None:
        raise Wrong("missing_value", name, "", "missing")
    return text
