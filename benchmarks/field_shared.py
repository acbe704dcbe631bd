"""What the field benchmarks share: where recordings are, truth beside tracks, the score, tables of text."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vedette import Status, Tracks
from vedette.model import Floats
from vedette.scoring import Moment

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "shared" / "data"
"""Where the real recordings are if no other folder is named: beside the repository. They are not part of it."""


def data_argument(parser: argparse.ArgumentParser) -> None:
    """`--data`: the folder of recordings."""
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the real recordings")


def found(path: Path) -> bool:
    """Whether a recording is there; if not, says so: a benchmark without its recording is skipped, not failed."""
    if not path.exists():
        print(f"skipped: the recording {path} is not on this machine (--data FOLDER says where it is)")
    return path.exists()


def moment(tracks: Tracks, time_s: float, names: Sequence[str], enu_m: Floats, enu_mps: Floats | None = None) -> Moment:
    """The truth (m, 3) of a time beside the believed tracks, carried to it by their velocities.

    Distances are horizontal where a track's altitude, or the truth's (NaN), is not known. Tracks known by bearing alone
    have no place and are left out.
    """
    believed = shown(tracks)
    velocity = tracks.velocity_enu_mps[believed]
    position = tracks.position_enu_m[believed] + (time_s - tracks.observed_s) * velocity
    away = enu_m[:, None] - position[None]
    away[:, ~tracks.altitude_known[believed], 2] = 0.0
    speed_error = np.full(away.shape[:2], np.nan)
    if enu_mps is not None:
        speed_error = np.linalg.norm((enu_mps[:, None] - velocity[None])[..., :2], axis=-1)
    return Moment(
        time_s=time_s,
        truths=tuple(names),
        tracks=tuple(str(number) for number in tracks.id[believed]),
        distance_m=np.linalg.norm(np.nan_to_num(away), axis=-1),
        velocity_error_mps=speed_error,
        identified=np.array([tracks.identity[row] is not None for row in believed], dtype=np.bool_),
    )


def shown(tracks: Tracks) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Rows of the tracks that are scored: confirmed or coasting, and with a place."""
    return np.flatnonzero((tracks.status != Status.TENTATIVE) & tracks.range_known)


def print_table(columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]) -> None:
    """Rows under their columns' names, each column so wide: the first to the left, the others to the right."""
    for cells in ([name for name, _ in columns], *rows):
        padded = [
            f"{cell:<{width}}" if k == 0 else f"{cell:>{width}}"
            for k, (cell, (_, width)) in enumerate(zip(cells, columns, strict=True))
        ]
        print("".join(padded).rstrip())
    sys.stdout.flush()
