from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.flights import SITE
from vedette.clock import iso_utc
from vedette.errors import BadInput
from vedette.history import bring_in, read_mapping

MAP = """
delimiter = ";"
time_format = "%d.%m.%Y %H:%M"
list_separator = "/"
[columns]
incident = "No"
opened = ["Date", "Time"]
aircraft = "Count"
kinds = "Type"
azimuth_true_deg = "From"
place = "Fell"
serials = "Serial"
[kinds]
"FPV" = "uav_rotary"
"plane" = "uav_fixed_wing"
[places]
"in base" = "inside"
"""
TABLE = """No;Date;Time;Count;Type;From;Fell;Serial;Note
7;11.09.2021;23:43;2;plane/FPV;360;in base;X1/X2;öl
8;12.09.2021;;;;;;;
"""


def files(folder: Path, table: str = TABLE, mapping: str = MAP) -> tuple[Path, Path]:
    (folder / "t.csv").write_text(table)
    (folder / "m.toml").write_text(mapping)
    return folder / "t.csv", folder / "m.toml"


def test_a_table_comes_in_by_its_mapping(tmp_path: Path) -> None:
    table, mapping = files(tmp_path, TABLE.replace("12.09.2021;;", "12.09.2021;06:00;"))
    first, second = bring_in(table, read_mapping(mapping), SITE, "Operator 1", 5.0)
    assert first.past.incident == "7"
    assert iso_utc(first.past.opened_s).startswith("2021-09-11T20:43:00")
    assert (first.past.aircraft, first.past.kinds) == (2, ("uav_fixed_wing", "uav_rotary"))
    assert (first.past.azimuth_true_deg, first.past.place, first.past.serials) == (0.0, "inside", ("X1", "X2"))
    assert (first.row, first.file, first.by, first.at_s) == (1, "t.csv", "Operator 1", 5.0)
    assert (second.past.aircraft, second.past.kinds, second.past.place) == (None, (), None)
    assert first.sha256 == second.sha256


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("23:43", "25:43", "row 1, Date Time"),
        ("plane/FPV", "kite", "'kite' is not known"),
        (";360;", ";361;", "not from 0 to 360"),
        (";2;", ";two;", "is no number"),
        ("in base", "on the roof", "on the roof"),
        ("\n7;", "\n;", "row 1, No"),
        ("\n8;12.09.2021;;", "\n7;12.09.2021;01:00;", "twice"),
        ("Fell", "Where", "has no such column"),
        (TABLE[TABLE.index("7;") :], "", "has no rows"),
    ],
)
def test_the_first_bad_row_refuses_the_table(tmp_path: Path, old: str, new: str, said: str) -> None:
    table, mapping = files(tmp_path, TABLE.replace(old, new, 1))
    with pytest.raises(BadInput, match=said) as refused:
        bring_in(table, read_mapping(mapping), SITE, "Operator 1", 5.0)
    assert "t.csv" in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"uav_rotary"', '"helicopter"', "kinds.FPV"),
        ('"inside"', '"within"', "places.in base"),
        ("delimiter", "delimeter", "delimeter"),
        ('delimiter = ";"', 'timezone = "Mars/Base"', "timezone"),
        ('incident = "No"', "", "incident"),
        ('";"', '";;"', "one character"),
        ("[columns]", "[columns", "m.toml"),
    ],
)
def test_a_bad_mapping_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    _, mapping = files(tmp_path, mapping=MAP.replace(old, new, 1))
    with pytest.raises(BadInput, match=said):
        read_mapping(mapping)


def test_missing_files_are_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.toml"):
        read_mapping(tmp_path / "none.toml")
    _, mapping = files(tmp_path)
    with pytest.raises(BadInput, match=r"none\.csv"):
        bring_in(tmp_path / "none.csv", read_mapping(mapping), SITE, "x", 0.0)
    (tmp_path / "latin.csv").write_bytes(TABLE.encode("latin-1"))
    with pytest.raises(BadInput, match="utf-8"):
        bring_in(tmp_path / "latin.csv", read_mapping(mapping), SITE, "x", 0.0)
