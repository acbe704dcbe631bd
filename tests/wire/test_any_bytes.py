"""No decoder raises on any bytes, nor on bytes that were nearly right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.wire import encoders as enc
from vedette.wire import pcap
from vedette.wire.adsb import ModeSDecoder
from vedette.wire.asterix import decode_asterix, looks_like_asterix
from vedette.wire.avr import AvrReader, encode_avr
from vedette.wire.beast import BeastReader, ModeSFrame, encode_beast
from vedette.wire.datagrams import udp_datagram
from vedette.wire.pcap import Packet, is_capture, read_capture
from vedette.wire.radio import RADIO_LINKS, remote_id_transmission
from vedette.wire.remote_id import decode_remote_id

PACK = enc.pack(enc.basic_id(), enc.location(), enc.self_id(), enc.system(), enc.operator_id())
FRAME = ModeSFrame(message=enc.callsign(), ticks=1)
LINKS = (*RADIO_LINKS, pcap.LINK_ETHERNET, pcap.LINK_RAW_IP, pcap.LINK_SLL, pcap.LINK_SLL2)


def packets(octets: bytes) -> None:
    for link_type in LINKS:
        packet = Packet(link_type, None, octets, 0)
        udp_datagram(packet)
        remote_id_transmission(packet)


def captures(octets: bytes) -> None:
    is_capture(octets)
    list(read_capture(octets))


def asterix(octets: bytes) -> None:
    looks_like_asterix(octets)
    list(decode_asterix(octets))


def streams(octets: bytes) -> None:
    for reader in (BeastReader(), AvrReader()):
        list(reader.feed(octets))
        list(reader.close())


def mode_s(octets: bytes) -> None:
    decoder = ModeSDecoder((47.0, 8.0))
    for at in range(0, len(octets), 14):
        decoder.hear(octets[at : at + 14], float(at))
        decoder.hear(octets[at : at + 7], float(at))


def with_new_parity(octets: bytes) -> None:
    """Past the parity gate: mutations of what it guards."""
    decoder = ModeSDecoder((47.0, 8.0))
    for at in range(0, len(octets), 11):
        decoder.hear(enc.with_parity(octets[at : at + 11].ljust(11, b"\0")), float(at))


DECODERS: dict[str, tuple[Callable[[bytes], object], list[bytes]]] = {
    "packets": (
        packets,
        [
            enc.radiotap(enc.beacon(enc.element(PACK)), timer=True),
            enc.radiotap(enc.nan_frame(PACK)),
            enc.nordic(enc.advertisement(enc.service_data(PACK), extended=True, coded=True)),
            enc.phdr(enc.advertisement(enc.service_data(enc.location()), extended=False)),
            enc.ethernet(enc.ipv6(b"plots", hop_by_hop=True), vlan=True),
            enc.ethernet(enc.ipv4(b"plots")),
        ],
    ),
    "captures": (
        captures,
        [
            enc.pcap(1, [(1.0, b"one")]),
            enc.section() + enc.interface(1, b"\x09\0\x01\0\x06\0\0\0") + enc.enhanced(b"x"),
        ],
    ),
    "asterix": (
        asterix,
        [
            enc.asterix_block(48, enc.plot_record(5.0, 45.0, 1.0, address=1, height_ft=100.0)),
            enc.asterix_block(34, enc.sector_record(90.0, 2.0), enc.status_record(0x12)),
        ],
    ),
    "remote_id": (decode_remote_id, [PACK, enc.location(), bytes([0x22]) + bytes(24)]),
    "streams": (streams, [encode_beast(FRAME) * 2, encode_avr(FRAME) * 2]),
    "mode_s": (mode_s, [enc.airborne_position(47.0, 8.0, 5000, odd=True) + enc.velocity(100)]),
    "with_new_parity": (
        with_new_parity,
        [
            b"".join(enc.airborne_position(47.0, 8.0, 5000, odd=odd)[:11] for odd in (False, True))
            + enc.velocity(100)[:11]
        ],
    ),
}


@pytest.mark.parametrize("name", DECODERS)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(octets=st.binary(max_size=300))
def test_any_bytes(name: str, octets: bytes) -> None:
    DECODERS[name][0](octets)


@pytest.mark.parametrize("name", DECODERS)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_nearly_right_bytes(name: str, data: st.DataObject) -> None:
    decode, good = DECODERS[name]
    octets = bytearray(data.draw(st.sampled_from(good)))
    for at, value in data.draw(st.lists(st.tuples(st.integers(0, len(octets) - 1), st.integers(0, 255)), max_size=6)):
        octets[at] = value
    start, end = data.draw(st.integers(0, 3)), data.draw(st.integers(0, len(octets)))
    decode(bytes(octets[start:] if end < start else octets[:end]))
