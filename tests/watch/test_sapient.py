"""A simulated SAPIENT sensor connects to a running watch: its health is seen, its detections become a track."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import SITE_GEOJSON
from tests.feeds.sapient_peers import site_text
from tests.watch.driving import Running, running, vedette
from vedette.wire.sapient.ids import uuid_of

PLACE = "36.2376,43.9632,430"


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def simulated(port: int, *args: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "vedette", "sapient", "simulate", f"127.0.0.1:{port}", "--at", PLACE, *args]
    node = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield node
    finally:
        node.kill()
        node.communicate()


def row(answer: dict[str, list[dict[str, object]]], name: str) -> dict[str, object]:
    return next((feed for feed in answer["feeds"] if feed["feed"] == name), {})


def until_row(watch: Running, name: str, state: str, words: str = "") -> dict[str, object]:
    answer = watch.until(
        "/api/v1/health", lambda a: row(a, name).get("state") == state and words in str(row(a, name)["detail"])
    )
    return row(answer, name)


def test_a_simulated_radar_and_camera_make_a_track(tmp_path: Path) -> None:
    port = free_port()
    geometry = 'geometry = "test.geojson"\n\n[[sensor]]'
    camera = f"""
[[sensor]]
id = "camera-1"
kind = "camera"
latitude_deg = 36.2376
longitude_deg = 43.9632
altitude_ellipsoid_m = 430.0
node_id = "{uuid_of("simulated camera 1")}"
"""
    text = site_text(f"tcp://127.0.0.1:{port}", node=uuid_of("simulated radar 1")).replace("[[sensor]]", geometry, 1)
    (tmp_path / "test.geojson").write_text(SITE_GEOJSON)
    (tmp_path / "site.toml").write_text(text + camera)
    with running("watch", tmp_path / "site.toml", "--data", tmp_path / "data", folder=tmp_path) as watch:
        until_row(watch, "others", "starting", "open")
        with simulated(port) as radar, simulated(port, "--as", "camera") as camera_node:
            seen = until_row(watch, "others/radar-1", "live", "sim-radar (RADAR), mode Scan, mains")
            assert seen["sensor"] == "radar-1"
            assert seen["rejected"] == {}
            until_row(watch, "others/camera-1", "live", "sim-camera (CAMERA)")
            answer = watch.until(
                "/api/v1/tracks",
                lambda a: any({"radar-1", "camera-1"} <= set(t["sensors"]) for t in a["tracks"]),
            )
            (track,) = [t for t in answer["tracks"] if {"radar-1", "camera-1"} <= set(t["sensors"])]
            assert track["identity"] is None
            with simulated(port) as twin:
                assert "in use" in twin.communicate(timeout=60)[0]
                assert twin.returncode == 1
            until_row(watch, "others", "live", "2 nodes connected; refused")
            radar.send_signal(signal.SIGINT)
            assert radar.wait(timeout=60) == 0
            until_row(watch, "others/radar-1", "down", "said goodbye")
            camera_node.kill()
            until_row(watch, "others/camera-1", "down", "closed")
        assert watch.end(signal.SIGTERM) == 0
    assert vedette("verify", tmp_path / "data").stdout.startswith("intact, ")
    changes = vedette("log", tmp_path / "data", "--kind", "feed_changed").stdout
    assert "others/radar-1" in changes
