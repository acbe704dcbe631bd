"""Our tracker through its public face, with everything on; and the part of its time that its kernels take."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numba.core.dispatcher import Dispatcher

from benchmarks.tracker.scenes import Believed, Prepared
from vedette import Status, Tracker, Tracks
from vedette.sensing.compiled import Direct

ROOMS = ("vedette.tracking", "vedette.sensing")


class Ours:
    """`vedette.Tracker` on one scene; confirmed and coasting tracks are believed."""

    def __init__(self, prepared: Prepared) -> None:
        self._tracker = Tracker(prepared.site)
        self._scans = prepared.scans

    def step(self, scan: int) -> Tracks:
        """One look."""
        return self._tracker.observe(self._scans[scan])

    def believed(self, answer: Tracks) -> Believed:
        """Neither tentative tracks nor those known by direction alone."""
        rows = np.flatnonzero((answer.status != Status.TENTATIVE) & answer.range_known)
        names = tuple(str(number) for number in answer.id[rows].tolist())
        return Believed(names, answer.position_enu_m[rows], answer.velocity_enu_mps[rows])


class Meter:
    """Counts the calls of the kernels it stands in front of, and this thread's processor time in them."""

    def __init__(self) -> None:
        self.calls = 0
        self.seconds = 0.0

    def before(self, kernel: Callable[..., Any]) -> Callable[..., Any]:
        """A stand-in of the kernel."""

        def timed(*arguments: Any, **named: Any) -> Any:
            began = time.thread_time()
            answer = kernel(*arguments, **named)
            self.seconds += time.thread_time() - began
            self.calls += 1
            return answer

        return timed


@contextmanager
def metered() -> Iterator[Meter]:
    """While it lasts, every kernel that Python code of the tracker calls is timed.

    The kernels are found, not named: whatever compiled function a module or class of the two rooms refers to. Kernels
    that kernels call are part of those and not touched. The time includes Numba's unpacking of the arguments.
    """
    meter = Meter()
    replaced = []
    for holder, name, kernel in list(_kernels()):
        setattr(holder, name, meter.before(kernel))
        replaced.append((holder, name, kernel))
    try:
        yield meter
    finally:
        for holder, name, kernel in replaced:
            setattr(holder, name, kernel)


def _kernels() -> Iterator[tuple[Any, str, Any]]:
    for module_name, module in sorted(sys.modules.items()):
        if not module_name.startswith(ROOMS):
            continue
        classes = [value for value in vars(module).values() if isinstance(value, type)]
        for holder in (module, *(one for one in classes if one.__module__.startswith(ROOMS))):
            for name, value in list(vars(holder).items()):
                if isinstance(value, (Dispatcher, Direct)):
                    yield holder, name, value
