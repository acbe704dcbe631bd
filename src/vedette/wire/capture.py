"""The capture's files: what one feed received, and when, so that it can be played again as it came.

    file    = magic, head, frame*            magic: the 7 letters VEDCAP2, a line feed
    head    = length uint16, JSON {"feed", "sensor", "source", "scheme", "listens"}: as in the site file
    frame   = received_s float64, order uint64, line uint32, kind uint8, length uint32, then `length` octets

All numbers are little-endian. `received_s`: UTC seconds. `order` counts over all feeds of one watch from 1: by
(received_s, order) the files of several feeds are one sequence again. `line`: the connection, counted by its feed from
1; 0 where a feed has one alone.

    kind  0 octets      a datagram, a message, or a piece of a stream, as received
          1 began       the feed's reader began anew: all before it is forgotten
          2 opened      a line was opened: what was cut off on it before is not continued
          3 closed      a line ended; octets: why, UTF-8
          4 time        time alone brought something: a look that had waited for more was finished
          5 ended       the watch ended

VEDCAP1, which earlier versions wrote, has no head, and frames of received_s float64, length uint32, octets: neither
feed, order nor lines. A frame cut short by a crash can only be a file's last.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Iterator
from typing import Final

import msgspec

from vedette.model import Rejected

MAGIC: Final = b"VEDCAP2\n"
MAGIC_1: Final = b"VEDCAP1\n"
_LENGTH: Final = struct.Struct("<H")
_FRAME: Final = struct.Struct("<dQIBI")
_FRAME_1: Final = struct.Struct("<dI")


class CaptureKind(enum.IntEnum):
    """What a frame says."""

    OCTETS = 0
    BEGAN = 1
    OPENED = 2
    CLOSED = 3
    TIME = 4
    ENDED = 5


class CaptureHead(msgspec.Struct, frozen=True, kw_only=True):
    """Whose octets a file holds. scheme: of the feed's url; listens: whether others connected to it."""

    feed: str
    sensor: str
    source: str
    scheme: str
    listens: bool = True


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What happened on one feed at one time, as it is captured."""

    received_s: float
    kind: CaptureKind = CaptureKind.OCTETS
    line: int = 0
    octets: bytes = b""


class CaptureFrame(msgspec.Struct, frozen=True, kw_only=True):
    """A moment with its place among those of all feeds. order: 0 in VEDCAP1. offset: in the file."""

    moment: Moment
    order: int
    offset: int


def is_vedette_capture(octets: bytes) -> bool:
    """Whether a file that begins so is a capture."""
    return octets.startswith((MAGIC, MAGIC_1))


def encode_head(head: CaptureHead) -> bytes:
    """How a file begins."""
    said = msgspec.json.encode(head)
    return MAGIC + _LENGTH.pack(len(said)) + said


def encode_moment(moment: Moment, order: int) -> bytes:
    """One frame."""
    head = _FRAME.pack(moment.received_s, order, moment.line, moment.kind, len(moment.octets))
    return head + moment.octets


def read_head(octets: bytes) -> CaptureHead | None:
    """Whose octets a file holds; None where it does not say (VEDCAP1), or cannot be read."""
    if not octets.startswith(MAGIC):
        return None
    try:
        return msgspec.json.decode(octets[len(MAGIC) + _LENGTH.size : _head_end(octets)], type=CaptureHead)
    except (msgspec.DecodeError, UnicodeDecodeError, struct.error):
        return None


def _head_end(octets: bytes) -> int:
    (length,) = _LENGTH.unpack_from(octets, len(MAGIC))
    return len(MAGIC) + _LENGTH.size + int(length)


def read_frames(octets: bytes) -> Iterator[CaptureFrame | Rejected]:
    """A file's frames in their order.

    Rejected: `bad_head`, `truncated`, and `bad_frame` for a kind or a time that is none; nothing follows any of them.
    """
    old = octets.startswith(MAGIC_1)
    if not old and read_head(octets) is None:
        yield Rejected(reason="bad_head", offset=0)
        return
    at = len(MAGIC_1) if old else _head_end(octets)
    while at < len(octets):
        frame = _frame(octets, at, _FRAME_1 if old else _FRAME)
        yield frame
        if isinstance(frame, Rejected):
            return
        at += (_FRAME_1 if old else _FRAME).size + len(frame.moment.octets)


def begins_at(octets: bytes) -> tuple[float, int] | None:
    """Receive time and order of the first frame of a file that begins so; None where there is none."""
    old = octets.startswith(MAGIC_1)
    if not old and read_head(octets) is None:
        return None
    at, layout = (len(MAGIC_1), _FRAME_1) if old else (_head_end(octets), _FRAME)
    if len(octets) - at < layout.size:
        return None
    received_s, order, *_ = layout.unpack_from(octets, at)
    return (received_s, 0 if old else order) if _is_time(received_s) else None


def _frame(octets: bytes, at: int, layout: struct.Struct) -> CaptureFrame | Rejected:
    if len(octets) - at < layout.size:
        return Rejected(reason="truncated", offset=at)
    received_s, *rest, length = layout.unpack_from(octets, at)
    order, line, kind = rest or (0, 0, CaptureKind.OCTETS)
    body = octets[at + layout.size : at + layout.size + length]
    if kind > max(CaptureKind) or not _is_time(received_s):
        return Rejected(reason="bad_frame", offset=at)
    if len(body) < length:
        return Rejected(reason="truncated", offset=at)
    moment = Moment(received_s=received_s, kind=CaptureKind(kind), line=line, octets=body)
    return CaptureFrame(moment=moment, order=order, offset=at)


_TIMES_S: Final = (0.0, 32_503_680_000.0)
"""From 1970 to 3000: no other time was ever received."""


def _is_time(received_s: float) -> bool:
    return _TIMES_S[0] <= received_s < _TIMES_S[1]
