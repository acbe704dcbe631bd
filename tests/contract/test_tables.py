"""Detection tables that others write: what is read, what is refused at which row, what a recording passes over."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.watch.driving import vedette
from vedette.errors import BadInput, BadTable
from vedette.feeds.recording import open_recording
from vedette.model import Rejected
from vedette.tables import Row, TrackTable, read_looks, read_rows

COLUMNS = "time_utc,sensor,scan,range_m,azimuth_true_deg,elevation_deg"
RECORD = {"sensor": "radar-1", "range_m": 1500.0, "azimuth_true_deg": 90.0, "elevation_deg": 5.0}


def csv_file(folder: Path, count: int = 5) -> Path:
    rows = "".join(f"2026-01-01T00:00:{n:02d}Z,radar-1,{n},{1500 - n},90,5\n" for n in range(count))
    (folder / "d.csv").write_text(f"{COLUMNS}\n{rows}")
    return folder / "d.csv"


def ndjson_file(folder: Path, *changes: dict[str, Any]) -> Path:
    rows = [{"time_utc": f"2026-01-01T00:00:{n:02d}Z", **RECORD, **change} for n, change in enumerate(changes)]
    (folder / "d.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder / "d.ndjson"


def parquet_file(folder: Path, **columns: pa.Array) -> Path:
    times = pa.array([datetime(2026, 1, 1, 0, 0, n, tzinfo=UTC) for n in range(5)], pa.timestamp("us", tz="UTC"))
    given = {"time_utc": times, **{name: pa.array([value] * 5) for name, value in RECORD.items()}, **columns}
    pq.write_table(pa.table(given), folder / "d.parquet")
    return folder / "d.parquet"


def test_nanoseconds_are_read_as_pandas_writes_them(tmp_path: Path) -> None:
    times = pa.array([1_767_225_600_123_456_789 + n * 10**9 for n in range(5)], pa.timestamp("ns", tz="UTC"))
    first, *_ = read_looks(parquet_file(tmp_path, time_utc=times))
    assert first.observed_s == pytest.approx(1_767_225_600.123456, abs=1e-6)


def test_nan_in_a_column_of_floats_is_unknown(tmp_path: Path) -> None:
    first, second, *_ = read_looks(parquet_file(tmp_path, range_m=pa.array([1500.0, float("nan"), *[1500.0] * 3])))
    assert (len(first), len(second)) == (1, 1)
    assert first.range_m is not None
    assert second.range_m is None or bool(np.isnan(second.range_m[0]))


def test_the_row_labels_of_a_filtered_frame_are_no_column(tmp_path: Path) -> None:
    assert len(list(read_looks(parquet_file(tmp_path, __index_level_0__=pa.array([3, 5, 6, 8, 9]))))) == 5


@pytest.mark.parametrize("written", ["1_500", "\u0661\u0665\u0660\u0660", "\uff11"])
def test_a_number_of_csv_is_written_in_plain_figures(tmp_path: Path, written: str) -> None:
    path = tmp_path / "d.csv"
    path.write_text(f"time_utc,sensor,range_m\n2026-01-01T00:00:00Z,radar-1,{written}\n", encoding="utf-8")
    with pytest.raises(BadTable, match=r"row 1, range_m = .*: not a number"):
        list(read_looks(path))


def test_decimals_are_numbers(tmp_path: Path) -> None:
    first, *_ = read_looks(parquet_file(tmp_path, range_m=pa.array([Decimal("1500.25")] * 5)))
    assert first.range_m is not None
    assert first.range_m[0] == 1500.25


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"range_m": "1500"}, "row 2, range_m = 1500"),
        ({"range_m": float("nan")}, "row 2, range_m = nan"),
        ({"range_m": 10**400}, "row 2, range_m = 1000"),
        ({"scan": [1]}, "row 2, scan = [1]"),
        ({"sensor": True}, "row 2, sensor = True"),
        ({"time_utc": "0001-01-01T00:00:00+14:00"}, "row 2, time_utc = 0001"),
        ({"time_utc": 1_767_225_600}, "row 2, time_utc = 1767225600"),
    ],
)
def test_a_value_of_the_wrong_type_is_named(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadTable) as bad:
        list(read_looks(ndjson_file(tmp_path, {}, change, {})))
    assert said in str(bad.value)
    assert "\n" not in str(bad.value)


def test_a_text_column_is_no_number_column(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="row 1, range_m = 1500"):
        list(read_looks(parquet_file(tmp_path, range_m=pa.array(["1500"] * 5))))


def test_ndjson_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = ndjson_file(tmp_path, {}, {})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(list(read_looks(path))) == 2


def test_one_bad_byte_costs_a_recording_one_row(tmp_path: Path) -> None:
    path = csv_file(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"radar-1,2", b"radar\xff1,2"))
    rows = list(read_rows(path))
    assert sum(isinstance(row, Row) for row in rows) == 4
    with pytest.raises(BadTable, match="row 3: not UTF-8"):
        list(read_looks(path))


def test_a_parquet_file_cut_short_is_one_reject(tmp_path: Path) -> None:
    path = parquet_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-50])
    done = vedette("inspect", path, "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["rejected_by_reason"] == {"truncated": 1}
    with pytest.raises(BadTable, match="not a whole Parquet"):
        list(read_looks(path))


def test_json_lines_cut_short_are_one_reject(tmp_path: Path) -> None:
    frame = {"timestamp": 1_720_248_189.5, "frame": "8d393322994400160004007d9d6d"}
    (tmp_path / "f.jsonl").write_text("".join(json.dumps(frame) + "\n" for _ in range(3))[:-20])
    units = [unit for _, unit in open_recording(tmp_path / "f.jsonl").units()]
    assert [unit.reason for unit in units if isinstance(unit, Rejected)] == ["truncated"]


def test_rows_of_a_look_may_give_its_sector_in_any_place(tmp_path: Path) -> None:
    rows = ["2026-01-01T00:00:00Z,radar-1,1,1500,90,5,,", "2026-01-01T00:00:00Z,radar-1,1,900,20,5,0,120"]
    sectors = []
    for order in (rows, rows[::-1]):
        (tmp_path / "d.csv").write_text("\n".join([COLUMNS + ",sector_from_deg,sector_to_deg", *order]) + "\n")
        (look,) = read_looks(tmp_path / "d.csv")
        sectors.append(look.sector_rad)
    assert sectors[0] == sectors[1] is not None


def test_track_names_the_row_of_an_unknown_sensor(site_file: Path, tmp_path: Path) -> None:
    path = csv_file(tmp_path)
    path.write_text(path.read_text().replace("radar-1,3", "radar-9,3"))
    done = vedette("track", path, "--site", site_file, "--out", tmp_path / "t.csv")
    assert done.returncode == 2
    assert done.stderr == f"vedette: {path}: row 4, sensor = radar-9: the site has no sensor of this id\n"
    assert not (tmp_path / "t.csv").exists()


def test_a_table_that_cannot_be_written_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(BadInput, match="cannot be written"), TrackTable(tmp_path / "t.csv") as table:
        table.add({"observed_s": 0.0})
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("option", ["--out", "--smooth"])
def test_track_never_writes_over_its_detections(tmp_path: Path, site_file: Path, option: str) -> None:
    given = csv_file(tmp_path)
    before = given.read_bytes()
    outs = {"--out": "tracks.csv", "--smooth": "smoothed.csv", option: "./d.csv"}
    words = [str(word) for pair in outs.items() for word in pair]
    done = vedette("track", given, "--site", site_file, *words, folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"vedette: d.csv: {option}: would overwrite the detections\n"
    assert given.read_bytes() == before
    assert not (tmp_path / "tracks.csv").exists()
