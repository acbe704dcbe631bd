"""An exercise's sequence over a simulated night, and what a pipeline makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
import numpy as np

from vedette.clock import iso_utc
from vedette.feeds.arrival import Arrival
from vedette.model import AlertRaised, Draft, Look, Origin, Scan, Sequenced, TrackPoint
from vedette.sim import Injection, Scenario, SimArrival, load_scenario, simulate
from vedette.site import Site
from vedette.watch.mixing import Mix
from vedette.watch.pipeline import Pipeline
from vedette.watch.play import played
from vedette.watch.sequence import Sequencer

NIGHT: Final = load_scenario("erbil-2021-09-11")
CALM: Final = msgspec.structs.replace(NIGHT, drones=(), layers=())
"""The same night without its drones: what a watch sees while an exercise runs beside it."""
RAID: Final = msgspec.structs.replace(NIGHT, birds=(), aircraft=())
"""The drones alone: what an exercise injects."""


def sequence(arrivals: Iterable[SimArrival], origin: Origin) -> Iterator[Sequenced]:
    stamp = Sequencer(origin).stamp
    feed = (Arrival(received_s=one.received_s, feed=one.feed, body=one.body) for one in arrivals)
    for at_s, body in played(feed):
        yield stamp(body, at_s)


def mixed(live: Iterable[Sequenced], mix: Mix) -> list[Sequenced]:
    stamp = Sequencer(Origin.EXERCISE).stamp
    return [stamp(body, at_s) for message in live for at_s, body in mix.take(message)]


def looks(messages: Iterable[Sequenced], sensor: str) -> list[Scan]:
    bodies = (message.body for message in messages)
    return [body.scan for body in bodies if isinstance(body, Look) and body.scan.sensor == sensor]


def raid(seed: int, site: Site = NIGHT.site) -> Injection:
    return Injection(msgspec.structs.replace(RAID, site=site), seed)


def calm(seed: int) -> list[Sequenced]:
    return list(sequence(simulate(CALM, seed).arrivals, Origin.LIVE))


def watched(messages: Iterable[Sequenced], site: Site) -> list[Draft]:
    pipeline = Pipeline(site)
    return [draft for message in messages for draft in pipeline.step(message).drafts]


def alerts(drafts: Iterable[Draft]) -> list[AlertRaised]:
    return [draft.payload for draft in drafts if isinstance(draft.payload, AlertRaised)]


def points(drafts: Iterable[Draft], track: str | None) -> list[TrackPoint]:
    payloads = (draft.payload for draft in drafts)
    return [one for one in payloads if isinstance(one, TrackPoint) and one.track == track]


def table_of(scenario: Scenario, seed: int) -> str:
    """A simulated night as its radars saw it: a detection table, CSV."""
    rows = ["time_utc,sensor,scan,range_m,azimuth_true_deg,elevation_deg,range_rate_mps"]
    for arrival in simulate(scenario, seed).arrivals:
        if isinstance(arrival.body, Look) and arrival.body.scan.sensor.startswith("radar"):
            rows += _rows(arrival.body.scan)
    return "\n".join(rows) + "\n"


def _rows(scan: Scan) -> Iterator[str]:
    head = f"{iso_utc(scan.observed_s)},{scan.sensor},{scan.look}"
    polar = scan.range_m, scan.azimuth_true_rad, scan.elevation_rad, scan.range_rate_mps
    if any(column is None for column in polar):
        yield f"{head},,,,"
        return
    range_m, azimuth_rad, elevation_rad, rate_mps = (np.asarray(column) for column in polar)
    for row in range(len(range_m)):
        azimuth_deg, elevation_deg = np.degrees(azimuth_rad[row]), np.degrees(elevation_rad[row])
        yield f"{head},{range_m[row]:.2f},{azimuth_deg:.4f},{elevation_deg:.4f},{rate_mps[row]:.2f}"
