"""An exercise beside a live watch, in a process of its own, over loopback: what each partner hears of it."""

from __future__ import annotations

import json
import signal
from pathlib import Path

from tests.watch.driving import Running, running, vedette
from tests.watch.test_live import Sender, detection, free_port
from tests.watch.test_outputs import Partner, out, site_in

RAID = """
name = "One from the north"
site = "../site.toml"
start_utc = "2024-05-01T00:00:00Z"
duration_s = 120.0

[facts]
public = []
invented = ["All of it."]

[[drone]]
id = "north"
class = "uav_rotary"
waypoints = [[200, 1500, 100], [0, 0, 80], [0, -1500, 80]]
start_s = 0.0
speed_mps = 20.0
rcs_dbsm = 0.0
"""


def site_with_exercises(folder: Path, ordinary: int, training: int, rows: int) -> Path:
    """A site whose output `training` is told of exercises, and whose other is not."""
    site = site_in(folder, ordinary, rows)
    more = out(training).replace('id = "tak"', 'id = "training"\nexercise = true').replace("Base defence", "School")
    site.write_text(site.read_text() + more + '[exercises]\nfolder = "scenarios"\n')
    (folder / "scenarios").mkdir()
    (folder / "scenarios/north.toml").write_text(RAID)
    return site


def test_a_partner_hears_of_an_exercise_only_where_the_site_says_so_and_marked(tmp_path: Path) -> None:
    rows, data = free_port(), tmp_path / "data"
    with Partner() as ordinary, Partner() as training:
        site = site_with_exercises(tmp_path, ordinary.port, training.port, rows)
        with running("watch", site, "--data", data, folder=tmp_path) as watch, Sender(rows, detection):
            watch.until("/api/v1/alerts", lambda answer: answer["alerts"])
            _an_exercise(watch)
            assert watch.end(signal.SIGTERM) == 0
    assert b"test-x1-" in training.octets
    assert training.octets.count(b'opex="e-exercise"') > 2
    assert b"EXERCISE " in training.octets
    assert b"test-T-0001" in training.octets, "the live watch tells it too, unmarked"
    assert b"test-T-0001" in ordinary.octets
    assert b"x1" not in ordinary.octets
    assert b"xercise" not in ordinary.octets
    told = vedette("log", data / "exercises/x1", "--kind", "dispatched", "--json").stdout.splitlines()
    assert {json.loads(line)["payload"]["output"] for line in told} == {"training"}
    assert vedette("verify", data).stdout.startswith("intact, ")
    assert vedette("verify", data / "exercises/x1").stdout.startswith("intact, ")
    assert "the watch ended" in vedette("exercise", "list", data).stdout


def _an_exercise(watch: Running) -> None:
    status, begun = watch.post("/api/v1/exercises", {"scenario": "north.toml", "by": "Trainer"})
    assert (status, begun["id"], begun["state"]) == (201, "x1", "running")
    assert watch.get("/api/v1/health")["exercise"]["id"] == "x1"
    alerts = watch.until("/api/v1/exercise/alerts", lambda answer: len(answer["alerts"]) >= 2)["alerts"]
    assert {one["origin"] for one in alerts} == {"exercise"}
    injected = next(one["alert"] for one in alerts if "north" in one["title"])
    status, seen = watch.post(f"/api/v1/exercise/alerts/{injected}/acknowledge", {"note": ""})
    assert (status, seen["state"]) == (200, "acknowledged")
    watch.until("/api/v1/exercise/health", lambda answer: any(one["sent"] > 4 for one in answer["outputs"]))
    assert [one["output"] for one in watch.get("/api/v1/exercise/health")["outputs"]] == ["training"]
    assert {one["origin"] for one in watch.get("/api/v1/alerts")["alerts"]} == {"live"}
    assert watch.post("/api/v1/exercise/sensors/radar-2/look_at", {"track": injected})[0] == 409
