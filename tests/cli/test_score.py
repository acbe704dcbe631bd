"""`vedette score` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.watch.driving import vedette

HEAD = "time_utc,{name},latitude_deg,longitude_deg,altitude_ellipsoid_m,velocity_east_mps,velocity_north_mps"


@pytest.fixture
def tables(tmp_path: Path) -> tuple[Path, Path]:
    """Two drones for 10 s, 1 km apart; one is followed 10 m beside, the other not, and there is a false track."""
    truth, tracks = [HEAD.format(name="truth")], [HEAD.format(name="track") + ",status"]
    for second in range(10):
        time = f"2026-01-01T00:00:{second:02d}Z"
        truth += [f"{time},a,36.0,44.0,500,0,0", f"{time},b,36.01,44.0,500,0,0"]
        tracks += [f"{time},T-1,36.0000901,44.0,500,0,0,confirmed", f"{time},T-2,36.1,44.0,500,0,0,coasting"]
    paths = tmp_path / "tracks.csv", tmp_path / "truth.csv"
    for path, rows in zip(paths, (tracks, truth), strict=True):
        path.write_text("\n".join(rows) + "\n")
    return paths


def test_json_has_the_contract_s_keys(tables: tuple[Path, Path]) -> None:
    done = vedette("score", *tables, "--json", "--c", "50", "--p", "1", "--skip-s", "3")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["gospa_m"] == pytest.approx(60.0, abs=0.01)
    assert found["localisation_m"] == pytest.approx(10.0, abs=0.01)
    assert (found["missed"], found["false"], found["id_switches"]) == (1.0, 1.0, 0)
    assert (found["p"], found["c_m"], found["alpha"], found["skipped_s"]) == (1.0, 50.0, 2.0, 3.0)
    siap = found["siap"]
    assert (siap["completeness"], siap["ambiguity"], siap["spuriousness"]) == (0.5, 1.0, 0.5)
    assert (siap["longest_segment"], siap["track_change_rate_hz"], siap["id_completeness"]) == (0.5, 0.0, 0.0)


def test_it_reads_well_at_eighty_columns(tables: tuple[Path, Path]) -> None:
    lines = vedette("score", *tables).stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("GOSPA") and "100.50 m" in line for line in lines)


@pytest.mark.parametrize(
    ("name", "begins"), [("plot.svg", b"<svg "), ("plot.png", b"\x89PNG\r\n"), ("plot.PDF", b"%PDF-")]
)
def test_the_plot_is_of_the_kind_of_its_name(
    tables: tuple[Path, Path], tmp_path: Path, name: str, begins: bytes
) -> None:
    assert vedette("score", *tables, "--plot", tmp_path / name).returncode == 0
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "tracks.csv", "truth.csv"])


@pytest.mark.parametrize(
    "options",
    [
        ("--plot", "plot.gif"),
        ("--plot", "absent/plot.svg"),
        ("--c", "0"),
        ("--c", "nan"),
        ("--p", "0.5"),
        ("--skip-s", "-1"),
        ("--skip-s", "3600", "--plot", "plot.svg"),
    ],
)
def test_bad_usage_is_two_and_no_file(tables: tuple[Path, Path], options: tuple[str, ...]) -> None:
    done = vedette("score", *tables, *options, folder=tables[0].parent)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(list(tables[0].parent.iterdir())) == 2


def test_the_first_bad_row_refuses(tables: tuple[Path, Path], tmp_path: Path) -> None:
    tracks, truth = tables
    tracks.write_text(tracks.read_text().replace("coasting", "coasted", 1))
    done = vedette("score", tracks, truth, "--json", "--plot", tmp_path / "plot.svg")
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "tracks.csv: row 2, status = coasted" in done.stderr
    assert not (tmp_path / "plot.svg").exists()
    truth.write_text(truth.read_text().splitlines()[0] + "\n")
    assert vedette("score", tracks, truth).returncode == 2
