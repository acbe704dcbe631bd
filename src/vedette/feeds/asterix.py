"""ASTERIX datagrams of one or more radars → looks and sensor health, by SAC and SIC.

A plot without range and azimuth, a test target, and a datagram received twice (radars send on two networks) give no
detection. Elevation comes from a height that a 3-D radar measured (I048/110); a pressure altitude is nobody's
height and goes nowhere. Mode S addresses become `icao:…`. Times of day are put on the date of reception.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import numpy as np

from vedette.feeds.arrival import FeedBody
from vedette.feeds.sectors import Row, SectorLooks, Sweep
from vedette.geo import ellipsoid_from_msl_m
from vedette.model import Look, Rejected, Scan, SensorStatus
from vedette.site import Sensor
from vedette.wire.asterix import Plot, ServiceMessage, decode_asterix, seat_time_of_day

EARTH_RADIUS_M: Final = 6_371_000.0
REPEATED_S: Final = 2.0
"""The same datagram within this time is the other network's copy; two turns of a radar never give the same bytes."""


class AsterixSource:
    """Datagrams in the order received → what they say of the site's radars.

    Args:
        radars: by (SAC, SIC). `everything`: a radar whose numbers the site file does not give; it takes all records.
    """

    def __init__(self, radars: Mapping[tuple[int, int], Sensor], everything: Sensor | None = None) -> None:
        self.messages = 0
        self._radars, self._everything = radars, everything
        self._sectors: dict[str, SectorLooks] = {}
        self._states: dict[str, str] = {}
        self._recent: OrderedDict[bytes, float] = OrderedDict()

    def datagram(self, payload: bytes, received_s: float, offset: int = 0) -> Iterator[FeedBody]:
        """Looks, changes of a radar's health, and what was rejected."""
        if self._repeated(payload, received_s):
            self.messages += 1
            yield Rejected(reason="repeated", offset=offset)
            return
        waiting: dict[str, list[Row]] = {}
        for message in decode_asterix(payload, offset):
            if isinstance(message, Rejected):
                yield message
                continue
            self.messages += 1
            sensor = self._everything or self._radars.get((message.sac, message.sic))
            if sensor is None:
                yield Rejected(reason="unknown_radar", offset=offset)
            elif isinstance(message, Plot):
                row = _row(sensor, message, received_s)
                if row is not None:
                    waiting.setdefault(sensor.id, []).append(row)
            else:
                yield from self._flush(waiting, sensor.id, received_s)
                yield from self._service(sensor.id, message, received_s)
        for sensor_id in tuple(waiting):
            yield from self._flush(waiting, sensor_id, received_s)

    def close(self) -> Iterator[FeedBody]:
        """The looks still held, at the end of a recording."""
        for sensor_id, sectors in self._sectors.items():
            yield from _looks(sensor_id, sectors.close())

    def _repeated(self, payload: bytes, received_s: float) -> bool:
        while self._recent and received_s - next(iter(self._recent.values())) > REPEATED_S:
            self._recent.popitem(last=False)
        if payload in self._recent:
            return True
        self._recent[payload] = received_s
        return False

    def _flush(self, waiting: dict[str, list[Row]], sensor_id: str, received_s: float) -> Iterator[FeedBody]:
        rows = waiting.pop(sensor_id, [])
        if rows:
            yield from _looks(sensor_id, self._sectors_of(sensor_id).plots(rows, received_s))

    def _sectors_of(self, sensor_id: str) -> SectorLooks:
        return self._sectors.setdefault(sensor_id, SectorLooks())

    def _service(self, sensor_id: str, message: ServiceMessage, received_s: float) -> Iterator[FeedBody]:
        observed_s = _observed_s(message.time_of_day_s, received_s)
        if message.state is not None and message.state != self._states.get(sensor_id):
            self._states[sensor_id] = message.state
            yield SensorStatus(sensor=sensor_id, observed_s=observed_s, state=message.state, detail=message.detail)
        azimuth = 0.0 if message.mark == "north_mark" else message.sector_azimuth_rad
        if message.mark != "other" and azimuth is not None:
            yield from _looks(sensor_id, self._sectors_of(sensor_id).mark(azimuth, observed_s, received_s))


def _observed_s(time_of_day_s: float | None, received_s: float) -> float:
    return received_s if time_of_day_s is None else seat_time_of_day(time_of_day_s, received_s)


def _row(sensor: Sensor, plot: Plot, received_s: float) -> Row | None:
    if plot.test or plot.range_m is None or plot.azimuth_true_rad is None:
        return None
    return Row(
        azimuth_true_rad=plot.azimuth_true_rad,
        range_m=plot.range_m,
        elevation_rad=_elevation_rad(sensor, plot.range_m, plot.altitude_msl_m),
        observed_s=_observed_s(plot.time_of_day_s, received_s),
        identity=None if plot.address is None else f"icao:{plot.address}",
    )


def _elevation_rad(sensor: Sensor, range_m: float, altitude_msl_m: float | None) -> float:
    """Elevation at the radar of a target at this slant range and height, on a sphere; NaN where it cannot be.

    Law of cosines at the Earth's centre: (R + h)² = (R + h0)² + r² + 2 r (R + h0) sin(elevation).
    """
    if altitude_msl_m is None or range_m <= 0.0 or sensor.latitude_deg is None or sensor.longitude_deg is None:
        return math.nan
    target = EARTH_RADIUS_M + ellipsoid_from_msl_m(sensor.latitude_deg, sensor.longitude_deg, altitude_msl_m)
    radar = EARTH_RADIUS_M + (sensor.altitude_ellipsoid_m or 0.0)
    sine = (target**2 - radar**2 - range_m**2) / (2.0 * range_m * radar)
    return math.asin(sine) if -1.0 <= sine <= 1.0 else math.nan


def _looks(sensor_id: str, sweeps: Iterable[Sweep]) -> Iterator[Look]:
    for sweep in sweeps:
        yield Look(scan=_scan(sensor_id, sweep))


def _scan(sensor_id: str, sweep: Sweep) -> Scan:
    covers = sweep.sector_rad is not None
    if not sweep.rows:
        return Scan(sensor=sensor_id, observed_s=sweep.observed_s, sector_rad=sweep.sector_rad, covers=covers)
    elevations = np.array([row.elevation_rad for row in sweep.rows])
    return Scan(
        sensor=sensor_id,
        observed_s=sweep.observed_s,
        range_m=np.array([row.range_m for row in sweep.rows]),
        azimuth_true_rad=np.array([row.azimuth_true_rad for row in sweep.rows]),
        elevation_rad=elevations if bool(np.any(np.isfinite(elevations))) else None,
        time_offset_s=np.array([row.observed_s - sweep.observed_s for row in sweep.rows]),
        identity=tuple(row.identity for row in sweep.rows),
        sector_rad=sweep.sector_rad,
        covers=covers,
    )
