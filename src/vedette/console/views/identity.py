"""Dispositions with their evidence, a person's word over them, and own flights."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from vedette.clock import iso_local, iso_utc
from vedette.console.views.base import View, local, utc
from vedette.model import Disposition, Evidence, Flight, Identities, Override
from vedette.site import Site

DispositionName = Literal["pending", "unknown", "assumed_friendly", "friendly", "neutral", "suspicious", "hostile"]
FlightStateName = Literal["planned", "expected", "flying", "outside", "overdue", "ended", "withdrawn"]


class EvidenceView(View, frozen=True, kw_only=True):
    """One piece of evidence; says: the disposition that it speaks for."""

    says: DispositionName
    text: str
    value: float | None
    unit: str | None
    source: str | None


class OverrideView(View, frozen=True, kw_only=True):
    """What a person said of a track. contradicted_utc: since when the evidence speaks against it, null: it does not."""

    disposition: DispositionName
    reason: str
    by: str
    role: str
    at_utc: str
    evidence_then: DispositionName
    contradicted_utc: str | None
    carried_from: str | None


class FlightView(View, frozen=True, kw_only=True):
    """An own flight. key: its name in the site's file, null: entered by a person. why: of its newest change."""

    flight: str
    key: str | None
    who: str
    identities: list[str]
    geometry: dict[str, Any]
    radius_m: float | None
    floor_height_agl_m: float | None
    ceiling_height_agl_m: float | None
    from_utc: str
    from_local: str
    until_utc: str
    until_local: str
    note: str
    state: FlightStateName
    since_utc: str
    since_local: str | None
    track: str | None
    matched: Literal["identity", "claim", "place"] | None
    p: float | None
    why: str | None
    by: str | None
    role: str | None


class FlightsView(View, frozen=True, kw_only=True):
    """Own flights in order of entry; those that have been over for an hour are left out."""

    flights: list[FlightView]


def disposition_name(disposition: Disposition) -> DispositionName:
    """The disposition as the API writes it."""
    name: DispositionName = msgspec.convert(disposition.value, DispositionName)
    return name


def evidence(one: Evidence) -> EvidenceView:
    """A piece of evidence."""
    return EvidenceView(
        says=disposition_name(one.says), text=one.text, value=one.value, unit=one.unit, source=one.source
    )


def override(one: Override | None) -> OverrideView | None:
    """A person's word, None where there is none."""
    if one is None:
        return None
    return OverrideView(
        disposition=disposition_name(one.disposition),
        reason=one.reason,
        by=one.by,
        role=one.role,
        at_utc=iso_utc(one.at_s),
        evidence_then=disposition_name(one.evidence_then),
        contradicted_utc=utc(one.contradicted_s),
        carried_from=one.carried_from,
    )


def flight(one: Flight, site: Site) -> FlightView:
    """An own flight as it stands."""
    plan, last = one.plan, one.last
    return FlightView(
        flight=one.flight,
        key=one.key,
        who=plan.who,
        identities=list(plan.identities),
        geometry=plan.geometry,
        radius_m=plan.radius_m,
        floor_height_agl_m=plan.floor_agl_m,
        ceiling_height_agl_m=plan.ceiling_agl_m,
        from_utc=iso_utc(plan.from_s),
        from_local=iso_local(plan.from_s, site.timezone),
        until_utc=iso_utc(plan.until_s),
        until_local=iso_local(plan.until_s, site.timezone),
        note=plan.note,
        state=msgspec.convert(one.state.value, FlightStateName),
        since_utc=iso_utc(one.since_s),
        since_local=local(one.since_s, site),
        track=one.track,
        matched=msgspec.convert(one.matched, Literal["identity", "claim", "place"] | None),
        p=None if last is None else last.p,
        why=None if last is None else last.why,
        by=one.by,
        role=one.role,
    )


def flights(identities: Identities, site: Site) -> FlightsView:
    """All own flights that are shown."""
    return FlightsView(flights=[flight(one, site) for one in identities.flights])
