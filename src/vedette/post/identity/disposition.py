"""Evidence → disposition. Pure: one track, one moment, no memory; never hostile, that is a person's word.

The first line that applies decides; what else is known stands beside it.

    contradicted identity (on two tracks, or jumped)                                    suspicious
    the site's own, or an own flight by identity, and another sensor agrees             friendly, out of box or hours:
                                                                                        assumed friendly
    the same by its own word alone, or an own flight by place and hours (p >= 0.7)      assumed friendly
    aviation identity (ICAO, callsign, MMSI), and another sensor agrees                 neutral
    not long or surely enough seen                                                      pending
    in a warning, perimeter or keep-out zone, or so within 60 s, as drone or unclassed  suspicious
    bird, p >= 0.5; where it is in such a zone or will be, p >= 0.9                     neutral
    Remote ID or another name, and another sensor agrees on the place                   neutral
    all else                                                                            unknown

A Remote ID proves nothing: it says who somebody claims to be, and where; another sensor can bear out the place alone.
An own flight known by place alone is not excused where it heads for a zone that its box does not touch.
"""

from __future__ import annotations

import functools
from typing import Final

import msgspec

from vedette.classification import GROUPS, Masses, masses_of
from vedette.model import Cooperation, Disposition, Evidence, TrackPicture, ZoneApproach
from vedette.site import Site

SETTLED_S: Final = 4.0
SETTLED_P: Final = 0.8
"""A track younger than this, or less likely to exist, is pending where nothing but its class speaks."""
HASTE_S: Final = 2.0
HASTE_P: Final = 0.5
"""In a zone or on its way in, a track is judged from here on: alerts go by the same probability."""
CLOSING_S: Final = 60.0
"""How far ahead a course into a zone counts: as in the rule that a site has without rules of its own."""
LISTEN_S: Final = 10.0
"""So long without any identity is silence: a Remote ID comes each 3 s at least, ADS-B more often."""
P_CLASSED: Final = 0.5
P_BIRD_NEAR: Final = 0.9
"""A bird that makes for the perimeter must be this surely a bird: drones have been taken for birds."""
P_PLACE: Final = 0.7
"""From here on a match by place and hours alone is believed; two alike in one box have less than this each."""
ROLES: Final = ("perimeter", "keep_out", "warning")
AVIATION: Final = ("icao:", "callsign:", "mmsi:")

_D = Disposition
_BIRD: Final = GROUPS.index("bird")
_CLASSED: Final = ("Classed drone", "Classed manned aircraft", "Classed bird", "Classed something else")
_RECEIVERS: Final = {"adsb": "ADS-B", "remote_id": "Remote ID", "telemetry": "telemetry"}


class FlightMatch(msgspec.Struct, frozen=True, kw_only=True):
    """A track taken for an own flight: by its identity, or (p) by place and hours. strays: why it is not where it may.

    zones: ids of the site's zones that the flight's box touches.
    """

    flight: str
    who: str
    by_identity: bool
    p: float | None = None
    strangers: float | None = None
    strays: str | None = None
    zones: frozenset[str] = frozenset()


class Judgement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the evidence says, and the evidence, the decisive piece first."""

    disposition: Disposition
    evidence: tuple[Evidence, ...]


def listening(site: Site) -> tuple[tuple[str, str], ...]:
    """(word, sensors' ids) for each kind of receiver that would hear an aircraft name itself."""
    found = []
    for kind, word in _RECEIVERS.items():
        ids = ", ".join(sensor.id for sensor in site.sensors if sensor.kind == kind)
        if ids:
            found.append((word, ids))
    return tuple(found)


def judge(track: TrackPicture, match: FlightMatch | None, heard: tuple[tuple[str, str], ...]) -> Judgement:
    """Judge one track. match: the own flight it is taken for; heard: `listening` of the site.

    Asked of every track at every picture: each part appends what it finds, and names the piece that decides, if any.
    """
    zones = _zones(track)
    near = zones[0] if zones else None
    masses = masses_of(track.p_classes)
    found: list[Evidence] = []
    decisive = _contradicted(found, track) if track.contradictions else None
    identity = track.identity
    if match is not None or identity is not None:
        decisive = _first(decisive, _friend(found, track, match, zones))
    aviation = identity is not None and identity.startswith(AVIATION)
    if aviation:
        decisive = _first(decisive, _aviation(found, track))
    decisive = _first(decisive, _young(found, track, near))
    if near is not None:
        decisive = _first(decisive, _behaviour(found, near, masses))
    decisive = _first(decisive, _class(found, near, masses))
    if identity is not None and not aviation and not identity.startswith(("own:", "track:")):
        decisive = _first(decisive, _name(found, track, identity))
    if heard and (identity is None or identity.startswith("track:")):
        _silence(found, track, heard, near)
    if decisive is None:
        return Judgement(disposition=_D.UNKNOWN, evidence=tuple(found))
    if found[0] is not decisive:
        found.remove(decisive)
        found.insert(0, decisive)
    return Judgement(disposition=decisive.says, evidence=tuple(found))


def _first(before: Evidence | None, now: Evidence | None) -> Evidence | None:
    """What decides: the first that does."""
    return now if before is None else before


def _contradicted(found: list[Evidence], track: TrackPicture) -> Evidence:
    first = len(found)
    for one in track.contradictions:
        found.append(Evidence(says=_D.SUSPICIOUS, text=one.text, value=one.value, unit=one.unit, source=one.source))
    return found[first]


def _friend(
    found: list[Evidence], track: TrackPicture, match: FlightMatch | None, zones: list[ZoneApproach]
) -> Evidence | None:
    agreed = track.cooperation is Cooperation.COOPERATIVE
    decisive = None if match is None else _flight(found, track, match, zones, agreed)
    if track.identity is not None and track.identity.startswith("own:"):
        says, words = (
            (_D.FRIENDLY, "another sensor agrees") if agreed else (_D.ASSUMED_FRIENDLY, "by its own word alone")
        )
        own = Evidence(says=says, text=f"The site's own aircraft, {words}", source=track.identity)
        found.append(own)
        decisive = _first(decisive, own)
    return decisive


def _flight(
    found: list[Evidence], track: TrackPicture, match: FlightMatch, zones: list[ZoneApproach], agreed: bool
) -> Evidence | None:
    elsewhere = next((zone for zone in zones if zone.zone not in match.zones), None)
    if match.by_identity:
        sure = True
        says = _D.FRIENDLY if agreed and match.strays is None else _D.ASSUMED_FRIENDLY
        borne = f"{track.identity}, and another sensor agrees on its place" if agreed else f"{track.identity} claimed"
        own = _of_flight(says, f"Own flight of {match.who}: {borne}", match)
    else:
        sure = match.p is not None and match.p >= P_PLACE and match.strays is None and elsewhere is None
        text = f"In the box and hours of {match.who}'s flight ({match.strangers or 0.0:.2g} strangers expected there)"
        own = _of_flight(_D.ASSUMED_FRIENDLY if sure else _D.UNKNOWN, text, match)
    found.append(own)
    if match.strays is not None:
        found.append(_of_flight(_D.SUSPICIOUS, f"That flight is {match.strays}", match))
    elif elsewhere is not None and not match.by_identity:
        found.append(_of_flight(_D.SUSPICIOUS, f"That flight has no business in {elsewhere.name}", match))
    return own if sure else None


def _of_flight(says: Disposition, text: str, match: FlightMatch) -> Evidence:
    unit = None if match.p is None else "probability"
    return Evidence(says=says, text=text, value=match.p, unit=unit, source=match.flight)


def _aviation(found: list[Evidence], track: TrackPicture) -> Evidence | None:
    agreed = track.cooperation is Cooperation.COOPERATIVE
    says, words = (_D.NEUTRAL, "and another sensor agrees") if agreed else (_D.UNKNOWN, "by its own word alone")
    joint = ", " if agreed else " "
    one = Evidence(says=says, text=f"Aviation identity{joint}{words}", source=track.identity)
    found.append(one)
    return one if agreed else None


def _young(found: list[Evidence], track: TrackPicture, near: ZoneApproach | None) -> Evidence | None:
    age_s = track.observed_s - track.first_s
    least_s, least_p = (SETTLED_S, SETTLED_P) if near is None else (HASTE_S, HASTE_P)
    if age_s >= least_s and track.p_exists >= least_p:
        return None
    text = f"Seen for {age_s:.0f} s, existence {track.p_exists:.2f}: too little to say"
    one = Evidence(says=_D.PENDING, text=text, value=age_s, unit="s", source="tracker")
    found.append(one)
    return one


def _zones(track: TrackPicture) -> list[ZoneApproach]:
    """The zones that it is in or soon will be, the most pressing first."""
    near = [
        one
        for one in track.approaches
        if (one.inside or (one.time_to_s is not None and one.time_to_s <= CLOSING_S)) and one.role in ROLES
    ]
    if len(near) > 1:
        near.sort(key=_pressing)
    return near


def _pressing(one: ZoneApproach) -> tuple[float, int]:
    return 0.0 if one.inside else one.time_to_s or 0.0, ROLES.index(one.role)


def _behaviour(found: list[Evidence], near: ZoneApproach, masses: Masses) -> Evidence | None:
    _, manned, bird, other = masses
    excused = max(bird, manned, other) >= P_CLASSED
    says = _D.UNKNOWN if excused else _D.SUSPICIOUS
    if near.inside:
        one = Evidence(says=says, text=f"Inside {near.name}", value=0.0, unit="m", source=near.zone)
    else:
        text = f"On course into {near.name}"
        one = Evidence(says=says, text=text, value=near.time_to_s, unit="s", source=near.zone)
    found.append(one)
    return None if excused else one


def _class(found: list[Evidence], near: ZoneApproach | None, masses: Masses) -> Evidence | None:
    p = max(masses)
    best = masses.index(p)
    bird = best == _BIRD and p >= (P_CLASSED if near is None else P_BIRD_NEAR)
    text = _CLASSED[best] if p >= P_CLASSED else "Not yet classed"
    if best == _BIRD and not bird and p >= P_CLASSED:
        text = f"Classed bird, but so near at least {P_BIRD_NEAR:.2f} is asked for"
    says = _D.NEUTRAL if bird else _D.UNKNOWN
    one = Evidence(says=says, text=text, value=p, unit="probability", source="tracker")
    found.append(one)
    return one if bird else None


def _name(found: list[Evidence], track: TrackPicture, identity: str) -> Evidence | None:
    """A name that is neither the site's nor aviation's: a Remote ID, for the most part."""
    if track.cooperation is not Cooperation.COOPERATIVE:
        found.append(Evidence(says=_D.UNKNOWN, text="Names itself; no other sensor agrees", source=identity))
        return None
    text = "Names itself, and another sensor agrees on its place; who it is, is its own word"
    one = Evidence(says=_D.NEUTRAL, text=text, source=identity)
    found.append(one)
    return one


def _silence(
    found: list[Evidence], track: TrackPicture, heard: tuple[tuple[str, str], ...], near: ZoneApproach | None
) -> None:
    """No identity where the site would hear one. Alone it condemns nobody: not every drone must have one."""
    age_s = track.observed_s - track.first_s
    if age_s >= LISTEN_S:
        text, sources = _unheard(heard)
        says = _D.UNKNOWN if near is None else _D.SUSPICIOUS
        found.append(Evidence(says=says, text=text, value=age_s, unit="s", source=sources))


@functools.cache
def _unheard(heard: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """What is said of silence, and whose it is."""
    return f"No {' or '.join(word for word, _ in heard)} heard", ", ".join(ids for _, ids in heard)
