"""Framing of SAPIENT on TCP: a byte stream ↔ frames.

    length u32 little-endian, then `length` bytes: one SapientMessage in protobuf

There is no mark between frames: after a length that cannot be, the stream says nothing any more, and whoever reads a
connection has to close it (`broken`). Rejected: `oversized` (a length beyond the bound), `empty` (a length of 0),
`truncated` (the stream ended inside a frame). Garbage is one of the three, or a frame that is no message.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

import msgspec

from vedette.model import Rejected

MAX_BYTES: Final = 1 << 20
"""Longest frame taken: 1 MiB, also what the Apex middleware takes by default (messageMaxSizeKb 1024)."""
_LENGTH: Final = struct.Struct("<I")
_KEPT_BYTES: Final = 64
"""Of bytes that are no frame, so many are shown with the reject."""


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One message's bytes, without their length. `offset`: of its length in the stream."""

    payload: bytes
    offset: int = 0


class FrameReader:
    """Takes a stream in pieces of any size and gives its frames.

    Args:
        max_bytes: longest frame taken; a longer one ends the stream.

    Attributes:
        broken: the stream has lost its frames, and gives no more.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.broken = False
        self._max_bytes = max_bytes
        self._held = bytearray()
        self._offset = 0

    def feed(self, octets: bytes) -> Iterator[Frame | Rejected]:
        """The frames that `octets` completes; what is incomplete is held, at most `max_bytes` and 4 bytes of it."""
        if self.broken:
            return
        held, at = self._held, 0
        held += octets
        try:
            while len(held) - at >= _LENGTH.size:
                (length,) = _LENGTH.unpack_from(held, at)
                if length > self._max_bytes:
                    self.broken = True
                    raw, offset = bytes(held[at : at + _KEPT_BYTES]), self._offset + at
                    at = len(held)
                    yield Rejected(reason="oversized", raw=raw, offset=offset)
                    return
                end = at + _LENGTH.size + length
                if end > len(held):
                    return
                payload, offset = bytes(held[at + _LENGTH.size : end]), self._offset + at
                at = end
                yield Frame(payload=payload, offset=offset) if length else Rejected(reason="empty", offset=offset)
        finally:
            self._offset += at
            del held[:at]

    def close(self) -> Iterator[Rejected]:
        """What the stream's end leaves unfinished."""
        if self._held:
            yield Rejected(reason="truncated", raw=bytes(self._held[:_KEPT_BYTES]), offset=self._offset)
        self._held.clear()


def encode_frame(payload: bytes) -> bytes:
    """The bytes of one message on the wire."""
    return _LENGTH.pack(len(payload)) + payload


def looks_framed(octets: bytes) -> bool:
    """Whether a file begins with a frame of a plausible length whose first byte is a field of SapientMessage.

    Fields 1 to 13 of wire type 2 begin with 0a, 12, 1a … 6a; a sender writes them in order, so the first is 1 to 13.
    """
    if len(octets) < _LENGTH.size + 2:
        return False
    (length,) = _LENGTH.unpack_from(octets)
    first = octets[_LENGTH.size]
    return 2 <= length <= MAX_BYTES and first & 0x07 == 2 and 1 <= first >> 3 <= 13
