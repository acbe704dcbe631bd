"""Capture files: pcap and pcapng → packets, oldest format first. No I/O.

pcap (both byte orders)
    file header 24 B: magic u32 (a1b2c3d4 microseconds, a1b23c4d nanoseconds), version 2 x u16, zone i32, sigfigs u32,
    snaplen u32, link type u32 (low 28 bits; the rest describe a frame check sequence)
    record 16 B: seconds u32, fraction u32, captured length u32, original length u32; then the captured bytes

pcapng (each section has its own byte order)
    block: type u32, total length u32 (multiple of 4, ≥ 12), body, total length again
    0x0a0d0d0a section header: byte-order magic 1a2b3c4d; interfaces are numbered anew
    1 interface: link type u16, reserved u16, snaplen u32, options; option 9 if_tsresol u8 (10^-n, or 2^-n where bit 7
      is set; absent: 10^-6), option 14 if_tsoffset i64 seconds
    6 enhanced packet: interface u32, timestamp high u32, low u32, captured length u32, original length u32, bytes
    2 packet (obsolete): interface u16, drops u16, then as 6.    3 simple packet: original length u32, bytes; no time
    any other block is skipped

Limits: a packet over 256 KiB or a block over 16 MiB is taken for damage (`damaged`), and what follows is given up,
since neither format can be found again once lost. A file that ends inside a packet gives one `truncated`. A
Rejected of this module carries no bytes: they may be anybody's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from vedette.model import Rejected

LINK_ETHERNET, LINK_RAW_IP, LINK_SLL, LINK_SLL2 = 1, 101, 113, 276
LINK_IPV4, LINK_IPV6 = 228, 229
LINK_WIFI, LINK_WIFI_RADIOTAP = 105, 127
LINK_BLE, LINK_BLE_PHDR, LINK_BLE_NORDIC = 251, 256, 272

MAX_PACKET_BYTES = 262_144
"""libpcap's own limit for all link types of ours."""
MAX_BLOCK_BYTES = 1 << 24

_MAGIC = {
    b"\xa1\xb2\xc3\xd4": (">", 1e-6),
    b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
}
_SECTION = b"\x0a\x0d\x0d\x0a"
_ORDER = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}


class Packet(msgspec.Struct, frozen=True):
    """One captured packet. `at_s`: UTC seconds, None where no time is kept. `offset`: of its bytes in the file."""

    link_type: int
    at_s: float | None
    octets: bytes
    offset: int


class _Interface(msgspec.Struct, frozen=True):
    link_type: int
    ticks_per_s: int
    offset_s: int

    def time_s(self, ticks: int) -> float:
        whole, part = divmod(ticks, self.ticks_per_s)
        return float(whole + self.offset_s) + part / self.ticks_per_s


def is_capture(head: bytes) -> bool:
    """Whether a file that begins with these (≥ 12) bytes is pcap or pcapng."""
    return head[:4] in _MAGIC or (head[:4] == _SECTION and head[8:12] in _ORDER)


def read_capture(octets: bytes) -> Iterator[Packet | Rejected]:
    """The packets of a whole capture file, in its order; at most one Rejected, the last."""
    if octets[:4] in _MAGIC:
        return _read_pcap(octets)
    if octets[:4] == _SECTION:
        return _read_pcapng(octets)
    return iter([Rejected(reason="not_a_capture", offset=0)])


def _read_pcap(octets: bytes) -> Iterator[Packet | Rejected]:
    order, resolution_s = _MAGIC[octets[:4]]
    if len(octets) < 24:
        yield Rejected(reason="truncated", offset=0)
        return
    link_type = struct.unpack_from(order + "I", octets, 20)[0] & 0x0FFFFFFF
    header = struct.Struct(order + "IIII")
    at = 24
    while at < len(octets):
        if at + 16 > len(octets):
            yield Rejected(reason="truncated", offset=at)
            return
        seconds, fraction, length, _ = header.unpack_from(octets, at)
        if length > MAX_PACKET_BYTES:
            yield Rejected(reason="damaged", offset=at)
            return
        if at + 16 + length > len(octets):
            yield Rejected(reason="truncated", offset=at)
            return
        yield Packet(link_type, seconds + fraction * resolution_s, octets[at + 16 : at + 16 + length], at + 16)
        at += 16 + length


def _read_pcapng(octets: bytes) -> Iterator[Packet | Rejected]:
    order, interfaces, at = "<", list[_Interface](), 0
    while at < len(octets):
        if at + 12 > len(octets):
            yield Rejected(reason="truncated", offset=at)
            return
        if octets[at : at + 4] == _SECTION:
            found = _ORDER.get(octets[at + 8 : at + 12])
            if found is None:
                yield Rejected(reason="damaged", offset=at)
                return
            order, interfaces = found, []
        kind, length = struct.unpack_from(order + "II", octets, at)
        if length < 12 or length % 4 or length > MAX_BLOCK_BYTES:
            yield Rejected(reason="damaged", offset=at)
            return
        if at + length > len(octets):
            yield Rejected(reason="truncated", offset=at)
            return
        body = octets[at + 8 : at + length - 4]
        if kind == 1:
            interfaces.append(_interface(body, order))
        elif kind in (2, 3, 6):
            yield _packet(kind, body, order, interfaces, at + 8)
        at += length


def _interface(body: bytes, order: str) -> _Interface:
    link_type = struct.unpack_from(order + "H", body)[0] if len(body) >= 2 else -1
    ticks_per_s, offset_s, at = 1_000_000, 0, 8
    while at + 4 <= len(body):
        code, length = struct.unpack_from(order + "HH", body, at)
        value = body[at + 4 : at + 4 + length]
        if code == 0:
            break
        if code == 9 and len(value) == 1:
            power = value[0] & 0x7F
            ticks_per_s = 1 << power if value[0] & 0x80 else 10 ** min(power, 18)
        elif code == 14 and len(value) == 8:
            offset_s = struct.unpack(order + "q", value)[0]
        at += 4 + (length + 3) // 4 * 4
    return _Interface(link_type, ticks_per_s, offset_s)


def _packet(kind: int, body: bytes, order: str, interfaces: list[_Interface], offset: int) -> Packet | Rejected:
    head = 4 if kind == 3 else 20
    if len(body) < head:
        return Rejected(reason="damaged", offset=offset)
    number, ticks, length = 0, None, len(body) - head
    if kind == 3:
        length = min(length, struct.unpack_from(order + "I", body)[0])
    else:
        number, high, low, length = struct.unpack_from(order + ("HxxIII" if kind == 2 else "IIII"), body)
        ticks = high << 32 | low
    if number >= len(interfaces) or head + length > len(body) or length > MAX_PACKET_BYTES:
        return Rejected(reason="damaged", offset=offset)
    interface = interfaces[number]
    at_s = None if ticks is None else interface.time_s(ticks)
    return Packet(interface.link_type, at_s, body[head : head + length], offset + head)


def capture_header(link_type: int) -> bytes:
    """The header of a pcap file (microseconds, little-endian) for packets of one link type."""
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, MAX_PACKET_BYTES, link_type)


def capture_record(at_s: float, octets: bytes) -> bytes:
    """One packet for a file that began with `capture_header`."""
    micros = round(at_s * 1e6)
    return struct.pack("<IIII", micros // 1_000_000, micros % 1_000_000, len(octets), len(octets)) + octets
