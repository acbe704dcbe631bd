"""What changed in a site, in words; where a fault stands; edits that leave the rest of the text alone."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import MANDATE_TOML, SITE_GEOJSON, SITE_TOML
from vedette.model import SiteDifference
from vedette.site import Site, differences, held_fast, line_of, site_from_text
from vedette.site.edits import AddTable, BadEdit, Edit, RemoveTable, SetKey, edited

COMMENTED = SITE_TOML.replace("period_s = 1.0", "period_s = 1.0   # as the maker says") + MANDATE_TOML


def site(toml: str = SITE_TOML, geojson: str = SITE_GEOJSON) -> Site:
    return site_from_text(toml, geojson)


def told(before: Site, after: Site) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.part, one.key, one.before, one.after) for one in differences(before, after)]


def test_a_value_a_table_and_a_zone() -> None:
    changed = SITE_TOML.replace("period_s = 1.0", "period_s = 2.5") + '\n[[rule]]\nid = "any"\n'
    moved = SITE_GEOJSON.replace("[43.9632, 36.2376]", "[43.9632, 36.2385]")
    assert told(site(), site(changed, moved)) == [
        ("sensor radar-1", "period_s", "1.0", "2.5"),
        ("rule any", "", None, "there"),
        ("rule any", "id", None, "any"),
        ("zone tower", "geometry", "Point, 1 position", "Point, 1 position, 1 moved, by 100 m at most"),
    ]


def test_what_is_gone_comes_last_and_comments_are_told_as_such() -> None:
    without = SITE_TOML[: SITE_TOML.index("[[feed]]")]
    assert ("feed radar-1", "", "there", None) in told(site(), site(without))
    assert told(site(), site(SITE_TOML + "# a word\n")) == [("text", "comments and layout", None, None)]
    assert differences(site(), site()) == ()


def test_no_change_tells_of_more_than_can_be_read() -> None:
    document = json.loads(SITE_GEOJSON)
    tower = document["features"][1]
    for number in range(300):
        one = json.loads(json.dumps(tower))
        one["properties"]["id"] = f"mast-{number}"
        document["features"].append(one)
    found = differences(site(), site(geojson=json.dumps(document)))
    assert len(found) == 200
    assert found[-1] == SiteDifference(part="and", key="1301 more", before=None, after=None)


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [("36.2376", "36.3", "latitude_deg"), ("409.0", "410.0", "altitude_ellipsoid_m"), ('id = "test"', "", "id")],
)
def test_what_a_running_watch_cannot_follow(before: str, after: str, key: str) -> None:
    assert key in [fault.key for fault in held_fast(site(), site(SITE_TOML.replace(before, after, 1)))]
    assert held_fast(site(), site(SITE_TOML.replace("5.0", "6.0"))) == ()


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("name", "name = "),
        ("sensor[0].period_s", "period_s"),
        ("sensor[0].range_m[1]", "range_m"),
        ("sensor[0].nothing", "[[sensor]]"),
        ("mandate.until", "until"),
        ("mandate.role[1].measures[0]", 'measures = ["shelter"]'),
        ("measure[2].owner", "owner"),
        ("plan.step[0].within_s", "within_s"),
        ("mandate", "[mandate]"),
    ],
)
def test_a_fault_stands_beside_its_line(key: str, line: str) -> None:
    found = line_of(COMMENTED, key)
    assert found is not None
    assert COMMENTED.splitlines()[found - 1].startswith(line)


def test_a_key_that_is_nowhere_has_no_line() -> None:
    assert line_of(COMMENTED, "nowhere[3].at_all") is None


@given(st.text(max_size=300), st.text(max_size=30))
def test_no_text_and_no_key_is_too_odd(toml: str, key: str) -> None:
    line_of(toml, key)


def test_edits_leave_all_else_as_it_was_written() -> None:
    made = edited(
        COMMENTED,
        (
            SetKey(("sensor", 0, "period_s"), 2.0),
            SetKey(("sensor", 0, "p_detect"), 0.7),
            SetKey(("sensor", 0, "sigma_elevation_deg"), None),
            AddTable(("sensor",), {"id": "adsb-1", "kind": "adsb", "sigma_position_m": 30.0}),
            AddTable(("rule",), {"id": "any", "class": "any", "zones": ["perimeter"]}),
            SetKey(("mandate", "until"), "2025-06-01T00:00:00+03:00"),
            RemoveTable(("feed", 0)),
        ),
    )
    assert "period_s = 2.0   # as the maker says" in made
    kept = [line for line in COMMENTED[COMMENTED.index("[mandate]") :].splitlines() if "until" not in line]
    assert [line for line in kept if line not in made] == []
    after = site(made)
    assert [one.id for one in after.sensors] == ["radar-1", "adsb-1"]
    assert after.sensors[0].p_detect == 0.7
    assert after.sensors[0].sigma_elevation_deg is None
    assert after.feeds == ()
    assert [rule.id for rule in after.rules] == ["any"]
    assert after.response.mandate is not None
    assert after.response.mandate.until_s == 1748725200.0


def test_a_table_of_its_own_is_made_and_taken_away() -> None:
    made = edited(SITE_TOML, (SetKey(("privacy", "keep_days"), 30),))
    assert site(made).limits.personal_keep_s == 30 * 86_400.0
    assert site(edited(made, (RemoveTable(("privacy",)),))).limits.personal_keep_s is None


@pytest.mark.parametrize(
    "edit",
    [
        SetKey(("sensor", 7, "p_detect"), 0.5),
        SetKey(("sensor", 0), 0.5),
        AddTable(("name",), {"id": "a"}),
        RemoveTable(("feed", 4)),
        RemoveTable(("mandate",)),
        SetKey(("name", "deeper"), 1),
        SetKey(("mandate", "from"), "some day"),
    ],
)
def test_an_edit_that_leads_nowhere_is_refused(edit: Edit) -> None:
    with pytest.raises(BadEdit):
        edited(SITE_TOML, (edit,))


_PATHS = st.lists(st.one_of(st.sampled_from(["sensor", "feed", "mandate", "name", "x"]), st.integers(0, 3)), min_size=1)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)


@given(st.lists(st.tuples(_PATHS, _VALUES), max_size=4))
def test_any_edits_give_toml_or_are_refused(made: list[tuple[list[str | int], Any]]) -> None:
    edits = tuple(SetKey(tuple(path), value) for path, value in made)
    try:
        text = edited(SITE_TOML, edits)
    except BadEdit:
        return
    tomllib.loads(text)


def test_edits_come_as_json() -> None:
    raw = b'[{"do": "set", "path": ["sensor", 0, "p_detect"], "value": 0.5}, {"do": "remove", "path": ["feed", 0]}]'
    assert msgspec.json.decode(raw, type=tuple[Edit, ...])[1] == RemoveTable(("feed", 0))
