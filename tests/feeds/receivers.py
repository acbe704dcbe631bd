"""What Remote ID receivers send, as their makers' firmware writes it."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

from tests.wire import encoders as enc

DRONE, PHONE = "60:60:1f:0a:0b:0c", "a4:c1:38:5d:6e:7f"
"""A drone's radio address, and that of somebody who is none of our business."""
SERIAL = "1588TEST0001"


def octets(*messages: bytes, transmitter: object = DRONE) -> bytes:
    payload = messages[0] if len(messages) == 1 else enc.pack(*messages)
    return json.dumps({"transmitter": transmitter, "payload": payload.hex()}).encode()


def flat(**changed: Any) -> bytes:
    """The ESP32 firmware of drone-mesh-mapper."""
    said = {
        "mac": DRONE,
        "rssi": -61,
        "drone_lat": 47.2,
        "drone_long": 8.73,
        "drone_altitude": 512,
        "pilot_lat": 47.19,
        "pilot_long": 8.72,
        "basic_id": SERIAL,
    }
    return json.dumps(said | changed).encode()


def named(**changed: Any) -> bytes:
    """The ESP32 firmware of DragonOS."""
    said: dict[str, Any] = {
        "index": 12,
        "runtime": 500,
        "Basic ID": {
            "id": SERIAL,
            "id_type": "Serial Number (ANSI/CTA-2063-A)",
            "ua_type": 2,
            "MAC": DRONE,
            "RSSI": -61,
        },
        "Location/Vector Message": {
            "latitude": 47.2,
            "longitude": 8.73,
            "speed": 12,
            "vert_speed": -1,
            "geodetic_altitude": 512,
            "height_agl": 30,
            "status": 2,
            "direction": 270,
            "alt_pressure": 480,
            "height_type": 1,
            "horiz_acc": 11,
            "vert_acc": 5,
            "baro_acc": 4,
            "speed_acc": 3,
            "timestamp": 1234,
        },
        "Self-ID Message": {"text": f"UAV {DRONE} operational", "description_type": 0, "description": "Survey"},
        "System Message": {
            "latitude": 47.2,
            "longitude": 8.73,
            "operator_lat": 47.19,
            "operator_lon": 8.72,
            "area_count": 1,
            "operator_alt_geo": 430,
            "timestamp": 1000,
        },
        "Auth Message": {"type": 0, "page": 0, "length": 0, "timestamp": 0, "data": ""},
    }
    return json.dumps(said | changed).encode()


def structure(*, mac: str = DRONE, pages: int = 0) -> bytes:
    """DroneScout: ODID_UAS_Data of the open-source library, in C's layout."""
    data = bytearray(920)
    struct.pack_into("<ii21s", data, 0, 2, 1, SERIAL.encode())
    struct.pack_into("<ifff", data, 64, 2, 270.0, 12.25, -1.5)
    struct.pack_into("<dd", data, 80, 47.2, 8.73)
    struct.pack_into("<ffif", data, 96, 480.0, 512.5, 1, 30.0)
    struct.pack_into("<iiiii", data, 112, 11, 5, 4, 3, 1)
    struct.pack_into("<f", data, 132, 1234.5)
    for page in range(pages):
        at = 136 + 40 * page
        struct.pack_into("<Bxxxi", data, at, page, 1)
        struct.pack_into("<BBxxI", data, at + 8, pages - 1, 30, 1000)
        data[at + 16 : at + 39] = bytes(range(page, page + 23))
        data[895 + page] = 1
    struct.pack_into("<i23s", data, 776, 0, b"Survey")
    struct.pack_into("<iidd", data, 808, 1, 1, 47.19, 8.72)
    struct.pack_into("<HHffiif", data, 832, 1, 0, -1000.0, -1000.0, 1, 3, 430.0)
    struct.pack_into("<I", data, 856, 1000)
    struct.pack_into("<i20s", data, 864, 0, b"CHE87astrdge12k8")
    for flag in (892, 894, 911, 912, 913):
        data[flag] = 1
    said = {
        "sensor ID": "ds240",
        "RSSI": -61,
        "channel": 6,
        "timestamp": 1_700_000_000_000,
        "MAC address": mac,
        "type": "WLAN Beacon",
        "UASdata": base64.b64encode(bytes(data)).decode(),
    }
    return json.dumps({"protocol": 1.0, "data": said}).encode()


STATUS = json.dumps({"protocol": 1.0, "status": {"sensor ID": "ds240", "status": "ok"}}).encode()
HEARTBEAT = json.dumps({"heartbeat": "Device is active and running."}).encode()


def advert(data: bytes, address: str = DRONE) -> bytes:
    """A Bluetooth sniffer."""
    return json.dumps({"AUX_ADV_IND": {"aa": 0x8E89BED6, "addr": address}, "AdvData": data.hex()}).encode()


SOMEBODYS = advert(b"\x02\x01\x06\x09\xffL\x00\x10\x05\x03\x1c", PHONE)
"""Somebody's telephone, which a sniffer hears too."""
