"""The coast field (docs/field-scenario.md): the tracker's hard cases, and what each of its ingredients is worth.

    python -m benchmarks.field_scenario [--seeds 1 2 3 4 5] [--scenario coast-field] [--no-ablation]

Every look goes through the public Tracker.observe in the order in which it comes in; once more in order of time, to say
what late looks cost; then with each ingredient of the tracker switched off in turn. Scored once a second from 10 s on
against everything that flies: confirmed and coasting tracks as they stood at their last look, carried to the second by
their velocities; p = 2, c = 100 m, alpha = 2. Nothing that has ended is carried.

class: share of the paired track-seconds whose likeliest class is the right one; uav: the same of drone or not.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from benchmarks.field_shared import moment, print_table, shown
from vedette import Scan, Tracker, Tracks
from vedette.model import CLASSES, Floats, Look
from vedette.scoring import Moment, Score, score_moments, set_distance
from vedette.sim import Scenario, Simulation, load_scenario, simulate
from vedette.sim.path import to_enu

FROM_S = 10.0
"""Given to a tracker to begin."""
SWITCHES = ("models", "propagation", "visibility", "clutter", "classes", "rewind")
"""Tracker's ingredients, by the names under which it can do without them."""
WORDS = {
    "models": "one motion model",
    "propagation": "each track by itself",
    "visibility": "no visibility",
    "clutter": "clutter not learned",
    "classes": "no classes",
    "rewind": "late looks dropped",
}
COLUMNS = (
    ("", 22), ("GOSPA m", 9), ("local.", 8), ("missed", 8), ("false", 7), ("compl.", 8), ("ambig.", 8), ("spur.", 7),
    ("switches", 9), ("class", 7), ("uav", 6),
)  # fmt: skip


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One run: the score, shares of right classes, seconds of one core in the tracker, looks."""

    score: Score
    right_class: float
    right_uav: float
    seconds: float
    looks: int


class Truth:
    """Everything that flies, at any time, in the site's frame."""

    def __init__(self, simulation: Simulation) -> None:
        self.actors = simulation.actors
        self.times_s = np.arange(simulation.start_s + FROM_S, simulation.end_s - 0.5, 1.0)

    def at(self, time_s: float) -> tuple[list[str], Floats, Floats, list[str]]:
        """Names, places (n, 3), velocities (n, 3) and classes of what is in the air."""
        there = [(actor, *actor.path.at(np.array([time_s]))) for actor in self.actors]
        there = [one for one in there if np.isfinite(one[1][0, 0])]
        place, velocity = to_enu(np.concatenate([one[1] for one in there]), np.concatenate([one[2] for one in there]))
        return [one[0].id for one in there], place, velocity, [one[0].class_ for one in there]


def looks_of(simulation: Simulation, *, in_order: bool) -> list[Scan]:
    """The looks as they come in, or in the order in which they were made."""
    looks = [arrival.body.scan for arrival in simulation.arrivals if isinstance(arrival.body, Look)]
    return sorted(looks, key=lambda scan: scan.observed_s) if in_order else looks


def run(simulation: Simulation, looks: Iterable[Scan], without: frozenset[str] = frozenset()) -> Result:
    """One simulation through a tracker."""
    tracker = Tracker(simulation.site, without=without) if without else Tracker(simulation.site)
    truth = Truth(simulation)
    due = list(truth.times_s)
    moments: list[Moment] = []
    classes: list[tuple[Floats, list[str]]] = []
    seconds, count = 0.0, 0
    latest: Tracks | None = None

    def record(until_s: float) -> None:
        while due and latest is not None and due[0] < until_s:
            names, place, velocity, kinds = truth.at(due[0])
            moments.append(moment(latest, float(due.pop(0)), names, place, velocity))
            classes.append((latest.p_classes[shown(latest)], kinds))

    for scan in looks:
        record(scan.observed_s)
        began = time.thread_time()
        latest = tracker.observe(scan)
        seconds += time.thread_time() - began
        count += 1
    record(np.inf)
    score, _ = score_moments(moments)
    right = [pair for one, known in zip(moments, classes, strict=True) for pair in judged(one, *known)]
    right_class, right_uav = np.mean(right, axis=0) if right else (0.0, 0.0)
    return Result(score=score, right_class=float(right_class), right_uav=float(right_uav), seconds=seconds, looks=count)


def judged(one: Moment, p_classes: Floats, kinds: Sequence[str]) -> list[tuple[bool, bool]]:
    """Of each pair: is the likeliest class the right one, and is a drone a drone and nothing else."""
    pairs = set_distance(one.distance_m, 100.0, 2.0)
    found = []
    for truth, track in zip(pairs.truth_paired, pairs.track_paired, strict=True):
        likeliest = CLASSES[int(np.argmax(p_classes[track]))]
        p_uav = float(p_classes[track, :2].sum())
        found.append((likeliest == kinds[truth], (p_uav >= 0.5) == kinds[truth].startswith("uav")))
    return found


def line(name: str, results: list[Result]) -> tuple[str, ...]:
    """One row of the table: means over the seeds."""
    scores = [one.score for one in results]
    siaps = [one.siap for one in scores]
    return (
        name,
        f"{np.mean([one.gospa_m for one in scores]):.1f}",
        f"{np.mean([one.localisation_m for one in scores]):.1f}",
        f"{np.mean([one.missed for one in scores]):.2f}",
        f"{np.mean([one.false for one in scores]):.2f}",
        f"{np.mean([one.completeness or 0.0 for one in siaps]):.3f}",
        f"{np.mean([one.ambiguity or 0.0 for one in siaps]):.3f}",
        f"{np.mean([one.spuriousness or 0.0 for one in siaps]):.3f}",
        f"{np.mean([one.id_switches for one in scores]):.1f}",
        f"{np.mean([one.right_class for one in results]):.2f}",
        f"{np.mean([one.right_uav for one in results]):.2f}",
    )


def gospa_m(results: list[Result]) -> float:
    """Mean over the seeds."""
    return float(np.mean([one.score.gospa_m for one in results]))


def main() -> None:
    """Run all and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--scenario", default="coast-field")
    parser.add_argument("--no-ablation", action="store_true")
    args = parser.parse_args()
    scenario: Scenario = load_scenario(args.scenario)
    simulations = [simulate(scenario, seed) for seed in args.seeds]
    as_they_come = [run(one, looks_of(one, in_order=False)) for one in simulations]
    in_order = [run(one, looks_of(one, in_order=True)) for one in simulations]
    looks, seconds = sum(one.looks for one in as_they_come), sum(one.seconds for one in as_they_come)
    print(
        f"{scenario.name}: seeds {', '.join(map(str, args.seeds))}, {looks} looks, {seconds / looks * 1e3:.2f} ms each"
    )
    print_table(COLUMNS, [line("looks as they come", as_they_come), line("the same in order", in_order)])
    print(f"late looks cost {100.0 * (gospa_m(as_they_come) / gospa_m(in_order) - 1.0):+.1f} % of GOSPA")
    if args.no_ablation:
        return
    print("\nwithout one ingredient")
    rows = []
    for name in SWITCHES:
        results = [run(one, looks_of(one, in_order=False), frozenset({name})) for one in simulations]
        rows.append(line(WORDS[name], results))
    print_table(COLUMNS, rows)


if __name__ == "__main__":
    main()
