"""Stone Soup's trackers on the same scenes, put together as its documentation does.

Extended Kalman filter, near-constant velocity, its model of a radar that measures elevation, bearing and range; tracks
begin by its multi-measurement initiator. Four ways to associate: two-dimensional assignment, the same behind a k-d tree
of the detections or a TPR tree of the tracks (its tutorial on trees), and JPDA by loopy belief propagation (its example
of that). Parameters: benchmarks.tracker.search. The parts are Stone Soup's own, none of them changed.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from benchmarks.radar_scenario import (
    ELEVATION_DEG,
    P_DETECT,
    RANGE_M,
    SIGMA_AZIMUTH_DEG,
    SIGMA_ELEVATION_DEG,
    SIGMA_RANGE_M,
    START_S,
)
from benchmarks.tracker.scenes import Believed, Prepared

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
    from stonesoup.dataassociator.probability import JPDAwithLBP
    from stonesoup.dataassociator.tree import DetectionKDTreeGNN2D, TPRTreeGNN2D
    from stonesoup.deleter.error import CovarianceBasedDeleter
    from stonesoup.deleter.time import UpdateTimeStepsDeleter
    from stonesoup.hypothesiser.distance import DistanceHypothesiser
    from stonesoup.hypothesiser.probability import PDAHypothesiser
    from stonesoup.initiator.simple import MultiMeasurementInitiator
    from stonesoup.measures import Mahalanobis
    from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRange
    from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
    from stonesoup.predictor.kalman import KalmanPredictor
    from stonesoup.tracker.simple import MultiTargetMixtureTracker, MultiTargetTracker
    from stonesoup.types.angle import Bearing, Elevation
    from stonesoup.types.array import StateVector
    from stonesoup.types.detection import Detection
    from stonesoup.types.state import GaussianState
    from stonesoup.updater.kalman import ExtendedKalmanUpdater

POSITION, VELOCITY = (0, 2, 4), (1, 3, 5)
"""Places in its state: x, its rate, y, its rate, z, its rate."""


@dataclass(frozen=True)
class Setting:
    """What is searched.

    level, upright: horizontal and vertical spectral density of the noise, m²/s³. gate: Mahalanobis distance at which a
    track counts as missed. p_gate: JPDA, probability that its gate holds the true detection. points: detections that
    make a track. patience: scans without a detection after which a track ends; patience_new: one not yet made.
    spread_m: instead, the standard deviation of its position at which a track ends. speed_mps: of a new track, one
    standard deviation on each axis, horizontal and vertical. reach_m: k-d tree, how far around the prediction it looks.
    """

    level: float = 10.0
    upright: float = 0.0001
    gate: float = 4.0
    p_gate: float = 0.9999
    points: int = 3
    patience: int = 4
    patience_new: int = 2
    spread_m: float | None = None
    speed_mps: tuple[float, float] = (10.0, 1.0)
    reach_m: float = 60.0

    def deleter(self) -> Any:
        """What ends its tracks."""
        if self.spread_m is None:
            return UpdateTimeStepsDeleter(self.patience)
        return CovarianceBasedDeleter(self.spread_m**2, mapping=list(POSITION))


class Parts:
    """Stone Soup's components for one scene and setting, to be joined."""

    def __init__(self, prepared: Prepared, setting: Setting) -> None:
        self.setting = setting
        sigmas = np.array([math.radians(SIGMA_ELEVATION_DEG), math.radians(SIGMA_AZIMUTH_DEG), SIGMA_RANGE_M])
        self.measurement_model = CartesianToElevationBearingRange(6, np.array(POSITION), np.diag(sigmas**2))
        axes = [ConstantVelocity(noise) for noise in (setting.level, setting.level, setting.upright)]
        self.predictor = KalmanPredictor(CombinedLinearGaussianTransitionModel(axes))
        self.updater = ExtendedKalmanUpdater(self.measurement_model)
        field = (
            RANGE_M[1] * prepared.scene.reach - RANGE_M[0],
            2.0 * math.pi,
            math.radians(float(np.diff(ELEVATION_DEG)[0])),
        )
        self.clutter_density = prepared.scene.clutter / math.prod(field)

    def by_distance(self, gate: float) -> Any:
        """Hypotheses scored by Mahalanobis distance."""
        return DistanceHypothesiser(self.predictor, self.updater, Mahalanobis(), missed_distance=gate)

    def assignment(self) -> Any:
        """Two-dimensional assignment over all pairs."""
        return GNNWith2DAssignment(self.by_distance(self.setting.gate))

    def kd_tree(self) -> Any:
        """The same over the pairs that a k-d tree of the detections finds near."""
        return DetectionKDTreeGNN2D(
            hypothesiser=self.by_distance(self.setting.gate),
            predictor=self.predictor,
            updater=self.updater,
            max_distance=self.setting.reach_m,
        )

    def tpr_tree(self) -> Any:
        """The same over the pairs that a TPR tree of the tracks finds to meet.

        The tree looks three standard deviations of the track around it and leaves the detection's error out, so that it
        loses many; on the ground plan alone, where a track is less sure, it loses fewest.
        """
        return TPRTreeGNN2D(
            hypothesiser=self.by_distance(self.setting.gate),
            measurement_model=self.measurement_model,
            horizon_time=timedelta(seconds=10),
            pos_mapping=POSITION[:2],
            vel_mapping=VELOCITY[:2],
        )

    def tracker(self, kind: type, associator: Any, associator_new: Any) -> Any:
        """A tracker of these parts."""
        level, upright = self.setting.speed_mps
        prior = GaussianState(np.zeros((6, 1)), np.diag([0.0, level, 0.0, level, 0.0, upright]) ** 2)
        initiator = MultiMeasurementInitiator(
            prior_state=prior,
            measurement_model=self.measurement_model,
            deleter=UpdateTimeStepsDeleter(self.setting.patience_new),
            data_associator=associator_new,
            updater=self.updater,
            min_points=self.setting.points,
        )
        return kind(
            initiator=initiator,
            deleter=self.setting.deleter(),
            detector=None,
            data_associator=associator,
            updater=self.updater,
        )


def global_nearest(prepared: Prepared, setting: Setting) -> Any:
    """Global nearest neighbour by two-dimensional assignment."""
    parts = Parts(prepared, setting)
    return parts.tracker(MultiTargetTracker, parts.assignment(), parts.assignment())


def kd_tree(prepared: Prepared, setting: Setting) -> Any:
    """The same with k-d trees."""
    parts = Parts(prepared, setting)
    return parts.tracker(MultiTargetTracker, parts.kd_tree(), parts.kd_tree())


def tpr_tree(prepared: Prepared, setting: Setting) -> Any:
    """The same with TPR trees."""
    parts = Parts(prepared, setting)
    return parts.tracker(MultiTargetTracker, parts.tpr_tree(), parts.tpr_tree())


def jpda(prepared: Prepared, setting: Setting) -> Any:
    """JPDA by loopy belief propagation; new tracks by two-dimensional assignment behind a k-d tree."""
    parts = Parts(prepared, setting)
    hypothesiser = PDAHypothesiser(
        predictor=parts.predictor,
        updater=parts.updater,
        clutter_spatial_density=parts.clutter_density,
        prob_detect=P_DETECT,
        prob_gate=setting.p_gate,
    )
    return parts.tracker(MultiTargetMixtureTracker, JPDAwithLBP(hypothesiser), parts.kd_tree())


Build = Callable[[Prepared, Setting], Any]


class StoneSoup:
    """One of its trackers on one scene; the detections are its own objects, made beforehand."""

    def __init__(self, prepared: Prepared, build: Build, setting: Setting) -> None:
        self._tracker = build(prepared, setting)
        model = self._tracker.initiator.measurement_model
        self._times = [_at(scan) for scan in range(len(prepared.scans))]
        self._detections = [
            {
                Detection(
                    StateVector([Elevation(math.radians(up)), Bearing(math.pi / 2.0 - math.radians(azimuth)), slant]),
                    timestamp=at,
                    measurement_model=model,
                )
                for slant, azimuth, up in rows.tolist()
            }
            for at, rows in zip(self._times, prepared.scene.looks, strict=True)
        ]

    def step(self, scan: int) -> Any:
        """One look."""
        return self._tracker.update_tracker(self._times[scan], self._detections[scan])[1]

    def believed(self, answer: Any) -> Believed:
        """Every track it gives out: those its initiator still holds are not among them."""
        states = np.array([np.asarray(track.state.mean, dtype=float).ravel() for track in answer]).reshape(-1, 6)
        return Believed(tuple(track.id for track in answer), states[:, POSITION], states[:, VELOCITY])


def _at(scan: int) -> datetime:
    return datetime.fromtimestamp(START_S + scan, tz=UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Peer:
    """One of its trackers. most: by number of drones, at most so many seeds and scans: it is slow."""

    name: str
    build: Build
    setting: Setting
    most: Mapping[int, tuple[int, int]]

    def on(self, prepared: Prepared, setting: Setting | None = None) -> StoneSoup:
        """Set up for a scene."""
        return StoneSoup(prepared, self.build, setting or self.setting)


# Searched on 2026-11-25 with Stone Soup 1.9.1. 2-D assignment takes the k-d tree's: its pairs and scores are the same.
# reach_m: the least that changes no GOSPA, and so the fastest.
PEERS: Mapping[str, Peer] = {
    "kd_tree": Peer("Stone Soup k-d tree", kd_tree, Setting(), {}),
    "tpr_tree": Peer("Stone Soup TPR tree", tpr_tree, Setting(level=80.0, upright=0.01, gate=3.5, patience=4), {}),
    "global_nearest": Peer("Stone Soup 2-D assignment", global_nearest, Setting(), {50: (2, 50), 200: (1, 25)}),
    "jpda": Peer("Stone Soup JPDA-LBP", jpda, Setting(), {50: (2, 50), 200: (1, 25)}),
}
