"""Captures and the packets in them: pcap, pcapng, Ethernet, IPv4, IPv6."""

from __future__ import annotations

import struct


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
