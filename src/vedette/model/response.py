"""Checklists, notices, closures and shift hand-overs: events, and how each stands.

No field says where an aircraft is or is going, and none is an order to anything but a person.
"""

from __future__ import annotations

import enum

import msgspec

from vedette.model.messages import Origin
from vedette.model.payload import Payload


class StepState(enum.StrEnum):
    """Life of a checklist's step (moves: vedette.post.response.machines)."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


class ChecklistState(enum.StrEnum):
    """Life of a checklist."""

    OPEN = "open"
    CLOSED = "closed"


class NoticeState(enum.StrEnum):
    """Life of a notice. FAILED: refused by the partner, or not sent; `outcome` says why. READ: somebody confirmed."""

    WRITTEN = "written"
    SENT = "sent"
    FAILED = "failed"
    READ = "read"


class ClosureState(enum.StrEnum):
    """Life of a closure."""

    CLOSED = "closed"
    REOPENED = "reopened"


class HandOverState(enum.StrEnum):
    """Life of a hand-over: signed by who goes, then by who comes."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class ChecklistLine(msgspec.Struct, frozen=True, kw_only=True):
    """A step as the plan had it when the checklist was opened; the keys of [[plan.step]]."""

    phase: str
    text: str
    measure: str | None = None
    owner: str | None = None
    within_s: float | None = None
    notify: tuple[str, ...] = ()
    say: str | None = None


class ChecklistOpened(Payload, frozen=True, kw_only=True, tag="checklist_opened"):
    """The plan became an incident's checklist: by a person, or (`by` None) because the site file says so.

    began_s: when the incident opened; target and taken times count from it.
    """

    checklist: str
    incident: str
    lines: tuple[ChecklistLine, ...]
    began_s: float
    by: str | None
    role: str | None
    at_s: float


class ChecklistMoved(Payload, frozen=True, kw_only=True, tag="checklist_moved"):
    """A person closed a checklist, or opened it again."""

    checklist: str
    move: str
    state: ChecklistState
    by: str
    role: str
    note: str
    at_s: float


class StepMoved(Payload, frozen=True, kw_only=True, tag="step_moved"):
    """A step (counted from 1) was done, skipped or undone: by a person, or (`by` None) with its decision.

    decision, fact: what a step with a measure rests on. happened_s: when it was done, as said.
    """

    checklist: str
    step: int
    move: str
    state: StepState
    by: str | None
    role: str | None
    note: str
    at_s: float
    decision: str | None = None
    fact: str | None = None
    happened_s: float | None = None


class NoticeWritten(Payload, frozen=True, kw_only=True, tag="notice_written"):
    """A person wrote to a partner; recorded before it is sent. output: None: it was said, by voice.

    text: a person's own words. checklist, step: what it belongs to, if anything. release: the rule that lets it go.
    """

    notice: str
    output: str | None
    partner: str
    release: str | None
    text: str
    by: str
    role: str
    at_s: float
    incident: str | None = None
    checklist: str | None = None
    step: int | None = None


class NoticeRead(Payload, frozen=True, kw_only=True, tag="notice_read"):
    """A person recorded that somebody at the partner has read it. confirmed_by: who. happened_s: when, as said."""

    notice: str
    confirmed_by: str
    by: str
    role: str
    note: str
    at_s: float
    happened_s: float | None = None


class ClosureEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a closure rested on when it began.

    sensors: corroborated (two sensors or more saw one track) | single | none. sighting_grade: the best of the recent
    sightings, A to D; None: there was none. says: in one sentence.
    """

    sensors: str
    sighting_grade: str | None
    tracks: tuple[str, ...]
    sightings: tuple[str, ...]
    says: str


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """What must be so before a closed place is opened. by_machine: it is computed, else a person confirms it.

    met_s: since when it is met; by, role: the person who confirmed it. needs_s: for how long it must hold;
    counts_from_s: since when it has held so far, None while it does not.
    """

    id: str
    text: str
    by_machine: bool
    met: bool = False
    detail: str = ""
    met_s: float | None = None
    by: str | None = None
    role: str | None = None
    needs_s: float | None = None
    counts_from_s: float | None = None


class ClosureBegan(Payload, frozen=True, kw_only=True, tag="closure_began"):
    """A person recorded that a place is closed. place: the site file's; kind: runway | airspace.

    closed_s: since when, as said. decision: the order it was closed on, if there was one.
    """

    closure: str
    place: str
    name: str
    place_kind: str
    criteria: tuple[Criterion, ...]
    evidence: ClosureEvidence
    by: str
    role: str
    note: str
    closed_s: float
    at_s: float
    decision: str | None = None
    incident: str | None = None


class CriterionMoved(Payload, frozen=True, kw_only=True, tag="criterion_moved"):
    """A criterion is met, or no longer: by the picture (`by` None), or by a person's word.

    By the picture also where only what is said of it has changed. counts_from_s: as in Criterion.
    """

    closure: str
    criterion: str
    met: bool
    detail: str
    by: str | None
    role: str | None
    note: str
    at_s: float
    counts_from_s: float | None = None


class ClosureAttempted(Payload, frozen=True, kw_only=True, tag="closure_attempted"):
    """A person wanted to reopen, and was refused: these criteria were not met."""

    closure: str
    by: str
    role: str
    note: str
    unmet: tuple[str, ...]
    at_s: float


class ClosureEnded(Payload, frozen=True, kw_only=True, tag="closure_ended"):
    """A person recorded that it is open again. unmet: criteria that were not met, and were overridden by `note`."""

    closure: str
    by: str
    role: str
    note: str
    unmet: tuple[str, ...]
    reopened_s: float
    at_s: float


class SheetItem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to hand over. about: its id, "" for none."""

    about: str
    text: str
    detail: str = ""


class SheetSection(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to hand over of one sort; no items: there is none.

    topic: alerts | sensors | mandate | decisions | closures | checklists | notices | test_alarm | exercises, and what
    joins them.
    """

    topic: str
    items: tuple[SheetItem, ...] = ()


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What is handed over, and the SHA-256 of it (hex)."""

    site: str
    sections: tuple[SheetSection, ...] = ()
    digest: str = ""


class HandOverOffered(Payload, frozen=True, kw_only=True, tag="hand_over_offered"):
    """Who goes signed the sheet. checkpoint: the record's newest, as reports print it; None: there was none yet."""

    hand_over: str
    sheet: Sheet
    checkpoint: str | None
    by: str
    role: str
    note: str
    at_s: float


class HandOverMoved(Payload, frozen=True, kw_only=True, tag="hand_over_moved"):
    """Who comes signed the same digest (accept), or who offered took it back (withdraw)."""

    hand_over: str
    move: str
    state: HandOverState
    digest: str
    by: str
    role: str
    note: str
    at_s: float


class ChecklistStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step as it stands. happened_s: when it was done or skipped."""

    line: ChecklistLine
    state: StepState = StepState.OPEN
    by: str | None = None
    role: str | None = None
    note: str = ""
    decision: str | None = None
    fact: str | None = None
    happened_s: float | None = None
    undone: int = 0


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """A checklist as it stands."""

    opened: ChecklistOpened
    state: ChecklistState
    steps: tuple[ChecklistStep, ...]
    origin: Origin
    closed_s: float | None = None
    closed_by: str | None = None

    @property
    def id(self) -> str:
        """Its id, such as erbil-C-0001."""
        return self.opened.checklist


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as it stands. outcome: what the output said of it."""

    written: NoticeWritten
    state: NoticeState
    origin: Origin
    outcome: str = ""
    sent_s: float | None = None
    read: NoticeRead | None = None

    @property
    def id(self) -> str:
        """Its id, such as erbil-N-0001."""
        return self.written.notice


class Closure(msgspec.Struct, frozen=True, kw_only=True):
    """A closure as it stands."""

    began: ClosureBegan
    state: ClosureState
    criteria: tuple[Criterion, ...]
    origin: Origin
    attempts: tuple[ClosureAttempted, ...] = ()
    ended: ClosureEnded | None = None

    @property
    def id(self) -> str:
        """Its id, such as erbil-X-0001."""
        return self.began.closure

    @property
    def unmet(self) -> tuple[Criterion, ...]:
        """What still speaks against reopening."""
        return tuple(each for each in self.criteria if not each.met)


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """A hand-over as it stands; moved: its acceptance or withdrawal."""

    offered: HandOverOffered
    state: HandOverState
    origin: Origin
    moved: HandOverMoved | None = None

    @property
    def id(self) -> str:
        """Its id, such as erbil-H-0001."""
        return self.offered.hand_over


class Responding(msgspec.Struct, frozen=True, kw_only=True):
    """All checklists, notices, closures and hand-overs in order, and the sheet as it would be handed over now."""

    checklists: tuple[Checklist, ...] = ()
    notices: tuple[Notice, ...] = ()
    closures: tuple[Closure, ...] = ()
    hand_overs: tuple[HandOver, ...] = ()
    sheet: Sheet = Sheet(site="")
