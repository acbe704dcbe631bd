"""Is an order within the mandate? Pure: one order, one moment, no memory. It advises people and actuates nothing.

Three kinds of measure: to warn and report needs no mandate; to protect needs it in force; against an aircraft needs all
clauses. Unknown counts against: an aircraft without a known place may be inside the safety volume.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from vedette.classification import group_masses
from vedette.clock import iso_both
from vedette.geo import distance_azimuth
from vedette.model import (
    Cooperation,
    Disposition,
    FactRecorded,
    Finding,
    MandateWithdrawn,
    Picture,
    Standing,
    TrackPicture,
)
from vedette.site import Mandate, MandateRole, Measure, Response

YES: Final = "yes"
NO: Final = "no"
NEEDS: Final = "needs"

WARN_AND_REPORT: Final = frozenset({"shelter_alarm", "inform_tower", "call_police", "call_partner"})
AGAINST: Final = frozenset({"request_defeat"})

P_MANNED_MOST: Final = 0.01
"""From here on an aircraft is possibly manned: one wrong in a hundred is too many where people sit in it."""
P_MANNED_NEAR: Final = P_MANNED_MOST / 2.0
"""From here on it is said that it is close: what is authorised may lapse at any picture."""
P_DRONE_LEAST: Final = 0.5
STALE_S: Final = 10.0
"""A picture older than this is none: at 30 m/s a drone has gone 300 m."""
SIGMAS: Final = 3.0
"""How many of both positions' sigmas are taken off the distance between two aircraft."""
AVIATION: Final = ("icao:", "callsign:", "mmsi:")
"""Identities that people fly under, or sail under; a search and rescue helicopter has an MMSI."""
FRIENDS: Final = frozenset({Disposition.FRIENDLY, Disposition.ASSUMED_FRIENDLY})
ONLY: Final = "the watch only detects, warns and reports"

CLAUSES: Final = {
    "W1": "Warning and reporting need no mandate",
    "M1": f"A mandate is in force; else {ONLY}",
    "M2": "The role may order the measure",
    "M3": "The measure is one of the site's",
    "M4": "Two persons decide where the mandate asks for them",
    "M5": "The second person is another one, whose role may second the measure",
    "S1": "Self-defence only: for the protection of those whom the mandate names",
    "S2": "Only against an aircraft in the current picture",
    "S3": "Only against a drone",
    "S4": "Only against what is inside the mandate's ground or on its way into it",
    "A1": f"Never against an aircraft that may be manned (p {P_MANNED_MOST:g} or more)",
    "A2": "Never against an aircraft with an aviation identity",
    "A3": "Not while an aircraft that may be manned is inside the safety volume",
    "F1": "Against a friendly or cooperative drone only with a second person",
    "X1": "A decision makes only the moves that its state allows",
}
"""Ids never change their meaning; docs/mandate.md is held to them by a test."""


class Person(msgspec.Struct, frozen=True):
    """Who, as what."""

    by: str
    role: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is ordered: a measure's id; for one against an aircraft, which and for whose protection."""

    measure: str
    first: Person
    second: Person | None = None
    track: str | None = None
    protects: str | None = None


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """The moment an order is held against. said: what was last said of each track (not_manned or manned)."""

    response: Response
    at_s: float
    picture: Picture | None = None
    withdrawn: MandateWithdrawn | None = None
    said: Mapping[str, FactRecorded] = {}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """yes, no or needs (a second person), and what each clause says."""

    verdict: str
    findings: tuple[Finding, ...]

    @property
    def decisive(self) -> tuple[Finding, ...]:
        """The findings that make the verdict."""
        return tuple(each for each in self.findings if each.answer == self.verdict)


def check(order: Order, now: Situation) -> Answer:
    """Hold one order against mandate, picture and facts.

    Every clause that applies is in the findings, in the clauses' order, whatever the others say.
    """
    measure = now.response.measure(order.measure)
    if measure is None:
        return _answer((_finding("M3", NO, f"there is no measure '{order.measure}'"),))
    findings = [*_authority(order, measure, now)]
    if measure.kind in AGAINST:
        findings += _against(order, now)
    findings += _two_persons(order, measure, now, findings)
    return _answer(tuple(findings))


def standing(response: Response, withdrawn: MandateWithdrawn | None, at_s: float) -> Standing:
    """Whether the site's mandate is in force at `at_s`: from its begin, and before its end."""
    mandate = response.mandate
    if mandate is None:
        return Standing(state="none", says=f"The site file has no mandate: {ONLY}.", at_s=at_s)
    ended = withdrawn if withdrawn is not None and withdrawn.from_s >= mandate.from_s else None
    if ended is not None:
        words = f"The mandate was withdrawn (recorded {iso_both(ended.at_s, response.timezone)} by {ended.by}): {ONLY}."
        return Standing(state="withdrawn", says=words, at_s=at_s, withdrawn=ended)
    begins, ends = (iso_both(limit_s, response.timezone) for limit_s in (mandate.from_s, mandate.until_s))
    if at_s < mandate.from_s:
        return Standing(state="not_begun", says=f"The mandate begins {begins}: {ONLY}.", at_s=at_s)
    if at_s >= mandate.until_s:
        return Standing(state="run_out", says=f"The mandate ran out {ends}: {ONLY}.", at_s=at_s)
    words = f"Granted by {mandate.granted_by} to {mandate.to}, in force until {ends}."
    return Standing(state="in_force", says=words, at_s=at_s)


def _finding(clause: str, answer: str, detail: str, remedy: str | None = None) -> Finding:
    return Finding(clause=clause, answer=answer, text=CLAUSES[clause], detail=detail, remedy=remedy)


def _answer(findings: tuple[Finding, ...]) -> Answer:
    said = {each.answer for each in findings}
    return Answer(verdict=next((v for v in (NO, NEEDS) if v in said), YES), findings=findings)


def _authority(order: Order, measure: Measure, now: Situation) -> Iterator[Finding]:
    """W1 or M1, and M2 where the site has roles."""
    if measure.kind in WARN_AND_REPORT:
        yield _finding("W1", YES, f"{measure.name} is such a measure")
    else:
        stands = standing(now.response, now.withdrawn, now.at_s)
        yield _finding("M1", YES if stands.in_force else NO, stands.says)
    if now.response.mandate is None:
        return
    role = now.response.mandate.role(order.first.role)
    if role is None:
        yield _finding("M2", NO, f"the mandate has no role '{order.first.role}'")
    else:
        may = order.measure in role.measures
        yield _finding("M2", YES if may else NO, f"{role.name} may {'' if may else 'not '}order {measure.name}")


def _against(order: Order, now: Situation) -> Iterator[Finding]:
    """S1 to A3, and F1's need; without a mandate there is nothing to hold against."""
    mandate = now.response.mandate
    if mandate is None:
        return
    yield _whom(order, mandate)
    fresh = now.picture is not None and now.at_s - now.picture.observed_s <= STALE_S
    tracks = now.picture.tracks if now.picture is not None and fresh else ()
    target = next((track for track in tracks if track.track == order.track), None)
    if target is None:
        why = f"there is no picture newer than {STALE_S:.0f} s" if not fresh else f"{order.track} is not in the picture"
        yield _finding("S2", NO, "the order names no aircraft" if order.track is None else why)
        return
    yield _finding("S2", YES, f"{target.track} is {target.status}")
    yield _drone(target)
    yield _threat(target, mandate)
    said = now.said.get(target.track)
    yield _unmanned(target, said)
    yield _no_aviation(target, said)
    yield _clear_volume(target, tracks, mandate, now.said)
    if is_friendly(target):
        yield _finding("F1", NEEDS if order.second is None else YES, _friend(target))


def _friend(target: TrackPicture) -> str:
    """Why it counts as friendly."""
    if target.identity is not None:
        return f"{target.track} is {target.identity}, {target.cooperation.value}"
    if target.override is not None and target.override.disposition in FRIENDS:
        said = target.override.disposition.value.replace("_", " ")
        return f"{target.override.by} said that {target.track} is {said}: {target.override.reason}"
    words = target.disposition_evidence[0].text if target.disposition_evidence else "by its evidence"
    return f"{target.track} is held friendly: {words}"


def _whom(order: Order, mandate: Mandate) -> Finding:
    if order.protects is None:
        return _finding("S1", NO, "the order does not say whom it protects")
    within = order.protects in mandate.protects
    return _finding("S1", YES if within else NO, f"{order.protects}; the mandate names {', '.join(mandate.protects)}")


def _drone(target: TrackPicture) -> Finding:
    p = group_masses(target.p_classes)["uav"]
    return _finding("S3", YES if p >= P_DRONE_LEAST else NO, f"p of a drone {p:.2f}, at least {P_DRONE_LEAST:.2f}")


def _threat(target: TrackPicture, mandate: Mandate) -> Finding:
    near = [each for each in target.approaches if each.zone in mandate.ground]
    inside = next((each for each in near if each.inside), None)
    if inside is not None:
        return _finding("S4", YES, f"inside {inside.name}")
    coming = [(each.time_to_s, each.name) for each in near if each.time_to_s is not None]
    soonest_s, name = min(coming, default=(None, ""))
    if soonest_s is None:
        return _finding("S4", NO, "neither inside the ground nor on its way into it")
    within = soonest_s <= mandate.threat_s
    return _finding("S4", YES if within else NO, f"{name} in {soonest_s:.0f} s, at most {mandate.threat_s:.0f} s")


def _unmanned(target: TrackPicture, said: FactRecorded | None) -> Finding:
    p = group_masses(target.p_classes)["manned"]
    if said is not None and said.fact == "manned":
        return _finding("A1", NO, f"{said.by} said that it is manned: {said.note}")
    if p < P_MANNED_MOST:
        near = p >= P_MANNED_NEAR and said is None
        close = f", close to {P_MANNED_MOST:g}, where it lapses" if near else ""
        return _finding("A1", YES, f"p {p:.4f}{close}", _not_manned(target) if near else None)
    if said is not None:
        return _finding("A1", YES, f"p {p:.4f}, but {said.by} said that it is not manned: {said.note}")
    return _finding("A1", NO, f"p {p:.4f}, and nobody has recorded why it is not manned", _not_manned(target))


def _not_manned(target: TrackPicture) -> str:
    """The fact that answers A1 and A2, for who can see that it is one."""
    return f"if somebody sees that nobody is aboard: record the fact not_manned of {target.track}, and how it is known"


def _no_aviation(target: TrackPicture, said: FactRecorded | None) -> Finding:
    identity = target.identity
    if identity is None or not identity.startswith(AVIATION):
        return _finding("A2", YES, "it has none")
    if _frees(said, target):
        return _finding("A2", YES, f"{identity}, but {_by(said)}")
    return _finding("A2", NO, f"{identity}, and nobody has recorded why it is false", _not_manned(target))


def _by(said: FactRecorded | None) -> str:
    return "" if said is None else f"{said.by} said that it is not manned: {said.note}"


def _frees(said: FactRecorded | None, track: TrackPicture) -> bool:
    """Not manned was said of the track under the identity that it has now, or it has none now."""
    return said is not None and said.fact == "not_manned" and track.identity in (None, said.identity)


def may_be_manned(track: TrackPicture, said: FactRecorded | None) -> bool:
    """By probability, by identity or by a person's word; another person's word can say that it is not."""
    return NO in (_unmanned(track, said).answer, _no_aviation(track, said).answer)


def is_friendly(track: TrackPicture) -> bool:
    """The site's own, or one that names itself and is no aviation, corroborated or not: a claim takes a second look.

    And what evidence or a person holds friendly: neither takes away from the other, so that a word of hostile relaxes
    nothing.
    """
    if FRIENDS & {track.disposition, track.evidence_says}:
        return True
    identity = track.identity or ""
    if identity.startswith(AVIATION):
        return track.cooperation is Cooperation.COOPERATIVE
    return identity.startswith("own:") or track.cooperation is not Cooperation.UNKNOWN


def _clear_volume(
    target: TrackPicture, tracks: tuple[TrackPicture, ...], mandate: Mandate, said: Mapping[str, FactRecorded]
) -> Finding:
    near = [
        track.track
        for track in tracks
        if track.track != target.track
        and may_be_manned(track, said.get(track.track))
        and _may_be_inside(target, track, mandate)
    ]
    size = f"{mandate.safety_radius_m:.0f} m about {target.track}, {mandate.safety_height_m:.0f} m above and below"
    return _finding("A3", NO if near else YES, f"{', '.join(near) or 'none'} within {size}")


def _may_be_inside(target: TrackPicture, other: TrackPicture, mandate: Mandate) -> bool:
    if target.altitude_ellipsoid_m is not None and other.altitude_ellipsoid_m is not None:
        apart_m = abs(target.altitude_ellipsoid_m - other.altitude_ellipsoid_m)
        if apart_m > mandate.safety_height_m:
            return False
    here, there = (target.latitude_deg, target.longitude_deg), (other.latitude_deg, other.longitude_deg)
    if here[0] is None or here[1] is None or there[0] is None or there[1] is None:
        return True
    distance_m, _ = distance_azimuth(here[0], here[1], there[0], there[1])
    nearest_m = distance_m - SIGMAS * (target.sigma_position_m + other.sigma_position_m)
    return not nearest_m > mandate.safety_radius_m  # what is no number is not known to be outside


def _two_persons(order: Order, measure: Measure, now: Situation, before: list[Finding]) -> Iterator[Finding]:
    """M4 and M5. A second person who is none is a no even where none was needed."""
    mandate = now.response.mandate
    if mandate is None:
        return
    if measure.id in mandate.two_persons:
        yield _finding("M4", NEEDS if order.second is None else YES, f"{measure.name} is such a measure")
    if order.second is not None:
        yield _second(order.first, order.second, measure, mandate.role(order.second.role))


def _second(first: Person, second: Person, measure: Measure, role: MandateRole | None) -> Finding:
    if same_person(first.by, second.by):
        return _finding("M5", NO, f"{second.by} is who ordered it")
    if role is None:
        return _finding("M5", NO, f"the mandate has no role '{second.role}'")
    may = measure.id in role.seconds
    return _finding("M5", YES if may else NO, f"{role.name} may {'' if may else 'not '}second {measure.name}")


def same_person(one: str, other: str) -> bool:
    """By name, whatever its case and spacing: there are no users to tell persons by yet."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
