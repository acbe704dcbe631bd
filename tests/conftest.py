"""Fixtures shared by the rooms."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from vedette.console.pages import STATIC

settings.register_profile("vedette", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("vedette")
"""The same examples each time, and no deadline: machines are shared. --hypothesis-profile=default searches further."""

os.environ["XDG_CONFIG_HOME"] = str(Path(tempfile.gettempdir(), f"vedette-tests-{os.geteuid()}"))
"""Signing keys of tests are made here, the same for all processes of a run, and never among the developer's own."""

SHARED = Path(__file__).parents[2] / "shared" / "data"

SITE_TOML = """
name = "Test Field"
id = "test"
timezone = "Asia/Baghdad"
latitude_deg = 36.2376
longitude_deg = 43.9632
altitude_msl_m = 409.0
geometry = "test.geojson"

[[sensor]]
id = "radar-1"
kind = "radar"
latitude_deg = 36.2376
longitude_deg = 43.9632
altitude_msl_m = 420.0
period_s = 1.0
range_m = [300.0, 4500.0]
elevation_deg = [-1.0, 40.0]
sigma_range_m = 10.0
sigma_azimuth_deg = 1.0
sigma_elevation_deg = 1.0
clutter_per_scan = 5.0

[[feed]]
sensor = "radar-1"
source = "asterix"
url = "udp://127.0.0.1:8600"
"""

MANDATE_TOML = """
[mandate]
granted_by = "Host government"
to = "Base commander"
from = 2023-01-01T00:00:00Z
until = 2024-01-01T00:00:00Z
ground = ["fence"]
protects = ["own_force"]
two_persons = ["close"]

[[mandate.role]]
name = "commander"
measures = ["shelter", "close", "defeat"]

[[mandate.role]]
name = "officer"
measures = ["shelter"]
seconds = ["close"]

[[measure]]
id = "shelter"
kind = "shelter_alarm"

[[measure]]
id = "close"
kind = "close_runway"

[[measure]]
id = "defeat"
kind = "request_defeat"
owner = "Base defence"

[[plan.step]]
phase = "warn"
measure = "shelter"
within_s = 10
"""

SITE_GEOJSON = """
{"type": "FeatureCollection", "features": [
 {"type": "Feature", "properties": {"id": "fence", "name": "Fence", "role": "perimeter"},
  "geometry": {"type": "Polygon", "coordinates": [[[43.95, 36.22], [43.98, 36.22], [43.98, 36.25], [43.95, 36.25],
   [43.95, 36.22]]]}},
 {"type": "Feature", "properties": {"id": "tower", "role": "asset", "radius_m": 50.0},
  "geometry": {"type": "Point", "coordinates": [43.9632, 36.2376]}}
]}
"""


CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


@pytest.fixture
def site_file(tmp_path: Path) -> Path:
    """A good site file with its geometry, in a folder of its own."""
    (tmp_path / "test.geojson").write_text(SITE_GEOJSON)
    path = tmp_path / "test.toml"
    path.write_text(SITE_TOML)
    return path


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of real recordings; tests that need one are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real recordings (../shared/data) are not on this machine")
    return SHARED


@pytest.fixture(scope="session")
def built_console() -> None:
    """Tests that show the console are skipped where there is none to show."""
    if not (STATIC / "index.html").is_file():
        pytest.skip("the console is not built: make setup")


@pytest.fixture(scope="module")
def browser(built_console: None) -> Iterator[Browser]:
    """Debian's Chromium, drawing by software, silent towards the network."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGS)
        yield browser
        browser.close()
