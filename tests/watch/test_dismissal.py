"""A dismissal from end to end: the API of a running watch, its record, a restart, and the officer's screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from playwright.sync_api import Browser, Page, expect

from tests.watch.serving import served
from tests.watch.test_screens import AXE, RUN_AXE
from vedette.console import create_app
from vedette.model import Look, Origin, Scan, Tick
from vedette.record import read_events, verify
from vedette.site import load_site
from vedette.watch.plan import Plan
from vedette.watch.runtime import Watch

START_S = 1_700_000_000.0
API = "/api/v1"
RULES = """
[alarm]
dismiss_s = 120

[[rule]]
id = "anything"
zones = []
class = "any"
priority = 3
persist_s = 1.0

[[rule]]
id = "inbound"
class = "any"
zones = ["fence"]
within_s = 30.0
"""


class Drill:
    """A watch over one drone east of the fence, flown by the test."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.second, self.range_m = plan, 0, 3500.0
        self.watch = Watch.open(plan, START_S)
        self.watch.begin()

    def fly(self, seconds: int, towards_mps: float = 0.0, drones: int = 1) -> None:
        """So many looks, one a second; the others stand further north."""
        for _ in range(seconds):
            self.second += 1
            self.range_m -= towards_mps
            at_s = START_S + self.second
            look = Look(
                scan=Scan(
                    sensor="radar-1",
                    observed_s=at_s,
                    range_m=np.full(drones, self.range_m),
                    azimuth_true_rad=1.5 - 0.1 * np.arange(drones),
                    elevation_rad=np.full(drones, 0.1),
                    look=f"{self.second}",
                )
            )
            self.watch.submit(look, at_s)
            self.watch.submit(Tick(), at_s)
        self.watch.settle()
        self.watch.show_health()

    def end(self) -> None:
        self.watch.finish()
        self.watch.close("ended")


@pytest.fixture
def plan(site_file: Path, tmp_path: Path) -> Plan:
    site_file.write_text(site_file.read_text() + RULES)
    return Plan(site=load_site(site_file), origin=Origin.REPLAY, folder=tmp_path / "data")


@pytest.fixture
def drill(plan: Plan) -> Iterator[Drill]:
    drill = Drill(plan)
    drill.fly(12)
    yield drill
    drill.end()


@pytest.fixture
def client(drill: Drill) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(drill.watch), base_url="http://127.0.0.1") as client:
        yield client


def alert(client: TestClient[Litestar], at: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{API}/alerts").json()["alerts"][at]
    return found


def act(client: TestClient[Litestar], verb: str, name: str, **body: Any) -> tuple[int, Any]:
    answer = client.post(f"{API}/alerts/{name}/{verb}", json=body)
    return answer.status_code, answer.json()


def test_dismissed_back_louder_and_closed_by_a_word(drill: Drill, client: TestClient[Litestar]) -> None:
    first = alert(client)
    assert (first["state"], first["priority"], first["sensors"]) == ("raised", 3, ["radar-1"])
    assert act(client, "dismiss", first["alert"], reason="ghost")[0] == 400
    assert act(client, "dismiss", "test-A-0099", reason="bird")[0] == 404
    status, refused = act(client, "dismiss", first["alert"], reason="other")
    assert (status, refused["error"]["code"]) == (409, "note_missing")
    status, said = act(client, "dismiss", first["alert"], reason="bird", note="a stork")
    assert (status, said["state"]) == (200, "dismissed")
    assert said["dismissal"] == {
        "reason": "bird", "note": "a stork", "by": "watch officer", "at_utc": "2023-11-14T22:13:32.000Z",
        "until_utc": "2023-11-14T22:15:32.000Z",
    }  # fmt: skip
    assert client.get(f"{API}/false-alarms").json()["by_reason"] == {"bird": 1}
    assert client.get(f"{API}/health").json()["false_alarms"] == {"false": 1, "per_24h": None}
    drill.fly(10, 20.0)
    assert alert(client)["state"] == "dismissed"
    drill.fly(20, 20.0)
    back = alert(client)
    assert (back["state"], back["priority"], back["back"]["cause"], back["back"]["loud"]) == (
        "raised",
        2,
        "closing",
        True,
    )
    assert "dismissed as a bird" in back["back"]["why"]
    assert client.get(f"{API}/false-alarms").json()["false"] == 0
    drill.fly(20, 40.0)
    pressing = alert(client)
    assert (pressing["priority"], [rule["rule"] for rule in pressing["rules"]]) == (1, ["anything", "inbound"])
    status, refused = act(client, "dismiss", first["alert"], reason="bird")
    assert (status, refused["error"]["code"]) == (409, "needs_confirmation")
    assert act(client, "acknowledge", first["alert"], note="")[1]["state"] == "acknowledged"
    drill.fly(60, drones=0)
    assert alert(client)["state"] == "awaiting_note"
    status, closed = act(client, "close", first["alert"], reason="real", note="came down at the tower")
    assert (status, closed["state"], closed["closing"]["reason"]) == (200, "closed", "real")
    assert act(client, "close", first["alert"], reason="real")[0] == 409
    kinds = [event.kind for event in read_events(drill.plan.folder) if event.kind.startswith("alert_")]
    assert kinds == [
        "alert_raised", "alert_dismissed", "alert_returned", "alert_amended", "alert_acknowledged", "alert_cleared",
        "alert_awaits_note", "alert_closed",
    ]  # fmt: skip


def test_a_dismissal_outlives_a_restart(plan: Plan) -> None:
    drill = Drill(plan)
    drill.fly(12)
    with TestClient(create_app(drill.watch), base_url="http://127.0.0.1") as client:
        act(client, "dismiss", alert(client)["alert"], reason="clutter")
    before = drill.watch.board.alerts()
    drill.end()
    assert verify(plan.folder).intact
    again = Drill(plan)
    again.second, again.range_m = drill.second, drill.range_m
    again.fly(2)
    assert [(one.alert, one.state, one.dismissal) for one in again.watch.board.alerts()] == [
        (one.alert, one.state, one.dismissal) for one in before
    ]
    again.fly(30, 20.0)
    assert [one.back.cause for one in again.watch.board.alerts() if one.back] == ["closing"]
    again.end()


@pytest.fixture
def page(browser: Browser, drill: Drill) -> Iterator[Page]:
    with served(drill.watch) as url:
        page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(url)
        expect(page.get_by_test_id("alert-test-A-0001")).to_be_visible()
        yield page
        page.close()
        assert faults == []


def faults_of(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA."""
    expect(page.get_by_test_id("page")).to_have_attribute("data-link", "up")
    page.evaluate(AXE.read_text())
    return [
        f"{fault['id']}: {node['target']}" for fault in page.evaluate(RUN_AXE)["violations"] for node in fault["nodes"]
    ]


@pytest.mark.browser
def test_the_officer_dismisses_with_two_keys_and_sees_it_come_back(page: Page, drill: Drill) -> None:
    row = page.get_by_test_id("alert-test-A-0001")
    page.keyboard.press("d")
    judge = page.get_by_test_id("judge")
    expect(judge.get_by_role("group", name="Why is it nothing?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(judge).to_be_hidden()
    page.keyboard.press("d")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("judge-fault")).to_have_text("Choose a reason")
    assert faults_of(page) == []
    page.keyboard.press("7")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("judge-fault")).to_have_text("Say what it is")
    judge.get_by_text("Bird").click()
    page.keyboard.press("Enter")
    expect(row).to_have_attribute("data-state", "dismissed")
    expect(page.get_by_test_id("section-dismissed")).to_contain_text("1")
    expect(row).to_contain_text("Bird, watch officer, until 01:15:32")
    expect(page.get_by_test_id("open-count")).to_have_text("0 open")
    expect(page.get_by_test_id("false-alarms")).to_contain_text("1 of 1")
    drill.fly(30, 20.0)
    expect(row).to_have_attribute("data-state", "raised")
    expect(row.get_by_test_id("back")).to_contain_text("Back, closing in")
    expect(page.get_by_test_id("sound")).to_have_attribute("data-heard", re.compile("played|blocked"))
    expect(page.get_by_test_id("false-alarms")).to_contain_text("0 of 1")
    page.get_by_test_id("false-alarms").get_by_role("button").click()
    expect(page.get_by_role("dialog", name="False alarms")).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.browser
def test_priority_1_asks_once_more_and_what_is_over_waits_for_a_word(page: Page, drill: Drill) -> None:
    drill.fly(40, 35.0)
    hero = page.get_by_test_id("hero")
    expect(hero.get_by_test_id("rules")).to_be_visible()
    page.keyboard.press("d")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("sure")).to_be_visible()
    assert faults_of(page) == []
    expect(hero).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    row = page.get_by_test_id("alert-test-A-0001")
    expect(row).to_have_attribute("data-state", "acknowledged")
    drill.fly(60, drones=0)
    expect(page.get_by_test_id("section-awaiting")).to_contain_text("1")
    page.keyboard.press("d")
    expect(page.get_by_test_id("judge")).to_contain_text("What was it?")
    assert faults_of(page) == []
    page.keyboard.press("0")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("section-awaiting")).to_be_hidden()
    expect(page.get_by_test_id("calm")).to_contain_text("Last one closed")


@pytest.mark.browser
def test_a_dismissal_is_taken_back(page: Page, drill: Drill) -> None:
    page.keyboard.press("d")
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    row = page.get_by_test_id("alert-test-A-0001")
    expect(row).to_have_attribute("data-state", "dismissed")
    row.get_by_test_id("take-back").click()
    expect(row.get_by_test_id("back")).to_contain_text("Back, taken back")


@pytest.mark.browser
def test_many_alerts_stand_in_few_rows(page: Page, drill: Drill) -> None:
    drill.fly(12, drones=12)
    group = page.get_by_test_id("group-anything")
    expect(group).to_contain_text(re.compile(r"\d+ ?alerts of rule anything"))
    expect(page.get_by_test_id("open-count")).to_contain_text("0 to act")
    expect(group).to_have_attribute("aria-expanded", "false")
    assert faults_of(page) == []
    group.click()
    expect(group).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_test_id("alert-test-A-0002")).to_be_visible()
