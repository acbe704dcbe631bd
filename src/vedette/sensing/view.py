"""What a sensor can see: its place, its field of view with soft edges, and how dense its clutter is."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.geo import Floats, LocalFrame
from vedette.sensing.compiled import kernel
from vedette.site import Sensor

Bools = npt.NDArray[np.bool_]

REPORTERS: Final = ("adsb", "remote_id", "telemetry", "external", "person")
"""Kinds that say nothing of what they did not report."""
LEAST_CLUTTER: Final = 0.05
"""False detections a look of even the cleanest sensor: below it one detection would prove a target."""
RATE_SPAN_MPS: Final = 200.0
"""Span of range rates over which false detections are taken to be uniform."""
ALTITUDE_SPAN_M: Final = 4000.0
"""Span of altitudes over which false position reports are taken to be uniform."""
FREE_REACH_M: Final = 50_000.0
"""Reach taken where a sensor gives none: sets the density of false reports only."""
FREE_PERIOD_S: Final = 2.0
"""Period taken of a sensor that reports when it likes, for what is due when."""


class View:
    """One sensor as the tracker uses it: pose in the site's frame, field of view, densities. Immutable.

    Attributes:
        origin_m (3,), axes (3, 3): a point p of the site's frame is axes @ (p - origin_m) in the sensor's.
        bounds (6,): range from and to in m, azimuth from (rad) and span (rad, 2π: all round), elevation from and to.
    """

    def __init__(self, sensor: Sensor, frame: LocalFrame) -> None:
        self.sensor = sensor
        self.placed = sensor.latitude_deg is not None and sensor.longitude_deg is not None
        self.origin_m: Floats = np.zeros(3)
        self.axes: Floats = np.eye(3)
        if sensor.latitude_deg is not None and sensor.longitude_deg is not None:
            altitude = sensor.altitude_ellipsoid_m
            here = LocalFrame(
                sensor.latitude_deg, sensor.longitude_deg, frame.altitude_ellipsoid_m if altitude is None else altitude
            )
            origin, turn = frame.pose_of(here)
            self.origin_m, self.axes = np.ascontiguousarray(origin), np.ascontiguousarray(turn.T)
        low, high = sensor.range_m or (0.0, FREE_REACH_M)
        start, span = sector(*np.radians(sensor.azimuth_true_deg))
        self.bounds: Floats = np.array([low, high, start, span, *np.radians(sensor.elevation_deg)])
        self.clutter = max(sensor.clutter_per_scan, LEAST_CLUTTER)

    def covers(self, said: bool | None, look: str | None) -> bool:
        """Whether a miss in a look counts: as the look says; else the kind scans, and has a period or numbers."""
        if said is not None:
            return said and self.placed
        if self.sensor.kind in REPORTERS:
            return False
        return self.placed and (self.sensor.period_s is not None or look is not None)

    def volume(self, measured: Bools, polar: Bools) -> Floats:
        """Size of the field of view in what was measured (n, 4), in the units of vedette.sensing.projection (n,)."""
        low, high, _, span, bottom, top = self.bounds.tolist()
        of_polar = np.array([high - low, span, max(top - bottom, 1e-3), RATE_SPAN_MPS])
        of_place = np.array([1.0, 0.5 * span * (high * high - low * low), ALTITUDE_SPAN_M, 1.0])
        sizes: Floats = np.prod(np.where(measured, np.where(polar[:, None], of_polar, of_place), 1.0), axis=1)
        return sizes


def sector(from_rad: float, to_rad: float) -> tuple[float, float]:
    """Clockwise from one azimuth to the other: start and span in (0, 2π]; equal ends are all round."""
    span = (to_rad - from_rad) % (2.0 * math.pi)
    return float(from_rad), float(span if span > 1e-9 else 2.0 * math.pi)


@kernel("float64(float64, float64, float64, float64)", inner=True)
def p_between(value: float, sigma: float, low: float, high: float) -> float:
    """Probability that a normal quantity lies between two bounds."""
    scale = 1.0 / (max(sigma, 1e-9) * math.sqrt(2.0))
    return 0.5 * (math.erf((high - value) * scale) - math.erf((low - value) * scale))


@kernel("float64(float64, float64, float64, float64)", inner=True)
def p_within_arc(azimuth_rad: float, sigma_rad: float, from_rad: float, span_rad: float) -> float:
    """Probability that an azimuth lies in the arc of span_rad clockwise from from_rad."""
    if span_rad >= 2.0 * math.pi - 1e-9:
        return 1.0
    past = azimuth_rad - from_rad - 0.5 * span_rad
    past -= 2.0 * math.pi * math.floor((past + math.pi) / (2.0 * math.pi))
    return p_between(past, sigma_rad, -0.5 * span_rad, 0.5 * span_rad)


@kernel(
    "void(float64[:,:,::1], float64[:,:,:,::1], float64[:,::1], int64, float64[::1], float64[:,::1], float64[::1], "
    "float64[::1], float64[::1])"
)
def see(
    mean: Floats,
    covariance: Floats,
    mode: Floats,
    count: int,
    origin_m: Floats,
    axes: Floats,
    bounds: Floats,
    arc_rad: Floats,
    p_seen: Floats,
) -> None:
    """Probability (n,) that each track stands in the field of view and, this look, in the sector arc_rad (from, span).

    Of the likeliest mode, with range, azimuth and elevation taken as independent and normal.
    """
    for i in range(count):
        m = 0
        for k in range(mode.shape[1]):
            if mode[i, k] > mode[i, m]:
                m = k
        east = north = up = 0.0
        for k in range(3):
            off = mean[i, m, k] - origin_m[k]
            east += axes[0, k] * off
            north += axes[1, k] * off
            up += axes[2, k] * off
        flat = max(math.hypot(east, north), 1.0)
        slant = math.hypot(flat, up)
        sigma_m = math.sqrt(0.5 * (covariance[i, m, 0, 0] + covariance[i, m, 1, 1]))
        tilt = math.hypot(math.sqrt(covariance[i, m, 2, 2]) * flat, sigma_m * up) / (slant * slant)
        bearing = math.atan2(east, north)
        p_seen[i] = (
            p_between(slant, sigma_m, bounds[0], bounds[1])
            * p_within_arc(bearing, sigma_m / flat, bounds[2], bounds[3])
            * p_within_arc(bearing, sigma_m / flat, arc_rad[0], arc_rad[1])
            * p_between(math.atan2(up, flat), tilt, bounds[4], bounds[5])
        )
