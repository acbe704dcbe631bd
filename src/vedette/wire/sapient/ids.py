"""UUID and ULID: their forms, and the ones we give.

    UUID  32 hexadecimal digits as 8-4-4-4-12; the standard's middleware Apex takes version 4 in lower case alone
    ULID  26 characters of Crockford's base 32 (no I, L, O, U), upper case: 48 bits of ms since 1970, 80 bits more

Ours are derived from the names that Vedette counts (a site's id, a track's name): the same name, the same id, in a
replay and after a restart too.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Final

UUID_FORM: Final = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
STRICT_UUID_FORM: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
ULID_FORM: Final = re.compile(r"[0-7][0-9a-hjkmnp-tv-zA-HJKMNP-TV-Z]{25}")
STRICT_ULID_FORM: Final = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MOST_MS: Final = (1 << 48) - 1


def uuid_of(name: str) -> str:
    """The UUID of a name, of the form of version 4."""
    return str(uuid.UUID(bytes=hashlib.sha256(f"vedette uuid {name}".encode()).digest()[:16], version=4))


def ulid_of(name: str, at_s: float) -> str:
    """The ULID of a name that was given at `at_s` (UTC seconds)."""
    milliseconds = min(max(int(at_s * 1000.0), 0), _MOST_MS)
    digest = hashlib.sha256(f"vedette ulid {name}".encode()).digest()[:10]
    number = milliseconds << 80 | int.from_bytes(digest, "big")
    return "".join(_CROCKFORD[number >> shift & 0x1F] for shift in range(125, -5, -5))
