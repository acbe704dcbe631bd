"""Which sensor's picture is of which track: from the tracker's own association, and never of another aircraft."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.assessment.fields import LATITUDE, LONGITUDE, make_site, tracks_of
from vedette.assessment import Assessor
from vedette.model import Scan, SensorImage
from vedette.site import Site, load_site
from vedette.tracking import Tracker

T0_S = 1_700_000_000.0
NORTH = [0.0, 1000.0, 100.0, 20.0, 0.0, 0.0]
NORTH_EAST = [600.0, 1000.0, 100.0, -20.0, 0.0, 0.0]


def look(azimuths_deg: list[float], urls: list[str | None], *, at_s: float = T0_S, ranged: bool = True) -> Scan:
    """A radar-1 look with a detection at each azimuth, where needed at the range of the tracks' north."""
    azimuth = np.radians(azimuths_deg)
    return Scan(
        sensor="radar-1",
        observed_s=at_s,
        range_m=np.hypot(1000.0 / np.cos(azimuth), 100.0) if ranged else None,
        azimuth_true_rad=azimuth,
        elevation_rad=np.full(len(azimuths_deg), 0.1) if ranged else None,
        image_url=urls,
    )


def images(assessor: Assessor, *states: list[float], at_s: float = T0_S) -> list[SensorImage | None]:
    return [one.image for one in assessor.picture(tracks_of(at_s, [*states])).tracks]


@pytest.mark.parametrize("ranged", [True, False])
def test_each_picture_is_of_the_track_it_is_nearest_to(site: Site, ranged: bool) -> None:
    assessor = Assessor(site)
    scan = look([31.0, 0.2], ["https://c.example/east", "https://c.example/north"], ranged=ranged)
    assessor.look(scan, tracks_of(T0_S, [NORTH, NORTH_EAST]))
    north, east = images(assessor, NORTH, NORTH_EAST)
    assert north == SensorImage(sensor="radar-1", observed_s=T0_S, url="https://c.example/north")
    assert east == SensorImage(sensor="radar-1", observed_s=T0_S, url="https://c.example/east")


def test_a_nearer_detection_without_a_picture_keeps_anothers_away(site: Site) -> None:
    assessor = Assessor(site)
    assessor.look(look([0.0, 3.0], [None, "https://c.example/stray"]), tracks_of(T0_S, [NORTH]))
    assert images(assessor, NORTH) == [None]


def test_one_picture_is_not_of_two_tracks(site: Site) -> None:
    assessor = Assessor(site)
    beside = [30.0, *NORTH[1:]]
    assessor.look(look([0.0], ["https://c.example/1"]), tracks_of(T0_S, [NORTH, beside]))
    first, second = images(assessor, NORTH, beside)
    assert first is not None
    assert second is None


@pytest.mark.parametrize("azimuth_deg", [12.0, 180.0])
def test_what_is_far_off_or_was_not_taken_is_no_picture(site: Site, azimuth_deg: float) -> None:
    assessor = Assessor(site)
    assessor.look(look([azimuth_deg], ["https://c.example/1"]), tracks_of(T0_S, [NORTH]))
    others = tracks_of(T0_S, [NORTH], seen_s={"radar-1": T0_S - 1.0, "radar-2": T0_S})
    assessor.look(look([0.0], ["https://c.example/2"]), others)
    assert images(assessor, NORTH) == [None]


def test_the_place_is_compared_at_the_detections_own_time(site: Site) -> None:
    """A track at 60 m/s is 90 m on when a look comes 1.5 s late."""
    assessor = Assessor(site)
    fast = [90.0, 1000.0, 100.0, 60.0, 0.0, 0.0]
    stranger = [0.0, 1000.0, 100.0, 0.0, 0.0, 0.0]
    seen = {"radar-1": T0_S}
    tracks = tracks_of(T0_S + 1.5, [fast, [x + 400.0 for x in stranger]], sigma_m=1.0, seen_s=seen)
    assessor.look(look([0.0], ["https://c.example/1"]), tracks)
    (first, second) = images(assessor, fast, [x + 400.0 for x in stranger], at_s=T0_S + 1.5)
    assert first is not None
    assert second is None


def test_the_newest_stays_through_a_restart_and_ends_with_its_track(site: Site) -> None:
    assessor = Assessor(site)
    assessor.look(look([0.0], ["https://c.example/1"]), tracks_of(T0_S, [NORTH]))
    assessor.look(look([0.0], ["https://c.example/2"], at_s=T0_S + 1.0), tracks_of(T0_S + 1.0, [NORTH]))
    assessor.look(look([0.0], [None], at_s=T0_S + 2.0), tracks_of(T0_S + 2.0, [NORTH]))
    after = Assessor(site)
    after.restore(assessor.snapshot())
    for one in (assessor, after):
        (image,) = images(one, NORTH, at_s=T0_S + 2.0)
        assert image == SensorImage(sensor="radar-1", observed_s=T0_S + 1.0, url="https://c.example/2")
    assert after.snapshot() == assessor.snapshot()
    after.picture(tracks_of(T0_S + 3.0, [], ids=[]))
    assert after.snapshot().count(b"c.example") == 0


def test_a_camera_of_a_real_tracker_is_tied(tmp_path: Path) -> None:
    """The tracker takes a camera's bearings into the radar's track, and the picture comes with them."""
    make_site(tmp_path)
    path = tmp_path / "site.toml"
    camera = f'[[sensor]]\nid = "cam"\nkind = "camera"\nlatitude_deg = {LATITUDE}\nlongitude_deg = {LONGITUDE}\n'
    text = path.read_text().replace(
        'kind = "radar"\n', 'kind = "radar"\nsigma_range_m = 10.0\nsigma_azimuth_deg = 1.0\n'
    )
    path.write_text(f"{text}{camera}altitude_msl_m = 420.0\nsigma_azimuth_deg = 0.5\nsigma_elevation_deg = 0.5\n")
    site = load_site(path)
    tracker, assessor = Tracker(site), Assessor(site)
    for number in range(12):
        at_s, azimuth_deg = T0_S + number, 0.5 * number
        radar_look = look([azimuth_deg], [None], at_s=at_s)
        camera_look = Scan(
            sensor="cam",
            observed_s=at_s + 0.1,
            azimuth_true_rad=np.radians([azimuth_deg + 0.05]),
            elevation_rad=np.array([0.1]),
            image_url=[f"https://c.example/{number}"],
        )
        for scan in (radar_look, camera_look):
            tracks = tracker.observe(scan)
            assessor.look(scan, tracks)
        picture = assessor.picture(tracks)
    (track,) = picture.tracks
    assert track.image is not None
    assert track.image == SensorImage(sensor="cam", observed_s=T0_S + 11.1, url="https://c.example/11")
    assert track.sensors["cam"] == track.image.observed_s
