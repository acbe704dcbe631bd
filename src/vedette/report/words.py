"""Numbers, times, places and classes as the papers say them. English, in the site's own time and UTC side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np

from vedette.wording import (
    EFFECT_WORDS,
    NOT_LIVE,
    clock,
    date,
    joined,
    minute,
    nearest_minute,
    number,
    plural,
)

__all__ = [
    "CLASS_WORDS", "EFFECT_WORDS", "NOT_LIVE", "came_down", "clock", "counted", "date", "effect_text",
    "error_radius_m", "headline", "impacts_of", "joined", "kind_word", "minute", "nearest_minute", "number", "offset",
    "paths_made", "plural", "position", "probability", "weekday",
]  # fmt: skip

CLASS_WORDS: Final = {
    "uav": "drone",
    "uav_rotary": "multirotor drone",
    "uav_fixed_wing": "fixed-wing drone",
    "manned": "manned aircraft",
    "bird": "bird",
    "other": "flying object",
}

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def offset(iso: str) -> str:
    """The zone's offset in an ISO 8601 text: +03, +05:30, or UTC."""
    tail = iso[19:].lstrip(".0123456789")
    return "UTC" if tail in ("Z", "+00:00") else tail.removesuffix(":00")


def weekday(iso: str) -> str:
    """Saturday."""
    return _DAYS[datetime.fromisoformat(iso).weekday()]


def kind_word(document: dict[str, Any]) -> str:
    """What the incident's aircraft are called together: drone where every track is classed as one, else aircraft."""
    tracks = document["tracks"]
    return "drone" if tracks and all(track["class"].startswith("uav") for track in tracks) else "aircraft"


def counted(document: dict[str, Any]) -> str:
    """Two drones; with 'at least' where the evidence allows more."""
    count, word = document["count"], kind_word(document)
    many = plural(count["most_likely"], word, "aircraft" if word == "aircraft" else None)
    return many if count["least"] == count["most"] else f"{many} (between {count['least']} and {count['most']})"


def came_down(track: dict[str, Any]) -> bool:
    """Whether the track was followed down to the ground, not only seen on its way."""
    return track["impact"] is not None and track["impact"]["basis"] == "descent"


def impacts_of(document: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each place of impact with its track: what the watch said, and what is clearly better known after the fact."""
    found = [(track, track["impact"]) for track in document["tracks"]]
    found += [(track, track["smoothed"]["impact"]) for track in document["tracks"] if track["smoothed"] is not None]
    return [(track, impact) for track, impact in found if impact is not None]


def headline(document: dict[str, Any]) -> str:
    """Two drones, one down inside the perimeter and one outside."""
    places = [track["impact"]["place"] for track in document["tracks"] if came_down(track)]
    parts = [
        f"{number(places.count(place))} {words}"
        for place, words in (("inside", "inside"), ("outside", "outside"), ("unsure", "near the line"))
        if places.count(place)
    ]
    text = counted(document)
    if parts:
        first, *rest = parts
        start, _, end = first.partition(" ")
        where = "the perimeter" if end != "near the line" else "of the perimeter"
        text += f", {joined([f'{start} down {end} {where}', *rest])}"
    return text[:1].upper() + text[1:]


def position(latitude_deg: float, longitude_deg: float) -> str:
    """36.23761° N 43.96320° E: five decimals are about a metre."""
    north = "N" if latitude_deg >= 0.0 else "S"
    east = "E" if longitude_deg >= 0.0 else "W"
    return f"{abs(latitude_deg):.5f}° {north} {abs(longitude_deg):.5f}° {east}"


def probability(p: float) -> str:
    """Two decimals; what rounds to 0 or 1 is said as a bound, since neither is known."""
    return "under 0.01" if p < 0.01 else "over 0.99" if p > 0.99 else f"{p:.2f}"


def effect_text(effect: dict[str, Any]) -> str:
    """What is known of one effect, with who said it. Silence is never 'none'."""
    if effect["state"] == "not_yet_reported":
        return "not yet reported"
    if effect["conflict"]:
        return f"{len(effect['entries'])} people say different things: see the report"
    said = "none reported" if effect["state"] == "none_reported" else (effect["value"] or "reported, no detail given")
    return f"{said} (by {effect['source'] or effect['by']})"


def paths_made(tracks: Sequence[dict[str, Any]], *, pending: bool = False) -> str:
    """How a document's tracks are drawn: as recorded, or smoothed after the fact. pending: that is being made."""
    smoothed = [track["track"] for track in tracks if track["smoothed"] is not None]
    later = "; smoothed ones are being made" if pending else ""
    if len(smoothed) == len(tracks) and smoothed:
        return f"Tracks smoothed after the fact{later}"
    if smoothed:
        return f"{joined(smoothed)} smoothed after the fact, others as recorded{later}"
    return f"Tracks as recorded{later}"


def error_radius_m(sigma_major_m: float, sigma_minor_m: float, p: float = 0.95) -> float:
    """Radius of the circle about the mean that holds probability p of a Gaussian with these half axes.

    p(R) = 1/(2π) ∫ (1 - exp(-R²/2 (cos²θ/a² + sin²θ/b²))) dθ, by the trapezoid rule, solved by bisection.
    """
    major = max(sigma_major_m, 1e-3)
    minor = max(sigma_minor_m, 0.02 * major)
    angle = np.arange(720) * (2.0 * math.pi / 720)
    inverse = (np.cos(angle) / major) ** 2 + (np.sin(angle) / minor) ** 2
    low, high = 0.0, 10.0 * major
    for _ in range(60):
        middle = (low + high) / 2.0
        held = float(np.mean(-np.expm1(-(middle**2) / 2.0 * inverse)))
        low, high = (middle, high) if held < p else (low, middle)
    return high
