"""Every screen of the console before a running night: no accessibility fault, nothing cut off; pictures for the docs.

With VEDETTE_SCREENSHOTS=FOLDER the pictures are written there (`make screenshots`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.watch.driving import Running, running

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
AXE = ROOT / "console/node_modules/axe-core/axe.min.js"
SCREENS = re.findall(r"^  \{ name: '([a-z-]*)'", (ROOT / "console/src/screens.ts").read_text(), re.MULTILINE)
LOOKS = {
    "night": (1440, 900, "night"),
    "day": (1440, 900, "day"),
    "red": (1440, 900, "red"),
    "small": (1280, 720, "night"),
    "tablet": (1024, 768, "day"),
}
PATIENCE_MS = 60_000
RUN_AXE = """() => axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'],
})"""


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("screens")
    with running("demo", "--speed", "6", "--data", folder / "data", folder=folder) as watch:
        yield watch


@pytest.fixture(scope="module")
def attacked(watch: Running, browser: Browser) -> Running:
    """The watch, once both drones are alerted."""
    page = browser.new_page()
    page.goto(watch.address)
    expect(page.get_by_test_id("hero")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("[data-testid^=alert-]").first).to_be_visible(timeout=PATIENCE_MS)
    page.close()
    return watch


def opened(browser: Browser, watch: Running, screen: str, look: str) -> Page:
    width, height, mode = LOOKS[look]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.add_init_script(f"localStorage.setItem('vedette-mode', '{mode}')")
    page.goto(f"{watch.address}#/{screen}")
    expect(page.get_by_test_id("page")).to_have_attribute("data-link", "up", timeout=PATIENCE_MS)
    expect(page.locator("html")).to_have_attribute("data-mode", mode)
    expect(page.locator("main").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    return page


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("screen", SCREENS, ids=lambda name: name or "watch")
def test_a_screen_is_accessible_and_whole(browser: Browser, attacked: Running, screen: str, look: str) -> None:
    page = opened(browser, attacked, screen, look)
    folder = os.environ.get("VEDETTE_SCREENSHOTS")
    if folder is not None and look in ("night", "day", "tablet"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{screen or 'watch'}-{look}.png")
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(RUN_AXE)
    faults = [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
    assert faults == []
    assert len(found["inapplicable"]) > 0, "axe ran"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_the_list_of_screens_is_read() -> None:
    assert SCREENS[0] == ""
    assert {"incident", "history"} <= set(SCREENS)


def test_the_history_counts_false_alarms_by_rule_and_sensor(browser: Browser, attacked: Running) -> None:
    page = opened(browser, attacked, "history", "night")
    counted = page.get_by_test_id("history-false-alarms")
    expect(counted.get_by_role("row", name="uav-near-zone 2 0")).to_be_visible()
    expect(counted.get_by_role("table", name="By sensor").get_by_role("row")).not_to_have_count(1)
    page.close()
