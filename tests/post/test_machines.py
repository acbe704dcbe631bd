"""Every machine of the post: what its table lacks is refused, every state can be reached, the drawing is its own."""

from __future__ import annotations

import pytest

from tests.post import drawings
from vedette.post import IllegalMove
from vedette.post.machine import next_of

EVERY_MOVE = sorted({move for _, moves in drawings.MACHINES.values() for _, move in moves})


@pytest.mark.parametrize("name", drawings.MACHINES)
def test_what_is_not_in_the_table_is_refused(name: str) -> None:
    first, table = drawings.MACHINES[name]
    for state in type(first):
        for move in EVERY_MOVE:
            if (state, move) in table:
                assert next_of(table, "x", state, move) in type(first)
            else:
                with pytest.raises(IllegalMove, match=f"x is {state.value}: it cannot {move}"):
                    next_of(table, "x", state, move)


@pytest.mark.parametrize("name", drawings.MACHINES)
def test_every_state_can_be_reached(name: str) -> None:
    first, table = drawings.MACHINES[name]
    reached, fresh = {first}, [first]
    while fresh:
        state = fresh.pop()
        for after in {after for (before, _), after in table.items() if before is state} - reached:
            reached.add(after)
            fresh.append(after)
    assert reached == set(type(first))


@pytest.mark.parametrize("name", drawings.MACHINES)
def test_the_drawing_is_of_the_table(name: str) -> None:
    assert drawings.drawing(name) in drawings.TARGET.read_text()
