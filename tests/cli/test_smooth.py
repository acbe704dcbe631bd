"""`vedette track --smooth`: the second table end to end, numbers, late looks, faults."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from tests.watch.driving import vedette
from vedette.clock import iso_utc
from vedette.site import load_site

START_S = 1_767_225_600.0
SCANS = 45


def truth_m(drone: int, scan: int) -> list[float]:
    """Two drones: one straight, one on a wide turn."""
    if drone == 0:
        return [1800.0 - 25.0 * scan, 900.0 + 3.0 * scan, 150.0]
    angle = 0.05 * scan
    return [-800.0 + 400.0 * float(np.sin(angle)), -900.0 + 400.0 * float(np.cos(angle)), 120.0]


@pytest.fixture
def tables(site_file: Path, tmp_path: Path) -> Path:
    """d.csv: in order; late.csv: the same looks, two of them 1.5 s late, one 4 s; truth.csv."""
    rng, frame, looks, truth = np.random.default_rng(3), load_site(site_file).frame(), [], []
    for scan in range(SCANS):
        at, rows = iso_utc(START_S + scan), []
        for drone in (0, 1):
            east, north, up = truth_m(drone, scan)
            latitude, longitude, altitude = (float(one) for one in frame.to_geodetic([east, north, up]))
            truth.append(f"{at},drone-{drone},{latitude:.8f},{longitude:.8f},{altitude:.3f}")
            up -= 11.0  # the radar stands higher
            slant = float(np.linalg.norm([east, north, up])) + rng.normal() * 10.0
            azimuth = np.degrees(np.arctan2(east, north)) + rng.normal()
            elevation = np.degrees(np.arcsin(up / slant)) + rng.normal()
            rows.append(f"{at},radar-1,{scan},{slant:.2f},{azimuth % 360.0:.4f},{elevation:.4f}")
        for _ in range(rng.poisson(5.0)):
            slant, azimuth, elevation = rng.uniform(300, 4500), rng.uniform(0, 360), rng.uniform(-1, 40)
            rows.append(f"{at},radar-1,{scan},{slant:.2f},{azimuth:.4f},{elevation:.4f}")
        looks.append("\n".join(rows))
    head = "time_utc,sensor,scan,range_m,azimuth_true_deg,elevation_deg\n"
    (tmp_path / "d.csv").write_text(head + "\n".join(looks) + "\n")
    late = list(range(SCANS))
    for scan, after in ((12, 2), (20, 2), (30, 5)):
        late.remove(scan)
        late.insert(scan + after - 1, scan)
    (tmp_path / "late.csv").write_text(head + "\n".join(looks[scan] for scan in late) + "\n")
    truth_head = "time_utc,truth,latitude_deg,longitude_deg,altitude_ellipsoid_m\n"
    (tmp_path / "truth.csv").write_text(truth_head + "\n".join(truth) + "\n")
    return tmp_path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def tracked(tables: Path, site_file: Path, name: str, out: str = "t.csv", smooth: str = "s.csv") -> list[str]:
    """Run the command; what stands on standard error."""
    done = vedette(
        "track", tables / name, "--site", site_file, "--out", tables / out, "--smooth", tables / smooth
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()


def score_of(tables: Path, name: str) -> dict[str, float]:
    done = vedette("score", tables / name, tables / "truth.csv", "--json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_second_table_has_the_same_tracks_placed_better(tables: Path, site_file: Path) -> None:
    assert tracked(tables, site_file, "d.csv") == []
    live, smoothed = rows_of(tables / "t.csv"), rows_of(tables / "s.csv")
    assert list(smoothed[0]) == list(live[0])
    believed = {row["track"] for row in live if row["status"] != "tentative"}
    assert {row["track"] for row in smoothed} == believed
    assert {row["status"] for row in smoothed} <= {"confirmed", "coasting"}
    keys = [(row["time_utc"], row["track"]) for row in smoothed]
    assert len(keys) == len(set(keys))
    assert [at for at, _ in keys] == sorted(at for at, _ in keys)
    assert {at for at, _ in keys} <= {row["time_utc"] for row in live}
    first = {row["track"]: row["time_utc"] for row in reversed(live)}
    assert {row["track"]: row["time_utc"] for row in reversed(smoothed)} == {one: first[one] for one in believed}
    before, after = score_of(tables, "t.csv"), score_of(tables, "s.csv")
    assert after["localisation_m"] < 0.7 * before["localisation_m"]
    assert after["missed"] <= before["missed"]
    plain = vedette("track", tables / "d.csv", "--site", site_file, "--out", tables / "plain.csv")
    assert plain.returncode == 0
    assert (tables / "plain.csv").read_bytes() == (tables / "t.csv").read_bytes()


def test_late_looks_count_and_change_no_path(tables: Path, site_file: Path) -> None:
    tracked(tables, site_file, "d.csv", "t.csv", "s.csv")
    assert tracked(tables, site_file, "late.csv", "late-t.csv", "late-s.csv") == ["vedette: looks dropped: 1 late"]
    in_order, late = rows_of(tables / "s.csv"), rows_of(tables / "late-s.csv")
    for row in [*in_order, *late]:
        row.pop("track")
    assert in_order == late
    believed = {row["track"] for row in rows_of(tables / "late-t.csv") if row["status"] != "tentative"}
    assert {row["track"] for row in rows_of(tables / "late-s.csv")} <= believed


def test_ndjson_and_parquet_work_too(tables: Path, site_file: Path) -> None:
    tracked(tables, site_file, "d.csv", "t.ndjson", "s.parquet")
    assert score_of(tables, "s.parquet")["missed"] < 0.2


@pytest.mark.parametrize(
    ("smooth", "change"),
    [
        ("s.txt", None),
        ("absent/s.csv", None),
        ("t.csv", None),
        ("folder.csv", None),
        ("s.csv", ("radar-1,30", "radar-9,30")),
        ("s.csv", (",radar-1,44,", ",radar-1,44,x")),
    ],
)
def test_a_fault_is_one_line_and_leaves_no_table(
    tables: Path, site_file: Path, smooth: str, change: tuple[str, str] | None
) -> None:
    (tables / "folder.csv").mkdir()
    if change is not None:
        (tables / "d.csv").write_text((tables / "d.csv").read_text().replace(*change))
    before = sorted(tables.iterdir())
    done = vedette(
        "track", tables / "d.csv", "--site", site_file, "--out", tables / "t.csv", "--smooth", tables / smooth
    )  # fmt: skip
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert sorted(tables.iterdir()) == before
