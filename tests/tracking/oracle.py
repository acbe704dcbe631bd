"""Stone Soup's EKF prediction, EKF update and PDA update: the authority that the kernels must equal.

    python -m tests.tracking.oracle     # writes golden.json anew; needs the dependency group `oracles`

Its state is north, its rate, east, its rate, up, its rate: so its bearing, counter-clockwise from x, is our azimuth.
Its Jacobian is a finite difference; the derivatives written out stand in its place, so that the filters are compared.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from vedette.geo import Floats

GOLDEN = Path(__file__).with_name("golden.json")
NOISE_M2PS3 = (1.7, 0.4)
VARIANCE = (100.0, 3.0e-4, 2.5e-4)
"""Of range in m², azimuth and elevation in rad²."""
ORDER = [2, 0, 4, 3, 1, 5]
"""Where our east, north, up and their rates stand in its state."""


def cases() -> list[dict[str, Any]]:
    """States, steps and detections, drawn once."""
    rng, found = np.random.default_rng(12), []
    for _ in range(6):
        half = rng.normal(size=(6, 6)) * [8.0, 8.0, 8.0, 2.0, 2.0, 1.0]
        found.append({
            "mean": [*rng.uniform(-2500.0, 2500.0, 2), rng.uniform(50.0, 400.0), *rng.normal(0.0, 12.0, 3)],
            "covariance": (half.T @ half + np.eye(6)).tolist(),
            "dt_s": float(rng.uniform(0.2, 3.0)),
            "off": (rng.normal(size=(2, 3)) * np.sqrt(VARIANCE)).tolist(),
            "p": rng.dirichlet([1.0, 2.0, 1.0]).tolist(),
        })  # fmt: skip
    return found


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """What Stone Soup makes of a case: predicted, updated by the first detection alone, updated by both as PDA does."""
    from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRange
    from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
    from stonesoup.predictor.kalman import ExtendedKalmanPredictor
    from stonesoup.types.detection import Detection, MissedDetection
    from stonesoup.types.hypothesis import SingleHypothesis, SingleProbabilityHypothesis
    from stonesoup.types.multihypothesis import MultipleHypothesis
    from stonesoup.types.state import GaussianState
    from stonesoup.updater.kalman import ExtendedKalmanUpdater
    from stonesoup.updater.probability import PDAUpdater

    class Radar(CartesianToElevationBearingRange):
        def jacobian(self, state: Any, **kwargs: Any) -> Floats:
            north, east, up = (float(state.state_vector[k]) for k in (0, 2, 4))
            flat, slant = math.hypot(north, east), math.hypot(north, east, up)
            matrix = np.zeros((3, 6))
            matrix[0, [0, 2, 4]] = np.array([-north * up / flat, -east * up / flat, flat]) / slant**2
            matrix[1, [0, 2]] = -east / flat**2, north / flat**2
            matrix[2, [0, 2, 4]] = north / slant, east / slant, up / slant
            return matrix

    level, upright = NOISE_M2PS3
    moves = CombinedLinearGaussianTransitionModel(
        [ConstantVelocity(level), ConstantVelocity(level), ConstantVelocity(upright)]
    )
    range2, azimuth2, elevation2 = VARIANCE
    radar = Radar(6, (0, 2, 4), np.diag([elevation2, azimuth2, range2]))
    back, start = np.argsort(ORDER), datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    covariance = np.array(case["covariance"])[np.ix_(back, back)]
    prior = GaussianState(np.array(case["mean"])[back], covariance, timestamp=start)
    at = start + timedelta(seconds=case["dt_s"])
    step_s = (at - start).total_seconds()
    prediction = ExtendedKalmanPredictor(moves).predict(prior, timestamp=at)
    updater = ExtendedKalmanUpdater(radar)
    expected = updater.predict_measurement(prediction)
    detections = [
        Detection(expected.state_vector + np.array(off)[::-1].reshape(3, 1), timestamp=at, measurement_model=radar)
        for off in case["off"]
    ]
    single = updater.update(SingleHypothesis(prediction, detections[0], expected))
    hypotheses = [
        SingleProbabilityHypothesis(
            prediction, MissedDetection(timestamp=at), measurement_prediction=expected, probability=case["p"][0]
        )
    ]
    hypotheses += [
        SingleProbabilityHypothesis(prediction, one, measurement_prediction=expected, probability=p)
        for one, p in zip(detections, case["p"][1:], strict=True)
    ]
    several = PDAUpdater(radar).update(MultipleHypothesis(hypotheses))
    return {"dt_s": step_s} | {
        name: {
            "mean": np.asarray(state.state_vector, dtype=np.float64).ravel()[ORDER].tolist(),
            "covariance": np.asarray(state.covar, dtype=np.float64)[np.ix_(ORDER, ORDER)].tolist(),
        }
        for name, state in (("predicted", prediction), ("updated", single), ("pda", several))
    }


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps([case | answer(case) for case in cases()], indent=1) + "\n")
