"""Tracks and alerts as JSON documents, for programs: what a webhook posts and a broker keeps. The tables' names.

Each begins with kind (track, track_end or alert), site and origin; what is not known, or not released, is absent. Times
are ISO 8601 UTC. An alert says test where it is one; a document that is not of a live watch says so in `origin`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from vedette.clock import iso_utc
from vedette.model import CLASSES, Impact, Origin, ReleasedAlert, ReleasedTrack

CONTENT_TYPE: Final = "application/json"

Document = dict[str, Any]
_AS_IT_IS: Final = tuple(
    name
    for name in ReleasedTrack.__struct_fields__
    if name not in ("observed_s", "first_s", "class_", "p_classes", "sensors", "impact", "past", "reasons")
)


def track_document(track: ReleasedTrack, site: str, origin: Origin) -> Document:
    """A track as a partner may know it."""
    known: Document = {"kind": "track", "site": site, "origin": origin.value, "time_utc": iso_utc(track.observed_s)}
    known |= {"first_utc": iso_utc(track.first_s)} | {name: getattr(track, name) for name in _AS_IT_IS}
    known["class"] = track.class_
    if track.p_classes is not None:
        known["p_classes"] = dict(zip(CLASSES, track.p_classes, strict=True))
    if track.sensors is not None:
        known["sensors"] = {sensor: iso_utc(at_s) for sensor, at_s in track.sensors.items()}
    if track.impact is not None:
        known["impact"] = _impact(track.impact)
    if track.past is not None:
        known["past"] = [dict(_with_utc(msgspec.structs.asdict(point))) for point in track.past]
    reasons = getattr(track, "reasons", None)
    if reasons is not None:
        known["reasons"] = [reason.text for reason in reasons]
    return _without_unknown(known)


def end_document(track: str, at_s: float, site: str, origin: Origin) -> Document:
    """A track that is gone, or no longer shared."""
    return {"kind": "track_end", "site": site, "origin": origin.value, "time_utc": iso_utc(at_s), "track": track}


def alert_document(alert: ReleasedAlert, site: str, origin: Origin) -> Document:
    """An alert as a partner may know it. time_utc: when it last changed its state."""
    known = msgspec.structs.asdict(alert)
    raised_s, changed_s = known.pop("raised_s"), known.pop("changed_s")
    head: Document = {"kind": "alert", "site": site, "origin": origin.value, "time_utc": iso_utc(changed_s)}
    known |= {"raised_utc": iso_utc(raised_s), "state": alert.state.value}
    if alert.reasons is not None:
        known["reasons"] = [reason.text for reason in alert.reasons]
    return _without_unknown(head | known)


def encode_document(document: Document) -> bytes:
    """UTF-8 JSON; the same document gives the same octets."""
    return msgspec.json.encode(document)


def _impact(impact: Impact) -> Document:
    return _without_unknown(dict(_with_utc(msgspec.structs.asdict(impact))))


def _with_utc(values: Document) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        yield ("time_utc", iso_utc(value)) if name == "observed_s" else (name, value)


def _without_unknown(values: Document) -> Document:
    return {name: value for name, value in values.items() if value is not None}
