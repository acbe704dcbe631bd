"""Telemetry of own aircraft → looks, particulars and Remote ID. It receives only: there is nothing here to send with.

An aircraft whose MAVLink system number stands on the site's list is `own:NAME`; any other goes without a name, and is
no friend. What the autopilot holds for its place (GLOBAL_POSITION_INT, POS) is the measurement; the satellite
receiver's own (GPS_RAW_INT, GPS) says how good that is, and stands in where the autopilot gives none. An own time, made
of the autopilot's clock, stands if it is no more than 2 s old and not in the future; else the time of reception.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
import numpy as np

from vedette.feeds.arrival import FeedBody
from vedette.feeds.remote_id import OWN_TIME_S, RemoteIdSource
from vedette.geo import ellipsoid_from_msl_m
from vedette.model import CooperativeReport, Look, Rejected, Scan
from vedette.wire.radio import Transmission
from vedette.wire.telemetry import ClockPair, Fix, Hello, Position, Telemetry

SIGMA_POSITION_M: Final = 3.0
SIGMA_ALTITUDE_M: Final = 6.0
"""Where the receiver does not say how good its place is: a common GNSS receiver in the open."""
_LEAST_SIGMA_M: Final = 1.0
"""An autopilot's place is smoothed: the errors of two reports in a row are nearly the same, whatever their size."""
POSITION_S: Final = 5.0
"""The satellite receiver's place stands in for the autopilot's after this much without one."""


class _System(msgspec.Struct):
    """What is remembered of one aircraft: how good its place is, its clock, what it is and was said to be."""

    fix: Fix | None = None
    switched_on_s: float | None = None
    position_s: float = -math.inf
    ua_type: str | None = None
    told: str | None = None
    known: bool = False


class MavlinkSource:
    """Messages in the order received → looks (one position each) and cooperative reports.

    Args:
        sensor: the feed's sensor. own: names of the site's own aircraft by MAVLink system number.
    """

    def __init__(self, sensor: str, own: Mapping[int, str]) -> None:
        self.messages = 0
        self._sensor, self._own = sensor, own
        self._systems: dict[int | None, _System] = {}
        self._remote_id = RemoteIdSource(sensor)

    def hear(self, unit: Telemetry | Rejected, received_s: float) -> Iterator[FeedBody]:
        """What one message adds."""
        if isinstance(unit, Rejected):
            yield unit
            return
        self.messages += 1
        body = unit.body
        if isinstance(body, Transmission):
            yield from self._remote_id.hear(body, received_s)
            return
        system = self._systems.setdefault(unit.system, _System())
        if isinstance(body, ClockPair):
            system.switched_on_s = body.unix_s - body.boot_s
        elif isinstance(body, Hello):
            system.ua_type = body.ua_type
            yield from self._particulars(unit.system, system, received_s)
        elif isinstance(body, Position):
            system.position_s = received_s
            yield from self._locate(unit.system, system, body, self._own_time_s(system, body, received_s))
        elif isinstance(body, Fix):
            system.fix = body
            if received_s - system.position_s > POSITION_S:
                yield from self._locate(unit.system, system, body, received_s)

    def _identity(self, number: int | None) -> str | None:
        name = None if number is None else self._own.get(number)
        return None if name is None else f"own:{name}"

    def _own_time_s(self, system: _System, position: Position, received_s: float) -> float:
        if system.switched_on_s is None or position.boot_s is None:
            return received_s
        at_s = system.switched_on_s + position.boot_s
        return at_s if 0.0 <= received_s - at_s <= OWN_TIME_S else received_s

    def _locate(
        self, number: int | None, system: _System, place: Position | Fix, observed_s: float
    ) -> Iterator[FeedBody]:
        if place.latitude_deg is None or place.longitude_deg is None:
            return
        yield Look(scan=_scan(self._sensor, place, system.fix or Fix(), self._identity(number), observed_s))
        if not system.known:
            system.known = True
            yield from self._particulars(number, system, observed_s)

    def _particulars(self, number: int | None, system: _System, received_s: float) -> Iterator[FeedBody]:
        """A report when an own aircraft is first located, and when its kind becomes known."""
        identity = self._identity(number)
        if identity is None or not system.known or system.told == (system.ua_type or ""):
            return
        system.told = system.ua_type or ""
        yield CooperativeReport(
            sensor=self._sensor,
            observed_s=received_s,
            source="telemetry",
            identity=identity,
            callsign=identity.partition(":")[2],
            ua_type=system.ua_type,
        )


def _scan(sensor: str, place: Position | Fix, fix: Fix, identity: str | None, observed_s: float) -> Scan:
    altitude_m = _altitude_ellipsoid_m(place)
    return Scan(
        sensor=sensor,
        observed_s=observed_s,
        latitude_deg=np.array([place.latitude_deg]),
        longitude_deg=np.array([place.longitude_deg]),
        altitude_ellipsoid_m=None if altitude_m is None else np.array([altitude_m]),
        sigma_position_m=np.array([max(_LEAST_SIGMA_M, fix.sigma_position_m or SIGMA_POSITION_M)]),
        sigma_altitude_ellipsoid_m=(
            None if altitude_m is None else np.array([max(_LEAST_SIGMA_M, fix.sigma_altitude_m or SIGMA_ALTITUDE_M)])
        ),
        identity=(identity,),
        covers=False,
    )


def _altitude_ellipsoid_m(place: Position | Fix) -> float | None:
    if isinstance(place, Fix) and place.altitude_ellipsoid_m is not None:
        return place.altitude_ellipsoid_m
    if place.altitude_msl_m is None or place.latitude_deg is None or place.longitude_deg is None:
        return None
    return ellipsoid_from_msl_m(place.latitude_deg, place.longitude_deg, place.altitude_msl_m)
