"""Who runs on which scenes: ours, the bounds, the peers, each with the same scenes of ours beside a shortened run."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from benchmarks.tracker.bound import OURS, THREE, KnownAssociation, Told
from benchmarks.tracker.ours import Ours
from benchmarks.tracker.scenes import Contender, Prepared, Run, clutter_of, prepare, run

TRACKER, BOUND, PEER = "ours", "bound", "peer"


@dataclass(frozen=True)
class Entry:
    """A contender. most: by number of drones, at most so many seeds and scans, because it is slow."""

    name: str
    kind: str
    make: Callable[[Prepared], Contender]
    most: Mapping[int, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One contender on the scenes of one number of drones.

    ours, bound: runs on just these scenes of our tracker and, of a peer's line, of the lowest known-association bound.
    """

    name: str
    kind: str
    drones: int
    seeds: tuple[int, ...]
    scans: int
    runs: list[Run]
    ours: list[Run]
    bound: list[Run]

    @cached_property
    def rate_hz(self) -> float:
        """Detections a second of processor time."""
        return sum(one.detections for one in self.runs) / sum(one.seconds for one in self.runs)

    def mean(self, name: str) -> float:
        """Mean over the scenes of a part of the score."""
        return mean(self.runs, name)

    def of_ours(self, name: str) -> float:
        """The same by ours on these scenes."""
        return mean(self.runs, name) / mean(self.ours, name)


def mean(runs: Sequence[Run], name: str) -> float:
    """Mean over scenes of a part of the score; completeness is SIAP's."""
    if name == "completeness":
        return float(np.mean([one.score.siap.completeness or 0.0 for one in runs]))
    return float(np.mean([getattr(one.score, name) for one in runs]))


def entries(*, peers: bool = True) -> list[Entry]:
    """Ours first, then the bounds, then Stone Soup's if they are wanted and installed."""
    found = [
        Entry("Vedette", TRACKER, Ours),
        Entry("bound: three constant velocities", BOUND, lambda prepared: KnownAssociation(prepared, THREE)),
        Entry("bound: Vedette's models", BOUND, lambda prepared: KnownAssociation(prepared, OURS)),
        Entry("bound: Vedette told whose", BOUND, Told),
    ]
    if peers and importlib.util.find_spec("stonesoup") is not None:
        from benchmarks.tracker import stone_soup

        found += [Entry(peer.name, PEER, peer.on, peer.most) for peer in stone_soup.PEERS.values()]
    return found


def contest(
    drones: int, scans: int, seeds: Sequence[int], chosen: Sequence[Entry], limit: tuple[int, int] | None = None
) -> Iterator[Line]:
    """Each contender's line on the scenes of so many drones; the first of those chosen is ours.

    Args:
        limit: seeds and scans at most of any peer; one that must be shortened anyway is then left out.
    """
    scenes = {seed: prepare(drones, clutter_of(drones), scans, seed) for seed in seeds}
    known: dict[tuple[str, tuple[int, ...], int], list[Run]] = {}
    bounds = [entry for entry in chosen if entry.kind == BOUND]

    def runs(entry: Entry, of: tuple[int, ...], first: int) -> list[Run]:
        key = entry.name, of, first
        if key not in known:
            known[key] = [run(scene, entry.make(scene)) for scene in (scenes[seed].first(first) for seed in of)]
        return known[key]

    for entry in chosen:
        if limit is not None and drones in entry.most:
            continue
        most_seeds, most_scans = entry.most.get(drones, (len(seeds), scans))
        if entry.kind == PEER and limit is not None:
            most_seeds, most_scans = min(most_seeds, limit[0]), min(most_scans, limit[1])
        extent = tuple(seeds[:most_seeds]), min(most_scans, scans)
        told = [runs(bound, *extent) for bound in bounds] if entry.kind == PEER else []
        least = min(told, key=lambda found: mean(found, "gospa_m"), default=[])
        yield Line(entry.name, entry.kind, drones, *extent, runs(entry, *extent), runs(chosen[0], *extent), least)
