"""The sky against an almanac by hand and published places, in degrees."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from tests.sighting import almanac
from tests.sighting.scene import report
from vedette.clock import parse_time
from vedette.sighting import load_sky

ERBIL = (36.2376, 43.9632)


@pytest.mark.parametrize("time", ["2021-09-11T17:00:00Z", "2021-09-11T20:43:00Z", "2024-01-25T18:00:00Z"])
def test_the_moon_is_where_short_series_and_sidereal_time_put_it(time: str) -> None:
    at_s = parse_time(time)
    seen = report(latitude_deg=ERBIL[0], longitude_deg=ERBIL[1])
    azimuth, elevation = load_sky().place("moon", seen, np.array([at_s]), 420.0)
    by_hand = almanac.moon_azimuth_elevation_deg(at_s, *ERBIL)
    assert abs((azimuth[0] - by_hand[0] + 180.0) % 360.0 - 180.0) < 0.7
    assert elevation[0] == pytest.approx(by_hand[1], abs=0.7)


def test_venus_is_where_a_textbook_has_it() -> None:
    """Meeus, Astronomical Algorithms, 13.b: 1987 April 10, 19:21 UT, Washington: 68.0337° from south, 15.1249° high.

    Airless there; refraction lifts by 0.06° at this height.
    """
    seen = report(latitude_deg=38.921389, longitude_deg=-77.065556)
    azimuth, elevation = load_sky().place("venus", seen, np.array([parse_time("1987-04-10T19:21:00Z")]), 0.0)
    assert azimuth[0] == pytest.approx(248.0337, abs=0.02)
    assert elevation[0] == pytest.approx(15.1249 + 0.06, abs=0.02)


def test_stars_are_where_sidereal_time_puts_them() -> None:
    """Within 0.4°: precession since 2000, which the hand leaves out, moves a star by up to 0.3° in 21 years."""
    at_s = parse_time("2021-09-11T20:43:00Z")
    seen = report(latitude_deg=ERBIL[0], longitude_deg=ERBIL[1])
    found = {one.name: one for one in load_sky().courses(seen, np.array([at_s]), 420.0)}
    by_hand = almanac.azimuth_elevation_deg(at_s, 297.696, 8.868, *ERBIL)  # Altair
    assert found["altair"].azimuth_deg[0] == pytest.approx(by_hand[0], abs=0.4)
    assert found["altair"].elevation_deg[0] == pytest.approx(by_hand[1], abs=0.4)
    assert "moon" not in found, "it had set"
    assert "sirius" not in found, "it had not risen"


def test_by_day_no_star_is_seen() -> None:
    at_s = parse_time("2021-09-11T09:00:00Z")
    seen = report(latitude_deg=ERBIL[0], longitude_deg=ERBIL[1])
    found = {one.kind for one in load_sky().courses(seen, np.array([at_s]), 420.0)}
    assert found <= {"moon"}


def test_without_the_extra_it_says_what_it_could_not_check() -> None:
    code = """
import json, sys
sys.modules["skyfield"] = None
from tests.sighting.scene import SITE, report, track
from vedette.sighting import SkyMissing, check, load_sky
try:
    sky = load_sky()
except SkyMissing as missing:
    sky = missing
answer = check(report(), SITE, track(), {}, sky)
print(json.dumps([answer.candidates[0].name, list(answer.not_checked)]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == ["t-1", ["the sky: Moon, planets and stars need vedette[sky]"]]


def test_beyond_the_ephemeris_the_sky_is_not_checked() -> None:
    from vedette.sighting import SkyMissing

    with pytest.raises(SkyMissing, match="1900 to 2053"):
        load_sky().courses(report(), np.array([4e9]), 420.0)
