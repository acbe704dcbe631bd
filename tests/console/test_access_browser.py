"""Log-in, first start, revocation, users and a second person in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.access.quick import PASSWORD, PEOPLE, Quick, people
from tests.console.conftest import Served
from tests.console.fake_desk import FakeDesk
from tests.console.keyboard import Keyboard
from tests.watch.test_screens import AXE, RUN_AXE
from vedette.access import RIGHTS, Right, UserFile
from vedette.clock import LiveClock
from vedette.model import AccessRefused, OperatorPlace, PersonConfirmed, UserChanged

pytestmark = pytest.mark.browser
OWN = "a sentence of my own"


class Door:
    """A served desk with access, and pages of it."""

    def __init__(self, browser: Browser, desk: FakeDesk, file: UserFile) -> None:
        self.desk, self.quick = desk, Quick(file)
        self.quick.clock.set(LiveClock().now_s())  # the browser has the machine's
        self.served = Served(desk, self.quick.access)
        self.served.start()
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._faults: list[str] = []

    def page(self, path: str = "") -> Page:
        """A page of a browser of its own."""
        context = self._browser.new_context(viewport={"width": 1440, "height": 900})
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self._faults.append(str(error)))
        page.goto(self.served.url + path)
        return page

    def entered(self, name: str) -> Page:
        """A page on which somebody has logged in."""
        page = self.page()
        log_in(page, name)
        expect(page.get_by_test_id("hero")).to_be_visible(timeout=20_000)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        self.served.stop()
        assert self._faults == []


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_test_id("name").fill(name)
    page.get_by_test_id("password").fill(password)
    page.keyboard.press("Enter")


@pytest.fixture
def door(browser: Browser, desk: FakeDesk, tmp_path: Path) -> Iterator[Door]:
    door = Door(browser, desk, people(tmp_path))
    yield door
    door.close()


@pytest.fixture
def new_door(browser: Browser, desk: FakeDesk, tmp_path: Path) -> Iterator[Door]:
    door = Door(browser, desk, UserFile(tmp_path))
    yield door
    door.close()


def test_first_start_from_the_link_to_the_picture(new_door: Door) -> None:
    other = new_door.page()
    expect(other.get_by_test_id("hero")).to_be_visible()
    expect(other.get_by_test_id("single")).to_contain_text("Single-user mode")
    other.keyboard.press("Control+End")
    page = new_door.page(f"#/first/{new_door.quick.access.first_link()}")
    expect(page.get_by_test_id("cover")).to_have_attribute("data-kind", "first")
    page.get_by_test_id("name").fill("M. Manager")
    page.get_by_test_id("new-password").fill("too short")
    page.get_by_test_id("new-password-again").fill("too short")
    make = page.get_by_role("button", name="Make and log in")
    expect(make).to_be_disabled()
    page.get_by_test_id("new-password").fill(PASSWORD)
    expect(page.get_by_text("The two are not the same.")).to_be_visible()
    page.get_by_test_id("new-password-again").fill(PASSWORD)
    make.click()
    expect(page.get_by_test_id("who")).to_contain_text("M. Manager")
    expect(page.get_by_test_id("hero")).to_be_visible()
    expect(page.get_by_test_id("single")).to_have_count(0)
    expect(other.get_by_test_id("cover")).to_have_attribute("data-kind", "ended")
    other.reload()
    expect(other.get_by_test_id("cover")).to_have_attribute("data-kind", "in")


def test_the_way_in_by_keyboard_alone(door: Door) -> None:
    page = door.page()
    keys = Keyboard(page)
    expect(page.get_by_test_id("cover")).to_be_visible()
    keys.fill(page.get_by_test_id("name"), "O. Officer")
    keys.fill(page.get_by_test_id("password"), "not the one")
    keys.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    keys.to(page.get_by_test_id("password"), back=True)
    keys.write(PASSWORD)
    keys.press("Tab", "Enter")
    expect(page.get_by_test_id("hero")).to_be_visible(timeout=20_000)
    keys.press("a")
    expect(page.get_by_test_id("alert-erbil-A-0001")).to_have_attribute("data-state", "acknowledged")


@pytest.mark.parametrize("mode", ["night", "day", "red"])
def test_the_way_in_is_accessible(new_door: Door, mode: str) -> None:
    page = new_door.page(f"#/first/{new_door.quick.access.first_link()}")
    expect(page.get_by_test_id("cover")).to_have_attribute("data-kind", "first")
    page.get_by_test_id("new-password").fill("too short")
    page.get_by_test_id("new-password-again").fill("another")
    assert faults(page, mode) == [], "first start"
    page.get_by_test_id("name").fill("M. Manager")
    page.get_by_test_id("new-password").fill(PASSWORD)
    page.get_by_test_id("new-password-again").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("hero")).to_be_visible()
    other = new_door.page()
    expect(other.get_by_test_id("cover")).to_have_attribute("data-kind", "in")
    assert faults(other, mode) == [], "log-in"
    log_in(other, "M. Manager", "not the one")
    expect(other.get_by_role("alert")).to_be_visible()
    assert faults(other, mode) == [], "log-in refused"


def test_a_spent_link_says_so(new_door: Door) -> None:
    page = new_door.page("#/first/not-the-one")
    page.get_by_test_id("name").fill("M. Manager")
    page.get_by_test_id("new-password").fill(PASSWORD)
    page.get_by_test_id("new-password-again").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="no longer holds")).to_be_visible()


def test_nothing_of_the_site_is_there_before_log_in(door: Door) -> None:
    page = door.page()
    expect(page.get_by_test_id("cover")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("cover")).to_be_visible()
    assert "Erbil" not in page.content()
    log_in(page, "O. Officer", "not the password")
    expect(page.get_by_role("alert").filter(has_text="Name or password is wrong.")).to_be_visible()
    expect(page.get_by_test_id("password")).to_have_value("")
    log_in(page, "o. officer")
    expect(page.get_by_test_id("site-name")).to_have_text("Erbil Air Base")
    expect(page.get_by_test_id("who")).to_contain_text("Watch officer")
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    (name,) = [name for name in cookies if name.startswith("vedette-")]
    assert (cookies[name]["httpOnly"], cookies[name]["sameSite"], cookies[name]["expires"]) == (True, "Strict", -1)
    assert page.evaluate("document.cookie") == ""
    page.reload()
    expect(page.get_by_test_id("hero")).to_be_visible()


def test_an_officer_acts_under_their_own_name(door: Door) -> None:
    page = door.entered("O. Officer")
    with page.expect_response(re.compile("/acknowledge$")) as answer:
        page.keyboard.press("a")
    assert answer.value.status == 200
    assert door.desk.actions[-1].by == "O. Officer"
    page.get_by_test_id("who").click()
    page.get_by_test_id("log-out").click()
    expect(page.get_by_test_id("cover")).to_have_attribute("data-kind", "in")
    assert door.quick.access.sessions() == []
    assert "Erbil" not in page.content()


def test_a_revoked_screen_is_covered_and_goes_on_after_log_in(door: Door) -> None:
    page, manager = door.entered("V. Viewer"), door.entered("M. Manager")
    page.keyboard.press("ArrowDown")
    chosen = page.get_by_test_id("card").get_attribute("data-track")
    manager.goto(f"{door.served.url}#/access")
    manager.get_by_test_id("session-V. Viewer").get_by_role("button").click()
    expect(manager.get_by_test_id("session-V. Viewer")).to_have_count(0)
    expect(page.get_by_test_id("cover")).to_have_attribute("data-kind", "ended")
    log_in(page, "V. Viewer")
    expect(page.get_by_test_id("cover")).to_have_count(0)
    expect(page.get_by_test_id("page")).to_have_attribute("data-link", "up")
    expect(page.get_by_test_id("card")).to_have_attribute("data-track", chosen or "")


def test_an_administrator_adds_a_user_who_chooses_a_password(door: Door) -> None:
    manager = door.entered("M. Manager")
    manager.goto(f"{door.served.url}#/access")
    form = manager.get_by_test_id("user-add")
    form.get_by_test_id("user-name").fill("N. New")
    form.get_by_test_id("role").select_option("commander")
    form.get_by_test_id("new-password").fill("first password")
    form.get_by_test_id("new-password-again").fill("first password")
    form.get_by_role("button", name="Add a user").click()
    row = manager.get_by_test_id("user-N. New")
    expect(row).to_contain_text("password to be changed")
    page = door.page()
    log_in(page, "N. New", "first password")
    expect(page.get_by_test_id("cover")).to_have_attribute("data-kind", "must")
    page.get_by_test_id("old-password").fill("first password")
    page.get_by_test_id("new-password").fill(OWN)
    page.get_by_test_id("new-password-again").fill(OWN)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("hero")).to_be_visible()
    row.get_by_role("button", name="Disable").click()
    expect(row).to_contain_text("disabled")
    expect(page.get_by_test_id("cover")).to_have_attribute("data-kind", "ended")
    manager.get_by_test_id("user-M. Manager").get_by_role("button", name="Disable").click()
    expect(manager.get_by_role("alert").filter(has_text="nobody would be left")).to_be_visible()


def test_a_viewer_is_not_shown_what_they_may_not_do(door: Door) -> None:
    door.desk.operators["rid:1581F4TST000398"] = OperatorPlace(latitude_deg=36.1, longitude_deg=43.6, heard_s=1.7e9)
    door.desk.show(61.0)
    for name, there in (("V. Viewer", 0), ("O. Officer", 1)):
        page = door.entered(name)
        page.get_by_test_id("track-erbil-T-0011").dispatch_event("click")
        expect(page.get_by_test_id("card")).to_have_attribute("data-track", "erbil-T-0011")
        expect(page.get_by_test_id("operator-open")).to_have_count(there)
    page.get_by_test_id("operator-note").fill("the police ask")
    page.get_by_test_id("operator-open").click()
    expect(page.get_by_test_id("operator")).to_contain_text("36.10000°, 43.60000°")
    assert (door.desk.actions[-1].by, door.desk.actions[-1].note) == ("O. Officer", "the police ask")
    page.goto(f"{door.served.url}#/access")
    expect(page.get_by_test_id("user-add")).to_have_count(0)
    expect(page.get_by_test_id("session-O. Officer")).to_have_count(1)


STATEMENT = {
    "id": "erbil-ST-0001", "state": "awaiting_approval", "sentences": [], "not_said": [], "left_out": [],
    "replaces": None, "by": "O. Officer", "role": None, "note": "", "drafted_utc": "2021-09-11T20:50:00Z",
    "drafted_local": "2021-09-11T23:50:00+03:00", "released_local": None,
    "approvals": [], "awaits": ["commander", "public-affairs"], "changes": [], "released_utc": None, "moves": [],
}  # fmt: skip


def test_the_head_names_the_screens_of_ones_role(door: Door) -> None:
    audited = {"Set-up", "Record"}
    for name in PEOPLE:
        page = door.entered(name)
        names = set(page.locator("nav a").all_inner_texts())
        assert audited & names == (audited if Right.AUDIT in RIGHTS[PEOPLE[name][0]] else set()), name
        assert "Watch" in names
    page = door.entered("V. Viewer")
    for key in ("9", "0"):
        page.keyboard.press(key)
        expect(page.get_by_test_id("not-yours")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_test_id("hero")).to_be_visible()
    told = [one for one in door.quick.told if isinstance(one, AccessRefused)]
    assert told == [], "a screen that is not shown asks for nothing"


def test_an_auditor_looks_through_the_record(door: Door) -> None:
    door.desk.kept += [
        UserChanged(
            user=f"User {n}", change="role", role="viewer", mandate_roles=(), by="<b>M. Manager</b>", at_s=1.7e9
        )
        for n in range(150)
    ]
    page = door.entered("A. Auditor")
    page.keyboard.press("0")
    expect(page.get_by_test_id("event-150")).to_contain_text("<b>M. Manager</b>")
    expect(page.locator("tbody tr")).to_have_count(100)
    page.get_by_test_id("more").click()
    expect(page.locator("tbody tr")).to_have_count(150)
    page.get_by_role("button", name="All of event 1", exact=True).click()
    expect(page.locator("pre")).to_contain_text('"user": "User 0"')
    page.get_by_test_id("kind").select_option("user_changed")
    expect(page.locator("tbody tr")).to_have_count(100)
    page.get_by_test_id("verify").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("A. Auditor")
    expect(page.get_by_test_id("verdict")).to_contain_text("intact, 1 events")
    page.evaluate(AXE.read_text())
    assert page.evaluate(RUN_AXE)["violations"] == []


def test_a_second_person_signs_at_the_first_ones_screen(door: Door) -> None:
    door.desk.of_document = {"statements": [STATEMENT]}
    page = door.entered("O. Officer")
    page.keyboard.press("2")
    page.get_by_test_id("statement-approve").click()
    form = page.get_by_test_id("form")
    expect(form.locator("[name=by]")).to_have_value("O. Officer")
    form.locator("[name=role]").fill("commander")
    submit = form.locator("button[type=submit]")
    submit.click()
    expect(form.get_by_role("alert")).to_contain_text("without the right to decide")
    form.get_by_test_id("second").check()
    form.locator("[name=by]").fill("C. Commander")
    form.locator("[name=role]").fill("commander")
    form.get_by_test_id("second-password").fill("not the password")
    submit.click()
    expect(form.get_by_role("alert")).to_contain_text("Name or password is wrong.")
    form.get_by_test_id("second-password").fill(PASSWORD)
    submit.click()
    expect(form).to_be_hidden()
    action = door.desk.actions[-1]
    assert (action.by, action.role) == ("C. Commander", "commander")
    (told,) = [one for one in door.quick.told if isinstance(one, PersonConfirmed)]
    assert (told.user, told.beside) == ("C. Commander", "O. Officer")
    assert told.act == f"POST /api/v1/incidents/erbil-I-0001/statements/{STATEMENT['id']}/approve"


def faults(page: Page, mode: str | None = None) -> list[str]:
    """What axe finds, by rule and place. mode: to show it in first."""
    if mode is not None:
        page.evaluate("mode => document.documentElement.dataset.mode = mode", mode)
    page.evaluate(AXE.read_text())
    found = page.evaluate(RUN_AXE)
    assert found["inapplicable"], "axe ran"
    return [f"{fault['id']}: {node['html'][:200]}" for fault in found["violations"] for node in fault["nodes"]]


@pytest.mark.parametrize(("width", "height", "mode"), [(1440, 900, "night"), (1280, 720, "red"), (1024, 768, "day")])
def test_cover_and_screen_can_be_used_by_all(door: Door, width: int, height: int, mode: str) -> None:
    page = door.page()
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("mode => localStorage.setItem('vedette-mode', mode)", mode)
    page.reload()
    log_in(page, "M. Manager", "not the password")
    expect(page.get_by_role("alert").filter(has_text="wrong")).to_be_visible()
    assert faults(page) == []
    log_in(page, "M. Manager")
    page.get_by_test_id("who").click()
    page.get_by_test_id("account").click()
    page.get_by_test_id("user-V. Viewer").get_by_role("button", name="Change").click()
    expect(page.get_by_test_id("user-edit")).to_be_visible()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
