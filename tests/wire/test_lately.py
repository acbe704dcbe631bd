from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vedette.wire.lately import Lately


def test_a_name_is_kept_while_it_is_heard_and_forgotten_after_a_silence() -> None:
    lately: Lately[list[int]] = Lately(list, 10.0, 100)
    first = lately.hear("a", 0.0)
    assert first is not None
    first.append(1)
    assert lately.hear("a", 10.0) == [1]
    assert lately.hear("b", 20.1) == []
    assert lately.peek("a") is None
    assert lately.hear("c", 21.0, new=False) is None
    assert lately.peek("b") == []
    assert len(lately) == 1
    assert lately.hear("b", 40.0, new=False) is None, "its own silence counts as another's"
    assert len(lately) == 0


def test_the_longest_silent_makes_room() -> None:
    lately: Lately[list[int]] = Lately(list, 10.0, 2)
    for name in ("a", "b", "a", "c"):
        lately.hear(name, 1.0)
    assert [lately.peek(name) is not None for name in "abc"] == [True, False, True]


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0.0, 5.0)), max_size=60))
def test_what_is_heard_now_is_never_forgotten(steps: list[tuple[int, float]]) -> None:
    lately: Lately[list[int]] = Lately(list, 10.0, 4)
    now_s = 0.0
    for name, wait_s in steps:
        now_s += wait_s
        assert lately.hear(str(name), now_s) is not None
        assert lately.peek(str(name)) is not None
        assert 1 <= len(lately) <= 4
