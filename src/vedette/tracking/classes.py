"""What a track is: a posterior over vedette.CLASSES from what was seen of it so far.

    ln p_c = ln π_c + Σ_f s_f w_f,c(x_f) + ln L_c + n_c + e_c + const                       then p_c ≥ FLOOR

w_f,c: weight of evidence of feature f for class c in nats, linear between the knots of WEIGHTS. Features x: mean ground
speed, height and vertical rate, share of the time not flown straight, spread of the speed, mean radar cross-section; s:
how far each is trusted, t / (t + t_f) with the time watched or the number of measurements; what is not known says
nothing. An additive logistic model (Hastie & Tibshirani's generalised additive form), fitted to flights drawn at random
(benchmarks/classes_fit.py), because features of one flight tell the same thing twice: a product of their likelihoods is
too sure of itself. L: mean likelihood of the sensors' class reports; n: the name it carries; e: emissions heard; these
three, π and s are stated, not fitted.

Repetition makes nothing certain: every term is bounded, and is one of means. Neglected: wing beats and rotors (a radar
that sees them says so in its class report), flocks, wind, ground that is not at the height of the reference point.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.model import CLASSES
from vedette.sensing.compiled import kernel
from vedette.tracking.features import (
    CLIMB,
    CLIMBED_S,
    DECIDED,
    EMITTED,
    FEATURE_BLANK,
    HEIGHT,
    RCS,
    RCS_COUNT,
    REPORTS,
    SPEED,
    SPREAD,
    TURN,
    WATCHED_S,
)

Ints = npt.NDArray[np.int64]

MANY: Final = len(CLASSES)
ROTARY: Final = CLASSES.index("uav_rotary")
FIXED_WING: Final = CLASSES.index("uav_fixed_wing")
MANNED: Final = CLASSES.index("manned")
BIRD: Final = CLASSES.index("bird")
ICAO, CALLSIGN = 0, 4
"""Columns of the names that aircraft carry, in vedette.tracking.state.SCHEMES."""

PRIOR: Final = np.array([0.22, 0.15, 0.13, 0.35, 0.15])
"""What flies about an airfield and is seen by a drone watch: a judgement, no measurement."""
FLOOR: Final = 0.003
"""No class is ever ruled out further."""

_WEIGHTS: Final = """
# speed
   0.00   5.79  -4.37  -3.13  -2.70   4.40
   1.00   4.07  -3.79  -3.00  -0.85   3.57
   2.00   2.01  -3.08  -2.85   1.37   2.55
   3.00   0.70  -1.73  -2.51   2.69   0.85
   4.00   0.08   0.13  -2.41   2.37  -0.17
   5.00  -0.18   1.57  -1.93   0.41   0.13
   6.00  -0.60   3.20  -0.37  -1.87  -0.37
   7.00  -1.65   4.50   1.22  -2.50  -1.56
   8.00  -2.34   4.03   2.87  -2.18  -2.39
   9.00  -2.45   2.48   4.36  -1.63  -2.77
  10.00  -2.24   1.13   5.08  -1.12  -2.84
  11.00  -1.87  -0.00   5.29  -0.67  -2.75
  12.00  -1.43  -0.99   5.25  -0.24  -2.59
# height
   0.00   1.16  -3.13  -1.90   1.11   2.77
   1.00   0.92  -2.48  -1.02   0.52   2.05
   2.00   0.98  -1.49   0.15   0.15   0.21
   3.00   0.40   0.14   1.59  -0.16  -1.97
   4.00  -0.05   0.43   2.66  -0.35  -2.69
   5.00  -1.53   0.89   2.64  -0.03  -1.96
   6.00  -3.51   1.00   3.29  -0.34  -0.44
   7.00  -4.65  -0.24   4.68  -1.40   1.61
   8.00  -5.42  -1.28   5.54  -2.28   3.43
# turn
   0.00  -0.24   1.12  -1.33  -0.58   1.03
   0.20   0.25   1.31  -0.71  -0.55  -0.30
   0.40   0.16   1.17  -0.30   0.10  -1.13
   0.60   0.71   0.98  -0.46   0.46  -1.69
   0.80   1.42   0.54   0.01   0.47  -2.44
   1.00   1.68  -0.03   1.07   0.49  -3.20
# spread
   0.00   0.09  -2.92   1.52   0.35   0.96
   0.50   0.36  -2.84   1.34   0.22   0.91
   1.00   0.75  -2.70   1.07   0.13   0.75
   1.50   0.73  -2.23   0.97  -0.00   0.53
   2.00  -0.20  -1.71   1.00  -0.01   0.91
   2.50  -1.24  -1.21   1.46  -1.28   2.27
   3.00  -1.99  -1.13   2.64  -3.16   3.63
# rcs
 -40.00  -0.43  -2.34  -0.92   5.31  -1.62
 -35.00   0.35  -1.83  -1.51   4.26  -1.27
 -30.00   1.05  -1.14  -2.16   3.15  -0.90
 -25.00   1.39  -0.08  -2.76   2.22  -0.77
 -20.00   1.54   1.17  -3.12   1.37  -0.96
 -15.00   1.63   2.01  -2.95   0.03  -0.72
 -10.00   1.30   2.06  -1.99  -1.58   0.21
  -5.00   0.31   1.93  -0.17  -3.13   1.07
   0.00  -1.16   1.43   1.64  -3.83   1.93
   5.00  -2.30  -0.17   3.40  -3.76   2.82
  10.00  -2.83  -1.67   4.08  -3.25   3.67
  15.00  -2.94  -2.76   4.04  -2.61   4.26
  20.00  -2.89  -3.60   3.78  -2.06   4.77
# climb
   0.00   0.13  -0.22  -0.49  -0.02   0.61
   0.50   0.00  -0.04   0.08  -0.17   0.13
   1.00   0.06   0.11   0.38   0.05  -0.60
   1.50   0.51   0.37   0.44   0.05  -1.37
   2.00   0.66   0.65   0.64   0.11  -2.06
   2.50   0.71   1.29   0.56   0.14  -2.70
"""
"""At each knot of a feature (first column, see AT_…) what it says for each of vedette.CLASSES, in nats.

Printed by benchmarks/classes_fit.py (2,000 scenes of seeds 0 to 1999, 9,827 flights), frozen on 25 November 2026: the
first that are fitted; those before were set by hand from general knowledge of the classes. They stand in this module
because compiled kernels hold them as constants, and are renewed when a module with kernels changes.
"""
AT_SPEED: Final = (0, 12, 0.0, 1.0)
AT_HEIGHT: Final = (13, 8, 0.0, 1.0)
AT_TURN: Final = (22, 5, 0.0, 5.0)
AT_SPREAD: Final = (28, 6, 0.0, 2.0)
AT_RCS: Final = (35, 12, -40.0, 0.2)
AT_CLIMB: Final = (48, 5, 0.0, 2.0)
"""Knots of each feature: first row in WEIGHTS, how many steps, least value, knots a unit. In √(m/s), ⁴√m, probability,
√(m/s), dBsm and √(m/s): the roots spread what is low and slow, where the classes part."""

FLOWN_S: Final = 1.0
SPREAD_S: Final = 6.0
CLIMB_S: Final = 3.0
RCS_N: Final = 1.0
"""Seconds watched after which speed, height and turning count half, the spread of the speed, and the vertical rate;
measurements after which the cross-section does. Stated: the first looks of a track may be of something else."""

BY_NAME: Final = np.array(
    [
        [0.01, 0.01, 1.0, 0.001, 0.02],
        [1.0, 0.5, 0.02, 0.002, 0.02],
        [1.0, 1.0, 0.1, 0.002, 0.02],
        [0.01, 0.01, 0.02, 0.002, 1.0],
        [0.05, 0.1, 1.0, 0.002, 0.05],
    ]
)
"""Likelihood of a name by its scheme (rows, in the order of vedette.tracking.state.SCHEMES) and class: a claim, which
how it flies can outweigh. A callsign beside an address is the same broadcaster's word and is not counted again; the
schemes that have no row, another system's track numbers, say nothing of what it is."""
UNNAMED: Final = np.array([0.75, 0.92, 0.25, 1.0, 1.0])
"""Likelihood that it says nothing of itself: about an airfield that hears ADS-B most aircraft do. Where no receiver
stands, manned aircraft are so called too rarely, and are pointed out rather than missed."""
EMISSION: Final = np.array([1.0, 1.0, 0.3, 0.02, 0.2])
"""Likelihood that a radio-frequency sensor ties an emission to it; a second confirms the first, more say nothing."""
GROUND_MPS: Final = 20.0
GROUND_M: Final = 25.0
GROUND: Final = 0.5
"""Standard deviations of speed (from roll-out to the stand) and of height (an airfield's slopes, an altitude's error)
of aircraft on the ground, and how often aircraft that say who they are roll or stand, against what flies so."""

TELLING: Final = len(BY_NAME)
WEIGHTS: Final = np.array([line.split()[1:] for line in _WEIGHTS.splitlines() if line and line[0] != "#"], dtype=float)
LOG_PRIOR: Final = np.log(PRIOR)
LOG_BY_NAME: Final = np.log(BY_NAME)
LOG_UNNAMED: Final = np.log(UNNAMED)
LOG_EMISSION: Final = np.log(EMISSION)
LOG_GROUND: Final = math.log(GROUND)


@kernel(inner=True)
def of_speed(speed_mps: float) -> float:
    """Where a speed stands on its scale, √v."""
    return math.sqrt(max(speed_mps, 0.0))


@kernel(inner=True)
def of_height(height_m: float) -> float:
    """Where a height stands on its scale, ⁴√h."""
    return math.sqrt(math.sqrt(max(height_m, 0.1)))


@kernel(inner=True)
def of_spread(variance_m2ps2: float) -> float:
    """Where the variance of the speed stands on its scale, √σ."""
    return math.sqrt(math.sqrt(max(variance_m2ps2, 0.0)))


@kernel(inner=True)
def trust(many: float, half: float) -> float:
    """How far what rests on so much counts: a half at `half`."""
    return many / (many + half)


@kernel(inner=True)
def weigh(value: float, knots: tuple[int, int, float, float], share: float, i: int, p: Floats) -> None:
    """Add share · w(value) to row i of p (n, classes); beyond the last knot as at it."""
    first, steps, least, density = knots
    x = min(max((value - least) * density, 0.0), steps - 1e-9)
    below = int(x)
    upper = share * (x - below)
    lower = share - upper
    below += first
    for c in range(MANY):
        p[i, c] += lower * WEIGHTS[below, c] + upper * WEIGHTS[below + 1, c]


@kernel(inner=True)
def weigh_flight(features: Floats, i: int, p: Floats) -> None:
    """Add what track i's flight says."""
    watched_s = features[i, WATCHED_S]
    if watched_s > 0.0:
        flown = trust(watched_s, FLOWN_S)
        weigh(of_speed(features[i, SPEED]), AT_SPEED, flown, i, p)
        weigh(features[i, TURN], AT_TURN, flown, i, p)
        weigh(of_spread(features[i, SPREAD]), AT_SPREAD, trust(watched_s, SPREAD_S), i, p)
        if not math.isnan(features[i, HEIGHT]):
            weigh(of_height(features[i, HEIGHT]), AT_HEIGHT, flown, i, p)
            weigh(of_speed(features[i, CLIMB]), AT_CLIMB, trust(features[i, CLIMBED_S], CLIMB_S), i, p)


@kernel(inner=True)
def weigh_name(features: Floats, names: Ints, i: int, p: Floats) -> None:
    """Add what the names that track i carries say, or that it carries none; an aircraft's may be on the ground.

    There its flight says no more against it than for the likeliest other class, the less so the faster or higher it is.
    """
    silent = True
    for scheme in range(TELLING):
        silent = silent and names[i, scheme] < 0
    if silent:
        for c in range(MANY):
            p[i, c] += LOG_UNNAMED[c]
        return
    if names[i, ICAO] >= 0 or names[i, CALLSIGN] >= 0:
        most = -math.inf
        for c in range(MANY):
            most = max(most, p[i, c])
        height_m = 0.0 if math.isnan(features[i, HEIGHT]) else features[i, HEIGHT]
        fast, high = features[i, SPEED] / GROUND_MPS, height_m / GROUND_M
        p[i, MANNED] = max(p[i, MANNED], most + LOG_GROUND - 0.5 * (fast * fast + high * high))
    for scheme in range(TELLING):
        if names[i, scheme] >= 0 and not (scheme == CALLSIGN and names[i, ICAO] >= 0):
            for c in range(MANY):
                p[i, c] += LOG_BY_NAME[scheme, c]


@kernel(inner=True)
def weigh_sensed(features: Floats, i: int, p: Floats) -> bool:
    """Add what track i's emissions and radar cross-section say; whether these, or a report, speak for a bird."""
    heard = min(features[i, EMITTED], 2.0)
    if heard > 0.0:
        for c in range(MANY):
            p[i, c] += heard * LOG_EMISSION[c]
    bird, rotary, fixed_wing = p[i, BIRD], p[i, ROTARY], p[i, FIXED_WING]
    if features[i, RCS_COUNT] > 0.0:
        weigh(features[i, RCS], AT_RCS, trust(features[i, RCS_COUNT], RCS_N), i, p)
    drone = max(features[i, REPORTS + ROTARY], features[i, REPORTS + FIXED_WING])
    sized: bool = p[i, BIRD] - bird > max(p[i, ROTARY] - rotary, p[i, FIXED_WING] - fixed_wing)
    reported: bool = features[i, REPORTS + BIRD] > drone
    return sized or reported


@kernel(inner=True)
def judge(features: Floats, names: Ints, i: int, p: Floats) -> None:
    """Posterior of track i into row i of p (n, classes), never below FLOOR.

    How it flies alone makes no bird of a track: a small drone flies as slowly, and what is taken for a bird raises no
    alert. Without a radar cross-section or a report that speaks for one, a bird is at most as probable as a drone.
    """
    for c in range(MANY):
        p[i, c] = LOG_PRIOR[c]
    weigh_flight(features, i, p)
    weigh_name(features, names, i, p)
    birdlike = weigh_sensed(features, i, p)
    most, whole = -math.inf, 0.0
    for c in range(MANY):
        most = max(most, p[i, c])
    for c in range(MANY):
        said = features[i, REPORTS + c] if features[i, DECIDED] > 0.0 else 1.0
        p[i, c] = math.exp(p[i, c] - most) * said
    if not birdlike:
        p[i, BIRD] = min(p[i, BIRD], p[i, ROTARY] + p[i, FIXED_WING])
    for c in range(MANY):
        whole += p[i, c]
    for c in range(MANY):
        p[i, c] = FLOOR + (1.0 - MANY * FLOOR) * p[i, c] / whole


@kernel("void(float64[:,::1], int64[:,::1], int64, int64[::1], float64[:,::1])")
def classify(features: Floats, names: Ints, count: int, unclassed: Ints, p_classes: Floats) -> None:
    """Posterior (n, classes) of each track; features (n, FEATURES), names (n, schemes).

    Only where unclassed (n,) is 1, which becomes 0: nothing new was seen of the others.
    """
    for i in range(count):
        if unclassed[i] != 0:
            unclassed[i] = 0
            judge(features, names, i, p_classes)


def posterior(features: Floats, schemes: int) -> Floats:
    """Posterior (n, classes) of tracks without a name; features (n, FEATURES)."""
    n = len(features)
    p_classes = np.empty((n, MANY))
    classify(features, np.full((n, schemes), -1), n, np.ones(n, dtype=np.int64), p_classes)
    return p_classes


def unseen(schemes: int) -> Floats:
    """Posterior (2, classes) of a track of which nothing is known, and of one that emits."""
    features = np.tile(FEATURE_BLANK, (2, 1))
    features[1, EMITTED] = 1.0
    return posterior(features, schemes)
