"""Reports drawn from the model come back as often as it says: the sums are right, whatever the numbers are."""

from __future__ import annotations

import numpy as np
import pytest

from tests.sighting.scene import NOON_S, SITE, report, track
from vedette.geo import LocalFrame
from vedette.model import NOTHING_KNOWN
from vedette.sighting import SkyMissing, angle_sigmas_deg, check
from vedette.sighting.aloft import courses_of
from vedette.sighting.eye import P_GROSS

REPORTS = 1500
SCENE = [
    *track("near", azimuth_deg=80.0, distance_m=500.0, height_m=60.0),
    *track("far", azimuth_deg=110.0, distance_m=3500.0, height_m=300.0),
    *track("high", azimuth_deg=85.0, distance_m=900.0, height_m=700.0),
    *track("behind", azimuth_deg=300.0, distance_m=2000.0, height_m=150.0),
]


@pytest.mark.parametrize("sure", ["sure", "fairly", "unsure"])
def test_what_is_said_with_p_is_so_in_p_of_the_cases(sure: str) -> None:
    rng = np.random.default_rng(7)
    plain = report(sure=sure, time_sigma_s=0.0, elevation_deg=0.0)
    azimuth_sigma, elevation_sigma = angle_sigmas_deg(plain)
    frame = LocalFrame(SITE.latitude_deg, SITE.longitude_deg, SITE.altitude_ellipsoid_m)
    courses, _ = courses_of(SCENE, {}, frame, np.array([NOON_S]))
    rates = np.array([*(float(course.weight[0]) for course in courses), 1.0])
    told: list[tuple[float, bool, str]] = []
    for cause in rng.choice(len(rates), REPORTS, p=rates / rates.sum()):
        azimuth, elevation = rng.uniform(0.0, 360.0), rng.uniform(0.0, 90.0)
        name = NOTHING_KNOWN
        if cause < len(courses):
            course = courses[cause]
            name = course.name
            if rng.random() >= P_GROSS[sure]:
                high = float(course.elevation_deg[0])
                wide = np.hypot(azimuth_sigma, course.sigma_azimuth_deg[0]) / np.cos(np.radians(high))
                azimuth = (float(course.azimuth_deg[0]) + rng.normal(0.0, wide)) % 360.0
                elevation = high + rng.normal(0.0, np.hypot(elevation_sigma, course.sigma_elevation_deg[0]))
        said = report(sure=sure, time_sigma_s=0.0, azimuth_true_deg=azimuth, elevation_deg=elevation)
        found = check(said, SITE, SCENE, {}, SkyMissing("not asked"))
        told += [(one.p, one.name == name, one.name) for one in found.candidates]
    p, true, names = (np.array(column) for column in zip(*told, strict=True))
    parts = {f"p from {low:.1f}": (p >= low) & (p < low + 0.2) for low in np.arange(0.0, 1.0, 0.2)}
    parts |= {name: names == name for name in sorted(set(names))}
    assert len(parts) == 10
    for part, inside in parts.items():
        if inside.sum() < 50:
            continue
        spread = np.sqrt((p[inside] * (1.0 - p[inside])).sum()) / inside.sum()
        assert true[inside].mean() == pytest.approx(p[inside].mean(), abs=3.5 * spread + 0.005), part
