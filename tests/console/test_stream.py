from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import msgspec
from litestar import Litestar
from litestar.testing import TestClient

from tests.console.fake_desk import FakeDesk
from vedette.console import Stream, Subscription
from vedette.model import Decided

Client = TestClient[Litestar]
STREAM = "/api/v1/stream"


def receive(socket: Any, kind: str) -> dict[str, Any]:
    for _ in range(200):
        message: dict[str, Any] = socket.receive_json()
        if message["kind"] == kind:
            return message
    raise AssertionError(f"no {kind} came")


def test_a_snapshot_comes_first_then_each_change(client: Client, desk: FakeDesk) -> None:
    with client.websocket_connect(STREAM) as socket:
        snapshot = socket.receive_json()
        assert snapshot["kind"] == "snapshot"
        assert snapshot["seq"] == desk.board.stream.seq
        assert snapshot["origin"] == "simulated"
        assert {track["track"] for track in snapshot["picture"]["tracks"]} >= {"erbil-T-0012", "erbil-T-0013"}
        desk.show(61.0)
        track = receive(socket, "track")
        assert track["seq"] > snapshot["seq"]
        assert {"track", "latitude_deg", "class", "origin"} <= set(track)
        assert receive(socket, "alert")["alert"] == "erbil-A-0001"
        assert receive(socket, "incident")["id"] == "erbil-I-0001"
        assert receive(socket, "health")["origin"] == "simulated"


def test_a_track_that_is_gone_is_said_to_be(client: Client, desk: FakeDesk) -> None:
    with client.websocket_connect(STREAM) as socket:
        socket.receive_json()
        desk.show(130.0)
        assert receive(socket, "track_end")["track"] == "erbil-T-0013"


def test_a_silent_stream_still_beats(client: Client, desk: FakeDesk) -> None:
    with client.websocket_connect(STREAM) as socket:
        socket.receive_json()
        assert socket.receive_json() == {"seq": desk.board.stream.seq, "kind": "heartbeat"}


def test_resume_gives_what_was_missed_and_nothing_twice(client: Client, desk: FakeDesk) -> None:
    seq, token = desk.board.stream.seq, desk.board.stream.token
    desk.show(61.0)
    missed = desk.board.stream.seq - seq
    assert missed > 0
    with client.websocket_connect(f"{STREAM}?after={seq}&token={token}") as socket:
        assert [socket.receive_json()["seq"] for _ in range(missed)] == list(range(seq + 1, seq + missed + 1))


def test_resume_from_another_run_or_too_far_back_is_a_snapshot(client: Client, desk: FakeDesk) -> None:
    seq = desk.board.stream.seq
    for query in (f"?after={seq}&token=another", f"?after={seq + 1000}", "?after=junk", "?after=-1"):
        with client.websocket_connect(STREAM + query) as socket:
            assert socket.receive_json()["kind"] == "snapshot"


def test_too_old_is_a_snapshot() -> None:
    async def run() -> None:
        stream = Stream(history=10)
        for number in range(30):
            stream.publish("track", number, dict)
        assert await stream.subscribe(after=5).take(0.01) is None
        kept = await stream.subscribe(after=20).take(0.01)
        assert [frame.seq for frame in kept or []] == list(range(21, 31))

    asyncio.run(run())


def value(stream: Stream, key: str, number: int) -> None:
    stream.publish("track", key, lambda: {"value": number})


async def taken(subscription: Subscription) -> list[dict[str, Any]] | None:
    frames = await subscription.take(0.01)
    return None if frames is None else [json.loads(frame.text()) for frame in frames]


def test_a_slow_client_gets_the_newest_of_each_thing_in_order() -> None:
    async def run() -> None:
        stream = Stream()
        slow = stream.subscribe(after=0)
        for number in range(1000):
            value(stream, "a", number)
            value(stream, "b", number)
        frames = await taken(slow)
        assert frames is not None
        assert [(one["seq"], one["value"]) for one in frames] == [(1999, 999), (2000, 999)]
        assert stream.counts().coalesced == 1998
        assert await taken(slow) == []

    asyncio.run(run())


def test_a_client_with_too_much_waiting_is_sent_a_snapshot_and_goes_on() -> None:
    async def run() -> None:
        stream = Stream(pending_limit=5)
        slow = stream.subscribe(after=0)
        for number in range(9):
            value(stream, f"thing {number}", number)
        assert await taken(slow) is None
        with stream.lock:
            slow.resume()
        value(stream, "later", 1)
        assert [one["value"] for one in await taken(slow) or []] == [1]
        assert stream.counts().resyncs >= 1

    asyncio.run(run())


def test_a_client_that_never_reads_does_not_hold_up_the_others_or_the_watch() -> None:
    async def run() -> None:
        stream = Stream()
        stuck, quick = stream.subscribe(after=0), stream.subscribe(after=0)
        publisher = threading.Thread(target=lambda: [value(stream, f"t{n % 50}", n) for n in range(5000)])
        publisher.start()
        seen = 0
        while publisher.is_alive() or seen < 5000:
            frames = await quick.take(0.05)
            seen = max([seen, *(frame.seq for frame in frames or [])])
        publisher.join()
        assert seen == 5000
        stream.unsubscribe(quick)
        assert stream.counts().clients == 1
        left = await stuck.take(0.05)
        assert left is not None
        assert len(left) == 50

    asyncio.run(run())


def test_a_client_that_left_is_forgotten(client: Client, desk: FakeDesk) -> None:
    with client.websocket_connect(STREAM) as socket:
        socket.receive_json()
        assert desk.board.stream.counts().clients == 1
    for _ in range(100):
        if desk.board.stream.counts().clients == 0:
            break
        client.get("/api/v1/health")
    assert desk.board.stream.counts().clients == 0


def test_a_topic_has_a_frame_when_it_changed_and_an_older_state_changes_nothing(desk: FakeDesk) -> None:
    board = desk.board
    before = board.shown
    withdrawn = msgspec.structs.replace(
        before.decided.standing, state="withdrawn", at_s=before.decided.standing.at_s + 1
    )
    after = msgspec.structs.replace(before, decided=msgspec.structs.replace(before.decided, standing=withdrawn))
    first = board.stream.seq
    board.show(after, 1000)
    assert board.stream.seq == first + 1
    later = msgspec.structs.replace(withdrawn, at_s=withdrawn.at_s + 1.0)
    board.show(msgspec.structs.replace(after, decided=msgspec.structs.replace(after.decided, standing=later)), 1001)
    assert board.stream.seq == first + 1, "time alone is no news"
    board.show(before, 999)
    assert board.decided().standing.state == "withdrawn"
    assert board.snapshot().topics.decisions.standing.state == "withdrawn"


def test_a_topic_frame_carries_the_whole_topic(client: Client, desk: FakeDesk) -> None:
    with client.websocket_connect(STREAM) as socket:
        assert socket.receive_json()["topics"]["decisions"]["decisions"] == []
        standing = msgspec.structs.replace(desk.board.decided().standing, state="run_out")
        shown = msgspec.structs.replace(desk.board.shown, decided=Decided(standing=standing))
        desk.board.show(shown, 1000)
        frame = receive(socket, "decisions")
        assert frame["standing"]["state"] == "run_out"
        assert frame["facts"] == []
