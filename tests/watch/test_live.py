"""A live watch over loopback: detections become a track and an alert, garbage is counted, the watch goes on."""

from __future__ import annotations

import json
import random
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import SITE_GEOJSON, SITE_TOML
from tests.watch.driving import Running, running, vedette
from vedette.clock import iso_utc


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Sender:
    """Sends datagrams made by `make(n)` ten times a second until stopped."""

    def __init__(self, port: int, make: Callable[[int], bytes]) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(port, make))

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self, port: int, make: Callable[[int], bytes]) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            number = 0
            while not self._stop.wait(0.1):
                sock.sendto(make(number), ("127.0.0.1", port))
                number += 1


def detection(number: int) -> bytes:
    row = {
        "time_utc": iso_utc(time.time()),
        "sensor": "radar-2",
        "scan": str(number),
        "range_m": 1500.0 - 2.0 * number,
        "azimuth_true_deg": 250.0,
        "elevation_deg": 5.0,
    }
    return json.dumps(row).encode()


def garbage(number: int) -> bytes:
    return random.Random(number).randbytes(number % 300)


@pytest.fixture
def live_site(tmp_path: Path) -> tuple[Path, int, int]:
    """A site with an ASTERIX feed (port 1) and a feed of JSON detections (port 2)."""
    asterix, rows = free_port(), free_port()
    toml = SITE_TOML.replace("127.0.0.1:8600", f"127.0.0.1:{asterix}")
    second = SITE_TOML[SITE_TOML.index("[[sensor]]") : SITE_TOML.index("[[feed]]")].replace("radar-1", "radar-2")
    second = second.replace("period_s = 1.0", "period_s = 0.1").replace("clutter_per_scan = 5.0", "")
    feed = f'[[feed]]\nsensor = "radar-2"\nsource = "json"\nurl = "udp://127.0.0.1:{rows}"\n'
    (tmp_path / "test.geojson").write_text(SITE_GEOJSON)
    (tmp_path / "live.toml").write_text(toml + second + feed)
    return tmp_path / "live.toml", asterix, rows


def inside(watch: Running) -> str:
    alerts = watch.until("/api/v1/alerts", lambda answer: answer["alerts"])["alerts"]
    return str(alerts[0]["alert"])


def test_garbage_on_one_feed_does_not_stop_the_other(live_site: tuple[Path, int, int], tmp_path: Path) -> None:
    site, asterix, rows = live_site
    data = tmp_path / "data"
    with running("watch", site, "--data", data, folder=tmp_path) as watch:
        with Sender(asterix, garbage), Sender(rows, detection):
            alert = inside(watch)
            health = watch.until(
                "/api/v1/health", lambda a: any(f["rejected"] for f in a["feeds"] if f["feed"] == "radar-1")
            )
            status, answer = watch.post(f"/api/v1/alerts/{alert}/acknowledge", {"note": "seen"})
            assert status in (200, 201), answer
        assert {feed["feed"] for feed in health["feeds"]} == {"radar-1", "radar-2"}
        watch.until("/api/v1/health", lambda a: any(f["state"] == "stale" for f in a["feeds"]))
        assert watch.end(signal.SIGTERM) == 0
    verdict = vedette("verify", data)
    assert verdict.stdout.startswith("intact, ")
    (signer,) = vedette("log", data, "--kind", "signer_started", "--json").stdout.splitlines()
    assert f"signed by {json.loads(signer)['payload']['fingerprint']}" in verdict.stderr
    kinds = [line.split()[2] for line in vedette("log", data).stdout.splitlines()]
    assert kinds[0] == "watch_started"
    assert kinds[-1] == "watch_stopped"
    assert "capture_closed" in kinds


def test_a_killed_live_watch_takes_up_its_tracks(live_site: tuple[Path, int, int], tmp_path: Path) -> None:
    site, _, rows = live_site
    data = tmp_path / "data"
    with Sender(rows, detection):
        with running("watch", site, "--data", data, folder=tmp_path) as watch:
            alert = inside(watch)
            (track,) = watch.get("/api/v1/tracks")["tracks"]
            watch.post(f"/api/v1/alerts/{alert}/acknowledge", {"note": "seen"})
            watch.end(signal.SIGKILL)
        with running("watch", site, "--data", data, folder=tmp_path) as watch:
            again = watch.until("/api/v1/tracks", lambda answer: answer["tracks"])["tracks"]
            assert track["track"] in {one["track"] for one in again}
            (kept,) = [one for one in watch.get("/api/v1/alerts")["alerts"] if one["alert"] == alert]
            assert kept["state"] != "raised"
            assert watch.end(signal.SIGINT) == 0
    assert vedette("verify", data).stdout.startswith("intact, ")
