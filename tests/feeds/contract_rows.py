"""The rows of the feeds' contract: one a source and line (tests/feeds/test_contract.py).

A row says who the other end is, what it sends (`unit`: octets that make exactly one look, the n-th of them unlike the
others, observed at a time), and what no such peer would send (`garbage`, with the reasons it is counted under).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from tests.feeds import receivers as rx
from tests.feeds.peers import (
    Broker,
    HttpPusher,
    HttpServer,
    Peer,
    SapientNode,
    SerialLine,
    TcpServer,
    UdpSender,
    WrittenFile,
)
from tests.wire import encoders as enc
from tests.wire import flight_logs as logs
from tests.wire import sapient_messages as sm
from vedette.clock import iso_utc
from vedette.wire.avr import encode_avr
from vedette.wire.beast import ModeSFrame, encode_beast
from vedette.wire.cot import CotEvent, encode_event
from vedette.wire.sapient.framing import encode_frame


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One source over one kind of line. `messages`: the source's own units in a `unit`; `timed`: they bear a time.

    `more`: further lines of the feed in the site file.
    """

    source: str
    peer: Callable[[Path], Peer]
    unit: Callable[[int, float], bytes]
    garbage: bytes
    reasons: frozenset[str]
    sensor: str = "adsb"
    messages: int = 1
    timed: bool = True
    more: str = ""


def mode_s_pair(number: int) -> list[ModeSFrame]:
    """A new aircraft's even and odd frame: the second gives its position."""
    pair = [enc.airborne_position(47.2 + number / 100, 8.7, 5000, odd=odd) for odd in (False, True)]
    address = (0x4B0000 + number).to_bytes(3, "big")
    return [ModeSFrame(message=enc.with_parity(one[:1] + address + one[4:11])) for one in pair]


def asterix(number: int, at_s: float) -> bytes:
    return enc.asterix_block(48, enc.plot_record(2.0 + number, 90.0, at_s % 86_400.0))


def station(number: int, at_s: float) -> bytes:
    return enc.asterix_block(
        21, enc.target_record(47.2 + number / 100, 8.7, at_s % 86_400.0, address=0x4B0000 + number)
    )


def beast(number: int, at_s: float) -> bytes:
    del at_s
    return b"".join(map(encode_beast, mode_s_pair(number)))


def avr(number: int, at_s: float) -> bytes:
    del at_s
    return b"".join(map(encode_avr, mode_s_pair(number)))


def rs1090(number: int, at_s: float) -> bytes:
    return b"".join(enc.rs1090_line(frame.message, at_s) for frame in mode_s_pair(number))


def sbs(number: int, at_s: float) -> bytes:
    at = iso_utc(at_s).rstrip("Z").replace("-", "/").replace("T", ",")
    return enc.sbs_line(address=f"4B{number:04X}", place=f"{47.2 + number / 100},8.7", at=at)


def aircraft_json(number: int, at_s: float) -> bytes:
    return enc.aircraft_json(at_s + 0.5, enc.aircraft(47.2 + number / 100, hex=f"4b{number:04x}"))


def json_row(number: int, at_s: float) -> bytes:
    row = f'{{"time_utc": "{iso_utc(at_s)}", "azimuth_true_deg": {number}, "sigma_azimuth_deg": 2.0}}\n'
    return row.encode()


def telemetry(number: int, at_s: float) -> bytes:
    return logs.frames(logs.clock(at_s - 5.0, 0)) + logs.frames(logs.position(47.2 + number / 100, boot_ms=5000))


def remote_id(number: int, at_s: float) -> bytes:
    place = enc.location(47.2 + number / 100, tenths=round(at_s % 3600.0 * 10.0))
    return rx.octets(enc.basic_id(f"1588TEST{number}"), place, transmitter=number) + b"\n"


def event(number: int, at_s: float) -> bytes:
    return encode_event(
        CotEvent(
            uid=f"friend-{number}", type="a-f-A", time_s=at_s, stale_s=at_s + 60.0, latitude_deg=47.2, longitude_deg=8.7
        )
    )


def sapient(number: int, at_s: float) -> bytes:
    report = sm.detection(at_s, object_id=f"{sm.OBJECT[:-4]}{number:04d}", x=8.7, y=47.2 + number / 100)
    return b"".join(encode_frame(one.SerializeToString()) for one in (sm.registration(at_s=at_s), report))


LINE_NOISE = b"\xff\xfe\x00nonsense\n" + bytes(40) + b"\n"
FEEDS = {
    "asterix udp": Row(
        source="asterix", peer=UdpSender, unit=asterix, sensor="radar-1",
        garbage=b"\x30\x00\x05\xff\xff\xff", reasons=frozenset({"bad_record", "truncated"}),
    ),
    "asterix 021 udp": Row(
        source="asterix", peer=UdpSender, unit=station, sensor="radar-1",
        garbage=b"garbage", reasons=frozenset({"truncated"}),
    ),
    "beast tcp": Row(
        source="beast", peer=TcpServer, unit=beast, messages=2, timed=False,
        garbage=LINE_NOISE, reasons=frozenset({"garbage"}),
    ),
    "beast udp": Row(
        source="beast", peer=UdpSender, unit=beast, messages=2, timed=False,
        garbage=LINE_NOISE, reasons=frozenset({"garbage"}),
    ),
    "avr tcp": Row(
        source="avr", peer=TcpServer, unit=avr, messages=2, timed=False,
        garbage=LINE_NOISE, reasons=frozenset({"bad_frame"}),
    ),
    "rs1090 tcp": Row(
        source="rs1090", peer=TcpServer, unit=rs1090, messages=2, garbage=LINE_NOISE, reasons=frozenset({"bad_row"}),
    ),
    "rs1090 udp": Row(
        source="rs1090", peer=UdpSender, unit=rs1090, messages=2, garbage=LINE_NOISE, reasons=frozenset({"bad_row"}),
    ),
    "sbs tcp": Row(source="sbs", peer=TcpServer, unit=sbs, garbage=LINE_NOISE, reasons=frozenset({"bad_line"})),
    "sbs udp": Row(source="sbs", peer=UdpSender, unit=sbs, garbage=LINE_NOISE, reasons=frozenset({"bad_line"})),
    "aircraft_json http": Row(
        source="aircraft_json", peer=HttpServer, unit=aircraft_json,
        garbage=b'{"aircraft": [{"hex": "?"}]}', reasons=frozenset({"bad_aircraft"}),
    ),
    "aircraft_json file": Row(
        source="aircraft_json", peer=WrittenFile, unit=aircraft_json,
        garbage=b"\xff\x00", reasons=frozenset({"bad_json"}),
    ),
    "json tcp": Row(
        source="json", peer=TcpServer, unit=json_row, sensor="mic", garbage=LINE_NOISE, reasons=frozenset({"bad_json"}),
    ),
    "json udp": Row(
        source="json", peer=UdpSender, unit=json_row, sensor="mic", garbage=LINE_NOISE, reasons=frozenset({"bad_json"}),
    ),
    "sapient tcp, to a middleware": Row(
        source="sapient", peer=TcpServer, unit=sapient, messages=2, sensor="radar-1", more="listen = false\n",
        garbage=encode_frame(b"\xff\xff"), reasons=frozenset({"bad_message"}),
    ),
    "sapient tcp, a node dials in": Row(
        source="sapient", peer=SapientNode, unit=sapient, messages=2, sensor="radar-1",
        garbage=encode_frame(b"\xff\xff"), reasons=frozenset({"bad_message"}),
    ),
    "json http": Row(
        source="json", peer=HttpPusher, unit=json_row, sensor="mic",
        garbage=LINE_NOISE, reasons=frozenset({"bad_json"}),
    ),
    "json mqtt": Row(
        source="mqtt", peer=Broker, unit=json_row, sensor="mic", garbage=LINE_NOISE, reasons=frozenset({"bad_json"}),
    ),
    "json serial": Row(
        source="json", peer=SerialLine, unit=json_row, sensor="mic",
        garbage=LINE_NOISE, reasons=frozenset({"bad_json"}),
    ),
    "mavlink udp": Row(
        source="mavlink", peer=UdpSender, unit=telemetry, messages=2,
        garbage=LINE_NOISE, reasons=frozenset({"garbage", "bad_crc"}),
    ),
    "mavlink tcp": Row(
        source="mavlink", peer=TcpServer, unit=telemetry, messages=2,
        garbage=LINE_NOISE, reasons=frozenset({"garbage", "bad_crc"}),
    ),
    "mavlink serial": Row(
        source="mavlink", peer=SerialLine, unit=telemetry, messages=2,
        garbage=LINE_NOISE, reasons=frozenset({"garbage", "bad_crc"}),
    ),
    "remote_id udp": Row(
        source="remote_id", peer=UdpSender, unit=remote_id, sensor="rid",
        garbage=rx.SOMEBODYS, reasons=frozenset({"not_remote_id"}),
    ),
    "remote_id tcp": Row(
        source="remote_id", peer=TcpServer, unit=remote_id, sensor="rid",
        garbage=LINE_NOISE, reasons=frozenset({"bad_json"}),
    ),
    "remote_id mqtt": Row(
        source="remote_id", peer=Broker, unit=remote_id, sensor="rid",
        garbage=rx.SOMEBODYS, reasons=frozenset({"not_remote_id"}),
    ),
    "remote_id serial": Row(
        source="remote_id", peer=SerialLine, unit=remote_id, sensor="rid",
        garbage=LINE_NOISE, reasons=frozenset({"bad_json"}),
    ),
    "cot udp": Row(source="cot", peer=UdpSender, unit=event, garbage=b"<x></event>", reasons=frozenset({"garbage"})),
    "cot tcp": Row(source="cot", peer=TcpServer, unit=event, garbage=b"<x></event>", reasons=frozenset({"garbage"})),
}  # fmt: skip
"""To put a source under the contract, add a row; a new kind of line is a Peer in tests/feeds/peers.py."""
