"""The passes of one look over the tracks, each one call into compiled code; what they do stands where they call."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types

from vedette.geo import Floats
from vedette.sensing.compiled import arrays_type, kernel, whole_numbers
from vedette.sensing.projection import DETECTIONS, INNOVATION, Detections, Innovation
from vedette.tracking.association import CHANCES, CLAIMS, PAIRS, Chances, Claims, Pairs, gate, marginals
from vedette.tracking.birth import bear, choose, hush_namesakes
from vedette.tracking.clutter import expect_clutter, learn_clutter
from vedette.tracking.ending import believe, outlast
from vedette.tracking.foresight import weigh
from vedette.tracking.merge import COMPARED, Compared, merge_doubles
from vedette.tracking.motion import MIXING, MOTION, Mixing, Motion, carry_all
from vedette.tracking.standing import stand
from vedette.tracking.state import ROWS, Rows
from vedette.tracking.update import SUMS, Sums, update

Bools = npt.NDArray[np.bool_]


class Site(NamedTuple):
    """What the passes must know of the sensors (S,).

    patience_s, hidden_s, doubt_s, together_s: see vedette.tracking.ending and merge. rest: belief that a sensor perceives a
    target before anything is known. reports: 1 for those that bring reports. unseen (2, classes): posterior of a target
    of which nothing is known, and of one that emits.
    """

    patience_s: Floats
    hidden_s: Floats
    doubt_s: Floats
    together_s: Floats
    rest: Floats
    reports: npt.NDArray[np.int64]
    unseen: Floats


class Sight(NamedTuple):
    """The sensor that looks: place (4, 3) and bounds (8,) as in View, arc_rad (2,): from and span looked at."""

    place: Floats
    bounds: Floats
    arc_rad: Floats


class Facts(NamedTuple):
    """Of the look: sensor, whether misses count, clutter is learned, identities are given; times in seconds."""

    sensor: int
    covers: bool
    learns: bool
    named: bool
    emits: bool
    propagates: bool
    observed_s: float
    since_s: float
    clutter: float
    births: float


SITE: Final = arrays_type(Site, "f1 f1 f1 f1 f1 i1 f2")
SIGHT: Final = arrays_type(Sight, "f2 f1 f1")
FACTS: Final = arrays_type(Facts, "i0 b0 b0 b0 b0 b0 f0 f0 f0 f0")


@kernel(types.int64, ROWS, types.int64, types.float64, types.float64, SITE, MOTION, MIXING)
def advance(rows: Rows, count: int, now_s: float, dt_s: float, site: Site, motion: Motion, room: Mixing) -> int:
    """Silence until now_s, dt_s later than the tracks stand: end those silent too long, carry the others."""
    count = outlast(rows, count, now_s, site.patience_s)
    if dt_s > 0.0:
        carry_all(
            rows.mean, rows.covariance, rows.mode, rows.p_exists, rows.blind_up_m2, count, dt_s, rows.names, rows.hits,
            motion,
            room,
        )  # fmt: skip
    return count


@kernel(
    types.int64, DETECTIONS, ROWS, types.int64, FACTS, SIGHT, types.float64[:, :, ::1], CHANCES, CLAIMS, INNOVATION,
    PAIRS,
)  # fmt: skip
def associate(
    detections: Detections, rows: Rows, count: int, facts: Facts, sight: Sight, learned: Floats, chances: Chances,
    claims: Claims, innovation: Innovation, pairs: Pairs,
) -> int:  # fmt: skip
    """Chances, densities, pairs and their probabilities. Returns the number of pairs, -1: no room for them."""
    many = detections.kind.shape[0]
    weigh(rows, count, facts.sensor, facts.covers, sight.place, sight.bounds, sight.arc_rad, chances)
    if not facts.named:
        for j in range(many):
            claims.names[j, 0] = claims.owner[j] = -1
    expect_clutter(
        detections, learned, facts.sensor, facts.learns, facts.clutter, facts.births, sight.place, sight.bounds, claims
    )
    found = gate(detections, rows, count, chances, claims, innovation, pairs)
    if found >= 0:
        marginals(count, many, facts.propagates, chances, claims, pairs)
    return found


@kernel(
    whole_numbers(2), DETECTIONS, ROWS, types.int64, FACTS, SITE, SIGHT, MOTION, types.float64[:, :, ::1],
    CHANCES, CLAIMS, INNOVATION, PAIRS, SUMS, COMPARED,
)  # fmt: skip
def learn(
    detections: Detections, rows: Rows, count: int, facts: Facts, site: Site, sight: Sight, motion: Motion,
    learned: Floats, chances: Chances, claims: Claims, innovation: Innovation, pairs: Pairs, sums: Sums,
    compared: Compared,
) -> tuple[int, int]:  # fmt: skip
    """Update the tracks and what is believed of them and of the clutter; then, where the look names nobody, `renew`.

    Names are to be bound before doubles are sought. Returns how many tracks there are, and how many of these are new;
    -1: `renew` is to be called.
    """
    update(detections, rows, count, chances, innovation, pairs, sums)
    stand(
        detections, rows, count, facts.sensor, facts.observed_s, facts.since_s, facts.covers, facts.emits,
        site.rest[facts.sensor], site.reports, chances, pairs,
    )  # fmt: skip
    if facts.learns:
        learn_clutter(
            detections, learned, facts.sensor, facts.since_s, sight.place, sight.bounds, sight.arc_rad, claims
        )
    if facts.named:
        return count, -1
    return succeed(detections, claims, rows, count, facts, site, motion, pairs, compared)


@kernel(inner=True)
def succeed(
    detections: Detections, claims: Claims, rows: Rows, count: int, facts: Facts, site: Site, motion: Motion,
    pairs: Pairs, compared: Compared,
) -> tuple[int, int]:  # fmt: skip
    """As `renew`, for other kernels."""
    merge_doubles(rows, count, detections.kind.shape[0], facts.observed_s, pairs, site.together_s, compared)
    count = believe(rows, count, facts.observed_s, compared.gone, site.hidden_s, site.doubt_s)
    fresh = choose(detections, claims)
    bear(
        detections, claims, rows, count, fresh, facts.sensor, facts.observed_s, facts.emits, site.rest, site.unseen,
        motion,
    )  # fmt: skip
    return count + fresh, fresh


@kernel(whole_numbers(2), DETECTIONS, CLAIMS, ROWS, types.int64, FACTS, SITE, MOTION, PAIRS, COMPARED)
def renew(
    detections: Detections, claims: Claims, rows: Rows, count: int, facts: Facts, site: Site, motion: Motion,
    pairs: Pairs, compared: Compared,
) -> tuple[int, int]:  # fmt: skip
    """Merge doubles, confirm and end tracks, and start new ones behind them, yet without a number.

    Returns how many tracks there are, and how many of these are new. The rows must have room for as many as there are
    detections. A report starts no track whose name another track carries, or an earlier report of the look.
    """
    hush_namesakes(detections, claims, rows, count)
    return succeed(detections, claims, rows, count, facts, site, motion, pairs, compared)
