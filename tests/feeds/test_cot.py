"""Cursor on Target: what becomes of events, and taky, a real TAK server, as the other end."""

from __future__ import annotations

import asyncio
import contextlib
import math
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from takproto.constants import TAKProtoVer
from takproto.functions import xml2proto

from tests.feeds.conftest import SITE, site_with
from tests.feeds.said import reports, scans
from tests.feeds.test_live import FEED_HEALTH, Heard, free_port, running, send
from tests.wire.test_cot import ATAK, EVENT, NOW_S
from vedette.clock import LiveClock, SimulatedClock
from vedette.feeds.arrival import FeedBody
from vedette.feeds.cot import CotSource, flies, p_classes_of
from vedette.feeds.replay import assign, replay
from vedette.model import CLASSES, Look, Rejected
from vedette.site import Site
from vedette.wire.cot import CotEvent, encode_event

FRIENDS = """
[[sensor]]
id = "tak"
kind = "telemetry"

[[feed]]
sensor = "tak"
source = "cot"
url = "{url}"

[[own_drone]]
name = "Falke 1"
cot_uid = "ANDROID-589520ccfcd20f01"
"""


def source() -> CotSource:
    return CotSource("tak", {EVENT.uid: "Falke 1"}, "feeds")


def heard(event: CotEvent, at_s: float = NOW_S) -> list[FeedBody]:
    return list(source().hear(event, at_s))


def changed(**fields: object) -> CotEvent:
    return msgspec.structs.replace(EVENT, **fields)


def test_an_own_aircraft() -> None:
    bodies = heard(EVENT, NOW_S + 0.5)
    (scan,) = scans(bodies)
    assert (scan.sensor, scan.observed_s, scan.identity, scan.covers) == ("tak", NOW_S, ("own:Falke 1",), False)
    assert scan.sigma_position_m is not None
    assert scan.sigma_altitude_ellipsoid_m is not None
    assert (scan.sigma_position_m[0], scan.sigma_altitude_ellipsoid_m[0]) == (4.9, 50.0)
    assert scan.altitude_ellipsoid_m is not None
    assert scan.altitude_ellipsoid_m[0] == 547.5
    (report,) = reports(bodies)
    assert (report.source, report.identity, report.callsign) == ("cot", "own:Falke 1", "FALKE")


@pytest.mark.parametrize(
    ("uid", "identity"),
    [
        ("ICAO-4b1a2c", "icao:4B1A2C"),
        ("ICAO4B1A2C", "icao:4B1A2C"),
        ("somebody-7", "callsign:somebody-7"),
        ("x" * 200, "callsign:" + "x" * 64),
    ],
)
def test_who_is_not_on_the_list_is_no_friend(uid: str, identity: str) -> None:
    (scan,) = scans(heard(changed(uid=uid)))
    assert scan.identity == (identity,)


@pytest.mark.parametrize(
    ("type", "airborne", "class_"),
    [
        ("a-f-A-M-H-Q", True, "uav_rotary"),
        ("a-u-A-M-F-Q-r", True, "uav_fixed_wing"),
        ("a-n-A-C-F", True, "manned"),
        ("a-f-A-M-H", True, "manned"),
        ("a-h-A", True, None),
        ("a-f-A-M-L-Q", True, None),
        ("a-f-G-U-C", False, None),
        ("a-f-S", False, None),
        ("b-t-f", False, None),
        ("t-x-c-t", False, None),
        ("a", False, None),
        ("", False, None),
    ],
)
def test_what_flies_and_what_it_is_taken_for(type: str, airborne: bool, class_: str | None) -> None:
    assert flies(type) is airborne
    assert len(scans(heard(changed(type=type)))) == int(airborne)
    p_classes = p_classes_of(type)
    named = None if p_classes is None else CLASSES[int(np.argmax(p_classes[0]))]
    assert named == class_
    if p_classes is not None:
        assert p_classes.sum() == pytest.approx(1.0)


def test_a_stale_event_says_nothing() -> None:
    (refused,) = heard(EVENT, EVENT.stale_s + 0.001)
    assert isinstance(refused, Rejected)
    assert refused.reason == "stale"
    assert len(scans(heard(EVENT, EVENT.stale_s))) == 1


@pytest.mark.parametrize(("age_s", "speed", "flown_m"), [(10.0, 12.25, 122.5), (10.0, None, 300.0), (-5.0, 12.25, 0.0)])
def test_an_old_event_says_where_it_was(age_s: float, speed: float | None, flown_m: float) -> None:
    (scan,) = scans(heard(changed(speed_mps=speed), NOW_S + age_s))
    assert scan.observed_s == NOW_S + age_s
    assert scan.sigma_position_m is not None
    assert scan.sigma_position_m[0] == pytest.approx(math.hypot(4.9, flown_m))


@pytest.mark.parametrize("uid", ["feeds-T-0007", "feeds-A-0001", "feeds-TEST-0001", "feeds-T-12345-end"])
def test_what_we_said_ourselves_comes_back_counted_and_unheard(uid: str) -> None:
    (refused,) = heard(changed(uid=uid))
    assert isinstance(refused, Rejected)
    assert refused.reason == "own"


@pytest.mark.parametrize("uid", ["other-T-0007", "feeds-T-0007-drone", "feeds-T-x", "my-feeds-T-0007"])
def test_whose_name_only_looks_like_ours_is_heard(uid: str) -> None:
    assert len(scans(heard(changed(uid=uid)))) == 1


def test_particulars_are_told_when_they_change() -> None:
    into = source()
    told = [
        len(reports(list(into.hear(event, NOW_S + step))))
        for step, event in enumerate([EVENT, EVENT, changed(callsign="OTHER"), changed(callsign="OTHER")])
    ]
    assert told == [1, 0, 1, 0]


def cot_site(tmp_path: Path, url: str) -> Site:
    return site_with(tmp_path, FRIENDS.format(url=url), without=SITE[SITE.index("[[feed]]") :])


def opened(heard: Heard) -> bool:
    return "open" in (heard.health() or FEED_HEALTH).detail


def test_over_udp_as_xml_and_as_protobuf(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    other = ATAK.replace(EVENT.uid.encode(), b"other").replace(b"hae='547.5'", b"hae='9999999'")

    async def test() -> None:
        heard = Heard()
        async with running(cot_site(tmp_path, f"udp://127.0.0.1:{port}"), heard, SimulatedClock(NOW_S)):
            await heard.until(opened)
            mesh = bytes(xml2proto(ATAK.split(b"\n", 1)[1].decode(), TAKProtoVer.MESH))
            send(port, b"noise", ATAK, b"\xbf\x01\xbf\xff", other, mesh)
            await heard.until(lambda h: h.looks() == 3)
        identities = [scan.identity for scan in scans([one.body for one in heard.arrivals])]
        assert identities == [("own:Falke 1",), ("callsign:other",), ("own:Falke 1",)]
        assert heard.rejected() == {"truncated", "bad_protobuf"}

    asyncio.run(test())


def test_a_recorded_stream_in_place_of_the_feed(tmp_path: Path) -> None:
    path = tmp_path / "stream.cot"
    path.write_bytes(ATAK + encode_event(changed(time_s=NOW_S + 1.0, stale_s=NOW_S + 60.0)) + b"<event")
    site = cot_site(tmp_path, "tcp://127.0.0.1:8087")
    arrivals = list(replay(site, assign(site, [(None, path)])))
    looks = [one.received_s for one in arrivals if isinstance(one.body, Look)]
    assert looks == [NOW_S, NOW_S + 1.0]
    assert [one.body.reason for one in arrivals if isinstance(one.body, Rejected)] == ["truncated"]


@contextlib.contextmanager
def taky(folder: Path, port: int, tls: str = "enabled = no") -> Iterator[subprocess.Popen[bytes]]:
    """A TAK server on loopback, in a process of its own."""
    pytest.importorskip("taky", reason="taky is not installed")
    config = folder / "taky.conf"
    head = f"[taky]\nbind_ip = 127.0.0.1\nroot_dir = {folder}\n"
    config.write_text(f"{head}[cot_server]\nport = {port}\n[ssl]\n{tls}\n")
    with (folder / "taky.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "taky.cot", "-c", str(config)], stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


def test_none_of_a_thousand_events_through_taky_is_lost(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    site = cot_site(tmp_path, f"tcp://127.0.0.1:{port}")
    clock = LiveClock()

    async def test() -> Heard:
        heard = Heard()
        async with running(site, heard, clock):
            await heard.until(opened)
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            for number in range(1000):
                now_s = clock.now_s()
                event = changed(uid=f"friend-{number}", time_s=now_s, start_s=now_s, stale_s=now_s + 300.0)
                writer.write(b"<?xml version='1.0' encoding='UTF-8'?>\n" + encode_event(event))
                await writer.drain()
            async with asyncio.timeout(60.0):
                await heard.until(lambda h: h.looks() >= 1000)
            writer.close()
        return heard

    with taky(tmp_path, port):
        heard = asyncio.run(test())
    identities = {(scan.identity or ())[0] for scan in scans([one.body for one in heard.arrivals])}
    assert identities == {f"callsign:friend-{number}" for number in range(1000)}
    assert heard.rejected() == set()
    (first, *_) = scans([one.body for one in heard.arrivals])
    assert first.sigma_position_m is not None
    assert first.sigma_position_m[0] == pytest.approx(4.9)
