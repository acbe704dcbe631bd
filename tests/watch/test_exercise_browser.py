"""A real Chromium at a watch with an exercise beside it: begun, fought, ended, judged; the live queue always in sight.

The watch replays a real attack; the exercise injects another one into it. With VEDETTE_SCREENSHOTS=FOLDER the pictures
are kept there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.watch.driving import Running, running, vedette
from tests.watch.mixed import NIGHT, table_of
from tests.watch.test_screens import AXE, RUN_AXE
from vedette.sim.scenario import SCENARIOS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a folder of scenarios, and a recorded attack on it."""
    folder = tmp_path_factory.mktemp("exercise")
    (folder / "night/exercises").mkdir(parents=True)
    (folder / "night/detections.csv").write_text(table_of(msgspec.structs.replace(NIGHT, aircraft=(), birds=()), 1))
    shutil.copy(SCENARIOS / "erbil.geojson", folder / "night")
    drones = (SCENARIOS / "exercises/from-the-north.toml").read_text().partition("[[birds]]")[0]
    (folder / "night/exercises/north.toml").write_text(drones)  # no camera is recorded that would tell a bird
    shutil.copy(SCENARIOS / "erbil-site.toml", folder / "night/exercises/not-a-scenario.toml")
    site = folder / "night/site.toml"
    site.write_text((SCENARIOS / "erbil-site.toml").read_text() + '\n[exercises]\nfolder = "exercises"\n')
    assert vedette("check", site).returncode == 0
    return folder


@pytest.fixture
def watch(folder: Path, tmp_path: Path) -> Iterator[Running]:
    night = folder / "night"
    replay = ("watch", night / "site.toml", "--replay", night / "detections.csv", "--speed", "3")
    with running(*replay, "--data", tmp_path / "data", folder=tmp_path) as watch:
        yield watch


def test_an_exercise_from_its_beginning_to_its_evaluation(watch: Running, browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{watch.address}/#/exercise")
    _begin(page)
    shown = _shown(tmp_path)
    page.screenshot(path=shown / "exercise-running-night.png")
    page.get_by_test_id("to-exercise").click()
    expect(page.get_by_test_id("exercise-band")).to_contain_text("EXERCISE: Wednesday")
    expect(page.get_by_test_id("page")).to_have_attribute("data-origin", "exercise")
    expect(page.get_by_test_id("live-says")).to_contain_text("no open alerts", timeout=PATIENCE_MS)
    hero = page.get_by_test_id("hero")
    expect(hero).to_be_visible(timeout=PATIENCE_MS)
    first = hero.get_attribute("data-alert")
    assert first is not None
    assert first.startswith("erbil-x1-A-")
    page.screenshot(path=shown / "exercise-beside-night.png")
    page.keyboard.press("a")
    expect(page.get_by_test_id(f"alert-{first}")).to_have_attribute("data-state", "acknowledged", timeout=PATIENCE_MS)
    assert not any(one["acknowledged_by"] for one in watch.get("/api/v1/alerts")["alerts"])
    _a_real_alert_breaks_through(page, watch, shown)
    page.keyboard.press("x")
    expect(page.get_by_test_id("page")).to_have_attribute("data-origin", "replay")
    expect(page.get_by_test_id("exercise-band")).to_be_hidden()
    page.goto(f"{watch.address}/#/exercise")
    page.get_by_test_id("stop").click()
    _is_judged(page, shown)
    page.close()
    _the_records_are_apart(tmp_path, first)


def _begin(page: Page) -> None:
    expect(page.get_by_test_id("scenario")).to_contain_text("Two drones from the north", timeout=PATIENCE_MS)
    expect(page.get_by_text(re.compile("^not-a-scenario.toml: ")).first).to_be_visible()
    page.get_by_test_id("title").fill("Wednesday")
    page.get_by_test_id("by").fill("Trainer")
    page.get_by_test_id("begin").click()
    expect(page.get_by_test_id("running")).to_contain_text("Wednesday", timeout=PATIENCE_MS)
    expect(page.get_by_test_id("begin")).to_be_disabled()


def _a_real_alert_breaks_through(page: Page, watch: Running, shown: Path) -> None:
    alarm = page.get_by_test_id("live-alarm")
    expect(alarm).to_be_visible(timeout=PATIENCE_MS)
    expect(alarm).to_contain_text("Not of the exercise: of the watch beside it (Replay)")
    named = alarm.get_attribute("data-alert")
    assert named in [one["alert"] for one in watch.get("/api/v1/alerts")["alerts"]]
    expect(page.get_by_test_id("live-says")).to_contain_text("to act")
    inside = "e => e.scrollWidth <= e.clientWidth"
    assert page.get_by_test_id("page").evaluate(inside)
    _is_accessible(page)
    page.screenshot(path=shown / "exercise-live-alert-night.png")


def _is_accessible(page: Page) -> None:
    page.evaluate(AXE.read_text())
    assert [fault["id"] for fault in page.evaluate(RUN_AXE)["violations"]] == []


def _is_judged(page: Page, shown: Path) -> None:
    result = page.get_by_test_id("evaluation")
    expect(result).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_test_id("target-north-1").locator('[data-code="acknowledged"]')).to_be_visible()
    expect(page.get_by_test_id("right")).to_have_text(re.compile(r"^[1-9]$"))
    _is_accessible(page)
    page.screenshot(path=shown / "exercise-judged-night.png")
    page.get_by_test_id("mode-day").click()
    page.screenshot(path=shown / "exercise-judged-day.png")
    with page.expect_popup() as opened:
        page.get_by_test_id("evaluation-page").click()
    expect(opened.value.get_by_text("EXERCISE").first).to_be_visible()
    opened.value.screenshot(path=shown / "exercise-page-day.png", full_page=True)


def _the_records_are_apart(tmp_path: Path, first: str) -> None:
    live = [json.loads(line) for line in vedette("log", tmp_path / "data", "--json").stdout.splitlines()]
    assert {event["origin"] for event in live} == {"replay"}
    assert not any("exercise" in event["kind"] or event["kind"] == "alert_acknowledged" for event in live)
    own = vedette("log", tmp_path / "data/exercises/x1", "--kind", "alert_acknowledged", "--json").stdout
    assert first in own
    assert vedette("exercise", "list", tmp_path / "data").stdout.startswith("x1 ")
    assert "north-1" in vedette("exercise", "show", tmp_path / "data").stdout


def _shown(tmp_path: Path) -> Path:
    """Where the pictures are put."""
    folder = Path(os.environ.get("VEDETTE_SCREENSHOTS") or tmp_path / "screens")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
