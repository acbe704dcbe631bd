"""Where in a site file's text a key stands, so that a fault can be shown beside its line."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Final

_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?\s*(#.*)?$")
_KEY: Final = re.compile(r"\s*([A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]+)*)\s*=")
_LAST: Final = re.compile(r"(\.[^.\[\]]+|\[\d+\])$")
_TOML_SAYS: Final = re.compile(r"\(at line (\d+), column \d+\)")


def line_of(toml: str, key: str) -> int | None:
    """The line (from 1) of a fault's key such as `sensor[1].p_detect`; of its table where the key is not written.

    None: the text has neither. Keys are looked for where they begin a line; what stands inside a text of many lines is
    taken for one all the same, which is no harm here.
    """
    lines = _lines(toml)
    while key:
        if key in lines:
            return lines[key]
        shorter = _LAST.sub("", key)
        key = shorter if shorter != key else ""
    return None


def line_in_words(message: str) -> int | None:
    """The line that the parser of TOML names in its own words."""
    found = _TOML_SAYS.search(message)
    return int(found[1]) if found else None


@functools.lru_cache(maxsize=4)  # asked for each of one text's faults, of which there may be as many as lines
def _lines(toml: str) -> Mapping[str, int]:
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(toml.splitlines(), start=1):
        header = _HEADER.match(line)
        if header is not None:
            prefix = header[2]
            if header[1] == "[[":
                counts[prefix] = counts.get(prefix, -1) + 1
                prefix = f"{prefix}[{counts[header[2]]}]"
            lines.setdefault(prefix, number)
            lines.setdefault(header[2], number)
            continue
        key = _KEY.match(line)
        if key is not None:
            lines.setdefault(f"{prefix}.{key[1]}" if prefix else key[1], number)
    return lines
