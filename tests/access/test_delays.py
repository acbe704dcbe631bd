from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.access.delays import ACCOUNT, ADDRESS, FORGET_S, HERE, MOST_KEPT, Delays, party_of


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


def hold_shut(delays: Delays, account: str, address: str, until_s: float) -> None:
    """Somebody tries ten times a second, without end."""
    for tenth in range(int(until_s * 10.0)):
        delays.begin(account, address, tenth / 10.0)


def test_a_stranger_who_never_stops_does_not_keep_an_account_out_where_it_is_at_home() -> None:
    delays = Delays()
    assert delays.begin("chief", "192.0.2.7", 0.0) == 0.0
    delays.passed("chief", "192.0.2.7")
    for stranger in range(3):
        hold_shut(delays, "chief", f"198.51.100.{stranger}", 600.0)
    assert delays.begin("chief", "192.0.2.8", 600.0) > 0.0, "a place where it was never before waits"
    assert delays.begin("chief", "192.0.2.7", 600.0) == 0.0
    assert delays.begin("chief", "127.0.0.1", 600.0) == 0.0, "at the watch's own machine"
    assert delays.begin("chief", "::1", 600.0) == 0.0


def test_a_guesser_at_home_waits_as_anywhere() -> None:
    delays = Delays()
    delays.begin("chief", "192.0.2.7", 0.0)
    delays.passed("chief", "192.0.2.7")
    assert failures(delays, "chief", "192.0.2.7", 0.0, 1000) == ACCOUNT.free
    assert failures(delays, "chief", "127.0.0.1", 0.0, 1000) == ACCOUNT.free


def test_a_network_of_ipv6_is_one_address() -> None:
    delays = Delays()
    let = sum(delays.begin(f"user {n}", f"2001:db8::{n:x}", 0.0) == 0.0 for n in range(1000))
    assert let == ADDRESS.free
    assert delays.begin("user 1", "2001:db8:0:1::1", 0.0) == 0.0


@pytest.mark.parametrize(
    ("address", "party"),
    [
        ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("127.0.0.2", HERE), ("::ffff:127.0.0.1", HERE),
        ("fe80::1%eth0", "fe80::/64"), ("2001:db8::ffff", "2001:db8::/64"), ("unknown", "unknown"), ("", ""),
    ],
)  # fmt: skip
def test_whom_an_address_stands_for(address: str, party: str) -> None:
    assert party_of(address) == party
