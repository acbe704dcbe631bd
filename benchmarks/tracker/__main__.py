"""The tracker against its peers and limits, in one run on one core.

    python -m benchmarks.tracker [--seeds 1 2 3 4 5] [--drones 5 50 200] [--scans 100] [--quick]

Every look goes through the public Tracker.observe; det/s is detections by the seconds of this thread's processor time
in that call alone, and in the peers' likewise. What it returns at each look is scored against the truth of that time,
from scan 10 on: GOSPA p = 2, c = 100 m, alpha = 2, with its parts a scan. Nothing is carried.
"""

from __future__ import annotations

import argparse

from benchmarks.tracker import bare_ekf, table
from benchmarks.tracker.contest import contest, entries
from benchmarks.tracker.scenes import SEEDS, clutter_of
from vedette.tracking import warm_up

QUICK = (1, 20)
"""Seeds and scans, at most, of the peers in a quick look."""


def main() -> None:
    """Run all and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--drones", type=int, nargs="+", default=[5, 50, 200])
    parser.add_argument("--scans", type=int, default=100)
    parser.add_argument("--quick", action="store_true", help="peers on 20 scans of one seed")
    args = parser.parse_args()
    warm_up()
    chosen = entries()
    full = len(args.seeds), args.scans
    limit = QUICK if args.quick else full
    for drones in args.drones:
        print(table.heading(f"{drones} drones, clutter {clutter_of(drones):g}: {args.scans} scans, seeds {args.seeds}"))
        print(table.columns())
        for found in contest(drones, args.scans, args.seeds, chosen, limit):
            print("\n".join(table.line(found, full)), flush=True)
        print(f"bare EKF: {bare_ekf.rate_hz(drones):,.0f} det/s")


if __name__ == "__main__":
    main()
