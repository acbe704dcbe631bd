from __future__ import annotations

import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import encoders as enc
from vedette.model import Rejected
from vedette.wire import pcap
from vedette.wire.datagrams import udp_datagram
from vedette.wire.pcap import Packet, read_capture

PACKETS = st.lists(st.tuples(st.integers(0, 2**31), st.binary(max_size=60)), max_size=6)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nanoseconds", [False, True])
def test_pcap_of_either_order_and_resolution(order: str, nanoseconds: bool) -> None:
    octets = enc.pcap(1, [(1_700_000_000.25, b"one"), (1_700_000_001.5, b"")], order=order, nanoseconds=nanoseconds)
    first, second = read_capture(octets)
    assert isinstance(first, Packet)
    assert (first.link_type, first.at_s, first.octets) == (1, 1_700_000_000.25, b"one")
    assert octets[first.offset :].startswith(b"one")
    assert isinstance(second, Packet)
    assert (second.at_s, second.octets) == (1_700_000_001.5, b"")


@given(PACKETS)
def test_own_captures_round_trip(packets: list[tuple[int, bytes]]) -> None:
    octets = pcap.capture_header(1) + b"".join(pcap.capture_record(at, body) for at, body in packets)
    read = [(packet.at_s, packet.octets) for packet in read_capture(octets) if isinstance(packet, Packet)]
    assert read == [(float(at), body) for at, body in packets]


@pytest.mark.parametrize(
    ("options", "ticks", "at_s"),
    [
        (b"", 1_500_000, 1.5),
        (struct.pack("<HHB3x", 9, 1, 9), 1_500_000_000, 1.5),
        (struct.pack("<HHB3x", 9, 1, 0x80 | 4), 24, 1.5),
        (struct.pack("<HHq", 14, 8, 100) + struct.pack("<HH", 0, 0), 1_500_000, 101.5),
        (struct.pack("<HH4s", 2, 4, b"eth0"), 1_500_000, 1.5),
    ],
)
def test_pcapng_time_resolutions(options: bytes, ticks: int, at_s: float) -> None:
    octets = enc.section() + enc.interface(127, options) + enc.enhanced(b"frame", ticks)
    (packet,) = read_capture(octets)
    assert packet == Packet(127, at_s, b"frame", len(octets) - 12)


def test_pcapng_sections_interfaces_and_strange_blocks() -> None:
    octets = (
        enc.section()
        + enc.interface(1)
        + enc.block(0x0BAD, b"unknown!")
        + enc.block(3, struct.pack("<I", 4) + b"simple")
        + enc.block(2, struct.pack("<HHIIII", 0, 0, 0, 2_000_000, 3, 3) + b"old")
        + enc.section(">")
        + enc.interface(101, order=">")
        + enc.interface(127, order=">")
        + enc.enhanced(b"second", 3_000_000, number=1, order=">")
    )
    read = [(p.link_type, p.at_s, p.octets) for p in read_capture(octets) if isinstance(p, Packet)]
    assert read == [(1, None, b"simp"), (1, 2.0, b"old"), (127, 3.0, b"second")]


@given(st.data())
def test_a_cut_short_end_is_one_reject(data: st.DataObject) -> None:
    old = enc.pcap(1, [(1.0, b"first")])
    pieces = data.draw(
        st.sampled_from(
            [
                [enc.pcap(1, []), old[24:], old[24:]],
                [enc.section(), enc.interface(1), enc.enhanced(b"first", 1), enc.enhanced(b"second", 2)],
            ]
        )
    )
    whole = b"".join(pieces)
    cut = data.draw(st.integers(4, len(whole)))
    read = list(read_capture(whole[:cut]))
    between = cut in itertools.accumulate(len(piece) for piece in pieces)
    assert [r.reason for r in read if isinstance(r, Rejected)] == ([] if between else ["truncated"])
    assert all(isinstance(packet, Packet) for packet in read[:-1])


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"", "not_a_capture"),
        (b"\xd4\xc3\xb2\xa1" + bytes(4), "truncated"),
        (enc.pcap(1, []) + struct.pack("<IIII", 0, 0, 1 << 30, 0), "damaged"),
        (b"\x0a\x0d\x0d\x0a" + bytes(20), "damaged"),
        (enc.section() + enc.block(6, b"short"), "damaged"),
        (enc.section() + enc.enhanced(b"no interface"), "damaged"),
        (enc.section() + enc.interface(1) + enc.block(6, struct.pack("<IIIII", 0, 0, 0, 99, 99)), "damaged"),
        (enc.section() + struct.pack("<II", 6, 13) + bytes(20), "damaged"),
    ],
)
def test_damage_is_named(octets: bytes, reason: str) -> None:
    assert [packet.reason for packet in read_capture(octets) if isinstance(packet, Rejected)] == [reason]


def payload(link_type: int, octets: bytes) -> bytes | None:
    datagram = udp_datagram(Packet(link_type, 1.0, octets, 0))
    return None if datagram is None else datagram.payload


@pytest.mark.parametrize(
    ("link_type", "octets"),
    [
        (pcap.LINK_ETHERNET, enc.ethernet(enc.ipv4(b"plots"))),
        (pcap.LINK_ETHERNET, enc.ethernet(enc.ipv4(b"plots"), vlan=True) + b"padding"),
        (pcap.LINK_ETHERNET, enc.ethernet(enc.ipv6(b"plots"))),
        (pcap.LINK_RAW_IP, enc.ipv4(b"plots")),
        (pcap.LINK_IPV4, enc.ipv4(b"plots")),
        (pcap.LINK_IPV6, enc.ipv6(b"plots", hop_by_hop=True)),
        (pcap.LINK_SLL, bytes(14) + b"\x08\x00" + enc.ipv4(b"plots")),
        (pcap.LINK_SLL2, b"\x86\xdd" + bytes(18) + enc.ipv6(b"plots")),
    ],
)
def test_udp_under_every_link_layer(link_type: int, octets: bytes) -> None:
    assert payload(link_type, octets) == b"plots"


@pytest.mark.parametrize(
    ("link_type", "octets"),
    [
        (pcap.LINK_ETHERNET, b""),
        (pcap.LINK_ETHERNET, bytes(12) + b"\x08\x06" + bytes(28)),
        (pcap.LINK_ETHERNET, bytes(12) + b"\x81\x00\x00"),
        (pcap.LINK_RAW_IP, b""),
        (pcap.LINK_RAW_IP, enc.ipv4(b"x", protocol=6)),
        (pcap.LINK_RAW_IP, enc.ipv4(b"x", fragment=0x2000)),
        (pcap.LINK_RAW_IP, enc.ipv4(b"plots")[:25]),
        (pcap.LINK_RAW_IP, enc.ipv4(b"plots")[:-2]),
        (pcap.LINK_RAW_IP, enc.ipv4(b"x")[:10]),
        (pcap.LINK_RAW_IP, enc.ipv6(b"x")[:30]),
        (pcap.LINK_IPV6, enc.ipv6(b"x").replace(b"\x11\x40", b"\x06\x40", 1)),
        (pcap.LINK_SLL2, b"\x08\x06" + bytes(18)),
        (pcap.LINK_SLL2, b"\x08"),
        (pcap.LINK_WIFI, bytes(40)),
    ],
)
def test_what_is_not_one_whole_udp_datagram_is_nothing(link_type: int, octets: bytes) -> None:
    assert payload(link_type, octets) is None
