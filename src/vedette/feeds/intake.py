"""A live feed's octets → what they say: framing and source together, for the sources that can be heard live."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

from vedette.feeds.aircraft import AircraftSource
from vedette.feeds.arrival import FeedBody
from vedette.feeds.asterix import AsterixSource
from vedette.feeds.receiver import RemoteIdIntake, RemoteIdSieve
from vedette.feeds.remote_id import RemoteIdSource
from vedette.feeds.rows import LineReader, RowSource
from vedette.feeds.sources import Source, asterix_source, mode_s_source, source_for
from vedette.site import Feed, Site
from vedette.wire.aircraft_json import decode_aircraft_json
from vedette.wire.avr import AvrReader
from vedette.wire.beast import BeastReader
from vedette.wire.capture import CaptureKind, Moment
from vedette.wire.cot import CotReader, read_cot
from vedette.wire.mavlink import MISSING, MavlinkReader, available
from vedette.wire.rs1090_lines import decode_rs1090_line
from vedette.wire.sbs import decode_sbs


class Counted(Protocol):
    """A source that counts its units."""

    @property
    def messages(self) -> int:
        """Units decoded."""
        ...


class Intake(Protocol):
    """One feed's way in. `messages`: units decoded so far."""

    @property
    def messages(self) -> int:
        """Units decoded."""
        ...

    def take(self, octets: bytes, received_s: float) -> Iterator[FeedBody]:
        """What a datagram, or a piece of the stream, adds. Never raises on any bytes."""
        ...

    def tick(self, now_s: float) -> Iterator[FeedBody]:
        """What time alone brings."""
        ...

    def reconnected(self) -> None:
        """A new stream begins: what was cut off will not be continued."""
        ...


class Door(Protocol):
    """What a keeper of lines has of its supervisor."""

    def now_s(self) -> float:
        """The time, UTC seconds."""
        ...

    def opened(self) -> None:
        """The feed is open."""
        ...

    def hear(self, kind: CaptureKind, line: int = 0, octets: bytes = b"") -> object:
        """What happened on one of the lines, now: it is captured, and comes back by the keeper's own `hear`."""
        ...


class Keeper(Intake, ABC):
    """A feed that keeps its own lines, because it answers on them."""

    @abstractmethod
    async def carry(self, door: Door) -> None:
        """Keep the lines; what it raises closes the feed, and it is called again after a while."""

    @abstractmethod
    def hear(self, moment: Moment) -> Iterator[FeedBody]:
        """What happened on one of its lines brings; it answers on those that are open. Never raises on any bytes."""

    @property
    @abstractmethod
    def detail(self) -> str:
        """One line on the feed as a whole, for people."""

    def take(self, octets: bytes, received_s: float) -> Iterator[FeedBody]:
        """Nothing: it has lines."""
        yield from ()

    def reconnected(self) -> None:
        """Each of its lines begins anew by itself."""


class Sieve(Protocol):
    """What a feed may keep: it stands before capture, queue and log, and lets nothing else through to them."""

    def sift(self, octets: bytes) -> bytes:
        """What may be kept of a datagram, a message or a piece of the stream. Never raises on any bytes."""
        ...

    def reconnected(self) -> None:
        """A new stream begins."""
        ...


class _Everything:
    def sift(self, octets: bytes) -> bytes:
        return octets

    def reconnected(self) -> None:
        """Nothing is held."""


def sieve_of(feed: Feed) -> Sieve:
    """A Remote ID feed keeps Remote ID alone; of any other, its octets are its own."""
    if feed.source == "remote_id":
        return RemoteIdSieve(stream=feed.url.startswith(_STREAMS))
    return _Everything()


_STREAMS: Final = ("tcp:", "tls:", "serial:")
"""Lines whose octets come in pieces of any size."""


class _AsterixIntake:
    def __init__(self, source: AsterixSource) -> None:
        self._source = source

    @property
    def messages(self) -> int:
        return self._source.messages

    def take(self, octets: bytes, received_s: float) -> Iterator[FeedBody]:
        return self._source.datagram(octets, received_s)

    def tick(self, now_s: float) -> Iterator[FeedBody]:
        return self._source.tick(now_s)

    def reconnected(self) -> None:
        """Datagrams stand alone."""


class _FrameIntake:
    def __init__(self, source: Source, reader: Callable[[], BeastReader | AvrReader | MavlinkReader]) -> None:
        self._source, self._new_reader, self._reader = source, reader, reader()

    @property
    def messages(self) -> int:
        return self._source.messages

    def take(self, octets: bytes, received_s: float) -> Iterator[FeedBody]:
        for frame in self._reader.feed(octets):
            yield from self._source.take(frame, received_s)

    def tick(self, now_s: float) -> Iterator[FeedBody]:
        yield from ()

    def reconnected(self) -> None:
        self._reader = self._new_reader()


class _CotIntake:
    def __init__(self, source: Source, *, stream: bool) -> None:
        self._source, self._stream, self._reader = source, stream, CotReader()

    @property
    def messages(self) -> int:
        return self._source.messages

    def take(self, octets: bytes, received_s: float) -> Iterator[FeedBody]:
        for event in self._reader.feed(octets) if self._stream else read_cot(octets):
            yield from self._source.take(event, received_s)

    def tick(self, now_s: float) -> Iterator[FeedBody]:
        yield from ()

    def reconnected(self) -> None:
        self._reader = CotReader()


class _RowIntake:
    def __init__(self, source: RowSource, *, stream: bool) -> None:
        self._source, self._stream, self._lines = source, stream, LineReader()

    @property
    def messages(self) -> int:
        return self._source.messages

    def take(self, octets: bytes, received_s: float) -> Iterator[FeedBody]:
        if not self._stream:
            yield from self._source.message(octets, received_s)
            return
        for line in self._lines.feed(octets):
            yield from self._source.line(line, received_s)

    def tick(self, now_s: float) -> Iterator[FeedBody]:
        return self._source.tick(now_s)

    def reconnected(self) -> None:
        self._lines = LineReader()


class _LineIntake:
    """Lines of a stream or of a datagram; `hear` makes of each what it says."""

    def __init__(self, source: Counted, hear: Callable[[bytes, float], Iterator[FeedBody]], *, stream: bool) -> None:
        self._source, self._hear, self._stream, self._lines = source, hear, stream, LineReader()

    @property
    def messages(self) -> int:
        return self._source.messages

    def take(self, octets: bytes, received_s: float) -> Iterator[FeedBody]:
        for line in self._lines.feed(octets) if self._stream else octets.split(b"\n"):
            if line.strip():
                yield from self._hear(line.strip(), received_s)

    def tick(self, now_s: float) -> Iterator[FeedBody]:
        yield from ()

    def reconnected(self) -> None:
        self._lines = LineReader()


class _SnapshotIntake:
    def __init__(self, source: AircraftSource) -> None:
        self._source = source

    @property
    def messages(self) -> int:
        return self._source.messages

    def take(self, octets: bytes, received_s: float) -> Iterator[FeedBody]:
        return self._source.snapshot(decode_aircraft_json(octets), received_s)

    def tick(self, now_s: float) -> Iterator[FeedBody]:
        yield from ()

    def reconnected(self) -> None:
        """Each reading stands alone."""


def _asterix(site: Site, feed: Feed) -> Intake:
    return _AsterixIntake(asterix_source(site, feed.sensor))


def _beast(site: Site, feed: Feed) -> Intake:
    return _FrameIntake(source_for(site, "beast", feed.sensor), BeastReader)


def _avr(site: Site, feed: Feed) -> Intake:
    return _FrameIntake(source_for(site, "avr", feed.sensor), AvrReader)


def _sbs(site: Site, feed: Feed) -> Intake:
    del site
    source = AircraftSource(feed.sensor)
    return _LineIntake(
        source, lambda line, received_s: source.line(decode_sbs(line), received_s), stream=feed.url.startswith(_STREAMS)
    )


def _aircraft_json(site: Site, feed: Feed) -> Intake:
    del site
    return _SnapshotIntake(AircraftSource(feed.sensor))


def _rs1090(site: Site, feed: Feed) -> Intake:
    source = mode_s_source(site, feed.sensor)

    def hear(line: bytes, received_s: float) -> Iterator[FeedBody]:
        at_s, frame = decode_rs1090_line(line)
        return source.frame(frame, received_s, at_s)

    return _LineIntake(source, hear, stream=feed.url.startswith(_STREAMS))


def _mavlink(site: Site, feed: Feed) -> Intake:
    if not available():
        raise ValueError(MISSING)
    return _FrameIntake(source_for(site, "mavlink", feed.sensor), MavlinkReader)


def _cot(site: Site, feed: Feed) -> Intake:
    return _CotIntake(source_for(site, "cot", feed.sensor), stream=feed.url.startswith(_STREAMS))


def _remote_id(site: Site, feed: Feed) -> Intake:
    del site
    return RemoteIdIntake(RemoteIdSource(feed.sensor))


def _json(site: Site, feed: Feed) -> Intake:
    return _RowIntake(RowSource(feed.sensor, site.image_hosts), stream=feed.url.startswith(_STREAMS))


LIVE: Final[Mapping[tuple[str, str], Callable[[Site, Feed], Intake]]] = {
    ("asterix", "udp"): _asterix,
    ("beast", "tcp"): _beast,
    ("beast", "udp"): _beast,
    ("avr", "tcp"): _avr,
    ("avr", "udp"): _avr,
    ("sbs", "tcp"): _sbs,
    ("sbs", "udp"): _sbs,
    ("aircraft_json", "http"): _aircraft_json,
    ("aircraft_json", "file"): _aircraft_json,
    ("rs1090", "tcp"): _rs1090,
    ("rs1090", "udp"): _rs1090,
    ("mavlink", "tcp"): _mavlink,
    ("mavlink", "udp"): _mavlink,
    ("mavlink", "serial"): _mavlink,
    **dict.fromkeys((("cot", scheme) for scheme in ("udp", "tcp", "tls", "mqtt", "mqtts")), _cot),
    **dict.fromkeys((("remote_id", scheme) for scheme in ("udp", "tcp", "serial", "mqtt", "mqtts")), _remote_id),
    **dict.fromkeys((("json", scheme) for scheme in ("udp", "tcp", "tls", "serial", "mqtt", "mqtts")), _json),
    ("json", "http"): _json,
    ("json", "https"): _json,
    **dict.fromkeys((("mqtt", scheme) for scheme in ("mqtt", "mqtts")), _json),
}
"""What can be heard live, by source and scheme of the url. Recordings alone: table, and other files."""
