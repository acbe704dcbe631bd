"""What association costs: the same radar filtered by one who is told which detection is whose.

An interacting multiple model (Blom & Bar-Shalom 1988) a drone, with an EKF for each model, in plain NumPy over all
drones at once. It starts at the drone's first detection and says where it is for as long as it flies: no clutter, no
false track; missed only before the first detection. Two sets of models go through it: three of near-constant velocity,
searched on seeds of their own (benchmarks.tracker.search), and the tracker's own. `Told` is the tracker itself, through
its public face, each detection naming its drone. GOSPA pairs anew at each time, so that near drones switch here too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.radar_scenario import SIGMA_AZIMUTH_DEG, SIGMA_ELEVATION_DEG, SIGMA_RANGE_M, START_S, Ints
from benchmarks.tracker.scenes import Believed, Prepared, prepare_site, scan_of
from vedette import Tracker, Tracks
from vedette.model import Floats
from vedette.tracking import motion
from vedette.units import STANDARD_GRAVITY_MPS2

VARIANCE = np.array([SIGMA_RANGE_M, math.radians(SIGMA_AZIMUTH_DEG), math.radians(SIGMA_ELEVATION_DEG)]) ** 2
STEP_S = 1.0
SLICES = 1000
"""Of a step, for the integral of its noise."""


@dataclass(frozen=True)
class Models:
    """M models of motion. Arrays as in vedette.tracking.motion.

    noise_m2ps3 (M, 2): spectral density, horizontal and vertical. fall_s (M,): 0, or time constant of a fall with drag.
    dwell_s (M,): mean time in each. jump (M, M): where it goes then. start (M,): probabilities at first.
    start_speed_mps (M, 2): a new track's velocity, one standard deviation, horizontal and vertical. turn_radps (M,):
    rate of a level turn, 0: straight.
    """

    noise_m2ps3: Floats
    fall_s: Floats
    dwell_s: Floats
    jump: Floats
    start: Floats
    start_speed_mps: Floats
    turn_radps: Floats

    def matrices(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Over one step: F (M, 6, 6), what is added to the state (M, 6), Q (M, 6, 6), transitions (M, M)."""
        modes = len(self.dwell_s)
        carry, added, noise = np.zeros((modes, 6, 6)), np.zeros((modes, 6)), np.zeros((modes, 6, 6))
        for m in range(modes):
            carry[m], added[m], noise[m] = self._step(m)
        stay = np.exp(-STEP_S / self.dwell_s)
        return carry, added, noise, np.diag(stay) + (1.0 - stay)[:, None] * self.jump

    def _step(self, m: int) -> tuple[Floats, Floats, Floats]:
        """F, what is added and Q of one model; a turn's Q by quadrature."""
        fall_s, (level, upright) = self.fall_s[m], self.noise_m2ps3[m]
        keep = math.exp(-STEP_S / fall_s) if fall_s else 1.0
        reach = fall_s * (1.0 - keep) if fall_s else STEP_S
        added = np.zeros(6)
        if fall_s:
            added[2] = -STANDARD_GRAVITY_MPS2 * fall_s * (STEP_S - reach)
            added[5] = -STANDARD_GRAVITY_MPS2 * reach
            carry = np.block([[np.eye(3), reach * np.eye(3)], [np.zeros((3, 3)), keep * np.eye(3)]])
        else:
            carry = _turned(self.turn_radps[m], STEP_S)
        density = np.diag([0.0, 0.0, 0.0, level, level, upright])
        parts = [_turned(self.turn_radps[m], dt_s) for dt_s in (np.arange(SLICES) + 0.5) * STEP_S / SLICES]
        return carry, added, sum(part @ density @ part.T for part in parts) * STEP_S / SLICES


def _turned(turn_radps: float, dt_s: float) -> Floats:
    """F (6, 6) of a level turn at a known rate over dt_s, or of straight flight."""
    carry = np.eye(6)
    carry[:3, 3:] = dt_s * np.eye(3)
    if turn_radps:
        sine, cosine = math.sin(turn_radps * dt_s), math.cos(turn_radps * dt_s)
        carry[:2, 3:5] = np.array([[sine, cosine - 1.0], [1.0 - cosine, sine]]) / turn_radps
        carry[3:5, 3:5] = [[cosine, -sine], [sine, cosine]]
    return carry


OURS = Models(
    motion.NOISE, motion.FALL_S, motion.DWELL_S, motion.JUMP, motion.START, motion.START_SPEED_MPS, motion.TURN_RADPS
)


def near_constant_velocity(noise_m2ps3: Floats, dwell_s: float, start_speed_mps: tuple[float, float]) -> Models:
    """Three models (3, 2) that differ in noise alone, all as likely to be left for either of the others."""
    modes = len(noise_m2ps3)
    away = (np.ones((modes, modes)) - np.eye(modes)) / (modes - 1)
    speed = np.tile(start_speed_mps, (modes, 1))
    none = np.zeros(modes)
    return Models(noise_m2ps3, none, np.full(modes, dwell_s), away, np.full(modes, 1.0 / modes), speed, none)


THREE = near_constant_velocity(
    np.array([[1e-4, 3e-8], [0.03, 9e-6], [20.0, 6e-3]]),
    dwell_s=40.0,
    start_speed_mps=(8.0, 0.7),
)
"""What benchmarks.tracker.search found."""


class KnownAssociation:
    """Those models on one scene, told whose each detection is."""

    def __init__(self, prepared: Prepared, models: Models) -> None:
        self._scene, self._models = prepared.scene, models
        self._carry, self._added, self._noise, self._turn = models.matrices()
        drones = 1 + max((drone for present in prepared.scene.present for drone in present), default=0)
        modes = len(models.start)
        self._started = np.zeros(drones, dtype=np.bool_)
        self._mean, self._covariance = np.zeros((drones, modes, 6)), np.zeros((drones, modes, 6, 6))
        self._mode = np.tile(models.start, (drones, 1))

    def step(self, scan: int) -> tuple[Ints, Floats]:
        """Predict those started, take in each drone's detection; (rows, states) of the drones in the air."""
        present = np.array(self._scene.present[scan], dtype=np.int64)
        rows, whose = self._scene.looks[scan], self._scene.whose[scan]
        measured = np.column_stack([rows[:, 0], np.radians(rows[:, 1:])])[whose >= 0]
        seen = whose[whose >= 0]
        flying = present[self._started[present]]
        self._predict(flying)
        old = self._started[seen]
        self._update(seen[old], measured[old])
        self._begin(seen[~old], measured[~old])
        shown = present[self._started[present]]
        return shown, np.einsum("nm,nmk->nk", self._mode[shown], self._mean[shown])

    def believed(self, answer: tuple[Ints, Floats]) -> Believed:
        """All that fly and have been seen."""
        rows, states = answer
        return Believed(tuple(str(row) for row in rows.tolist()), states[:, :3], states[:, 3:])

    def _predict(self, at: Any) -> None:
        """Mix, then x ← F x + g, P ← F P Fᵀ + Q."""
        joint = self._mode[at, :, None] * self._turn
        mode = joint.sum(axis=1)
        share = joint / mode[:, None]
        mean = np.einsum("nab,nak->nbk", share, self._mean[at])
        off = self._mean[at][:, :, None] - mean[:, None]
        spread = self._covariance[at][:, :, None] + off[..., :, None] * off[..., None, :]
        covariance = np.einsum("nab,nabkl->nbkl", share, spread)
        self._mode[at] = mode
        self._mean[at] = np.einsum("mkl,nml->nmk", self._carry, mean) + self._added
        self._covariance[at] = self._carry @ covariance @ np.swapaxes(self._carry, -1, -2) + self._noise

    def _update(self, at: Any, measured: Floats) -> None:
        """The EKF of each model, and how likely each made the detection."""
        expected, jacobian = project(self._mean[at][..., :3])
        nu = measured[:, None] - expected
        nu[..., 1] = (nu[..., 1] + math.pi) % (2.0 * math.pi) - math.pi
        crossed = self._covariance[at][..., :3] @ np.swapaxes(jacobian, -1, -2)
        innovation = jacobian @ crossed[..., :3, :] + np.diag(VARIANCE)
        gain = crossed @ np.linalg.inv(innovation)
        weighed = np.linalg.solve(innovation, nu[..., None])[..., 0]
        log = -0.5 * (np.sum(nu * weighed, axis=-1) + np.linalg.slogdet(innovation)[1])
        mode = self._mode[at] * np.exp(log - log.max(axis=1, keepdims=True))
        self._mode[at] = np.maximum(mode / mode.sum(axis=1, keepdims=True), 1e-4)
        self._mode[at] /= self._mode[at].sum(axis=1, keepdims=True)
        self._mean[at] += np.einsum("nmkz,nmz->nmk", gain, nu)
        self._covariance[at] -= gain @ innovation @ np.swapaxes(gain, -1, -2)

    def _begin(self, at: Any, measured: Floats) -> None:
        slant, azimuth, elevation = measured.T
        flat = slant * np.cos(elevation)
        place = np.column_stack([flat * np.sin(azimuth), flat * np.cos(azimuth), slant * np.sin(elevation)])
        back = np.linalg.inv(project(place)[1])
        speed = self._models.start_speed_mps[:, [0, 0, 1]] ** 2
        self._started[at] = True
        self._mean[at] = 0.0
        self._mean[at, :, :3] = place[:, None]
        self._covariance[at] = 0.0
        self._covariance[at, :, :3, :3] = (back @ np.diag(VARIANCE) @ np.swapaxes(back, -1, -2))[:, None]
        self._covariance[at, :, 3:, 3:] = speed[:, :, None] * np.eye(3)


def project(place_m: Floats) -> tuple[Floats, Floats]:
    """Range, azimuth and elevation (…, 3) of positions (…, 3) about the radar, and their Jacobian (…, 3, 3)."""
    east, north, up = np.moveaxis(place_m, -1, 0)
    flat2 = east**2 + north**2
    flat, slant2 = np.sqrt(flat2), flat2 + up**2
    slant = np.sqrt(slant2)
    zero = np.zeros_like(east)
    jacobian = np.stack(
        [
            np.stack([east / slant, north / slant, up / slant], axis=-1),
            np.stack([north / flat2, -east / flat2, zero], axis=-1),
            np.stack([-east * up / (flat * slant2), -north * up / (flat * slant2), flat / slant2], axis=-1),
        ],
        axis=-2,
    )
    return np.stack([slant, np.arctan2(east, north), np.arctan2(up, flat)], axis=-1), jacobian


class Told:
    """The tracker itself, through its public face: each detection carries its drone's name, and there is no clutter."""

    def __init__(self, prepared: Prepared) -> None:
        self._scene = prepared.scene
        self._tracker = Tracker(prepare_site(0.0, prepared.scene.reach))
        self._scans = [
            scan_of(rows[whose >= 0], START_S + scan, [_name(drone) for drone in whose[whose >= 0].tolist()])
            for scan, (rows, whose) in enumerate(zip(prepared.scene.looks, prepared.scene.whose, strict=True))
        ]

    def step(self, scan: int) -> tuple[int, Tracks]:
        """One look of each drone's own detections."""
        return scan, self._tracker.observe(self._scans[scan])

    def believed(self, answer: tuple[int, Tracks]) -> Believed:
        """The tracks of the drones in the air, tentative or not."""
        scan, tracks = answer
        flying = {_name(drone) for drone in self._scene.present[scan]}
        rows = [row for row, name in enumerate(tracks.identity) if name in flying]
        names = tuple(str(tracks.identity[row]) for row in rows)
        return Believed(names, tracks.position_enu_m[rows], tracks.velocity_enu_mps[rows])


def _name(drone: int) -> str:
    """An aircraft's name: such a track ends by silence alone, not by misses."""
    return f"icao:{drone + 1:06X}"
