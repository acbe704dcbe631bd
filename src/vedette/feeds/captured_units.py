"""The units of one capture file, for people to read: what the feed's source makes of its octets, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from vedette.feeds.rows import LineReader, RowSource
from vedette.model import Rejected
from vedette.wire.aircraft_json import decode_aircraft_json
from vedette.wire.avr import AvrReader
from vedette.wire.beast import BeastReader
from vedette.wire.capture import CaptureHead, CaptureKind, Moment, read_frames
from vedette.wire.cot import CotReader, read_cot
from vedette.wire.datagrams import Datagram
from vedette.wire.mavlink import MavlinkReader
from vedette.wire.remote_id_relay import read_relayed
from vedette.wire.rs1090_lines import decode_rs1090_line
from vedette.wire.sapient.codec import Received, decode_message
from vedette.wire.sapient.framing import FrameReader
from vedette.wire.sbs import decode_sbs

STREAMS: Final = ("tcp", "tls", "serial")
"""Schemes whose octets come in pieces of any size."""
CapturedUnits = Iterator[tuple[float, Any]]
"""(receive time, unit of vedette.feeds.recording.Unit)."""
_Read = Callable[[Moment], Iterator[Any]]


def captured_units(octets: bytes, head: CaptureHead) -> CapturedUnits:
    """(receive time, unit) of a capture file in its order. Never raises on any bytes."""
    readers: dict[int, _Read] = {}
    now_s = 0.0
    for frame in read_frames(octets):
        if isinstance(frame, Rejected):
            yield now_s, frame
            continue
        moment = frame.moment
        now_s = moment.received_s
        if moment.kind in (CaptureKind.BEGAN, CaptureKind.OPENED, CaptureKind.CLOSED):
            readers.pop(moment.line, None)
        elif moment.kind is CaptureKind.OCTETS:
            if moment.line not in readers:
                readers[moment.line] = _MAKERS[head.source](head)
            for unit in readers[moment.line](moment):
                yield now_s, unit


def _asterix(head: CaptureHead) -> _Read:
    del head

    def read(moment: Moment) -> Iterator[Any]:
        yield Datagram(port=0, at_s=moment.received_s, payload=moment.octets, offset=0)

    return read


def _framed(reader: Callable[[], BeastReader | AvrReader | MavlinkReader]) -> Callable[[CaptureHead], _Read]:
    def make(head: CaptureHead) -> _Read:
        del head
        frames = reader()
        return lambda moment: frames.feed(moment.octets)

    return make


def _sapient(head: CaptureHead) -> _Read:
    del head
    frames = FrameReader()

    def read(moment: Moment) -> Iterator[Any]:
        for frame in frames.feed(moment.octets):
            message = frame if isinstance(frame, Rejected) else decode_message(frame.payload)
            yield message if isinstance(message, Rejected) else Received(message=message)

    return read


def _cot(head: CaptureHead) -> _Read:
    events = CotReader()
    return lambda moment: events.feed(moment.octets) if head.scheme in STREAMS else iter(read_cot(moment.octets))


def _lined(decode: Callable[[bytes], Iterator[Any]]) -> Callable[[CaptureHead], _Read]:
    def make(head: CaptureHead) -> _Read:
        lines = LineReader()

        def read(moment: Moment) -> Iterator[Any]:
            stream = head.scheme in STREAMS
            for line in lines.feed(moment.octets) if stream else moment.octets.split(b"\n"):
                if line.strip():
                    yield from decode(line.strip())

        return read

    return make


def _snapshot(head: CaptureHead) -> _Read:
    del head
    return lambda moment: iter((decode_aircraft_json(moment.octets),))


def _rows(head: CaptureHead) -> _Read:
    source, lines = RowSource(head.sensor, None), LineReader()

    def read(moment: Moment) -> Iterator[Any]:
        if head.scheme in STREAMS:
            for line in lines.feed(moment.octets):
                yield from source.rows(line)
        else:
            yield from source.rows(moment.octets)

    return read


def _remote_id(line: bytes) -> Iterator[Any]:
    """A line of the sieve (vedette.feeds.receiver): a heartbeat is nothing that was heard."""
    if line.startswith(b'{"rejected": "'):
        yield Rejected(reason=line.split(b'"')[3].decode(errors="replace"))
    elif not line.startswith(b'{"alive"'):
        yield from (heard for heard in read_relayed(line) if heard is not None)


_MAKERS: Final[Mapping[str, Callable[[CaptureHead], _Read]]] = {
    "asterix": _asterix,
    "beast": _framed(BeastReader),
    "avr": _framed(AvrReader),
    "mavlink": _framed(MavlinkReader),
    "sapient": _sapient,
    "cot": _cot,
    "sbs": _lined(lambda line: iter((decode_sbs(line),))),
    "rs1090": _lined(lambda line: iter((decode_rs1090_line(line)[1],))),
    "aircraft_json": _snapshot,
    "remote_id": _lined(_remote_id),
    "json": _rows,
    "mqtt": _rows,
}
READABLE: Final = frozenset(_MAKERS)
"""Sources whose captures can be read."""
