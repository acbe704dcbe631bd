"""JSON that anybody may have sent → its value, or nothing."""

from __future__ import annotations

from typing import Any

import msgspec


def parse_json(octets: bytes) -> Any:
    """The value; None where it is no JSON (or is null): not UTF-8, not well-formed, nested too deep."""
    try:
        return msgspec.json.decode(octets)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
