"""A track's standing after a look: which sensors saw it, whether its last chance was missed, what was learned of it."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.sensing.compiled import kernel
from vedette.sensing.projection import Detections
from vedette.tracking.association import Chances, Pairs
from vedette.tracking.features import EMITTED, hear, watch
from vedette.tracking.motion import is_named
from vedette.tracking.state import Rows

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

CHANCE: Final = 0.3
"""A miss is a chance missed where the sensor would have seen it with at least this probability."""
HEARD_S: Final = 2.5
"""So long after a report of its own a named track surely exists, and a miss says that the sensor cannot see it: what
taxis or stands is lost to a radar among buildings, or has no speed for it."""
LOST: Final = 0.02
"""Belief, before any miss, that such a track is lost to a sensor that sees all others."""


@kernel(inner=True)
def believe_visible(
    p: float, hit: float, counts: bool, p_visible: Floats, i: int, sensor: int, dt_s: float, rest: float
) -> None:
    """Bayes on whether this sensor perceives the track at all, p_visible (n, S), fading to `rest` in half a minute."""
    fade = math.exp(-dt_s / 30.0)
    belief = rest + (p_visible[i, sensor] - rest) * fade
    if counts:
        missed = belief * (1.0 - p) / max(1.0 - belief * p, 1e-9)
        belief = hit + (1.0 - hit) * missed
    p_visible[i, sensor] = min(max(belief, 0.02), 0.98)


@kernel(inner=True)
def is_heard(i: int, now_s: float, names: Ints, seen_s: Floats, reports: Ints) -> bool:
    """Whether track i carries a name and reported within HEARD_S; reports (S,): the sensors that bring reports."""
    heard = False
    for s in range(reports.shape[0]):
        heard = heard or (reports[s] > 0 and now_s - seen_s[i, s] < HEARD_S)
    return is_named(names, i) and heard


@kernel(inner=True)
def stand(
    detections: Detections, rows: Rows, count: int, sensor: int, observed_s: float, dt_s: float, covers: bool,
    emissions: bool, rest: float, reports: Ints, chances: Chances, pairs: Pairs,
) -> None:  # fmt: skip
    """Note what a look of one sensor did to each track. A sensor contributed if one pair has p > 0.5.

    dt_s: since this sensor's last look; rest: belief of visibility that is forgotten to (1: always visible);
    reports (S,): the sensors that bring reports.
    """
    for i in range(count):
        hit, best = 0.0, pairs.first[i]
        for k in range(pairs.first[i], pairs.first[i + 1]):
            hit += pairs.p_pair[k]
            if pairs.p_pair[k] > pairs.p_pair[best]:
                best = k
        p_seen = chances.p_seen[i]
        sure = rest < 1.0 or is_heard(i, observed_s, rows.names, rows.seen_s, reports)
        if sure or rows.p_visible[i, sensor] < 1.0:
            counts = sure and covers and p_seen > 0.0
            believe_visible(p_seen, hit, counts, rows.p_visible, i, sensor, dt_s, min(rest, 1.0 - LOST))
        if hit <= 0.5 and covers and p_seen >= CHANCE and rows.p_visible[i, sensor] > 0.5:
            rows.missed[i] = 1
        if hit > 0.5 and pairs.p_pair[best] > 0.5:
            credit(detections, pairs.detection[best], rows, i, sensor, observed_s, emissions)


@kernel(inner=True)
def credit(detections: Detections, j: int, rows: Rows, i: int, sensor: int, observed_s: float, emissions: bool) -> None:
    """Note that detection j of this sensor is of track i."""
    at = observed_s + detections.offset_s[j]
    if detections.variance[j, 2] > 0.0:
        rows.blind_up_m2[i] = 0.0
    known = 1.0 if rows.blind_up_m2[i] == 0.0 else 0.0
    dt_s = max(at - rows.updated_s[i], 0.0)
    watch(dt_s, known, rows.mean[i], rows.covariance[i], rows.mode[i], rows.features[i])
    hear(detections.rcs_dbsm[j], detections.p_classes[j], rows.features[i])
    rows.features[i, EMITTED] += 1.0 if emissions else 0.0
    rows.unclassed[i] = 1
    rows.hits[i] += 1
    rows.missed[i] = 0
    rows.last_sensor[i] = sensor
    rows.updated_s[i] = max(rows.updated_s[i], at)
    rows.seen_s[i, sensor] = at
