"""The real marine radar: the boat is followed, under one name, without a crowd of other tracks beside it."""

from __future__ import annotations

import importlib
from pathlib import Path


def test_the_boat_is_followed_under_one_name(recordings: Path) -> None:
    field_radar = importlib.import_module("benchmarks.field_radar")
    folder = recordings / "radar"
    own = field_radar.ours(folder, field_radar.recording(folder))
    assert own.looks == 238
    assert own.missed <= 18
    assert own.switches <= 1
    assert own.others <= 0.7
