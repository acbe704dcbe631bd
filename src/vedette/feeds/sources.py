"""Sources: a feed's units → what they say, one face for live feeds and replays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from vedette.feeds.aircraft import AircraftSource
from vedette.feeds.arrival import FeedBody
from vedette.feeds.asterix import AsterixSource
from vedette.feeds.cot import CotSource
from vedette.feeds.mavlink import MavlinkSource
from vedette.feeds.mode_s import ModeSSource
from vedette.feeds.recording import AIRCRAFT, MODE_S, TELEMETRY, Unit
from vedette.feeds.remote_id import RemoteIdSource
from vedette.feeds.sapient.source import sapient_source
from vedette.model import Rejected
from vedette.site import Sensor, Site
from vedette.wire.aircraft_json import Snapshot
from vedette.wire.aircraft_report import AircraftReport
from vedette.wire.asterix_records import Editions
from vedette.wire.beast import ModeSFrame
from vedette.wire.cot import CotEvent
from vedette.wire.datagrams import Datagram
from vedette.wire.radio import Transmission
from vedette.wire.sbs import SbsNote
from vedette.wire.telemetry import Telemetry


class Source(Protocol):
    """Interprets units in the order received. `messages`: how many of the source's own units were decoded so far."""

    @property
    def messages(self) -> int:
        """Units decoded."""
        ...

    def take(self, unit: Unit, received_s: float) -> Iterator[FeedBody]:
        """What one unit adds; a Rejected passes through."""
        ...

    def close(self) -> Iterator[FeedBody]:
        """What is still held, at the end of a recording."""
        ...


class _Asterix(AsterixSource):
    def take(self, unit: Unit, received_s: float) -> Iterator[FeedBody]:
        if isinstance(unit, Datagram):
            yield from self.datagram(unit.payload, received_s, unit.offset)
        elif isinstance(unit, Rejected):
            yield unit


class _ModeS(ModeSSource):
    def take(self, unit: Unit, received_s: float) -> Iterator[FeedBody]:
        if isinstance(unit, (ModeSFrame, Rejected)):
            yield from self.frame(unit, received_s)

    def close(self) -> Iterator[FeedBody]:
        yield from ()


class _Aircraft(AircraftSource):
    def take(self, unit: Unit, received_s: float) -> Iterator[FeedBody]:
        if isinstance(unit, Snapshot):
            yield from self.snapshot(unit, received_s)
        elif isinstance(unit, (AircraftReport, SbsNote, Rejected)):
            yield from self.line(unit, received_s)

    def close(self) -> Iterator[FeedBody]:
        yield from ()


class _RemoteId(RemoteIdSource):
    def take(self, unit: Unit, received_s: float) -> Iterator[FeedBody]:
        if isinstance(unit, (Transmission, Rejected)):
            yield from self.hear(unit, received_s)

    def close(self) -> Iterator[FeedBody]:
        yield from ()


class _Mavlink(MavlinkSource):
    def take(self, unit: Unit, received_s: float) -> Iterator[FeedBody]:
        if isinstance(unit, (Telemetry, Rejected)):
            yield from self.hear(unit, received_s)

    def close(self) -> Iterator[FeedBody]:
        yield from ()


class _Cot(CotSource):
    def take(self, unit: Unit, received_s: float) -> Iterator[FeedBody]:
        if isinstance(unit, (CotEvent, Rejected)):
            yield from self.hear(unit, received_s)

    def close(self) -> Iterator[FeedBody]:
        yield from ()


def radars_of(site: Site) -> dict[tuple[int, int], Sensor]:
    """The site's sensors that have a SAC and SIC, by them."""
    return {(s.sac, s.sic): s for s in site.sensors if s.sac is not None and s.sic is not None}


def editions_of(site: Site, sensor_id: str | None = None) -> Editions:
    """Who sends CAT021 as it was before edition 2.1; None: all who are not named, where this sensor has no numbers."""
    sensors: list[tuple[tuple[int, int] | None, Sensor]] = [*radars_of(site).items()]
    if sensor_id is not None and site.sensor(sensor_id).sac is None:
        sensors.append((None, site.sensor(sensor_id)))
    return {numbers: one.cat021_edition for numbers, one in sensors if one.cat021_edition is not None}


def source_for(site: Site, format: str, sensor_id: str | None) -> Source:
    """A fresh source of this format. Without `sensor_id` the records choose: by SAC and SIC, by SAPIENT node_id."""
    if format == "asterix":
        return asterix_source(site, sensor_id)
    if format == "sapient":
        return sapient_source(site, sensor_id)
    if sensor_id is None:
        raise ValueError(f"a source of {format} needs its sensor")
    if format in MODE_S:
        return mode_s_source(site, sensor_id)
    if format in AIRCRAFT:
        return _Aircraft(sensor_id)
    if format in TELEMETRY:
        return _Mavlink(sensor_id, site.own_systems)
    if format == "cot":
        return _Cot(sensor_id, site.own_uids, site.id)
    return _RemoteId(sensor_id)


def mode_s_source(site: Site, sensor_id: str) -> _ModeS:
    """A receiver's frames; its place, or the site's, is the reference for surface positions."""
    return _ModeS(sensor_id, _place(site, sensor_id))


def asterix_source(site: Site, sensor_id: str | None) -> _Asterix:
    """One socket may bring several sensors: its own, and every numbered one that no other ASTERIX feed brings."""
    numbered = radars_of(site)
    if sensor_id is None:
        return _Asterix(numbered, editions=editions_of(site))
    sensor = site.sensor(sensor_id)
    others = {feed.sensor for feed in site.feeds if feed.source == "asterix"} - {sensor_id}
    here = {numbers: one for numbers, one in numbered.items() if one.id not in others}
    everything = None if sensor.sac is not None else sensor
    return _Asterix(here, everything, numbered.keys() - here.keys(), editions_of(site, sensor_id))


def _place(site: Site, sensor_id: str) -> tuple[float, float]:
    sensor = site.sensor(sensor_id)
    if sensor.latitude_deg is None or sensor.longitude_deg is None:
        return site.latitude_deg, site.longitude_deg
    return sensor.latitude_deg, sensor.longitude_deg
