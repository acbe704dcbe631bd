from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.feeds.sectors import TURN, Row, SectorLooks, Sweep

SECTORS = 16
WIDTH = TURN / SECTORS
STEP_S = 0.25


def row(azimuth: float, observed_s: float, name: str | None = None) -> Row:
    return Row(azimuth % TURN, 1000.0, math.nan, observed_s, name)


def turn_antenna(trail: int, turns: int, *, start_s: float = 0.0) -> tuple[SectorLooks, list[Sweep]]:
    """A radar with one plot in each sector, sent `trail` sectors after it was swept."""
    looks, out, waiting = SectorLooks(), [], list[Row]()
    for step in range(SECTORS * turns + 1):
        now_s = start_s + step * STEP_S
        waiting.append(row((step - 0.5) * WIDTH, now_s - STEP_S / 2, str(step)))
        if len(waiting) > trail:
            out += looks.plots([waiting.pop(0)], now_s)
        out += looks.mark(step % SECTORS * WIDTH, now_s, now_s)
    return looks, out


@pytest.mark.parametrize("trail", [0, 1, 3])
def test_from_the_second_turn_each_sector_is_a_look_with_its_plot(trail: int) -> None:
    _, out = turn_antenna(trail, turns=4)
    covering = [sweep for sweep in out if sweep.sector_rad is not None]
    assert len(covering) >= 2 * SECTORS
    for sweep in covering[trail + 1 :]:
        assert sweep.sector_rad is not None
        start, end = sweep.sector_rad
        assert (end - start) % TURN == pytest.approx(WIDTH)
        assert len(sweep.rows) == 1
        assert (sweep.rows[0].azimuth_true_rad - start) % TURN == pytest.approx(WIDTH / 2)
        assert sweep.observed_s == sweep.rows[0].observed_s


def test_the_first_turn_covers_nothing() -> None:
    _, out = turn_antenna(0, turns=1)
    assert out
    assert all(sweep.sector_rad is None for sweep in out)


def test_an_empty_sector_is_a_look_that_saw_nothing() -> None:
    looks = SectorLooks()
    out = [s for step in range(2 * SECTORS) for s in looks.mark(step % SECTORS * WIDTH, step * STEP_S, step * STEP_S)]
    assert out
    assert all(sweep.rows == () and sweep.sector_rad is not None for sweep in out)
    assert out[-1].observed_s == (2 * SECTORS - 1) * STEP_S


def test_plots_that_trail_by_half_a_turn_never_cover() -> None:
    _, out = turn_antenna(SECTORS * 5 // 8, turns=5)
    assert all(sweep.sector_rad is None for sweep in out)


def test_without_sector_messages_plots_pass_at_once() -> None:
    looks = SectorLooks()
    (sweep,) = looks.plots([row(1.0, 5.0, "a"), row(2.0, 6.0, "b")], 6.0)
    assert ([one.identity for one in sweep.rows], sweep.observed_s, sweep.sector_rad) == (["a", "b"], 6.0, None)


def test_with_north_marks_alone_plots_pass_at_once() -> None:
    looks = SectorLooks()
    for turn in range(4):
        assert looks.mark(0.0, 4.0 * turn, 4.0 * turn) == []
        (sweep,) = looks.plots([row(1.0, 4.0 * turn + 1.0, "a")], 4.0 * turn + 1.0)
        assert (len(sweep.rows), sweep.sector_rad) == (1, None)


def test_when_sector_messages_stop_what_is_held_is_passed_on() -> None:
    looks, _ = turn_antenna(0, turns=2)
    assert looks.plots([row(WIDTH / 2, 8.1, "held")], 8.1) == []
    out = looks.plots([row(1.0, 19.0, "next")], 19.0)
    assert [[one.identity for one in sweep.rows] for sweep in out] == [["held"], ["next"]]
    assert all(sweep.sector_rad is None for sweep in out)


def test_lost_sector_messages_cover_nothing() -> None:
    looks, _ = turn_antenna(0, turns=2)
    at_s = 2 * SECTORS * STEP_S
    out = looks.mark(math.pi, at_s + 2.0, at_s + 2.0)
    assert all(sweep.sector_rad is None for sweep in out)
    assert looks.mark(math.pi, at_s + 2.0, at_s + 2.0) == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0.0, TURN - 1e-9), st.floats(0.0, 3.0)), max_size=120))
def test_every_plot_comes_out_once(steps: list[tuple[bool, float, float]]) -> None:
    looks, out, given_, now_s = SectorLooks(), list[Sweep](), list[str](), 0.0
    for number, (is_mark, azimuth, wait_s) in enumerate(steps):
        now_s += wait_s
        if is_mark:
            out += looks.mark(azimuth, now_s, now_s)
        else:
            given_.append(str(number))
            out += looks.plots([row(azimuth, now_s, str(number))], now_s)
    out += looks.close()
    assert sorted(one.identity or "" for sweep in out for one in sweep.rows) == sorted(given_)
    for sweep in out:
        if sweep.sector_rad is not None:
            start, end = sweep.sector_rad
            assert all((one.azimuth_true_rad - start) % TURN < (end - start) % TURN for one in sweep.rows)
