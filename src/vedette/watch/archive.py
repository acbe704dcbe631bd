"""A folder's incidents and papers, read from its record alone; a watch may be writing it meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from vedette.errors import BadInput, RecordError
from vedette.history import past_of
from vedette.model import Alert, HandOver, Incident, PastImported, PastIncident, SiteVersion, SmoothedPath
from vedette.post import KINDS, Post
from vedette.record import read_events
from vedette.report import FORMATS
from vedette.site import Site, site_from_text
from vedette.watch.papers import Papers


class Archive:
    """The state of a record's alerts and incidents, as the fold of its events.

    Raises:
        RecordError: no record in the folder, or one that cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site = self._newest_site()
        self._post = Post(self.site)
        for event in read_events(folder, kind=KINDS):
            self._post.apply(event)
        self._papers = Papers(self.site, folder)

    def _newest_site(self) -> Site:
        newest: SiteVersion | None = None
        for event in read_events(self.folder, kind="site_version"):
            if isinstance(event.payload, SiteVersion):
                newest = event.payload
        if newest is None:
            raise RecordError(self.folder, "the record names no site: no watch was kept here")
        return site_from_text(newest.toml, newest.geometry)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """All incidents, in the order they were opened."""
        return tuple(self._post.incidents)

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """All alerts, in the order they were raised."""
        return tuple(self._post.all_alerts)

    @property
    def hand_overs(self) -> tuple[HandOver, ...]:
        """All hand-overs of the watch, in the order they were signed."""
        return tuple(self._post.books.response.hand_overs.values())

    @property
    def past(self) -> tuple[PastIncident, ...]:
        """All incidents as history counts them, its own and those brought in."""
        by_id = {alert.alert: alert for alert in self.alerts}
        return (*(past_of(one, by_id, self.site) for one in self.incidents), *self._post.past)

    @property
    def imported(self) -> tuple[PastImported, ...]:
        """What was brought in from elsewhere, in that order."""
        return tuple(self._post.books.past)

    def incident(self, incident_id: str | None) -> Incident:
        """One incident, the newest without an id.

        Raises:
            BadInput: there is none.
        """
        if not self.incidents:
            raise BadInput(self.folder, "no incident in this record")
        if incident_id is None:
            return self.incidents[-1]
        for incident in self.incidents:
            if incident.incident == incident_id:
                return incident
        raise BadInput(self.folder, "no such incident", "incident", incident_id)

    def document(self, incident: Incident, paths: Sequence[SmoothedPath] = ()) -> dict[str, Any]:
        """The incident's JSON."""
        return self._papers.document(incident, self.alerts, paths)

    def paths(self, incident: Incident, progress: Callable[[int, int], None] | None = None) -> tuple[SmoothedPath, ...]:
        """Its tracks smoothed over the looks in the record; `progress`: called with (looks done, of)."""
        return self._papers.paths(incident, progress)

    def render(self, format_name: str, incident: Incident, paths: Sequence[SmoothedPath] = ()) -> bytes:
        """One paper.

        Raises:
            BadInput: no such format.
        """
        if format_name not in FORMATS:
            raise BadInput(self.folder, f"not one of {', '.join(FORMATS)}", "--format", format_name)
        return self._papers.render(format_name, incident, self.alerts, paths)
