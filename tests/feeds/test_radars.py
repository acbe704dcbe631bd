"""Radars and receivers as they stand on a network: several radars on one multicast socket, a Beast server, health."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.feeds.conftest import SITE, site_with
from tests.feeds.peers import TcpServer
from tests.feeds.test_live import NOW_S, Heard, free_port, live_site, running
from tests.wire import encoders as enc
from vedette.clock import SimulatedClock
from vedette.feeds.arrival import Arrival
from vedette.feeds.replay import assign, replay
from vedette.feeds.supervisor import FeedSupervisor
from vedette.model import CooperativeReport, FeedHealth, FeedState, Look
from vedette.site import Site, load_site
from vedette.wire.capture import CaptureHead, Moment

GROUP = "239.255.77.78"


def radar_site(folder: Path, url: str) -> Site:
    """Two numbered radars, and one feed that brings both."""
    path = folder / "radars.toml"
    path.write_text(SITE.split("[[feed]]", 1)[0] + f'[[feed]]\nsensor = "radar-1"\nsource = "asterix"\nurl = "{url}"\n')
    return load_site(path)


@contextlib.asynccontextmanager
async def joined(site: Site, heard: Heard, clock: SimulatedClock) -> AsyncIterator[FeedSupervisor]:
    """The running feeds, once the group is joined; skipped on a machine without multicast."""
    async with running(site, heard, clock) as supervisor:
        await heard.until(lambda h: h.health() is not None)
        health = heard.health()
        assert health is not None
        if health.state is FeedState.DOWN:
            pytest.skip(f"no multicast here: {health.detail}")
        yield supervisor


def of(heard: Heard, feed: str) -> FeedHealth:
    return [a.body for a in heard.arrivals if isinstance(a.body, FeedHealth) and a.feed == feed][-1]


def turn(second: float, sic: int, *, marked: bool = True) -> bytes:
    """A plot and a north mark of a radar that turns in 4 s."""
    time_s = (NOW_S + second) % 86_400.0
    plot = enc.asterix_block(48, enc.plot_record(2.0 + second / 100, 90.0, time_s - 0.5, sic=sic))
    return plot + (enc.asterix_block(34, enc.sector_record(None, time_s, sic=sic, turn_s=4.0)) if marked else b"")


def test_two_radars_on_one_multicast_socket_have_each_a_health(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    site = radar_site(tmp_path, f"udp://[{GROUP}]127.0.0.1:{port}")

    async def test() -> None:
        heard, clock = Heard(), SimulatedClock(NOW_S)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
            async with joined(site, heard, clock) as supervisor:
                for step in range(8):
                    second = 4.0 * step
                    clock.set(NOW_S + second)
                    sock.sendto(turn(second, 2), (GROUP, port))
                    sock.sendto(turn(second, 3, marked=step < 3), (GROUP, port))
                    await heard.until(lambda h, n=2 * step + 2: h.looks() >= n)
                clock.set(NOW_S + 30.5)
                supervisor.poll()
        sensors = {a.body.scan.sensor for a in heard.arrivals if isinstance(a.body, Look)}
        assert sensors == {"radar-1", "radar-2"}
        first, second_radar = of(heard, "radar-1"), of(heard, "radar-2")
        assert (first.sensor, first.state, first.rejected) == ("radar-1", FeedState.LIVE, {})
        assert (second_radar.sensor, second_radar.state) == ("radar-2", FeedState.STALE)
        assert second_radar.detail == "no north mark for 10 s"
        assert second_radar.lag_s == pytest.approx(0.5, abs=0.02)
        assert second_radar.messages == 8

    asyncio.run(test())


def test_when_the_socket_is_lost_all_its_radars_are_down(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    site = radar_site(tmp_path, f"udp://127.0.0.1:{port}")

    async def test() -> None:
        heard, clock = Heard(), SimulatedClock(NOW_S)
        faults: list[Exception] = []

        def capture(head: CaptureHead, moment: Moment) -> None:
            if faults and moment.octets:
                raise faults.pop()

        supervisor = FeedSupervisor(
            site, clock=clock, sink=heard, rng=random.Random(1), capture=capture, back_off_s=(0.01, 0.05)
        )
        task = asyncio.create_task(supervisor.run())
        try:
            await heard.until(lambda h: h.health() is not None)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.sendto(turn(0.0, 3), ("127.0.0.1", port))
                await heard.until(lambda h: h.looks() == 1)
                before = len(heard.arrivals)
                faults.append(OSError("the line was cut"))
                sock.sendto(turn(1.0, 3), ("127.0.0.1", port))
            await heard.until(lambda h: {"radar-1", "radar-2"} <= down(h, before))
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def down(heard: Heard, since: int) -> set[str]:
        told = [a for a in heard.arrivals[since:] if isinstance(a.body, FeedHealth)]
        return {a.feed for a in told if isinstance(a.body, FeedHealth) and a.body.state is FeedState.DOWN}

    asyncio.run(test())


def said(arrivals: list[Arrival]) -> tuple[set[str | None], set[tuple[str, str | None]]]:
    """Whose positions, and what was reported of whom."""
    placed = {name for a in arrivals if isinstance(a.body, Look) for name in a.body.scan.identity or ()}
    reported = [a.body for a in arrivals if isinstance(a.body, CooperativeReport)]
    return placed, {(one.identity, one.callsign) for one in reported}


def test_a_beast_server_replays_the_real_stream(tmp_path: Path, recordings: Path) -> None:
    """In pieces as a network cuts them, to a live feed: nothing rejected, and what the replay of the file says."""
    stream = (recordings / "adsb/sample_dump1090.bin").read_bytes()
    rng = random.Random(7)
    peer = TcpServer(tmp_path)
    site = live_site(tmp_path, "adsb", "beast", peer.url)

    async def test() -> Heard:
        heard, clock = Heard(), SimulatedClock(NOW_S)
        await peer.start()
        try:
            async with running(site, heard, clock) as supervisor:
                at = 0
                while at < len(stream):
                    size = rng.randrange(1, 200)
                    await peer.send(stream[at : at + size])
                    at += size
                async with asyncio.timeout(20.0):
                    while of(heard, "adsb").messages < 239:
                        await asyncio.sleep(0)  # the feed's turn
                        clock.set(clock.now_s() + 2.5)
                        supervisor.poll()
        finally:
            await peer.stop()
        return heard

    heard = asyncio.run(test())
    (assigned,) = assign(site_with(tmp_path), [("adsb", recordings / "adsb/sample_dump1090.bin")])
    replayed = list(replay(site_with(tmp_path), [assigned]))
    assert said(heard.arrivals) == said(replayed)
    assert {callsign for _, callsign in said(replayed)[1]} >= {"TRA89M"}
    health = of(heard, "adsb")
    assert (health.messages, health.rejected, health.state) == (239, {}, FeedState.LIVE)
