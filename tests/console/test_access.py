"""The door of the console: who gets where, by the table; sessions, cookies, CSRF, a second person, operators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.exceptions import WebSocketDisconnect
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from tests.access.quick import PASSWORD, PEOPLE, Quick, people
from tests.console.fake_desk import FakeDesk
from tests.console.fake_exercises import FakeRoom
from tests.console.house import API, Client, House, code, filled, log_in, until_closed
from vedette.access import RIGHTS, Right, Role
from vedette.console import create_app
from vedette.console.rights import ROUTES
from vedette.model import OperatorPlace, SessionEnded, SessionStarted, UserChanged

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def routes_of(app: Litestar) -> set[str]:
    """Every route there is, as the table names them."""
    found = set()
    for route in app.routes:
        methods = route.methods - {"OPTIONS", "HEAD"} if isinstance(route, HTTPRoute) else {"WS"}
        found |= {f"{method} {route.path_format}" for method in methods}
    return found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def test_every_route_has_its_right_and_every_right_its_route() -> None:
    assert routes_of(create_app(FakeDesk())) == set(ROUTES)


def test_before_log_in_there_is_nothing_but_the_way_in(house: House) -> None:
    client = house.client()
    for route, right in ROUTES.items():
        method, path = route.split(" ")
        path = filled(path)
        if method == "WS":
            with pytest.raises(WebSocketDisconnect), client.websocket_connect(path) as socket:
                socket.receive_json()
        elif right is not Right.ANYONE:
            assert code(client.request(method, path, json={})) == (401, "log_in"), route
    assert client.get(f"{API}/session").json()["who"] is None
    assert house.desk.actions == []


@pytest.mark.parametrize("name", PEOPLE)
def test_no_role_gets_further_than_its_rights(house: House, name: str) -> None:
    """What is within a role's rights is answered by the handler, whatever it says to such a body; nothing else is."""
    client, role = house.client(name), PEOPLE[name][0]
    for route, right in ROUTES.items():
        method, path = route.split(" ")
        if route in ("DELETE /api/v1/session", "WS /api/v1/stream"):
            continue
        answer = client.request(method, filled(path), json={"nonsense": 1})
        refused = answer.status_code == 403 and answer.json()["error"]["code"] == "not_yours"
        assert refused == (right not in RIGHTS[role]), route
    assert house.desk.actions == []


def test_a_route_without_an_entry_is_refused_to_everybody(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    without = {route: right for route, right in ROUTES.items() if route != "GET /api/v1/health"}
    monkeypatch.setattr("vedette.console.gate.ROUTES", without)
    for name in PEOPLE:
        assert house.client(name).get(f"{API}/health").status_code == 403


def test_roles_hold_what_they_are_said_to(house: House) -> None:
    assert RIGHTS[Role.ADMINISTRATOR].isdisjoint({Right.ACT, Right.DECIDE})
    assert RIGHTS[Role.AUDITOR].isdisjoint({Right.ACT, Right.DECIDE, Right.MANAGE})
    assert [role for role in Role if Right.DECIDE in RIGHTS[role]] == [Role.COMMANDER]
    assert RIGHTS[Role.WATCH_OFFICER] < RIGHTS[Role.COMMANDER]
    assert all(right >= {Right.READ} for right in RIGHTS.values())


def test_the_cookie_is_kept_from_scripts_and_other_sites(house: House, tmp_path: Path) -> None:
    said = log_in(house.client(), "V. Viewer").headers["set-cookie"]
    assert "HttpOnly" in said
    assert re.search("samesite=strict", said, re.IGNORECASE)
    assert "Path=/" in said
    assert "Secure" not in said
    assert "Max-Age" not in said
    over = House(tmp_path / "tls", "https://127.0.0.1:8443")
    said = log_in(over.client(), "V. Viewer").headers["set-cookie"]
    assert said.startswith("__Host-vedette-8443=")
    assert "Secure" in said
    assert "Domain" not in said
    over.close()


def test_no_answer_repeats_a_secret(house: House) -> None:
    client = house.client()
    answer = log_in(client, "M. Manager")
    token = next(iter(client.cookies.values()))
    assert token not in answer.text
    for path in ("users", "sessions", "session", "log"):
        text = client.get(f"{API}/{path}").text
        assert token not in text
        assert "argon2" not in text
    assert not [told for told in house.quick.told if token in str(told) or PASSWORD in str(told)]


@pytest.mark.parametrize("sent", [None, "", "wrong"])
def test_a_change_without_the_sessions_token_is_refused(house: House, sent: str | None) -> None:
    client = house.client("O. Officer")
    del client.headers["x-vedette-csrf"]
    headers = {} if sent is None else {"x-vedette-csrf": sent}
    for method, path in (("POST", "alerts/erbil-A-0001/acknowledge"), ("POST", "facts"), ("DELETE", "session")):
        assert code(client.request(method, f"{API}/{path}", json={"note": ""}, headers=headers)) == (403, "csrf")
    other = house.client("C. Commander").headers["x-vedette-csrf"]
    answer = client.post(f"{API}/alerts/erbil-A-0001/acknowledge", json={}, headers={"x-vedette-csrf": other})
    assert code(answer) == (403, "csrf")
    assert house.desk.actions == []
    assert client.get(f"{API}/session").json()["who"]["name"] == "O. Officer"


def test_a_session_cannot_be_given_to_a_client(house: House) -> None:
    client = house.client()
    client.cookies.set("vedette-80", "chosen-by-an-attacker")
    log_in(client, "O. Officer")
    held = [cookie.value for cookie in client.cookies.jar if cookie.name == "vedette-80" and cookie.domain != ""]
    assert "chosen-by-an-attacker" not in held
    other = house.client()
    other.cookies.set("vedette-80", "chosen-by-an-attacker")
    assert other.get(f"{API}/session").json()["who"] is None


def test_log_out_ends_the_session_at_the_server(house: House) -> None:
    client = house.client("O. Officer")
    cookies = dict(client.cookies)
    assert client.delete(f"{API}/session").status_code == 204
    other = house.client()
    other.cookies.update(cookies)
    assert code(other.get(f"{API}/health")) == (401, "log_in")


def test_idle_and_old_sessions_are_over(house: House) -> None:
    client = house.client("O. Officer")
    house.quick.later(1799.0)
    assert client.get(f"{API}/health").status_code == 200
    house.quick.later(1800.0)
    assert code(client.get(f"{API}/health")) == (401, "log_in")


def test_guessing_is_slowed_for_all_names_alike(house: House) -> None:
    client = house.client()
    for name in ("O. Officer", "nobody of that name"):
        answers = [client.post(f"{API}/session", json={"name": name, "password": "guess"}) for _ in range(6)]
        assert [one.status_code for one in answers] == [401] * 4 + [429] * 2
        assert answers[-1].headers["retry-after"] == "1"
        assert {one.json()["error"]["message"] for one in answers[:4]} == {"name or password is wrong"}


def test_the_stream_ends_with_its_session(house: House) -> None:
    client, manager = house.client("V. Viewer"), house.client("M. Manager")
    with client.websocket_connect(f"{API}/stream") as socket:
        assert socket.receive_json()["kind"] == "snapshot"
        listed = manager.get(f"{API}/sessions").json()["sessions"]
        (his,) = [one for one in listed if one["user"] == "V. Viewer"]
        assert (his["screens"], his["own"], his["this"]) == (1, False, False)
        assert manager.delete(f"{API}/sessions/{his['session']}").status_code == 204
        with pytest.raises(WebSocketDisconnect) as gone:
            until_closed(socket)
        assert gone.value.code == 4401
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(f"{API}/stream") as socket:
        socket.receive_json()
    assert [told.why for told in house.quick.told if isinstance(told, SessionEnded)] == ["revoked"]


def test_the_stream_ends_when_the_session_is_too_old(house: House) -> None:
    client = house.client("V. Viewer")
    with client.websocket_connect(f"{API}/stream") as socket:
        assert socket.receive_json()["kind"] == "snapshot"
        house.quick.later(13 * 3600.0)
        house.quick.access.sessions()
        with pytest.raises(WebSocketDisconnect) as gone:
            until_closed(socket)
        assert gone.value.code == 4401


def test_own_sessions_are_seen_and_ended_by_their_owner_alone(house: House) -> None:
    one, two, other = (house.client(name) for name in ("O. Officer", "O. Officer", "C. Commander"))
    listed = one.get(f"{API}/sessions").json()["sessions"]
    assert [(each["user"], each["this"]) for each in listed] == [("O. Officer", True), ("O. Officer", False)]
    (second,) = [each["session"] for each in listed if not each["this"]]
    assert code(other.delete(f"{API}/sessions/{second}")) == (404, "unknown")
    assert two.get(f"{API}/health").status_code == 200
    assert one.delete(f"{API}/sessions/{second}").status_code == 204
    assert two.get(f"{API}/health").status_code == 401
    seen = house.client("A. Auditor").get(f"{API}/sessions").json()["sessions"]
    assert {each["user"] for each in seen} == {"O. Officer", "C. Commander", "A. Auditor"}


def test_an_action_carries_who_is_logged_in(house: House) -> None:
    client = house.client("O. Officer")
    assert client.post(f"{API}/alerts/erbil-A-0001/acknowledge", json={"note": "seen"}).status_code == 200
    assert house.desk.actions[-1].by == "O. Officer"
    order = {"by": "O. Officer", "role": "watch-officer", "measure": "lights"}
    client.post(f"{API}/decisions", json=order)
    assert (house.desk.actions[-1].by, house.desk.actions[-1].role) == ("O. Officer", "watch-officer")
    taken = len(house.desk.actions)
    assert code(client.post(f"{API}/decisions", json=order | {"by": "C. Commander"})) == (403, "another_person")
    assert code(client.post(f"{API}/decisions", json=order | {"role": "commander"})) == (403, "not_your_role")
    assert len(house.desk.actions) == taken


def second_word(client: Client, act: str, name: str = "C. Commander", password: str = PASSWORD) -> Any:
    return client.post(f"{API}/session/confirm", json={"name": name, "password": password, "act": act})


def test_a_second_person_acts_at_the_first_ones_screen(house: House) -> None:
    client, path = house.client("O. Officer"), f"{API}/decisions/erbil-D-0001/second"
    assert code(second_word(client, f"POST {path}", "O. Officer")) == (409, "same_person")
    assert code(second_word(client, f"POST {path}", password=PASSWORD[1:])) == (401, "wrong")
    said = second_word(client, f"POST {path}").json()
    assert (said["name"], said["mandate_roles"]) == ("C. Commander", ["commander"])
    headers = {"x-vedette-second": said["token"]}
    body = {"by": "C. Commander", "role": "commander"}
    assert code(client.post(f"{API}/facts", json={}, headers=headers)) == (403, "not_confirmed")
    assert code(client.post(path, json=body, headers=headers)) == (403, "not_confirmed"), "spent on another act"
    headers = {"x-vedette-second": second_word(client, f"POST {path}").json()["token"]}
    client.post(path, json=body, headers=headers)
    assert (house.desk.actions[-1].by, house.desk.actions[-1].role) == ("C. Commander", "commander")
    client.post(path, json={"by": "O. Officer", "role": "watch-officer"})
    assert house.desk.actions[-1].by == "O. Officer"


def test_a_second_person_needs_the_right_too(house: House) -> None:
    client, path = house.client("O. Officer"), f"{API}/facts"
    said = second_word(client, f"POST {path}", "M. Manager").json()
    answer = client.post(path, json={}, headers={"x-vedette-second": said["token"]})
    assert code(answer) == (403, "not_yours")


def test_an_administrator_manages_the_users(house: House) -> None:
    manager = house.client("M. Manager")
    new = {"name": "N. New", "role": "watch_officer", "password": "first password", "mandate_roles": ["gunner"]}
    added = manager.post(f"{API}/users", json=new).json()
    assert (added["name"], added["must_change"], added["unknown_roles"]) == ("N. New", True, ["gunner"])
    assert code(manager.post(f"{API}/users", json=new)) == (409, "exists")
    assert code(manager.post(f"{API}/users", json=new | {"name": "X", "password": "short"})) == (400, "bad_password")
    assert code(manager.post(f"{API}/users", json=new | {"role": "king"}))[0] == 400
    client = house.client()
    log_in(client, "N. New", "first password")
    assert code(client.get(f"{API}/health")) == (403, "change_password")
    answer = client.post(f"{API}/session/password", json={"old": "first password", "new": PASSWORD})
    client.headers["x-vedette-csrf"] = answer.json()["csrf"]
    assert client.get(f"{API}/health").status_code == 200
    changed = manager.post(f"{API}/users/N. New", json={"disabled": True, "role": "viewer"}).json()
    assert (changed["disabled"], changed["role"], changed["sessions"]) == (True, "viewer", 0)
    assert code(client.get(f"{API}/health")) == (401, "log_in")
    assert code(manager.post(f"{API}/users/M. Manager", json={"disabled": True})) == (409, "last_administrator")
    assert code(manager.post(f"{API}/users/nobody", json={"disabled": True})) == (404, "unknown")
    listed = house.client("A. Auditor").get(f"{API}/users").json()
    assert [user["name"] for user in listed["users"]] == [*PEOPLE, "N. New"]
    told = [(one.user, one.change, one.by) for one in house.quick.told if isinstance(one, UserChanged)]
    assert told == [
        ("N. New", "added", "M. Manager"),
        ("N. New", "password_changed", "N. New"),
        ("N. New", "role", "M. Manager"),
        ("N. New", "disabled", "M. Manager"),
    ]


def test_without_users_it_is_single_user_mode_until_the_first(tmp_path: Path) -> None:
    house = House(tmp_path, empty=True)
    client = house.client()
    session = client.get(f"{API}/session").json()
    assert (session["mode"], session["who"]) == ("single", None)
    assert client.post(f"{API}/alerts/erbil-A-0001/acknowledge", json={"note": ""}).status_code == 200
    assert code(client.post(f"{API}/session", json={"name": "x", "password": "y"})) == (409, "single_user")
    assert code(client.get(f"{API}/users")) == (409, "single_user")
    body = {"link": house.quick.access.first_link(), "name": "M. Manager", "password": PASSWORD}
    with client.websocket_connect(f"{API}/stream") as socket:
        assert socket.receive_json()["kind"] == "snapshot"
        other = house.client()
        answer = other.post(f"{API}/session/first", json=body)
        assert answer.json()["who"]["role"] == "administrator"
        with pytest.raises(WebSocketDisconnect) as gone:
            until_closed(socket)
        assert gone.value.code == 4401
    assert code(client.get(f"{API}/health")) == (401, "log_in")
    assert other.get(f"{API}/health").status_code == 200
    assert code(client.post(f"{API}/session/first", json=body)) == (403, "link_over")
    house.close()


def test_an_application_without_access_stays_in_single_user_mode() -> None:
    with TestClient(create_app(FakeDesk()), base_url="http://127.0.0.1") as client:
        assert client.get(f"{API}/session").json()["mode"] == "single"
        for path in ("session/first", "session", "session/confirm"):
            body = {"link": "", "name": "x", "password": "y", "act": "POST /api/v1/x"}
            keys = {"session/first": {"act"}, "session": {"act", "link"}, "session/confirm": {"link"}}[path]
            sent = {name: value for name, value in body.items() if name not in keys}
            assert code(client.post(f"{API}/{path}", json=sent)) == (409, "single_user")


def test_an_operators_place_is_opened_by_an_act_and_is_nowhere_else(house: House) -> None:
    place = OperatorPlace(latitude_deg=36.123456, longitude_deg=43.654321, heard_s=1_700_000_000.0)
    house.desk.operators["rid:1581F4TST000398"] = place
    house.desk.show(61.0)
    viewer, officer = house.client("V. Viewer"), house.client("O. Officer")
    paths = [route.split()[1] for route in ROUTES if route.startswith("GET /api/v1")]
    paths = [filled(path.replace("{incident_id}", "erbil-I-0001")) for path in paths]
    seen = "".join(officer.get(path).text for path in paths)
    with officer.websocket_connect(f"{API}/stream") as socket:
        seen += socket.receive_text()
    assert "erbil-T-0011" in seen
    assert "36.1234" not in seen
    assert "operators" not in officer.get(f"{API}/snapshot").text
    opening = f"{API}/tracks/erbil-T-0011/operator"
    assert code(viewer.post(opening, json={})) == (403, "not_yours")
    house.desk.refuse = "the record is full"
    assert code(officer.post(opening, json={})) == (409, "refused")
    house.desk.refuse = None
    opened = officer.post(opening, json={"note": "police ask"}).json()
    assert (opened["latitude_deg"], opened["opened_by"]) == (36.123456, "O. Officer")
    action = house.desk.actions[-1]
    assert (action.verb, action.target, action.by, action.note) == (
        "open_operator", "erbil-T-0011", "O. Officer", "police ask",
    )  # fmt: skip


def test_an_auditor_reads_the_record_a_page_at_a_time(house: House) -> None:
    house.desk.kept += [
        SessionStarted(session=str(n), user="x", role="viewer", address="192.0.2.1", at_s=float(n)) for n in range(250)
    ]
    auditor = house.client("A. Auditor")
    first = auditor.get(f"{API}/log").json()
    assert (len(first["events"]), first["next_after"]) == (200, 200)
    last = auditor.get(f"{API}/log", params={"after": 200}).json()
    assert (len(last["events"]), last["next_after"]) == (50, None)
    assert code(auditor.get(f"{API}/log", params={"since": "yesterday"})) == (400, "bad_query")


def test_an_auditor_reads_the_newest_first_and_has_the_record_checked(house: House) -> None:
    house.desk.kept += [
        SessionStarted(session=str(n), user="x", role="viewer", address="192.0.2.1", at_s=float(n)) for n in range(150)
    ]
    auditor = house.client("A. Auditor")
    record = auditor.get(f"{API}/record").json()
    assert (record["kinds"], record["verified"], record["verifying"]) == (["session_started"], None, False)
    first = auditor.get(f"{API}/record/events", params={"kind": "session_started,user_changed"}).json()
    assert ([first["events"][at]["seq"] for at in (0, 99)], first["next_before"]) == ([150, 51], 51)
    last = auditor.get(f"{API}/record/events", params={"before": 51}).json()
    assert (len(last["events"]), last["next_before"]) == (50, None)
    for wrong in ({"since": "yesterday"}, {"before": 2**63}, {"before": -1}, {"kind": ",".join(map(str, range(99)))}):
        assert auditor.get(f"{API}/record/events", params=wrong).status_code == 400
    checked = auditor.post(f"{API}/record/verify")
    assert (checked.status_code, checked.json()["verified"]["by"]) == (202, "A. Auditor")
    assert code(house.client("C. Commander").get(f"{API}/record/events")) == (403, "not_yours")


def test_every_method_that_changes_something_asks_for_more_than_to_read() -> None:
    screens = {"POST /api/v1/test-alarm/{alert_id}/sound"}
    for route, right in ROUTES.items():
        if route.startswith(UNSAFE) and route not in screens:
            assert right is not Right.READ, route


def test_an_exercise_beside_asks_for_the_same_rights_and_its_own_words(tmp_path: Path) -> None:
    """A second person's word for the exercise is none for the watch, and the other way round."""
    quick, live, room = Quick(people(tmp_path)), FakeDesk(), FakeRoom()
    app = create_app(live, exercises=room, access=quick.access)
    path, exercise = f"{API}/decisions/erbil-D-0001/second", f"{API}/exercise/decisions/erbil-D-0001/second"
    body = {"by": "C. Commander", "role": "commander"}
    with TestClient(app, base_url="http://127.0.0.1") as client:
        log_in(client, "O. Officer")
        assert client.post(f"{API}/exercises", json={"scenario": "two.toml"}).status_code == 201
        beside = room.desk
        assert isinstance(beside, FakeDesk)
        cookies = dict(client.cookies)
        client.cookies.clear()
        assert code(client.get(f"{API}/exercise/health")) == (401, "log_in")
        client.cookies.update(cookies)
        assert client.get(f"{API}/exercise/health").status_code == 200
        for spoken, sent in ((path, exercise), (exercise, path)):
            headers = {"x-vedette-second": second_word(client, f"POST {spoken}").json()["token"]}
            assert code(client.post(sent, json=body, headers=headers)) == (403, "not_confirmed")
        headers = {"x-vedette-second": second_word(client, f"POST {exercise}").json()["token"]}
        client.post(exercise, json=body, headers=headers)
        assert (beside.actions[-1].by, live.actions) == ("C. Commander", [])
