from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vedette.access.delays import ACCOUNT, ADDRESS, FORGET_S, MOST_KEPT, Delays


def failures(delays: Delays, account: str, address: str, now_s: float, most: int) -> int:
    """How many attempts are let through at one moment."""
    return sum(delays.begin(account, address, now_s) == 0.0 for _ in range(most))


def test_the_wait_doubles_and_has_an_end() -> None:
    delays, now_s, waits = Delays(), 0.0, []
    for _ in range(14):
        wait_s = delays.begin("a", "192.0.2.1", now_s)
        if wait_s > 0.0:
            waits.append(wait_s)
            now_s += wait_s
            assert delays.begin("a", "192.0.2.1", now_s) == 0.0
    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert max(waits) == ACCOUNT.most_s
    assert waits == sorted(waits)


def test_many_at_once_are_no_way_round() -> None:
    assert failures(Delays(), "a", "192.0.2.1", 0.0, 1000) == ACCOUNT.free


def test_one_address_over_many_accounts_waits_too() -> None:
    delays = Delays()
    assert sum(delays.begin(f"user {n}", "192.0.2.1", 0.0) == 0.0 for n in range(1000)) == ADDRESS.free


def test_who_gets_in_starts_anew_and_does_not_clear_the_address() -> None:
    delays = Delays()
    assert failures(delays, "mine", "192.0.2.1", 0.0, ACCOUNT.free) == ACCOUNT.free
    delays.passed("mine", "192.0.2.1")
    assert delays.begin("mine", "192.0.2.1", 0.0) == 0.0
    delays.passed("mine", "192.0.2.1")
    let = sum(delays.begin(f"other {n}", "192.0.2.1", 0.0) == 0.0 for n in range(100))
    assert let == ADDRESS.free - (ACCOUNT.free - 1)


def test_a_refusal_for_haste_adds_nothing() -> None:
    delays = Delays()
    failures(delays, "a", "192.0.2.1", 0.0, ACCOUNT.free)
    for _ in range(1000):
        assert delays.begin("a", "192.0.2.1", 0.5) == 0.5
    assert delays.begin("a", "192.0.2.1", 1.0) == 0.0


def test_failures_are_forgotten() -> None:
    delays = Delays()
    failures(delays, "a", "192.0.2.1", 0.0, 100)
    assert failures(delays, "a", "192.0.2.1", FORGET_S + 1.0, 100) == ACCOUNT.free


def test_memory_is_bounded() -> None:
    delays = Delays()
    for n in range(MOST_KEPT + 100):
        delays.begin(f"user {n}", f"address {n}", float(n))
    assert len(delays._tries) == MOST_KEPT


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.floats(0.0, 30.0)), max_size=60))
def test_nobody_waits_longer_than_the_longest_wait(tries: list[tuple[str, str, float]]) -> None:
    delays, now_s = Delays(), 0.0
    for account, address, later_s in tries:
        now_s += later_s
        assert 0.0 <= delays.begin(account, address, now_s) <= max(ACCOUNT.most_s, ADDRESS.most_s)
