"""AVR text framing of Mode S receivers: a byte stream ↔ frames, one a line.

*HEX;              message of 4 (Mode A/C), 14 (short) or 28 (long) hexadecimal digits
@CCCCCCCCCCCCHEX;  the same behind 12 digits of the receiver's counter (12 MHz, as in vedette.wire.beast)
<CCCCCCCCCCCCSSHEX; the same with 2 digits of signal level

Line ends and blanks between frames are skipped. Rejected: `bad_frame` (not such a line), `truncated`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vedette.model import Rejected
from vedette.wire.beast import ModeSFrame

_DIGITS: Final = frozenset(b"0123456789abcdefABCDEF")
_LEADS: Final = {ord("*"): 0, ord("@"): 12, ord("<"): 14}
_MAX_LINE: Final = 64


class AvrReader:
    """Takes a stream in pieces of any size and gives its frames. Finds its way back after garbage."""

    def __init__(self) -> None:
        self._held = b""
        self._offset = 0

    def feed(self, octets: bytes) -> Iterator[ModeSFrame | Rejected]:
        """The frames that `octets` completes; an unfinished line is held, up to 64 bytes."""
        *lines, held = (self._held + octets).split(b"\n")
        for line in lines:
            yield from self._line(line)
            self._offset += len(line) + 1
        if len(held) > _MAX_LINE:
            yield from self._line(held)
            self._offset += len(held)
            held = b""
        self._held = held

    def close(self) -> Iterator[ModeSFrame | Rejected]:
        """What the stream's end leaves: a last line without its end, or the start of a frame."""
        held, self._held = self._held, b""
        if held.strip() and not held.rstrip().endswith(b";"):
            yield Rejected(reason="truncated", raw=held, offset=self._offset)
        else:
            yield from self._line(held)

    def _line(self, line: bytes) -> Iterator[ModeSFrame | Rejected]:
        text = line.strip()
        if text:
            yield _parse(text, self._offset) or Rejected(reason="bad_frame", raw=line, offset=self._offset)


def _parse(text: bytes, offset: int) -> ModeSFrame | None:
    lead = _LEADS.get(text[0])
    digits = text[1:-1]
    if lead is None or text[-1:] != b";" or not _DIGITS.issuperset(digits) or len(digits) - lead not in (4, 14, 28):
        return None
    return ModeSFrame(
        message=bytes.fromhex(digits[lead:].decode("ascii")),
        ticks=int(digits[:12], 16) if lead else None,
        signal=int(digits[12:14], 16) if lead == 14 else None,
        offset=offset,
    )


def encode_avr(frame: ModeSFrame) -> bytes:
    """The bytes of a frame on the wire: with its counter where it has one."""
    lead = "*" if frame.ticks is None else f"@{frame.ticks:012X}"
    return f"{lead}{frame.message.hex().upper()};\n".encode("ascii")
