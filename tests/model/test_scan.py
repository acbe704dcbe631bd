from __future__ import annotations

import numpy as np
import pytest

from vedette.errors import BadScan
from vedette.model import CLASSES, Scan


def test_arrays_are_copied_and_frozen() -> None:
    ranges = np.array([1.0, 2.0])
    scan = Scan(sensor="r", observed_s=0.0, range_m=ranges, azimuth_true_rad=[0.0, 1.0])
    ranges[0] = 9.0
    assert scan.range_m is not None
    assert scan.range_m[0] == 1.0
    assert not scan.range_m.flags.writeable
    assert len(scan) == 2


def test_no_arrays_mean_nothing_seen() -> None:
    assert len(Scan(sensor="r", observed_s=0.0)) == 0
    assert len(Scan(sensor="r", observed_s=0.0, identity=["icao:ABC123"])) == 1


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("azimuth_true_rad", {"range_m": [1.0, 2.0], "azimuth_true_rad": [1.0]}),
        ("range_m", {"range_m": [[1.0]]}),
        ("range_m", {"range_m": [np.inf]}),
        ("range_m", {"range_m": ["far"]}),
        ("sigma_range_m", {"range_m": [1.0], "sigma_range_m": [0.0]}),
        ("identity", {"range_m": [1.0], "identity": ["a", "b"]}),
        ("p_classes", {"range_m": [1.0], "p_classes": np.ones((1, len(CLASSES) + 1))}),
        ("time_offset_s", {"range_m": [1.0], "time_offset_s": [0.5]}),
        ("observed_s", {"observed_s": np.nan}),
    ],
)
def test_a_bad_scan_names_its_field(key: str, values: dict[str, object]) -> None:
    with pytest.raises(BadScan) as caught:
        Scan(**{"sensor": "r", "observed_s": 0.0, **values})  # type: ignore[arg-type]
    assert caught.value.key == key
