"""Which tracks are believed, and which end: by silence, by misses, or because they came down."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.sensing.compiled import kernel
from vedette.tracking.classes import CALLSIGN, ICAO
from vedette.tracking.state import BELIEVED, DOUBTED, NEVER, Rows, move

Ints = npt.NDArray[np.int64]

P_CONFIRM: Final = 0.99
"""Existence at which a track is believed, from its second detection on."""
P_END: Final = 0.5
"""Existence at which a believed track ends."""
MISSED_S: Final = 3.5
P_MISSES: Final = 1e-6
"""And not before a silence of MISSED_S, nor before the most patient of its scanning sensors has missed it so often that
this is the chance of as many misses running: a building or a turn hides a target from several sensors at once, and
their misses then have one cause, not many."""
DOUBT_S: Final = 2.5
P_DOUBT: Final = 1.5e-3
"""Below P_END it is shown as not believed after such a silence, though its name is kept longer: many that go are gone,
and one that comes back within P_MISSES is the same."""
END_SILENCE_S: Final = 2.5
"""How long what has come down is kept."""
DOWN_M: Final = -30.0
DOWN_MPS: Final = -5.0
"""A silent track so far under the reference point and sinking so fast has come down, if it carries no aircraft's name:
it ends after END_SILENCE_S."""
P_HIDDEN: Final = 0.02
"""Existence kept until then."""
P_DROP: Final = 0.004
"""Existence at which a track never believed ends."""
REPORT_SILENCE_S: Final = 15.0
"""A track known by reports alone, or one that carries an aircraft's name, ends after this silence."""
P_UNBORN: Final = 1e-4
"""Existence at which a track ends that has not yet had a second chance to be seen."""
LEAST_SILENCE_S: Final = 4.0
"""No track that has not come down ends by silence before this."""


def silence_s(period_s: float, p_detect: float, p: float) -> float:
    """Silence of a scanning sensor whose chance is p: ln p / ln(1 - p_detect) periods."""
    return period_s * math.log(p) / math.log(1.0 - min(max(p_detect, 0.5), 0.95))


@kernel(inner=True)
def is_aircraft(i: int, names: Ints) -> bool:
    """Whether track i carries an aircraft's name: it ends by silence, not by misses of what cannot see it."""
    return bool(names[i, ICAO] >= 0 or names[i, CALLSIGN] >= 0)


@kernel(inner=True)
def is_down(mean: Floats, mode: Floats, i: int) -> bool:
    """Whether track i stands so low, and sinks so fast, that it has come down."""
    up_m = rate_mps = 0.0
    for m in range(mode.shape[1]):
        up_m += mode[i, m] * mean[i, m, 2]
        rate_mps += mode[i, m] * mean[i, m, 5]
    return up_m < DOWN_M and rate_mps < DOWN_MPS


@kernel(inner=True)
def longest_of(waits_s: Floats, seen_s: Floats, i: int, least_s: float) -> float:
    """The longest wait (S,) among the sensors that ever contributed to track i, and not less than least_s."""
    longest = least_s
    for s in range(waits_s.shape[0]):
        if not np.isnan(seen_s[i, s]):
            longest = max(longest, waits_s[s])
    return longest


@kernel(inner=True)
def outlasts(rows: Rows, i: int, now_s: float, patience_s: Floats) -> bool:
    """Whether track i outlasts the silence until now_s.

    It waits as long as the most patient sensor (patience_s (S,)) that ever contributed to it.
    """
    silence = now_s - rows.updated_s[i]
    if silence <= END_SILENCE_S:
        return True
    if rows.blind_up_m2[i] == 0.0 and is_down(rows.mean, rows.mode, i) and not is_aircraft(i, rows.names):
        return False
    return bool(silence <= longest_of(patience_s, rows.seen_s, i, LEAST_SILENCE_S))


@kernel(inner=True)
def outlast(rows: Rows, count: int, now_s: float, patience_s: Floats) -> int:
    """Close up the tracks that outlast the silence until now_s; returns how many there are."""
    many = 0
    for i in range(count):
        if outlasts(rows, i, now_s, patience_s):
            if many != i:
                move(rows, i, many)
            many += 1
    return many


@kernel(inner=True)
def believe(rows: Rows, count: int, now_s: float, merged: Ints, hidden_s: Floats, doubt_s: Floats) -> int:
    """Confirm and doubt tracks in place, and close up those not merged and still held. Returns how many there are.

    merged (n,): 1 where a track went into another. hidden_s, doubt_s (S,): see P_MISSES and P_DOUBT.
    """
    many = 0
    for i in range(count):
        if rows.p_exists[i] >= P_CONFIRM and rows.hits[i] >= 2:
            rows.confirmed[i] = BELIEVED
        hidden = is_hidden(rows, i, now_s, hidden_s)
        if hidden:
            rows.p_exists[i] = max(rows.p_exists[i], P_HIDDEN)
        if rows.confirmed[i] > NEVER:
            rows.confirmed[i] = DOUBTED if is_doubted(rows, i, now_s, doubt_s) else BELIEVED
        unborn = rows.hits[i] < 2 and rows.missed[i] == 0
        least = P_END if rows.confirmed[i] > NEVER else P_UNBORN if unborn else P_DROP
        if merged[i] == 0 and (hidden or rows.p_exists[i] >= least):
            if many != i:
                move(rows, i, many)
            many += 1
    return many


@kernel(inner=True)
def is_hidden(rows: Rows, i: int, now_s: float, hidden_s: Floats) -> bool:
    """Whether track i, believed before, may be there though it is missed."""
    aircraft = is_aircraft(i, rows.names)
    if rows.confirmed[i] == NEVER and not aircraft:
        return False
    patience_s = REPORT_SILENCE_S if aircraft else longest_of(hidden_s, rows.seen_s, i, MISSED_S)
    return bool(now_s - rows.updated_s[i] < patience_s)


@kernel(inner=True)
def is_doubted(rows: Rows, i: int, now_s: float, doubt_s: Floats) -> bool:
    """Whether track i, believed before, is not believed now; one that carries an aircraft's name is, until it ends."""
    if rows.p_exists[i] >= P_END or is_aircraft(i, rows.names):
        return False
    return bool(now_s - rows.updated_s[i] >= longest_of(doubt_s, rows.seen_s, i, DOUBT_S))
