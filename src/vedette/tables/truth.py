"""Truth tables, read: where each aircraft really was. The first bad row refuses the table.

    column                                     unit    empty
    time_utc                                   ISO 8601 with zone, or a Parquet timestamp with zone     no
    truth                                      the aircraft's name                                      no
    latitude_deg, longitude_deg                degrees, WGS 84                                          no
    altitude_ellipsoid_m                       metres over the WGS 84 ellipsoid                         unknown
    velocity_east_mps, …_north_mps, …_up_mps   metres per second                                        unknown
    class                                      uav, uav_rotary, uav_fixed_wing, manned, bird, other     unknown

(time_utc, truth) is unique. Rows may stand in any order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from vedette.model import CLASSES
from vedette.tables.strict import once, strict_rows
from vedette.tables.values import Wrong, needed_text, optional_number, text_of, time_of

LATITUDE_DEG, LONGITUDE_DEG = (-90.0, 90.0), (-180.0, 180.0)
ALTITUDE_M = (-1500.0, 100_000.0)
SPEED_MPS = (-5000.0, 5000.0)
"""Limits beyond which a row is a mistake: ±5 km/s is ten times what flies; the deepest shore is at -430 m."""

_REQUIRED = ("time_utc", "truth", "latitude_deg", "longitude_deg")
COLUMNS = frozenset(
    (
        *_REQUIRED,
        "altitude_ellipsoid_m",
        "velocity_east_mps",
        "velocity_north_mps",
        "velocity_up_mps",
        "class",
    )
)


class TruthRow(msgspec.Struct, frozen=True, kw_only=True):
    """One aircraft at one time, as it really was. None is unknown."""

    time_s: float
    truth: str
    latitude_deg: float
    longitude_deg: float
    altitude_ellipsoid_m: float | None = None
    velocity_east_mps: float | None = None
    velocity_north_mps: float | None = None
    velocity_up_mps: float | None = None


def read_truth(path: Path) -> list[TruthRow]:
    """All rows, in the file's order.

    Raises:
        BadInput, BadTable: the file as a whole, or its first bad row.
    """
    seen: set[tuple[float, str]] = set()

    def row_of(raw: Any) -> TruthRow:
        row = _row(raw)
        once(seen, row.time_s, "truth", row.truth)
        return row

    return strict_rows(path, COLUMNS, _REQUIRED, row_of)


def _row(raw: Any) -> TruthRow:
    class_ = text_of(raw, "class")
    if class_ is not None and class_ not in ("uav", *CLASSES):
        raise Wrong("bad_class", "class", class_, f"not one of uav, {', '.join(CLASSES)}")
    latitude = optional_number(raw, "latitude_deg", LATITUDE_DEG)
    longitude = optional_number(raw, "longitude_deg", LONGITUDE_DEG)
    if latitude is None or longitude is None:
        raise Wrong("missing_value", "latitude_deg" if latitude is None else "longitude_deg", "", "missing")
    return TruthRow(
        time_s=time_of(raw),
        truth=needed_text(raw, "truth"),
        latitude_deg=latitude,
        longitude_deg=longitude,
        altitude_ellipsoid_m=optional_number(raw, "altitude_ellipsoid_m", ALTITUDE_M),
        velocity_east_mps=optional_number(raw, "velocity_east_mps", SPEED_MPS),
        velocity_north_mps=optional_number(raw, "velocity_north_mps", SPEED_MPS),
        velocity_up_mps=optional_number(raw, "velocity_up_mps", SPEED_MPS),
    )
