"""What stands behind an identity: particulars heard, other sensors that agree, and contradictions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from vedette.model import Cooperation, CooperativeReport, Reason

COOPERATIVE_KINDS: Final = frozenset({"adsb", "remote_id", "telemetry"})
"""Kinds of sensor that only pass on what the aircraft says of itself."""

INDEPENDENT_KINDS: Final = frozenset({"radar", "rf", "camera", "acoustic"})
"""Kinds that measure where it is, whatever it says."""

RECENT_S: Final = 10.0
"""Sensors agree when both had a part in the track within this time."""

IDENTITIES_MOST: Final = 4096
"""Identities remembered; the one heard of longest ago makes room. A busy terminal area has some hundreds."""

JUMP_MPS: Final = {"rid": 150.0, "icao": 1000.0}
"""A place that moves faster than this is not one aircraft: twice a fast small drone, or beyond any airliner."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """Where an identity was last seen on a track."""

    observed_s: float
    id: int
    east_m: float
    north_m: float


def cooperation_of(identity: str | None, sensors: dict[str, float], kinds: dict[str, str], now_s: float) -> Cooperation:
    """COOPERATIVE: what passes the identity on and an independent sensor both had a part within RECENT_S.

    Another system's number for its track is no word of the aircraft's own.
    """
    if identity is None or identity.startswith("track:"):
        return Cooperation.UNKNOWN
    recent = {kinds.get(sensor) for sensor, at_s in sensors.items() if now_s - at_s <= RECENT_S}
    agreed = recent & COOPERATIVE_KINDS and recent & INDEPENDENT_KINDS
    return Cooperation.COOPERATIVE if agreed else Cooperation.CLAIMED


_OPERATORS: Final = dict.fromkeys(
    (
        "operator_id",
        "self_id",
        "operator_latitude_deg",
        "operator_longitude_deg",
        "operator_altitude_ellipsoid_m",
        "authentication_kind",
        "authentication_hex",
        "authentication_s",
    )
)


def without_operator(report: CooperativeReport) -> CooperativeReport:
    """The report without what its operator is known by: no judgement rests on it, and a snapshot may not keep it."""
    return msgspec.structs.replace(report, **_OPERATORS)


def merged(old: CooperativeReport | None, new: CooperativeReport) -> CooperativeReport:
    """The newest word on each particular: a report that leaves one out does not take it back."""
    if old is None:
        return new
    kept = {
        field: getattr(old, field)
        for field in new.__struct_fields__
        if getattr(new, field) is None and getattr(old, field) is not None
    }
    return msgspec.structs.replace(new, **kept)


def callsign_of(identity: str | None, report: CooperativeReport | None) -> str | None:
    """What it calls itself, from its reports or from the identity itself."""
    if report is not None and report.callsign:
        return report.callsign
    if identity is not None and identity.startswith("callsign:"):
        return identity.removeprefix("callsign:")
    return None


def contradictions(identity: str, here: Heard, before: Heard | None, twins: Sequence[Heard]) -> list[Reason]:
    """What speaks against the identity: it is on two tracks at once, or its place jumped from one track to another."""
    found = []
    for twin in twins:
        apart = math.hypot(twin.east_m - here.east_m, twin.north_m - here.north_m)
        text = f"{spoken(identity)} also on another track, {_distance(apart)} away"
        found.append(Reason(text=text, value=apart, unit="m", source=identity))
    limit = JUMP_MPS.get(identity.split(":", 1)[0])
    if before is not None and before.id != here.id and limit is not None:
        moved = math.hypot(before.east_m - here.east_m, before.north_m - here.north_m)
        elapsed = here.observed_s - before.observed_s
        if moved > 500.0 + limit * elapsed:
            text = f"{spoken(identity)} jumped {_distance(moved)} in {elapsed:.0f} s"
            found.append(Reason(text=text, value=moved, unit="m", source=identity))
    return found


def spoken(identity: str) -> str:
    """The identity as people say it."""
    scheme, _, rest = identity.partition(":")
    names = {"rid": "Remote ID", "icao": "ICAO address", "callsign": "callsign", "own": "own aircraft", "mmsi": "MMSI"}
    return f"{names.get(scheme, scheme)} {rest}"


def _distance(metres: float) -> str:
    return f"{metres / 1000.0:.1f} km" if metres >= 950.0 else f"{metres:.0f} m"
