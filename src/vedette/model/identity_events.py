"""Events of dispositions: what the evidence says, and what people say."""

from __future__ import annotations

from vedette.model.dispositions import Disposition, Evidence
from vedette.model.payload import Payload


class DispositionJudged(Payload, frozen=True, kw_only=True, tag="disposition_judged"):
    """The evidence of a track says another disposition than `before` (None: the first)."""

    track: str
    disposition: Disposition
    before: Disposition | None
    evidence: tuple[Evidence, ...]
    at_s: float


class DispositionOverridden(Payload, frozen=True, kw_only=True, tag="disposition_overridden"):
    """A person said what a track is. It holds until withdrawn, whatever the evidence (evidence_says: at that time)."""

    track: str
    disposition: Disposition
    reason: str
    by: str
    role: str
    evidence_says: Disposition
    evidence: tuple[Evidence, ...]
    at_s: float


class OverrideWithdrawn(Payload, frozen=True, kw_only=True, tag="override_withdrawn"):
    """A person withdrew what was said of a track: its evidence holds again."""

    track: str
    reason: str
    by: str
    role: str
    at_s: float


class OverrideCarried(Payload, frozen=True, kw_only=True, tag="override_carried"):
    """A track that a person had spoken of went on as another: the word goes with it. apart_m: how far apart they were.

    Written where one ended and exactly one other, seen by then, was at its place with its velocity.
    """

    track: str
    before: str
    apart_m: float
    at_s: float
