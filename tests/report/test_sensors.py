"""Which sensors saw, should have seen, or could not: each reason from a scene of its own, a radar and a camera."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from tests.report.papers import AT_S, track
from vedette.geo import destination, distance_azimuth
from vedette.model import Event, FeedChanged, FeedState, IncidentTrackSummary, Origin, TrackPoint
from vedette.report import Watched, sensors_part, watched
from vedette.site import Sensor, Site

HERE = (36.2376, 43.9632)
GROUND_M = 424.0
NAME = "example-T-0001"


def sensor(**changes: Any) -> Sensor:
    plain: dict[str, Any] = {
        "id": "one",
        "name": "One",
        "kind": "radar",
        "latitude_deg": HERE[0],
        "longitude_deg": HERE[1],
        "altitude_ellipsoid_m": GROUND_M + 10.0,
        "period_s": 1.0,
        "range_m": (300.0, 5000.0),
        "azimuth_true_deg": (0.0, 360.0),
        "elevation_deg": (-5.0, 40.0),
        "sigma_range_m": 10.0,
        "sigma_azimuth_deg": 1.0,
        "sigma_elevation_deg": 1.0,
        "sigma_range_rate_mps": None,
        "sigma_position_m": None,
        "sigma_altitude_m": None,
        "p_detect": 0.9,
        "clutter_per_scan": 1.0,
    }
    return Sensor(**{**plain, **changes})


def path(azimuth_deg: float, distance_m: float, height_m: float | None, seconds: int = 30) -> list[TrackPoint]:
    """A track that stands at one place for so many seconds."""
    latitude, longitude = destination(*HERE, azimuth_deg, distance_m)
    return [
        TrackPoint(
            track=NAME,
            observed_s=AT_S + second,
            latitude_deg=latitude,
            longitude_deg=longitude,
            altitude_ellipsoid_m=None if height_m is None else GROUND_M + height_m,
            velocity_east_mps=0.0,
            velocity_north_mps=0.0,
            velocity_up_mps=None,
            sigma_position_m=10.0,
            p_exists=1.0,
            status="confirmed",
            class_="uav",
            p_class=0.9,
            identity=None,
            sensors=("other",),
        )
        for second in range(seconds)
    ]


def feed(at_s: float, state: FeedState) -> Event:
    payload = FeedChanged(feed="one", sensor="one", state=state, messages=1, rejected={})
    return Event(seq=1, observed_s=at_s, received_s=at_s, origin=Origin.LIVE, kind="", schema=1, payload=payload)


def judged(
    site: Site, one: Sensor, points: list[TrackPoint], *feeds: Event, flown: IncidentTrackSummary | None = None
) -> Watched:
    at = msgspec.structs.replace(site, sensors=(one,), altitude_ellipsoid_m=GROUND_M)
    (found,) = watched(at, [flown or track(NAME, None, sensors=("other",))], points, feeds)["one"]
    return found


FAR = path(90.0, 2000.0, 150.0)


@pytest.mark.parametrize(
    ("changes", "points", "reason"),
    [
        ({}, FAR, "should_have_seen"),
        ({}, path(90.0, 6000.0, 150.0), "too_far"),
        ({}, path(90.0, 100.0, 50.0), "too_near"),
        ({"azimuth_true_deg": (180.0, 270.0)}, FAR, "sector"),
        ({"azimuth_true_deg": (350.0, 100.0)}, FAR, "should_have_seen"),
        ({"elevation_deg": (10.0, 40.0)}, FAR, "below"),
        ({"elevation_deg": (-5.0, 1.0)}, FAR, "above"),
        ({"range_m": (300.0, 90_000.0)}, path(90.0, 80_000.0, 100.0), "horizon"),
        ({"range_m": (300.0, 90_000.0)}, path(90.0, 40_000.0, 100.0), "should_have_seen"),
        ({"range_m": (300.0, 90_000.0), "kind": "camera"}, path(90.0, 48_000.0, 100.0), "horizon"),
        ({"kind": "adsb"}, FAR, "hears_only"),
        ({"latitude_deg": None, "longitude_deg": None}, FAR, "not_placed"),
        ({}, [], "no_path"),
        ({}, FAR[:1], "rarely"),
        ({"p_detect": 0.05}, FAR, "rarely"),
        ({"p_detect": 0.9, "p_detect_far": 0.0}, path(90.0, 4990.0, 150.0, 3), "rarely"),
        ({}, path(90.0, 2000.0, None), "should_have_seen"),
    ],
)
def test_each_reason(site: Site, changes: dict[str, Any], points: list[TrackPoint], reason: str) -> None:
    found = judged(site, sensor(**changes), points)
    assert found.reason == reason
    assert found.state == ("should_have_seen" if reason == "should_have_seen" else "could_not")
    if reason == "should_have_seen":
        assert found.in_view_s == pytest.approx(30.0, abs=1.0)
        assert found.p_missed is not None
        assert found.p_missed < 0.05


def test_what_saw_it_saw_it_wherever_it_looks(site: Site) -> None:
    flown = track(NAME, None, sensors=("one",))
    assert judged(site, sensor(range_m=(300.0, 400.0)), FAR, flown=flown).state == "saw"


def test_the_horizon_is_where_both_heights_see_it(site: Site) -> None:
    """4/3 Earth: sqrt(2·8,494,667·10) + sqrt(2·8,494,667·100) = 13.0 + 41.2 km; light: 11.3 + 35.7 km."""
    wide = {"range_m": (300.0, 90_000.0), "elevation_deg": (-10.0, 40.0)}
    for kind, reach_m in (("radar", 54_250.0), ("camera", 46_980.0)):
        near, far = (
            judged(site, sensor(kind=kind, **wide), path(90.0, reach_m * share, 100.0)).reason for share in (0.98, 1.02)
        )
        assert (near, far) == ("should_have_seen", "horizon")


@pytest.mark.parametrize(
    ("feeds", "reason"),
    [
        ((feed(AT_S - 900.0, FeedState.LIVE),), "should_have_seen"),
        ((feed(AT_S - 900.0, FeedState.DOWN),), "down"),
        ((feed(AT_S - 900.0, FeedState.STALE), feed(AT_S - 9.0, FeedState.LIVE)), "should_have_seen"),
        ((feed(AT_S + 1.0, FeedState.DOWN),), "down"),
        ((feed(AT_S + 20.0, FeedState.DOWN),), "should_have_seen"),
    ],
)
def test_a_sensor_that_was_down_could_not(site: Site, feeds: tuple[Event, ...], reason: str) -> None:
    assert judged(site, sensor(), FAR, *feeds).reason == reason


def test_coasting_points_are_no_place_to_have_seen_it_at(site: Site) -> None:
    points = [msgspec.structs.replace(one, status="coasting") for one in FAR]
    assert judged(site, sensor(), points).reason == "no_path"


def test_the_chance_to_miss_is_that_of_all_looks(site: Site) -> None:
    found = judged(site, sensor(p_detect=0.5, period_s=3.0), FAR)
    assert found.p_missed == pytest.approx(0.5**10, rel=0.1)
    assert found.state == "should_have_seen"


def test_as_the_document_has_it(site: Site) -> None:
    at = msgspec.structs.replace(site, sensors=(sensor(),), altitude_ellipsoid_m=GROUND_M)
    flown = track(NAME, None, sensors=())
    (part,) = sensors_part(watched(at, [flown], FAR, ()), at)
    assert (part["sensor"], part["name"], part["kind"]) == ("one", "One", "radar")
    (one,) = part["tracks"]
    assert "30 s in its field of view, p under 0.01" in one["words"]
    assert np.isclose(distance_azimuth(*HERE, FAR[0].latitude_deg or 0.0, FAR[0].longitude_deg or 0.0)[0], 2000.0)
