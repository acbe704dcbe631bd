"""The tracker against its peers and limits, in one run on one core.

    python -m benchmarks.tracker [--seeds 1 2 3 4 5] [--drones 5 50 200] [--scans 100] [--out build/bench] [--quick]

Every look goes through the public Tracker.observe; det/s is detections by the seconds of this thread's processor time
in that call alone, and in the peers' likewise. What it returns at each look is scored against the truth of that time,
from scan 10 on: GOSPA p = 2, c = 100 m, alpha = 2, with its parts a scan; completeness is SIAP's. Nothing is carried:
`vedette score`, on the track table of the same run, counts an ended track for 2 s more. Scenes are made before the
clock runs. Plots are written to --out.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.tracker import growth, table, verdict
from benchmarks.tracker.contest import BOUND, PEER, TRACKER, Line, contest, entries
from benchmarks.tracker.ours import Ours
from benchmarks.tracker.plot import Points, lines_svg
from benchmarks.tracker.scenes import SEEDS, clutter_of, prepare, run
from benchmarks.tracker.speed import Speed, speed
from vedette.tracking import warm_up

QUICK = (1, 20)
"""Seeds and scans, at most, of the peers in a quick look."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run all, print the tables, write the plots."""
    args = _arguments(arguments)
    warm_up()
    warm = prepare(5, 20.0, 20, 0)
    run(warm, Ours(warm))
    lines = _contest(args)
    if peers := [line for line in lines if line.kind == PEER]:
        print(table.heading("GOSPA beside each peer, and what known association could gain, on the scenes of its run"))
        print("\n".join(table.beside(peers)))
    else:
        print(f"\nno peers{'' if args.no_peers else ': Stone Soup is not installed here; `make bench` installs it'}")
    print(table.heading("speed: ours, its kernels alone (their arguments' unpacking included), a bare filter"))
    speeds = [speed(line, args.seeds[:2]) for line in lines if line.kind == TRACKER]
    print("\n".join(table.speeds(speeds)))
    verdicts = [*verdict.accuracy(lines), *verdict.speed(lines, {one.drones: one.bare_hz for one in speeds})]
    dense: list[growth.Growth] = []
    if not args.no_growth:
        dense, grown = _growth(args.quick)
        verdicts += grown
    print(table.heading("aims"))
    print("\n".join(table.verdicts(verdicts)))
    _plots(args.out, lines, speeds, dense)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--drones", type=int, nargs="+", default=[5, 50, 200])
    parser.add_argument("--scans", type=int, default=100)
    parser.add_argument("--out", type=Path, default=Path("build/bench"), help="folder for the plots")
    parser.add_argument("--quick", action="store_true", help="peers on 20 scans of one seed, growth up to 500 drones")
    parser.add_argument("--no-peers", action="store_true", help="ours and the bounds alone")
    parser.add_argument("--no-growth", action="store_true", help="neither growth nor memory")
    return parser.parse_args(arguments)


def _contest(args: argparse.Namespace) -> list[Line]:
    chosen = entries(peers=not args.no_peers)
    full = len(args.seeds), args.scans
    found = []
    for drones in args.drones:
        seeds = " ".join(map(str, args.seeds))
        scenes = f"{drones} drones, clutter {clutter_of(drones):g}: {args.scans} scans, seeds {seeds}"
        print(table.heading(f"{scenes}; means of the seeds"))
        print(table.columns())
        for line in contest(drones, args.scans, args.seeds, chosen, QUICK if args.quick else None):
            print("\n".join(table.line(line, full)), flush=True)
            found.append(line)
    return found


def _growth(quick: bool) -> tuple[list[growth.Growth], list[verdict.Verdict]]:
    print(table.heading("growth: at the density of 50 drones; last, a crowd in the airspace of 50"))
    dense = [growth.dense(drones, clutter) for drones, clutter in growth.DENSE[: -1 if quick else None]]
    crowded = growth.timed(500 if quick else 2000, 250.0 if quick else 1000.0, 1.0)
    late_s = growth.late_s(200, clutter_of(200), 100, SEEDS[:2])
    memory = growth.memory()
    print("\n".join(table.growth([*dense, crowded], late_s, memory)), flush=True)
    return dense, list(verdict.growth(dense, crowded, late_s, memory))


def _plots(out: Path, lines: Sequence[Line], speeds: Sequence[Speed], dense: Sequence[growth.Growth]) -> None:
    """accuracy.svg, speed.svg and growth.svg."""
    names = list(dict.fromkeys(line.name for line in lines))
    of = {name: [line for line in lines if line.name == name] for name in names}
    least = {
        drones: min(line.mean("gospa_m") for line in lines if line.kind == BOUND and line.drones == drones)
        for drones in {line.drones for line in lines}
    }
    whole = {line.drones: line.mean("gospa_m") / least[line.drones] for line in lines if line.kind == TRACKER}
    accuracy = {
        name: [(line.drones, line.of_ours("gospa_m") * whole[line.drones]) for line in of[name]] for name in names
    }
    rates = {name: [(line.drones, line.rate_hz) for line in of[name]] for name in names if not name.startswith("bound")}
    rates["Vedette's kernels alone"] = [(one.drones, one.kernels_hz) for one in speeds]
    rates["bare EKF"] = [(one.drones, one.bare_hz) for one in speeds]
    times = {"the density of 50 drones": [(one.drones, 1e6 * one.seconds) for one in dense]}
    out.mkdir(parents=True, exist_ok=True)
    _write(out / "accuracy.svg", "GOSPA by that of the lowest known-association bound", "GOSPA", accuracy)
    _write(out / "speed.svg", "Detections a second on one core", "det/s", rates)
    if dense:
        _write(out / "growth.svg", "Time per detection at constant density", "us", times)


def _write(path: Path, title: str, upward: str, lines: Mapping[str, Points]) -> None:
    path.write_text(lines_svg(title, "drones", upward, lines))
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
