"""Remote ID: messages, and the Wi-Fi and Bluetooth frames that carry them."""

from __future__ import annotations

import struct
import zlib

from vedette.wire.radio import NAN_MARK, bluetooth_crc24


def basic_id(serial: str = "1588TEST0001", *, id_type: int = 1, ua_type: int = 2) -> bytes:
    return bytes([0x02, id_type << 4 | ua_type]) + serial.encode().ljust(20, b"\0") + bytes(3)


def location(
    latitude_deg: float = 47.2,
    longitude_deg: float = 8.73,
    *,
    altitude_m: float | None = None,
    height_m: float | None = None,
    over_ground: bool = False,
    track_deg: int | None = 0,
    speed_mps: float = 0.0,
    climb_mps: float | None = 0.0,
    tenths: int = 0xFFFF,
    accuracy: int = 0,
) -> bytes:
    direction = 361 if track_deg is None else track_deg
    bits = 0x20 | (0x04 if over_ground else 0) | (0x02 if direction >= 180 else 0) | (0x01 if speed_mps > 63.75 else 0)
    speed = round((speed_mps - 63.75) / 0.75) if speed_mps > 63.75 else round(speed_mps / 0.25)
    return struct.pack(
        "<BBBBbiiHHHBBHBB",
        0x12,
        bits,
        direction - (180 if direction >= 180 else 0),
        speed,
        126 if climb_mps is None else round(climb_mps * 2),
        round(latitude_deg * 1e7),
        round(longitude_deg * 1e7),
        0,
        _altitude(altitude_m),
        _altitude(height_m),
        accuracy,
        0,
        tenths,
        0,
        0,
    )


def _altitude(metres: float | None) -> int:
    return 0 if metres is None else round((metres + 1000.0) * 2)


def self_id(text: str = "Survey") -> bytes:
    return bytes([0x32, 0]) + text.encode().ljust(23, b"\0")


def system(latitude_deg: float = 47.19, longitude_deg: float = 8.72, *, altitude_m: float | None = None) -> bytes:
    place = struct.pack("<ii", round(latitude_deg * 1e7), round(longitude_deg * 1e7))
    rest = struct.pack("<HBHHBHI", 1, 0, 0, 0, 0, _altitude(altitude_m), 0)
    return bytes([0x42, 0x01]) + place + rest + bytes(1)


def operator_id(text: str = "CHE87astrdge12k8") -> bytes:
    return bytes([0x52, 0]) + text.encode().ljust(20, b"\0") + bytes(3)


def pack(*messages: bytes) -> bytes:
    return bytes([0xF2, 25, len(messages)]) + b"".join(messages)


OURS, THEIRS = bytes.fromhex("60601f0a0b0c"), bytes.fromhex("a4c1385d6e7f")

"""The address of a drone, and that of somebody who is none of our business."""


def beacon(elements: bytes, address: bytes = OURS) -> bytes:
    return b"\x80\0\0\0" + b"\xff" * 6 + address + address + b"\0\0" + bytes(12) + b"\x00\x04Home" + elements


def element(payload: bytes, counter: int = 0) -> bytes:
    body = b"\xfa\x0b\xbc\x0d" + bytes([counter]) + payload
    return bytes([0xDD, len(body)]) + body


def nan_frame(payload: bytes, address: bytes = OURS) -> bytes:
    info = b"\x07" + payload
    attribute = NAN_MARK + bytes([1, 1, 0x10, len(info)]) + info
    body = b"\x04\x09\x50\x6f\x9a\x13" + b"\x03" + struct.pack("<H", len(attribute)) + attribute
    return b"\xd0\0\0\0" + b"\xff" * 6 + address + address + b"\0\0" + body


def radiotap(frame: bytes, *, fcs: bool = True, timer: bool = False, flags: int = 0) -> bytes:
    flags |= 0x10 if fcs else 0
    fields = (bytes(8) if timer else b"") + bytes([flags, 0])
    present = 0x2 | (0x1 if timer else 0)
    head = struct.pack("<BBHI", 0, 0, 8 + len(fields), present) + fields
    return head + frame + (zlib.crc32(frame).to_bytes(4, "little") if fcs else b"")


def service_data(payload: bytes, counter: int = 0) -> bytes:
    body = b"\x16\xfa\xff\x0d" + bytes([counter]) + payload
    return bytes([len(body)]) + body


def advertisement(data: bytes, *, extended: bool, address: bytes = OURS, coded: bool = False) -> bytes:
    """From the access address to the CRC."""
    pdu = (bytes([0x09, 0x09]) + address + b"\0\0" + data) if extended else address + data
    head = bytes([0x07 if extended else 0x02, len(pdu)])
    return b"\xd6\xbe\x89\x8e" + (b"\0" if coded else b"") + head + pdu + bluetooth_crc24(head + pdu)


def nordic(frame: bytes, *, coded: bool = True, version: int = 3) -> bytes:
    inner = bytes([10, 0x01 | (0x20 if coded else 0), 37, 50]) + bytes(6) + frame
    return bytes([3]) + struct.pack("<H", len(inner)) + bytes([version, 0, 0, 2]) + inner


def phdr(frame: bytes, *, coded: bool = False) -> bytes:
    return bytes(8) + struct.pack("<H", 0x8000 if coded else 0) + frame
