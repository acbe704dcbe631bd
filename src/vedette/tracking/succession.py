"""What a tracker held under one list of sensors, as it stands under another: tracks and their numbers stay.

State keeps a column or a row for each sensor, by its place in the site's list. Under another list these are put where
their sensors stand now; those of a sensor that is gone fall away, those of a new one are blank. Of a sensor that is
another than it was, what had been learned of it (where its clutter is, which tracks it cannot see) is forgotten, and if
it stands elsewhere its directions too; when it last saw a track stays known. A look of a sensor that is gone becomes a
time that was waited for, should a late look make the tracker run the last seconds again.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.site import Sensor
from vedette.tracking.bearings import SENSOR
from vedette.tracking.numbering import Given, Numbering
from vedette.tracking.rewind import Step
from vedette.tracking.state import State

Ints = npt.NDArray[np.int64]

_PLACE: Final = ("latitude_deg", "longitude_deg", "altitude_ellipsoid_m")


class Succession:
    """From one list of sensors to another.

    before: how many there were. places (new,): where each sensor stood before, -1 it did not. to: the place after by
    the place before, -1 it is gone.
    """

    def __init__(self, before: tuple[Sensor, ...], after: tuple[Sensor, ...]) -> None:
        was = {sensor.id: place for place, sensor in enumerate(before)}
        self.before = len(before)
        self.places: Ints = np.array([was.get(sensor.id, -1) for sensor in after], dtype=np.int64)
        self.to: Ints = np.full(len(before) + 1, -1, dtype=np.int64)  # the last: of -1, no sensor
        for place, old in enumerate(self.places.tolist()):
            if old >= 0:
                self.to[old] = place
        same = [old >= 0 and before[old] == after[new] for new, old in enumerate(self.places.tolist())]
        stays = [old >= 0 and _place(before[old]) == _place(after[new]) for new, old in enumerate(self.places.tolist())]
        self._same: npt.NDArray[np.bool_] = np.array(same, dtype=np.bool_)
        self._stays: npt.NDArray[np.bool_] = np.array(stays, dtype=np.bool_)

    @property
    def changes(self) -> bool:
        """Whether anything is another than before."""
        same_order = np.array_equal(self.places, np.arange(self.before))
        return not (same_order and self._same.all())

    def state(self, old: State) -> State:
        """The same tracks under the new list; none are left where there is no sensor at all."""
        new = State(len(self.places), capacity=max(old.count, 1))
        new.count, new.time_s, new.refused = old.count, old.time_s, old.refused
        known = self.places >= 0
        learned = known & self._same
        for name, array in new.arrays().items():
            if name not in ("seen_s", "p_visible", "last_sensor"):
                array[...] = old.arrays()[name]
        rows = slice(0, old.count)
        new.seen_s[rows, known] = old.seen_s[rows, self.places[known]]
        new.p_visible[rows, learned] = old.p_visible[rows, self.places[learned]]
        new.looked_s[known] = old.looked_s[self.places[known]]
        new.clutter[learned] = old.clutter[self.places[learned]]
        new.last_sensor[rows] = self.to[old.last_sensor[rows]]
        _choose_seer(new)
        new.loose, new.bearings = self._rows(old.loose, 0), self._rows(old.bearings, SENSOR)
        if not len(self.places):
            new.keep(np.empty(0, dtype=np.int64))
        return new

    def _rows(self, table: Floats, column: int) -> Floats:
        """Directions of sensors that stand where they stood."""
        place = self.to[table[:, column].astype(np.int64)]
        stays = place >= 0
        stays[stays] = self._stays[place[stays]]
        kept = table[stays].copy()
        kept[:, column] = place[stays]
        return kept

    def steps(self, old: list[Step]) -> list[Step]:
        """The looks and waits of the last seconds, in canonical order, with the state that the first of them found.

        The states between are not kept: looks of equal time may stand in another order now.
        """
        steps = sorted((self._step(one) for one in old), key=lambda one: one.key)
        if steps and old[0].before is not None:
            steps[0].before = self.state(old[0].before)
        return steps

    def _step(self, old: Step) -> Step:
        at_s, rank, _, look, digest = old.key
        place = -1 if old.look is None else int(self.to[old.look.sensor])
        if old.look is None or place < 0:
            return Step(key=(at_s, 1, 0, "", b""), look=None)
        return Step(key=(at_s, rank, place, look, digest), look=msgspec.structs.replace(old.look, sensor=place))

    def numbering(self, old: Numbering) -> Numbering:
        """Which detections of the last seconds got which numbers."""
        new = Numbering()
        given: Given = {
            (at_s, int(self.to[sensor]), look, digest): some
            for (at_s, sensor, look, digest), some in old.given.items()
            if self.to[sensor] >= 0
        }
        new.next, new.given = old.next, given
        return new


def _place(sensor: Sensor) -> tuple[object, ...]:
    return tuple(getattr(sensor, name) for name in _PLACE)


def _choose_seer(state: State) -> None:
    """Tracks whose last sensor is gone: the one that saw them last of those that are left, else the first."""
    rows = np.flatnonzero(state.last_sensor[: state.count] < 0)
    if len(rows) and state.sensors:
        seen_s = np.nan_to_num(state.seen_s[rows], nan=-np.inf)
        state.last_sensor[rows] = np.argmax(seen_s, axis=1)
