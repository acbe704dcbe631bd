"""When and where a sensor looks: all round at one instant, or sector by sector as its antenna turns."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import numpy.typing as npt

from vedette.geo import Floats


class Sweep(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The looks of one sensor in order of time.

    times_s (k,): when each look ends, UTC. from_rad (k,): where its sector begins, clockwise from north; span_rad: how
    wide it is, 2π for a sensor that does not turn. span_s: how long the antenna takes for it, 0 if it does not turn.
    """

    times_s: Floats
    from_rad: Floats
    span_rad: float
    span_s: float

    @property
    def middle_s(self) -> Floats:
        """Half way through each look (k,)."""
        return np.asarray(self.times_s - 0.5 * self.span_s)

    def beam_s(self, look: npt.NDArray[np.int64] | slice, azimuth_rad: Floats) -> Floats:
        """When the antenna points so (k,) in these looks, held to each look's own time."""
        share = ((azimuth_rad - self.from_rad[look]) % math.tau) / self.span_rad
        return np.asarray(self.times_s[look] - self.span_s * (1.0 - np.clip(share, 0.0, 1.0)))

    def covers(self, azimuth_rad: Floats) -> npt.NDArray[np.bool_]:
        """Whether each look's sector holds this azimuth (k,)."""
        return np.asarray((azimuth_rad - self.from_rad) % math.tau <= self.span_rad)


def sweep(start_s: float, phase_s: float, end_s: float, period_s: float, sectors: int) -> Sweep:
    """The looks of a sensor from `phase_s` after `start_s`: one a period, or so many sectors a turn from north on."""
    if sectors == 1:
        times_s = np.arange(start_s + phase_s, end_s, period_s)
        return Sweep(times_s=times_s, from_rad=np.zeros(len(times_s)), span_rad=math.tau, span_s=0.0)
    span_s = period_s / sectors
    number = np.arange(math.ceil((end_s - start_s - phase_s) / span_s) - 1)
    times_s = np.round(start_s + phase_s + span_s * (number + 1), 6)
    span_rad = math.tau / sectors
    from_rad = np.asarray(span_rad * (number % sectors), dtype=np.float64)
    return Sweep(times_s=times_s, from_rad=from_rad, span_rad=span_rad, span_s=span_s)
