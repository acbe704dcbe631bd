"""The reconstruction through the whole chain: two drones alerted in time, places right, the same bytes twice."""

from __future__ import annotations

import hashlib
import json
import signal
from pathlib import Path

import pytest

from tests.watch.driving import running, vedette
from vedette.sim import load_scenario, simulate


def incident_of(data: Path) -> dict[str, object]:
    shown = vedette("incident", "show", data, "--json")
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 7, 13])
def test_the_night_comes_out_right(tmp_path: Path, seed: int) -> None:
    done = vedette("demo", "--headless", "--speed", "max", "--seed", str(seed), "--data", tmp_path / "d")
    assert done.returncode == 0, done.stderr
    assert "inside" in done.stdout.lower()
    document = incident_of(tmp_path / "d")
    downs = [track for track in document["tracks"] if track["impact"]]
    assert sorted(track["impact"]["place"] for track in downs) == ["inside", "outside"]
    assert all("uav" in track["class"] for track in downs)
    assert document["origin"] == "simulated"
    assert document["attribution"]["state"] == "unclaimed"
    assert {effect["state"] for effect in document["effects"].values()} == {"not_yet_reported"}
    truth = {fall.place: fall for fall in simulate(load_scenario("erbil-2021-09-11"), seed).falls}
    for track in downs:
        fall = truth[track["impact"]["place"]]
        off_m = 111_000.0 * abs(track["impact"]["latitude_deg"] - fall.latitude_deg)
        assert off_m < 150.0


def test_the_same_night_gives_the_same_bytes(tmp_path: Path) -> None:
    digests = []
    for name in ("a", "b"):
        done = vedette("demo", "--headless", "--speed", "max", "--data", tmp_path / name)
        assert done.returncode == 0, done.stderr
        digests.append(
            {
                file: hashlib.sha256((tmp_path / name / file).read_bytes()).hexdigest()
                for file in ("record.sqlite", "checkpoints.log")
            }
        )
    assert digests[0] == digests[1]
    statement = vedette("incident", "report", tmp_path / "a", "--format", "statement").stdout
    printed = statement.splitlines()[-1]
    assert printed.startswith("Record head: ")
    for folder in "ab":
        assert vedette("verify", tmp_path / folder, "--checkpoint", printed).returncode == 0
    exported = vedette("incident", "export", tmp_path / "a", "--out", tmp_path / "incident.ndjson")
    assert exported.returncode == 0, exported.stderr
    checked = vedette("verify", tmp_path / "incident.ndjson")
    assert checked.stdout.startswith("intact, ")
    assert "incident erbil-I-0001: " in checked.stderr


def test_an_interrupted_demo_ends_cleanly(tmp_path: Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        data = tmp_path / f"d{number}"
        with running("demo", "--speed", "5", "--data", data, folder=tmp_path) as watch:
            watch.until("/api/v1/tracks", lambda answer: answer["tracks"])
            assert watch.end(number) == 0
        assert vedette("verify", data).stdout.startswith("intact, ")


def test_a_second_watch_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "d"
    with running("demo", "--data", data, folder=tmp_path):
        second = vedette("demo", "--headless", "--speed", "max", "--data", data)
    assert second.returncode == 2
    assert len(second.stderr.strip().splitlines()) == 1


def test_alerts_can_be_acknowledged_after_the_night_has_ended(tmp_path: Path) -> None:
    data = tmp_path / "d"
    with running("demo", "--speed", "max", "--data", data, folder=tmp_path) as watch:
        watch.until("/api/v1/health", lambda answer: answer["state"] == "ended")
        for alert in watch.get("/api/v1/alerts")["alerts"]:
            status, answer = watch.post(f"/api/v1/alerts/{alert['alert']}/acknowledge", {"note": "afterwards"})
            assert status in (200, 201), answer
            assert watch.post(f"/api/v1/alerts/{alert['alert']}/acknowledge", {"note": ""})[0] == 409
        (incident,) = watch.get("/api/v1/incidents")["incidents"]
        status, _ = watch.post(
            f"/api/v1/incidents/{incident['id']}/effects", {"effect": "injuries", "state": "none_reported"}
        )
        assert status in (200, 201)
        assert watch.end(signal.SIGTERM) == 0
    assert vedette("verify", data).stdout.startswith("intact, ")
    assert incident_of(data)["effects"]["injuries"]["state"] == "none_reported"
    acknowledged = vedette("log", data, "--kind", "alert_acknowledged", "--json").stdout.splitlines()
    assert len(acknowledged) == len(incident_of(data)["alerts"])
