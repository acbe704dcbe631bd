"""When an output is tried again."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.outputs.test_waiting import parcel
from vedette.outputs.backoff import BackOff
from vedette.outputs.seam import Later
from vedette.outputs.waiting import OLD_S, Waiting


class Fixed(random.Random):
    """Draws one number for ever."""

    def __init__(self, drawn: float) -> None:
        super().__init__()
        self._drawn = drawn

    def random(self) -> float:
        return self._drawn


def test_waits_double_up_to_the_longest_and_begin_again_once_something_was_sent() -> None:
    back_off = BackOff(0.5, 30.0, Fixed(0.0))
    assert [back_off.next_s() for _ in range(8)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    back_off.reset()
    assert back_off.next_s() == 0.5


@given(st.integers(0, 2**32), st.integers(1, 50))
def test_each_is_shortened_by_up_to_half(seed: int, failures: int) -> None:
    back_off, whole = BackOff(0.5, 30.0, random.Random(seed)), BackOff(0.5, 30.0, Fixed(0.0))
    for _ in range(failures):
        wait_s, longest_s = back_off.next_s(), whole.next_s()
        assert longest_s / 2.0 <= wait_s <= longest_s


def test_what_a_partner_asks_for_comes_on_top() -> None:
    back_off = BackOff(0.5, 30.0, Fixed(0.0))
    assert back_off.next_s(Later("answers 503", 7.0)) == 7.5
    assert back_off.next_s(ConnectionError("cut")) == 1.0


def test_an_alert_that_waited_too_long_is_shed_where_its_kind_says_so() -> None:
    waiting = Waiting(keep_s=3600.0)
    waiting.put(parcel("alert", "a"), 0.0)
    waiting.put(parcel("alert", "b"), 10.0)
    taken = waiting.take(3601.0)
    assert taken is not None
    assert (taken.about, [one.about for one in waiting.shed]) == ("b", ["a"])
    patient = Waiting()
    patient.put(parcel("alert", "a"), 0.0)
    assert patient.take(1e9) is not None


@pytest.mark.parametrize(("kind", "keep_s"), [("alert", 3600.0), ("track", OLD_S)])
def test_trying_again_makes_nothing_younger(kind: str, keep_s: float) -> None:
    waiting = Waiting(keep_s=3600.0)
    waiting.put(parcel(kind, "a"), 0.0)
    for now_s in (keep_s / 2.0, keep_s):
        taken = waiting.take(now_s)
        assert taken is not None
        waiting.put_back(taken, now_s)
    assert waiting.take(keep_s + 0.1) is None
    assert [one.about for one in waiting.shed] == ["a"]
