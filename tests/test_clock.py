from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette import clock


@given(st.floats(0.0, 4e9).map(lambda s: round(s, 6)))
def test_iso_round_trips_to_the_microsecond(at_s: float) -> None:
    assert clock.parse_time(clock.iso_utc(at_s)) == pytest.approx(at_s, abs=1e-6)


@pytest.mark.parametrize("text", ["2021-09-11T20:43:00", "yesterday", "", "2021-13-01T00:00:00Z", "nan"])
def test_a_time_without_zone_or_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"zone|ISO"):
        clock.parse_time(text)


def test_local_time_carries_its_offset() -> None:
    at_s = clock.parse_time("2021-09-11T20:43:00Z")
    assert clock.iso_both(at_s, "Asia/Baghdad") == "2021-09-11 23:43 (20:43 UTC)"
    assert clock.iso_both(at_s + 3600.0, "Asia/Baghdad") == "2021-09-12 00:43 (2021-09-11 21:43 UTC)"
    assert clock.iso_local(at_s, "Asia/Baghdad") == "2021-09-11T23:43:00+03:00"
    assert clock.parse_time("2021-09-11T23:43:00+03:00") == at_s


def test_ticks_are_on_the_grid() -> None:
    assert clock.next_tick_s(10.0) == 10.5
    assert clock.next_tick_s(10.2) == 10.5


def test_a_simulated_clock_may_not_go_back() -> None:
    simulated = clock.SimulatedClock(5.0)
    simulated.set(6.0)
    with pytest.raises(ValueError, match="back"):
        simulated.set(5.5)
    assert simulated.now_s() == 6.0


def test_replay_at_full_speed_never_waits() -> None:
    replay = clock.ReplayClock(100.0, math.inf)
    assert replay.due_in_s(500.0) == 0.0
    assert replay.now_s() == 500.0


def test_replay_waits_in_proportion_to_its_speed() -> None:
    assert 4.0 < clock.ReplayClock(100.0, 10.0).due_in_s(150.0) <= 5.0
    with pytest.raises(ValueError, match="positive"):
        clock.ReplayClock(0.0, 0.0)


def test_the_live_clock_never_goes_back() -> None:
    live = clock.LiveClock()
    times = [live.now_s() for _ in range(100)]
    assert times == sorted(times)


def test_the_machine_clock_is_read() -> None:
    offset = clock.machine_clock_offset()
    assert offset.synchronised == (offset.max_error_s is not None)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00+23:59"])
def test_a_time_at_the_end_of_the_calendar_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="calendar"):
        clock.parse_time(text)


@pytest.mark.parametrize("text", ["0001-01-03T00:00:00Z", "9999-12-29T00:00:00Z"])
def test_every_zone_can_say_what_is_taken(text: str) -> None:
    at_s = clock.parse_time(text)
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12", "Asia/Baghdad"):
        assert clock.iso_local(at_s, zone)
