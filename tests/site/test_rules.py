"""[[rule]] and [alarm]: what is read, and every fault by its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedette.errors import BadSite
from vedette.site import Handling, Rule, load_site

OWN = '\n[[own_drone]]\nname = "alpha"\nmavlink_system = 1\n'


def rules(site_file: Path, *tables: str, more: str = "") -> tuple[Rule, ...]:
    text = "".join(f'\n[[rule]]\nid = "r{index}"\n{table}\n' for index, table in enumerate(tables))
    site_file.write_text(site_file.read_text() + text + more)
    return load_site(site_file).rules


FAULTS = {
    'zones = ["moat"]': ("rule[0].zones[0]", "moat"),
    'zones = ["perimeter", "landmark"]': ("rule[0].zones[1]", "landmark"),
    "height_agl_min_m = 100.0\nheight_agl_max_m = 50.0": ("rule[0].height_agl_max_m", "50.0"),
    "altitude_msl_min_m = 100.0\naltitude_msl_max_m = 100.0": ("rule[0].altitude_msl_max_m", "100.0"),
    "speed_min_mps = 9.0\nspeed_max_mps = 3.0": ("rule[0].speed_max_mps", "3.0"),
    "speed_min_mps = -1.0": ("rule[0].speed_min_mps", "-1.0"),
    'hours = ["22:00"]': ("rule[0].hours", "['22:00']"),
    'hours = ["22:00", "24:00"]': ("rule[0].hours[1]", "24:00"),
    'hours = ["9:00", "10:00"]': ("rule[0].hours[0]", "9:00"),
    'hours = ["06:00", "06:00"]': ("rule[0].hours", "['06:00', '06:00']"),
    "number = 1": ("rule[0].number", "1"),
    'remote_id = ["forged"]': ("rule[0].remote_id", "['forged']"),
    "remote_id = []": ("rule[0].remote_id", "[]"),
    'kind = "sensor_silent"': ("rule[0].silent_s", ""),
    'kind = "sensor_silent"\nsilent_s = 9.0\nsensors = ["radar-9"]': ("rule[0].sensors[0]", "radar-9"),
    'kind = "sensor_silent"\nsilent_s = 9.0\nspeed_min_mps = 3.0': ("rule[0].speed_min_mps", "3.0"),
    'sensors = ["radar-1"]': ("rule[0].sensors", "['radar-1']"),
    "silent_s = 9.0": ("rule[0].silent_s", "9.0"),
    'kind = "flight_outside"\nsilent_s = 9.0': ("rule[0].silent_s", "9.0"),
    'kind = "ghost"': ("rule[0].kind", "ghost"),
    "colour = 1": ("rule[0].colour", "1"),
}


@pytest.mark.parametrize("table", FAULTS)
def test_a_fault_names_its_key_and_value(site_file: Path, table: str) -> None:
    with pytest.raises(BadSite) as caught:
        rules(site_file, table)
    (fault,) = caught.value.faults
    assert (fault.key, fault.value) == FAULTS[table]
    assert fault.path == str(site_file)


def test_two_rules_do_not_share_an_id(site_file: Path) -> None:
    with pytest.raises(BadSite) as caught:
        rules(site_file, "", more='\n[[rule]]\nid = "r0"\n')
    assert [(fault.key, fault.value) for fault in caught.value.faults] == [("rule[1].id", "r0")]


def test_a_rule_is_read_as_it_is_written(site_file: Path) -> None:
    (by_id, anywhere, night, quiet) = rules(
        site_file,
        'zones = ["fence", "asset"]',
        "zones = []",
        'hours = ["22:00", "05:30"]\nremote_id = ["unseen"]\nclosing_min_mps = 0.0',
        'kind = "sensor_silent"\nsilent_s = 60.0',
    )
    assert (by_id.zones, anywhere.zones) == (("fence", "asset"), ())
    assert (night.hours, night.remote_id, night.closing_min_mps) == ((1320, 330), ("unseen",), 0.0)
    assert night.zones == ("warning", "perimeter", "keep_out")
    assert (quiet.sensors, quiet.silent_s, quiet.is_of_tracks) == (("radar-1",), 60.0, False)


def test_a_site_with_aircraft_of_its_own_is_told_of_a_second_contact(site_file: Path) -> None:
    assert [rule.kind for rule in rules(site_file, more=OWN)] == ["track", "second_contact"]


def test_written_rules_stand_alone(site_file: Path) -> None:
    (rule,) = rules(site_file, 'kind = "second_contact"', more=OWN)
    assert (rule.id, rule.zones, rule.near_m, rule.bearing_deg) == ("r0", (), 500.0, 10.0)


def test_how_alerts_end_is_read(site_file: Path) -> None:
    assert load_site(site_file).handling == Handling()
    site_file.write_text(site_file.read_text() + "\n[alarm]\nnote_priority = 0\ndismiss_s = 60\nback_closer_m = 9.0\n")
    assert load_site(site_file).handling == Handling(note_priority=0, dismiss_s=60.0, back_closer_m=9.0)


@pytest.mark.parametrize("key", ["note_priority = 5", "dismiss_s = 5.0", "back_closer_m = 0.0", "back_within_s = -1"])
def test_how_alerts_end_has_bounds(site_file: Path, key: str) -> None:
    site_file.write_text(site_file.read_text() + f"\n[alarm]\n{key}\n")
    with pytest.raises(BadSite) as caught:
        load_site(site_file)
    assert [fault.key for fault in caught.value.faults] == [f"alarm.{key.split()[0]}"]
