"""A crowd on the map, in a real Chromium: all of it drawn, any of it found by the pointer, none of it in the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import Served
from tests.console.crowd import CrowdDesk, name_of

pytestmark = pytest.mark.browser
COUNT = 300
ALERTS = 20


@pytest.fixture
def crowd() -> CrowdDesk:
    desk = CrowdDesk(COUNT, ALERTS)
    for second in range(5):
        desk.show(float(second))
    return desk


@pytest.fixture
def page(browser: Browser, crowd: CrowdDesk) -> Iterator[Page]:
    served = Served(crowd)
    served.start()
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(served.url)
    expect(page.get_by_test_id("hero")).to_be_visible()
    yield page
    page.close()
    served.stop()
    assert faults == []


def elements(page: Page) -> int:
    return page.locator('[data-testid^="track-erbil-T-"]').count()


def out(page: Page) -> None:
    """Zoom out until every track is in view."""
    page.get_by_test_id("map").hover(position={"x": 5, "y": 5})
    for _ in range(6):
        page.keyboard.press("-")


def test_every_track_is_drawn_and_few_are_elements(page: Page) -> None:
    out(page)
    canvas = page.get_by_test_id("crowd")
    few = elements(page)
    assert 3 <= few < 20
    expect(canvas).to_have_attribute("data-drawn", str(COUNT - few))
    expect(canvas).to_have_attribute("aria-label", re.compile(rf"{COUNT} tracks"))


def test_what_is_drawn_is_seen(page: Page) -> None:
    out(page)
    expect(page.get_by_test_id("crowd")).to_have_attribute("data-drawn", re.compile(r"\d+"))
    with_crowd = page.get_by_test_id("map").screenshot()
    page.get_by_test_id("crowd").evaluate("canvas => { canvas.style.visibility = 'hidden' }")
    assert len(page.get_by_test_id("map").screenshot()) < len(with_crowd) * 0.8


def test_priority_1_is_an_element_with_its_label_whatever_is_around_it(page: Page, crowd: CrowdDesk) -> None:
    first = [one for one in crowd.board.alerts() if one.priority == 1]
    assert len(first) == 3
    for alert in first:
        expect(page.get_by_test_id(f"track-{alert.track}")).to_be_attached()
        expect(page.get_by_test_id(f"label-{alert.track}")).to_be_attached()


def test_one_of_the_crowd_that_is_pointed_at_is_named_and_can_be_chosen(page: Page, crowd: CrowdDesk) -> None:
    out(page)
    box = page.get_by_test_id("map").bounding_box()
    assert box is not None
    before = elements(page)
    pointed = ""
    for step in range(400):
        page.mouse.move(box["x"] + 60 + 23 * (step % 20), box["y"] + 90 + 19 * (step // 20))
        under = page.locator('[data-testid^="track-erbil-T-"]:hover')
        if elements(page) == before + 1 and under.count() == 1:
            pointed = (under.get_attribute("data-testid") or "").removeprefix("track-")
            break
    assert pointed in {name_of(number) for number in range(1, COUNT + 1)}
    page.mouse.down()
    page.mouse.up()
    card = page.get_by_test_id("card")
    expect(card).to_have_attribute("data-track", pointed)
    expect(page.get_by_test_id(f"track-{pointed}").get_by_test_id("brackets")).to_be_attached()
    expect(card).to_contain_text("No ADS-B or Remote ID within 300 m")  # its reasons, sent because it is looked at
    crowd.show(30.0)
    expect(page.get_by_test_id(f"track-{pointed}")).to_be_attached()


def test_the_keyboard_reaches_any_of_the_crowd_by_its_name(page: Page) -> None:
    last = name_of(COUNT)
    page.keyboard.press("t")
    expect(page.get_by_test_id("track-count")).to_have_text(f"{COUNT} tracks")
    for _ in range(2):  # from the heading to the search field
        page.keyboard.press("Tab")
        if page.get_by_test_id("track-search").evaluate("field => field === document.activeElement"):
            break
    page.keyboard.type(last.removeprefix("erbil-"))
    expect(page.get_by_test_id("track-count")).to_have_text(f"1 of {COUNT} tracks")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("tracks-dialog")).to_be_hidden()
    expect(page.get_by_test_id("card")).to_have_attribute("data-track", last)
    expect(page.get_by_test_id(f"track-{last}").get_by_test_id("brackets")).to_be_attached()


def test_a_press_that_drags_the_map_chooses_nothing(page: Page) -> None:
    out(page)
    chosen = page.get_by_test_id("card").get_attribute("data-track")
    box = page.get_by_test_id("map").bounding_box()
    assert box is not None
    for row in range(4):
        page.mouse.move(box["x"] + 200, box["y"] + 200 + 60 * row)
        page.mouse.down()
        page.mouse.move(box["x"] + 240, box["y"] + 230 + 60 * row, steps=3)
        page.mouse.up()
    expect(page.get_by_test_id("card")).to_have_attribute("data-track", chosen or "")


def test_a_crowd_that_goes_leaves_elements_again(page: Page, crowd: CrowdDesk) -> None:
    expect(page.get_by_test_id("crowd")).to_be_attached()
    crowd.leave(12)
    crowd.show(6.0)
    expect(page.get_by_test_id("crowd")).not_to_be_attached()
    assert elements(page) == 12
