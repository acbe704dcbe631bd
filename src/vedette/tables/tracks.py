"""The track table, written. A file appears under its name only when it is whole."""

from __future__ import annotations

import contextlib
import csv
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from vedette.clock import iso_utc
from vedette.errors import BadInput
from vedette.tables.files import kind_of

_SCHEMA = pa.schema(
    [
        ("time_utc", pa.timestamp("us", tz="UTC")),
        ("track", pa.string()),
        ("latitude_deg", pa.float64()),
        ("longitude_deg", pa.float64()),
        ("altitude_ellipsoid_m", pa.float64()),
        ("velocity_east_mps", pa.float64()),
        ("velocity_north_mps", pa.float64()),
        ("velocity_up_mps", pa.float64()),
        ("sigma_position_m", pa.float64()),
        ("p_exists", pa.float64()),
        ("status", pa.string()),
        ("class", pa.string()),
        ("p_class", pa.float64()),
        ("identity", pa.string()),
        ("sensor", pa.string()),
        ("azimuth_true_deg", pa.float64()),
        ("elevation_deg", pa.float64()),
    ]
)
COLUMNS = frozenset(_SCHEMA.names)
_DIGITS = {
    "latitude_deg": 8,
    "longitude_deg": 8,
    "altitude_ellipsoid_m": 3,
    "velocity_east_mps": 4,
    "velocity_north_mps": 4,
    "velocity_up_mps": 4,
    "sigma_position_m": 3,
    "p_exists": 6,
    "p_class": 6,
    "azimuth_true_deg": 5,
    "elevation_deg": 5,
}
"""Decimals kept: a degree's eighth is a millimetre."""


class TrackTable:
    """Collects track rows and writes them at the end: `with TrackTable(path) as table: table.add(row)`.

    A row maps columns to values; `observed_s` stands for time_utc. Left by an exception, it writes nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._kind = path, kind_of(path)
        self._rows: list[dict[str, Any]] = []

    def add(self, row: Mapping[str, Any]) -> None:
        """Take one row; NaN and None are unknown."""
        clean: dict[str, Any] = {"observed_s": round(row["observed_s"], 6)}
        for name in _SCHEMA.names[1:]:
            value = row.get(name)
            if isinstance(value, float):
                value = round(float(value), _DIGITS[name]) if math.isfinite(value) else None
            clean[name] = value
        self._rows.append(clean)

    def __enter__(self) -> TrackTable:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write()

    def _write(self) -> None:
        part = self._path.with_name(f".{self._path.name}.part")
        try:
            {"csv": self._write_csv, "ndjson": self._write_ndjson, "parquet": self._write_parquet}[self._kind](part)
            os.replace(part, self._path)
        except OSError as error:
            raise BadInput(self._path, f"cannot be written: {error.strerror or error}") from None
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def _text_rows(self) -> Iterator[dict[str, Any]]:
        for row in self._rows:
            yield {"time_utc": iso_utc(row["observed_s"]), **{n: row[n] for n in _SCHEMA.names[1:]}}

    def _write_csv(self, path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_SCHEMA.names)
            for row in self._text_rows():
                writer.writerow(["" if value is None else value for value in row.values()])

    def _write_ndjson(self, path: Path) -> None:
        with path.open("wb") as file:
            for row in self._text_rows():
                file.write(msgspec.json.encode(row) + b"\n")

    def _write_parquet(self, path: Path) -> None:
        columns: dict[str, list[Any]] = {name: [row[name] for row in self._rows] for name in _SCHEMA.names[1:]}
        columns = {"time_utc": [round(row["observed_s"] * 1e6) for row in self._rows], **columns}
        pq.write_table(pa.table(columns, schema=_SCHEMA), path)
