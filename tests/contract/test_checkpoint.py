"""`verify --checkpoint` takes what is in hand: a line of checkpoints.log, or the record's head as reports print it."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedette.errors import BadInput
from vedette.record.proof.checkpoints import given_checkpoints

HASH = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "text", [f"12 {HASH}", f"Record head: 12 {HASH}", f' {{"seq": 12, "hash": "{HASH}", "received": 1.0}}']
)
def test_a_text_or_a_file_of_it_names_one_event(tmp_path: Path, text: str) -> None:
    (tmp_path / "kept.txt").write_text(text + "\n")
    for given in (text, tmp_path / "kept.txt", str(tmp_path / "kept.txt")):
        (found,) = given_checkpoints(given)
        assert (found.seq, found.hash) == (12, HASH)


@pytest.mark.parametrize("text", [f"0 {HASH}", f"12 {HASH[1:]}", '{"seq": 12}', "12"])
def test_anything_else_is_bad_input(tmp_path: Path, text: str) -> None:
    (tmp_path / "kept.txt").write_text(text + "\n")
    for given in (text, tmp_path / "kept.txt"):
        with pytest.raises(BadInput):
            given_checkpoints(given)
