"""Checklists, notices, closures and hand-overs, as the API gives them."""

from __future__ import annotations

from typing import Literal

import msgspec

from vedette.clock import iso_local, iso_utc
from vedette.console.views.base import OriginName, View, utc
from vedette.model import (
    Checklist,
    ChecklistStep,
    Closure,
    Criterion,
    Notice,
    Responding,
)
from vedette.site import Site

ChecklistStateName = Literal["open", "closed"]
StepStateName = Literal["open", "done", "skipped"]
NoticeStateName = Literal["written", "sent", "failed", "read"]
ClosureStateName = Literal["closed", "reopened"]
PlaceKind = Literal["runway", "airspace"]
SensorsName = Literal["corroborated", "single", "none"]
GradeName = Literal["A", "B", "C", "D"]


class StepView(View, frozen=True, kw_only=True):
    """A step, counted from 1. taken_s: from the incident's opening until it was done, as said.

    decision, fact: what a step with a measure rests on. undone: how often it was taken back.
    """

    number: int
    phase: str
    text: str
    measure: str | None
    owner: str | None
    within_s: float | None
    notify: list[str]
    say: str | None
    state: StepStateName
    by: str | None
    role: str | None
    note: str
    decision: str | None
    fact: str | None
    happened_utc: str | None
    taken_s: float | None
    undone: int


class ChecklistView(View, frozen=True, kw_only=True):
    """A checklist; opened_by null: by itself. began_utc: when the incident opened, from which all times count."""

    id: str
    origin: OriginName
    incident: str
    state: ChecklistStateName
    began_utc: str
    began_local: str
    opened_utc: str
    opened_by: str | None
    closed_utc: str | None
    closed_by: str | None
    steps: list[StepView]


class NoticeView(View, frozen=True, kw_only=True):
    """A notice; output null: spoken. outcome: the output's own word, empty while there is none."""

    id: str
    origin: OriginName
    state: NoticeStateName
    output: str | None
    partner: str
    text: str
    by: str
    role: str
    incident: str | None
    checklist: str | None
    step: int | None
    outcome: str
    written_utc: str
    written_local: str
    sent_utc: str | None
    read_utc: str | None
    read_by: str | None
    recorded_by: str | None
    read_note: str | None


class PartnerView(View, frozen=True, kw_only=True):
    """An output whose rule lets its partner have notices."""

    output: str
    partner: str
    kind: str


class CriterionView(View, frozen=True, kw_only=True):
    """What must be so. counts_from_utc: since when it has held so far; needs_s: for how long it must."""

    id: str
    text: str
    by_machine: bool
    met: bool
    detail: str
    met_utc: str | None
    by: str | None
    role: str | None
    needs_s: float | None
    counts_from_utc: str | None


class ClosureEvidenceView(View, frozen=True, kw_only=True):
    """What the closure rested on when it began."""

    sensors: SensorsName
    sighting_grade: GradeName | None
    tracks: list[str]
    sightings: list[str]
    says: str


class AttemptedView(View, frozen=True, kw_only=True):
    """A reopening that was refused: `unmet` were not met."""

    by: str
    role: str
    note: str
    unmet: list[str]
    at_utc: str


class ClosureView(View, frozen=True, kw_only=True):
    """A closure. unmet_then: criteria that were not met when it was opened all the same."""

    id: str
    origin: OriginName
    state: ClosureStateName
    place: str
    name: str
    kind: PlaceKind
    closed_utc: str
    closed_local: str
    by: str
    role: str
    note: str
    decision: str | None
    incident: str | None
    evidence: ClosureEvidenceView
    criteria: list[CriterionView]
    attempts: list[AttemptedView]
    reopened_utc: str | None
    reopened_by: str | None
    reopened_role: str | None
    reopened_note: str | None
    unmet_then: list[str]


class PlaceView(View, frozen=True, kw_only=True):
    """A place that may be closed. measure: the one that closes it."""

    id: str
    name: str
    kind: PlaceKind
    measure: str | None


class ResponseView(View, frozen=True, kw_only=True):
    """All checklists, notices and closures, oldest first; what may be closed and who may be told."""

    checklists: list[ChecklistView]
    notices: list[NoticeView]
    closures: list[ClosureView]
    places: list[PlaceView]
    partners: list[PartnerView]


def response(one: Responding, site: Site) -> ResponseView:
    """All but the hand-overs."""
    return ResponseView(
        checklists=[checklist(each, site) for each in one.checklists],
        notices=[notice(each, site) for each in one.notices],
        closures=[closure(each, site) for each in one.closures],
        places=[
            PlaceView(id=each.id, name=each.name, kind=msgspec.convert(each.kind, PlaceKind), measure=each.measure)
            for each in site.response.closures
        ],
        partners=[
            PartnerView(output=each.id, partner=each.partner, kind=each.kind)
            for each in site.outputs
            if "notices" in each.release.what
        ],
    )


def checklist(one: Checklist, site: Site) -> ChecklistView:
    """A checklist as it stands."""
    opened = one.opened
    return ChecklistView(
        id=one.id,
        origin=one.origin.value,
        incident=opened.incident,
        state=one.state.value,
        began_utc=iso_utc(opened.began_s),
        began_local=iso_local(opened.began_s, site.timezone),
        opened_utc=iso_utc(opened.at_s),
        opened_by=opened.by,
        closed_utc=utc(one.closed_s),
        closed_by=one.closed_by,
        steps=[_step(number, step, opened.began_s) for number, step in enumerate(one.steps, 1)],
    )


def _step(number: int, step: ChecklistStep, began_s: float) -> StepView:
    line = step.line
    return StepView(
        number=number,
        phase=line.phase,
        text=line.text,
        measure=line.measure,
        owner=line.owner,
        within_s=line.within_s,
        notify=list(line.notify),
        say=line.say,
        state=step.state.value,
        by=step.by,
        role=step.role,
        note=step.note,
        decision=step.decision,
        fact=step.fact,
        happened_utc=utc(step.happened_s),
        taken_s=None if step.happened_s is None else max(0.0, step.happened_s - began_s),
        undone=step.undone,
    )


def notice(one: Notice, site: Site) -> NoticeView:
    """A notice as it stands."""
    written, read = one.written, one.read
    return NoticeView(
        id=one.id,
        origin=one.origin.value,
        state=one.state.value,
        output=written.output,
        partner=written.partner,
        text=written.text,
        by=written.by,
        role=written.role,
        incident=written.incident,
        checklist=written.checklist,
        step=written.step,
        outcome=one.outcome,
        written_utc=iso_utc(written.at_s),
        written_local=iso_local(written.at_s, site.timezone),
        sent_utc=utc(one.sent_s),
        read_utc=None if read is None else iso_utc(read.at_s if read.happened_s is None else read.happened_s),
        read_by=read.confirmed_by if read else None,
        recorded_by=read.by if read else None,
        read_note=read.note if read else None,
    )


def closure(one: Closure, site: Site) -> ClosureView:
    """A closure as it stands."""
    began, ended, found = one.began, one.ended, one.began.evidence
    return ClosureView(
        id=one.id,
        origin=one.origin.value,
        state=one.state.value,
        place=began.place,
        name=began.name,
        kind=msgspec.convert(began.place_kind, PlaceKind),
        closed_utc=iso_utc(began.closed_s),
        closed_local=iso_local(began.closed_s, site.timezone),
        by=began.by,
        role=began.role,
        note=began.note,
        decision=began.decision,
        incident=began.incident,
        evidence=ClosureEvidenceView(
            sensors=msgspec.convert(found.sensors, SensorsName),
            sighting_grade=msgspec.convert(found.sighting_grade, GradeName | None),
            tracks=list(found.tracks),
            sightings=list(found.sightings),
            says=found.says,
        ),
        criteria=[_criterion(each) for each in one.criteria],
        attempts=[
            AttemptedView(by=each.by, role=each.role, note=each.note, unmet=list(each.unmet), at_utc=iso_utc(each.at_s))
            for each in one.attempts
        ],
        reopened_utc=utc(ended.reopened_s) if ended else None,
        reopened_by=ended.by if ended else None,
        reopened_role=ended.role if ended else None,
        reopened_note=ended.note if ended else None,
        unmet_then=list(ended.unmet) if ended else [],
    )


def _criterion(one: Criterion) -> CriterionView:
    return CriterionView(
        id=one.id,
        text=one.text,
        by_machine=one.by_machine,
        met=one.met,
        detail=one.detail,
        met_utc=utc(one.met_s),
        by=one.by,
        role=one.role,
        needs_s=one.needs_s,
        counts_from_utc=utc(one.counts_from_s),
    )
