"""Targets known by direction alone: one sensor hears or sees them, and nothing gives their range.

Each is a small Kalman filter of azimuth α and its rate about the sensor, elevation beside it, and an existence r:

    α' = α + α̇ dt,  Q = q (dt³/3, dt²/2, dt);   r' = r p L / (r p L + (1 - r) κ) if seen, r (1 - p) / (1 - r p) if not

κ: density of clutter and births. Such a target takes only detections that no track with a range explains, so where a
site has no direction-only sensor nothing happens here. When a track with a range is first believed and stands in this
direction, it goes on under the older number (`adopt`). Neglected: two targets in one direction, parallax
of a moving sensor, names of directions.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.sensing.measurement import Measured
from vedette.sensing.projection import POLAR
from vedette.sensing.view import View
from vedette.tracking.features import EMITTED, HEIGHT
from vedette.tracking.numbering import Numbering
from vedette.tracking.state import BEARING, NEVER, State

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

NUMBER, SENSOR, BORN_S, UPDATED_S, TIME_S, AZIMUTH, RATE = 0, 1, 2, 3, 4, 5, 6
VARIANCE, CROSSED, RATE_VARIANCE, ELEVATION, ELEVATION_VARIANCE = 7, 8, 9, 10, 11
P_EXISTS, HITS, CONFIRMED, MISSED, FEATURES_FROM = 12, 13, 14, 15, 16
"""Columns of State.bearings: radians, seconds; then those of vedette.tracking.features."""

RATE_RADPS: Final = 0.05
"""Standard deviation of a new direction's rate: 25 m/s at 500 m."""
RATE_NOISE: Final = 1e-4
"""q in rad²/s³."""
CLIMB_RADPS: Final = 0.02
"""Elevation walks by so much in a second."""
GATE: Final = 12.0
"""Squared Mahalanobis distance of a direction, one or two dimensions."""
BIRTHS_PER_S: Final = 0.05
"""New targets expected a second that only this sensor perceives: few, so that clutter must be in line to start one."""
HITS_LEAST: Final = 5
P_CONFIRM: Final = 0.99
P_DROP: Final = 0.02
P_MOST: Final = 1.0 - 1e-5
EMITS: Final = 0.6
"""Share of looks in which a target that this sensor perceives shows itself: emitters pause."""
SHARE: Final = 0.3
"""Weight of a direction against a track with a range: less than one, so that the track of the true target wins."""
LIFE_S: Final = 60.0
BIAS_RAD2: Final = 3e-4
"""What a direction and a track's place may differ by without having said so: one degree, squared."""
SPEED_MPS: Final = np.array([20.0, 20.0, 4.0])
"""Standard deviation of the velocity shown: none is known."""
RANGE_S: Final = 10.0
"""How long a range outlives the second of two sensors whose directions crossed there."""
FAR_M: Final = 2000.0
"""Range shown where none is known: half the sensor's reach, at most this, give or take half of it."""
MOST: Final = 128
"""Most directions followed; the newest are not started beyond it."""
_FROM_ROW: Final = -1000


def predict(table: Floats, to_s: float) -> Floats:
    """The directions (·, BEARING) carried to a time, as a copy."""
    table = table.copy()
    dt = np.maximum(to_s - table[:, TIME_S], 0.0)
    table[:, AZIMUTH] += table[:, RATE] * dt
    table[:, VARIANCE] += dt * (2.0 * table[:, CROSSED] + dt * table[:, RATE_VARIANCE]) + RATE_NOISE * dt**3 / 3.0
    table[:, CROSSED] += dt * table[:, RATE_VARIANCE] + RATE_NOISE * dt * dt / 2.0
    table[:, RATE_VARIANCE] += RATE_NOISE * dt
    table[:, ELEVATION_VARIANCE] += CLIMB_RADPS**2 * dt
    table[:, P_EXISTS] *= np.exp(-dt / LIFE_S)
    table[:, TIME_S] += dt
    return table


def wrapped(angle_rad: float) -> float:
    """An angle in [-π, π)."""
    return (angle_rad + math.pi) % (2.0 * math.pi) - math.pi


def wait(state: State, now_s: float, patience_s: Floats) -> None:
    """End directions that were silent for longer than their sensor's patience (S,)."""
    if len(state.bearings):
        silent = now_s - state.bearings[:, UPDATED_S] > patience_s[state.bearings[:, SENSOR].astype(np.int64)]
        state.bearings = state.bearings[~silent]


def work(state: State, look: Measured, view: View, p_alone: Floats, period_s: float, numbering: Numbering) -> None:
    """Work in the directions of one look that no track explains: update, miss, end and start."""
    lone = (
        np.isnan(look.rows.where[:, 0]) & (look.rows.variance[:, 1] > 0.0) & (look.rows.kind == POLAR) & (p_alone > 0.5)
    )
    rows = np.flatnonzero(lone)
    mine = np.flatnonzero(state.bearings[:, SENSOR] == look.sensor)
    if not len(rows) and not len(mine):
        return
    state.bearings = table = predict(state.bearings, look.observed_s)
    births = BIRTHS_PER_S * period_s
    density = (view.clutter + births) / look.rows.volume
    taken: set[int] = set()
    for b, j in _pairs(table, mine, look, rows).items():
        _see(table[b], look, j, view.sensor.p_detect / density[j])
        taken.add(b)
        rows = rows[rows != j]
    if look.covers:
        for b in mine.tolist():
            if b not in taken and _in_view(table[b, AZIMUTH], look, view):
                p = EMITS * view.sensor.p_detect
                table[b, P_EXISTS] *= (1.0 - p) / (1.0 - p * table[b, P_EXISTS])
                table[b, MISSED] = 1.0
    table[:, CONFIRMED] = np.maximum(
        table[:, CONFIRMED], (table[:, HITS] >= HITS_LEAST) & (table[:, P_EXISTS] >= P_CONFIRM)
    )
    kept = table[table[:, P_EXISTS] >= P_DROP]
    fresh = [_born(look, j, births / (view.clutter + births), view) for j in rows[: max(MOST - len(kept), 0)].tolist()]
    for one, number in zip(fresh, numbering.give(look, _FROM_ROW - rows[: len(fresh)]), strict=True):
        one[NUMBER] = number
    state.bearings = np.concatenate([kept, np.array(fresh).reshape(-1, BEARING)])


def intensity(state: State, look: Measured, view: View) -> Floats:
    """Density (d,) of a look's directions that known directions explain, r p L: tracks with a range compete with it.

    Otherwise a radar's false detection that happens to lie in the direction would be believed for the emitter's sake.
    """
    found = np.zeros(len(look))
    mine = np.flatnonzero(state.bearings[:, SENSOR] == look.sensor)
    if len(mine):
        table = predict(state.bearings[mine], look.observed_s)
        for j in np.flatnonzero(np.isnan(look.rows.where[:, 0]) & (look.rows.variance[:, 1] > 0.0)).tolist():
            found[j] = sum(one[P_EXISTS] * EMITS * _distance2(one, look, j)[1] for one in table)
    return SHARE * found


def _pairs(table: Floats, mine: Ints, look: Measured, rows: Ints) -> dict[int, int]:
    """Directions and the detections they take: the nearest first, each once."""
    near = sorted(
        (distance, b, j)
        for b in mine.tolist()
        for j in rows.tolist()
        if (distance := _distance2(table[b], look, j)[0]) < GATE
    )
    pairs: dict[int, int] = {}
    for _, b, j in near:
        if b not in pairs and j not in pairs.values():
            pairs[b] = j
    return pairs


def _distance2(one: Floats, look: Measured, j: int) -> tuple[float, float]:
    """Squared Mahalanobis distance of a direction and a detection, and the likelihood."""
    offset = float(look.rows.offset_s[j])
    spread = one[VARIANCE] + offset * (2.0 * one[CROSSED] + offset * one[RATE_VARIANCE]) + look.rows.variance[j, 1]
    off = wrapped(look.rows.value[j, 1] - one[AZIMUTH] - offset * one[RATE])
    square, whole = off * off / spread, 2.0 * math.pi * spread
    if look.rows.variance[j, 2] > 0.0:
        rise = one[ELEVATION_VARIANCE] + look.rows.variance[j, 2]
        square += (look.rows.value[j, 2] - one[ELEVATION]) ** 2 / rise
        whole *= 2.0 * math.pi * rise
    return float(square), math.exp(-0.5 * min(square, 200.0)) / math.sqrt(whole)


def _see(one: Floats, look: Measured, j: int, weight: float) -> None:
    """Update a direction (BEARING,) in place; weight: p / κ."""
    odds = weight * _distance2(one, look, j)[1] * one[P_EXISTS]
    one[P_EXISTS] = min(odds / (odds + 1.0 - one[P_EXISTS]), P_MOST)
    offset = float(look.rows.offset_s[j])
    to_azimuth, to_rate = one[VARIANCE] + offset * one[CROSSED], one[CROSSED] + offset * one[RATE_VARIANCE]
    spread = to_azimuth + offset * to_rate + look.rows.variance[j, 1]
    off = wrapped(look.rows.value[j, 1] - one[AZIMUTH] - offset * one[RATE])
    one[AZIMUTH] = wrapped(one[AZIMUTH] + to_azimuth / spread * off)
    one[RATE] += to_rate / spread * off
    one[VARIANCE] -= to_azimuth * to_azimuth / spread
    one[CROSSED] -= to_azimuth * to_rate / spread
    one[RATE_VARIANCE] -= to_rate * to_rate / spread
    if look.rows.variance[j, 2] > 0.0:
        gain = one[ELEVATION_VARIANCE] / (one[ELEVATION_VARIANCE] + look.rows.variance[j, 2])
        one[ELEVATION] += gain * (look.rows.value[j, 2] - one[ELEVATION])
        one[ELEVATION_VARIANCE] *= 1.0 - gain
    one[UPDATED_S] = max(one[UPDATED_S], look.observed_s + offset)
    one[HITS] += 1.0
    one[MISSED] = 0.0
    one[FEATURES_FROM + EMITTED] += one[FEATURES_FROM + EMITTED] > 0.0


def _in_view(azimuth_rad: float, look: Measured, view: View) -> bool:
    arcs = ((float(view.bounds[2]), float(view.bounds[3])), (float(look.arc_rad[0]), float(look.arc_rad[1])))
    return all((azimuth_rad - start) % (2.0 * math.pi) <= span for start, span in arcs)


def _born(look: Measured, j: int, p_new: float, view: View) -> Floats:
    """A new direction (BEARING,), not yet numbered."""
    one = np.zeros(BEARING)
    at = look.observed_s + float(look.rows.offset_s[j])
    one[SENSOR], one[BORN_S], one[UPDATED_S], one[TIME_S] = look.sensor, at, at, look.observed_s
    one[AZIMUTH], one[VARIANCE], one[RATE_VARIANCE] = look.rows.value[j, 1], look.rows.variance[j, 1], RATE_RADPS**2
    elevated = look.rows.variance[j, 2] > 0.0
    one[ELEVATION] = look.rows.value[j, 2] if elevated else 0.0
    one[ELEVATION_VARIANCE] = look.rows.variance[j, 2] if elevated else 0.1
    one[P_EXISTS], one[HITS] = p_new, 1.0
    one[FEATURES_FROM + HEIGHT] = np.nan
    one[FEATURES_FROM + EMITTED] = 1.0 if view.sensor.kind == "rf" else 0.0
    return one


def adopt(state: State, look: Measured, views: tuple[View, ...], known: frozenset[int]) -> None:
    """Let directions go on as the believed tracks that stand in them: these know their range.

    A track that has just been believed, that is not among the `known`, takes the direction's older number; one that was
    shown under its own before keeps it, once the direction's sensor sees it.
    """
    gone: list[int] = []
    believed = np.flatnonzero(state.confirmed[: state.count] > NEVER).tolist()
    for b in np.flatnonzero(state.bearings[:, CONFIRMED] > 0.0).tolist():
        one = predict(state.bearings[b : b + 1], look.observed_s)[0]
        sensor = int(one[SENSOR])
        for i in believed:
            if state.id[i] < one[NUMBER] or not _stands_in(state, i, one, views[sensor]):
                continue
            fresh = int(state.id[i]) not in known
            if fresh:
                state.id[i] = int(one[NUMBER])
            if fresh or (sensor == look.sensor and state.seen_s[i, sensor] > one[UPDATED_S]):
                gone.append(b)
                break
    if gone:
        state.bearings = np.delete(state.bearings, gone, axis=0)
        state.keep(np.argsort(state.id[: state.count], kind="stable"))


def let_go(state: State, now_s: float, views: tuple[View, ...], aims: Bools) -> None:
    """Give up the range of tracks that one sensor without ranges alone has seen for RANGE_S: nothing holds it.

    They began where two directions crossed. A believed one goes on as a direction under its number, others end. aims
    (S,): whether a sensor measures directions alone.
    """
    n = state.count
    seen = np.isfinite(state.seen_s[:n])
    aimed = np.any(seen, axis=1) & ~np.any(seen[:, ~aims], axis=1)
    seers = np.sum(now_s - state.seen_s[:n] < RANGE_S, axis=1)
    lost = aimed & (seers < 2) & (now_s - state.born_s[:n] >= RANGE_S)
    if not lost.any():
        return
    kept = [
        _as_direction(state, i, now_s, views) for i in np.flatnonzero(lost & (state.confirmed[:n] > NEVER)).tolist()
    ]
    state.bearings = np.concatenate([state.bearings, np.array(kept).reshape(-1, BEARING)])
    state.keep(np.flatnonzero(~lost))


def _as_direction(state: State, i: int, now_s: float, views: tuple[View, ...]) -> Floats:
    """Track i as a direction (BEARING,) of the sensor that last saw it."""
    sensor = int(state.last_sensor[i])
    view = views[sensor]
    mean = state.mode[i] @ state.mean[i]
    place, rate = view.axes @ (mean[:3] - view.origin_m), view.axes @ mean[3:]
    flat2 = max(float(place[:2] @ place[:2]), 1.0)
    one = np.zeros(BEARING)
    one[NUMBER], one[SENSOR], one[BORN_S], one[TIME_S] = state.id[i], sensor, state.born_s[i], now_s
    one[UPDATED_S], one[HITS], one[CONFIRMED] = state.updated_s[i], state.hits[i], 1.0
    one[AZIMUTH], one[VARIANCE] = math.atan2(place[0], place[1]), np.nan_to_num(view.sigmas[1], nan=BIAS_RAD2**0.5) ** 2
    one[RATE], one[RATE_VARIANCE] = (rate[0] * place[1] - rate[1] * place[0]) / flat2, RATE_RADPS**2
    one[ELEVATION], one[ELEVATION_VARIANCE] = math.atan2(place[2], math.sqrt(flat2)), 0.1
    one[P_EXISTS], one[MISSED] = min(state.p_exists[i], P_MOST), state.missed[i]
    one[FEATURES_FROM:] = state.features[i]
    one[FEATURES_FROM + HEIGHT] = np.nan
    return one


def _stands_in(state: State, i: int, one: Floats, view: View) -> bool:
    place = view.axes @ ((state.mode[i] @ state.mean[i])[:3] - view.origin_m)
    off = wrapped(math.atan2(place[0], place[1]) - one[AZIMUTH])
    blur = np.trace(state.covariance[i, 0, :2, :2]) / max(float(place[:2] @ place[:2]), 1.0)
    return bool(off * off < GATE * (one[VARIANCE] + blur + BIAS_RAD2))


def places(table: Floats, views: tuple[View, ...]) -> tuple[Floats, Floats]:
    """Position (·, 3) at the range shown, and covariance (·, 6, 6), of directions: a cigar along the line of sight."""
    position, covariance = np.zeros((len(table), 3)), np.zeros((len(table), 6, 6))
    for one, where, spread in zip(table, position, covariance, strict=True):
        view = views[int(one[SENSOR])]
        reach = min(0.5 * view.bounds[1], FAR_M)
        east, north, rise = math.sin(one[AZIMUTH]), math.cos(one[AZIMUTH]), math.sin(one[ELEVATION])
        flat = math.cos(one[ELEVATION])
        ways = np.array([[flat * east, flat * north, rise], [north, -east, 0.0], [-rise * east, -rise * north, flat]])
        ways = ways @ view.axes
        where[:] = view.origin_m + reach * ways[0]
        sigma = reach * np.sqrt([0.25, one[VARIANCE], one[ELEVATION_VARIANCE]])
        spread[:3, :3] = (ways.T * sigma**2) @ ways
        spread[:3, :3] = 0.5 * (spread[:3, :3] + spread[:3, :3].T)
        spread[3:, 3:] = np.diag(SPEED_MPS**2)
    return position, covariance
