from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.errors import BadInput, BadTable
from vedette.tables import TrackTable, read_looks, read_rows
from vedette.tables.detections import BadRow, parse_row

HEADER = "time_utc,sensor,scan,range_m,azimuth_true_deg,elevation_deg\n"
ROWS = (
    "2026-01-01T00:00:00.0Z,radar-1,0,1000,90,1\n"
    "2026-01-01T00:00:00.5Z,radar-1,0,2000,180,\n"
    "2026-01-01T00:00:01.5Z,radar-1,1,,,\n"
)


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_rows_of_one_scan_are_one_look(tmp_path: Path) -> None:
    first, second = read_looks(write(tmp_path / "d.csv", HEADER + ROWS))
    assert len(first) == 2
    assert first.covers
    assert first.time_offset_s is not None
    np.testing.assert_allclose(first.time_offset_s, [-0.5, 0.0])
    assert first.azimuth_true_rad is not None
    assert first.azimuth_true_rad[0] == pytest.approx(math.pi / 2)
    assert first.elevation_rad is not None
    assert math.isnan(first.elevation_rad[1])
    assert len(second) == 0


def test_rows_without_scan_are_looks_of_their_own(tmp_path: Path) -> None:
    text = "time_utc,sensor,latitude_deg,longitude_deg,altitude_msl_m,identity\n" + "".join(
        f"2026-01-01T00:00:0{i}Z,rid,36.2376,43.9632,100,rid:A\n" for i in range(3)
    )
    looks = list(read_looks(write(tmp_path / "d.csv", text)))
    assert [look.covers for look in looks] == [False] * 3
    assert looks[0].altitude_ellipsoid_m is not None
    assert looks[0].altitude_ellipsoid_m[0] == pytest.approx(115.27, abs=0.02)
    assert looks[0].identity == ("rid:A",)


def test_the_three_kinds_of_file_give_the_same_looks(tmp_path: Path) -> None:
    rows = list(csv.DictReader((HEADER + ROWS).splitlines()))
    typed = [
        {k: (float(v) if k.endswith(("_m", "_deg")) else v) if v else None for k, v in row.items()} for row in rows
    ]
    ndjson = write(tmp_path / "d.ndjson", "".join(json.dumps(row) + "\n" for row in typed))
    pq.write_table(pa.Table.from_pylist(typed), tmp_path / "d.parquet")
    expected = [_plain(look) for look in read_looks(write(tmp_path / "d.csv", HEADER + ROWS))]
    assert [_plain(look) for look in read_looks(ndjson)] == expected
    assert [_plain(look) for look in read_looks(tmp_path / "d.parquet")] == expected


def _plain(look: object) -> str:
    return repr(look)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2026-01-01T00:00:00,radar-1,0,1000,90,1", "bad_time"),
        ("2026-01-01T00:00:00Z,radar-1,0,nan,90,1", "bad_number"),
        ("2026-01-01T00:00:00Z,radar-1,0,far,90,1", "bad_number"),
        ("2026-01-01T00:00:00Z,radar-1,0,-5,90,1", "out_of_range"),
        ("2026-01-01T00:00:00Z,radar-1,0,1000,90,95", "out_of_range"),
        ("2026-01-01T00:00:00Z,radar-1,0,1000,,1", "incomplete"),
        ("2026-01-01T00:00:00Z,,0,1000,90,1", "missing_value"),
        (",radar-1,0,1000,90,1", "missing_value"),
        ("2026-01-01T00:00:00Z,radar-1,0,1000,90,1,7", "too_many_columns"),
        ("2026-01-01T00:00:00Z,radar-1,0,10", "truncated"),
    ],
)
def test_a_bad_row_is_refused_or_counted(tmp_path: Path, row: str, reason: str) -> None:
    path = write(tmp_path / "d.csv", HEADER + ROWS + row)
    with pytest.raises(BadTable) as caught:
        list(read_looks(path))
    assert "row 4" in str(caught.value)
    rejected: list[tuple[int, str]] = []
    looks = list(read_looks(path, lambda place, why: rejected.append((place, why))))
    assert len(looks) == 2
    assert rejected == [(4, reason)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("d.csv", b""), ("d.csv", b"time_utc,sensor,colour\n"), ("d.csv", b"sensor\n"), ("d.txt", b"x"),
        ("d.parquet", b"PAR1 not really"), ("d.csv", b"time_utc,sensor,sensor\n"), ("d.csv", b"\xff\xfe\x00"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_bad_input(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput):
        list(read_looks(path))
    with pytest.raises(BadInput):
        list(read_looks(tmp_path / "absent.csv"))


def test_a_parquet_time_needs_a_zone(tmp_path: Path) -> None:
    times = pa.array([0], type=pa.timestamp("us"))
    pq.write_table(pa.table({"time_utc": times, "sensor": ["a"]}), tmp_path / "d.parquet")
    with pytest.raises(BadTable, match="zone"):
        list(read_looks(tmp_path / "d.parquet"))


KEYS = ["time_utc", "sensor", "range_m", "latitude_deg", "identity", "class", "sigma_range_m"]
VALUES = st.one_of(st.none(), st.text(max_size=12), st.floats(), st.integers(), st.booleans(), st.lists(st.none()))


@given(st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_no_row_escapes_as_an_exception(raw: dict[str, object]) -> None:
    row = parse_row(1, raw)
    assert isinstance(row, BadRow) == hasattr(row, "reason")


def test_the_class_report_is_a_distribution(tmp_path: Path) -> None:
    text = "time_utc,sensor,azimuth_true_deg,class,p_class\n2026-01-01T00:00:00Z,cam,10,uav,0.8\n"
    (look,) = read_looks(write(tmp_path / "d.csv", text))
    assert look.p_classes is not None
    np.testing.assert_allclose(look.p_classes.sum(axis=1), 1.0)
    assert look.p_classes[0, 0] == look.p_classes[0, 1] == pytest.approx(0.4)


def test_the_real_radar_reads_whole(recordings: Path) -> None:
    looks = list(read_looks(recordings / "radar" / "joyride_detections.csv"))
    assert len(looks) == 238
    assert sum(len(look) for look in looks) == 432
    rows = list(read_rows(recordings / "radar" / "joyride_detections.csv"))
    assert not any(isinstance(row, BadRow) for row in rows)


def test_a_track_table_is_whole_or_not_there(tmp_path: Path) -> None:
    row = {"observed_s": 0.25, "track": "t-1", "latitude_deg": 1.0, "p_exists": math.nan, "status": "confirmed"}
    for name in ("t.csv", "t.ndjson", "t.parquet"):
        with TrackTable(tmp_path / name) as table:
            table.add(row)
        table = TrackTable(tmp_path / f"x{name}")
        table.add(row)
        table.__exit__(RuntimeError, RuntimeError(), None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.csv", "t.ndjson", "t.parquet"]
    (written,) = csv.DictReader((tmp_path / "t.csv").read_text().splitlines())
    assert (written["time_utc"], written["p_exists"]) == ("1970-01-01T00:00:00.250Z", "")
    assert pq.read_table(tmp_path / "t.parquet").to_pylist()[0]["latitude_deg"] == 1.0
