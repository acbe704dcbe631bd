"""A watch killed at any moment goes on: the record verifies, nothing acknowledged is lost, tracks keep their names.

Its alerts and dispositions are those of a watch that was never killed, at the same times.
"""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest

from tests.watch.driving import Running, running, vedette
from vedette.clock import iso_utc
from vedette.record import read_events, verify

MOMENTS = 20
SECONDS = 900
"""Length of the recording: at SPEED, more than all moments together use."""
SPEED = "20"


def recording(path: Path) -> Path:
    """Two drones that circle inside the fence, seen by one radar once a second, with a false return now and then."""
    draw = random.Random(1)
    lines = ["time_utc,sensor,scan,range_m,azimuth_true_deg,elevation_deg"]
    for second in range(SECONDS):
        head = f"{iso_utc(1_700_000_000.0 + second)},radar-1,{second}"
        for first_deg, range_m in ((0.0, 800.0), (140.0, 1100.0)):
            if draw.random() < 0.95:
                azimuth = (first_deg + 2.0 * second + draw.gauss(0.0, 0.5)) % 360.0
                lines.append(f"{head},{range_m + draw.gauss(0.0, 8.0):.2f},{azimuth:.3f},{6 + draw.gauss(0, 0.5):.3f}")
        lines.append(f"{head},{draw.uniform(400, 4400):.2f},{draw.uniform(0, 360):.3f},{draw.uniform(0, 30):.3f}")
    path.write_text("\n".join(lines) + "\n")
    return path


def acknowledge_one(watch: Running, acknowledged: set[str]) -> None:
    """Nothing acknowledged is lost; acknowledge one more if there is one."""
    alerts = {alert["alert"]: alert for alert in watch.get("/api/v1/alerts")["alerts"]}
    for alert in acknowledged:
        assert alerts[alert]["acknowledged_by"], alert
    for alert in sorted(name for name, one in alerts.items() if not one["acknowledged_by"])[:1]:
        status, answer = watch.post(f"/api/v1/alerts/{alert}/acknowledge", {"note": "seen"})
        assert status in (200, 201), answer
        acknowledged.add(alert)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_at_twenty_moments(site_file: Path, tmp_path: Path) -> None:
    draw = random.Random(20210911)
    data, table = tmp_path / "data", recording(tmp_path / "night.csv")
    arguments = ("watch", site_file, "--replay", table, "--data", data)
    acknowledged: set[str] = set()
    names: set[str] = set()
    for _ in range(MOMENTS):
        with running(*arguments, "--speed", SPEED, folder=tmp_path) as watch:
            tracks = {track["track"] for track in watch.until("/api/v1/tracks", lambda a: a["tracks"])["tracks"]}
            assert not names or tracks & names, "no track came back under its name"
            acknowledge_one(watch, acknowledged)
            time.sleep(draw.uniform(0.0, 0.5))  # the moment of the kill is what is tried
            names = {track["track"] for track in watch.get("/api/v1/tracks")["tracks"]}
            assert watch.end(signal.SIGKILL) == -signal.SIGKILL
        verdict = verify(data)
        assert verdict.intact, verdict
    assert len(acknowledged) >= 2
    done = vedette(*arguments, "--speed", "max", "--headless")
    assert done.returncode == 0, done.stderr
    assert vedette("verify", data).stdout.startswith("intact, ")
    unbroken = tmp_path / "unbroken"
    arguments = ("watch", site_file, "--replay", table, "--data", unbroken)
    done = vedette(*arguments, "--speed", "max", "--headless")
    assert done.returncode == 0, done.stderr
    assert raised(data) == raised(unbroken)


def raised(data: Path) -> list[tuple[float, object]]:
    """Alerts and dispositions, with the times that they came at."""
    kinds = ("alert_raised", "disposition_judged")
    return [(event.observed_s, event.payload) for event in read_events(data, kind=kinds)]
