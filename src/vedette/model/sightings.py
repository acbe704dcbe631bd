"""What a person saw, and what could explain it."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from vedette.model.picture import Reason

Sureness = Literal["sure", "fairly", "unsure"]
Motion = Literal["still", "moving"]
Lights = Literal["none", "steady", "flashing"]
Observer = Literal["trained", "staff", "public"]
Grade = Literal["A", "B", "C", "D"]

NOTHING_KNOWN: Final = "nothing_known"
"""The kind of the candidate that stands for all that nobody has compared."""


class SightingReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report from the ground or a cockpit: when, from where, in which direction, and how sure.

    Args:
        at_s, time_sigma_s: UTC seconds, and their 1 sigma.
        latitude_deg, longitude_deg: the observer's place. altitude_ellipsoid_m: None: on the ground, at the height
            of the site's reference point.
        azimuth_true_deg: clockwise from true north. elevation_deg: above the horizon; None: not said.
        azimuth_sigma_deg, elevation_sigma_deg: 1 sigma; None: what `sure` stands for (`vedette.sighting.errors`).
        motion, lights: what was seen, None: not said. looked_like: in the observer's words, kept and not weighed.
        observer: trained (tower, crews, military posts), staff (of the site) or public. seen_by: who, in words.
    """

    at_s: float
    time_sigma_s: float = 30.0
    latitude_deg: float
    longitude_deg: float
    altitude_ellipsoid_m: float | None = None
    azimuth_true_deg: float
    azimuth_sigma_deg: float | None = None
    elevation_deg: float | None = None
    elevation_sigma_deg: float | None = None
    sure: Sureness = "fairly"
    motion: Motion | None = None
    lights: Lights | None = None
    looked_like: str = ""
    observer: Observer = "public"
    seen_by: str = ""


class SightingCandidate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that could be what was seen.

    Args:
        kind: track | own_drone | aircraft | bird | moon | planet | star | landmark | nothing_known.
        name: track, body or zone id. title: for people.
        p: its probability among all candidates. likelihood_ratio: how many times as well as nothing known it explains
            what was said; before any weight for how readily it is noticed.
        azimuth_true_deg, elevation_deg, distance_m, at_s: where it was from the observer, at the time in the report's
            range that fits best; None where not known.
        harmless: it is no intruder: a light of the sky, a landmark, a bird, an aircraft under an aviation identity, an
            own drone.
    """

    kind: str
    name: str
    title: str
    p: float
    likelihood_ratio: float
    harmless: bool
    azimuth_true_deg: float | None = None
    elevation_deg: float | None = None
    distance_m: float | None = None
    at_s: float | None = None
    reasons: tuple[Reason, ...] = ()


class SightingAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What could explain a report.

    candidates: by falling p, nothing known always among them; their p add up to less than one by what is left out as
    too improbable. compared: how many things were, by kind. not_checked: what could not be, and why.
    """

    candidates: tuple[SightingCandidate, ...]
    compared: dict[str, int]
    not_checked: tuple[str, ...] = ()
