from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.letters import unseen


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", None), ("two\nlines\tand a tab\r\n", None), ("é û 中 🚁 👩‍🚒", None), ("می‌خواهم", None), ("א\u200f", None),
        ("a\x00", "U+0000"), ("\x1b[31m", "U+001B"), ("\x7f", "U+007F"), ("\x85", "U+0085"), ("a\u202eb", "U+202E"),
        ("\u2066", "U+2066"), ("\u200b", "U+200B"), ("\ufeff", "U+FEFF"), ("\u2028", "U+2028"), ("\ufffe", "U+FFFE"),
        ("\U000e0041", "U+E0041"), ("\ue000", "U+E000"),
    ],
)  # fmt: skip
def test_what_nobody_sees(text: str, found: str | None) -> None:
    assert unseen(text) == found


@given(st.text(st.characters(categories=["L", "N", "P", "S", "M", "Zs"])))
def test_whatever_is_seen_passes(text: str) -> None:
    assert unseen(text) is None
