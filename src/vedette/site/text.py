"""A site file's text, read and parsed; first looked at once for what TOML's readers take quadratic time over."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from vedette.errors import BadInput

PARTS: Final = 20
"""Parts of one dotted key; the deepest key of a site file has five."""
DOTTED: Final = 500
"""Lines that begin with a dotted key: tables are the usual way to say the same."""
TABLES: Final = 5000
"""Tables: a country's sensors."""
DEEPEST: Final = 20
"""Tables and lists within each other; no key of a site file goes deeper than five."""

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


def read_text(path: Path) -> str:
    """What a site file holds.

    Raises:
        BadInput: it is missing, cannot be read or is no text.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise BadInput(path, "no such file") from None
    except UnicodeDecodeError:
        raise BadInput(path, "not UTF-8 text") from None
    except OSError as error:
        raise BadInput(path, f"cannot be read: {error.strerror}") from None


def parsed(path: Path, toml: str) -> dict[str, Any]:
    """The document of a text; `path` is named where it is none.

    Raises:
        BadInput: not TOML, too much of it, or nested too deep.
    """
    if (why := too_much(toml)) is not None:
        raise BadInput(path, why)
    try:
        document = tomllib.loads(toml)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a ValueError
        raise BadInput(path, f"not TOML: {error}") from None
    level: list[Any] = [document]
    for _ in range(DEEPEST):
        level = [below for one in level for below in (one.values() if isinstance(one, dict) else one)]
        level = [one for one in level if isinstance(one, dict | list)]
    if level:
        raise BadInput(path, f"nested more than {DEEPEST} deep")
    return document
