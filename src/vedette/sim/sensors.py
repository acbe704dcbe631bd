"""Sensor models: an actor's path → what a sensor of the site reports of it, and what it reports of nothing.

The site file holds: field of view, sigmas (white, Gaussian), p_detect, clutter_per_scan (vedette.sim.clutter). A sensor
looks once a period from a random phase, at one instant all round (as staring arrays do) or turning, sector by sector.

Probability of detection inside the field of view:
    radar       p_detect · P_fa^(1/(1+SNR)), the closed form for a slowly fluctuating (Swerling I) target, SNR falling
                with the fourth power of range: 26 dB for -10 dBsm at the far edge of the field of view.
    camera      p_detect / (1 + (R/R_half)^6): for a target of 2.5 m R_half is 1.4 times the far edge, for others in
                proportion.
    rf          p_detect · p_emits for what has a radio; it hears nothing else.
    others      p_detect.
Neglected: terrain and masts in the way, multipath, one target hiding another, correlated misses, sensor bias.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
from numpy.random import Generator

from vedette.geo import Floats, LocalFrame
from vedette.model import CLASSES, CooperativeReport, Look, Scan
from vedette.sim.clutter import Detections, azimuths, clutter, dirichlet, ground_of
from vedette.sim.path import Path, to_enu
from vedette.sim.scenario import Patch, SensorTiming
from vedette.sim.streams import stream
from vedette.sim.sweep import Sweep, sweep
from vedette.site import Sensor, Site

_P_FALSE_ALARM = 1e-6
_EDGE_SNR_DB, _EDGE_RCS_DBSM = 26.0, -10.0
_EDGE_SIZE_M, _HALF_OVER_EDGE = 2.5, 1.4
_STANDS_OUT_DBSM = 0.0
"""A target as large as this is seen on the ground too: an airliner stands out from what surrounds it."""
_RCS_SIGMA_DB = 3.0
"""A reported radar cross-section is the mean of some pulses: what is left of its fluctuation."""

_LOOKS_LIKE = {
    "uav_rotary": (0.70, 0.12, 0.03, 0.12, 0.03),
    "uav_fixed_wing": (0.08, 0.66, 0.08, 0.15, 0.03),
    "manned": (0.02, 0.08, 0.85, 0.02, 0.03),
    "bird": (0.08, 0.12, 0.02, 0.75, 0.03),
    "other": (0.10, 0.10, 0.10, 0.20, 0.50),
}
"""Mean class report of a camera on a target well in reach, over CLASSES; with range it fades to even."""


class SimArrival(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A message as the feed `feed` would have handed it over at `received_s` (UTC)."""

    received_s: float
    feed: str
    body: Look | CooperativeReport


class Actor(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Truth: one thing that flies. Path in UTC.

    `adsb`: identity, callsign and emitter category that it broadcasts; `remote_id`: the serial number. `p_emits`: the
    chance that its radio is heard in a look; 0: it has none.
    """

    id: str
    class_: str
    path: Path
    rcs_dbsm: float
    size_m: float
    adsb: tuple[str, str, str] | None = None
    remote_id: str | None = None
    p_emits: float = 0.0


class Station(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A sensor of the site in one run: how it reports, from when to when (UTC seconds), its clutter, the run's seed."""

    site: Site
    sensor: Sensor
    timing: SensorTiming
    start_s: float
    end_s: float
    seed: int
    patches: tuple[Patch, ...] = ()

    def hand_over(self, times_s: Floats, bodies: list[Look | CooperativeReport], rng: Generator) -> list[SimArrival]:
        """Each body with the time it comes in; a sensor's messages keep their order but for its late ones. Whole µs."""
        timing = self.timing
        under_way_s = timing.latency_s + timing.jitter_s * rng.standard_exponential(len(times_s))
        received_s = np.maximum.accumulate(times_s + under_way_s)
        if timing.p_late > 0.0:
            late = rng.random(len(times_s)) < timing.p_late
            received_s = received_s + np.where(late, rng.uniform(*timing.late_s, len(times_s)), 0.0)
        received_s = np.round(received_s, 6)
        feed = next((feed.id for feed in self.site.feeds if feed.sensor == self.sensor.id), self.sensor.id)
        return [
            SimArrival(received_s=float(received), feed=feed, body=body)
            for received, body in zip(received_s, bodies, strict=True)
        ]


def observe_polar(station: Station, actors: tuple[Actor, ...]) -> list[SimArrival]:
    """All looks of a sensor that measures range or angles about itself, empty ones included."""
    sensor, timing = station.sensor, station.timing
    period_s = sensor.period_s or 1.0
    pace = stream(station.seed, "looks", sensor.id)
    phase_s = round(pace.uniform(0.0, period_s), 3)
    looks = sweep(station.start_s, phase_s, station.end_s, period_s, timing.sectors)
    ground = ground_of(sensor, station.patches, station.site.frame(), sensor_frame(sensor))
    parts = [detect(station, actor, looks, stream(station.seed, "detect", sensor.id, actor.id)) for actor in actors]
    parts.append(clutter(sensor, _quantities(sensor), looks, ground, stream(station.seed, "clutter", sensor.id)))
    names = parts[-1].values.keys()
    look = np.concatenate([part.look for part in parts])
    values = {name: np.concatenate([part.values[name] for part in parts]) for name in names}
    if timing.sectors > 1:
        # A plot's time is where the beam stood when it was measured, false ones and all.
        values["time_offset_s"] = looks.beam_s(look, values["azimuth_true_rad"]) - looks.times_s[look]
    bodies: list[Look | CooperativeReport] = []
    for index, time_s in enumerate(looks.times_s):
        rows = np.flatnonzero(look == index)
        # Rows in order of what was measured: their order must not tell whose they are.
        rows = rows[np.argsort(values["azimuth_true_rad"][rows], kind="stable")]
        seen: dict[str, Any] = {name: column[rows] for name, column in values.items()} if len(rows) else {}
        if timing.sectors > 1:
            from_rad = float(looks.from_rad[index])
            seen["sector_rad"] = (from_rad, from_rad + looks.span_rad)
        bodies.append(Look(scan=Scan(sensor=sensor.id, observed_s=float(time_s), look=str(index), covers=True, **seen)))
    return station.hand_over(looks.times_s, bodies, pace)


def sensor_frame(sensor: Sensor) -> LocalFrame:
    """East-north-up about the sensor; ValueError where the site gives no place."""
    if sensor.latitude_deg is None or sensor.longitude_deg is None or sensor.altitude_ellipsoid_m is None:
        raise ValueError(f"{sensor.id} has no place")
    return LocalFrame(sensor.latitude_deg, sensor.longitude_deg, sensor.altitude_ellipsoid_m)


def detect(station: Station, actor: Actor, looks: Sweep, rng: Generator) -> Detections:
    """What the sensor sees of one actor. Draws one set a look, seen or not."""
    sensor, frame, mask_m = station.sensor, station.site.frame(), station.timing.masked_below_m
    count = len(looks.times_s)
    chance, noise = rng.random(count), rng.standard_normal((count, 5))
    plan_m, plan_mps = actor.path.at(looks.middle_s)
    truth = _polar(frame, sensor, plan_m, plan_mps)
    lit = looks.covers(truth["azimuth_true_rad"])
    if looks.span_s > 0.0:
        plan_m, plan_mps = actor.path.at(looks.beam_s(slice(None), truth["azimuth_true_rad"]))
        truth = _polar(frame, sensor, plan_m, plan_mps)
    p = _p_detect(sensor, actor, truth["range_m"])
    if mask_m > 0.0 and actor.rcs_dbsm < _STANDS_OUT_DBSM:
        p = p * np.clip(plan_m[:, 2] / mask_m - 1.0, 0.0, 1.0)
    measured = _measure(sensor, truth, noise)
    with np.errstate(invalid="ignore"):
        seen = lit & _in_view(sensor, truth) & _in_view(sensor, measured) & (chance < p)
    values = {name: measured[name][seen] for name in measured if name in _quantities(sensor)}
    if sensor.kind == "radar":
        values["rcs_dbsm"] = actor.rcs_dbsm + _RCS_SIGMA_DB * noise[seen, 4]
    if sensor.kind == "camera":
        values["p_classes"] = _class_report(sensor, actor, truth["range_m"], rng)[seen]
    return Detections(np.flatnonzero(seen), values)


def _quantities(sensor: Sensor) -> tuple[str, ...]:
    sigmas = {
        "range_m": sensor.sigma_range_m,
        "azimuth_true_rad": sensor.sigma_azimuth_deg,
        "elevation_rad": sensor.sigma_elevation_deg,
        "range_rate_mps": sensor.sigma_range_rate_mps,
    }
    return tuple(name for name, sigma in sigmas.items() if sigma is not None)


def _polar(frame: LocalFrame, sensor: Sensor, plan_m: Floats, plan_mps: Floats) -> dict[str, Floats]:
    origin, axes = frame.pose_of(sensor_frame(sensor))
    enu_m, enu_mps = to_enu(plan_m, plan_mps)
    place, rates = (enu_m - origin) @ axes, enu_mps @ axes
    range_m = np.linalg.norm(place, axis=1)
    return {
        "range_m": range_m,
        "azimuth_true_rad": np.arctan2(place[:, 0], place[:, 1]) % math.tau,
        "elevation_rad": np.arcsin(place[:, 2] / range_m),
        "range_rate_mps": np.sum(place * rates, axis=1) / range_m,
    }


def _measure(sensor: Sensor, truth: dict[str, Floats], noise: Floats) -> dict[str, Floats]:
    """Truth and noise; what has no sigma stays as it is, for the field of view, and is not reported."""
    sigma = (
        sensor.sigma_range_m or 0.0,
        math.radians(sensor.sigma_azimuth_deg or 0.0),
        math.radians(sensor.sigma_elevation_deg or 0.0),
        sensor.sigma_range_rate_mps or 0.0,
    )
    out = {name: truth[name] + sigma[column] * noise[:, column] for column, name in enumerate(truth)}
    out["azimuth_true_rad"] = out["azimuth_true_rad"] % math.tau
    return out


def _in_view(sensor: Sensor, polar: dict[str, Floats]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    near_m, far_m = sensor.range_m or (0.0, math.inf)
    low_rad, high_rad = np.radians(sensor.elevation_deg)
    first_rad, width_rad = azimuths(sensor)
    inside = (polar["range_m"] >= near_m) & (polar["range_m"] <= far_m)
    inside &= (polar["elevation_rad"] >= low_rad) & (polar["elevation_rad"] <= high_rad)
    inside &= (polar["azimuth_true_rad"] - first_rad) % math.tau <= width_rad
    return np.asarray(inside)


def _p_detect(sensor: Sensor, actor: Actor, range_m: Floats) -> Floats:
    far_m = sensor.range_m[1] if sensor.range_m is not None else math.inf
    if sensor.kind == "radar":
        snr = 10.0 ** ((_EDGE_SNR_DB + actor.rcs_dbsm - _EDGE_RCS_DBSM) / 10.0) * (far_m / range_m) ** 4
        return np.asarray(sensor.p_detect * _P_FALSE_ALARM ** (1.0 / (1.0 + snr)))
    if sensor.kind == "camera":
        half_m = _HALF_OVER_EDGE * far_m * actor.size_m / _EDGE_SIZE_M
        return np.asarray(sensor.p_detect / (1.0 + (range_m / half_m) ** 6))
    return np.full(len(range_m), sensor.p_detect * (actor.p_emits if sensor.kind == "rf" else 1.0))


def _class_report(sensor: Sensor, actor: Actor, range_m: Floats, rng: Generator) -> Floats:
    far_m = (sensor.range_m[1] if sensor.range_m is not None else math.inf) * actor.size_m / _EDGE_SIZE_M
    sure = np.clip(1.0 - np.nan_to_num(range_m / far_m, nan=1.0), 0.1, 1.0)[:, None]
    mean = sure * np.array(_LOOKS_LIKE[actor.class_]) + (1.0 - sure) / len(CLASSES)
    return dirichlet(mean, rng)
