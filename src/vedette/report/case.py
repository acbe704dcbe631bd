"""What a paper is made of: the incident, what the record holds of it, and what shows that the record is whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from vedette.clock import parse_time
from vedette.model import CaptureClosed, Event, TrackPoint
from vedette.report.statement import Statement
from vedette.site import Site


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """By what the record is known again; None where there is none.

    head: number and hash of its newest event. checkpoint: the newest line of checkpoints.log, as it stands there.
    """

    head: str | None = None
    checkpoint: str | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One incident, ready for any format.

    Args:
        document: from `incident_document`.
        statement: the first statement, from the same document.
        points: of its tracks; those of other tracks are passed over.
        events: of the record; each part takes what belongs to the incident.
        sensors: from vedette.report.sensors, where the record was read for it.
        pending: smoothed paths, or better ones, are being made.
    """

    document: dict[str, Any]
    site: Site
    statement: Statement
    points: Sequence[TrackPoint] = ()
    events: Sequence[Event] = ()
    proof: Proof = Proof()
    sensors: Sequence[dict[str, Any]] = ()
    pending: bool = False

    def own_points(self, track: str) -> list[TrackPoint]:
        """Those of one track with a known place, by time."""
        return [one for one in self.points if one.track == track and one.latitude_deg is not None]

    @property
    def captures(self) -> list[CaptureClosed]:
        """Capture files that can hold bytes of the incident's time: of each feed up to the first closed after its end.

        A file still being written is not in the record yet, and not here.
        """
        tracks = self.document["tracks"]
        opened_s = parse_time(self.document["opened_utc"])
        first_s = min([opened_s, *(parse_time(track["first_utc"]) for track in tracks)])
        last_s = max([opened_s, *(parse_time(track["last_utc"]) for track in tracks)])
        whole: set[str] = set()
        found = []
        for event in self.events:
            closed = event.payload
            if isinstance(closed, CaptureClosed) and event.observed_s >= first_s and closed.feed not in whole:
                found.append(closed)
                if event.observed_s > last_s:
                    whole.add(closed.feed)
        return found
