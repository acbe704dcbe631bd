"""A folder's history: its own incidents and those brought in, through the history room."""

from __future__ import annotations

from collections.abc import Iterable

from vedette.history import history, past_of
from vedette.model import Alert, History, Incident, PastIncident, Wanted
from vedette.site import Site


def history_of(
    incidents: Iterable[Incident], alerts: Iterable[Alert], brought: Iterable[PastIncident], site: Site, wanted: Wanted
) -> History:
    """What is asked for, and its patterns."""
    by_id = {alert.alert: alert for alert in alerts}
    return history((*(past_of(one, by_id, site) for one in incidents), *brought), wanted)
