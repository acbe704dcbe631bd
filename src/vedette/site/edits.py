"""Structured edits of a site file's text: what is not edited stays as it was written, comments, order and layout."""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
import tomlkit
from msgspec import Meta
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, Table

from vedette.site.text import too_much

Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
Place = Annotated[int, Meta(ge=0, le=10_000)]
Path = Annotated[tuple[Name | Place, ...], Meta(min_length=1, max_length=6)]
"""Keys from the top; a number is the place (from 0) in a list of tables: ("sensor", 1, "p_detect")."""


class SetKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="set", tag_field="do"):
    """Give a key a value; null takes the key away. A time is given as text (ISO 8601, with its offset)."""

    path: Path
    value: Any


class AddTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="add", tag_field="do"):
    """One table more at the end of a list of tables such as ("sensor",)."""

    path: Path
    table: dict[Name, Any]


class RemoveTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="remove", tag_field="do"):
    """Take a table away: one of a list, or one of its own such as ("mandate",)."""

    path: Path


Edit = SetKey | AddTable | RemoveTable


class BadEdit(ValueError):
    """An edit that leads nowhere in this text, or a text that is not TOML; str() is one line for people."""


def edited(toml: str, edits: tuple[Edit, ...]) -> str:
    """The text with all edits made, in their order.

    Raises:
        BadEdit: nothing was made of any.
    """
    if (why := too_much(toml)) is not None:
        raise BadEdit(why)
    try:
        document = tomlkit.parse(toml)
        for edit in edits:
            _make(document, edit)
        return tomlkit.dumps(document)
    except (TOMLKitError, KeyError, IndexError, TypeError, ValueError, RecursionError) as error:
        raise BadEdit(str(error) or type(error).__name__) from None


def _make(document: Any, edit: Edit) -> None:
    *way, last = edit.path
    if isinstance(edit, SetKey):
        _set(_walk(document, way, make=True), last, edit.value)
    elif isinstance(edit, AddTable):
        holder = _walk(document, way, make=True)
        if not isinstance(holder, MutableMapping):
            raise BadEdit(f"{last} stands in no table")
        if last not in holder:
            holder[last] = tomlkit.aot()
        rows = holder[last]
        if not isinstance(rows, AoT):
            raise BadEdit(f"{last} is not written as [[{last}]]")
        rows.append(_table(edit.table))
    else:
        _remove(document, way, last)


def _walk(here: Any, way: list[str | int], *, make: bool) -> Any:
    """Along a path; tables on it that are not there are made."""
    for step in way:
        here = _step(here, step, make=make)
    return here


def _step(here: Any, step: str | int, *, make: bool) -> Any:
    if isinstance(here, AoT) and isinstance(step, int):
        return here[step]
    if not isinstance(here, MutableMapping) or not isinstance(step, str):
        raise BadEdit(f"{step} stands in no table")
    if make and step not in here:
        here[step] = tomlkit.table()
    return here[step]


def _set(table: Any, key: str | int, value: Any) -> None:
    if not isinstance(key, str) or not isinstance(table, MutableMapping):
        raise BadEdit("a value stands under a key of a table")
    if value is None:
        table.pop(key, None)
        return
    if isinstance(table.get(key), datetime) or key in ("from", "until"):
        value = datetime.fromisoformat(str(value))
    before = table.get(key)
    if isinstance(before, Array) and before.unwrap() == value:
        return
    table[key] = value


def _remove(document: Any, way: list[str | int], last: str | int) -> None:
    holder = _walk(document, way, make=False)
    del holder[last]
    if isinstance(holder, AoT) and not len(holder):
        del _walk(document, way[:-1], make=False)[way[-1]]


def _table(values: dict[str, Any]) -> Table:
    table = tomlkit.table()
    table.trivia.indent = "\n"  # an empty line before it
    for key, value in values.items():
        _set(table, key, value)
    return table
