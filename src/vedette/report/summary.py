"""The closing summary: an incident on one terminal screen, 80 columns, no control codes."""

from __future__ import annotations

import textwrap
import unicodedata
from typing import Any, Final

from vedette.report.words import (
    CLASS_WORDS,
    EFFECT_WORDS,
    NOT_LIVE,
    came_down,
    clock,
    date,
    effect_text,
    headline,
    joined,
    offset,
    position,
    probability,
    weekday,
)

WIDTH: Final = 80
_LABEL: Final = 13


def summary_text(document: dict[str, Any]) -> str:
    """Plain text of at most WIDTH columns a line, ending with a newline. Control characters in names are left out."""
    lines = [*_head(document), ""]
    for track in sorted(document["tracks"], key=_weight):
        lines += [*_track(track, document), ""]
    lines += [*_effects(document), *_foot(document)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _weight(track: dict[str, Any]) -> tuple[bool, bool, str]:
    """What came down first, then drones, then the rest, each by the time of its first sight."""
    return (not came_down(track), not track["class"].startswith("uav"), track["first_utc"])


def _head(document: dict[str, Any]) -> list[str]:
    title = f"{document['site']['name']}  ·  incident {document['id']}"
    state = document["state"]
    lines = _band(document["origin"])
    lines += [_plain(title).ljust(WIDTH - len(state))[: WIDTH - len(state) - 1] + " " + state, "─" * WIDTH]
    lines += [*textwrap.wrap(headline(document), WIDTH), ""]
    local, utc = document["opened_local"], document["opened_utc"]
    lines += _row("Opened", f"{weekday(local)} {date(local)}, {_span(local, None)} local ({offset(local)})")
    day = "" if date(local) == date(utc) else f", {date(utc)}"
    lines += _row("", f"{clock(utc)} UTC{day}")
    count = document["count"]
    if count["least"] != count["most"]:
        lines += _row("Aircraft", f"{count['most_likely']} most likely, {count['least']} to {count['most']} possible")
    return lines


def _band(origin: str) -> list[str]:
    if origin not in NOT_LIVE:
        return []
    mark, meaning = NOT_LIVE[origin]
    return [f" {mark}: {meaning} ".center(WIDTH, "/"), ""]


def _track(track: dict[str, Any], document: dict[str, Any]) -> list[str]:
    word = CLASS_WORDS.get(track["class"], track["class"])
    lines = [_plain(f"{track['track']}   {word}, p {track['p_class']:.2f}")]
    lines += _row("  tracked", f"{_span(track['first_local'], track['last_local'])} local")
    lines += _row("", f"{_span(track['first_utc'], track['last_utc'])} UTC")
    lines += _impact(track["impact"])
    smoothed = track["smoothed"]
    if smoothed is not None:
        if smoothed["impact"] is not None:
            lines += _impact(smoothed["impact"])
        lines += _row("  path", f"after the fact from {smoothed['detections']} detections, "
                      f"median error {smoothed['sigma_position_m']:.0f} m (1 sigma)")  # fmt: skip
    names = {source["sensor"]: source["name"] for source in document["sources"]}
    lines += _row("  seen by", joined([names.get(sensor, sensor) for sensor in track["sensors"]]) or "not recorded")
    lines += _row("  identity", track["identity"] or "none heard")
    for alert in document["alert_details"]:
        if alert["track"] == track["track"]:
            lines += _row("  alert", _alert(alert))
    return lines


def _impact(impact: dict[str, Any] | None) -> list[str]:
    if impact is None:
        return _row("  came down", "not seen to come down")
    label = "  came down" if impact["basis"] == "descent" else "  would fall"
    where = {"inside": "INSIDE the perimeter", "outside": "OUTSIDE the perimeter"}.get(
        impact["place"], "near the perimeter line: inside or outside not certain"
    )
    sure = "" if impact["p_inside"] is None else f"  (p inside {probability(impact['p_inside'])})"
    place = position(impact["latitude_deg"], impact["longitude_deg"])
    lines = _row(label, where + sure)
    if impact["made"] == "smoothed":
        lines += _row("", "so known after the fact, from the smoothed path:")
    return lines + _row("", f"{place}, error radius {impact['error_radius_m']:.0f} m (95 %)")


def _alert(alert: dict[str, Any]) -> str:
    text = f"{alert['id']} at {clock(alert['raised_local'])} local"
    if alert["raised_time_to_s"]:
        text += f", {alert['raised_time_to_s']:.0f} s before {alert['zone_name'] or 'the zone'}"
    if alert["acknowledged_by"]:
        return f"{text}; acknowledged {clock(alert['acknowledged_local'])} by {alert['acknowledged_by']}"
    return f"{text}; not acknowledged"


def _effects(document: dict[str, Any]) -> list[str]:
    lines = []
    for name, word in EFFECT_WORDS.items():
        lines += _row(word, effect_text(document["effects"][name]))
    return lines


def _foot(document: dict[str, Any]) -> list[str]:
    attribution = document["attribution"]
    said = ": ".join(filter(None, (attribution["state"], attribution.get("to"))))
    return [*_row("Attribution", said), *_row("Origin", document["origin"])]


def _span(first: str, last: str | None) -> str:
    return clock(first) if last is None else f"{clock(first)} to {clock(last)}"


def _row(label: str, text: str) -> list[str]:
    parts = textwrap.wrap(_plain(text), WIDTH - _LABEL) or [""]
    return [(label if at == 0 else "").ljust(_LABEL) + part for at, part in enumerate(parts)]


def _plain(text: str) -> str:
    """A name off the air may hold anything; a terminal must not obey it."""
    return "".join(one for one in " ".join(text.split()) if unicodedata.category(one)[0] != "C")
