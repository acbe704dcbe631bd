"""What can be said of an incident: sentences from what is confirmed, each with its evidence, and what is left unsaid.

A sentence without evidence cannot be made. An effect that nobody has reported is not said as none, and one of which two
people say different things is not said at all. Who did it is said only by a decision that two persons have signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from vedette.clock import iso_local, iso_utc
from vedette.model import (
    Attribution,
    Claim,
    DecisionState,
    Dossier,
    EffectEntry,
    Incident,
    IncidentTrackSummary,
    Sentence,
    Subject,
    Unsaid,
)
from vedette.site import Site
from vedette.wording import EFFECT_WORDS, date, joined, minute, nearest_minute, number, plural

KEYS: Final = ("what", "countermeasures", "protection", "where", *EFFECT_WORDS, "claim", "ongoing")
"""Every sentence there is, in the order they are said."""
DEFEAT: Final = "request_defeat"
CLASS_SURE: Final = 0.9
"""From this probability on a statement may say that they were unmanned; below, that they were aircraft."""
SUBJECT_WORDS: Final = {
    Subject.COUNT: "How many",
    Subject.PLACE: "Where they came down",
    Subject.AIRPORT: "Whether the airport was open",
    Subject.INJURIES: "Injuries",
    Subject.DAMAGE: "Damage",
    Subject.RESPONSIBILITY: "Who did it",
    Subject.OTHER: "Other",
}
_NONE: Final = {
    "injuries": "No injuries were reported, according to {whom}.",
    "damage": "No damage was reported, according to {whom}.",
    "flights": "No effect on flights was reported, according to {whom}.",
}
_SOME: Final = {
    "injuries": "Injuries were reported by {whom}.",
    "damage": "Damage was reported by {whom}.",
    "flights": "Effects on flights were reported by {whom}.",
}


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """All that can be said now, and what cannot, and why."""

    sentences: tuple[Sentence, ...]
    not_said: tuple[Unsaid, ...]

    def text_of(self, key: str) -> str | None:
        """What is said under a key; None: nothing."""
        return next((one.text for one in self.sentences if one.key == key), None)


def what_can_be_said(incident: Incident, site: Site) -> Said:
    """A function of the incident as it stands, and of nothing else."""
    made = [
        _what(incident, site),
        *_measures(incident, site),
        *_where(incident),
        *_effects(incident),
        *_claim(incident),
        *_ongoing(incident),
    ]
    return Said(sentences=tuple(made), not_said=tuple(_not_said(incident)))


def came_down(track: IncidentTrackSummary) -> bool:
    """Whether the track was followed down to the ground, not only seen on its way."""
    return track.impact is not None and track.impact.basis == "descent"


def differing(claims: Iterable[Claim]) -> dict[Subject, tuple[Claim, ...]]:
    """Claims that stand and contradict each other, by subject. Of `other` nobody can tell."""
    by_subject: dict[Subject, list[Claim]] = {}
    for one in claims:
        if one.withdrawn is None and one.entered.subject is not Subject.OTHER:
            by_subject.setdefault(one.entered.subject, []).append(one)
    return {
        subject: tuple(found)
        for subject, found in by_subject.items()
        if len({folded(one.entered.value) for one in found}) > 1
    }


def folded(words: str) -> str:
    """Words as they are compared: without case and spacing."""
    return " ".join(words.casefold().split())


def standing_in(dossier: Dossier) -> Attribution | None:
    """The newest decision on who did it that two persons have signed; they stand in the order of signing."""
    return next((one for one in reversed(dossier.attributions) if one.signed is not None), None)


def by_whom(entry: EffectEntry) -> str:
    """Whose word an entry is: the source it names, else the role, else the name of who entered it."""
    if entry.source or not entry.role:
        return entry.source or entry.by
    return f"the {entry.role.replace('-', ' ').replace('_', ' ')}"


def _what(incident: Incident, site: Site) -> Sentence:
    down = [track.last_s for track in incident.tracks if came_down(track)]
    at_s = min(down, default=incident.opened_s)
    local, utc = nearest_minute(iso_local(at_s, site.timezone)), nearest_minute(iso_utc(at_s))
    day = "" if date(utc) == date(local) else f" on {date(utc)}"
    when = f"At about {minute(local)} local time ({minute(utc)} UTC{day}) on {date(local)}"
    evidence = (*(track.track for track in incident.tracks), *incident.alerts, incident.incident)
    return Sentence(key="what", text=f"{when}, {_many(incident)} {site.name}.", evidence=evidence)


def _many(incident: Incident) -> str:
    count = incident.count
    if count.least == 0:
        return "an alarm was raised at"
    tracks = incident.tracks
    sure = bool(tracks) and all(one.class_.startswith("uav") and one.p_class >= CLASS_SURE for one in tracks)
    word = "unmanned aircraft system" if sure else "aircraft"
    few = plural(count.least, word, f"{word}s" if sure else word) + (" (UAS)" if sure else "")
    return f"{few if count.least == count.most else f'at least {few}'} approached"


def _measures(incident: Incident, site: Site) -> Iterator[Sentence]:
    """What people say was done: decisions carried out, and facts of measures taken without one."""
    countered: list[str] = []
    protected: dict[str, list[str]] = {}
    done = [
        (one.id, one.order.measure_kind, one.order.measure_name or one.order.measure)
        for one in incident.decisions
        if one.state is DecisionState.CARRIED_OUT
    ]
    for fact in incident.facts:
        if fact.fact == "measure_taken" and fact.measure:
            known = site.response.measure(fact.measure)
            done.append((fact.id, known.kind if known else DEFEAT, known.name if known else fact.measure))
    for evidence, kind, name in done:
        if kind == DEFEAT:
            countered.append(evidence)
        else:
            protected.setdefault(name, []).append(evidence)
    if countered:
        text = "Force-protection countermeasures were used."
        yield Sentence(key="countermeasures", text=text, evidence=tuple(countered))
    if protected:
        text = f"Protective measures were taken: {joined(list(protected))}."
        yield Sentence(
            key="protection", text=text, evidence=tuple(one for found in protected.values() for one in found)
        )


def _where(incident: Incident) -> Iterator[Sentence]:
    down = [(track, track.impact.place) for track in incident.tracks if came_down(track) and track.impact is not None]
    sure = [(track, place) for track, place in down if place in ("inside", "outside")]
    if not sure:
        return
    places = [place for _, place in sure]
    first, *rest = [place for place in ("inside", "outside") if place in places]
    parts = [f"{number(places.count(first))} came down {first} the perimeter"]
    parts += [f"{number(places.count(place))} {place}" for place in rest]
    text = f"By the sensors' record, {joined(parts)}."
    yield Sentence(key="where", text=text, evidence=tuple(track.track for track, _ in sure))


def _effects(incident: Incident) -> Iterator[Sentence]:
    for name, word in EFFECT_WORDS.items():
        effect = incident.effects.get(name)
        if effect is None or effect.state == "not_yet_reported" or effect.conflict or not effect.entries:
            continue
        entries = [one for one in incident.dossier.entries if one.entry in effect.entries]
        whom = joined(list(dict.fromkeys(by_whom(one) for one in entries))) or effect.source or effect.by
        if not whom:
            continue
        if effect.state == "none_reported":
            text = _NONE[name].format(whom=whom)
        elif effect.value:
            text = f"{word}, as reported by {whom}: {effect.value.rstrip('.')}."
        else:
            text = _SOME[name].format(whom=whom)
        yield Sentence(key=name, text=text, evidence=effect.entries)


def _claim(incident: Incident) -> Iterator[Sentence]:
    decided = standing_in(incident.dossier)
    if incident.attribution == "unclaimed":
        evidence = (incident.incident,) if decided is None else (decided.proposed.attribution,)
        yield Sentence(key="claim", text="No claim of responsibility has been confirmed.", evidence=evidence)
    elif decided is not None and decided.signed is not None and decided.proposed.to:
        proposed = decided.proposed
        if proposed.state == "claimed":
            text = f"Responsibility was claimed by {proposed.to}."
        else:
            text = f"Responsibility is attributed to {proposed.to}, as decided by the {proposed.role} and the "
            text += f"{decided.signed.role}."
        yield Sentence(key="claim", text=text, evidence=(proposed.attribution, *proposed.evidence))


def _ongoing(incident: Incident) -> Iterator[Sentence]:
    if incident.state == "open":
        text = "The incident is still being assessed."
        yield Sentence(key="ongoing", text=text, evidence=(incident.incident,))


def _not_said(incident: Incident) -> Iterator[Unsaid]:
    yield from _effects_not_said(incident)
    for track in incident.tracks:
        if not came_down(track):
            yield Unsaid(about=f"Where {track.track} ended", why="no sensor followed it to the ground.")
        elif track.impact is not None and track.impact.place == "unsure":
            why = "the error ellipse crosses the perimeter line."
            yield Unsaid(about=f"Whether {track.track} came down inside", why=why)
    yield from _claims_not_said(incident)
    yield Unsaid(about="Make, payload and purpose", why="no sensor measures them.")


def _effects_not_said(incident: Incident) -> Iterator[Unsaid]:
    for name, word in EFFECT_WORDS.items():
        effect = incident.effects.get(name)
        if effect is not None and effect.conflict:
            told = [one for one in incident.dossier.entries if one.entry in effect.entries]
            sides = "; ".join(f"{by_whom(one)} says {entry_words(one)} ({one.entry})" for one in told)
            yield Unsaid(about=word, why=f"two accounts differ: {sides}.")
        elif effect is None or effect.state == "not_yet_reported" or not effect.by:
            yield Unsaid(about=word, why="not yet reported by anyone.")


def _claims_not_said(incident: Incident) -> Iterator[Unsaid]:
    for subject, found in differing(incident.dossier.claims).items():
        sides = "; ".join(f"{one.entered.value} ({one.entered.source}, {one.entered.claim})" for one in found)
        yield Unsaid(about=f"{SUBJECT_WORDS[subject]}, as others say", why=f"public claims differ: {sides}.")
    if incident.attribution != "unclaimed":
        return
    for one in incident.dossier.claims:
        if one.withdrawn is None and one.entered.subject is Subject.RESPONSIBILITY:
            why = f"{one.entered.source} says so, and nobody has confirmed it ({one.entered.claim})."
            yield Unsaid(about=f"That it was {one.entered.value}", why=why)
    yield Unsaid(about="Who sent them", why="attribution is released by a signed decision only.")


def entry_words(entry: EffectEntry) -> str:
    """What an entry says, in words."""
    return "none" if entry.state == "none_reported" else entry.value or "some, no detail given"
