"""Receivers' JSON: each maker's way of saying it comes to the same messages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.feeds import receivers as rx
from tests.wire import encoders as enc
from vedette.model import Rejected
from vedette.wire import remote_id as rid
from vedette.wire.authentication import AuthenticationPages
from vedette.wire.radio import Transmission, Transmitter
from vedette.wire.remote_id_relay import read_relayed

BASIC = rid.BasicId(id_type="serial", id=rx.SERIAL, ua_type="rotorcraft")
LOCATION = rid.Location(
    status="airborne",
    latitude_deg=47.2,
    longitude_deg=8.73,
    altitude_ellipsoid_m=512.0,
    pressure_altitude_m=480.0,
    height_m=30.0,
    height_over_ground=True,
    track_deg=270.0,
    speed_mps=12.0,
    climb_mps=-1.0,
    horizontal_95_m=3.0,
    vertical_95_m=3.0,
    speed_95_mps=1.0,
    tenths=12340,
)


def read(octets: bytes) -> list[Any]:
    return list(read_relayed(octets))


def said(octets: bytes) -> dict[type, Any]:
    """The messages of one transmission, by kind."""
    (heard,) = read(octets)
    assert isinstance(heard, Transmission), heard
    return {type(message): message for message in rid.decode_remote_id(heard.payload)}


def reasons(octets: bytes) -> list[str]:
    return [heard.reason for heard in read(octets) if isinstance(heard, Rejected)]


def test_what_was_on_air_is_passed_on_whole() -> None:
    payload = enc.pack(enc.basic_id(), enc.location(), enc.system())
    (heard,) = read(rx.octets(enc.basic_id(), enc.location(), enc.system()))
    assert (heard.payload, heard.medium) == (payload, "relayed")
    assert heard.transmitter == Transmitter(b"60601F0A0B0C")


def test_mesh_mappers_firmware() -> None:
    messages = said(rx.flat())
    assert messages[rid.BasicId] == rid.BasicId(id_type="serial", id=rx.SERIAL, ua_type=None)
    assert messages[rid.Location] == rid.Location(latitude_deg=47.2, longitude_deg=8.73, altitude_ellipsoid_m=512.0)
    system = messages[rid.System]
    assert (system.operator_latitude_deg, system.operator_longitude_deg) == (47.19, 8.72)


def test_mesh_mappers_firmware_before_a_fix() -> None:
    nowhere = rx.flat(drone_lat=0.0, drone_long=0.0, drone_altitude=0, pilot_lat=0.0, pilot_long=0.0)
    assert said(nowhere).keys() == {rid.BasicId}
    assert read(nowhere.replace(b'"1588TEST0001"', b'""')) == [None]


@pytest.mark.parametrize("as_list", [False, True])
def test_dragon_os_firmware(as_list: bool) -> None:
    octets = rx.named()
    if as_list:
        octets = json.dumps([{name: part} for name, part in json.loads(octets).items()]).encode()
    messages = said(octets)
    assert messages[rid.BasicId] == BASIC
    assert messages[rid.Location] == LOCATION
    assert messages[rid.SelfId] == rid.SelfId(text="Survey")
    system = messages[rid.System]
    assert (system.operator_latitude_deg, system.operator_altitude_ellipsoid_m) == (47.19, 430.0)


def test_dragon_os_firmware_without_a_name() -> None:
    nameless = json.loads(rx.named())["Basic ID"] | {"id": "NONE"}
    assert rid.BasicId not in said(rx.named(**{"Basic ID": nameless}))
    older = said(rx.named(**{"System Message": {"latitude": 47.18, "longitude": 8.71}}))
    assert older[rid.System].operator_latitude_deg == 47.18


def test_unknown_values_of_the_open_source_decoders_are_unknown() -> None:
    location = {
        "latitude": 47.2, "longitude": 8.73, "direction": 361, "speed": 255, "vert_speed": 63,
        "geodetic_altitude": -1000, "alt_pressure": -1000, "height_agl": -1000, "timestamp": 65535,
    }  # fmt: skip
    messages = said(rx.named(**{"Location/Vector Message": location}))
    assert messages[rid.Location] == rid.Location(latitude_deg=47.2, longitude_deg=8.73)


def test_a_bluetooth_sniffer() -> None:
    assert said(rx.advert(enc.service_data(enc.location())))[rid.Location].latitude_deg == 47.2
    assert reasons(rx.SOMEBODYS) == ["not_remote_id"]


def test_drone_scout() -> None:
    messages = said(rx.structure())
    assert messages[rid.BasicId] == BASIC
    location = messages[rid.Location]
    assert (location.altitude_ellipsoid_m, location.speed_mps, location.tenths) == (512.5, 12.25, 12345)
    assert (location.track_deg, location.climb_mps, location.height_over_ground) == (270.0, -1.5, True)
    system = messages[rid.System]
    assert (system.eu_category, system.eu_class, system.at_s) == ("open", "C2", 1_546_301_800)
    assert messages[rid.OperatorId].id == "CHE87astrdge12k8"
    assert messages[rid.SelfId].text == "Survey"
    assert read(rx.STATUS) == [None]


def test_drone_scouts_authentication_pages_are_joined() -> None:
    (heard,) = read(rx.structure(pages=2))
    pages = AuthenticationPages()
    wholes = [pages.take(page) for page in rid.decode_remote_id(heard.payload) if isinstance(page, rid.Authentication)]
    assert wholes[0] is None
    assert wholes[1] is not None
    assert wholes[1].octets == bytes(range(17)) + bytes(range(1, 14))
    assert (wholes[1].kind, wholes[1].made_s) == ("uas_id", 1_546_301_800)


def test_objects_may_follow_each_other() -> None:
    both = rx.structure() + rx.STATUS + b"\n" + rx.HEARTBEAT + b"\0"
    assert [type(heard).__name__ for heard in read(both)] == ["Transmission", "NoneType", "NoneType"]
    assert read(b"") == read(b" \r\n\0") == []


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"nonsense", "bad_json"),
        (rx.flat()[:-5], "bad_json"),
        (b"\xff\xfe", "bad_json"),
        (b"[" * 5000, "bad_json"),
        (b" " * 70_000, "too_long"),
        (b"7", "not_remote_id"),
        (b'{"ssid": "Home", "bssid": "a4:c1:38:5d:6e:7f"}', "not_remote_id"),
        (b'{"payload": "xyz", "transmitter": 1}', "bad_payload"),
        (b'{"payload": "", "transmitter": 1}', "bad_payload"),
        (b'{"payload": "00", "transmitter": true}', "no_transmitter"),
        (rx.flat(mac="", basic_id=""), "no_transmitter"),
        (rx.flat(drone_lat=1e9), "out_of_range"),
        (rx.flat(drone_altitude=1e9), "out_of_range"),
        (rx.structure().replace(b'"UASdata": "', b'"UASdata": "!'), "bad_payload"),
        (b'{"protocol": 1.0, "data": {"UASdata": "AAAA", "MAC address": "x"}}', "bad_payload"),
        (rx.structure(mac=""), "no_transmitter"),
    ],
)
def test_rejects_hold_no_octets(octets: bytes, expected: str) -> None:
    assert reasons(octets) == [expected]
    assert all(heard.raw == b"" for heard in read(octets) if isinstance(heard, Rejected))


def test_what_fits_a_field_but_no_place_on_earth_is_gated_by_the_decoder() -> None:
    (heard,) = read(rx.flat(drone_lat=95.0))
    (refused,) = [each for each in rid.decode_remote_id(heard.payload) if isinstance(each, Rejected)]
    assert refused.reason == "bad_position"
