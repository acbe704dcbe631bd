"""What the record says of closed ground during an incident, to stand beside what others say of the airport.

closures [{id, name, kind (runway|airspace), closed_…, by, role, on: the evidence in one sentence, sensors
(corroborated|single|none), sighting_grade, reopened_…, reopened_by, reopened_role, unmet: criteria that were not met
then}]. That the airport was open is said of nothing but a reopening: where nobody closed anything, nobody said so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from vedette.model import Closure, Incident
from vedette.report.decisions import times

CLOSED: Final = "closed"
OPEN: Final = "open"


def closures_part(incident: Incident, zone: str) -> list[dict[str, Any]]:
    """The closures above, oldest first."""
    return [_closure(one, zone) for one in sorted(incident.closures, key=lambda one: one.began.closed_s)]


def _closure(one: Closure, zone: str) -> dict[str, Any]:
    began, ended = one.began, one.ended
    return {
        "id": one.id,
        "name": began.name,
        "kind": began.place_kind,
        **times("closed", began.closed_s, zone),
        "by": began.by,
        "role": began.role,
        "on": began.evidence.says,
        "sensors": began.evidence.sensors,
        "sighting_grade": began.evidence.sighting_grade,
        **times("reopened", None if ended is None else ended.reopened_s, zone),
        "reopened_by": None if ended is None else ended.by,
        "reopened_role": None if ended is None else ended.role,
        "unmet": [] if ended is None else list(ended.unmet),
    }


def airport_of(closures: Sequence[Closure]) -> str | None:
    """`closed`, if any of it was; None: the record says nothing."""
    return CLOSED if closures else None


def airport_agrees(closures: Sequence[Closure], value: str, published_s: float | None) -> bool | None:
    """Whether a claim agrees with the record: of the time when it was published, where that is known.

    None: the record says nothing of that time, which is before anything was closed.
    """
    if not closures:
        return None
    if published_s is None:
        return value == CLOSED
    begun = [one for one in closures if one.began.closed_s <= published_s]
    if not begun:
        return None
    still = any(one.ended is None or one.ended.reopened_s > published_s for one in begun)
    return True if value == CLOSED else not still
