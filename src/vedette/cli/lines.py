"""One line of `vedette inspect`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.clock import iso_utc
from vedette.feeds.recording import Unit
from vedette.model import Rejected

Line = dict[str, Any]
Timed = tuple[float | None, Unit]


def line_of(kind: str, message: int, at_s: float | None, known: Mapping[str, Any]) -> Line:
    """A line; what is None is left out, but for time_utc."""
    line: Line = {"kind": kind, "message": message, "time_utc": None if at_s is None else iso_utc(at_s)}
    return line | {name: value for name, value in known.items() if value is not None}


def rejected_line(message: int, at_s: float | None, rejected: Rejected) -> Line:
    """The line of what could not be taken."""
    return line_of("rejected", message, at_s, {"reason": rejected.reason, "offset": rejected.offset})
