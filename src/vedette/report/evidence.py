"""What an evidence id stands for: the events of the record that say it, by their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from vedette.model import (
    AlertRaised,
    AttributionProposed,
    AttributionSigned,
    ClaimEntered,
    ClaimWithdrawn,
    DecisionMoved,
    DecisionOrdered,
    EffectEntered,
    EffectWithdrawn,
    Event,
    FactRecorded,
    IncidentClosed,
    IncidentOpened,
    IncidentTrack,
    MediaAdded,
    Payload,
    SightingEntered,
    TrackEnded,
)

NAMED_BY: Final[dict[type[Payload], str]] = {
    IncidentTrack: "track",
    TrackEnded: "track",
    AlertRaised: "alert",
    IncidentOpened: "incident",
    IncidentClosed: "incident",
    DecisionOrdered: "decision",
    DecisionMoved: "decision",
    FactRecorded: "id",
    SightingEntered: "sighting",
    EffectEntered: "entry",
    EffectWithdrawn: "entry",
    ClaimEntered: "claim",
    ClaimWithdrawn: "claim",
    AttributionProposed: "attribution",
    AttributionSigned: "attribution",
    MediaAdded: "media",
}
"""Kinds of events that say what a thing is, and the field with its id. Of a track's, the newest holds."""


def events_behind(ids: Iterable[str], events: Sequence[Event]) -> dict[str, list[int]]:
    """Numbers of the events behind each id, in order; an id that no event names has none."""
    found: dict[str, dict[Any, int]] = {id_: {} for id_ in ids}
    for event in events:
        payload = event.payload
        field = None if payload is None else NAMED_BY.get(type(payload))
        if field is None:
            continue
        seen = found.get(getattr(payload, field))
        if seen is not None:
            seen[type(payload) if isinstance(payload, IncidentTrack) else event.seq] = event.seq
    return {id_: sorted(seen.values()) for id_, seen in found.items()}


def traced(document: dict[str, Any], events: Sequence[Event]) -> dict[str, Any]:
    """The document with the `events` behind each sentence that is said or was drafted: numbers of the record."""
    statements = [document["statement"], *document["statements"]]
    ids = {id_ for one in statements for sentence in one["sentences"] for id_ in sentence["evidence"]}
    behind = events_behind(ids, events)

    def with_events(one: dict[str, Any]) -> dict[str, Any]:
        sentences = [
            {**each, "events": sorted({seq for id_ in each["evidence"] for seq in behind[id_]})}
            for each in one["sentences"]
        ]
        return {**one, "sentences": sentences}

    first, *others = map(with_events, statements)
    return {**document, "statement": first, "statements": others}
