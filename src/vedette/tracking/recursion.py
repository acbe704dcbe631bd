"""One step of the recursion: predict, see, associate, update, start, merge, end. Nothing is kept but the state.

The same looks in the same order give the same state bit for bit; rewinding rests on that.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.sensing.measurement import Measured
from vedette.sensing.view import FREE_PERIOD_S, REPORTERS, View, see
from vedette.tracking import bearings, birth, ending, merge, motion
from vedette.tracking.association import gate, marginals
from vedette.tracking.ending import LEAST_SILENCE_S, REPORT_SILENCE_S
from vedette.tracking.identity import Names, bind, owners
from vedette.tracking.numbering import Numbering
from vedette.tracking.standing import stand
from vedette.tracking.state import State
from vedette.tracking.update import update

Ints = npt.NDArray[np.int64]

BIRTHS_PER_S: Final = 1.0
"""New targets expected a second in a sensor's field of view: how readily an unexplained detection starts a track."""
P_NAMED: Final = 0.9
"""Existence of a track started by a report that carries an identity: receivers do not make those up."""
P_START: Final = 0.005
"""Detections less likely than this to be a new target start none."""
P_REPORT: Final = 0.5
"""Probability of detection of a sensor whose silence says nothing."""
LOOKS_SILENT: Final = 10.0
"""A track known by looks ends after this many periods of silence, and not before LEAST_SILENCE_S."""
VISIBLE: Final = 0.3
"""Belief, before anything is known, that a sensor other than a radar perceives a target: many emit or show nothing."""
_LIMITS: Final = np.array([merge.ALIKE, merge.NEAR_M, merge.BIAS_M, merge.BIAS_MPS])


class Pairs:
    """Room for the gated pairs of one look (see vedette.tracking.association); grows, holds nothing between looks."""

    def __init__(self, tracks: int, pairs: int) -> None:
        self.first = np.zeros(tracks + 1, dtype=np.int64)
        self.detection = np.zeros(pairs, dtype=np.int64)
        self.likelihood = np.zeros((pairs, motion.MODES))
        self.psi = np.zeros(pairs)
        self.p_pair = np.zeros(pairs)
        self.doubles = np.zeros((1024, 2), dtype=np.int64)


class Recursion:
    """The filter of one site: its sensors, parameters and room to work; all that lasts is in the State it is given."""

    def __init__(self, views: tuple[View, ...], names: Names) -> None:
        self.views = views
        self.names = names
        self._pairs = Pairs(64, 1024)
        periods = np.array([view.sensor.period_s or 0.0 for view in views])
        self.period_s: Floats = np.where(periods > 0.0, periods, FREE_PERIOD_S)
        patience = np.maximum(LOOKS_SILENT * periods, LEAST_SILENCE_S)
        self.patience_s: Floats = np.where(periods > 0.0, patience, REPORT_SILENCE_S)
        self.together_s: Floats = np.where(periods > 0.0, 0.6 * periods, 0.3)
        self.reports = np.array([view.sensor.kind in REPORTERS for view in views], dtype=np.bool_)
        shy = [view.sensor.kind in ("rf", "acoustic", "camera") for view in views]
        self.rest: Floats = np.where(shy, VISIBLE, 1.0)

    def wait(self, state: State, now_s: float) -> None:
        """Silence until now_s: tracks that were silent too long end. The others are not touched."""
        bearings.wait(state, now_s, self.patience_s)
        kept = np.empty(state.count, dtype=np.int64)
        many = ending.outlast(
            state.count, now_s, self.patience_s, state.seen_s, state.updated_s, state.mean, state.mode,
            state.blind_up_m2, state.names, kept,
        )  # fmt: skip
        if many < state.count:
            state.keep(kept[:many])

    def predict(self, state: State, to_s: float) -> None:
        """Carry the tracks to a time."""
        if state.count and to_s > state.time_s:
            motion.predict(
                state.mean, state.covariance, state.mode, state.p_exists, state.blind_up_m2, state.count,
                to_s - state.time_s, motion.NOISE, motion.FALL_S, motion.DWELL_S, motion.JUMP, motion.LIFE_S,
                motion.BLIND_UP_MPS, state.names,
            )  # fmt: skip
        state.time_s = max(state.time_s, to_s)

    def take(self, state: State, look: Measured, numbering: Numbering) -> None:
        """Work one look in."""
        self.wait(state, look.observed_s)
        self.predict(state, look.observed_s)
        view = self.views[look.sensor]
        p_seen, p_detect = self._chances(state, look, view)
        clutter = view.clutter / look.volume
        births = BIRTHS_PER_S * self.period_s[look.sensor] / look.volume
        names = self.names.of_detections(look.identity)
        owner = owners(state, names)
        density = clutter + births
        if len(state.bearings):
            density += bearings.intensity(state, look, view)
        p_missed, p_alone = self._associate(state, look, density, names, owner, p_detect)
        pairs = self._pairs
        update(
            look.kind, look.value, look.variance, look.offset_s, look.origin_m, look.axes, look.group, state.count,
            state.mean, state.covariance, state.mode, state.blind_up_m2, state.p_exists, p_detect, pairs.first,
            pairs.detection, pairs.likelihood, pairs.p_pair, p_missed,
        )  # fmt: skip
        self._stand(state, look, view, p_seen)
        if len(names) and names[:, 0].max() >= 0:
            state.refused += bind(state, names, owner, self._likeliest(state, len(look)))
        gone = self._merge(state, look)
        self._end(state, gone)
        p_new = np.where(names[:, 0] >= 0, P_NAMED, births / (clutter + births)) * p_alone
        self._start(state, look, p_new, names, numbering)
        self._cross(state, look, p_alone, numbering)
        bearings.work(state, look, view, p_alone, self.period_s[look.sensor], numbering)
        bearings.adopt(state, look, view)
        state.looked_s[look.sensor] = look.observed_s

    def _chances(self, state: State, look: Measured, view: View) -> tuple[Floats, Floats]:
        """Probability of detection if the sensor perceives the track (n,), and p and q (n, 2)."""
        n = state.count
        p_seen = np.full(n, P_REPORT)
        p_detect = np.zeros((n, 2))
        if look.covers:
            see(
                state.mean, state.covariance, state.mode, n, view.origin_m, view.axes, view.bounds, look.arc_rad, p_seen
            )  # fmt: skip
            p_seen *= min(view.sensor.p_detect, 0.995)
            p_detect[:, 1] = p_seen * state.p_visible[:n, look.sensor]
            p_detect[:, 0] = np.maximum(p_detect[:, 1], 0.02)
        else:
            p_detect[:, 0] = P_REPORT
        return p_seen, p_detect

    def _associate(
        self, state: State, look: Measured, density: Floats, names: Ints, owner: Ints, p_detect: Floats
    ) -> tuple[Floats, Floats]:
        """Fill the pairs; probabilities that a track was missed (n,) and that no track made a detection (d,)."""
        if len(self._pairs.first) <= state.count:
            self._pairs = Pairs(2 * state.count, len(self._pairs.psi))
        while True:
            pairs = self._pairs
            many = gate(
                look.kind, look.value, look.variance, look.offset_s, look.origin_m, look.axes, look.group, look.where,
                look.spread, density, names, owner, state.count, state.mean, state.covariance, state.mode,
                state.p_exists, p_detect, state.names, pairs.first, pairs.detection, pairs.likelihood, pairs.psi,
            )  # fmt: skip
            if many >= 0:
                break
            self._pairs = Pairs(len(pairs.first), 2 * len(pairs.psi))
        p_missed, p_alone = np.ones(state.count), np.ones(len(look))
        marginals(state.count, pairs.first, pairs.detection, pairs.psi, pairs.p_pair, p_missed, p_alone)
        return p_missed, p_alone

    def _stand(self, state: State, look: Measured, view: View, p_seen: Floats) -> None:
        pairs = self._pairs
        since = min(look.observed_s - state.looked_s[look.sensor], 60.0)
        stand(
            look.sensor, look.observed_s, since, look.covers, view.sensor.kind == "rf", self.rest[look.sensor],
            state.count, look.offset_s, look.rcs_dbsm, p_seen, look.p_classes, look.variance, pairs.first,
            pairs.detection, pairs.p_pair, state.mean, state.covariance, state.mode, state.blind_up_m2,
            state.updated_s, state.missed, state.hits, state.last_sensor, state.seen_s, state.p_visible,
            state.features, state.names, self.reports,
        )  # fmt: skip

    def _likeliest(self, state: State, detections: int) -> Ints:
        """The track (d,) that made each detection with p > 0.5, else -1."""
        found = np.full(detections, -1, dtype=np.int64)
        pairs = self._pairs
        sure = np.flatnonzero(pairs.p_pair[: pairs.first[state.count]] > 0.5)
        found[pairs.detection[sure]] = np.searchsorted(pairs.first[: state.count + 1], sure, side="right") - 1
        return found

    def _merge(self, state: State, look: Measured) -> set[int]:
        """Merge doubles among the tracks that compete for a detection; the rows that are to go."""
        pairs = self._pairs
        many = merge.doubles(
            state.count, len(look), look.observed_s, pairs.first, pairs.detection, state.mean, state.covariance,
            state.mode, state.names, state.seen_s, self.together_s, _LIMITS, pairs.doubles,
        )  # fmt: skip
        gone: set[int] = set()
        for one, other in pairs.doubles[:many].tolist():
            if one in gone or other in gone:
                continue
            ranked = sorted((one, other), key=lambda row: (-state.confirmed[row], state.id[row]))
            merge.absorb(state, *ranked)
            gone.add(ranked[1])
        return gone

    def _end(self, state: State, gone: set[int]) -> None:
        """Confirm tracks, and drop those that are merged or no longer believed."""
        kept, merged = np.empty(state.count, dtype=np.int64), np.zeros(state.count, dtype=np.bool_)
        merged[list(gone)] = True
        many = ending.believe(
            state.count, state.time_s, merged, state.updated_s, state.hits, state.names, state.p_exists,
            state.confirmed, kept,
        )  # fmt: skip
        if many < state.count:
            state.keep(kept[:many])

    def _start(self, state: State, look: Measured, p_new: Floats, names: Ints, numbering: Numbering) -> None:
        rows = np.flatnonzero((p_new >= P_START) & np.isfinite(look.where[:, 0]))
        if len(rows) and names[rows, 0].max() >= 0:
            rows = _without_namesakes(state, rows, names)
        if not len(rows):
            return
        first = state.count
        self._make_room(state, len(rows), look)
        new = slice(first, state.count)
        birth.bear(
            rows, look.where, look.spread, look.kind, look.value, look.variance, look.origin_m, motion.START,
            motion.START_SPEED_MPS, first, state.mean, state.covariance, state.mode, state.blind_up_m2,
        )  # fmt: skip
        state.id[new] = numbering.give(look, rows.tolist())
        state.p_exists[new] = p_new[rows]
        at = look.observed_s + look.offset_s[rows]
        state.born_s[new] = state.updated_s[new] = state.seen_s[new, look.sensor] = at
        state.features[new, 5] = 1.0 if self.views[look.sensor].sensor.kind == "rf" else 0.0
        for row in np.flatnonzero(names[rows, 0] >= 0).tolist():
            scheme, number = names[rows[row]]
            state.names[first + row, scheme] = number
        _sort(state, first)

    def _make_room(self, state: State, more: int, look: Measured) -> None:
        state.make_room(more)
        new = slice(state.count, state.count + more)
        state.p_visible[new] = self.rest
        state.last_sensor[new] = look.sensor
        state.hits[new] = 1
        state.features[new, 2] = np.nan
        state.count += more

    def _cross(self, state: State, look: Measured, p_alone: Floats, numbering: Numbering) -> None:
        """Start tracks where lone directions of two sensors cross."""
        if not np.any(np.isnan(look.where)) and not len(state.loose):
            return
        fresh = birth.loosen(state, look, p_alone)
        for number, (where, spread, altitude, seers) in enumerate(birth.crossings(state, fresh, self.views)):
            row = state.count
            self._make_room(state, 1, look)
            state.id[row] = numbering.give(look, [-1 - number])[0]
            state.p_exists[row] = birth.P_CROSSING
            state.p_visible[row, seers] = birth.SEEN
            state.born_s[row] = state.updated_s[row] = state.seen_s[row, look.sensor] = look.observed_s
            state.blind_up_m2[row] = 0.0 if altitude else spread[2, 2]
            state.mode[row] = motion.START
            state.mean[row, :, :3] = where
            state.covariance[row, :, :3, :3] = spread
            for m, (flat, climb) in enumerate(motion.START_SPEED_MPS):
                state.covariance[row, m, 3:, 3:] = np.diag([flat * flat, flat * flat, climb * climb])
            _sort(state, row)
        birth.remember(state, fresh)


def _without_namesakes(state: State, rows: Ints, names: Ints) -> Ints:
    """Drop detections whose name a track already carries, or an earlier one of the same look."""
    heard: set[tuple[int, int]] = set()
    kept = []
    for row in rows.tolist():
        scheme, number = names[row].tolist()
        if scheme >= 0:
            if (scheme, number) in heard or np.any(state.names[: state.count, scheme] == number):
                continue
            heard.add((scheme, number))
        kept.append(row)
    return np.array(kept, dtype=np.int64)


def _sort(state: State, first: int) -> None:
    """Keep the tracks in order of id: a late look may have been given an older number again."""
    if first and int(state.id[first : state.count].min()) < int(state.id[first - 1]):
        state.keep(np.argsort(state.id[: state.count], kind="stable"))
