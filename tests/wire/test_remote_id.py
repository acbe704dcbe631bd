from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import encoders as enc
from vedette.model import Rejected
from vedette.wire import remote_id as rid
from vedette.wire.remote_id import decode_remote_id


def one(raw: bytes) -> rid.RemoteIdMessage | Rejected:
    (message,) = decode_remote_id(raw)
    return message


@given(st.integers(-900_000_000, 900_000_000), st.integers(-1_800_000_000, 1_800_000_000), st.integers(0, 359))
def test_a_location_comes_back(lat: int, lon: int, track: int) -> None:
    location = one(enc.location(lat / 1e7, lon / 1e7, track_deg=track, altitude_m=512.5, height_m=40.0, tenths=36000))
    assert isinstance(location, rid.Location)
    if lat or lon:
        assert location.latitude_deg == pytest.approx(lat / 1e7, abs=1e-8)
        assert location.longitude_deg == pytest.approx(lon / 1e7, abs=1e-8)
    assert (location.track_deg, location.altitude_ellipsoid_m, location.height_m) == (track, 512.5, 40.0)
    assert (location.tenths, location.pressure_altitude_m, location.status) == (36000, None, "airborne")


@given(st.integers(0, 1018))
def test_speeds_on_both_scales(quarters: int) -> None:
    speed = quarters * 0.25
    location = one(enc.location(speed_mps=speed))
    assert isinstance(location, rid.Location)
    assert location.speed_mps == pytest.approx(speed, abs=0.125 if speed <= 63.75 else 0.38)


def test_what_is_unknown_is_none() -> None:
    location = one(enc.location(0.0, 0.0, track_deg=None, climb_mps=None))
    assert location == rid.Location(status="airborne", speed_mps=0.0)


def test_the_accuracies_are_radii() -> None:
    location = one(enc.location(accuracy=0x4A, over_ground=True, height_m=12.0))
    assert isinstance(location, rid.Location)
    assert (location.horizontal_95_m, location.vertical_95_m) == (10.0, 10.0)
    assert location.height_over_ground


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (enc.basic_id(), rid.BasicId(id_type="serial", id="1588TEST0001", ua_type="rotorcraft")),
        (enc.basic_id("", ua_type=0), rid.BasicId(id_type="serial", id=None, ua_type=None)),
        (enc.basic_id("MFG1", id_type=0, ua_type=1), rid.BasicId(id_type=None, id="MFG1", ua_type="aeroplane")),
        (enc.basic_id("\x01\x7f", id_type=4), rid.BasicId(id_type="session", id="017F", ua_type="rotorcraft")),
        (enc.self_id(), rid.SelfId(text="Survey")),
        (enc.operator_id(), rid.OperatorId(id="CHE87astrdge12k8")),
        (enc.operator_id(""), rid.OperatorId(id=None)),
        (bytes([0x22, 0x31]) + bytes(23), rid.Authentication(auth_type=3, page=1, octets=bytes(23))),
        (
            enc.system(altitude_m=430.0),
            rid.System(
                operator_place="live",
                operator_latitude_deg=47.19,
                operator_longitude_deg=8.72,
                operator_altitude_ellipsoid_m=430.0,
                group_count=1,
            ),
        ),
    ],
)
def test_messages(raw: bytes, expected: rid.RemoteIdMessage) -> None:
    assert one(raw) == expected


def test_a_group_has_a_radius_and_a_system_message_a_time() -> None:
    raw = bytearray(enc.system())
    raw[10:13] = struct.pack("<HB", 5, 12)
    raw[20:24] = struct.pack("<I", 60)
    system = one(bytes(raw))
    assert isinstance(system, rid.System)
    assert (system.group_count, system.group_radius_m, system.at_s) == (5, 120.0, 1_546_300_860)


def patched(raw: bytes, at: int, value: bytes) -> bytes:
    return raw[:at] + value + raw[at + len(value) :]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "truncated"),
        (enc.location()[:24], "truncated"),
        (b"\xf2\x19", "truncated"),
        (enc.pack(enc.location())[:-1], "truncated"),
        (b"\xf2\x18\x01" + enc.location(), "bad_pack"),
        (b"\xf2\x19\x0b" + enc.location() * 11, "bad_pack"),
        (patched(enc.location(), 0, b"\x72"), "unknown_type"),
        (enc.location(90.1), "bad_position"),
        (enc.location(0.0, -180.1), "bad_position"),
        (enc.system(-91.0), "bad_position"),
        (patched(enc.location(), 2, b"\xb6"), "bad_direction"),
        (patched(enc.location(), 4, b"\x7d"), "bad_climb"),
        (enc.location(tenths=36001), "bad_time"),
        (enc.basic_id(id_type=5), "bad_id_type"),
        (patched(enc.basic_id(), 3, b"\x80"), "bad_text"),
        (patched(enc.operator_id("AB"), 4, b"\0C"), "bad_text"),
    ],
)
def test_gates(raw: bytes, reason: str) -> None:
    rejected = decode_remote_id(raw)[-1]
    assert isinstance(rejected, Rejected)
    assert rejected.reason == reason


def test_a_bad_message_does_not_take_its_pack_with_it() -> None:
    kinds = [type(m).__name__ for m in decode_remote_id(enc.pack(enc.basic_id(), enc.location(95.0), enc.system()))]
    assert kinds == ["BasicId", "Rejected", "System"]


def test_padding_behind_a_pack_is_passed_over() -> None:
    assert decode_remote_id(enc.pack() + bytes(225)) == ()
