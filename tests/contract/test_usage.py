"""Bad usage and bad site files: exit code 2 or 1, one line on standard error that says what and where."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SITE_GEOJSON, SITE_TOML
from tests.watch.driving import vedette
from vedette.cli.main import spread_replays
from vedette.errors import BadSite
from vedette.site import load_site


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["nonsense"],
        ["watch", "{site}", "--speed", "0"],
        ["watch", "{site}", "--port", "99999", "--headless"],
        ["incident", "show"],
    ],
)
def test_bad_usage_is_one_line(site_file: Path, words: list[str]) -> None:
    done = vedette(*[word.format(site=site_file) for word in words], folder=site_file.parent)
    assert done.returncode == 2
    assert done.stderr.startswith("vedette: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(("option", "value"), [("--port", "99999"), ("--port", "http")])
def test_a_refused_value_of_an_option_is_named(site_file: Path, option: str, value: str) -> None:
    said = vedette("watch", site_file, option, value).stderr
    assert option in said
    assert value in said


def test_verify_of_a_file_finds_no_record(site_file: Path) -> None:
    done = vedette("verify", site_file)
    assert (done.returncode, done.stdout) == (2, "")
    assert str(site_file) in done.stderr


def test_replay_takes_several_files_after_one_option() -> None:
    words = ["watch", "site.toml", "--replay", "a.csv", "r=b.pcap", "--speed", "max"]
    assert spread_replays(words) == ["watch", "site.toml", "--replay", "a.csv", "--replay", *words[4:]]
    assert spread_replays(["watch", "--replay", "a.csv", "site.toml"]) == ["watch", "--replay", "a.csv", "site.toml"]
    assert spread_replays(["inspect", "a", "--format", "b"]) == ["inspect", "a", "--format", "b"]


def faults(folder: Path, toml: str = SITE_TOML, geojson: str = SITE_GEOJSON) -> list[str]:
    (folder / "test.geojson").write_text(geojson)
    (folder / "site.toml").write_text(toml)
    try:
        load_site(folder / "site.toml")
    except BadSite as bad:
        return [f"{fault.key} = {fault.value}: {fault.why}" for fault in bad.faults]
    return []


def test_one_mistake_is_one_fault(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, SITE_TOML.replace("period_s = 1.0", "period_s = 0"))
    assert fault.startswith("sensor[0].period_s = 0")


def test_a_word_that_is_none_to_choose_names_those_that_are(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, SITE_TOML.replace('kind = "radar"', 'kind = "laser"'))
    assert "laser" in fault
    assert "radar" in fault
    assert "acoustic" in fault


@pytest.mark.parametrize("url", ["udp://127.0.0.1", "udp://127.0.0.1:99999", "tcp://:30005", "udp://[239.1.1.1]"])
def test_an_address_without_host_or_port_is_a_fault(tmp_path: Path, url: str) -> None:
    (fault,) = faults(tmp_path, SITE_TOML.replace("udp://127.0.0.1:8600", url))
    assert fault.startswith(f"feed[0].url = {url}")


@pytest.mark.parametrize(
    "url", ["udp://[239.1.1.1]:8600", "udp://[239.1.1.1]127.0.0.1:8600", "tcp://[::1]:1", "file:x"]
)
def test_addresses_of_the_contract_are_taken(tmp_path: Path, url: str) -> None:
    assert faults(tmp_path, SITE_TOML.replace("udp://127.0.0.1:8600", url)) == []


def test_a_perimeter_without_area_is_a_fault(tmp_path: Path) -> None:
    point = SITE_GEOJSON.replace('"role": "asset", "radius_m": 50.0', '"role": "warning"')
    (fault,) = faults(tmp_path, geojson=point)
    assert "warning needs an area" in fault


def test_files_with_a_byte_order_mark_and_crlf_are_read(tmp_path: Path) -> None:
    mark = b"\xef\xbb\xbf"
    (tmp_path / "test.geojson").write_bytes(mark + SITE_GEOJSON.replace("\n", "\r\n").encode())
    (tmp_path / "site.toml").write_bytes(mark + SITE_TOML.replace("\n", "\r\n").encode())
    assert load_site(tmp_path / "site.toml").id == "test"


def test_the_command_can_end_on_a_signal_before_it_has_loaded_the_rest() -> None:
    """What takes half a second to load is loaded with the handlers of SIGINT and SIGTERM in place."""
    words = "import sys, vedette.cli.main; print(*{'numpy', 'numba', 'shapely', 'pyproj'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == ""
