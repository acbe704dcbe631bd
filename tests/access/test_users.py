from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.access.quick import CHEAP, PASSWORD, people, person
from vedette.access import AccessDenied, Change, Passwords, Role, UserFile, Users, new_user
from vedette.errors import BadInput


def test_the_file_is_closed_to_others_and_holds_no_password(tmp_path: Path) -> None:
    file = people(tmp_path)
    assert file.path.stat().st_mode & 0o777 == 0o600
    text = file.path.read_text()
    assert PASSWORD not in text
    assert text.count("$argon2id$") == 5


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    people(tmp_path)
    (tmp_path / "users.json").chmod(mode)
    with pytest.raises(BadInput, match="open to others"):
        UserFile(tmp_path).users()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"users": [{"name": "x"}]}', '{"schema": 1, "more": 1}', "\x00"])
def test_what_is_no_file_of_users_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "users.json").write_text(text)
    (tmp_path / "users.json").chmod(0o600)
    with pytest.raises(BadInput, match=r"users\.json"):
        UserFile(tmp_path).users()


def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    people(tmp_path / "there")
    (tmp_path / "users.json").symlink_to(tmp_path / "there" / "users.json")
    with pytest.raises(BadInput):
        UserFile(tmp_path).users()


def test_a_change_that_is_refused_changes_nothing(tmp_path: Path) -> None:
    file = people(tmp_path)
    before = file.path.read_bytes()
    with pytest.raises(AccessDenied, match="already"):
        file.change(lambda users: users.add(person("V. Viewer"), "x"))
    assert file.path.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["users.json", "users.lock"]


def test_two_hands_at_once_lose_no_change(tmp_path: Path) -> None:
    one, other = people(tmp_path), UserFile(tmp_path)
    assert len(other.users().users) == 5
    one.change(lambda users: users.change("V. Viewer", Change(disabled=True), "one", 1.0))
    other.change(lambda users: users.change("O. Officer", Change(disabled=True), "other", 2.0))
    disabled = [user.name for user in one.users().users if user.disabled]
    assert disabled == ["V. Viewer", "O. Officer"]
    assert [told.by for told in one.users().unrecorded] == ["one", "other"]


def test_names_are_told_apart_by_more_than_case() -> None:
    users = Users().add(person("O. Officer"), "x")
    assert users.find("o. OFFICER") is not None
    with pytest.raises(AccessDenied, match="already"):
        users.add(new_user("o. officer", Role.VIEWER, (), "-", 0.0, must_change=True), "x")


@pytest.mark.parametrize("name", ["", " a", "a ", "a\nb", "a" * 65, "a\x00b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(AccessDenied) as denied:
        new_user(name, Role.VIEWER, (), "-", 0.0, must_change=True)
    assert denied.value.code == "bad_name"


def test_the_last_administrator_stays() -> None:
    users = Users().add(person("M. Manager"), "x").add(person("V. Viewer"), "x")
    for change in (Change(disabled=True), Change(role=Role.AUDITOR)):
        with pytest.raises(AccessDenied) as denied:
            users.change("M. Manager", change, "M. Manager", 1.0)
        assert denied.value.code == "last_administrator"
    two = users.change("V. Viewer", Change(role=Role.ADMINISTRATOR), "M. Manager", 1.0)
    assert two.change("M. Manager", Change(disabled=True), "V. Viewer", 2.0).users[0].disabled


def test_what_the_record_is_told_holds_no_secret(tmp_path: Path) -> None:
    users = people(tmp_path).users().set_password("V. Viewer", CHEAP.hash("another sentence"), "M. Manager", 3.0)
    (told,) = users.unrecorded
    assert (told.user, told.change, told.by, told.at_s) == ("V. Viewer", "password_reset", "M. Manager", 3.0)
    assert users.users[0].must_change
    assert "argon2" not in json.dumps({name: getattr(told, name) for name in told.__struct_fields__})


@pytest.mark.parametrize(("text", "taken"), [("eleven char", False), ("twelve chars", True), ("x" * 257, False)])
def test_a_password_has_a_least_length_and_no_other_rule(text: str, taken: bool) -> None:
    passwords = Passwords(CHEAP)
    if taken:
        assert passwords.holds(passwords.hash(text), text)
        return
    with pytest.raises(AccessDenied) as denied:
        passwords.hash(text)
    assert denied.value.code == "bad_password"


def test_a_password_holds_however_its_letters_are_composed() -> None:
    passwords = Passwords(CHEAP)
    assert passwords.holds(passwords.hash("zwölf Zeichen"), "zwo\u0308lf Zeichen")


def test_it_is_argon2id_at_full_cost() -> None:
    stored = Passwords().hash(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert Passwords().is_dated(CHEAP.hash(PASSWORD))
    assert not Passwords().is_dated(stored)


@pytest.mark.parametrize("stored", ["", "plain", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv"])
def test_what_was_not_made_by_argon2_opens_nothing(stored: str) -> None:
    assert not Passwords(CHEAP).holds(stored, PASSWORD)
