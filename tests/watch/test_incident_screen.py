"""The incident's screen in a real Chromium, after the night: effects, claims, approval, a fact that changes, print."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from tests.watch.driving import Running, running
from tests.watch.test_screens import AXE, RUN_AXE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
PATIENCE_MS = 30_000


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("incident")
    with running("demo", "--speed", "max", "--data", folder / "data", folder=folder) as watch:
        watch.until("/api/v1/health", lambda answer: answer["state"] == "ended")
        yield watch


@pytest.fixture
def page(browser: Browser, night: Running) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{night.address}/#/incident")
    expect(page.get_by_test_id("timeline")).to_contain_text("Alert A-0001", timeout=PATIENCE_MS)
    expect.set_options(timeout=20_000)
    yield page
    expect.set_options(timeout=5_000)
    page.close()
    assert faults == []


class Form:
    """The open dialog."""

    def __init__(self, page: Page) -> None:
        self.at: Locator = page.get_by_test_id("form")
        expect(self.at).to_be_visible()

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            field = self.at.locator(f"[name={name}]")
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def send(self) -> None:
        self.at.locator("button[type=submit]").click()

    def record(self, **fields: str) -> None:
        """Fill it in and have it recorded: it closes only then."""
        self.fill(**fields)
        self.send()
        expect(self.at).to_be_hidden(timeout=PATIENCE_MS)


def effect(page: Page, **fields: str) -> None:
    page.keyboard.press("e")
    Form(page).record(**{"by": "Operator 1", "role": "watch-officer", "effect": "injuries", **fields})


def claim(page: Page, value: str, source: str) -> None:
    page.keyboard.press("c")
    Form(page).record(subject="count", value=value, source=source, reliability="C", credibility="3", by="Operator 3")


def _accessible(page: Page) -> None:
    page.evaluate(AXE.read_text())
    assert [one["id"] for one in page.evaluate(RUN_AXE)["violations"]] == []


def test_from_silence_to_an_approved_statement_and_a_flag(page: Page) -> None:
    statement = page.get_by_test_id("statement")
    expect(page.get_by_test_id("effect-injuries")).to_contain_text("Not yet reported")
    expect(statement).to_have_attribute("data-state", "none")
    expect(page.get_by_test_id("sentence-injuries")).to_be_hidden()
    expect(statement).to_contain_text("two unmanned aircraft systems (UAS)")

    page.keyboard.press("e")
    form = Form(page)
    form.send()
    expect(form.at).to_be_visible()
    _accessible(page)
    form.record(state="none_reported", source="the medical officer", by="Operator 1", role="watch-officer")
    expect(page.get_by_test_id("effect-injuries")).to_contain_text("None reported")
    said = page.get_by_test_id("sentence-injuries")
    expect(said).to_contain_text("No injuries were reported, according to the medical officer.")

    claim(page, "2", "Security service")
    claim(page, "1", "Broadcaster")
    expect(page.get_by_text("2, in conflict on 1 question")).to_be_visible()
    expect(page.get_by_test_id("claim-erbil-CL-0001")).to_have_attribute("data-mark", "agrees")
    expect(page.get_by_test_id("claim-erbil-CL-0002")).to_have_attribute("data-mark", "differs")

    page.keyboard.press("s")
    Form(page).record(by="Operator 3", role="public-affairs")
    expect(statement).to_have_attribute("data-state", "draft")
    page.get_by_test_id("statement-submit").click()
    Form(page).record()
    page.get_by_test_id("statement-approve").click()
    Form(page).record(by="Operator 2", role="commander")
    page.get_by_test_id("statement-approve").click()
    form = Form(page)
    form.fill(by="operator 2", role="public-affairs")
    form.send()
    expect(page.get_by_test_id("form-refused")).to_contain_text("it takes another person")
    form.record(by="Operator 3", role="public-affairs")
    expect(statement).to_have_attribute("data-state", "approved")
    expect(page.get_by_test_id("approval-commander")).to_contain_text("Operator 2")
    expect(page.get_by_test_id("statement-release")).to_be_disabled()
    expect(page.get_by_test_id("statement-barred")).to_contain_text("Not live")

    effect(page, state="reported", value="one, light", source="the medical officer")
    expect(statement).to_have_attribute("data-state", "flagged")
    expect(page.get_by_test_id("statement-flag")).to_contain_text("One sentence")
    expect(page.get_by_test_id("change-injuries")).to_contain_text("one, light")
    expect(said).to_contain_text("No injuries were reported", timeout=PATIENCE_MS)
    expect(page.get_by_test_id("effect-injuries")).to_contain_text("1 earlier entry")
    _accessible(page)


def test_a_sentence_lights_up_its_evidence(page: Page) -> None:
    lit = page.get_by_test_id("timeline").locator("li.lit")
    expect(lit).to_have_count(0)
    where = page.get_by_test_id("sentence-where").locator("button")
    where.hover()
    expect(lit.filter(has_text="T-0012 down")).to_have_count(1, timeout=PATIENCE_MS)
    expect(page.get_by_test_id("incident-map").locator("path.track.lit")).to_have_count(2)
    where.click()
    page.mouse.move(10.0, 890.0)
    expect(where).to_have_attribute("aria-pressed", "true")
    expect(lit).not_to_have_count(0)
    where.click()
    page.mouse.move(10.0, 890.0)
    page.get_by_test_id("draft-statement").focus()
    expect(lit).to_have_count(0)


def test_a_file_is_given_and_handed_over(page: Page, tmp_path: Path) -> None:
    photo = tmp_path / "crater.jpg"
    photo.write_bytes(b"jpeg" * 1000)
    page.get_by_test_id("add-media").click()
    form = Form(page)
    form.at.locator("[name=file]").set_input_files(photo)
    form.at.locator("[name=taken-by]").fill("Guard 2")
    form.at.locator("[name=from]").fill("Guard post")
    form.record(by="Operator 1")
    row = page.get_by_test_id("media-erbil-ME-0001")
    expect(row).to_contain_text("crater.jpg")
    row.get_by_role("button").click()
    Form(page).record(holder="Military police", by="Operator 1")
    expect(row).to_contain_text("Military police")
    with page.expect_download() as started:
        row.get_by_role("link").click()
    assert started.value.path().read_bytes() == photo.read_bytes()


def test_it_prints_as_it_stands_and_leads_to_the_report(page: Page, night: Running) -> None:
    expect(page.get_by_test_id("watching-radar-west")).to_contain_text("T-0012", timeout=PATIENCE_MS)
    printed = "".join(one.extract_text() for one in PdfReader(io.BytesIO(page.pdf())).pages)
    for words in (
        "Two drones",
        "two unmanned aircraft systems",
        "Claims ledger",
        "Timeline",
        "Not said, and why",
        "should have",
        "SIMULATED",
    ):
        assert words in printed, words
    address = page.get_by_test_id("report-pdf-link").get_attribute("href")
    assert address is not None
    report = page.request.get(night.address + address)
    assert report.headers["content-type"] == "application/pdf"
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(report.body())).pages)
    assert re.search(r"What\s+is\s+confirmed", text)


def test_an_incident_whose_record_cannot_be_read_says_so(page: Page) -> None:
    page.route(re.compile("/case$"), lambda route: route.fulfill(status=500, json={"error": {"message": "own fault"}}))
    page.reload()
    expect(page.get_by_text("The record cannot be read: own fault")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_test_id("effect-damage")).to_be_visible()
    page.route(re.compile("/incidents/[^/]+$"), lambda route: route.fulfill(status=500, json={}))
    page.reload()
    expect(page.get_by_text(re.compile("The incident cannot be shown"))).to_be_visible(timeout=PATIENCE_MS)
