"""What somebody saw, with what could explain it and what the report is worth."""

from __future__ import annotations

from vedette.clock import iso_local, iso_utc
from vedette.console.views.base import ReasonView, View, reason_view, utc
from vedette.model import Grade, Lights, Motion, Observer, SightingCandidate, SightingEntered, Sureness
from vedette.site import Site


class SightingCandidateView(View, frozen=True, kw_only=True):
    """One thing that could be it; `harmless`: it is no intruder."""

    kind: str
    name: str
    title: str
    p: float
    likelihood_ratio: float
    harmless: bool
    azimuth_true_deg: float | None
    elevation_deg: float | None
    distance_m: float | None
    time_utc: str | None
    reasons: list[ReasonView]


class SightingView(View, frozen=True, kw_only=True):
    """One sighting of the record."""

    id: str
    incident: str | None
    time_utc: str
    time_local: str
    time_sigma_s: float
    latitude_deg: float
    longitude_deg: float
    altitude_ellipsoid_m: float | None
    azimuth_true_deg: float
    azimuth_sigma_deg: float | None
    elevation_deg: float | None
    elevation_sigma_deg: float | None
    sure: Sureness
    motion: Motion | None
    lights: Lights | None
    looked_like: str
    observer: Observer
    seen_by: str
    grade: Grade
    grade_why: str
    candidates: list[SightingCandidateView]
    compared: dict[str, int]
    not_checked: list[str]
    by: str
    note: str
    entered_utc: str


class SightingsView(View, frozen=True, kw_only=True):
    """All sightings, in the order they were entered."""

    sightings: list[SightingView]


def sighting(one: SightingEntered, site: Site) -> SightingView:
    """A sighting as it was recorded."""
    report = one.report
    return SightingView(
        id=one.sighting,
        incident=one.incident,
        time_utc=iso_utc(report.at_s),
        time_local=iso_local(report.at_s, site.timezone),
        time_sigma_s=report.time_sigma_s,
        latitude_deg=report.latitude_deg,
        longitude_deg=report.longitude_deg,
        altitude_ellipsoid_m=report.altitude_ellipsoid_m,
        azimuth_true_deg=report.azimuth_true_deg,
        azimuth_sigma_deg=report.azimuth_sigma_deg,
        elevation_deg=report.elevation_deg,
        elevation_sigma_deg=report.elevation_sigma_deg,
        sure=report.sure,
        motion=report.motion,
        lights=report.lights,
        looked_like=report.looked_like,
        observer=report.observer,
        seen_by=report.seen_by,
        grade=one.grade,
        grade_why=one.grade_why,
        candidates=[_candidate(each) for each in one.answer.candidates],
        compared=one.answer.compared,
        not_checked=list(one.answer.not_checked),
        by=one.by,
        note=one.note,
        entered_utc=iso_utc(one.at_s),
    )


def _candidate(one: SightingCandidate) -> SightingCandidateView:
    return SightingCandidateView(
        kind=one.kind,
        name=one.name,
        title=one.title,
        p=one.p,
        likelihood_ratio=one.likelihood_ratio,
        harmless=one.harmless,
        azimuth_true_deg=one.azimuth_true_deg,
        elevation_deg=one.elevation_deg,
        distance_m=one.distance_m,
        time_utc=utc(one.at_s),
        reasons=[reason_view(reason) for reason in one.reasons],
    )
