"""What the record is told of what left: each alert by itself, tracks every 30 s, with the outcome."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from vedette.model import AlertCleared, Dispatched, Event, Parcel
from vedette.site import Output

TRACKS_S: Final = 30.0
"""Wall time between two words to the record on the tracks that one partner was told of."""
ALONE: Final = ("alert", "notice")
"""Kinds of parcels that each have their own word to the record; tracks are told of together."""
SENT: Final = "sent"
DROPPED: Final = "dropped"
TOLD_KINDS: Final = frozenset({"dispatched", "alert_cleared"})
REMEMBERED_S: Final = 86_400.0
"""How far back a watch that begins looks for alerts that partners still take for open."""


def still_told(events: Iterable[Event]) -> dict[str, frozenset[str]]:
    """The alerts that each output's partner was told of, and not yet that they are cleared. Events oldest first."""
    cleared: set[str] = set()
    told: dict[str, dict[str, bool]] = {}
    for event in events:
        word = event.payload
        if isinstance(word, AlertCleared):
            cleared.add(word.alert)
        elif isinstance(word, Dispatched) and word.what == "alert" and word.outcome == SENT:
            told.setdefault(word.output, {}).update(dict.fromkeys(word.about, not cleared.isdisjoint(word.about)))
    return {output: frozenset(alert for alert, over in alerts.items() if not over) for output, alerts in told.items()}


class Ledger:
    """One output's words to the record. Wall time is an argument."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._fields = tuple(sorted(output.release.fields))
        self._tracks: dict[str, int] = {}
        self._since_s: float | None = None

    def enter(self, parcel: Parcel, outcome: str, now_s: float) -> tuple[Dispatched, ...]:
        """What is to be recorded now that a parcel is sent, refused (and why) or dropped."""
        if parcel.kind in ALONE:
            digest = hashlib.sha256(parcel.octets).hexdigest()
            return (self._dispatched(parcel.kind, (parcel.about,), 1, outcome, digest),)
        if parcel.kind == "track" and outcome == SENT:
            self._tracks[parcel.about] = self._tracks.get(parcel.about, 0) + 1
            self._since_s = now_s if self._since_s is None else self._since_s
        return self.tracks(now_s)

    def tracks(self, now_s: float, *, last: bool = False) -> tuple[Dispatched, ...]:
        """The word on the tracks, if it is due; `last`: in any case, if there were any."""
        if self._since_s is None or (now_s - self._since_s < TRACKS_S and not last):
            return ()
        told, self._tracks, self._since_s = self._tracks, {}, None
        return (self._dispatched("tracks", tuple(sorted(told)), sum(told.values()), SENT, None),)

    def _dispatched(
        self, what: str, about: tuple[str, ...], messages: int, outcome: str, sha256: str | None
    ) -> Dispatched:
        return Dispatched(
            output=self._output.id,
            partner=self._output.partner,
            release=self._output.release.id,
            what=what,
            about=about,
            fields=self._fields,
            messages=messages,
            outcome=outcome,
            sha256=sha256,
        )
