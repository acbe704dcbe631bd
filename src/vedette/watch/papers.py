"""An incident's papers, made from the record that is being written or lies there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from vedette.model import Alert, Event, Incident, SmoothedPath, TrackPoint
from vedette.record import head_text, read_events
from vedette.report import (
    Case,
    Proof,
    incident_document,
    render,
    sensors_part,
    statement,
    timeline,
    traced,
    watched,
)
from vedette.site import Site
from vedette.watch.afterwards import joined, smoothed_paths

MARGIN_S = 120.0
"""How much before an incident's opening its tracks are drawn and its events told."""


class Papers:
    """Makes documents and reports of one folder's incidents. Reads the record, writes nothing."""

    def __init__(self, site: Site, folder: Path) -> None:
        self._site, self._folder = site, folder

    def paths(self, incident: Incident, progress: Callable[[int, int], None] | None = None) -> tuple[SmoothedPath, ...]:
        """The smoothed paths of the incident's tracks; takes seconds, which a live watch has not."""
        return smoothed_paths(self._site, incident, self._events(incident), progress)

    def document(
        self, incident: Incident, alerts: Iterable[Alert], paths: Sequence[SmoothedPath] = ()
    ) -> dict[str, Any]:
        """The incident's JSON."""
        return incident_document(incident, self._site, tuple(alerts), paths)

    def case(self, incident: Incident, alerts: Iterable[Alert]) -> dict[str, Any]:
        """What the record holds of an incident beside its document: timeline, sensors, and the events behind each id.

        timeline [{local, utc, kind, what, detail, evidence}], sensors as in vedette.report.sensors, statement and
        statements as in the document, each sentence with its `events`.
        """
        events = self._events(incident)
        document = traced(self.document(incident, alerts), events)
        points = _points_of(incident, events)
        return {
            "id": incident.incident,
            "origin": incident.origin.value,
            "timeline": [msgspec.structs.asdict(row) for row in timeline(document, self._site, events, points)],
            "sensors": self._sensors(incident, points),
            "statement": document["statement"],
            "statements": document["statements"],
        }

    def render(
        self, format_name: str, incident: Incident, alerts: Iterable[Alert], paths: Sequence[SmoothedPath] = ()
    ) -> bytes:
        """One paper in one of `vedette.report.FORMATS`, with smoothed paths in place of the recorded ones where given.

        Raises:
            KeyError: no such format.
        """
        events = self._events(incident)
        document = traced(self.document(incident, alerts, paths), events)
        points = _points_of(incident, events)
        case = Case(
            document=document,
            site=self._site,
            points=joined(points, paths),
            events=events,
            statement=statement(document),
            proof=self._proof(),
            sensors=self._sensors(incident, joined(points, paths)),
        )
        return render(format_name, case)

    def checkpoint(self) -> str | None:
        """The record's newest checkpoint, None before the first."""
        return self._proof().checkpoint

    def _sensors(self, incident: Incident, points: Sequence[TrackPoint]) -> list[dict[str, Any]]:
        feeds = tuple(read_events(self._folder, kind="feed_changed"))
        return sensors_part(watched(self._site, incident.tracks, points, feeds), self._site)

    def _proof(self) -> Proof:
        lines = (head_text(self._folder) or "").splitlines()
        return Proof(head=lines[0] if lines else None, checkpoint=lines[1] if len(lines) > 1 else None)

    def _events(self, incident: Incident) -> list[Event]:
        """The record's events about the incident's time, its track points among them."""
        return list(read_events(self._folder, since_s=incident.opened_s - MARGIN_S))


def _points_of(incident: Incident, events: Iterable[Event]) -> list[TrackPoint]:
    names = {track.track for track in incident.tracks}
    return [e.payload for e in events if isinstance(e.payload, TrackPoint) and e.payload.track in names]
