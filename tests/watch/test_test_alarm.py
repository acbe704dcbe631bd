"""The test alarm end to end: a real watch, the example receiver, a folder; restarts, refusals, replays."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SITE_GEOJSON, SITE_TOML
from tests.feeds.test_live import free_port
from tests.watch.driving import PATIENCE_S, running, vedette
from vedette.wire.cap import CapAlert
from vedette.wire.cap_reading import decode_cap

EXAMPLE = Path(__file__).parents[2] / "examples" / "webhook_receiver.py"
RELEASES = """
[[release]]
id = "alerts"
what = ["alerts"]
[[release]]
id = "tracks"
what = ["tracks"]
"""


def output(name: str, kind: str, url: str, release: str = "alerts", more: str = "") -> str:
    return (
        f'[[output]]\nid = "{name}"\npartner = "Tower"\nkind = "{kind}"\nurl = "{url}"\nrelease = "{release}"\n{more}\n'
    )


def webhook(port: int, release: str = "alerts") -> str:
    more = 'secret_file = "secret"\nprivate = true'
    return output(f"hook-{release}", "webhook", f"http://127.0.0.1:{port}/", release, more)


def folder_of(path: Path, outputs: str) -> Path:
    (path / "secret").write_text("a secret of the tests\n")
    (path / "test.geojson").write_text(SITE_GEOJSON)
    site = path / "site.toml"
    site.write_text(SITE_TOML.replace(":8600", f":{free_port(socket.SOCK_DGRAM)}") + RELEASES + outputs)
    return site


@contextlib.contextmanager
def receiving(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The example receiver in a process of its own."""
    (folder / "secret").write_text("a secret of the tests\n")
    command = [sys.executable, str(EXAMPLE), str(folder / "secret"), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=PATIENCE_S)
        if process.stdout is not None:
            process.stdout.close()


def events(folder: Path, kind: str) -> list[dict[str, object]]:
    lines = vedette("log", folder, "--kind", kind, "--json").stdout.splitlines()
    return [json.loads(line)["payload"] for line in lines]


@pytest.mark.slow
def test_every_output_takes_it_and_the_record_and_a_restart_know(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    (tmp_path / "cap").mkdir()
    cap = output("cap", "cap", f"file:{tmp_path}/cap", more='sender = "watch@test.example"')
    site = folder_of(tmp_path, webhook(port) + cap + webhook(port, "tracks"))
    data = tmp_path / "data"
    with receiving(tmp_path, port) as receiver, running("watch", site, "--data", data, folder=tmp_path) as watch:
        assert watch.get("/api/v1/health")["test_alarm"]["overdue"] is True
        done = vedette("test-alarm", watch.address, "--note", "morning")
        assert (done.returncode, done.stderr) == (0, "")
        assert "output hook-alerts (Tower): taken" in done.stdout
        assert "output cap (Tower): taken" in done.stdout
        assert "output hook-tracks (Tower): not asked" in done.stdout
        assert "2 of 2 outputs took it" in done.stdout
        assert receiver.stdout is not None
        told = json.loads(receiver.stdout.readline())
        assert (told["kind"], told["alert"], told["test"]) == ("alert", "test-TEST-0001", True)
        again = vedette("test-alarm", watch.address)
        assert again.returncode == 1
        assert "test-TEST-0001 is still on" in again.stderr
        status, _ = watch.post("/api/v1/alerts/test-TEST-0001/acknowledge", {"note": ""})
        assert status == 200
        told = json.loads(receiver.stdout.readline())
        assert (told["alert"], told["state"]) == ("test-TEST-0001", "cleared")
        assert watch.get("/api/v1/incidents")["incidents"] == []
        assert watch.end(signal.SIGTERM) == 0
    messages = [decode_cap(path.read_bytes()) for path in sorted((tmp_path / "cap").iterdir())]
    assert {one.status for one in messages if isinstance(one, CapAlert)} == {"Test"}
    assert sorted(one.message_type for one in messages if isinstance(one, CapAlert)) == ["Alert", "Cancel"]
    assert [one["note"] for one in events(data, "alarm_tested")] == ["morning"]
    assert [one["test"] for one in events(data, "alert_raised")] == [True]
    assert {one["output"] for one in events(data, "dispatched") if one["about"] == ["test-TEST-0001"]} == {
        "hook-alerts",
        "cap",
    }
    assert vedette("verify", data).returncode == 0
    with running("watch", site, "--data", data, folder=tmp_path) as watch:
        tests = watch.until("/api/v1/health", lambda health: health["test_alarm"]["last"])["test_alarm"]
        assert (tests["overdue"], tests["last"]["by"]) == (False, "watch officer")
        states = {one["output"]: one["state"] for one in tests["last"]["outputs"]}
        assert states == {"hook-alerts": "taken", "cap": "taken", "hook-tracks": "not_asked"}


@pytest.mark.slow
def test_an_output_that_does_not_take_it_is_named(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    (tmp_path / "cap").mkdir()
    cap = output("cap", "cap", f"file:{tmp_path}/cap", more='sender = "watch@test.example"')
    site = folder_of(tmp_path, webhook(port) + cap)
    with running("watch", site, "--data", tmp_path / "data", folder=tmp_path) as watch:
        done = vedette("test-alarm", watch.address, "--wait-s", "2", "--json")
        assert done.returncode == 1
        said = json.loads(done.stdout)
        assert (said["outputs_taken"], said["outputs_asked"], said["screens"]) == (1, 2, 0)
        states = {one["output"]: one for one in said["outputs"]}
        assert states["cap"]["state"] == "taken"
        assert states["hook-alerts"]["state"] == "waiting"
        assert states["hook-alerts"]["detail"]


def test_where_no_watch_answers_it_is_said() -> None:
    port = free_port(socket.SOCK_STREAM)
    for url in (f"http://127.0.0.1:{port}", "127.0.0.1:8080", "ftp://127.0.0.1", "http://"):
        done = vedette("test-alarm", url)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert done.stdout == ""


@pytest.mark.slow
def test_in_a_demo_it_is_a_test_of_what_is_simulated(tmp_path: Path) -> None:
    with running("demo", "--data", tmp_path / "data", folder=tmp_path) as watch:
        watch.until("/api/v1/health", lambda health: health["picture_utc"])
        done = vedette("test-alarm", watch.address)
        assert done.returncode == 0
        assert "simulated" in done.stdout
        assert "no output is asked" in done.stdout
        (alert,) = [one for one in watch.get("/api/v1/alerts")["alerts"] if one["test"]]
        assert (alert["origin"], alert["priority"]) == ("simulated", 1)
        assert watch.get("/api/v1/health")["test_alarm"]["overdue"] is False
        assert watch.end(signal.SIGINT) == 0


@pytest.mark.slow
def test_in_a_recording_that_has_ended_the_outputs_still_get_it(tmp_path: Path) -> None:
    (tmp_path / "cap").mkdir()
    cap = output("cap", "cap", f"file:{tmp_path}/cap", more='sender = "watch@test.example"')
    site = folder_of(tmp_path, cap)
    recording = tmp_path / "rows.csv"
    recording.write_text(
        "time_utc,sensor,scan,range_m,azimuth_true_deg,elevation_deg\n"
        "2024-05-01T00:00:00Z,radar-1,1,1500,90,5\n2024-05-01T00:00:01Z,radar-1,2,1500,90,5\n"
    )
    arguments = ("watch", site, "--replay", f"radar-1={recording}", "--speed", "max", "--data")
    for more, code, state in ((("--outputs",), 0, "taken"), ((), 1, "not open")):
        with running(*arguments, tmp_path / f"data-{code}", *more, folder=tmp_path) as watch:
            watch.until("/api/v1/health", lambda health: health["state"] == "ended")
            done = vedette("test-alarm", watch.address, "--wait-s", "5")
            assert (done.returncode, f"output cap (Tower): {state}" in done.stdout) == (code, True)
    (file,) = (tmp_path / "cap").iterdir()
    message = decode_cap(file.read_bytes())
    assert isinstance(message, CapAlert)
    assert message.status == "Test"
    assert (message.infos[0].headline or "").startswith("REPLAY TEST")
