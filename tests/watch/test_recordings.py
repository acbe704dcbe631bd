"""A real drone's Remote ID through the whole chain: one named track, one alert, recorded and reported."""

from __future__ import annotations

import json
from pathlib import Path

from tests.watch.driving import vedette
from vedette.clock import iso_utc

SITE = """
name = "Anafi Field"
id = "anafi"
timezone = "Europe/Zurich"
latitude_deg = 47.1986
longitude_deg = 8.7302
altitude_msl_m = 450.0
geometry = "anafi.geojson"

[[sensor]]
id = "remote-id-1"
kind = "remote_id"

[[feed]]
sensor = "remote-id-1"
source = "remote_id"
url = "file:capture.pcapng"
"""
RING = [[8.7295, 47.198], [8.731, 47.198], [8.731, 47.1992], [8.7295, 47.1992], [8.7295, 47.198]]
GEOMETRY = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"id": "fence", "role": "perimeter"},
            "geometry": {"type": "Polygon", "coordinates": [RING]},
        }
    ],
}


def test_the_anafi_draws_one_named_track_and_one_alert(recordings: Path, tmp_path: Path) -> None:
    (tmp_path / "anafi.toml").write_text(SITE)
    (tmp_path / "anafi.geojson").write_text(json.dumps(GEOMETRY))
    capture = recordings / "remote_id" / "parrot_anafi4_real.pcapng"
    digests = []
    for name in ("a", "b"):
        data = tmp_path / name
        done = vedette(
            "watch", tmp_path / "anafi.toml", "--replay", capture, "--speed", "max", "--headless", "--data", data
        )
        assert done.returncode == 0, done.stderr
        digests.append(vedette("log", data, "--json").stdout)
    assert digests[0] == digests[1]
    events = [json.loads(line) for line in digests[0].splitlines()]
    assert len([event for event in events if event["kind"] == "alert_raised"]) == 1
    assert {event["origin"] for event in events} == {"replay"}
    points = [event["payload"] for event in events if event["kind"] == "track_point"]
    assert len({point["track"] for point in points}) == 1
    assert all(point["identity"].startswith("rid:") for point in points)
    document = json.loads(vedette("incident", "show", data, "--json").stdout)
    (track,) = document["tracks"]
    assert track["last_utc"] == iso_utc(points[-1]["observed_s"])
    assert track["sensors"] == ["remote-id-1"]
    assert track["class"].startswith("uav")
    report = vedette("incident", "report", data, "--format", "html")
    assert report.returncode == 0
    assert "REPLAY" in report.stdout
    assert vedette("verify", data).stdout.startswith("intact, ")
