"""A report against a folder's record: what was tracked then is read from it, the sky computed, the checker asked."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final

from vedette.model import CooperativeSeen, Event, SightingAnswer, SightingReport, TrackPoint
from vedette.record import read_events
from vedette.sighting import Sky, SkyMissing, check, load_sky, time_nodes
from vedette.site import Site

BESIDE_S: Final = 15.0
"""Read before and after the report's possible times: a gap of a track, and how late an event may be received."""


def check_sighting(folder: Path, site: Site, report: SightingReport) -> SightingAnswer:
    """What could explain it, by the record as it stands now. Another thread may be writing the record.

    Raises:
        RecordError: no record in the folder, or one that cannot be read.
    """
    times_s, _ = time_nodes(report)
    first_s, last_s = float(times_s[0]) - BESIDE_S, float(times_s[-1]) + BESIDE_S
    missing = []
    events = list(_between(folder, first_s, last_s))
    if not events:
        missing.append("tracks: the record holds nothing of that time; no watch may have been kept")
    thinned = sum(event.kind == "track_point" and event.payload is None for event in events)
    if thinned:
        missing.append(f"tracks: {thinned} of that time's track points were thinned out to save space")
    points = [event.payload for event in events if isinstance(event.payload, TrackPoint)]
    return check(report, site, points, _callsigns(folder), _sky(), missing)


def _sky() -> Sky | SkyMissing:
    try:
        return load_sky()
    except SkyMissing as missing:
        return missing


def _between(folder: Path, first_s: float, last_s: float) -> Iterator[Event]:
    """The events received between two times."""
    with contextlib.closing(_closable(read_events(folder, since_s=first_s))) as events:
        for event in events:
            if event.received_s > last_s:
                return
            yield event


def _closable(events: Iterator[Event]) -> Generator[Event, None, None]:
    yield from events


def _callsigns(folder: Path) -> dict[str, str]:
    seen = (event.payload for event in read_events(folder, kind="cooperative_seen"))
    return {one.identity: one.callsign for one in seen if isinstance(one, CooperativeSeen) and one.callsign}
