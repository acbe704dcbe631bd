"""Our own encoders for bytes that recordings would give: captures, frames, Remote ID messages, ASTERIX records, CPR."""

from __future__ import annotations

import json
import math
import struct
import zlib

from vedette.wire.radio import NAN_MARK, bluetooth_crc24


def pcap(link_type: int, packets: list[tuple[float, bytes]], *, order: str = "<", nanoseconds: bool = False) -> bytes:
    magic, scale = (0xA1B23C4D, 1e9) if nanoseconds else (0xA1B2C3D4, 1e6)
    out = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link_type)
    for at_s, octets in packets:
        whole, fraction = int(at_s), round(at_s % 1.0 * scale)
        out += struct.pack(order + "IIII", whole, fraction, len(octets), len(octets)) + octets
    return out


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link_type: int, options: bytes = b"", order: str = "<") -> bytes:
    return block(1, struct.pack(order + "HHI", link_type, 0, 0) + options, order)


def enhanced(octets: bytes, ticks: int = 0, number: int = 0, order: str = "<") -> bytes:
    head = struct.pack(order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(octets), len(octets))
    return block(6, head + octets, order)


def ipv4(payload: bytes, port: int = 8600, *, protocol: int = 17, fragment: int = 0) -> bytes:
    segment = struct.pack(">HHHH", 4000, port, 8 + len(payload), 0) + payload
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), 0, fragment, 64, protocol, 0)
    return head + bytes([10, 0, 0, 1]) + bytes([239, 1, 2, 3]) + segment


def ipv6(payload: bytes, *, hop_by_hop: bool = False) -> bytes:
    segment = struct.pack(">HHHH", 4000, 8600, 8 + len(payload), 0) + payload
    if hop_by_hop:
        segment = bytes([17, 0]) + bytes(6) + segment
    return struct.pack(">IHBB", 0x60000000, len(segment), 0 if hop_by_hop else 17, 64) + bytes(32) + segment


def ethernet(packet: bytes, *, vlan: bool = False) -> bytes:
    kind = b"\x08\x00" if packet[0] >> 4 == 4 else b"\x86\xdd"
    return bytes(12) + (b"\x81\x00\x00\x05" if vlan else b"") + kind + packet


# Remote ID


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


# ASTERIX, by hand: FSPEC bits in the order of the UAP


def asterix_block(category: int, *records: bytes) -> bytes:
    body = b"".join(records)
    return bytes([category]) + struct.pack(">H", 3 + len(body)) + body


def fspec(*numbers: int) -> bytes:
    octets = bytearray((max(numbers) - 1) // 7 + 1)
    for number in numbers:
        octets[(number - 1) // 7] |= 0x80 >> (number - 1) % 7
    for index in range(len(octets) - 1):
        octets[index] |= 1
    return bytes(octets)


def plot_record(
    range_nm: float | None,
    azimuth_deg: float,
    time_of_day_s: float,
    *,
    sac: int = 1,
    sic: int = 2,
    address: int | None = None,
    height_ft: float | None = None,
    descriptor: bytes = b"\x20",
    doppler_mps: int | None = None,
) -> bytes:
    """CAT048: items 010 140 020 040 220 110 120."""
    items = {1: bytes([sac, sic]), 2: round(time_of_day_s * 128).to_bytes(3, "big"), 3: descriptor}
    if range_nm is not None:
        items[4] = struct.pack(">HH", round(range_nm * 256), round(azimuth_deg * 65536 / 360) % 65536)
    if address is not None:
        items[8] = address.to_bytes(3, "big")
    if height_ft is not None:
        items[19] = struct.pack(">H", round(height_ft / 25) & 0x3FFF)
    if doppler_mps is not None:
        items[20] = struct.pack(">BH", 0x80, doppler_mps & 0x3FF)
    return fspec(*items) + b"".join(items[number] for number in sorted(items))


def sector_record(
    azimuth_deg: float | None, time_of_day_s: float, *, sac: int = 1, sic: int = 2, turn_s: float | None = None
) -> bytes:
    """CAT034: items 010 000 030 020 041; no azimuth: a north mark."""
    items = {1: bytes([sac, sic]), 2: b"\x01" if azimuth_deg is None else b"\x02"}
    items[3] = round(time_of_day_s * 128).to_bytes(3, "big")
    if azimuth_deg is not None:
        items[4] = bytes([round(azimuth_deg * 256 / 360) % 256])
    if turn_s is not None:
        items[5] = round(turn_s * 128).to_bytes(2, "big")
    return fspec(*items) + b"".join(items[number] for number in sorted(items))


def status_record(common: int, time_of_day_s: float = 1.0) -> bytes:
    """CAT034 with 050 (COM alone) and 120."""
    items = {1: b"\x01\x02", 2: b"\x01", 3: round(time_of_day_s * 128).to_bytes(3, "big"), 6: bytes([0x80, common])}
    items[11] = struct.pack(">h", 780) + (2030000).to_bytes(3, "big") + (764000).to_bytes(3, "big")
    return fspec(*items) + b"".join(items[number] for number in sorted(items))


def target_record(
    latitude_deg: float,
    longitude_deg: float,
    time_of_day_s: float,
    *,
    address: int = 0x4840D6,
    sac: int = 1,
    sic: int = 2,
    descriptor: bytes = b"\x00",
    nic: int = 8,
    nacp: int = 9,
    height_ft: float | None = None,
    callsign: bytes = b"",
    category: int = 0,
) -> bytes:
    """CAT021: items 010 040 071 131 080 090 210 (version 2) 140 170 020."""
    items = {1: bytes([sac, sic]), 2: descriptor, 5: round(time_of_day_s * 128).to_bytes(3, "big")}
    items[7] = struct.pack(">ii", *(round(degrees * 2**30 / 180) for degrees in (latitude_deg, longitude_deg)))
    items[11] = address.to_bytes(3, "big")
    items[17] = bytes([nic << 1 | 1, 3 << 5 | nacp << 1])
    items[18] = b"\x12"
    if height_ft is not None:
        items[16] = struct.pack(">h", round(height_ft / 6.25))
    if callsign:
        items[29] = callsign
    if category:
        items[30] = bytes([category])
    return fspec(*items) + b"".join(items[number] for number in sorted(items))


def former_target_record(
    latitude_deg: float, longitude_deg: float, time_of_day_s: float, *, sac: int = 1, sic: int = 2, nucp: int = 7
) -> bytes:
    """CAT021 of edition 0.26: items 010 040 030 130 080 090."""
    place = struct.pack(">ii", *(round(degrees * 2**25 / 180) for degrees in (latitude_deg, longitude_deg)))
    items = [bytes([sac, sic]), b"\0\x20", round(time_of_day_s * 128).to_bytes(3, "big"), place, b"\x48\x40\xd6"]
    return fspec(1, 2, 3, 4, 5, 7) + b"".join(items) + bytes([0, nucp])


def track_record(
    latitude_deg: float,
    longitude_deg: float,
    time_of_day_s: float,
    *,
    number: int = 77,
    address: int | None = None,
    sac: int = 1,
    sic: int = 2,
    sigma_m: float | None = None,
    height_ft: float | None = None,
    status: bytes = b"\x00",
) -> bytes:
    """CAT062: items 010 070 105 040 080 380 (ADR) 130 500 (APC)."""
    items = {1: bytes([sac, sic]), 4: round(time_of_day_s * 128).to_bytes(3, "big")}
    items[5] = struct.pack(">ii", *(round(degrees * 2**25 / 180) for degrees in (latitude_deg, longitude_deg)))
    items[12], items[13] = number.to_bytes(2, "big"), status
    if address is not None:
        items[11] = b"\x80" + address.to_bytes(3, "big")
    if height_ft is not None:
        items[18] = struct.pack(">h", round(height_ft / 6.25))
    if sigma_m is not None:
        items[27] = b"\x80" + struct.pack(">HH", round(sigma_m * 2), round(sigma_m * 2))
    return fspec(*items) + b"".join(items[number] for number in sorted(items))


# Mode S, with the parity and the CPR of ICAO Annex 10 volume IV


def with_parity(message: bytes) -> bytes:
    register = int.from_bytes(message + bytes(3), "big")
    bits = (len(message) + 3) * 8
    for shift in range(bits - 24):
        if register >> (bits - 1 - shift) & 1:
            register ^= 0x1FFF409 << (bits - 25 - shift)
    return message + (register & 0xFFFFFF).to_bytes(3, "big")


def extended_squitter(payload: int, address: int = 0x4840D6, *, first: int = 0x8D) -> bytes:
    """`first`: downlink format (5 bits) and what follows it (3 bits): 0x8d 17, 0x90 18 from its kind 0 on, 0x98 19."""
    return with_parity(bytes([first]) + address.to_bytes(3, "big") + payload.to_bytes(7, "big"))


def resent(message: bytes, first: int, *, bit: int | None = None) -> bytes:
    """An extended squitter as another format sends it; `bit` (from 1) of its 56 is set."""
    payload = int.from_bytes(message[4:11], "big") | (0 if bit is None else 1 << 56 - bit)
    return extended_squitter(payload, int.from_bytes(message[1:4], "big"), first=first)


def operational_status(
    *,
    version: int = 2,
    a: bool = False,
    c: bool = False,
    nacp: int = 0,
    sil: int = 0,
    gva: int = 0,
    surface: bool = False,
) -> bytes:
    """Type 31."""
    payload = 31 << 51 | int(surface) << 48 | version << 13 | int(a) << 12 | nacp << 8 | gva << 6 | sil << 4
    return extended_squitter(payload | (int(c) << 36 if surface else 0))


def emergency(state: int, squawk_code: int = 0) -> bytes:
    """Type 28, subtype 1; the squawk as its 13 bits."""
    return extended_squitter(28 << 51 | 1 << 48 | state << 45 | squawk_code << 32)


def airborne_position(
    latitude_deg: float, longitude_deg: float, altitude_ft: int, *, odd: bool, code: int = 11
) -> bytes:
    y, x = cpr(latitude_deg, longitude_deg, odd=odd)
    steps = (altitude_ft + 1000) // 25
    altitude = (steps >> 4 << 5) | 0x10 | (steps & 0xF)
    return extended_squitter(code << 51 | altitude << 36 | int(odd) << 34 | y << 17 | x)


def velocity(difference_ft: int, address: int = 0x4840D6) -> bytes:
    """Type 19: 100 kt east, 0 north, level, GNSS minus pressure height."""
    difference = (0x80 if difference_ft < 0 else 0) | (abs(difference_ft) // 25 + 1)
    payload = 19 << 51 | 1 << 48 | 101 << 32 | 1 << 21 | 1 << 10 | difference
    return extended_squitter(payload, address)


def callsign(text: str = "KLM1023 ", address: int = 0x4840D6) -> bytes:
    table = "#ABCDEFGHIJKLMNOPQRSTUVWXYZ##### ###############0123456789######"
    code = 0
    for letter in text.ljust(8):
        code = code << 6 | table.index(letter)
    return extended_squitter(4 << 51 | 3 << 48 | code, address)


def cpr(latitude_deg: float, longitude_deg: float, *, odd: bool) -> tuple[int, int]:
    d_lat = 360.0 / (59 if odd else 60)
    y = math.floor(131072 * (latitude_deg % d_lat) / d_lat + 0.5)
    r_lat = d_lat * (y / 131072 + math.floor(latitude_deg / d_lat))
    zones = max(_zones(r_lat) - int(odd), 1)
    d_lon = 360.0 / zones
    x = math.floor(131072 * (longitude_deg % d_lon) / d_lon + 0.5)
    return y % 131072, x % 131072


def _zones(latitude_deg: float) -> int:
    if abs(latitude_deg) >= 87.0:
        return 1 if abs(latitude_deg) > 87.0 else 2
    cosine = math.cos(math.radians(latitude_deg))
    return math.floor(2 * math.pi / math.acos(1 - (1 - math.cos(math.pi / 30)) / cosine**2))


# What receivers' own software says


def sbs_line(
    kind: int = 3,
    *,
    address: str = "4840D6",
    at: str = "2023/11/14,22:13:20.000",
    callsign: str = "",
    altitude_ft: str = "",
    speed_kt: str = "",
    track_deg: str = "",
    place: str = ",",
    climb: str = "",
    squawk: str = "",
    emergency: str = "",
    ground: str = "",
    type: str = "MSG",
) -> bytes:
    """One line with its end; `at`: date and time, `place`: latitude and longitude, each divided by a comma."""
    head = f"{type},{kind},1,1,{address},1,{at},{at},{callsign},{altitude_ft},{speed_kt},{track_deg},{place},{climb}"
    return f"{head},{squawk},0,{emergency},0,{ground}\r\n".encode()


def aircraft_json(now_s: float | None, *aircraft: dict[str, object] | object) -> bytes:
    """The whole file."""
    document: dict[str, object] = {"messages": 1234, "aircraft": list(aircraft)}
    return json.dumps(document if now_s is None else {"now": now_s} | document).encode()


def aircraft(latitude_deg: float | None = 47.21, longitude_deg: float = 8.7, **said: object) -> dict[str, object]:
    """One object of the list."""
    place = {} if latitude_deg is None else {"lat": latitude_deg, "lon": longitude_deg, "seen_pos": 0.5}
    return {"hex": "4840d6", "type": "adsb_icao", "seen": 0.1} | place | said


def rs1090_line(message: bytes, at_s: float) -> bytes:
    """One line with its end."""
    return json.dumps({"timestamp": at_s, "frame": message.hex()}).encode() + b"\n"
