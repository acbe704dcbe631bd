"""The WebSocket: a snapshot, then each change once; a client that fell behind gets the newest of each thing.

Two forms. Plain: one message a thing, each the whole of it. `?form=delta`: see `deltas`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final

import msgspec
from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.handlers import WebsocketRouteHandler

from vedette.access import Access
from vedette.console.board import Board
from vedette.console.deltas import PACE_S, Deltas
from vedette.console.desk import Desk
from vedette.console.gate import identity_of
from vedette.console.stream import Subscription

SESSION_OVER: Final = 4401
HEARTBEAT_S: Final = 1.0
"""Longest silence on a healthy link; the page covers the map after 2.5 s without a message."""

_Socket = WebSocket[Any, Any, Any]


def stream_handler(desk: Desk, access: Access | None = None) -> WebsocketRouteHandler:
    """WebSocket /api/v1/stream?after=SEQ&token=TOKEN&form=delta. Closed with 4401 when its session is over."""

    @websocket("/api/v1/stream")
    async def stream(socket: WebSocket[Any, Any, Any]) -> None:
        await socket.accept()
        after = _number(socket.query_params.get("after"))
        subscription = desk.board.stream.subscribe(after, socket.query_params.get("token"))
        try:
            with _session(socket, access) as over:
                if socket.query_params.get("form") == "delta":
                    deltas = Deltas(desk.board, subscription)
                    await _serve(socket, _send_deltas(socket, deltas), over, deltas.hear)
                else:
                    await _serve(socket, _send(socket, desk.board, subscription), over)
        finally:
            desk.board.stream.unsubscribe(subscription)

    return stream


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 19 else None


@contextlib.contextmanager
def _session(socket: _Socket, access: Access | None) -> Iterator[asyncio.Event]:
    """The event is set when the session is over, or single-user mode; until then an open stream keeps it in use."""
    over, loop = asyncio.Event(), asyncio.get_running_loop()
    identity = identity_of(socket)

    def tell(why: str = "") -> None:
        del why
        loop.call_soon_threadsafe(over.set)

    listeners = identity.session.on_end if identity is not None else access.on_first if access is not None else []
    listeners.append(tell)
    if identity is not None:
        identity.session.streams += 1
    try:
        yield over
    finally:
        if identity is not None:
            identity.session.streams -= 1
        if tell in listeners:
            listeners.remove(tell)


async def _serve(
    socket: _Socket,
    send: Coroutine[Any, Any, None],
    over: asyncio.Event,
    hear: Callable[[str], None] = lambda _: None,
) -> None:
    """Send until the client goes or the session is over. Actions go over HTTP, where they are answered."""
    reading = asyncio.create_task(_read_until_gone(socket, hear))
    sending = asyncio.create_task(send)
    ending = asyncio.create_task(over.wait())
    tasks = (reading, sending, ending)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    if over.is_set():
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await socket.close(code=SESSION_OVER, reason="the session is over")
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
            raise result


async def _read_until_gone(socket: _Socket, hear: Callable[[str], None]) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            text = await socket.receive_data(mode="text")
            hear(text if isinstance(text, str) else "")


async def _send_deltas(socket: _Socket, deltas: Deltas) -> None:
    while True:
        await socket.send_text(await deltas.next(HEARTBEAT_S))
        await asyncio.sleep(PACE_S)


async def _send(socket: _Socket, board: Board, subscription: Subscription) -> None:
    while True:
        frames = await subscription.take(HEARTBEAT_S)
        if frames is None:
            await socket.send_text(_snapshot(board, subscription))
        elif frames:
            for frame in frames:
                await socket.send_text(frame.text())
        else:
            await socket.send_text(f'{{"seq":{subscription.reached_seq},"kind":"heartbeat"}}')


def _snapshot(board: Board, subscription: Subscription) -> str:
    with board.stream.lock:
        subscription.resume()
        snapshot = board.snapshot()
    return msgspec.json.encode(snapshot).decode()
