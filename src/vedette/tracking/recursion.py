"""One step of the recursion: predict, see, associate, update, start, merge, end. Nothing is kept but the state.

The same looks in the same order give the same state bit for bit; rewinding rests on that.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.sensing.measurement import Measured
from vedette.sensing.projection import Detections
from vedette.sensing.view import FREE_PERIOD_S, REPORTERS, View
from vedette.tracking import association, bearings, birth, ending, foresight, merge, motion
from vedette.tracking.classes import HEIGHT
from vedette.tracking.clutter import expect_clutter, learn_clutter
from vedette.tracking.ending import LEAST_SILENCE_S, MISSED_PERIODS, MISSED_S, REPORT_SILENCE_S
from vedette.tracking.identity import Names, bind, owners
from vedette.tracking.numbering import Numbering
from vedette.tracking.standing import stand
from vedette.tracking.state import State
from vedette.tracking.update import sums_room, update

Ints = npt.NDArray[np.int64]

PARTS: Final = frozenset({"models", "propagation", "visibility", "clutter", "classes", "rewind"})
"""What the tracker can be made to do without, to measure what each part is worth."""
BIRTHS_PER_S: Final = 1.0
"""New targets expected a second in a sensor's field of view: how readily an unexplained detection starts a track."""
BIRTHS_PER_KM2_S: Final = 0.016
"""The same by area, for sensors that see further than 4.5 km."""
LOOKS_SILENT: Final = 10.0
"""A track known by looks ends after this many periods of silence, and not before LEAST_SILENCE_S."""
VISIBLE: Final = 0.3
"""Belief, before anything is known, that a sensor other than a radar perceives a target: many emit or show nothing."""
ONE_MODEL: Final = motion.MODELS._replace(
    noise=np.full((motion.MODES, 2), [3.0, 0.2]),
    fall_s=np.zeros(motion.MODES),
    dwell_s=np.full(motion.MODES, np.inf),
    start=np.array([1.0, 0.0, 0.0]),
)
"""Nearly constant velocity alone."""


class Recursion:
    """The filter of one site: its sensors, parameters and room to work; all that lasts is in the State it is given.

    without: see PARTS.
    """

    def __init__(self, views: tuple[View, ...], names: Names, without: Set[str] = frozenset()) -> None:
        self.views = views
        self.names = names
        self._motion = ONE_MODEL if "models" in without else motion.MODELS
        self._propagates = "propagation" not in without
        self._learns = "clutter" not in without
        periods = np.array([view.sensor.period_s or 0.0 for view in views])
        self.period_s: Floats = np.where(periods > 0.0, periods, FREE_PERIOD_S)
        patience = np.maximum(LOOKS_SILENT * periods, LEAST_SILENCE_S)
        self.patience_s: Floats = np.where(periods > 0.0, patience, REPORT_SILENCE_S)
        self.together_s: Floats = np.where(periods > 0.0, 0.6 * periods, 0.3)
        self.reports = np.array([view.sensor.kind in REPORTERS for view in views], dtype=np.bool_)
        self.hidden_s: Floats = np.where(self.reports, MISSED_S, np.maximum(MISSED_PERIODS * periods, MISSED_S))
        shy = [view.sensor.kind in ("rf", "acoustic", "camera") and "visibility" not in without for view in views]
        self.rest: Floats = np.where(shy, VISIBLE, 1.0)
        self.births: Floats = np.array([max(BIRTHS_PER_S, BIRTHS_PER_KM2_S * view.area_km2) for view in views])
        self.births *= self.period_s
        self._room = association.Room()
        self._mixing = motion.mixing_room()
        self._sums = sums_room()
        self._norm = np.zeros(motion.MODES)
        self._sight = np.zeros(3)
        self._compared = merge.compared_room(64, 1024)

    def wait(self, state: State, now_s: float) -> None:
        """Silence until now_s: tracks that were silent too long end. The others are not touched."""
        bearings.wait(state, now_s, self.patience_s)
        state.count = foresight.outlast(state.rows, state.count, now_s, self.patience_s)

    def predict(self, state: State, to_s: float) -> None:
        """Carry the tracks to a time."""
        if state.count and to_s > state.time_s:
            motion.predict(
                state.mean, state.covariance, state.mode, state.p_exists, state.blind_up_m2, state.count,
                to_s - state.time_s, state.names, self._motion, self._mixing,
            )  # fmt: skip
        state.time_s = max(state.time_s, to_s)

    def take(self, state: State, look: Measured, numbering: Numbering) -> None:
        """Work one look in."""
        self.wait(state, look.observed_s)
        self.predict(state, look.observed_s)
        view, detections = self.views[look.sensor], look.arrays()
        since_s = min(look.observed_s - state.looked_s[look.sensor], 60.0)
        self._associate(state, look, detections, view)
        room, rows = self._room, state.rows
        update(detections, rows, state.count, room.chances, room.innovation, room.pairs, self._sums)
        stand(
            detections, rows, state.count, look.sensor, look.observed_s, since_s, look.covers,
            view.sensor.kind == "rf", self.rest[look.sensor], self.reports, room.chances, room.pairs,
        )  # fmt: skip
        if look.named:
            names, owner = room.claims.names[: len(look)], room.claims.owner[: len(look)]
            state.refused += bind(state, names, owner, self._likeliest(state, len(look)))
        merged = self._merge(state, look)
        state.count = ending.believe(rows, state.count, state.time_s, merged, self.hidden_s)
        p_alone = room.claims.p_alone[: len(look)]
        self._start(state, look, detections, numbering)
        if look.directions or len(state.loose):
            self._cross(state, look, p_alone, numbering)
        if look.directions or len(state.bearings):
            bearings.work(state, look, view, p_alone, self.period_s[look.sensor], numbering)
            bearings.adopt(state, look, view)
        if look.covers and self._learns:
            learn_clutter(
                detections, state.clutter, look.sensor, since_s, view.place, view.bounds, look.arc_rad, room.claims
            )
        state.looked_s[look.sensor] = look.observed_s

    def _associate(self, state: State, look: Measured, detections: Detections, view: View) -> None:
        """Fill the room: chances, density, pairs and their probabilities."""
        room = self._room = self._room.fitting(state.count, len(look))
        foresight.weigh(
            state.rows, state.count, look.sensor, look.covers, view.place, view.bounds, look.arc_rad, room.chances
        )
        claims, many = room.claims, len(look)
        claims.names[:many, 0] = claims.owner[:many] = -1
        if look.named:
            claims.names[:many] = self.names.of_detections(look.identity)
            claims.owner[:many] = owners(state, claims.names[:many])
        expect_clutter(
            detections, state.clutter, look.sensor, look.covers and self._learns, view.clutter,
            self.births[look.sensor], view.place, view.bounds, claims,
        )  # fmt: skip
        if len(state.bearings):
            claims.density[:many] += bearings.intensity(state, look, view)
        claims.order[:many] = np.argsort(look.where[:, 0])
        while association.gate(
            detections, state.rows, state.count, room.chances, claims, room.innovation, room.pairs, self._norm
        ) < 0:  # fmt: skip
            room.more_pairs()
        association.marginals(state.count, many, self._propagates, room.chances, claims, room.pairs)

    def _likeliest(self, state: State, detections: int) -> Ints:
        """The track (d,) that made each detection with p > 0.5, else -1."""
        found = np.full(detections, -1, dtype=np.int64)
        pairs = self._room.pairs
        sure = np.flatnonzero(pairs.p_pair[: pairs.first[state.count]] > 0.5)
        found[pairs.detection[sure]] = np.searchsorted(pairs.first[: state.count + 1], sure, side="right") - 1
        return found

    def _merge(self, state: State, look: Measured) -> Ints:
        """Merge doubles among the tracks that compete for a detection; 1 for each row (n,) that is to go."""
        pairs = self._room.pairs
        if len(self._compared.head) < len(look) or len(self._compared.after) < len(pairs.psi):
            self._compared = merge.compared_room(self._room.detections, len(pairs.psi))
        many = merge.doubles(
            state.rows, state.count, len(look), look.observed_s, pairs, self.together_s, self._compared
        )
        gone = np.zeros(state.count, dtype=np.int64)
        for one, other in self._compared.found[:many].tolist():
            if gone[one] or gone[other]:
                continue
            ranked = sorted((one, other), key=lambda row: (-state.confirmed[row], state.id[row]))
            merge.absorb(state, *ranked)
            gone[ranked[1]] = 1
        return gone

    def _start(self, state: State, look: Measured, detections: Detections, numbering: Numbering) -> None:
        claims, first = self._room.claims, state.count
        many = birth.choose(detections, claims)
        if look.named:
            many = _without_namesakes(state, claims, many)
        if not many:
            return
        state.reserve(many)
        emits = self.views[look.sensor].sensor.kind == "rf"
        birth.bear(
            detections, claims, state.rows, first, many, look.sensor, look.observed_s, emits, self.rest, self._motion,
            self._sight,
        )  # fmt: skip
        state.count += many
        state.id[first : state.count] = numbering.give(look, claims.order[:many].tolist())
        _sort(state, first)

    def _make_room(self, state: State, more: int, look: Measured) -> None:
        state.make_room(more)
        new = slice(state.count, state.count + more)
        state.p_visible[new] = self.rest
        state.last_sensor[new] = look.sensor
        state.hits[new] = 1
        state.features[new, HEIGHT] = np.nan
        state.count += more

    def _cross(self, state: State, look: Measured, p_alone: Floats, numbering: Numbering) -> None:
        """Start tracks where lone directions of two sensors cross."""
        fresh = birth.loosen(state, look, p_alone)
        for number, (where, spread, altitude, seers) in enumerate(birth.crossings(state, fresh, self.views)):
            row = state.count
            self._make_room(state, 1, look)
            state.id[row] = numbering.give(look, [-1 - number])[0]
            state.p_exists[row] = birth.P_CROSSING
            state.p_visible[row, seers] = birth.SEEN
            state.born_s[row] = state.updated_s[row] = state.seen_s[row, look.sensor] = look.observed_s
            state.blind_up_m2[row] = 0.0 if altitude else spread[2, 2]
            state.mode[row] = self._motion.start
            state.mean[row, :, :3] = where
            state.covariance[row, :, :3, :3] = spread
            for m, (flat, climb) in enumerate(self._motion.start_speed_mps):
                state.covariance[row, m, 3:, 3:] = np.diag([flat * flat, flat * flat, climb * climb])
            _sort(state, row)
        birth.remember(state, fresh)


def _without_namesakes(state: State, claims: association.Claims, many: int) -> int:
    """Of the chosen detections drop those whose name a track already carries, or an earlier one of the same look."""
    heard: set[tuple[int, int]] = set()
    kept = 0
    for a in range(many):
        row = claims.order[a]
        scheme, number = claims.names[row].tolist()
        if scheme >= 0:
            if (scheme, number) in heard or np.any(state.names[: state.count, scheme] == number):
                continue
            heard.add((scheme, number))
        claims.order[kept], claims.load[kept] = row, claims.load[a]
        kept += 1
    return kept


def _sort(state: State, first: int) -> None:
    """Keep the tracks in order of id: a late look may have been given an older number again."""
    if first and int(state.id[first : state.count].min()) < int(state.id[first - 1]):
        state.keep(np.argsort(state.id[: state.count], kind="stable"))
