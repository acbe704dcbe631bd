"""Smoothed paths beside a running watch: recorded ones until they are ready, and each says which it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from litestar.testing import TestClient

from tests.watch.test_afterwards import START_S, inbound, look
from vedette.console import create_app
from vedette.model import Look, Origin, Tick
from vedette.site import load_site
from vedette.watch.plan import Plan
from vedette.watch.runtime import Watch
from vedette.watch.smoothing import Smoothing

INCIDENT = "/api/v1/incidents/test-I-0001"


@pytest.fixture
def plan(site_file: Path, tmp_path: Path) -> Plan:
    return Plan(site=load_site(site_file), origin=Origin.REPLAY, folder=tmp_path / "data")


def fly(watch: Watch, first: int, last: int, seed: int = 7) -> None:
    """A drone inbound, seen by the site's radar once a second."""
    draw = np.random.default_rng(seed)
    for second in range(first, last):
        scan = look(watch.plan.site, float(second), inbound(float(second)), draw)
        watch.submit(Look(scan=scan), START_S + second)
        watch.submit(Tick(), START_S + second + 0.5)
    watch.settle()


def drawn(client: Any) -> tuple[dict[str, Any], list[Any], bool]:
    """What the map says of its paths; its one track's line, and whether that is smoothed."""
    map_ = client.get(f"{INCIDENT}/report.geojson").json()
    (track,) = (one for one in map_["features"] if one["properties"]["kind"] == "track")
    return map_["paths"], track["geometry"]["coordinates"], track["properties"]["smoothed"]


@pytest.mark.timeout(120)
def test_the_map_has_recorded_tracks_until_smoothed_ones_are_ready(plan: Plan) -> None:
    watch = Watch.open(plan, START_S)
    watch.begin()
    fly(watch, 0, 80)
    with TestClient(create_app(watch), base_url="http://127.0.0.1") as client:
        said, recorded, smooth = drawn(client)
        assert (said["made"], said["pending"], smooth) == ("recorded", True, False)
        assert said["says"] == "Tracks as recorded; smoothed ones are being made"
        watch.smoothing.settle()
        said, line, smooth = drawn(client)
        assert (said["made"], said["pending"], smooth) == ("smoothed", False, True)
        assert said["says"] == "Tracks smoothed after the fact"
        assert line != recorded
        assert "smoothed after the fact" in client.get(f"{INCIDENT}/report.html").text
        watch.smoothing.settle()
        fly(watch, 80, 84)
        said, longer, _ = drawn(client)
        assert (said["made"], said["pending"]) == ("smoothed", False), "an incident that goes on has what was made"
        assert len(longer) > len(line), "and what was recorded since"
    watch.finish()
    watch.close("ended")


@pytest.mark.timeout(120)
def test_what_cannot_be_smoothed_stays_as_recorded(plan: Plan) -> None:
    watch = Watch.open(plan, START_S)
    watch.begin()
    fly(watch, 0, 80)
    (incident,) = watch.board.incidents()
    smoothing = Smoothing(plan.folder / "nowhere")
    assert smoothing.of(incident).pending
    smoothing.settle()
    ready = smoothing.of(incident)
    assert (ready.paths, ready.pending) == ((), False)
    watch.finish()
    watch.close("ended")


@pytest.mark.timeout(120)
def test_a_watch_that_ends_ends_what_is_being_made(plan: Plan) -> None:
    watch = Watch.open(plan, START_S)
    watch.begin()
    fly(watch, 0, 80)
    with TestClient(create_app(watch), base_url="http://127.0.0.1") as client:
        assert drawn(client)[0]["pending"]
    watch.finish()
    watch.close("ended")
    watch.smoothing.settle()
    ended = watch.smoothing.of(watch.board.incidents()[0])
    assert (ended.paths, ended.pending) == ((), False)
