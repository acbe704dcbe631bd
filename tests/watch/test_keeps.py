"""What a restart keeps: a watch killed anywhere raises the same alerts at the same times as one that never was."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

import msgspec
import pytest

from tests.watch.mixed import NIGHT, sequence
from vedette.model import (
    Action,
    AlertAcknowledged,
    AlertRaised,
    AnyPayload,
    ClosureBegan,
    CriterionMoved,
    DispositionJudged,
    Draft,
    Event,
    FeedHealth,
    FeedState,
    IncidentDetections,
    Origin,
    Sequenced,
)
from vedette.model.response_requests import ClosePlace
from vedette.post import KINDS, Refused
from vedette.sim import simulate
from vedette.site import ClosurePlace, Site
from vedette.watch.pipeline import Pipeline, Step, journalled

GROUND: Final = ClosurePlace(id="air", kind="airspace", name="Airspace", zones=("perimeter", "warning"), clear_s=20.0)


def site() -> Site:
    """The night's, with a rule that must hold for long, and closed ground that is soon clear."""
    response = msgspec.structs.replace(NIGHT.site.response, closures=(GROUND,))
    rules = tuple(msgspec.structs.replace(rule, persist_s=6.0) for rule in NIGHT.site.rules)
    return msgspec.structs.replace(NIGHT.site, rules=rules, response=response)


def deeds(at: Site) -> Iterator[tuple[float, AnyPayload | Action | FeedHealth]]:
    """What people and feeds do, by the share of the night that is over; some of it is refused."""
    for feed in at.feeds:
        yield 0.001, FeedHealth(feed=feed.id, sensor=feed.sensor, state=FeedState.LIVE, messages=1, rejected={})
    ada = {"by": "Ada", "role": "watch_officer"}
    yield 0.1, Action(verb="close_place", target="", request=ClosePlace(place="air"), **ada)
    yield 0.15, Action(verb="close_place", target="", request=ClosePlace(place="air"), **ada)
    for share in (0.3, 0.5, 0.6, 0.7, 0.8):
        for number in range(1, 9):
            verb = "dismiss" if number == 2 and share > 0.5 else "acknowledge"
            yield share, Action(verb=verb, target=f"{at.id}-A-{number:04d}", state="bird", note="bird", **ada)


def night(at: Site, seed: int) -> list[Sequenced]:
    """The messages of a simulated night, with people's actions between them."""
    heard = list(sequence(simulate(msgspec.structs.replace(NIGHT, site=at), seed).arrivals, Origin.SIMULATED))
    told = sorted(deeds(at), key=lambda each: each[0])
    messages: list[Sequenced] = []
    for place, message in enumerate(heard):
        while told and told[0][0] * len(heard) <= place:
            messages.append(msgspec.structs.replace(message, body=told.pop(0)[1]))
        messages.append(message)
    return [msgspec.structs.replace(message, seq=number) for number, message in enumerate(messages, 1)]


class Kept:
    """A pipeline, and what a record keeps of it; `kill` leaves the record alone."""

    def __init__(self, at: Site) -> None:
        self.site, self.pipeline = at, Pipeline(at)
        self.events: list[Event] = []
        self.snapshot: bytes | None = None
        self.snapshot_seq = 0
        self.journal: list[Sequenced] = []

    def take(self, message: Sequenced) -> None:
        try:
            step = self.pipeline.step(message)
        except Refused as refused:
            step = Step(drafts=refused.drafts)
        if step.before is not None:
            self.snapshot, self.snapshot_seq, self.journal = step.before, len(self.events), []
        self.journal += journalled(message)
        for draft in step.drafts:
            self._write(draft)

    def _write(self, draft: Draft) -> None:
        fields = {name: getattr(draft, name) for name in ("observed_s", "received_s", "origin", "payload")}
        kind = str(draft.payload.__struct_config__.tag)
        self.events.append(Event(seq=len(self.events) + 1, kind=kind, schema=draft.payload.SCHEMA, **fields))

    def kill(self, *, exactly: bool = True) -> None:
        self.pipeline = Pipeline(self.site)
        for event in self.events:
            if event.kind in KINDS:
                self.pipeline.recall(event, again=exactly and event.seq > self.snapshot_seq)
        self.pipeline.resume(self.snapshot, tuple(self.journal), exactly=exactly and self.snapshot is not None)

    def said(self) -> list[tuple[float, float, AnyPayload | None]]:
        """All events but an alert's earlier looks: those before a restart are not remembered."""
        kept = (one for one in self.events if not isinstance(one.payload, IncidentDetections))
        return [(one.observed_s, one.received_s, one.payload) for one in kept]


def whole(at: Site, messages: list[Sequenced]) -> Kept:
    kept = Kept(at)
    for message in messages:
        kept.take(message)
    return kept


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_anywhere_it_does_what_it_would_have_done(seed: int) -> None:
    at = site()
    messages = night(at, seed)
    unbroken = whole(at, messages)
    kinds = {type(event.payload) for event in unbroken.events}
    assert kinds >= {AlertRaised, AlertAcknowledged, ClosureBegan, CriterionMoved, DispositionJudged}
    draw = random.Random(seed)
    kills = set(draw.sample(range(len(messages)), 40))
    broken = Kept(at)
    for place, message in enumerate(messages):
        broken.take(message)
        if place in kills:
            broken.kill()
    assert broken.said() == unbroken.said()
    assert broken.pipeline.snapshot() == unbroken.pipeline.snapshot()
    assert broken.pipeline.post.picture == unbroken.pipeline.post.picture


@pytest.mark.timeout(120)
def test_where_nothing_can_be_run_again_the_clocks_are_the_snapshots() -> None:
    """As after a change of the software: an alert that was due within the snapshot's time still comes near its time."""
    at = site()
    messages = night(at, 1)
    raised = [one for one in whole(at, messages).events if isinstance(one.payload, AlertRaised)]
    first_s = raised[0].observed_s
    kept = Kept(at)
    killed = False
    for message in messages:
        kept.take(message)
        if not killed and message.received_s >= first_s - 1.0:
            killed = True
            kept.kill(exactly=False)
    again = [one for one in kept.events if isinstance(one.payload, AlertRaised)]
    assert abs(again[0].observed_s - first_s) < 1.0
    assert again[0].payload.track == raised[0].payload.track
