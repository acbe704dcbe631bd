"""What a screen must bear: nothing, hundreds, names of eighty letters, no feed, a watch that answers with faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.console.conftest import Served
from tests.console.states import StateDesk

pytestmark = pytest.mark.browser
SIZES = {"desk": (1440, 900), "small": (1280, 720), "tablet": (1024, 768)}
Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """A page before a desk in one of the states."""
    with ExitStack() as stack:

        def open_page(state: str, size: str = "desk", screen: str = "", direction: str = "ltr") -> Page:
            served = Served(StateDesk(state))
            for t_s in range(31, 61):
                served.desk.show(float(t_s))
            served.start()
            stack.callback(served.stop)
            width, height = SIZES[size]
            page = browser.new_page(viewport={"width": width, "height": height})
            stack.callback(page.close)
            page.add_init_script(
                f"addEventListener('DOMContentLoaded', () => document.documentElement.dir = '{direction}')"
            )
            page.goto(f"{served.url}#/{screen}")
            expect(page.get_by_test_id("page")).to_have_attribute("data-link", "up", timeout=20_000)
            return page

        yield open_page


def inside(inner: Locator, outer: Locator) -> bool:
    """Whether the one lies in the other, to a pixel."""
    a, b = inner.bounding_box(), outer.bounding_box()
    assert a is not None
    assert b is not None
    return (
        a["x"] >= b["x"] - 1.0
        and a["y"] >= b["y"] - 1.0
        and a["x"] + a["width"] <= b["x"] + b["width"] + 1.0
        and a["y"] + a["height"] <= b["y"] + b["height"] + 1.0
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("state", "direction"), [("long", "ltr"), ("rtl", "ltr"), ("rtl", "rtl")])
def test_long_names_push_nothing_out(opened: Opened, state: str, direction: str, size: str) -> None:
    page = opened(state, size, direction=direction)
    expect(page.get_by_test_id("hero")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for place in page.locator("nav a").all():
        assert inside(place, page.locator("nav")), place.inner_text()
    card = page.get_by_test_id("card")
    expect(card.locator("h2")).to_have_attribute("title", re.compile("41$"))
    heading = card.locator("h2").bounding_box()
    assert heading is not None
    assert heading["height"] <= 48.0, "two lines at most"
    named = page.locator(".overlay text").filter(has_text="…")
    expect(named.first).to_be_visible()
    for label in named.all():
        assert inside(label, page.get_by_test_id("overlay")), label.text_content()
    for feed in page.locator("[data-testid^=feed-] span").all():
        box = feed.bounding_box()
        assert box is not None
        assert box["width"] <= 210.0
    expect(page.get_by_test_id("countdown")).to_have_text(re.compile(r"^[01]:\d\d$"))


def test_no_feeds_is_not_calm(opened: Opened) -> None:
    page = opened("empty")
    expect(page.get_by_test_id("blind")).to_contain_text("nothing is watched")
    page.get_by_test_id("feeds").get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("setup")).to_be_visible()


def test_of_500_the_next_is_one_key_away(opened: Opened) -> None:
    page = opened("many")
    hero = page.get_by_test_id("hero")
    expect(page.get_by_test_id("open-count")).to_contain_text("500 open")
    first = hero.get_attribute("data-alert")
    page.keyboard.press("a")
    expect(hero).not_to_have_attribute("data-alert", first or "")
    expect(page.get_by_test_id("open-count")).to_contain_text("499 open")
    assert page.locator('[data-testid^="alert-"]').count() < 80, "what is out of sight is not drawn"


class Faulty:
    """A watch that answers every question with a fault of its own, until it is mended."""

    def __init__(self, page: Page) -> None:
        self.mended = False
        page.route(re.compile("/api/v1/(?!session)"), self._answer)

    def _answer(self, route: Route) -> None:
        if self.mended:
            route.continue_()
        else:
            route.fulfill(status=500, json={"error": {"code": "own_fault", "message": "a fault of our own"}})


def faulty(opened: Opened, screen: str) -> tuple[Page, Faulty]:
    page = opened("many")
    fault = Faulty(page)
    page.goto(f"{page.url.split('#')[0]}#/{screen}")
    page.reload()
    return page, fault


@pytest.mark.parametrize("screen", ["incident", "exercise", "history", "setup"])
def test_a_screen_that_cannot_be_read_says_so_and_asks_again(opened: Opened, screen: str) -> None:
    page, fault = faulty(opened, screen)
    expect(page.get_by_text("a fault of our own").first).to_be_visible()
    page.wait_for_load_state("networkidle")  # it asks by itself when the picture comes
    fault.mended = True
    page.get_by_role("button", name="Ask again").first.click()
    expect(page.get_by_text("a fault of our own")).to_have_count(0)


def test_a_site_that_cannot_be_read_is_no_place_and_no_time_of_day(opened: Opened) -> None:
    page, fault = faulty(opened, "")
    expect(page.get_by_test_id("no-site")).to_contain_text("a fault of our own")
    expect(page.get_by_test_id("clocks")).not_to_contain_text("local")
    fault.mended = True
    expect(page.get_by_test_id("no-site")).to_have_count(0)
    expect(page.get_by_test_id("clocks")).to_contain_text("local")


def test_what_was_not_answered_is_not_said_to_be_missing(opened: Opened) -> None:
    page, fault = faulty(opened, "hand-over")
    expect(page.get_by_test_id("checkpoint")).to_contain_text("cannot be read: a fault of our own")
    page.keyboard.press("k")
    expect(page.get_by_test_id("order").get_by_test_id("refusal")).to_contain_text("a fault of our own")
    fault.mended = True
    page.get_by_test_id("order-again").click()
    expect(page.get_by_test_id("order").get_by_test_id("standing")).to_be_visible()
