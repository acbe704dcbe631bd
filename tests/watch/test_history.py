"""`vedette history` on the night's record and a table; the same in the console, by clicks and by keyboard."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.watch.driving import running, vedette

TABLE = "No,When,Type,From,Serial\n" + "".join(
    f"K-{n},2021-0{n}-{9 + n}T23:{10 + 5 * n},plane,{260 + n},{'rid:TEST' if n < 3 else ''}\n" for n in range(1, 7)
)
MAP = """
[columns]
incident = "No"
opened = "When"
kinds = "Type"
azimuth_true_deg = "From"
serials = "Serial"
[kinds]
plane = "uav_fixed_wing"
"""


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reconstruction's record, with six incidents brought in."""
    folder = tmp_path_factory.mktemp("night")
    done = vedette("demo", "--headless", "--speed", "max", "--data", folder / "d")
    assert done.returncode == 0, done.stderr
    (folder / "t.csv").write_text(TABLE)
    (folder / "m.toml").write_text(MAP)
    done = vedette(
        "history", "import", folder / "d", folder / "t.csv", "--map", folder / "m.toml", "--by", "Operator 1"
    )
    assert (done.returncode, done.stdout) == (0, "6 incidents from t.csv in the record\n"), done.stderr
    return folder / "d"


def test_what_was_brought_in_is_in_the_record_with_its_source(night: Path) -> None:
    assert vedette("verify", night).stdout.startswith("intact, ")
    lines = vedette("log", night, "--kind", "past_imported", "--json").stdout.splitlines()
    payloads = [json.loads(line)["payload"] for line in lines]
    assert [payload["row"] for payload in payloads] == [1, 2, 3, 4, 5, 6]
    assert {payload["by"] for payload in payloads} == {"Operator 1"}
    assert payloads[0]["past"]["kinds"] == ["uav_fixed_wing"]


def test_twice_is_refused_and_changes_nothing(night: Path) -> None:
    before = vedette("verify", night).stdout
    again = vedette(
        "history", "import", night, night.parent / "t.csv", "--map", night.parent / "m.toml", "--by", "Operator 1"
    )
    assert again.returncode == 2
    assert again.stderr.count("\n") == 1
    assert "brought in already" in again.stderr
    assert vedette("verify", night).stdout == before


def test_the_record_and_the_table_are_counted_together(night: Path) -> None:
    listed = [json.loads(line) for line in vedette("history", "list", night, "--json").stdout.splitlines()]
    assert len(listed) == 7
    own = next(one for one in listed if one["source"] == "watch")
    assert own["opened_local"].startswith("2021-09-11T23:4")
    assert own["kinds"] == ["uav_fixed_wing"]
    assert own["place"] == "inside"
    assert 180.0 < own["azimuth_true_deg"] < 360.0
    found = json.loads(vedette("history", "patterns", night, "--json").stdout)
    assert found["by_hour"][23] == 7
    assert found["by_serial"] == {"rid:TEST": 2}
    direction = next(one for one in found["rhythms"] if one["of"] == "direction")
    assert direction["p"] < 0.01
    assert abs(direction["mean"] - 263.0) < 5.0
    only = json.loads(vedette("history", "patterns", night, "--json", "--origin", "live", "--kind", "bird").stdout)
    assert (only["of"], only["incidents"], only["alike"]) == (7, [], [])


def test_its_text_fits_a_terminal(night: Path) -> None:
    for command in ("list", "patterns"):
        done = vedette("history", command, night)
        assert done.returncode == 0
        assert max(map(len, done.stdout.splitlines())) <= 80
    assert "time of day about 23:" in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["list", "--from", "up"], "--from = up"),
        (["list", "--since", "yesterday"], "--since"),
        (["patterns", "--origin", "real"], "--origin"),
    ],
)
def test_an_option_that_says_nothing_is_refused(night: Path, options: list[str], said: str) -> None:
    done = vedette("history", options[0], night, *options[1:])
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.browser
def test_the_screen_shows_and_filters_it(night: Path, browser: Browser) -> None:
    with running("demo", "--speed", "max", "--data", night, folder=night.parent) as watch:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(watch.address + "#/history")
        count = page.get_by_test_id("history-count")
        expect(count).to_have_text("7", timeout=60_000)
        expect(page.get_by_test_id("rhythm-direction")).to_contain_text("yes, about 26")
        page.get_by_role("button", name="Show only rid:TEST: 2 incidents").click()
        expect(count).to_have_text("2 of 7")
        expect(page.get_by_test_id("past")).to_have_count(2)
        page.get_by_role("button", name="No longer only rid:TEST").focus()
        page.keyboard.press("Enter")
        expect(count).to_have_text("7")
        page.get_by_role("button", name="N Show only north:").focus()
        page.keyboard.press("Space")
        expect(count).to_have_text("0 of 7")
        expect(page.get_by_text("No incident is like this")).to_be_visible()
        page.keyboard.press("Enter")
        expect(count).to_have_text("7")
        page.get_by_test_id("until").fill("2021-03-01")
        expect(count).to_have_text("2 of 7")
        page.get_by_test_id("show-all").click()
        expect(count).to_have_text("7")
        page.get_by_role("link", name="I-0001").click()
        expect(page).to_have_url(re.compile(r"#/incident/erbil-I-0001$"))
        page.close()
