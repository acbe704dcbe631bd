"""Look at the console without a watch: python -m tests.console.serve_fake [--at S] [--frozen] [--origin live].

With --state many|empty|no_feeds|all_down|long|rtl|one|each: in one of the states of tests.console.states, at 60 s.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import Any

from tests.console.fake_desk import FakeDesk
from tests.console.states import StateDesk
from vedette.console import create_app, serve
from vedette.model import Origin


async def play(desk: FakeDesk, start_s: float, frozen: bool) -> None:
    loop = asyncio.get_running_loop()
    for before_s in range(90, 0, -1):
        desk.show(start_s - before_s)
    began = loop.time()
    while True:
        desk.show(start_s if frozen else start_s + loop.time() - began)
        await asyncio.sleep(0.5)


async def show_alone(desk: FakeDesk, playing: Coroutine[Any, Any, None], port: int) -> None:
    """Serve a desk while it plays, until a signal; says where on standard output."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    task = asyncio.create_task(playing)
    await serve(create_app(desk), "127.0.0.1", port, lambda url: print("console", url, flush=True), stop)  # noqa: T201
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--at", type=float, default=30.0)
    parser.add_argument("--frozen", action="store_true")
    parser.add_argument("--calm", action="store_true")
    parser.add_argument("--ended", action="store_true")
    parser.add_argument("--origin", default="simulated")
    parser.add_argument("--state")
    parser.add_argument("--port", type=int, default=8099)
    options = parser.parse_args()
    if options.state is not None:
        state = StateDesk(options.state)
        await show_alone(state, play(state, 60.0, True), options.port)
        return
    desk = FakeDesk(Origin(options.origin))
    desk.calm, desk.ended = options.calm, options.ended
    await show_alone(desk, play(desk, options.at, options.frozen), options.port)


if __name__ == "__main__":
    asyncio.run(main())
