"""Incidents from a table of somebody else's, by a mapping file that says which column is what.

    timezone = "Asia/Baghdad"          # of times without one; default: the site's
    delimiter = ";"                    # default ,
    time_format = "%d.%m.%Y %H:%M"     # as strptime has it; default ISO 8601
    list_separator = "/"               # between several kinds, zones or serials; default ;

    [columns]                          # ours = theirs; opened may name several columns, joined by a space
    incident = "No"
    opened = ["Date", "Time"]

    [kinds]                            # their words → ours; a word that is ours needs no line
    "FPV" = "uav_rotary"

Columns: incident and opened are needed; closed, aircraft, kinds, azimuth_true_deg, latitude_deg, longitude_deg, place,
zones, serials, attribution, summary may be there.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from vedette.clock import parse_time
from vedette.errors import BadInput
from vedette.model import CLASSES, Origin, PastImported, PastIncident
from vedette.site import Site

LARGEST: Final = 20_000_000
"""Octets of a table at most."""
_PLACES: Final = ("inside", "outside", "unsure")


class Columns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Their columns by our names."""

    incident: str
    opened: str | list[str]
    closed: str | list[str] | None = None
    aircraft: str | None = None
    kinds: str | None = None
    azimuth_true_deg: str | None = None
    latitude_deg: str | None = None
    longitude_deg: str | None = None
    place: str | None = None
    zones: str | None = None
    serials: str | None = None
    attribution: str | None = None
    summary: str | None = None

    def named(self) -> list[str]:
        """Every column of theirs that is asked for."""
        found: list[str] = []
        for value in msgspec.structs.astuple(self):
            found += value if isinstance(value, list) else [value] if isinstance(value, str) else []
        return found


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping file."""

    columns: Columns
    timezone: str | None = None
    delimiter: str = ","
    time_format: str | None = None
    list_separator: str = ";"
    encoding: str = "utf-8-sig"
    kinds: dict[str, str] = {}
    places: dict[str, str] = {}


def read_mapping(path: Path) -> Mapping:
    """The mapping of a TOML file.

    Raises:
        BadInput: missing, unreadable, unknown keys, or words that are not ours.
    """
    try:
        mapping = msgspec.toml.decode(path.read_bytes(), type=Mapping)
    except OSError as error:
        raise BadInput(path, f"cannot be read: {error.strerror}") from None
    except (msgspec.ValidationError, msgspec.DecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(path, str(error)) from None
    for key, words, ours in (("kinds", mapping.kinds, CLASSES), ("places", mapping.places, _PLACES)):
        for theirs, word in words.items():
            if word not in ours:
                raise BadInput(path, f"must be one of {', '.join(ours)}", f"{key}.{theirs}", word)
    if mapping.timezone is not None and not _is_timezone(mapping.timezone):
        raise BadInput(path, "is no time zone", "timezone", mapping.timezone)
    if len(mapping.delimiter) != 1:
        raise BadInput(path, "must be one character", "delimiter", mapping.delimiter)
    return mapping


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return False
    return True


def bring_in(path: Path, mapping: Mapping, site: Site, by: str, at_s: float) -> list[PastImported]:
    """Every row of the table, in its order; the whole table or nothing.

    Raises:
        BadInput: the table, or the first row that cannot be taken, with its column and value.
    """
    octets = _octets(path)
    digest = hashlib.sha256(octets).hexdigest()
    try:
        text = octets.decode(mapping.encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise BadInput(path, f"is not {mapping.encoding}: {error}") from None
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=mapping.delimiter, strict=True)
    missing = [name for name in mapping.columns.named() if name not in (rows.fieldnames or ())]
    if missing:
        raise BadInput(path, "has no such column", "columns", missing[0])
    found: list[PastImported] = []
    seen: set[str] = set()
    try:
        for number, row in enumerate(rows, 1):
            past = _past(_Row(path, number, row, mapping, site))
            if past.incident in seen:
                raise BadInput(path, "stands in the table twice", f"row {number}", past.incident)
            seen.add(past.incident)
            found.append(PastImported(past=past, file=path.name, sha256=digest, row=number, by=by, at_s=at_s))
    except csv.Error as error:
        raise BadInput(path, str(error), f"row {len(found) + 1}") from None
    if not found:
        raise BadInput(path, "has no rows")
    return found


def _octets(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            octets = file.read(LARGEST + 1)
    except OSError as error:
        raise BadInput(path, f"cannot be read: {error.strerror}") from None
    if len(octets) > LARGEST:
        raise BadInput(path, f"is larger than {LARGEST} octets")
    return octets


class _Row:
    """One row with the words it is read by."""

    def __init__(self, path: Path, number: int, row: dict[str, Any], mapping: Mapping, site: Site) -> None:
        self._path, self._number, self._row = path, number, row
        self.mapping, self.site = mapping, site

    def text(self, column: str | list[str] | None) -> str:
        """The value of a column, or of several, joined by a space; empty where there is none."""
        columns = column if isinstance(column, list) else [] if column is None else [column]
        return " ".join((self._row.get(each) or "").strip() for each in columns).strip()

    def bad(self, column: str | list[str] | None, why: str) -> BadInput:
        name = " ".join(column) if isinstance(column, list) else column or ""
        return BadInput(self._path, why, f"row {self._number}, {name}", self.text(column))

    def number(self, column: str | None, low: float, high: float) -> float | None:
        """A number from `low` to `high`; None where nothing stands."""
        text = self.text(column)
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            raise self.bad(column, "is no number") from None
        if not (math.isfinite(value) and low <= value <= high):
            raise self.bad(column, f"is not from {low:g} to {high:g}")
        return value

    def time_s(self, column: str | list[str] | None) -> float | None:
        """UTC seconds; None where nothing stands."""
        text, zone = self.text(column), self.mapping.timezone or self.site.timezone
        if not text:
            return None
        try:
            if self.mapping.time_format is None:
                return parse_time(text, zone)
            read = datetime.strptime(text, self.mapping.time_format)  # noqa: DTZ007 - the zone is given next
            return (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))).timestamp()
        except (ValueError, OverflowError) as error:
            raise self.bad(column, str(error)) from None

    def words(self, column: str | None, translate: Callable[[str], str | None]) -> tuple[str, ...]:
        """The words of a list, each as `translate` has it."""
        found: list[str] = []
        for part in self.text(column).split(self.mapping.list_separator):
            word = translate(part.strip()) if part.strip() else ""
            if word is None:
                raise self.bad(column, f"{part.strip()!r} is not known; give it a line in the mapping")
            if word and word not in found:
                found.append(word)
        return tuple(found)


def _past(row: _Row) -> PastIncident:
    columns, mapping = row.mapping.columns, row.mapping
    name, opened_s = row.text(columns.incident), row.time_s(columns.opened)
    if not name:
        raise row.bad(columns.incident, "is empty")
    if opened_s is None:
        raise row.bad(columns.opened, "is empty")
    closed_s = row.time_s(columns.closed)
    if closed_s is not None and closed_s < opened_s:
        raise row.bad(columns.closed, "is before the opening")
    latitude_deg = row.number(columns.latitude_deg, -90.0, 90.0)
    longitude_deg = row.number(columns.longitude_deg, -180.0, 180.0)
    if (latitude_deg is None) != (longitude_deg is None):
        raise row.bad(columns.latitude_deg, "has no longitude" if longitude_deg is None else "is empty")
    aircraft = row.number(columns.aircraft, 0.0, 10_000.0)
    azimuth_deg = row.number(columns.azimuth_true_deg, 0.0, 360.0)
    places = row.words(columns.place, lambda word: mapping.places.get(word, word if word in _PLACES else None))
    return PastIncident(
        incident=name,
        site=row.site.id,
        timezone=row.site.timezone,
        source="table",
        origin=Origin.LIVE,
        opened_s=opened_s,
        closed_s=closed_s,
        kinds=row.words(columns.kinds, lambda word: mapping.kinds.get(word, word if word in CLASSES else None)),
        aircraft=None if aircraft is None else int(aircraft),
        azimuth_true_deg=None if azimuth_deg is None else azimuth_deg % 360.0,
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        place=next(iter(places), None),
        zones=row.words(columns.zones, lambda word: word),
        serials=row.words(columns.serials, lambda word: word),
        attribution=row.text(columns.attribution) or "unclaimed",
        summary=row.text(columns.summary),
    )
