"""Dispositions: what a track is held to be, by which evidence, and by whose word.

No evidence ever says hostile: only a person does, with a reason, a name and a role.
"""

from __future__ import annotations

import enum

import msgspec

from vedette.model.requests import Request


class Disposition(enum.StrEnum):
    """What a track is held to be. PENDING: not long or surely enough seen to say. HOSTILE: by a person only."""

    PENDING = "pending"
    UNKNOWN = "unknown"
    ASSUMED_FRIENDLY = "assumed_friendly"
    FRIENDLY = "friendly"
    NEUTRAL = "neutral"
    SUSPICIOUS = "suspicious"
    HOSTILE = "hostile"


class Evidence(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One piece of evidence: what it speaks for, in words for a screen, its number with unit, and its source."""

    says: Disposition
    text: str
    value: float | None = None
    unit: str | None = None
    source: str | None = None


class OverrideState(enum.StrEnum):
    """Whose word holds (moves: vedette.post.identity.machine). CONTRADICTED: evidence has since turned against it."""

    BY_EVIDENCE = "by_evidence"
    OVERRIDDEN = "overridden"
    CONTRADICTED = "contradicted"


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """A person's word on a track as it stands. evidence_then: what the evidence said when it was given.

    contradicted_s: since when the evidence speaks against it, None: it does not. carried_from: the track that it was
    said of, where that has gone on under another name.
    """

    disposition: Disposition
    reason: str
    by: str
    role: str
    at_s: float
    evidence_then: Disposition
    contradicted_s: float | None = None
    carried_from: str | None = None


class SetDisposition(Request, frozen=True, kw_only=True):
    """What a person says a track is; why is the action's note."""

    disposition: Disposition
