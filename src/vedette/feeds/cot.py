"""Cursor on Target events of own units, of friends and of other systems' tracks → looks and particulars.

Only what flies is a position here (a-…-A…): people and vehicles on the ground are no air picture. Identities:
`own:NAME` for a uid of the site's list, `icao:…` for ICAO-ABC123, else `callsign:UID`: friend or foe is the sender's
word, and makes nobody a friend here. ce and le are the sigmas. An event past its stale time says nothing. One older
than 2 s says where the aircraft was: it stands at the time of reception, its sigma grown by how far it may have flown
since. What this Vedette told a TAK server comes back from it: `own`, or it would detect what it has said itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from vedette.feeds.arrival import FeedBody
from vedette.feeds.remote_id import OWN_TIME_S
from vedette.model import CLASSES, CooperativeReport, Floats, Look, Rejected, Scan
from vedette.wire.cot import CotEvent

SIGMA_POSITION_M: Final = 50.0
SIGMA_ALTITUDE_M: Final = 50.0
"""Where the event does not say how good its place is."""
_LEAST_SIGMA_M: Final = 1.0
SPEED_MPS: Final = 30.0
"""How fast an aircraft of unknown speed is taken to fly."""
P_CLASS: Final = 0.9
MAX_UIDS: Final = 4096
REPEAT_S: Final = 60.0
_ICAO = re.compile(r"ICAO[-.]?([0-9A-Fa-f]{6})")


class CotSource:
    """Events in the order received → looks (one position each) and cooperative reports.

    Args:
        sensor: the feed's sensor. own: names of the site's own aircraft by uid. site_id: of this very site.
    """

    def __init__(self, sensor: str, own: Mapping[str, str], site_id: str) -> None:
        self.messages = 0
        self._sensor, self._own, self._echo = sensor, own, re.compile(rf"{re.escape(site_id)}-(T|A|TEST)-\d+(-end)?")
        self._told: dict[str, tuple[str | None, float]] = {}

    def hear(self, event: CotEvent | Rejected, received_s: float) -> Iterator[FeedBody]:
        """What one event adds."""
        if isinstance(event, Rejected):
            yield event
            return
        self.messages += 1
        if self._echo.fullmatch(event.uid):
            yield Rejected(reason="own", offset=event.offset)
            return
        if not flies(event.type):
            return
        if event.stale_s < received_s:
            yield Rejected(reason="stale", offset=event.offset)
            return
        identity = self._identity(event.uid)
        yield Look(scan=_scan(self._sensor, event, identity, received_s))
        yield from self._particulars(event, identity, received_s)

    def _identity(self, uid: str) -> str:
        name = self._own.get(uid)
        if name is not None:
            return f"own:{name}"
        icao = _ICAO.fullmatch(uid)
        return f"icao:{icao[1].upper()}" if icao else f"callsign:{uid[:64]}"

    def _particulars(self, event: CotEvent, identity: str, received_s: float) -> Iterator[CooperativeReport]:
        callsign, at_s = self._told.get(identity, (None, -math.inf))
        if callsign == event.callsign and received_s - at_s < REPEAT_S:
            return
        self._told.pop(identity, None)
        self._told[identity] = event.callsign, received_s
        if len(self._told) > MAX_UIDS:
            del self._told[next(iter(self._told))]
        yield CooperativeReport(
            sensor=self._sensor, observed_s=received_s, source="cot", identity=identity, callsign=event.callsign
        )


def flies(type: str) -> bool:
    """Whether an event of this type is a position of something in the air."""
    parts = type.split("-")
    return len(parts) > 2 and parts[0] == "a" and parts[2] == "A"


def p_classes_of(type: str) -> Floats | None:
    """(1, classes) what the sender takes it for; None where the type does not say.

    M-F-Q and M-H-Q, C-F-q and C-H-q: unmanned, fixed and rotary wing; any other M or C: manned.
    """
    parts = type.upper().split("-")[3:]
    if not parts or parts[0] not in ("M", "C"):
        return None
    unmanned = parts[2:3] == ["Q"]
    named = {"F": "uav_fixed_wing", "H": "uav_rotary"}.get(parts[1]) if unmanned else "manned"
    if named is None:
        return None
    rest = (1.0 - P_CLASS) / (len(CLASSES) - 1)
    return np.array([[P_CLASS if name == named else rest for name in CLASSES]])


def _scan(sensor: str, event: CotEvent, identity: str, received_s: float) -> Scan:
    age_s = received_s - event.time_s
    fresh = 0.0 <= age_s <= OWN_TIME_S
    flown_m = 0.0 if fresh else max(0.0, age_s) * (SPEED_MPS if event.speed_mps is None else event.speed_mps)
    sigma_m = math.hypot(max(_LEAST_SIGMA_M, event.sigma_position_m or SIGMA_POSITION_M), flown_m)
    altitude_m = event.altitude_ellipsoid_m
    sigma_altitude_m = max(_LEAST_SIGMA_M, event.sigma_altitude_m or SIGMA_ALTITUDE_M)
    return Scan(
        sensor=sensor,
        observed_s=event.time_s if fresh else received_s,
        latitude_deg=np.array([event.latitude_deg]),
        longitude_deg=np.array([event.longitude_deg]),
        altitude_ellipsoid_m=None if altitude_m is None else np.array([altitude_m]),
        sigma_position_m=np.array([sigma_m]),
        sigma_altitude_ellipsoid_m=None if altitude_m is None else np.array([sigma_altitude_m]),
        identity=(identity,),
        p_classes=p_classes_of(event.type),
        covers=False,
    )
