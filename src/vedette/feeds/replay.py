"""Recordings in place of a site's feeds: which sensor each belongs to, and all of them merged by receive time."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from vedette.errors import BadInput
from vedette.feeds.arrival import Arrival, FeedBody
from vedette.feeds.captured import begins, feed_of, files_below, play
from vedette.feeds.meter import FeedMeter
from vedette.feeds.recording import MODE_S, Recording, open_recording
from vedette.feeds.sources import editions_of, radars_of, source_for
from vedette.model import FeedState, Look, Rejected, Scan, SensorStatus
from vedette.site import Feed, Site
from vedette.tables import read_looks
from vedette.wire.asterix import decode_asterix
from vedette.wire.datagrams import Datagram

_SOURCES: Final = {"rs1090": MODE_S, "dataflash": ("mavlink",)}
"""Sources of a site file whose sensor a format may feed, where it is not the format's own name."""
_DEFAULT_STALE_S: Final = 5.0


class Assigned(msgspec.Struct, frozen=True, kw_only=True):
    """A recording and what it feeds. `sensor` None: its records or rows name their sensors.

    `feed`: the feed's id; with several sensors, that of what belongs to none of them (rejects).
    `captured`: of one of our own captures, the feed that it is played as.
    """

    recording: Recording
    sensor: str | None
    feed: str
    captured: Feed | None = None


def assign(site: Site, files: Sequence[tuple[str | None, Path | str]]) -> tuple[Assigned, ...]:
    """`--replay [SENSOR=]FILE …` → what each file feeds, in the order given.

    With SENSOR all of the file is that sensor's. Without it a file feeds the one sensor whose feed's source is of the
    file's format; ASTERIX goes by SAC and SIC, a table by its sensor column, our own capture by the feed it names. A
    folder stands for all captures in it.

    Raises:
        BadInput: the file (as in open_recording), an unknown SENSOR, no sensor or several for a file.
    """
    named = [
        (sensor, one)
        for sensor, path in files
        for one in (files_below(Path(path)) if Path(path).is_dir() else (Path(path),))
    ]
    return tuple(_assign(site, sensor, _opened(site, sensor, path)) for sensor, path in named)


def _opened(site: Site, sensor: str | None, path: Path | str) -> Recording:
    known = sensor if any(one.id == sensor for one in site.sensors) else None
    return open_recording(path, editions=editions_of(site, known))


def _assign(site: Site, sensor: str | None, recording: Recording) -> Assigned:
    if sensor is not None and all(one.id != sensor for one in site.sensors):
        raise BadInput(recording.path, "no [[sensor]] of the site has this id", "sensor", sensor)
    if recording.capture is not None:
        feed = feed_of(site, recording, sensor)
        return Assigned(recording=recording, sensor=feed.sensor, feed=feed.id, captured=feed)
    if sensor is not None:
        return Assigned(recording=recording, sensor=sensor, feed=_feed_of(site, sensor))
    if recording.format == "asterix":
        return _assign_asterix(site, recording)
    if recording.format == "table":
        return _assign_table(site, recording)
    if recording.format == "sapient":
        feeds = [feed.id for feed in site.feeds if feed.source == "sapient"]
        if len(feeds) == 1:
            return Assigned(recording=recording, sensor=None, feed=feeds[0])
    wanted = _SOURCES.get(recording.format, (recording.format,))
    sensors = list(dict.fromkeys(feed.sensor for feed in site.feeds if feed.source in wanted))
    return _only(site, recording, sensors, f"whose feed's source is {' or '.join(wanted)}")


def _only(site: Site, recording: Recording, sensors: list[str], which: str) -> Assigned:
    if not sensors:
        raise BadInput(recording.path, f"the site has no sensor {which}: name one with SENSOR=FILE")
    if len(sensors) > 1:
        raise BadInput(
            recording.path, f"several sensors of the site ({', '.join(sensors)}) could be meant: SENSOR=FILE"
        )
    return Assigned(recording=recording, sensor=sensors[0], feed=_feed_of(site, sensors[0]))


def _assign_asterix(site: Site, recording: Recording) -> Assigned:
    radars, seen = radars_of(site), set[tuple[int, int]]()
    for _, unit in recording.units():
        for message in decode_asterix(unit.payload, 0, recording.editions) if isinstance(unit, Datagram) else ():
            if not isinstance(message, Rejected):
                seen.add((message.sac, message.sic))
    named = [radars[numbers].id for numbers in sorted(seen & radars.keys())]
    if not named:
        unnumbered = [f.sensor for f in site.feeds if f.source == "asterix" and site.sensor(f.sensor).sac is None]
        heard = ", ".join(f"{sac}/{sic}" for sac, sic in sorted(seen)) or "none"
        meant = _only(site, recording, list(dict.fromkeys(unnumbered)), f"with a SAC/SIC of this file ({heard})")
        told = msgspec.structs.replace(recording, editions=editions_of(site, meant.sensor))
        return msgspec.structs.replace(meant, recording=told)
    feeds = [_feed_of(site, sensor) for sensor in named]
    return Assigned(recording=recording, sensor=named[0] if len(named) == 1 else None, feed="+".join(feeds))


def _assign_table(site: Site, recording: Recording) -> Assigned:
    known, seen = {sensor.id for sensor in site.sensors}, set[str]()
    for look in read_looks(recording.path, lambda place, reason: None):
        if look.sensor in known:
            return Assigned(recording=recording, sensor=None, feed=recording.name)
        seen.add(look.sensor)
    names = ", ".join(sorted(seen)[:5]) or "none"
    raise BadInput(recording.path, f"its sensor column names no [[sensor]] of the site ({names})")


def _feed_of(site: Site, sensor: str) -> str:
    return next((feed.id for feed in site.feeds if feed.sensor == sensor), sensor)


def replay(site: Site, assigned: Sequence[Assigned]) -> Iterator[Arrival]:
    """All that the recordings say, by receive time; at equal times in the order given. Same files, same arrivals.

    Receive times never fall. A recording without dates or `start_s` begins with the earliest dated one; if there is
    none, at 1970-01-01T00:00:00Z. Each feed's health stands among the arrivals, in recorded time, to its end.
    """
    start_s = _earliest_s(assigned)
    captures = [(one.recording, one.captured) for one in assigned if one.captured is not None]
    others = [one for one in assigned if one.captured is None]
    streams = [_with_health(site, one, _arrivals(site, one, start_s)) for one in others]
    streams += [play(site, captures)] if captures else []
    keyed = [((a.received_s, place, a) for a in stream) for place, stream in enumerate(streams)]
    for _, _, arrival in heapq.merge(*keyed, key=lambda item: (item[0], item[1])):
        yield arrival


def _earliest_s(assigned: Sequence[Assigned]) -> float:
    firsts: list[float | None] = []
    for one in assigned:
        recording = one.recording
        if one.captured is not None:
            begun = begins(recording)
            firsts.append(None if begun is None else begun[0])
        elif recording.format == "table":
            firsts.append(next((scan.observed_s for scan in read_looks(recording.path, lambda *_: None)), None))
        else:
            firsts.append(next((at_s for at_s, _ in recording.units() if at_s is not None), None))
    return min((first for first in firsts if first is not None), default=0.0)


class _Timed(msgspec.Struct, frozen=True, eq=False):
    """Bodies received at one time; `messages`: how many units more were decoded with them."""

    received_s: float
    bodies: tuple[FeedBody, ...]
    messages: int


def _arrivals(site: Site, assigned: Assigned, start_s: float) -> Iterator[_Timed]:
    if assigned.recording.format == "table":
        yield from _table_arrivals(site, assigned)
        return
    source = source_for(site, assigned.recording.format, assigned.sensor)
    now_s, counted = -math.inf, 0
    recording = assigned.recording
    for at_s, unit in recording.units(None if recording.dated or recording.start_s is not None else start_s):
        now_s = max(now_s, start_s if at_s is None and math.isinf(now_s) else (now_s if at_s is None else at_s))
        bodies = tuple(source.take(unit, now_s))
        yield _Timed(now_s, bodies, source.messages - counted)
        counted = source.messages
    if math.isfinite(now_s):
        yield _Timed(now_s, tuple(source.close()), 0)


def _table_arrivals(site: Site, assigned: Assigned) -> Iterator[_Timed]:
    known = {sensor.id for sensor in site.sensors}
    rejects: list[Rejected] = []
    now_s = -math.inf
    for scan in read_looks(assigned.recording.path, lambda at, why: rejects.append(Rejected(reason=why, offset=at))):
        bodies: list[FeedBody] = list(rejects)
        rejects.clear()
        now_s = max(now_s, scan.observed_s)
        mine = scan if assigned.sensor is None else _renamed(scan, assigned.sensor)
        bodies.append(Look(scan=mine) if mine.sensor in known else Rejected(reason="unknown_sensor"))
        yield _Timed(now_s, tuple(bodies), max(1, len(scan)))
    if rejects and math.isfinite(now_s):
        yield _Timed(now_s, tuple(rejects), 0)


def _renamed(scan: Scan, sensor: str) -> Scan:
    return scan if scan.sensor == sensor else msgspec.structs.replace(scan, sensor=sensor)


def _with_health(site: Site, assigned: Assigned, timed: Iterable[_Timed]) -> Iterator[Arrival]:
    """One recording's arrivals with the health of its feeds between them, as a live supervisor would send it."""
    meters: dict[str, FeedMeter] = {}
    now_s = math.nan
    for step in timed:
        yield from _silences(meters, now_s, step.received_s)
        now_s = step.received_s
        feeds = [_feed_of_body(site, assigned, body) for body in step.bodies]
        for feed, body in zip(feeds, step.bodies, strict=True):
            yield Arrival(now_s, feed, body)
        counted = feeds[-1] if feeds else next(iter(meters), assigned.feed)
        for feed in dict.fromkeys((*feeds, counted)):
            meter = meters.get(feed) or meters.setdefault(feed, _meter(site, assigned, feed))
            meter.count(step.messages if feed == counted else 0, now_s)
        for feed, body in zip(feeds, step.bodies, strict=True):
            if isinstance(body, Rejected):
                meters[feed].reject(body.reason)
            elif isinstance(body, Look):
                meters[feed].observe(body.scan.observed_s, now_s)
            elif isinstance(body, SensorStatus):
                meters[feed].sensor_says(body.state, body.detail)
        for feed, meter in meters.items():
            yield from _health(meter, feed, now_s)
    for feed, meter in meters.items():
        meter.turn(FeedState.ENDED, "end of the recording")
        yield from _health(meter, feed, now_s)


def _silences(meters: dict[str, FeedMeter], now_s: float, until_s: float) -> Iterator[Arrival]:
    """The health that time alone brings. Once stale, a feed is not called so again: a gap may be of days."""
    while True:
        live = [(meter.next_s(), feed) for feed, meter in meters.items() if meter.state is FeedState.LIVE]
        due_s, feed = min(live, default=(math.inf, ""))
        if due_s > until_s:
            return
        now_s = max(now_s, due_s)
        yield from _health(meters[feed], feed, now_s)


def _feed_of_body(site: Site, assigned: Assigned, body: FeedBody) -> str:
    """A file of several sensors feeds several feeds; what it rejects is its own."""
    if assigned.sensor is None and isinstance(body, Look):
        return _feed_of(site, body.scan.sensor)
    if assigned.sensor is None and isinstance(body, SensorStatus):
        return _feed_of(site, body.sensor)
    return assigned.feed


def _meter(site: Site, assigned: Assigned, feed: str) -> FeedMeter:
    sensor = assigned.sensor or next((one.sensor for one in site.feeds if one.id == feed), feed)
    known = any(one.id == sensor for one in site.sensors)
    return FeedMeter(feed, sensor if known else "", _stale_s(site, sensor))


def _health(meter: FeedMeter, feed: str, at_s: float) -> Iterator[Arrival]:
    health = meter.poll(at_s)
    if health is not None:
        yield Arrival(at_s, feed, health)


def _stale_s(site: Site, sensor: str | None) -> float:
    return next((feed.stale_s for feed in site.feeds if feed.sensor == sensor), _DEFAULT_STALE_S)
