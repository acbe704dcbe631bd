"""Where an actor is: samples in the plan frame, and their place in the site's east-north-up.

Plan frame: east and north as on the site's tangent plane, and height over ground. The ground is taken as even, at the
site's reference altitude, and follows the Earth's curve (mean radius). Neglected: terrain; the difference between arc
and tangent, 4 mm at 10 km.
"""

from __future__ import annotations

import msgspec
import numpy as np

from vedette.geo import Floats

STEP_S = 0.1
"""Spacing of the samples; at 60 m/s and the tightest turn a chord departs from its arc by 1 cm."""
EARTH_RADIUS_M = 6_371_000.0
"""Mean radius. At 10 km the ground lies 7.85 m below the tangent plane; another radius changes that by centimetres."""


class Path(msgspec.Struct, frozen=True, eq=False):
    """One actor's flight: `times_s` (n,) rising, `plan_m` (n, 3) and `plan_mps` (n, 3) east, north and height.

    Before the first time and after the last the actor is not there.
    """

    times_s: Floats
    plan_m: Floats
    plan_mps: Floats

    def at(self, times_s: Floats) -> tuple[Floats, Floats]:
        """Plan position and velocity (k, 3) each at `times_s` (k,), linear between samples, NaN while not there."""
        outside = {"left": np.nan, "right": np.nan}
        place = [np.interp(times_s, self.times_s, self.plan_m[:, axis], **outside) for axis in range(3)]
        rates = [np.interp(times_s, self.times_s, self.plan_mps[:, axis], **outside) for axis in range(3)]
        return np.stack(place, axis=-1), np.stack(rates, axis=-1)

    def until(self, last_s: float) -> Path:
        """The flight up to and including `last_s`."""
        place, rates = self.at(np.array([last_s]))
        keep = self.times_s < last_s
        return Path(
            np.append(self.times_s[keep], last_s),
            np.vstack([self.plan_m[keep], place]),
            np.vstack([self.plan_mps[keep], rates]),
        )

    def then(self, later: Path) -> Path:
        """The flight, and `later` from its second sample on (its first is this one's last)."""
        return Path(
            np.concatenate([self.times_s, later.times_s[1:]]),
            np.vstack([self.plan_m, later.plan_m[1:]]),
            np.vstack([self.plan_mps, later.plan_mps[1:]]),
        )


def to_enu(plan_m: Floats, plan_mps: Floats) -> tuple[Floats, Floats]:
    """Plan position and velocity (k, 3) → the site's east-north-up, metres and metres a second."""
    enu_m, enu_mps = plan_m.copy(), plan_mps.copy()
    flat_m, flat_mps = plan_m[:, :2], plan_mps[:, :2]
    enu_m[:, 2] -= np.sum(flat_m * flat_m, axis=1) / (2.0 * EARTH_RADIUS_M)
    enu_mps[:, 2] -= np.sum(flat_m * flat_mps, axis=1) / EARTH_RADIUS_M
    return enu_m, enu_mps
