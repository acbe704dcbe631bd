"""A site with a plan, a runway that may be closed and a partner, and a room before it in which people act."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.post.decision_room import Room
from tests.post.mandate_scene import mandated
from tests.post.scene import BEGIN_S, RULE, sensor, zone
from vedette.model import Action, AnyPayload, Checklist, Closure, FeedHealth, FeedState, Origin, Request
from vedette.post import Post
from vedette.site import ClosurePlace, Feed, Output, PlanStep, ReleaseRule, Site

PLAN = (
    PlanStep(phase="detect", text="Confirm by camera", owner="Watch officer", within_s=20.0),
    PlanStep(phase="warn", text="Shelter alarm", measure="shelter", within_s=10.0),
    PlanStep(phase="protect", text="Close the runway", measure="close", owner="Tower", within_s=30.0),
    PlanStep(phase="respond", text="Request defeat", measure="defeat", owner="Base defence"),
    PlanStep(phase="recover", text="Tell the police", notify=("police",), say="Drone attack, two aircraft down"),
)
RUNWAY = ClosurePlace(
    id="rwy", kind="runway", name="Runway 18/36", zones=("fence",), measure="close", clear_s=60.0, sighting_s=120.0,
    confirm=("Runway inspected",),
)  # fmt: skip
PLACES = (RUNWAY, ClosurePlace(id="air", kind="airspace", name="Airspace", zones=("fence", "ring"), confirm=()))


def output(name: str, *what: str) -> Output:
    rule = ReleaseRule(id=f"{name}-rule", what=frozenset(what), fields=frozenset(), zones=None, delay_s=0.0)
    return Output(id=name, partner=name.title(), kind="webhook", url=f"https://{name}.test/", release=rule)


def responding(**changes: Any) -> Site:
    """The site; changes are the response's."""
    base = mandated()
    response = msgspec.structs.replace(base.response, **{"plan": PLAN, "closures": PLACES, **changes})
    return msgspec.structs.replace(
        base,
        rules=(msgspec.structs.replace(RULE, persist_s=0.0),),
        zones=(zone("fence", "perimeter"), zone("ring", "warning"), zone("tower", "asset")),
        sensors=(sensor("radar-1"), sensor("rf-1")),
        feeds=tuple(Feed(id=one, sensor=one, source="table", url="file:x", stale_s=5.0) for one in ("radar-1", "rf-1")),
        outputs=(output("police", "alerts", "notices"), output("tower", "tracks", "alerts")),
        response=response,
    )


class Desk(Room):
    """A room whose people are Ada, the commander, unless they say otherwise."""

    def __init__(self, at: Site | None = None, **target: Any) -> None:
        super().__init__(at or responding(), **target)

    def ask(self, verb: str, request: Request, **given: Any) -> list[AnyPayload]:
        full = {"by": "Ada", "role": "commander", **given}
        return self.act(Action(verb=verb, target="", request=request, **full))

    def hear(self, feed: str, state: FeedState) -> None:
        health = FeedHealth(feed=feed, sensor=feed, state=state, messages=1, rejected={})
        self.drafts += self.post.hear(health, BEGIN_S + self.now_s, Origin.LIVE)

    def all_live(self) -> None:
        for feed in ("radar-1", "rf-1"):
            self.hear(feed, FeedState.LIVE)

    @property
    def code(self) -> str | None:
        return None if self.refusal is None else self.refusal.code

    def checklist(self) -> Checklist:
        return self.post.books.response.checklists["erbil-C-0001"]

    def closure(self) -> Closure:
        return self.post.books.response.closures["erbil-X-0001"]

    def criteria(self) -> dict[str, bool]:
        return {each.id: each.met for each in self.closure().criteria}

    def refold(self) -> Post:
        """A post that was told only the events; its books must be these."""
        again = Post(self.site)
        for draft in self.drafts:
            again.apply(draft)
        assert again.books == self.post.books
        return again
