"""The tracker's benchmark at a small size: it measures what it says, and runs from end to end."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks.radar_scenario import SIGMA_AZIMUTH_DEG, SIGMA_ELEVATION_DEG, SIGMA_RANGE_M, draw, write
from benchmarks.tracker import bare_ekf, growth
from benchmarks.tracker.__main__ import main
from benchmarks.tracker.bound import OURS, THREE, KnownAssociation, Told, project
from benchmarks.tracker.contest import BOUND, PEER, TRACKER, Entry, contest, mean
from benchmarks.tracker.ours import Ours, metered
from benchmarks.tracker.plot import HEIGHT, WIDTH, lines_svg
from benchmarks.tracker.scenes import Prepared, prepare, run
from benchmarks.tracker.search import known_association, search
from benchmarks.tracker.table import beside
from vedette.tracking import warm_up


@pytest.fixture(scope="module")
def small() -> Prepared:
    return prepare(8, 20.0, 40, 1)


def test_a_seed_draws_the_same_scene_always() -> None:
    one, other = draw(20, 20.0, 30, 3), draw(20, 20.0, 30, 3)
    assert [rows.tobytes() for rows in one.looks] == [rows.tobytes() for rows in other.looks]
    assert [rows.tobytes() for rows in one.whose] == [rows.tobytes() for rows in other.whose]
    assert one.looks[0][0] == pytest.approx([2898.58168, 200.05286, 4.03358], abs=1e-5)
    assert one.looks[0].tobytes() != draw(20, 20.0, 30, 4).looks[0].tobytes()


def test_the_scene_knows_whose_each_detection_is() -> None:
    scene = draw(20, 20.0, 30, 3)
    sigma = np.array([SIGMA_RANGE_M, SIGMA_AZIMUTH_DEG, SIGMA_ELEVATION_DEG])
    true = clutter = 0
    for present, states, rows, whose in zip(scene.present, scene.states, scene.looks, scene.whose, strict=True):
        own = whose >= 0
        where = [present.index(drone) for drone in whose[own].tolist()]
        expected, _ = project(states[where, :3])
        expected[:, 1:] = np.degrees(expected[:, 1:])
        off = (rows[own] - expected + 180.0 * np.array([0, 1, 0])) % np.array([1e6, 360.0, 1e6])
        off[:, 1] -= 180.0
        off = np.where(off > 5e5, off - 1e6, off)
        assert np.all(np.abs(off) < 6.0 * sigma)
        assert len(set(where)) == len(where)
        true, clutter = true + len(where), clutter + int(np.count_nonzero(~own))
    assert true == pytest.approx(0.9 * sum(len(present) for present in scene.present), rel=0.1)
    assert clutter == pytest.approx(20.0 * 30, rel=0.2)


def test_one_told_whose_each_detection_is_does_better_than_the_tracker(small: Prepared) -> None:
    ours = run(small, Ours(small)).score
    for bound in (KnownAssociation(small, OURS), Told(small)):
        score = run(small, bound).score
        assert score.localisation_m > 0.0
        assert score.gospa_m < ours.gospa_m
        assert score.missed <= ours.missed


def test_turns_lower_the_bound(small: Prepared) -> None:
    straight, ours = (run(small, KnownAssociation(small, models)).score for models in (THREE, OURS))
    assert ours.gospa_m < 0.97 * straight.gospa_m


def test_the_bound_of_our_models_is_what_the_tracker_does_when_told(small: Prepared) -> None:
    """Plain NumPy and the tracker's kernels, given the same models and the same association."""
    bound, told = run(small, KnownAssociation(small, OURS)).score, run(small, Told(small)).score
    assert bound.gospa_m == pytest.approx(told.gospa_m, rel=2e-3)


def test_the_bare_filter_is_consistent() -> None:
    start, measured, last = bare_ekf.flights(200, 40)
    mean, covariance, seconds = bare_ekf.filtered(start, measured)
    square = (mean[:3] - last) ** 2 / covariance[[0, 2, 5]]
    assert 0.6 < square.mean() < 1.4
    assert seconds > 0.0


def test_the_kernels_are_timed_and_put_back(small: Prepared) -> None:
    warm_up()
    plain = run(small, Ours(small))
    with metered() as meter:
        timed = run(small, Ours(small))
    calls = meter.calls
    assert timed.score == plain.score
    assert calls > 5 * len(small.scans)
    assert 0.0 < meter.seconds < timed.seconds
    run(small, Ours(small))
    assert meter.calls == calls


def test_growth_is_measured_on_a_tracker_that_follows() -> None:
    grown = growth.timed(10, 10.0, 1.0, scans=12)
    assert grown.followed > 0.8
    assert grown.seconds > 0.0
    assert len(growth.late_s(5, 20.0, 32, (1,))) > 2
    held = growth.memory(40)
    assert held.tracks > 35
    assert 0.0 < held.above_imports < held.peak


def test_the_search_keeps_the_best() -> None:
    start = {"quiet": 0.1, "middle": 3.0, "wild": 30.0, "upright": 0.5, "dwell_s": 20.0, "speed_mps": (15.0, 2.0)}
    found = search({"upright": (0.01, 5.0), "dwell_s": (20.0,)}, start, known_association, ((5, 30),))
    assert found == start | {"upright": 0.01}


def test_the_whole_run_without_peers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--drones", "3", "50", "--seeds", "1", "--scans", "14", "--no-peers", "--no-growth", "--out", str(tmp_path)])
    printed = capsys.readouterr().out
    assert max(len(line) for line in printed.splitlines()) <= 100
    for expected in ("Vedette ", "bound: ", "bare EKF", "GOSPA at 50 drones", "no peers"):
        assert expected in printed
    for name in ("accuracy", "speed"):
        root = ElementTree.parse(tmp_path / f"{name}.svg").getroot()  # noqa: S314 - our own
        assert root.tag.endswith("svg")
        assert len(root.findall(".//{*}circle")) >= 4


def test_a_peer_stands_beside_ours_and_the_bound_on_the_scenes_of_its_run() -> None:
    twin = Entry("twin", PEER, Ours, {5: (1, 14)})
    *_, line = contest(5, 20, (1, 2), [Entry("ours", TRACKER, Ours), Entry("bound", BOUND, Told), twin])
    assert (line.seeds, line.scans) == ((1,), 14)
    assert mean(line.ours, "gospa_m") == line.mean("gospa_m")
    assert len(line.bound) == 1
    _, row = beside([line])
    assert row.split()[3:5] == [f"{line.mean('gospa_m'):.1f}", "+0.0"]
    assert row.split()[6] == f"{mean(line.bound, 'gospa_m'):.1f}"
    assert len(row) <= 100


def test_a_plot_stays_within_its_frame() -> None:
    svg = lines_svg("title", "x", "y", {"one": [(5, 12.0), (200, 900_000.0)], "<two>": [(50, 3.0)], "none": []})
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own
    dots = root.findall(".//{*}circle")
    assert len(dots) == 3
    for dot in dots:
        assert 0.0 < float(dot.attrib["cx"]) < WIDTH
        assert 0.0 < float(dot.attrib["cy"]) < HEIGHT


def test_stone_soup_follows_the_drones() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("stonesoup", reason="Stone Soup is in the dependency group `peers`, not installed here")
        from benchmarks.tracker import stone_soup

        scene = prepare(5, 10.0, 16, 1)
        scores = {name: run(scene, peer.on(scene)).score for name, peer in stone_soup.PEERS.items()}
    assert all(score.missed < 1.0 and score.false < 1.0 for score in scores.values()), scores
    assert scores["kd_tree"].gospa_m == pytest.approx(scores["global_nearest"].gospa_m, rel=0.05)


def test_the_example_tracks_a_table_and_draws_it(tmp_path: Path) -> None:
    write(draw(drones=3, clutter=5.0, scans=12, seed=1), tmp_path)
    example = Path(__file__).parents[2] / "examples" / "track_a_table.py"
    done = subprocess.run(
        [sys.executable, example, tmp_path / "detections.csv", tmp_path / "site.toml", tmp_path / "out.svg"],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.svg").read_text().count("<polyline") >= 2
