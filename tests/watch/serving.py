"""A watch that the test drives look by look, and its console served on a free port for a browser."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from vedette.access import Access
from vedette.console import create_app, serve
from vedette.console.desk import Desk


@contextmanager
def served(desk: Desk, access: Access | None = None) -> Iterator[str]:
    """The address of the console before `desk`, for as long as the block lasts."""
    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), threading.Event()
    urls: list[str] = []

    def tell(url: str) -> None:
        urls.append(url)
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve(create_app(desk, access=access), "127.0.0.1", 0, tell, stop))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(20.0)
    try:
        yield urls[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20.0)
        assert not thread.is_alive()
