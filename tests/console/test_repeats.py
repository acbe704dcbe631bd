"""A request sent again under its key: done once, answered as before; and nothing to who may not have it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.access.quick import PASSWORD
from tests.console.fake_desk import FakeDesk
from tests.console.house import House, code, log_in
from vedette.console.repeats import KEPT, Repeats

API = "/api/v1"
ACK = f"{API}/alerts/erbil-A-0001/acknowledge"
KEY = {"x-vedette-key": "press-0001"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def test_sent_again_it_is_done_once(client: TestClient[Litestar], desk: FakeDesk) -> None:
    first = client.post(ACK, json={"note": "seen"}, headers=KEY)
    again = client.post(ACK, json={"note": "seen"}, headers=KEY)
    assert (first.status_code, again.json()) == (200, first.json())
    assert len(desk.actions) == 1
    client.post(ACK, json={"note": "seen"}, headers={"x-vedette-key": "press-0002"})
    client.post(ACK, json={"note": "seen"})
    client.post(ACK, json={"note": "seen"})
    assert len(desk.actions) == 4


def test_another_request_under_the_key_is_another(client: TestClient[Litestar], desk: FakeDesk) -> None:
    client.post(ACK, json={"note": ""}, headers=KEY)
    assert client.post(f"{API}/test-alarm", json={"note": ""}, headers=KEY).status_code == 200
    assert [one.verb for one in desk.actions] == ["acknowledge", "test_alarm"]


def test_a_refusal_is_kept_a_fault_is_not(client: TestClient[Litestar], desk: FakeDesk) -> None:
    desk.refuse = "the record is full"
    assert client.post(ACK, json={}, headers=KEY).status_code == 409
    desk.refuse = None
    assert client.post(ACK, json={}, headers=KEY).status_code == 409
    assert client.post(ACK, json={}, headers={"x-vedette-key": "press-0009"}).status_code == 200


@pytest.mark.parametrize("key", ["short", "a" * 101, "with space in it", "é" * 10, ""])
def test_what_is_no_key_is_none(client: TestClient[Litestar], desk: FakeDesk, key: str) -> None:
    for _ in range(2):
        client.post(ACK, json={}, headers={"x-vedette-key": key.encode()})
    assert len(desk.actions) == 2


def test_an_answer_is_its_sessions_alone(house: House) -> None:
    client = house.client("O. Officer")  # one application, and one who after the other sits at it
    cookies, csrf = dict(client.cookies), client.headers["x-vedette-csrf"]
    assert client.post(ACK, json={"note": "mine"}, headers=KEY).status_code == 200
    client.cookies.clear()
    assert code(client.post(ACK, json={}, headers=KEY)) == (401, "log_in")
    for name, status in (("V. Viewer", 403), ("C. Commander", 409)):
        client.cookies.clear()
        log_in(client, name)
        answer = client.post(ACK, json={"note": "his"}, headers=KEY)
        assert answer.status_code == status, answer.text
    assert [one.by for one in house.desk.actions] == ["O. Officer", "C. Commander"]
    client.cookies.clear()
    client.cookies.update(cookies)
    client.headers["x-vedette-csrf"] = csrf
    assert client.post(ACK, json={"note": "mine"}, headers=KEY).status_code == 200
    client.delete(f"{API}/session")
    client.cookies.update(cookies)
    assert code(client.post(ACK, json={"note": "mine"}, headers=KEY)) == (401, "log_in")


def test_a_password_is_never_kept(house: House) -> None:
    client = house.client()
    for _ in range(2):
        said = client.post(f"{API}/session", json={"name": "O. Officer", "password": PASSWORD}, headers=KEY)
        assert "set-cookie" in said.headers
    assert len(house.client("M. Manager").get(f"{API}/sessions").json()["sessions"]) == 2


def test_a_seconds_word_that_was_spent_is_answered_again(house: House) -> None:
    client, path = house.client("O. Officer"), f"{API}/decisions/erbil-D-0001/second"
    body = {"name": "C. Commander", "password": PASSWORD, "act": f"POST {path}"}
    headers = {"x-vedette-second": client.post(f"{API}/session/confirm", json=body).json()["token"], **KEY}
    entry = {"by": "C. Commander", "role": "commander"}
    first = client.post(path, json=entry, headers=headers)
    assert client.post(path, json=entry, headers=headers).text == first.text
    assert [one.by for one in house.desk.actions] == ["C. Commander"]


def scope(key: bytes) -> Any:
    headers = [(b"x-vedette-key", key)]
    return {"type": "http", "method": "POST", "path": "/api/v1/x", "scheme": "http", "headers": headers, "state": {}}


async def no_receive() -> Any:
    raise AssertionError("not asked")


def test_who_asks_again_while_it_is_under_way_waits_for_it() -> None:
    async def run() -> None:
        held, done = asyncio.Event(), list[int]()

        async def app(_scope: Any, _receive: Any, send: Any) -> None:
            await held.wait()
            done.append(1)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"made", "more_body": False})

        async def gone(message: Any) -> None:
            raise OSError("the client is gone")

        heard = list[Any]()

        async def hear(message: Any) -> None:
            heard.append(message)

        repeats = Repeats(app, lambda _: True)
        first = asyncio.create_task(repeats(scope(b"press-0001"), no_receive, gone))
        others = [asyncio.create_task(repeats(scope(b"press-0001"), no_receive, hear)) for _ in range(5)]
        await asyncio.sleep(0)
        held.set()
        await asyncio.gather(first, *others)
        assert len(done) == 1
        assert [one["body"] for one in heard if "body" in one] == [b"made"] * 5

    asyncio.run(run())


def test_where_the_first_failed_one_of_those_that_waited_does_it() -> None:
    async def run() -> None:
        held, tried, heard = asyncio.Event(), list[int](), list[Any]()

        async def app(_scope: Any, _receive: Any, send: Any) -> None:
            tried.append(1)
            await held.wait()
            if len(tried) == 1:
                raise RuntimeError("the first fails")
            await asyncio.sleep(0)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"made", "more_body": False})

        async def hear(message: Any) -> None:
            heard.append(message)

        repeats = Repeats(app, lambda _: True)
        tasks = [asyncio.create_task(repeats(scope(b"press-0001"), no_receive, hear)) for _ in range(6)]
        await asyncio.sleep(0)
        held.set()
        first, *others = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(first, RuntimeError)
        assert others == [None] * 5
        assert len(tried) == 2
        assert [one["body"] for one in heard if "body" in one] == [b"made"] * 5

    asyncio.run(run())


def test_what_is_kept_is_bounded() -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def hear(message: Any) -> None:
        del message

    async def run() -> None:
        repeats = Repeats(app, lambda _: True)
        for number in range(3 * KEPT):
            await repeats(scope(b"press-%06d" % number), no_receive, hear)
        assert len(repeats._kept) <= KEPT + 1

    asyncio.run(run())
