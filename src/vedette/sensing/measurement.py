"""A Scan made ready for the tracker: every detection as four numbers about an origin, in one canonical order.

Rows of a look in any order give the same Measured, byte for byte.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
from numba import types

from vedette.errors import BadScan
from vedette.geo import Floats, LocalFrame
from vedette.model import CLASSES, Scan
from vedette.sensing.compiled import kernel
from vedette.sensing.projection import CARTESIAN, DETECTIONS, POLAR, Detections
from vedette.sensing.view import View, likelihoods, sector
from vedette.site import Sensor

Ints = npt.NDArray[np.int64]

BLIND_UP_M: Final = 150.0
"""Height over the sensor taken, at most, where no elevation is measured."""
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
_NONE: Final = np.empty(0)
_NONE.flags.writeable = False
_OWN_SIGMAS: Final = tuple(name for name in Scan.__struct_fields__ if name.startswith("sigma_"))
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
    origin: Floats = np.empty((count, 3))
    axes: Floats = np.empty((count, 3, 3))
    origin[:], axes[:] = view.origin_m, view.axes
    if scan.latitude_deg is not None:
        _place(scan, kind, frame, origin, axes)
    offset: Floats = np.zeros(count) if scan.time_offset_s is None else np.nan_to_num(scan.time_offset_s)
    rcs: Floats = np.full(count, np.nan) if scan.rcs_dbsm is None else scan.rcs_dbsm.copy()
    classes: Floats = np.full((count, len(CLASSES)), np.nan)
    if scan.p_classes is not None:
        classes = likelihoods(scan.p_classes, view.confusion)
    named = scan.identity is not None and any(name is not None for name in scan.identity)
    rows = _canonical((value, variance, offset, origin, rcs, classes), scan.identity if named else None)
    rows = rows[: drop_unmeasured(variance, rows)]
    loose = Detections(
        kind, value, variance, offset, origin, axes, np.empty(0, dtype=np.int64), np.empty(0), np.empty((0, 3)),
        np.empty((0, 3, 3)), np.empty(0, dtype=np.int64), rcs, classes,
    )  # fmt: skip
    n = len(rows)
    ready = blank_detections(n)
    directions = arrange(loose, rows, view.spans, BLIND_UP_M, ready, np.empty((4, 3)))
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


def blank_detections(n: int) -> Detections:
    """Room for n detections."""
    four, three = (n, 4), (n, 3)
    return Detections(
        np.empty(n, dtype=np.int64), np.empty(four), np.empty(four), np.empty(n), np.empty(three), np.empty((n, 3, 3)),
        np.empty(n, dtype=np.int64), np.empty(n), np.empty(three), np.empty((n, 3, 3)),
        np.empty(n, dtype=np.int64), np.empty(n), np.empty((n, len(CLASSES))),
    )  # fmt: skip


@kernel("int64(float64[:,::1], int64[::1])")
def drop_unmeasured(variance: Floats, rows: Ints) -> int:
    """Close up the rows (n,) that measure anything; returns how many."""
    many = 0
    for a in range(rows.shape[0]):
        measured = False
        for k in range(4):
            measured |= variance[rows[a], k] > 0.0
        if measured:
            rows[many] = rows[a]
            many += 1
    return many


@kernel(types.int64, DETECTIONS, types.int64[::1], types.float64[::1], types.float64, DETECTIONS, types.float64[:, ::1])
def arrange(loose: Detections, rows: Ints, spans: Floats, blind_up_m: float, ready: Detections, turn: Floats) -> int:
    """Put the rows (n,) of a look in order, group and place them. Returns how many are directions alone.

    spans (8,): size of the field of view in range, azimuth, elevation and range rate; then, of position reports, in
    east and north together, 1, in altitude, 1. turn (4, 3): room to work.
    """
    directions = 0
    for a in range(rows.shape[0]):
        j = rows[a]
        ready.kind[a], ready.offset_s[a], ready.rcs_dbsm[a] = loose.kind[j], loose.offset_s[j], loose.rcs_dbsm[j]
        for k in range(4):
            ready.value[a, k], ready.variance[a, k] = loose.value[j, k], loose.variance[j, k]
        for k in range(3):
            ready.origin_m[a, k] = loose.origin_m[j, k]
            for c in range(3):
                ready.axes[a, k, c] = loose.axes[j, k, c]
        for c in range(loose.p_classes.shape[1]):
            ready.p_classes[a, c] = loose.p_classes[j, c]
        number_group(ready, a)
        size, first = 1.0, 0 if ready.kind[a] == POLAR else 4
        for k in range(4):
            size *= spans[first + k] if ready.variance[a, k] > 0.0 else 1.0
        ready.volume[a] = size
        if ready.variance[a, 0] <= 0.0 or ready.variance[a, 1] <= 0.0:
            directions += 1
            for k in range(3):
                ready.where[a, k] = np.nan
                for c in range(3):
                    ready.spread[a, k, c] = np.nan
        else:
            locate(ready, a, blind_up_m, turn)
    order_by_east(ready)
    return directions


@kernel(inner=True)
def order_by_east(ready: Detections) -> None:
    """Rows in order of east, directions last, by Shell's sort (1959): looks are short, and nothing is allocated."""
    order, where = ready.order, ready.where
    many = order.shape[0]
    for a in range(many):
        order[a] = a
    gap = many // 2
    while gap > 0:
        for a in range(gap, many):
            row = order[a]
            east = where[row, 0]
            b = a
            while b >= gap and (
                where[order[b - gap], 0] > east or (math.isnan(where[order[b - gap], 0]) and east == east)
            ):
                order[b] = order[b - gap]
                b -= gap
            order[b] = row
        gap //= 2


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


def _place(scan: Scan, kind: Ints, frame: LocalFrame, origin_m: Floats, axes: Floats) -> None:
    """Origin and axes of position reports: the reported point, and east, north, up there."""
    rows = np.flatnonzero(kind == CARTESIAN)
    if not len(rows) or scan.latitude_deg is None or scan.longitude_deg is None:
        return
    latitude, longitude = scan.latitude_deg[rows], scan.longitude_deg[rows]
    if bool(np.any(np.isnan(longitude))):
        raise BadScan("longitude_deg", "latitude and longitude go together")
    altitude = np.full(len(rows), frame.altitude_ellipsoid_m + BLIND_UP_M)
    if scan.altitude_ellipsoid_m is not None:
        altitude = np.where(np.isnan(scan.altitude_ellipsoid_m[rows]), altitude, scan.altitude_ellipsoid_m[rows])
    origin_m[rows] = frame.to_enu_m(latitude, longitude, altitude)
    axes[rows] = east_north_up(latitude, longitude) @ east_north_up(frame.latitude_deg, frame.longitude_deg).T


def east_north_up(latitude_deg: npt.ArrayLike, longitude_deg: npt.ArrayLike) -> Floats:
    """East, north and up (rows of (…, 3, 3)) at a place, as unit vectors in the Earth-centred frame."""
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    sin_n, cos_n, sin_e, cos_e = np.sin(latitude), np.cos(latitude), np.sin(longitude), np.cos(longitude)
    east = np.stack([-sin_e, cos_e, 0.0 * cos_e], axis=-1)
    north = np.stack([-sin_n * cos_e, -sin_n * sin_e, cos_n], axis=-1)
    up = np.stack([cos_n * cos_e, cos_n * sin_e, sin_n], axis=-1)
    return np.stack([east, north, up], axis=-2)


def _canonical(columns: tuple[Floats, ...], identity: Sequence[str | None] | None) -> Ints:
    """An order of the rows that does not depend on how they came."""
    value = columns[0]
    rows = np.argsort(value[:, 0])
    if settle_ties(value, rows):
        table = np.concatenate([one.reshape(len(value), -1) for one in columns], axis=1)
        names = identity or (None,) * len(value)
        keys = [(row.tobytes(), one or "") for row, one in zip(table, names, strict=True)]
        rows = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)
    return rows


@kernel("boolean(float64[:,::1], int64[::1])")
def settle_ties(value: Floats, rows: Ints) -> bool:
    """Order rows of equal first number by the second; whether any are equal in both."""
    for a in range(1, rows.shape[0]):
        b = a
        while b > 0 and value[rows[b], 0] == value[rows[b - 1], 0] and value[rows[b], 1] < value[rows[b - 1], 1]:
            rows[b], rows[b - 1] = rows[b - 1], rows[b]
            b -= 1
        if b > 0 and value[rows[b], 0] == value[rows[b - 1], 0] and value[rows[b], 1] == value[rows[b - 1], 1]:
            return True
    return False


@kernel(inner=True)
def number_group(ready: Detections, j: int) -> None:
    """Number row j's group: that of the row before where they share their geometry."""
    if j == 0:
        ready.group[j] = 0
        return
    same = ready.kind[j] == ready.kind[j - 1] and ready.offset_s[j] == ready.offset_s[j - 1]
    for k in range(4):
        same = same and ready.variance[j, k] == ready.variance[j - 1, k]
    for k in range(3):
        same = same and ready.origin_m[j, k] == ready.origin_m[j - 1, k]
    ready.group[j] = ready.group[j - 1] if same else ready.group[j - 1] + 1


def _digest(scan: Scan, ready: Detections, identity: Sequence[str | None] | None) -> bytes:
    """Of all that was said, rows in canonical order."""
    digest = hashlib.blake2b(ready.value.data, digest_size=12)
    said = (
        (ready.variance, any(getattr(scan, name) is not None for name in _OWN_SIGMAS)),
        (ready.offset_s, scan.time_offset_s is not None),
        (ready.origin_m, scan.latitude_deg is not None),
        (ready.rcs_dbsm, scan.rcs_dbsm is not None),
        (ready.p_classes, scan.p_classes is not None),
    )
    for array, was_said in said:
        if was_said:
            digest.update(array.data)
    if identity is not None or scan.sector_rad is not None:
        digest.update(repr((identity, scan.sector_rad)).encode())
    return digest.digest()


@kernel(inner=True)
def locate(ready: Detections, j: int, blind_up_m: float, turn: Floats) -> None:
    """Position and covariance of a detection that has a range and an azimuth, or is a report.

    Where elevation or altitude is not measured the height over the sensor is min(blind_up_m, range / 10), with a
    standard deviation of a quarter of the range, between 60 and 3000 m (reports: 3000 m). turn (4, 3): the directions
    of the standard deviations and, in the last row, these.
    """
    for k in range(3):
        turn[3, k] = math.sqrt(ready.variance[j, k])
    if ready.kind[j] == CARTESIAN:
        for k in range(3):
            ready.where[j, k] = ready.origin_m[j, k]
            for c in range(3):
                turn[k, c] = ready.axes[j, k, c]
        if ready.variance[j, 2] <= 0.0:
            turn[3, 2] = 3000.0
    else:
        point(ready, j, blind_up_m, turn)
    for a in range(3):
        for b in range(a + 1):
            total = 0.0
            for c in range(3):
                total += turn[c, a] * turn[3, c] * turn[3, c] * turn[c, b]
            ready.spread[j, a, b] = ready.spread[j, b, a] = total


@kernel(inner=True)
def point(ready: Detections, j: int, blind_up_m: float, turn: Floats) -> None:
    """The same of a polar detection."""
    slant, azimuth, elevation = ready.value[j, 0], ready.value[j, 1], ready.value[j, 2]
    if ready.variance[j, 2] <= 0.0:
        elevation = math.asin(min(blind_up_m, 0.1 * slant) / max(slant, 1.0))
        turn[3, 2] = min(max(0.25 * slant, 60.0), 3000.0)
    else:
        turn[3, 2] *= slant
    sin_a, cos_a, sin_e, cos_e = math.sin(azimuth), math.cos(azimuth), math.sin(elevation), math.cos(elevation)
    turn[3, 1] *= max(slant * cos_e, 1.0)
    axes = ready.axes
    for k in range(3):
        east, north, up = axes[j, 0, k], axes[j, 1, k], axes[j, 2, k]
        turn[0, k] = east * cos_e * sin_a + north * cos_e * cos_a + up * sin_e
        turn[1, k] = east * cos_a - north * sin_a
        turn[2, k] = -east * sin_e * sin_a - north * sin_e * cos_a + up * cos_e
        ready.where[j, k] = ready.origin_m[j, k] + slant * turn[0, k]
