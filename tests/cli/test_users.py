"""`vedette user`, and what a watch refuses to start without."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.access.quick import people
from tests.watch.driving import vedette
from vedette.access import Passwords, Role, UserFile

SENTENCE = "first password"


def password_file(folder: Path, words: str = SENTENCE) -> Path:
    path = folder / "password.txt"
    path.write_text(words + "\n")
    return path


def test_users_are_added_listed_disabled_and_reset(tmp_path: Path) -> None:
    data, secret = tmp_path / "data", password_file(tmp_path)
    add = ("user", "add", data, "A. Person", "--role", "administrator", "--mandate-role", "commander")
    done = vedette(*add, "--password-file", secret)
    assert (done.returncode, done.stderr) == (0, "")
    assert vedette("user", "add", data, "B. Person", "--password-file", secret).returncode == 0
    assert vedette("user", "disable", data, "b. person").returncode == 0
    secret.write_text("second password\n")
    assert vedette("user", "reset", data, "A. Person", "--password-file", secret).returncode == 0
    listed = [json.loads(line) for line in vedette("user", "list", data, "--json").stdout.splitlines()]
    assert [(one["name"], one["role"], one["disabled"]) for one in listed] == [
        ("A. Person", "administrator", False),
        ("B. Person", "viewer", True),
    ]
    users = UserFile(data).users()
    assert Passwords().holds(users.users[0].password, "second password")
    assert users.users[0].role is Role.ADMINISTRATOR
    assert [(told.change, told.by) for told in users.unrecorded] == [
        ("added", "command line"), ("added", "command line"), ("disabled", "command line"),
        ("password_reset", "command line"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "{data}", "A. Person", "--role", "king", "--password-file", "{secret}"], "not a role"),
        (["add", "{data}", "V. Viewer", "--password-file", "{secret}"], "already"),
        (["add", "{data}", "A. Person", "--password-file", "{short}"], "at least 12 letters"),
        (["add", "{data}", "A. Person"], "no terminal"),
        (["disable", "{data}", "M. Manager"], "nobody would be left"),
        (["reset", "{data}", "nobody", "--password-file", "{secret}"], "no user"),
    ],
)
def test_what_will_not_do_is_one_line(tmp_path: Path, words: list[str], said: str) -> None:
    people(tmp_path / "data")
    short = tmp_path / "short.txt"
    short.write_text("too short\n")
    places = {"data": tmp_path / "data", "secret": password_file(tmp_path), "short": short}
    command = [sys.executable, "-m", "vedette", "user", *(word.format(**places) for word in words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
