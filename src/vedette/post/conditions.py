"""The conditions of a rule, one function each: a track's reasons for it, or in a few words why it does not hold.

What is not known counts as holding where a rule sets a bound: an aircraft whose height nobody measured may be low.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from vedette.classification import group_masses
from vedette.model import Reason, TrackPicture
from vedette.post.around import Around, angle_between_deg, apart, closing_mps
from vedette.site import Rule

P_CLASSED: Final = 0.5
"""A track is not yet classed while none of uav, manned, bird and other has this much."""

Verdict = tuple[Reason, ...] | str
"""The reasons for it, which may be none where the rule does not ask; or why it does not hold."""


def hours(rule: Rule, track: TrackPicture, around: Around) -> Verdict:
    """By the site's clock, over midnight where the end is less than the beginning."""
    del track
    if rule.hours is None:
        return ()
    first, last = rule.hours
    minute = around.minute
    inside = first <= minute < last if first < last else minute >= first or minute < last
    if not inside:
        return f"outside the hours of rule {rule.id}"
    spoken = f"{first // 60:02}:{first % 60:02} to {last // 60:02}:{last % 60:02}"
    return (Reason(text=f"Within the hours {spoken}", source=f"rule {rule.id}"),)


def class_(rule: Rule, track: TrackPicture, around: Around) -> Verdict:
    """Classed as the rule wants it, or not yet classed where that counts."""
    del around
    masses = group_masses(track.p_classes)
    source = f"rule {rule.id}"
    if rule.class_ == "any":
        return (Reason(text="Any aircraft", source=source),)
    p = masses[rule.class_]
    if p >= rule.p_class_min:
        text = f"Classed {rule.class_}: p {p:.2f}, at least {rule.p_class_min:.2f}"
        return (Reason(text=text, value=p, unit="probability", source=source),)
    if rule.unclassed and max(masses.values()) < P_CLASSED:
        return (Reason(text="Not yet classed", value=max(masses.values()), unit="probability", source=source),)
    return f"now classed {track.class_}"


def _between(rule: Rule, what: str, value: float | None, least: float | None, most: float | None, unit: str) -> Verdict:
    if least is None and most is None:
        return ()
    source = f"rule {rule.id}"
    bounds = " and ".join(
        text
        for text, bound in ((f"at least {least or 0:g}", least), (f"at most {most or 0:g}", most))
        if bound is not None
    )
    if value is None:
        return (Reason(text=f"{what} not measured; alerts {bounds} {unit}", unit=unit, source=source),)
    if (least is not None and value < least) or (most is not None and value > most):
        return f"{what.lower()} {value:.0f} {unit}, not {bounds}"
    return (Reason(text=f"{what} {value:.0f} {unit}, {bounds}", value=value, unit=unit, source=source),)


def height(rule: Rule, track: TrackPicture, around: Around) -> Verdict:
    """Over ground."""
    del around
    return _between(rule, "Height over ground", track.height_agl_m, rule.height_agl_min_m, rule.height_agl_max_m, "m")


def altitude(rule: Rule, track: TrackPicture, around: Around) -> Verdict:
    """Over mean sea level."""
    del around
    least, most = rule.altitude_msl_min_m, rule.altitude_msl_max_m
    return _between(rule, "Altitude over sea level", track.altitude_msl_m, least, most, "m")


def speed(rule: Rule, track: TrackPicture, around: Around) -> Verdict:
    """Over ground."""
    del around
    return _between(rule, "Speed", track.speed_mps, rule.speed_min_mps, rule.speed_max_mps, "m/s")


def closing(rule: Rule, track: TrackPicture, around: Around) -> Verdict:
    """Nearing the perimeter; what is inside has arrived."""
    del around
    if rule.closing_min_mps is None:
        return ()
    now_mps = closing_mps(track)
    if now_mps is None or now_mps < rule.closing_min_mps:
        return "no longer closing"
    if math.isinf(now_mps):
        return (Reason(text="Inside the perimeter", source=f"rule {rule.id}"),)
    text = f"Closing at {now_mps:.0f} m/s, at least {rule.closing_min_mps:g}"
    return (Reason(text=text, value=now_mps, unit="m/s", source=f"rule {rule.id}"),)


def remote_id(rule: Rule, track: TrackPicture, around: Around) -> Verdict:
    """What speaks against its Remote ID, of the kinds that the rule names."""
    if not rule.remote_id:
        return ()
    if not (track.identity or "").startswith("rid:"):
        return "it claims no Remote ID"
    found = [reason for kind in rule.remote_id if (reason := _CONTRADICTIONS[kind](rule, track, around)) is not None]
    return tuple(found) or "its Remote ID is no longer contradicted"


def _misplaced(rule: Rule, track: TrackPicture, around: Around) -> Reason | None:
    """The claim is far from where sensors see the aircraft that makes it."""
    here = around.is_seen(track)
    for twin in around.twins(track):
        if twin.seen != here and twin.apart_m >= rule.apart_m:
            text = f"Claims a place {_far(twin.apart_m)} from where sensors see it"
            return Reason(text=text, value=twin.apart_m, unit="m", source=f"rule {rule.id}")
    return None


def _shared(rule: Rule, track: TrackPicture, around: Around) -> Reason | None:
    """Another aircraft carries the same identity."""
    here = around.is_seen(track)
    for twin in around.twins(track):
        if twin.seen == here and twin.apart_m >= rule.apart_m:
            text = f"{twin.track.track} carries the same Remote ID, {_far(twin.apart_m)} away"
            return Reason(text=text, value=twin.apart_m, unit="m", source=f"rule {rule.id}")
    return None


def _unseen(rule: Rule, track: TrackPicture, around: Around) -> Reason | None:
    """No sensor sees it where one should."""
    sensor = None if around.is_seen(track) else around.should_see(track)
    if sensor is None:
        return None
    return Reason(text=f"Only a claim: {sensor.name} covers the place and sees nothing", source=sensor.id)


_CONTRADICTIONS: Final[dict[str, Callable[[Rule, TrackPicture, Around], Reason | None]]] = {
    "misplaced": _misplaced,
    "shared": _shared,
    "unseen": _unseen,
}


def second_contact(rule: Rule, track: TrackPicture, around: Around) -> Verdict:
    """Near one of the site's own aircraft that returns, or on the same bearing."""
    if rule.kind != "second_contact":
        return ()
    for own in around.returning:
        name = (own.identity or own.track).removeprefix("own:")
        apart_m = apart(track, own)
        if apart_m is not None and apart_m <= rule.near_m:
            text = f"{apart_m:.0f} m from {name}, which returns"
            return (Reason(text=text, value=apart_m, unit="m", source=f"rule {rule.id}"),)
        here, there = around.bearing_deg(track), around.bearing_deg(own)
        off_deg = None if here is None or there is None else angle_between_deg(here, there)
        if off_deg is not None and off_deg <= rule.bearing_deg:
            text = f"On the bearing of {name}, which returns: {off_deg:.0f}° off"
            return (Reason(text=text, value=off_deg, unit="deg", source=f"rule {rule.id}"),)
    return "not near an own aircraft that returns"


def number(rule: Rule, track: TrackPicture, around: Around) -> Verdict:
    """So many such tracks at once."""
    del track
    if rule.number is None:
        return ()
    many = around.counts.get(rule.id, 0)
    if many < rule.number:
        return f"{many} such tracks, not {rule.number}"
    text = f"{many} such tracks at once, at least {rule.number}"
    return (Reason(text=text, value=float(many), unit="tracks", source=f"rule {rule.id}"),)


def _far(metres: float) -> str:
    return f"{metres / 1000.0:.1f} km" if metres >= 950.0 else f"{metres:.0f} m"


OF_ITS_OWN: Final = (class_, hours, height, altitude, speed, closing, remote_id, second_contact)
"""Every condition but the zones, which rules.py knows, and the number, which needs all tracks' verdicts."""
