"""The filter against Stone Soup's: EKF prediction and update, and the PDA update, to a relative 1e-9."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from tests.tracking.field import FRAME, look, radar
from tests.tracking.oracle import GOLDEN, NOISE_M2PS3, VARIANCE, answer, cases
from tests.tracking.test_kernels import held, step
from vedette.geo import Floats
from vedette.sensing.measurement import measure
from vedette.sensing.projection import expect, innovate
from vedette.sensing.view import View
from vedette.tracking import motion
from vedette.tracking.association import Room
from vedette.tracking.state import State
from vedette.tracking.update import sums_room, update

pytestmark = pytest.mark.kernels

RADAR = radar(
    sigma_range_m=VARIANCE[0] ** 0.5,
    sigma_azimuth_deg=float(np.degrees(VARIANCE[1] ** 0.5)),
    sigma_elevation_deg=float(np.degrees(VARIANCE[2] ** 0.5)),
)
ALONE = motion.MODELS._replace(
    noise=np.tile(NOISE_M2PS3, (motion.MODES, 1)),
    turn_radps=np.zeros(motion.MODES),
    fall_s=np.zeros(motion.MODES),
    dwell_s=np.full(motion.MODES, np.inf),
)
CASES: list[dict[str, Any]] = json.loads(GOLDEN.read_text())


def predicted(case: dict[str, Any]) -> State:
    state = held((np.array(case["mean"]), np.array(case["covariance"])))
    state.p_exists[0] = 1.0
    step(state, case["dt_s"], ALONE)
    return state


def weigh_in(state: State, off: Floats, p: list[float]) -> None:
    """Update by detections `off` (n, 3) what is expected, of these probabilities; p[0]: missed."""
    many, room = len(off), Room(1, len(off), len(off))
    found = measure(look(RADAR, 0.0, [state.mean[0, 0, :3]] * many), 0, View(RADAR, FRAME), FRAME).rows
    expect(found, 0, state.mean, state.covariance, 0, 0, room.innovation)
    found.value[:, :3] = room.innovation.expected[0, 0, :3] + off
    for j in range(many):
        innovate(found, j, 0, 0, room.innovation, room.pairs.white, j)
    room.chances.p_missed[0] = p[0]
    room.pairs.first[1] = many
    room.pairs.detection[:] = np.arange(many)
    room.pairs.likelihood[:] = 1.0
    room.pairs.p_pair[:] = p[1:]
    state.p_exists[0] = 1.0
    update(found, state.rows, 1, room.chances, room.innovation, room.pairs, sums_room())


def equal(state: State, wanted: dict[str, Any]) -> None:
    scale = np.sqrt(np.diag(np.array(wanted["covariance"])))
    assert np.abs((state.mean[0, 0] - wanted["mean"]) / scale).max() < 1e-9
    off = state.covariance[0, 0] - np.array(wanted["covariance"])
    assert np.abs(off / np.outer(scale, scale)).max() < 1e-9


@pytest.mark.parametrize("case", CASES)
def test_the_prediction_is_stone_soup_s(case: dict[str, Any]) -> None:
    equal(predicted(case), case["predicted"])


@pytest.mark.parametrize("case", CASES)
def test_the_update_is_stone_soup_s(case: dict[str, Any]) -> None:
    state = predicted(case)
    weigh_in(state, np.array(case["off"][:1]), [0.0, 1.0])
    equal(state, case["updated"])


@pytest.mark.parametrize("case", CASES)
def test_the_pda_update_is_stone_soup_s(case: dict[str, Any]) -> None:
    state = predicted(case)
    weigh_in(state, np.array(case["off"]), case["p"])
    equal(state, case["pda"])


def test_the_recorded_answers_are_what_stone_soup_says() -> None:
    pytest.importorskip("stonesoup", reason="Stone Soup is in the dependency group `oracles`, not installed here")
    for case, recorded in zip(cases(), CASES, strict=True):
        for name, found in answer(case).items():
            if name != "dt_s":
                assert np.allclose(found["mean"], recorded[name]["mean"], rtol=1e-12)
                assert np.allclose(found["covariance"], recorded[name]["covariance"], rtol=1e-9)


def test_a_turn_without_noise_is_stone_soup_s() -> None:
    pytest.importorskip("stonesoup", reason="Stone Soup is in the dependency group `oracles`, not installed here")
    from stonesoup.models.transition.linear import KnownTurnRate

    for turn_radps in (0.15, -0.4):
        turning = ALONE._replace(noise=np.zeros((motion.MODES, 2)), turn_radps=np.full(motion.MODES, turn_radps))
        for case in CASES:
            state = held((np.array(case["mean"]), np.array(case["covariance"])))
            step(state, case["dt_s"], turning)
            model = KnownTurnRate(turn_noise_diff_coeffs=[0.0, 0.0], turn_rate=turn_radps)
            carry = np.eye(6)
            level = [0, 3, 1, 4]  # its state is x, its rate, y, its rate
            carry[np.ix_(level, level)] = model.matrix(time_interval=timedelta(seconds=case["dt_s"]))
            carry[2, 5] = case["dt_s"]
            mean, covariance = carry @ case["mean"], carry @ np.array(case["covariance"]) @ carry.T
            equal(state, {"mean": mean, "covariance": covariance})
