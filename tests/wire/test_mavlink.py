from __future__ import annotations

import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import flight_logs as logs
from vedette.model import Rejected
from vedette.wire import mavlink
from vedette.wire.mavlink import MavlinkReader, looks_like_tlog, read_tlog
from vedette.wire.radio import Transmission
from vedette.wire.remote_id import BasicId, Location, OperatorId, SelfId, System, decode_remote_id
from vedette.wire.telemetry import ClockPair, Fix, Hello, Position, Telemetry

NOW_S = 1_700_000_000.0


def read(octets: bytes) -> list[Telemetry | Rejected]:
    reader = MavlinkReader()
    return [*reader.feed(octets), *reader.close()]


def one(send: Any, **options: int) -> Telemetry:
    (found,) = read(logs.frames(send, **options))
    assert isinstance(found, Telemetry)
    return found


@pytest.mark.parametrize("version", [1, 2])
def test_what_an_autopilot_says(version: int) -> None:
    found = one(logs.position(), version=version)
    assert (found.name, found.system, found.component) == ("GLOBAL_POSITION_INT", 7, 1)
    assert found.body == Position(
        latitude_deg=47.2,
        longitude_deg=8.73,
        altitude_msl_m=500.0,
        height_m=20.0,
        velocity_east_mps=4.0,
        velocity_north_mps=3.0,
        velocity_up_mps=1.0,
        boot_s=5.0,
    )
    assert one(logs.heartbeat, version=version).body == Hello(ua_type="rotorcraft")
    assert one(logs.clock(NOW_S, 1500), version=version).body == ClockPair(unix_s=NOW_S, boot_s=1.5)
    assert one(lambda mav: mav.ping_send(0, 0, 0, 0), version=version).body is None


def test_how_good_its_place_is() -> None:
    known = one(logs.gps_raw()).body
    assert isinstance(known, Fix)
    assert (known.altitude_ellipsoid_m, known.sigma_position_m, known.sigma_altitude_m) == (547.0, 4.8, 7.2)
    first = one(lambda mav: mav.gps_raw_int_send(0, 3, 472_000_000, 87_300_000, 1, 1, 1, 0, 0, 255), version=1).body
    assert isinstance(first, Fix)
    assert (first.altitude_ellipsoid_m, first.sigma_position_m, first.satellites) == (None, None, None)


@pytest.mark.parametrize(
    "send",
    [logs.position(0.0, 0.0), logs.gps_raw(fix=2), logs.clock(12.0, 5), lambda mav: mav.heartbeat_send(6, 8, 0, 0, 4)],
)
def test_what_is_not_known_is_not_said(send: Any) -> None:
    assert one(send).body is None


def remote_id(send: Any) -> list[Any]:
    bodies = [found.body for found in read(logs.frames(send)) if isinstance(found, Telemetry)]
    assert all(isinstance(body, Transmission) for body in bodies)
    return [message for body in bodies if isinstance(body, Transmission) for message in decode_remote_id(body.payload)]


def test_remote_id_by_its_fields() -> None:
    basic, location, first, second, text, system, operator = remote_id(logs.everything)
    assert basic == BasicId(id_type="serial", id="1588TEST0001", ua_type="rotorcraft")
    assert location == Location(
        status="airborne",
        latitude_deg=47.2,
        longitude_deg=8.73,
        altitude_ellipsoid_m=540.5,
        pressure_altitude_m=480.0,
        height_m=30.0,
        height_over_ground=True,
        track_deg=270.0,
        speed_mps=12.25,
        climb_mps=-1.5,
        horizontal_95_m=3.0,
        vertical_95_m=3.0,
        speed_95_mps=1.0,
        tenths=12345,
    )
    assert (first.page, second.page) == (0, 1)
    assert text == SelfId(text="Survey")
    assert isinstance(system, System)
    assert (system.operator_latitude_deg, system.operator_altitude_ellipsoid_m) == (47.19, 500.0)
    assert operator == OperatorId(id="CHE87astrdge12k8")


def test_remote_id_unknown_stays_unknown() -> None:
    assert remote_id(logs.unknown_location) == [Location()]


def test_remote_id_as_a_pack_and_an_update() -> None:
    packed = bytes([0x02, 0x12]) + b"1588TEST0001".ljust(23, b"\0")

    def send(mav: Any) -> None:
        mav.open_drone_id_message_pack_send(0, 0, logs.MAC, 25, 1, list(packed) + [0] * 200)
        mav.open_drone_id_system_update_send(0, 0, 471_900_000, 87_200_000, 500.0, 1000)

    basic, system = remote_id(send)
    assert basic.id == "1588TEST0001"
    assert (system.operator_place, system.operator_longitude_deg) == ("live", 8.72)


def test_transmitters_are_told_apart() -> None:
    def send(mav: Any) -> None:
        logs.basic_id(mav)
        logs.basic_id(mav, logs.OWN)
        logs.basic_id(mav)

    bodies = [found.body for found in read(logs.frames(send)) if isinstance(found, Telemetry)]
    keys = [body.transmitter for body in bodies if isinstance(body, Transmission)]
    assert keys[0] == keys[2] != keys[1]
    other = one(logs.basic_id, system=8).body
    assert isinstance(other, Transmission)
    assert other.transmitter not in keys


@pytest.mark.parametrize(
    ("send", "reason"),
    [
        (logs.position(91.0), "bad_position"),
        (logs.gps_raw(-95.0), "bad_position"),
        (lambda mav: logs.basic_id(mav, serial=b"\x80"), None),
        (lambda mav: mav.open_drone_id_basic_id_send(0, 0, logs.MAC, 16, 2, [65] * 20), "out_of_range"),
        (
            lambda mav: mav.open_drone_id_system_send(0, 0, logs.MAC, 0, 0, 0, 0, 1, 9999, 0.0, 0.0, 0, 0, 0.0, 0),
            "out_of_range",
        ),
        (
            lambda mav: mav.open_drone_id_location_send(
                0, 0, logs.MAC, 2, 0, 0, 0, 1, 1, 0.0, 1e9, 0, 0.0, 0, 0, 0, 0, 0.0, 0
            ),
            "out_of_range",
        ),
    ],
)
def test_gates(send: Any, reason: str | None) -> None:
    (found,) = read(logs.frames(send))
    assert (found.reason if isinstance(found, Rejected) else None) == reason


def test_not_a_number_is_unknown() -> None:
    nan = math.nan
    (location,) = remote_id(
        lambda mav: mav.open_drone_id_location_send(
            0, 0, logs.MAC, 0, 36100, 25500, 6300, 472_000_000, 87_300_000, nan, nan, 0, nan, 0, 0, 0, 0, nan, 0
        )
    )
    assert location == Location(latitude_deg=47.2, longitude_deg=8.73)


GOOD = logs.frames(logs.position()) + logs.frames(logs.heartbeat, version=1)


def test_a_signed_frame_is_taken() -> None:
    frame = bytearray(logs.frames(logs.heartbeat))
    frame[2] |= 1
    body = bytes(frame[1:-2])
    checksum = mavlink._dialect().x25crc(body + bytes([50])).crc
    (found,) = read(b"\xfd" + body + struct.pack("<H", checksum) + bytes(13))
    assert isinstance(found, Telemetry)
    assert found.name == "HEARTBEAT"


@pytest.mark.parametrize(
    ("octets", "reasons", "messages"),
    [
        (b"noise" + GOOD, ["garbage"], 2),
        (GOOD[:-1], ["truncated"], 1),
        (GOOD + b"\xfd", ["truncated"], 2),
        (GOOD[:12] + bytes([GOOD[12] ^ 1]) + GOOD[13:], ["bad_crc"], 1),
        (b"\xfd\x05\x04" + bytes(14) + GOOD, ["unsupported_flags"], 2),
        (b"\xfd\x01\x00\x00\x00\x01\x01\xff\xff\xff\x00\x00\x00" + GOOD, ["unknown_message"], 2),
    ],
)
def test_a_stream_is_found_again(octets: bytes, reasons: list[str], messages: int) -> None:
    found = read(octets)
    assert [each.reason for each in found if isinstance(each, Rejected)] == reasons
    assert sum(isinstance(each, Telemetry) for each in found) == messages


@given(st.lists(st.integers(1, 40), max_size=30))
def test_pieces_of_any_size_give_the_same(sizes: list[int]) -> None:
    octets = b"x" + GOOD * 3 + b"\xfe\x01"
    reader, at, found = MavlinkReader(), 0, list[Telemetry | Rejected]()
    for size in [*sizes, len(octets)]:
        found += reader.feed(octets[at : at + size])
        at += size
    found += reader.close()
    assert found == read(octets)


def test_a_telemetry_log_keeps_the_times_of_reception() -> None:
    octets = logs.tlog((NOW_S, logs.frames(logs.heartbeat)), (NOW_S + 0.25, logs.frames(logs.position())))
    assert looks_like_tlog(octets)
    found = list(read_tlog(octets))
    assert [(at_s, each.name) for at_s, each in found if isinstance(each, Telemetry)] == [
        (NOW_S, "HEARTBEAT"),
        (NOW_S + 0.25, "GLOBAL_POSITION_INT"),
    ]


@pytest.mark.parametrize(
    ("break_it", "reasons", "messages"),
    [
        (lambda log: log[:-3], ["truncated"], 2),
        (lambda log: log + bytes(4), ["truncated"], 3),
        (lambda log: log[:50] + b"\xff" + log[51:], ["bad_crc"], 2),
        (lambda log: log[:29] + b"noise" + log[29:], ["garbage"], 3),
        (lambda log: log.replace(logs.tlog((NOW_S + 1.0, b"")), b"\xff" * 8), ["bad_time"], 2),
    ],
)
def test_a_damaged_telemetry_log(break_it: Any, reasons: list[str], messages: int) -> None:
    frame = logs.frames(logs.heartbeat)
    assert len(frame) == 21
    found = list(read_tlog(break_it(logs.tlog(*((NOW_S + n, frame) for n in range(3))))))
    assert [each.reason for _, each in found if isinstance(each, Rejected)] == reasons
    assert sum(isinstance(each, Telemetry) for _, each in found) == messages


def test_nothing_here_can_send() -> None:
    assert mavlink._decoder().file is None
    names = {name for name in dir(mavlink) if not name.startswith("__")}
    assert not [name for name in names if "send" in name.lower() or "encode" in name.lower()]
