"""Mode S frames of one receiver → position reports and what the aircraft say of themselves.

The time of a frame is the receiver's: its counter runs at 12 MHz from an unknown start, or is GPS time of day; the
stream does not say which. What lies between a frame's reception and its arrival here (buffers, a network) is taken out
by it, up to the least delay seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import msgspec

from vedette.feeds.arrival import FeedBody
from vedette.feeds.cooperative import Particulars, Position, scan_of_positions
from vedette.model import Look, Rejected
from vedette.wire.adsb import ModeSDecoder, ModeSReport
from vedette.wire.asterix import seat_time_of_day
from vedette.wire.beast import COUNTER_HZ, ModeSFrame, gps_time_of_day_s

MAX_DELAY_S: Final = 10.0
"""A counter that puts a frame further from its arrival was restarted, or is no clock."""
DRIFT: Final = 1e-4
"""A receiver's crystal is this good, at worst: so fast may the counter's place in time creep back."""
GPS_WITHIN_S: Final = 5.0
"""A counter that, read as GPS time of day, is this near to ours is one."""


class TickClock:
    """UTC of a receiver's counter, learned from the times its frames arrive: the least delayed one sets it."""

    def __init__(self) -> None:
        self._start_s: float | None = None
        self._at_s = -math.inf

    def observed_s(self, ticks: int | None, received_s: float) -> float:
        """When the frame was heard; never after `received_s`, which stands where the counter says nothing."""
        if ticks is None:
            return received_s
        time_of_day_s = gps_time_of_day_s(ticks)
        if time_of_day_s is not None:
            seated_s = seat_time_of_day(time_of_day_s, received_s)
            if abs(seated_s - received_s) <= GPS_WITHIN_S:
                return min(seated_s, received_s)
        start_s = received_s - ticks / COUNTER_HZ
        if self._start_s is None or start_s < self._start_s or start_s - self._start_s > MAX_DELAY_S:
            self._start_s = start_s
        else:
            self._start_s = min(start_s, self._start_s + DRIFT * max(0.0, received_s - self._at_s))
        self._at_s = received_s
        return min(received_s, self._start_s + ticks / COUNTER_HZ)


class ModeSSource:
    """Frames in the order heard → looks with identity `icao:…` and cooperative reports.

    An address that is none of ICAO's (a vehicle's, an anonymous one, a ground station's track number) names nobody: its
    positions go under the callsign it gives, else unnamed.

    Args:
        sensor: the receiver's id. receiver: latitude and longitude near it in degrees, for surface positions.
    """

    def __init__(self, sensor: str, receiver: tuple[float, float] | None) -> None:
        self.messages = 0
        self._sensor = sensor
        self._decoder = ModeSDecoder(receiver)
        self._clock = TickClock()
        self._particulars = {source: Particulars(sensor, source) for source in ("adsb", "mode_s")}

    def frame(
        self, frame: ModeSFrame | Rejected, received_s: float, heard_s: float | None = None
    ) -> Iterator[FeedBody]:
        """What one frame that arrived at `received_s` adds; `heard_s`: when its receiver heard it, by its own UTC."""
        if isinstance(frame, Rejected):
            yield frame
            return
        at_s = self._clock.observed_s(frame.ticks, received_s) if heard_s is None else heard_s
        report = self._decoder.hear(frame.message, at_s, frame.stated_place)
        if isinstance(report, Rejected):
            yield msgspec.structs.replace(report, offset=frame.offset)
            return
        self.messages += 1
        if report is not None:
            yield from self._said(report, at_s)

    def _said(self, report: ModeSReport, at_s: float) -> Iterator[FeedBody]:
        particulars = self._particulars["mode_s" if report.source is None else "adsb"]
        own = f"{report.address_type}:{report.address}"
        news = list(
            particulars.hear(
                own,
                at_s,
                callsign=report.callsign,
                emitter_category=report.emitter_category,
                squawk=report.squawk,
                emergency=report.emergency,
                pressure_altitude_m=report.pressure_altitude_m,
                worth=report.latitude_deg is not None or report.emergency not in (None, "none"),
            )
        )
        if report.latitude_deg is not None and report.longitude_deg is not None:
            position = Position(
                observed_s=at_s,
                latitude_deg=report.latitude_deg,
                longitude_deg=report.longitude_deg,
                identity=particulars.identity(own),
                sigma_position_m=report.sigma_position_m,
                altitude_ellipsoid_m=report.altitude_ellipsoid_m,
                sigma_altitude_m=report.sigma_altitude_m,
                emitter_category=particulars.emitter_category(own),
            )
            yield Look(scan=scan_of_positions(self._sensor, [position]))
        yield from news
