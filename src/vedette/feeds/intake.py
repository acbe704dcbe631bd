"""A live feed's octets → what they say: framing and source together, for the sources that can be heard live."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Protocol

from vedette.feeds.arrival import FeedBody
from vedette.feeds.receiver import RemoteIdIntake, RemoteIdSieve
from vedette.feeds.remote_id import RemoteIdSource
from vedette.feeds.rows import LineReader, RowSource
from vedette.feeds.sources import Source, source_for
from vedette.site import Feed, Site
from vedette.wire.avr import AvrReader
from vedette.wire.beast import BeastReader
from vedette.wire.cot import CotReader, read_cot
from vedette.wire.datagrams import Datagram
from vedette.wire.mavlink import MISSING, MavlinkReader, available


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

    def keep(self, octets: bytes) -> None:
        """Capture octets as received."""
        ...

    def pass_on(self, bodies: Iterable[FeedBody]) -> None:
        """Send bodies to the sink."""
        ...

    def count(self, messages: int, detail: str) -> None:
        """So many messages more were decoded; `detail`: one line for people."""
        ...


class Keeper(Intake, ABC):
    """A feed that keeps its own lines, because it answers on them; nothing comes to it by `take`."""

    @abstractmethod
    async def carry(self, door: Door) -> None:
        """Keep the lines; what it raises closes the feed, and it is called again after a while."""

    def take(self, octets: bytes, received_s: float) -> Iterator[FeedBody]:
        """Nothing: it reads for itself."""
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


_STREAMS: Final = ("tcp:", "serial:")
"""Lines whose octets come in pieces of any size."""


class _DatagramIntake:
    def __init__(self, source: Source) -> None:
        self._source = source

    @property
    def messages(self) -> int:
        return self._source.messages

    def take(self, octets: bytes, received_s: float) -> Iterator[FeedBody]:
        return self._source.take(Datagram(port=0, at_s=received_s, payload=octets, offset=0), received_s)

    def tick(self, now_s: float) -> Iterator[FeedBody]:
        yield from ()

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


def _asterix(site: Site, feed: Feed) -> Intake:
    return _DatagramIntake(source_for(site, "asterix", feed.sensor))


def _beast(site: Site, feed: Feed) -> Intake:
    return _FrameIntake(source_for(site, "beast", feed.sensor), BeastReader)


def _avr(site: Site, feed: Feed) -> Intake:
    return _FrameIntake(source_for(site, "avr", feed.sensor), AvrReader)


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
    ("mavlink", "tcp"): _mavlink,
    ("mavlink", "udp"): _mavlink,
    ("mavlink", "serial"): _mavlink,
    **dict.fromkeys((("cot", scheme) for scheme in ("udp", "tcp", "mqtt", "mqtts")), _cot),
    **dict.fromkeys((("remote_id", scheme) for scheme in ("udp", "tcp", "serial", "mqtt", "mqtts")), _remote_id),
    **dict.fromkeys((("json", scheme) for scheme in ("udp", "tcp", "serial", "mqtt", "mqtts", "http")), _json),
    **dict.fromkeys((("mqtt", scheme) for scheme in ("mqtt", "mqtts")), _json),
}
"""What can be heard live, by source and scheme of the url. Recordings alone: table, and file: urls."""
