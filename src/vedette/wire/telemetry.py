"""What an autopilot says of its aircraft, whichever way it came: MAVLink frames or a DataFlash log.

The codecs vedette.wire.mavlink and vedette.wire.dataflash give these; whoever uses them need not know which it was.
"""

from __future__ import annotations

import msgspec

from vedette.wire.radio import Transmission


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag="hello"):
    """What flies: one of vedette.wire.remote_id.UA_TYPES, None where the autopilot does not say."""

    ua_type: str | None = None


class ClockPair(msgspec.Struct, frozen=True, kw_only=True, tag="clock"):
    """The autopilot's clock at one moment: UTC seconds, and seconds since it was switched on."""

    unix_s: float
    boot_s: float


class Position(msgspec.Struct, frozen=True, kw_only=True, tag="position"):
    """Where the aircraft is by its own estimate; None is unknown. Velocities over ground.

    height_m: over the place it took off from. boot_s: seconds since the autopilot was switched on.
    """

    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_msl_m: float | None = None
    height_m: float | None = None
    velocity_east_mps: float | None = None
    velocity_north_mps: float | None = None
    velocity_up_mps: float | None = None
    boot_s: float | None = None


class Fix(msgspec.Struct, frozen=True, kw_only=True, tag="fix"):
    """What its satellite receiver measured, and how well: the raw material of a Position. Sigmas: as it says itself."""

    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_msl_m: float | None = None
    altitude_ellipsoid_m: float | None = None
    sigma_position_m: float | None = None
    sigma_altitude_m: float | None = None
    satellites: int | None = None


Body = Hello | ClockPair | Position | Fix | Transmission | None


class Telemetry(msgspec.Struct, frozen=True, kw_only=True):
    """One message. `name`: as its protocol calls it. body: what it says that is used here, None for the rest.

    system, component: the sender's MAVLink numbers; None in a log that does not say them.
    """

    name: str
    body: Body = None
    system: int | None = None
    component: int | None = None
    offset: int = 0


def degrees_e7(latitude: int, longitude: int) -> tuple[float, float] | None:
    """Degrees of two integers in 1e-7 degrees; None where both are 0, which is how no fix is written.

    Raises:
        ValueError: they are no place on Earth.
    """
    if latitude == 0 and longitude == 0:
        return None
    if not (-900_000_000 <= latitude <= 900_000_000 and -1_800_000_000 <= longitude <= 1_800_000_000):
        raise ValueError("bad_position")
    return latitude / 1e7, longitude / 1e7
