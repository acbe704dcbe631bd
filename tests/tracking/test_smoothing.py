"""After the fact: what all looks together say of a flight, against its truth and against the tracker live."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.tracking.field import START_S, look, noise_points, polar, radar, report, reporter, sensor, site
from tests.tracking.test_backward import step_of
from vedette.geo import Floats
from vedette.model import Scan, SmoothedTracks, Status
from vedette.model.tracks import Bools
from vedette.scoring import score
from vedette.site import Sensor, load_site
from vedette.tables import TrackRow, read_looks, read_truth
from vedette.tracking import Tracker, moments, motion, smooth
from vedette.units import STANDARD_GRAVITY_MPS2

Truth = Callable[[float], Floats]
FALL = motion.MODES - 1


WIDE = radar(clutter_per_scan=0.5, range_m=(50.0, 12_000.0), elevation_deg=(-10.0, 80.0))


def straight(at_s: float) -> Floats:
    return np.array([2000.0 - 22.0 * at_s, 600.0 + 4.0 * at_s, 150.0])


def flown(one: Sensor, truth: Truth, scans: int, rng: np.random.Generator, p_detect: float = 0.9) -> list[Scan]:
    return [look(one, k, [truth(k)] if rng.random() < p_detect else [], rng) for k in range(scans)]


def live(one: Sensor, looks: list[Scan]) -> list[tuple[float, Floats, Floats]]:
    """Time, position and velocity of every believed track that the tracker shows as the looks come."""
    tracker, found = Tracker(site(one)), []
    for scan in looks:
        tracks = tracker.observe(scan)
        for i in np.flatnonzero(tracks.status != Status.TENTATIVE).tolist():
            found.append((tracks.observed_s, tracks.position_enu_m[i], tracks.velocity_enu_mps[i]))
    return found


def error_of(rows: list[tuple[float, Floats, Floats]], truth: Truth) -> tuple[float, float]:
    """RMS of position and of velocity."""
    off_m = [place - truth(at_s - START_S) for at_s, place, _ in rows]
    off_mps = [rate - (truth(at_s - START_S + 1e-3) - truth(at_s - START_S)) / 1e-3 for at_s, _, rate in rows]
    return tuple(float(np.sqrt(np.mean(np.sum(np.square(off), axis=1)))) for off in (off_m, off_mps))  # type: ignore[return-value]


def rows_of(smoothed: SmoothedTracks, which: Bools | slice = slice(None)) -> list[tuple[float, Floats, Floats]]:
    columns = (smoothed.observed_s[which], smoothed.position_enu_m[which], smoothed.velocity_enu_mps[which])
    return list(zip(columns[0].tolist(), columns[1], columns[2], strict=True))


def test_on_a_known_straight_flight_the_error_shrinks() -> None:
    before, after = [], []
    for seed in range(6):
        looks = flown(radar(), straight, 60, np.random.default_rng(seed))
        before += live(radar(), looks)
        smoothed = smooth(site(radar()), looks)
        assert len(set(smoothed.id.tolist())) == 1
        after += rows_of(smoothed)
    (metres, rate), (metres_after, rate_after) = error_of(before, straight), error_of(after, straight)
    assert metres_after < 0.65 * metres
    assert rate_after < 0.5 * rate


@pytest.mark.kernels
def test_a_path_begins_with_its_first_detection_and_ends_with_its_last() -> None:
    rng, one = np.random.default_rng(1), radar(clutter_per_scan=10.0)
    looks = []
    for k in range(30):
        seen = [straight(k)] if 4 <= k < 22 and k != 6 else []
        looks.append(look(one, k, np.vstack([*seen, noise_points(rng, 10)]), rng))
    smoothed = smooth(site(one), looks)
    assert len(set(smoothed.id.tolist())) == 1, "clutter was never believed"
    assert (smoothed.observed_s - START_S).tolist() == list(range(4, 22))
    tracker = Tracker(site(one))
    for scan in looks[:5]:
        tracks = tracker.observe(scan)
    assert np.all(tracks.status == Status.TENTATIVE), "live it is believed later"
    assert smoothed.status.tolist() == [Status.COASTING if k == 2 else Status.CONFIRMED for k in range(18)]
    assert np.linalg.norm(smoothed.position_enu_m[0] - straight(4.0)) < 60.0
    assert np.linalg.norm(smoothed.velocity_enu_mps[0] - [-22.0, 4.0, 0.0]) < 8.0
    assert np.all(smoothed.p_exists > 0.99)
    assert smoothed.altitude_known.all()
    assert smoothed.range_known.all()


@pytest.mark.kernels
def test_a_silence_is_bridged_and_the_doubt_is_greatest_in_its_middle() -> None:
    rng, ads_b = np.random.default_rng(2), reporter("adsb-1", "adsb")
    seen = [float(k) for k in range(40) if not 14 < k < 26]
    identity = "icao:4CA123"
    looks = [report(ads_b, k, straight(k), identity, rng) for k in seen]
    looks += [
        report(ads_b, k + 0.5, straight(k) + np.array([3000.0, 0.0, 500.0]), "icao:4CA999", rng) for k in range(40)
    ]
    smoothed = smooth(site(ads_b), looks)
    own = np.array([name == identity for name in smoothed.identity])
    in_gap = own & (smoothed.observed_s > START_S + 14.0) & (smoothed.observed_s < START_S + 26.0)
    times_s, doubt_m2 = smoothed.observed_s[in_gap], smoothed.covariance[in_gap, 0, 0]
    assert abs(times_s[np.argmax(doubt_m2)] - START_S - 20.0) <= 3.0
    assert np.all(smoothed.status[own & (smoothed.observed_s > START_S + 17.0) & in_gap] == Status.COASTING)
    off = smoothed.position_enu_m[in_gap] - [straight(at_s - START_S) for at_s in times_s]
    assert np.linalg.norm(off, axis=1).max() < 45.0
    assert np.all(smoothed.p_exists[in_gap] > 0.99)


def falling(at_s: float) -> Floats:
    """Straight and level until 25 s, then a fall with the drag of the tracker's own model."""
    since, tau = max(at_s - 25.0, 0.0), float(motion.FALL_S[FALL])
    keep = np.exp(-since / tau)
    ahead = 30.0 * (min(at_s, 25.0) + tau * (1.0 - keep))
    return np.array([1500.0 - ahead, 800.0, 320.0 - STANDARD_GRAVITY_MPS2 * tau * (since - tau * (1.0 - keep))])


@pytest.mark.kernels
def test_a_fall_is_found_to_have_begun_when_it_did() -> None:
    before, after, modes = [], [], []
    for seed in range(4):
        looks = flown(WIDE, falling, 35, np.random.default_rng(seed), p_detect=1.0)
        smoothed = smooth(site(WIDE), looks)
        while_down = smoothed.observed_s >= START_S + 25.0
        before += [row for row in live(WIDE, looks) if row[0] >= START_S + 25.0]
        after += rows_of(smoothed, while_down)
        modes.append(smoothed.p_modes[(smoothed.observed_s - START_S).astype(int).searchsorted([20, 30])])
    (metres, rate), (metres_after, rate_after) = error_of(before, falling), error_of(after, falling)
    assert metres_after < 0.8 * metres
    assert rate_after < 0.6 * rate
    assert np.mean(modes, axis=0)[0, FALL] < 0.1
    assert np.mean(modes, axis=0)[1, FALL] > 0.8


@pytest.mark.kernels
def test_altitude_that_was_never_measured_stays_unknown_and_what_was_measured_later_is_known_before() -> None:
    rng, flat, full = np.random.default_rng(3), radar("radar-1", sigma_elevation_deg=None), radar("radar-2", 300.0)
    blind = smooth(site(flat), flown(flat, straight, 25, rng))
    assert not blind.altitude_known.any()
    assert np.all(np.sqrt(blind.covariance[:, 2, 2]) > 60.0)
    looks = flown(flat, straight, 25, rng)
    looks += [look(full, k + 0.5, [straight(k + 0.5)], rng) for k in range(12, 25)]
    smoothed = smooth(site(flat, full), looks)
    at_s = smoothed.observed_s - START_S
    assert smoothed.altitude_known[at_s >= 12.5].all()
    assert smoothed.altitude_known[(at_s > 10.0) & (at_s < 12.0)].all(), "what comes later tells"
    up_m, sigma_m = smoothed.position_enu_m[:, 2], np.sqrt(smoothed.covariance[:, 2, 2])
    assert np.all(np.abs(up_m - 150.0)[smoothed.altitude_known] < 4.0 * sigma_m[smoothed.altitude_known])
    assert np.all(sigma_m[~smoothed.altitude_known] >= 50.0)


EAR = sensor("rf-1", "rf", 400.0, -200.0, sigma_azimuth_deg=2.0, clutter_per_scan=0.2, range_m=(0.0, 6000.0))


HEARD = site(radar(clutter_per_scan=5.0), EAR)


def emitter(at_s: float) -> Floats:
    return np.array([-1500.0 + 15.0 * at_s, 2500.0, 120.0])


def off_rad(at_s: float, position_m: Floats) -> float:
    """How far off the emitter's true azimuth a place lies."""
    return float((polar(EAR, position_m)[1] - polar(EAR, emitter(at_s - START_S))[1])[0])


def heard_first(seed: int) -> tuple[SmoothedTracks, dict[float, float]]:
    """An emitter that is heard from the start and seen by the radar from 18 s on; live: errors of its direction."""
    rng, looks, live_rad, tracker = np.random.default_rng(seed), [], {}, Tracker(HEARD)
    for k in range(40):
        seen = [emitter(k)] if k >= 18 else []
        looks.append(look(HEARD.sensors[0], k, np.vstack([*seen, noise_points(rng, 5)]), rng))
        looks.append(look(EAR, k + 0.5, [emitter(k + 0.5)], rng))
        tracker.observe(looks[-2])
        tracks = tracker.observe(looks[-1])
        for i in np.flatnonzero(~tracks.range_known & (tracks.status != Status.TENTATIVE)).tolist():
            live_rad[tracks.observed_s] = off_rad(tracks.observed_s, tracks.position_enu_m[i])
    return smooth(HEARD, looks), live_rad


@pytest.mark.kernels
def test_a_direction_gives_way_to_the_track_that_takes_its_number() -> None:
    smoothed, live_rad = heard_first(5)
    assert len(set(smoothed.id.tolist())) == 1
    assert len(set(smoothed.observed_s.tolist())) == len(smoothed)
    placed = smoothed.observed_s[smoothed.range_known] - START_S
    assert 18.0 <= placed.min() <= 19.0, "from the radar's first detection on"
    aimed = np.flatnonzero(~smoothed.range_known)
    assert smoothed.observed_s[aimed[0]] < min(live_rad) - 1.0, "from its first detection on too"
    assert np.isnan(smoothed.p_modes[aimed]).all()
    assert not smoothed.altitude_known[aimed].any()
    assert np.nanargmax(smoothed.last_seen_s[aimed[0]]) == 1


def test_a_direction_is_smoothed() -> None:
    before, after = [], []
    for seed in range(8):
        smoothed, live_rad = heard_first(seed)
        for i in np.flatnonzero(~smoothed.range_known).tolist():
            at_s = float(smoothed.observed_s[i])
            if at_s in live_rad:
                before.append(live_rad[at_s])
                after.append(off_rad(at_s, smoothed.position_enu_m[i]))
    assert len(after) > 50
    assert np.sqrt(np.mean(np.square(after))) < 0.75 * np.sqrt(np.mean(np.square(before)))


def drawn(rng: np.random.Generator, count: int) -> Floats:
    """A flight (count, 6) drawn from the tracker's own models of straight flight and turns, a second a step."""
    state = np.array([*rng.uniform(-2500.0, 2500.0, 2), rng.uniform(300.0, 900.0), *rng.normal(0.0, 12.0, 2), 0.0])
    mode, states = 0, []
    for _ in range(count):
        states.append(state)
        if rng.random() > np.exp(-1.0 / motion.DWELL_S[mode]):
            jump = motion.JUMP[mode, :FALL]
            mode = int(rng.choice(FALL, p=jump / jump.sum()))
        step, _, noise = step_of(1.0, 0.0, motion.NOISE[mode], float(motion.TURN_RADPS[mode]))
        state = step @ state + np.linalg.cholesky(noise) @ rng.normal(size=6)
    return np.array(states)


def test_its_covariances_say_how_far_off_it_is() -> None:
    """Normalised squared errors over 30 drawn flights have the mean of a chi-squared of six degrees, give or take."""
    squares, inside = [], []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        states = drawn(rng, 60)
        smoothed = smooth(site(WIDE), flown(WIDE, lambda at_s, s=states: s[round(at_s), :3], 60, rng))  # type: ignore[misc]
        at = np.rint(smoothed.observed_s - START_S).astype(int)
        kept = (at >= 10) & (at < 50)
        off = np.hstack([smoothed.position_enu_m, smoothed.velocity_enu_mps])[kept] - states[at[kept]]
        square = np.einsum("nd,nd->n", off, np.linalg.solve(smoothed.covariance[kept], off[..., None])[..., 0])
        squares += square.tolist()
        inside += (square < 12.59).tolist()
    assert len(squares) > 1100
    assert 4.8 < np.mean(squares) < 7.2
    assert np.mean(inside) > 0.9, "12.59 holds 95 % of a chi-squared of six degrees"


BOAT_SITE = """
name = "Marine radar under way"
id = "boat"
timezone = "UTC"
latitude_deg = 63.44
longitude_deg = 10.28
altitude_ellipsoid_m = 0.0
[[sensor]]
id = "marine-radar"
kind = "radar"
latitude_deg = 63.44
longitude_deg = 10.28
altitude_ellipsoid_m = 0.0
period_s = 2.5
range_m = [0.0, 4000.0]
sigma_position_m = 15.0
p_detect = 0.8
clutter_per_scan = 4.0
"""


def test_a_real_boat_before_a_real_radar_is_placed_better(recordings: Path, tmp_path: Path) -> None:
    (tmp_path / "boat.toml").write_text(BOAT_SITE)
    waters, boat = load_site(tmp_path / "boat.toml"), read_truth(recordings / "radar/joyride_truth.csv")
    looks = list(read_looks(recordings / "radar/joyride_detections.csv"))
    tracker, found = Tracker(waters), []
    for shown in (map(tracker.observe, looks), moments(smooth(waters, looks))):
        rows = []
        for tracks in shown:
            latitude, longitude, _ = waters.frame().to_geodetic(tracks.position_enu_m)
            for i in np.flatnonzero(tracks.status != Status.TENTATIVE).tolist():
                rows.append(
                    TrackRow(
                        time_s=tracks.observed_s, track=str(tracks.id[i]), status=Status(tracks.status[i]),
                        latitude_deg=float(latitude[i]), longitude_deg=float(longitude[i]),
                        velocity_east_mps=float(tracks.velocity_enu_mps[i, 0]),
                        velocity_north_mps=float(tracks.velocity_enu_mps[i, 1]),
                    )
                )  # fmt: skip
        found.append(score(rows, boat)[0].siap)
    before, after = found
    # A smoothed track ends with its last detection, a live one coasts on: that may cost a look of the 238.
    assert after.completeness is not None
    assert before.completeness is not None
    assert after.completeness > before.completeness - 1.5 / len(looks)
    assert after.position_error_m is not None
    assert before.position_error_m is not None
    assert after.position_error_m < 0.92 * before.position_error_m
    assert after.velocity_error_mps is not None
    assert before.velocity_error_mps is not None
    assert after.velocity_error_mps < 0.75 * before.velocity_error_mps
