"""What a track is: a posterior over vedette.CLASSES from what was seen of it so far.

Each track keeps means, not a running product: a target's speed or radar cross-section tells once what it is, however
often it is measured. So the posterior cannot grow certain by repetition, and stays near the prior while little is
known.

    p_c ∝ π_c · (A_c + Γ_c)^k · N(mean RCS; g_c, σ_c² + ρ²/n) · (reports) · (identity) · (emission)
    A_c = p(speed | c) p(height | c)^½                                       as it flies
    Γ_c = γ N⁺(speed; 0, σ_v²) N(height; 0, σ_h²)^½                          as it lands, rolls, taxis and stands

k in [0, 1.5] grows with the time watched and shrinks with the uncertainty of the speed. Γ is for manned aircraft alone,
and only while the track carries an aircraft's name (icao, callsign): what taxis says who it is, and neither a low drone
nor a bird is to pass for it. The numbers are rough, set from general knowledge of the classes, not fitted. Neglected:
wing beats, flocks, wind, ground that is not at the height of the site's reference point.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.model import CLASSES
from vedette.sensing.compiled import kernel

Ints = npt.NDArray[np.int64]

WATCHED_S, SPEED, HEIGHT, RCS_COUNT, RCS, EMITTED, REPORTS = 0, 1, 2, 3, 4, 5, 6
ICAO, CALLSIGN = 0, 4
"""Columns of the names that aircraft carry, in vedette.tracking.state.SCHEMES."""
FEATURES: Final = REPORTS + 5
"""Columns of the features: seconds watched at a known speed, mean speed, mean height over the site's reference point,
number and mean of RCS measurements, number of emissions received, then the summed log of the sensors' class reports."""

PRIOR: Final = np.array([0.22, 0.15, 0.13, 0.35, 0.15])
FLOOR: Final = 0.003
"""No class is ever ruled out further."""
SPEEDS: Final = np.array(
    [
        [9.0, 6.0, 0.7, 18.0, 6.0, 0.3],
        [32.0, 10.0, 0.7, 48.0, 14.0, 0.3],
        [75.0, 20.0, 0.6, 170.0, 70.0, 0.4],
        [12.0, 4.0, 0.9, 18.0, 4.0, 0.1],
        [6.0, 8.0, 0.6, 30.0, 25.0, 0.4],
    ]
)
"""Ground speed by class: two normals, each mean, standard deviation (m/s) and weight."""
LOG_SPEEDS: Final = SPEEDS.copy()
"""The same, with ln of weight / (σ √2π) in place of the weights."""
LOG_SPEEDS[:, 2::3] = np.log(SPEEDS[:, 2::3] / (SPEEDS[:, 1::3] * math.sqrt(2.0 * math.pi)))
HEIGHTS_M: Final = np.array([250.0, 400.0, 2500.0, 250.0, 200.0])
"""Mean height over ground, exponential."""
LOG_HEIGHTS: Final = np.stack([HEIGHTS_M, np.log(HEIGHTS_M)], axis=1)
SECTIONS_DBSM: Final = np.array([[-17.0, 5.0], [-13.0, 6.0], [10.0, 8.0], [-26.0, 5.0], [-8.0, 12.0]])
"""Radar cross-section: mean over aspects and the spread between targets."""
FLUCTUATION_DB: Final = 6.0
"""Standard deviation of one RCS measurement about its target's mean."""
GROUND: Final = np.array([0.25, 20.0, 25.0])
"""γ, σ_v in m/s (from roll-out to the stand) and σ_h in m (an airfield's slopes, an altitude's error)."""
ROTARY: Final = CLASSES.index("uav_rotary")
FIXED_WING: Final = CLASSES.index("uav_fixed_wing")
MANNED: Final = CLASSES.index("manned")
BIRD: Final = CLASSES.index("bird")
BY_NAME: Final = np.array(
    [
        [0.01, 0.01, 1.0, 0.001, 0.02],
        [1.0, 1.0, 0.02, 0.002, 0.02],
        [1.0, 1.0, 0.1, 0.002, 0.02],
        [0.01, 0.01, 0.02, 0.002, 1.0],
        [0.05, 0.1, 1.0, 0.002, 0.05],
        [1.0, 1.0, 1.0, 1.0, 1.0],
    ]
)
"""Likelihood of an identity by its scheme (rows, in the order of vedette.tracking.state.SCHEMES) and class.

Another system's number for its track says nothing of what it is.
"""
EMISSION: Final = np.array([1.0, 1.0, 0.3, 0.02, 0.2])
"""Likelihood that a radio-frequency sensor ties an emission to it."""
WATCH_S: Final = 6.0
"""Time after which the speed counts as one full observation."""
FULL: Final = 1.5
"""Most that speed counts."""
REPORT_LIMIT: Final = 4.0
"""Largest summed log ratio of a sensor's class reports: they repeat themselves."""


@kernel("float64(float64, float64, float64)", inner=True)
def log_normal_density(value: float, mean: float, sigma: float) -> float:
    """Log of N(value; mean, sigma²)."""
    off = (value - mean) / sigma
    return -0.5 * off * off - math.log(sigma * math.sqrt(2.0 * math.pi))


@kernel("float64(float64[::1], float64[::1], float64[::1])", inner=True)
def flies(features: Floats, speeds: Floats, height: Floats) -> float:
    """Log A: log density of a track's speed and, at half weight, its height while a class flies.

    speeds: a row of LOG_SPEEDS; height: one of LOG_HEIGHTS.
    """
    one = (features[SPEED] - speeds[0]) / speeds[1]
    two = (features[SPEED] - speeds[3]) / speeds[4]
    one, two = speeds[2] - 0.5 * one * one, speeds[5] - 0.5 * two * two
    total: float = max(max(one, two) + math.log1p(math.exp(-abs(one - two))), -12.0)
    if not math.isnan(features[HEIGHT]):
        total -= 0.5 * (min(max(features[HEIGHT], 0.0), 6000.0) / height[0] + height[1])
    return total


@kernel("float64(float64[::1], float64[::1])", inner=True)
def stands(features: Floats, ground: Floats) -> float:
    """Log Γ: the same of an aircraft on the ground; ground: GROUND."""
    total = math.log(2.0 * ground[0]) + log_normal_density(features[SPEED], 0.0, ground[1])
    if not math.isnan(features[HEIGHT]):
        total += 0.5 * log_normal_density(features[HEIGHT], 0.0, ground[2])
    return total


@kernel("float64(float64[::1], float64[::1], float64[::1], float64[::1], boolean, float64[::1])", inner=True)
def kinematics(
    features: Floats, speeds: Floats, height: Floats, sections: Floats, grounds: bool, ground: Floats
) -> float:
    """Log likelihood of a track's speed, height and RCS under one class; grounds: it may be on the ground."""
    total = 0.0
    known = min(features[WATCHED_S] / WATCH_S, FULL)
    if known > 0.0:
        air = flies(features, speeds, height)
        if grounds:
            land = stands(features, ground)
            air = max(air, land) + math.log1p(math.exp(-abs(air - land)))
        total += known * air
    if features[RCS_COUNT] > 0.0:
        sigma = math.hypot(sections[1], FLUCTUATION_DB / math.sqrt(features[RCS_COUNT]))
        total += log_normal_density(features[RCS], sections[0], sigma)
    return total


@kernel(
    "void(float64[:,::1], int64[:,::1], int64, float64[::1], float64[:,::1], float64[:,::1], float64[:,::1], "
    "float64[:,::1], float64[::1], float64[::1], float64[:,::1])"
)
def classify(
    features: Floats,
    names: Ints,
    count: int,
    prior: Floats,
    speeds: Floats,
    heights: Floats,
    sections: Floats,
    by_name: Floats,
    emission: Floats,
    ground: Floats,
    p_classes: Floats,
) -> None:
    """Posterior (n, classes) of each track, never below FLOOR; features (n, FEATURES), names (n, schemes).

    prior, by_name and emission come as logs, speeds and heights as LOG_SPEEDS and LOG_HEIGHTS.

    How it flies alone makes no bird of a track: a small drone flies as slowly, and what is taken for a bird raises no
    alert. Without a radar cross-section or a report that speaks for one, a bird is at most as probable as a drone.
    """
    classes = prior.shape[0]
    for i in range(count):
        best = -np.inf
        named = names[i, ICAO] >= 0 or names[i, CALLSIGN] >= 0
        for c in range(classes):
            total = prior[c]
            total += kinematics(features[i], speeds[c], heights[c], sections[c], named and c == MANNED, ground)
            total += min(features[i, EMITTED], 2.0) * emission[c] + features[i, REPORTS + c]
            for scheme in range(names.shape[1]):
                if names[i, scheme] >= 0:
                    total += by_name[scheme, c]
            p_classes[i, c] = total
            best = max(best, total)
        whole = 0.0
        for c in range(classes):
            p_classes[i, c] = math.exp(p_classes[i, c] - best)
        if features[i, RCS_COUNT] == 0.0 and features[i, REPORTS + BIRD] <= 0.0:
            p_classes[i, BIRD] = min(p_classes[i, BIRD], p_classes[i, ROTARY] + p_classes[i, FIXED_WING])
        for c in range(classes):
            whole += p_classes[i, c]
        for c in range(classes):
            p_classes[i, c] = FLOOR + (1.0 - classes * FLOOR) * p_classes[i, c] / whole
