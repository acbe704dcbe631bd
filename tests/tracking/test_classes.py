from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.conftest import SITE_GEOJSON, SITE_TOML
from vedette.model import CLASSES, Scan
from vedette.site import load_site
from vedette.tracking import Tracker


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
    assert tracks.p_classes[0, CLASSES.index("bird")] < 0.5
