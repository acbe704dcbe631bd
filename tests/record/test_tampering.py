"""A short run of `make tamper`: random changes to rows and octets of a record, all found."""

from __future__ import annotations

from pathlib import Path

from tests.record.tampering import CHANGES, run


def test_random_changes_are_found(tmp_path: Path) -> None:
    missed, done = run(tmp_path, changes=1000, octets=300, seed=2)
    assert missed == []
    assert {change.__name__ for change in CHANGES} <= set(done)
    assert min(done["octet found"], done["octet without effect"]) > 30
