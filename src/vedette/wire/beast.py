"""Beast binary framing of Mode S receivers: a byte stream ↔ frames.

1a, kind, then escaped (each 1a inside is sent twice): clock 6 B big-endian, signal u8, message
kind 31 Mode A/C (2 B), 32 Mode S short (7 B), 33 Mode S long (14 B); 34 status (14 B) and any other kind are skipped
signal: the square root of the level, full scale 255

The clock is one of two, and the stream does not say which: a counter of 12 MHz from an unknown start (most receivers),
or GPS time of day (Radarcape: upper 18 bits seconds of the day, lower 30 nanoseconds). It is kept as `ticks`, and
whoever uses it says which it is. A message from a multilateration server has the counter FF004D4C4154 and no time.

Rejected: `bad_frame` (1a and no kind, or a frame broken off by the next), `garbage` (bytes before any 1a), `truncated`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from vedette.model import Rejected

COUNTER_HZ: Final = 12_000_000
MLAT_TICKS: Final = 0xFF004D4C4154
_LENGTHS: Final = {0x31: 9, 0x32: 14, 0x33: 21, 0x34: 21}
_ESCAPE: Final = 0x1A
_PLAIN: Final = {bytes([_ESCAPE, kind]): length for kind, length in _LENGTHS.items() if kind != 0x34}


class ModeSFrame(msgspec.Struct, frozen=True, kw_only=True):
    """A Mode S message (7 or 14 bytes), or Mode A/C (2). `ticks`: the receiver's counter, None where it gave none.

    stated_place: latitude and longitude in degrees that whoever passed the message on decoded from it.
    """

    message: bytes
    ticks: int | None = None
    signal: int | None = None
    offset: int = 0
    stated_place: tuple[float, float] | None = None


class BeastReader:
    """Takes a stream in pieces of any size and gives its frames. Finds its way back after garbage."""

    def __init__(self) -> None:
        self._held = b""
        self._offset = 0

    def feed(self, octets: bytes) -> Iterator[ModeSFrame | Rejected]:
        """The frames that `octets` completes; the start of an incomplete one is held (at most 44 bytes)."""
        held, self._held = self._held + octets, b""
        at, end = 0, len(held)
        while at < end:
            length = _PLAIN.get(held[at : at + 2], end)
            body = held[at + 2 : at + 2 + length]
            if len(body) == length and _ESCAPE not in body:  # a whole frame with nothing escaped: nearly every one
                yield _frame(body, self._offset + at)
                at += 2 + length
                continue
            step = self._step(held, at)
            if step is None:
                self._held = held[at:]
                break
            found, after = step
            if found is not None:
                yield found
            at = after
        self._offset += at

    def close(self) -> Iterator[Rejected]:
        """What the stream's end leaves unfinished."""
        if self._held:
            yield Rejected(reason="truncated", raw=self._held, offset=self._offset)
        self._held = b""

    def _step(self, held: bytes, at: int) -> tuple[ModeSFrame | Rejected | None, int] | None:
        """What begins at `at` and where the next begins; None: more bytes are needed."""
        offset = self._offset + at
        if held[at] != _ESCAPE:
            after = held.find(_ESCAPE, at)
            after = len(held) if after < 0 else after
            return Rejected(reason="garbage", raw=held[at:after], offset=offset), after
        if at + 1 >= len(held):
            return None
        kind = held[at + 1]
        if kind not in _LENGTHS:
            # the second may be a frame's 1a, and this one the last of something lost
            return Rejected(reason="bad_frame", raw=held[at : at + 1], offset=offset), at + 1
        body, after = _unescape(held, at + 2, _LENGTHS[kind])
        if len(body) < _LENGTHS[kind]:
            broken = after < len(held) and not (after + 1 == len(held) and held[after] == _ESCAPE)
            return (Rejected(reason="bad_frame", raw=held[at:after], offset=offset), after) if broken else None
        if kind == 0x34:
            return None, after
        return _frame(body, offset), after


def _frame(body: bytes, offset: int) -> ModeSFrame:
    ticks = int.from_bytes(body[:6], "big")
    return ModeSFrame(message=body[7:], ticks=None if ticks == MLAT_TICKS else ticks, signal=body[6], offset=offset)


def _unescape(held: bytes, at: int, length: int) -> tuple[bytes, int]:
    """Up to `length` bytes from `at`; stops early at a lone 1a (the next frame), or where the bytes end."""
    body = bytearray()
    while len(body) < length and at < len(held):
        if held[at] == _ESCAPE:
            if held[at + 1 : at + 2] != b"\x1a":
                break
            at += 1
        body.append(held[at])
        at += 1
    return bytes(body), at


def encode_beast(frame: ModeSFrame) -> bytes:
    """The bytes of a frame on the wire."""
    kind = {2: 0x31, 7: 0x32, 14: 0x33}[len(frame.message)]
    ticks = MLAT_TICKS if frame.ticks is None else frame.ticks
    body = ticks.to_bytes(6, "big") + bytes([frame.signal or 0]) + frame.message
    return bytes([_ESCAPE, kind]) + body.replace(b"\x1a", b"\x1a\x1a")


def gps_time_of_day_s(ticks: int) -> float | None:
    """Seconds of the day of a Radarcape's GPS clock, None if the counter cannot be one."""
    seconds, nanoseconds = ticks >> 30, ticks & 0x3FFFFFFF
    return seconds + nanoseconds * 1e-9 if seconds < 86_400 and nanoseconds < 1_000_000_000 else None
