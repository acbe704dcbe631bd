"""rs1090's JSON lines (jet1090's output): `timestamp`, UTC seconds, and `frame`, hexadecimal, among what it decoded.

What it decoded is decoded again here, from the frame; where it places the aircraft is kept, since a surface position
means nothing without a place near it. Rejected: `bad_row` (no object with both).
"""

from __future__ import annotations

from typing import Any

import msgspec

from vedette.model import Rejected
from vedette.wire.beast import ModeSFrame
from vedette.wire.json_text import parse_json


def decode_rs1090_line(line: bytes, offset: int = 0) -> tuple[float | None, ModeSFrame | Rejected]:
    """The frame of one line, and when it was heard."""
    row = parse_json(line)
    at_s, text = (row.get("timestamp"), row.get("frame")) if isinstance(row, dict) else (None, None)
    if isinstance(at_s, (int, float)) and not isinstance(at_s, bool) and 0.0 <= at_s < 1e11 and isinstance(text, str):
        try:
            frame = ModeSFrame(message=bytes.fromhex(text), offset=offset)
            place = _stated(row)
            return float(at_s), frame if place is None else msgspec.structs.replace(frame, stated_place=place)
        except ValueError:
            pass
    return None, Rejected(reason="bad_row", raw=line, offset=offset)


def _stated(row: dict[str, Any]) -> tuple[float, float] | None:
    latitude, longitude = row.get("latitude"), row.get("longitude")
    if not isinstance(latitude, float) or not isinstance(longitude, float):
        return None
    return (latitude, longitude) if abs(latitude) <= 90.0 and abs(longitude) <= 180.0 else None


def looks_like_rs1090(octets: bytes) -> bool:
    """Whether the first line is such an object."""
    at_s, _ = decode_rs1090_line(octets.split(b"\n", 1)[0])
    return at_s is not None
