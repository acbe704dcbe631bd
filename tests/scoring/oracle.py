"""Stone Soup's GOSPA, OSPA and SIAP of a scene: the authority that ours must equal.

    python -m tests.scoring.oracle     # writes golden.json anew; needs the dependency group `oracles`

Three of its ways are met here. Its GOSPA parts are p-th powers: brought back to metres and numbers. Its OSPA minimises
Σ d also where p > 1, which is not OSPA of order p; given the distance d^p, the cutoff c^p and p = 1 it minimises Σ d^p.
Its rate of track number changes fails for an association of one instant: such scenes are drawn again.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from tests.scoring.scenes import random_picture, random_set

GOLDEN = Path(__file__).with_name("golden.json")
START = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def set_oracle(scene: dict[str, Any], c_m: float, p: float) -> dict[str, float]:
    """gospa_m, localisation_m, missed, false, ospa_m, and ospa_by_sum_m as Stone Soup finds it by itself."""
    from stonesoup.measures import Euclidean
    from stonesoup.metricgenerator.ospametric import GOSPAMetric, OSPAMetric
    from stonesoup.types.state import State

    class Power(Euclidean):
        def __call__(self, state1: State, state2: State) -> float:
            return float(super().__call__(state1, state2)) ** p

    truths = [State(np.array(point).reshape(3, 1), timestamp=START) for point in scene["truths"]]
    tracks = [State(np.array(point).reshape(3, 1), timestamp=START) for point in scene["tracks"]]
    gospa, _ = GOSPAMetric(c=c_m, p=p).compute_gospa_metric(tracks, truths)
    by_sum = OSPAMetric(c=c_m, p=p).compute_OSPA_distance(tracks, truths)
    by_power = OSPAMetric(c=c_m**p, p=1, measure=Power()).compute_OSPA_distance(tracks, truths)
    miss = c_m**p / 2.0
    return {
        "gospa_m": float(gospa.value["distance"]),
        "localisation_m": float(gospa.value["localisation"]) ** (1.0 / p),
        "missed": float(gospa.value["missed"]) / miss,
        "false": float(gospa.value["false"]) / miss,
        "ospa_m": float(by_power.value) ** (1.0 / p),
        "ospa_by_sum_m": float(by_sum.value),
    }


def siap_oracle(picture: dict[str, Any], c_m: float) -> dict[str, float]:
    """The SIAP measures, under our names, with associations that begin and end at once."""
    from stonesoup.dataassociator.tracktotrack import TrackToTruth
    from stonesoup.measures import Euclidean
    from stonesoup.metricgenerator.manager import MultiManager
    from stonesoup.metricgenerator.tracktotruthmetrics import IDSIAPMetrics

    siap = IDSIAPMetrics(
        position_measure=Euclidean((0, 1, 2)),
        velocity_measure=Euclidean((3, 4, 5)),
        truth_id="name",
        track_id="name",
        generator_name="siap",
        tracks_key="tracks",
        truths_key="truths",
    )
    nearest = TrackToTruth(
        association_threshold=c_m, consec_pairs_confirm=1, consec_misses_end=1, measure=Euclidean((0, 1, 2))
    )
    manager = MultiManager([siap], nearest)
    manager.add_data({"truths": _truths(picture), "tracks": _tracks(picture)})
    found = manager.generate_metrics()["siap"]
    return {
        ours: float(found[f"SIAP {theirs}"].value)
        for ours, theirs in {
            "completeness": "Completeness",
            "ambiguity": "Ambiguity",
            "spuriousness": "Spuriousness",
            "position_error_m": "Position Accuracy",
            "velocity_error_mps": "Velocity Accuracy",
            "id_completeness": "ID Completeness",
            "track_change_rate_hz": "Rate of Track Number Change",
            "longest_segment": "Longest Track Segment",
        }.items()
    }


def _truths(picture: dict[str, Any]) -> set[Any]:
    from stonesoup.types.groundtruth import GroundTruthPath, GroundTruthState

    return {
        GroundTruthPath(
            [
                GroundTruthState(np.array(row).reshape(6, 1), timestamp=_at(second), metadata={"name": name})
                for second, row in path.items()
            ]
        )
        for name, path in picture["truths"].items()
    }


def _tracks(picture: dict[str, Any]) -> set[Any]:
    from stonesoup.types.state import State
    from stonesoup.types.track import Track

    tracks = set()
    for name, path in picture["tracks"].items():
        track = Track([State(np.array(row).reshape(6, 1), timestamp=_at(second)) for second, row in path.items()])
        identity = name if name in picture["identities"] else None
        track.metadatas = [{"name": identity} for _ in path]
        tracks.add(track)
    return tracks


def _at(second: str) -> datetime:
    return START + timedelta(seconds=int(second))


def main() -> None:
    """Write golden.json."""
    rng = np.random.default_rng(2017)
    sets: list[dict[str, Any]] = []
    while len(sets) < 24:
        scene = random_set(rng)
        if scene["truths"] or scene["tracks"]:
            c_m, p = float(rng.choice([50.0, 100.0])), float(rng.choice([1.0, 2.0, 3.0]))
            sets.append({**scene, "c_m": c_m, "p": p, "expected": set_oracle(scene, c_m, p)})
    pictures: list[dict[str, Any]] = []
    while len(pictures) < 3:
        picture = random_picture(rng)
        try:
            pictures.append({**picture, "c_m": 100.0, "expected": siap_oracle(picture, 100.0)})
        except ValueError:
            continue
    GOLDEN.write_text(json.dumps({"sets": sets, "pictures": pictures}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
