"""A track's standing after a look: which sensors saw it, whether its last chance was missed, what was learned of it."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.sensing.compiled import kernel
from vedette.tracking.classes import EMITTED, HEIGHT, RCS, RCS_COUNT, REPORT_LIMIT, REPORTS, SPEED, WATCHED_S

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

CHANCE: Final = 0.3
"""A miss is a chance missed where the sensor would have seen it with at least this probability."""
HEARD_S: Final = 2.5
"""So long after a report of its own a named track surely exists, and a miss says that the sensor cannot see it: what
taxis or stands is lost to a radar among buildings, or has no speed for it."""
LOST: Final = 0.02
"""Belief, before any miss, that such a track is lost to a sensor that sees all others."""
_MEMORY_S: Final = 10.0
_SPEED_SIGMA_MPS: Final = 5.0


@kernel("void(float64, float64, float64[:,::1], float64[:,:,::1], float64[::1], float64[::1])", inner=True)
def watch(dt_s: float, known_up: float, mean: Floats, covariance: Floats, mode: Floats, features: Floats) -> None:
    """Add dt_s of a track's speed and height to its features; the less, the less its speed is known."""
    east = north = up = variance = 0.0
    for m in range(mode.shape[0]):
        east += mode[m] * mean[m, 3]
        north += mode[m] * mean[m, 4]
        up += mode[m] * mean[m, 2]
        variance += mode[m] * 0.5 * (covariance[m, 3, 3] + covariance[m, 4, 4])
    weight = min(dt_s, 3.0) / (1.0 + variance * variance / _SPEED_SIGMA_MPS**4)
    features[WATCHED_S] += weight
    share = weight / max(min(features[WATCHED_S], _MEMORY_S), 1e-9)
    features[SPEED] += share * (math.hypot(east, north) - features[SPEED])
    if known_up == 0.0:
        features[HEIGHT] = np.nan
    elif math.isnan(features[HEIGHT]):
        features[HEIGHT] = up
    else:
        features[HEIGHT] += share * (up - features[HEIGHT])


@kernel("void(float64, float64[::1], float64[::1])", inner=True)
def hear(rcs_dbsm: float, p_classes: Floats, features: Floats) -> None:
    """Add one detection's RCS and class report to a track's features."""
    if not math.isnan(rcs_dbsm):
        features[RCS_COUNT] += 1.0
        features[RCS] += (rcs_dbsm - features[RCS]) / min(features[RCS_COUNT], 30.0)
    if math.isnan(p_classes[0]):
        return
    for c in range(p_classes.shape[0]):
        say = features[REPORTS + c] + 0.3 * math.log(max(p_classes[c], 0.01) * p_classes.shape[0])
        features[REPORTS + c] = min(max(say, -REPORT_LIMIT), REPORT_LIMIT)


@kernel("void(float64, float64, boolean, float64[::1], float64, float64)", inner=True)
def believe_visible(p: float, hit: float, counts: bool, p_visible: Floats, dt_s: float, rest: float) -> None:
    """Bayes on whether this sensor perceives the track at all, p_visible (1,), fading to `rest` in half a minute."""
    fade = math.exp(-dt_s / 30.0)
    belief = rest + (p_visible[0] - rest) * fade
    if counts:
        missed = belief * (1.0 - p) / max(1.0 - belief * p, 1e-9)
        belief = hit + (1.0 - hit) * missed
    p_visible[0] = min(max(belief, 0.02), 0.98)


@kernel("boolean(int64, float64, int64[:,::1], float64[:,::1], boolean[::1])", inner=True)
def is_heard(i: int, now_s: float, names: Ints, seen_s: Floats, reports: Bools) -> bool:
    """Whether track i carries a name and reported within HEARD_S; reports (S,): the sensors that bring reports."""
    named = False
    for scheme in range(names.shape[1]):
        named = named or names[i, scheme] >= 0
    heard = False
    for s in range(reports.shape[0]):
        heard = heard or (reports[s] and now_s - seen_s[i, s] < HEARD_S)
    return named and heard


@kernel(
    "void(int64, float64, float64, boolean, boolean, float64, int64, float64[::1], float64[::1], float64[::1], "
    "float64[:,::1], float64[:,::1], int64[::1], int64[::1], float64[::1], float64[:,:,::1], float64[:,:,:,::1], "
    "float64[:,::1], float64[::1], float64[::1], int64[::1], int64[::1], int64[::1], float64[:,::1], "
    "float64[:,::1], float64[:,::1], int64[:,::1], boolean[::1])"
)
def stand(
    sensor: int,
    observed_s: float,
    dt_s: float,
    covers: bool,
    emissions: bool,
    rest: float,
    count: int,
    offset_s: Floats,
    rcs_dbsm: Floats,
    p_seen: Floats,
    p_classes: Floats,
    variance: Floats,
    first: Ints,
    pair_detection: Ints,
    p_pair: Floats,
    mean: Floats,
    covariance: Floats,
    mode: Floats,
    blind_up_m2: Floats,
    updated_s: Floats,
    missed: Ints,
    hits: Ints,
    last_sensor: Ints,
    seen_s: Floats,
    p_visible: Floats,
    features: Floats,
    names: Ints,
    reports: Bools,
) -> None:
    """Note what a look of one sensor did to each track. A sensor contributed if one pair has p > 0.5.

    dt_s: since this sensor's last look; rest: belief of visibility that is forgotten to (1: always visible);
    p_seen (n,): probability of detection if it is visible. Others as in state.py and update.py.
    """
    for i in range(count):
        hit, best = 0.0, first[i]
        for k in range(first[i], first[i + 1]):
            hit += p_pair[k]
            if p_pair[k] > p_pair[best]:
                best = k
        sure = rest < 1.0 or is_heard(i, observed_s, names, seen_s, reports)
        if sure or p_visible[i, sensor] < 1.0:
            most = min(rest, 1.0 - LOST)
            believe_visible(
                p_seen[i], hit, sure and covers and p_seen[i] > 0.0, p_visible[i, sensor : sensor + 1], dt_s, most
            )
        if hit <= 0.5 and covers and p_seen[i] >= CHANCE and p_visible[i, sensor] > 0.5:
            missed[i] = 1
        if hit <= 0.5 or p_pair[best] <= 0.5:
            continue
        j = pair_detection[best]
        at = observed_s + offset_s[j]
        if variance[j, 2] > 0.0:
            blind_up_m2[i] = 0.0
        known = 1.0 if blind_up_m2[i] == 0.0 else 0.0
        watch(max(at - updated_s[i], 0.0), known, mean[i], covariance[i], mode[i], features[i])
        hear(rcs_dbsm[j], p_classes[j], features[i])
        features[i, EMITTED] += 1.0 if emissions else 0.0
        hits[i] += 1
        missed[i] = 0
        last_sensor[i] = sensor
        updated_s[i] = max(updated_s[i], at)
        seen_s[i, sensor] = at
