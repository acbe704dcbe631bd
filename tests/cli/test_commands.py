"""The commands as a user meets them: exit codes, one clear line, no file left behind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.watch.driving import vedette

ROWS = (
    "time_utc,sensor,scan,range_m,azimuth_true_deg,elevation_deg\n"
    + "".join(f"2026-01-01T00:00:{second:02d}Z,radar-1,{second},{1500 - 10 * second},90,5\n" for second in range(10))
)  # fmt: skip


def one_line(text: str) -> bool:
    return len(text.strip().splitlines()) == 1


def test_check_says_what_a_site_holds(site_file: Path) -> None:
    done = vedette("check", site_file)
    assert done.returncode == 0
    assert "no fault" in done.stdout


def test_check_names_every_fault(site_file: Path) -> None:
    site_file.write_text(site_file.read_text().replace("36.2376", "95.0").replace('"radar"', '"sonar"'))
    done = vedette("check", site_file)
    assert done.returncode == 1
    assert "latitude_deg = 95.0" in done.stderr
    assert "sensor[0].kind = sonar" in done.stderr
    assert vedette("check", site_file.parent / "absent.toml").returncode == 2


def test_track_writes_a_table(site_file: Path, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(ROWS)
    done = vedette("track", tmp_path / "d.csv", "--site", site_file, "--out", tmp_path / "t.csv")
    assert done.returncode == 0, done.stderr
    rows = (tmp_path / "t.csv").read_text().splitlines()
    assert "confirmed" in rows[-1]
    pairs = [tuple(row.split(",")[:2]) for row in rows[1:]]
    assert len(pairs) == len(set(pairs))
    assert [time for time, _ in pairs] == sorted(time for time, _ in pairs)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("2026-01-01T00:00:05Z", "2026-01-01T00:00:05"),
        lambda text: text.replace(",90,5", ",90,nan", 1),
        lambda text: text.replace(",90,5", ",90,95", 1),
        lambda text: text[:-12],
        lambda text: text.replace("radar-1", "radar-9"),
        lambda text: "",
        lambda text: text.replace("azimuth_true_deg", "azimuth"),
    ],
)
def test_a_bad_table_is_one_line_and_no_file(site_file: Path, tmp_path: Path, change: object) -> None:
    (tmp_path / "d.csv").write_text(change(ROWS))  # type: ignore[operator]
    done = vedette("track", tmp_path / "d.csv", "--site", site_file, "--out", tmp_path / "t.csv")
    assert done.returncode == 2
    assert one_line(done.stderr), done.stderr
    assert not (tmp_path / "t.csv").exists()


@pytest.mark.parametrize(
    "args",
    [
        ("log", "absent"),
        ("verify", "absent"),
        ("incident", "show", "absent"),
        ("inspect", "absent"),
        ("watch", "absent.toml"),
        ("track", "absent.csv", "--site", "absent.toml", "--out", "t.csv"),
        ("demo", "--speed", "fast"),
        ("nonsense",),
    ],
)
def test_bad_usage_is_two(tmp_path: Path, args: tuple[str, ...]) -> None:
    done = vedette(*args, folder=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_help_lists_only_what_works_and_the_readme_lists_it_all() -> None:
    listed = set(re.findall(r"^│ ([a-z]+) ", vedette("--help").stdout.split("Commands")[1], re.MULTILINE))
    assert listed == {
        "demo", "watch", "inspect", "track", "score", "check", "log", "verify", "export", "sighting", "incident",
        "sapient", "history", "exercise", "user",
    }  # fmt: skip
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    for command in listed:
        assert f"`vedette {command}" in readme, command
