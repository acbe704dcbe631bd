"""An incident's papers, made from the record that is being written or lies there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from vedette.model import Alert, AttributionSigned, Event, Incident, SiteVersion, SmoothedPath, TrackPoint
from vedette.record import CHECKPOINTS, head_text, read_checkpoints, read_events
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
from vedette.site import Site, site_from_text
from vedette.watch.afterwards import joined, smoothed_paths

MARGIN_S = 120.0
"""How much before an incident's opening its tracks are drawn and its events told."""


class Papers:
    """Makes documents and reports of one folder's incidents. Reads the record, writes nothing.

    Each is made of the site as it was when the incident opened: a fence that was moved since moves no old impact.
    """

    def __init__(self, site: Site, folder: Path) -> None:
        self._site, self._folder = site, folder

    def paths(self, incident: Incident, progress: Callable[[int, int], None] | None = None) -> tuple[SmoothedPath, ...]:
        """The smoothed paths of the incident's tracks; takes seconds, which a live watch has not."""
        return smoothed_paths(self._site_of(incident), incident, self._events(incident), progress)

    def document(
        self, incident: Incident, alerts: Iterable[Alert], paths: Sequence[SmoothedPath] = ()
    ) -> dict[str, Any]:
        """The incident's JSON."""
        return incident_document(incident, self._site_of(incident), tuple(alerts), paths)

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
            "timeline": [
                msgspec.structs.asdict(row) for row in timeline(document, self._site_of(incident), events, points)
            ],
            "sensors": self._sensors(incident, points),
            "statement": document["statement"],
            "statements": document["statements"],
        }

    def render(
        self,
        format_name: str,
        incident: Incident,
        alerts: Iterable[Alert],
        paths: Sequence[SmoothedPath] = (),
        *,
        pending: bool = False,
    ) -> bytes:
        """One paper in one of `vedette.report.FORMATS`, with smoothed paths in place of the recorded ones where given.

        pending: such paths are being made.

        Raises:
            KeyError: no such format.
        """
        events = self._events(incident)
        site = self._site_of(incident)
        document = self._sealed(traced(self.document(incident, alerts, paths), events), events)
        points = _points_of(incident, events)
        case = Case(
            document=document,
            site=site,
            points=joined(points, paths),
            events=events,
            statement=statement(document),
            proof=self._proof(),
            sensors=self._sensors(incident, joined(points, paths)),
            pending=pending,
        )
        return render(format_name, case)

    def checkpoint(self) -> str | None:
        """The record's newest checkpoint, None before the first."""
        return self._proof().checkpoint

    def _sealed(self, document: dict[str, Any], events: Sequence[Event]) -> dict[str, Any]:
        """With the checkpoint by which each attribution that two persons signed is signed by the machine."""
        signed = {
            event.payload.attribution: event.seq for event in events if isinstance(event.payload, AttributionSigned)
        }
        if not signed:
            return document
        log = read_checkpoints(self._folder / CHECKPOINTS)

        def seal(id_: str) -> str | None:
            first = signed.get(id_)
            return next((str(one) for one in log if first is not None and one.seq >= first), None)

        return {**document, "attributions": [{**one, "seal": seal(one["id"])} for one in document["attributions"]]}

    def _site_of(self, incident: Incident) -> Site:
        """The site as it was when the incident opened; the earliest known where that is before any."""
        then: SiteVersion | None = None
        for event in read_events(self._folder, kind="site_version"):
            if isinstance(event.payload, SiteVersion) and (then is None or event.received_s <= incident.opened_s):
                then = event.payload
        if then is None or then.sha256 == self._site.sha256:
            return self._site
        return site_from_text(then.toml, then.geometry)

    def _sensors(self, incident: Incident, points: Sequence[TrackPoint]) -> list[dict[str, Any]]:
        feeds = tuple(read_events(self._folder, kind="feed_changed"))
        site = self._site_of(incident)
        return sensors_part(watched(site, incident.tracks, points, feeds), site)

    def _proof(self) -> Proof:
        lines = (head_text(self._folder) or "").splitlines()
        return Proof(head=lines[0] if lines else None, checkpoint=lines[1] if len(lines) > 1 else None)

    def _events(self, incident: Incident) -> list[Event]:
        """The record's events about the incident's time, its track points among them."""
        return list(read_events(self._folder, since_s=incident.opened_s - MARGIN_S))


def _points_of(incident: Incident, events: Iterable[Event]) -> list[TrackPoint]:
    names = {track.track for track in incident.tracks}
    return [e.payload for e in events if isinstance(e.payload, TrackPoint) and e.payload.track in names]
