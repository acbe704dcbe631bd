"""Words for people at the partner's end, made of what is released and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vedette.model import Origin, ReleasedAlert, ReleasedTrack

_MARKS: Final = {Origin.EXERCISE: "EXERCISE", Origin.REPLAY: "REPLAY", Origin.SIMULATED: "SIMULATION"}
_CLASSES: Final = {
    "uav": "Drone",
    "uav_rotary": "Multirotor drone",
    "uav_fixed_wing": "Fixed-wing drone",
    "manned": "Manned aircraft",
    "bird": "Bird",
    "other": "Flying object",
}
_PLACES: Final = {
    "inside": "inside the perimeter",
    "outside": "outside the perimeter",
    "unsure": "near the perimeter line",
}


def mark(text: str, origin: Origin, *, test: bool = False) -> str:
    """The text, headed by what says that it is no live watch's, or a test."""
    heads = ["TEST"] if test and not text.startswith("TEST") else []
    heads += [_MARKS[origin]] if origin in _MARKS else []
    return f"{' '.join(heads)} {text}" if heads else text


def spoken(track: ReleasedTrack) -> str:
    """What is said of a track, in one line without a full stop."""
    return "; ".join((*_facts(track), *(reason.text for reason in track.reasons or ())))


def _facts(track: ReleasedTrack) -> Iterator[str]:
    if track.class_ is not None and track.p_class is not None:
        yield f"{_CLASSES.get(track.class_, track.class_)} (p {track.p_class:.2f})"
    if track.identity is not None:
        name = f" {track.callsign}" if track.callsign else ""
        yield f"says it is {track.identity}{name} ({track.cooperation})"
    if track.disposition is not None:
        whose = "by a person's word" if track.disposition_by == "person" else "by its evidence"
        yield f"{track.disposition.replace('_', ' ')} {whose}"
    if track.height_agl_m is not None:
        yield f"{track.height_agl_m:.0f} m above ground"
    if track.impact is not None:
        verb = "came down" if track.impact.basis == "descent" else "would come down"
        yield f"{verb} {_PLACES.get(track.impact.place, '')}".rstrip()
    if track.sensors:
        yield f"seen by {', '.join(sorted(track.sensors))}"
    yield f"{track.status}, existence {track.p_exists:.2f}"


def told(alert: ReleasedAlert) -> str:
    """What is said of an alert beside its title, in one line without a full stop."""
    parts = [f"{alert.alert}, priority {alert.priority}, {alert.state.value}"]
    if alert.time_to_s is not None:
        parts.append("inside now" if alert.time_to_s <= 0.0 else f"inside in {alert.time_to_s:.0f} s")
    if alert.distance_m:
        parts.append(f"{alert.distance_m:.0f} m off")
    if alert.cleared_why:
        parts.append(alert.cleared_why)
    return "; ".join((*parts, *(reason.text for reason in alert.reasons or ())))
