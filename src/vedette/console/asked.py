"""What questions and bodies hold that several routes read alike: times, and places in the record."""

from __future__ import annotations

from typing import Final, Literal, overload

from vedette.clock import parse_time
from vedette.console.errors import ApiError

_LAST: Final = 2**63
"""SQLite's integers end before it."""


@overload
def seconds_of(key: str, text: str, code: Literal["bad_query", "bad_body"] = "bad_query") -> float: ...
@overload
def seconds_of(key: str, text: str | None, code: Literal["bad_query", "bad_body"] = "bad_query") -> float | None: ...
def seconds_of(key: str, text: str | None, code: Literal["bad_query", "bad_body"] = "bad_query") -> float | None:
    """Seconds UTC of an ISO 8601 time with Z or its offset; ApiError 400 of that code for anything else."""
    if text is None:
        return None
    try:
        return parse_time(text)
    except ValueError as error:
        raise ApiError(400, code, f"{key}: {error}") from None


def check_place(key: str, seq: int) -> None:
    """ApiError 400 for a number that no event of a record can have."""
    if not 0 <= seq < _LAST:
        raise ApiError(400, "bad_query", f"{key}: is no place in a record")
