"""Incidents → which were asked for, their counts by hour, weekday, direction, kind, zone and serial, and repeats."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from vedette.model import Alike, History, PastIncident, Rhythm, Wanted

ALIKE_HOURS: Final = 1.0
"""Two incidents come at the same time of day within this many hours,"""
ALIKE_DEG: Final = 22.5
"""and from the same direction within so many degrees."""
FEWEST: Final = 5
"""With fewer incidents nothing is said of a rhythm: Rayleigh's approximation does not hold, nor would it help."""
_WEEK_H: Final = 168.0


class _Timed(msgspec.Struct, frozen=True):
    """An incident with its local time. hour: of the day, with its fraction."""

    past: PastIncident
    local: datetime
    hour: float


def history(incidents: Iterable[PastIncident], wanted: Wanted) -> History:
    """What is asked for of `incidents`, newest first, and the patterns in it."""
    every = list(incidents)
    chosen = [_timed(one) for one in sorted(every, key=lambda one: (one.opened_s, one.incident)) if _is(one, wanted)]
    azimuths = [one.past.azimuth_true_deg for one in chosen if one.past.azimuth_true_deg is not None]
    alike, pairs = _alike(chosen)
    return History(
        incidents=tuple(one.past for one in reversed(chosen)),
        of=len(every),
        by_hour=_counts(24, (one.local.hour for one in chosen)),
        by_weekday=_counts(7, (one.local.weekday() for one in chosen)),
        by_octant=_counts(8, map(octant, azimuths)),
        no_direction=len(chosen) - len(azimuths),
        by_month=dict(Counter(f"{one.local:%Y-%m}" for one in chosen)),
        by_kind=_by(chosen, lambda one: one.kinds),
        by_zone=_by(chosen, lambda one: one.zones),
        by_serial=_by(chosen, lambda one: one.serials),
        rhythms=(
            _rhythm("day", [one.hour for one in chosen], 24.0),
            _rhythm("week", [one.local.weekday() * 24.0 + one.hour for one in chosen], _WEEK_H),
            _rhythm("direction", azimuths, 360.0),
        ),
        alike=alike,
        pairs_alike=pairs,
        alike_by_chance=_by_chance(chosen),
    )


def octant(azimuth_true_deg: float) -> int:
    """The eighth of the compass: 0 north, then clockwise."""
    return round(azimuth_true_deg / 45.0) % 8


def _is(one: PastIncident, wanted: Wanted) -> bool:
    return (
        (wanted.from_s is None or one.opened_s >= wanted.from_s)
        and (wanted.until_s is None or one.opened_s < wanted.until_s)
        and (wanted.kind is None or wanted.kind in one.kinds)
        and (wanted.zone is None or wanted.zone in one.zones)
        and (wanted.serial is None or wanted.serial in one.serials)
        and (wanted.origins is None or one.origin in wanted.origins)
        and (
            wanted.octant is None
            or (one.azimuth_true_deg is not None and octant(one.azimuth_true_deg) == wanted.octant)
        )
    )


def _timed(past: PastIncident) -> _Timed:
    local = datetime.fromtimestamp(past.opened_s, ZoneInfo(past.timezone))
    return _Timed(past, local, local.hour + local.minute / 60.0 + local.second / 3600.0)


def _counts(length: int, places: Iterable[int]) -> tuple[int, ...]:
    counter = Counter(places)
    return tuple(counter[place] for place in range(length))


def _by(chosen: Sequence[_Timed], words: Callable[[PastIncident], tuple[str, ...]]) -> dict[str, int]:
    """Incidents a word, most first; one with two kinds counts in both."""
    counter = Counter(itertools.chain.from_iterable(words(one.past) for one in chosen))
    return dict(sorted(counter.items(), key=lambda item: (-item[1], item[0])))


def _rhythm(of: str, values: Sequence[float], period: float) -> Rhythm:
    """Rayleigh's test of circular uniformity.

    p by the usual approximation exp(sqrt(1 + 4n + 4(n² − R²)) − (1 + 2n)), R the length of the sum of unit vectors; it
    is held against drawn samples in the tests.
    """
    n = len(values)
    if n < FEWEST:
        return Rhythm(of=of, count=n, mean=None, resultant=None, p=None)
    turn = 2.0 * math.pi / period
    east, north = (sum(f(value * turn) for value in values) for f in (math.sin, math.cos))
    length = math.hypot(east, north)
    p = math.exp(math.sqrt(1.0 + 4.0 * n + 4.0 * max(0.0, n * n - length * length)) - (1.0 + 2.0 * n))
    return Rhythm(of=of, count=n, mean=math.atan2(east, north) / turn % period, resultant=length / n, p=min(1.0, p))


def _apart(a: float, b: float, period: float) -> float:
    """The shorter way around between two circular values."""
    off = abs(a - b) % period
    return min(off, period - off)


def _same_serial(a: PastIncident, b: PastIncident) -> tuple[str, ...]:
    return tuple(sorted(set(a.serials) & set(b.serials)))


def _same_manner(a: _Timed, b: _Timed) -> bool:
    if a.past.azimuth_true_deg is None or b.past.azimuth_true_deg is None:
        return False
    return (
        _apart(a.hour, b.hour, 24.0) <= ALIKE_HOURS
        and _apart(a.past.azimuth_true_deg, b.past.azimuth_true_deg, 360.0) <= ALIKE_DEG
        and bool(set(a.past.kinds) & set(b.past.kinds))
    )


def _alike(chosen: Sequence[_Timed]) -> tuple[tuple[Alike, ...], int]:
    """Groups of incidents linked by a serial or by manner, and how many pairs are alike in manner."""
    group = {one.past.incident: {one.past.incident} for one in chosen}
    why: dict[frozenset[str], set[str]] = {}
    pairs = 0
    for a, b in itertools.combinations(chosen, 2):
        reasons = [f"the serial {serial}" for serial in _same_serial(a.past, b.past)]
        if _same_manner(a, b):
            pairs += 1
            reasons.append("hour, direction and kind")
        if reasons:
            why[frozenset((a.past.incident, b.past.incident))] = set(reasons)
            joined = group[a.past.incident] | group[b.past.incident]
            for name in joined:
                group[name] = joined
    order = {one.past.incident: place for place, one in enumerate(chosen)}
    found: dict[frozenset[str], Alike] = {}
    for members in map(frozenset, group.values()):
        if len(members) > 1 and members not in found:
            reasons_of = set().union(*(said for pair, said in why.items() if pair <= members))
            found[members] = Alike(
                incidents=tuple(sorted(members, key=order.__getitem__)), why=tuple(sorted(reasons_of))
            )
    return tuple(sorted(found.values(), key=lambda one: (-len(one.incidents), order[one.incidents[0]]))), pairs


def _by_chance(chosen: Sequence[_Timed]) -> float:
    """Pairs alike in manner that chance would give: as many pairs, times the shares of pairs alike in each alone."""
    known = [one for one in chosen if one.past.azimuth_true_deg is not None]
    pairs = list(itertools.combinations(known, 2))
    if not pairs:
        return 0.0
    kind = sum(bool(set(a.past.kinds) & set(b.past.kinds)) for a, b in pairs) / len(pairs)
    return len(pairs) * kind * (2.0 * ALIKE_HOURS / 24.0) * (2.0 * ALIKE_DEG / 360.0)
