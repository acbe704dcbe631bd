"""Own aircraft over MAVLink: what becomes of their messages, and that nothing is ever sent."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.feeds.conftest import SITE, site_with
from tests.feeds.said import reports, scans
from tests.feeds.test_live import FEED_HEALTH, NOW_S, Heard, free_port, running
from tests.wire import flight_logs as logs
from vedette.clock import SimulatedClock
from vedette.errors import BadSite
from vedette.feeds.arrival import FeedBody
from vedette.feeds.mavlink import POSITION_S, SIGMA_POSITION_M, MavlinkSource
from vedette.feeds.replay import assign, replay
from vedette.geo import egm96_undulation_m
from vedette.model import FeedState, Look, Rejected
from vedette.site import Site
from vedette.wire.mavlink import MavlinkReader

TELEMETRY = """
[[sensor]]
id = "link"
kind = "telemetry"

[[feed]]
sensor = "link"
source = "mavlink"
url = "{url}"

[[own_drone]]
name = "Falke 1"
mavlink_system = 7
"""


def source() -> MavlinkSource:
    return MavlinkSource("link", {7: "Falke 1"})


def heard(into: MavlinkSource, octets: bytes, at_s: float = NOW_S) -> list[FeedBody]:
    return [body for unit in MavlinkReader().feed(octets) for body in into.hear(unit, at_s)]


def test_an_own_aircraft_has_its_name() -> None:
    bodies = heard(source(), logs.frames(logs.heartbeat) + logs.frames(logs.position()))
    (scan,) = scans(bodies)
    assert (scan.sensor, scan.observed_s, scan.identity, scan.covers) == ("link", NOW_S, ("own:Falke 1",), False)
    assert scan.altitude_ellipsoid_m is not None
    assert scan.altitude_ellipsoid_m[0] == pytest.approx(500.0 + float(egm96_undulation_m(47.2, 8.73)))
    assert scan.sigma_position_m is not None
    assert scan.sigma_position_m[0] == SIGMA_POSITION_M
    (report,) = reports(bodies)
    assert (report.source, report.identity, report.ua_type) == ("telemetry", "own:Falke 1", "rotorcraft")


def test_another_aircraft_is_no_friend() -> None:
    bodies = heard(source(), logs.frames(logs.heartbeat, system=8) + logs.frames(logs.position(), system=8))
    (scan,) = scans(bodies)
    assert scan.identity == (None,)
    assert reports(bodies) == []


def test_its_kind_is_told_once_it_is_known() -> None:
    into = source()
    first = heard(into, logs.frames(logs.position()))
    then = heard(into, logs.frames(logs.heartbeat) * 2 + logs.frames(logs.position()))
    assert [one.ua_type for one in reports(first)] == [None]
    assert [one.ua_type for one in reports(then)] == ["rotorcraft"]


@pytest.mark.parametrize(
    ("unix_s", "observed_s"), [(NOW_S - 0.4, NOW_S - 0.4), (NOW_S + 0.1, NOW_S), (NOW_S - 2.1, NOW_S)]
)
def test_its_own_time_stands_where_it_can_be(unix_s: float, observed_s: float) -> None:
    octets = logs.frames(logs.clock(unix_s - 3.0, 2000)) + logs.frames(logs.position(boot_ms=5000))
    (scan,) = scans(heard(source(), octets))
    assert scan.observed_s == pytest.approx(observed_s, abs=1e-6)


def test_the_satellite_receiver_says_how_good_the_place_is_and_stands_in() -> None:
    into = source()
    (scan,) = scans(heard(into, logs.frames(logs.position()) + logs.frames(logs.gps_raw())))
    assert scan.sigma_position_m is not None
    (again,) = scans(heard(into, logs.frames(logs.position()), NOW_S + 1.0))
    assert again.sigma_position_m is not None
    assert (scan.sigma_position_m[0], again.sigma_position_m[0]) == (3.0, 4.8)
    (alone,) = scans(heard(into, logs.frames(logs.gps_raw()), NOW_S + 1.1 + POSITION_S))
    assert alone.altitude_ellipsoid_m is not None
    assert alone.altitude_ellipsoid_m[0] == 547.0


def test_remote_id_is_joined_as_from_the_air() -> None:
    bodies = heard(source(), logs.frames(logs.everything))
    (scan,) = scans(bodies)
    assert scan.identity == ("rid:1588TEST0001",)
    last = reports(bodies)[-1]
    assert (last.source, last.operator_id, last.operator_latitude_deg) == ("remote_id", "CHE87astrdge12k8", 47.19)


def live(tmp_path: Path, url: str) -> Site:
    return site_with(tmp_path, TELEMETRY.format(url=url), without=SITE_FEEDS)


SITE_FEEDS = SITE[SITE.index("[[feed]]") :]
ANSWERED = [
    lambda mav: mav.ping_send(0, 1, 0, 0),
    lambda mav: mav.heartbeat_send(6, 8, 0, 0, 4),
    lambda mav: mav.param_request_list_send(255, 190),
    lambda mav: mav.command_long_send(255, 190, 512, 0, 0, 0, 0, 0, 0, 0, 0),
    lambda mav: mav.timesync_send(0, 1),
    lambda mav: mav.mission_request_list_send(255, 190),
]
"""What a ground station would answer."""


def test_over_udp_from_pymavlinks_own_sender_and_never_a_word_back(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    site = live(tmp_path, f"udp://127.0.0.1:{port}")

    async def test() -> None:
        heard, clock = Heard(), SimulatedClock(NOW_S)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            peer.setblocking(False)

            def send(*messages: Callable[[Any], None], version: int = 2) -> None:
                for message in messages:
                    peer.sendto(logs.frames(message, version=version), ("127.0.0.1", port))

            async with running(site, heard, clock):
                await heard.until(lambda h: "open" in (h.health() or FEED_HEALTH).detail)
                send(logs.heartbeat, *ANSWERED, logs.position(), logs.everything)
                send(logs.position(47.3), version=1)
                peer.sendto(b"garbage\xfd\xff", ("127.0.0.1", port))
                send(logs.position(47.4), logs.position(47.5))
                await heard.until(lambda h: h.looks() >= 5 and h.is_in(FeedState.LIVE))
                with pytest.raises(BlockingIOError):
                    peer.recvfrom(2048)
        bodies = [one.body for one in heard.arrivals]
        identities = {(scan.identity or ())[0] for scan in scans(bodies)}
        assert identities == {"own:Falke 1", "rid:1588TEST0001"}
        assert {report.identity for report in reports(bodies)} == identities
        assert heard.rejected() <= {"garbage", "bad_crc", "unsupported_flags"}

    asyncio.run(test())


def test_over_tcp_nothing_is_written_either(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    site = live(tmp_path, f"tcp://127.0.0.1:{port}")
    written: list[bytes] = []
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        octets = b"".join(map(logs.frames, (*ANSWERED, logs.heartbeat, logs.position())))
        for at in range(0, len(octets), 7):
            writer.write(octets[at : at + 7])
            await writer.drain()
        written.append(await reader.read())
        writer.close()
        ended.set()

    async def test() -> None:
        heard = Heard()
        async with await asyncio.start_server(serve, "127.0.0.1", port):
            async with running(site, heard, SimulatedClock(NOW_S)):
                await heard.until(lambda h: h.looks() == 1)
            async with asyncio.timeout(10.0):
                await ended.wait()

    asyncio.run(test())
    assert written == [b""]


def test_a_flight_log_in_place_of_the_feed(tmp_path: Path) -> None:
    site = live(tmp_path, "udp://127.0.0.1:14550")
    path = tmp_path / "flight.bin"
    path.write_bytes(logs.dataflash())
    (assigned,) = assign(site, [(None, path)])
    assert (assigned.sensor, assigned.feed) == ("link", "link")
    arrivals = list(replay(site, [assigned]))
    looks = [one for one in arrivals if isinstance(one.body, Look)]
    assert [one.received_s for one in looks] == pytest.approx([logs.GPS_UNIX_S - 1.0, logs.GPS_UNIX_S + 0.1])
    assert all(one.body.scan.identity == ("own:Falke 1",) for one in looks if isinstance(one.body, Look))
    tlog = tmp_path / "flight.tlog"
    tlog.write_bytes(logs.tlog(*((NOW_S + n, logs.frames(logs.position(47.2 + n / 1e4))) for n in range(3))) + b"\0")
    arrivals = list(replay(site, assign(site, [(None, tlog)])))
    assert sum(isinstance(one.body, Look) for one in arrivals) == 3
    assert [one.body.reason for one in arrivals if isinstance(one.body, Rejected)] == ["truncated"]


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ('[[own_drone]]\nname = "Falke 1"\nmavlink_system = 8\n', "own_drone[1].name"),
        ('[[own_drone]]\nname = "Falke 2"\nmavlink_system = 7\n', "own_drone[1].mavlink_system"),
        ('[[own_drone]]\nname = "Falke 2"\nmavlink_system = 0\n', "own_drone[1].mavlink_system"),
        ('[[own_drone]]\nname = "Falke 2"\n', "own_drone[1]"),
    ],
)
def test_faults_of_the_list(tmp_path: Path, more: str, where: str) -> None:
    with pytest.raises(BadSite) as caught:
        site_with(tmp_path, TELEMETRY.format(url="udp://127.0.0.1:14550") + more)
    assert where in [fault.key for fault in caught.value.faults]


WITHOUT = "import sys; sys.modules['pymavlink'] = None; sys.argv[0] = 'vedette'; import vedette.cli.main as m; m.main()"


def test_without_pymavlink_it_says_so_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "flight.tlog"
    path.write_bytes(logs.tlog((NOW_S, logs.frames(logs.heartbeat))))
    done = subprocess.run([sys.executable, "-c", WITHOUT, "inspect", path], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip().endswith("MAVLink needs the package pymavlink: install vedette[mavlink]")
    assert len(done.stderr.splitlines()) == 1
    log = tmp_path / "flight.bin"
    log.write_bytes(logs.dataflash())
    done = subprocess.run([sys.executable, "-c", WITHOUT, "inspect", log], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
