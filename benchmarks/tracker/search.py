"""The peers' parameters, and the bound's, searched on scenes that are never scored in the table.

    python -m benchmarks.tracker.search kd_tree|tpr_tree|jpda|bound

One parameter after another: each takes the best of its values, all others held, until a whole round changes nothing.
What is made small is the mean, over the numbers of drones, of GOSPA by that of the first try. Prints every try; the
results stand in benchmarks.tracker.stone_soup and benchmarks.tracker.bound.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.tracker.bound import KnownAssociation, near_constant_velocity
from benchmarks.tracker.scenes import SEARCH_SEEDS, Contender, Prepared, clutter_of, prepare, run

ROUNDS = 3
"""The trees, which are slow, were stopped in their second, which moved GOSPA by less than 0.5 %; JPDA in its first."""
SCENES = ((5, 60), (50, 30))
"""Drones and scans; each with every seed of the search."""

VALUES: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "kd_tree": {
        "level": (4.0, 6.0, 10.0, 15.0, 20.0),
        "patience": (2, 3, 4, 5),
        "gate": (3.0, 3.5, 4.0, 5.0),
        "upright": (0.0001, 0.001, 0.01, 0.1),
        "points": (2, 3, 4),
        "speed_mps": ((8.0, 0.7), (10.0, 1.0), (15.0, 2.0)),
        "patience_new": (1, 2, 3),
        "spread_m": (None, 100.0, 200.0),
    },
    "tpr_tree": {
        "level": (10.0, 20.0, 40.0, 80.0, 160.0),
        "upright": (0.001, 0.01, 0.1),
        "speed_mps": ((10.0, 1.0), (15.0, 1.0), (25.0, 1.0)),
        "points": (2, 3, 4),
        "patience": (2, 3, 4, 5),
        "gate": (3.0, 3.5, 4.0, 5.0),
        "patience_new": (1, 2, 3),
    },
    "jpda": {
        "p_gate": (0.99, 0.999, 0.9999),
        "level": (6.0, 10.0, 15.0),
        "patience": (3, 4, 5),
    },
    "bound": {
        "quiet": (0.0001, 0.001, 0.01, 0.1),
        "middle": (0.03, 0.1, 0.3, 1.0, 3.0),
        "wild": (10.0, 15.0, 20.0, 30.0, 50.0),
        "upright": (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1),
        "dwell_s": (10.0, 20.0, 40.0, 80.0),
        "speed_mps": (
            (4.0, 0.7),
            (6.0, 0.5),
            (6.0, 0.7),
            (8.0, 0.7),
            (8.0, 1.0),
            (10.0, 1.0),
            (12.0, 1.0),
            (15.0, 2.0),
        ),
    },
}


def search(
    values: Mapping[str, Sequence[Any]],
    start: dict[str, Any],
    make: Callable[[Prepared, dict[str, Any]], Contender],
    of: Sequence[tuple[int, int]] = SCENES,
) -> dict[str, Any]:
    """The best setting found, each try printed; `of`: drones and scans of the scenes."""
    scenes = [[prepare(drones, clutter_of(drones), scans, seed) for seed in SEARCH_SEEDS] for drones, scans in of]
    seen: dict[str, list[float]] = {}

    def gospa_m(setting: dict[str, Any]) -> list[float]:
        key = repr(sorted(setting.items()))
        if key not in seen:
            runs = [[run(prepared, make(prepared, setting)) for prepared in group] for group in scenes]
            seen[key] = [float(np.mean([one.score.gospa_m for one in group])) for group in runs]
            rates = [sum(one.detections for one in group) / sum(one.seconds for one in group) for group in runs]
            print([f"{value:.2f} m" for value in seen[key]], [f"{rate:.0f}/s" for rate in rates], setting, flush=True)
        return seen[key]

    best = start
    first = gospa_m(start)

    def loss(setting: dict[str, Any]) -> float:
        return float(np.mean(np.array(gospa_m(setting)) / first))

    for _ in range(ROUNDS):
        before = best
        for name, choices in values.items():
            best = min((best | {name: choice} for choice in (best[name], *choices)), key=loss)
        if best == before:
            break
    return best


def main() -> None:
    """Search one contender's parameters."""
    name = sys.argv[1]
    values = VALUES[name]
    if name == "bound":
        start = {"quiet": 0.1, "middle": 3.0, "wild": 30.0, "upright": 0.1, "dwell_s": 20.0, "speed_mps": (15.0, 2.0)}
        print(search(values, start, known_association))
        return
    from benchmarks.tracker import stone_soup

    peer = stone_soup.PEERS[name]
    start = {key: getattr(peer.setting, key) for key in values}
    print(search(values, start, lambda prepared, chosen: peer.on(prepared, replace(peer.setting, **chosen))))


def known_association(prepared: Prepared, setting: dict[str, Any]) -> KnownAssociation:
    """The bound with a setting's three models; vertical noise is the same part of the horizontal in each."""
    level = np.array([setting["quiet"], setting["middle"], setting["wild"]])
    noise = np.column_stack([level, level * setting["upright"]])
    return KnownAssociation(prepared, near_constant_velocity(noise, setting["dwell_s"], setting["speed_mps"]))


if __name__ == "__main__":
    main()
