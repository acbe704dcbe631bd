"""Tables that are refused at their first bad row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from vedette.errors import BadTable
from vedette.tables.files import Broken, RawRow, raw_rows
from vedette.tables.values import Wrong

_Row = TypeVar("_Row")


def strict_rows(
    path: Path, columns: frozenset[str], required: tuple[str, ...], row_of: Callable[[Any], _Row]
) -> list[_Row]:
    """Every row through `row_of`; the first that is broken or Wrong refuses the table.

    Raises:
        BadInput, BadTable: the file as a whole, or its first bad row.
    """
    found: list[_Row] = []
    for place, raw in raw_rows(path, columns, required):
        try:
            found.append(row_of(_whole(raw)))
        except Wrong as wrong:
            at = f"row {place}" + (f", {wrong.key}" if wrong.key else "")
            raise BadTable(path, wrong.why, at, wrong.value) from None
    return found


def _whole(raw: RawRow) -> Any:
    if isinstance(raw, Broken):
        raise Wrong(raw.reason, "", "", raw.why)
    return raw


def once(seen: set[tuple[float, str]], time_s: float, key: str, name: str) -> None:
    """Remember that `name` has a row at this time.

    Raises:
        Wrong: it had one already.
    """
    if (time_s, name) in seen:
        raise Wrong("repeated", key, name, "stands twice at this time")
    seen.add((time_s, name))
