"""Scan: what one sensor measured in one look. The tracker's input and the public face of a detection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from vedette.errors import BadScan

Floats = npt.NDArray[np.float64]

CLASSES: Final = ("uav_rotary", "uav_fixed_wing", "manned", "bird", "other")
"""Order of the class columns everywhere. In tables `uav` is the sum of the first two."""

_ELEMENTS: Final = (
    "range_m",
    "azimuth_true_rad",
    "elevation_rad",
    "range_rate_mps",
    "latitude_deg",
    "longitude_deg",
    "altitude_ellipsoid_m",
)
_SIGMAS: Final = (
    "sigma_range_m",
    "sigma_azimuth_true_rad",
    "sigma_elevation_rad",
    "sigma_range_rate_mps",
    "sigma_latitude_deg",
    "sigma_longitude_deg",
    "sigma_altitude_ellipsoid_m",
    "sigma_position_m",
)
_SUM_ERROR: Final = 1e-3
"""How far the classes' sum may lie from 1: they may have been rounded."""
_OTHERS: Final = ("time_offset_s", "snr_db", "rcs_dbsm")


class Scan(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One look of one sensor: n detections as arrays, all float64 (n,), NaN = this element not measured.

    No array at all means: looked and saw nothing. Polar values are about the sensor: slant range, azimuth clockwise
    from true north, elevation above the plane tangent to WGS 84 at the sensor, range rate positive outward. A sigma is
    one standard deviation, per element; absent or NaN, the site file's value for the sensor holds.
    `sigma_position_m` is per horizontal axis and stands for both latitude and longitude.

    `identity`: per detection `icao:…`, `rid:…`, `callsign:…`, `own:…`, `mmsi:…` or None; `track:…` is another system's
    number for its track, which names nobody.
    `image_url`: per detection where a picture of it can be seen, or None.
    `time_offset_s` ≤ 0: each detection's own time relative to `observed_s`, the look's latest.
    `sector_rad`: (from, to) clockwise; the look covered only this much, absent: the whole field of view.
    `p_classes`: (n, len(CLASSES)) the sensor's own class report, rows sum to 1 or are NaN.
    `look`: the sensor's own number of this look, to know a repeated one; None: no number.
    `covers`: False for reports that say nothing of what was not reported (ADS-B, Remote ID, telemetry).

    Raises:
        BadScan: bad shape, an infinite value, an offset in the future, identity of another length, a sector or a row
            of classes that is none.
    """

    sensor: str
    observed_s: float
    range_m: Floats | None = None
    azimuth_true_rad: Floats | None = None
    elevation_rad: Floats | None = None
    range_rate_mps: Floats | None = None
    latitude_deg: Floats | None = None
    longitude_deg: Floats | None = None
    altitude_ellipsoid_m: Floats | None = None
    sigma_range_m: Floats | None = None
    sigma_azimuth_true_rad: Floats | None = None
    sigma_elevation_rad: Floats | None = None
    sigma_range_rate_mps: Floats | None = None
    sigma_latitude_deg: Floats | None = None
    sigma_longitude_deg: Floats | None = None
    sigma_altitude_ellipsoid_m: Floats | None = None
    sigma_position_m: Floats | None = None
    time_offset_s: Floats | None = None
    snr_db: Floats | None = None
    rcs_dbsm: Floats | None = None
    sector_rad: tuple[float, float] | None = None
    identity: Sequence[str | None] | None = None
    image_url: Sequence[str | None] | None = None
    p_classes: Floats | None = None
    look: str | None = None
    covers: bool | None = None

    def __post_init__(self) -> None:
        if not is_number(self.observed_s):
            raise BadScan("observed_s", f"not a time: {self.observed_s!r}")
        length: int | None = None
        for name in (*_ELEMENTS, *_SIGMAS, *_OTHERS):
            value = getattr(self, name)
            if value is None:
                continue
            length = self._freeze(name, value, length)
        for name in ("identity", "image_url"):
            if getattr(self, name) is not None:
                length = self._freeze_texts(name, getattr(self, name), length)
        if self.p_classes is not None:
            self._freeze_classes(length)
        if self.time_offset_s is not None and bool(np.any(self.time_offset_s > 0.0)):
            raise BadScan("time_offset_s", "later than observed_s")
        if self.sector_rad is not None:
            self._freeze_sector(self.sector_rad)

    def _freeze(self, name: str, value: Floats, length: int | None) -> int:
        array = _frozen_array(name, value)
        if array.ndim != 1:
            raise BadScan(name, f"shape {array.shape}, wanted (n,)")
        if length is not None and len(array) != length:
            raise BadScan(name, f"{len(array)} entries where others have {length}")
        if name in _SIGMAS and bool(np.any(array <= 0.0)):
            raise BadScan(name, "a standard deviation must be positive")
        msgspec.structs.force_setattr(self, name, array)
        return len(array)

    def _freeze_texts(self, name: str, given: Sequence[str | None], length: int | None) -> int:
        if isinstance(given, str) or not all(each is None or isinstance(each, str) for each in given):
            raise BadScan(name, "not a sequence of str or None")
        if length is not None and len(given) != length:
            raise BadScan(name, f"{len(given)} entries for {length} detections")
        msgspec.structs.force_setattr(self, name, tuple(given))
        return len(given)

    def _freeze_sector(self, given: tuple[float, float]) -> None:
        ends = tuple(given)
        if len(ends) != 2 or not all(is_number(end) for end in ends):
            raise BadScan("sector_rad", f"{given!r}, wanted (from, to)")
        msgspec.structs.force_setattr(self, "sector_rad", (float(ends[0]), float(ends[1])))

    def _freeze_classes(self, length: int | None) -> None:
        array = _frozen_array("p_classes", self.p_classes)
        if array.ndim != 2 or array.shape[1] != len(CLASSES) or (length is not None and len(array) != length):
            raise BadScan("p_classes", f"shape {array.shape}, wanted ({length}, {len(CLASSES)})")
        if bool(np.any(array < 0.0)):
            raise BadScan("p_classes", "a probability is negative")
        sums = array.sum(axis=1)
        if bool(np.any(np.abs(sums - 1.0) > _SUM_ERROR)):
            raise BadScan("p_classes", "a row does not sum to 1")
        msgspec.structs.force_setattr(self, "p_classes", array)

    def __len__(self) -> int:
        """How many detections."""
        for name in _ELEMENTS:
            value = getattr(self, name)
            if value is not None:
                return len(value)
        return 0 if self.identity is None else len(self.identity)


def is_number(value: object) -> bool:
    """A finite real number, Python's or NumPy's."""
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and bool(np.isfinite(value))


def _frozen_array(name: str, value: object) -> Floats:
    try:
        given = np.asarray(value)
        if given.dtype.kind == "c":
            raise TypeError("complex")
        array = np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadScan(name, "not an array of numbers") from None
    if bool(np.any(np.isinf(array))):
        raise BadScan(name, "infinite")
    array.flags.writeable = False
    return array
