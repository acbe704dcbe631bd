"""Looking back beside the live watch, two officers at once, and clocks that differ: in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import Served
from tests.console.fake_desk import FakeDesk

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "console/node_modules/axe-core/axe.min.js"


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(served.url)
    expect(page.get_by_test_id("hero")).to_be_visible()
    expect(page.get_by_test_id("tick-erbil-A-0001")).to_be_attached()
    yield page
    context.close()
    assert faults == []


def test_looking_back_shows_what_was_and_cannot_be_taken_for_live(page: Page, served: Served) -> None:
    served.desk.show(160.0)  # the second drone is down by now
    expect(page.get_by_test_id("track-erbil-T-0013")).not_to_be_attached()
    page.get_by_test_id("strip").focus()
    for _ in range(2):
        page.keyboard.press("PageDown")
    expect(page.get_by_test_id("track-erbil-T-0013")).to_be_attached()
    band = page.get_by_test_id("replay-band")
    expect(band).to_contain_text(
        re.compile(r"REPLAY of 23:42:1\d, 2:0\d ago \(simulated\). Not live. The alert queue shows now.")
    )
    expect(page.get_by_test_id("band")).not_to_be_attached()
    expect(page.get_by_test_id("timeline")).to_have_attribute("data-back", "true")
    expect(page.get_by_test_id("card")).not_to_be_attached()
    expect(page.get_by_test_id("clocks")).to_contain_text("23:44:1")
    page.keyboard.press("Escape")
    expect(band).not_to_be_attached()
    expect(page.get_by_test_id("track-erbil-T-0013")).not_to_be_attached()
    expect(page.get_by_test_id("card")).to_be_attached()


def test_from_alert_to_alert_by_keys(page: Page, served: Served) -> None:
    served.desk.show(100.0)
    expect(page.get_by_test_id("clocks")).to_contain_text("23:43:1")
    page.keyboard.press(",")
    card = page.get_by_test_id("past-card")
    expect(card).to_have_attribute("data-track", "erbil-T-0011")
    expect(page.get_by_test_id("replay-time")).to_have_text("23:41:42")
    page.keyboard.press(",")
    expect(card).to_have_attribute("data-track", "erbil-T-0013")
    expect(page.get_by_test_id("replay-time")).to_have_text("23:41:38")
    expect(card).to_contain_text("From the record, 23:41:38. Not live.")
    expect(page.get_by_test_id("track-erbil-T-0013")).to_have_attribute("data-disposition", "unknown")
    page.keyboard.press(".")
    expect(card).to_have_attribute("data-track", "erbil-T-0011")


def test_it_plays_at_its_speed_and_stops_at_live(page: Page, served: Served) -> None:
    page.get_by_test_id("speed").select_option("60")
    page.get_by_test_id("map").click(position={"x": 4, "y": 300})
    page.keyboard.press("r")
    expect(page.get_by_test_id("timeline")).to_have_attribute("data-back", "true")
    expect(page.get_by_test_id("replay-band")).to_contain_text("0:00 ago")
    expect(page.get_by_test_id("play")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("r")
    expect(page.get_by_test_id("replay-band")).not_to_be_attached()


def test_a_new_live_priority_1_breaks_through(browser: Browser) -> None:
    desk = FakeDesk()
    desk.hide = {"erbil-A-0002"}
    for second in range(30, 61):
        desk.show(float(second))
    served = Served(desk)
    served.start()
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(served.url)
    expect(page.get_by_test_id("tick-erbil-A-0001")).to_be_attached()
    page.keyboard.press(",")
    expect(page.get_by_test_id("replay-band")).to_be_visible()
    expect(page.get_by_test_id("breakthrough")).not_to_be_attached()
    desk.hide = set()
    desk.show(62.0)
    breaks = page.get_by_test_id("breakthrough")
    expect(breaks).to_contain_text("New live priority 1")
    expect(breaks).to_contain_text("T-0013")
    page.get_by_test_id("to-breakthrough").click()
    expect(page.get_by_test_id("replay-band")).not_to_be_attached()
    expect(page.get_by_test_id("card")).to_have_attribute("data-track", "erbil-T-0013")
    page.close()
    served.stop()


def test_the_live_queue_acts_while_somebody_looks_back(page: Page, served: Served) -> None:
    page.keyboard.press(",")
    expect(page.get_by_test_id("replay-band")).to_be_visible()
    page.get_by_test_id("hero").get_by_test_id("acknowledge").click()
    expect(page.get_by_test_id("alert-erbil-A-0001")).to_have_attribute("data-state", "acknowledged")
    expect(page.get_by_test_id("replay-band")).to_be_visible()


def test_raw_detections_stand_against_the_tracks(page: Page, served: Served) -> None:
    page.keyboard.press(".")
    page.get_by_test_id("strip").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("l")
    page.get_by_text("Detections (looking back)").click()
    expect(page.get_by_test_id("detections")).to_have_attribute("data-count", re.compile(r"^(9|10)$"))


def test_the_timeline_s_own_screen_lists_alerts_and_goes_to_them(page: Page, served: Served) -> None:
    page.get_by_role("link", name="Timeline").click()
    lane = page.get_by_test_id("lane-erbil-A-0002")
    expect(lane).to_contain_text("23:41:48")
    lane.click()
    expect(page.get_by_test_id("replay-time")).to_have_text("23:41:38")
    expect(page.get_by_test_id("past-card")).to_have_attribute("data-track", "erbil-T-0013")
    expect(page.get_by_test_id("hero")).to_be_visible()


def test_a_small_screen_has_the_strip_while_it_is_used(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(page.get_by_test_id("timeline")).to_be_hidden()
    page.keyboard.press("r")
    expect(page.get_by_test_id("timeline")).to_be_visible()


def test_two_officers_at_once_lose_nothing(page: Page, browser: Browser, served: Served) -> None:
    other = browser.new_page(viewport={"width": 1440, "height": 900})
    other.goto(served.url)
    expect(other.get_by_test_id("hero")).to_have_attribute("data-alert", "erbil-A-0001")
    held = served.hold()
    page.keyboard.press("a")
    expect(page.get_by_test_id("hero").get_by_test_id("acknowledge")).to_contain_text("Asking")
    with other.expect_response(re.compile("/acknowledge$")) as second:
        other.keyboard.press("a")
        expect(other.get_by_test_id("hero").get_by_test_id("acknowledge")).to_contain_text("Asking")
        served.release(held)
    assert second.value.status == 409
    assert "already acknowledged by watch officer" in second.value.json()["error"]["message"]
    for screen in (page, other):
        row = screen.get_by_test_id("alert-erbil-A-0001")
        expect(row).to_have_attribute("data-state", "acknowledged")
        expect(row).to_contain_text("watch officer")
    assert [action.verb for action in served.desk.actions] == ["acknowledge", "acknowledge"]
    assert len(served.desk.acknowledged) == 1
    other.close()


def test_a_clock_that_differs_is_shown(browser: Browser, served: Served) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script("{ const now = Date.now; Date.now = () => now() + 42_000; }")
    page.goto(served.url)
    expect(page.get_by_test_id("skew")).to_contain_text(re.compile(r"clock 4[12]\.\d s ahead"))
    page.close()


def test_an_old_picture_fades_and_says_its_age(page: Page, served: Served) -> None:
    expect(page.get_by_test_id("map-stale")).not_to_be_attached()
    served.desk.stall(9.0)
    expect(page.get_by_test_id("map-stale")).to_contain_text(re.compile(r"Picture \d+(\.\d)? s old"))
    expect(page.get_by_test_id("stale")).to_be_visible()
    expect(page.get_by_test_id("overlay")).to_have_css("opacity", "0.55")
    served.desk.show(71.0)
    expect(page.get_by_test_id("map-stale")).not_to_be_attached()


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)])
@pytest.mark.parametrize("mode", ["night", "day", "red"])
def test_looking_back_has_no_accessibility_fault(
    browser: Browser, served: Served, size: tuple[int, int], mode: str
) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.add_init_script(f"localStorage.setItem('vedette-mode', '{mode}')")
    page.goto(served.url)
    expect(page.get_by_test_id("hero")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_test_id("past-card")).to_be_attached()
    page.evaluate(AXE.read_text())
    tags = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']"
    ran = f"axe.run('[data-testid=timeline], [data-testid=past-card], [data-testid=replay-band]', {{runOnly: {tags}}})"
    found = page.evaluate(f"() => {ran}")
    assert found["passes"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]] == []
    page.close()
