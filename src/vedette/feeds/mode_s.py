"""Mode S frames of one receiver → position reports and what the aircraft say of themselves."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np

from vedette.feeds.arrival import FeedBody
from vedette.model import CooperativeReport, Look, Rejected, Scan
from vedette.wire.adsb import FORGET_S, ModeSDecoder, ModeSReport
from vedette.wire.beast import ModeSFrame

REPEAT_S: Final = 10.0
"""A cooperative report is sent when its particulars change, and at least this often while the aircraft is heard."""


class _Known(msgspec.Struct):
    callsign: str | None = None
    emitter_category: str | None = None
    pressure_altitude_m: float | None = None
    sent: tuple[str | None, str | None] | None = None
    sent_s: float = -math.inf
    heard_s: float = -math.inf


class ModeSSource:
    """Frames in the order heard → looks with identity `icao:…` and cooperative reports.

    Args:
        sensor: the receiver's id. receiver: latitude and longitude near it in degrees, for surface positions.
    """

    def __init__(self, sensor: str, receiver: tuple[float, float] | None) -> None:
        self.messages = 0
        self._sensor = sensor
        self._decoder = ModeSDecoder(receiver)
        self._known: dict[str, _Known] = {}
        self._swept_s = -math.inf

    def frame(self, frame: ModeSFrame | Rejected, at_s: float) -> Iterator[FeedBody]:
        """What one frame heard at `at_s` adds. The time of reception is that of observation: the path takes < 2 ms."""
        if isinstance(frame, Rejected):
            yield frame
            return
        report = self._decoder.hear(frame.message, at_s)
        if isinstance(report, Rejected):
            yield msgspec.structs.replace(report, offset=frame.offset)
            return
        self.messages += 1
        if report is None:
            return
        if report.latitude_deg is not None:
            yield Look(scan=_scan(self._sensor, report, at_s))
        yield from self._particulars(report, at_s)

    def _particulars(self, report: ModeSReport, at_s: float) -> Iterator[CooperativeReport]:
        known = self._remember(report.address, at_s)
        known.callsign = report.callsign or known.callsign
        known.emitter_category = report.emitter_category or known.emitter_category
        if report.pressure_altitude_m is not None:
            known.pressure_altitude_m = report.pressure_altitude_m
        particulars = known.callsign, known.emitter_category
        worth = known.callsign is not None or report.latitude_deg is not None
        due = particulars != known.sent or at_s - known.sent_s >= REPEAT_S
        if report.df not in (17, 18) or not worth or not due:
            return
        known.sent, known.sent_s = particulars, at_s
        yield CooperativeReport(
            sensor=self._sensor,
            observed_s=at_s,
            source="adsb",
            identity=f"icao:{report.address}",
            callsign=known.callsign,
            emitter_category=known.emitter_category,
            pressure_altitude_m=known.pressure_altitude_m,
        )

    def _remember(self, address: str, at_s: float) -> _Known:
        if at_s - self._swept_s > 60.0:
            self._known = {a: one for a, one in self._known.items() if at_s - one.heard_s <= FORGET_S}
            self._swept_s = at_s
        known = self._known.setdefault(address, _Known())
        known.heard_s = at_s
        return known


def _scan(sensor: str, report: ModeSReport, at_s: float) -> Scan:
    altitude = report.altitude_ellipsoid_m
    return Scan(
        sensor=sensor,
        observed_s=at_s,
        latitude_deg=np.array([report.latitude_deg]),
        longitude_deg=np.array([report.longitude_deg]),
        altitude_ellipsoid_m=None if altitude is None else np.array([altitude]),
        sigma_position_m=np.array([report.sigma_position_m]),
        sigma_altitude_ellipsoid_m=None if altitude is None else np.array([SIGMA_ALTITUDE_M]),
        identity=(f"icao:{report.address}",),
        covers=False,
    )


SIGMA_ALTITUDE_M: Final = 30.0
"""GNSS height, or pressure altitude plus a difference up to 30 s old: 25 ft steps each, and a climb meanwhile."""
