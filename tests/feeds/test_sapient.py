"""SAPIENT nodes on loopback: the whole dialogue, and what goes wrong on real lines."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.feeds.sapient_peers import Peer, play, sapient_site, until
from tests.feeds.test_live import Heard, free_port, keeping, running
from tests.wire import sapient_messages as sm
from vedette.clock import SimulatedClock
from vedette.feeds.reception import Capture
from vedette.feeds.replay import assign, replay
from vedette.feeds.sapient.keeper import SapientKeeper
from vedette.feeds.supervisor import FeedSupervisor
from vedette.model import FeedHealth, FeedState, Look, Scan, SensorStatus
from vedette.site import Site, load_site
from vedette.wire.sapient.ids import uuid_of

OTHER = uuid_of("another node")


def port_of() -> int:
    return free_port(socket.SOCK_STREAM)


def scans(heard: Heard) -> list[Scan]:
    return [one.body.scan for one in heard.arrivals if isinstance(one.body, Look)]


def row(heard: Heard, name: str) -> FeedHealth | None:
    """The newest health of one row."""
    found = [a.body for a in heard.arrivals if isinstance(a.body, FeedHealth) and a.body.feed == name]
    return found[-1] if found else None


def says(name: str, words: str, state: FeedState = FeedState.LIVE) -> Callable[[Heard], bool]:
    def condition(heard: Heard) -> bool:
        health = row(heard, name)
        return health is not None and health.state is state and words in health.detail

    return condition


class Scene:
    """A running feed, its clock and what came of it."""

    def __init__(self, site: Site, port: int, heard: Heard, clock: SimulatedClock, supervisor: FeedSupervisor) -> None:
        self.site, self.port, self.heard, self.clock, self.supervisor = site, port, heard, clock, supervisor

    async def node(self, registration: sm.SapientMessage | None = None) -> Peer:
        peer = await Peer.connect(self.port)
        ack = await peer.register(registration)
        assert ack.registration_ack.acceptance, ack
        return peer

    async def received(self, messages: int) -> None:
        """Wait until so many messages were decoded."""
        await until(lambda: keeper_of(self.supervisor).messages >= messages)

    async def rejects(self, reasons: int) -> set[str]:
        """The reasons in the feed's health, once there are so many."""
        found = dict[str, int]()
        for step in range(1000):
            self.at(10.0 + 2.5 * step)
            health = row(self.heard, "others")
            found = health.rejected if health is not None else found
            if len(found) >= reasons:
                break
            await asyncio.sleep(0)
        return set(found)

    def at(self, seconds: float) -> float:
        """Move the clock, and let what is due be sent."""
        self.clock.set(sm.NOW_S + seconds)
        self.supervisor.poll()
        return sm.NOW_S + seconds


@contextlib.asynccontextmanager
async def scene(
    tmp_path: Path, more: str = "", *, node: str = sm.NODE, capture: Capture | None = None
) -> AsyncIterator[Scene]:
    port = port_of()
    site = sapient_site(tmp_path, f"tcp://127.0.0.1:{port}", more, node=node)
    heard, clock = Heard(), SimulatedClock(sm.NOW_S)
    async with running(site, heard, clock, capture) as supervisor:
        yield Scene(site, port, heard, clock, supervisor)


def test_a_node_registers_and_is_heard(tmp_path: Path) -> None:
    kept: list[bytes] = []
    live: list[tuple[str, float, int, bool | None]] = []

    async def test() -> None:
        async with scene(tmp_path, capture=keeping(kept)) as on:
            peer = await Peer.connect(on.port)
            ack = await peer.register()
            assert ack.destination_id == sm.NODE
            assert ack.registration_ack.acceptance
            assert list(ack.registration_ack.ack_response_reason) == []
            status = sm.status()
            status.status_report.power.source, status.status_report.power.status = 3, 1
            status.status_report.power.level = 80
            await peer.send(
                status,
                sm.detection(sm.NOW_S),
                sm.detection(sm.NOW_S, object_id=sm.REPORT),
                sm.detection(sm.NOW_S + 1.0),
            )
            await on.received(5)
            assert on.heard.looks() == 1
            on.at(2.0)
            await on.heard.until(lambda h: h.looks() == 2)
            await on.heard.until(says("others/radar-1", "mode Scan, internal battery 80 %"))
        first, second = scans(on.heard)
        live.extend((one.sensor, one.observed_s, len(one), one.covers) for one in scans(on.heard))
        assert (first.sensor, first.observed_s, first.covers, len(first)) == ("radar-1", sm.NOW_S, True, 2)
        assert (second.observed_s, len(second)) == (sm.NOW_S + 1.0, 1)
        assert first.latitude_deg is not None
        assert first.longitude_deg is not None
        assert (first.latitude_deg[0], first.longitude_deg[0]) == (sm.LATITUDE_DEG, sm.LONGITUDE_DEG)
        (told,) = [a.body for a in on.heard.arrivals if isinstance(a.body, SensorStatus)]
        assert (told.sensor, told.state) == ("radar-1", "ok")
        health = row(on.heard, "others")
        assert health is not None
        assert (health.messages, health.rejected) == (5, {})
        assert "1 node connected" in health.detail

    play(test)
    # what was captured is a recording, and gives the same looks
    (tmp_path / "kept.sapient").write_bytes(b"".join(kept))
    site = load_site(tmp_path / "sapient.toml")
    replayed = [
        one.body.scan
        for one in replay(site, assign(site, [(None, tmp_path / "kept.sapient")]))
        if isinstance(one.body, Look)
    ]
    assert [(one.sensor, one.observed_s, len(one), one.covers) for one in replayed] == live


def test_faults_are_named_to_the_node_and_to_the_officer(tmp_path: Path) -> None:
    async def test() -> None:
        flawed = sm.registration()
        flawed.registration.mode_definition[0].task.ClearField("concurrent_tasks")
        wrong, ghost = sm.detection(y=95.0), sm.detection()
        ghost.detection_report.classification.add(type="Ghost", confidence=7.0)
        async with scene(tmp_path) as on:
            peer = await Peer.connect(on.port)
            ack = await peer.register(flawed)
            assert ack.registration_ack.acceptance
            assert "concurrent_tasks" in ack.registration_ack.ack_response_reason[0]
            await peer.send(wrong, wrong)
            error = await peer.next("error")
            assert "detection_report.location.y" in error.error.error_message[0]
            assert error.error.packet == wrong.SerializeToString()
            await peer.send(ghost)
            told = {(await peer.next("error")).error.error_message[0].partition(":")[0] for _ in range(2)}
            assert told == {"detection_report.classification[0].type", "detection_report.classification[0].confidence"}
            await on.received(4)
            on.at(2.5)
            await on.heard.until(lambda h: h.looks() == 1)
            await on.heard.until(says("others/radar-1", "faults in its messages"))
            health = row(on.heard, "others")
            assert health is not None
            assert health.rejected == {"bad_position": 2}

    play(test)


REFUSED: list[tuple[str, Callable[[], sm.SapientMessage], str]] = [
    ("refused_id", lambda: sm.registration(node="radar-1"), "no UUID"),
    ("refused_version", lambda: _with_version("BSI Flex 335 v1.0"), "icd_version"),
    ("unknown_node", lambda: sm.registration(node=OTHER), "names no sensor"),
]


def _with_version(version: str) -> sm.SapientMessage:
    message = sm.registration()
    message.registration.icd_version = version
    return message


@pytest.mark.parametrize(("reason", "make", "words"), REFUSED)
def test_a_registration_is_refused_with_its_reason(
    tmp_path: Path, reason: str, make: Callable[[], sm.SapientMessage], words: str
) -> None:
    async def test() -> None:
        async with scene(
            tmp_path,
            '[[feed]]\nsensor = "radar-1"\nsource = "sapient"\nurl = "tcp://127.0.0.1:PORT"'.replace(
                "PORT", str(second)
            ),
        ) as on:
            peer = await Peer.connect(second)
            ack = await peer.register(make())
            assert not ack.registration_ack.acceptance
            assert words in ack.registration_ack.ack_response_reason[0]
            assert await peer.until_closed() == []
            on.at(1.0)
            await on.heard.until(lambda h: reason in h.rejected())

    second = port_of()
    play(test)


def test_an_id_in_use_is_refused_until_its_node_is_silent(tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(tmp_path) as on:
            first = await on.node()
            second = await Peer.connect(on.port)
            ack = await second.register(sm.registration(node=sm.NODE.upper()))
            assert not ack.registration_ack.acceptance
            assert "in use" in ack.registration_ack.ack_response_reason[0]
            assert await second.until_closed() == []
            on.at(1.0)
            await on.heard.until(lambda h: "id_in_use" in h.rejected())
            await on.heard.until(says("others", "in use by another connection"))
            await first.send(sm.status(sm.NOW_S + 1.0))
            await on.received(3)
            on.at(3.0)
            await on.heard.until(says("others/radar-1", "mode Scan"))
            on.at(60.0)
            await on.heard.until(says("others/radar-1", "silent", FeedState.STALE))
            third = await on.node(sm.registration(at_s=sm.NOW_S + 60.0))
            assert await first.until_closed() == []
            await third.send(sm.status(sm.NOW_S + 61.0))
            on.at(63.0)
            await on.heard.until(says("others/radar-1", "mode Scan"))

    play(test)


def test_a_node_that_falls_silent_and_one_that_says_goodbye(tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(tmp_path) as on:
            peer = await on.node()
            await peer.send(sm.status())
            await on.received(2)
            on.at(1.0)
            await on.heard.until(says("others/radar-1", "mode Scan"))
            on.at(14.0)
            assert says("others/radar-1", "")(on.heard)
            on.at(15.5)
            assert says("others/radar-1", "silent for 15 s", FeedState.STALE)(on.heard)
            await peer.send(sm.goodbye(sm.NOW_S + 15.5))
            assert await peer.until_closed() == []
            on.at(16.0)
            await on.heard.until(says("others/radar-1", "said goodbye", FeedState.DOWN))
            again = await on.node()
            again.close()
            on.at(17.0)
            await on.heard.until(says("others/radar-1", "closed", FeedState.DOWN))

    play(test)


def test_garbage_on_one_line_does_not_disturb_the_other(tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(tmp_path) as on:
            good = await on.node()
            for garbage in (b"GET / HTTP/1.1\r\n\r\n", b"\x05\0\0\0\xff\xff\xff\xff\xff" * 40, bytes(4000)):
                bad = await Peer.connect(on.port)
                await bad.send(garbage)
                assert all(one.WhichOneof("content") == "error" for one in await bad.until_closed())
            cut = await Peer.connect(on.port)
            await cut.send(b"\x40\0\0\0half")
            cut.close()
            early = await Peer.connect(on.port)
            await early.send(*[sm.detection()] * 25)
            assert "registers first" in (await early.next("error")).error.error_message[0]
            assert await early.until_closed() == []
            await good.send(sm.detection(node=OTHER))
            assert "on the connection of" in (await good.next("error")).error.error_message[0]
            backwards = sm.task()
            backwards.node_id = sm.NODE
            await good.send(backwards, sm.detection())
            await until(lambda: keeper_of(on.supervisor).room.holds)
            on.at(1.0)
            await on.heard.until(lambda h: h.looks() == 1)
            assert await on.rejects(7) == {
                "oversized",
                "bad_message",
                "empty",
                "unregistered",
                "other_node_id",
                "unexpected",
                "truncated",
            }

    play(test)


def test_alerts_are_acknowledged_and_shown(tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(tmp_path) as on:
            peer = await on.node()
            broken = sm.alert()
            broken.alert.alert_type = 4
            await peer.send(broken)
            ack = await peer.next("alert_ack")
            assert (ack.alert_ack.alert_id, ack.alert_ack.alert_ack_status) == (sm.REPORT, 1)
            on.at(1.0)
            await on.heard.until(says("others/radar-1", "alert: gate open"))
            (told,) = [a.body for a in on.heard.arrivals if isinstance(a.body, SensorStatus)]
            assert (told.state, told.detail) == ("degraded", "gate open")
            await peer.send(sm.error())
            on.at(4.0)
            await on.heard.until(says("others", "sent an error: not understood"))

    play(test)


@pytest.mark.parametrize(("off_s", "words"), [(5.0, "5.0 s ahead"), (-7.0, "7.0 s behind")])
def test_a_clock_that_is_off_is_estimated(tmp_path: Path, off_s: float, words: str) -> None:
    async def test() -> None:
        async with scene(tmp_path) as on:
            peer = await on.node(sm.registration(at_s=sm.NOW_S + off_s))
            await peer.send(sm.status(sm.NOW_S + off_s))
            on.at(1.0)
            await on.heard.until(says("others/radar-1", words))

    play(test)


def test_failed_health_is_told(tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(tmp_path) as on:
            peer = await on.node()
            bad = sm.status()
            bad.status_report.status.add(status_level=4, status_type=1, status_value="fan stopped")
            bad.status_report.power.status = 2
            await peer.send(bad)
            on.at(1.0)
            await on.heard.until(says("others/radar-1", "failed: mode Scan, power fault, internal fault fan stopped"))

    play(test)


def keeper_of(supervisor: FeedSupervisor) -> SapientKeeper:
    keeper = supervisor.keeper("others")
    assert isinstance(keeper, SapientKeeper)
    return keeper


def test_what_the_watch_does_not_take_is_counted_and_the_port_is_free_at_the_end(tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(tmp_path) as on:
            peer = await on.node(sm.registration(node=OTHER))
            on.heard.takes = False
            await peer.send(sm.status(node=OTHER), sm.detection(node=OTHER))
            await on.received(3)
            on.at(3.0)
            health = row(on.heard, "others")
            assert health is not None
            assert health.shed == 2  # a look, and the change of the sensor's state
            port = on.port
        assert await peer.until_closed() == []
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)

    play(test)


def test_lines_beyond_the_limit_are_closed(tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(tmp_path) as on:
            held = [await Peer.connect(on.port) for _ in range(64)]
            one_more = await Peer.connect(on.port)
            assert await one_more.until_closed() == []
            held[0].close()

    play(test)
