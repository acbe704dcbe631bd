"""The record as the API gives it to who audits it."""

from __future__ import annotations

from typing import Any

from vedette.clock import iso_utc
from vedette.console.views.base import View
from vedette.model.auditing import LogPage, RecordState


class VerifiedView(View, frozen=True, kw_only=True):
    """What `vedette verify` said of the whole record, when it was asked and by whom. notes: who signed what."""

    time_utc: str
    by: str
    intact: bool
    says: str
    notes: list[str]


class RecordView(View, frozen=True, kw_only=True):
    """How the record stands. head, checkpoint: as papers print them; kinds: of event that it holds, but track points.

    verified: by the last check since the watch began, null before one; verifying: one is under way.
    """

    head: str | None
    checkpoint: str | None
    kinds: list[str]
    verified: VerifiedView | None
    verifying: bool


class RecordEventView(View, frozen=True, kw_only=True):
    """One event, as `vedette log --json` has it. payload: null where it was thinned; without operators' data."""

    seq: int
    kind: str
    schema: int
    observed_utc: str
    received_utc: str
    origin: str
    payload: dict[str, Any] | None
    hash: str


class RecordEventsView(View, frozen=True, kw_only=True):
    """Events, newest first. next_before: `before` of the next page, null: none. A page may be short, or empty."""

    events: list[RecordEventView]
    next_before: int | None


def record(state: RecordState) -> RecordView:
    """How the record stands."""
    last = state.verified
    verified = None
    if last is not None:
        verified = VerifiedView(
            time_utc=iso_utc(last.at_s), by=last.by, intact=last.intact, says=last.says, notes=list(last.notes)
        )
    return RecordView(
        head=state.head,
        checkpoint=state.checkpoint,
        kinds=list(state.kinds),
        verified=verified,
        verifying=state.verifying,
    )


def record_events(page: LogPage) -> RecordEventsView:
    """A page of events."""
    return RecordEventsView(events=[RecordEventView(**line) for line in page.lines], next_before=page.next_before)
