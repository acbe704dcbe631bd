"""Why the picture says what it says: short sentences for a screen, each with its number, unit and source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from vedette.assessment.classes import CLASS_WORDS
from vedette.assessment.identity import COOPERATIVE_KINDS, INDEPENDENT_KINDS, RECENT_S, spoken
from vedette.model import Cooperation, Impact, Reason, ZoneApproach

NEAR_MISS_M: Final = 500.0
"""A closest approach further off than this is no reason for anything."""

_PLACES: Final = {
    "inside": "inside the perimeter",
    "outside": "outside the perimeter",
    "unsure": "near the perimeter line",
}

_ROLE_RANK: Final = {"perimeter": 0, "keep_out": 1, "asset": 2, "warning": 3, "runway": 4}


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the reasons of one track are made from. None: not known. `kinds`: the kind of each of the site's sensors."""

    observed_s: float
    last_update_s: float
    status: str
    speed_mps: float
    height_agl_m: float | None
    sink_mps: float | None
    p_exists: float
    class_: str
    p_class: float
    identity: str | None
    cooperation: Cooperation
    sensors: dict[str, float]
    kinds: dict[str, str]
    approaches: tuple[ZoneApproach, ...]
    impact: Impact | None
    against: Sequence[Reason]
    emergency: str | None = None


_EMERGENCIES: Final = {
    "general": "an emergency",
    "medical": "a medical emergency",
    "minimum_fuel": "minimum fuel",
    "no_communication": "no communication",
    "unlawful_interference": "unlawful interference",
    "downed": "a downed aircraft",
}
"""What an aircraft declares, in words."""


def reasons_of(facts: Facts) -> tuple[Reason, ...]:
    """All reasons, the most pressing first."""
    found = [*_impact(facts), *_zones(facts.approaches), *facts.against, *_emergency(facts)]
    found += [_identity(facts), _class(facts)]
    found += [*_sensors(facts), Reason(text=f"Existence {facts.p_exists:.2f}", value=facts.p_exists, source="tracker")]
    return tuple(found)


def _impact(facts: Facts) -> list[Reason]:
    impact = facts.impact
    if impact is None:
        return []
    verb = "Came down" if impact.basis == "descent" else "Would come down"
    sink = "" if facts.sink_mps is None else f", last sinking {facts.sink_mps:.0f} m/s"
    if impact.p_inside is None:
        return [Reason(text=f"{verb}{sink}", value=impact.sigma_major_m, unit="m", source="fall model")]
    where = _PLACES[impact.place]
    text = f"{verb} {where}{sink}: p inside {impact.p_inside:.2f}"
    return [Reason(text=text, value=impact.p_inside, unit="probability", source="fall model")]


def _zones(approaches: tuple[ZoneApproach, ...]) -> list[Reason]:
    """Every zone it is in; of those on its course the soonest; and failing both the nearest miss."""
    inside = [one for one in approaches if one.inside]
    found = [
        Reason(text=f"Inside {one.name}", value=0.0, unit="m", source=one.zone)
        for one in sorted(inside, key=lambda one: _ROLE_RANK[one.role])
    ]
    ahead = [
        (one.time_to_s, _ROLE_RANK[one.role], one) for one in approaches if one.time_to_s is not None and not one.inside
    ]
    for time_to, _, one in sorted(ahead, key=lambda each: (each[1] != 0, each[0], each[1]))[:2]:
        found.append(
            Reason(text=f"Course meets {one.name} in {time_to:.0f} s", value=time_to, unit="s", source=one.zone)
        )
    misses = [one for one in approaches if 0.0 < one.closest_m <= NEAR_MISS_M and one.closest_in_s > 0.0]
    if not found and misses:
        one = min(misses, key=lambda each: each.closest_m)
        text = f"Passes {one.name} at {one.closest_m:.0f} m in {one.closest_in_s:.0f} s"
        found.append(Reason(text=text, value=one.closest_m, unit="m", source=one.zone))
    return found


def _emergency(facts: Facts) -> list[Reason]:
    """A claim, like the name it goes with."""
    words = _EMERGENCIES.get(facts.emergency or "")
    return [] if words is None else [Reason(text=f"Declares {words}", source=facts.identity)]


def _identity(facts: Facts) -> Reason:
    if facts.identity is None:
        return _silence(facts.kinds)
    if facts.identity.startswith("track:"):
        text = f"Track {facts.identity.removeprefix('track:')} of another system, which names nobody"
        return Reason(text=text, source=facts.identity)
    claim = spoken(facts.identity)
    if facts.cooperation is not Cooperation.COOPERATIVE:
        return Reason(text=f"{claim} claimed, no other sensor agrees", source=facts.identity)
    agreeing = {
        sensor: facts.observed_s - at_s
        for sensor, at_s in facts.sensors.items()
        if facts.kinds.get(sensor) in INDEPENDENT_KINDS and facts.observed_s - at_s <= RECENT_S
    }
    sensor = min(agreeing, key=lambda one: (agreeing[one], one))
    others = f" and {len(agreeing) - 1} more agree" if len(agreeing) > 1 else " agrees"
    return Reason(text=f"{claim} claimed, {sensor}{others}", value=agreeing[sensor], unit="s ago", source=sensor)


def _silence(kinds: dict[str, str]) -> Reason:
    heard = {"adsb": "ADS-B", "remote_id": "Remote ID", "telemetry": "telemetry"}
    listening = [word for kind, word in heard.items() if kind in kinds.values()]
    if not listening:
        return Reason(text="No identity: the site has no receiver for one", source="site")
    sources = ", ".join(sensor for sensor, kind in kinds.items() if kind in COOPERATIVE_KINDS)
    return Reason(text=f"No {' or '.join(listening)} heard", value=0.0, unit="reports", source=sources)


def _class(facts: Facts) -> Reason:
    height = "height not known" if facts.height_agl_m is None else f"{facts.height_agl_m:.0f} m"
    text = f"{facts.speed_mps:.0f} m/s, {height}: {CLASS_WORDS[facts.class_]} {facts.p_class:.2f}"
    return Reason(text=text, value=facts.p_class, unit="probability", source="tracker")


def _sensors(facts: Facts) -> list[Reason]:
    recent = sorted(sensor for sensor, at_s in facts.sensors.items() if facts.observed_s - at_s <= RECENT_S)
    found = []
    if recent:
        many = "sensor" if len(recent) == 1 else "sensors"
        text = f"Seen by {len(recent)} {many} in {RECENT_S:.0f} s"
        found.append(Reason(text=text, value=float(len(recent)), unit="sensors", source=", ".join(recent)))
    silent = facts.observed_s - facts.last_update_s
    if facts.status == "coasting":
        found.append(
            Reason(text=f"Not seen for {silent:.0f} s: position predicted", value=silent, unit="s", source="tracker")
        )
    return found
