"""Stone Soup's GNN and JPDA on the marine radar's looks, put together as its tutorials 8 and 9 do.

Near-constant velocity in the plane, Mahalanobis distance with 3 as the price of a miss (tutorial 9), PDA hypotheses
(tutorial 8), a track begins by a smaller tracker of its own and ends when the trace of its covariance passes a
threshold (tutorial 9). What its two trackers do between these parts is the library's own.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import numpy as np
from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
from stonesoup.dataassociator.probability import JPDA
from stonesoup.deleter.error import CovarianceBasedDeleter
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.hypothesiser.probability import PDAHypothesiser
from stonesoup.initiator.simple import MultiMeasurementInitiator
from stonesoup.measures import Mahalanobis
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
from stonesoup.predictor.kalman import KalmanPredictor
from stonesoup.tracker.simple import MultiTargetMixtureTracker, MultiTargetTracker
from stonesoup.types.detection import Detection
from stonesoup.types.state import GaussianState
from stonesoup.updater.kalman import KalmanUpdater

from vedette.scoring import Moment

SIGMA_M, P_DETECT, CLUTTER_PER_M2 = 15.0, 0.8, 8e-8
"""As field_radar.toml says: four false detections over a circle of 4 km."""
SPEED_MPS = 10.0
"""Standard deviation of a new track's velocity: the boat does up to 11 m/s."""
SEARCHED = ((0.3, 1.0, 4.0), (2000.0, 4000.0, 8000.0), (2, 3, 4))
"""Process noise in m²/s³, trace of the covariance that ends a track, fewest points that begin one."""


class Looks:
    """The looks as Stone Soup's trackers take them: (time, detections) one after the other."""

    def __init__(self, truth: Any, model: LinearGaussian) -> None:
        self.truth, self.model = truth, model

    def __iter__(self) -> Iterator[tuple[datetime.datetime, set[Detection]]]:
        for time_s, places in zip(self.truth.time_s, self.truth.looks, strict=True):
            # Stone Soup counts in naive times.
            time = datetime.datetime.fromtimestamp(float(time_s), datetime.UTC).replace(tzinfo=None)
            yield time, {Detection(place[:, None], timestamp=time, measurement_model=self.model) for place in places}


def follow(kind: str, truth: Any, noise: float, trace: float, points: int) -> list[Moment]:
    """Each look's truth beside its tracks; `truth` is a field_radar.Recording."""
    model = LinearGaussian(4, (0, 2), np.diag([SIGMA_M**2, SIGMA_M**2]))
    predictor = KalmanPredictor(CombinedLinearGaussianTransitionModel([ConstantVelocity(noise)] * 2))
    updater = KalmanUpdater(model)
    nearest = GNNWith2DAssignment(DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=3))
    deleter = CovarianceBasedDeleter(trace)
    prior = GaussianState([[0], [0], [0], [0]], np.diag([0.0, SPEED_MPS**2, 0.0, SPEED_MPS**2]))
    common = {
        "initiator": MultiMeasurementInitiator(prior, deleter, nearest, updater, model, min_points=points),
        "deleter": deleter,
        "detector": Looks(truth, model),
        "updater": updater,
    }
    if kind == "GNN":
        tracker = MultiTargetTracker(data_associator=nearest, **common)
    else:
        hypotheses = PDAHypothesiser(predictor, updater, CLUTTER_PER_M2, prob_detect=P_DETECT)
        tracker = MultiTargetMixtureTracker(data_associator=JPDA(hypotheses), **common)
    return [
        beside(float(time_s), boat, sorted(tracks, key=lambda track: track.id))
        for time_s, boat, (_, tracks) in zip(truth.time_s, truth.boat_m, tracker, strict=True)
    ]


def beside(time_s: float, boat_m: Any, tracks: list[Any]) -> Moment:
    """The boat beside the tracks of one look."""
    places = np.array([[track.state_vector[0], track.state_vector[2]] for track in tracks], dtype=np.float64)
    away_m = np.linalg.norm(places.reshape(-1, 2) - boat_m[:2], axis=1)[None]
    return Moment(
        time_s=time_s,
        truths=("boat",),
        tracks=tuple(track.id for track in tracks),
        distance_m=away_m,
        velocity_error_mps=np.full_like(away_m, np.nan),
        identified=np.zeros(len(tracks), dtype=np.bool_),
    )
