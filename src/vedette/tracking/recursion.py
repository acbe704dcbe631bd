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
from vedette.sensing.view import FREE_PERIOD_S, REPORTERS, View
from vedette.tracking import association, bearings, birth, classes, merge, motion, passes
from vedette.tracking.ending import (
    DOUBT_S,
    LEAST_SILENCE_S,
    MISSED_S,
    P_DOUBT,
    P_MISSES,
    REPORT_SILENCE_S,
    silence_s,
)
from vedette.tracking.features import HEIGHT
from vedette.tracking.identity import Names, bind, owners
from vedette.tracking.numbering import Numbering
from vedette.tracking.state import NEVER, SCHEMES, State
from vedette.tracking.update import sums_room

Ints = npt.NDArray[np.int64]

PARTS: Final = frozenset({"models", "propagation", "visibility", "clutter", "classes", "rewind"})
"""What the tracker can be made to do without, to measure what each part is worth."""
BIRTHS_PER_S: Final = 1.0
"""New targets expected a second in a sensor's field of view: how readily an unexplained detection starts a track."""
BIRTHS_PER_KM2_S: Final = 0.004
"""The same by area, for sensors that see further than 9 km."""
LOOKS_SILENT: Final = 10.0
"""A track known by looks ends after this many periods of silence, and not before LEAST_SILENCE_S."""
VISIBLE: Final = 0.3
"""Belief, before anything is known, that a sensor other than a radar perceives a target: many emit or show nothing."""
ONE_MODEL: Final = motion.MODELS._replace(
    noise=np.full((motion.MODES, 2), [3.0, 0.2]),
    turn_radps=np.zeros(motion.MODES),
    fall_s=np.zeros(motion.MODES),
    dwell_s=np.full(motion.MODES, np.inf),
    start=np.eye(motion.MODES)[0],
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
        self.period_s: Floats = np.array([view.sensor.period_s or FREE_PERIOD_S for view in views])
        self._aims = np.array([view.sensor.kind not in REPORTERS and np.isnan(view.sigmas[0]) for view in views])
        self.site = _site(views, "visibility" not in without)
        self.births: Floats = np.array([max(BIRTHS_PER_S, BIRTHS_PER_KM2_S * view.area_km2) for view in views])
        self.births *= self.period_s
        self._room = association.Room()
        self._mixing = motion.mixing_room()
        self._sums = sums_room()
        self._compared = merge.compared_room(64, 64, 1024)

    def wait(self, state: State, now_s: float) -> None:
        """Silence until now_s: tracks that were silent too long end. The others are not touched."""
        bearings.wait(state, now_s, self.site.patience_s)
        state.count = passes.rest(state.rows, state.count, now_s, self.site.patience_s)

    def predict(self, state: State, to_s: float) -> None:
        """Carry the tracks to a time."""
        if state.count and to_s > state.time_s:
            motion.predict(
                state.mean, state.covariance, state.mode, state.p_exists, state.blind_up_m2, state.count,
                to_s - state.time_s, state.names, state.hits, self._motion, self._mixing,
            )  # fmt: skip
        state.time_s = max(state.time_s, to_s)

    def take(self, state: State, look: Measured, numbering: Numbering) -> None:
        """Work one look in."""
        view = self.views[look.sensor]
        if len(state.bearings):
            bearings.wait(state, look.observed_s, self.site.patience_s)
        known = _known(state) if len(state.bearings) else frozenset()
        room = self._prepared(state, look)
        fresh = self._work(state, look, room)
        if fresh:
            first = state.count - fresh
            before = numbering.next
            state.id[first : state.count] = numbering.give(look, self._room.claims.chosen[:fresh])
            if numbering.next - before < fresh:
                _sort(state, first)
        p_alone = room.claims.p_alone[: len(look)]
        if look.directions or len(state.loose):
            bearings.let_go(state, look.observed_s, self.views, self._aims)
            self._cross(state, look, p_alone, numbering)
        if look.directions or len(state.bearings):
            bearings.work(state, look, view, p_alone, self.period_s[look.sensor], numbering)
            bearings.adopt(state, look, self.views, known)
        state.looked_s[look.sensor] = look.observed_s

    def _prepared(self, state: State, look: Measured) -> association.Room:
        """Room for the look's association and for the tracks that it may start; what only Python code knows of it."""
        many = len(look)
        state.reserve(many)
        room = self._room = self._room.fitting(state.count, many)
        held, sizes = self._compared, (room.tracks, room.detections, len(room.pairs.psi))
        if (len(held.gone), len(held.head), len(held.after)) != sizes:
            self._compared = merge.compared_room(*sizes)
        directions = len(state.bearings) > 0
        room.claims.others[:many] = bearings.intensity(state, look, self.views[look.sensor]) if directions else 0.0
        return room

    def _work(self, state: State, look: Measured, room: association.Room) -> int:
        """The look's passes. Returns how many tracks it started, the last ones, yet without a number."""
        facts, sight = self._facts(state, look), self._sight(look)
        state.time_s = max(state.time_s, look.observed_s)
        if not look.named:
            return self._do(passes.ALL, state, look, facts, sight)
        claims, many = room.claims, len(look)
        self._do(passes.ADVANCE, state, look, facts, sight)
        claims.names[:many] = self.names.of_detections(look.identity)
        claims.owner[:many] = owners(state, claims.names[:many])
        self._do(passes.ASSOCIATE | passes.LEARN, state, look, facts, sight)
        likeliest = self._likeliest(state, many)
        state.refused += bind(state, claims.names[:many], claims.owner[:many], likeliest)
        return self._do(passes.RENEW, state, look, facts, sight)

    def _do(self, parts: int, state: State, look: Measured, facts: passes.Facts, sight: passes.Sight) -> int:
        room = self._room
        state.count, fresh = passes.work(
            parts, look.rows, state.rows, state.count, facts, self.site, sight, self._motion, self._mixing,
            state.clutter, room.chances, room.claims, room.innovation, room.pairs, self._sums, self._compared,
        )  # fmt: skip
        if fresh != passes.NO_ROOM:
            return int(fresh)
        room.more_pairs()
        self._compared = merge.compared_room(room.tracks, room.detections, len(room.pairs.psi))
        return self._do(parts & ~passes.ADVANCE, state, look, facts, sight)

    def _sight(self, look: Measured) -> passes.Sight:
        view = self.views[look.sensor]
        return passes.Sight(view.place, view.bounds, look.arc_rad)

    def _facts(self, state: State, look: Measured) -> passes.Facts:
        view = self.views[look.sensor]
        return passes.Facts(
            sensor=look.sensor,
            covers=look.covers,
            learns=look.covers and self._learns,
            named=look.named,
            emits=view.sensor.kind == "rf",
            propagates=self._propagates,
            observed_s=look.observed_s,
            dt_s=look.observed_s - state.time_s if look.observed_s > state.time_s > -np.inf else 0.0,
            since_s=min(look.observed_s - float(state.looked_s[look.sensor]), 60.0),
            clutter=view.clutter,
            births=float(self.births[look.sensor]),
        )

    def _likeliest(self, state: State, detections: int) -> Ints:
        """The track (d,) that made each detection with p > 0.5, else -1."""
        found = np.full(detections, -1, dtype=np.int64)
        pairs = self._room.pairs
        sure = np.flatnonzero(pairs.p_pair[: pairs.first[state.count]] > 0.5)
        found[pairs.detection[sure]] = np.searchsorted(pairs.first[: state.count + 1], sure, side="right") - 1
        return found

    def _make_room(self, state: State, more: int, look: Measured) -> None:
        state.make_room(more)
        new = slice(state.count, state.count + more)
        state.p_visible[new] = self.site.rest
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
            state.id[row] = numbering.give(look, np.array([-1 - number]))[0]
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


def _known(state: State) -> frozenset[int]:
    """Numbers of the tracks that were believed at some time."""
    return frozenset(state.id[: state.count][state.confirmed[: state.count] > NEVER].tolist())


def _site(views: tuple[View, ...], visibility: bool) -> passes.Site:
    periods = np.array([view.sensor.period_s or 0.0 for view in views])
    reports = np.array([view.sensor.kind in REPORTERS for view in views], dtype=np.int64)
    shy = [visibility and view.sensor.kind in ("rf", "acoustic", "camera") for view in views]
    patience_s = np.maximum(LOOKS_SILENT * periods, LEAST_SILENCE_S)
    hidden, doubt = (
        np.array([silence_s(view.sensor.period_s or 0.0, view.sensor.p_detect, p) for view in views])
        for p in (P_MISSES, P_DOUBT)
    )
    return passes.Site(
        patience_s=np.where(periods > 0.0, patience_s, REPORT_SILENCE_S),
        hidden_s=np.where(reports > 0, MISSED_S, np.maximum(hidden, MISSED_S)),
        doubt_s=np.where(reports > 0, MISSED_S, np.maximum(doubt, DOUBT_S)),
        together_s=np.where(periods > 0.0, 0.6 * periods, 0.3),
        rest=np.where(shy, VISIBLE, 1.0),
        reports=reports,
        unseen=classes.unseen(len(SCHEMES)),
    )


def _sort(state: State, first: int) -> None:
    """Keep the tracks in order of id: a late look may have been given an older number again."""
    if (first and state.id[first] < state.id[first - 1]) or np.any(np.diff(state.id[first : state.count]) < 0):
        state.keep(np.argsort(state.id[: state.count], kind="stable"))
