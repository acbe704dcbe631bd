"""No decoder raises on any bytes, nor on bytes that were nearly right."""

from __future__ import annotations

import struct
from collections.abc import Callable

import msgspec
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
from tests.wire.asterix_forms import presence
from tests.wire.cap_messages import alert as cap_alert
from vedette.feeds.aircraft import AircraftSource
from vedette.feeds.asterix import AsterixSource
from vedette.feeds.captured_units import READABLE, captured_units
from vedette.feeds.mode_s import ModeSSource
from vedette.feeds.rows import RowSource
from vedette.model import Look, Rejected
from vedette.site import Sensor
from vedette.wire import pcap
from vedette.wire.adsb import ModeSDecoder
from vedette.wire.aircraft_json import decode_aircraft_json, looks_like_aircraft_json
from vedette.wire.asterix import decode_asterix, looks_like_asterix
from vedette.wire.asterix_records import AsterixRecord, Editions, join_block, split_blocks
from vedette.wire.avr import AvrReader, encode_avr
from vedette.wire.beast import BeastReader, ModeSFrame, encode_beast
from vedette.wire.cap import encode_cap
from vedette.wire.cap_reading import decode_cap
from vedette.wire.capture import (
    CaptureFrame,
    CaptureHead,
    CaptureKind,
    Moment,
    begins_at,
    encode_head,
    encode_moment,
    is_vedette_capture,
    read_frames,
    read_head,
)
from vedette.wire.cot import CotEvent, CotReader, encode_event, looks_like_cot, read_cot
from vedette.wire.dataflash import is_dated, looks_like_dataflash, read_dataflash
from vedette.wire.datagrams import udp_datagram
from vedette.wire.mavlink import MavlinkReader, looks_like_tlog, read_tlog
from vedette.wire.pcap import Packet, is_capture, read_capture
from vedette.wire.radio import RADIO_LINKS, remote_id_transmission
from vedette.wire.remote_id import decode_remote_id
from vedette.wire.remote_id_relay import read_relayed
from vedette.wire.rs1090_lines import decode_rs1090_line, looks_like_rs1090
from vedette.wire.sapient.checks import NodeChecker
from vedette.wire.sapient.codec import Received, decode_json, decode_message, looks_like_sapient, read_messages
from vedette.wire.sapient.detections import decode_detection
from vedette.wire.sapient.framing import encode_frame
from vedette.wire.sbs import decode_sbs, looks_like_sbs

PACK = enc.pack(enc.basic_id(), enc.location(), enc.self_id(), enc.system(), enc.operator_id())
FRIEND = CotEvent(
    uid="A", type="a-f-A", time_s=1.7e9, stale_s=1.8e9, latitude_deg=47.0, longitude_deg=8.0, callsign="FALKE"
)
FRAME = ModeSFrame(message=enc.callsign(), ticks=1)
SOURCE = b"\x19\x07"
DERIVED = presence([0, 1, 7, 8, 20, 23, 24]) + bytes(3 + 6) + b"\x02" + b"\x01" + bytes(15 + 1 + 1) + b"\x01" + bytes(8)
COMPOUNDS = [
    enc.asterix_block(62, enc.fspec(1, 11) + SOURCE + DERIVED),
    enc.asterix_block(62, enc.fspec(1, 21) + SOURCE + presence([1, 11]) + b"TEST123" + b"\x01" + bytes(4)),
    enc.asterix_block(62, enc.fspec(1, 26, 27) + SOURCE + bytes(3) + presence(list(range(8))) + bytes(17)),
    enc.asterix_block(
        48, enc.fspec(1, 3, 7, 10) + SOURCE + b"\x21\x80" + presence([0, 6]) + bytes(2) + b"\x01" + bytes(8)
    ),
    enc.asterix_block(
        48, enc.fspec(1, 20, 27, 28) + SOURCE + presence([1]) + b"\x01" + bytes(6) + b"\x03SP" + b"\x02R"
    ),
    enc.asterix_block(
        21, enc.fspec(1, 31, 34, 42, 48) + SOURCE + b"\x80\0\0" + presence([1]) + b"\0" + b"\x80\0" + b"\x01"
    ),
]
"""Every form of item: compound, repetitive, extended, explicit. Each is a good block."""
PAIR = [ModeSFrame(message=enc.airborne_position(47.0, 8.0, 5000, odd=odd), ticks=9) for odd in (False, True)]
ENCODERS = (encode_beast, encode_avr)
LINKS = (*RADIO_LINKS, pcap.LINK_ETHERNET, pcap.LINK_RAW_IP, pcap.LINK_SLL, pcap.LINK_SLL2)


def packets(octets: bytes) -> None:
    for link_type in LINKS:
        packet = Packet(link_type, None, octets, 0)
        udp_datagram(packet)
        remote_id_transmission(packet)


def captures(octets: bytes) -> None:
    is_capture(octets)
    list(read_capture(octets))


def kept(octets: bytes) -> None:
    """A watch's own capture, as a file and as the octets of each source: what is whole is written again as it was."""
    is_vedette_capture(octets)
    begins_at(octets)
    for frame in read_frames(octets):
        if isinstance(frame, CaptureFrame) and octets.startswith(CAPTURED[0][:8]):
            written = encode_moment(frame.moment, frame.order)
            assert octets[frame.offset : frame.offset + len(written)] == written
    head = read_head(octets)
    for source in READABLE if head is None else READABLE & {head.source}:
        list(captured_units(octets, head or CaptureHead(feed="a", sensor="a", source=source, scheme="udp")))


def rows(octets: bytes) -> None:
    """All the way to looks, as lines and as one message."""
    source = RowSource("mic", ["pictures"])
    found = [body for line in octets.split(b"\n") for body in source.line(line, 1.7e9)]
    found += [*source.message(octets, 1.7e9), *source.tick(1.8e9)]
    for scan in (body.scan for body in found if isinstance(body, Look)):
        for text in (*(scan.identity or ()), *(scan.image_url or ()), scan.look):
            msgspec.json.encode(text)  # as the record does


def asterix(octets: bytes) -> None:
    """What is taken apart is written again as it was."""
    looks_like_asterix(octets)
    for editions in ALL_EDITIONS:
        list(decode_asterix(octets, 0, editions))
        for record in split_blocks(octets, 0, editions):
            if isinstance(record, AsterixRecord):
                assert join_block([record])[3:] == record.octets


def lines(octets: bytes) -> None:
    for line in octets.split(b"\n"):
        looks_like_sbs(line)
        decode_sbs(line)
        looks_like_rs1090(line)
        decode_rs1090_line(line)
    looks_like_aircraft_json(octets)
    decode_aircraft_json(octets)


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
    for at in range(0, min(len(octets), 132), 11):
        decoder.hear(enc.with_parity(octets[at : at + 11].ljust(11, b"\0")), float(at))


def sapient(octets: bytes) -> None:
    looks_like_sapient(octets)
    checker = NodeChecker()
    for one in (*read_messages(octets), decode_message(octets), decode_json(octets)):
        message = one.message if isinstance(one, Received) else one
        if isinstance(message, SapientMessage):
            checker.check(message)
            decode_detection(message, checker.registered, checker.mode, checker.near)


ASTERIX = [
    enc.asterix_block(48, enc.plot_record(5.0, 45.0, 1.0, address=1, height_ft=100.0, doppler_mps=-9)),
    enc.asterix_block(34, enc.sector_record(90.0, 2.0), enc.status_record(0x12)),
    enc.asterix_block(21, enc.target_record(47.0, 8.0, 3.0, height_ft=100.0, category=3)),
    enc.asterix_block(62, enc.track_record(47.0, 8.0, 3.0, address=1, sigma_m=5.0, height_ft=100.0)),
    *COMPOUNDS,
]
FORMER = enc.asterix_block(21, *(enc.former_target_record(47.0, 8.0, 3.0, nucp=nucp) for nucp in (0, 9)))
ALL_EDITIONS: list[Editions] = [{}, {None: "0.23"}, {None: "0.26"}]


def captured(source: str, scheme: str, *pieces: bytes) -> bytes:
    said = [Moment(received_s=1.7e9, kind=kind) for kind in (CaptureKind.OPENED, CaptureKind.CLOSED, CaptureKind.ENDED)]
    moments = [said[0], *(Moment(received_s=1.7e9, octets=octets) for octets in pieces), *said[1:]]
    head = encode_head(CaptureHead(feed="one", sensor="one", source=source, scheme=scheme))
    return head + b"".join(encode_moment(moment, order) for order, moment in enumerate(moments, 1))


ROWS = [
    b'{"time_utc": "2023-11-14T22:13:20Z", "scan": "1", "azimuth_true_deg": 90.0, "sigma_azimuth_deg": 2}',
    b'{"time_utc": "2023-11-14T22:13:21.5+01:00", "latitude_deg": 47, "longitude_deg": 8.7, "class": "uav"}',
    b'{"time_utc": "2023-11-14T22:13:22Z", "range_m": 9e2, "scan": "\\u00fc", "identity": "rid:\\u20ac", "image_url": "https://pictures/1.jpg?a=b"}',
]
LINES = [
    enc.sbs_line(place="47.1,8.2", altitude_ft="5000", climb="-64") + enc.sbs_line(1, callsign="KLM1023"),
    enc.sbs_line(type="STA"),
    enc.rs1090_line(enc.callsign(), 1.7e9),
    enc.aircraft_json(1.7e9, enc.aircraft(alt_geom=5000, nac_p=9, rc=186, sil=3, mlat=["lat"], flight="A")),
]
STREAMS = [encode_beast(FRAME) * 2, encode_avr(FRAME) * 2, *(b"".join(map(encode, PAIR)) for encode in ENCODERS)]
SENT = {
    "asterix": ASTERIX[0], "beast": STREAMS[0], "avr": STREAMS[1], "sbs": LINES[0], "rs1090": LINES[2],
    "aircraft_json": LINES[3], "json": ROWS[0], "mqtt": ROWS[2], "remote_id": rx.flat(), "cot": encode_event(FRIEND),
    "mavlink": logs.frames(logs.position()), "sapient": encode_frame(sm.status().SerializeToString()),
}  # fmt: skip
CAPTURED = [captured(source, scheme, SENT[source], b"x\n") for source in READABLE for scheme in ("udp", "tcp")]
CAPTURED.sort()
CAPTURED += [b"VEDCAP1\n" + b"".join(struct.pack("<dI", 1.7e9, size) + bytes(size) for size in (0, 3, 70))]
RADAR = Sensor(
    id="radar", name="radar", kind="radar", latitude_deg=47.0, longitude_deg=8.0, altitude_ellipsoid_m=500.0,
    period_s=None, range_m=None, azimuth_true_deg=(0.0, 360.0), elevation_deg=(-90.0, 90.0), sigma_range_m=30.0,
    sigma_azimuth_deg=0.1, sigma_elevation_deg=None, sigma_range_rate_mps=None, sigma_position_m=None,
    sigma_altitude_m=None, p_detect=0.9, clutter_per_scan=0.0,
)  # fmt: skip


def asterix_feed(octets: bytes) -> None:
    """All the way to looks: what is well-formed and absurd makes no message that cannot be."""
    for editions in ALL_EDITIONS:
        source = AsterixSource({}, RADAR, editions=editions)
        for step in range(3):
            list(source.datagram(octets + bytes(step), 1.7e9 + 5.0 * step))
        list(source.close())


def receiver_feeds(octets: bytes) -> None:
    """The same of receivers' streams, lines and readings."""
    frames, software = ModeSSource("adsb", (47.0, 8.0)), AircraftSource("adsb")
    for reader in (BeastReader(), AvrReader()):
        for number, frame in enumerate(reader.feed(octets)):
            list(frames.frame(frame, 1.7e9 + number))
    for line in octets.split(b"\n"):
        list(software.line(decode_sbs(line), 1.7e9))
        at_s, framed = decode_rs1090_line(line)
        list(frames.frame(framed, 1.7e9, at_s))
    list(software.snapshot(decode_aircraft_json(octets), 1.7e9))


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
    "kept": (kept, CAPTURED),
    "rows": (rows, [b"\n".join(ROWS), b"[" + b",".join(ROWS) + b"]"]),
    "asterix": (asterix, [*ASTERIX, FORMER]),
    "asterix_feed": (asterix_feed, [*ASTERIX, FORMER]),
    "lines": (lines, LINES),
    "receiver_feeds": (receiver_feeds, [*LINES, *STREAMS]),
    "remote_id": (decode_remote_id, [PACK, enc.location(), bytes([0x22]) + bytes(24)]),
    "streams": (streams, STREAMS),
    "flight_logs": (flight_logs, [logs.dataflash(), logs.tlog((1.7e9, logs.frames(logs.position())))]),
    "relayed": (lambda octets: list(read_relayed(octets)), [rx.flat(), rx.named(), rx.structure(), rx.SOMEBODYS]),
    "cap": (decode_cap, [encode_cap(cap_alert())]),
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
            + enc.velocity(100)[:11],
            b"".join(one[:11] for one in (enc.emergency(5, 0xAAA), enc.operational_status(nacp=9), enc.callsign())),
            b"".join(enc.resent(enc.airborne_position(47.0, 8.0, 5000, odd=True), f)[:11] for f in (0x92, 0x95, 0x98)),
            bytes.fromhex("8f393322384a02aea63afc") + enc.operational_status(surface=1, c=True)[:11],
        ],
    ),
}


def test_the_corpus_of_asterix_is_good() -> None:
    for octets in ASTERIX:
        assert not [one for one in decode_asterix(octets) if isinstance(one, Rejected)], octets.hex()


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
