"""The stream's small form, over the application and by itself."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

from tests.console.crowd import CrowdDesk, name_of
from tests.console.fake_desk import FakeDesk
from vedette.console.deltas import IN_FLIGHT, TRAILS, Deltas
from vedette.console.views.deltas import COLUMNS

Client = TestClient[Litestar]
STREAM = "/api/v1/stream?form=delta"


def messages(batch: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one for one in batch["messages"] if one["kind"] == kind]


def next_with(socket: Any, kind: str) -> dict[str, Any]:
    for _ in range(20):
        batch: dict[str, Any] = socket.receive_json()
        assert batch["kind"] == "batch"
        socket.send_json({"have": batch["seq"]})
        if found := messages(batch, kind):
            return found[-1]
    raise AssertionError(f"no {kind} came")


def test_a_snapshot_without_tracks_then_all_of_them_in_columns(client: Client, desk: FakeDesk) -> None:
    with client.websocket_connect(STREAM) as socket:
        batch = socket.receive_json()
        snapshot, tracks = batch["messages"]
        assert (snapshot["kind"], snapshot["picture"]["tracks"]) == ("snapshot", [])
        assert batch["seq"] == snapshot["seq"] == tracks["seq"] == desk.board.stream.seq
        assert tracks["whole"] is True
        plain = {one["track"]: one for one in client.get("/api/v1/tracks").json()["tracks"]}
        assert set(tracks["moves"]["track"]) == set(plain) == {one["track"] for one in tracks["about"]}
        assert set(tracks["moves"]) == set(COLUMNS)
        for at, name in enumerate(tracks["moves"]["track"]):
            for key in ("latitude_deg", "longitude_deg", "altitude_msl_m", "speed_mps", "course_true_deg"):
                value = tracks["moves"][key][at]
                assert value is None if plain[name][key] is None else abs(value - plain[name][key]) < 0.06, key
        assert len(tracks["trails"]["erbil-T-0012"]) >= 3 * 30


def test_what_did_not_change_is_not_said_again(client: Client, desk: FakeDesk) -> None:
    with client.websocket_connect(STREAM) as socket:
        first = next_with(socket, "tracks")
        desk.show(61.0)
        then = next_with(socket, "tracks")
        assert (then["whole"], then["trails"]) == (False, {})
        falling = {one["track"] for one in first["about"] if one["impact"] or one["image"]}
        assert {one["track"] for one in then["about"]} <= falling < set(first["moves"]["track"])
        assert set(then["moves"]["track"]) == set(first["moves"]["track"])


def test_the_whole_is_told_of_tracks_with_alerts_and_of_those_that_are_named(client: Client, desk: FakeDesk) -> None:
    with client.websocket_connect(STREAM) as socket:
        told = {one["track"] for one in next_with(socket, "tracks")["details"]}
        assert {"erbil-T-0012", "erbil-T-0013"} <= told
        other = next(one for one in client.get("/api/v1/tracks").json()["tracks"] if one["track"] not in told)
        socket.send_json({"watch": [other["track"]]})
        at_once = next_with(socket, "tracks")
        assert at_once["details"] == [client.get(f"/api/v1/tracks/{other['track']}").json()]
        desk.show(61.0)
        assert other["track"] in {one["track"] for one in next_with(socket, "tracks")["details"]}
        socket.send_json({"watch": []})
        desk.show(62.0)
        assert next_with(socket, "health")
        desk.show(63.0)
        assert other["track"] not in {one["track"] for one in next_with(socket, "tracks")["details"]}


def test_a_track_that_ends_and_comes_again_is_told_of_anew(client: Client, desk: FakeDesk) -> None:
    with client.websocket_connect(STREAM) as socket:
        next_with(socket, "tracks")
        desk.show(130.0)
        assert next_with(socket, "track_end")["track"] == "erbil-T-0013"
        desk.show(60.0)
        about = next_with(socket, "tracks")["about"]
        assert "erbil-T-0013" in {one["track"] for one in about}


def test_what_the_client_says_wrongly_says_nothing(client: Client, desk: FakeDesk) -> None:
    with client.websocket_connect(STREAM) as socket:
        next_with(socket, "tracks")
        for junk in ("", "null", "[]", '{"have": "x"}', '{"watch": 1}', '{"watch": ["' + "x" * 300 + '"]}'):
            socket.send_text(junk)
        desk.show(61.0)
        assert next_with(socket, "tracks")


def test_resumed_it_goes_on_without_a_snapshot(client: Client, desk: FakeDesk) -> None:
    seq, token = desk.board.stream.seq, desk.board.stream.token
    desk.show(61.0)
    with client.websocket_connect(f"{STREAM}&after={seq}&token={token}") as socket:
        batch = socket.receive_json()
        assert messages(batch, "snapshot") == []
        assert batch["seq"] == desk.board.stream.seq
        assert messages(batch, "tracks")[0]["whole"] is False


def test_a_client_that_does_not_keep_up_is_sent_less_and_then_the_newest() -> None:
    async def run() -> None:
        desk = CrowdDesk(60, 5)
        desk.show(0.0)
        deltas = Deltas(desk.board, desk.board.stream.subscribe())
        sent = []
        for second in range(IN_FLIGHT):
            sent.append(json.loads(await deltas.next(0.01)))
            desk.show(1.0 + second)
        for second in range(10, 20):
            desk.show(float(second))
            beat = json.loads(await deltas.next(0.01))
            assert (beat["messages"], beat["seq"]) == ([], sent[-1]["seq"])
        deltas.hear(json.dumps({"have": sent[-1]["seq"]}))
        newest = json.loads(await deltas.next(0.01))
        (tracks,) = messages(newest, "tracks")
        assert len(tracks["moves"]["track"]) == 60
        picture = desk.board.picture()
        assert picture is not None
        assert tracks["moves"]["observed_s"][0] == picture.observed_s

    asyncio.run(run())


def test_of_a_large_picture_the_nearest_trails_are_sent_and_it_is_a_fraction_of_the_plain_form() -> None:
    async def run() -> None:
        desk = CrowdDesk(600, 20)
        for second in range(5):
            desk.show(float(second))
        stream = desk.board.stream
        deltas, plain = Deltas(desk.board, stream.subscribe()), stream.subscribe(after=stream.seq)
        whole = json.loads(await deltas.next(0.01))
        (tracks,) = messages(whole, "tracks")
        assert len(tracks["moves"]["track"]) == 600
        assert len(tracks["trails"]) == TRAILS
        assert name_of(2) in {one["track"] for one in tracks["details"]}
        deltas.hear(json.dumps({"have": whole["seq"]}))
        desk.show(5.0)
        small, frames = await deltas.next(0.01), await plain.take(0.01)
        assert frames is not None
        assert len(small) * 4 < sum(len(frame.text()) for frame in frames)

    asyncio.run(run())
