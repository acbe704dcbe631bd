"""The class posterior: a distribution, moved by evidence, never certain, and to be believed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import SITE_GEOJSON, SITE_TOML
from tests.tracking.field import look, radar, site
from vedette.geo import Floats
from vedette.model import CLASSES, Scan
from vedette.site import load_site
from vedette.tracking import Tracker
from vedette.tracking.classes import FLOOR, PRIOR, UNNAMED, classify
from vedette.tracking.features import (
    DECIDED,
    EMITTED,
    FEATURE_BLANK,
    FEATURES,
    HEIGHT,
    RCS,
    RCS_COUNT,
    REPORTS,
    SPEED,
    SPREAD,
    TURN,
    WATCHED_S,
    hear,
    watch,
)
from vedette.tracking.state import SCHEMES

pytestmark = pytest.mark.kernels

ROTARY, FIXED_WING, MANNED, BIRD, OTHER = range(len(CLASSES))


def row(**known: float) -> Floats:
    """Features of a track, as far as they are known."""
    columns = {"watched_s": WATCHED_S, "speed": SPEED, "height": HEIGHT, "spread": SPREAD, "turn": TURN, "rcs": RCS,
               "emitted": EMITTED}  # fmt: skip
    one = FEATURE_BLANK.copy()
    for name, value in known.items():
        one[columns[name]] = value
    one[RCS_COUNT] = 10.0 if "rcs" in known else 0.0
    return one


def p_of(one: Floats, *schemes: str) -> Floats:
    """The posterior of one track that carries a name of each of these schemes."""
    names = np.array([[7 if scheme in schemes else -1 for scheme in SCHEMES]])
    return classified(one[None], names)[0]


def classified(rows: Floats, names: Any) -> Floats:
    p_classes = np.empty((len(rows), len(CLASSES)))
    classify(rows, names, len(rows), np.ones(len(rows), dtype=np.int64), p_classes)
    return p_classes


def plain(kernel: Any) -> Any:
    """A kernel as Python, to be called by itself."""
    return getattr(kernel, "py_func", kernel)


def said(*reports: Any, first: Floats | None = None) -> Floats:
    """Features after class reports, as likelihoods."""
    one = FEATURE_BLANK.copy() if first is None else first.copy()
    for report in reports:
        plain(hear)(math.nan, np.array(report), one)
    return one


def any_row() -> st.SearchStrategy[list[float]]:
    wide, share = st.floats(0.0, 1e6), st.floats(0.0, 1.0)
    height = st.one_of(st.just(math.nan), st.floats(-500.0, 2e4))
    reports = [st.floats(1e-3, 1.0)] * len(CLASSES)
    columns = {HEIGHT: height, RCS: st.floats(-80.0, 80.0), TURN: share}
    return st.tuples(*(columns.get(k, wide) for k in range(REPORTS)), *reports).map(list)


@given(st.lists(any_row(), min_size=1, max_size=4), st.lists(st.booleans(), min_size=6, max_size=6))
def test_it_is_a_distribution_and_rules_nothing_out(rows: list[list[float]], named: list[bool]) -> None:
    names = np.tile(np.where(named, 1, -1), (len(rows), 1))
    p = classified(np.array(rows), names)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-12)
    assert np.all(p >= FLOOR * (1.0 - 1e-12))
    assert np.all(p < 1.0)


def test_of_what_nothing_is_known_it_says_what_flies_here() -> None:
    silent = PRIOR * UNNAMED
    silent[BIRD] = min(silent[BIRD], silent[ROTARY] + silent[FIXED_WING])
    np.testing.assert_allclose(p_of(FEATURE_BLANK), FLOOR + (1.0 - 5 * FLOOR) * silent / silent.sum(), rtol=1e-12)
    assert len(FEATURE_BLANK) == FEATURES


SLOW = {"watched_s": 40.0, "speed": 11.0, "height": 80.0, "turn": 0.3, "spread": 2.0}
FAST = {"watched_s": 40.0, "speed": 70.0, "height": 900.0, "turn": 0.05, "spread": 1.0}
HOVERS = {"watched_s": 40.0, "speed": 2.0, "height": 60.0, "turn": 0.3, "spread": 4.0}


@pytest.mark.parametrize(
    ("one", "more", "class_"),
    [
        (SLOW, {"rcs": -33.0}, BIRD),
        (SLOW, {"rcs": 12.0}, OTHER),
        (FAST, {"rcs": 14.0}, MANNED),
        (FAST, {"rcs": -10.0}, FIXED_WING),
        (HOVERS, {"rcs": -18.0}, ROTARY),
        (SLOW, {"emitted": 3.0}, ROTARY),
    ],
)
def test_evidence_for_a_class_raises_it(one: dict[str, float], more: dict[str, float], class_: int) -> None:
    assert p_of(row(**one, **more))[class_] > p_of(row(**one))[class_] + 0.02


@pytest.mark.parametrize(("one", "class_"), [(FAST, MANNED), (HOVERS, ROTARY)])
def test_how_it_flies_tells(one: dict[str, float], class_: int) -> None:
    p = p_of(row(**one))
    assert np.argmax(p) == class_
    assert p[class_] > 0.6


CLAIMS = [("icao", MANNED), ("callsign", MANNED), ("rid", ROTARY), ("mmsi", OTHER)]


@pytest.mark.parametrize(("scheme", "class_"), CLAIMS)
def test_a_name_is_strong_but_no_proof(scheme: str, class_: int) -> None:
    assert p_of(row(**SLOW), scheme)[class_] > p_of(row(**SLOW))[class_]
    assert p_of(row(**FAST, rcs=14.0), "rid")[MANNED] > 0.3
    assert p_of(row(**SLOW, rcs=-20.0), "icao")[MANNED] < 0.3


def test_a_callsign_beside_an_address_is_not_a_second_witness() -> None:
    np.testing.assert_array_equal(p_of(row(**SLOW), "icao", "callsign"), p_of(row(**SLOW), "icao"))


@pytest.mark.parametrize("rcs", [None, -17.0, 0.0])
def test_without_a_size_or_a_report_that_speaks_for_one_a_bird_is_no_likelier_than_a_drone(rcs: float | None) -> None:
    """What is taken for a bird raises no alert; a small drone flies as slowly."""
    for speed in (6.0, 9.0, 12.0, 15.0):
        flown = SLOW | {"speed": speed}
        p = p_of(row(**flown) if rcs is None else row(**flown, rcs=rcs))
        assert p[BIRD] <= p[ROTARY] + p[FIXED_WING] + FLOOR


def test_a_report_for_a_bird_frees_it() -> None:
    p = p_of(said([0.05, 0.05, 0.05, 0.8, 0.05], first=row(**SLOW)))
    assert p[BIRD] > p[ROTARY] + p[FIXED_WING] + 0.1


def test_a_sensor_that_repeats_itself_says_no_more_than_once() -> None:
    report = [0.05, 0.05, 0.05, 0.8, 0.05]
    once, often = p_of(said(report)), p_of(said(*[report] * 5000))
    np.testing.assert_allclose(often, once, rtol=1e-9)
    assert once.max() < 0.95


def test_no_repetition_of_looks_makes_it_certain() -> None:
    rng, one = np.random.default_rng(2), radar(clutter_per_scan=0.1)
    tracker = Tracker(site(one))
    q = np.array([[0.8, 0.1, 0.03, 0.04, 0.03]])
    most = []
    for k in range(150):
        here = [600.0 + 9.0 * k, 400.0, 70.0]
        tracks = tracker.observe(look(one, k, [here], rng, rcs_dbsm=np.array([-17.0]), p_classes=q))
        most.append(tracks.p_classes[0].max())
    assert np.argmax(tracks.p_classes[0]) == ROTARY
    assert max(most) < 0.995
    assert abs(most[-1] - most[60]) < 0.05


def test_a_report_that_tells_nothing_apart_counts_for_nothing() -> None:
    told = said([0.05, 0.05, 0.05, 0.8, 0.05])
    np.testing.assert_array_equal(said(*[[0.2] * 5] * 100, first=told), told)
    assert said([0.2] * 5)[DECIDED] == 0.0


def test_a_sensor_that_changes_its_mind_is_followed() -> None:
    first, then = [0.7, 0.1, 0.1, 0.05, 0.05], [0.05, 0.05, 0.1, 0.7, 0.1]
    p = p_of(said(*[first] * 10, *[then] * 60))
    assert np.argmax(p) == BIRD


def test_means_over_time_are_means_and_count_less_where_the_speed_is_not_known() -> None:
    mean, mode = np.zeros((3, 6)), np.array([0.5, 0.3, 0.2])
    mean[:, 2], mean[:, 3], mean[:, 4] = 120.0, 3.0, 4.0
    known, vague = np.tile(np.eye(6), (3, 1, 1)), np.tile(400.0 * np.eye(6), (3, 1, 1))
    sure, unsure, flat = (FEATURE_BLANK.copy() for _ in range(3))
    for _ in range(30):
        plain(watch)(1.0, 1.0, mean, known, mode, sure)
        plain(watch)(1.0, 1.0, mean, vague, mode, unsure)
        plain(watch)(1.0, 0.0, mean, known, mode, flat)
    np.testing.assert_allclose(sure[[SPEED, HEIGHT, TURN]], [5.0, 120.0, 0.5], rtol=1e-9)
    assert sure[SPREAD] < 3.0
    assert 29.0 < sure[WATCHED_S] <= 30.0
    assert unsure[WATCHED_S] < 0.2
    assert math.isnan(flat[HEIGHT])
    mean[:, 3:5] = 0.0
    for _ in range(30):
        plain(watch)(1.0, 1.0, mean, known, mode, sure)
    assert sure[SPEED] == pytest.approx(2.5, abs=0.1)
    assert sure[SPREAD] == pytest.approx(6.25, rel=0.1)


def test_slow_flight_alone_makes_no_bird(tmp_path: Path) -> None:
    """A small drone flies as slowly as a bird: without a cross-section it stays not yet classed, and alerts."""
    (tmp_path / "test.toml").write_text(SITE_TOML)
    (tmp_path / "test.geojson").write_text(SITE_GEOJSON)
    tracker = Tracker(load_site(tmp_path / "test.toml"))
    for second in range(30):
        east, north, up = -1500.0 + 12.0 * second, 300.0, 80.0
        distance = float(np.sqrt(east**2 + north**2 + up**2))
        tracks = tracker.observe(
            Scan(
                sensor="radar-1",
                observed_s=1.7e9 + second,
                range_m=np.array([distance]),
                azimuth_true_rad=np.array([np.arctan2(east, north)]),
                elevation_rad=np.array([np.arcsin(up / distance)]),
                look=str(second),
            )
        )
    assert tracks.p_classes[0, BIRD] < 0.5


def test_a_sensor_is_believed_as_far_as_it_is_said_to_be_right() -> None:
    q = np.array([[0.03, 0.04, 0.03, 0.85, 0.05]])
    birds = []
    confused = {"class_confusion": _HALF_OF_DRONES_CALLED_BIRD}
    for keys in ({"class_accuracy": 0.95}, {}, {"class_accuracy": 0.4}, confused):
        one = radar(**keys)
        tracker = Tracker(site(one))
        for k in range(20):
            tracks = tracker.observe(look(one, k, [[900.0 + 12.0 * k, 300.0, 70.0]], p_classes=q))
        birds.append(tracks.p_classes[0, BIRD])
    assert birds[0] > birds[1] > birds[2]
    assert birds[1] > birds[3]


_HALF_OF_DRONES_CALLED_BIRD = (
    (0.4, 0.05, 0.0, 0.5, 0.05),
    (0.05, 0.4, 0.0, 0.5, 0.05),
    (0.0, 0.1, 0.9, 0.0, 0.0),
    (0.1, 0.05, 0.0, 0.8, 0.05),
    (0.05, 0.05, 0.1, 0.2, 0.6),
)
