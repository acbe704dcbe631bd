"""SIAP attribute measures: how complete, unambiguous, true and lasting the air picture is.

After P. Votruba, R. Nisley, R. Rothrock, B. Zombro, "Single Integrated Air Picture (SIAP) Metrics Implementation", SIAP
System Engineering Task Force, 2001, in the form that Stone Soup's SIAPMetrics gives them. A track is assigned to the
truth nearest to it, if that is strictly nearer than the cutoff c; several tracks may be assigned to one truth. With
J(t) truths, JT(t) of them with a track, N(t) tracks, NA(t) of them assigned, summed over all truth times t:

    completeness         ΣJT / ΣJ             aim 1
    ambiguity            ΣNA / ΣJT            aim 1: more is tracks too many on one truth
    spuriousness         Σ(N - NA) / ΣN       aim 0
    position_error_m     mean distance of the assigned pairs, metres
    velocity_error_mps   mean length of their velocity difference, metres per second, of those where it is known
    id_completeness      share of ΣJT where one of the truth's tracks carries an identity
    track_change_rate_hz Σ(NU - 1) / ΣTT      per second: NU the fewest segments that cover the time TT it is tracked
    longest_segment      ΣTL / ΣT             TL the longest time one track was on the truth, T the truth's lifetime

A segment is an unbroken run of truth times with one track on one truth, and lasts from its first to its last time. TL
is the sum of one track's segments on the truth, as in Stone Soup. A quotient by zero is None, where Stone Soup says 0
(or 1, of ambiguity).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np

from vedette.scoring.assignment import Indices
from vedette.scoring.moments import Moment

Segment = tuple[int, int]
"""First and last truth time of a run, as indices."""


class Siap(msgspec.Struct, frozen=True, kw_only=True):
    """The measures; None where there was nothing to divide by."""

    completeness: float | None
    ambiguity: float | None
    spuriousness: float | None
    position_error_m: float | None
    velocity_error_mps: float | None
    id_completeness: float | None
    track_change_rate_hz: float | None
    longest_segment: float | None


def siap(moments: Sequence[Moment], c_m: float) -> Siap:
    """The measures over all these times.

    Args:
        moments: truth times, ascending.
        c_m: a track farther from every truth than this is assigned to none, metres.
    """
    counts = _Counts()
    for index, moment in enumerate(moments):
        counts.add(index, moment, nearest_truth(moment, c_m))
    change_rate, longest = _continuity(counts, [moment.time_s for moment in moments])
    return Siap(
        completeness=_ratio(counts.truths_tracked, counts.truths),
        ambiguity=_ratio(counts.tracks_assigned, counts.truths_tracked),
        spuriousness=_ratio(counts.tracks - counts.tracks_assigned, counts.tracks),
        position_error_m=_ratio(counts.position_error_m, counts.tracks_assigned),
        velocity_error_mps=_ratio(counts.velocity_error_mps, counts.velocities),
        id_completeness=_ratio(counts.truths_identified, counts.truths_tracked),
        track_change_rate_hz=change_rate,
        longest_segment=longest,
    )


def nearest_truth(moment: Moment, c_m: float) -> Indices:
    """The truth each track is assigned to (n,), -1 for none; of equally near ones the first."""
    if not moment.truths:
        return np.full(len(moment.tracks), -1, dtype=np.int64)
    nearest = np.argmin(moment.distance_m, axis=0)
    return np.where(np.min(moment.distance_m, axis=0) < c_m, nearest, -1)


class _Counts:
    """Sums over the times, and each truth's times and tracks."""

    def __init__(self) -> None:
        self.truths = self.truths_tracked = self.truths_identified = 0
        self.tracks = self.tracks_assigned = self.velocities = 0
        self.position_error_m = self.velocity_error_mps = 0.0
        self.life: dict[str, Segment] = {}
        self.on: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))

    def add(self, index: int, moment: Moment, truth_of: Indices) -> None:
        """Take one time in."""
        assigned = np.flatnonzero(truth_of >= 0)
        near = truth_of[assigned]
        self.truths += len(moment.truths)
        self.truths_tracked += len(np.unique(near))
        self.truths_identified += len(np.unique(near[moment.identified[assigned]]))
        self.tracks += len(moment.tracks)
        self.tracks_assigned += len(assigned)
        self.position_error_m += float(np.sum(moment.distance_m[near, assigned]))
        velocity_error_mps = moment.velocity_error_mps[near, assigned]
        known = np.isfinite(velocity_error_mps)
        self.velocities += int(np.sum(known))
        self.velocity_error_mps += float(np.sum(velocity_error_mps[known]))
        for name in moment.truths:
            self.life[name] = (self.life.get(name, (index, index))[0], index)
        for track, truth in zip(assigned, near, strict=True):
            self.on[moment.truths[truth]][moment.tracks[track]].append(index)


def _continuity(counts: _Counts, times_s: list[float]) -> tuple[float | None, float | None]:
    """track_change_rate_hz and longest_segment."""
    changes, tracked_s, longest_s, life_s = 0, 0.0, 0.0, 0.0
    for truth, (first, last) in counts.life.items():
        life_s += times_s[last] - times_s[first]
        runs = [_runs(indices) for indices in counts.on[truth].values()]
        longest_s += max((sum(times_s[b] - times_s[a] for a, b in track) for track in runs), default=0.0)
        needed, covered_s = _cover([run for track in runs for run in track], times_s)
        changes += max(0, needed - 1)
        tracked_s += covered_s
    return _ratio(changes, tracked_s), _ratio(longest_s, life_s)


def _runs(indices: list[int]) -> list[Segment]:
    """Ascending indices as unbroken runs."""
    runs: list[Segment] = []
    for index in indices:
        if runs and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return runs


def _cover(runs: list[Segment], times_s: list[float]) -> tuple[int, float]:
    """The fewest runs that cover every time that any covers, and the seconds that any covers."""
    needed, reached = 0, -1
    while ahead := [run for run in runs if run[1] > reached]:
        at = max(reached + 1, min(first for first, _ in ahead))
        reached = max(last for first, last in ahead if first <= at)
        needed += 1
    steps = {step for first, last in runs for step in range(first, last)}
    return needed, sum(times_s[step + 1] - times_s[step] for step in sorted(steps))


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
