"""Track tables, read for scoring. The columns are those that tables/tracks.py writes; the first bad row refuses it.

time_utc, track, latitude_deg, longitude_deg and status must be columns. Latitude and longitude may both be empty (a
track known by bearing alone). (time_utc, track) is unique. Rows may stand in any order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from vedette.model import Status
from vedette.tables.strict import once, strict_rows
from vedette.tables.tracks import COLUMNS
from vedette.tables.truth import ALTITUDE_M, LATITUDE_DEG, LONGITUDE_DEG, SPEED_MPS
from vedette.tables.values import Wrong, needed_text, optional_number, text_of, time_of

_REQUIRED = ("time_utc", "track", "status")
_POSITION = ("latitude_deg", "longitude_deg")
_STATUS = {status.name.lower(): status for status in Status}
_OTHERS = {
    "sigma_position_m": (0.0, 1e7),
    "p_exists": (0.0, 1.0),
    "p_class": (0.0, 1.0),
    "azimuth_true_deg": (-360.0, 360.0),
    "elevation_deg": (-90.0, 90.0),
}
"""Numbers that scoring does not use, checked all the same: a table with nonsense in it is not to be trusted."""


class TrackRow(msgspec.Struct, frozen=True, kw_only=True):
    """One track at one time. None is unknown."""

    time_s: float
    track: str
    status: Status
    latitude_deg: float | None
    longitude_deg: float | None
    altitude_ellipsoid_m: float | None = None
    velocity_east_mps: float | None = None
    velocity_north_mps: float | None = None
    velocity_up_mps: float | None = None
    identity: str | None = None


def read_tracks(path: Path) -> list[TrackRow]:
    """All rows, tentative ones too, in the file's order.

    Raises:
        BadInput, BadTable: the file as a whole, or its first bad row.
    """
    seen: set[tuple[float, str]] = set()

    def row_of(raw: Any) -> TrackRow:
        row = _row(raw)
        once(seen, row.time_s, "track", row.track)
        return row

    return strict_rows(path, COLUMNS, _REQUIRED, row_of)


def _row(raw: Any) -> TrackRow:
    for name in _POSITION:
        if name not in raw:
            raise Wrong("missing_column", name, "", "missing column")
    for name, limits in _OTHERS.items():
        optional_number(raw, name, limits)
    row = TrackRow(
        time_s=time_of(raw),
        track=needed_text(raw, "track"),
        status=_status(needed_text(raw, "status")),
        latitude_deg=optional_number(raw, "latitude_deg", LATITUDE_DEG),
        longitude_deg=optional_number(raw, "longitude_deg", LONGITUDE_DEG),
        altitude_ellipsoid_m=optional_number(raw, "altitude_ellipsoid_m", ALTITUDE_M),
        velocity_east_mps=optional_number(raw, "velocity_east_mps", SPEED_MPS),
        velocity_north_mps=optional_number(raw, "velocity_north_mps", SPEED_MPS),
        velocity_up_mps=optional_number(raw, "velocity_up_mps", SPEED_MPS),
        identity=text_of(raw, "identity"),
    )
    if (row.latitude_deg is None) != (row.longitude_deg is None):
        name, other = _POSITION if row.longitude_deg is None else _POSITION[::-1]
        raise Wrong("incomplete", name, raw.get(name), f"given without {other}")
    return row


def _status(text: str) -> Status:
    try:
        return _STATUS[text]
    except KeyError:
        raise Wrong("bad_status", "status", text, f"not one of {', '.join(_STATUS)}") from None
