"""What aircraft say of themselves: recorded when an identity is new or its particulars have changed."""

from __future__ import annotations

from typing import Final

import msgspec

from vedette.geo import distance_azimuth
from vedette.model import CooperativeReport, CooperativeSeen
from vedette.post.books import Seen

OPERATOR_MOVED_M: Final = 50.0
"""An operator who moved less has not moved: receivers on the ground wander by this much."""
CHANGE_S: Final = 5.0
"""Changes of one identity are recorded at most this often; what still differs then is recorded then."""

_TEXTS: Final = ("callsign", "ua_type", "operator_id", "self_id", "authentication_kind", "authentication_hex")


def news(
    report: CooperativeReport, received_s: float, seen: Seen | None, keep_s: float | None = None
) -> CooperativeSeen | None:
    """The event that the report makes, or None. A field the report leaves open is no news: the earlier value stays.

    What was recorded longer than keep_s before is forgotten, as the record erases it.
    """
    now = CooperativeSeen(
        identity=report.identity,
        source=report.source,
        sensor=report.sensor,
        callsign=report.callsign,
        ua_type=report.ua_type,
        operator_id=report.operator_id,
        self_id=report.self_id,
        operator_latitude_deg=report.operator_latitude_deg,
        operator_longitude_deg=report.operator_longitude_deg,
        authentication_kind=report.authentication_kind,
        authentication_hex=report.authentication_hex,
        authentication_s=report.authentication_s,
    )
    if seen is None or (keep_s is not None and received_s - seen.received_s > keep_s):
        return now
    if received_s - seen.received_s < CHANGE_S:
        return None
    before = seen.particulars
    kept = {name: getattr(before, name) for name in _TEXTS if getattr(now, name) is None}
    if now.authentication_hex is None:
        kept["authentication_s"] = before.authentication_s
    if now.operator_latitude_deg is None or now.operator_longitude_deg is None:
        kept["operator_latitude_deg"] = before.operator_latitude_deg
        kept["operator_longitude_deg"] = before.operator_longitude_deg
    now = msgspec.structs.replace(now, **kept)
    changed = any(getattr(now, name) != getattr(before, name) for name in _TEXTS)
    return now if changed or _moved(now, before) else None


def _moved(now: CooperativeSeen, before: CooperativeSeen) -> bool:
    there = (now.operator_latitude_deg, now.operator_longitude_deg)
    here = (before.operator_latitude_deg, before.operator_longitude_deg)
    if there[0] is None or there[1] is None:
        return False
    if here[0] is None or here[1] is None:
        return True
    return distance_azimuth(here[0], here[1], there[0], there[1])[0] > OPERATOR_MOVED_M
