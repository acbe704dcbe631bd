"""How fast the feeds' codecs are beside the bare library on the same bytes, each pair in one run on one core.

    python -m benchmarks.feed_rates [--seconds 2.0]

ADS-B     Beast octets → reports, framing included, beside rs1090's own decoding of the same messages, already framed
          and as hexadecimal text: the faster of message by message and all in one call. Floor 60 %.
flight    a flight's messages, two thirds of them positions, beside rs1090 given their times and a place near, so that
          it decodes the positions too. Floor 60 %.
ASTERIX   datagrams → plots, service messages and reports, beside libasterix's parser alone (Record.parse of each
          record, no item read). Floor 80 %.
feed      ASTERIX datagrams → looks: the whole source of a feed, beside the same parser.
RemoteID  messages → structs, gates included, beside struct.unpack of the same 25 bytes. Floor 8 %.

Recordings stand in ../shared/data; where they do not, our own encoders' messages are measured, and the table says so.
Each side is run in turn for a share of the time, and its best round counts: what else the machine does falls on both.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import struct
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import rs1090

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.wire import encoders as enc
from vedette.feeds.asterix import AsterixSource
from vedette.site import Sensor
from vedette.wire.adsb import ModeSDecoder
from vedette.wire.asterix import decode_asterix
from vedette.wire.beast import BeastReader, ModeSFrame, encode_beast
from vedette.wire.datagrams import udp_datagram
from vedette.wire.pcap import Packet, read_capture
from vedette.wire.radio import Transmission, remote_id_transmission
from vedette.wire.remote_id import decode_remote_id

NEAR = 49.0, 2.5
"""A place near the recorded flight, degrees."""
SHARED = Path(__file__).parents[2] / "shared" / "data"
Work = Callable[[], object]


class Row(msgspec.Struct, frozen=True):
    """`count` messages by ours, and by each of the bare ways."""

    name: str
    bytes_of: str
    count: int
    ours: Work
    bare: tuple[Work, ...]
    floor: float | None


def measured(row: Row, seconds: float) -> tuple[float, float]:
    """Messages a second of ours and of the fastest bare way."""
    works = (row.ours, *row.bare)
    best = [float("inf")] * len(works)
    for work in works:
        work()  # warm
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        for index, work in enumerate(works):
            began = time.process_time()
            work()
            best[index] = min(best[index], time.process_time() - began)
    return row.count / best[0], max(row.count / one for one in best[1:])


def recorded(name: str) -> bytes | None:
    """A recording's bytes, None where it is not on this machine."""
    path = SHARED / name
    return path.read_bytes() if path.is_file() else None


def frames_of(octets: bytes) -> list[ModeSFrame]:
    """The frames of a Beast stream."""
    return [frame for frame in BeastReader().feed(octets) if isinstance(frame, ModeSFrame) and len(frame.message) > 2]


def hear_all(stream: bytes, times: Sequence[float] | None) -> None:
    """Ours: the reports of a Beast stream."""
    decoder, at_s = ModeSDecoder(NEAR), 0.0
    for number, frame in enumerate(BeastReader().feed(stream)):
        if isinstance(frame, ModeSFrame):
            at_s = (frame.ticks or 0) / 12e6 if times is None else times[number]
            decoder.hear(frame.message, at_s)


def adsb(name: str, source: str, stream: bytes, times: Sequence[float] | None) -> Row:
    """A stream of Mode S messages."""
    texts = [frame.message.hex() for frame in frames_of(stream)]

    def ours() -> None:
        hear_all(stream, times)

    def one_by_one() -> None:
        for text in texts:
            rs1090.decode(text)

    def at_once() -> None:
        rs1090.decode(texts)

    def with_positions() -> None:
        rs1090.decode(texts, times, reference=NEAR)

    return Row(name, source, len(texts), ours, (one_by_one, at_once) if times is None else (with_positions,), 0.6)


def adsb_rows() -> list[Row]:
    """The receiver's stream, and one flight."""
    stream = recorded("adsb/sample_dump1090.bin")
    flight = recorded("adsb/rs1090_full_flight_head.jsonl")
    invented = [
        enc.callsign(),
        enc.velocity(250),
        *(enc.airborne_position(47.0, 8.0, 5000, odd=o) for o in (True, False)),
    ]
    if flight is None:
        lines = [(step * 0.4, message) for step, message in enumerate(invented * 200)]
    else:
        rows = [json.loads(line) for line in flight.splitlines()]
        lines = [(row["timestamp"], bytes.fromhex(row["frame"])) for row in rows]
    made = b"".join(encode_beast(ModeSFrame(message=message, ticks=1)) for _, message in lines)
    return [
        adsb("ADS-B", "made" if stream is None else "recorded", stream or made, None),
        adsb("flight", "made" if flight is None else "recorded", made, [at_s for at_s, _ in lines]),
    ]


def asterix_rows() -> list[Row]:
    """A radar's datagrams, and an ADS-B station's and a tracker's records."""
    capture = recorded("asterix/cat_034_048.pcap")
    if capture is None:
        plots = [enc.plot_record(5.0, 45.0, 60.0, address=7) for _ in range(8)]
        radar = [enc.asterix_block(48, *plots) + enc.asterix_block(34, enc.sector_record(90.0, 60.0))] * 20
    else:
        found = [udp_datagram(packet) for packet in read_capture(capture) if isinstance(packet, Packet)]
        radar = [one.payload for one in found if one is not None]
    others = [
        enc.asterix_block(21, *[enc.target_record(47.0, 8.0, 60.0, height_ft=100.0, callsign=bytes(6))] * 6),
        enc.asterix_block(62, *[enc.track_record(47.0, 8.0, 60.0, address=7, sigma_m=9.0)] * 6),
    ] * 10
    source = "made" if capture is None else "recorded"
    return [
        asterix("ASTERIX", source, radar, decoded, 0.8),
        asterix("021, 062", "made", others, decoded, 0.8),
        asterix("feed", source, radar, looks, None),
    ]


def decoded(payloads: Sequence[bytes]) -> int:
    """Ours: how many messages."""
    return sum(1 for payload in payloads for _ in decode_asterix(payload))


def looks(payloads: Sequence[bytes]) -> int:
    """Ours: the bodies of a feed that takes every radar; each datagram is new to it."""
    radar = Sensor(
        id="radar", name="radar", kind="radar", latitude_deg=43.571, longitude_deg=16.406, altitude_ellipsoid_m=824.0,
        period_s=None, range_m=None, azimuth_true_deg=(0.0, 360.0), elevation_deg=(-90.0, 90.0), sigma_range_m=30.0,
        sigma_azimuth_deg=0.1, sigma_elevation_deg=None, sigma_range_rate_mps=None, sigma_position_m=None,
        sigma_altitude_m=None, p_detect=0.9, clutter_per_scan=0.0,
    )  # fmt: skip
    source = AsterixSource({}, radar)
    return sum(1 for step, payload in enumerate(payloads) for _ in source.datagram(payload, 1.7e9 + 3.0 * step))


def asterix(
    name: str, source: str, payloads: list[bytes], ours: Callable[[Sequence[bytes]], int], floor: float | None
) -> Row:
    """Datagrams beside libasterix's parser."""
    base, generated = importlib.import_module("asterix.base"), importlib.import_module("asterix.generated")
    records = {
        category: getattr(generated, f"Cat_{category:03d}_{edition}").cv_record
        for category, edition in ((21, "2_7"), (34, "1_29"), (48, "1_32"), (62, "1_21"))
    }
    strict = base.ParsingMode.StrictParsing

    def bare() -> int:
        count = 0
        for payload in payloads:
            at = 0
            while at < len(payload):
                length = int.from_bytes(payload[at + 1 : at + 3], "big")
                record, rest = records[payload[at]], base.Bits.from_bytes(payload[at + 3 : at + length])
                while len(rest):
                    _, rest = record.parse(strict, rest)
                    count += 1
                at += length
        return count

    count = decoded(payloads)
    assert bare() == count
    return Row(name, source, count, lambda: ours(payloads), (bare,), floor)


def remote_id_row() -> Row:
    """Remote ID messages of a flight."""
    capture = recorded("remote_id/parrot_anafi4_real.pcapng")
    if capture is None:
        payloads = [enc.pack(enc.basic_id(), enc.location(), enc.system(), enc.operator_id())] * 200
    else:
        heard = [remote_id_transmission(packet) for packet in read_capture(capture) if isinstance(packet, Packet)]
        payloads = [one.payload for one in heard if isinstance(one, Transmission)]
    messages = [payload[at : at + 25] for payload in payloads for at in range(3, len(payload) - 24, 25)]
    location = struct.Struct("<BBBBbiiHHHBBHBB")
    unpack = location.unpack

    def bare() -> None:
        for message in messages:
            unpack(message)

    def ours() -> int:
        return sum(len(decode_remote_id(payload)) for payload in payloads)

    return Row("RemoteID", "made" if capture is None else "recorded", ours(), ours, (bare,), 0.08)


def main() -> int:
    """Print the table; a ratio under its floor is marked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="for each row (2)")
    given = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"{'':10}{'bytes':>9}{'messages':>9}{'ours/s':>11}{'bare/s':>11}{'ratio':>8}{'floor':>7}")
    for row in [*adsb_rows(), *asterix_rows(), remote_id_row()]:
        ours, bare = measured(row, given.seconds)
        ratio = ours / bare
        floor = "" if row.floor is None else f"{row.floor:.0%}"
        under = "  under its floor" if row.floor is not None and ratio < row.floor else ""
        print(f"{row.name:10}{row.bytes_of:>9}{row.count:>9}{ours:>11,.0f}{bare:>11,.0f}{ratio:>8.1%}{floor:>7}{under}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
