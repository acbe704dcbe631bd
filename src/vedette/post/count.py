"""How many aircraft an incident's tracks stand for: the most likely number, the least and the most.

Counted are tracks classed as drones or not yet classed. Tracks with the same identity are one aircraft. A track that
begins after another ended, where that one could have got to, may be the same aircraft again: close in time it most
likely is, later it still may be. A track that was seen to come down has no successor.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from vedette.geo import distance_azimuth
from vedette.model import Count, IncidentTrack
from vedette.post.conditions import P_CLASSED

LIKELY_GAP_S: Final = 10.0
"""How long after an end a new track is most likely the same aircraft."""
MAYBE_GAP_S: Final = 60.0
"""How long after an end a new track may still be the same aircraft."""
SPEED_MPS: Final = 60.0
"""How fast it may have gone on meanwhile: above most small drones."""
SLACK_M: Final = 150.0
"""Error of both positions together."""
OVERLAP_S: Final = 3.0
"""A lost track coasts on while the new one has begun."""


def count(tracks: Iterable[IncidentTrack]) -> Count:
    """The count of aircraft behind an incident's tracks."""
    counted = sorted((each for each in tracks if _counts(each)), key=lambda each: (each.first_s, each.track))
    return Count(
        most_likely=_aircraft(counted, LIKELY_GAP_S),
        least=_aircraft(counted, MAYBE_GAP_S),
        most=_aircraft(counted, None),
    )


def _counts(track: IncidentTrack) -> bool:
    return track.class_.startswith("uav") or track.p_class < P_CLASSED


def _aircraft(tracks: list[IncidentTrack], gap_s: float | None) -> int:
    """Chains of tracks: each takes up the latest-ended chain that it can follow, or begins one."""
    chains: list[IncidentTrack] = []
    identities: set[str] = set()
    for track in tracks:
        if track.identity is not None and track.identity in identities:
            continue
        if track.identity is not None:
            identities.add(track.identity)
        before = [] if gap_s is None else [each for each in chains if _may_follow(track, each, gap_s)]
        if before:
            chains.remove(max(before, key=lambda each: (each.last_s, each.track)))
        chains.append(track)
    return len(chains)


def _may_follow(track: IncidentTrack, before: IncidentTrack, gap_s: float) -> bool:
    wait_s = track.first_s - before.last_s
    if not before.ended or not -OVERLAP_S <= wait_s <= gap_s:
        return False
    if before.impact is not None and before.impact.basis == "descent":
        return False
    if track.identity is not None and before.identity is not None:
        return False
    apart_m = _apart_m(track, before)
    return apart_m is not None and apart_m <= SLACK_M + SPEED_MPS * abs(wait_s)


def _apart_m(track: IncidentTrack, before: IncidentTrack) -> float | None:
    here = (track.first_latitude_deg, track.first_longitude_deg)
    there = (before.last_latitude_deg, before.last_longitude_deg)
    if here[0] is None or here[1] is None or there[0] is None or there[1] is None:
        return None
    return distance_azimuth(there[0], there[1], here[0], here[1])[0]
