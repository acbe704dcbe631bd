"""A Scan that no sensor could have made is BadScan, whatever is wrong with it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vedette import BadScan, Scan, Tracker, load_site

ONE: dict[str, Any] = {"range_m": np.array([1000.0]), "azimuth_true_rad": np.array([1.0])}


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("identity", "rid:A"),
        ("identity", [5]),
        ("identity", ["rid:A", None]),
        ("sector_rad", (1.0, 2.0, 3.0)),
        ("sector_rad", (math.nan, 1.0)),
        ("sector_rad", "ab"),
        ("observed_s", "now"),
        ("observed_s", None),
        ("observed_s", math.nan),
        ("p_classes", [[0.9, 0.9, 0.0, 0.0, 0.0]]),
        ("p_classes", [[0.0, 0.0, 0.0, 0.0, 0.0]]),
        ("p_classes", [[-1.0, 2.0, 0.0, 0.0, 0.0]]),
        ("range_m", [1000.0 + 1.0j]),
        ("range_m", [1000.0, 2000.0]),
        ("range_m", 1000.0),
    ],
)
def test_a_wrong_field_is_named(key: str, wrong: Any) -> None:
    with pytest.raises(BadScan) as bad:
        Scan(**{"sensor": "radar-1", "observed_s": 0.0, **ONE, key: wrong})
    assert bad.value.key in (key, "azimuth_true_rad")


@pytest.mark.kernels
@pytest.mark.parametrize("wrong", [math.nan, math.inf, None, "now"])
def test_an_advance_to_no_time_is_refused_and_changes_nothing(site_file: Path, wrong: Any) -> None:
    tracker = Tracker(load_site(site_file))
    with pytest.raises(BadScan, match="observed_s"):
        tracker.advance(wrong)
    assert tracker.counts["stale_advance"] == 0


def test_what_the_caller_changes_later_is_not_the_scan() -> None:
    source, azimuth = np.array([1000.0]), np.array([1.0])
    names: list[str | None] = ["rid:A"]
    scan = Scan(sensor="radar-1", observed_s=0.0, range_m=source, azimuth_true_rad=azimuth, identity=names)
    source[0], names[0] = 5.0, None
    assert scan.range_m is not None
    assert scan.range_m[0] == 1000.0
    assert scan.identity == ("rid:A",)
    with pytest.raises(ValueError, match="read-only"):
        scan.range_m[0] = 5.0


def test_a_row_of_classes_may_be_unknown() -> None:
    scan = Scan(sensor="radar-1", observed_s=0.0, **ONE, p_classes=np.full((1, 5), math.nan))
    assert scan.p_classes is not None
