"""Equal to Stone Soup's metrics to 1e-9: against its numbers kept here always, against itself where it is installed."""

from __future__ import annotations

import json
import warnings
from typing import Any

import msgspec
import numpy as np
import pytest

from tests.scoring import oracle
from tests.scoring.scenes import distances_m, moments, random_picture, random_set
from vedette.scoring import set_distance, siap

GOLDEN = json.loads(oracle.GOLDEN.read_text())
EQUAL = 1e-9


def check_set(scene: dict[str, Any], c_m: float, p: float, expected: dict[str, float]) -> None:
    found = set_distance(distances_m(scene["truths"], scene["tracks"]), c_m, p)
    for name in ("gospa_m", "localisation_m", "missed", "false", "ospa_m"):
        assert getattr(found, name) == pytest.approx(expected[name], rel=EQUAL, abs=EQUAL), name
    assert found.ospa_m <= expected["ospa_by_sum_m"] + EQUAL
    if p == 1.0:
        assert found.ospa_m == pytest.approx(expected["ospa_by_sum_m"], rel=EQUAL, abs=EQUAL)


def check_picture(picture: dict[str, Any], c_m: float, expected: dict[str, float]) -> None:
    found = msgspec.structs.asdict(siap(moments(picture), c_m))
    assert found == pytest.approx(expected, rel=EQUAL, abs=EQUAL)


@pytest.mark.parametrize("scene", GOLDEN["sets"])
def test_gospa_and_ospa_equal_the_kept_numbers(scene: dict[str, Any]) -> None:
    check_set(scene, scene["c_m"], scene["p"], scene["expected"])


@pytest.mark.parametrize("picture", GOLDEN["pictures"])
def test_siap_equals_the_kept_numbers(picture: dict[str, Any]) -> None:
    check_picture(picture, picture["c_m"], picture["expected"])


def test_everything_equals_stone_soup_itself() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("stonesoup", reason="Stone Soup is in the dependency group `oracles`, not installed here")
        rng = np.random.default_rng(7)
        for _ in range(100):
            scene = random_set(rng, most=12)
            if scene["truths"] or scene["tracks"]:
                c_m, p = float(rng.choice([40.0, 100.0])), float(rng.choice([1.0, 1.5, 2.0, 4.0]))
                check_set(scene, c_m, p, oracle.set_oracle(scene, c_m, p))
        compared = 0
        for _ in range(20):
            picture = random_picture(rng)
            try:
                expected = oracle.siap_oracle(picture, 100.0)
            except ValueError:  # its own, for an association of one instant
                continue
            check_picture(picture, 100.0, expected)
            compared += 1
        assert compared > 3
