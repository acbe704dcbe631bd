"""Which tracks are believed, and which end: by silence, by misses, or because they came down."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.sensing.compiled import kernel
from vedette.tracking.classes import CALLSIGN, ICAO

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

P_CONFIRM: Final = 0.99
"""Existence at which a track is believed, from its second detection on."""
P_END: Final = 0.2
"""Existence at which a believed track ends."""
MISSED_S: Final = 3.5
"""And not before this silence: a building or a turn hides a target from several sensors at once, and their misses then
have one cause, not many. A radar of 1 Hz may miss it three times running and still know it again by its name."""
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
LEAST_SILENCE_S: Final = 4.0
"""No track that has not come down ends by silence before this."""


@kernel("boolean(int64, int64[:,::1])", inner=True)
def is_aircraft(i: int, names: Ints) -> bool:
    """Whether track i carries an aircraft's name: it ends by silence, not by misses of what cannot see it."""
    return bool(names[i, ICAO] >= 0 or names[i, CALLSIGN] >= 0)


@kernel("boolean(float64[:,::1], float64[::1])", inner=True)
def is_down(mean: Floats, mode: Floats) -> bool:
    """Whether a track (M, 6) stands so low, and sinks so fast, that it has come down."""
    up_m = rate_mps = 0.0
    for m in range(mode.shape[0]):
        up_m += mode[m] * mean[m, 2]
        rate_mps += mode[m] * mean[m, 5]
    return up_m < DOWN_M and rate_mps < DOWN_MPS


@kernel(
    "int64(int64, float64, float64[::1], float64[:,::1], float64[::1], float64[:,:,::1], float64[:,::1], "
    "float64[::1], int64[:,::1], int64[::1])"
)
def outlast(
    count: int,
    now_s: float,
    patience_s: Floats,
    seen_s: Floats,
    updated_s: Floats,
    mean: Floats,
    mode: Floats,
    blind_up_m2: Floats,
    names: Ints,
    kept: Ints,
) -> int:
    """Rows of the tracks that outlast the silence until now_s, into kept (n,); returns how many.

    Each waits as long as the most patient sensor (patience_s (S,)) that ever contributed to it.
    """
    many = 0
    for i in range(count):
        longest = LEAST_SILENCE_S
        for s in range(patience_s.shape[0]):
            if not np.isnan(seen_s[i, s]):
                longest = max(longest, patience_s[s])
        silence = now_s - updated_s[i]
        if (
            silence > END_SILENCE_S
            and blind_up_m2[i] == 0.0
            and is_down(mean[i], mode[i])
            and not is_aircraft(i, names)
        ):
            longest = END_SILENCE_S
        if silence <= longest:
            kept[many] = i
            many += 1
    return many


@kernel(
    "int64(int64, float64, boolean[::1], float64[::1], int64[::1], int64[:,::1], float64[::1], int64[::1], int64[::1])"
)
def believe(
    count: int,
    now_s: float,
    merged: Bools,
    updated_s: Floats,
    hits: Ints,
    names: Ints,
    p_exists: Floats,
    confirmed: Ints,
    kept: Ints,
) -> int:
    """Confirm tracks in place; rows of those not merged and still believed into kept (n,). Returns how many."""
    many = 0
    for i in range(count):
        if p_exists[i] >= P_CONFIRM and hits[i] >= 2:
            confirmed[i] = 1
        aircraft = is_aircraft(i, names)
        patience_s = REPORT_SILENCE_S if aircraft else MISSED_S
        hidden = (confirmed[i] > 0 or aircraft) and now_s - updated_s[i] < patience_s
        if hidden:
            p_exists[i] = max(p_exists[i], P_HIDDEN)
        least = P_END if confirmed[i] > 0 else P_DROP
        if not merged[i] and (hidden or p_exists[i] >= least):
            kept[many] = i
            many += 1
    return many
