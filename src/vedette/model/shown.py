"""What the post shows: one frozen struct, a field a topic. A new topic is a field here, and a view of the console."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from vedette.model.access import OperatorPlace
from vedette.model.decisions import Decided
from vedette.model.events import SightingEntered
from vedette.model.false_alarms import FalseAlarms
from vedette.model.flights import Identities
from vedette.model.incident import Alert, Incident
from vedette.model.past import PastIncident
from vedette.model.picture import Picture
from vedette.model.response import Responding


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the screens show of the post, as it stands. Alerts and incidents in the order of their ids.

    operators, by identity, are no topic: a place is shown to a person who opens it, by an act that is recorded.
    picture: the newest, with every track's disposition as it is now; None: as it was shown.
    """

    alerts: tuple[Alert, ...] = ()
    incidents: tuple[Incident, ...] = ()
    decided: Decided
    sightings: tuple[SightingEntered, ...] = ()
    responding: Responding = Responding()
    operators: Mapping[str, OperatorPlace] = {}
    identities: Identities = Identities()
    picture: Picture | None = None
    site_sha256: str = ""
    false_alarms: FalseAlarms | None = None
    past: tuple[PastIncident, ...] = ()
