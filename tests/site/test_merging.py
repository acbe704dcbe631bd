"""Two changes of one site: put together where they touch different things, and otherwise left to people."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import MANDATE_TOML, SITE_GEOJSON, SITE_TOML
from vedette.errors import BadInput
from vedette.site import Conflict, Merged, Site, merged, site_from_text
from vedette.site.changes import flat_of

BASE = SITE_TOML + MANDATE_TOML
RULE = '\n[[rule]]\nid = "{0}"\nclass = "any"\nwithin_s = 120.0\n'


def site(toml: str, geometry: str = SITE_GEOJSON) -> Site:
    return site_from_text(toml, geometry)


def one(before: str, after: str) -> Site:
    assert before in BASE
    return site(BASE.replace(before, after, 1))


def moved(zone: str, east_deg: float) -> str:
    document = json.loads(SITE_GEOJSON)
    for feature in document["features"]:
        if feature["properties"]["id"] == zone:
            feature["properties"]["name"] = f"{zone} {east_deg}"
    return json.dumps(document)


TOGETHER = {
    "name and period": (one("Test Field", "North"), one("period_s = 1.0", "period_s = 2.0")),
    "two keys of a sensor": (one("period_s = 1.0", "period_s = 2.0"), one("sigma_range_m = 10", "sigma_range_m = 9")),
    "two rules at the end": (site(BASE + RULE.format("a")), site(BASE + RULE.format("b"))),
    "a zone and a name": (site(BASE, moved("fence", 0.1)), one("Test Field", "North")),
    "the same change": (one("Test Field", "North"), one("Test Field", "North")),
    "a comment": (site("# measured in May\n" + BASE), one("within_s = 10", "within_s = 20")),
    "one did nothing": (site(BASE), one("Test Field", "North")),
}  # fmt: skip
APART = {
    "one key to two values": (one("Test Field", "North"), one("Test Field", "South")),
    "two zones of one line": (site(BASE, moved("fence", 0.1)), site(BASE, moved("tower", 0.1))),
    "a sensor that is gone": (
        one("period_s = 1.0", "period_s = 2.0"), site(BASE[: BASE.index("[[sensor]]")] + MANDATE_TOML)
    ),
    "a rule of one id": (site(BASE + RULE.format("a")), site(BASE + RULE.format("a").replace("120", "60"))),
}  # fmt: skip


@pytest.mark.parametrize("name", TOGETHER)
def test_what_touches_different_things_is_put_together(name: str) -> None:
    mine, theirs = TOGETHER[name]
    base = site(BASE)
    for ours, others in ((mine, theirs), (theirs, mine)):
        found = merged(base, ours, others)
        assert isinstance(found, Merged), name
        after, before = flat_of(site(found.toml, found.geometry or "")), flat_of(base)
        for version in (flat_of(mine), flat_of(theirs)):
            changed = {key for key in {*before, *version} if before.get(key) != version.get(key)}
            assert {key: after.get(key) for key in changed} == {key: version.get(key) for key in changed}


@pytest.mark.parametrize("name", APART)
def test_what_touches_the_same_is_left_to_people(name: str) -> None:
    mine, theirs = APART[name]
    for ours, others in ((mine, theirs), (theirs, mine)):
        assert isinstance(merged(site(BASE), ours, others), Conflict)


def test_what_both_changed_is_named_with_what_stands_there() -> None:
    found = merged(site(BASE), one("Test Field", "North"), one("Test Field", "South"))
    assert isinstance(found, Conflict)
    assert [(said.part, said.key, said.before, said.after) for said in found.both] == [
        ("site", "name", "Test Field", "South")
    ]


LINES = BASE.splitlines()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, len(LINES) - 1), st.integers(1, 9)), max_size=8))
def test_no_two_changes_are_put_together_wrongly(edits: list[tuple[bool, int, int]]) -> None:
    """Numbers changed and lines taken away by either; what comes of it says what each changed, or nothing comes."""
    texts = [list(LINES), list(LINES)]
    for whose, at, by in edits:
        line = texts[whose][at]
        texts[whose][at] = line.replace("0", str(by)) if by < 8 else ""
    try:
        base, mine, theirs = site(BASE), *(site("\n".join(text)) for text in texts)
    except BadInput:
        return
    found = merged(base, mine, theirs)
    if isinstance(found, Merged):
        before, after = flat_of(base), flat_of(site(found.toml, found.geometry or ""))
        wanted = {**flat_of(theirs)}
        for key in {*before, *flat_of(mine)}:
            if before.get(key) != flat_of(mine).get(key):
                wanted[key] = flat_of(mine).get(key)
        assert after == {key: value for key, value in wanted.items() if value is not None}
