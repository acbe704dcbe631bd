"""The response's machines: every move of every state, and the drawings."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import pytest

from tests.post import drawings
from vedette.post import IllegalMove
from vedette.post.response import machines

TABLES: dict[str, Mapping[tuple[Any, str], Any]] = {
    "step": machines.STEP_MOVES,
    "checklist": machines.CHECKLIST_MOVES,
    "notice": machines.NOTICE_MOVES,
    "closure": machines.CLOSURE_MOVES,
    "hand-over": machines.HAND_OVER_MOVES,
}
ALL_MOVES = {move for table in TABLES.values() for _, move in table}


@pytest.mark.parametrize("name", TABLES)
def test_what_is_not_in_the_table_is_refused(name: str) -> None:
    table = TABLES[name]
    states: type[enum.StrEnum] = type(next(iter(table))[0])
    for state in states:
        for move in ALL_MOVES:
            if (state, move) in table:
                assert machines.next_of(table, "x", state, move) is table[state, move]
            else:
                with pytest.raises(IllegalMove):
                    machines.next_of(table, "x", state, move)


@pytest.mark.parametrize("name", TABLES)
def test_the_drawing_is_of_the_table(name: str) -> None:
    assert drawings.drawing(name) in drawings.TARGET.read_text()
