"""Class reports as likelihoods: what a sensor said, by how often it confuses the classes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracking.field import FRAME, look, radar
from vedette.model import CLASSES
from vedette.sensing.measurement import measure
from vedette.sensing.view import LEAST_SAID, View, confusion_of, likelihoods

pytestmark = pytest.mark.kernels

TABLE = tuple(tuple(0.9 if a == b else 0.025 for b in range(5)) for a in range(5))


@pytest.mark.parametrize("keys", [{}, {"class_accuracy": 1.0}, {"class_accuracy": 0.2}, {"class_confusion": TABLE}])
def test_a_confusion_is_a_distribution_in_each_row_and_rules_nothing_out(keys: dict[str, object]) -> None:
    table = confusion_of(radar(**keys))
    np.testing.assert_allclose(table.sum(axis=1), 1.0)
    assert table.min() > 0.9 * LEAST_SAID
    if "class_confusion" in keys:
        np.testing.assert_allclose(table, TABLE)
    elif not keys:
        np.testing.assert_allclose(np.diag(table), 0.8)


@given(st.lists(st.floats(0.01, 1.0), min_size=5, max_size=5), st.floats(0.2, 1.0))
def test_a_report_speaks_for_what_it_names_and_never_beyond_the_sensor(weights: list[float], accuracy: float) -> None:
    q, table = np.array([weights]) / np.sum(weights), confusion_of(radar(class_accuracy=accuracy))
    said = likelihoods(q, table)[0]
    assert said.max() / said.min() <= table.max() / table.min() * (1.0 + 1e-9)
    assert said[np.argmax(q)] >= said.max() * (1.0 - 1e-12)
    np.testing.assert_allclose(likelihoods(np.full((1, 5), 0.2), table), 0.2, rtol=1e-9)


def test_a_look_carries_likelihoods_row_by_row_in_any_order() -> None:
    one = radar()
    view, points = View(one, FRAME), [[900.0, 300.0, 80.0], [1500.0, -200.0, 90.0], [2500.0, 700.0, 60.0]]
    q = np.array([[0.9, 0.025, 0.025, 0.025, 0.025], [np.nan] * 5, [0.1, 0.2, 0.3, 0.3, 0.1]])
    there = measure(look(one, 0.0, points, p_classes=q), 0, view, FRAME)
    back = measure(look(one, 0.0, points[::-1], p_classes=q[::-1]), 0, view, FRAME)
    assert there.rows.p_classes.tobytes() == back.rows.p_classes.tobytes()
    assert np.isnan(there.rows.p_classes).all(axis=1).tolist() == [False, True, False]
    assert np.argmax(there.rows.p_classes[0]) == CLASSES.index("uav_rotary")
    assert there.rows.p_classes[0, 0] == pytest.approx(0.9 * 0.8 + 0.1 * 0.05)
