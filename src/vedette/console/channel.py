"""The WebSocket: a snapshot, then each change once; a client that fell behind gets the newest of each thing."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final

import msgspec
from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.handlers import WebsocketRouteHandler

from vedette.console.board import Board
from vedette.console.desk import Desk
from vedette.console.stream import Subscription

HEARTBEAT_S: Final = 1.0
"""Longest silence on a healthy link; the page covers the map after 2.5 s without a message."""


def stream_handler(desk: Desk) -> WebsocketRouteHandler:
    """WebSocket /api/v1/stream?after=SEQ&token=TOKEN."""

    @websocket("/api/v1/stream")
    async def stream(socket: WebSocket[Any, Any, Any]) -> None:
        await socket.accept()
        after = _number(socket.query_params.get("after"))
        subscription = desk.board.stream.subscribe(after, socket.query_params.get("token"))
        try:
            await _serve(socket, desk.board, subscription)
        finally:
            desk.board.stream.unsubscribe(subscription)

    return stream


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 19 else None


async def _serve(socket: WebSocket[Any, Any, Any], board: Board, subscription: Subscription) -> None:
    """Send until the client goes. What it sends is read and ignored: actions go over HTTP, where they are answered."""
    reading = asyncio.create_task(_read_until_gone(socket))
    sending = asyncio.create_task(_send(socket, board, subscription))
    try:
        await asyncio.wait((reading, sending), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (reading, sending):
            task.cancel()
        results = await asyncio.gather(reading, sending, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
            raise result


async def _read_until_gone(socket: WebSocket[Any, Any, Any]) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.receive_data(mode="text")


async def _send(socket: WebSocket[Any, Any, Any], board: Board, subscription: Subscription) -> None:
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
