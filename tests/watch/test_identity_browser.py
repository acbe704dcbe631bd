"""A real Chromium before a running watch: a person's word by keyboard alone, and an own flight."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.watch.driving import Running, running, vedette
from tests.watch.test_screens import AXE, RUN_AXE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE_MS = 60_000


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Running]:
    """A night that is over: its last picture stands, and people go on saying things of it."""
    with running("demo", "--speed", "max", "--data", tmp_path / "data", folder=tmp_path) as watch:
        watch.until("/api/v1/health", lambda health: health["state"] == "ended")
        yield watch


def accessible(page: Page) -> None:
    """No fault by axe in any mode, with what is open now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    for mode in ("night", "day", "red"):
        page.evaluate("mode => document.documentElement.dataset.mode = mode", mode)
        found = page.evaluate(RUN_AXE)
        faults = [f"{mode} {one['id']}: {node['target']} {node['failureSummary']}"
                  for one in found["violations"] for node in one["nodes"]]  # fmt: skip
        assert faults == []
    page.evaluate("document.documentElement.dataset.mode = 'night'")


def named(page: Page) -> None:
    page.get_by_test_id("by").fill("Cpt Aziz")
    page.get_by_test_id("role").fill("watch_officer")


def test_a_word_by_keyboard_and_an_own_flight(watch: Running, browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(watch.address)
    held = page.get_by_test_id("held")
    bird = page.locator('[data-testid^="track-"][data-disposition="neutral"]').first
    expect(bird).to_be_visible(timeout=PATIENCE_MS)
    track = (bird.get_attribute("data-testid") or "").removeprefix("track-")
    bird.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("card")).to_have_attribute("data-track", track)
    expect(held).to_have_attribute("data-disposition", "neutral")
    expect(page.get_by_test_id("evidence")).to_contain_text("Classed")
    _hostile_takes_a_reason_and_a_person(page)
    symbol = page.get_by_test_id(f"track-{track}")
    expect(symbol).to_have_attribute("data-disposition", "hostile", timeout=PATIENCE_MS)
    expect(held).to_contain_text("by Cpt Aziz, watch officer")
    expect(page.get_by_test_id("override")).to_have_text("it dived at the tower")
    expect(page.get_by_test_id("evidence-says")).to_contain_text("neutral")
    _withdrawn(page)
    expect(symbol).to_have_attribute("data-disposition", "neutral", timeout=PATIENCE_MS)
    _a_flight_is_entered(page)
    page.close()
    lines = vedette("log", tmp_path / "data", "--json").stdout
    for kind in (
        "disposition_judged",
        "disposition_overridden",
        "override_withdrawn",
        "flight_planned",
        "flight_moved",
    ):
        assert f'"{kind}"' in lines, kind


def _hostile_takes_a_reason_and_a_person(page: Page) -> None:
    page.keyboard.press("i")
    dialog = page.get_by_test_id("identity-dialog")
    expect(dialog).to_be_visible()
    accessible(page)
    page.get_by_test_id("say-suspicious").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("say-hostile")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("not-recorded")).to_contain_text("your name")
    page.get_by_test_id("reason").fill("it dived at the tower")
    page.get_by_test_id("record").click()
    expect(page.get_by_test_id("not-recorded")).to_contain_text("your name")
    named(page)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0, timeout=PATIENCE_MS)


def _withdrawn(page: Page) -> None:
    page.keyboard.press("i")
    page.get_by_test_id("withdraw").click()
    expect(page.get_by_test_id("identity-dialog")).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.get_by_test_id("override")).to_have_count(0, timeout=PATIENCE_MS)


def _a_flight_is_entered(page: Page) -> None:
    page.keyboard.press("o")
    accessible(page)
    page.get_by_test_id("flight-who").fill("Survey team")
    page.get_by_test_id("flight-from").fill("tonight")
    page.get_by_test_id("flight-record").click()
    expect(page.get_by_test_id("not-recorded")).to_be_visible()
    page.get_by_test_id("flight-from").fill("2021-09-11 23:00")
    page.get_by_test_id("flight-until").fill("2021-09-12 01:00")
    page.get_by_test_id("flight-serial").fill("1581F5BKD")
    page.get_by_test_id("flight-record").click()
    expect(page.get_by_test_id("listed-erbil-O-0001")).to_have_attribute("data-state", "expected", timeout=PATIENCE_MS)
    accessible(page)
    page.keyboard.press("Escape")
    row = page.get_by_test_id("flight-erbil-O-0001")
    expect(row).to_contain_text("Survey team")
    expect(row).to_contain_text("23:00–01:00")
    expect(page.get_by_test_id("box-erbil-O-0001")).to_be_visible()
    page.keyboard.press("o")
    page.get_by_test_id("withdraw-erbil-O-0001").click()
    expect(page.get_by_test_id("listed-erbil-O-0001")).to_have_attribute("data-state", "withdrawn", timeout=PATIENCE_MS)
