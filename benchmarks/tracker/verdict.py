"""What was measured against what is aimed at. It prints; it fails nothing: times differ from machine to machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.tracker.contest import PEER, TRACKER, Line, mean
from benchmarks.tracker.growth import Growth, Memory

GOSPA_M = {5: 70.0, 50: 219.0, 200: 443.0}
"""At or below, metres, by number of drones."""
OF_BEST_PEER = {5: 1.0, 50: 0.94, 200: 1.0}
"""Our GOSPA by the best peer's on the same scenes, at most."""
FALSE_A_SCAN = {50: 0.4}
TIMES_PEER = {"k-d tree": 1000.0, "TPR tree": 400.0}
"""Our detections a second by the peer's, at least, at 50 drones."""
OF_BARE = {50: 1.0 / 20.0, 200: 1.0 / 25.0}
"""Our detections a second by the bare filter's, at least."""
GROWTH = 1.5
"""Time per detection at 2,000 drones by that at 50, at most."""
CROWDED_HZ = 100_000.0
"""Detections a second at 2,000 drones in the airspace of 50, at least."""
LATE_MS = 50.0
MEMORY_MB = 200.0
FOLLOWED = 0.9
"""Below this part of its drones a tracker's time says nothing."""


@dataclass(frozen=True)
class Verdict:
    """One aim. least: the aim is a least value, else a greatest. note: why it does not count, if it does not."""

    what: str
    measured: float
    aim: float
    least: bool = False
    unit: str = ""
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether it is."""
        return not self.note and (self.measured >= self.aim if self.least else self.measured <= self.aim)

    @property
    def of_aim(self) -> float:
        """Measured by aim."""
        return self.measured / self.aim if self.aim else float("nan")


def accuracy(lines: Sequence[Line]) -> Iterator[Verdict]:
    """GOSPA, false tracks and switches, as far as these numbers of drones were run."""
    for ours in (line for line in lines if line.kind == TRACKER):
        drones, gospa_m = ours.drones, ours.mean("gospa_m")
        at = f"at {drones} drones"
        if drones in GOSPA_M:
            yield Verdict(f"GOSPA {at}", gospa_m, GOSPA_M[drones], unit="m")
        if drones in FALSE_A_SCAN:
            yield Verdict(f"false tracks a scan {at}", ours.mean("false"), FALSE_A_SCAN[drones])
        peers = [line for line in lines if line.kind == PEER and line.drones == drones]
        if not peers:
            continue
        nearest = min(peers, key=lambda peer: peer.of_ours("gospa_m"))
        of_nearest = 1.0 / nearest.of_ours("gospa_m")
        if drones in OF_BEST_PEER:
            yield Verdict(f"GOSPA {at}, by {nearest.name}'s", of_nearest, OF_BEST_PEER[drones], unit="x")
        fewest = min(peers, key=lambda line: line.mean("id_switches") - mean(line.ours, "id_switches"))
        switches = mean(fewest.ours, "id_switches")
        yield Verdict(f"identity switches {at}, against {fewest.name}'s", switches, fewest.mean("id_switches"))


def speed(lines: Sequence[Line], bare_hz: dict[int, float]) -> Iterator[Verdict]:
    """Detections a second against the peers' and the bare filter's."""
    rates = {line.drones: line.rate_hz for line in lines if line.kind == TRACKER}
    for peer in (line for line in lines if line.kind == PEER and line.drones == 50):
        for name, times in TIMES_PEER.items():
            if name in peer.name:
                yield Verdict(f"det/s at 50 drones, by {peer.name}'s", rates[50] / peer.rate_hz, times, True, "x")
    for drones, part in OF_BARE.items():
        if drones in rates and drones in bare_hz:
            of_bare = rates[drones] / bare_hz[drones]
            yield Verdict(f"det/s at {drones} drones, by the bare EKF's", of_bare, part, True, "x")


def growth(dense: Sequence[Growth], crowded: Growth, late_s: Sequence[float], memory: Memory) -> Iterator[Verdict]:
    """Time per detection, a late look, memory."""
    yield Verdict(
        f"time per detection, {dense[-1].drones:,} drones by {dense[0].drones}",
        dense[-1].seconds / dense[0].seconds,
        GROWTH,
        unit="x",
        note=_unfollowed((*dense,)),
    )
    yield Verdict(
        f"det/s, {crowded.drones:,} drones in the airspace of 50, {crowded.followed:.0%} followed",
        1.0 / crowded.seconds,
        CROWDED_HZ,
        least=True,
        note=_unfollowed((crowded,)),
    )
    yield Verdict("a look 2 s late at 200 drones", 1e3 * float(np.median(late_s)), LATE_MS, unit="ms")
    held = "" if memory.tracks >= FOLLOWED * memory.wanted else f"only {memory.tracks} tracks"
    yield Verdict(f"memory for {memory.wanted:,} tracks", memory.above_imports, MEMORY_MB, unit="MB", note=held)


def _unfollowed(cases: Sequence[Growth]) -> str:
    lost = [f"{case.drones}" for case in cases if case.followed < FOLLOWED]
    return f"drones not followed at {', '.join(lost)}" if lost else ""
