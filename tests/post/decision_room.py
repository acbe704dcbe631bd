"""A post with an aircraft before it, that people may order things of."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.post.mandate_scene import aircraft, mandated, pictured
from tests.post.scene import BEGIN_S
from vedette.model import (
    Action,
    AnyPayload,
    Decision,
    Draft,
    Origin,
    Picture,
    TrackPicture,
)
from vedette.post import Post, Refused
from vedette.site import Site


class Room:
    """A post with a picture in front of it, and the drafts that came of what was done; refusals among them."""

    def __init__(self, at: Site | None = None, **target: Any) -> None:
        self.site = at or mandated()
        self.post = Post(self.site)
        self.now_s = 0.0
        self.drafts: list[Draft] = []
        self.picture: Picture | None = None
        self.refusal: Refused | None = None
        self.see(aircraft(**target))

    def see(self, *tracks: TrackPicture, wait_s: float = 0.5) -> None:
        self.now_s += wait_s
        moved = [msgspec.structs.replace(one, observed_s=BEGIN_S + self.now_s) for one in tracks]
        self.picture = pictured(*moved, at_s=self.now_s)
        self.drafts += self.post.see(self.picture, BEGIN_S + self.now_s, Origin.LIVE)

    def act(self, done: Action) -> list[AnyPayload]:
        """What came of it, refused or not."""
        self.refusal = None
        try:
            drafts = self.post.act(done, BEGIN_S + self.now_s, Origin.LIVE)
        except Refused as refused:
            self.refusal = refused
            drafts = list(refused.drafts)
        self.drafts += drafts
        return [draft.payload for draft in drafts]

    def decisions(self) -> tuple[Decision, ...]:
        return self.post.decided(BEGIN_S + self.now_s).decisions

    def decision(self, number: int = 1) -> Decision:
        return next(one for one in self.decisions() if one.id == f"erbil-D-{number:04d}")

    def state(self, number: int = 1) -> str:
        return self.decision(number).state.value


def clauses(refused: Refused | None) -> list[str]:
    assert refused is not None
    return [detail["clause"] for detail in refused.details]
