"""What SAPIENT nodes are to a site: its sensors, strangers, a fusion node, a middleware; and what they are asked."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

import pytest
from sapient_msg.bsi_flex_335_v2_0.registration_pb2 import Registration

from tests.feeds.sapient_peers import Peer, play, sapient_site
from tests.feeds.test_live import Heard, running
from tests.feeds.test_sapient import OTHER, keeper_of, port_of, says, scans, scene
from tests.wire import sapient_messages as sm
from vedette.clock import SimulatedClock
from vedette.model import FeedState
from vedette.wire.sapient.outgoing import NotAllowed


def test_strangers_stand_for_the_feeds_own_sensor(tmp_path: Path) -> None:
    """A node that the site file does not name: its positions count, its bearings from where it says it stands."""

    async def test() -> None:
        async with scene(tmp_path) as on:
            peer = await on.node(sm.registration(node=OTHER, polar=True))
            await peer.send(sm.bearing(node=OTHER))
            on.at(1.0)
            await on.heard.until(lambda h: "unplaced_node" in h.rejected())
            here = sm.status(node=OTHER)
            sm.place(here.status_report.node_location, sm.LONGITUDE_DEG, sm.LATITUDE_DEG, 430.0)
            ranged = sm.bearing(node=OTHER, range_m=1000.0)
            ranged.detection_report.range_bearing.azimuth_error, ranged.detection_report.range_bearing.range_error = (
                1.0,
                5.0,
            )
            await peer.send(here, sm.bearing(node=OTHER, range_m=None), ranged)
            await on.heard.until(lambda h: h.looks() == 1)
            on.at(4.0)
            await on.heard.until(lambda h: "unplaced_bearing" in h.rejected())
            await on.heard.until(says("others/1", "R1 (RADAR)"))
        (scan,) = scans(on.heard)
        assert (scan.sensor, scan.covers) == ("others", False)
        assert scan.longitude_deg is not None
        assert scan.sigma_position_m is not None
        assert scan.altitude_ellipsoid_m is not None
        assert scan.longitude_deg[0] == pytest.approx(sm.LONGITUDE_DEG + 0.01108, abs=1e-4)  # 996 m east
        assert scan.sigma_position_m[0] == pytest.approx(1000.0 * math.radians(1.0), rel=1e-3)
        assert scan.altitude_ellipsoid_m[0] == pytest.approx(430.0 + 1000.0 * math.sin(math.radians(5.0)), abs=0.5)

    play(test)


def test_a_named_node_measures_from_its_place_in_the_site_file(tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(tmp_path) as on:
            peer = await on.node(sm.registration(polar=True))
            elsewhere = sm.status()
            sm.place(elsewhere.status_report.node_location, sm.LONGITUDE_DEG, sm.LATITUDE_DEG + 0.01, 430.0)
            await peer.send(elsewhere, sm.bearing(), sm.bearing(range_m=None))
            await on.received(4)
            on.at(1.0)
            await on.heard.until(lambda h: h.looks() == 1)
            await on.heard.until(says("others/radar-1", "stands 1110 m from its place"))
        (scan,) = scans(on.heard)
        assert scan.range_m is not None
        assert scan.azimuth_true_rad is not None
        assert (scan.sensor, scan.range_m[0]) == ("radar-1", 1000.0)
        assert math.isnan(scan.range_m[1])
        assert scan.azimuth_true_rad[1] == pytest.approx(math.pi / 2.0)

    play(test)


def test_a_fusion_nodes_tracks_bring_their_own_names(tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(tmp_path) as on:
            peer = await on.node(sm.registration(Registration.NODE_TYPE_FUSION_NODE, node=OTHER))
            await peer.send(sm.status(node=OTHER), sm.detection(node=OTHER))
            await on.heard.until(lambda h: h.looks() == 1)
        (scan,) = scans(on.heard)
        assert scan.identity == (f"track:{OTHER[:8]}/{sm.OBJECT}",)
        assert scan.covers is False

    play(test)


def test_a_sensor_is_asked_to_look_and_answers(tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(tmp_path) as on:
            peer, keeper = await on.node(), keeper_of(on.supervisor)
            task = await keeper.ask(
                sm.NODE, sm.NOW_S, lambda to, known: keeper.room.us.look_at(to, known, sm.NOW_S, (36.2, 43.9, 500.0))
            )
            asked = await peer.next("task")
            assert (asked.destination_id, asked.task.task_id) == (sm.NODE, task)
            (where,) = asked.task.command.look_at.location_list.locations
            assert (where.x, where.y, where.z, where.datum) == (43.9, 36.2, 500.0, sm.ELLIPSOID)
            answer = sm.task_ack()
            answer.task_ack.task_id = task
            await peer.send(answer, sm.status())
            on.at(1.0)
            await on.heard.until(says("others/radar-1", "mode Scan"))
            assert keeper.room.tasks[task].state == "accepted"
            with pytest.raises(NotAllowed):
                await keeper.ask(
                    OTHER, sm.NOW_S, lambda to, known: keeper.room.us.request(to, known, sm.NOW_S, "Status")
                )

    play(test)


def test_a_node_that_registers_as_something_else_is_not_asked_again(tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(tmp_path) as on:
            peer, keeper = await on.node(), keeper_of(on.supervisor)

            async def ask() -> str:
                return await keeper.ask(
                    sm.NODE, sm.NOW_S, lambda to, known: keeper.room.us.request(to, known, sm.NOW_S, "Status")
                )

            task = await ask()
            await peer.next("task")
            await peer.register(sm.registration(Registration.NODE_TYPE_RADAR, Registration.NODE_TYPE_KINETIC))
            assert keeper.room.tasks[task].state == "dropped"
            with pytest.raises(NotAllowed, match="only sensors"):
                await ask()
            await peer.register()
            assert await ask() == task

    play(test)


def test_a_middleware_is_joined_as_its_fusion_node(tmp_path: Path) -> None:
    """What Apex does with a peer: acknowledges it, brings it the nodes it knows, routes its answers to them."""
    port, lines = port_of(), asyncio.Queue[Peer]()

    async def opened(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await lines.put(Peer(reader, writer))

    async def test() -> None:
        site = sapient_site(tmp_path, f"tcp://127.0.0.1:{port}", "listen = false")
        heard, clock = Heard(), SimulatedClock(sm.NOW_S)
        async with await asyncio.start_server(opened, "127.0.0.1", port), running(site, heard, clock) as supervisor:
            apex = await asyncio.wait_for(lines.get(), 10.0)
            ours = await apex.next("registration")
            assert [one.node_type for one in ours.registration.node_definition] == [Registration.NODE_TYPE_FUSION_NODE]
            assert sm.NODE in ours.registration.dependent_nodes
            ack = sm.registration_ack()
            ack.destination_id = ours.node_id
            await apex.send(ack, sm.detection(node=OTHER), sm.registration(), sm.status(), sm.detection(), sm.alert())
            assert (await apex.next("status_report")).status_report.info == 1
            assert (await apex.next("alert_ack")).destination_id == sm.NODE
            await apex.send(sm.registration(node=OTHER), sm.detection(node=OTHER), sm.task(to=ours.node_id))
            refused = await apex.next("task_ack")
            assert (refused.task_ack.task_status, refused.task_ack.task_id) == (2, sm.TASK)
            clock.set(sm.NOW_S + 1.0)
            supervisor.poll()
            await heard.until(lambda h: h.looks() == 2)
            assert {scan.sensor for scan in scans(heard)} == {"radar-1", "others"}
            assert heard.rejected() == {"unregistered"}
            apex.close()
            again = await asyncio.wait_for(lines.get(), 10.0)
            assert (await again.next("registration")).node_id == ours.node_id
            no = sm.registration_ack()
            no.destination_id, no.registration_ack.acceptance = ours.node_id, False
            no.registration_ack.ack_response_reason.append("not today")
            await again.send(no)
            await heard.until(says("others", "not today", FeedState.DOWN))

    play(test)
