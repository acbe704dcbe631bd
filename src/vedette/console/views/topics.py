"""Topics of the stream: what the post shows beside alerts and incidents, each whole, in one frame, when it changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from vedette.console.views.base import View
from vedette.console.views.decisions import DecisionsView, decided
from vedette.console.views.false_alarms import FalseAlarmsView, false_alarms
from vedette.console.views.hand_over import HandOversView, hand_overs
from vedette.console.views.identity import FlightsView, flights
from vedette.console.views.response import ResponseView, response
from vedette.console.views.sightings import SightingsView, sighting
from vedette.model import Shown
from vedette.site import Site


class SiteVersionView(View, frozen=True, kw_only=True):
    """Which version of the site this is: where it is another than before, a screen asks for the site again."""

    sha256: str


class TopicsView(View, frozen=True, kw_only=True):
    """Every topic as it stands; a frame of the stream has the topic's name for its kind, and the same keys."""

    decisions: DecisionsView
    sightings: SightingsView
    response: ResponseView
    hand_overs: HandOversView
    flights: FlightsView
    site: SiteVersionView
    false_alarms: FalseAlarmsView


class Topic(msgspec.Struct, frozen=True):
    """A topic: the kind of its frames, what a change of which makes a frame, and how it is rendered."""

    kind: str
    content: Callable[[Shown], object]
    view: Callable[[Shown, Site], View]


def topics(shown: Shown, site: Site) -> TopicsView:
    """Every topic as the API gives it."""
    return TopicsView(
        decisions=decided(shown.decided, site),
        sightings=_sightings(shown, site),
        response=response(shown.responding, site),
        hand_overs=hand_overs(shown.responding, site),
        flights=flights(shown.identities, site),
        false_alarms=false_alarms(shown.false_alarms),
        site=_site(shown, site),
    )


def _sightings(shown: Shown, site: Site) -> SightingsView:
    return SightingsView(sightings=[sighting(one, site) for one in shown.sightings])


def _site(shown: Shown, site: Site) -> SiteVersionView:
    del site
    return SiteVersionView(sha256=shown.site_sha256)


def _counts(shown: Shown) -> object:
    """The counts, and the time watched in tenths of an hour: a rate need not be told anew at each picture."""
    one = shown.false_alarms
    if one is None:
        return None
    return one.alerts, one.false, one.unsaid, one.by_rule, one.by_sensor, one.by_reason, round(one.watched_s / 360.0)


TOPICS: Final = (
    Topic(
        kind="decisions",
        content=lambda shown: (shown.decided.standing.state, shown.decided.decisions, shown.decided.facts),
        view=lambda shown, site: decided(shown.decided, site),
    ),
    Topic(kind="sightings", content=lambda shown: shown.sightings, view=_sightings),
    Topic(
        kind="response",
        content=lambda shown: (shown.responding.checklists, shown.responding.notices, shown.responding.closures),
        view=lambda shown, site: response(shown.responding, site),
    ),
    Topic(
        kind="hand_overs",
        content=lambda shown: (shown.responding.sheet.digest, shown.responding.hand_overs),
        view=lambda shown, site: hand_overs(shown.responding, site),
    ),
    Topic(
        kind="flights",
        content=lambda shown: shown.identities.flights,
        view=lambda shown, site: flights(shown.identities, site),
    ),
    Topic(kind="site", content=lambda shown: shown.site_sha256, view=_site),
    Topic(kind="false_alarms", content=_counts, view=lambda shown, site: false_alarms(shown.false_alarms)),
)
