"""Does a rule of the site hold for a track, and what to tell the officer. Pure: one track, one rule, no memory."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from vedette.classification import group_masses, named_class
from vedette.geo import distance_azimuth
from vedette.model import Cooperation, Disposition, Reason, TrackPicture, ZoneApproach
from vedette.post.around import Around
from vedette.post.conditions import OF_ITS_OWN, P_CLASSED, number
from vedette.site import Rule, Site, Zone

P_EXISTS_MIN: Final = 0.5
"""A track less likely to exist than not alerts nobody."""
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
    """A rule that holds: the most urgent zone, the alert's title and the rule's own reasons.

    zone is None where the rule is for anywhere and no zone is known to be near, and where it is about an absence.
    """

    zone: ZoneApproach | None
    title: str
    reasons: tuple[Reason, ...]

    @property
    def time_to_s(self) -> float | None:
        """Until it is inside the zone."""
        return None if self.zone is None else self.zone.time_to_s

    @property
    def distance_m(self) -> float | None:
        """To the zone."""
        return None if self.zone is None else self.zone.distance_m


def look_around(
    site: Site, tracks: Collection[TrackPicture], now_s: float, looking: frozenset[str] | None = None
) -> Around:
    """What rules ask of a whole picture, with the numbers of tracks counted for those rules that want one."""
    around = Around(site, tracks, now_s, looking)
    for rule in site.rules:
        if rule.number is not None and rule.is_of_tracks:
            around.counts[rule.id] = sum(isinstance(_alone(rule, track, site, around), Match) for track in tracks)
    return around


def matches(rule: Rule, track: TrackPicture, site: Site, around: Around | None = None) -> Match | None:
    """The match of a rule with a track, whatever its status; None: it does not hold. around: its picture."""
    found = _judge(rule, track, site, around)
    return found if isinstance(found, Match) else None


def why_not(rule: Rule, track: TrackPicture, site: Site, around: Around | None = None) -> str:
    """Why a rule that held for a track no longer does, in a few words."""
    found = _judge(rule, track, site, around)
    return "it holds again" if isinstance(found, Match) else found


def _judge(rule: Rule, track: TrackPicture, site: Site, around: Around | None) -> Match | str:
    around = around or look_around(site, (track,), track.observed_s)
    found = _alone(rule, track, site, around)
    many = number(rule, track, around)
    if isinstance(found, str) or isinstance(many, str):
        return found if isinstance(found, str) else str(many)
    return msgspec.structs.replace(found, reasons=(*found.reasons, *many))


def _alone(rule: Rule, track: TrackPicture, site: Site, around: Around) -> Match | str:
    """The rule but for the number of tracks."""
    if _is_exempt(track):
        return f"{track.identity} and another sensor agree"
    if track.p_exists < P_EXISTS_MIN:
        return "the track is no longer believed"
    reasons: list[Reason] = []
    for condition in OF_ITS_OWN:
        found = condition(rule, track, around)
        if isinstance(found, str):
            return found
        reasons += found
    zone = _zone(rule, track, site)
    if isinstance(zone, str):
        return zone
    first = () if zone is None or not rule.zones else (_zone_reason(zone),)
    return Match(zone=zone, title=_title(rule, track, zone, site), reasons=(*first, *reasons))


def _is_exempt(track: TrackPicture) -> bool:
    """And an own flight in its box and hours, by its evidence; no person's word silences an alert."""
    if track.evidence_says is Disposition.FRIENDLY:
        return True
    return track.cooperation is Cooperation.COOPERATIVE and (track.identity or "").startswith(EXEMPT)


def _zone(rule: Rule, track: TrackPicture, site: Site) -> ZoneApproach | str | None:
    """The zone that is told, or why the rule's zones are none of the track's business."""
    if not rule.zones:
        named = [one for one in track.approaches if one.role == "perimeter"] or list(track.approaches)
        return min(named, key=_soonest, default=None)
    zones = {zone.id: zone for zone in site.zones}
    near = [each for each in track.approaches if _is_near(rule, each, track, zones.get(each.zone))]
    return _most_urgent(rule, near, track) if near else "no longer in the zones nor on its way"


def _soonest(approach: ZoneApproach) -> tuple[bool, float, float, str]:
    return approach.time_to_s is None, _time_to_s(approach), approach.distance_m, approach.zone


def _is_near(rule: Rule, approach: ZoneApproach, track: TrackPicture, zone: Zone | None) -> bool:
    if approach.role not in rule.zones and approach.zone not in rule.zones:
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


def _title(rule: Rule, track: TrackPicture, zone: ZoneApproach | None, site: Site) -> str:
    what = _what(track.p_classes)
    if rule.kind == "second_contact":
        what = f"Second contact during a recovery: {what[:1].lower()}{what[1:]}"
    elif rule.remote_id:
        what = f"{what}, Remote ID contradicted,"
    if zone is not None and zone.inside:
        return f"{what} inside {'the perimeter' if zone.role == 'perimeter' else zone.name}"
    how = "inbound" if zone is not None and zone.time_to_s is not None else "in view"
    if track.latitude_deg is None or track.longitude_deg is None:
        return f"{what} {how}"
    _, azimuth_deg = distance_azimuth(site.latitude_deg, site.longitude_deg, track.latitude_deg, track.longitude_deg)
    where = "from" if how == "inbound" else "to the"
    return f"{what} {how} {where} {_OCTANTS[round(azimuth_deg / 45.0) % 8]}"


def _what(p_classes: tuple[float, ...]) -> str:
    return (
        _WORDS[named_class(p_classes)[0]] if max(group_masses(p_classes).values()) >= P_CLASSED else "Unknown aircraft"
    )
