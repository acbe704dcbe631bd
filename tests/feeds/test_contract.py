"""What every live feed keeps, whatever it speaks: one row a source and line, all clauses for each.

A row says who the other end is, what it sends (`unit`: octets that make exactly one look, the n-th of them unlike the
others, observed at a time), and what no such peer would send (`garbage`, with the reasons it is counted under).
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.feeds import receivers as rx
from tests.feeds.peers import Broker, HttpPusher, HttpServer, Peer, SerialLine, TcpServer, UdpSender, WrittenFile
from tests.feeds.test_live import NOW_S, Heard, live_site
from tests.wire import encoders as enc
from tests.wire import flight_logs as logs
from tests.wire import sapient_messages as sm
from vedette.clock import SimulatedClock, iso_utc
from vedette.feeds.supervisor import FeedSupervisor
from vedette.model import FeedHealth, FeedState, Look
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


class Jitter(random.Random):
    """Draws that a test can count."""

    drawn = 0

    def random(self) -> float:
        self.drawn += 1
        return super().random()


class Watched(msgspec.Struct):
    """A feed with its other end, its sink and its clock."""

    row: Row
    peer: Peer
    heard: Heard
    clock: SimulatedClock
    supervisor: FeedSupervisor
    jitter: Jitter
    task: asyncio.Task[None]
    sent: int = 0

    async def send(self, age_s: float = 0.5) -> None:
        """One more look, observed so long ago."""
        self.sent += 1
        await self.peer.send(self.row.unit(self.sent, self.clock.now_s() - age_s))

    async def looks(self, count: int) -> None:
        """Wait for so many looks."""
        await self.heard.until(lambda heard: heard.looks() >= count)

    async def is_in(self, state: FeedState, since: int = 0) -> None:
        """Wait until a state has been told, after so many arrivals."""
        await self.heard.until(lambda heard: any(one.state is state for one in self.told(since)))

    def told(self, since: int = 0) -> list[FeedHealth]:
        """The health told, after so many arrivals."""
        return [one.body for one in self.heard.arrivals[since:] if isinstance(one.body, FeedHealth)]

    async def close(self) -> None:
        """End the feed, and wait for it."""
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task

    async def is_open(self, since: int = 0) -> None:
        """Wait until the line has been opened, after so many arrivals."""
        await self.heard.until(lambda heard: any(one.detail.startswith("open") for one in self.told(since)))

    def at(self, seconds: float) -> FeedHealth:
        """The health, so many seconds after the start."""
        self.clock.set(NOW_S + seconds)
        self.supervisor.poll()
        health = self.heard.health()
        assert health is not None
        return health


@contextlib.asynccontextmanager
async def watched(row: Row, folder: Path, *, present: bool = True) -> AsyncIterator[Watched]:
    """A running feed; its other end is there, or is not yet."""
    peer, heard, clock, jitter = row.peer(folder), Heard(), SimulatedClock(NOW_S), Jitter(1)
    site = live_site(folder, row.sensor, row.source, peer.url, row.more)
    supervisor = FeedSupervisor(site, clock=clock, sink=heard, rng=jitter, back_off_s=(0.01, 0.05), poll_s=0.01)
    if present:
        await peer.start()
    feed = Watched(row, peer, heard, clock, supervisor, jitter, asyncio.create_task(supervisor.run()))
    try:
        if present:
            await feed.is_open()
        yield feed
    finally:
        await feed.close()
        await peer.stop()


Clause = Callable[[Row, Path], Coroutine[Any, Any, None]]


async def it_connects(row: Row, folder: Path) -> None:
    async with watched(row, folder) as feed:
        await feed.send()
        await feed.looks(1)
        await feed.is_in(FeedState.LIVE)
        (look,) = [one.body for one in feed.heard.arrivals if isinstance(one.body, Look)]
        assert look.scan.sensor == row.sensor
        assert feed.at(3.0).messages == row.messages


async def it_comes_back_after_a_jittered_wait(row: Row, folder: Path) -> None:
    async with watched(row, folder, present=False) as feed:
        await feed.is_in(FeedState.DOWN)
        await feed.peer.start()
        await feed.is_open()
        drawn = feed.jitter.drawn
        assert drawn > 0
        await feed.send()
        await feed.looks(1)
        if not feed.peer.cuts:
            return
        before = len(feed.heard.arrivals)
        await feed.peer.stop()
        await feed.is_in(FeedState.DOWN, before)
        assert all(one.detail for one in feed.told(before) if one.state is FeedState.DOWN), "it says why"
        await feed.peer.start()
        await feed.is_open(before)
        assert feed.jitter.drawn > drawn
        await feed.send()
        await feed.looks(2)
        await feed.is_in(FeedState.LIVE, before)


async def it_goes_stale_in_silence_and_recovers(row: Row, folder: Path) -> None:
    async with watched(row, folder) as feed:
        assert feed.at(60.0).state is FeedState.STALE, "nothing was ever heard"
        await feed.send()
        await feed.looks(1)
        await feed.is_in(FeedState.LIVE)
        assert feed.at(62.0).state is FeedState.LIVE
        assert feed.at(120.0).state is FeedState.STALE
        await feed.send()
        await feed.looks(2)
        await feed.is_in(FeedState.LIVE)


async def it_survives_garbage_and_counts_it_by_reason(row: Row, folder: Path) -> None:
    async with watched(row, folder) as feed:
        await feed.send()
        await feed.looks(1)
        await feed.peer.send(row.garbage)
        await feed.heard.until(lambda heard: bool(heard.rejected() & row.reasons))
        await feed.send()
        await feed.looks(2)
        health = feed.at(3.0)
        assert health.state is FeedState.LIVE
        assert health.messages == 2 * row.messages
        assert set(health.rejected) == feed.heard.rejected()
        assert sum(health.rejected[reason] for reason in row.reasons if reason in health.rejected) > 0


async def it_sheds_what_nobody_takes_and_counts_it(row: Row, folder: Path) -> None:
    async with watched(row, folder) as feed:
        feed.heard.takes = False
        for count in range(1, 6):
            await feed.send()
            await feed.looks(count)
        assert feed.at(3.0).shed >= 5
        feed.heard.takes = True
        await feed.send()
        await feed.looks(6)
        shed = feed.at(6.0).shed
        assert feed.at(9.0).shed == shed, "what was shed is not kept and tried again"
        assert feed.heard.looks() == 6


async def it_tells_its_health(row: Row, folder: Path) -> None:
    async with watched(row, folder) as feed:
        for count in range(1, 4):
            feed.at(float(count))
            await feed.send(age_s=0.5)
            await feed.looks(count)
        health = feed.at(5.5)
        assert (health.feed, health.sensor, health.state) == (row.sensor, row.sensor, FeedState.LIVE)
        assert health.last_received_s is not None
        assert NOW_S + 3.0 <= health.last_received_s <= NOW_S + 5.5
        assert health.rate_hz is not None
        assert 0.0 < health.rate_hz <= 4.0 * row.messages
        if row.timed:
            assert health.lag_s == pytest.approx(0.5, abs=0.02)
            assert health.clock_offset_s == pytest.approx(-0.5, abs=0.02)
        else:
            assert (health.lag_s, health.clock_offset_s) == (None, None)
        told = [one.received_s for one in feed.heard.arrivals if isinstance(one.body, FeedHealth)]
        feed.at(8.0)
        assert [one.received_s for one in feed.heard.arrivals if isinstance(one.body, FeedHealth)] != told


async def it_closes_cleanly(row: Row, folder: Path) -> None:
    async with watched(row, folder) as feed:
        await feed.send()
        await feed.looks(1)
        ours = {task for task in asyncio.all_tasks() if task is feed.task or "vedette" in repr(task)}
        await feed.close()
        await feed.peer.left()
        assert not {task for task in asyncio.all_tasks() if task in ours or "vedette" in repr(task)}
        assert feed.task in ours
        before = len(feed.heard.arrivals)
        feed.supervisor.poll()
        assert not [one for one in feed.heard.arrivals[before:] if isinstance(one.body, Look)]


CLAUSES: tuple[Clause, ...] = (
    it_connects,
    it_comes_back_after_a_jittered_wait,
    it_goes_stale_in_silence_and_recovers,
    it_survives_garbage_and_counts_it_by_reason,
    it_sheds_what_nobody_takes_and_counts_it,
    it_tells_its_health,
    it_closes_cleanly,
)


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.__name__)
@pytest.mark.parametrize("name", FEEDS)
def test_every_feed_keeps_the_contract(name: str, clause: Clause, tmp_path: Path) -> None:
    asyncio.run(clause(FEEDS[name], tmp_path))
