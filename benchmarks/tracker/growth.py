"""How the tracker grows: time per detection with the number of drones, a late look, memory.

python -m benchmarks.tracker.growth TRACKS     # memory for so many, as JSON; to be run in a process of its own
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

import vedette
from benchmarks.radar_scenario import (
    ELEVATION_DEG,
    RANGE_M,
    SIGMA_AZIMUTH_DEG,
    SIGMA_ELEVATION_DEG,
    SIGMA_RANGE_M,
    START_S,
)
from benchmarks.tracker.ours import Ours
from benchmarks.tracker.scenes import Prepared, moment, prepare, prepare_site, reach_of, scan_of
from vedette.model import Floats
from vedette.scoring import set_distance

SCANS = 30
DENSE = ((50, 50.0), (200, 100.0), (500, 250.0), (2000, 1000.0))
"""Drones and clutter of the constant density."""
NEAR_M = 100.0
LATE_S = 2
LATE_EVERY = 3
TRACKS = 5000


@dataclass(frozen=True)
class Growth:
    """Time per detection, in seconds, at a number of drones.

    followed: part of the drones in the air at the last scan that a track was within 100 m of, times the
    reach: errors grow with range. Who follows none is fast.
    """

    drones: int
    clutter: float
    reach: float
    seconds: float
    followed: float


def dense(drones: int, clutter: float, scans: int = SCANS) -> Growth:
    """As densely as 50 drones stand, in an airspace that grows with them."""
    return timed(drones, clutter, reach_of(drones), scans)


def timed(drones: int, clutter: float, reach: float, scans: int = SCANS) -> Growth:
    """The median over scenes: as many as make some ten thousands of detections."""
    scenes = max(2, math.ceil(600 / drones))
    per_detection, followed = [], []
    for seed in range(1, scenes + 1):
        prepared = prepare(drones, clutter, scans, seed, reach)
        ours, seconds = Ours(prepared), 0.0
        for scan in range(scans):
            began = time.thread_time()
            answer = ours.step(scan)
            seconds += time.thread_time() - began
        per_detection.append(seconds / prepared.detections)
        last = set_distance(moment(prepared.scene, scans - 1, ours.believed(answer)).distance_m, NEAR_M * reach, 2.0)
        followed.append(1.0 - last.missed / max(len(prepared.scene.present[-1]), 1))
    return Growth(drones, clutter, reach, float(np.median(per_detection)), float(np.mean(followed)))


def late_s(drones: int, clutter: float, scans: int, seeds: Sequence[int]) -> list[float]:
    """Seconds that each look takes which comes LATE_S after its time, when those after it are already worked in.

    Every few looks one is held back. Raises RuntimeError where the tracker did not take every one of them.
    """
    return [seconds for seed in seeds for seconds in _late(prepare(drones, clutter, scans, seed))]


def _late(prepared: Prepared) -> list[float]:
    tracker = vedette.Tracker(prepared.site)
    held = set(range(20, len(prepared.scans) - LATE_S, LATE_EVERY))
    took = []
    for scan, look in enumerate(prepared.scans):
        if scan not in held:
            tracker.observe(look)
        if scan - LATE_S in held:
            began = time.thread_time()
            tracker.observe(prepared.scans[scan - LATE_S])
            took.append(time.thread_time() - began)
    if tracker.counts["late_taken"] != len(took) or not took:
        raise RuntimeError(f"{len(took)} looks came late, {tracker.counts['late_taken']} were taken")
    return took


@dataclass(frozen=True)
class Memory:
    """Resident memory in MB of a process that held so many tracks of those wanted. kernels: what loading them added."""

    wanted: int
    tracks: int
    imports: float
    kernels: float
    peak: float

    @property
    def above_imports(self) -> float:
        """At its peak."""
        return self.peak - self.imports


def memory(tracks: int = TRACKS) -> Memory:
    """Measured in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.tracker.growth", str(tracks)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    return Memory(**json.loads(answer.stdout))


def hold(drones: int, scans: int = 12) -> Memory:
    """Straight flights at the density of 50 drones, seen every scan, with clutter half as many; in this process."""
    imports = _resident("VmRSS")
    reach = reach_of(drones)
    tracker = vedette.Tracker(prepare_site(drones / 2.0, reach))
    kernels = _resident("VmRSS") - imports
    rng = np.random.default_rng(1)
    radius, angle = reach * np.sqrt(rng.uniform(700.0**2, 3800.0**2, drones)), rng.uniform(-math.pi, math.pi, drones)
    at = np.column_stack([radius * np.cos(angle), radius * np.sin(angle), rng.uniform(60.0, 400.0, drones)])
    speed = rng.normal(0.0, 10.0, (drones, 3)) * (1.0, 1.0, 0.1)
    for scan in range(scans):
        tracks = tracker.observe(scan_of(_look(rng, at + scan * speed, reach), START_S + scan))
    held = int(np.count_nonzero(tracks.status))
    return Memory(drones, held, imports, kernels, _resident("VmHWM"))


def _look(rng: np.random.Generator, at: Floats, reach: float) -> Floats:
    """All drones and half as many false detections: range_m, azimuth_true_deg, elevation_deg (n, 3)."""
    flat = np.hypot(at[:, 0], at[:, 1])
    true = np.column_stack([np.hypot(flat, at[:, 2]), np.arctan2(at[:, 0], at[:, 1]), np.arctan2(at[:, 2], flat)])
    true[:, 1:] = np.degrees(true[:, 1:])
    true += rng.normal(0.0, 1.0, true.shape) * (SIGMA_RANGE_M, SIGMA_AZIMUTH_DEG, SIGMA_ELEVATION_DEG)
    low, high = (RANGE_M[0], 0.0, ELEVATION_DEG[0]), (RANGE_M[1] * reach, 360.0, ELEVATION_DEG[1])
    return np.concatenate([true, rng.uniform(low, high, (len(at) // 2, 3))])


def _resident(name: str) -> float:
    """VmRSS or VmHWM (peak) of this process, MB."""
    for row in Path("/proc/self/status").read_text().splitlines():
        if row.startswith(f"{name}:"):
            return int(row.split()[1]) / 1024.0
    raise RuntimeError(f"/proc/self/status has no {name}")


if __name__ == "__main__":
    held = hold(int(sys.argv[1]))
    sys.stdout.write(json.dumps(asdict(held)))
