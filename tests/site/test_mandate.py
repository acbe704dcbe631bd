"""[mandate], [[measure]] and [[plan.step]]: what is read, and each fault with its file, key and value."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import MANDATE_TOML
from vedette.clock import parse_time
from vedette.errors import BadSite
from vedette.site import load_site, site_from_text

FAULTS = {
    "unknown key": ("granted_by =", 'grantor = "x"\ngranted_by =', "mandate.grantor", "x"),
    "missing": ('to = "Base commander"\n', "", "mandate.to", ""),
    "a time without its offset": ("2023-01-01T00:00:00Z", "2023-01-01T00:00:00", "mandate.from", "2023-01-01"),
    "a day": ("2023-01-01T00:00:00Z", "2023-01-01", "mandate.from", "2023-01-01"),
    "ends before it begins": ("2024-01-01", "2022-01-01", "mandate.until", "2022-01-01"),
    "no such zone": ('ground = ["fence"]', 'ground = ["fence", "moat"]', "mandate.ground[1]", "moat"),
    "no ground": ('ground = ["fence"]', "ground = []", "mandate.ground", "[]"),
    "whom": ('["own_force"]', '["everyone"]', "mandate.protects", "everyone"),
    "two persons": ('two_persons = ["close"]', 'two_persons = ["open"]', "mandate.two_persons[0]", "open"),
    "threat": ('protects = ["own_force"]', 'protects = ["own_force"]\nthreat_s = 301.0', "mandate.threat_s", "301"),
    "no role": ("[[mandate.role]]", "[[mandate.rank]]", "mandate.role", ""),
    "role twice": ('name = "officer"', 'name = "commander"', "mandate.role[1].name", "commander"),
    "role without a name": ('name = "officer"\n', "", "mandate.role[1].name", ""),
    "a role's measure": ('measures = ["shelter"]', 'measures = ["bunker"]', "mandate.role[1].measures[0]", "bunker"),
    "a role's second": ('seconds = ["close"]', 'seconds = ["open"]', "mandate.role[1].seconds[0]", "open"),
    "measure twice": ('id = "close"\nkind', 'id = "shelter"\nkind', "measure[1].id", "shelter"),
    "measure's kind": ('"close_runway"', '"jam"', "measure[1].kind", "jam"),
    "no owner": ('owner = "Base defence"\n', "", "measure[2].owner", ""),
    "plan's measure": ('measure = "shelter"', 'measure = "bunker"', "plan.step[0].measure", "bunker"),
    "empty step": ('measure = "shelter"\n', "", "plan.step[0].text", ""),
    "phase": ('phase = "warn"', 'phase = "strike"', "plan.step[0].phase", "strike"),
    "plan's key": ("[[plan.step]]", "[[plan.steps]]", "plan.steps", ""),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_has_its_file_key_and_value(site_file: Path, name: str) -> None:
    before, after, key, value = FAULTS[name]
    assert before in MANDATE_TOML
    site_file.write_text(site_file.read_text() + MANDATE_TOML.replace(before, after))
    with pytest.raises(BadSite) as caught:
        load_site(site_file)
    found = {fault.key: fault for fault in caught.value.faults}
    assert key in found, found
    assert found[key].path == str(site_file)
    assert value in found[key].value
    assert found[key].why


@pytest.mark.parametrize(
    "text", ["mandate = 3", "measure = 3", "plan = 3", "[[mandate]]\nto = 'x'", "mandate.role = 3"]
)
def test_what_is_no_table_is_a_fault(site_file: Path, text: str) -> None:
    site_file.write_text(text + "\n" + site_file.read_text() if "[[" not in text else site_file.read_text() + text)
    with pytest.raises(BadSite):
        load_site(site_file)


def test_what_is_read(site_file: Path) -> None:
    text = site_file.read_text() + MANDATE_TOML
    site_file.write_text(text)
    site = load_site(site_file)
    assert site_from_text(text, site.geojson).response == site.response
    mandate = site.response.mandate
    assert mandate is not None
    assert mandate.from_s == parse_time("2023-01-01T00:00:00Z")
    assert (mandate.threat_s, mandate.safety_radius_m, mandate.safety_height_m) == (60.0, 2000.0, 500.0)
    assert [role.seconds for role in mandate.roles] == [("shelter", "close", "defeat"), ("close",)]
    assert [measure.name for measure in site.response.measures] == [
        "Shelter alarm",
        "Close the runway",
        "Request defeat",
    ]
    (step,) = site.response.plan
    assert (step.text, step.measure, step.within_s) == ("Shelter alarm", "shelter", 10.0)


def test_the_document_s_example_has_no_fault(site_file: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "mandate.md").read_text()
    example = text.split("```toml\n")[1].split("```")[0].replace('"ring"', '"tower"')
    site_file.write_text(site_file.read_text() + "\n" + example)
    mandate = load_site(site_file).response.mandate
    assert mandate is not None
    assert mandate.ground == ("fence", "tower")


def test_a_site_without_a_mandate_has_none(site_file: Path) -> None:
    response = load_site(site_file).response
    assert (response.mandate, response.measures, response.plan) == (None, (), ())
