"""The set-up screen in a real Chromium before a live watch: zones drawn, forms, text, two editors, the way back."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import SITE_GEOJSON, SITE_TOML
from tests.console.keyboard import Keyboard
from tests.watch.driving import Running, running, vedette
from tests.watch.one_drone import SECOND_RADAR
from tests.watch.test_live import Sender, detection, free_port
from tests.watch.test_screens import AXE, RUN_AXE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE_MS = 60_000


class Site:
    """A live watch over a site folder, with a drone that a JSON feed reports."""

    def __init__(self, folder: Path, watch: Running) -> None:
        self.folder, self.watch = folder, watch

    @property
    def toml(self) -> str:
        return (self.folder / "site.toml").read_text()

    def feature(self, feature_id: str) -> dict[str, Any]:
        features = json.loads((self.folder / "test.geojson").read_text())["features"]
        found: dict[str, Any] = next(one for one in features if one["properties"]["id"] == feature_id)
        return found

    def changes(self) -> list[dict[str, Any]]:
        lines = vedette("log", self.folder / "data", "--kind", "site_changed", "--json").stdout.splitlines()
        return [json.loads(line)["payload"] for line in lines]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    asterix, rows = free_port(), free_port()
    toml = "# Surveyed in May.\n" + SITE_TOML.replace("127.0.0.1:8600", f"127.0.0.1:{asterix}")
    second = SECOND_RADAR.replace("radar-0", "radar-2").replace("period_s = 1.0", "period_s = 0.1  # fast")
    feed = f'[[feed]]\nsensor = "radar-2"\nsource = "json"\nurl = "udp://127.0.0.1:{rows}"\n'
    (tmp_path / "test.geojson").write_text(SITE_GEOJSON)
    (tmp_path / "site.toml").write_text(toml + second.replace("clutter_per_scan = 5.0", "") + feed)
    with (
        running("watch", tmp_path / "site.toml", "--data", tmp_path / "data", folder=tmp_path) as watch,
        Sender(rows, detection),
    ):
        watch.until("/api/v1/tracks", lambda answer: answer["tracks"])
        yield Site(tmp_path, watch)
        assert watch.end(signal.SIGTERM) == 0


def opened(browser: Browser, site: Site, motion: Literal["reduce", "no-preference"] = "no-preference") -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion=motion)
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{site.watch.address}/#/setup")
    expect(page.get_by_test_id("draft-state")).to_have_text("As the watch has it", timeout=PATIENCE_MS)
    expect(page.get_by_test_id("setup-map").locator("canvas")).to_be_visible()
    return page


def save(page: Page, name: str, note: str) -> None:
    page.get_by_test_id("save").click()
    page.get_by_test_id("person-by").fill(name)
    page.get_by_test_id("person-note").fill(note)
    page.get_by_test_id("confirm").click()


def names(site: Site) -> set[str]:
    return {track["track"] for track in site.watch.get("/api/v1/tracks")["tracks"]}


def test_zones_are_drawn_dragged_and_saved_without_dropping_tracks(browser: Browser, site: Site) -> None:
    page, before = opened(browser, site), names(site)
    page.get_by_role("button", name="Fence").click()
    first = site.feature("fence")["geometry"]["coordinates"][0]
    handle = page.get_by_test_id("handle-0")
    box = handle.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] - 60, box["y"] + 50, steps=4)
    page.mouse.up()
    expect(page.get_by_test_id("draft-state")).to_have_text("1 change")

    page.get_by_test_id("draw-role").select_option("keep_out")
    page.get_by_test_id("draw").click()
    area = page.get_by_test_id("setup-map").bounding_box()
    assert area is not None
    for dx, dy in ((0.45, 0.2), (0.6, 0.2), (0.55, 0.3)):
        page.mouse.click(area["x"] + area["width"] * dx, area["y"] + area["height"] * dy)
    expect(page.get_by_test_id("drawing")).to_contain_text("3 corners")
    page.get_by_role("button", name="Finish").click()
    page.get_by_test_id("field-name").fill("School")
    page.get_by_test_id("field-name").press("Tab")
    expect(page.get_by_test_id("draft-state")).to_have_text(re.compile(r"^[2-9] changes$"))
    save(page, "A. Rahman", "the new school")
    expect(page.get_by_test_id("draft-state")).to_have_text("Recorded and applied")

    (change,) = site.changes()
    assert (change["by"], change["note"]) == ("A. Rahman", "the new school")
    assert {one["part"] for one in change["differences"]} == {"zone fence", "zone keep-out"}
    moved = site.feature("fence")["geometry"]["coordinates"][0]
    assert moved[0] != first[0]
    assert moved[1:-1] == first[1:-1]
    assert moved[0] == moved[-1]
    assert site.feature("keep-out")["properties"]["name"] == "School"
    drawn = {zone["id"]: zone["role"] for zone in site.watch.get("/api/v1/site")["geometry"]}
    assert drawn["keep-out"] == "keep_out"
    assert before <= names(site)
    page.close()


def test_forms_and_text_keep_comments_and_faults_stand_beside_their_lines(browser: Browser, site: Site) -> None:
    page, before = opened(browser, site), names(site)
    page.get_by_test_id("part-sensor").click()
    page.get_by_role("button", name="radar-2").click()
    page.get_by_test_id("field-period_s").fill("-1")
    page.get_by_test_id("field-period_s").press("Tab")
    expect(page.get_by_test_id("draft-state")).to_have_text("1 fault")
    expect(page.get_by_test_id("save")).to_be_disabled()
    page.get_by_test_id("part-text").click()
    lines = page.get_by_test_id("toml").input_value().splitlines()
    number = 1 + next(at for at, line in enumerate(lines) if "-1" in line and "# fast" in line)
    expect(page.get_by_test_id("text-faults")).to_contain_text(f"line {number}")
    page.get_by_test_id("part-sensor").click()
    page.get_by_role("button", name="radar-2").click()
    page.get_by_test_id("field-period_s").fill("0.2")
    page.get_by_test_id("field-period_s").press("Tab")
    page.get_by_test_id("add-sensor").click()
    expect(page.get_by_test_id("draft-state")).to_have_text(re.compile(r"changes$"))
    save(page, "B. Officer", "")
    expect(page.get_by_test_id("draft-state")).to_have_text("Recorded and applied")
    assert site.toml.startswith("# Surveyed in May.\n")
    assert "period_s = 0.2  # fast" in site.toml
    assert [one["id"] for one in site.watch.get("/api/v1/site")["sensors"]] == ["radar-1", "radar-2", "radar-3"]
    assert before <= names(site)
    assert vedette("check", site.folder / "site.toml").returncode == 0
    page.close()


def test_two_editors_and_the_way_back(browser: Browser, site: Site) -> None:
    one, other = opened(browser, site), opened(browser, site)
    was = site.toml
    for page, name in ((one, "First Field"), (other, "Second Field")):
        page.get_by_test_id("part-site").click()
        page.get_by_test_id("field-name").fill(name)
        page.get_by_test_id("field-name").press("Tab")
        expect(page.get_by_test_id("draft-state")).to_have_text("1 change")
    save(one, "A. Rahman", "")
    expect(one.get_by_test_id("draft-state")).to_have_text("Recorded and applied")
    expect(other.get_by_test_id("stale")).to_be_visible()
    expect(other.get_by_test_id("save")).to_be_disabled()
    expect(other.get_by_test_id("site-name")).to_have_text("First Field")
    expect(other.get_by_test_id("apart")).to_contain_text("Both changed the same")
    expect(other.get_by_test_id("together")).to_have_count(0)
    other.get_by_role("button", name="Start again from theirs").click()
    expect(other.get_by_test_id("field-name")).to_have_value("First Field")

    other.get_by_test_id("part-versions").click()
    expect(other.get_by_test_id("version").first).to_contain_text("A. Rahman")
    other.get_by_role("button", name="Return to this version").click()
    other.get_by_test_id("person-by").fill("B. Officer")
    other.get_by_test_id("confirm").click()
    expect(other.get_by_test_id("site-name")).to_have_text("Test Field")
    expect(other.get_by_test_id("confirm")).to_be_hidden()
    assert site.toml == was
    assert [(change["by"], change["back_to"] is None) for change in site.changes()] == [
        ("A. Rahman", True),
        ("B. Officer", False),
    ]
    one.close()
    other.close()


def test_the_second_editor_puts_his_change_upon_the_first_ones(browser: Browser, site: Site) -> None:
    one, other = opened(browser, site), opened(browser, site)
    for page, part, field, value in (
        (one, "site", "name", "First Field"), (other, "sensor", "period_s", "3")
    ):  # fmt: skip
        page.get_by_test_id(f"part-{part}").click()
        if part == "sensor":
            page.get_by_role("button", name="radar-1").click()
        page.get_by_test_id(f"field-{field}").fill(value)
        page.get_by_test_id(f"field-{field}").press("Tab")
        expect(page.get_by_test_id("draft-state")).to_have_text("1 change")
    save(one, "A. Rahman", "")
    expect(one.get_by_test_id("draft-state")).to_have_text("Recorded and applied")
    expect(other.get_by_test_id("stale")).to_contain_text("First Field")
    other.evaluate(AXE.read_text())
    assert other.evaluate(RUN_AXE)["violations"] == []
    other.get_by_test_id("together").click()
    expect(other.get_by_test_id("stale")).to_have_count(0)
    expect(other.get_by_test_id("draft-state")).to_have_text("1 change")
    save(other, "B. Officer", "slower")
    expect(other.get_by_test_id("draft-state")).to_have_text("Recorded and applied")
    assert "First Field" in site.toml
    told = [(change["by"], [one["key"] for one in change["differences"]]) for change in site.changes()]
    assert told == [("A. Rahman", ["name"]), ("B. Officer", ["period_s"])]
    one.close()
    other.close()


def test_zones_by_keyboard_alone(browser: Browser, site: Site) -> None:
    page = opened(browser, site, "reduce")
    keys = Keyboard(page)
    keys.enter(page.get_by_role("button", name="Fence"))
    first = site.feature("fence")["geometry"]["coordinates"][0][0]
    keys.to(page.get_by_test_id("handle-0"))
    keys.press("Shift+ArrowLeft", "ArrowDown")
    keys.enter(page.get_by_role("button", name="New corner after 2", exact=True).first, back=True)
    keys.to(page.get_by_test_id("handle-4"))
    keys.press("Delete")
    expect(page.get_by_test_id("draft-state")).to_have_text("1 change")
    _drawn_where_the_map_is_moved(keys)
    keys.enter(page.get_by_test_id("save"))
    keys.fill(page.get_by_test_id("person-by"), "A. Rahman")
    keys.press("Enter")
    expect(page.get_by_test_id("draft-state")).to_have_text("Recorded and applied")
    ring = site.feature("fence")["geometry"]["coordinates"][0]
    assert len(ring) == 5
    assert ring[0][0] < first[0]
    assert ring[0][1] < first[1]
    drawn = site.feature("keep-out")["geometry"]["coordinates"][0]
    assert drawn[1][0] > drawn[0][0], "to the right is east"
    assert drawn[2][1] < drawn[1][1], "down is south"
    page.close()


def _drawn_where_the_map_is_moved(keys: Keyboard) -> None:
    page = keys.page
    keys.choose(page.get_by_test_id("draw-role"), "keep_out")
    keys.enter(page.get_by_test_id("draw"))
    handle = page.get_by_test_id("drawing")
    here = handle.get_by_role("button", name="Corner at the map's centre")
    for corner, way in enumerate(("Shift+ArrowRight", "Shift+ArrowDown", None), 1):
        keys.enter(here)
        expect(handle).to_contain_text("3 corners" if corner == 3 else f"{corner} of at least 3")
        if way is not None:
            keys.press(way)
    keys.enter(handle.get_by_role("button", name="Finish"), back=True)


@pytest.mark.parametrize("mode", ["night", "day", "red"])
def test_every_part_is_accessible(mode: str, browser: Browser, site: Site) -> None:
    page = opened(browser, site)
    page.get_by_test_id(f"mode-{mode}").click()
    page.evaluate(AXE.read_text())
    page.get_by_role("button", name="Fence").click()
    assert faults_of(page) == []
    for part in ("site", "sensor", "feed", "rule", "mandate", "text", "versions"):
        page.get_by_test_id(f"part-{part}").click()
        expect(page.get_by_test_id(f"panel-{part}")).to_be_visible()
        assert faults_of(page) == [], part
    page.get_by_test_id("part-site").click()
    page.get_by_test_id("field-name").fill("")
    page.get_by_test_id("field-name").press("Tab")
    expect(page.get_by_test_id("draft-state")).to_have_text("1 fault")
    assert faults_of(page) == [], "with a fault"
    page.get_by_test_id("field-name").fill("Another")
    page.get_by_test_id("field-name").press("Tab")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("save-sheet")).to_be_visible()
    assert faults_of(page) == [], "with the question who saves"
    page.close()


def faults_of(page: Page) -> list[str]:
    found = page.evaluate(RUN_AXE)
    assert found["passes"] or found["inapplicable"], "axe ran"
    return [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]
