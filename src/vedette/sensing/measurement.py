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

from vedette.errors import BadScan
from vedette.geo import Floats, LocalFrame
from vedette.model import CLASSES, Scan
from vedette.sensing.compiled import kernel
from vedette.sensing.projection import CARTESIAN, POLAR
from vedette.sensing.view import View, sector
from vedette.site import Sensor

Ints = npt.NDArray[np.int64]

BLIND_UP_M: Final = 150.0
"""Height over the sensor taken, at most, where no elevation is measured."""
_METRES_PER_DEG: Final = 111_200.0
_LIMITS: Final = (
    ("range_m", 0.0, 1e6),
    ("azimuth_true_rad", -2.0 * math.pi, 4.0 * math.pi),
    ("elevation_rad", -0.5 * math.pi, 0.5 * math.pi),
    ("range_rate_mps", -3000.0, 3000.0),
    ("latitude_deg", -90.0, 90.0),
    ("longitude_deg", -180.0, 180.0),
    ("altitude_ellipsoid_m", -1000.0, 100_000.0),
)


class Measured(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """n detections of one look, in canonical order. Frame and numbers: vedette.sensing.projection.

    kind (n,); value, variance (n, 4), variance 0: not measured; offset_s (n,); origin_m (n, 3); axes (n, 3, 3).
    group (n,): rows of one group share kind, variance, offset, origin and axes. volume (n,): of the field of view in
    what was measured. where (n, 3), spread (n, 3, 3): position and its covariance, NaN where only a direction is known.
    rcs_dbsm (n,), p_classes (n, classes): NaN unknown. arc_rad: from and span looked at.
    """

    sensor: int
    observed_s: float
    look: str
    digest: bytes
    covers: bool
    arc_rad: Floats
    kind: Ints
    value: Floats
    variance: Floats
    offset_s: Floats
    origin_m: Floats
    axes: Floats
    group: Ints
    volume: Floats
    where: Floats
    spread: Floats
    rcs_dbsm: Floats
    p_classes: Floats
    identity: tuple[str | None, ...]

    def __len__(self) -> int:
        """How many detections."""
        return len(self.kind)

    @property
    def key(self) -> tuple[float, int, int, str, bytes]:
        """Canonical order among looks; equal keys are the same look."""
        return (self.observed_s, 0, self.sensor, self.look, self.digest)


def check(scan: Scan) -> None:
    """Refuse values that make no sense.

    Raises:
        BadScan: a value outside its physical range, a latitude without a longitude.
    """
    for name, least, most in _LIMITS:
        value = getattr(scan, name)
        if value is not None and outside(value, least, most):
            raise BadScan(name, f"outside {least:g} to {most:g}")
    if (scan.latitude_deg is None) != (scan.longitude_deg is None):
        raise BadScan("latitude_deg", "latitude and longitude go together")
    if scan.p_classes is not None and bool(np.any((scan.p_classes < 0.0) | (scan.p_classes > 1.0))):
        raise BadScan("p_classes", "outside 0 to 1")


def measure(scan: Scan, index: int, view: View, frame: LocalFrame) -> Measured:
    """Make a scan ready; `index` is the sensor's place in the site's list.

    Rows that measure nothing fall out. Raises BadScan as `check` does.
    """
    check(scan)
    count = len(scan)
    sensor = view.sensor
    kind, value, variance = _numbers(scan, sensor, count)
    if not view.placed and bool(np.any(np.any(variance > 0.0, axis=1) & (kind == POLAR))):
        raise BadScan("range_m", f"sensor {sensor.id} has no position in the site file")
    identity = scan.identity or (None,) * count
    origin: Floats = np.empty((count, 3))
    axes: Floats = np.empty((count, 3, 3))
    origin[:], axes[:] = view.origin_m, view.axes
    _place(scan, kind, frame, origin, axes)
    offset: Floats = np.zeros(count) if scan.time_offset_s is None else np.nan_to_num(scan.time_offset_s)
    rcs: Floats = np.full(count, np.nan) if scan.rcs_dbsm is None else scan.rcs_dbsm
    classes: Floats = np.full((count, len(CLASSES)), np.nan) if scan.p_classes is None else scan.p_classes
    rows = _canonical((value, variance, offset, origin, rcs, classes), identity)
    rows = rows[np.any(variance[rows] > 0.0, axis=1)]
    kind, value, variance, offset = kind[rows], value[rows], variance[rows], offset[rows]
    origin, axes, rcs, classes = origin[rows], axes[rows], rcs[rows], classes[rows]
    group = np.empty(len(rows), dtype=np.int64)
    number_groups(kind, variance, offset, origin, group)
    where, spread = np.empty((len(rows), 3)), np.empty((len(rows), 3, 3))
    locate(kind, value, variance, origin, axes, BLIND_UP_M, where, spread)
    named = (None,) * len(rows) if scan.identity is None else tuple(identity[row] for row in rows)
    return Measured(
        sensor=index,
        observed_s=scan.observed_s,
        look=scan.look or "",
        digest=b"" if scan.look else _digest((value, variance, offset, origin, rcs, classes), named, scan.sector_rad),
        covers=view.covers(scan.covers, scan.look),
        arc_rad=np.array(sector(*scan.sector_rad) if scan.sector_rad else (0.0, 2.0 * math.pi)),
        kind=kind,
        value=value,
        variance=variance,
        offset_s=offset,
        origin_m=origin,
        axes=axes,
        group=group,
        volume=_volume(view, kind, variance, group),
        where=where,
        spread=spread,
        rcs_dbsm=rcs,
        p_classes=classes,
        identity=named,
    )


def _volume(view: View, kind: Ints, variance: Floats, group: Ints) -> Floats:
    """Volume of the field of view (n,) in what each row measured: one for a group."""
    first = np.searchsorted(group, np.arange(group[-1] + 1)) if len(group) else group
    return view.volume(variance[first] > 0.0, kind[first] == POLAR)[group]


def _numbers(scan: Scan, sensor: Sensor, count: int) -> tuple[Ints, Floats, Floats]:
    """Kind (n,), value and variance (n, 4)."""
    kind = np.full(count, POLAR, dtype=np.int64)
    value, sigma = np.zeros((count, 4)), np.full((count, 4), np.nan)
    in_rad = [None if s is None else math.radians(s) for s in (sensor.sigma_azimuth_deg, sensor.sigma_elevation_deg)]
    polar = (
        (scan.range_m, scan.sigma_range_m, sensor.sigma_range_m),
        (scan.azimuth_true_rad, scan.sigma_azimuth_true_rad, in_rad[0]),
        (scan.elevation_rad, scan.sigma_elevation_rad, in_rad[1]),
        (scan.range_rate_mps, scan.sigma_range_rate_mps, sensor.sigma_range_rate_mps),
    )
    for k, (array, own, of_site) in enumerate(polar):
        if array is not None:
            value[:, k] = array
            sigma[:, k] = _sigma(own, of_site)
    if scan.latitude_deg is not None:
        reported = np.isfinite(scan.latitude_deg)
        kind[reported] = CARTESIAN
        value[reported] = 0.0
        sigma[reported] = _sigmas_of_reports(scan, sensor, scan.latitude_deg)[reported]
    weigh(value, sigma)
    return kind, value, sigma


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


def _canonical(columns: tuple[Floats, ...], identity: Sequence[str | None]) -> Ints:
    """An order of the rows that does not depend on how they came."""
    value = columns[0]
    rows = np.lexsort((value[:, 1], value[:, 0]))
    range_m, azimuth = value[rows, 0], value[rows, 1]
    if bool(np.any((range_m[1:] == range_m[:-1]) & (azimuth[1:] == azimuth[:-1]))):
        table = np.concatenate([one.reshape(len(value), -1) for one in columns], axis=1)
        keys = [(row.tobytes(), one or "") for row, one in zip(table, identity, strict=True)]
        rows = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)
    return rows


@kernel("boolean(Array(float64, 1, 'C', readonly=True), float64, float64)")
def outside(value: Floats, least: float, most: float) -> bool:
    """Whether any value (n,) lies outside its bounds; NaN lies inside."""
    wrong = 0
    for one in value:
        wrong += one < least or one > most
    return wrong > 0


@kernel("void(float64[:,::1], float64[:,::1])")
def weigh(value: Floats, sigma: Floats) -> None:
    """Turn standard deviations (n, 4) into variances in place; both become 0 where either is not known."""
    for j in range(value.shape[0]):
        for k in range(4):
            sigma[j, k] *= sigma[j, k]
            if not (math.isfinite(value[j, k]) and math.isfinite(sigma[j, k])):
                value[j, k] = sigma[j, k] = 0.0


@kernel("void(int64[::1], float64[:,::1], float64[::1], float64[:,::1], int64[::1])")
def number_groups(kind: Ints, variance: Floats, offset_s: Floats, origin_m: Floats, group: Ints) -> None:
    """Number the runs of rows that share their geometry."""
    for j in range(kind.shape[0]):
        group[j] = 0
        if j > 0:
            same = kind[j] == kind[j - 1] and offset_s[j] == offset_s[j - 1]
            for k in range(4):
                same = same and variance[j, k] == variance[j - 1, k]
            for k in range(3):
                same = same and origin_m[j, k] == origin_m[j - 1, k]
            group[j] = group[j - 1] if same else group[j - 1] + 1


def _digest(
    columns: tuple[Floats, ...], identity: Sequence[str | None], sector_rad: tuple[float, float] | None
) -> bytes:
    digest = hashlib.blake2b(repr((identity, sector_rad)).encode(), digest_size=12)
    for one in columns:
        digest.update(one.tobytes())
    return digest.digest()


@kernel(
    "void(int64[::1], float64[:,::1], float64[:,::1], float64[:,::1], float64[:,:,::1], float64, float64[:,::1], "
    "float64[:,:,::1])"
)
def locate(
    kind: Ints,
    value: Floats,
    variance: Floats,
    origin_m: Floats,
    axes: Floats,
    blind_up_m: float,
    where: Floats,
    spread: Floats,
) -> None:
    """Position (n, 3) and covariance (n, 3, 3) of detections; NaN where range or azimuth is not measured.

    Where elevation or altitude is not measured the height over the sensor is min(blind_up_m, range / 10), with a
    standard deviation of a quarter of the range, between 60 and 3000 m (reports: 3000 m).
    """
    sigma = np.empty(3)
    turn = np.empty((3, 3))
    for j in range(kind.shape[0]):
        if variance[j, 0] <= 0.0 or variance[j, 1] <= 0.0:
            where[j, :] = np.nan
            spread[j, :, :] = np.nan
            continue
        for k in range(3):
            sigma[k] = math.sqrt(variance[j, k])
        if kind[j] == CARTESIAN:
            for k in range(3):
                where[j, k] = origin_m[j, k]
                for c in range(3):
                    turn[k, c] = axes[j, k, c]
            if variance[j, 2] <= 0.0:
                sigma[2] = 3000.0
        else:
            point(value[j], variance[j], origin_m[j], axes[j], blind_up_m, where[j], sigma, turn)
        for k in range(9):
            a, b = k // 3, k % 3
            total = 0.0
            for c in range(3):
                total += turn[c, a] * sigma[c] * sigma[c] * turn[c, b]
            spread[j, a, b] = total


@kernel(
    "void(float64[::1], float64[::1], float64[::1], float64[:,::1], float64, float64[::1], float64[::1], "
    "float64[:,::1])",
    inner=True,
)
def point(
    value: Floats,
    variance: Floats,
    origin_m: Floats,
    axes: Floats,
    blind_up_m: float,
    where: Floats,
    sigma: Floats,
    turn: Floats,
) -> None:
    """Position (3,) of a polar detection, standard deviations (3,) in m and their directions, rows of turn."""
    slant, azimuth, elevation = value[0], value[1], value[2]
    if variance[2] <= 0.0:
        elevation = math.asin(min(blind_up_m, 0.1 * slant) / max(slant, 1.0))
        sigma[2] = min(max(0.25 * slant, 60.0), 3000.0)
    else:
        sigma[2] *= slant
    sin_a, cos_a, sin_e, cos_e = math.sin(azimuth), math.cos(azimuth), math.sin(elevation), math.cos(elevation)
    sigma[1] *= max(slant * cos_e, 1.0)
    for k in range(3):
        turn[0, k] = axes[0, k] * cos_e * sin_a + axes[1, k] * cos_e * cos_a + axes[2, k] * sin_e
        turn[1, k] = axes[0, k] * cos_a - axes[1, k] * sin_a
        turn[2, k] = -axes[0, k] * sin_e * sin_a - axes[1, k] * sin_e * cos_a + axes[2, k] * cos_e
        where[k] = origin_m[k] + slant * turn[0, k]
