"""Remote ID in `vedette inspect`: the lines of transmissions, joined by their transmitter over the whole file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import msgspec

from vedette.cli.lines import Line, Timed, line_of, rejected_line
from vedette.feeds.remote_id import own_time_s
from vedette.model import Rejected
from vedette.wire.authentication import Authenticated, AuthenticationPages
from vedette.wire.radio import Transmission, Transmitter
from vedette.wire.remote_id import Authentication, BasicId, Location, OperatorId, SelfId, System, decode_remote_id


class Joined(msgspec.Struct):
    """What one transmitter says of itself."""

    number: int
    basic: BasicId | None = None
    operator: OperatorId | None = None
    self_id: SelfId | None = None
    system: System | None = None
    pages: AuthenticationPages = msgspec.field(default_factory=AuthenticationPages)
    proof: Authenticated | None = None

    def take(self, message: object, *, first: bool) -> None:
        """Take a message in; with `first` only where nothing of its kind is known yet."""
        if isinstance(message, Authentication) and not (first and self.proof is not None):
            self.proof = self.pages.take(message) or self.proof
        for kind, name in _JOINED:
            if isinstance(message, kind) and not (first and getattr(self, name) is not None):
                setattr(self, name, message)


_JOINED = ((BasicId, "basic"), (OperatorId, "operator"), (SelfId, "self_id"), (System, "system"))


def remote_id_lines(units: list[Timed]) -> Iterator[Line]:
    """The lines of a capture: each with whatever its transmitter says of itself anywhere in the file."""
    joined = join(unit for _, unit in units)
    for number, (at_s, unit) in enumerate(units):
        if isinstance(unit, Rejected):
            yield rejected_line(number, at_s, unit)
        elif isinstance(unit, Transmission):
            yield from transmission_lines(number, at_s, unit, joined[unit.transmitter])


def join(units: Iterable[object]) -> dict[Transmitter, Joined]:
    """The first of each kind of message, by transmitter: what stands for the lines before it."""
    joined: dict[Transmitter, Joined] = {}
    for unit in units:
        if isinstance(unit, Transmission):
            one = joined.setdefault(unit.transmitter, Joined(len(joined) + 1))
            for message in decode_remote_id(unit.payload):
                one.take(message, first=True)
    return joined


def transmission_lines(number: int, at_s: float | None, unit: Transmission, joined: Joined) -> Iterator[Line]:
    """The lines of one transmission; one that says nothing is still one, and has its line."""
    messages = decode_remote_id(unit.payload)
    for message in messages:
        joined.take(message, first=False)
    said = _said(joined) | {"medium": unit.medium}
    named = not messages
    for message in messages:
        if isinstance(message, Rejected):
            yield rejected_line(number, at_s, msgspec.structs.replace(message, offset=unit.offset))
        elif isinstance(message, Location):
            observed_s = None if at_s is None else own_time_s(message.tenths, at_s)
            kind = "identity" if message.latitude_deg is None else "detection"
            yield line_of(kind, number, observed_s, said | _location(message))
        else:
            named = True
    if named:
        yield line_of("identity", number, at_s, said)


def _said(joined: Joined) -> Line:
    basic, system = joined.basic, joined.system or System()
    return {
        "source": f"transmitter-{joined.number}",
        "identity": f"rid:{basic.id}" if basic and basic.id else None,
        "ua_type": basic.ua_type if basic else None,
        "operator_id": joined.operator.id if joined.operator else None,
        "self_id": joined.self_id.text or None if joined.self_id else None,
        "operator_latitude_deg": system.operator_latitude_deg,
        "operator_longitude_deg": system.operator_longitude_deg,
        "operator_altitude_ellipsoid_m": system.operator_altitude_ellipsoid_m,
        "eu_category": system.eu_category,
        "eu_class": system.eu_class,
        "authentication_kind": joined.proof.kind if joined.proof else None,
        "authentication_hex": joined.proof.octets.hex() if joined.proof else None,
    }


def _location(location: Location) -> Line:
    east = north = None
    if location.speed_mps is not None and location.track_deg is not None:
        track = math.radians(location.track_deg)
        east, north = location.speed_mps * math.sin(track), location.speed_mps * math.cos(track)
    return {
        "status": location.status,
        "latitude_deg": location.latitude_deg,
        "longitude_deg": location.longitude_deg,
        "altitude_ellipsoid_m": location.altitude_ellipsoid_m,
        "pressure_altitude_m": location.pressure_altitude_m,
        "height_agl_m": location.height_m if location.height_over_ground else None,
        "height_over_take_off_m": None if location.height_over_ground else location.height_m,
        "velocity_east_mps": east,
        "velocity_north_mps": north,
        "velocity_up_mps": location.climb_mps,
        "accuracy_95_m": location.horizontal_95_m,
    }
