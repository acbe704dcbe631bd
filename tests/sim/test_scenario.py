from __future__ import annotations

from pathlib import Path

import pytest

from vedette.clock import iso_local, iso_utc
from vedette.errors import BadInput, BadSite
from vedette.sim import load_scenario
from vedette.sim.scenario import SCENARIOS

NAME = "erbil-2021-09-11"


@pytest.fixture
def text(tmp_path: Path) -> str:
    for name in ("erbil-site.toml", "erbil.geojson"):
        (tmp_path / name).write_text((SCENARIOS / name).read_text())
    return (SCENARIOS / f"{NAME}.toml").read_text()


def test_the_night_by_name_is_the_night_by_path() -> None:
    by_name, by_path = load_scenario(NAME), load_scenario(SCENARIOS / f"{NAME}.toml")
    assert by_name.drones == by_path.drones
    assert by_name.site.sha256 == by_path.site.sha256
    assert by_name.site.id == "erbil"


def test_the_night_is_at_most_six_minutes_long_and_around_its_hour() -> None:
    scenario = load_scenario(NAME)
    assert scenario.duration_s <= 360.0
    assert iso_utc(scenario.start_s).startswith("2021-09-11T20:3")
    assert iso_local(scenario.start_s, scenario.site.timezone).startswith("2021-09-11T23:3")
    assert scenario.start_s < scenario.start_s + 300.0 < scenario.start_s + scenario.duration_s


def test_it_says_what_is_public_and_what_is_invented() -> None:
    facts = load_scenario(NAME).facts
    assert any("23:43" in fact for fact in facts.public)
    assert any("sensors" in fact for fact in facts.invented)
    assert any("perimeter" in fact.lower() for fact in facts.invented)


FAULTS = {
    "unknown key at the top": ("duration_s = 330.0", "duration_s = 330.0\ncolour = 1", "colour", "unknown key"),
    "unknown key of a drone": ("speed_mps = 55.0", "speed_mps = 55.0\nspeed_kt = 5", "drone[0].speed_kt", "unknown"),
    "missing key": ("speed_mps = 55.0\n", "", "drone[0].speed_mps", "missing"),
    "wrong type": ("speed_mps = 55.0", 'speed_mps = "fast"', "drone[0].speed_mps", "expected `float`"),
    "not a number": ("speed_mps = 55.0", "speed_mps = nan", "drone[0].speed_mps", "not a finite"),
    "too fast": ("speed_mps = 55.0", "speed_mps = 900.0", "drone[0].speed_mps", "<= 150"),
    "time without zone": ("20:38:45Z", "20:38:45", "start_utc", "zone"),
    "unknown class": ('class = "uav_fixed_wing"', 'class = "balloon"', "drone[0].class", "must be one of"),
    "one waypoint": ("[[-9600, -1700, 200], [-4800, -600, 175], [-650, -450, 150], [1800, -250, 150]]",
                     "[[-9600, -1700, 200]]", "drone[0].waypoints", "two waypoints"),
    "no such sensor": ('id = "radar-west"', 'id = "radar-east"', "sensor[0].id", "no sensor"),
    "no such runway": ('runway = "runway-18-36"', 'runway = "tower"', "aircraft[0].runway", "no runway"),
    "same id twice": ('id = "drone-2"', 'id = "drone-1"', "drone[1].id", "already used"),
    "falling pair": ("speed_mps = [11.0, 16.0]", "speed_mps = [16.0, 11.0]", "birds[0].speed_mps", "must not fall"),
    "icao of five": ("F0A482", "F0A48", "aircraft[0].icao", "expected"),
    "not a list of tables": ("[[defence]]\nid = \"outer\"", "[defence]\nid = \"outer\"", "", "TOML"),
    "late falls": ("latency_s = 0.15", "latency_s = 0.15\nlate_s = [2.0, 1.0]", "sensor[0].late_s", "must not fall"),
    "turns in part": ("latency_s = 0.20", "latency_s = 0.20\nsectors = 4", "sensor[2].sectors", "all round"),
    "hovers on wings": ("start_s = 105.0", "start_s = 105.0\nhover_s = [5.0]", "drone[0].hover_s", "uav_rotary"),
    "hovers too often": ("start_s = 105.0", "start_s = 105.0\nhover_s = [0, 0, 0, 0, 0]", "drone[0].hover_s", "fewer"),
    "leader below": ("start_s = 105.0", 'start_s = 105.0\nleader = "drone-2"', "drone[0].leader", "no drone above"),
    "leader lost": ("start_s = 134.0", 'start_s = 134.0\nleader = "drone-1"', "drone[1].leader", "brought down"),
    "patch of a line": ('[[defence]]\nid = "outer"', '[[clutter]]\nid = "p"\nfactor = 2\noutline = [[0, 0], [1, 1]]\n'
                        '[[defence]]\nid = "outer"', "clutter[0].outline", "a strip needs"),
    "patch of nobody": ('[[defence]]\nid = "outer"', '[[clutter]]\nid = "p"\nfactor = 2\nwidth_m = 5\nsensors = ["x"]\n'
                        'outline = [[0, 0], [1, 1]]\n[[defence]]\nid = "outer"', "clutter[0].sensors", "no sensor"),
    "no facts": ("\n[facts]\n", "\n[fictions]\n", "fictions", "unknown key"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_every_fault_is_named_with_file_and_key(case: str, text: str, tmp_path: Path) -> None:
    before, after, key, why = FAULTS[case]
    assert before in text
    path = tmp_path / "night.toml"
    path.write_text(text.replace(before, after, 1))
    with pytest.raises(BadInput) as caught:
        load_scenario(path)
    assert str(path) in str(caught.value)
    found = caught.value.faults if isinstance(caught.value, BadSite) else ()
    places = [(fault.key, fault.why) for fault in found] or [("", str(caught.value))]
    assert any(key == place and why in reason for place, reason in places), places


def test_all_faults_are_collected(text: str, tmp_path: Path) -> None:
    path = tmp_path / "night.toml"
    path.write_text(text.replace("speed_mps = 55.0", "speed_mps = -1.0").replace("reach_m = 950.0", "reach_m = 0.0"))
    with pytest.raises(BadSite) as caught:
        load_scenario(path)
    assert [fault.key for fault in caught.value.faults] == ["drone[0].speed_mps", "defence[1].reach_m"]


def test_a_site_that_cannot_be_simulated_is_named(text: str, tmp_path: Path) -> None:
    site = tmp_path / "erbil-site.toml"
    site.write_text(site.read_text().replace("sigma_azimuth_deg = 0.15\n", ""))
    (tmp_path / "night.toml").write_text(text)
    with pytest.raises(BadSite) as caught:
        load_scenario(tmp_path / "night.toml")
    assert caught.value.faults[0].key == "camera-west.sigma_azimuth_deg"


def test_a_faulty_site_file_is_named_and_not_the_scenario(text: str, tmp_path: Path) -> None:
    site = tmp_path / "erbil-site.toml"
    site.write_text(site.read_text().replace("latitude_deg = 36.2381", "latitude_deg = 95.0"))
    (tmp_path / "night.toml").write_text(text)
    with pytest.raises(BadSite) as caught:
        load_scenario(tmp_path / "night.toml")
    assert caught.value.path == site


@pytest.mark.parametrize("content", [None, b"name = ", b"\xff\xfe"])
def test_missing_cut_short_or_not_text(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "night.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        load_scenario(path)
    assert caught.value.path == path
