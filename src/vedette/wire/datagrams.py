"""Link and network layers of a captured packet → UDP datagrams. Only what carries one whole datagram is taken.

Ethernet: 6 + 6 B addresses, type u16 (802.1Q/802.1ad tags 8100, 88a8 skipped), 0800 IPv4, 86dd IPv6
Linux cooked v1: 14 B then type u16.   v2: type u16 first, 20 B in all.   raw IP: the version nibble tells
IPv4: header length (low nibble of byte 0) x 4, total length u16 at 2, fragment bits u16 at 6, protocol at 9 (17 = UDP)
IPv6: payload length u16 at 4, next header at 6, 40 B; hop-by-hop, routing and destination options are stepped over
UDP: source port, destination port, length (≥ 8), checksum, each u16

An IP fragment gives nothing: sensors send whole datagrams. Nothing here is a Rejected, since any packet of other
protocols is none of ours.
"""

from __future__ import annotations

import struct

import msgspec

from vedette.wire.pcap import (
    LINK_ETHERNET,
    LINK_IPV4,
    LINK_IPV6,
    LINK_RAW_IP,
    LINK_SLL,
    LINK_SLL2,
    Packet,
)

_IPV4, _IPV6, _UDP = 0x0800, 0x86DD, 17
_STEPPED_OVER = (0, 43, 60)


class Datagram(msgspec.Struct, frozen=True):
    """A UDP datagram's payload and the port it was sent to. `offset`: of the packet in its file."""

    port: int
    at_s: float | None
    payload: bytes
    offset: int


def udp_datagram(packet: Packet) -> Datagram | None:
    """The UDP datagram in a packet, or None where there is none whole."""
    found = _network(packet.link_type, packet.octets)
    if found is None:
        return None
    kind, at = found
    segment = _ipv4_udp(packet.octets, at) if kind == _IPV4 else _ipv6_udp(packet.octets, at)
    if segment is None or len(segment) < 8:
        return None
    _, port, length, _ = struct.unpack_from(">HHHH", segment)
    if not 8 <= length <= len(segment):
        return None
    return Datagram(port, packet.at_s, segment[8:length], packet.offset)


def _network(link_type: int, octets: bytes) -> tuple[int, int] | None:
    if link_type in (LINK_RAW_IP, LINK_IPV4, LINK_IPV6):
        return _ip_version(octets)
    if link_type == LINK_ETHERNET:
        return _tagged(octets, 12)
    if link_type == LINK_SLL:
        return _tagged(octets, 14)
    if link_type == LINK_SLL2 and len(octets) >= 20:
        kind = struct.unpack_from(">H", octets)[0]
        return (kind, 20) if kind in (_IPV4, _IPV6) else None
    return None


def _ip_version(octets: bytes) -> tuple[int, int] | None:
    version = octets[0] >> 4 if octets else 0
    return {4: (_IPV4, 0), 6: (_IPV6, 0)}.get(version)


def _tagged(octets: bytes, at: int) -> tuple[int, int] | None:
    while at + 2 <= len(octets):
        kind = struct.unpack_from(">H", octets, at)[0]
        if kind in (_IPV4, _IPV6):
            return kind, at + 2
        if kind not in (0x8100, 0x88A8):
            return None
        at += 4
    return None


def _ipv4_udp(octets: bytes, at: int) -> bytes | None:
    if at + 20 > len(octets):
        return None
    header = (octets[at] & 0x0F) * 4
    total, fragment = struct.unpack_from(">H2xH", octets, at + 2)
    if octets[at] >> 4 != 4 or octets[at + 9] != _UDP or header < 20 or fragment & 0x3FFF or total < header:
        return None
    return octets[at + header : at + total]


def _ipv6_udp(octets: bytes, at: int) -> bytes | None:
    if at + 40 > len(octets) or octets[at] >> 4 != 6:
        return None
    following = octets[at + 6]
    end = at + 40 + struct.unpack_from(">H", octets, at + 4)[0]
    at += 40
    while following in _STEPPED_OVER and at + 8 <= min(end, len(octets)):
        following, at = octets[at], at + (octets[at + 1] + 1) * 8
    return octets[at:end] if following == _UDP else None
