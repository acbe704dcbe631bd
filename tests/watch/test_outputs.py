"""A watch and its partners: told while it is live, by a replay only where that is asked for; and the record of it."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Self

import pytest

from tests.conftest import SITE_GEOJSON, SITE_TOML
from tests.outputs.scene import released
from tests.watch.driving import running, vedette
from tests.watch.test_live import Sender, detection, free_port
from vedette.clock import iso_utc
from vedette.wire.cot import CotEvent, CotReader

START_S = 1_700_000_000.0


class Partner:
    """A TAK server's ear: takes lines and reads them; `events` are those heard so far."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.05)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._changed = threading.Condition()
        self.lines = 0
        self.events: list[CotEvent] = []
        self.octets = b""
        self.port = int(self._listening.getsockname()[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._listening.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                line, _ = self._listening.accept()
            except TimeoutError:
                continue
            self.lines += 1
            with line, contextlib.suppress(ConnectionError):  # who is killed says no goodbye
                self._read(line)

    def _read(self, line: socket.socket) -> None:
        reader = CotReader()
        line.settimeout(0.05)
        while not self._stop.is_set():
            try:
                octets = line.recv(65_536)
            except TimeoutError:
                continue
            if not octets:
                return
            with self._changed:
                self.octets += octets
                self.events += [event for event in reader.feed(octets) if isinstance(event, CotEvent)]
                self._changed.notify_all()

    def until(self, type: str) -> CotEvent:
        """Wait for an event of a type."""
        with self._changed:
            assert self._changed.wait_for(lambda: any(_is(e, type) for e in self.events), 60.0), self.events
        return next(event for event in self.events if _is(event, type))


def _is(event: CotEvent, type: str) -> bool:
    return event.type == type or event.type.startswith(f"{type}-")


def out(port: int) -> str:
    return (
        f'[[output]]\nid = "tak"\npartner = "Base defence"\nkind = "cot"\nurl = "tcp://127.0.0.1:{port}"\n'
        'release = "all"\n'
    )


def site_in(folder: Path, port: int, rows: int) -> Path:
    toml = SITE_TOML.replace("radar-1", "radar-2").replace("period_s = 1.0", "period_s = 0.1")
    toml = toml.replace("clutter_per_scan = 5.0", "").replace('"asterix"', '"json"').replace(":8600", f":{rows}")
    (folder / "test.geojson").write_text(SITE_GEOJSON)
    (folder / "site.toml").write_text(toml + released() + out(port))
    return folder / "site.toml"


def dispatched(data: Path) -> list[dict[str, object]]:
    lines = vedette("log", data, "--kind", "dispatched", "--json").stdout.splitlines()
    return [json.loads(line)["payload"] for line in lines]


def test_a_live_watch_tells_its_partner_and_its_record(tmp_path: Path) -> None:
    rows, data = free_port(), tmp_path / "data"
    with (
        Partner() as partner,
        running("watch", site_in(tmp_path, partner.port, rows), "--data", data, folder=tmp_path) as watch,
    ):
        with Sender(rows, detection):
            track = partner.until("a-s-A")
            alarm = partner.until("b-a-o-c")
            health = watch.until("/api/v1/health", lambda answer: answer["outputs"][0]["sent"] > 2)
        assert track.uid == "test-T-0001"
        assert track.sigma_position_m is not None
        assert abs(track.time_s - time.time()) < 30.0
        (one,) = health["outputs"]
        assert (one["output"], one["partner"], one["kind"], one["state"]) == ("tak", "Base defence", "cot", "live")
        assert (one["dropped"], one["refused"], one["garbled"]) == (0, 0, 0)
        assert one["age_s"] < 30.0
        assert watch.end(signal.SIGTERM) == 0
        gone = partner.until("t-x-d-d")
        assert gone.uid == "test-T-0001-end"
    told = dispatched(data)
    alerts, tracks = [[one for one in told if one["what"] == what] for what in ("alert", "tracks")]
    assert alarm.uid in {name for one in alerts for name in one["about"]}  # type: ignore[attr-defined]
    assert all(one["outcome"] == "sent" and len(str(one["sha256"])) == 64 for one in alerts)
    assert tracks[0]["about"] == ["test-T-0001"]
    assert tracks[0]["partner"] == "Base defence"
    assert "velocity" in tracks[0]["fields"]  # type: ignore[operator]
    assert "Base defence" in vedette("log", data, "--kind", "dispatched").stdout
    assert vedette("verify", data).stdout.startswith("intact, ")


def test_a_killed_watch_comes_back_and_ends_the_alert_that_it_told(tmp_path: Path) -> None:
    rows, data = free_port(), tmp_path / "data"
    with Partner() as partner:
        site = site_in(tmp_path, partner.port, rows)
        site.write_text(site.read_text() + '[[rule]]\nid = "near"\nclear_s = 1.0\n')
        with running("watch", site, "--data", data, folder=tmp_path) as watch:
            with Sender(rows, detection):
                alarm = partner.until("b-a-o-c")
                while not dispatched(data):
                    pass
            watch.end(signal.SIGKILL)
        with running("watch", site, "--data", data, folder=tmp_path) as watch:
            assert partner.until("b-a-o-can").uid == alarm.uid
            assert watch.end(signal.SIGINT) == 0
    assert vedette("verify", data).stdout.startswith("intact, ")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    rows = ["time_utc,sensor,scan,range_m,azimuth_true_deg,elevation_deg"]
    for number in range(200):
        rows.append(f"{iso_utc(START_S + number / 10)},radar-2,{number},{1500.0 - 2.0 * number},250.0,5.0")
    (tmp_path / "rows.csv").write_text("\n".join(rows) + "\n")
    return tmp_path / "rows.csv"


def test_a_replay_opens_no_line_unless_it_is_told_to(tmp_path: Path, recording: Path) -> None:
    with Partner() as partner:
        site, data = site_in(tmp_path, partner.port, free_port()), tmp_path / "silent"
        done = vedette("watch", site, "--replay", recording, "--headless", "--speed", "max", "--data", data)
        assert done.returncode == 0, done.stderr
        assert "1 alert," in done.stdout
    assert (partner.lines, partner.octets) == (0, b"")
    assert dispatched(data) == []


def test_a_replay_that_is_told_to_says_that_it_is_one(tmp_path: Path, recording: Path) -> None:
    with Partner() as partner:
        site, data = site_in(tmp_path, partner.port, free_port()), tmp_path / "told"
        done = vedette("watch", site, "--replay", recording, "--headless", "--speed", "20", "--data", data, "--outputs")
        assert done.returncode == 0, done.stderr
        track, alarm = partner.until("a-s-A"), partner.until("b-a-o-c")
    assert abs(track.time_s - time.time()) < 60.0, "the present, or a client would not show it"
    for event in (track, alarm):
        assert (event.callsign or "").startswith("REPLAY ")
    assert partner.octets.count(b'opex="s-replay"') >= 2
    assert b"2023-11-14T22:13:" in partner.octets, "the recorded time is said"
    assert {str(one["what"]) for one in dispatched(data)} == {"alert", "tracks"}


def test_two_silent_replays_give_the_same_record(tmp_path: Path, recording: Path) -> None:
    site = site_in(tmp_path, free_port(), free_port())
    for name in ("one", "two"):
        vedette("watch", site, "--replay", recording, "--headless", "--speed", "max", "--data", tmp_path / name)
    logs = [vedette("log", tmp_path / name, "--json").stdout for name in ("one", "two")]
    assert logs[0] == logs[1] != ""
