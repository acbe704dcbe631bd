"""Where tracks come down, against a physics simulation of its own: falls drawn at random, seen through noise."""

from __future__ import annotations

import numpy as np
import pytest

from tests.assessment.fields import AIRLINER, BIRD, DRONE, make_site, tracks_of
from vedette.assessment import Assessor
from vedette.assessment.fall import fall, normal_samples
from vedette.geo import distance_azimuth
from vedette.model import Floats, Picture, Status, TrackPicture
from vedette.site import Site

SIGMA_M, SIGMA_MPS = 12.0, 4.0


def _simulate(rng: np.random.Generator) -> Floats:
    """Truth (n, 6) at 0.1 s: level flight for 5 s, then a fall of unknown drag, by Runge and Kutta."""
    speed, course, height = rng.uniform(45.0, 60.0), rng.uniform(0.0, 2.0 * np.pi), rng.uniform(120.0, 220.0)
    drag = 9.80665 / rng.uniform(35.0, 60.0) ** 2
    place = np.array([*rng.uniform(-3000.0, 3000.0, 2), height])
    velocity = np.array([speed * np.sin(course), speed * np.cos(course), 0.0])
    rows = [np.concatenate([place + velocity * t, velocity]) for t in np.arange(0.0, 5.0, 0.1)]
    state = rows[-1]

    def change(x: Floats) -> Floats:
        v = x[3:]
        return np.concatenate([v, -drag * np.linalg.norm(v) * v - np.array([0.0, 0.0, 9.80665])])

    while state[2] > 0.0:
        a = change(state)
        b = change(state + 0.05 * a)
        c = change(state + 0.05 * b)
        d = change(state + 0.1 * c)
        state = state + 0.1 / 6.0 * (a + 2.0 * b + 2.0 * c + d)
        rows.append(state)
    return np.array(rows)


def _watch(site: Site, truth: Floats, rng: np.random.Generator, mask_m: float = 15.0) -> Picture:
    """Seen once a second with noise down to `mask_m`, then silence, then the end of the track."""
    assessor, last = Assessor(site), 0
    for at in range(0, len(truth), 10):
        if truth[at, 2] > mask_m:
            noise = rng.normal(0.0, [SIGMA_M] * 3 + [SIGMA_MPS] * 3)
            assessor.picture(tracks_of(at / 10.0, [truth[at] + noise], sigma_m=SIGMA_M, sigma_mps=SIGMA_MPS))
            last = at
    for late in range(1, 3):
        silent = truth[last] + np.concatenate([late * truth[last, 3:], np.zeros(3)])
        seen = {"radar-1": last / 10.0}
        assessor.picture(tracks_of(last / 10.0 + late, [silent], status=Status.COASTING, seen_s=seen))
    return assessor.picture(tracks_of(last / 10.0 + 3.0, np.zeros((0, 6))))


def _errors(site: Site, count: int) -> tuple[list[float], list[float]]:
    errors, distances = [], []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        truth = _simulate(rng)
        ended = _watch(site, truth, rng).ended
        assert len(ended) == 1
        impact = ended[0].last.impact
        assert impact is not None, f"seed {seed}"
        assert impact.basis == "descent"
        latitude, longitude, _ = site.frame().to_geodetic(truth[-1, :3])
        error, azimuth = distance_azimuth(impact.latitude_deg, impact.longitude_deg, float(latitude), float(longitude))
        angle = np.radians(azimuth - impact.azimuth_true_deg)
        errors.append(error)
        distances.append(
            float(np.hypot(error * np.cos(angle) / impact.sigma_major_m, error * np.sin(angle) / impact.sigma_minor_m))
        )
    return errors, distances


def test_error_and_ellipse_against_simulated_falls(site: Site) -> None:
    errors, distances = _errors(site, 40)
    assert np.median(errors) < 30.0
    assert np.percentile(errors, 95) < 70.0
    within_95 = np.mean(np.array(distances) < 2.4477)
    assert within_95 > 0.85
    assert np.mean(np.array(distances) < 1.0) < 0.75, "the ellipse is far too large"


def _steady(site: Site, climb: float, p_classes: tuple[float, ...], identity: str | None, high: float) -> TrackPicture:
    """The last picture of a track that flies 1 Hz in a straight line until its height is nearly gone, or for 20 s."""
    assessor, state = Assessor(site), np.array([4000.0, 0.0, high, -60.0, 0.0, climb])
    at = 0.0
    while state[2] > 8.0 and at < 20.0:
        assessor.picture(tracks_of(at, [state], sigma_mps=1.5, p_classes=p_classes, identity=(identity,)))
        state = state + np.concatenate([state[3:], np.zeros(3)])
        at += 1.0
    return assessor.picture(tracks_of(at + 2.0, np.zeros((0, 6)))).ended[0].last


@pytest.mark.parametrize(
    ("climb", "p_classes", "identity", "high", "down"),
    [
        (-25.0, DRONE, None, 200.0, True),
        (0.0, DRONE, None, 40.0, False),
        (0.0, DRONE, None, 160.0, False),
        (-3.7, AIRLINER, "icao:F0A482", 60.0, False),
        (-3.7, DRONE, None, 60.0, False),
        (-12.0, AIRLINER, "icao:F0A482", 100.0, False),
        (-12.0, DRONE, "icao:F0A482", 100.0, False),
        (-30.0, AIRLINER, "icao:F0A482", 300.0, True),
        (-12.0, BIRD, None, 100.0, False),
        (-20.0, DRONE, None, 900.0, False),
    ],
)
def test_who_comes_down(
    site: Site, climb: float, p_classes: tuple[float, ...], identity: str | None, high: float, down: bool
) -> None:
    assert (_steady(site, climb, p_classes, identity, high).impact is not None) is down


def test_noise_on_the_height_of_a_level_flyer_is_no_fall(site: Site) -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        assessor = Assessor(site)
        for at in range(15):
            state = np.array([3000.0 - 55.0 * at, 0.0, 150.0, -55.0, 0.0, 0.0]) + rng.normal(0.0, [8, 8, 40, 2, 2, 8])
            covariance_sigma = 8.0
            track = assessor.picture(tracks_of(float(at), [state], sigma_m=40.0, sigma_mps=covariance_sigma)).tracks[0]
            assert track.impact is None


def test_descending_is_said_while_it_still_flies(site: Site) -> None:
    assessor = Assessor(site)
    for at in range(4):
        picture = assessor.picture(tracks_of(float(at), [[0.0, 0.0, 400.0 - 25.0 * at, 30.0, 0.0, -25.0]]))
    impact = picture.tracks[0].impact
    assert impact is not None
    assert impact.basis == "descending"
    assert impact.place == "inside"
    assert any(reason.source == "fall model" for reason in picture.tracks[0].reasons)


def test_without_perimeter_no_side(tmp_path: object) -> None:
    site = make_site(tmp_path, perimeter=False)  # type: ignore[arg-type]
    impact = _steady(site, -25.0, DRONE, None, 200.0).impact
    assert impact is not None
    assert (impact.p_inside, impact.place) == (None, "unsure")


def test_a_fall_without_drag_is_galilei_s() -> None:
    height, velocity = np.array([100.0]), np.array([[10.0, 0.0, 0.0]])
    way, time = fall(height, velocity, np.array([1e6]))
    assert time[0] == pytest.approx(np.sqrt(2.0 * 100.0 / 9.80665), rel=0.01)
    assert way[0, 0] == pytest.approx(10.0 * time[0], rel=1e-6)


def test_a_long_fall_ends_at_terminal_speed() -> None:
    velocity = np.array([[60.0, 0.0, 0.0]])
    near, far = (fall(np.array([height]), velocity, np.array([40.0]))[1][0] for height in (900.0, 1300.0))
    assert 400.0 / (far - near) == pytest.approx(40.0, rel=0.01)
    assert fall(np.array([0.0]), velocity, np.array([40.0]))[1][0] == 0.0


def test_samples_are_standard() -> None:
    samples = normal_samples(48, 7)
    assert samples.mean(axis=0) == pytest.approx(np.zeros(7), abs=1e-12)
    assert samples.var(axis=0) == pytest.approx(np.ones(7))
    assert np.abs(np.corrcoef(samples.T) - np.eye(7)).max() < 0.3


@pytest.mark.parametrize(
    ("sinks", "sigma", "down"),
    [
        ([0.0, 0.0, 13.0, 16.0, 34.0], 8.0, True),
        ([0.0, 0.0, 6.0, 7.0, 9.0], 8.0, False),
        ([0.0, 0.0, 0.0, 0.0, 34.0], 8.0, False),
        ([0.0, 0.0, 13.0, 16.0, 34.0], 20.0, False),
    ],
)
def test_a_fall_may_be_seen_badly_but_must_be_seen(site: Site, sinks: list[float], sigma: float, down: bool) -> None:
    assessor, height = Assessor(site), 150.0
    for at, sink in enumerate(sinks):
        height -= sink
        state = [0.0, 50.0 * at, height, 0.0, 30.0, -sink]
        assessor.picture(tracks_of(float(at), [state], sigma_mps=sigma))
    ended = assessor.picture(tracks_of(9.0, np.zeros((0, 6)))).ended[0]
    assert (ended.last.impact is not None) is down
