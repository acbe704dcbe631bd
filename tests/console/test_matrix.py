"""The whole door: every route of the API under every way to come without the right to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.exceptions import WebSocketDisconnect

from tests.access.quick import PASSWORD, PEOPLE
from tests.console.house import API, Client, House, code, filled, log_in, until_closed
from vedette.access import RIGHTS, Right
from vedette.console.rights import ROUTES

KNOWN = "V. Viewer"
REQUESTS = [
    (method, path, right) for route, right in ROUTES.items() for method, path in [route.split(" ")] if method != "WS"
]
CHANGES = [one for one in REQUESTS if one[0] != "GET"]
CLOSED = [one for one in REQUESTS if one[2] is not Right.ANYONE]
OUTSIDE = ("/", "/assets/x.js", "/api/v1/openapi.json", "/api/v1/openapi.json/swagger", "/schema", "/docs", "/nowhere")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    assert house.desk.actions == [], "nothing was done"
    house.close()


def ask(client: Client, method: str, path: str, **headers: str) -> Any:
    return client.request(method, filled(path), json={"nonsense": 1}, headers=headers)


def test_the_table_is_the_openapi_document(house: House) -> None:
    document = house.client(KNOWN).get(f"{API}/openapi.json").json()
    described = {f"{method.upper()} {path}" for path, operations in document["paths"].items() for method in operations}
    pages = {"GET /", "GET /{file_path}", "WS /api/v1/stream"}
    assert set(ROUTES) - described - pages == {route for route in ROUTES if "openapi.json" in route}
    assert described <= set(ROUTES)


def test_a_session_that_is_over_opens_nothing(house: House) -> None:
    client, manager = house.client(KNOWN), house.client("M. Manager")
    cookies = dict(client.cookies)
    (his,) = [one for one in manager.get(f"{API}/sessions").json()["sessions"] if one["user"] == KNOWN]
    manager.delete(f"{API}/sessions/{his['session']}")
    expired = house.client("C. Commander")
    house.quick.later(13 * 3600.0 + 1.0)
    for method, path, _ in CLOSED:
        assert code(ask(client, method, path)) == (401, "log_in"), path
        assert code(ask(expired, method, path)) == (401, "log_in"), path
    assert dict(client.cookies) == cookies, "the cookie was sent"


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "__proto__", "é"])
def test_a_cookie_that_was_never_given_opens_nothing(house: House, token: str) -> None:
    client = house.client()
    for method, path, _ in CLOSED:
        cookie = f"vedette-80={token}".encode()
        answer = client.request(method, filled(path), json={}, headers={b"cookie": cookie})  # type: ignore[dict-item]
        assert code(answer) == (401, "log_in"), path


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("sent", ["", "wrong", "another's"])
def test_nothing_is_changed_without_the_sessions_own_token(house: House, name: str, sent: str) -> None:
    client = house.client(name)
    other = house.client("C. Commander" if name != "C. Commander" else "O. Officer")
    headers = {"x-vedette-csrf": other.headers["x-vedette-csrf"] if sent == "another's" else sent}
    for method, path, right in CHANGES:
        if right is not Right.ANYONE:
            assert code(ask(client, method, path, **headers)) == (403, "csrf"), path


@pytest.mark.parametrize("header", [{"origin": "http://evil.test"}, {"origin": "null"}, {"host": "evil.test"}])
def test_a_page_from_elsewhere_is_answered_nothing(house: House, header: dict[str, str]) -> None:
    client = house.client("C. Commander")
    told = {"origin": "bad_origin", "host": "bad_host"}[next(iter(header))]
    for method, path, _ in REQUESTS:
        assert code(ask(client, method, path, **header)) == (403, told), path
    for path in OUTSIDE:
        assert code(client.get(path, headers=header)) == (403, told)
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(f"{API}/stream", headers=header) as socket:
        socket.receive_json()


def test_a_cookie_of_tls_opens_nothing_over_plain_http(tmp_path: Path) -> None:
    """Each has a name of its own; who takes the one down cannot use it as the other."""
    over = House(tmp_path, "https://127.0.0.1:8443")
    token = next(iter(log_in(over.client(), KNOWN).cookies.values()))
    plain = House(tmp_path / "plain")
    plain.quick = over.quick
    client = plain.client()
    for name in ("__Host-vedette-8443", "__Host-vedette-80"):
        answer = client.get(f"{API}/health", headers={"cookie": f"{name}={token}"})
        assert code(answer) == (401, "log_in"), name
    over.close()
    plain.close()


def test_before_log_in_the_outside_says_nothing_of_the_site(house: House) -> None:
    client = house.client()
    for path in OUTSIDE:
        answer = client.get(path)
        assert answer.status_code in (200, 401, 404, 503), path
        assert not re.search(r"erbil|36\.2|43\.9", answer.text), path
    assert code(client.get(f"{API}/openapi.json/swagger"))[0] in (401, 404)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "CONNECT"])
def test_other_methods_open_nothing(house: House, method: str) -> None:
    client, officer = house.client(), house.client("O. Officer")
    for _, path, right in CLOSED:
        for one in (client, officer):
            answer = one.request(method, filled(path))
            assert answer.status_code in (204, 401, 403, 404, 405), (method, path)
            assert "erbil" not in answer.text
        del right


OTHERWISE = (
    "//api/v1/health", "/api/v1/health/", "/API/V1/health", "/api/v1/../v1/health", "/api/v1/%68ealth",
    "/api/v1//health",
)  # fmt: skip
NO_FILES = ("/../app.py", "/..%2fapp.py", "/assets/../../app.py", "/%2e%2e/app.py", "/assets/%00", "//etc/passwd")


@pytest.mark.parametrize("path", OTHERWISE)
def test_another_way_to_write_a_path_is_no_way_round(house: House, path: str) -> None:
    answer = house.client().get(path)
    assert answer.status_code in (401, 404), answer.text


@pytest.mark.parametrize("path", NO_FILES)
def test_no_file_is_served_but_the_page_s_own(house: House, path: str) -> None:
    assert house.client().get(path).status_code == 404


def test_a_role_taken_away_while_logged_in_is_gone_at_once(house: House) -> None:
    officer, manager = house.client("O. Officer"), house.client("M. Manager")
    with officer.websocket_connect(f"{API}/stream") as socket:
        assert socket.receive_json()["kind"] == "snapshot"
        assert manager.post(f"{API}/users/O. Officer", json={"role": "viewer"}).status_code == 200
        with pytest.raises(WebSocketDisconnect) as gone:
            until_closed(socket)
        assert gone.value.code == 4401
    assert code(officer.get(f"{API}/health")) == (401, "log_in")
    log_in(officer, "O. Officer")
    acts = [one for one in CHANGES if one[2] is Right.ACT]
    assert {code(ask(officer, method, path)) for method, path, _ in acts} == {(403, "not_yours")}


def test_a_change_of_password_ends_every_other_session(house: House) -> None:
    here, there = house.client("O. Officer"), house.client("O. Officer")
    before = dict(here.cookies)
    answer = here.post(f"{API}/session/password", json={"old": PASSWORD, "new": "another sentence of mine"})
    here.headers["x-vedette-csrf"] = answer.json()["csrf"]
    assert here.get(f"{API}/health").status_code == 200
    assert dict(here.cookies) != before
    assert code(there.get(f"{API}/health")) == (401, "log_in")
    there.cookies.clear()
    there.cookies.update(before)
    assert code(there.get(f"{API}/health")) == (401, "log_in")
    assert code(house.client().post(f"{API}/session", json={"name": "O. Officer", "password": PASSWORD})) == (
        401,
        "wrong",
    )


def test_who_must_change_the_password_does_nothing_else(house: House) -> None:
    manager = house.client("M. Manager")
    manager.post(f"{API}/users/C. Commander/password", json={"password": "a sentence of another"})
    client = house.client()
    log_in(client, "C. Commander", "a sentence of another")
    for method, path, right in CLOSED:
        if right is not Right.SELF and right in RIGHTS[PEOPLE["C. Commander"][0]]:
            assert code(ask(client, method, path)) == (403, "change_password"), path
