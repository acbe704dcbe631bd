"""The disposition, judged the plain way: every part asked of every track, whatever is known of it.

What the watch does for thousands of tracks at every picture must come to the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from vedette.classification import group_masses
from vedette.model import Cooperation, Disposition, Evidence, TrackPicture, ZoneApproach
from vedette.post.identity.disposition import (
    AVIATION,
    CLOSING_S,
    HASTE_P,
    HASTE_S,
    LISTEN_S,
    P_BIRD_NEAR,
    P_CLASSED,
    P_PLACE,
    ROLES,
    SETTLED_P,
    SETTLED_S,
    FlightMatch,
    Judgement,
)

_D = Disposition


def judge_plainly(track: TrackPicture, match: FlightMatch | None, heard: tuple[tuple[str, str], ...]) -> Judgement:
    """Judge one track. match: the own flight it is taken for; heard: `listening` of the site."""
    zones = _zones(track)
    near = zones[0] if zones else None
    found = [
        *_contradicted(track),
        *_friend(track, match, zones),
        *_aviation(track),
        *_young(track, near),
        *_behaviour(track, near),
        *_class(track, near),
        *_name(track),
        *_silence(track, heard, near),
    ]
    decisive = next((one for one, decides in found if decides), None)
    if decisive is None:
        return Judgement(disposition=_D.UNKNOWN, evidence=tuple(one for one, _ in found))
    rest = tuple(one for one, _ in found if one is not decisive)
    return Judgement(disposition=decisive.says, evidence=(decisive, *rest))


_Weighed = tuple[Evidence, bool]
"""A piece of evidence, and whether it decides if nothing before it does."""


def _contradicted(track: TrackPicture) -> Iterator[_Weighed]:
    for one in track.contradictions:
        yield Evidence(says=_D.SUSPICIOUS, text=one.text, value=one.value, unit=one.unit, source=one.source), True


def _friend(track: TrackPicture, match: FlightMatch | None, zones: list[ZoneApproach]) -> Iterator[_Weighed]:
    agreed = track.cooperation is Cooperation.COOPERATIVE
    if match is not None:
        yield from _flight(track, match, zones, agreed)
    if track.identity is not None and track.identity.startswith("own:"):
        says, words = (
            (_D.FRIENDLY, "another sensor agrees") if agreed else (_D.ASSUMED_FRIENDLY, "by its own word alone")
        )
        yield Evidence(says=says, text=f"The site's own aircraft, {words}", source=track.identity), True


def _flight(track: TrackPicture, match: FlightMatch, zones: list[ZoneApproach], agreed: bool) -> Iterator[_Weighed]:
    elsewhere = next((zone for zone in zones if zone.zone not in match.zones), None)
    if match.by_identity:
        says = _D.FRIENDLY if agreed and match.strays is None else _D.ASSUMED_FRIENDLY
        borne = f"{track.identity}, and another sensor agrees on its place" if agreed else f"{track.identity} claimed"
        yield _of_flight(says, f"Own flight of {match.who}: {borne}", match), True
    else:
        sure = match.p is not None and match.p >= P_PLACE and match.strays is None and elsewhere is None
        text = f"In the box and hours of {match.who}'s flight ({match.strangers or 0.0:.2g} strangers expected there)"
        yield _of_flight(_D.ASSUMED_FRIENDLY if sure else _D.UNKNOWN, text, match), sure
    if match.strays is not None:
        yield _of_flight(_D.SUSPICIOUS, f"That flight is {match.strays}", match), False
    elif elsewhere is not None and not match.by_identity:
        yield _of_flight(_D.SUSPICIOUS, f"That flight has no business in {elsewhere.name}", match), False


def _of_flight(says: Disposition, text: str, match: FlightMatch) -> Evidence:
    unit = None if match.p is None else "probability"
    return Evidence(says=says, text=text, value=match.p, unit=unit, source=match.flight)


def _aviation(track: TrackPicture) -> Iterator[_Weighed]:
    identity = track.identity
    if identity is None or not identity.startswith(AVIATION):
        return
    if track.cooperation is Cooperation.COOPERATIVE:
        yield Evidence(says=_D.NEUTRAL, text="Aviation identity, and another sensor agrees", source=identity), True
    else:
        yield Evidence(says=_D.UNKNOWN, text="Aviation identity by its own word alone", source=identity), False


def _young(track: TrackPicture, near: ZoneApproach | None) -> Iterator[_Weighed]:
    age_s = track.observed_s - track.first_s
    least_s, least_p = (SETTLED_S, SETTLED_P) if near is None else (HASTE_S, HASTE_P)
    if age_s < least_s or track.p_exists < least_p:
        text = f"Seen for {age_s:.0f} s, existence {track.p_exists:.2f}: too little to say"
        yield Evidence(says=_D.PENDING, text=text, value=age_s, unit="s", source="tracker"), True


def _zones(track: TrackPicture) -> list[ZoneApproach]:
    """The zones that it is in or soon will be, the most pressing first."""
    near = [
        (0.0 if one.inside else one.time_to_s, ROLES.index(one.role), one)
        for one in track.approaches
        if one.role in ROLES and (one.inside or (one.time_to_s is not None and one.time_to_s <= CLOSING_S))
    ]
    return [one for _, _, one in sorted(near, key=lambda each: (each[0] or 0.0, each[1]))]


def _behaviour(track: TrackPicture, near: ZoneApproach | None) -> Iterator[_Weighed]:
    if near is None:
        return
    masses = group_masses(track.p_classes)
    excused = max(masses["bird"], masses["manned"], masses["other"]) >= P_CLASSED
    says = _D.UNKNOWN if excused else _D.SUSPICIOUS
    if near.inside:
        yield Evidence(says=says, text=f"Inside {near.name}", value=0.0, unit="m", source=near.zone), not excused
    else:
        text = f"On course into {near.name}"
        yield Evidence(says=says, text=text, value=near.time_to_s, unit="s", source=near.zone), not excused


def _class(track: TrackPicture, near: ZoneApproach | None) -> Iterator[_Weighed]:
    masses = group_masses(track.p_classes)
    best = max(masses, key=lambda group: masses[group])
    words = {"uav": "drone", "manned": "manned aircraft", "bird": "bird", "other": "something else"}
    least = P_CLASSED if near is None else P_BIRD_NEAR
    bird = best == "bird" and masses["bird"] >= least
    text = f"Classed {words[best]}" if masses[best] >= P_CLASSED else "Not yet classed"
    if best == "bird" and not bird and masses["bird"] >= P_CLASSED:
        text = f"Classed bird, but so near at least {P_BIRD_NEAR:.2f} is asked for"
    says = _D.NEUTRAL if bird else _D.UNKNOWN
    yield Evidence(says=says, text=text, value=masses[best], unit="probability", source="tracker"), bird


def _name(track: TrackPicture) -> Iterator[_Weighed]:
    """A name that is neither the site's nor aviation's: a Remote ID, for the most part."""
    identity = track.identity
    if identity is None or identity.startswith((*AVIATION, "own:", "track:")):
        return
    if track.cooperation is Cooperation.COOPERATIVE:
        text = "Names itself, and another sensor agrees on its place; who it is, is its own word"
        yield Evidence(says=_D.NEUTRAL, text=text, source=identity), True
    else:
        yield Evidence(says=_D.UNKNOWN, text="Names itself; no other sensor agrees", source=identity), False


def _silence(track: TrackPicture, heard: tuple[tuple[str, str], ...], near: ZoneApproach | None) -> Iterator[_Weighed]:
    """No identity where the site would hear one. Alone it condemns nobody: not every drone must have one."""
    age_s = track.observed_s - track.first_s
    if (track.identity or "track:").startswith("track:") and heard and age_s >= LISTEN_S:
        words, sources = " or ".join(word for word, _ in heard), ", ".join(ids for _, ids in heard)
        says = _D.UNKNOWN if near is None else _D.SUSPICIOUS
        yield Evidence(says=says, text=f"No {words} heard", value=age_s, unit="s", source=sources), False
