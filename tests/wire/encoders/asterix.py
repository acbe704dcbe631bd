"""ASTERIX records, by hand: FSPEC bits in the order of the UAP."""

from __future__ import annotations

import struct


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
