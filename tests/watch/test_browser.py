"""A real Chromium before a running watch of the reconstruction: what the officer sees, what the record has."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.watch.driving import Running, running, vedette

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="module")
def watch(folder: Path) -> Iterator[Running]:
    with running("demo", "--speed", "10", "--data", folder / "data", folder=folder) as watch:
        yield watch


def test_the_night_as_the_officer_sees_it(watch: Running, browser: Browser, folder: Path) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(watch.address)
    hero = page.get_by_test_id("hero")
    expect(hero).to_be_visible(timeout=PATIENCE_MS)
    first = hero.get_attribute("data-alert")
    assert first is not None
    expect(page.get_by_test_id("band")).to_contain_text("SIMULATED")
    expect(page.get_by_test_id("countdown")).to_have_text(re.compile(r"^\d:\d\d$"))
    page.keyboard.press("a")
    expect(page.get_by_test_id(f"alert-{first}")).to_have_attribute("data-state", "acknowledged", timeout=PATIENCE_MS)
    expect(page.locator('[data-testid^="track-"][data-disposition="suspicious"]')).to_have_count(2, timeout=PATIENCE_MS)
    _both_are_down(page, watch)
    page.close()
    assert watch.end(signal.SIGTERM) == 0
    acknowledged = vedette("log", folder / "data", "--kind", "alert_acknowledged", "--json").stdout
    assert first in acknowledged
    assert vedette("verify", folder / "data").stdout.startswith("intact, ")


def _both_are_down(page: Page, watch: Running) -> None:
    def down(answer: dict[str, list[dict[str, list[dict[str, object]]]]]) -> bool:
        return any(sum(bool(track["impact"]) for track in one["tracks"]) == 2 for one in answer["incidents"])

    watch.until("/api/v1/incidents", down)
    page.get_by_role("link", name="Incident", exact=True).click()
    expect(page.get_by_text("unclaimed", exact=False).first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Not yet reported").first).to_be_visible()
    expect(page.get_by_text("A-0001").first).to_be_visible()
    expect(page.get_by_text(re.compile("inside the perimeter", re.IGNORECASE)).first).to_be_visible()
