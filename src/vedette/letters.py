"""Letters of people's words that nobody sees: what is written is to be what is read."""

from __future__ import annotations

import unicodedata
from typing import Final

_HIDING: Final = frozenset(
    [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2060, 0x2070)), "\u2028", "\u2029", "\u200b", "\ufeff"]
)
"""They turn others round, break a line, or part two names that look alike."""


def unseen(text: str) -> str | None:
    """The first letter, as U+…, that no person means to write; None where there is none.

    Such are controls but line breaks and tabs, what reorders or hides others, and what is no letter at all. The joiners
    and marks that Persian, Arabic and Hebrew are written with are none.
    """
    return next((f"U+{ord(letter):04X}" for letter in text if _is_unseen(letter)), None)


def _is_unseen(letter: str) -> bool:
    if letter.isprintable() or letter in "\n\r\t":
        return False
    point = ord(letter)
    nothing = point & 0xFFFE == 0xFFFE or 0xFDD0 <= point < 0xFDF0 or 0xE0000 <= point < 0xE0080
    return nothing or letter in _HIDING or unicodedata.category(letter) in ("Cc", "Cs", "Co")
