"""What a sensor can see: its place, its field of view with soft edges, and how dense its clutter is."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from vedette.geo import Floats, LocalFrame
from vedette.model import CLASSES
from vedette.sensing.compiled import kernel
from vedette.site import Sensor

REPORTERS: Final = ("adsb", "remote_id", "telemetry", "external", "person")
"""Kinds that say nothing of what they did not report."""
LEAST_CLUTTER: Final = 0.05
"""False detections a look of even the cleanest sensor: below it one detection would prove a target."""
RATE_SPAN_MPS: Final = 200.0
"""Span of range rates over which false detections are taken to be uniform."""
ALTITUDE_SPAN_M: Final = 4000.0
"""Span of altitudes over which false position reports are taken to be uniform."""
LEAST_SAID: Final = 0.005
"""A sensor calls anything anything this often: no report rules a class out."""
MOST_DETECTED: Final = 0.995
"""No sensor sees a target more surely than this: else one miss would prove that nothing is there."""
FREE_REACH_M: Final = 50_000.0
"""Reach taken where a sensor gives none: sets the density of false reports only."""
FREE_PERIOD_S: Final = 2.0
"""Period taken of a sensor that reports when it likes, for what is due when."""
_ROOT_2: Final = math.sqrt(2.0)
_TWO_PI: Final = 2.0 * math.pi
_STEEPEST: Final = 0.5 * math.pi - 1e-9  # its tangent is 1e9: no height is outside
_SURE: Final = 4.0  # of the error function: 1.5e-8 of a bell lies beyond


class View:
    """One sensor as the tracker uses it: pose in the site's frame, field of view, densities. Immutable.

    Attributes:
        origin_m (3,), axes (3, 3): a point p of the site's frame is axes @ (p - origin_m) in the sensor's.
        place (4, 3): the axes and, in the last row, the origin, for kernels.
        bounds (8,): range from and to in m, azimuth from (rad) and span (rad, 2π: all round), elevation from and to,
            as tangents, probability of detection near the sensor and at the far end of the range: between, it falls
            with the fourth power of range, as a radar's echo does.
        spans (8,): size of the field of view in what is measured: range, azimuth, elevation, range rate; and of
            position reports in their first three numbers and a fourth that they do not have (1: not a size).
        sigmas (4,): of range, azimuth, elevation, range rate, in m, rad and m/s; NaN: not measured.
        confusion (classes, classes): see `confusion_of`.
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
        near = min(sensor.p_detect, MOST_DETECTED)
        far = near if sensor.p_detect_far is None else min(sensor.p_detect_far, near)
        self.place: Floats = np.vstack([self.axes, self.origin_m])
        self.elevation_rad = tuple(float(edge) for edge in np.radians(sensor.elevation_deg))
        tangents = [math.tan(min(max(edge, -_STEEPEST), _STEEPEST)) for edge in self.elevation_rad]
        self.bounds: Floats = np.array([low, high, start, span, *tangents, near, far])
        self.area_km2 = 0.5e-6 * span * (high * high - low * low) if sensor.range_m else 0.0
        bottom, top = self.elevation_rad
        of_place = (1.0, 0.5 * span * (high * high - low * low), ALTITUDE_SPAN_M, 1.0)
        self.spans: Floats = np.array([high - low, span, max(top - bottom, 1e-3), RATE_SPAN_MPS, *of_place])
        in_rad = [
            math.nan if s is None else math.radians(s) for s in (sensor.sigma_azimuth_deg, sensor.sigma_elevation_deg)
        ]
        others = [math.nan if s is None else s for s in (sensor.sigma_range_m, sensor.sigma_range_rate_mps)]
        self.sigmas: Floats = np.array([others[0], *in_rad, others[1]])
        self.clutter = max(sensor.clutter_per_scan, LEAST_CLUTTER)
        self.confusion = confusion_of(sensor)

    def covers(self, said: bool | None, look: str | None) -> bool:
        """Whether a miss in a look counts: as the look says; else the kind scans, and has a period or numbers."""
        if said is not None:
            return said and self.placed
        if self.sensor.kind in REPORTERS:
            return False
        return self.placed and (self.sensor.period_s is not None or look is not None)


def confusion_of(sensor: Sensor) -> Floats:
    """How often (classes, classes) the sensor calls what is of each class, rows, each of vedette.CLASSES, columns."""
    if sensor.class_confusion is None:
        others = (1.0 - sensor.class_accuracy) / (len(CLASSES) - 1)
        table = np.where(np.eye(len(CLASSES)) > 0.0, sensor.class_accuracy, others)
    else:
        table = np.array(sensor.class_confusion)
    table = np.maximum(table, LEAST_SAID)
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def likelihoods(p_classes: Floats, confusion: Floats) -> Floats:
    """L_c = Σ_k q_k P(says k | is c) of class reports q (n, classes): (n, classes), NaN where there is none.

    Column after column, so that a row's bytes do not hang on its place among the others.
    """
    total = np.zeros_like(p_classes)
    for said in range(confusion.shape[1]):
        total += p_classes[:, said, None] * confusion[:, said]
    return total


def sector(from_rad: float, to_rad: float) -> tuple[float, float]:
    """Clockwise from one azimuth to the other: start and span in (0, 2π]; equal ends are all round."""
    span = (to_rad - from_rad) % (2.0 * math.pi)
    return float(from_rad), float(span if span > 1e-9 else 2.0 * math.pi)


@kernel(inner=True)
def p_between(value: float, sigma: float, low: float, high: float) -> float:
    """Probability that a normal quantity lies between two bounds."""
    scale = 1.0 / (max(sigma, 1e-9) * _ROOT_2)
    below, above = (low - value) * scale, (high - value) * scale
    if below < -_SURE and above > _SURE:
        return 1.0
    return 0.5 * (math.erf(above) - math.erf(below))


@kernel(inner=True)
def p_within_arc(azimuth_rad: float, sigma_rad: float, from_rad: float, span_rad: float) -> float:
    """Probability that an azimuth lies in the arc of span_rad clockwise from from_rad."""
    if span_rad >= _TWO_PI - 1e-9:
        return 1.0
    past = azimuth_rad - from_rad - 0.5 * span_rad
    past -= _TWO_PI * math.floor((past + math.pi) / _TWO_PI)
    return p_between(past, sigma_rad, -0.5 * span_rad, 0.5 * span_rad)


@kernel(inner=True)
def p_in_view(
    mean: Floats, covariance: Floats, mode: Floats, i: int, known_up: bool, place: Floats, bounds: Floats,
    arc_rad: Floats,
) -> float:  # fmt: skip
    """Probability of detection of track i by a sensor that perceives it.

    That it stands in the field of view and, this look, in the sector arc_rad (from, span), times the probability of
    detection there. Of the likeliest mode, with range, azimuth and height taken as independent and normal; where no
    sensor has measured its height (known_up False), the height is not asked.

    Args:
        mean, covariance, mode: (n, M, 6), (n, M, 6, 6), (n, M). place (4, 3), bounds (8,): as in View.
    """
    m = 0
    for k in range(mode.shape[1]):
        if mode[i, k] > mode[i, m]:
            m = k
    east = north = up = 0.0
    for k in range(3):
        off = mean[i, m, k] - place[3, k]
        east += place[0, k] * off
        north += place[1, k] * off
        up += place[2, k] * off
    flat = max(math.sqrt(east * east + north * north), 1.0)
    slant = math.sqrt(flat * flat + up * up)
    sigma_m = math.sqrt(0.5 * (covariance[i, m, 0, 0] + covariance[i, m, 1, 1]))
    p = p_between(slant, sigma_m, bounds[0], bounds[1])
    if known_up:
        p *= p_between(up, math.sqrt(covariance[i, m, 2, 2]), flat * bounds[4], flat * bounds[5])
    if bounds[3] < _TWO_PI - 1e-9 or arc_rad[1] < _TWO_PI - 1e-9:
        bearing = math.atan2(east, north)
        p *= p_within_arc(bearing, sigma_m / flat, bounds[2], bounds[3])
        p *= p_within_arc(bearing, sigma_m / flat, arc_rad[0], arc_rad[1])
    share = min(slant / bounds[1], 1.0)
    share *= share
    p_detect: float = bounds[6] + (bounds[7] - bounds[6]) * share * share
    return p * p_detect
