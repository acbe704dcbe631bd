from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from vedette.clock import parse_time
from vedette.history import history
from vedette.model import Origin, PastIncident, Wanted

ZONE = "Asia/Baghdad"


def past(number: int, opened: str, **changed: Any) -> PastIncident:
    fields: dict[str, Any] = {
        "incident": f"I-{number:03d}", "site": "erbil", "timezone": ZONE, "origin": Origin.LIVE,
        "opened_s": parse_time(opened, ZONE), "kinds": ("uav_fixed_wing",), "azimuth_true_deg": 300.0,
    }  # fmt: skip
    return PastIncident(**{**fields, **changed})


NIGHTS = [
    past(1, "2021-04-14T22:30", serials=("rid:A",), zones=("perimeter",)),
    past(2, "2021-06-26T23:10", azimuth_true_deg=310.0),
    past(3, "2021-09-11T23:43", azimuth_true_deg=305.0, zones=("perimeter", "runway")),
    past(4, "2021-09-12T11:00", kinds=("uav_rotary",), azimuth_true_deg=90.0, serials=("rid:A",)),
    past(5, "2021-09-13T11:10", kinds=("manned",), azimuth_true_deg=None, origin=Origin.SIMULATED),
]


def test_it_counts_in_the_sites_own_time() -> None:
    found = history(NIGHTS, Wanted())
    assert [one.incident for one in found.incidents] == ["I-005", "I-004", "I-003", "I-002", "I-001"]
    assert {hour: n for hour, n in enumerate(found.by_hour) if n} == {11: 2, 22: 1, 23: 2}
    assert found.by_weekday == (1, 0, 1, 0, 0, 2, 1)  # a Wednesday, two Saturdays, a Sunday, a Monday
    assert found.by_octant == (0, 0, 1, 0, 0, 0, 0, 3)
    assert found.no_direction == 1
    assert found.by_month == {"2021-04": 1, "2021-06": 1, "2021-09": 3}
    assert found.by_kind == {"uav_fixed_wing": 3, "manned": 1, "uav_rotary": 1}
    assert found.by_zone == {"perimeter": 2, "runway": 1}
    assert found.by_serial == {"rid:A": 2}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(kind="uav_rotary"), [4]),
        (Wanted(zone="runway"), [3]),
        (Wanted(serial="rid:A"), [4, 1]),
        (Wanted(octant=7), [3, 2, 1]),
        (Wanted(octant=0), []),
        (Wanted(origins=frozenset({Origin.SIMULATED})), [5]),
        (Wanted(from_s=parse_time("2021-06-26T23:10", ZONE), until_s=parse_time("2021-09-12T11:00", ZONE)), [3, 2]),
    ],
)
def test_it_gives_what_is_asked_for(wanted: Wanted, expected: list[int]) -> None:
    found = history(NIGHTS, wanted)
    assert [one.incident for one in found.incidents] == [f"I-{number:03d}" for number in expected]
    assert found.of == 5
    assert sum(found.by_hour) == len(expected)


def test_it_finds_what_repeats_by_serial_and_by_manner() -> None:
    found = history(NIGHTS, Wanted())
    assert [(one.incidents, one.why) for one in found.alike] == [
        (("I-001", "I-002", "I-003", "I-004"), ("hour, direction and kind", "the serial rid:A"))
    ]
    assert found.pairs_alike == 2  # 1-2 and 2-3; 1 and 3 are 73 minutes apart
    assert found.alike_by_chance == pytest.approx(6 * (3 / 6) * (2 / 24) * (45 / 360))


def test_alike_wraps_around_midnight_and_north() -> None:
    pair = [past(1, "2021-09-11T23:50", azimuth_true_deg=355.0), past(2, "2021-10-11T00:20", azimuth_true_deg=10.0)]
    assert history(pair, Wanted()).pairs_alike == 1


def test_nothing_repeats_where_nothing_does() -> None:
    found = history(NIGHTS[3:], Wanted())
    assert found.alike == ()
    assert found.alike_by_chance == 0.0


def test_of_few_incidents_no_rhythm_is_claimed() -> None:
    assert all(one.p is None for one in history(NIGHTS[:4], Wanted()).rhythms)


def test_a_rhythm_is_found_with_its_centre_across_midnight() -> None:
    nights = [
        past(n, f"2021-09-{n:02d}T{'23:40' if n % 2 else '00:20'}", azimuth_true_deg=350.0 + n) for n in range(1, 21)
    ]
    day, _, direction = history(nights, Wanted()).rhythms
    assert day.mean == pytest.approx(0.0, abs=0.01) or day.mean == pytest.approx(24.0, abs=0.01)
    assert day.p is not None
    assert day.p < 1e-6
    assert direction.mean == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("n", [5, 12, 40])
def test_rayleighs_p_is_as_rare_as_it_says(n: int) -> None:
    """Against 20,000 drawn samples: the share of samples as gathered as this one is p, to 0.01."""
    random = np.random.default_rng(7)
    turns = random.uniform(0.0, 2.0 * math.pi, (20_000, n))
    lengths = np.hypot(np.cos(turns).sum(axis=1), np.sin(turns).sum(axis=1))
    for sample in range(0, 200, 20):
        hours = turns[sample] * 12.0 / math.pi
        incidents = [
            past(i, f"2021-09-01T{int(h):02d}:{int(h % 1 * 60):02d}:00") for i, h in enumerate(hours.tolist())
        ]  # fmt: skip
        day = history(incidents, Wanted()).rhythms[0]
        assert day.p is not None
        assert day.p == pytest.approx(float((lengths >= lengths[sample]).mean()), abs=0.02)
