"""What people added to an incident, as its document gives it: the keys it has at least (vedette.report.dossier)."""

from __future__ import annotations

from typing import Literal

import msgspec

from vedette.console.views.base import OriginName, View

SubjectName = Literal["count", "place", "airport", "injuries", "damage", "responsibility", "other"]
StatementStateName = Literal["draft", "awaiting_approval", "approved", "flagged", "released", "withdrawn"]
WatchedName = Literal["saw", "should_have_seen", "could_not"]


class WordView(View, frozen=True, kw_only=True):
    """Who said or signed it, in which role, and when."""

    by: str | None
    role: str | None
    note: str
    at_utc: str


class EntryView(View, frozen=True, kw_only=True):
    """One entry of an effect; ended null while it stands."""

    id: str
    effect: str
    state: Literal["none_reported", "reported"]
    value: str | None
    by: str
    role: str | None
    source: str | None
    how: str
    at_utc: str
    ended: Literal["corrected", "withdrawn"] | None
    ended_by: str | None


class ClaimView(View, frozen=True, kw_only=True):
    """A claim in the ledger. conflict: other claims contradict it; agrees: with the record, null: that says nothing."""

    id: str
    subject: SubjectName
    value: str
    source: str
    where: str
    published_utc: str | None
    grade: str
    by: str
    note: str
    entered_utc: str
    conflict: bool
    agrees: bool | None
    withdrawn: WordView | None


class ClosedView(View, frozen=True, kw_only=True):
    """Ground that was closed during the incident; what the record itself says of the airport.

    on: the evidence in one sentence; sensors, sighting_grade: how good it was. unmet: criteria that were not met when
    it was opened again.
    """

    id: str
    name: str
    kind: Literal["runway", "airspace"]
    closed_utc: str
    closed_local: str
    by: str
    role: str
    on: str
    sensors: Literal["corroborated", "single", "none"]
    sighting_grade: Literal["A", "B", "C", "D"] | None
    reopened_utc: str | None
    reopened_local: str | None
    reopened_by: str | None
    reopened_role: str | None
    unmet: list[str]


class AttributionDecisionView(View, frozen=True, kw_only=True):
    """A decision on who did it: signed null while it waits for a second person."""

    id: str
    state: Literal["unclaimed", "claimed", "attributed"]
    to: str | None
    grounds: str
    evidence: list[str]
    by: str
    role: str
    at_utc: str
    signed: WordView | None
    withdrawn: WordView | None


class CustodyView(WordView, frozen=True, kw_only=True):
    """Who held a medium from then on."""

    holder: str


class MediaView(View, frozen=True, kw_only=True):
    """A medium; its file is at /incidents/{id}/media/{id}."""

    id: str
    name: str
    sha256: str
    size_bytes: int
    taken_by: str
    taken_utc: str | None
    source: str
    by: str
    note: str
    added_utc: str
    custody: list[CustodyView]


class SentenceView(View, frozen=True, kw_only=True):
    """A sentence and what it rests on. events: of the record, where that was read."""

    key: str
    text: str
    evidence: list[str]
    events: list[int] = msgspec.field(default_factory=list)


class UnsaidView(View, frozen=True, kw_only=True):
    """What is left out, and why."""

    about: str
    why: str


class SaidView(View, frozen=True, kw_only=True):
    """What can be said now."""

    marking: str | None
    sentences: list[SentenceView]
    not_said: list[UnsaidView]


class ChangeView(View, frozen=True, kw_only=True):
    """A sentence that no longer holds: what it was, what it is now, null: nothing can be said."""

    key: str
    was: str
    now: str | None


class StatementMoveView(WordView, frozen=True, kw_only=True):
    """A move of a statement; by null: the facts' own."""

    move: str
    state: StatementStateName
    changes: list[ChangeView]


class StatementView(View, frozen=True, kw_only=True):
    """A statement as it stands. awaits: roles whose approval is missing."""

    id: str
    state: StatementStateName
    sentences: list[SentenceView]
    not_said: list[UnsaidView]
    left_out: list[str]
    replaces: str | None
    by: str
    role: str | None
    note: str
    drafted_utc: str
    approvals: list[WordView]
    awaits: list[str]
    changes: list[ChangeView]
    released_utc: str | None
    moves: list[StatementMoveView]


class TimelineRowView(View, frozen=True, kw_only=True):
    """One line of an incident's timeline. evidence: an event of the record (E-…), or a track."""

    at_s: float
    local: str
    utc: str
    kind: Literal["track", "alert", "cleared", "person", "impact", "incident", "health"]
    what: str
    detail: str
    evidence: str


class WatchedTrackView(View, frozen=True, kw_only=True):
    """Whether a sensor saw a track, should have, or could not, and why."""

    track: str
    state: WatchedName
    reason: str
    in_view_s: float
    p_missed: float | None
    words: str


class WatchingSensorView(View, frozen=True, kw_only=True):
    """A sensor of the site and each track of the incident."""

    sensor: str
    name: str
    kind: str
    tracks: list[WatchedTrackView]


class CaseView(View, frozen=True, kw_only=True):
    """What the record holds of an incident beside its document."""

    id: str
    origin: OriginName
    timeline: list[TimelineRowView]
    sensors: list[WatchingSensorView]
    statement: SaidView
    statements: list[StatementView]
