"""How fast the links' messages are taken apart, on one core.

    python -m benchmarks.links

Remote ID stands beside a bare `struct.unpack` loop over the same bytes: 0.08 of it is the floor, far above any site's
rate. A busy site hears some 100 messages a second of each kind.
"""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Callable
from typing import Final

from vedette.feeds.rows import RowSource
from vedette.wire import remote_id_pack as on_air
from vedette.wire.cot import CotEvent, encode_event, parse_event
from vedette.wire.mavlink import MavlinkReader, available
from vedette.wire.remote_id import decode_remote_id

SECONDS: Final = 1.0
BARE: Final = {
    0: struct.Struct("<BB20s3s"), 1: struct.Struct("<BBBBbiiHHHBBHBB"), 3: struct.Struct("<BB23s"),
    4: struct.Struct("<BBiiHBHHBHIB"), 5: struct.Struct("<BB20s3s"),
}  # fmt: skip
"""A Remote ID message's fields as the standard lays them out, nothing more."""
MESSAGES: Final = (
    on_air.basic_id(1, 2, b"1588E040445AC004418"),
    *(
        on_air.location(
            47.2 + step / 1e4, 8.73, status=2, track_deg=90.0, speed_mps=12.0, climb_mps=-0.5, height_m=40.0,
            altitude_ellipsoid_m=540.0, accuracies=(11, 5, 4, 3), after_hour_s=float(step),
        )
        for step in range(3)
    ),
    on_air.self_id(0, b"Survey"),
    on_air.system(47.19, 8.72, place_kind=1, altitude_ellipsoid_m=430.0),
    on_air.operator_id(0, b"CHE87astrdge12k8"),
)  # fmt: skip
"""A drone's messages as often as it sends them: its place three times for each of the others."""


def rate_hz(once: Callable[[], int]) -> float:
    """Units a second of `once`, which gives how many it took."""
    taken, began = 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < SECONDS:
        taken += once()
    return taken / passed


def bare() -> int:
    """Unpack each message's fields."""
    for _ in range(100):
        for message in MESSAGES:
            BARE[message[0] >> 4].unpack(message)
    return 100 * len(MESSAGES)


def remote_id() -> int:
    """Decode each message."""
    for _ in range(100):
        for message in MESSAGES:
            decode_remote_id(message)
    return 100 * len(MESSAGES)


def remote_id_packs() -> int:
    """Decode them as packs, as they come over Wi-Fi."""
    payload = on_air.pack(MESSAGES)
    return sum(len(decode_remote_id(payload)) for _ in range(100))


def cot() -> int:
    """Parse an event."""
    event = CotEvent(
        uid="A", type="a-f-A", time_s=1.7e9, stale_s=1.8e9, latitude_deg=47.0, longitude_deg=8.0, callsign="FALKE"
    )
    octets = encode_event(event)
    for _ in range(100):
        parse_event(octets)
    return 100


def rows() -> int:
    """Take a detection as JSON to a look."""
    source = RowSource("roof")
    line = json.dumps(
        {"time_utc": "2025-05-14T21:43:07.250Z", "azimuth_true_deg": 271.5, "sigma_azimuth_deg": 4.0}
    ).encode()
    return sum(1 for _ in range(100) for _ in source.line(line, 1.7e9))


def mavlink() -> int:
    """Take apart an autopilot's second: heartbeat, place, satellites, attitude."""
    return sum(1 for _ in MavlinkReader().feed(_SECOND * 10))


def _second() -> bytes:
    if not available():
        return b""
    from pymavlink.dialects.v20 import ardupilotmega

    mav = ardupilotmega.MAVLink(None, srcSystem=7, srcComponent=1)
    messages = [mav.heartbeat_encode(2, 3, 0, 0, 4)]
    messages += [mav.global_position_int_encode(n, 472000000, 87300000, 500000, 20000, 3, 4, 1, 9000) for n in range(4)]
    messages += [mav.attitude_encode(n, 0.1, 0.1, 0.1, 0.0, 0.0, 0.0) for n in range(10)]
    return b"".join(bytes(message.pack(mav)) for message in messages)


_SECOND: Final = _second()


def main() -> None:
    """Print the rates."""
    floor = rate_hz(bare)
    print(f"{'bare struct.unpack':<28}{floor:>12,.0f} messages/s")
    for name, once in (("Remote ID messages", remote_id), ("Remote ID in packs", remote_id_packs)):
        rate = rate_hz(once)
        print(f"{name:<28}{rate:>12,.0f} messages/s   {rate / floor:.2f} of bare (floor 0.08)")
    for name, once in (("MAVLink messages", mavlink), ("Cursor on Target events", cot), ("JSON detections", rows)):
        if once is not mavlink or _SECOND:
            print(f"{name:<28}{rate_hz(once):>12,.0f} /s")


if __name__ == "__main__":
    main()
