"""What is kept of a track for its class: means over time, bounded in number and in what repetition can make of them.

One row of float64 a track; a new row is FEATURE_BLANK. Means over time forget exponentially once they hold MEMORY_S:

    m ← m + a (x - m),   a = w / min(W, MEMORY_S),   W ← W + w,   w = dt / (1 + (σ_v² / SPEED_SIGMA²)²)

so what was measured while the speed was not known counts for little. Neglected: that the filter's own lag makes what
turns hard look slower and smoother than it is; it did so in the flights that the weights were fitted on too.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from vedette.geo import Floats
from vedette.model import CLASSES
from vedette.sensing.compiled import kernel

WATCHED_S, SPEED, HEIGHT, RCS_COUNT, RCS, EMITTED, SPREAD, TURN, CLIMBED_S, CLIMB, DECIDED, REPORTS = range(12)
"""Columns: seconds watched at a known speed, W above; means of ground speed (m/s) and of height over the site's
reference point (m, NaN: no altitude was measured); number and mean (dBsm) of RCS measurements; number of emissions
heard; variance of the speed over time (m²/s²); mean probability that it does not fly straight; seconds watched at a
known vertical rate, and mean of its size (m/s); weight and mean of the sensors' class reports, as likelihoods: see
`hear`."""
FEATURES: Final = REPORTS + len(CLASSES)
FEATURE_BLANK: Final = np.array([math.nan if column == HEIGHT else 0.0 for column in range(FEATURES)])
"""The row of a track of which nothing is known."""

MEMORY_S: Final = 60.0
"""How far back the means reach: a drone that hovered is known for it after it has flown on."""
STEP_MOST_S: Final = 5.0
"""Most that one detection counts, however long the silence before it."""
SPEED_SIGMA_MPS: Final = 5.0
"""A speed known to so much counts half."""
CLIMB_SIGMA_MPS: Final = 1.0
"""The same of a vertical rate."""
SIZES_MOST: Final = 30.0
"""RCS measurements over which the mean reaches back: the aspect changes."""
DECIDED_MOST: Final = 8.0
"""Weight of class reports over which their mean reaches back: a dozen or two that say something."""


@kernel(inner=True)
def watch(dt_s: float, known_up: float, mean: Floats, covariance: Floats, mode: Floats, features: Floats) -> None:
    """Add dt_s of a track's speed, height and turning to its features, given each mode's state and probability.

    mean (M, 6), covariance (M, 6, 6), mode (M,), the first of which is straight flight; known_up: 0 if its altitude
    was never measured.
    """
    east = north = up = climb = variance = steepness = 0.0
    for m in range(mode.shape[0]):
        east += mode[m] * mean[m, 3]
        north += mode[m] * mean[m, 4]
        up += mode[m] * mean[m, 2]
        climb += mode[m] * mean[m, 5]
        variance += mode[m] * (covariance[m, 3, 3] + covariance[m, 4, 4])
        steepness += mode[m] * covariance[m, 5, 5]
    step_s = min(dt_s, STEP_MOST_S)
    doubt = variance * (0.5 / (SPEED_SIGMA_MPS * SPEED_SIGMA_MPS))
    weight = step_s / (1.0 + doubt * doubt)
    features[WATCHED_S] += weight
    share = weight / max(min(features[WATCHED_S], MEMORY_S), 1e-9)
    off = math.sqrt(east * east + north * north) - features[SPEED]
    features[SPEED] += share * off
    features[SPREAD] += share * ((1.0 - share) * off * off - features[SPREAD])
    features[TURN] += share * (1.0 - mode[0] - features[TURN])
    if known_up == 0.0:
        features[HEIGHT] = math.nan
        return
    if math.isnan(features[HEIGHT]):
        features[HEIGHT] = up
    features[HEIGHT] += share * (up - features[HEIGHT])
    doubt = steepness * (1.0 / (CLIMB_SIGMA_MPS * CLIMB_SIGMA_MPS))
    weight = step_s / (1.0 + doubt * doubt)
    features[CLIMBED_S] += weight
    share = weight / max(min(features[CLIMBED_S], MEMORY_S), 1e-9)
    features[CLIMB] += share * (abs(climb) - features[CLIMB])


@kernel(inner=True)
def hear(rcs_dbsm: float, p_classes: Floats, features: Floats) -> None:
    """Add one detection's RCS and class report to a track's features; NaN: it brings none.

    p_classes: L_c, likelihood of what the sensor said under each class (see vedette.sensing.view.View.confusion). Kept
    is the mean, weighted by max L - min L: however often a sensor repeats itself it says no more than once, and what
    tells no class from another does not count. Neglected: that two sensors which agree say more than one.
    """
    if not math.isnan(rcs_dbsm):
        features[RCS_COUNT] += 1.0
        features[RCS] += (rcs_dbsm - features[RCS]) / min(features[RCS_COUNT], SIZES_MOST)
    if math.isnan(p_classes[0]):
        return
    least = most = p_classes[0]
    for c in range(1, p_classes.shape[0]):
        least, most = min(least, p_classes[c]), max(most, p_classes[c])
    features[DECIDED] += most - least
    share = (most - least) / max(min(features[DECIDED], DECIDED_MOST), 1e-9)
    for c in range(p_classes.shape[0]):
        features[REPORTS + c] += share * (p_classes[c] - features[REPORTS + c])
