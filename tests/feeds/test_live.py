"""Live feeds on loopback: real sockets, an injected clock, and waits on conditions only."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.feeds.conftest import SITE
from tests.wire import encoders as enc
from vedette.clock import SimulatedClock
from vedette.endpoint import Endpoint, parse_url
from vedette.feeds.arrival import Arrival
from vedette.feeds.reception import Capture
from vedette.feeds.supervisor import FeedSupervisor
from vedette.model import FeedHealth, FeedState, Look, Rejected
from vedette.site import Site, load_site
from vedette.wire.avr import encode_avr
from vedette.wire.beast import ModeSFrame, encode_beast
from vedette.wire.capture import CaptureHead, CaptureKind, Moment

NOW_S = 1_700_000_000.0
POSITIONS = [ModeSFrame(message=enc.airborne_position(47.3, 8.7, 5000, odd=odd), ticks=1) for odd in (False, True)]
ROW = b'{"time_utc": "2023-11-14T22:13:20Z", "azimuth_true_deg": 90.0, "sigma_azimuth_deg": 2.0}'


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def live_site(tmp_path: Path, sensor: str, source: str, url: str, more: str = "") -> Site:
    path = tmp_path / "live.toml"
    head = SITE.split("[[feed]]", 1)[0]
    path.write_text(f'{head}[[feed]]\nsensor = "{sensor}"\nsource = "{source}"\nurl = "{url}"\n{more}')
    return load_site(path)


class Heard:
    """A sink that keeps what comes, and lets a test wait for it."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.takes = True
        self._changed = asyncio.Event()

    def __call__(self, arrival: Arrival) -> bool:
        self.arrivals.append(arrival)
        self._changed.set()
        return self.takes or isinstance(arrival.body, FeedHealth)

    async def until(self, condition: Callable[[Heard], bool]) -> None:
        async with asyncio.timeout(10.0):
            while not condition(self):
                self._changed.clear()
                await self._changed.wait()

    def looks(self) -> int:
        return sum(isinstance(one.body, Look) for one in self.arrivals)

    def rejected(self) -> set[str]:
        return {one.body.reason for one in self.arrivals if isinstance(one.body, Rejected)}

    def health(self) -> FeedHealth | None:
        found = [one.body for one in self.arrivals if isinstance(one.body, FeedHealth)]
        return found[-1] if found else None

    def is_in(self, state: FeedState) -> bool:
        health = self.health()
        return health is not None and health.state is state


def keeping(kept: list[bytes]) -> Capture:
    """A capture that keeps the octets alone."""

    def capture(head: CaptureHead, moment: Moment) -> None:
        if moment.kind is CaptureKind.OCTETS:
            kept.append(moment.octets)

    return capture


@contextlib.asynccontextmanager
async def running(
    site: Site, heard: Heard, clock: SimulatedClock, capture: Capture | None = None
) -> AsyncIterator[FeedSupervisor]:
    supervisor = FeedSupervisor(
        site, clock=clock, sink=heard, rng=random.Random(1), capture=capture, back_off_s=(0.01, 0.05)
    )
    task = asyncio.create_task(supervisor.run())
    try:
        yield supervisor
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def send(port: int, *datagrams: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for datagram in datagrams:
            sock.sendto(datagram, ("127.0.0.1", port))


def test_asterix_over_udp_survives_garbage_and_goes_stale(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    site = live_site(tmp_path, "radar-1", "asterix", f"udp://127.0.0.1:{port}")
    kept: list[tuple[str, float, bytes]] = []

    def capture(head: CaptureHead, moment: Moment) -> None:
        if moment.kind is CaptureKind.OCTETS:
            kept.append((head.feed, moment.received_s, moment.octets))

    async def test() -> None:
        heard, clock = Heard(), SimulatedClock(NOW_S)
        async with running(site, heard, clock, capture) as supervisor:
            await heard.until(lambda h: "open" in (h.health() or FEED_HEALTH).detail)
            plots = enc.asterix_block(48, enc.plot_record(2.0, 90.0, NOW_S % 86_400.0))
            send(port, b"garbage", bytes(1400), b"", plots)
            await heard.until(lambda h: h.looks() == 1 and h.is_in(FeedState.LIVE))
            clock.set(NOW_S + 60.0)
            supervisor.poll()
            assert heard.is_in(FeedState.STALE)
            health = heard.health()
            assert health is not None
            assert (health.messages, health.shed, health.last_received_s) == (1, 0, NOW_S)
            assert set(health.rejected) == heard.rejected()
            assert heard.rejected() == {"truncated", "bad_block"}
            heard.takes = False
            send(port, enc.asterix_block(48, enc.plot_record(3.0, 90.0, NOW_S % 86_400.0 + 60.0)))
            await heard.until(lambda h: h.looks() == 2)
            clock.set(NOW_S + 63.0)
            supervisor.poll()
            health = heard.health()
            assert health is not None
            assert (health.state, health.shed) == (FeedState.LIVE, 1)

    asyncio.run(test())
    assert (site.feeds[0].id, NOW_S, b"garbage") in kept
    assert len(kept) == 5


FEED_HEALTH = FeedHealth(feed="", sensor="", state=FeedState.STARTING, messages=0, rejected={})


@pytest.mark.parametrize(("source", "encode"), [("beast", encode_beast), ("avr", encode_avr)])
def test_a_receiver_over_tcp_is_found_again(tmp_path: Path, source: str, encode: Callable[[ModeSFrame], bytes]) -> None:
    port = free_port(socket.SOCK_STREAM)
    site = live_site(tmp_path, "adsb", source, f"tcp://127.0.0.1:{port}")
    stream = b"garbage\n" + b"".join(map(encode, POSITIONS)) + encode(POSITIONS[0])[:9]
    served = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal served
        served += 1
        writer.write(stream[:20])
        await writer.drain()
        writer.write(stream[20:])
        await writer.drain()
        writer.close()

    async def test() -> None:
        heard = Heard()
        async with running(site, heard, SimulatedClock(NOW_S)):
            await heard.until(lambda h: h.is_in(FeedState.DOWN))
            server = await asyncio.start_server(serve, "127.0.0.1", port)
            async with server:
                # the aircraft is remembered over the break: from then on each frame is a position
                await heard.until(lambda h: served >= 3 and h.looks() >= 4)
        assert heard.rejected() <= {"garbage", "bad_frame"}
        details = {a.body.detail for a in heard.arrivals if isinstance(a.body, FeedHealth)}
        assert "closed by the other end" in details

    asyncio.run(test())


def test_json_rows_over_udp_and_tcp(tmp_path: Path) -> None:
    udp_port, tcp_port = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)

    async def over_udp() -> None:
        heard = Heard()
        site = live_site(tmp_path, "mic", "json", f"udp://127.0.0.1:{udp_port}")
        async with running(site, heard, SimulatedClock(NOW_S)):
            await heard.until(lambda h: "open" in (h.health() or FEED_HEALTH).detail)
            send(udp_port, b"nonsense", ROW, ROW + b"\n" + ROW)
            await heard.until(lambda h: h.looks() == 3)
        assert heard.rejected() == {"bad_json"}

    async def over_tcp() -> None:
        heard = Heard()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            scanned = ROW.replace(b"{", b'{"scan": "1", ')
            writer.write(ROW + b"\n" + b"x" * 70_000 + b"\n" + scanned + b"\n")
            await writer.drain()
            await reader.read()
            writer.close()

        site = live_site(tmp_path, "mic", "json", f"tcp://127.0.0.1:{tcp_port}")
        clock = SimulatedClock(NOW_S)
        async with await asyncio.start_server(serve, "127.0.0.1", tcp_port), running(site, heard, clock) as supervisor:
            await heard.until(lambda h: h.looks() == 1 and "bad_json" in h.rejected())
            clock.set(NOW_S + 1.0)
            supervisor.poll()
            await heard.until(lambda h: h.looks() == 2)

    asyncio.run(over_udp())
    asyncio.run(over_tcp())


def test_a_fault_of_ours_starts_the_feed_afresh(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    port = free_port(socket.SOCK_DGRAM)
    site = live_site(tmp_path, "mic", "json", f"udp://127.0.0.1:{port}")
    faults = [RuntimeError("a bug"), None]

    def capture(head: CaptureHead, moment: Moment) -> None:
        fault = faults.pop(0) if moment.octets else None
        if fault is not None:
            raise fault

    async def test() -> None:
        heard = Heard()
        async with running(site, heard, SimulatedClock(NOW_S), capture):
            await heard.until(lambda h: "open" in (h.health() or FEED_HEALTH).detail)
            send(port, ROW)
            await heard.until(lambda h: h.is_in(FeedState.DOWN))
            await heard.until(lambda h: "open" in (h.health() or FEED_HEALTH).detail)
            send(port, ROW)
            await heard.until(lambda h: h.looks() == 1)

    with caplog.at_level(logging.ERROR):
        asyncio.run(test())
    assert "a bug" in caplog.text


def test_multicast(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    site = live_site(tmp_path, "mic", "json", f"udp://[239.255.77.77]127.0.0.1:{port}")

    async def test() -> None:
        heard = Heard()
        async with running(site, heard, SimulatedClock(NOW_S)):
            await heard.until(lambda h: (h.health() or FEED_HEALTH).detail != "")
            health = heard.health()
            assert health is not None
            if health.state is FeedState.DOWN:
                pytest.skip(f"no multicast here: {health.detail}")
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
                sock.sendto(ROW, ("239.255.77.77", port))
            await heard.until(lambda h: h.looks() == 1)

    asyncio.run(test())


@pytest.mark.parametrize(
    ("source", "url", "words"),
    [
        ("remote_id", "file:rid.pcapng", "cannot be heard live"),
        ("table", "file:rows.csv", "cannot be heard live"),
        ("asterix", "tcp://127.0.0.1:9", "cannot be heard live"),
        ("json", "udp://192.0.2.1:9", "assign requested address"),
    ],
)
def test_a_feed_that_cannot_be_opened_says_why(tmp_path: Path, source: str, url: str, words: str) -> None:
    site = live_site(tmp_path, "mic", source, url)

    async def test() -> None:
        heard = Heard()
        async with running(site, heard, SimulatedClock(NOW_S)):
            await heard.until(lambda h: words in (h.health() or FEED_HEALTH).detail)
            assert heard.is_in(FeedState.DOWN)

    asyncio.run(test())


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("udp://0.0.0.0:8600", Endpoint("udp", "0.0.0.0", 8600)),  # noqa: S104
        ("udp://[232.1.1.31]10.0.0.5:8600", Endpoint("udp", "10.0.0.5", 8600, "232.1.1.31")),
        ("udp://[232.1.1.31]:8600", Endpoint("udp", "0.0.0.0", 8600, "232.1.1.31")),  # noqa: S104
        ("udp://[ff02::1]:8600", Endpoint("udp", "::", 8600, "ff02::1")),
        ("tcp://[::1]:30005", Endpoint("tcp", "::1", 30005)),
        ("tcp://receiver.example:30005/", Endpoint("tcp", "receiver.example", 30005)),
    ],
)
def test_urls(url: str, endpoint: Endpoint) -> None:
    assert parse_url(url) == endpoint


@pytest.mark.parametrize(
    "url", ["udp://:8600", "udp://host", "udp://host:0", "udp://host:70000", "udp://[10.0.0.1]host:1", "http://host:1"]
)
def test_bad_urls(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_url(url)
