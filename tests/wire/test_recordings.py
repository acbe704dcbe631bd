"""Real recordings → what they are known to hold."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from vedette.model import Rejected
from vedette.wire.adsb import ModeSDecoder, ModeSReport
from vedette.wire.asterix import Plot, ServiceMessage, decode_asterix
from vedette.wire.asterix_tracks import AdsbTarget
from vedette.wire.beast import BeastReader, ModeSFrame
from vedette.wire.datagrams import udp_datagram
from vedette.wire.pcap import Packet, read_capture
from vedette.wire.radio import Transmission, remote_id_transmission
from vedette.wire.remote_id import BasicId, Location, OperatorId, System, decode_remote_id


def transmissions(path: Path) -> list[Transmission | Rejected]:
    packets = [packet for packet in read_capture(path.read_bytes()) if isinstance(packet, Packet)]
    return [found for packet in packets if (found := remote_id_transmission(packet)) is not None]


def test_monoradar(recordings: Path) -> None:
    octets = (recordings / "asterix/cat_034_048.pcap").read_bytes()
    datagrams = [udp_datagram(packet) for packet in read_capture(octets) if isinstance(packet, Packet)]
    records = [record for datagram in datagrams if datagram for record in decode_asterix(datagram.payload)]
    assert Counter(type(record) for record in records) == {Plot: 128, ServiceMessage: 34}
    placed = [one for one in records if isinstance(one, ServiceMessage) and one.latitude_deg is not None]
    assert placed
    for one in placed:
        assert one.latitude_deg == pytest.approx(43.571, abs=1e-3)
        assert one.longitude_deg == pytest.approx(16.406, abs=1e-3)
        assert one.altitude_msl_m == 780.0


def test_an_ads_b_stations_reports(recordings: Path) -> None:
    found = list(decode_asterix((recordings / "asterix/cat21_re.ast").read_bytes()))
    assert [type(one) for one in found] == [AdsbTarget, AdsbTarget]
    reports = [one for one in found if isinstance(one, AdsbTarget)]
    assert [one.address for one in reports] == ["000001", "000002"]
    assert all(one.test is False and one.on_ground is True for one in reports)
    assert [one.emitter_category for one in reports] == [None, "C2"]
    for one in reports:
        assert one.latitude_deg == pytest.approx(61.475, abs=1e-3)
        assert one.longitude_deg == pytest.approx(-7.879, abs=1e-3)


def test_beast(recordings: Path) -> None:
    reader, decoder = BeastReader(), ModeSDecoder()
    octets = (recordings / "adsb/sample_dump1090.bin").read_bytes()
    frames = [*reader.feed(octets), *reader.close()]
    assert len(frames) == 239
    assert all(isinstance(frame, ModeSFrame) for frame in frames)
    reports = [decoder.hear(f.message, f.ticks / 12e6) for f in frames if isinstance(f, ModeSFrame) and f.ticks]
    formats = Counter(f.message[0] >> 3 for f in frames if isinstance(f, ModeSFrame))
    assert set(formats) == {0, 4, 5, 11, 16, 17, 20, 21}
    assert not any(isinstance(report, Rejected) for report in reports)
    assert {r.callsign for r in reports if isinstance(r, ModeSReport) and r.callsign} == {"TRA89M"}


def test_a_flight_decoded_by_rs1090(recordings: Path) -> None:
    decoder, compared = ModeSDecoder((49.0, 2.5)), 0
    for line in (recordings / "adsb/rs1090_full_flight_head.jsonl").read_text().splitlines():
        row = json.loads(line)
        report = decoder.hear(bytes.fromhex(row["frame"]), row["timestamp"])
        assert not isinstance(report, Rejected)
        if report is not None and report.latitude_deg is not None:
            assert report.latitude_deg == pytest.approx(row["latitude"], abs=1e-9)
            assert report.longitude_deg == pytest.approx(row["longitude"], abs=1e-9)
            compared += 1
    assert compared == 1240


def test_a_parrot_anafi_in_flight(recordings: Path) -> None:
    found = transmissions(recordings / "remote_id/parrot_anafi4_real.pcapng")
    assert len(found) == 1140
    heard = [one for one in found if isinstance(one, Transmission)]
    assert len({one.transmitter for one in heard}) == 1
    messages = [message for one in heard for message in decode_remote_id(one.payload)]
    assert Counter(type(message) for message in messages) == {
        Location: 1140,
        BasicId: 385,
        System: 385,
        OperatorId: 385,
    }
    assert {message.id for message in messages if isinstance(message, BasicId)} == {"1588E040445AC004418"}
    locations = [message for message in messages if isinstance(message, Location)]
    assert all(one.altitude_ellipsoid_m is None and one.latitude_deg is not None for one in locations)
    assert max(one.height_m or 0.0 for one in locations) == 11.0


def test_long_range_bluetooth_with_bad_frames(recordings: Path) -> None:
    found = transmissions(recordings / "remote_id/odid_bt5_lr_sample.pcapng")
    rejected = [one for one in found if isinstance(one, Rejected)]
    assert len(found) == 274
    assert Counter(one.reason for one in rejected) == {"bad_crc": 30}
    assert all(one.raw == b"" for one in rejected)
    messages = [m for one in found if isinstance(one, Transmission) for m in decode_remote_id(one.payload)]
    assert not any(isinstance(message, Rejected) for message in messages)
    assert all(message.latitude_deg is None for message in messages if isinstance(message, Location))


def test_a_bench_transmitters_beacons(recordings: Path) -> None:
    found = transmissions(recordings / "remote_id/odid_wifi_bcn_sample.pcap")
    assert len(found) == 21
    messages = [m for one in found if isinstance(one, Transmission) for m in decode_remote_id(one.payload)]
    assert {m.id for m in messages if isinstance(m, OperatorId)} == {"GBR-OP-123ABCD"}
    assert {m.altitude_ellipsoid_m for m in messages if isinstance(m, Location)} == {237.0}
