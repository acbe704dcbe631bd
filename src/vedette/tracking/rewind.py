"""The bounded past: the steps of the last seconds in canonical order, with states to go back to."""

from __future__ import annotations

import bisect
from collections.abc import Callable
from typing import Final

import msgspec

from vedette.sensing.measurement import Measured
from vedette.tracking.state import State

Key = tuple[float, int, int, str, bytes]

_BETWEEN: Final = 8
"""Checkpoints within late_s at most: at each a state is copied, which costs as much as running a tenth of a look again,
and is part of every snapshot."""
_APART: Final = 2.0
"""Times late_s from checkpoint to checkpoint at most: a late look makes what came in three times late_s run again, and
the copy is the dearest that is done to the tracks between looks."""
_STEPS: Final = 24
"""Steps from checkpoint to checkpoint at least, within late_s: where looks are few, one is enough."""


class Step(msgspec.Struct, eq=False):
    """A look, or (`look` None) a time that was waited for; `before`: the state it found, kept at checkpoints only."""

    key: Key
    look: Measured | None
    before: State | None = None


class Past:
    """Steps no older than late_s behind the newest, and the checkpoint before them. Always begins with a checkpoint."""

    def __init__(self, late_s: float) -> None:
        self.late_s = late_s
        self.steps: list[Step] = []

    def holds(self, key: Key) -> bool:
        """Whether this very look was taken."""
        if not self.steps or key > self.steps[-1].key:
            return False
        at = bisect.bisect_left(self.steps, key, key=_key)
        return at < len(self.steps) and self.steps[at].key == key

    def work_in(self, step: Step, state: State, run: Callable[[State, Step], None]) -> State:
        """Run a step where it belongs, and again all of its time and after it; returns the newest state."""
        at = start = len(self.steps)
        if self.steps and step.key <= self.steps[-1].key:
            at = start = bisect.bisect_right(self.steps, step.key, key=_key)
        if at < len(self.steps):
            start = bisect.bisect_left(self.steps, step.key[0], key=_time_s)
            while (before := self.steps[start].before) is None:
                start -= 1
            state = before.copy()
        if start == at and (at < len(self.steps) or self._is_due(step)):
            step.before = state
        self.steps.insert(at, step)
        for one in self.steps[start:]:
            if one.before is not None:
                one.before = state.copy()
            run(state, one)
        return state

    def trim(self, now_s: float) -> None:
        """Forget what no look within late_s can need."""
        keep = 0
        for number, step in enumerate(self.steps):
            if step.key[0] >= now_s - self.late_s and number > 0:
                break
            if step.before is not None:
                keep = number
        if keep:
            del self.steps[:keep]

    def _is_due(self, step: Step) -> bool:
        """Whether a step at the end is to begin with a checkpoint: some steps late are then not many steps again."""
        for since, one in enumerate(reversed(self.steps), start=1):
            if one.before is not None:
                passed_s = step.key[0] - one.key[0]
                return passed_s >= _APART * self.late_s or (since >= _STEPS and passed_s >= self.late_s / _BETWEEN)
        return True


def _key(step: Step) -> Key:
    return step.key


def _time_s(step: Step) -> float:
    return step.key[0]
