"""The record as an auditor asks for it, and what he is told of it."""

from __future__ import annotations

from typing import Any

import msgspec


class LogSearch(msgspec.Struct, frozen=True, kw_only=True):
    """Which events. kinds: none given: all but track points and detections. from_s ≤ received < until_s, UTC seconds.

    person: a value that stands in the event, whole. before_seq: only what stands before it.
    """

    kinds: tuple[str, ...] = ()
    from_s: float | None = None
    until_s: float | None = None
    person: str | None = None
    before_seq: int | None = None


class LogPage(msgspec.Struct, frozen=True, kw_only=True):
    """lines: events as `vedette log --json` has them, newest first. next_before: `before_seq` of what follows, or None.

    A page may be short, or empty, though more follows: as many events are looked at as a page may take time.
    """

    lines: tuple[dict[str, Any], ...]
    next_before: int | None


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What a check of the whole record said. at_s: when it began, by the machine's clock. notes: who signed what."""

    at_s: float
    by: str
    intact: bool
    says: str
    notes: tuple[str, ...]


class RecordState(msgspec.Struct, frozen=True, kw_only=True):
    """How the record stands. head, checkpoint: as papers print them. verified: by the last check since the start."""

    head: str | None
    checkpoint: str | None
    kinds: tuple[str, ...]
    verified: Verified | None
    verifying: bool
