"""The tracker: scans in, tracks out. Holds the state, the bounded past and the counters; belongs to one thread."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import numpy as np

from vedette.errors import BadScan
from vedette.model import Scan, Tracks
from vedette.model.scan import is_number
from vedette.sensing.compiled import Progress, compile_kernels
from vedette.sensing.measurement import measure
from vedette.sensing.view import View
from vedette.site import Site
from vedette.tracking.identity import Names
from vedette.tracking.numbering import Numbering
from vedette.tracking.output import shown, unclassed, with_bearings
from vedette.tracking.recursion import PARTS, Recursion
from vedette.tracking.rewind import Past, Step
from vedette.tracking.snapshot import BadSnapshot, pack_step, seal, unpack_step, unseal
from vedette.tracking.state import State
from vedette.tracking.succession import Succession


def warm_up(progress: Progress | None = None) -> None:
    """Compile every kernel, or load it from the cache: seconds the first time, a fraction of one after that.

    Args:
        progress: called with (done, of, name) after each kernel.
    """
    compile_kernels(progress)


class Tracker:
    """Fuses the looks of a site's sensors into tracks. A function of the looks alone: no clock, no chance.

    without: parts to do without, to measure what each is worth (vedette.tracking.recursion.PARTS).
    `counts`: looks taken; late: older than the site's late_s, dropped; repeated: the same look again, dropped;
    late_taken: older than the newest, worked in by running again what came after; stale_advance: an advance to an
    earlier time, ignored; refused: reports absurd against the track that carries their name.
    """

    def __init__(self, site: Site, *, without: Set[str] = frozenset()) -> None:
        warm_up()
        if not PARTS.issuperset(without):
            raise ValueError(f"not a part of the tracker: {sorted(set(without) - PARTS)}")
        frame = site.frame()
        self._site = site
        self._frame = frame
        self._views = tuple(View(sensor, frame) for sensor in site.sensors)
        self._index = {sensor.id: number for number, sensor in enumerate(site.sensors)}
        self._names = Names()
        self._recursion = Recursion(self._views, self._names, without)
        self._classes = "classes" not in without
        self._numbering = Numbering()
        self._mark = self._numbering.mark()
        self._mark_s = -np.inf
        self._past = Past(0.0 if "rewind" in without else site.late_s)
        self._state = State(len(self._views))
        self._time_s = -np.inf
        self._floor_s = -np.inf
        self._counts = dict.fromkeys(("looks", "late", "repeated", "late_taken", "stale_advance"), 0)

    warm_up = staticmethod(warm_up)

    @property
    def counts(self) -> dict[str, int]:
        """What was taken, dropped and refused so far."""
        return self._counts | {"refused": self._state.refused}

    @property
    def state(self) -> State:
        """What the filter holds after the newest look, modes apart. No copy: to be read at once, never changed."""
        return self._state

    def observe(self, scan: Scan) -> Tracks:
        """Work one look in; the tracks at the tracker's time, which never falls.

        Raises:
            BadScan: a sensor the site does not have, a shape or value that makes no sense. Nothing has changed then.
        """
        if scan.sensor not in self._index:
            raise BadScan("sensor", f"the site has no sensor {scan.sensor!r}")
        index = self._index[scan.sensor]
        look = measure(scan, index, self._views[index], self._frame)
        if look.observed_s < max(self._time_s - self._past.late_s, self._floor_s):
            self._counts["late"] += 1
        elif self._past.holds(look.key):
            self._counts["repeated"] += 1
        else:
            self._counts["looks"] += 1
            self._counts["late_taken"] += look.observed_s < self._time_s
            self._renumber(look.key, look.observed_s)
            self._step(Step(key=look.key, look=look))
        return self.tracks()

    def advance(self, observed_s: float) -> Tracks:
        """Let time pass without a look: tracks coast, and end when silent too long.

        Raises:
            BadScan: not a time. Nothing has changed then.
        """
        if not is_number(observed_s):
            raise BadScan("observed_s", f"not a time: {observed_s!r}")
        if observed_s < self._time_s:
            self._counts["stale_advance"] += 1
        elif observed_s > self._time_s:
            self._step(Step(key=(observed_s, 1, 0, "", b""), look=None))
        return self.tracks()

    def _renumber(self, key: tuple[float, int, int, str, bytes], observed_s: float) -> None:
        """Where looks of equal time came in another than the canonical order, forget what the earlier were numbered."""
        if observed_s != self._mark_s:
            self._mark, self._mark_s = self._numbering.mark(), observed_s
        elif self._past.steps[-1].key > key:
            self._numbering.back(self._mark)

    def _step(self, step: Step) -> None:
        self._state = self._past.work_in(step, self._state, self._run)
        self._time_s = max(self._time_s, step.key[0])
        self._past.trim(self._time_s)
        self._numbering.forget(self._past.steps[0].key[0])

    def _run(self, state: State, step: Step) -> None:
        if step.look is None:
            self._recursion.wait(state, step.key[0])
        else:
            self._recursion.take(state, step.look, self._numbering)

    def tracks(self) -> Tracks:
        """All tracks at the tracker's time, as read-only copies."""
        state = self._state
        if state.count and self._time_s > state.time_s:
            state = state.copy()
            self._recursion.predict(state, self._time_s)
        tracks = shown(state, self._time_s, self._recursion.period_s, self._names, tuple(self._index))
        tracks = with_bearings(tracks, state.bearings, self._recursion.period_s, self._views)
        return tracks if self._classes else unclassed(tracks)

    def snapshot(self) -> bytes:
        """The whole tracker as bytes: tracks, counters, names, numbers and the looks it may still have to run again."""
        body = {
            "time_s": self._time_s,
            "floor_s": self._floor_s,
            "late_s": self._past.late_s,
            "counts": self._counts,
            "names": self._names.known,
            "numbering": self._numbering.pack(),
            "mark_s": self._mark_s,
            "mark": Numbering.of_mark(self._mark).pack(),
            "steps": [pack_step(step) for step in self._past.steps],
            "state": self._state.pack(),
        }
        return seal(self._site, body)

    @classmethod
    def restored(cls, site: Site, snapshot: bytes) -> Tracker:
        """A tracker that goes on exactly where the one that gave the snapshot stood.

        Where the site's sensors or its late_s are others than that one's, its tracks and numbers go on all the same
        (vedette.tracking.succession).

        Raises:
            BadSnapshot: not a snapshot, of another version, or of a site with another reference point.
        """
        tracker = cls(site)
        tracker.restore(snapshot)
        return tracker

    def restore(self, snapshot: bytes) -> None:
        """Become the tracker that gave this snapshot. Raises BadSnapshot; nothing has changed then."""
        before, body = unseal(self._site, snapshot)
        try:
            self._load(body, Succession(before, self._site.sensors))
        except (KeyError, ValueError, TypeError, IndexError) as error:
            raise BadSnapshot(f"tracker snapshot is damaged: {error}") from None

    def _load(self, body: dict[str, Any], succession: Succession) -> None:
        sensors = succession.before
        state = State.unpack(body["state"], sensors)
        steps = [unpack_step(step, sensors) for step in body["steps"]]
        numbering, mark = Numbering.unpack(body["numbering"]), Numbering.unpack(body["mark"])
        time_s, mark_s, counts = float(body["time_s"]), float(body["mark_s"]), dict(body["counts"])
        names, floor_s = Names(body["names"]), float(body["floor_s"])
        if succession.changes:
            state, steps = succession.state(state), succession.steps(steps)
            numbering, mark = succession.numbering(numbering), succession.numbering(mark)
        if steps and self._past.late_s > body["late_s"]:  # what is older has been forgotten
            floor_s = max(floor_s, steps[0].key[0])
        self._state, self._past.steps, self._numbering, self._mark = state, steps, numbering, mark.mark()
        self._time_s, self._mark_s, self._counts, self._floor_s = time_s, mark_s, counts, floor_s
        self._names = self._recursion.names = names
