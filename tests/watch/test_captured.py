"""A live watch over five feeds under a capture, and the capture replayed: the same detections, tracks and alerts.

Equal means: every event that is made from detections, with payload, observed and received time, in the same order, up
to the live watch's last tick; the replay's may have one tick more. Left out is what is not made from detections: that
a watch began and ended, the site's version, the state of feeds and disk, and closed files. Also what only a live watch
has: looks that it had to shed, and people's actions.
"""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import msgspec

from benchmarks.five_feeds import FEEDS, Lines, fly, free_ports, write_site
from tests.watch.driving import running, vedette
from vedette.model import AlertRaised, Event, IncidentDetections, TrackPoint
from vedette.record import read_events

OF_DETECTIONS = frozenset(
    {
        "track_point",
        "track_ended",
        "cooperative_seen",
        "alert_raised",
        "alert_cleared",
        "incident_opened",
        "incident_joined",
        "incident_track",
        "incident_detections",
        "incident_closed",
    }
)
DRONES = 20


def made_of_detections(folder: Path, until_s: float) -> list[Event]:
    """The events, without what differs in a replay by its nature: their number and origin."""
    return [
        msgspec.structs.replace(event, seq=0, origin="")
        for event in read_events(folder, kind=OF_DETECTIONS)
        if event.received_s <= until_s
    ]


def last_tick_s(folder: Path) -> float:
    """Just before the events that a watch writes as it ends."""
    (stopped,) = read_events(folder, kind="watch_stopped")
    return stopped.received_s - 1e-6


def test_a_replayed_capture_gives_what_the_live_watch_gave(tmp_path: Path) -> None:
    ports = free_ports()
    site = write_site(tmp_path, ports)

    async def flight() -> None:
        async with Lines(ports) as lines:
            await lines.join()
            await fly(lines, DRONES, 12.0, 0.0, lambda report: None)

    with running("watch", site, "--data", tmp_path / "live", folder=tmp_path) as watch:
        asyncio.run(flight())
        assert len(watch.get("/api/v1/alerts")["alerts"]) >= DRONES // 2
        assert watch.end(signal.SIGTERM) == 0
    capture = tmp_path / "live" / "capture"
    assert {folder.name for folder in capture.iterdir()} == set(FEEDS)
    replayed = vedette(
        "watch",
        site,
        "--headless",
        "--speed",
        "max",
        "--data",
        tmp_path / "again",
        "--replay",
        capture,
        folder=tmp_path,
    )
    assert replayed.returncode == 0, replayed.stderr
    until_s = last_tick_s(tmp_path / "live")
    live, again = (made_of_detections(tmp_path / name, until_s) for name in ("live", "again"))
    for kind in (AlertRaised, TrackPoint, IncidentDetections):
        assert sum(isinstance(event.payload, kind) for event in live) >= DRONES // 2
    sensors = {event.payload.sensor for event in live if isinstance(event.payload, IncidentDetections)}
    assert sensors == set(FEEDS)
    assert again == live
