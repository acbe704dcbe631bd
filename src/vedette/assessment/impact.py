"""Where a track comes down, from the last state that a sensor had a part in: a prediction is no evidence.

A track is *descending* when in its newest updated states (UPDATES_LEAST of them) it sinks faster than SINK_LEAST_MPS,
steeply, and by more than noise explains, and has lost height since: so neither a level flyer with a noisy height nor an
approach on a glide path counts. The place is the mean, and the
ellipse the covariance, of samples of the state carried to the ground by `fall`.

An impact's basis is `descending` while the track is still up and `descent` once it has ended, or coasts, and its last
updated state was low: below LOW_M or within LOW_S of the ground in free fall. An aircraft that is or
says it is manned gets an impact only at MANNED_SINK_MPS, far beyond any landing; birds get none.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
from shapely.geometry.base import BaseGeometry

from vedette.assessment.fall import fall, normal_samples
from vedette.assessment.inside import mass_inside
from vedette.assessment.motion import ellipse
from vedette.geo import LocalFrame
from vedette.model import CLASSES, Floats, Impact
from vedette.units import STANDARD_GRAVITY_MPS2

SINK_LEAST_MPS: Final = 5.0
"""Multirotors land at 1 to 3 m/s; an airliner on a 3° glide path at 70 m/s sinks at 3.7 m/s."""
SINK_SIGMAS_EACH: Final = 1.0
SINK_SIGMAS_SUM: Final = 4.0
"""Of the newest updates each, and all together: one lucky miss of the radar must not hide a fall."""
DROP_LEAST_M: Final = 15.0
DROP_SIGMAS: Final = 1.5
"""How much height it must have lost within HISTORY_S, in metres and in standard deviations of the height."""
SLOPE_LEAST: Final = 0.12
"""Sink over ground speed: 7°, steeper than any civil approach but a few (London City: 5.5°)."""
UPDATES_LEAST: Final = 2
MANNED_SINK_MPS: Final = 15.0
LOW_M: Final = 80.0
LOW_S: Final = 4.0
HISTORY_S: Final = 12.0
"""How long updated states are kept: a fall from 220 m takes 6 to 9 s."""

TERMINAL_MPS: Final = 40.0
TERMINAL_LOG_SIGMA: Final = 0.35
"""Terminal speed 40 m/s, 28 to 57 m/s at 1 sigma: 10 kg on 0.1 m² of drag area fall at 40 m/s."""

MODEL_SIGMA_M: Final = 8.0
"""What the model leaves out (wind, lift, level ground), per horizontal axis, for a fall of a few seconds."""

INSIDE_P: Final = 0.9
OUTSIDE_P: Final = 0.1

_SAMPLES = normal_samples(48, 7)


class Updated(msgspec.Struct, frozen=True, kw_only=True):
    """A track's state when some sensor had just updated it. `state`: east, north, height over ground, and their rates.

    covariance: 6 × 6 of it, row by row.
    """

    observed_s: float
    state: tuple[float, ...]
    covariance: tuple[float, ...]

    @property
    def height_m(self) -> float:
        """Height over ground."""
        return self.state[2]

    @property
    def sink_mps(self) -> float:
        """Rate of fall, positive down."""
        return -self.state[5]

    @property
    def sigma_sink_mps(self) -> float:
        """Its standard deviation."""
        return float(np.sqrt(max(self.covariance[35], 0.0)))

    @property
    def sigma_height_m(self) -> float:
        """Standard deviation of the height."""
        return float(np.sqrt(max(self.covariance[14], 0.0)))

    @property
    def slope(self) -> float:
        """Sink over ground speed."""
        return self.sink_mps / max(float(np.hypot(self.state[3], self.state[4])), 1.0)


def is_descending(history: tuple[Updated, ...], *, least_mps: float = SINK_LEAST_MPS) -> bool:
    """Whether the newest updated states show a fall, as above."""
    newest = history[-UPDATES_LEAST:]
    if len(newest) < UPDATES_LEAST:
        return False
    sure = [one.sink_mps / max(one.sigma_sink_mps, 0.1) for one in newest]
    steep = all(one.sink_mps > least_mps and one.slope > SLOPE_LEAST for one in newest)
    lost_m = max(one.height_m for one in history) - newest[-1].height_m
    fallen = lost_m > max(DROP_LEAST_M, DROP_SIGMAS * newest[-1].sigma_height_m)
    return steep and fallen and min(sure) > SINK_SIGMAS_EACH and sum(sure) > SINK_SIGMAS_SUM


def is_low(last: Updated) -> bool:
    """Whether it was about to reach the ground, falling freely from there on."""
    sink_mps, gravity = max(last.sink_mps, 0.0), STANDARD_GRAVITY_MPS2
    fall_s = (np.sqrt(sink_mps**2 + 2.0 * gravity * max(last.height_m, 0.0)) - sink_mps) / gravity
    return bool(last.height_m < LOW_M or fall_s < LOW_S)


def sink_wanted_mps(p_classes: tuple[float, ...], identity: str | None) -> float | None:
    """The least sink rate at which such an aircraft is said to come down; None: never (a bird)."""
    likeliest = CLASSES[int(np.argmax(p_classes))]
    p_uav = p_classes[0] + p_classes[1]
    if likeliest == "bird" and p_classes[3] > p_uav:
        return None
    if (identity or "").startswith("icao:") or (likeliest == "manned" and p_classes[2] > p_uav):
        return MANNED_SINK_MPS
    return SINK_LEAST_MPS


def impact_of(last: Updated, frame: LocalFrame, perimeter: BaseGeometry | None, basis: str) -> Impact:
    """Where the state `last` comes down."""
    mean, covariance = landing(last)
    height = float(-((mean @ mean) / (2.0 * 6_371_009.0)))
    latitude, longitude, _ = frame.to_geodetic(np.array([mean[0], mean[1], height]))
    major, minor, azimuth = ellipse(covariance)
    p_inside = None if perimeter is None else mass_inside(perimeter, mean, covariance)
    return Impact(
        observed_s=last.observed_s,
        latitude_deg=float(latitude),
        longitude_deg=float(longitude),
        sigma_major_m=float(major),
        sigma_minor_m=float(minor),
        azimuth_true_deg=float(azimuth),
        p_inside=p_inside,
        place=place_of(p_inside),
        basis=basis,
    )


def place_of(p_inside: float | None) -> str:
    """The word for a probability; without a perimeter nothing can be said."""
    if p_inside is None or OUTSIDE_P < p_inside < INSIDE_P:
        return "unsure"
    return "inside" if p_inside >= INSIDE_P else "outside"


def landing(last: Updated) -> tuple[Floats, Floats]:
    """Mean (2,) and covariance (2, 2) of the place, east and north in metres."""
    state, covariance = np.array(last.state), np.array(last.covariance).reshape(6, 6)
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2.0)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    states = state + _SAMPLES[:, :6] @ root.T
    terminal = TERMINAL_MPS * np.exp(TERMINAL_LOG_SIGMA * _SAMPLES[:, 6])
    # It was seen in the air and sinking: samples under the ground are on it, and none climbs.
    height, velocity = np.maximum(states[:, 2], 0.0), states[:, 3:]
    velocity[:, 2] = np.minimum(velocity[:, 2], 0.0)
    way, _ = fall(height, velocity, terminal)
    places = states[:, :2] + way
    mean = places.mean(axis=0)
    away = places - mean
    return mean, away.T @ away / len(places) + MODEL_SIGMA_M**2 * np.eye(2)
