"""The tracker's accuracy and speed on one radar's drones, in one table: GOSPA with its parts, switches, speed.

    python benchmarks/tracker_accuracy.py [--seeds 1 2 3 4 5] [--drones 5 50 200] [--scans 100]

Clutter a scan is 20 for up to 5 drones, 50 for up to 50, else 100. Every look goes through the public Tracker.observe,
one after the other; det/s is detections by the seconds of one core spent in that call alone. What it returns at each
look is scored against the truth of that time, confirmed and coasting tracks alone, from scan 10 on: p = 2, c = 100 m,
alpha = 2. Nothing is carried: `vedette score`, on the track table of the same run, counts an ended track for 2 s more.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from radar_scenario import START_S, Scene, draw

from vedette import Scan, Site, Status, Tracker, Tracks, load_site
from vedette.model import Floats
from vedette.scoring import Moment, Score, score_moments

FROM_SCAN = 10
"""Scans a second apart, given to a tracker to begin."""
COLUMNS = (
    ("drones", 6),
    ("clutter", 8),
    ("GOSPA m", 9),
    ("local. m", 9),
    ("missed", 8),
    ("false", 7),
    ("switches", 9),
    ("complete", 9),
    ("det/s", 10),
)


def clutter_of(drones: int) -> float:
    """False detections a scan."""
    return 20.0 if drones <= 5 else 50.0 if drones <= 50 else 100.0


def run(scene: Scene, site: Site) -> tuple[Score, int, float]:
    """One scene through the tracker: its score, how many detections, the seconds of one core they took."""
    tracker = Tracker(site)
    moments, detections, seconds = [], 0, 0.0
    for scan, rows in enumerate(scene.looks):
        taken = Scan(
            sensor="radar-1",
            observed_s=START_S + scan,
            range_m=rows[:, 0].copy(),
            azimuth_true_rad=np.radians(rows[:, 1]),
            elevation_rad=np.radians(rows[:, 2]),
        )
        began = time.thread_time()
        tracks = tracker.observe(taken)
        seconds += time.thread_time() - began
        detections += len(rows)
        moments.append(moment(scene, scan, tracks))
    score, _ = score_moments(moments, skip_s=float(FROM_SCAN))
    return score, detections, seconds


def moment(scene: Scene, scan: int, tracks: Tracks) -> Moment:
    """The truth of one scan beside the tracks: both in east, north, up about the radar."""
    believed = np.flatnonzero(tracks.status != Status.TENTATIVE)
    states = scene.states[scan]
    return Moment(
        time_s=tracks.observed_s,
        truths=tuple(f"drone-{drone}" for drone in scene.present[scan]),
        tracks=tuple(str(number) for number in tracks.id[believed]),
        distance_m=between(states[:, :3], tracks.position_enu_m[believed]),
        velocity_error_mps=between(states[:, 3:], tracks.velocity_enu_mps[believed]),
        identified=np.zeros(len(believed), dtype=np.bool_),
    )


def between(one: Floats, other: Floats) -> Floats:
    """(m, 3) and (n, 3) → their distances (m, n)."""
    return np.asarray(np.linalg.norm(one[:, None] - other[None], axis=-1), dtype=np.float64)


def line(drones: int, runs: list[tuple[Score, int, float]]) -> str:
    """One row of the table: means over the seeds."""
    scores = [score for score, _, _ in runs]
    rate_hz = sum(detections for _, detections, _ in runs) / sum(seconds for _, _, seconds in runs)
    values = (
        f"{drones}",
        f"{clutter_of(drones):g}",
        f"{np.mean([score.gospa_m for score in scores]):.1f}",
        f"{np.mean([score.localisation_m for score in scores]):.1f}",
        f"{np.mean([score.missed for score in scores]):.2f}",
        f"{np.mean([score.false for score in scores]):.2f}",
        f"{np.mean([score.id_switches for score in scores]):.1f}",
        f"{np.mean([score.siap.completeness or 0.0 for score in scores]):.3f}",
        f"{rate_hz:,.0f}",
    )
    return "".join(f"{value:>{width}}" for value, (_, width) in zip(values, COLUMNS, strict=True))


def main() -> None:
    """Run all and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--drones", type=int, nargs="+", default=[5, 50, 200])
    parser.add_argument("--scans", type=int, default=100)
    args = parser.parse_args()
    print(f"one radar, {args.scans} scans, seeds {', '.join(map(str, args.seeds))}; means of the seeds, a scan")
    print("".join(f"{name:>{width}}" for name, width in COLUMNS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.toml"
        for drones in args.drones:
            scenes = [draw(drones, clutter_of(drones), args.scans, seed) for seed in args.seeds]
            path.write_text(scenes[0].site_toml())
            site = load_site(path)
            print(line(drones, [run(scene, site) for scene in scenes]), flush=True)


if __name__ == "__main__":
    main()
