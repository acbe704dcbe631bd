from __future__ import annotations

from pathlib import Path

from vedette.sim import Injection, load_scenario
from vedette.sim.scenario import SCENARIOS
from vedette.site import load_site

ROOT = Path(__file__).parents[2]


def test_the_example_site_loads_and_every_sensor_has_a_feed() -> None:
    site = load_site(ROOT / "examples/example.toml")
    assert {feed.sensor for feed in site.feeds} == {sensor.id for sensor in site.sensors}
    assert all("127.0.0.1" in feed.url for feed in site.feeds)
    assert {"perimeter", "warning", "runway", "asset"} <= {zone.role for zone in site.zones}


def test_the_example_exercise_can_be_flown_about_the_example_site() -> None:
    site = load_site(ROOT / "examples/example.toml")
    folder = Path(str(site.exercises.folder))
    assert folder == ROOT / "examples/exercises"
    scenarios = [load_scenario(path, site) for path in sorted(folder.glob("*.toml"))]
    assert [one.name for one in scenarios] == ["Two drones from the west"]
    assert Injection(scenarios[0], 1).blind == ()


def test_what_is_exercised_beside_the_demonstration_can_be_flown() -> None:
    site = load_scenario("erbil-2021-09-11").site
    for path in sorted((SCENARIOS / "exercises").glob("*.toml")):
        assert {actor.class_ for actor in Injection(load_scenario(path, site), 1).actors} >= {"bird", "uav_rotary"}
        assert load_scenario(path).site == site


def test_the_reconstruction_is_described_as_it_is() -> None:
    text = (ROOT / "docs/erbil-2021-09-11.md").read_text()
    scenario = load_scenario("erbil-2021-09-11")
    assert f"{scenario.margin_m:.0f} m from its line" in text
    for drone in scenario.drones:
        assert f"{drone.speed_mps:.0f}" in text
    assert f"{scenario.site.altitude_msl_m:.0f} m above mean sea level" in text
    assert {sensor.kind for sensor in scenario.site.sensors} == {"radar", "camera", "adsb"}
