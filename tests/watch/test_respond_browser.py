"""A real Chromium before a running watch of the reconstruction: respond, be refused, close, hand over."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.watch.driving import Running, running, vedette
from tests.watch.test_screens import AXE, RUN_AXE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE_MS = 60_000
COMMANDER, OFFICER = ("A. Karim", "commander"), ("B. Osman", "watch-officer")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("respond")


@pytest.fixture(scope="module")
def watch(folder: Path) -> Iterator[Running]:
    with running("demo", "--speed", "4", "--data", folder / "data", folder=folder) as watch:
        yield watch


@pytest.fixture
def page(watch: Running, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    page.close()
    assert faults == []


def sign(page: Page, who: tuple[str, str], note: str | None = None) -> None:
    """Fill in who acts, and do it."""
    dialog = page.get_by_test_id("ask")
    dialog.get_by_test_id("who-name").fill(who[0])
    dialog.get_by_test_id("who-role").select_option(who[1])
    if note is not None:
        dialog.get_by_test_id("ask-note").fill(note)
    dialog.get_by_test_id("ask-do").click()


def assert_accessible(page: Page) -> None:
    page.evaluate(AXE.read_text())
    found = page.evaluate(RUN_AXE)
    assert [(fault["id"], node["target"]) for fault in found["violations"] for node in fault["nodes"]] == []


def order(page: Page, who: tuple[str, str], measure: str, protects: str | None = None) -> None:
    page.keyboard.press("k")
    dialog = page.get_by_test_id("order")
    dialog.get_by_test_id(f"measure-{measure}").click()
    assert_accessible(page)
    dialog.get_by_test_id("who-name").fill(who[0])
    dialog.get_by_test_id("who-role").select_option(who[1])
    if protects is not None:
        dialog.get_by_test_id("order-protects").select_option(protects)
    dialog.get_by_test_id("order-do").click()


def test_a_night_on_the_respond_screen(watch: Running, page: Page) -> None:
    page.goto(watch.address)
    expect(page.get_by_test_id("hero")).to_be_visible(timeout=PATIENCE_MS)
    page.keyboard.press("c")
    expect(page.get_by_test_id("checklist")).to_contain_text("Shelter alarm", timeout=PATIENCE_MS)
    assert "#/respond/erbil-I-0001" in page.url

    page.get_by_test_id("acting-name").fill(OFFICER[0])
    page.get_by_test_id("acting-role").select_option(OFFICER[1])
    page.get_by_test_id("step-do").click()
    expect(page.get_by_test_id("step-1")).to_have_attribute("data-state", "done")
    expect(page.get_by_test_id("step-1")).to_contain_text("B. Osman")
    _a_measure_needs_its_order(page)
    _two_persons_close_the_runway(page)
    _a_refusal_stands_with_its_clause(page)
    _the_runway_stays_closed(page)
    _a_partner_is_told(page)


def _a_measure_needs_its_order(page: Page) -> None:
    page.get_by_test_id("step-3").get_by_role("button").first.click()
    expect(page.get_by_test_id("step-do")).to_have_count(0)
    page.get_by_test_id("step-order").click()
    expect(page.get_by_test_id("order-spoken")).to_contain_text("B. Osman (watch-officer) orders: Shelter alarm")
    page.get_by_test_id("order-do").click()
    expect(page.get_by_test_id("order")).to_have_count(0)
    page.get_by_test_id("step-do").click()
    expect(page.get_by_test_id("step-3")).to_have_attribute("data-state", "done")


def _two_persons_close_the_runway(page: Page) -> None:
    order(page, COMMANDER, "close-runway")
    expect(page.get_by_test_id("second-person")).to_contain_text("Waiting")
    expect(page.get_by_test_id("step-6")).to_contain_text("waits for a second person")
    page.get_by_test_id("second").click()
    assert_accessible(page)
    sign(page, ("a.  KARIM".replace("  ", " "), COMMANDER[1]))
    expect(page.get_by_test_id("refusal")).to_contain_text("M5")
    sign(page, OFFICER)
    expect(page.get_by_test_id("ask")).to_have_count(0)
    expect(page.get_by_test_id("decision")).to_have_attribute("data-state", "authorised")
    expect(page.get_by_test_id("second-person")).to_contain_text("B. Osman")
    expect(page.get_by_test_id("decision")).to_contain_text("A. Karim (commander)".replace("A. Karim", "a. KARIM"))
    page.get_by_test_id("carried-out").click()
    sign(page, OFFICER)
    expect(page.get_by_test_id("step-6")).to_have_attribute("data-state", "done", timeout=PATIENCE_MS)


def _a_refusal_stands_with_its_clause(page: Page) -> None:
    order(page, OFFICER, "defeat", "civilians")
    dialog = page.get_by_test_id("order")
    expect(dialog.get_by_test_id("refusal")).to_contain_text("The role may order the measure")
    expect(dialog).to_contain_text("are in the record")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("decision")).to_have_attribute("data-state", "refused")
    expect(page.get_by_test_id("clause-M2")).to_contain_text("watch-officer may not order Request defeat")
    expect(page.get_by_test_id("step-7")).to_contain_text("refused")
    expect(page.get_by_test_id("step-7")).to_have_attribute("data-state", "open")


def _the_runway_stays_closed(page: Page) -> None:
    closure = page.get_by_test_id("closure-runway-18-36")
    expect(closure).to_be_visible(timeout=PATIENCE_MS)
    expect(closure.get_by_test_id("closure-clock")).to_have_text(re.compile(r"^\d+:\d\d$"))
    expect(closure.get_by_test_id("criterion-clear")).to_have_attribute("data-met", "false")
    closure.get_by_test_id("criterion-confirm-1").get_by_role("button").click()
    sign(page, ("C. Field", "watch-officer"), "swept, no debris")
    expect(closure.get_by_test_id("criterion-confirm-1")).to_have_attribute("data-met", "true")
    expect(closure.get_by_test_id("criterion-confirm-1")).to_contain_text("C. Field")
    closure.get_by_test_id("reopen").click()
    sign(page, OFFICER)
    expect(page.get_by_test_id("refusal")).to_contain_text("No unexplained aircraft")
    page.keyboard.press("Escape")
    expect(closure).to_contain_text("Refused to B. Osman")
    closure.get_by_test_id("reopen-anyway").click()
    expect(page.get_by_test_id("ask")).to_contain_text("No unexplained aircraft")
    sign(page, COMMANDER, "ambulance flight")
    expect(closure).to_have_count(0)
    expect(page.get_by_test_id("closures")).to_contain_text("opened by A. Karim, 2 not met")
    expect(page.get_by_test_id("ask")).to_have_count(0)


def _a_partner_is_told(page: Page) -> None:
    page.keyboard.press("t")
    dialog = page.get_by_test_id("ask")
    dialog.get_by_test_id("field-partner").fill("Airport police")
    dialog.get_by_test_id("field-text").fill("One drone down outside the perimeter")
    sign(page, OFFICER)
    notice = page.get_by_test_id("notice-erbil-N-0001")
    expect(notice).to_have_attribute("data-state", "sent")
    notice.get_by_test_id("read").click()
    page.get_by_test_id("field-confirmed").fill("Duty sergeant")
    sign(page, OFFICER)
    expect(notice).to_have_attribute("data-state", "read")
    expect(notice).to_contain_text("Duty sergeant")


def _sign_what_stands(page: Page) -> None:
    """The night goes on: what changed while it was read must be read again."""
    changed = page.locator('[data-testid="refusal"][data-code="changed"]')
    for _ in range(20):
        page.get_by_test_id("sign").click()
        sign(page, OFFICER)
        expect(page.get_by_test_id("take").or_(changed)).to_be_visible()
        if not changed.is_visible():
            return
        page.keyboard.press("Escape")
    raise AssertionError("it changes all the time")


def test_the_watch_is_handed_over_by_two(watch: Running, page: Page, folder: Path) -> None:
    page.goto(f"{watch.address}/#/hand-over")
    expect(page.get_by_test_id("sheet-checklists")).to_contain_text("3 of 11 steps", timeout=PATIENCE_MS)
    _sign_what_stands(page)
    page.get_by_test_id("take").click()
    sign(page, OFFICER)
    expect(page.get_by_test_id("refusal")).to_have_attribute("data-code", "same_person")
    sign(page, ("D. Relief", "watch-officer"))
    expect(page.get_by_test_id("hand-over-erbil-H-0001")).to_have_attribute("data-state", "accepted")
    assert "signed by" in page.get_by_test_id("checkpoint").inner_text()
    page.goto(f"{watch.address}/api/v1/hand-over/erbil-H-0001/paper.html")
    expect(page.locator("body")).to_contain_text("D. Relief (watch-officer)")
    expect(page.locator("body")).to_contain_text("SIMULATED")
    assert watch.end(signal.SIGTERM) == 0
    kinds = vedette("log", folder / "data", "--kind", "hand_over_moved", "--json").stdout
    assert "D. Relief" in kinds
    assert vedette("verify", folder / "data").stdout.startswith("intact, ")
