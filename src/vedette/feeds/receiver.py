"""Octets of a Remote ID receiver → what the feed may keep of them, and what they say.

Receivers send JSON in several forms, or MAVLink's OPEN_DRONE_ID messages; some pass on what other people's devices
send, and most add the drone's radio address. `sift` lets through Remote ID alone, as lines of one form:

    {"transmitter": number, "payload": hexadecimal}     {"rejected": reason}     {"alive": true}

A transmitter's number is counted, in the order heard. All that comes after (capture, queue, record) sees these lines
and nothing else, and a capture of them played again gives the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Final

from vedette.feeds.arrival import FeedBody
from vedette.feeds.remote_id import MAX_TRANSMITTERS, RemoteIdSource
from vedette.feeds.rows import LineReader
from vedette.model import Rejected
from vedette.wire.mavlink import MAGICS, MISSING, MavlinkReader, available
from vedette.wire.radio import Transmission, Transmitter
from vedette.wire.remote_id_relay import Heard, read_relayed
from vedette.wire.telemetry import Telemetry

_Reader = Callable[[bytes], Iterator[Heard]]
_ALIVE: Final[dict[str, object]] = {"alive": True}


class RemoteIdSieve:
    """Lets one receiver's Remote ID through, and nothing else.

    Args:
        stream: octets come in pieces of any size, JSON by lines; else each datagram or message stands alone.
    """

    def __init__(self, *, stream: bool) -> None:
        self._stream = stream
        self._numbers: dict[Transmitter, int] = {}
        self._next = 1
        self._read: _Reader | None = None

    def sift(self, octets: bytes) -> bytes:
        """The lines that may be kept.

        Raises:
            ValueError: it is MAVLink, and pymavlink is not installed.
        """
        if self._read is None or not self._stream:
            self._read = self._reader_of(octets)
        lines = [self._line(heard) for heard in self._read(octets)]
        return b"".join(json.dumps(line).encode() + b"\n" for line in lines)

    def reconnected(self) -> None:
        """A new stream begins, and may be of another kind."""
        self._read = None

    def _reader_of(self, octets: bytes) -> _Reader:
        """The first octet says what a stream or a datagram is."""
        if octets and octets[0] in MAGICS:
            return _mavlink()
        return _json_lines() if self._stream else read_relayed

    def _line(self, heard: Heard) -> dict[str, object]:
        if heard is None:
            return _ALIVE
        if isinstance(heard, Rejected):
            return {"rejected": heard.reason}
        return {"transmitter": self._number(heard.transmitter), "payload": heard.payload.hex()}

    def _number(self, transmitter: Transmitter) -> int:
        """Its number; the one heard of longest ago is forgotten when there are too many."""
        number = self._numbers.pop(transmitter, None)
        if number is None:
            number, self._next = self._next, self._next + 1
        self._numbers[transmitter] = number
        if len(self._numbers) > MAX_TRANSMITTERS:
            del self._numbers[next(iter(self._numbers))]
        return number


class RemoteIdIntake:
    """Sifted lines of one receiver → what they say."""

    def __init__(self, source: RemoteIdSource) -> None:
        self._source, self._alive = source, 0

    @property
    def messages(self) -> int:
        """Units decoded, a receiver's heartbeats among them."""
        return self._source.messages + self._alive

    def take(self, octets: bytes, received_s: float) -> Iterator[FeedBody]:
        """What sifted lines add."""
        for line in octets.splitlines():
            said = json.loads(line)
            if "rejected" in said:
                yield Rejected(reason=said["rejected"])
            elif "alive" in said:
                self._alive += 1
            else:
                for heard in read_relayed(line):
                    if isinstance(heard, (Transmission, Rejected)):
                        yield from self._source.hear(heard, received_s)

    def tick(self, now_s: float) -> Iterator[FeedBody]:
        """Nothing comes with time alone."""
        yield from ()

    def reconnected(self) -> None:
        """Transmissions stand alone; what transmitters said so far is remembered."""


def _json_lines() -> _Reader:
    lines = LineReader()

    def read(octets: bytes) -> Iterator[Heard]:
        for line in lines.feed(octets):
            yield from read_relayed(line)

    return read


def _mavlink() -> _Reader:
    if not available():
        raise ValueError(MISSING)
    reader = MavlinkReader()

    def read(octets: bytes) -> Iterator[Heard]:
        for unit in reader.feed(octets):
            if isinstance(unit, Telemetry):
                yield unit.body if isinstance(unit.body, Transmission) else None
            else:
                yield unit

    return read
