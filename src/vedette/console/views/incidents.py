"""Incidents: one as the list and the stream give it, and the keys its document has at least."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from vedette.clock import iso_local, iso_utc
from vedette.console.views.base import AlertStateName, ImpactView, OriginName, PlaceName, View, impact_view, utc
from vedette.console.views.decisions import DecisionStateName, FactName, FindingView
from vedette.console.views.dossier import (
    AttributionDecisionView,
    ClaimView,
    ClosedView,
    EntryView,
    MediaView,
    SaidView,
    StatementView,
)
from vedette.console.views.identity import DispositionName
from vedette.model import Count, Effect, Incident, IncidentTrackSummary
from vedette.site import Site

EffectState = Literal["not_yet_reported", "none_reported", "reported"]


class IncidentTrackView(View, frozen=True, kw_only=True):
    """One track of an incident, ended or not."""

    track: str
    identity: str | None
    class_: str
    p_class: float
    sensors: list[str]
    first_utc: str
    last_utc: str
    ended: bool
    impact: ImpactView | None


class EffectView(View, frozen=True, kw_only=True):
    """What people say of an effect. conflict: what stands differs; entries: ids of all that stand."""

    state: EffectState
    value: str | None
    by: str | None
    at_utc: str | None
    role: str | None
    source: str | None
    conflict: bool
    entries: list[str]


class AttributionView(View, frozen=True, kw_only=True):
    """Who did it: `unclaimed` until two persons sign a change; then whom they name, by which decision."""

    state: str
    to: str | None = None
    decision: str | None = None


class IncidentView(View, frozen=True, kw_only=True):
    """One incident as the list and the stream give it; /incidents/{id} has the whole document.

    revision: how many events people's additions made; another one: the document has changed.
    """

    id: str
    origin: OriginName
    timezone: str
    opened_utc: str
    opened_local: str
    closed_utc: str | None
    state: str
    tracks: list[IncidentTrackView]
    count: Count
    alerts: list[str]
    effects: dict[str, EffectView]
    attribution: AttributionView
    revision: int


class DocumentImpact(View, frozen=True, kw_only=True):
    """Where a track of an incident came down (basis `descent`), or would (`descending`). error_radius_m: of 95 %."""

    latitude_deg: float
    longitude_deg: float
    sigma_major_m: float
    sigma_minor_m: float
    error_radius_m: float
    p_inside: float | None
    place: PlaceName
    basis: str


class HeldOverride(View, frozen=True, kw_only=True):
    """What a person said that a track of an incident is."""

    disposition: DispositionName
    reason: str
    by: str
    role: str
    at_utc: str
    at_local: str
    evidence_then: DispositionName
    contradicted_utc: str | None
    contradicted_local: str | None
    carried_from: str | None


class Held(View, frozen=True, kw_only=True):
    """What a track of an incident was held to be at the last, and what its evidence said."""

    disposition: DispositionName
    evidence_says: DispositionName
    override: HeldOverride | None


class DocumentTrack(View, frozen=True, kw_only=True):
    """One track of an incident's document."""

    track: str
    identity: str | None
    class_: str
    sensors: list[str]
    first_utc: str
    last_utc: str
    ended: bool
    held: Held
    impact: DocumentImpact | None


class DocumentAlert(View, frozen=True, kw_only=True):
    """One alert of an incident's document, with the zone's name as the site's file has it."""

    id: str
    priority: int
    state: AlertStateName
    track: str | None
    zone_name: str | None
    title: str
    raised_utc: str
    raised_time_to_s: float | None
    acknowledged_utc: str | None
    acknowledged_by: str | None
    cleared_utc: str | None
    cleared_why: str | None


class DocumentDecision(View, frozen=True, kw_only=True):
    """One decision of an incident's document; clauses: of its last check."""

    id: str
    state: DecisionStateName
    measure: str
    measure_name: str | None
    by: str
    role: str
    track: str | None
    ordered_utc: str
    second_by: str | None
    clauses: list[FindingView]


class DocumentFact(View, frozen=True, kw_only=True):
    """One fact of an incident's document."""

    id: str
    fact: FactName
    outside_mandate: bool
    by: str
    role: str
    note: str
    track: str | None
    measure: str | None
    decision: str | None
    at_utc: str


class IncidentDocument(View, frozen=True, kw_only=True):
    """An incident's document: at least these keys. alerts: their ids; alert_details: the same alerts, in that order."""

    id: str
    opened_utc: str
    opened_local: str
    timezone: str
    state: str
    tracks: list[DocumentTrack]
    count: Count
    alerts: list[str]
    alert_details: list[DocumentAlert]
    effects: dict[str, EffectView]
    attribution: AttributionView
    sightings: list[Any]
    sources: list[Any]
    origin: OriginName
    decisions: list[DocumentDecision]
    facts: list[DocumentFact]
    effect_entries: list[EntryView]
    claims: list[ClaimView]
    record: dict[str, str | None]
    closures: list[ClosedView]
    attributions: list[AttributionDecisionView]
    media: list[MediaView]
    statement: SaidView
    statements: list[StatementView]
    approvers: list[str]
    attributors: list[str]
    headline: str
    revision: int


def incident(one: Incident, site: Site) -> IncidentView:
    """An incident as it stands."""
    return IncidentView(
        id=one.incident,
        origin=one.origin.value,
        timezone=site.timezone,
        opened_utc=iso_utc(one.opened_s),
        opened_local=iso_local(one.opened_s, site.timezone),
        closed_utc=utc(one.closed_s),
        state=one.state,
        tracks=[_track(summary) for summary in one.tracks],
        count=one.count,
        alerts=list(one.alerts),
        effects={name: _effect(effect) for name, effect in one.effects.items()},
        attribution=AttributionView(state=one.attribution),
        revision=_revision(one),
    )


def _revision(one: Incident) -> int:
    closed = len(one.closures) + sum(each.ended is not None for each in one.closures)
    return one.dossier.revision + len(one.decisions) + len(one.facts) + len(one.sightings) + closed


def _track(summary: IncidentTrackSummary) -> IncidentTrackView:
    return IncidentTrackView(
        track=summary.track,
        identity=summary.identity,
        class_=summary.class_,
        p_class=summary.p_class,
        sensors=list(summary.sensors),
        first_utc=iso_utc(summary.first_s),
        last_utc=iso_utc(summary.last_s),
        ended=summary.ended,
        impact=impact_view(summary.impact),
    )


def _effect(effect: Effect) -> EffectView:
    return EffectView(
        state=msgspec.convert(effect.state, EffectState),
        value=effect.value,
        by=effect.by,
        at_utc=utc(effect.at_s),
        role=effect.role,
        source=effect.source,
        conflict=effect.conflict,
        entries=list(effect.entries),
    )
