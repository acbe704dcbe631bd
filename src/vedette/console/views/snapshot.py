"""All that is up, in one object."""

from __future__ import annotations

from typing import Literal

from vedette.console.views.alerts import AlertView
from vedette.console.views.base import OriginName, View
from vedette.console.views.health import HealthView
from vedette.console.views.incidents import IncidentView
from vedette.console.views.picture import TracksView
from vedette.console.views.topics import TopicsView


class Snapshot(View, frozen=True, kw_only=True):
    """All that is up; first on the stream, and the answer of /snapshot. token: this run of the stream's numbers."""

    seq: int
    kind: Literal["snapshot"] = "snapshot"
    token: str
    origin: OriginName
    picture: TracksView
    alerts: list[AlertView]
    incidents: list[IncidentView]
    health: HealthView
    topics: TopicsView
