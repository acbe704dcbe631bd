"""Detection tables → looks: rows of one sensor and scan that stand together; without a scan, each row is its own."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from vedette.errors import BadTable
from vedette.geo import egm96_undulation_m
from vedette.model import CLASSES, Floats, Scan
from vedette.tables.files import Broken, RawRow, raw_rows
from vedette.tables.values import Wrong, needed_text, number_of, text_of, time_of

LIMITS: dict[str, tuple[float, float]] = {
    "range_m": (0.0, 1e7),
    "azimuth_true_deg": (-360.0, 360.0),
    "elevation_deg": (-90.0, 90.0),
    "range_rate_mps": (-5000.0, 5000.0),
    "latitude_deg": (-90.0, 90.0),
    "longitude_deg": (-180.0, 180.0),
    "altitude_ellipsoid_m": (-1500.0, 100_000.0),
    "altitude_msl_m": (-1500.0, 100_000.0),
    "pressure_altitude_m": (-1500.0, 100_000.0),
    "sigma_range_m": (1e-6, 1e6),
    "sigma_azimuth_deg": (1e-6, 360.0),
    "sigma_elevation_deg": (1e-6, 180.0),
    "sigma_range_rate_mps": (1e-6, 1e4),
    "sigma_position_m": (1e-6, 1e7),
    "sigma_altitude_m": (1e-6, 1e6),
    "snr_db": (-200.0, 300.0),
    "rcs_dbsm": (-200.0, 200.0),
    "p_class": (0.0, 1.0),
    "sector_from_deg": (-360.0, 360.0),
    "sector_to_deg": (-360.0, 720.0),
}
_TEXTS = ("time_utc", "sensor", "scan", "class", "identity")
COLUMNS = frozenset((*LIMITS, *_TEXTS))
IDENTITY = r"^(icao:[0-9A-F]{6}|mmsi:[0-9]{1,9}|(rid|callsign|own|track):[^\x00-\x1f]{1,64})$"
_IDENTITY = re.compile(IDENTITY)
CLASS_NAMES = ("uav", *CLASSES)
_DEFAULT_P_CLASS = 0.7
"""p_class of a row that names a class without saying how sure: better than even, far from certain."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One good row: place in the file (from 1), its time, texts, and every number that is known, by column."""

    place: int
    observed_s: float
    sensor: str
    scan: str | None
    class_: str | None
    identity: str | None
    numbers: dict[str, float]

    @property
    def measures(self) -> bool:
        """Whether the sensor measured or named anything at all; if not, it looked and saw nothing."""
        return self.identity is not None or "azimuth_true_deg" in self.numbers or "latitude_deg" in self.numbers


class BadRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row that cannot be used: a short fixed reason to count, and the key, value and words to show."""

    place: int
    reason: str
    key: str
    value: str
    why: str


def read_rows(path: Path) -> Iterator[Row | BadRow]:
    """Every row of a detection table, in the order of arrival.

    Raises:
        BadInput, BadTable: the file as a whole cannot be read (missing, empty, columns).
    """
    for place, raw in raw_rows(path, COLUMNS, ("time_utc", "sensor")):
        yield parse_row(place, raw)


def parse_row(place: int, raw: RawRow) -> Row | BadRow:
    """One raw row, checked: times with zone, numbers finite and in range, combinations that make sense."""
    if isinstance(raw, Broken):
        return BadRow(place=place, reason=raw.reason, key="", value="", why=raw.why)
    try:
        return _row(place, raw)
    except Wrong as wrong:
        return BadRow(place=place, reason=wrong.reason, key=wrong.key, value=str(wrong.value), why=wrong.why)


def _row(place: int, raw: Any) -> Row:
    observed_s = time_of(raw)
    numbers = {n: number_of(n, raw[n], limits) for n, limits in LIMITS.items() if raw.get(n) not in (None, "")}
    _check_together(numbers)
    class_, identity = text_of(raw, "class"), text_of(raw, "identity")
    if class_ is not None and class_ not in CLASS_NAMES:
        raise Wrong("bad_class", "class", class_, f"not one of {', '.join(CLASS_NAMES)}")
    if identity is not None and not _IDENTITY.match(identity):
        raise Wrong(
            "bad_identity", "identity", identity, "not icao:ABC123, rid:…, callsign:…, own:…, mmsi:… or track:…"
        )
    return Row(
        place=place,
        observed_s=observed_s,
        sensor=needed_text(raw, "sensor"),
        scan=text_of(raw, "scan"),
        class_=class_,
        identity=identity,
        numbers=numbers,
    )


TOGETHER = (
    ("range_m", "azimuth_true_deg"),
    ("elevation_deg", "azimuth_true_deg"),
    ("range_rate_mps", "azimuth_true_deg"),
    ("latitude_deg", "longitude_deg"),
    ("longitude_deg", "latitude_deg"),
    ("altitude_ellipsoid_m", "latitude_deg"),
    ("altitude_msl_m", "latitude_deg"),
    ("sector_from_deg", "sector_to_deg"),
    ("sector_to_deg", "sector_from_deg"),
)


def _check_together(numbers: dict[str, float]) -> None:
    for name, needed in TOGETHER:
        if name in numbers and needed not in numbers:
            raise Wrong("incomplete", name, numbers[name], f"given without {needed}")
    if "latitude_deg" in numbers and "azimuth_true_deg" in numbers:
        raise Wrong("ambiguous", "latitude_deg", numbers["latitude_deg"], "given beside azimuth_true_deg")


def read_looks(
    path: Path, on_reject: Callable[[int, str], None] | None = None, sensors: Collection[str] | None = None
) -> Iterator[Scan]:
    """The looks of a detection table, in the order of arrival, each with its latest row's time.

    Args:
        on_reject: called with (row, reason) for each bad row, which is then left out; None: the first one is raised.
        sensors: those that a row may name, else it is bad; None: any.

    Raises:
        BadInput, BadTable: the file as a whole, or (without on_reject) the first bad row.
    """
    look: list[Row] = []
    for row in read_rows(path):
        if isinstance(row, Row) and sensors is not None and row.sensor not in sensors:
            why = "the site has no sensor of this id"
            row = BadRow(place=row.place, reason="unknown_sensor", key="sensor", value=row.sensor, why=why)
        if isinstance(row, BadRow):
            if on_reject is None:
                place = f"row {row.place}" + (f", {row.key}" if row.key else "")
                raise BadTable(path, row.why, place, row.value)
            on_reject(row.place, row.reason)
            continue
        if look and (row.scan is None or row.sensor != look[0].sensor or row.scan != look[0].scan):
            yield scan_of(look)
            look = []
        look.append(row)
    if look:
        yield scan_of(look)


_RADIANS = {"azimuth_true_deg": "azimuth_true_rad", "elevation_deg": "elevation_rad"}
_RADIAN_SIGMAS = {"sigma_azimuth_deg": "sigma_azimuth_true_rad", "sigma_elevation_deg": "sigma_elevation_rad"}
_SAME = ("range_m", "range_rate_mps", "latitude_deg", "longitude_deg", "sigma_range_m", "sigma_range_rate_mps")
_SAME_TOO = ("sigma_position_m", "snr_db", "rcs_dbsm")


def scan_of(rows: list[Row]) -> Scan:
    """One look from its rows (at least one, all of one sensor and scan)."""
    observed_s = max(row.observed_s for row in rows)
    seen = [row for row in rows if row.measures]
    arrays: dict[str, Any] = {}
    for column in (*_SAME, *_SAME_TOO):
        _put(arrays, column, column, seen, 1.0)
    for column, name in (*_RADIANS.items(), *_RADIAN_SIGMAS.items()):
        _put(arrays, column, name, seen, math.pi / 180.0)
    _put(arrays, "sigma_altitude_m", "sigma_altitude_ellipsoid_m", seen, 1.0)
    altitudes = np.array([_altitude(row) for row in seen], dtype=np.float64)
    if bool(np.any(np.isfinite(altitudes))):
        arrays["altitude_ellipsoid_m"] = altitudes
    offsets = np.array([row.observed_s - observed_s for row in seen], dtype=np.float64)
    if bool(np.any(offsets != 0.0)):
        arrays["time_offset_s"] = offsets
    if any(row.class_ for row in seen):
        arrays["p_classes"] = np.array([_p_classes(row) for row in seen], dtype=np.float64)
    first = rows[0]
    return Scan(
        sensor=first.sensor,
        observed_s=observed_s,
        sector_rad=min(filter(None, map(_sector, rows)), default=None),
        identity=tuple(row.identity for row in seen) if any(row.identity for row in seen) else None,
        look=first.scan,
        covers=first.scan is not None,
        **arrays,
    )


def _put(arrays: dict[str, Floats], column: str, name: str, rows: list[Row], factor: float) -> None:
    if any(column in row.numbers for row in rows):
        arrays[name] = np.array([row.numbers.get(column, math.nan) * factor for row in rows], dtype=np.float64)


def _altitude(row: Row) -> float:
    if "altitude_ellipsoid_m" in row.numbers:
        return row.numbers["altitude_ellipsoid_m"]
    if "altitude_msl_m" in row.numbers:
        place = row.numbers["latitude_deg"], row.numbers["longitude_deg"]
        return row.numbers["altitude_msl_m"] + float(egm96_undulation_m(*place))
    return math.nan


def _sector(row: Row) -> tuple[float, float] | None:
    if "sector_from_deg" not in row.numbers:
        return None
    return math.radians(row.numbers["sector_from_deg"]), math.radians(row.numbers["sector_to_deg"])


def _p_classes(row: Row) -> list[float]:
    """The sensor's class report as a distribution: p_class on what it named, the rest spread evenly over the others."""
    if row.class_ is None:
        return [math.nan] * len(CLASSES)
    p = row.numbers.get("p_class", _DEFAULT_P_CLASS)
    named = CLASSES[:2] if row.class_ == "uav" else (row.class_,)
    others = len(CLASSES) - len(named)
    return [p / len(named) if name in named else (1.0 - p) / others for name in CLASSES]
