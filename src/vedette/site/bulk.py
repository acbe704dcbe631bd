"""What a site file's text may hold of what TOML's readers take quadratic time over; told by looking at it once."""

from __future__ import annotations

import re
from typing import Final

PARTS: Final = 20
"""Parts of one dotted key; the deepest key of a site file has five."""
DOTTED: Final = 500
"""Lines that begin with a dotted key: tables are the usual way to say the same."""
TABLES: Final = 5000
"""Tables: a country's sensors."""

_PART: Final = r"""[ \t]*+(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\."""
_LONG: Final = re.compile(f"(?:{_PART}){{{PARTS}}}")
_DOTTED: Final = re.compile(f"^{_PART}", re.MULTILINE)
_TABLE: Final = re.compile(r"^[ \t]*+\[", re.MULTILINE)


def too_much(toml: str) -> str | None:
    """Why this text is not even read; None: it may be."""
    if _LONG.search(toml) is not None:
        return f"a key of {PARTS} parts or more"
    if _count(_DOTTED, toml) > DOTTED:
        return f"more than {DOTTED} dotted keys: write tables"
    if _count(_TABLE, toml) > TABLES:
        return f"more than {TABLES} tables"
    return None


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in pattern.finditer(text))
