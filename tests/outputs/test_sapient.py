"""SAPIENT to a middleware: over a connection of its own, or the feed's; each message checked by us and by others."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage
from sapient_msg_pydantic.bsi_flex_335_v2_0.sapient_message import SapientMessage as Model

from tests.feeds.sapient_peers import OPEN, Peer, sapient_site, until
from tests.feeds.test_live import Heard, free_port
from tests.outputs.scene import NOW_S, alert, cleared, moment, output, released, site_of, track
from tests.wire import sapient_messages as sm
from vedette.clock import SimulatedClock
from vedette.feeds.supervisor import FeedSupervisor
from vedette.model import Dispatched, FeedState, Origin, OutputHealth, ReleasedTrack, TrackPicture
from vedette.outputs import Outbox, Terms
from vedette.outputs.seam import Ties
from vedette.site import Site, load_site
from vedette.watch.ties import FeedTies
from vedette.wire.sapient.checks import NodeChecker
from vedette.wire.sapient.ids import ulid_of


class Middleware:
    """Takes peers as Apex does: acknowledges a registration, passes on what nodes send, routes answers.

    lines: the connections, as they came. accepts: whether a registration is accepted.
    """

    def __init__(self, *, accepts: bool = True) -> None:
        self.port = free_port(socket.SOCK_STREAM)
        self.lines: asyncio.Queue[Peer] = asyncio.Queue()
        self.connections = 0
        self._accepts = accepts

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        try:
            yield
        finally:
            server.close()
            while OPEN:
                OPEN.pop().close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await self.lines.put(Peer(reader, writer))

    async def joined(self) -> tuple[Peer, SapientMessage]:
        """The next line, and the registration that it began with, answered."""
        async with asyncio.timeout(10.0):
            line = await self.lines.get()
        registration = await line.next("registration")
        ack = sm.registration_ack()
        ack.destination_id = registration.node_id
        ack.registration_ack.acceptance = self._accepts
        if not self._accepts:
            ack.registration_ack.ack_response_reason.append("not on my list")
        await line.send(ack)
        return line, registration


class Judge:
    """Every message by our own validator, in the dialogue, and by sapient-pydantic."""

    def __init__(self, registration: SapientMessage) -> None:
        self._checker = NodeChecker()
        self.check(registration)

    def check(self, message: SapientMessage) -> SapientMessage:
        assert self._checker.check(message) == (), message
        Model.from_pb2(message)
        return message


def terms(
    site: Site, ties: Ties | None = None, *, origin: Origin = Origin.LIVE, clock: SimulatedClock | None = None
) -> Terms:
    noted: list[Dispatched] = []
    return Terms(
        site=site,
        origin=origin,
        note=noted.append,
        now_s=(clock or SimulatedClock(NOW_S)).now_s,
        rng=random.Random(1),
        back_off_s=(0.01, 0.05),
        ties=ties or Ties(),
    )


async def healthy(outbox: Outbox, condition: Callable[[OutputHealth], bool]) -> OutputHealth:
    """The output's health, once it is so."""
    await until(lambda: condition(outbox.health()[0]))
    return outbox.health()[0]


def test_over_a_connection_of_its_own(tmp_path: Path) -> None:
    async def test() -> None:
        middleware, clock = Middleware(), SimulatedClock(NOW_S)
        site = site_of(tmp_path, released() + output("sapient", f"tcp://127.0.0.1:{middleware.port}"))
        outbox = Outbox(terms(site, clock=clock))
        async with middleware.serving(), outbox.open():
            line, registration = await middleware.joined()
            judge = Judge(registration)
            judge.check(await line.next("status_report"))
            outbox.hand(moment(NOW_S, track(1), track(2, inside=False), alerts=(alert(),)))
            raised = judge.check(await line.next("alert"))
            assert raised.alert.description == "Drone inside the perimeter"
            reports = [judge.check(await line.next("detection_report")) for _ in range(2)]
            first = reports[0].detection_report
            assert first.object_id == raised.alert.associated_detection[0].object_id
            assert {one.object_id for one in first.derived_detection} == {
                ulid_of(f"part test-T-0001 {sensor}", NOW_S - 60.0) for sensor in ("radar-1", "rid-secret")
            }
            task = sm.EVERY["task"]()
            task.destination_id = registration.node_id
            await line.send(task)
            refused = judge.check(await line.next("task_ack"))
            assert (refused.task_ack.task_status, refused.task_ack.task_id) == (2, task.task.task_id)
            ack, error = sm.alert_ack(), sm.error()
            ack.destination_id = error.destination_id = registration.node_id
            await line.send(ack, error, sm.detection(), b"\x02\x00\x00\x00\xff\xff")
            health = await healthy(outbox, lambda h: h.garbled == 1)
            assert health.state is FeedState.LIVE
            assert health.detail == "registered; 1 alerts acknowledged; 1 errors, last not understood"
            clock.set(NOW_S + 1.0)
            outbox.hand(moment(NOW_S + 1.0, track(1, NOW_S + 1.0), alerts=(cleared(alert(), NOW_S + 1.0),)))
            over = judge.check(await line.next("alert"))
            assert over.alert.alert_id == raised.alert.alert_id
            assert over.alert.status == 5
            gone = [judge.check(await line.next("detection_report")) for _ in range(2)]
            assert {one.detection_report.state for one in gone} == {"", "lost"}

    asyncio.run(test())


def test_a_registration_that_is_refused_is_said_so(tmp_path: Path) -> None:
    async def test() -> None:
        middleware = Middleware(accepts=False)
        site = site_of(tmp_path, released() + output("sapient", f"tcp://127.0.0.1:{middleware.port}"))
        outbox = Outbox(terms(site))
        async with middleware.serving(), outbox.open():
            await middleware.joined()
            health = await healthy(outbox, lambda h: h.state is FeedState.DOWN)
            assert "refused: not on my list" in health.detail
            await middleware.joined()

    asyncio.run(test())


def test_the_rule_decides_what_is_in_a_report(tmp_path: Path) -> None:
    async def test() -> None:
        middleware = Middleware()
        rule = released(("altitude",), more='zones = ["fence"]')
        site = site_of(tmp_path, rule + output("sapient", f"tcp://127.0.0.1:{middleware.port}"))
        outbox = Outbox(terms(site, origin=Origin.SIMULATED))
        async with middleware.serving(), outbox.open():
            line, registration = await middleware.joined()
            judge = Judge(registration)
            assert not registration.registration.dependent_nodes
            outbox.hand(moment(NOW_S, track(1), track(2, inside=False), alerts=(alert(),)))
            told = judge.check(await line.next("alert"))
            assert told.alert.description.startswith("SIMULATION Aircraft alert")
            report = judge.check(await line.next("detection_report")).detection_report
            assert report.location.HasField("z")
            assert [one.value for one in report.object_info] == ["SIMULATION"]
            assert not [*report.derived_detection, *report.classification]
            outbox.hand(moment(NOW_S + 1.0, track(1, NOW_S + 1.0), track(2, NOW_S + 1.0, inside=False)))
            second = judge.check(await line.next("detection_report")).detection_report
            assert second.object_id == report.object_id, "who is outside the zones does not exist"

    asyncio.run(test())


def test_over_the_feed_s_own_connection(tmp_path: Path) -> None:
    """One node, one connection: the feed registers, the output speaks, answers find their way."""

    async def test() -> None:
        middleware, heard, clock = Middleware(), Heard(), SimulatedClock(sm.NOW_S)
        url = f"tcp://127.0.0.1:{middleware.port}"
        sapient_site(tmp_path, url, "listen = false\n" + released() + output("sapient", url))
        site = load_site(tmp_path / "sapient.toml")
        ties = FeedTies(site, live=True)
        supervisor = FeedSupervisor(site, clock=clock, sink=heard, rng=random.Random(1), back_off_s=(0.01, 0.05))
        outbox = Outbox(terms(site, ties))
        async with middleware.serving(), outbox.open():
            await healthy(outbox, lambda h: "is not up" in h.detail)
            ties.supervisor = supervisor
            feeding = asyncio.create_task(supervisor.run())
            line, registration = await middleware.joined()
            judge = Judge(registration)
            judge.check(await line.next("status_report"))
            await line.send(sm.registration(), sm.detection(sm.NOW_S, z=None))
            await healthy(outbox, lambda h: h.state is FeedState.LIVE)
            seen = track(1, sm.NOW_S, sensors={"radar-1": sm.NOW_S}, latitude_deg=sm.LATITUDE_DEG)
            await until(lambda: bool(ties.parts_of(_released(seen))))
            outbox.hand(moment(sm.NOW_S, seen, alerts=(alert(),)))
            judge.check(await line.next("alert"))
            report = judge.check(await line.next("detection_report")).detection_report
            assert [(one.node_id, one.object_id) for one in report.derived_detection] == [(sm.NODE, sm.OBJECT)]
            ack = sm.alert_ack()
            ack.destination_id = registration.node_id
            await line.send(ack)
            assert "1 alerts acknowledged" in (await healthy(outbox, lambda h: "acknowledged" in h.detail)).detail
            assert middleware.connections == 1
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
            await healthy(outbox, lambda h: h.state is FeedState.DOWN)

    asyncio.run(test())


def _released(seen: TrackPicture) -> ReleasedTrack:
    names = ("track", "observed_s", "first_s", "status", "p_exists", "latitude_deg", "longitude_deg", "sensors")
    return ReleasedTrack(**{name: getattr(seen, name) for name in names})
