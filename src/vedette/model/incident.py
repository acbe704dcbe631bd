"""Alerts and incidents as they stand: what post's fold yields, the API serves and the report prints."""

from __future__ import annotations

import enum

import msgspec

from vedette.model.decisions import Decision, FactRecorded
from vedette.model.dispositions import Disposition, Override
from vedette.model.dossier import Dossier
from vedette.model.events import SightingEntered, TrackPoint
from vedette.model.messages import Origin
from vedette.model.picture import Impact, Reason
from vedette.model.response import Closure


class AlertState(enum.StrEnum):
    """Its moves are post.machine's. cleared: over, listed until somebody has seen it; then it awaits a note or closes.

    In records from before there were notes an alert ends as cleared.
    """

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    DISMISSED = "dismissed"
    CLEARED = "cleared"
    AWAITING_NOTE = "awaiting_note"
    CLOSED = "closed"


class HeldRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that holds for an alert's target, or did: until_s None while it holds. reasons: of the rule alone."""

    rule: str
    priority: int
    title: str
    zone: str | None
    since_s: float
    reasons: tuple[Reason, ...]
    until_s: float | None = None
    why_not: str | None = None


class Dismissal(msgspec.Struct, frozen=True, kw_only=True):
    """Who said that an alert is nothing, why, and until when; distance and time to the perimeter when it was said."""

    reason: str
    note: str
    by: str
    at_s: float
    until_s: float
    distance_m: float | None
    time_to_s: float | None


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """Why a dismissed alert is back. cause: closing | rule | expired | person; loud: sounds as priority 1."""

    cause: str
    why: str
    loud: bool
    at_s: float
    by: str | None = None


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """How an alert ended for good. by: None where it closed by itself; reason: what it was, as a person said."""

    by: str | None
    reason: str | None
    note: str
    at_s: float


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One alert. time_to_s and distance_m are of the latest picture while it is open; `raised_*` those at the start.

    test: a test alarm: nothing is there, and no incident comes of it. target: what it is about: its track, or
    `sensor:ID`, `own:NAME`. rule: the one that raised it; rules: all that hold or held. priority: of the most pressing.
    acknowledged_*: by whom it was seen as it stands now. dismissal: while it is dismissed, and as it closed by one;
    back: since it came back.
    """

    alert: str
    rule: str
    priority: int
    state: AlertState
    track: str | None
    zone: str | None
    incident: str | None
    title: str
    raised_s: float
    raised_time_to_s: float | None
    raised_distance_m: float | None
    time_to_s: float | None
    distance_m: float | None
    reasons: tuple[Reason, ...]
    acknowledged_s: float | None = None
    acknowledged_by: str | None = None
    note: str = ""
    cleared_s: float | None = None
    cleared_why: str | None = None
    origin: Origin
    test: bool = False
    target: str | None = None
    sensors: tuple[str, ...] = ()
    rules: tuple[HeldRule, ...] = ()
    dismissal: Dismissal | None = None
    back: Back | None = None
    closing: Closing | None = None

    @property
    def is_over(self) -> bool:
        """Whether it was cleared: whatever is left to be done about it is a person's."""
        return self.cleared_s is not None


class AlarmTest(msgspec.Struct, frozen=True, kw_only=True):
    """The last test alarm: who asked for it, when, and what each screen's sound did (screen → played|muted|blocked)."""

    alert: str
    by: str
    note: str
    at_s: float
    sounds: dict[str, str] = {}


class IncidentTrackSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One track of an incident. first_…: where it was at first_s, None where no position was known.

    disposition: what it was held to be at the last, by a person's word or by its evidence.
    """

    track: str
    identity: str | None
    class_: str = msgspec.field(name="class")
    p_class: float
    sensors: tuple[str, ...]
    first_s: float
    last_s: float
    impact: Impact | None
    ended: bool
    disposition: Disposition = Disposition.PENDING
    evidence_says: Disposition = Disposition.PENDING
    override: Override | None = None
    first_latitude_deg: float | None = None
    first_longitude_deg: float | None = None


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What people say of an incident's effect. state: not_yet_reported | none_reported | reported.

    The newest entry that stands. conflict: others stand that say something else; then it is `reported` as soon as one
    of them says so. entries: ids of all that stand. source: whose word it is, where that is not who entered it.
    """

    state: str = "not_yet_reported"
    value: str | None = None
    by: str | None = None
    at_s: float | None = None
    role: str | None = None
    source: str | None = None
    conflict: bool = False
    entries: tuple[str, ...] = ()


class Count(msgspec.Struct, frozen=True):
    """How many aircraft: the most likely number, and the least and most that the evidence allows."""

    most_likely: int
    least: int
    most: int


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """One incident as it stands. Attribution is `unclaimed` until a person signs a change."""

    incident: str
    opened_s: float
    state: str
    tracks: tuple[IncidentTrackSummary, ...]
    count: Count
    alerts: tuple[str, ...]
    effects: dict[str, Effect]
    attribution: str
    origin: Origin
    closed_s: float | None = None
    decisions: tuple[Decision, ...] = ()
    facts: tuple[FactRecorded, ...] = ()
    sightings: tuple[SightingEntered, ...] = ()
    dossier: Dossier = Dossier()
    closures: tuple[Closure, ...] = ()


class SmoothedPath(msgspec.Struct, frozen=True, kw_only=True):
    """One track of an incident as all its recorded looks together show it, from its first detection to its last.

    detections: how many had a part in it. points: by time. impact: where the same rules that the watch goes by see it
    come down, if that is clearly better known than what the watch said, or the watch did not see it come down.
    """

    track: str
    detections: int
    points: tuple[TrackPoint, ...]
    impact: Impact | None
