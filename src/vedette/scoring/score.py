"""Track table against truth table: one score, and its course over time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from vedette.scoring.moments import Moment, moments_of
from vedette.scoring.sets import ALPHA, SetDistance, set_distance
from vedette.scoring.siap import Siap, siap
from vedette.tables import TrackRow, TruthRow


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How good the tracks were. `gospa_m` to `ospa_m` are means over the truth times.

    Attributes:
        gospa_m, localisation_m, missed, false, ospa_m: as in vedette.scoring.sets; missed and false are numbers of
            truths and of tracks a truth time.
        id_switches: how often a truth was paired with another track than at its last pairing. The pairs are GOSPA's,
            found afresh at each time, so that two drones nearer to each other than the tracks' errors switch often.
        siap: as in vedette.scoring.siap.
        truth_times: how many were scored. skipped_s: seconds of truth left out at the beginning.
        p, c_m, alpha: order, cutoff in metres and alpha.
    """

    gospa_m: float
    localisation_m: float
    missed: float
    false: float
    id_switches: int
    ospa_m: float
    siap: Siap
    truth_times: int
    p: float
    c_m: float
    alpha: float
    skipped_s: float


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """One truth time's GOSPA and its parts."""

    time_s: float
    gospa_m: float
    localisation_m: float
    missed: int
    false: int


def score(
    tracks: Iterable[TrackRow], truth: Sequence[TruthRow], *, c_m: float = 100.0, p: float = 2.0, skip_s: float = 0.0
) -> tuple[Score, list[Course]]:
    """Score rows of a track table against rows of a truth table.

    Raises:
        ValueError: as score_moments.
    """
    return score_moments(moments_of(tracks, truth), c_m=c_m, p=p, skip_s=skip_s)


def score_moments(
    moments: Iterable[Moment], *, c_m: float = 100.0, p: float = 2.0, skip_s: float = 0.0
) -> tuple[Score, list[Course]]:
    """Score truth times, given ascending.

    Args:
        moments: the truth times.
        c_m: cutoff, metres. p: order.
        skip_s: truth times less than this after the first are left out, seconds; a track's time to begin.

    Raises:
        ValueError: c_m not positive, p below 1, skip_s negative, one of them not finite, or no truth time left.
    """
    if not (0.0 < c_m < math.inf and 1.0 <= p < math.inf and 0.0 <= skip_s < math.inf):
        raise ValueError(f"c_m must be positive, p at least 1, skip_s not negative: {c_m}, {p}, {skip_s}")
    kept = _after(list(moments), skip_s)
    if not kept:
        raise ValueError("no truth time is left to score")
    distances = [set_distance(moment.distance_m, c_m, p) for moment in kept]
    found = Score(
        gospa_m=_mean([one.gospa_m for one in distances]),
        localisation_m=_mean([one.localisation_m for one in distances]),
        missed=_mean([one.missed for one in distances]),
        false=_mean([one.false for one in distances]),
        id_switches=_switches(kept, distances),
        ospa_m=_mean([one.ospa_m for one in distances]),
        siap=siap(kept, c_m),
        truth_times=len(kept),
        p=p,
        c_m=c_m,
        alpha=ALPHA,
        skipped_s=skip_s,
    )
    return found, [_course(moment, one) for moment, one in zip(kept, distances, strict=True)]


def _after(moments: list[Moment], skip_s: float) -> list[Moment]:
    for earlier, later in pairwise(moments):
        if later.time_s <= earlier.time_s:
            raise ValueError(f"truth times must ascend: {later.time_s} after {earlier.time_s}")
    return [moment for moment in moments if moment.time_s - moments[0].time_s >= skip_s - 1e-6]


def _course(moment: Moment, one: SetDistance) -> Course:
    return Course(
        time_s=moment.time_s,
        gospa_m=one.gospa_m,
        localisation_m=one.localisation_m,
        missed=one.missed,
        false=one.false,
    )


def _switches(moments: Sequence[Moment], distances: Sequence[SetDistance]) -> int:
    switches = 0
    track_of: dict[str, str] = {}
    for moment, one in zip(moments, distances, strict=True):
        for row, column in zip(one.truth_paired, one.track_paired, strict=True):
            truth, track = moment.truths[row], moment.tracks[column]
            switches += track_of.setdefault(truth, track) != track
            track_of[truth] = track
    return switches


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
