"""Track and truth tables read back: the same from each kind of file, refused at the first bad row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vedette.errors import BadInput, BadTable
from vedette.model import Status
from vedette.tables import TrackTable, read_tracks, read_truth

TRUTH = (
    "time_utc,truth,latitude_deg,longitude_deg,altitude_ellipsoid_m,velocity_east_mps,velocity_north_mps,"
    "velocity_up_mps,class\n"
    "2026-01-01T00:00:00Z,drone-0,36.1,44.1,500,1,2,3,uav\n"
    "2026-01-01T00:00:01Z,drone-0,36.1,44.1,,,,,\n"
)
TRACKS = (
    "time_utc,track,latitude_deg,longitude_deg,status\n"
    "2026-01-01T00:00:00Z,T-1,36.1,44.1,confirmed\n"
    "2026-01-01T00:00:00Z,T-2,,,tentative\n"
)


@pytest.mark.parametrize("ending", ["csv", "ndjson", "parquet"])
def test_a_table_of_ours_reads_back(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"t.{ending}"
    with TrackTable(path) as table:
        table.add(
            {
                "observed_s": 1_767_225_600.25,
                "track": "x-T-0001",
                "latitude_deg": 36.1,
                "longitude_deg": 44.1,
                "altitude_ellipsoid_m": None,
                "velocity_east_mps": 1.5,
                "velocity_north_mps": -2.5,
                "velocity_up_mps": None,
                "sigma_position_m": 5.0,
                "p_exists": 0.9,
                "status": "coasting",
                "identity": "icao:ABC123",
            }
        )
        table.add({"observed_s": 1_767_225_600.25, "track": "x-T-0002", "status": "confirmed", "azimuth_true_deg": 3.0})
    first, bearing = read_tracks(path)
    assert (first.time_s, first.track, first.status) == (1_767_225_600.25, "x-T-0001", Status.COASTING)
    assert (first.latitude_deg, first.longitude_deg, first.altitude_ellipsoid_m) == (36.1, 44.1, None)
    assert (first.velocity_east_mps, first.velocity_up_mps, first.identity) == (1.5, None, "icao:ABC123")
    assert (bearing.latitude_deg, bearing.longitude_deg) == (None, None)


def test_unknown_stays_unknown_in_a_truth_table(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TRUTH)
    first, second = read_truth(tmp_path / "t.csv")
    assert (first.altitude_ellipsoid_m, first.velocity_up_mps) == (500.0, 3.0)
    assert (second.altitude_ellipsoid_m, second.velocity_east_mps) == (None, None)
    rows = [{"time_utc": "2026-01-01T00:00:00Z", "truth": "a", "latitude_deg": 1.0, "longitude_deg": 2, "class": None}]
    (tmp_path / "t.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert read_truth(tmp_path / "t.ndjson")[0].altitude_ellipsoid_m is None


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("00:00:01Z", "00:00:01", "row 2, time_utc"),
        ("00:00:01Z", "00:00:00Z", "row 2, truth"),
        ("36.1,44.1,,", ",44.1,,", "row 2, latitude_deg"),
        ("36.1,44.1,,", "36.1,444,,", "row 2, longitude_deg"),
        ("500", "nan", "row 1, altitude_ellipsoid_m"),
        (",uav\n", ",teapot\n", "row 1, class"),
        ("drone-0", "", "row 1, truth"),
        (",,,,\n", ",,\n", "row 2"),
        ("latitude_deg", "latitude", "header"),
    ],
)
def test_a_bad_truth_table_is_refused_at_its_first_bad_row(tmp_path: Path, old: str, new: str, place: str) -> None:
    (tmp_path / "t.csv").write_text(TRUTH.replace(old, new))
    with pytest.raises(BadTable) as refused:
        read_truth(tmp_path / "t.csv")
    assert refused.value.place == place


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("confirmed", "sure", "row 1, status"),
        ("confirmed", "", "row 1, status"),
        ("T-2", "T-1", "row 2, track"),
        ("36.1,44.1", "36.1,", "row 1, latitude_deg"),
        ("36.1,44.1", ",44.1", "row 1, longitude_deg"),
        (",latitude_deg", ",p_exists", "row 1, latitude_deg"),
        ("36.1,44.1", "36.1,44.1e3", "row 1, longitude_deg"),
    ],
)
def test_a_bad_track_table_is_refused_at_its_first_bad_row(tmp_path: Path, old: str, new: str, place: str) -> None:
    (tmp_path / "t.csv").write_text(TRACKS.replace(old, new))
    with pytest.raises(BadTable) as refused:
        read_tracks(tmp_path / "t.csv")
    assert refused.value.place == place


def test_a_missing_or_empty_file_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("")
    for path in (tmp_path / "t.csv", tmp_path / "absent.csv", tmp_path / "t.xlsx"):
        with pytest.raises(BadInput):
            read_truth(path)
