"""A night that was watched, played back from its record: what is said of it agrees with what was done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from tests.watch.driving import vedette
from vedette.geo import distance_azimuth
from vedette.model import IncidentOpened, RecordedLook, TrackPoint
from vedette.record import read_events
from vedette.sim import load_scenario, simulate
from vedette.watch.playback import RecordPlayback


def test_the_night_is_there_again(tmp_path: Path) -> None:
    data = tmp_path / "night"
    done = vedette("demo", "--headless", "--speed", "max", "--seed", "1", "--data", data)
    assert done.returncode == 0, done.stderr
    playback = RecordPlayback(simulate(load_scenario("erbil-2021-09-11"), 1).site, data)
    span = playback.span()
    assert span is not None
    every = [event.payload for event in read_events(data, kind="track_point")]
    assert span.gaps == ()
    whole = playback.points(span.first_s, span.last_s + 1.0, 0.0)
    assert whole.next_seq is None
    assert list(whole.points) == every
    thinned = playback.points(span.first_s, span.last_s + 1.0, 10.0).points
    steps = [(point.track, math.floor(point.observed_s / 10.0)) for point in thinned]
    assert len(steps) == len(set(steps)) < len(every) / 5

    name = "erbil-T-0012"
    alone = playback.points(span.first_s, span.last_s + 1.0, 0.0, track=name).points
    assert list(alone) == [point for point in every if isinstance(point, TrackPoint) and point.track == name] != []

    opened = next(e for e in read_events(data, kind="incident_opened") if isinstance(e.payload, IncidentOpened))
    assert isinstance(opened.payload, IncidentOpened)
    looks = playback.looks(opened.payload.incident, span.first_s, span.last_s + 1.0).looks
    assert looks
    _beside_a_track(every, looks[len(looks) // 2])


def _beside_a_track(points: Sequence[object], one: RecordedLook) -> None:
    near = [p for p in points if isinstance(p, TrackPoint) and abs(p.observed_s - one.look.observed_s) <= 1.0]
    for place in one.places:
        if place is None:
            continue
        far_m = min(
            distance_azimuth(*place, p.latitude_deg, p.longitude_deg)[0]
            for p in near
            if p.latitude_deg is not None and p.longitude_deg is not None
        )
        assert far_m < 600.0
