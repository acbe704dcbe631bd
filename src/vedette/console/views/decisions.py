"""The mandate's standing, decisions and facts, as the API gives them."""

from __future__ import annotations

from typing import Literal

import msgspec

from vedette.clock import iso_local, iso_utc
from vedette.console.views.base import OriginName, View, utc
from vedette.model import Decided, Decision, DecisionAttempted, DecisionMoved, FactRecorded, Finding, Standing
from vedette.site import Mandate, Measure, Site

StandingName = Literal["none", "not_begun", "in_force", "run_out", "withdrawn"]
DecisionStateName = Literal[
    "proposed", "awaiting_second", "authorised", "refused", "carried_out", "withdrawn", "lapsed"
]
FactName = Literal["not_manned", "manned", "measure_taken"]


class StandingView(View, frozen=True, kw_only=True):
    """Whether more may be decided than to warn and report. says: in one sentence, fit for a screen."""

    state: StandingName
    in_force: bool
    says: str
    withdrawn_utc: str | None
    withdrawn_by: str | None
    withdrawn_note: str | None


class MeasureView(View, frozen=True, kw_only=True):
    """A measure of the site. roles: who may order it by the mandate; two_persons: whether it takes a second one."""

    id: str
    kind: str
    name: str
    owner: str | None
    roles: list[str]
    seconds: list[str]
    two_persons: bool


class PlanStepView(View, frozen=True, kw_only=True):
    """A line of the response plan."""

    phase: str
    text: str
    measure: str | None
    owner: str | None
    within_s: float | None


class MandateView(View, frozen=True, kw_only=True):
    """The mandate as the site file has it, nulls where it has none, and how it stands; measures and response plan."""

    standing: StandingView
    granted_by: str | None
    to: str | None
    from_utc: str | None
    until_utc: str | None
    ground: list[str]
    protects: list[str]
    threat_s: float | None
    safety_radius_m: float | None
    safety_height_m: float | None
    measures: list[MeasureView]
    plan: list[PlanStepView]


class FindingView(View, frozen=True, kw_only=True):
    """What one clause says. remedy: what a person can record that answers it, if it is so."""

    clause: str
    answer: Literal["yes", "no", "needs"]
    text: str
    detail: str
    remedy: str | None = None


class MoveView(View, frozen=True, kw_only=True):
    """A change of a decision's state; by null: the check's own. happened_utc: when it was carried out, as said."""

    move: str
    state: DecisionStateName
    by: str | None
    role: str | None
    note: str
    at_utc: str
    at_local: str
    happened_utc: str | None
    findings: list[FindingView]


class AttemptView(View, frozen=True, kw_only=True):
    """A move that was tried and refused."""

    move: str
    by: str
    role: str
    note: str
    at_utc: str
    at_local: str
    findings: list[FindingView]


class DecisionView(View, frozen=True, kw_only=True):
    """A decision as it stands. findings: of the last check. hand_over: while it is authorised or was carried out."""

    id: str
    origin: OriginName
    state: DecisionStateName
    measure: str
    measure_kind: str | None
    measure_name: str | None
    owner: str | None
    by: str
    role: str
    note: str
    track: str | None
    protects: str | None
    incident: str | None
    ordered_utc: str
    ordered_local: str
    second_by: str | None
    second_role: str | None
    authorised_utc: str | None
    findings: list[FindingView]
    hand_over: str | None
    moves: list[MoveView]
    attempts: list[AttemptView]


class FactView(View, frozen=True, kw_only=True):
    """What a person says is so. outside_mandate: a measure taken without an authorised decision."""

    id: str
    fact: FactName
    outside_mandate: bool
    by: str
    role: str
    note: str
    track: str | None
    identity: str | None
    measure: str | None
    decision: str | None
    incident: str | None
    at_utc: str
    at_local: str
    happened_utc: str | None


class DecisionsView(View, frozen=True, kw_only=True):
    """All decisions and facts, oldest first, and how the mandate stands."""

    standing: StandingView
    decisions: list[DecisionView]
    facts: list[FactView]


def decided(one: Decided, site: Site) -> DecisionsView:
    """All of it."""
    return DecisionsView(
        standing=standing(one.standing),
        decisions=[decision(each, site) for each in one.decisions],
        facts=[fact(each, site) for each in one.facts],
    )


def standing(one: Standing) -> StandingView:
    """How the mandate stands."""
    ended = one.withdrawn
    return StandingView(
        state=msgspec.convert(one.state, StandingName),
        in_force=one.in_force,
        says=one.says,
        withdrawn_utc=utc(ended.at_s) if ended else None,
        withdrawn_by=ended.by if ended else None,
        withdrawn_note=ended.note if ended else None,
    )


def mandate(stands: Standing, site: Site) -> MandateView:
    """The site's mandate, measures and plan."""
    of = site.response.mandate
    return MandateView(
        standing=standing(stands),
        granted_by=of.granted_by if of else None,
        to=of.to if of else None,
        from_utc=utc(of.from_s) if of else None,
        until_utc=utc(of.until_s) if of else None,
        ground=list(of.ground) if of else [],
        protects=list(of.protects) if of else [],
        threat_s=of.threat_s if of else None,
        safety_radius_m=of.safety_radius_m if of else None,
        safety_height_m=of.safety_height_m if of else None,
        measures=[_measure(each, of) for each in site.response.measures],
        plan=[
            PlanStepView(
                phase=step.phase, text=step.text, measure=step.measure, owner=step.owner, within_s=step.within_s
            )
            for step in site.response.plan
        ],
    )


def _measure(one: Measure, of: Mandate | None) -> MeasureView:
    roles = of.roles if of else ()
    return MeasureView(
        id=one.id,
        kind=one.kind,
        name=one.name,
        owner=one.owner,
        roles=[role.name for role in roles if one.id in role.measures],
        seconds=[role.name for role in roles if one.id in role.seconds],
        two_persons=of is not None and one.id in of.two_persons,
    )


def decision(one: Decision, site: Site) -> DecisionView:
    """A decision as it stands."""
    order = one.order
    return DecisionView(
        id=one.id,
        origin=one.origin.value,
        state=one.state.value,
        measure=order.measure,
        measure_kind=order.measure_kind,
        measure_name=order.measure_name,
        owner=order.owner,
        by=order.by,
        role=order.role,
        note=order.note,
        track=order.track,
        protects=order.protects,
        incident=order.incident,
        ordered_utc=iso_utc(order.at_s),
        ordered_local=iso_local(order.at_s, site.timezone),
        second_by=one.second_by,
        second_role=one.second_role,
        authorised_utc=utc(one.authorised_s),
        findings=_findings(one.findings),
        hand_over=one.hand_over,
        moves=[_move(each, site) for each in one.moves],
        attempts=[_attempt(each, site) for each in one.attempts],
    )


def _findings(findings: tuple[Finding, ...]) -> list[FindingView]:
    return [msgspec.convert(each, FindingView, from_attributes=True) for each in findings]


def _move(one: DecisionMoved, site: Site) -> MoveView:
    return MoveView(
        move=one.move,
        state=one.state.value,
        by=one.by,
        role=one.role,
        note=one.note,
        at_utc=iso_utc(one.at_s),
        at_local=iso_local(one.at_s, site.timezone),
        happened_utc=utc(one.happened_s),
        findings=_findings(one.findings),
    )


def _attempt(one: DecisionAttempted, site: Site) -> AttemptView:
    return AttemptView(
        move=one.move,
        by=one.by,
        role=one.role,
        note=one.note,
        at_utc=iso_utc(one.at_s),
        at_local=iso_local(one.at_s, site.timezone),
        findings=_findings(one.findings),
    )


def fact(one: FactRecorded, site: Site) -> FactView:
    """A fact."""
    return FactView(
        id=one.id,
        fact=msgspec.convert(one.fact, FactName),
        outside_mandate=one.fact == "measure_taken",
        by=one.by,
        role=one.role,
        note=one.note,
        track=one.track,
        identity=one.identity,
        measure=one.measure,
        decision=one.decision,
        incident=one.incident,
        at_utc=iso_utc(one.at_s),
        at_local=iso_local(one.at_s, site.timezone),
        happened_utc=utc(one.happened_s),
    )
