"""No decoder raises on any bytes, nor on bytes that were nearly right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage
from takproto.constants import TAKProtoVer
from takproto.functions import xml2proto

from tests.feeds import receivers as rx
from tests.wire import encoders as enc
from tests.wire import flight_logs as logs
from tests.wire import sapient_messages as sm
from vedette.wire import pcap
from vedette.wire.adsb import ModeSDecoder
from vedette.wire.asterix import decode_asterix, looks_like_asterix, prepare
from vedette.wire.avr import AvrReader, encode_avr
from vedette.wire.beast import BeastReader, ModeSFrame, encode_beast
from vedette.wire.cot import CotEvent, CotReader, encode_event, looks_like_cot, read_cot
from vedette.wire.dataflash import is_dated, looks_like_dataflash, read_dataflash
from vedette.wire.datagrams import udp_datagram
from vedette.wire.mavlink import MavlinkReader, looks_like_tlog, read_tlog
from vedette.wire.pcap import Packet, is_capture, read_capture
from vedette.wire.radio import RADIO_LINKS, remote_id_transmission
from vedette.wire.remote_id import decode_remote_id
from vedette.wire.remote_id_relay import read_relayed
from vedette.wire.sapient.checks import NodeChecker
from vedette.wire.sapient.codec import Received, decode_json, decode_message, looks_like_sapient, read_messages
from vedette.wire.sapient.detections import decode_detection
from vedette.wire.sapient.framing import encode_frame

prepare()

PACK = enc.pack(enc.basic_id(), enc.location(), enc.self_id(), enc.system(), enc.operator_id())
FRIEND = CotEvent(
    uid="A", type="a-f-A", time_s=1.7e9, stale_s=1.8e9, latitude_deg=47.0, longitude_deg=8.0, callsign="FALKE"
)
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


def flight_logs(octets: bytes) -> None:
    looks_like_tlog(octets)
    list(read_tlog(octets))
    looks_like_dataflash(octets)
    is_dated(octets)
    list(read_dataflash(octets))


def mavlink(octets: bytes) -> None:
    reader = MavlinkReader()
    list(reader.feed(octets))
    list(reader.close())


def cot(octets: bytes) -> None:
    looks_like_cot(octets)
    reader = CotReader()
    list(reader.feed(octets))
    list(reader.close())
    list(read_cot(octets))
    list(read_cot(b"\xbf\x01\xbf" + octets))


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


def sapient(octets: bytes) -> None:
    looks_like_sapient(octets)
    checker = NodeChecker()
    for one in (*read_messages(octets), decode_message(octets), decode_json(octets)):
        message = one.message if isinstance(one, Received) else one
        if isinstance(message, SapientMessage):
            checker.check(message)
            decode_detection(message, checker.registered, checker.mode, checker.near)


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
    "flight_logs": (flight_logs, [logs.dataflash(), logs.tlog((1.7e9, logs.frames(logs.position())))]),
    "relayed": (lambda octets: list(read_relayed(octets)), [rx.flat(), rx.named(), rx.structure(), rx.SOMEBODYS]),
    "cot": (cot, [encode_event(FRIEND), bytes(xml2proto(encode_event(FRIEND).decode(), TAKProtoVer.MESH))]),
    "mavlink": (mavlink, [logs.frames(logs.everything), logs.frames(logs.position(), version=1)]),
    "mode_s": (mode_s, [enc.airborne_position(47.0, 8.0, 5000, odd=True) + enc.velocity(100)]),
    "sapient": (
        sapient,
        [
            *(make().SerializeToString() for make in sm.EVERY.values()),
            b"".join(encode_frame(m.SerializeToString()) for m in (sm.registration(), sm.status(), sm.bearing())),
            b"\n".join(map(sm.as_json, (sm.registration(), sm.status(), sm.detection()))),
        ],
    ),
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
