"""Which tracks a rule is for, case by case."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.post.scene import (
    AWAY,
    BIRD,
    DRONE,
    INBOUND,
    MANNED,
    ROTARY,
    RULE,
    UAV,
    UNCLASSED,
    approach,
    site,
    track,
    zone,
)
from vedette.model import Cooperation
from vedette.post.rules import matches

SURE, CLAIMED = Cooperation.COOPERATIVE, Cooperation.CLAIMED


def ring(time_to_s: float | None) -> Any:
    return approach(time_to_s, zone_id="ring", role="warning")


CASES: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("drone inbound", {}, {}, True),
    ("drone going away", {"approaches": AWAY}, {}, False),
    ("drone inside", {"approaches": (approach(0.0),)}, {}, True),
    ("just within", {"approaches": (approach(60.0),)}, {}, True),
    ("just beyond", {"approaches": (approach(60.1),)}, {}, False),
    ("no zone known", {"approaches": ()}, {}, False),
    ("zone of another role", {"approaches": (approach(10.0, zone_id="tower", role="asset"),)}, {}, False),
    ("rule for assets", {"approaches": (approach(10.0, zone_id="tower", role="asset"),)}, {"zones": ("asset",)}, True),
    ("both kinds of drone together", {"p_classes": (0.3, 0.3, 0.3, 0.05, 0.05)}, {}, True),
    ("bird", {"p_classes": BIRD}, {}, False),
    ("manned", {"p_classes": MANNED}, {}, False),
    ("not yet classed", {"p_classes": UNCLASSED}, {}, True),
    ("not yet classed, rule wants a class", {"p_classes": UNCLASSED}, {"unclassed": False}, False),
    ("drone, not sure enough", {"p_classes": UAV}, {"p_class_min": 0.95}, False),
    ("manned, for a rule on manned", {"p_classes": MANNED}, {"class_": "manned"}, True),
    ("bird, for a rule on anything", {"p_classes": BIRD}, {"class_": "any"}, True),
    ("airliner that another sensor agrees with", {"identity": "icao:ABC123", "cooperation": SURE}, {}, False),
    ("the same not yet classed", {"identity": "icao:ABC123", "cooperation": SURE, "p_classes": UNCLASSED}, {}, False),
    ("airliner by its word only", {"identity": "icao:ABC123", "cooperation": CLAIMED}, {}, True),
    ("honest Remote ID flies in", {"identity": "rid:X1", "cooperation": SURE}, {}, True),
    ("own drone", {"identity": "own:alpha", "cooperation": SURE}, {}, False),
    ("own drone, rule on anything", {"identity": "own:alpha", "cooperation": SURE}, {"class_": "any"}, False),
    ("hardly there", {"p_exists": 0.4}, {}, False),
]


@pytest.mark.parametrize(("changes", "rule", "holds"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_rule_holds(changes: dict[str, Any], rule: dict[str, Any], holds: bool) -> None:
    assert (matches(msgspec.structs.replace(RULE, **rule), track(**changes), site()) is not None) is holds


@pytest.mark.parametrize(
    ("height_m", "up_mps", "holds"),
    [
        (150.0, 0.0, True),
        (400.0, 0.0, False),
        (400.0, -5.0, True),
        (20.0, 0.0, False),
        (20.0, 2.0, True),
        (None, 0.0, True),
    ],
)
def test_floor_and_ceiling_count_now_and_on_arrival(height_m: float | None, up_mps: float, holds: bool) -> None:
    capped = site(zones=(zone("fence", "perimeter", floor_agl_m=50.0, ceiling_agl_m=300.0),))
    seen = track(height_agl_m=height_m, velocity_up_mps=up_mps, approaches=(approach(40.0),))
    assert (matches(RULE, seen, capped) is not None) is holds


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "Fixed-wing drone inbound from south-west"),
        ({"p_classes": ROTARY, "latitude_deg": 36.26, "longitude_deg": 43.96}, "Rotary drone inbound from north"),
        ({"p_classes": DRONE, "latitude_deg": 36.24, "longitude_deg": 43.99}, "Drone inbound from east"),
        ({"p_classes": UNCLASSED, "approaches": (approach(0.0),)}, "Unknown aircraft inside the perimeter"),
        ({"approaches": (ring(0.0),)}, "Fixed-wing drone inside Ring"),
        ({"latitude_deg": None, "longitude_deg": None}, "Fixed-wing drone inbound"),
    ],
)
def test_the_title_is_for_the_officer(changes: dict[str, Any], title: str) -> None:
    match = matches(RULE, track(**changes), site())
    assert match is not None
    assert match.title == title


@pytest.mark.parametrize(
    ("approaches", "zone_id"),
    [
        (INBOUND, "fence"),
        ((approach(90.0), ring(0.0)), "fence"),
        ((approach(None), ring(0.0)), "ring"),
        ((ring(10.0), approach(5.0, zone_id="pad", role="keep_out")), "pad"),
    ],
)
def test_the_perimeter_comes_first_where_it_leads_there(approaches: Any, zone_id: str) -> None:
    match = matches(RULE, track(approaches=approaches), site())
    assert match is not None
    assert match.zone.zone == zone_id
    assert match.reasons[0].source == zone_id
