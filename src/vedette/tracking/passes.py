"""The passes of one look over the tracks, in one call into compiled code; what they do stands where they call.

One call, since handing over an array costs a tenth of a microsecond, and there are a hundred. A look that names nobody
does ALL at once; where names are to be found and bound in between, the same kernel does one part after another.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types

from vedette.geo import Floats
from vedette.sensing.compiled import arrays_type, kernel, whole_numbers
from vedette.sensing.projection import DETECTIONS, INNOVATION, Detections, Innovation
from vedette.tracking.association import CHANCES, CLAIMS, PAIRS, Chances, Claims, Pairs, marginals
from vedette.tracking.birth import bear, choose, hush_namesakes
from vedette.tracking.clutter import expect_clutter, learn_clutter
from vedette.tracking.ending import believe, outlast
from vedette.tracking.foresight import weigh
from vedette.tracking.gating import gate
from vedette.tracking.merge import COMPARED, Compared, merge_doubles
from vedette.tracking.motion import MIXING, MOTION, Mixing, Motion, carry_all
from vedette.tracking.standing import stand
from vedette.tracking.state import ROWS, Rows
from vedette.tracking.update import SUMS, Sums, update

ADVANCE, ASSOCIATE, LEARN, RENEW = 1, 2, 4, 8
ALL: Final = ADVANCE | ASSOCIATE | LEARN | RENEW
"""The parts of a look, in their order."""
NO_ROOM: Final = -1


class Site(NamedTuple):
    """What the passes must know of the sensors (S,).

    patience_s, hidden_s, doubt_s, together_s: see vedette.tracking.ending and merge. rest: belief that a sensor
    perceives a target before anything is known. reports: 1 for those that bring reports. unseen (2, classes): posterior
    of a target of which nothing is known, and of one that emits.
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
    """Of the look: its sensor; whether misses count, clutter is learned, identities are given; times in seconds.

    dt_s: how much later than the tracks stand.
    """

    sensor: int
    covers: bool
    learns: bool
    named: bool
    emits: bool
    propagates: bool
    observed_s: float
    dt_s: float
    since_s: float
    clutter: float
    births: float


SITE: Final = arrays_type(Site, "f1 f1 f1 f1 f1 i1 f2")
SIGHT: Final = arrays_type(Sight, "f2 f1 f1")
FACTS: Final = arrays_type(Facts, "i0 b0 b0 b0 b0 b0 f0 f0 f0 f0 f0")


@kernel(types.int64, ROWS, types.int64, types.float64, types.float64[::1])
def rest(rows: Rows, count: int, now_s: float, patience_s: Floats) -> int:
    """Silence until now_s: end the tracks silent too long; the others are not touched."""
    return outlast(rows, count, now_s, patience_s)


@kernel(
    whole_numbers(2), types.int64, DETECTIONS, ROWS, types.int64, FACTS, SITE, SIGHT, MOTION, MIXING,
    types.float64[:, :, ::1], CHANCES, CLAIMS, INNOVATION, PAIRS, SUMS, COMPARED, direct=True,
)  # fmt: skip
def work(
    parts: int, detections: Detections, rows: Rows, count: int, facts: Facts, site: Site, sight: Sight, motion: Motion,
    mixing: Mixing, learned: Floats, chances: Chances, claims: Claims, innovation: Innovation, pairs: Pairs, sums: Sums,
    compared: Compared,
) -> tuple[int, int]:  # fmt: skip
    """Do some parts of a look: carry the tracks to it, find its pairs, learn from them, and renew the tracks.

    The rows must have room for as many tracks more as there are detections. Returns how many tracks there are, and how
    many of these are new; NO_ROOM: for the pairs, and nothing after ADVANCE is done.
    """
    fresh = 0
    if parts & ADVANCE:
        count = advance(rows, count, facts, site, motion, mixing)
    if (
        parts & ASSOCIATE
        and associate(detections, rows, count, facts, sight, learned, chances, claims, innovation, pairs) < 0
    ):
        return count, NO_ROOM
    if parts & LEARN:
        learn(detections, rows, count, facts, site, sight, learned, chances, claims, innovation, pairs, sums)
    if parts & RENEW:
        count, fresh = renew(detections, claims, rows, count, facts, site, motion, pairs, compared)
    return count, fresh


@kernel(inner=True)
def advance(rows: Rows, count: int, facts: Facts, site: Site, motion: Motion, mixing: Mixing) -> int:
    """End the tracks silent too long, carry the others to the look. Returns how many there are."""
    count = outlast(rows, count, facts.observed_s, site.patience_s)
    if facts.dt_s > 0.0:
        carry_all(
            rows.mean, rows.covariance, rows.mode, rows.p_exists, rows.blind_up_m2, count, facts.dt_s, rows.names,
            rows.hits, motion, mixing,
        )  # fmt: skip
    return count


@kernel(inner=True)
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


@kernel(inner=True)
def learn(
    detections: Detections, rows: Rows, count: int, facts: Facts, site: Site, sight: Sight, learned: Floats,
    chances: Chances, claims: Claims, innovation: Innovation, pairs: Pairs, sums: Sums,
) -> None:  # fmt: skip
    """Update the tracks and what is believed of them and of the clutter."""
    update(detections, rows, count, chances, innovation, pairs, sums)
    stand(
        detections, rows, count, facts.sensor, facts.observed_s, facts.since_s, facts.covers, facts.emits,
        site.rest[facts.sensor], site.reports, chances, pairs,
    )  # fmt: skip
    if facts.learns:
        learn_clutter(
            detections, learned, facts.sensor, facts.since_s, sight.place, sight.bounds, sight.arc_rad, claims
        )


@kernel(inner=True)
def renew(
    detections: Detections, claims: Claims, rows: Rows, count: int, facts: Facts, site: Site, motion: Motion,
    pairs: Pairs, compared: Compared,
) -> tuple[int, int]:  # fmt: skip
    """Merge doubles, confirm and end tracks, and start new ones behind them, yet without a number.

    Returns how many tracks there are, and how many of these are new. A report starts no track whose name another track
    carries, or an earlier report of the look: names are to be bound before.
    """
    if facts.named:
        hush_namesakes(detections, claims, rows, count)
    merge_doubles(rows, count, detections.kind.shape[0], facts.observed_s, pairs, site.together_s, compared)
    count = believe(rows, count, facts.observed_s, compared.gone, site.hidden_s, site.doubt_s)
    fresh = choose(detections, claims)
    bear(
        detections, claims, rows, count, fresh, facts.sensor, facts.observed_s, facts.emits, site.rest, site.unseen,
        motion,
    )  # fmt: skip
    return count + fresh, fresh
