"""One TOML table → one struct, with every fault collected instead of the first one raised."""

from __future__ import annotations

import math
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from vedette.errors import Fault

Table = TypeVar("Table", bound=msgspec.Struct)


class Faults:
    """The faults found so far in one file, in order."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.found: tuple[Fault, ...] = ()

    def add(self, key: str, value: object, why: str, path: str | None = None) -> None:
        """Note a fault at `key`."""
        self.found = (*self.found, Fault(path=path or self.path, key=key, value=str(value), why=why))


def read_table(
    kind: type[Table], values: dict[str, Any], key: str, faults: Faults, path: str | None = None
) -> Table | None:
    """A `kind` from `values`, or None after noting every fault: unknown key, missing key, wrong type, out of range."""
    before = len(faults.found)
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    taken: dict[str, Any] = {}
    for name, value in values.items():
        full = f"{key}.{name}" if key else name
        if name not in fields:
            faults.add(full, value, "unknown key", path)
        elif not _finite(value):
            faults.add(full, value, "not a finite number", path)
        else:
            try:
                taken[fields[name].name] = msgspec.convert(value, fields[name].type)
            except msgspec.ValidationError as error:
                faults.add(full, value, _plain(str(error), fields[name].type), path)
    for name, field in fields.items():
        if field.required and name not in values:
            faults.add(f"{key}.{name}" if key else name, "", "missing", path)
    return kind(**taken) if len(faults.found) == before else None


def _finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, (list, tuple)):
        return all(_finite(one) for one in value)
    return True


def _plain(message: str, kind: Any) -> str:
    """Msgspec's own words, with its first letter small and without its JSON path; or what there is to choose from."""
    text = message.split(" - at ")[0]
    if text.startswith("Invalid enum value"):
        return f"must be one of {', '.join(_choices(kind))}"
    return text[:1].lower() + text[1:]


def _choices(kind: Any) -> tuple[str, ...]:
    """The words of the first Literal inside a type."""
    parts = get_args(kind)
    if get_origin(kind) is Literal:
        return parts
    return next(filter(None, map(_choices, parts)), ())
