"""What every contender is given, and how what it says is scored: the same scenes, the same clock, the same score."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from benchmarks.radar_scenario import START_S, Scene, draw
from vedette import Scan, Site, load_site
from vedette.model import Floats
from vedette.scoring import Moment, Score, score_moments

FROM_SCAN = 10
"""Scans a second apart, given to a tracker to begin."""
SEEDS = (1, 2, 3, 4, 5)
SEARCH_SEEDS = (11, 12, 13)
"""What parameters are searched on; never scored in the table."""


def clutter_of(drones: int) -> float:
    """False detections a scan of the accuracy scenes."""
    return 20.0 if drones <= 5 else 50.0 if drones <= 50 else 100.0


def reach_of(drones: int) -> float:
    """The airspace's scale at which so many drones stand as densely as 50 do."""
    return math.sqrt(drones / 50.0)


@dataclass(frozen=True)
class Prepared:
    """A scene ready for a tracker: nothing of it is made while a clock runs."""

    scene: Scene
    site: Site
    scans: tuple[Scan, ...]

    @property
    def detections(self) -> int:
        """How many in all."""
        return sum(len(rows) for rows in self.scene.looks)

    def first(self, scans: int) -> Prepared:
        """The same, shortened."""
        cut = Scene(
            clutter=self.scene.clutter,
            reach=self.scene.reach,
            present=self.scene.present[:scans],
            states=self.scene.states[:scans],
            looks=self.scene.looks[:scans],
            whose=self.scene.whose[:scans],
        )
        return Prepared(cut, self.site, self.scans[:scans])


def prepare(drones: int, clutter: float, scans: int, seed: int, reach: float = 1.0) -> Prepared:
    """Draw a scene, read its site file and make its looks."""
    scene = draw(drones, clutter, scans, seed, reach)
    looks = tuple(scan_of(rows, START_S + second) for second, rows in enumerate(scene.looks))
    return Prepared(scene, prepare_site(clutter, reach), looks)


def prepare_site(clutter: float, reach: float) -> Site:
    """The scenario's site file, as a user's would be read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.toml"
        path.write_text(draw(0, clutter, 0, 0, reach).site_toml())
        return load_site(path)


def scan_of(rows: Floats, observed_s: float, identity: Sequence[str | None] | None = None) -> Scan:
    """A look (n, 3) of the scenario's radar as the tracker takes it."""
    return Scan(
        sensor="radar-1",
        observed_s=observed_s,
        range_m=rows[:, 0].copy(),
        azimuth_true_rad=np.radians(rows[:, 1]),
        elevation_rad=np.radians(rows[:, 2]),
        identity=identity,
    )


@dataclass(frozen=True)
class Believed:
    """Tracks a contender holds for real at one time: names (n), where and how fast (n, 3) in the scene's frame."""

    names: tuple[str, ...]
    position_m: Floats
    velocity_mps: Floats


class Contender(Protocol):
    """A tracker set up for one scene."""

    def step(self, scan: int) -> Any:
        """Work the scan in. Nothing else is timed."""

    def believed(self, answer: Any) -> Believed:
        """What the answer of `step` says."""


@dataclass(frozen=True)
class Run:
    """One scene through one contender. seconds: of this thread's processor time."""

    score: Score
    detections: int
    seconds: float


def run(prepared: Prepared, contender: Contender) -> Run:
    """Every scan in turn through the contender."""
    moments, seconds = [], 0.0
    for scan in range(len(prepared.scans)):
        began = time.thread_time()
        answer = contender.step(scan)
        seconds += time.thread_time() - began
        moments.append(moment(prepared.scene, scan, contender.believed(answer)))
    score, _ = score_moments(moments, skip_s=float(FROM_SCAN))
    return Run(score, prepared.detections, seconds)


def moment(scene: Scene, scan: int, believed: Believed) -> Moment:
    """The truth of one scan beside the tracks: both in east, north, up about the radar."""
    states = scene.states[scan]
    return Moment(
        time_s=START_S + scan,
        truths=tuple(f"drone-{drone}" for drone in scene.present[scan]),
        tracks=believed.names,
        distance_m=_between(states[:, :3], believed.position_m),
        velocity_error_mps=_between(states[:, 3:], believed.velocity_mps),
        identified=np.zeros(len(believed.names), dtype=np.bool_),
    )


def _between(one: Floats, other: npt.NDArray[np.float64]) -> Floats:
    """(m, 3) and (n, 3) → their distances (m, n)."""
    return np.asarray(np.linalg.norm(one[:, None] - other[None], axis=-1), dtype=np.float64)
