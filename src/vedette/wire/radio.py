"""Radio frames → Remote ID transmissions. Whatever is not Remote ID is dropped here, before anything can keep it.

Wi-Fi (link types 105, 127)
    radiotap: version 0, pad, header length u16, presence words u32 (bit 31: one more follows), then fields in the order
    of their bits, each aligned to its size. Read: flags u8 (bit 1), of it 0x10 = a frame check sequence ends the frame,
    0x40 = it was wrong. The FCS is CRC-32, little-endian, over the frame before it, and is computed here.
    802.11: frame control u8 (80 beacon, 50 probe response, d0 action), address 2 (the transmitter) at 10, body at 24
    beacon: 12 B fixed, then elements id u8, length u8; ours is dd with fa 0b bc 0d, counter u8, payload
    NAN: action 04 09, 50 6f 9a 13, attributes id u8, length u16; ours is 03: service 88 69 19 9d 92 09, instance u8,
    requestor u8, control u8 (= 0x10: service info and no filters follows), length u8, counter u8, payload

Bluetooth LE (251; 256 with a 10 B header; 272 Nordic sniffer)
    256: channel, signal, noise, offences, reference u32, flags u16 (bits 14-15: PHY, 2 = coded)
    272: board u8, length u16, version u8 (= 3; others are dropped), counter u16, packet kind u8, header length u8,
    flags u8 (bits 4-6: PHY, 2 = coded), …
    then access address u32 (8e89bed6 = advertising), coding indicator u8 on the coded PHY alone, header u8 (low nibble:
    0 2 6 legacy advertising, 7 extended), length u8, PDU, CRC 3 B. The CRC (24 bits, x^24 + x^10 + x^9 + x^6 + x^4 +
    x^3 + x + 1, preset 555555) is computed here, so that a receiver's flag need not be believed.
    legacy PDU: address 6 B, then data. Extended: header length (6 bits), flags u8, the fields they name, then data
    data: elements length u8, type u8; ours is type 16 with fa ff 0d, counter u8, payload

A frame whose check fails is `bad_crc` if it still looks like Remote ID (its mark stands, or a service-data element of a
length that Remote ID alone has: 30, or 8 + 25n), else dropped. No Rejected of this module carries bytes: in a broken
frame nobody can say whose they are.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final, Literal, NoReturn

import msgspec

from vedette.model import Rejected
from vedette.wire.pcap import (
    LINK_BLE,
    LINK_BLE_NORDIC,
    LINK_BLE_PHDR,
    LINK_WIFI,
    LINK_WIFI_RADIOTAP,
    Packet,
)

WIFI_MARK: Final = b"\xfa\x0b\xbc\x0d"
BLE_MARK: Final = b"\xfa\xff\x0d"
NAN_MARK: Final = b"\x88\x69\x19\x9d\x92\x09"
RADIO_LINKS: Final = (LINK_WIFI, LINK_WIFI_RADIOTAP, LINK_BLE, LINK_BLE_PHDR, LINK_BLE_NORDIC)
_ADVERTISING = 0x8E89BED6
_CODED = 2

Medium = Literal["wifi_beacon", "wifi_nan", "bt_legacy", "bt_extended", "relayed"]
"""How it came; `relayed`: by a receiver that passes on what it heard without saying how."""


class Transmitter:
    """A radio address, to tell transmitters apart in memory. It has no text and no encoding, so it is never stored."""

    __slots__ = ("_address",)

    def __init__(self, address: bytes) -> None:
        self._address = address

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Transmitter) and other._address == self._address

    def __hash__(self) -> int:
        return hash(self._address)

    def __repr__(self) -> str:
        return "Transmitter(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a transmitter is not stored")


class Transmission(msgspec.Struct, frozen=True, kw_only=True):
    """One Remote ID transmission: `payload` is a message or a message pack. `offset`: of the frame in its capture."""

    transmitter: Transmitter
    medium: Medium
    counter: int
    payload: bytes
    at_s: float | None = None
    offset: int | None = None


def remote_id_transmission(packet: Packet) -> Transmission | Rejected | None:
    """The Remote ID in a captured frame; None: somebody else's frame, to be forgotten."""
    if packet.link_type in (LINK_WIFI, LINK_WIFI_RADIOTAP):
        return _wifi(packet)
    if packet.link_type in (LINK_BLE, LINK_BLE_PHDR, LINK_BLE_NORDIC):
        return _bluetooth(packet)
    return None


def _bad_crc(packet: Packet) -> Rejected:
    return Rejected(reason="bad_crc", offset=packet.offset)


def _wifi(packet: Packet) -> Transmission | Rejected | None:
    frame, flags = packet.octets, 0
    if packet.link_type == LINK_WIFI_RADIOTAP:
        if len(frame) < 8 or frame[0] != 0:
            return None
        flags = _radiotap_flags(frame)
        frame = frame[struct.unpack_from("<H", frame, 2)[0] :]
    if flags & 0x10:
        good = not flags & 0x40 and zlib.crc32(frame[:-4]).to_bytes(4, "little") == frame[-4:]
        if not good:
            return _bad_crc(packet) if WIFI_MARK in frame or NAN_MARK in frame else None
        frame = frame[:-4]
    found = _beacon(frame) or _nan(frame)
    if found is None:
        return None
    medium, body = found
    return Transmission(
        transmitter=Transmitter(frame[10:16]),
        medium=medium,
        counter=body[0],
        payload=body[1:],
        at_s=packet.at_s,
        offset=packet.offset,
    )


def _radiotap_flags(frame: bytes) -> int:
    """The flags byte: after the presence words, behind the 8-byte timer (bit 0) where that is present."""
    at, more = 4, True
    first = struct.unpack_from("<I", frame, 4)[0]
    while more and at + 4 <= len(frame):
        more = bool(struct.unpack_from("<I", frame, at)[0] & 0x80000000)
        at += 4
    if not first & 0x2:
        return 0
    if first & 0x1:
        at = (at + 7) // 8 * 8 + 8
    return frame[at] if at < len(frame) else 0


def _beacon(frame: bytes) -> tuple[Medium, bytes] | None:
    if len(frame) < 36 or frame[0] not in (0x80, 0x50):
        return None
    at = 36
    while at + 2 <= len(frame):
        length = frame[at + 1]
        body = frame[at + 2 : at + 2 + length]
        if frame[at] == 0xDD and body[:4] == WIFI_MARK and len(body) == length > 5:
            return "wifi_beacon", body[4:]
        at += 2 + length
    return None


def _nan(frame: bytes) -> tuple[Medium, bytes] | None:
    if len(frame) < 30 or frame[0] != 0xD0 or frame[24:30] != b"\x04\x09\x50\x6f\x9a\x13":
        return None
    at = 30
    while at + 3 <= len(frame):
        length = struct.unpack_from("<H", frame, at + 1)[0]
        body = frame[at + 3 : at + 3 + length]
        if frame[at] == 3 and body[:6] == NAN_MARK and len(body) > 11 and body[8] == 0x10:
            info = body[10 : 10 + body[9]]
            return ("wifi_nan", info) if len(info) == body[9] > 1 else None
        at += 3 + length
    return None


def _bluetooth(packet: Packet) -> Transmission | Rejected | None:
    opened = _bluetooth_header(packet)
    if opened is None:
        return None
    frame, coded = opened
    start = 5 if coded else 4
    if len(frame) < start + 2 or struct.unpack_from("<I", frame)[0] != _ADVERTISING:
        return None
    kind, end = frame[start] & 0x0F, start + 2 + frame[start + 1]
    if len(frame) < end + 3 or bluetooth_crc24(frame[start:end]) != frame[end : end + 3]:
        return _bad_crc(packet) if _looks_like_ours(frame, start) else None
    split = _advertising(frame[start + 2 : end], extended=kind == 7) if kind in (0, 2, 6, 7) else None
    if split is None:
        return None
    address, data = split
    body = service_data(data)
    if body is None:
        return None
    return Transmission(
        transmitter=Transmitter(address),
        medium="bt_extended" if kind == 7 else "bt_legacy",
        counter=body[0],
        payload=body[1:],
        at_s=packet.at_s,
        offset=packet.offset,
    )


def _bluetooth_header(packet: Packet) -> tuple[bytes, bool] | None:
    """The frame from its access address on, and whether it came over the coded PHY."""
    octets = packet.octets
    if packet.link_type == LINK_BLE:
        return octets, False
    if packet.link_type == LINK_BLE_PHDR:
        return (octets[10:], octets[9] >> 6 == _CODED) if len(octets) > 10 else None
    if len(octets) < 9 or octets[3] != 3:
        return None
    return octets[7 + octets[7] :], octets[8] >> 4 & 0x7 == _CODED


def _looks_like_ours(frame: bytes, start: int) -> bool:
    if BLE_MARK in frame:
        return True
    for extended in (False, True):
        split = _advertising(frame[start + 2 :], extended=extended)
        data = split[1] if split else b""
        if len(data) > 1 and data[1] == 0x16 and (data[0] == 30 or (data[0] >= 33 and (data[0] - 8) % 25 == 0)):
            return True
    return False


def _advertising(pdu: bytes, *, extended: bool) -> tuple[bytes, bytes] | None:
    """The advertiser's address and its data. An extended PDU without an address has the empty one."""
    if not extended:
        return (pdu[:6], pdu[6:]) if len(pdu) > 6 else None
    if not pdu:
        return None
    length = pdu[0] & 0x3F
    header, data = pdu[1 : 1 + length], pdu[1 + length :]
    has_address = len(header) >= 7 and bool(header[0] & 0x01)
    return (header[1:7] if has_address else b""), data


def service_data(data: bytes) -> bytes | None:
    """The counter and payload of the Remote ID in an advertisement's data; None: somebody else's."""
    at = 0
    while at + 2 <= len(data) and data[at]:
        body = data[at + 2 : at + 1 + data[at]]
        if data[at + 1] == 0x16 and body[:3] == BLE_MARK and len(body) > 4:
            return body[3:]
        at += 1 + data[at]
    return None


def bluetooth_crc24(pdu: bytes) -> bytes:
    """The CRC that follows an advertising PDU (header included) on air: 3 bytes, bits reflected, preset 555555."""
    register = 0xAAAAAA
    for octet in pdu:
        register = register >> 8 ^ _CRC24[(register ^ octet) & 0xFF]
    return register.to_bytes(3, "little")


def _crc24_of(octet: int) -> int:
    for _ in range(8):
        octet = octet >> 1 ^ 0xDA6000 if octet & 1 else octet >> 1
    return octet


_CRC24: Final = tuple(_crc24_of(octet) for octet in range(256))
