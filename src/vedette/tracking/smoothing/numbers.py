"""Which smoothed track is which track that was shown live: where looks came late, both were counted on their own."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from vedette.geo import Floats
from vedette.model import SmoothedTracks
from vedette.model.tracks import Ints

TOGETHER_M: Final = 200.0
"""A track that is shown so near to a smoothed one is with it at that time."""


def same_tracks(smoothed: SmoothedTracks, observed_s: Floats, number: Ints, position_enu_m: Floats) -> dict[int, int]:
    """For each smoothed track the number of the track it was shown as; those that were never shown are not in it.

    The pairs that are together at most times come first, of those the ones nearest to each other; each track once.

    Args:
        observed_s (n,), number (n,), position_enu_m (n, 3): the tracks shown, in any order.
    """
    order = np.argsort(observed_s, kind="stable")
    observed_s, number, position_enu_m = observed_s[order], number[order], position_enu_m[order]
    pairs: list[tuple[int, float, int, int]] = []
    for one in np.unique(smoothed.id).tolist():
        rows = np.flatnonzero(smoothed.id == one)
        times_s = smoothed.observed_s[rows]
        life = slice(*np.searchsorted(observed_s, [times_s[0] - 1e-3, times_s[-1] + 1e-3]).tolist())
        before = rows[np.maximum(np.searchsorted(times_s, observed_s[life] + 1e-3) - 1, 0)]
        since_s = observed_s[life] - smoothed.observed_s[before]
        place = smoothed.position_enu_m[before] + since_s[:, None] * smoothed.velocity_enu_mps[before]
        off_m = np.linalg.norm((place - position_enu_m[life])[:, :2], axis=1)
        together = off_m < TOGETHER_M
        for other in np.unique(number[life][together]).tolist():
            near = together & (number[life] == other)
            pairs.append((-int(near.sum()), float(off_m[near].mean()), one, other))
    found: dict[int, int] = {}
    for _, _, one, other in sorted(pairs):
        if one not in found and other not in found.values():
            found[one] = other
    return found


def renumbered(smoothed: SmoothedTracks, same: dict[int, int], next_number: int) -> SmoothedTracks:
    """The tracks under these numbers, those without one counted on from next_number; rows by time, then by number."""
    others = [one for one in np.unique(smoothed.id).tolist() if one not in same]
    numbers = same | {one: next_number + place for place, one in enumerate(others)}
    given = np.array([numbers[one] for one in smoothed.id.tolist()], dtype=np.int64)
    order = np.lexsort((given, smoothed.observed_s))
    given = given[order]
    given.flags.writeable = False
    columns = {
        name: value[order]
        for name in smoothed.__struct_fields__
        if isinstance(value := getattr(smoothed, name), np.ndarray)
    }
    for column in columns.values():
        column.flags.writeable = False
    identity = tuple(smoothed.identity[row] for row in order.tolist())
    return msgspec.structs.replace(smoothed, **columns | {"id": given, "identity": identity})
