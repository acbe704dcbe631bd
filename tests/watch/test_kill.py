"""A watch killed at any moment goes on: the record verifies, nothing acknowledged is lost, tracks keep their names."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest
from tests.watch.driving import running, vedette

from vedette.record import verify

MOMENTS = 20


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_at_twenty_moments(tmp_path: Path) -> None:
    draw = random.Random(20210911)
    data = tmp_path / "data"
    acknowledged: set[str] = set()
    names: set[str] = set()
    for _ in range(MOMENTS):
        with running("demo", "--speed", "12", "--data", data, folder=tmp_path) as watch:
            tracks = {track["track"] for track in watch.until("/api/v1/tracks", lambda a: a["tracks"])["tracks"]}
            assert not names or tracks & names, "no track came back under its name"
            alerts = {alert["alert"]: alert["state"] for alert in watch.get("/api/v1/alerts")["alerts"]}
            for alert in acknowledged:
                assert alerts[alert] != "raised"
            for alert in sorted(alerts.keys() - acknowledged)[:1]:
                status, answer = watch.post(f"/api/v1/alerts/{alert}/acknowledge", {"note": "seen"})
                assert status == 201 or status == 200, answer
                acknowledged.add(alert)
            time.sleep(draw.uniform(0.0, 0.4))  # the moment of the kill is what is tried
            names = {track["track"] for track in watch.get("/api/v1/tracks")["tracks"]}
            assert watch.end(signal.SIGKILL) == -signal.SIGKILL
        verdict = verify(data)
        assert verdict.intact, verdict
    assert acknowledged
    done = vedette("demo", "--headless", "--speed", "max", "--data", data, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert vedette("verify", data).stdout.startswith("intact, ")
