"""Does a rule of the site hold for a track, and what to tell the officer. Pure: one track, one rule, no memory."""

from __future__ import annotations

from typing import Final

import msgspec

from vedette.classification import group_masses, named_class
from vedette.geo import distance_azimuth
from vedette.model import Cooperation, Disposition, Reason, TrackPicture, ZoneApproach
from vedette.site import Rule, Site, Zone

P_EXISTS_MIN: Final = 0.5
"""A track less likely to exist than not alerts nobody."""
P_CLASSED: Final = 0.5
"""A track is not yet classed while none of uav, manned, bird and other has this much."""
EXEMPT: Final = ("icao:", "own:")
"""Identities that alert nobody once another sensor agrees: aviation's and the site's own. Remote ID is not among them:
who flies into the zone with an honest Remote ID still flies into the zone."""

_WORDS: Final = {
    "uav": "Drone",
    "uav_rotary": "Rotary drone",
    "uav_fixed_wing": "Fixed-wing drone",
    "manned": "Manned aircraft",
    "bird": "Bird",
    "other": "Flying object",
}
_OCTANTS: Final = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that holds: the most urgent zone, the alert's title and the rule's own reasons."""

    zone: ZoneApproach
    title: str
    reasons: tuple[Reason, ...]


def matches(rule: Rule, track: TrackPicture, site: Site) -> Match | None:
    """The match of a rule with a track, whatever its status; None: it does not hold."""
    if track.p_exists < P_EXISTS_MIN or _is_exempt(track):
        return None
    why = _class_reason(rule, track)
    zones = {zone.id: zone for zone in site.zones}
    near = [each for each in track.approaches if _is_near(rule, each, track, zones.get(each.zone))]
    if why is None or not near:
        return None
    zone = _most_urgent(rule, near, track)
    return Match(zone=zone, title=_title(track, zone, site), reasons=(_zone_reason(zone), why))


def why_not(rule: Rule, track: TrackPicture) -> str:
    """Why a rule that held for a track no longer does, in a few words."""
    if _is_exempt(track):
        return f"{track.identity} and another sensor agree"
    if track.p_exists < P_EXISTS_MIN:
        return "the track is no longer believed"
    if _class_reason(rule, track) is None:
        return f"now classed {track.class_}"
    return "no longer in the zones nor on its way"


def _is_exempt(track: TrackPicture) -> bool:
    """And an own flight in its box and hours, by its evidence; no person's word silences an alert."""
    if track.evidence_says is Disposition.FRIENDLY:
        return True
    return track.cooperation is Cooperation.COOPERATIVE and (track.identity or "").startswith(EXEMPT)


def _class_reason(rule: Rule, track: TrackPicture) -> Reason | None:
    masses = group_masses(track.p_classes)
    if rule.class_ == "any":
        return Reason(text="Any aircraft", source=f"rule {rule.id}")
    p = masses[rule.class_]
    if p >= rule.p_class_min:
        text = f"Classed {rule.class_}: p {p:.2f}, at least {rule.p_class_min:.2f}"
        return Reason(text=text, value=p, unit="probability", source=f"rule {rule.id}")
    if rule.unclassed and max(masses.values()) < P_CLASSED:
        return Reason(text="Not yet classed", value=max(masses.values()), unit="probability", source=f"rule {rule.id}")
    return None


def _is_near(rule: Rule, approach: ZoneApproach, track: TrackPicture, zone: Zone | None) -> bool:
    if approach.role not in rule.zones:
        return False
    soon = approach.time_to_s is not None and approach.time_to_s <= rule.within_s
    return (approach.inside or soon) and (zone is None or _within_heights(zone, track, approach.time_to_s or 0.0))


def _within_heights(zone: Zone, track: TrackPicture, in_s: float) -> bool:
    """Between the zone's floor and ceiling now or when it gets there; unknown height counts as within."""
    if track.height_agl_m is None:
        return True
    then_m = track.height_agl_m + (track.velocity_up_mps or 0.0) * in_s
    low_m, high_m = sorted((track.height_agl_m, then_m))
    below = zone.floor_agl_m is not None and high_m < zone.floor_agl_m
    above = zone.ceiling_agl_m is not None and low_m > zone.ceiling_agl_m
    return not (below or above)


def _most_urgent(rule: Rule, near: list[ZoneApproach], track: TrackPicture) -> ZoneApproach:
    """The perimeter where it leads there at all, however late; else the soonest, then the nearest."""
    coming = [
        each
        for each in track.approaches
        if each.role == "perimeter" and "perimeter" in rule.zones and (each.inside or each.time_to_s is not None)
    ]
    return min(coming or near, key=lambda each: (_time_to_s(each), each.distance_m, each.zone))


def _time_to_s(approach: ZoneApproach) -> float:
    return 0.0 if approach.inside or approach.time_to_s is None else approach.time_to_s


def _zone_reason(zone: ZoneApproach) -> Reason:
    if zone.inside:
        return Reason(text=f"Inside {zone.name}", value=0.0, unit="m", source=zone.zone)
    text = f"Reaches {zone.name} in {_time_to_s(zone):.0f} s, {zone.distance_m:.0f} m off"
    return Reason(text=text, value=_time_to_s(zone), unit="s", source=zone.zone)


def _title(track: TrackPicture, zone: ZoneApproach, site: Site) -> str:
    what = _what(track.p_classes)
    if zone.inside:
        return f"{what} inside {'the perimeter' if zone.role == 'perimeter' else zone.name}"
    if track.latitude_deg is None or track.longitude_deg is None:
        return f"{what} inbound"
    _, azimuth_deg = distance_azimuth(site.latitude_deg, site.longitude_deg, track.latitude_deg, track.longitude_deg)
    return f"{what} inbound from {_OCTANTS[round(azimuth_deg / 45.0) % 8]}"


def _what(p_classes: tuple[float, ...]) -> str:
    return (
        _WORDS[named_class(p_classes)[0]] if max(group_masses(p_classes).values()) >= P_CLASSED else "Unknown aircraft"
    )
