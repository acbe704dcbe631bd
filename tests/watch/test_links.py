"""A live watch over loopback with own drones, TAK, a Remote ID receiver and a sensor that pushes, in one picture."""

from __future__ import annotations

import json
import math
import signal
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

from tests.conftest import SITE_GEOJSON, SITE_TOML
from tests.feeds import receivers as rx
from tests.watch.driving import running, vedette
from tests.watch.test_live import Sender, free_port
from tests.wire import flight_logs as logs
from vedette.clock import iso_utc
from vedette.wire.cot import CotEvent, encode_event

NORTH_M = 600.0
PLACE = 36.2376 + NORTH_M / 111_195.0, 43.9632
"""Over the perimeter, straight north of the radar."""
ALTITUDE_MSL_M = 470.0

FEEDS = """
image_hosts = ["cameras.example"]
{head}
[[sensor]]
id = "radar-2"
kind = "radar"
latitude_deg = 36.2376
longitude_deg = 43.9632
altitude_msl_m = 420.0
period_s = 0.1
range_m = [100.0, 4500.0]
sigma_range_m = 10.0
sigma_azimuth_deg = 1.0
sigma_elevation_deg = 1.0

[[sensor]]
id = "link"
kind = "telemetry"

[[sensor]]
id = "tak"
kind = "telemetry"

[[sensor]]
id = "rid"
kind = "remote_id"

[[feed]]
sensor = "radar-2"
source = "json"
url = "http://127.0.0.1:{radar}/rows"

[[feed]]
sensor = "link"
source = "mavlink"
url = "udp://127.0.0.1:{link}"

[[feed]]
sensor = "tak"
source = "cot"
url = "udp://127.0.0.1:{tak}"

[[feed]]
sensor = "rid"
source = "remote_id"
url = "udp://127.0.0.1:{rid}"

[[own_drone]]
name = "Falke 1"
mavlink_system = 7
"""


def linked_site(tmp_path: Path) -> tuple[Path, dict[str, int]]:
    ports = {name: free_port() for name in ("radar", "link", "tak", "rid")}
    head = SITE_TOML[: SITE_TOML.index("[[sensor]]")]
    (tmp_path / "test.geojson").write_text(SITE_GEOJSON)
    path = tmp_path / "links.toml"
    path.write_text(FEEDS.format(head=head, **ports))
    return path, ports


def own_drone(number: int) -> bytes:
    del number
    place = round(PLACE[0] * 1e7), round(PLACE[1] * 1e7)

    def send(mav: Any) -> None:
        mav.global_position_int_send(5000, *place, round(ALTITUDE_MSL_M * 1000), 50_000, 0, 0, 0, 0)

    def broadcast(mav: Any) -> None:
        logs.basic_id(mav, logs.OWN, b"1588OWN")
        mav.open_drone_id_location_send(
            0, 0, logs.OWN, 2, 0, 0, 0, *place, -1000.0, -1000.0, 0, -1000.0, 11, 0, 0, 0, 65535.0, 0
        )

    return logs.frames(logs.heartbeat) + logs.frames(send) + logs.frames(broadcast)


def friend(number: int) -> bytes:
    del number
    now_s = time.time()
    event = CotEvent(
        uid="friend-1",
        type="a-f-A-M-H",
        time_s=now_s,
        stale_s=now_s + 30.0,
        latitude_deg=36.30,
        longitude_deg=43.90,
        sigma_position_m=10.0,
        callsign="SHERIFF 3",
    )
    return encode_event(event)


def remote_id(number: int) -> bytes:
    return rx.flat(drone_lat=36.20, drone_long=44.00 + number / 1e6, pilot_lat=36.19, pilot_long=44.0)


def radar_row(number: int) -> bytes:
    row = {
        "time_utc": iso_utc(time.time()),
        "scan": str(number),
        "range_m": math.hypot(NORTH_M, ALTITUDE_MSL_M - 420.0),
        "azimuth_true_deg": 0.0,
        "elevation_deg": math.degrees(math.atan2(ALTITUDE_MSL_M - 420.0, NORTH_M)),
        "image_url": f"https://cameras.example/{number}.jpg",
    }
    return json.dumps(row).encode()


@contextmanager
def pushing(port: int) -> Iterator[None]:
    """A radar that posts a look ten times a second."""
    stop = Event()

    def run() -> None:
        number = 0
        while not stop.wait(0.1):
            request = urllib.request.Request(f"http://127.0.0.1:{port}/rows", radar_row(number))
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
                assert json.load(answer)["rejected"] == {}
            number += 1

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_friends_claims_and_strangers_in_one_picture(tmp_path: Path) -> None:
    site, ports = linked_site(tmp_path)
    data = tmp_path / "data"
    with running("watch", site, "--data", data, folder=tmp_path) as watch:
        watch.until("/api/v1/health", lambda a: len(a["feeds"]) == 4)
        with ExitStack() as senders:
            senders.enter_context(pushing(ports["radar"]))
            # a stranger at first: inside the perimeter, so it alerts, and its pictures are kept with the incident
            watch.until("/api/v1/alerts", lambda a: any(one["state"] == "raised" for one in a["alerts"]))
            for name, make in (("link", own_drone), ("tak", friend), ("rid", remote_id)):
                senders.enter_context(Sender(ports[name], make))
            tracks = watch.until("/api/v1/tracks", lambda a: _agreed(a["tracks"]) and len(_named(a["tracks"])) == 3)
            image = next(one["image"] for one in tracks["tracks"] if one["track"] == _agreed(tracks["tracks"]))
            alerts = watch.until("/api/v1/alerts", lambda a: not _open_for(a["alerts"], _agreed(tracks["tracks"])))
            health = watch.until("/api/v1/health", lambda a: all(one["state"] == "live" for one in a["feeds"]))
        assert alerts["alerts"]
        assert image["sensor"] == "radar-2"
        assert image["url"].startswith("https://cameras.example/")
        assert {one["feed"] for one in health["feeds"]} == {"radar-2", "link", "tak", "rid"}
        assert watch.end(signal.SIGTERM) == 0
    assert vedette("verify", data).stdout.startswith("intact, ")
    seen = [json.loads(line)["payload"] for line in _log(data, "cooperative_seen")]
    assert {one["identity"]: one["source"] for one in seen} == {
        "own:Falke 1": "telemetry",
        "callsign:friend-1": "cot",
        f"rid:{rx.SERIAL}": "remote_id",
        "rid:1588OWN": "remote_id",
    }
    rows = [row for line in _log(data, "incident_detections") for row in json.loads(line)["payload"]["rows"]]
    assert any(str(row.get("image_url")).startswith("https://cameras.example/") for row in rows)


def _log(data: Path, kind: str) -> list[str]:
    return vedette("log", data, "--kind", kind, "--json").stdout.splitlines()


def _named(tracks: list[dict[str, Any]]) -> set[str]:
    return {one["identity"] for one in tracks if one["identity"] is not None}


def _agreed(tracks: list[dict[str, Any]]) -> str | None:
    """The own drone's track, once the radar agrees."""
    found = [one for one in tracks if one["identity"] == "own:Falke 1" and one["cooperation"] == "cooperative"]
    return found[0]["track"] if found else None


def _open_for(alerts: list[dict[str, Any]], track: str | None) -> bool:
    return any(one["track"] == track and one["state"] != "cleared" for one in alerts)
