"""The first statement: a few confirmed facts, each tied to what it rests on, and what is left unsaid.

Rules: a sentence without evidence cannot be made. An effect that nobody has reported is not said as none. Who did it is
never said: attribution is released by a signed decision, not by this. What did not happen live is marked so.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from vedette.model import EffectEntered, Event
from vedette.report.words import (
    EFFECT_WORDS,
    NOT_LIVE,
    came_down,
    date,
    joined,
    kind_word,
    minute,
    nearest_minute,
    number,
    plural,
)
from vedette.site import Site

_EFFECT_NONE: Final = {
    "injuries": "No injuries were reported, according to {by}.",
    "damage": "No damage was reported, according to {by}.",
    "flights": "No effect on flights was reported, according to {by}.",
}
_CLASS_SURE: Final = 0.9
"""From this probability on a statement may say that they were drones; below, that they were aircraft."""


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence and the ids of what it rests on: tracks, alerts, the incident, or events (`event 123`)."""

    text: str
    evidence: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"a sentence without evidence: {self.text}")


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """`marking` stands above all else where the origin is not live. `not_said`: what is left out, and why."""

    marking: str | None
    sentences: tuple[Sentence, ...]
    not_said: tuple[str, ...]

    def text(self) -> str:
        """Plain text, 80 columns: the marking, the sentences, their evidence, and what is not said."""
        lines = [*textwrap.wrap(self.marking, 80), ""] if self.marking else []
        for at, sentence in enumerate(self.sentences, 1):
            lines += textwrap.wrap(sentence.text, 76, initial_indent=f"{at}  ", subsequent_indent="   ")
            lines += textwrap.wrap(
                f"[{', '.join(sentence.evidence)}]", 76, initial_indent="   ", subsequent_indent="   "
            )
        lines += ["", "Not said, and why"]
        for reason in self.not_said:
            lines += textwrap.wrap(reason, 76, initial_indent="-  ", subsequent_indent="   ")
        return "\n".join(lines) + "\n"


def statement(document: dict[str, Any], site: Site, events: Sequence[Event] = ()) -> Statement:
    """From the incident's document; `events`, where given, name the entries that effects were taken from."""
    entered = {
        event.payload.effect: f"event {event.seq}"
        for event in events
        if isinstance(event.payload, EffectEntered) and event.payload.incident == document["id"]
    }
    sentences = [_what(document, site), *_where(document), *_effects(document, entered)]
    if document["attribution"]["state"] == "unclaimed":
        text = "No claim of responsibility has been confirmed."
        sentences.append(Sentence(text=text, evidence=(document["id"],)))
    if document["state"] == "open":
        sentences.append(Sentence(text="The incident is still being assessed.", evidence=(document["id"],)))
    mark = NOT_LIVE.get(document["origin"])
    return Statement(
        marking=None if mark is None else f"{mark[0]}: {mark[1]}. Not for release.",
        sentences=tuple(sentences),
        not_said=tuple(_not_said(document)),
    )


def _what(document: dict[str, Any], site: Site) -> Sentence:
    tracks = document["tracks"]
    sure = kind_word(document) == "drone" and all(track["p_class"] >= _CLASS_SURE for track in tracks)
    count = document["count"]
    few = plural(
        count["least"], "unmanned aircraft" if sure else "aircraft", "unmanned aircraft" if sure else "aircraft"
    )
    many = few if count["least"] == count["most"] else f"at least {few}"
    down = sorted((track["last_utc"], track["last_local"]) for track in tracks if came_down(track))
    utc, local = down[0] if down else (document["opened_utc"], document["opened_local"])
    utc, local = nearest_minute(utc), nearest_minute(local)
    day = "" if date(utc) == date(local) else f" on {date(utc)}"
    text = (
        f"At about {minute(local)} local time ({minute(utc)} UTC{day}) on {date(local)}, {many} approached {site.name}."
    )
    alerts = [alert["id"] for alert in document["alert_details"]]
    return Sentence(text=text, evidence=(*(track["track"] for track in tracks), *alerts, document["id"]))


def _where(document: dict[str, Any]) -> list[Sentence]:
    down = [track for track in document["tracks"] if came_down(track) and track["impact"]["place"] != "unsure"]
    if not down:
        return []
    places = [track["impact"]["place"] for track in down]
    first, *rest = [place for place in ("inside", "outside") if place in places]
    parts = [f"{number(places.count(first))} came down {first} the perimeter"]
    parts += [f"{number(places.count(place))} {place}" for place in rest]
    text = f"By the sensors' record, {joined(parts)}."
    return [Sentence(text=text, evidence=tuple(track["track"] for track in down))]


def _effects(document: dict[str, Any], entered: dict[str, str]) -> list[Sentence]:
    found = []
    for name, word in EFFECT_WORDS.items():
        effect = document["effects"][name]
        if effect["state"] == "not_yet_reported" or not effect["by"]:
            continue
        evidence = (entered.get(name, f"{document['id']} {name}"),)
        if effect["state"] == "none_reported":
            text = _EFFECT_NONE[name].format(by=effect["by"])
        elif effect["value"]:
            text = f"{word}, as reported by {effect['by']}: {effect['value'].rstrip('.')}."
        else:
            text = (
                f"{word} were reported by {effect['by']}."
                if name != "damage"
                else f"Damage was reported by {effect['by']}."
            )
        found.append(Sentence(text=text, evidence=evidence))
    return found


def _not_said(document: dict[str, Any]) -> list[str]:
    found = [
        f"{word}: not yet reported by anyone."
        for name, word in EFFECT_WORDS.items()
        if document["effects"][name]["state"] == "not_yet_reported" or not document["effects"][name]["by"]
    ]
    for track in document["tracks"]:
        if not came_down(track):
            found.append(f"Where {track['track']} ended: no sensor followed it to the ground.")
        elif track["impact"]["place"] == "unsure":
            found.append(f"Whether {track['track']} came down inside: the error ellipse crosses the perimeter line.")
    found.append("Who sent them: attribution is released by a signed decision only.")
    found.append("Make, payload and purpose: no sensor measures them.")
    return found
