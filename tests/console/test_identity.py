"""Who says what a track is, with log-in: the person of the session, in a role that the person has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.access.quick import CHEAP, PASSWORD, T0_S, people
from tests.console.house import API, House
from vedette.access import Role, new_user
from vedette.model import Disposition, SetDisposition

WORD: dict[str, Any] = {"disposition": "hostile", "reason": "it dived at the tower"}
PATH = f"{API}/tracks/erbil-T-0012/disposition"


@pytest.fixture
def house(tmp_path: Path) -> Any:
    house = House(tmp_path)
    yield house
    house.close()


@pytest.mark.parametrize(
    ("name", "said", "role"),
    [
        ("O. Officer", {}, "watch-officer"),
        ("O. Officer", {"by": "O. Officer", "role": "watch-officer"}, "watch-officer"),
        ("C. Commander", {}, "commander"),
    ],
)
def test_a_word_is_the_sessions(house: House, name: str, said: dict[str, str], role: str) -> None:
    client = house.client(name)
    answer = client.post(PATH, json=WORD | said)
    action = house.desk.actions[-1]
    assert answer.status_code == 200, answer.text
    assert (action.verb, action.by, action.role, action.note) == ("set_disposition", name, role, WORD["reason"])
    assert isinstance(action.request, SetDisposition)
    assert action.request.disposition is Disposition.HOSTILE


@pytest.mark.parametrize(
    ("name", "said", "status"),
    [
        ("O. Officer", {"by": "C. Commander"}, 403),
        ("O. Officer", {"role": "commander"}, 403),
        ("V. Viewer", {}, 403),
        ("M. Manager", {}, 403),
    ],
)
def test_nobody_speaks_for_another(house: House, name: str, said: dict[str, str], status: int) -> None:
    client = house.client(name)
    assert client.post(PATH, json=WORD | said).status_code == status
    assert house.desk.actions == []


def test_who_holds_no_role_of_the_mandate_speaks_in_the_one_they_are_let_in_by(tmp_path: Path) -> None:
    watcher = new_user("W. Watcher", Role.WATCH_OFFICER, (), CHEAP.hash(PASSWORD), T0_S, must_change=False)
    file = people(tmp_path)
    file.change(lambda users: users.add(watcher, "a test"))
    file.change(lambda users: users.recorded(users.unrecorded))
    house = House(tmp_path, empty=True)
    try:
        assert house.client("W. Watcher").post(PATH, json=WORD).status_code == 200
        assert (house.desk.actions[-1].by, house.desk.actions[-1].role) == ("W. Watcher", "watch_officer")
    finally:
        house.close()
