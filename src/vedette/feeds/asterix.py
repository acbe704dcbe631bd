"""ASTERIX datagrams of one or more sensors → looks, reports and sensor health, by SAC and SIC.

Plots (CAT048): one without range and azimuth, a test target, and a datagram received twice (radars send on two
networks) give no detection. Elevation comes from a height that a 3-D radar measured (I048/110), at the radar's true
place and height; a pressure altitude is nobody's height and is only reported. The Doppler speed that a radar calculated
is a range rate, outward as the site file says of this radar; it counts where the site file also says how good it is.
Mode S addresses become `icao:…`.

Reports of others (CAT021 of an ADS-B station, CAT062 of a tracker) are positions under the aircraft's own identity, or
a system track's number (vedette.wire.asterix_tracks.identity_of). A target that its station calls suspect is rejected
(`suspect`), a system track that is coasted or ended is no observation and gives no look.

Service messages (CAT034): sectors bound looks; a radar's own status, and north marks that stop, are its health. The
antenna is taken for stopped when 2.5 turns have passed without a mark. Times of day are put on the date of reception.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

import msgspec
import numpy as np

from vedette.feeds.arrival import FeedBody
from vedette.feeds.cooperative import Particulars, Position, scan_of_positions
from vedette.feeds.sectors import Row, SectorLooks, Sweep
from vedette.geo import LocalFrame, elevation_at_altitude_rad
from vedette.model import Floats, Look, Rejected, Scan, SensorStatus
from vedette.site import Sensor
from vedette.wire.adsb_quality import LATENCY_SIGMA_M
from vedette.wire.asterix import AsterixMessage, Plot, ServiceMessage, decode_asterix, seat_time_of_day
from vedette.wire.asterix_records import ALL_PRESENT, Editions
from vedette.wire.asterix_tracks import AdsbTarget, SystemTrack, identity_of

REPEATED_S: Final = 2.0
"""The same datagram within this time is the other network's copy; two turns of a radar never give the same bytes."""
TURNS_WITHOUT_MARK: Final = 2.5
SLOWEST_TURN_S: Final = 20.0
"""Taken for the turn of a radar that has not yet said how fast it turns."""
SIGMA_SYSTEM_M: Final = 100.0
"""Of a system track whose tracker does not say how well it knows its place."""


class _Antenna(msgspec.Struct):
    """When a radar's antenna was last known to turn; None: it has sent no mark yet."""

    marked_s: float | None = None
    north_s: float | None = None
    turn_s: float | None = None
    stopped: bool = False
    state: tuple[str, str] | None = None


class AsterixSource:
    """Datagrams in the order received → what they say of the site's sensors.

    Args:
        sensors: by (SAC, SIC). everything: a sensor whose numbers the site file does not give; it takes all other
            records. elsewhere: numbers of sensors that another feed brings, whose records are left to it. editions: of
            the stations that send category 021 as it was before edition 2.1.
    """

    def __init__(
        self,
        sensors: Mapping[tuple[int, int], Sensor],
        everything: Sensor | None = None,
        elsewhere: Collection[tuple[int, int]] = (),
        editions: Editions = ALL_PRESENT,
    ) -> None:
        self.messages = 0
        self._sensors, self._everything, self._elsewhere = sensors, everything, frozenset(elsewhere)
        self._editions = editions
        self._frames: dict[str, LocalFrame | None] = {}
        self._sectors: dict[str, SectorLooks] = {}
        self._antennas: dict[str, _Antenna] = {}
        self._particulars: dict[tuple[str, str], Particulars] = {}
        self._recent: OrderedDict[bytes, float] = OrderedDict()

    def datagram(self, payload: bytes, received_s: float, offset: int = 0) -> Iterator[FeedBody]:
        """Looks, reports, changes of a sensor's health, and what was rejected."""
        yield from self.tick(received_s)
        if self._repeated(payload, received_s):
            self.messages += 1
            yield Rejected(reason="repeated", offset=offset)
            return
        rows: dict[str, list[Row]] = {}
        positions: dict[str, list[Position]] = {}
        for message in decode_asterix(payload, offset, self._editions):
            if isinstance(message, Rejected):
                yield message
                continue
            self.messages += 1
            sensor = self._sensor_of(message)
            if sensor is None:
                reason = "other_feed" if (message.sac, message.sic) in self._elsewhere else "unknown_radar"
                yield Rejected(reason=reason, offset=offset)
            elif isinstance(message, Plot):
                yield from self._plot(sensor, message, received_s, rows)
            elif isinstance(message, ServiceMessage):
                yield from self._flush(rows, sensor.id, received_s)
                yield from self._service(sensor.id, message, received_s)
            else:
                yield from self._report(sensor, message, received_s, positions)
        for sensor_id in tuple(rows):
            yield from self._flush(rows, sensor_id, received_s)
        for sensor_id, found in positions.items():
            yield Look(scan=scan_of_positions(sensor_id, found))

    def tick(self, now_s: float) -> Iterator[FeedBody]:
        """A radar whose marks have stopped, though it may still send: once, until they come again."""
        for sensor_id, antenna in self._antennas.items():
            limit_s = TURNS_WITHOUT_MARK * (antenna.turn_s or SLOWEST_TURN_S)
            if not antenna.stopped and antenna.marked_s is not None and now_s - antenna.marked_s > limit_s:
                antenna.stopped = True
                detail = f"no {'north mark' if antenna.north_s else 'sector message'} for {limit_s:.0f} s"
                yield SensorStatus(sensor=sensor_id, observed_s=now_s, state="stale", detail=detail)

    def close(self) -> Iterator[FeedBody]:
        """The looks still held, at the end of a recording."""
        for sensor_id, sectors in self._sectors.items():
            yield from _looks(sensor_id, sectors.close())

    def _sensor_of(self, message: AsterixMessage) -> Sensor | None:
        numbers = message.sac, message.sic
        return self._sensors.get(numbers, None if numbers in self._elsewhere else self._everything)

    def _repeated(self, payload: bytes, received_s: float) -> bool:
        while self._recent and received_s - next(iter(self._recent.values())) > REPEATED_S:
            self._recent.popitem(last=False)
        if payload in self._recent:
            return True
        self._recent[payload] = received_s
        return False

    # plots

    def _plot(self, sensor: Sensor, plot: Plot, received_s: float, rows: dict[str, list[Row]]) -> Iterator[FeedBody]:
        if plot.test:
            return
        observed_s = _observed_s(plot.time_of_day_s, received_s)
        identity = None if plot.address is None else f"icao:{plot.address}"
        if plot.range_m is not None and plot.azimuth_true_rad is not None:
            row = Row(
                azimuth_true_rad=plot.azimuth_true_rad,
                range_m=plot.range_m,
                elevation_rad=self._elevation_rad(sensor, plot.range_m, plot.azimuth_true_rad, plot.altitude_msl_m),
                range_rate_mps=_range_rate_mps(sensor, plot),
                observed_s=observed_s,
                identity=identity,
            )
            rows.setdefault(sensor.id, []).append(row)
        if identity is not None:
            yield from self._of(sensor.id, "mode_s").hear(
                identity,
                observed_s,
                callsign=plot.callsign,
                squawk=plot.mode_3a,
                pressure_altitude_m=plot.pressure_altitude_m,
                worth=False,
            )

    def _elevation_rad(
        self, sensor: Sensor, range_m: float, azimuth_true_rad: float, altitude_msl_m: float | None
    ) -> float:
        if altitude_msl_m is None or range_m <= 0.0:
            return math.nan
        if sensor.id not in self._frames:
            placed = sensor.latitude_deg is not None and sensor.longitude_deg is not None
            self._frames[sensor.id] = (
                LocalFrame(sensor.latitude_deg or 0.0, sensor.longitude_deg or 0.0, sensor.altitude_ellipsoid_m or 0.0)
                if placed
                else None
            )
        frame = self._frames[sensor.id]
        return (
            math.nan if frame is None else elevation_at_altitude_rad(frame, range_m, azimuth_true_rad, altitude_msl_m)
        )

    def _flush(self, rows: dict[str, list[Row]], sensor_id: str, received_s: float) -> Iterator[FeedBody]:
        found = rows.pop(sensor_id, [])
        if found:
            yield from _looks(sensor_id, self._sectors_of(sensor_id).plots(found, received_s))

    def _sectors_of(self, sensor_id: str) -> SectorLooks:
        return self._sectors.setdefault(sensor_id, SectorLooks())

    # service messages

    def _service(self, sensor_id: str, message: ServiceMessage, received_s: float) -> Iterator[FeedBody]:
        observed_s = _observed_s(message.time_of_day_s, received_s)
        yield from self._health(sensor_id, message, observed_s, received_s)
        azimuth = 0.0 if message.mark == "north_mark" else message.sector_azimuth_rad
        if message.mark != "other" and azimuth is not None:
            yield from _looks(sensor_id, self._sectors_of(sensor_id).mark(azimuth, observed_s, received_s))

    def _health(
        self, sensor_id: str, message: ServiceMessage, observed_s: float, received_s: float
    ) -> Iterator[SensorStatus]:
        """Its own status where that has changed, and the end of a silence of its marks."""
        antenna = self._antennas.setdefault(sensor_id, _Antenna())
        was_stopped, before = antenna.stopped, antenna.state
        _mark(antenna, message, received_s)
        if message.state is not None:
            antenna.state = message.state, message.detail
        turns_again = was_stopped and not antenna.stopped
        if (antenna.state is not None and antenna.state != before) or turns_again:
            state, detail = antenna.state or ("ok", "")
            yield SensorStatus(sensor=sensor_id, observed_s=observed_s, state=state, detail=detail)

    # positions

    def _report(
        self,
        sensor: Sensor,
        message: AdsbTarget | SystemTrack,
        received_s: float,
        positions: dict[str, list[Position]],
    ) -> Iterator[FeedBody]:
        if message.test:
            return
        if isinstance(message, AdsbTarget) and message.suspect:
            yield Rejected(reason="suspect")
            return
        observed_s = _observed_s(message.time_of_day_s, received_s)
        identity = identity_of(message)
        if message.latitude_deg is not None and message.longitude_deg is not None and not _is_guess(message):
            positions.setdefault(sensor.id, []).append(
                Position(
                    observed_s=observed_s,
                    latitude_deg=message.latitude_deg,
                    longitude_deg=message.longitude_deg,
                    identity=identity,
                    sigma_position_m=_sigma_m(message),
                    altitude_ellipsoid_m=message.altitude_ellipsoid_m,
                    sigma_altitude_m=None if message.altitude_ellipsoid_m is None else message.sigma_altitude_m,
                    emitter_category=message.emitter_category,
                )
            )
        if identity is not None and not identity.startswith("track:"):
            yield from self._of(sensor.id, "adsb" if isinstance(message, AdsbTarget) else "system").hear(
                identity,
                observed_s,
                callsign=message.callsign,
                emitter_category=message.emitter_category,
                squawk=message.mode_3a,
                emergency=message.emergency or "none",
                pressure_altitude_m=message.pressure_altitude_m,
            )

    def _of(self, sensor_id: str, source: str) -> Particulars:
        key = sensor_id, source
        if key not in self._particulars:
            self._particulars[key] = Particulars(sensor_id, source)
        return self._particulars[key]


def _mark(antenna: _Antenna, message: ServiceMessage, received_s: float) -> None:
    """Take a mark in. Where a radar sends north marks, its sector messages alone prove nothing."""
    antenna.turn_s = message.turn_period_s or antenna.turn_s
    if message.mark == "north_mark":
        if antenna.north_s is not None and message.turn_period_s is None and not antenna.stopped:
            antenna.turn_s = min(received_s - antenna.north_s, SLOWEST_TURN_S) or antenna.turn_s
        antenna.north_s = received_s
    elif message.mark != "sector" or antenna.north_s is not None:
        return
    antenna.marked_s, antenna.stopped = received_s, False


def _range_rate_mps(sensor: Sensor, plot: Plot) -> float:
    if plot.doppler_mps is None:
        return math.nan
    return plot.doppler_mps if sensor.doppler_positive == "outward" else -plot.doppler_mps


def _observed_s(time_of_day_s: float | None, received_s: float) -> float:
    return received_s if time_of_day_s is None else seat_time_of_day(time_of_day_s, received_s)


def _is_guess(message: AdsbTarget | SystemTrack) -> bool:
    return isinstance(message, SystemTrack) and (message.coasted or message.ended)


def _sigma_m(message: AdsbTarget | SystemTrack) -> float | None:
    if isinstance(message, AdsbTarget):
        return message.sigma_position_m
    return math.hypot(message.sigma_position_m or SIGMA_SYSTEM_M, LATENCY_SIGMA_M)


def _looks(sensor_id: str, sweeps: Iterable[Sweep]) -> Iterator[Look]:
    for sweep in sweeps:
        yield Look(scan=_scan(sensor_id, sweep))


def _scan(sensor_id: str, sweep: Sweep) -> Scan:
    covers = sweep.sector_rad is not None
    if not sweep.rows:
        return Scan(sensor=sensor_id, observed_s=sweep.observed_s, sector_rad=sweep.sector_rad, covers=covers)
    return Scan(
        sensor=sensor_id,
        observed_s=sweep.observed_s,
        range_m=np.array([row.range_m for row in sweep.rows]),
        azimuth_true_rad=np.array([row.azimuth_true_rad for row in sweep.rows]),
        elevation_rad=_measured([row.elevation_rad for row in sweep.rows]),
        range_rate_mps=_measured([row.range_rate_mps for row in sweep.rows]),
        time_offset_s=np.array([row.observed_s - sweep.observed_s for row in sweep.rows]),
        identity=tuple(row.identity for row in sweep.rows),
        sector_rad=sweep.sector_rad,
        covers=covers,
    )


def _measured(values: list[float]) -> Floats | None:
    """None where it was not measured in any plot."""
    found = np.array(values)
    return found if bool(np.any(np.isfinite(found))) else None
