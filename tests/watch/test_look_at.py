"""A person asks a sensor to look: recorded, sent, answered. Who is no sensor is asked nothing; a replay asks nobody."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import pytest
from sapient_msg.bsi_flex_335_v2_0.registration_pb2 import Registration

from tests.feeds.sapient_peers import Peer, play, sapient_site, site_text
from tests.watch.driving import Running, running, vedette
from tests.watch.test_sapient import free_port, simulated, until_row
from tests.wire import sapient_messages as sm
from vedette.console import ActionRefused
from vedette.model import Action, Origin
from vedette.watch.plan import Plan
from vedette.watch.runtime import Watch
from vedette.wire.sapient.ids import uuid_of

EVERYWHERE = """
{"type": "FeatureCollection", "features": [
 {"type": "Feature", "properties": {"id": "fence", "name": "Fence", "role": "perimeter"},
  "geometry": {"type": "Polygon", "coordinates": [[[43.8, 36.1], [44.1, 36.1], [44.1, 36.4], [43.8, 36.4],
   [43.8, 36.1]]]}}
]}
"""
"""Wherever the simulated drone is on its oval when the test begins, it is inside."""
PATH = "/api/v1/sensors/radar-1/look_at"


def events(data: Path, kind: str) -> list[dict[str, Any]]:
    lines = vedette("log", data, "--json", "--kind", kind).stdout.splitlines()
    return [json.loads(line)["payload"] for line in lines]


def write_site(folder: Path, port: int, node: str) -> Path:
    geometry = 'geometry = "test.geojson"\n\n[[sensor]]'
    (folder / "test.geojson").write_text(EVERYWHERE)
    (folder / "site.toml").write_text(
        site_text(f"tcp://127.0.0.1:{port}", node=node).replace("[[sensor]]", geometry, 1)
    )
    return folder / "site.toml"


def test_a_simulated_sensor_is_seen_tracked_alerted_and_asked(tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "data"
    site = write_site(tmp_path, port, uuid_of("simulated radar 1"))
    with running("watch", site, "--data", data, folder=tmp_path) as watch:
        until_row(watch, "others", "starting", "open")
        assert watch.post(PATH, {"latitude_deg": 36.2, "longitude_deg": 43.9})[0] == 409
        with simulated(port):
            row = until_row(watch, "others/radar-1", "live", "sim-radar (RADAR)")
            assert row["sensor"] == "radar-1"
            alerts = watch.until("/api/v1/alerts", lambda a: a["alerts"])["alerts"]
            name = alerts[0]["track"]
            tracks = watch.get("/api/v1/tracks")["tracks"]
            (track,) = [one for one in tracks if one["track"] == name]
            assert list(track["sensors"]) == ["radar-1"]
            status, asked = watch.post(PATH, {"track": name})
            assert status == 200, asked
            assert (asked["sensor"], asked["track"], asked["node"]) == ("radar-1", name, uuid_of("simulated radar 1"))
            until_row(watch, "others/radar-1", "live", "look_at: accepted")
        assert watch.end(signal.SIGTERM) == 0
    refused, made = events(data, "sensor_asked")
    assert (made["task"], made["by"]) == (asked["task"], "watch officer")
    assert [(one["task"], one["state"]) for one in events(data, "sensor_answered")] == [
        (refused["task"], "not_sent"),
        (made["task"], "accepted"),
    ]
    assert vedette("verify", data).stdout.startswith("intact, ")


def test_a_node_that_becomes_something_else_is_dropped(tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "data"
    site = write_site(tmp_path, port, sm.NODE)

    async def post(watch: Running, body: dict[str, Any], path: str = PATH) -> tuple[int, Any]:
        return await asyncio.to_thread(watch.post, path, body)

    def test(watch: Running) -> None:
        async def talk() -> None:
            peer = await Peer.connect(port)
            await peer.register()
            status, asked = await post(watch, {"latitude_deg": 36.2, "longitude_deg": 43.9})
            assert status == 200
            task = (await peer.next("task")).task
            assert (task.task_id, task.command.WhichOneof("command")) == (asked["task"], "look_at")
            (where,) = task.command.look_at.location_list.locations
            assert (where.x, where.y, where.HasField("z")) == (43.9, 36.2, False)
            await peer.register(sm.registration(Registration.NODE_TYPE_CAMERA, Registration.NODE_TYPE_KINETIC))
            status, said = await post(watch, {"latitude_deg": 36.2, "longitude_deg": 43.9})
            assert (status, said["error"]["code"]) == (409, "not_allowed")
            assert "only sensors" in said["error"]["message"]
            for body, path, code in (
                ({"track": "nobody"}, PATH, 409),
                ({"track": "a", "latitude_deg": 1.0, "longitude_deg": 1.0}, PATH, 400),
                ({"latitude_deg": 95.0, "longitude_deg": 1.0}, PATH, 400),
                ({"latitude_deg": 1.0}, PATH, 400),
                ({"track": "a"}, PATH.replace("radar-1", "nobody"), 404),
                ({"latitude_deg": 1.0, "longitude_deg": 1.0}, PATH.replace("radar-1", "others"), 409),
            ):
                assert (await post(watch, body, path))[0] == code, body

        play(talk)

    with running("watch", site, "--data", data, folder=tmp_path) as watch:
        until_row(watch, "others", "starting", "open")
        test(watch)
        assert watch.end(signal.SIGTERM) == 0
    states = [one["state"] for one in events(data, "sensor_answered")]
    assert states == ["dropped", "not_sent"]
    assert len(events(data, "sensor_asked")) == 2, "what post refuses is not recorded"


def test_in_a_replay_nothing_is_asked(tmp_path: Path) -> None:
    site = sapient_site(tmp_path, "tcp://127.0.0.1:5020")
    for origin in (Origin.REPLAY, Origin.SIMULATED):
        watch = Watch.open(Plan(site=site, origin=origin, folder=tmp_path / origin.value), sm.NOW_S)
        watch.begin()
        action = Action(verb="look_at", target="radar-1", by="officer", latitude_deg=36.2, longitude_deg=43.9)
        with pytest.raises(ActionRefused) as refused:
            asyncio.run(watch.act(action))
        assert refused.value.code == "not_live"
        watch.finish()
        watch.close("ended")
        assert events(tmp_path / origin.value, "sensor_asked") == []
