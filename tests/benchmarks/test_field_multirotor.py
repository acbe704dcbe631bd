"""A real multirotor's log under simulated sensors: held soon, closely, and under one name."""

from __future__ import annotations

import importlib
from pathlib import Path

import msgspec
import numpy as np
import pytest


def test_the_log_is_flown_and_held(recordings: Path) -> None:
    pytest.importorskip("pymavlink")
    field = importlib.import_module("benchmarks.field_multirotor")
    site = field.load_site(field.SITE)
    path = field.flight(recordings / "mavlink" / "uob_ardupilot_2023-07-06_10-12-18.bin", site)
    assert path.times_s[-1] - path.times_s[0] == pytest.approx(98.0, abs=1.0)
    assert path.plan_m[:, 2].max() == pytest.approx(17.1, abs=0.5)
    rate = np.gradient(path.plan_m, path.times_s, axis=0)
    assert np.median(np.linalg.norm(rate - path.plan_mps, axis=1)) < 0.2
    for names, most_m in ((("radar",), 12.0), (("radar", "camera"), 5.0)):
        some = msgspec.structs.replace(site, sensors=tuple(one for one in site.sensors if one.id in names))
        runs = [field.run(some, path, seed) for seed in (1, 2, 3)]
        assert np.mean([one.full_m for one in runs]) < most_m
        assert min(one.held for one in runs) > 0.9
        assert max(one.confirm_s for one in runs) < 6.0
        assert max(one.switches for one in runs) <= 1
        assert max(one.others for one in runs) < 0.2
