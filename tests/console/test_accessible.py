"""Every dialog, disposition and fading by axe, in all three lights; and what tells them apart without colour."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import Served
from tests.console.states import StateDesk
from tests.watch.test_screens import AXE, RUN_AXE
from vedette.model import Disposition

pytestmark = pytest.mark.browser
DIALOGS = {
    "keys": ("", ("?",), "keymap"),
    "order": ("", ("k",), "order"),
    "identity": ("", ("i",), "identity-dialog"),
    "flights": ("", ("o",), "flights-dialog"),
    "tracks": ("", ("t",), "tracks-dialog"),
    "layers": ("", ("l",), "layer-list"),
    "judge": ("", ("d",), "judge"),
    "judged": ("", ("d", "1", "Enter"), "sure"),
    "looking-back": ("", ("r",), "timeline"),
    "tell": ("respond", ("t",), "ask"),
    "effect": ("incident", ("e",), "form"),
    "claim": ("incident", ("c",), "form"),
    "draft": ("incident", ("s",), "form"),
}


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served(StateDesk("each"))
    for t_s in range(31, 61):
        served.desk.show(float(t_s))
    served.start()
    yield served
    served.stop()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page.goto(served.url)
    expect(page.get_by_test_id("hero")).to_be_visible()
    page.evaluate(AXE.read_text())
    yield page
    page.close()


def faults(page: Page) -> list[str]:
    """What axe finds in any light."""
    found = []
    for mode in ("night", "day", "red"):
        page.evaluate("mode => document.documentElement.dataset.mode = mode", mode)
        answer = page.evaluate(RUN_AXE)
        assert answer["passes"], "axe ran"
        found += [
            f"{mode} {one['id']}: {node['target']} {node['failureSummary']}"
            for one in answer["violations"]
            for node in one["nodes"]
        ]
    return found


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog_can_be_used_by_all(page: Page, name: str) -> None:
    screen, keys, shown = DIALOGS[name]
    if screen:
        page.evaluate("screen => location.hash = `#/${screen}`", screen)
        expect(page.locator("nav a[aria-current]")).to_have_attribute("href", f"#/{screen}")
        expect(page.get_by_test_id({"respond": "checklist", "incident": "statement"}[screen])).to_be_visible()
    for key in keys:
        page.keyboard.press(key)
    expect(page.get_by_test_id(shown)).to_be_visible()
    assert faults(page) == []


def test_words_of_every_disposition_can_be_read_and_each_has_a_shape_of_its_own(page: Page) -> None:
    shapes: dict[str, str] = {}
    for track in page.locator("[data-testid^=track-]").all():
        disposition = track.get_attribute("data-disposition") or ""
        frame = track.locator(".symbol path").first
        look = "e => [e.getAttribute('d'), getComputedStyle(e).fill !== 'none', getComputedStyle(e).strokeDasharray]"
        shapes[disposition] = str(frame.evaluate(look))
        track.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("held")).to_have_attribute("data-disposition", disposition)
        assert faults(page) == [], disposition
    assert len(shapes) >= 5
    assert set(shapes) <= {one.value for one in Disposition}
    assert len(set(shapes.values())) == len(shapes), shapes


def test_alerts_say_their_priority_in_words(page: Page) -> None:
    for alert in page.locator("[data-testid=hero], [data-testid^=alert-erbil]").all():
        priority = alert.locator(".priority").first
        assert priority.get_attribute("aria-label") == f"priority {priority.inner_text()}"


def test_what_is_old_can_still_be_read(page: Page, served: Served) -> None:
    served.desk.stall(6.0)
    expect(page.get_by_test_id("stale")).to_be_visible()
    expect(page.locator("[data-testid=card] .scroll.faded")).to_be_visible()
    assert faults(page) == []
    served.stop()
    expect(page.get_by_test_id("lost-cover")).to_be_visible(timeout=6000)
    expect(page.locator("[data-testid=card] .scroll.gone")).to_be_visible()
    assert faults(page) == []
