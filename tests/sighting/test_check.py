"""The checker: what fits better is likelier, what fits not is not, and nothing known always has its share."""

from __future__ import annotations

import math
from typing import Any

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from tests.sighting.scene import NOON_S, SITE, report, track
from vedette.geo import destination
from vedette.model import NOTHING_KNOWN, SightingAnswer, SightingReport, TrackPoint
from vedette.sighting import SkyMissing, check
from vedette.site import Zone

NO_SKY = SkyMissing("not asked")


def answer(said: SightingReport, points: list[TrackPoint], **more: Any) -> SightingAnswer:
    return check(said, more.pop("site", SITE), points, more.pop("callsigns", {}), NO_SKY)


def p_of(found: SightingAnswer, name: str) -> float:
    return next((one.p for one in found.candidates if one.name == name), 0.0)


def test_where_nothing_was_nothing_known_explains_it() -> None:
    found = answer(report(), [])
    assert [(one.kind, one.p) for one in found.candidates] == [(NOTHING_KNOWN, 1.0)]
    assert found.not_checked == ("the sky: not asked",)


def test_one_track_by_hand() -> None:
    """sigma 15° and 3.6° of places at 1 km: the whole sum by hand, from the equation in the docs."""
    found = answer(report(time_sigma_s=0.0), track())
    place_deg = math.degrees(math.atan2(math.hypot(5.0, 50.0), math.hypot(1000.0, 100.0)))
    sigma_deg = math.hypot(15.0, place_deg) / math.cos(math.atan2(100.0, 1000.0))
    ratio = 0.95 * 360.0 / (sigma_deg * math.sqrt(2.0 * math.pi)) + 0.05
    weight = math.exp(-(1000.0**2 + 100.0**2) / 3000.0**2)
    one = next(each for each in found.candidates if each.name == "t-1")
    assert one.likelihood_ratio == pytest.approx(ratio, rel=1e-3)
    assert one.p == pytest.approx(weight * ratio / (1.0 + weight * ratio), rel=1e-3)
    assert one.elevation_deg == pytest.approx(5.7, abs=0.1)
    assert one.distance_m == pytest.approx(1005.0, abs=1.0)


@given(st.floats(0.0, 360.0), st.floats(0.0, 60.0), st.floats(5.0, 60.0))
def test_further_off_is_never_likelier(azimuth_deg: float, off_deg: float, more_deg: float) -> None:
    points = track(azimuth_deg=azimuth_deg)
    near = p_of(answer(report(azimuth_true_deg=(azimuth_deg + off_deg) % 360.0), points), "t-1")
    far = p_of(answer(report(azimuth_true_deg=(azimuth_deg + off_deg + more_deg) % 360.0), points), "t-1")
    assert far <= near + 1e-4


@given(
    st.builds(
        report,
        azimuth_true_deg=st.floats(0.0, 359.9),
        elevation_deg=st.none() | st.floats(-30.0, 90.0),
        time_sigma_s=st.floats(0.0, 3600.0),
        azimuth_sigma_deg=st.none() | st.floats(0.1, 180.0),
        sure=st.sampled_from(["sure", "fairly", "unsure"]),
        motion=st.sampled_from([None, "still", "moving"]),
        lights=st.sampled_from([None, "none", "steady", "flashing"]),
        at_s=st.floats(NOON_S - 100.0, NOON_S + 100.0),
        altitude_ellipsoid_m=st.none() | st.floats(-400.0, 30_000.0),
    ),
    st.floats(1.0, 20_000.0),
    st.none() | st.floats(0.0, 5000.0),
)
def test_whatever_is_said_the_answer_is_a_distribution(
    said: SightingReport, distance_m: float, height_m: float | None
) -> None:
    found = answer(said, [*track(distance_m=distance_m, height_m=height_m), *track("t-2", azimuth_deg=200.0)])
    assert 0.95 <= sum(one.p for one in found.candidates) <= 1.0005
    assert all(math.isfinite(one.p) and one.likelihood_ratio >= 0.0 for one in found.candidates)
    assert [one.p for one in found.candidates] == sorted((one.p for one in found.candidates), reverse=True)
    assert NOTHING_KNOWN in {one.kind for one in found.candidates}
    msgspec.json.decode(msgspec.json.encode(found), type=SightingAnswer)


def test_a_track_counts_only_while_it_was_there() -> None:
    points = track(around_s=20.0)
    assert p_of(answer(report(), points), "t-1") > 0.8
    assert p_of(answer(report(at_s=NOON_S + 60.0), points), "t-1") == 0.0
    hole = [point for point in points if abs(point.observed_s - NOON_S) > 8.0]
    assert p_of(answer(report(time_sigma_s=1.0), hole), "t-1") == 0.0, "a gap of 18 s is no track"


def test_elevation_tells_two_tracks_apart_and_an_unknown_height_does_not() -> None:
    points = [*track("low", height_m=50.0), *track("high", height_m=800.0)]
    assert answer(report(elevation_deg=38.0), points).candidates[0].name == "high"
    assert answer(report(elevation_deg=3.0), points).candidates[0].name == "low"
    blind = answer(report(elevation_deg=38.0), track(height_m=None))
    assert blind.candidates[0].elevation_deg is None
    assert p_of(blind, "t-1") > p_of(answer(report(elevation_deg=38.0), track(height_m=50.0)), "t-1")


def test_a_crossing_track_is_found_at_the_moment_it_passed() -> None:
    """50 m/s northwards, due east at noon: at +10 s it stands 500 m north of east, 26.6° further left."""
    points = []
    for point in track():
        latitude, longitude = destination(
            point.latitude_deg or 0.0, point.longitude_deg or 0.0, 0.0, 50.0 * (point.observed_s - NOON_S)
        )
        points.append(
            msgspec.structs.replace(point, latitude_deg=latitude, longitude_deg=longitude, velocity_north_mps=50.0)
        )
    one = answer(report(azimuth_true_deg=63.4, azimuth_sigma_deg=2.0, time_sigma_s=10.0), points).candidates[0]
    assert one.name == "t-1"
    assert one.at_s == pytest.approx(NOON_S + 10.0, abs=1.5)
    still = p_of(answer(report(motion="still"), points), "t-1")
    assert still < p_of(answer(report(motion="moving"), points), "t-1")


@pytest.mark.parametrize(
    ("changes", "kind", "harmless", "title"),
    [
        ({"identity": "icao:ABC123", "class_": "manned"}, "aircraft", True, "aircraft TST1 by ADS-B"),
        ({"identity": "own:Hawk"}, "own_drone", True, "own drone Hawk"),
        ({"class_": "bird", "p_class": 0.95}, "bird", True, "bird, no identity heard"),
        ({"class_": "bird", "p_class": 0.6}, "track", False, "bird, no identity heard"),
        ({"identity": "rid:X"}, "track", False, "multirotor drone that says it is rid:X"),
    ],
)
def test_what_a_candidate_is(changes: dict[str, Any], kind: str, harmless: bool, title: str) -> None:
    found = answer(report(), track(distance_m=400.0, **changes), callsigns={"icao:ABC123": "TST1"})
    one = next(each for each in found.candidates if each.name == "t-1")
    assert (one.kind, one.harmless, one.title) == (kind, harmless, title)


def test_a_landmark_explains_a_still_light() -> None:
    latitude, longitude = destination(SITE.latitude_deg, SITE.longitude_deg, 90.0, 2000.0)
    mast = Zone(
        id="mast",
        name="Radio mast",
        role="landmark",
        geometry={"type": "Point", "coordinates": [longitude, latitude]},
        ceiling_agl_m=200.0,
    )
    site = msgspec.structs.replace(SITE, zones=(mast,))
    found = answer(report(elevation_deg=4.0, motion="still", lights="flashing"), [], site=site)
    one = found.candidates[0]
    assert (one.kind, one.name, one.azimuth_true_deg) == ("landmark", "mast", pytest.approx(90.0, abs=0.1))
    assert one.elevation_deg == pytest.approx(2.9, abs=0.1)
    away = answer(report(azimuth_true_deg=200.0, elevation_deg=4.0), [], site=site)
    assert away.candidates[0].kind == NOTHING_KNOWN


def test_tracks_known_by_bearing_alone_are_said_not_to_be_checked() -> None:
    points = [msgspec.structs.replace(one, latitude_deg=None, longitude_deg=None) for one in track()]
    assert "1 track known by bearing alone" in answer(report(), points).not_checked
