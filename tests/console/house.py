"""A console with users, people who log in at it, and what it answers them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

from tests.access.quick import PASSWORD, Quick, people
from tests.console.fake_desk import FakeDesk
from vedette.access import UserFile
from vedette.console import create_app

Client = TestClient[Litestar]
API = "/api/v1"


def filled(path: str) -> str:
    """A path with something in each of its places."""
    return re.sub(r"\{\w+\}", "x", path.replace("{step}", "1"))


class House:
    """A desk with users, and clients of its application."""

    def __init__(self, folder: Path, base: str = "http://127.0.0.1", *, empty: bool = False) -> None:
        self.desk = FakeDesk()
        self.desk.show(60.0)
        self.quick = Quick(UserFile(folder) if empty else people(folder))
        self._base = base
        self._clients: list[Client] = []

    def client(self, name: str | None = None) -> Client:
        """A client, logged in as one of the people."""
        client = TestClient(create_app(self.desk, access=self.quick.access), base_url=self._base)
        client.__enter__()
        self._clients.append(client)
        if name is not None:
            log_in(client, name)
        return client

    def close(self) -> None:
        for client in self._clients:
            client.__exit__(None, None, None)


def log_in(client: Client, name: str, password: str = PASSWORD) -> Any:
    answer = client.post(f"{API}/session", json={"name": name, "password": password})
    assert answer.status_code == 200, answer.text
    client.headers["x-vedette-csrf"] = answer.json()["csrf"]
    return answer


def until_closed(socket: Any) -> None:
    """Hear a stream to its end, which is an exception; a beat a second would else go on for ever."""
    for _ in range(5):
        socket.receive_json()


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]
