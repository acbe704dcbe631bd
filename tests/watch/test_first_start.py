"""From nothing to a running watch that tracks, in at most ten steps, in a real Chromium."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.watch.driving import running, vedette
from tests.watch.test_live import Sender, free_port
from vedette.clock import iso_utc

PATIENCE_MS = 120_000
MOST_STEPS = 10


def detection(number: int) -> bytes:
    row = {
        "time_utc": iso_utc(time.time()),
        "sensor": "radar-1",
        "scan": str(number),
        "range_m": 1400.0 - 2.0 * (number % 300),
        "azimuth_true_deg": 250.0,
        "elevation_deg": 5.0,
    }
    return json.dumps(row).encode()


def typed(page: Page, key: str, value: str) -> None:
    field = page.get_by_test_id(f"field-{key}")
    field.fill(value)
    field.press("Tab")
    expect(field).to_have_value(value)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("by", ["typing", "the map"])
def test_from_nothing_to_tracks(by: str, browser: Browser, tmp_path: Path) -> None:
    port, steps = free_port(), 0
    with running("watch", folder=tmp_path) as watch:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        page.goto(watch.address)
        expect(page.get_by_test_id("first-start")).to_be_visible()
        expect(page.get_by_test_id("next")).to_be_disabled()

        steps += 1  # the place
        typed(page, "name", "Night Field")
        if by == "typing":
            typed(page, "latitude_deg", "36.2376")
            typed(page, "longitude_deg", "43.9632")
        else:
            box = page.get_by_test_id("setup-map").bounding_box()
            assert box is not None
            page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.6)
            expect(page.get_by_test_id("field-latitude_deg")).not_to_have_value("")
        typed(page, "altitude_msl_m", "409")
        page.get_by_test_id("next").click()

        steps += 1  # the fence
        page.get_by_test_id("radius").fill("1200")
        page.get_by_test_id("radius").press("Tab")
        expect(page.get_by_test_id("handle-11")).to_be_visible()
        page.get_by_test_id("next").click()

        steps += 1  # the sensor, as it is offered
        typed(page, "period_s", "0.1")
        page.get_by_test_id("next").click()

        steps += 1  # its feed
        typed(page, "url", f"udp://127.0.0.1:{port}")
        page.get_by_test_id("next").click()

        steps += 1  # write and start
        expect(page.get_by_test_id("folder")).to_have_value("night-field")
        page.get_by_test_id("start").click()
        expect(page.get_by_test_id("site-name")).to_have_text("Night Field", timeout=PATIENCE_MS)
        with Sender(port, detection):
            expect(page.get_by_test_id("feed-radar-1")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
            watch.until("/api/v1/tracks", lambda answer: answer["tracks"])
            expect(page.get_by_test_id("hero")).to_be_visible(timeout=PATIENCE_MS)
        page.close()
        assert watch.end(signal.SIGTERM) == 0
    assert steps <= MOST_STEPS
    checked = vedette("check", tmp_path / "night-field" / "site.toml")
    assert checked.returncode == 0, checked.stderr
    assert "(night-field), 1 sensor, 1 feed, 1 zone" in checked.stdout
    assert '\nid = "night-field"\n' in (tmp_path / "night-field" / "site.toml").read_text()
    assert vedette("verify", tmp_path / "vedette-data" / "night-field").stdout.startswith("intact, ")


def test_a_recording_needs_a_site_file(tmp_path: Path) -> None:
    done = vedette("watch", "--replay", tmp_path / "night.csv")
    assert done.returncode == 2
    assert "SITE.toml" in done.stderr


def test_interrupted_before_there_is_a_site_it_ends_and_writes_nothing(tmp_path: Path) -> None:
    with running("watch", folder=tmp_path) as watch:
        status, answer = watch.post("/api/v1/first-start", {"folder": "../away", "site": {"toml": ""}})
        assert status == 400, answer
        status, answer = watch.post("/api/v1/first-start", {"folder": "here", "site": {"toml": "name = 1"}})
        assert (status, answer["error"]["code"]) == (409, "bad_site")
        assert watch.end(signal.SIGINT) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["stderr.txt"]
