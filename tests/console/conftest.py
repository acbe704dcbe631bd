"""A desk with the scenario up, a client of its application, and the same served on a free port for browsers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.console.fake_desk import FakeDesk
from vedette.access import Access
from vedette.console import create_app, serve

ORIGIN = "http://127.0.0.1"


@pytest.fixture
def desk() -> FakeDesk:
    desk = FakeDesk()
    for t_s in range(30, 61):
        desk.show(float(t_s))
    return desk


@pytest.fixture
def client(desk: FakeDesk) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(desk), base_url=ORIGIN) as client:
        yield client


class Served:
    """An application on a free loopback port, in a thread with its own loop, that can be cut off."""

    def __init__(self, desk: FakeDesk, access: Access | None = None) -> None:
        self.desk, self._access = desk, access
        self.url = ""
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(
            serve(create_app(self.desk, access=self._access), "127.0.0.1", 0, self._on_ready, self._stop)
        )
        self._loop.close()

    def _on_ready(self, url: str) -> None:
        self.url = url
        self._ready.set()

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(10.0)

    def hold(self) -> asyncio.Event:
        """Keep every action waiting; `release` lets it through."""
        self.desk.hold = asyncio.Event()
        return self.desk.hold

    def release(self, held: asyncio.Event) -> None:
        self._loop.call_soon_threadsafe(held.set)

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(10.0)
        assert not self._thread.is_alive()


@pytest.fixture
def served(built_console: None, desk: FakeDesk) -> Iterator[Served]:
    served = Served(desk)
    served.start()
    yield served
    served.stop()
