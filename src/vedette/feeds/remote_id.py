"""Remote ID transmissions → positions with identity `rid:…`, and what the aircraft says of itself and its operator.

Messages are joined by their transmitter, whose address lives in this object alone and is forgotten after 60 s of
silence. A position heard before its transmitter's id is held back, at most 3 s: then it goes out unnamed, for a
drone that hides its name must not stay hidden. A transmitter repeats a position several times: only the first is a
measurement. A position's own time stands if it is no more than 2 s old and not in the future; else the time of
reception. Pages of an authentication are joined, and kept whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np

from vedette.feeds.arrival import FeedBody
from vedette.model import CooperativeReport, Look, Rejected, Scan
from vedette.wire.authentication import Authenticated, AuthenticationPages
from vedette.wire.radio import Transmission, Transmitter
from vedette.wire.remote_id import (
    Authentication,
    BasicId,
    Location,
    OperatorId,
    RemoteIdMessage,
    SelfId,
    System,
    decode_remote_id,
)

NAMELESS_S: Final = 3.0
FORGET_S: Final = 60.0
OWN_TIME_S: Final = 2.0
"""The site's default `late_s`: an older own time would be dropped as late."""
MAX_TRANSMITTERS: Final = 4096
SIGMA_POSITION_M: Final = 30.0
"""Where the transmitter does not say how well it knows its place: a GNSS receiver's bad day."""
SIGMA_ALTITUDE_M: Final = 45.0
_LEAST_SIGMA_M: Final = 2.0
_RAYLEIGH_95, _NORMAL_95 = 2.4477, 1.96
_HOUR_S = 3600.0
_KINDS = (None, "session", "utm", "registration", "serial")
"""Kinds of id, the most lasting one last: that names the aircraft."""


class _Heard(msgspec.Struct):
    """What one transmitter has said so far."""

    first_s: float
    last_s: float
    basic: BasicId | None = None
    operator: OperatorId | None = None
    self_id: SelfId | None = None
    system: System | None = None
    pages: AuthenticationPages = msgspec.field(default_factory=AuthenticationPages)
    authenticated: Authenticated | None = None
    location: Location | None = None
    location_s: float = -math.inf
    held: Scan | None = None
    sent: tuple[object, ...] | None = None


class RemoteIdSource:
    """Transmissions in the order received → looks (one position each) and cooperative reports.

    Args:
        sensor: the receiver's id.
    """

    def __init__(self, sensor: str) -> None:
        self.messages = 0
        self._sensor = sensor
        self._heard: dict[Transmitter, _Heard] = {}

    def hear(self, transmission: Transmission | Rejected, received_s: float) -> Iterator[FeedBody]:
        """What one transmission adds."""
        if isinstance(transmission, Rejected):
            yield transmission
            return
        self.messages += 1
        heard = self._remember(transmission.transmitter, received_s)
        for message in decode_remote_id(transmission.payload):
            if isinstance(message, Rejected):
                yield msgspec.structs.replace(message, offset=transmission.offset)
            else:
                yield from self._take(heard, message, received_s)
        yield from self._particulars(heard, received_s)

    def _remember(self, transmitter: Transmitter, received_s: float) -> _Heard:
        """The dictionary is in order of last hearing: the longest silent stands first."""
        heard = self._heard.pop(transmitter, None)
        while self._heard:
            first = next(iter(self._heard))
            if len(self._heard) < MAX_TRANSMITTERS and received_s - self._heard[first].last_s <= FORGET_S:
                break
            del self._heard[first]
        if heard is None or received_s - heard.last_s > FORGET_S:
            heard = _Heard(first_s=received_s, last_s=received_s)
        heard.last_s = received_s
        self._heard[transmitter] = heard
        return heard

    def _take(self, heard: _Heard, message: RemoteIdMessage, received_s: float) -> Iterator[Look]:
        if isinstance(message, BasicId):
            yield from self._name(heard, message)
        elif isinstance(message, Location):
            yield from self._locate(heard, message, received_s)
        elif isinstance(message, OperatorId):
            heard.operator = message
        elif isinstance(message, SelfId):
            heard.self_id = message
        elif isinstance(message, System):
            heard.system = message
        elif isinstance(message, Authentication):
            heard.authenticated = heard.pages.take(message) or heard.authenticated

    def _name(self, heard: _Heard, basic: BasicId) -> Iterator[Look]:
        known = heard.basic
        if basic.id is None or (known is not None and _KINDS.index(basic.id_type) < _KINDS.index(known.id_type)):
            return
        heard.basic = basic
        if heard.held is not None:
            yield Look(scan=msgspec.structs.replace(heard.held, identity=(f"rid:{basic.id}",)))
            heard.held = None

    def _locate(self, heard: _Heard, location: Location, received_s: float) -> Iterator[Look]:
        repeated = _same_measurement(heard, location, received_s)
        if not repeated:
            heard.location, heard.location_s = location, received_s
        if location.latitude_deg is None or repeated:
            return
        identity = None if heard.basic is None else f"rid:{heard.basic.id}"
        scan = _scan(self._sensor, location, identity, received_s)
        if identity is None and received_s - heard.first_s < NAMELESS_S:
            heard.held = scan
        else:
            heard.held = None
            yield Look(scan=scan)

    def _particulars(self, heard: _Heard, received_s: float) -> Iterator[CooperativeReport]:
        if heard.basic is None:
            return
        system = heard.system or System()
        location = heard.location or Location()
        height_agl_m = location.height_m if location.height_over_ground else None
        proof = heard.authenticated
        report = CooperativeReport(
            sensor=self._sensor,
            observed_s=received_s,
            source="remote_id",
            identity=f"rid:{heard.basic.id}",
            ua_type=heard.basic.ua_type,
            operator_id=heard.operator.id if heard.operator else None,
            self_id=heard.self_id.text or None if heard.self_id else None,
            operator_latitude_deg=system.operator_latitude_deg,
            operator_longitude_deg=system.operator_longitude_deg,
            operator_altitude_ellipsoid_m=system.operator_altitude_ellipsoid_m,
            height_agl_m=height_agl_m,
            pressure_altitude_m=location.pressure_altitude_m,
            authentication_kind=None if proof is None else proof.kind,
            authentication_hex=None if proof is None else proof.octets.hex(),
            authentication_s=None if proof is None else proof.made_s,
        )
        particulars = _particulars(report)
        if particulars != heard.sent:
            heard.sent = particulars
            yield report


def _particulars(report: CooperativeReport) -> tuple[object, ...]:
    """What a report is repeated for: names, kind, the operator's place to 0.0001° (11 m), height to 10 m."""
    place = report.operator_latitude_deg, report.operator_longitude_deg
    rounded = tuple(None if degrees is None else round(degrees, 4) for degrees in place)
    height = None if report.height_agl_m is None else round(report.height_agl_m, -1)
    texts = report.identity, report.ua_type, report.operator_id, report.self_id, report.authentication_hex
    return *texts, *rounded, height


def _same_measurement(heard: _Heard, location: Location, received_s: float) -> bool:
    last = heard.location
    if last is None or (last.latitude_deg, last.longitude_deg) != (location.latitude_deg, location.longitude_deg):
        return False
    if location.tenths is None or last.tenths is None:
        return received_s - heard.location_s < 1.0
    return location.tenths == last.tenths and received_s - heard.location_s < OWN_TIME_S + 1.0


def own_time_s(tenths: int | None, received_s: float) -> float:
    """UTC seconds of a position's own time (tenths after the hour) where it is fresh, else `received_s`."""
    if tenths is None:
        return received_s
    at_s = math.floor(received_s / _HOUR_S) * _HOUR_S + tenths / 10.0
    at_s -= _HOUR_S if at_s - received_s > _HOUR_S / 2.0 else 0.0
    return at_s if 0.0 <= received_s - at_s <= OWN_TIME_S else received_s


def _scan(sensor: str, location: Location, identity: str | None, received_s: float) -> Scan:
    altitude = location.altitude_ellipsoid_m
    sigma_m = SIGMA_POSITION_M
    if location.horizontal_95_m is not None:
        sigma_m = max(_LEAST_SIGMA_M, location.horizontal_95_m / _RAYLEIGH_95)
    sigma_altitude_m = SIGMA_ALTITUDE_M
    if location.vertical_95_m is not None:
        sigma_altitude_m = max(_LEAST_SIGMA_M, location.vertical_95_m / _NORMAL_95)
    return Scan(
        sensor=sensor,
        observed_s=own_time_s(location.tenths, received_s),
        latitude_deg=np.array([location.latitude_deg]),
        longitude_deg=np.array([location.longitude_deg]),
        altitude_ellipsoid_m=None if altitude is None else np.array([altitude]),
        sigma_position_m=np.array([sigma_m]),
        sigma_altitude_ellipsoid_m=None if altitude is None else np.array([sigma_altitude_m]),
        identity=(identity,),
        covers=False,
    )
