"""Make docs/images/watch-night.png from a running demo: both drones inbound, the first alert acknowledged.

.venv/bin/python tools/screenshots.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

IMAGES = Path(__file__).parents[1] / "docs" / "images"
ARGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--disable-background-networking"]
SPEED = "6"
BOTH_NEAR_MS = 8_000
"""After the second alert, at SPEED: both drones have some 70 s left to the perimeter."""


def main() -> None:
    """Run the demo at SPEED, wait for both alerts, take the picture."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "vedette", "demo", "--port", "0", "--speed", SPEED, "--data", folder]
        demo = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert demo.stdout is not None
            shoot(demo.stdout.readline().split()[1])
        finally:
            demo.terminate()
            demo.wait(30)


def shoot(address: str) -> None:
    """Take the picture of the console at `address`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        expect(page.get_by_test_id("open-count")).to_have_text("2 open", timeout=120_000)
        page.wait_for_timeout(BOTH_NEAR_MS)
        IMAGES.mkdir(exist_ok=True)
        page.screenshot(path=IMAGES / "watch-night.png")
        browser.close()


if __name__ == "__main__":
    main()
