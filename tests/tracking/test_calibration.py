"""The class posterior on flights that nothing was fitted to: drawn, and real."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import class_calibration as calibration
from benchmarks import classes_fit
from benchmarks.class_scenes import Sample
from vedette.model import CLASSES
from vedette.tracking import classes, features
from vedette.tracking.state import SCHEMES

SEEDS = range(700_000, 700_040)
ROTARY, MANNED, OTHER = CLASSES.index("uav_rotary"), CLASSES.index("manned"), CLASSES.index("other")


@pytest.mark.slow
def test_it_is_calibrated_on_flights_that_were_drawn_apart() -> None:
    samples = [one for seed in SEEDS for one in calibration.run(seed, calibration.STRANGE) if one.believed]
    judged = calibration.judged(
        [one.p_classes for one in samples], [one.class_ for one in samples], [one.flight for one in samples]
    )
    assert len({one.flight for one in samples}) > 150
    assert calibration.brier(judged) < 0.31
    assert calibration.log_loss(judged) < 0.58
    assert calibration.error(calibration.of_all(judged)) < 0.03
    assert calibration.right(judged) > 0.73


def test_the_measures_are_what_they_are_called() -> None:
    sure = np.eye(5)[[0, 1, 2, 3]]
    right = calibration.judged(sure, [0, 1, 2, 3], [1, 1, 2, 3])
    wrong = calibration.judged(sure, [1, 2, 3, 4], [1, 1, 2, 3])
    assert calibration.brier(right) == 0.0
    assert calibration.brier(wrong) == pytest.approx(2.0)
    assert right.share.tolist() == pytest.approx([1 / 6, 1 / 6, 1 / 3, 1 / 3])
    hedged = calibration.judged([[0.5, 0.5, 0, 0, 0]] * 10, [0, 1] * 5, range(10))
    assert calibration.error(calibration.of_all(hedged)) == pytest.approx(0.0, abs=1e-12)
    boastful = calibration.judged([[0.9, 0.1, 0, 0, 0]] * 10, [0, 1] * 5, range(10))
    assert calibration.error(calibration.of_likeliest(boastful)) == pytest.approx(0.4)


def test_what_is_fitted_is_what_is_used() -> None:
    rng = np.random.default_rng(1)
    rows = np.tile(features.FEATURE_BLANK, (60, 1))
    most = np.array([60.0, 90.0, 900.0, 9.0, -30.0, 0.0, 9.0, 1.0, 20.0, 3.0])
    rows[:, : features.DECIDED] = rng.uniform(0.0, 1.0, (60, features.DECIDED)) * most
    rows[::3, features.HEIGHT], rows[::4, features.RCS_COUNT] = np.nan, 0.0
    samples = [
        Sample(flight=k, kind="", class_=0, believed=True, sees="", p_classes=np.zeros(5), features=row)
        for k, row in enumerate(rows)
    ]
    fit = classes_fit.Fit(samples, hides=False)
    for name, (first, steps, _, _) in classes_fit.KNOTS.items():
        fit.weights[name] = classes.WEIGHTS[first : first + steps + 1]
    used = (classes.posterior(rows, len(SCHEMES)) - classes.FLOOR) / classes.UNNAMED
    free = [ROTARY, CLASSES.index("uav_fixed_wing"), MANNED, OTHER]
    fitted = fit.posterior()
    known = (used[:, free] > 1e-3) & (used[:, [ROTARY]] > 1e-3)
    assert known.sum() > 60
    ratio, wanted = (one[:, free] / one[:, [ROTARY]] for one in (used, fitted))
    np.testing.assert_allclose(ratio[known], wanted[known], rtol=1e-9)
    assert len(classes.WEIGHTS) == sum(steps + 1 for _, steps, _, _ in classes_fit.KNOTS.values())


@pytest.mark.slow
def test_a_fit_lowers_the_loss_and_returns_to_the_same_weights() -> None:
    samples = classes_fit.samples_of(range(600_000, 600_006), 0.0)
    texts = []
    for _ in range(2):
        fit = classes_fit.Fit(samples)
        before = fit.loss()
        fit.run(steps=300)
        assert fit.loss() < 0.7 * before
        texts.append(fit.text())
    assert texts[0] == texts[1]


@pytest.mark.slow
def test_real_flights_end_as_what_they_are_where_what_is_seen_tells(recordings: Path) -> None:
    real = {(one.flight, one.seen): one.p_classes for one in calibration.all_followed(recordings)}
    ends = {key: p[-1] for key, p in real.items()}
    for key in (("airliner, taxiing", "by its adsb"), ("airliner, cruising", "by its adsb")):
        assert ends[key][MANNED] > 0.8
    assert ends["Anafi", "by its remote_id"][ROTARY] > 0.6
    for near in ("0.5 km", "0.7 km"):
        key = "multirotor", f"radar with height, {near}"
        assert key not in ends or np.argmax(ends[key]) == ROTARY
    for key, p in real.items():
        if "airliner" not in key[0]:
            assert ends[key][MANNED] < 0.2, key
        np.testing.assert_allclose(p.sum(axis=1), 1.0)
