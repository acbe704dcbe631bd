"""Mode S frames, with the parity and the CPR of ICAO Annex 10 volume IV."""

from __future__ import annotations

import math


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
