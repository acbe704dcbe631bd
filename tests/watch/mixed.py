"""An exercise's sequence over a simulated night, and what a pipeline makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from vedette.feeds.arrival import Arrival
from vedette.model import AlertRaised, Draft, Look, Origin, Scan, Sequenced, TrackPoint
from vedette.sim import Injection, SimArrival, load_scenario, simulate
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
