"""A live feed's octets → what they say: framing and source together, for the sources that can be heard live."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

from vedette.feeds.arrival import FeedBody
from vedette.feeds.asterix import AsterixSource
from vedette.feeds.rows import LineReader, RowSource
from vedette.feeds.sources import Source, asterix_source, source_for
from vedette.site import Feed, Site
from vedette.wire.avr import AvrReader
from vedette.wire.beast import BeastReader


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
    def __init__(self, source: Source, reader: Callable[[], BeastReader | AvrReader]) -> None:
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


class _RowIntake:
    def __init__(self, source: RowSource, *, stream: bool) -> None:
        self._source, self._stream, self._lines = source, stream, LineReader()

    @property
    def messages(self) -> int:
        return self._source.messages

    def take(self, octets: bytes, received_s: float) -> Iterator[FeedBody]:
        for line in self._lines.feed(octets) if self._stream else octets.split(b"\n"):
            yield from self._source.line(line, received_s)

    def tick(self, now_s: float) -> Iterator[FeedBody]:
        return self._source.tick(now_s)

    def reconnected(self) -> None:
        self._lines = LineReader()


def _asterix(site: Site, feed: Feed) -> Intake:
    return _AsterixIntake(asterix_source(site, feed.sensor))


def _beast(site: Site, feed: Feed) -> Intake:
    return _FrameIntake(source_for(site, "beast", feed.sensor), BeastReader)


def _avr(site: Site, feed: Feed) -> Intake:
    return _FrameIntake(source_for(site, "avr", feed.sensor), AvrReader)


def _json(site: Site, feed: Feed) -> Intake:
    return _RowIntake(RowSource(feed.sensor), stream=feed.url.startswith("tcp:"))


LIVE: Final[Mapping[tuple[str, str], Callable[[Site, Feed], Intake]]] = {
    ("asterix", "udp"): _asterix,
    ("beast", "tcp"): _beast,
    ("beast", "udp"): _beast,
    ("avr", "tcp"): _avr,
    ("avr", "udp"): _avr,
    ("json", "udp"): _json,
    ("json", "tcp"): _json,
}
"""What can be heard live, by source and scheme of the url. Recordings alone: remote_id, table, and file: urls."""
