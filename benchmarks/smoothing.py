"""What smoothing is worth: errors of the tracks as they were shown, and of the same tracks smoothed after the fact.

    python -m benchmarks.smoothing [--seeds 1 2 3] [--drones 5 50 200] [--nights 1 2 3] [--scans 100]

Scenes of benchmarks/radar_scenario.py, and nights of the Erbil reconstruction, by number of their seed. A track counts
at each second of the truth with its row of that time, or its last row carried for at most 2 s; pairs are GOSPA's (p 2,
c 100 m, alpha 2), from 10 s on. Errors are root mean squares over all pairs, of the whole difference of position and of
velocity. The seconds of one core are for all looks of a seed: the tracker alone, and the tracker with smoothing.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.radar_scenario import ALTITUDE_ELLIPSOID_M, LATITUDE_DEG, LONGITUDE_DEG, START_S, Scene, draw
from benchmarks.tracker.scenes import clutter_of
from vedette import Scan, Site, Status, Tracker, Tracks, load_site
from vedette.cli.track import distinct_times, track_rows
from vedette.geo import LocalFrame
from vedette.model import Look
from vedette.scoring import moments_of, score_moments, set_distance
from vedette.sim import load_scenario, simulate
from vedette.tables import TrackRow, TruthRow
from vedette.tracking import moments, smooth, warm_up

NIGHT = "erbil-2021-09-11"
SKIP_S = 10.0
COLUMNS = (
    ("scene", 12),
    ("tracks", 10),
    ("position m", 12),
    ("velocity m/s", 14),
    ("GOSPA m", 9),
    ("missed", 8),
    ("false", 7),
    ("complete", 10),
    ("s", 7),
)


class Result(msgspec.Struct, frozen=True):
    """Sums of squared errors and their number; means over the truth times; seconds of one core."""

    position_m2: float
    velocity_m2ps2: float
    pairs: int
    gospa_m: float
    missed: float
    false: float
    complete: float
    seconds: float


def measure(tracked: Callable[[], Iterable[Tracks]], site: Site, truth: list[TruthRow]) -> Result:
    """Score what the call brings."""
    began = time.thread_time()
    seen = list(tracked())
    seconds = time.thread_time() - began
    frame = site.frame()
    rows = [_row(row) for tracks in seen for row in track_rows(tracks, site, frame)]
    there = list(moments_of(rows, truth))
    score, _ = score_moments(there, skip_s=SKIP_S)
    off_m, off_mps = [], []
    for moment in there:
        if moment.time_s - there[0].time_s >= SKIP_S:
            found = set_distance(moment.distance_m, 100.0, 2.0)
            off_m.append(moment.distance_m[found.truth_paired, found.track_paired])
            off_mps.append(moment.velocity_error_mps[found.truth_paired, found.track_paired])
    metres, rates = np.concatenate(off_m), np.concatenate(off_mps)
    return Result(
        position_m2=float(metres @ metres),
        velocity_m2ps2=float(rates @ rates),
        pairs=len(metres),
        gospa_m=score.gospa_m,
        missed=score.missed,
        false=score.false,
        complete=score.siap.completeness or 0.0,
        seconds=seconds,
    )


def _row(row: dict[str, object]) -> TrackRow:
    names = set(TrackRow.__struct_fields__) - {"time_s", "status"}
    status = Status[str(row["status"]).upper()]
    values = {name: value for name, value in row.items() if name in names}
    return TrackRow(time_s=float(str(row["observed_s"])), status=status, **values)  # type: ignore[arg-type]


def compare(looks: list[Scan], site: Site, truth: list[TruthRow]) -> tuple[Result, Result]:
    """The tracks as shown, and smoothed."""
    shown = measure(lambda: distinct_times(Tracker(site), looks), site, truth)
    return shown, measure(lambda: moments(smooth(site, looks)), site, truth)


def drones(count: int, scans: int, seed: int, folder: Path) -> tuple[Result, Result]:
    """One scene of the radar scenario."""
    scene = draw(count, clutter_of(count), scans, seed)
    (folder / "site.toml").write_text(scene.site_toml())
    looks = [
        Scan(
            sensor="radar-1",
            observed_s=START_S + scan,
            range_m=rows[:, 0].copy(),
            azimuth_true_rad=np.radians(rows[:, 1]),
            elevation_rad=np.radians(rows[:, 2]),
        )
        for scan, rows in enumerate(scene.looks)
    ]
    return compare(looks, load_site(folder / "site.toml"), truth_of(scene))


def truth_of(scene: Scene) -> list[TruthRow]:
    """The scene's truth as rows of a truth table."""
    frame, rows = LocalFrame(LATITUDE_DEG, LONGITUDE_DEG, ALTITUDE_ELLIPSOID_M), []
    for scan, (present, states) in enumerate(zip(scene.present, scene.states, strict=True)):
        latitude, longitude, altitude = frame.to_geodetic(states[:, :3])
        for k, drone in enumerate(present):
            values = (START_S + scan, f"drone-{drone}", latitude[k], longitude[k], altitude[k], *states[k, 3:])
            rows.append(TruthRow(**dict(zip(TruthRow.__struct_fields__, values, strict=True))))
    return rows


def night(seed: int) -> tuple[Result, Result]:
    """One night of the reconstruction; looks in the order of receipt."""
    simulation = simulate(load_scenario(NIGHT), seed)
    looks = [arrival.body.scan for arrival in simulation.arrivals if isinstance(arrival.body, Look)]
    truth = [TruthRow(**{name: getattr(row, name) for name in TruthRow.__struct_fields__}) for row in simulation.truth]
    return compare(looks, simulation.site, truth)


def show(scene: str, results: list[tuple[Result, Result]]) -> None:
    """Three lines: as shown, smoothed, and how much less."""
    errors = []
    for name, runs in zip(("shown", "smoothed"), zip(*results, strict=True), strict=True):
        pairs = sum(run.pairs for run in runs)
        position = np.sqrt(sum(run.position_m2 for run in runs) / pairs)
        velocity = np.sqrt(sum(run.velocity_m2ps2 for run in runs) / pairs)
        gospa, missed, false, complete, seconds = (
            float(np.mean([getattr(run, key) for run in runs]))
            for key in ("gospa_m", "missed", "false", "complete", "seconds")
        )
        errors.append((position, velocity, gospa))
        values = (f"{position:.1f}", f"{velocity:.2f}", f"{gospa:.1f}", f"{missed:.2f}", f"{false:.2f}",
                  f"{complete:.3f}", f"{seconds:.2f}")  # fmt: skip
        print(line(scene, name, *values))
    less = [f"-{100.0 * (1.0 - after / before):.0f} %" for before, after in zip(*errors, strict=True)]
    print(line("", "", *less), flush=True)


def line(*values: str) -> str:
    """One row of the table."""
    return "".join(f"{value:>{width}}" for value, (_, width) in zip(values, COLUMNS, strict=False))


def main() -> None:
    """Run all and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--drones", type=int, nargs="*", default=[5, 50, 200])
    parser.add_argument("--nights", type=int, nargs="*", default=[1, 2, 3])
    parser.add_argument("--scans", type=int, default=100)
    args = parser.parse_args()
    warm_up()
    print(line(*(name for name, _ in COLUMNS)))
    with tempfile.TemporaryDirectory() as folder:
        for count in args.drones:
            show(f"{count} drones", [drones(count, args.scans, seed, Path(folder)) for seed in args.seeds])
    if args.nights:
        show("Erbil", [night(seed) for seed in args.nights])


if __name__ == "__main__":
    main()
