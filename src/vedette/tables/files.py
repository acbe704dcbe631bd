"""Rows out of a file: CSV, NDJSON and Parquet give the same thing, a mapping of column to raw value, one at a time."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from vedette.errors import BadInput, BadTable

KINDS = {".csv": "csv", ".parquet": "parquet", ".ndjson": "ndjson", ".jsonl": "ndjson"}


_PARQUET = b"PAR1"
"""A Parquet file begins and ends with it."""


_PANDAS_INDEX = re.compile("__index_level_[0-9]+__")
"""pandas's row labels, which it writes beside the columns of a table that was filtered; no measurement."""


class Broken(msgspec.Struct, frozen=True):
    """A row that could not even be split into columns."""

    reason: str
    why: str


class Written(str):
    """A value of a CSV file, which knows text only: it may be read as a number. Other kinds have types of their own."""

    __slots__ = ()


RawRow = Mapping[str, Any] | Broken


def kind_of(path: Path) -> str:
    """The kind of table by its ending: csv, parquet or ndjson.

    Raises:
        BadInput: another ending.
    """
    try:
        return KINDS[path.suffix.lower()]
    except KeyError:
        raise BadInput(path, f"not a table: the name must end with one of {', '.join(KINDS)}") from None


def raw_rows(path: Path, columns: frozenset[str], required: tuple[str, ...]) -> Iterator[tuple[int, RawRow]]:
    """(row, raw values) in the file's order, rows counted from 1; None for an empty value.

    Raises:
        BadInput: missing, unreadable or empty. BadTable: a column that is required and absent, or not known.
    """
    kind = kind_of(path)
    if not path.is_file():
        raise BadInput(path, "no such file" if not path.exists() else "not a file")
    if path.stat().st_size == 0:
        raise BadInput(path, "empty")
    reader = {"csv": _csv_rows, "parquet": _parquet_rows, "ndjson": _ndjson_rows}[kind]
    try:
        yield from enumerate(reader(path, columns, required), start=1)
    except UnicodeDecodeError:
        raise BadTable(path, "not UTF-8 text") from None
    except OSError as error:
        raise BadInput(path, f"cannot be read: {error.strerror or error}") from None


def check_columns(path: Path, found: list[str], columns: frozenset[str], required: tuple[str, ...]) -> None:
    """BadTable for a column that is missing, unknown or twice there."""
    for name in required:
        if name not in found:
            raise BadTable(path, "missing column", "header", name)
    for index, name in enumerate(found):
        if name not in columns:
            raise BadTable(path, "unknown column", "header", name)
        if name in found[:index]:
            raise BadTable(path, "column stands twice", "header", name)


def _csv_rows(path: Path, columns: frozenset[str], required: tuple[str, ...]) -> Iterator[RawRow]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file)
        header = _csv_header(path, reader)
        check_columns(path, header, columns, required)
        pending: RawRow | None = None
        while True:
            try:
                values = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                if pending is not None:
                    yield pending
                pending = Broken("bad_row", f"not CSV: {error}")
                continue
            if not values:
                continue
            if pending is not None:
                yield pending
            pending = _csv_row(header, values)
        if isinstance(pending, Broken) and pending.reason == "too_few_columns":
            pending = Broken("truncated", pending.why)
        if pending is not None:
            yield pending


def _csv_header(path: Path, reader: Iterator[list[str]]) -> list[str]:
    try:
        header = [name.strip() for name in next(reader)]
    except (StopIteration, csv.Error):
        raise BadTable(path, "no header", "header") from None
    if not _is_text(header):
        raise BadTable(path, "not UTF-8 text", "header")
    return header


def _csv_row(header: list[str], values: list[str]) -> RawRow:
    if len(values) < len(header):
        return Broken("too_few_columns", f"{len(values)} columns where the header has {len(header)}")
    if len(values) > len(header):
        return Broken("too_many_columns", f"{len(values)} columns where the header has {len(header)}")
    if not _is_text(values):
        return Broken("bad_text", "not UTF-8 text")
    return {name: (Written(value.strip()) or None) for name, value in zip(header, values, strict=True)}


def _is_text(values: list[str]) -> bool:
    """Whether all was UTF-8: what was not came as a lone surrogate."""
    text = "".join(values)
    return text.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in text)


def _ndjson_rows(path: Path, columns: frozenset[str], required: tuple[str, ...]) -> Iterator[RawRow]:
    lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    ended = lines[-1] == b""
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        try:
            row = json.loads(line)  # which takes NaN and Infinity too: the row's own check then names the column
        except (ValueError, RecursionError) as error:
            last = index == len(lines) - 1 and not ended
            yield Broken("truncated" if last else "bad_row", f"not JSON: {error}")
            continue
        if not isinstance(row, dict):
            yield Broken("bad_row", "not a JSON object")
            continue
        unknown = [name for name in row if name not in columns]
        if unknown:
            yield Broken("unknown_column", f"unknown column {unknown[0]}")
            continue
        missing = [name for name in required if row.get(name) is None]
        yield Broken("missing_value", f"{missing[0]} is missing") if missing else row


def _parquet_rows(path: Path, columns: frozenset[str], required: tuple[str, ...]) -> Iterator[RawRow]:
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            names = [name for name in schema.names if not _PANDAS_INDEX.fullmatch(name)]
            check_columns(path, names, columns, required)
            for field in map(schema.field, names):
                if pa.types.is_timestamp(field.type) and field.type.tz is None:
                    raise BadTable(path, "a timestamp without zone", "header", field.name)
            for batch in file.iter_batches(batch_size=8192, columns=names):
                for row in _microseconds(batch).to_pylist():
                    yield {name: _plain(value) for name, value in row.items()}
    except (pa.ArrowException, OSError) as error:
        why = f"not a whole Parquet file: {str(error).splitlines()[0]}"
        with path.open("rb") as file:
            begin = file.read(len(_PARQUET))
            file.seek(max(0, path.stat().st_size - len(_PARQUET)))
            end = file.read()
        if begin != _PARQUET:
            raise BadTable(path, why) from None
        yield Broken("damaged" if end == _PARQUET else "truncated", why)


def _microseconds(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Timestamps to the microsecond, which Python's times hold; finer ones are cut off, below what a float64 holds."""
    for index, field in enumerate(batch.schema):
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            column = batch.column(index).cast(pa.timestamp("us", tz=field.type.tz), safe=False)
            batch = batch.set_column(index, field.name, column)
    return batch


def _plain(value: Any) -> Any:
    """Times as text; NaN, which is how a column of floats without a mask says unknown, as None."""
    if isinstance(value, float):
        return None if value != value else value  # only NaN differs from itself
    return value.isoformat() if isinstance(value, datetime) else value
