"""What a server holds out against: too many connections, and who pours in more than is said."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
import websockets.sync.client
from uvicorn.server import ServerState
from websockets.exceptions import ConnectionClosed

from vedette.serving import MOST_CONNECTIONS, MOST_OF_ONE, SAID_BYTES, _Http, _listen, serve


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers a request; hears a WebSocket out."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"up"})
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        await send({"type": "websocket.send", "text": "heard"})


@pytest.fixture
def port() -> Iterator[int]:
    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), threading.Event()
    urls: list[str] = []

    def tell(url: str) -> None:
        urls.append(url)
        ready.set()

    thread = threading.Thread(
        target=lambda: loop.run_until_complete(serve(app, "127.0.0.1", 0, tell, stop, lifespan="off")), daemon=True
    )
    thread.start()
    assert ready.wait(20.0)
    yield int(urls[0].rsplit(":", 1)[1].rstrip("/"))
    loop.call_soon_threadsafe(stop.set)
    thread.join(20.0)
    loop.close()


def answered(connection: socket.socket) -> bool:
    try:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        return connection.recv(1000).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def test_an_answer_is_not_held_back(port: int) -> None:
    """asyncio switches Nagle's wait off for sockets that say they are TCP's: else each answer may be 40 ms late."""
    del port
    listening = _listen("127.0.0.1", 0)
    assert listening.proto == socket.IPPROTO_TCP
    listening.close()


def test_connections_are_bounded_and_those_there_are_go_on(port: int) -> None:
    held = [socket.create_connection(("127.0.0.1", port), 10.0) for _ in range(MOST_CONNECTIONS)]
    assert answered(held[0])
    more = [socket.create_connection(("127.0.0.1", port), 10.0) for _ in range(5)]
    assert [answered(one) for one in more] == [False] * 5
    assert answered(held[-1])
    for one in (*held, *more):
        one.close()
    for _ in range(1000):
        with socket.create_connection(("127.0.0.1", port), 10.0) as again:
            if answered(again):
                break
    else:
        pytest.fail("who left made no room")


class Line(asyncio.Transport):
    """A connection from an address, that can be broken off."""

    def __init__(self, address: str) -> None:
        super().__init__({"peername": (address, 4711)})
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True


def test_one_address_does_not_take_every_place() -> None:
    async def run() -> None:
        config, state = uvicorn.Config(app), ServerState()
        config.load()

        def come(address: str) -> Line:
            line = Line(address)
            _Http(config, state, {}).connection_made(line)
            return line

        strangers = [come("2001:db8::1" if n % 2 else "2001:db8::2") for n in range(MOST_OF_ONE + 3)]
        assert [one.aborted for one in strangers] == [False] * MOST_OF_ONE + [True] * 3
        assert not come("192.0.2.1").aborted
        here = [come("127.0.0.1") for _ in range(MOST_OF_ONE + 3)]
        assert not any(one.aborted for one in here)

    asyncio.run(run())


def pour(loud: websockets.sync.client.ClientConnection) -> None:
    for _ in range(100 * SAID_BYTES // 1000):
        loud.send("x" * 1000)


def test_who_pours_in_is_cut_off_and_nobody_else(port: int) -> None:
    address = f"ws://127.0.0.1:{port}/"
    with websockets.sync.client.connect(address) as quiet:
        with websockets.sync.client.connect(address, compression=None) as loud, pytest.raises(ConnectionClosed):
            pour(loud)
        for _ in range(50):
            quiet.send("a word")
            assert quiet.recv(10.0) == "heard"
