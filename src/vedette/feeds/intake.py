"""A live feed's octets → what they say: framing and source together, for the sources that can be heard live."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

from vedette.feeds.aircraft import AircraftSource
from vedette.feeds.arrival import FeedBody
from vedette.feeds.asterix import AsterixSource
from vedette.feeds.rows import LineReader, RowSource
from vedette.feeds.sources import Source, asterix_source, mode_s_source, source_for
from vedette.site import Feed, Site
from vedette.wire.aircraft_json import decode_aircraft_json
from vedette.wire.avr import AvrReader
from vedette.wire.beast import BeastReader
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
        source, lambda line, received_s: source.line(decode_sbs(line), received_s), stream=feed.url.startswith("tcp:")
    )


def _aircraft_json(site: Site, feed: Feed) -> Intake:
    del site
    return _SnapshotIntake(AircraftSource(feed.sensor))


def _rs1090(site: Site, feed: Feed) -> Intake:
    source = mode_s_source(site, feed.sensor)

    def hear(line: bytes, received_s: float) -> Iterator[FeedBody]:
        at_s, frame = decode_rs1090_line(line)
        return source.frame(frame, received_s, at_s)

    return _LineIntake(source, hear, stream=feed.url.startswith("tcp:"))


def _json(site: Site, feed: Feed) -> Intake:
    return _RowIntake(RowSource(feed.sensor), stream=feed.url.startswith("tcp:"))


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
    ("json", "udp"): _json,
    ("json", "tcp"): _json,
}
"""What can be heard live, by source and scheme of the url. Recordings alone: remote_id, table, and other files."""
