from __future__ import annotations

from pathlib import Path

import pytest

from vedette.site import Site, load_site

SITE = """
name = "Feed Field"
id = "feeds"
timezone = "Europe/Zurich"
latitude_deg = 47.2
longitude_deg = 8.73
altitude_ellipsoid_m = 500.0

[[sensor]]
id = "radar-1"
kind = "radar"
latitude_deg = 47.2
longitude_deg = 8.73
altitude_ellipsoid_m = 500.0
sigma_range_m = 30.0
sigma_azimuth_deg = 0.2
sac = 1
sic = 2

[[sensor]]
id = "radar-2"
kind = "radar"
latitude_deg = 47.3
longitude_deg = 8.73
altitude_ellipsoid_m = 500.0
sac = 1
sic = 3

[[sensor]]
id = "adsb"
kind = "adsb"

[[sensor]]
id = "rid"
kind = "remote_id"

[[sensor]]
id = "mic"
kind = "acoustic"
latitude_deg = 47.2
longitude_deg = 8.73
altitude_ellipsoid_m = 500.0

[[feed]]
sensor = "radar-1"
source = "asterix"
url = "udp://127.0.0.1:8600"

[[feed]]
sensor = "adsb"
source = "beast"
url = "tcp://127.0.0.1:30005"

[[feed]]
sensor = "rid"
source = "remote_id"
url = "file:rid.pcapng"
"""


def site_with(tmp_path: Path, more: str = "", *, without: str = "") -> Site:
    path = tmp_path / "feeds.toml"
    path.write_text(SITE.replace(without, "") + more)
    return load_site(path)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return site_with(tmp_path)
