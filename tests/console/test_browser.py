"""The page in a real Chromium, against the fake desk on a loopback port."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.console.conftest import Served
from vedette.console import Tried

pytestmark = pytest.mark.browser


class Beat:
    """The watch's pulse: shows the present moment again each half second until stopped."""

    def __init__(self, served: Served) -> None:
        self._served, self._over = served, threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        t_s = 60.0
        while not self._over.wait(0.5):
            t_s += 0.5
            self._served.desk.show(t_s)

    def stop(self) -> None:
        self._over.set()
        self._thread.join()


@pytest.fixture
def beat(served: Served) -> Iterator[Beat]:
    beat = Beat(served)
    yield beat
    beat.stop()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(_host(request)))
    page.on("websocket", lambda socket: asked.append(urlsplit(socket.url).hostname or ""))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(served.url)
    expect(page.get_by_test_id("hero")).to_be_visible()
    yield page
    context.close()
    assert set(asked) == {"127.0.0.1"}, "nothing may leave this machine"
    assert faults == []


def _host(request: Request) -> str:
    parts = urlsplit(request.url)
    return "127.0.0.1" if parts.scheme in ("data", "blob") else parts.hostname or ""


def test_the_picture_is_drawn(page: Page, served: Served) -> None:
    for track in served.desk.board.tracks().tracks:
        expect(page.get_by_test_id(f"track-{track.track}")).to_be_attached()
    expect(page.get_by_test_id("track-erbil-T-0012")).to_have_attribute("data-disposition", "suspicious")
    expect(page.get_by_test_id("track-erbil-T-0009")).to_have_attribute("data-disposition", "neutral")
    expect(page.get_by_test_id("site-name")).to_have_text("Erbil Air Base")
    expect(page.get_by_test_id("map").locator("canvas")).to_be_visible()
    expect(page.get_by_test_id("band")).to_contain_text("SIMULATED")
    expect(page.get_by_test_id("live-state")).to_contain_text("Simulated")
    expect(page.get_by_test_id("clocks")).to_contain_text(re.compile(r"23:42:3\d"))
    expect(page.get_by_test_id("clocks")).to_contain_text(re.compile(r"20:42:3\d"))
    expect(page.get_by_test_id("countdown")).to_have_text(re.compile(r"^[01]:\d\d$"))
    expect(page.get_by_test_id("feed-rf-2")).to_have_attribute("data-state", "stale")
    expect(page.get_by_test_id("output-tak")).to_contain_text("to Base defence")
    expect(page.get_by_test_id("output-atc")).to_have_attribute("data-state", "down")
    expect(page.get_by_test_id("output-atc")).to_contain_text("7 not told")
    expect(page.get_by_test_id("card")).to_have_attribute("data-track", "erbil-T-0012")
    expect(page.get_by_test_id("mandate")).to_contain_text("No mandate")


def test_acknowledged_only_when_the_server_says_so(page: Page, served: Served, beat: Beat) -> None:
    held = served.hold()
    page.keyboard.press("a")
    button = page.get_by_test_id("hero").get_by_test_id("acknowledge")
    expect(button).to_be_disabled()
    expect(button).to_contain_text("Asking")
    expect(page.get_by_test_id("hero")).to_have_attribute("data-alert", "erbil-A-0001")
    expect(page.get_by_test_id("open-count")).to_have_text("3 open")
    served.release(held)
    expect(page.get_by_test_id("alert-erbil-A-0001")).to_have_attribute("data-state", "acknowledged")
    expect(page.get_by_test_id("hero")).to_have_attribute("data-alert", "erbil-A-0002")
    expect(page.get_by_test_id("open-count")).to_have_text("2 open")


def test_a_refusal_is_said_in_the_row(page: Page, served: Served, beat: Beat) -> None:
    served.desk.refuse = "the record is full"
    page.get_by_test_id("hero").get_by_test_id("acknowledge").click()
    expect(page.get_by_test_id("refused")).to_contain_text("the record is full")
    expect(page.get_by_test_id("hero")).to_have_attribute("data-alert", "erbil-A-0001")


def test_the_keyboard_chooses_and_the_card_and_brackets_follow(page: Page, beat: Beat) -> None:
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("card")).to_have_attribute("data-track", "erbil-T-0013")
    expect(page.get_by_test_id("track-erbil-T-0013").get_by_test_id("brackets")).to_be_attached()
    page.keyboard.press("?")
    expect(page.get_by_test_id("keymap")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("keymap")).to_be_hidden()
    page.get_by_test_id("mode-day").click()
    expect(page.locator("html")).to_have_attribute("data-mode", "day")


def test_single_keys_can_be_switched_off_and_stay_off(page: Page, beat: Beat) -> None:
    page.keyboard.press("?")
    page.get_by_test_id("single-keys").uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("keymap")).to_be_hidden()
    page.reload()
    expect(page.get_by_test_id("hero")).to_be_visible()
    expect(page.get_by_text("single keys are off")).to_be_visible()
    for key in ("?", "l", "n", "2"):
        page.keyboard.press(key)
    expect(page.get_by_test_id("keymap")).to_be_hidden()
    expect(page.get_by_test_id("layer-list")).to_be_hidden()
    expect(page.locator("html")).to_have_attribute("data-mode", "night")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("card")).to_have_attribute("data-track", "erbil-T-0013")
    page.get_by_role("button", name="all keys").click()
    page.get_by_test_id("single-keys").check()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("html")).to_have_attribute("data-mode", "day")


def test_the_card_shows_how_high_and_how_fast_it_has_been(page: Page, beat: Beat) -> None:
    course = page.get_by_test_id("course")
    expect(course.locator("path")).to_have_count(2)
    expect(course).to_contain_text(re.compile(r"\d+ – \d+ m/s"))
    expect(page.get_by_role("heading", name="So far")).to_contain_text(re.compile(r"last \d+:\d\d"))


def test_two_screens_see_one_acknowledgement(page: Page, browser: Browser, served: Served, beat: Beat) -> None:
    other = browser.new_page()
    other.goto(served.url)
    expect(other.get_by_test_id("hero")).to_have_attribute("data-alert", "erbil-A-0001")
    page.keyboard.press("a")
    expect(other.get_by_test_id("alert-erbil-A-0001")).to_have_attribute("data-state", "acknowledged")
    other.close()


def test_a_lost_link_covers_the_map(page: Page, served: Served) -> None:
    expect(page.get_by_test_id("page")).to_have_attribute("data-link", "up")
    served.stop()
    expect(page.get_by_test_id("lost-cover")).to_be_visible(timeout=6000)
    expect(page.get_by_test_id("countdown")).to_have_text("–:––")
    expect(page.get_by_test_id("hero").get_by_test_id("acknowledge")).to_be_disabled()


def test_inside_counts_up_from_when_it_went_in(page: Page, served: Served) -> None:
    hero = page.get_by_test_id("hero")
    served.desk.show(118.0)
    expect(hero).to_contain_text("to perimeter")
    served.desk.show(122.0)
    expect(hero).to_contain_text("since 23:43:32")
    served.desk.show(128.0)
    expect(hero).to_contain_text("inside")
    expect(hero.get_by_test_id("countdown")).to_have_text(re.compile(r"^0:0[678]$"))


def test_found_inside_is_not_said_to_have_just_gone_in(page: Page, served: Served) -> None:
    served.desk.show(122.0)
    page.reload()
    expect(page.get_by_test_id("hero")).to_contain_text("at least, inside")
    expect(page.get_by_test_id("hero")).to_contain_text("known since 23:43:32")


def test_what_became_of_an_alert_is_read_to_its_end(page: Page, served: Served) -> None:
    served.desk.show(160.0)
    why = page.get_by_test_id("alert-erbil-A-0001").get_by_text("it came down inside the perimeter")
    expect(why).to_be_visible()
    cut = "e => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight"
    assert not why.evaluate(cut)
    page.set_viewport_size({"width": 1024, "height": 768})
    assert not why.evaluate(cut)


def test_the_incident_says_what_is_not_known(page: Page) -> None:
    page.keyboard.press("2")
    expect(page.get_by_test_id("incident")).to_have_attribute("data-incident", "erbil-I-0001")
    expect(page.get_by_test_id("effect-injuries")).to_contain_text("Not yet reported")
    expect(page.get_by_test_id("attribution")).to_have_text("Unclaimed")
    expect(page.get_by_test_id("incident-track-erbil-T-0012")).to_contain_text("inside the perimeter")
    expect(page.get_by_test_id("incident-track-erbil-T-0013")).to_contain_text("outside the perimeter")
    expect(page.get_by_test_id("report-link")).to_have_attribute("href", re.compile("report.html$"))
    expect(page.get_by_test_id("report-pdf-link")).to_have_attribute("href", re.compile("report.pdf$"))
    expect(page.get_by_test_id("incident-alert-erbil-A-0001")).to_contain_text("1:46 to Perimeter when raised")
    expect(page.get_by_test_id("incident-alert-erbil-A-0001")).to_contain_text("not yet")


def test_the_incident_follows_its_alerts(page: Page, served: Served, beat: Beat) -> None:
    page.keyboard.press("a")
    page.keyboard.press("2")
    expect(page.get_by_test_id("incident-alert-erbil-A-0001")).to_contain_text("watch officer")
    expect(page.get_by_test_id("incident-alert-erbil-A-0002")).to_contain_text("not yet")


def test_a_test_alarm_is_seen_heard_and_counted_nowhere(page: Page, served: Served) -> None:
    page.get_by_test_id("hero").click()
    expect(page.get_by_test_id("sound")).to_contain_text("Sound on")
    served.desk.test_outputs = (
        Tried(output="tak", partner="Coalition", state="taken"),
        Tried(output="cap", partner="Civil protection", state="waiting", detail="answers 503"),
        Tried(output="map", partner="Tower", state="not_asked"),
    )
    assert page.request.post(f"{served.url}api/v1/test-alarm", data={"note": ""}).ok
    trial = page.get_by_test_id("test-alarm")
    expect(trial).to_contain_text("TEST")
    expect(trial).to_contain_text("nothing is there")
    expect(page.get_by_test_id("open-count")).to_have_text("3 open")
    expect(page.get_by_test_id("hero")).to_have_attribute("data-alert", "erbil-A-0001")
    expect(page.get_by_test_id("sound")).to_have_attribute("data-heard", "played")
    with page.expect_response(re.compile("/acknowledge$")):
        trial.get_by_test_id("acknowledge").click()
    expect(trial).to_be_hidden()
    expect(page.get_by_test_id("last-test")).to_contain_text("watch officer, outputs 1 of 2")
    assert served.desk.tested is not None
    assert list(served.desk.tested.sounds.values()) == ["played"]


def test_muted_has_a_clock_and_a_test_says_so(page: Page, served: Served) -> None:
    page.keyboard.press("m")
    expect(page.get_by_test_id("sound")).to_have_text(re.compile(r"Muted 0:\d\d"))
    with page.expect_response(re.compile("/sound$")):
        assert page.request.post(f"{served.url}api/v1/test-alarm", data={"note": ""}).ok
    assert served.desk.tested is not None
    assert list(served.desk.tested.sounds.values()) == ["muted"]
    page.keyboard.press("m")
    expect(page.get_by_test_id("sound")).not_to_contain_text("Muted")


def test_a_sensors_picture_is_a_link_that_only_a_person_follows(page: Page) -> None:
    asked: list[Request] = []
    page.context.on("request", lambda request: asked.append(request))
    page.context.route("https://cameras.example/**", lambda route: route.fulfill(body="a picture"))
    link = page.get_by_test_id("card").get_by_test_id("picture")
    expect(link).to_contain_text("Picture by EO/IR mast")
    expect(link).to_contain_text(re.compile(r"\d(\.\d)? s ago"))
    expect(link).to_contain_text("cameras.example")
    assert (link.get_attribute("rel") or "").split() == ["noopener", "noreferrer"]
    assert [one for one in asked if "cameras" in one.url] == [], "the console asks for nothing of it"
    link.focus()
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    assert opened.value.url == "https://cameras.example/41.jpg?frame=12"
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("window.opener") is None
    assert "referer" not in next(one for one in asked if "cameras" in one.url).all_headers()
    opened.value.close()
    expect(page.get_by_test_id("hero")).to_be_visible()


def test_an_overdue_test_is_said(page: Page, served: Served) -> None:
    served.desk.test_overdue = True
    served.desk.show(60.0)
    expect(page.get_by_test_id("last-test")).to_contain_text("No test alarm for 24 h")
