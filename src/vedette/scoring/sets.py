"""How far one set of points is from another: GOSPA and OSPA at one time.

GOSPA of order p, cutoff c, alpha = 2 (A. S. Rahmathullah, Á. F. García-Fernández, L. Svensson, "Generalized optimal
sub-pattern assignment metric", FUSION 2017, arXiv 1601.05585, Proposition 1), over pairings γ of truths X, tracks Y:

    GOSPA = min_γ ( Σ_(i,j)∈γ d(x_i, y_j)^p + c^p / 2 · (|X| - |γ| + |Y| - |γ|) )^(1/p)      metres

whose parts are localisation (the first sum), missed (|X| - |γ|) and false (|Y| - |γ|). A pair as far apart as c costs
as much as a miss and a false track, and counts as these.

OSPA (D. Schuhmacher, B.-T. Vo, B.-N. Vo, "A consistent metric for performance evaluation of multi-object filters", IEEE
Trans. Signal Processing 56(8), 2008), with n the greater of |X| and |Y|, min(d, c) for d:

    OSPA = ( 1/n · ( min_π Σ min(d, c)^p + c^p · | |X| - |Y| | ) )^(1/p)                      metres

Of two empty sets both are 0. OSPA does not say missed from false, and is per object; GOSPA grows with their number.
"""

from __future__ import annotations

import math

import msgspec

from vedette.model import Floats
from vedette.scoring.assignment import Indices, pair_within

ALPHA = 2.0
"""The alpha with which GOSPA's cost falls apart into localisation, missed and false."""


class SetDistance(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Tracks against truths at one time.

    `localisation_m` is (Σ d^p)^(1/p) over the pairs, so that
    gospa_m^p = localisation_m^p + c_m^p / 2 · (missed + false). `truth_paired` and `track_paired` (k,) are the pairs.
    """

    gospa_m: float
    localisation_m: float
    missed: int
    false: int
    ospa_m: float
    truth_paired: Indices
    track_paired: Indices


def set_distance(distance_m: Floats, c_m: float, p: float) -> SetDistance:
    """GOSPA with its parts, and OSPA, of the distances between truths and tracks.

    Args:
        distance_m: (truths, tracks), metres. Any metric of single points will do.
        c_m: cutoff, metres, > 0. p: order, 1 ≤ p < infinity.
    """
    truths, tracks = distance_m.shape
    rows, columns = pair_within(distance_m, c_m, p)
    located = math.fsum((distance_m[rows, columns] / c_m) ** p)
    missed, false, most = truths - len(rows), tracks - len(rows), max(truths, tracks)
    return SetDistance(
        gospa_m=c_m * (located + (missed + false) / ALPHA) ** (1.0 / p),
        localisation_m=c_m * located ** (1.0 / p),
        missed=missed,
        false=false,
        ospa_m=c_m * ((located + most - len(rows)) / most) ** (1.0 / p) if most else 0.0,
        truth_paired=rows,
        track_paired=columns,
    )
