"""A post with an incident of two drones, one down inside and one outside, that people may add things to."""

from __future__ import annotations

from typing import Any

from tests.post.scene import BEGIN_S, impact, picture, site, track
from vedette.model import Action, AnyPayload, Draft, Incident, Origin, Statement
from vedette.model.dossier_requests import (
    AttributionWords,
    ClaimWords,
    DraftWords,
    EffectWords,
    MediaFile,
    Piece,
    StatementMove,
)
from vedette.model.requests import Request
from vedette.post import Post, Refused
from vedette.site import Site

INCIDENT = "erbil-I-0001"
MEDIC = {"by": "Bo", "role": "medical-officer"}
COMMANDER = {"by": "Ada", "role": "commander"}
SPOKESPERSON = {"by": "Cem", "role": "public-affairs"}


class Night:
    """A post after the night, and the drafts of all that came of it; the last refusal."""

    def __init__(self, origin: Origin = Origin.LIVE, at: Site | None = None) -> None:
        self.site = at or site()
        self.post = Post(self.site, quiet_s=1e9)
        self.origin, self.now_s = origin, 0.0
        self.drafts: list[Draft] = []
        self.refusal: Refused | None = None
        self.fly()

    def fly(self) -> None:
        for second in range(4):
            self._see(float(second), track(at_s=second), track("erbil-T-0002", at_s=second, p_class=0.95))
        first = track(at_s=3.0, p_class=0.95, impact=impact())
        other = track("erbil-T-0002", at_s=3.0, p_class=0.95, impact=impact(36.2, place="outside"))
        self._see(10.0, ended=(first, other))

    def _see(self, at_s: float, *tracks: Any, **more: Any) -> None:
        self.now_s = at_s
        self.drafts += self.post.see(picture(at_s, *tracks, **more), BEGIN_S + at_s, self.origin)

    def look(self) -> None:
        """Another picture, a second later, of an empty sky."""
        self._see(self.now_s + 1.0)

    def do(self, verb: str, request: Request | None = None, **words: Any) -> list[AnyPayload]:
        """An action on the incident; what came of it, refused or not."""
        self.refusal = None
        self.now_s += 1.0
        action = Action(verb=verb, request=request, **{"target": INCIDENT, **COMMANDER, **words})
        try:
            drafts = self.post.act(action, BEGIN_S + self.now_s, self.origin)
        except Refused as refused:
            self.refusal, drafts = refused, list(refused.drafts)
        self.drafts += drafts
        return [draft.payload for draft in drafts]

    def effect(self, effect: str, value: str | None = None, source: str | None = None, **words: Any) -> None:
        state = "none_reported" if value is None else "reported"
        request = EffectWords(source=source, corrects=words.pop("corrects", None))
        self.do("enter_effect", request, **{**MEDIC, "effect": effect, "state": state, "value": value, **words})

    def claim(self, subject: Any, value: str, source: str, grade: str = "C3", **words: Any) -> None:
        request = ClaimWords(
            subject=subject, value=value, source=source, where="broadcast", published_s=None, grade=grade
        )
        self.do("enter_claim", request, **words)

    def attribute(self, state: str = "claimed", to: str | None = "Some Group", **words: Any) -> None:
        self.do("propose_attribution", AttributionWords(state=state, to=to, grounds="their own broadcast"), **words)

    def add(self, sha256: str = "ab" * 32, **words: Any) -> None:
        file = MediaFile(
            name="crater.jpg", sha256=sha256, size_bytes=9, taken_by="Guard 2", taken_s=None, source="Guard post"
        )
        self.do("add_media", file, **words)

    def draft(self, *leave_out: str, **words: Any) -> None:
        self.do("draft_statement", DraftWords(leave_out=leave_out), **{**SPOKESPERSON, **words})

    def move(self, move: str, number: int = 1, **words: Any) -> None:
        self.do("move_statement", StatementMove(id=f"erbil-ST-{number:04d}", move=move), **words)

    def approve(self, number: int = 1) -> None:
        """Both approvals, from draft on."""
        self.move("submit", number)
        self.move("approve", number)
        self.move("approve", number, **SPOKESPERSON)

    def piece(self, verb: str, id_: str, **words: Any) -> None:
        self.do(verb, Piece(id=id_, holder=words.pop("holder", "")), **words)

    @property
    def incident(self) -> Incident:
        return self.post.incident(INCIDENT)

    def statement(self, number: int = 1) -> Statement:
        return next(one for one in self.incident.dossier.statements if one.id == f"erbil-ST-{number:04d}")

    def again(self) -> Post:
        """A post that folded what this one wrote."""
        post = Post(self.site, quiet_s=1e9)
        for draft in self.drafts:
            post.apply(draft)
        return post


def code(night: Night) -> str | None:
    return None if night.refusal is None else night.refusal.code
