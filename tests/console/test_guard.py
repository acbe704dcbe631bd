from __future__ import annotations

import pytest
from litestar import Litestar
from litestar.exceptions import WebSocketDisconnect
from litestar.testing import TestClient

from tests.console.fake_desk import FakeDesk
from vedette.console import create_app
from vedette.console.guard import Guard

Client = TestClient[Litestar]
HEALTH = "/api/v1/health"


async def nothing(*_: object) -> None:
    raise AssertionError("not to be called")


def refusal(host: str, origin: str | None = None, bound: str = "127.0.0.1", port: int = 8080) -> str | None:
    headers = {b"host": host.encode()} | ({b"origin": origin.encode()} if origin is not None else {})
    found = Guard(nothing, bound).refusal(headers, ("127.0.0.1", port), "http")
    return found[0] if found else None


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080", "[::1]:8080"])
def test_our_own_names_pass(host: str) -> None:
    assert refusal(host) is None
    assert refusal(host, f"http://{host}") is None


@pytest.mark.parametrize(
    "host",
    ["", "evil.test:8080", "127.0.0.1.evil.test:8080", "127.0.0.1", "127.0.0.1:81", "127.0.0.1:x", "10.0.0.1:8080"],
)
def test_other_names_and_ports_do_not(host: str) -> None:
    assert refusal(host) == "bad_host"


@pytest.mark.parametrize(
    "origin", ["http://evil.test", "null", "", "https://127.0.0.1:8080", "http://127.0.0.1:81", "http://localhost:8080"]
)
def test_pages_from_elsewhere_do_not(origin: str) -> None:
    assert refusal("127.0.0.1:8080", origin) == "bad_origin"


def test_a_wildcard_takes_addresses_but_no_names() -> None:
    assert refusal("192.0.2.7:8080", bound="0.0.0.0") is None  # noqa: S104
    assert refusal("evil.test:8080", bound="0.0.0.0") == "bad_host"  # noqa: S104
    assert refusal("watch.base.test:8080", bound="watch.base.test") is None


def test_every_kind_of_request_is_guarded(client: Client, desk: FakeDesk) -> None:
    for method, path in (("GET", HEALTH), ("GET", "/"), ("GET", "/nothing"), ("GET", "/api/v1/openapi.json")):
        assert client.request(method, path, headers={"host": "evil.test"}).status_code == 403
    path = "/api/v1/alerts/erbil-A-0001/acknowledge"
    answer = client.post(path, json={"note": ""}, headers={"origin": "http://evil.test"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "bad_origin")
    assert desk.actions == []


def test_the_stream_is_guarded(client: Client) -> None:
    for headers in ({"origin": "http://evil.test"}, {"host": "evil.test"}):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/api/v1/stream", headers=headers) as socket:
            socket.receive_json()


def test_our_own_page_may_do_both() -> None:
    desk = FakeDesk()
    desk.show(60.0)
    headers = {"origin": "http://127.0.0.1"}
    with TestClient(create_app(desk), base_url="http://127.0.0.1") as client:
        assert client.get(HEALTH, headers=headers).status_code == 200
        with client.websocket_connect("/api/v1/stream", headers=headers) as socket:
            assert socket.receive_json()["kind"] == "snapshot"
