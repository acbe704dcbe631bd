"""How fast the tracker is, how much of it is its kernels, and what a bare filter could do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.tracker import bare_ekf
from benchmarks.tracker.contest import Line
from benchmarks.tracker.ours import Ours, metered
from benchmarks.tracker.scenes import clutter_of, prepare, run


@dataclass(frozen=True)
class Speed:
    """Detections a second at a number of drones. calls: kernel calls from Python a look."""

    drones: int
    observe_hz: float
    kernels_hz: float
    bare_hz: float
    calls: float


def speed(ours: Line, seeds: Sequence[int]) -> Speed:
    """The kernels' part is taken in runs of their own, so that the timing of each call is not in the whole."""
    detections = scans = 0
    with metered() as meter:
        for seed in seeds:
            prepared = prepare(ours.drones, clutter_of(ours.drones), ours.scans, seed)
            run(prepared, Ours(prepared))
            detections += prepared.detections
            scans += len(prepared.scans)
    bare_hz = bare_ekf.rate_hz(ours.drones)
    return Speed(ours.drones, ours.rate_hz, detections / meter.seconds, bare_hz, meter.calls / scans)
