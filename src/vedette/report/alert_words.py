"""What became of an alert after it was raised, each event in a line of the incident's timeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vedette.model import (
    AlertAmended,
    AlertAwaitsNote,
    AlertClosed,
    AlertDismissed,
    AlertEased,
    AlertReturned,
    AnyPayload,
)

_WORDS: Final = {
    "bird": "a bird", "own_drone": "our own drone", "manned_aircraft": "a manned aircraft", "clutter": "clutter",
    "star_or_planet": "a star or planet", "test": "a test", "other": "something else", "real": "real",
}  # fmt: skip


def _dismissed(event: AlertDismissed) -> tuple[str, str, str]:
    what = f"Alert {event.alert} dismissed as {_WORDS.get(event.reason, event.reason)}"
    return "person", what, " · ".join(filter(None, (event.by, event.note)))


def _returned(event: AlertReturned) -> tuple[str, str, str]:
    kind = "alert" if event.by is None else "person"
    what = f"Alert {event.alert} back, priority {event.priority}"
    return kind, what, " · ".join(filter(None, (event.by, event.why)))


def _closed(event: AlertClosed) -> tuple[str, str, str]:
    said = "" if event.reason is None else f": {_WORDS.get(event.reason, event.reason)}"
    kind, by = ("cleared", "by itself") if event.by is None else ("person", event.by)
    return kind, f"Alert {event.alert} closed{said}", " · ".join(filter(None, (by, event.note)))


TELL_ALERTS: Final[dict[type[AnyPayload], Callable[[Any], tuple[str, str, str]]]] = {
    AlertAmended: lambda event: (
        "alert",
        f"Alert {event.alert}: rule {event.rule} holds too, priority {event.priority}",
        event.title,
    ),
    AlertEased: lambda event: ("cleared", f"Alert {event.alert}: rule {event.rule} no longer holds", event.why),
    AlertDismissed: _dismissed,
    AlertReturned: _returned,
    AlertAwaitsNote: lambda event: ("cleared", f"Alert {event.alert} awaits a note", ""),
    AlertClosed: _closed,
}
