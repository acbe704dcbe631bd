"""What every part of the API shares: origin, reasons, where a thing came down, and times as texts."""

from __future__ import annotations

from typing import Literal

import msgspec

from vedette.clock import iso_local, iso_utc
from vedette.model import Impact, Reason
from vedette.site import Site

OriginName = Literal["live", "replay", "simulated", "exercise"]
AlertStateName = Literal["raised", "acknowledged", "dismissed", "cleared", "awaiting_note", "closed"]
PlaceName = Literal["inside", "outside", "unsure"]


class View(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """Base of what the API sends."""


class ReasonView(View, frozen=True, kw_only=True):
    """One reason for a judgement, with the number behind it."""

    text: str
    value: float | None
    unit: str | None
    source: str | None


class ImpactView(View, frozen=True, kw_only=True):
    """Where it came down (basis `descent`), or would (`descending`)."""

    time_utc: str
    latitude_deg: float
    longitude_deg: float
    sigma_major_m: float
    sigma_minor_m: float
    azimuth_true_deg: float
    p_inside: float | None
    place: PlaceName
    basis: str


def utc(at_s: float | None) -> str | None:
    """ISO 8601 UTC; unknown stays unknown."""
    return None if at_s is None else iso_utc(at_s)


def local(at_s: float | None, site: Site) -> str | None:
    """ISO 8601 in the site's time with its offset; unknown stays unknown."""
    return None if at_s is None else iso_local(at_s, site.timezone)


def reason_view(reason: Reason) -> ReasonView:
    """A reason as the API gives it."""
    return ReasonView(text=reason.text, value=reason.value, unit=reason.unit, source=reason.source)


def impact_view(impact: Impact | None) -> ImpactView | None:
    """Where it came down, or would; None where nothing says so."""
    if impact is None:
        return None
    return ImpactView(
        time_utc=iso_utc(impact.observed_s),
        latitude_deg=impact.latitude_deg,
        longitude_deg=impact.longitude_deg,
        sigma_major_m=impact.sigma_major_m,
        sigma_minor_m=impact.sigma_minor_m,
        azimuth_true_deg=impact.azimuth_true_deg,
        p_inside=impact.p_inside,
        place=msgspec.convert(impact.place, PlaceName),
        basis=impact.basis,
    )
