"""What can go wrong, and what each error carries.

    VedetteError
    ├── BadInput            a file, a key or a row is wrong: exit 2, one line
    │   ├── BadSite         a site file with faults (all of them, not the first)
    │   └── BadTable        a table refused at a row
    ├── BadScan             a Scan that no sensor of the site could have made
    ├── Unavailable         an address of this machine that cannot be taken
    └── RecordError         the record folder cannot be used
        ├── RecordBusy      another watch holds it
        └── RecordBroken    it does not say what was written

Bad bytes off a sensor are not errors but data: see vedette.model.Rejected.
"""

from __future__ import annotations

from pathlib import Path

import msgspec


class VedetteError(Exception):
    """Base of all errors that Vedette raises on purpose; str() is one line fit for standard error."""


class BadInput(VedetteError):
    """A file that cannot be used.

    Attributes:
        path: the file. place: row, line or key inside it, or "". value: what stands there, or "". why: what is wrong.
    """

    def __init__(self, path: Path | str, why: str, place: str = "", value: object = "") -> None:
        self.path, self.why, self.place, self.value = Path(path), why, place, value
        super().__init__(describe_fault(path, place, value, why))


class Fault(msgspec.Struct, frozen=True):
    """One fault of a site file: where, what stands there, what is wrong with it."""

    path: str
    key: str
    value: str
    why: str

    def __str__(self) -> str:
        return describe_fault(self.path, self.key, self.value, self.why)


class BadSite(BadInput):
    """A site file with faults; `faults` holds every one, in the order of the file."""

    def __init__(self, path: Path | str, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        first = faults[0]
        more = f" (and {len(faults) - 1} more: vedette check lists them)" if len(faults) > 1 else ""
        super().__init__(first.path, first.why + more, first.key, first.value)


class BadTable(BadInput):
    """A table refused at its first bad row; `place` is the row, counted from 1 without the header."""


class BadScan(VedetteError):
    """A Scan with a bad shape, a value that is not a number or an unknown sensor; `key` names the field."""

    def __init__(self, key: str, why: str) -> None:
        self.key, self.why = key, why
        super().__init__(f"{key}: {why}")


class Unavailable(VedetteError):
    """The console cannot listen where it was told to."""


class RecordError(VedetteError):
    """The record folder cannot be used; `path` says which."""

    def __init__(self, path: Path | str, why: str) -> None:
        self.path, self.why = Path(path), why
        super().__init__(f"{path}: {why}")


class RecordBusy(RecordError):
    """Another watch writes to this folder."""


class RecordBroken(RecordError):
    """The chain does not hold, or the file is not a record."""


def describe_fault(path: Path | str, place: str, value: object, why: str) -> str:
    """One line: `file: place = value: what is wrong`, whatever the value holds."""
    shown = " ".join(str(value).split())
    if len(shown) > 80:
        shown = shown[:77] + "..."
    where = f"{path}: {place}" if place else str(path)
    return f"{where} = {shown}: {why}" if shown else f"{where}: {why}"
