"""A Scan made ready for the tracker: every detection as four numbers about an origin, in one canonical order.

Rows of a look in any order give the same Measured, byte for byte.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from operator import attrgetter
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
from numba import types

from vedette.errors import BadScan
from vedette.geo import Floats, LocalFrame
from vedette.model import Scan
from vedette.sensing.arrangement import BLIND_UP_M, arrange, blank_detections, canonical, drop_unmeasured
from vedette.sensing.compiled import kernel
from vedette.sensing.projection import CARTESIAN, POLAR, Detections
from vedette.sensing.view import View, likelihoods, sector
from vedette.site import Sensor

Ints = npt.NDArray[np.int64]

_METRES_PER_DEG: Final = 111_200.0
_POLAR: Final = ("range_m", "azimuth_true_rad", "elevation_rad", "range_rate_mps")
_LIMITS: Final = np.array(
    [[0.0, 1e6], [-2.0 * math.pi, 4.0 * math.pi], [-0.5 * math.pi, 0.5 * math.pi], [-3000.0, 3000.0]]
)
"""(4, 2): physical bounds of range, azimuth, elevation and range rate."""
_LIMITS_OF_PLACES: Final = (
    ("latitude_deg", -90.0, 90.0),
    ("longitude_deg", -180.0, 180.0),
    ("altitude_ellipsoid_m", -1000.0, 100_000.0),
)
_NONE, _NO_TABLE, _NO_TABLES = np.empty(0), np.empty((0, 3)), np.empty((0, 3, 3))
_NO_NUMBERS: Final = np.empty(0, dtype=np.int64)
"""What a scan does not bring."""
_OWN_SIGMAS: Final = attrgetter(*(name for name in Scan.__struct_fields__ if name.startswith("sigma_")))
_ALL_ROUND: Final = np.array([0.0, 2.0 * math.pi])


class Measured(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """n detections of one look, in canonical order: `rows`. Frame and numbers: vedette.sensing.projection.

    arc_rad: from and span looked at. directions, named: whether any detection is a direction alone, has an identity.
    """

    sensor: int
    observed_s: float
    look: str
    digest: bytes
    covers: bool
    arc_rad: Floats
    rows: Detections
    identity: tuple[str | None, ...]
    directions: bool
    named: bool

    def __len__(self) -> int:
        """How many detections."""
        return len(self.rows.kind)

    @property
    def key(self) -> tuple[float, int, int, str, bytes]:
        """Canonical order among looks; equal keys are the same look."""
        return (self.observed_s, 0, self.sensor, self.look, self.digest)


def check(scan: Scan) -> None:
    """Refuse places and classes that make no sense.

    Raises:
        BadScan: a value outside its physical range, a latitude without a longitude.
    """
    for name, least, most in _LIMITS_OF_PLACES:
        value = getattr(scan, name)
        if value is not None and bool(np.any((value < least) | (value > most))):
            raise BadScan(name, f"outside {least:g} to {most:g}")
    if (scan.latitude_deg is None) != (scan.longitude_deg is None):
        raise BadScan("latitude_deg", "latitude and longitude go together")
    if scan.p_classes is not None and bool(np.any((scan.p_classes < 0.0) | (scan.p_classes > 1.0))):
        raise BadScan("p_classes", "outside 0 to 1")


def measure(scan: Scan, index: int, view: View, frame: LocalFrame) -> Measured:
    """Make a scan ready; `index` is the sensor's place in the site's list.

    Rows that measure nothing fall out. Raises BadScan as `check` does, and for other values out of physical range.
    """
    check(scan)
    count, sensor = len(scan), view.sensor
    kind, value, variance = _numbers(scan, view, count)
    if not view.placed and bool(np.any(np.any(variance > 0.0, axis=1) & (kind == POLAR))):
        raise BadScan("range_m", f"sensor {sensor.id} has no position in the site file")
    origin, axes = _places(scan, kind, view, frame)
    offset = _NONE if scan.time_offset_s is None else np.nan_to_num(scan.time_offset_s)
    rcs = _NONE if scan.rcs_dbsm is None else scan.rcs_dbsm.copy()
    classes = _NO_TABLE if scan.p_classes is None else likelihoods(scan.p_classes, view.confusion)
    named = scan.identity is not None and any(name is not None for name in scan.identity)
    rows = canonical((value, variance, offset, origin, rcs, classes), scan.identity if named else None)
    rows = rows[: drop_unmeasured(variance, rows)]
    loose = Detections(
        kind, value, variance, offset, origin, axes, _NO_NUMBERS, _NONE, _NO_TABLE, _NO_TABLES, _NO_NUMBERS, rcs,
        classes,
    )  # fmt: skip
    n = len(rows)
    ready = blank_detections(n)
    directions = arrange(loose, rows, view.place, view.spans, BLIND_UP_M, ready, np.empty((4, 3)))
    identity = tuple(scan.identity[row] for row in rows.tolist()) if named and scan.identity else (None,) * n
    return Measured(
        sensor=index,
        observed_s=scan.observed_s,
        look=scan.look or "",
        digest=b"" if scan.look else _digest(scan, ready, identity if named else None),
        covers=view.covers(scan.covers, scan.look),
        arc_rad=_ALL_ROUND if scan.sector_rad is None else np.array(sector(*scan.sector_rad)),
        directions=directions > 0,
        named=named,
        identity=identity,
        rows=ready,
    )


def _numbers(scan: Scan, view: View, count: int) -> tuple[Ints, Floats, Floats]:
    """Kind (n,), value and variance (n, 4)."""
    kind, value, variance = np.zeros(count, dtype=np.int64), np.empty((count, 4)), np.empty((count, 4))
    wrong = collect(
        _given(scan.range_m), _given(scan.azimuth_true_rad), _given(scan.elevation_rad), _given(scan.range_rate_mps),
        _given(scan.sigma_range_m), _given(scan.sigma_azimuth_true_rad), _given(scan.sigma_elevation_rad),
        _given(scan.sigma_range_rate_mps), view.sigmas, _LIMITS, value, variance,
    )  # fmt: skip
    if wrong >= 0:
        raise BadScan(_POLAR[wrong], f"outside {_LIMITS[wrong, 0]:g} to {_LIMITS[wrong, 1]:g}")
    if scan.latitude_deg is not None:
        reported = np.isfinite(scan.latitude_deg)
        kind[reported] = CARTESIAN
        sigma = _sigmas_of_reports(scan, view.sensor, scan.latitude_deg)[reported]
        value[reported] = 0.0
        variance[reported] = np.where(np.isfinite(sigma), sigma * sigma, 0.0)
    return kind, value, variance


def _given(array: Floats | None) -> Floats:
    return _NONE if array is None else array


@kernel(
    types.int64, *(types.Array(types.float64, 1, "C", readonly=True),) * 8, types.float64[::1], types.float64[:, ::1],
    types.float64[:, ::1], types.float64[:, ::1],
)  # fmt: skip
def collect(
    range_m: Floats, azimuth: Floats, elevation: Floats, rate: Floats, sigma_range: Floats, sigma_azimuth: Floats,
    sigma_elevation: Floats, sigma_rate: Floats, of_site: Floats, limits: Floats, value: Floats, variance: Floats,
) -> int:  # fmt: skip
    """Polar values and variances (n, 4), both 0 where either is not known; the first column out of its limits, or -1.

    Arrays of length 0: not given. of_site (4,): standard deviations where the scan gives none, NaN: not measured.
    """
    wrong = 4
    wrong = min(wrong, column(range_m, sigma_range, 0, of_site, limits, value, variance))
    wrong = min(wrong, column(azimuth, sigma_azimuth, 1, of_site, limits, value, variance))
    wrong = min(wrong, column(elevation, sigma_elevation, 2, of_site, limits, value, variance))
    wrong = min(wrong, column(rate, sigma_rate, 3, of_site, limits, value, variance))
    return wrong if wrong < 4 else -1


@kernel(inner=True)
def column(given: Floats, own: Floats, k: int, of_site: Floats, limits: Floats, value: Floats, variance: Floats) -> int:
    """Column k of the same; k if a value is out of its limits, else 4."""
    wrong = 4
    for j in range(value.shape[0]):
        sigma = of_site[k]
        if own.shape[0] > 0 and not math.isnan(own[j]):
            sigma = own[j]
        value[j, k] = variance[j, k] = 0.0
        if given.shape[0] > 0 and not math.isnan(given[j]):
            if given[j] < limits[k, 0] or given[j] > limits[k, 1]:
                wrong = k
            if not math.isnan(sigma):
                value[j, k], variance[j, k] = given[j], sigma * sigma
    return wrong


def _sigma(own: Floats | None, of_site: float | None) -> Floats | float:
    """The scan's own standard deviation where it gives one, else the site file's; NaN: not measured."""
    site = math.nan if of_site is None else of_site
    return site if own is None else np.where(np.isnan(own), site, own)


def _sigmas_of_reports(scan: Scan, sensor: Sensor, latitude_deg: Floats) -> Floats:
    """East, north, up in m and nothing else (n, 4); NaN where not measured."""
    sigma = np.full((len(latitude_deg), 4), np.nan)
    flat = _sigma(scan.sigma_position_m, sensor.sigma_position_m)
    sigma[:, 0] = sigma[:, 1] = flat
    if scan.sigma_longitude_deg is not None:
        east = scan.sigma_longitude_deg * np.cos(np.radians(latitude_deg)) * _METRES_PER_DEG
        sigma[:, 0] = np.where(np.isnan(east), flat, east)
    if scan.sigma_latitude_deg is not None:
        north = scan.sigma_latitude_deg * _METRES_PER_DEG
        sigma[:, 1] = np.where(np.isnan(north), flat, north)
    if scan.altitude_ellipsoid_m is not None:
        altitude = _sigma(scan.sigma_altitude_ellipsoid_m, sensor.sigma_altitude_m)
        sigma[:, 2] = np.where(np.isnan(scan.altitude_ellipsoid_m), np.nan, altitude)
    return sigma


def _places(scan: Scan, kind: Ints, view: View, frame: LocalFrame) -> tuple[Floats, Floats]:
    """Origin (n, 3) and axes (n, 3, 3), where any is a position report: the reported point, and east, north, up there.

    Others stand about the sensor; without a report, nothing is brought.
    """
    rows = np.flatnonzero(kind == CARTESIAN)
    if not len(rows) or scan.latitude_deg is None or scan.longitude_deg is None:
        return _NO_TABLE, _NO_TABLES
    origin_m, axes = np.empty((len(kind), 3)), np.empty((len(kind), 3, 3))
    origin_m[:], axes[:] = view.origin_m, view.axes
    latitude, longitude = scan.latitude_deg[rows], scan.longitude_deg[rows]
    if bool(np.any(np.isnan(longitude))):
        raise BadScan("longitude_deg", "latitude and longitude go together")
    altitude = np.full(len(rows), frame.altitude_ellipsoid_m + BLIND_UP_M)
    if scan.altitude_ellipsoid_m is not None:
        altitude = np.where(np.isnan(scan.altitude_ellipsoid_m[rows]), altitude, scan.altitude_ellipsoid_m[rows])
    origin_m[rows] = frame.to_enu_m(latitude, longitude, altitude)
    axes[rows] = east_north_up(latitude, longitude) @ east_north_up(frame.latitude_deg, frame.longitude_deg).T
    return origin_m, axes


def east_north_up(latitude_deg: npt.ArrayLike, longitude_deg: npt.ArrayLike) -> Floats:
    """East, north and up (rows of (…, 3, 3)) at a place, as unit vectors in the Earth-centred frame."""
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    sin_n, cos_n, sin_e, cos_e = np.sin(latitude), np.cos(latitude), np.sin(longitude), np.cos(longitude)
    east = np.stack([-sin_e, cos_e, 0.0 * cos_e], axis=-1)
    north = np.stack([-sin_n * cos_e, -sin_n * sin_e, cos_n], axis=-1)
    up = np.stack([cos_n * cos_e, cos_n * sin_e, sin_n], axis=-1)
    return np.stack([east, north, up], axis=-2)


def _digest(scan: Scan, ready: Detections, identity: Sequence[str | None] | None) -> bytes:
    """Of all that was said, rows in canonical order."""
    digest = hashlib.blake2b(ready.value.data, digest_size=12)
    for own in _OWN_SIGMAS(scan):
        if own is not None:
            digest.update(ready.variance.data)
            break
    if scan.time_offset_s is not None:
        digest.update(ready.offset_s.data)
    if scan.latitude_deg is not None:
        digest.update(ready.origin_m.data)
    if scan.rcs_dbsm is not None:
        digest.update(ready.rcs_dbsm.data)
    if scan.p_classes is not None:
        digest.update(ready.p_classes.data)
    if identity is not None or scan.sector_rad is not None:
        digest.update(repr((identity, scan.sector_rad)).encode())
    return digest.digest()
