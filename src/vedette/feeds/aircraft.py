"""What a receiver's own software says of aircraft (SBS lines, aircraft.json) → positions and particulars.

The time of a position is the software's; one more than 10 s old is history and says nothing. SBS lines give no zone, so
theirs is put into the quarter of an hour that brings it nearest to reception: every zone's offset is a multiple of it.
aircraft.json repeats what it last heard: a position is passed on once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from vedette.feeds.arrival import FeedBody
from vedette.feeds.cooperative import Particulars, Position, scan_of_positions
from vedette.model import Look, Rejected
from vedette.wire.adsb import FORGET_S, MAX_AIRCRAFT
from vedette.wire.aircraft_json import Snapshot
from vedette.wire.aircraft_report import AircraftReport
from vedette.wire.lately import Lately
from vedette.wire.sbs import SbsNote

OLD_S: Final = 10.0
"""An older position is history: after a start the file still has those of the last minute."""
ZONE_S: Final = 900.0
SAME_S: Final = 0.3
"""A position whose age has only been written anew differs by less: ages are given to a tenth of a second."""


class _Placed(msgspec.Struct):
    """The last position of one aircraft."""

    observed_s: float = -math.inf
    latitude_deg: float = math.nan
    longitude_deg: float = math.nan


class AircraftSource:
    """Reports of one receiver in the order received → looks and cooperative reports.

    Args:
        sensor: the receiver's id.
    """

    def __init__(self, sensor: str) -> None:
        self.messages = 0
        self._sensor = sensor
        self._particulars = {source: Particulars(sensor, source) for source in ("adsb", "mode_s")}
        self._placed = Lately(_Placed, FORGET_S, MAX_AIRCRAFT)

    def line(self, report: AircraftReport | SbsNote | Rejected, received_s: float) -> Iterator[FeedBody]:
        """What one SBS line adds."""
        if isinstance(report, Rejected):
            yield report
            return
        self.messages += 1
        if isinstance(report, AircraftReport):
            yield from self._hear([report], received_s)

    def snapshot(self, snapshot: Snapshot | Rejected, received_s: float) -> Iterator[FeedBody]:
        """What one reading of aircraft.json adds."""
        if isinstance(snapshot, Rejected):
            yield snapshot
            return
        reports = [one for one in snapshot.aircraft if isinstance(one, AircraftReport)]
        self.messages += len(reports)
        yield from (one for one in snapshot.aircraft if isinstance(one, Rejected))
        yield from self._hear(reports, received_s)

    def _hear(self, reports: Sequence[AircraftReport], received_s: float) -> Iterator[FeedBody]:
        positions, news = list[Position](), list[FeedBody]()
        for report in reports:
            observed_s = observed_time_s(report, received_s)
            if received_s - observed_s > OLD_S:
                continue
            own = f"{report.address_type}:{report.address}"
            particulars = self._particulars["mode_s" if report.source == "mode_s" else "adsb"]
            news += particulars.hear(
                own,
                observed_s,
                callsign=report.callsign,
                emitter_category=report.emitter_category,
                squawk=report.squawk,
                emergency=report.emergency,
                pressure_altitude_m=report.pressure_altitude_m,
                worth=report.latitude_deg is not None,
            )
            positions += self._positions(report, own, particulars, observed_s)
        if positions:
            yield Look(scan=scan_of_positions(self._sensor, positions))
        yield from news

    def _positions(
        self, report: AircraftReport, own: str, particulars: Particulars, observed_s: float
    ) -> Iterator[Position]:
        latitude, longitude = report.latitude_deg, report.longitude_deg
        if latitude is None or longitude is None:
            return
        last = self._placed.hear(own, observed_s) or _Placed()
        same = (last.latitude_deg, last.longitude_deg) == (latitude, longitude)
        if observed_s <= last.observed_s or (same and observed_s - last.observed_s < SAME_S):
            return
        last.observed_s, last.latitude_deg, last.longitude_deg = observed_s, latitude, longitude
        yield Position(
            observed_s=observed_s,
            latitude_deg=latitude,
            longitude_deg=longitude,
            identity=particulars.identity(own),
            sigma_position_m=report.sigma_position_m,
            altitude_ellipsoid_m=report.altitude_ellipsoid_m,
            sigma_altitude_m=report.sigma_altitude_m,
            emitter_category=particulars.emitter_category(own),
        )


def observed_time_s(report: AircraftReport, received_s: float) -> float:
    """When the report's position was heard, by its own word where that can be."""
    if report.at_s is None:
        return received_s
    if report.zoned:
        return report.at_s
    away_s = received_s - report.at_s
    at_s = report.at_s + ZONE_S * math.floor(away_s / ZONE_S + 0.5)
    return min(at_s, received_s) if abs(received_s - at_s) <= OLD_S else received_s
