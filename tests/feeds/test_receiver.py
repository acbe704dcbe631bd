"""Remote ID live, from a receiver: over UDP, TCP and a serial line; and that nothing else is kept."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import tty
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.feeds import receivers as rx
from tests.feeds.said import reports, scans
from tests.feeds.test_live import FEED_HEALTH, NOW_S, Heard, free_port, keeping, live_site, running, send
from tests.wire import encoders as enc
from tests.wire import flight_logs as logs
from vedette.clock import SimulatedClock
from vedette.feeds.receiver import RemoteIdIntake, RemoteIdSieve
from vedette.feeds.remote_id import RemoteIdSource
from vedette.feeds.serial import parse_serial
from vedette.model import FeedState, Rejected

MIXED = [
    rx.flat(),
    rx.SOMEBODYS,
    rx.named(),
    rx.advert(enc.service_data(enc.location(47.21))),
    b'{"ssid": "Home", "bssid": "a4:c1:38:5d:6e:7f", "rssi": -40}',
    rx.structure(),
    b"\xff\xfe garbage a4c1385d6e7f",
    rx.HEARTBEAT,
    logs.frames(logs.everything),
    logs.frames(lambda mav: mav.statustext_send(6, b"a4:c1:38:5d:6e:7f is near")),
]
"""What a receiver might pass on: Remote ID in every form, and other people's devices."""
ADDRESSES = [
    spelt
    for address in (rx.DRONE, rx.PHONE)
    for spelt in (
        address.encode(),
        address.replace(":", "").encode(),
        address.replace(":", "").upper().encode(),
        bytes.fromhex(address.replace(":", "")),
    )
]


def opened(heard: Heard) -> bool:
    return "open" in (heard.health() or FEED_HEALTH).detail


def test_only_remote_id_is_kept(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    site = live_site(tmp_path, "rid", "remote_id", f"udp://127.0.0.1:{port}")
    kept: list[bytes] = []

    async def test() -> Heard:
        heard = Heard()
        async with running(site, heard, SimulatedClock(NOW_S), keeping(kept)):
            await heard.until(opened)
            send(port, *MIXED, rx.octets(enc.basic_id("LAST"), enc.location(47.3), transmitter="last"))
            await heard.until(lambda h: any(s.identity == ("rid:LAST",) for s in scans([a.body for a in h.arrivals])))
            assert len(kept) == len(MIXED) + 1
        return heard

    heard = asyncio.run(test())
    bodies = [arrival.body for arrival in heard.arrivals]
    assert {(scan.identity or ())[0] for scan in scans(bodies)} == {f"rid:{rx.SERIAL}", "rid:LAST"}
    everything = b"".join(kept) + repr(bodies).encode()
    for address in ADDRESSES:
        assert address not in everything
    assert heard.rejected() == {"not_remote_id", "bad_json"}


def test_what_is_kept_says_the_same_again() -> None:
    sieve = RemoteIdSieve(stream=False)
    kept = [sieve.sift(octets) for octets in MIXED]
    again = RemoteIdSieve(stream=False)
    assert transmissions([again.sift(octets) for octets in kept]) == transmissions(kept) != []


def transmissions(kept: list[bytes]) -> list[bytes]:
    return [line for octets in kept for line in octets.splitlines() if b"payload" in line]


def taken(sieve: RemoteIdSieve, intake: RemoteIdIntake, octets: bytes) -> list[object]:
    return list(intake.take(sieve.sift(octets), NOW_S))


def test_the_same_drone_by_every_receiver() -> None:
    for octets in (rx.flat(), rx.named(), rx.structure(), rx.octets(enc.basic_id(), enc.location(), enc.system())):
        intake = RemoteIdIntake(RemoteIdSource("rid"))
        bodies = list(intake.take(RemoteIdSieve(stream=False).sift(octets), NOW_S))
        (scan,) = scans(bodies)
        assert scan.identity == (f"rid:{rx.SERIAL}",)
        (report,) = reports(bodies)
        assert (report.operator_latitude_deg, report.operator_longitude_deg) == (47.19, 8.72)
        assert intake.messages == 1


def test_an_authentication_is_kept_whole() -> None:
    intake = RemoteIdIntake(RemoteIdSource("rid"))
    bodies = list(intake.take(RemoteIdSieve(stream=False).sift(rx.structure(pages=2)), NOW_S))
    (report,) = reports(bodies)
    assert report.authentication_kind == "uas_id"
    assert report.authentication_hex == (bytes(range(17)) + bytes(range(1, 14))).hex()
    assert report.authentication_s == 1_546_301_800


def test_a_heartbeat_is_a_sign_of_life_and_no_drone() -> None:
    sieve, intake = RemoteIdSieve(stream=False), RemoteIdIntake(RemoteIdSource("rid"))
    assert taken(sieve, intake, rx.HEARTBEAT) == []
    assert intake.messages == 1


def test_nobody_can_claim_a_reject() -> None:
    sieve, intake = RemoteIdSieve(stream=False), RemoteIdIntake(RemoteIdSource("rid"))
    (refused,) = taken(sieve, intake, b'{"rejected": "made up"}')
    assert isinstance(refused, Rejected)
    assert refused.reason == "not_remote_id"


@given(st.lists(st.binary(max_size=60), max_size=8), st.booleans())
def test_no_octets_break_it(pieces: list[bytes], stream: bool) -> None:
    sieve, intake = RemoteIdSieve(stream=stream), RemoteIdIntake(RemoteIdSource("rid"))
    for octets in [*pieces, rx.flat() + b"\n"]:
        taken(sieve, intake, octets)


@given(st.lists(st.integers(1, 90), max_size=40))
def test_a_stream_in_pieces_of_any_size(sizes: list[int]) -> None:
    octets = b"\n".join([rx.flat(), rx.HEARTBEAT, rx.named(), b"x", rx.structure(), b""])
    whole = RemoteIdSieve(stream=True).sift(octets)
    sieve, at, kept = RemoteIdSieve(stream=True), 0, b""
    for size in [*sizes, len(octets)]:
        kept += sieve.sift(octets[at : at + size])
        at += size
    assert kept == whole
    assert len(whole.splitlines()) == 5


def test_over_tcp_each_connection_may_be_of_another_kind(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    site = live_site(tmp_path, "rid", "remote_id", f"tcp://127.0.0.1:{port}")
    streams = [rx.flat() + b"\n" + rx.named()[:40], logs.frames(logs.everything) * 2, rx.structure() + b"\n"]
    served = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal served
        writer.write(streams[served % len(streams)])
        served += 1
        await writer.drain()
        writer.close()

    async def test() -> None:
        heard = Heard()
        async with await asyncio.start_server(serve, "127.0.0.1", port), running(site, heard, SimulatedClock(NOW_S)):
            await heard.until(lambda h: served > 3 and h.looks() >= 2)
        assert heard.rejected() == set()

    asyncio.run(test())


def test_over_a_serial_line_that_is_only_read(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    site = live_site(tmp_path, "rid", "remote_id", f"serial://{os.ttyname(theirs)}?baud=115200")
    os.set_blocking(ours, False)

    async def test() -> None:
        heard, clock = Heard(), SimulatedClock(NOW_S)
        async with running(site, heard, clock) as supervisor:
            await heard.until(opened)
            for octets in (b"boot: ESP-ROM\r\n", rx.flat()[:30], rx.flat()[30:] + b"\r\n"):
                os.write(ours, octets)
            await heard.until(lambda h: h.looks() == 1 and h.is_in(FeedState.LIVE))
            with pytest.raises(BlockingIOError):
                os.read(ours, 100)
            clock.set(NOW_S + 60.0)
            supervisor.poll()
            assert heard.is_in(FeedState.STALE)
            os.close(ours)
            await heard.until(lambda h: h.is_in(FeedState.DOWN))

    try:
        asyncio.run(test())
    finally:
        os.close(theirs)


def test_a_serial_line_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    for url, words in ((f"serial://{path}", "not a serial line"), ("serial:///dev/absent", "No such file")):

        async def test(url: str = url, words: str = words) -> None:
            heard = Heard()
            async with running(live_site(tmp_path, "rid", "remote_id", url), heard, SimulatedClock(NOW_S)):
                await heard.until(lambda h: words in (h.health() or FEED_HEALTH).detail)

        asyncio.run(test())
    with pytest.raises(ValueError, match="rate"):
        parse_serial("serial:///dev/ttyUSB0?baud=12345")
    assert parse_serial("serial:///dev/ttyUSB0") == ("/dev/ttyUSB0", 115_200)


def test_the_capture_is_json_lines() -> None:
    lines = RemoteIdSieve(stream=False).sift(b"\n".join([rx.flat(), rx.HEARTBEAT, b"nonsense"])).splitlines()
    first, second, third = map(json.loads, lines)
    assert first["transmitter"] == 1
    assert (second, third) == ({"alive": True}, {"rejected": "bad_json"})
