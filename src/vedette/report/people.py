"""What people did: every event of the incident that names a person or role, whatever its kind.

Kinds that the timeline tells are told in its words; of any other the record's own names and words are shown, so that a
kind of decision that this room does not know is in the report all the same. Places are not shown.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from vedette.clock import iso_local, iso_utc, parse_time
from vedette.model import AlarmSounded, AlarmTested, Event
from vedette.report.identity import by_nobody
from vedette.report.response import SHIFTS, TELL_RESPONSE, response_of
from vedette.report.timeline import AROUND_S, TELL
from vedette.report.words import clock
from vedette.site import Site

_NAMES: Final = ("incident", "alert", "track", "decision")
"""Fields by which an event belongs to an incident; a decision does by the order that belongs to it."""
_ASIDE: Final = frozenset({"type", "by", "role", "note", "key", "incident", "at_s", "node"})


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """One act: when, who (None: the watch itself, as the answer to somebody's act), what, in more words, event id."""

    local: str
    utc: str
    who: str | None
    what: str
    detail: str
    evidence: str


def deeds(document: dict[str, Any], site: Site, events: Sequence[Event]) -> list[Deed]:
    """In the order of the record."""
    own = {
        "incident": {document["id"]},
        "alert": {alert["id"] for alert in document["alert_details"]},
        "track": {track["track"] for track in document["tracks"]},
        "decision": set[str](),
    }
    times = [parse_time(track[key]) for track in document["tracks"] for key in ("first_utc", "last_utc")]
    opened_s = parse_time(document["opened_utc"])
    window = (min([opened_s, *times]) - AROUND_S, max([opened_s, *times]) + AROUND_S)
    response, found = response_of(events, document["id"]), []
    for event in events:
        payload = event.payload
        if payload is None or not hasattr(payload, "by"):
            continue
        if by_nobody(payload) or isinstance(payload, (AlarmTested, AlarmSounded)):
            continue
        if type(payload) in TELL_RESPONSE or isinstance(payload, SHIFTS):
            found += [_deed(event, payload, site)] if event.seq in response else []
            continue
        named = {name: value for name in _NAMES if (value := getattr(payload, name, None)) is not None}
        belongs = any(value in own[name] for name, value in named.items())
        if belongs or (not named and window[0] <= event.observed_s <= window[1]):
            own["decision"].update([named["decision"]] if "decision" in named else [])
            found.append(_deed(event, payload, site))
    return found


def _deed(event: Event, payload: Any, site: Site) -> Deed:
    if type(payload) in TELL:
        _, what, detail = TELL[type(payload)](payload)
        by, role = payload.by or "", getattr(payload, "role", None)
        detail = detail.removeprefix(f"{by} ({role})" if role else by).removeprefix(" · ")
    else:
        what, detail = _of_any_kind(payload)
    who = " · ".join(dict.fromkeys(filter(None, (payload.by, getattr(payload, "role", None)))))
    at_s = event.observed_s
    return Deed(
        local=clock(iso_local(at_s, site.timezone)),
        utc=clock(iso_utc(at_s)),
        who=who or None,
        what=what,
        detail=detail,
        evidence=f"E-{event.seq}",
    )


def _of_any_kind(payload: Any) -> tuple[str, str]:
    """The kind in words, and every field that is text; numbers, and so places, are left out."""
    raw = {field: getattr(payload, field) for field in payload.__struct_fields__ if field not in _ASIDE}
    words = [
        f"{name.replace('_', ' ')} {value.value if isinstance(value, enum.Enum) else value}"
        for name, value in raw.items()
        if isinstance(value, str) and value
    ]
    for value in raw.values():
        for one in value if isinstance(value, tuple) else ():
            if hasattr(one, "clause") and hasattr(one, "answer"):
                words.append(f"{one.clause}: {one.answer}")
    kind = str(payload.__struct_config__.tag).replace("_", " ")
    return kind[:1].upper() + kind[1:], " · ".join(filter(None, (*words, getattr(payload, "note", ""))))
