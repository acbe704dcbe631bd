"""Another system's number for its track: it holds the track together, and says nothing of what it is."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tracking.field import report, reporter, site
from vedette.model import Tracks
from vedette.tracking import Tracker

pytestmark = pytest.mark.kernels


def flown(identity: str | None) -> Tracks:
    """Twenty reports of something slow and low."""
    rng, tracker_sensor = np.random.default_rng(5), reporter("tracker-1", "external")
    tracker = Tracker(site(tracker_sensor))
    for k in range(20):
        tracks = tracker.observe(report(tracker_sensor, 4.0 * k, [-2000.0 + 60.0 * k, 500.0, 90.0], identity, rng))
    return tracks


def test_a_number_names_a_track_and_does_not_class_it() -> None:
    unnamed, numbered, named = flown(None), flown("track:25/100/77"), flown("callsign:KLM1023")
    assert [len(one) for one in (unnamed, numbered, named)] == [1, 1, 1]
    assert numbered.identity == ("track:25/100/77",)
    np.testing.assert_allclose(numbered.p_classes, unnamed.p_classes, atol=1e-9)
    assert named.p_classes[0, 2] > 5.0 * numbered.p_classes[0, 2], "a callsign is an aircraft's word"
