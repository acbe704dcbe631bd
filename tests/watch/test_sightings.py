"""`vedette sighting` and the API on the night's record: the drone, the Moon, nothing; kept over a restart."""

from __future__ import annotations

import json
import math
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.sighting import almanac
from tests.watch.driving import running, vedette
from vedette.clock import iso_local, iso_utc, parse_time
from vedette.geo import LocalFrame, destination
from vedette.sim import load_scenario, simulate
from vedette.sim.simulate import TruthRow

BASE = (36.2376, 43.9632)
ATTACK_S = parse_time("2021-09-11T20:42:00Z")
"""Both drones fly, neither is down."""


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reconstruction's record."""
    data = tmp_path_factory.mktemp("night") / "d"
    done = vedette("demo", "--headless", "--speed", "max", "--data", data)
    assert done.returncode == 0, done.stderr
    return data


def asked(data: Path, *options: object) -> dict[str, Any]:
    done = vedette("sighting", data, *map(str, options), "--json")
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def at(*place: float) -> str:
    return ",".join(f"{each:.6f}" for each in place)


def seen_from(place: tuple[float, float], row: TruthRow) -> tuple[float, float]:
    """Azimuth and elevation of the truth, from the ground."""
    frame = LocalFrame(*place, simulate(load_scenario("erbil-2021-09-11"), 1).site.altitude_ellipsoid_m)
    east, north, up = frame.to_enu_m(row.latitude_deg, row.longitude_deg, row.altitude_ellipsoid_m)
    azimuth = math.degrees(math.atan2(east, north)) % 360.0
    return azimuth, math.degrees(math.atan2(up, math.hypot(east, north)))


def test_a_look_at_a_real_drone_finds_its_track(night: Path) -> None:
    """From a kilometre beside its way, with the truth's own direction 6° off: as an observer would say it."""
    rows = [
        row
        for row in simulate(load_scenario("erbil-2021-09-11"), 1).truth
        if abs(row.time_s - ATTACK_S) < 0.51 and row.class_.startswith("uav")
    ]
    assert len(rows) >= 2
    incident = json.loads(vedette("incident", "show", night, "--json").stdout)
    drones = {track["track"] for track in incident["tracks"]}
    found = set()
    for row in rows:
        place = destination(row.latitude_deg, row.longitude_deg, 150.0, 1000.0)
        azimuth, elevation = seen_from(place, row)
        options = ("--time", iso_utc(row.time_s), "--from", at(*place), "--azimuth", f"{(azimuth + 6.0) % 360.0:.1f}")
        best = asked(night, *options, "--elevation", f"{elevation:.1f}", "--time-sigma-s", 5)["candidates"][0]
        assert best["kind"] == "track"
        assert best["p"] > 0.7
        assert best["distance_m"] == pytest.approx(1000.0, abs=250.0)
        found.add(best["name"])
    assert found == drones


def test_a_look_at_the_moon_that_evening_finds_the_moon(night: Path) -> None:
    """Its place by short series and sidereal time; at the attack it had set, and is no candidate."""
    early_s = parse_time("2021-09-11T20:00:00+03:00")
    azimuth, elevation = almanac.moon_azimuth_elevation_deg(early_s, *BASE)
    assert elevation > 5.0
    local = iso_local(early_s, "Asia/Baghdad")[:19]
    told = asked(night, "--time", local, "--from", at(*BASE), "--azimuth", azimuth, "--elevation", elevation)
    best = told["candidates"][0]
    assert best["kind"] == "moon"
    assert best["p"] > 0.7
    assert best["azimuth_true_deg"] == pytest.approx(azimuth, abs=0.7)
    assert best["elevation_deg"] == pytest.approx(elevation, abs=0.7)
    assert told["report"]["time_utc"] == iso_utc(early_s), "a time without zone is the site's"
    assert any("holds nothing of that time" in missing for missing in told["not_checked"])
    assert almanac.moon_azimuth_elevation_deg(ATTACK_S, *BASE)[1] < -5.0
    later = asked(night, "--time", iso_utc(ATTACK_S), "--from", at(*BASE), "--azimuth", azimuth, "--elevation", 5)
    assert "moon" not in later["compared"]
    assert later["not_checked"] == []


def test_the_text_has_80_columns_and_says_what_was_compared(night: Path) -> None:
    done = vedette("sighting", night, "--time", iso_utc(ATTACK_S), "--from", at(*BASE), "--azimuth", "90")
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "nothing known explains it" in done.stdout
    counted = re.findall(r"(\d+) (\w+)", done.stdout.split("compared: ")[1])
    assert any(int(count) > 1 for count, _ in counted)
    assert all(kind in ("aircraft", "own") or kind.endswith("s") == (count != "1") for count, kind in counted)
    assert "23:42:00 local (+03), 20:42:00 UTC" in done.stdout


@pytest.mark.parametrize(
    "options",
    [
        ("--time", "23:43", "--from", "36.2,43.9", "--azimuth", "10"),
        ("--time", "2021-09-11T23:43", "--from", "36.2", "--azimuth", "10"),
        ("--time", "2021-09-11T23:43", "--from", "96.2,43.9", "--azimuth", "10"),
        ("--time", "2021-09-11T23:43", "--from", "36.2,nan", "--azimuth", "10"),
        ("--time", "2021-09-11T23:43", "--from", "36.2,43.9", "--azimuth", "361"),
        ("--time", "2021-09-11T23:43", "--from", "36.2,43.9", "--azimuth", "nan"),
        ("--time", "2021-09-11T23:43", "--from", "36.2,43.9", "--azimuth", "1", "--elevation", "91"),
        ("--time", "2021-09-11T23:43", "--from", "36.2,43.9", "--azimuth", "1", "--lights", "red"),
        ("--time", "2021-09-11T23:43", "--from", "36.2,43.9"),
    ],
)
def test_bad_usage_is_two_and_one_line(night: Path, options: tuple[str, ...]) -> None:
    done = vedette("sighting", night, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_where_there_is_no_record_it_is_two(tmp_path: Path) -> None:
    done = vedette("sighting", tmp_path, "--time", "2021-09-11T23:43", "--from", "36.2,43.9", "--azimuth", "1")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_a_sighting_joins_record_incident_report_and_outlives_a_restart(night: Path, tmp_path: Path) -> None:
    body = {
        "time": iso_utc(ATTACK_S),
        "latitude_deg": BASE[0],
        "longitude_deg": BASE[1],
        "azimuth_true_deg": 20.0,
        "elevation_deg": 50.0,
        "observer": "trained",
        "seen_by": "tower <b>",
        "looked_like": "two lights",
    }
    data = tmp_path / "d"
    with running("demo", "--speed", "max", "--data", data, folder=tmp_path) as watch:
        watch.until("/api/v1/incidents", lambda answer: answer["incidents"])
        watch.until("/api/v1/health", lambda health: health["state"] == "ended")
        status, told = watch.post("/api/v1/sightings", body)
        assert status == 200, told
        assert (told["id"], told["by"]) == ("erbil-S-0001", "watch officer")
        assert sum(told["compared"].values()) > 5
        assert told["not_checked"] == []
        assert watch.post("/api/v1/sightings", body | {"time": "2031-01-01T00:00:00Z"})[0] == 409
        document = watch.get(f"/api/v1/incidents/{told['incident']}")
        (listed,) = document["sightings"]
        assert (listed["id"], listed["grade"]) == (told["id"], told["grade"])
        assert watch.end(signal.SIGTERM) == 0
    lines = vedette("log", data, "--kind", "sighting_entered", "--json").stdout.splitlines()
    (event,) = [json.loads(line) for line in lines]
    assert event["payload"]["grade"] == told["grade"]
    assert event["origin"] == "simulated"
    assert vedette("verify", data).stdout.startswith("intact, ")
    page = vedette("incident", "report", data, "--format", "html").stdout
    assert "erbil-S-0001" in page
    assert "tower &lt;b&gt;" in page
    again = json.loads(vedette("incident", "show", data, "--json").stdout)
    assert [one["id"] for one in again["sightings"]] == ["erbil-S-0001"]
    with running("demo", "--data", data, folder=tmp_path) as watch:
        assert [one["id"] for one in watch.get("/api/v1/sightings")["sightings"]] == ["erbil-S-0001"]
