"""Small scenes for the scoring tests: sets of points, and pictures over time, as plain lists that JSON can hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from vedette.scoring import Moment


def distances_m(truths: list[Any], tracks: list[Any]) -> np.ndarray:
    one, other = np.array(truths, dtype=float).reshape(-1, 3), np.array(tracks, dtype=float).reshape(-1, 3)
    return np.linalg.norm(one[:, None] - other[None], axis=-1)


def moments(picture: dict[str, Any]) -> list[Moment]:
    """The truth times of a picture: {"truths": {name: {second: [x, y, z, vx, vy, vz]}}, "tracks": …, "identities"}."""
    seconds = sorted({int(second) for path in picture["truths"].values() for second in path})
    return [_moment(picture, str(second)) for second in seconds]


def _moment(picture: dict[str, Any], second: str) -> Moment:
    truths = {name: path[second] for name, path in picture["truths"].items() if second in path}
    tracks = {name: path[second] for name, path in picture["tracks"].items() if second in path}
    real, ours = list(truths.values()), list(tracks.values())
    return Moment(
        time_s=float(second),
        truths=tuple(truths),
        tracks=tuple(tracks),
        distance_m=distances_m([row[:3] for row in real], [row[:3] for row in ours]),
        velocity_error_mps=distances_m([row[3:] for row in real], [row[3:] for row in ours]),
        identified=np.array([name in picture["identities"] for name in tracks], dtype=bool),
    )


def random_set(rng: np.random.Generator, most: int = 7) -> dict[str, Any]:
    """Truths in a box of 300 m, tracks near some of them, some duplicates, some anywhere."""
    truths = rng.uniform(0.0, 300.0, (rng.integers(0, most), 3))
    tracks = np.concatenate(
        [
            truths[rng.random(len(truths)) < 0.8],
            truths[rng.random(len(truths)) < 0.2],
            rng.uniform(0.0, 300.0, (rng.integers(0, 4), 3)),
        ]
    )
    tracks = rng.permutation(tracks + rng.normal(0.0, 30.0, tracks.shape))
    return {"truths": np.round(truths, 3).tolist(), "tracks": np.round(tracks, 3).tolist()}


def random_picture(rng: np.random.Generator, seconds: int = 30, drones: int = 6) -> dict[str, Any]:
    """Drones on straight lines that cross; tracks late, broken and taken up again, doubled, swapped, and false ones."""
    at = np.arange(seconds)[:, None]
    paths = [
        np.hstack([rng.uniform(-300.0, 300.0, 3) + at * velocity, np.broadcast_to(velocity, (seconds, 3))])
        for velocity in rng.uniform(-15.0, 15.0, (drones, 3))
    ]
    truths, tracks = {}, {}
    for drone, path in enumerate(paths):
        first, last = int(rng.integers(0, 8)), int(rng.integers(22, seconds))
        truths[f"drone-{drone}"] = _rows(path, first, last)
        cut, late = int(rng.integers(10, 18)), int(rng.integers(2, 5))
        other = paths[(drone + 1) % drones] if rng.random() < 0.4 else path
        tracks[f"T-{drone}"] = _rows(_noisy(rng, np.concatenate([path[:cut], other[cut:]])), first + late, last)
        if rng.random() < 0.5:
            tracks[f"T-{drone}-second"] = _rows(_noisy(rng, path), cut - int(rng.integers(-3, 4)), last)
    away = rng.uniform(1000.0, 2000.0, (seconds, 6))
    tracks["T-false"] = _rows(away, 5, 12)
    identities = [name for name in tracks if rng.random() < 0.5]
    return {"truths": truths, "tracks": tracks, "identities": identities}


def _noisy(rng: np.random.Generator, path: np.ndarray) -> np.ndarray:
    return path + rng.normal(0.0, 1.0, path.shape) * ([20.0] * 3 + [2.0] * 3)


def _rows(path: np.ndarray, first: int, last: int) -> dict[str, list[float]]:
    return {str(second): np.round(path[second], 1).tolist() for second in range(first, last)}
