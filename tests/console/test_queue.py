"""A queue of hundreds in a real Chromium: few lines, few nodes, and every alert within reach."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import Served
from vedette.model import Alert

pytestmark = pytest.mark.browser
PATIENCE_MS = 60_000
LATER = 1_000_000
"""Order of what is shown here: after all that the desk has shown."""


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(served.url)
    expect(page.get_by_test_id("hero")).to_be_visible(timeout=PATIENCE_MS)
    yield page
    page.close()


def crowd(page: Page, served: Served, many: int, **changes: object) -> None:
    """So many alerts beside the scenario's own, told by the snapshot of a page that begins anew."""
    first = served.desk.board.alerts()[0]
    alerts = [_numbered(first, number, changes) for number in range(many)]
    shown = served.desk.board.shown
    served.desk.board.show(msgspec.structs.replace(shown, alerts=(*shown.alerts, *alerts)), LATER)
    page.reload()
    expect(page.get_by_test_id("hero")).to_be_visible(timeout=PATIENCE_MS)


def _numbered(first: Alert, number: int, changes: dict[str, object]) -> Alert:
    return msgspec.structs.replace(
        first, alert=f"erbil-A-{1000 + number}", track=None, time_to_s=90.0 + number, **changes
    )


def test_500_alerts_of_low_priority_are_one_line_a_rule(page: Page, served: Served) -> None:
    crowd(page, served, 500, priority=4, rule="birds")
    expect(page.get_by_test_id("group-birds")).to_contain_text("500")
    expect(page.get_by_test_id("open-count")).to_have_text("503 open, 2 to act")
    page.get_by_test_id("group-birds").click()
    expect(page.get_by_test_id("alert-erbil-A-1000")).to_be_attached()
    assert page.locator('[data-testid^="alert-erbil-A-1"]').count() < 60


def test_of_500_urgent_ones_only_what_is_near_is_drawn_and_all_are_within_reach(page: Page, served: Served) -> None:
    crowd(page, served, 500, priority=2)
    rows = page.locator('[data-testid^="alert-erbil-A-1"]')
    expect(page.get_by_test_id("alert-erbil-A-1000")).to_be_visible()
    assert rows.count() < 60
    page.get_by_test_id("queue").locator("[data-scrolls]").evaluate("list => list.scrollTo(0, list.scrollHeight)")
    expect(page.get_by_test_id("alert-erbil-A-1499")).to_be_visible()
    assert rows.count() < 60


def test_a_chosen_row_is_drawn_wherever_it_stands(page: Page, served: Served) -> None:
    crowd(page, served, 40, priority=2)
    expect(page.get_by_test_id("alert-erbil-A-1000")).to_be_attached()
    for _ in range(30):
        page.keyboard.press("ArrowDown")
    chosen = page.locator('[data-testid^="alert-"][aria-current="true"]')
    expect(chosen).to_be_in_viewport()
    expect(chosen.get_by_test_id("dismiss")).to_be_visible()
