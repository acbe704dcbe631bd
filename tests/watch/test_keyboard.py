"""The reconstruction's night by keyboard alone, in a real Chromium: no mouse, and every stop of the focus is seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.keyboard import Keyboard
from tests.watch.driving import Running, running

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
PATIENCE_MS = 60_000
OFFICER, COMMANDER = ("B. Osman", "watch-officer"), ("A. Karim", "commander")


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("keyboard")
    with running("demo", "--speed", "6", "--data", folder / "data", folder=folder) as watch:
        yield watch


@pytest.fixture
def page(watch: Running, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(watch.address)
    expect(page.get_by_test_id("page")).to_have_attribute("data-link", "up", timeout=PATIENCE_MS)
    expect.set_options(timeout=20_000)
    yield page
    expect.set_options(timeout=5_000)
    page.close()


def sign(keys: Keyboard, who: tuple[str, str], note: str | None = None) -> None:
    """Say who acts in the open dialog, and do it."""
    dialog = keys.page.get_by_test_id("ask")
    keys.fill(dialog.get_by_test_id("who-name"), who[0])
    keys.choose(dialog.get_by_test_id("who-role"), who[1])
    if note is not None:
        keys.fill(dialog.get_by_test_id("ask-note"), note)
    keys.enter(dialog.get_by_test_id("ask-do"))


def order(keys: Keyboard, who: tuple[str, str], measure: str, protects: str | None = None) -> None:
    keys.press("k")
    dialog = keys.page.get_by_test_id("order")
    keys.fill(dialog.get_by_test_id("who-name"), who[0])
    keys.choose(dialog.get_by_test_id("who-role"), who[1])
    keys.tick(dialog.get_by_test_id(f"measure-{measure}").locator("input"))
    if protects is not None:
        if not dialog.get_by_test_id("order-track").input_value():  # what was chosen before has ended
            keys.to(dialog.get_by_test_id("order-track"))
            keys.press("ArrowDown")
        keys.choose(dialog.get_by_test_id("order-protects"), protects)
    keys.enter(dialog.get_by_test_id("order-do"))


def test_watch(page: Page) -> None:
    keys = Keyboard(page)
    hero = page.get_by_test_id("hero")
    expect(hero).to_be_visible(timeout=PATIENCE_MS)
    first = hero.get_attribute("data-alert") or ""
    row = page.get_by_test_id(f"alert-{first}")
    _dismissed_and_back(keys, first)
    keys.press("ArrowUp", "ArrowUp", "ArrowUp")
    expect(hero).to_have_attribute("aria-current", "true")
    keys.press("a")
    expect(row).to_have_attribute("data-state", "acknowledged")
    _chosen_from_the_list(keys)
    _layers_and_map(keys)
    keys.press("?")
    keymap = page.get_by_test_id("keymap")
    expect(keymap).to_be_visible()
    keys.to(keymap.get_by_role("button"))
    keys.press("Escape")
    expect(keymap).to_have_count(0)


def _dismissed_and_back(keys: Keyboard, first: str) -> None:
    page = keys.page
    row = page.get_by_test_id(f"alert-{first}").or_(page.locator(f'[data-testid=hero][data-alert="{first}"]'))
    keys.press("d")
    expect(page.get_by_test_id("judge")).to_be_visible()
    keys.press("1", "Enter")
    expect(page.get_by_test_id("sure")).to_be_visible()
    keys.press("Enter")
    dismissed = page.get_by_test_id("section-dismissed")
    expect(dismissed).to_be_visible()
    expect(dismissed).to_have_count(0, timeout=PATIENCE_MS)
    expect(row.get_by_test_id("back")).to_be_visible()


def _chosen_from_the_list(keys: Keyboard) -> None:
    page = keys.page
    keys.press("t")
    dialog = page.get_by_test_id("tracks-dialog")
    keys.fill(dialog.get_by_test_id("track-search"), "bird")
    found = dialog.locator("li button").first
    name = found.locator("b").inner_text()
    keys.enter(found)
    expect(dialog).to_have_count(0)
    expect(page.get_by_test_id("card").locator("h2")).to_have_text(name)
    keys.press("ArrowUp")


def _layers_and_map(keys: Keyboard) -> None:
    page = keys.page
    keys.press("l")
    layers = page.get_by_test_id("layer-list")
    expect(layers.locator("input").first).to_be_focused()
    keys.press("Space")
    expect(layers.locator("input").first).not_to_be_checked()
    keys.press("l")
    expect(layers).to_have_count(0)
    mark = page.locator('[data-testid^="track-"]').first
    before = mark.get_attribute("transform")
    keys.press("Shift+ArrowRight")
    expect(mark).not_to_have_attribute("transform", before or "")
    keys.press("f")


def test_every_stop_of_tab_is_seen(page: Page) -> None:
    """From the head to the end of each screen: nothing has the focus unseen, and Tab comes out."""
    for name in page.locator("nav a").all_inner_texts():
        Keyboard(page).enter(page.locator("nav a", has_text=name))
        expect(page.locator("nav a[aria-current]")).to_have_text(name)
        expect(page.locator("main").first).to_be_visible()
        keys = Keyboard(page)
        keys.round()
        assert keys.stops > 3, name


def test_respond_and_hand_over(page: Page) -> None:
    keys = Keyboard(page)
    expect(page.locator('[data-testid^="alert-"], [data-testid=hero]').first).to_be_visible(timeout=PATIENCE_MS)
    keys.press("c")
    expect(page.get_by_test_id("checklist")).to_contain_text("Shelter alarm")
    keys.fill(page.get_by_test_id("acting-name"), OFFICER[0])
    keys.choose(page.get_by_test_id("acting-role"), OFFICER[1])
    keys.enter(page.get_by_test_id("step-do"))
    expect(page.get_by_test_id("step-1")).to_have_attribute("data-state", "done")
    order(keys, OFFICER, "defeat", "civilians")
    expect(page.get_by_test_id("order").get_by_test_id("refusal")).to_contain_text("The role may order the measure")
    keys.press("Escape")
    expect(page.get_by_test_id("order")).to_have_count(0)
    expect(page.get_by_test_id("clause-M2")).to_contain_text("watch-officer may not order Request defeat")
    order(keys, COMMANDER, "close-runway")
    expect(page.get_by_test_id("order")).to_have_count(0)
    keys.enter(page.get_by_test_id("second"))
    sign(keys, COMMANDER)
    expect(page.get_by_test_id("refusal")).to_contain_text("M5")
    sign(keys, OFFICER)
    expect(page.get_by_test_id("ask")).to_have_count(0)
    expect(page.get_by_test_id("decision")).to_have_attribute("data-state", "authorised")
    keys.is_in(page.get_by_test_id("decisions"))
    _the_watch_is_handed_over(keys)


def _the_watch_is_handed_over(keys: Keyboard) -> None:
    page = keys.page
    keys.press("4")
    changed = page.locator('[data-testid="refusal"][data-code="changed"]')
    for _ in range(20):  # the night goes on: what changed while it was read must be read again
        keys.enter(page.get_by_test_id("sign"))
        sign(keys, OFFICER)
        expect(page.get_by_test_id("take").or_(changed)).to_be_visible()
        if not changed.is_visible():
            break
        keys.press("Escape")
        expect(changed).to_have_count(0)
    keys.enter(page.get_by_test_id("take"))
    sign(keys, ("D. Relief", "watch-officer"))
    expect(page.get_by_test_id("hand-over-erbil-H-0001")).to_have_attribute("data-state", "accepted")


def test_incident_and_looking_back(watch: Running, page: Page) -> None:
    watch.until("/api/v1/health", lambda answer: answer["state"] == "ended")  # no fact changes under the statement
    keys = Keyboard(page)
    keys.press("2")
    expect(page.get_by_test_id("timeline")).to_contain_text("Alert A-0001", timeout=PATIENCE_MS)
    keys.press("e")
    form = page.get_by_test_id("form")
    keys.choose(form.locator("[name=effect]"), "injuries")
    keys.choose(form.locator("[name=state]"), "none_reported")
    keys.fill(form.locator("[name=source]"), "the medical officer")
    keys.fill(form.locator("[name=by]"), "Operator 1")
    keys.enter(form.locator("button[type=submit]"))
    expect(page.get_by_test_id("effect-injuries")).to_contain_text("None reported")
    _the_statement_is_approved(keys)
    keys.press("1")
    expect(page.get_by_test_id("map")).to_be_visible()
    keys.press("r")
    expect(page.get_by_test_id("timeline")).to_have_attribute("data-back", "true")
    keys.press("Space", ",", ".", "Escape")
    expect(page.get_by_test_id("timeline")).to_have_attribute("data-back", "false")


def _the_statement_is_approved(keys: Keyboard) -> None:
    page = keys.page
    form, statement = page.get_by_test_id("form"), page.get_by_test_id("statement")

    def by(name: str, role: str) -> None:
        keys.fill(form.locator("[name=by]"), name)
        keys.fill(form.locator("[name=role]"), role)
        keys.enter(form.locator("button[type=submit]"))
        expect(form).to_have_count(0)

    keys.press("s")
    by("Operator 3", "public-affairs")
    keys.enter(page.get_by_test_id("statement-submit"))
    by("Operator 3", "public-affairs")
    for name, role in (("Operator 2", "commander"), ("Operator 3", "public-affairs")):
        keys.enter(page.get_by_test_id("statement-approve"))
        by(name, role)
    expect(statement).to_have_attribute("data-state", "approved")
    keys.is_in(statement)
