"""Topics of the stream: what the post shows beside alerts and incidents, each whole, in one frame, when it changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from vedette.console.views.base import View
from vedette.console.views.decisions import DecisionsView, decided
from vedette.console.views.false_alarms import FalseAlarmsView, false_alarms
from vedette.console.views.response import HandOversView, ResponseView, hand_overs, response
from vedette.console.views.sightings import SightingsView, sighting
from vedette.model import Shown
from vedette.site import Site


class TopicsView(View, frozen=True, kw_only=True):
    """Every topic as it stands; a frame of the stream has the topic's name for its kind, and the same keys."""

    decisions: DecisionsView
    sightings: SightingsView
    response: ResponseView
    hand_overs: HandOversView
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
        false_alarms=false_alarms(shown.false_alarms),
    )


def _sightings(shown: Shown, site: Site) -> SightingsView:
    return SightingsView(sightings=[sighting(one, site) for one in shown.sightings])


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
    Topic(kind="false_alarms", content=_counts, view=lambda shown, site: false_alarms(shown.false_alarms)),
)
