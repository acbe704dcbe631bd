"""HTTP and WebSocket, for sensors that push: a small server of the feed's own, `http://host:port/path` or https.

POST path       the body's rows; answered {"accepted": n, "rejected": {reason: n}} with 200; 400 where none was good,
                503 where the watch cannot keep up (send it again), 413 over 1 MiB
WebSocket path  each message's rows, each answered with the same object

On this machine alone no token is needed; anywhere else the site file must name a token file, and each request bears
`Authorization: Bearer TOKEN`. A request with an Origin comes from a web page and is refused: a browser lured elsewhere
must not be able to put aircraft into the picture.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from vedette.feeds.listener import Listener, Receipt
from vedette.secrets import read_secret
from vedette.serving import serve
from vedette.site import Feed
from vedette.tls import tls_context

MAX_BODY_BYTES: Final = 1 << 20
BODY_S: Final = 10.0
"""Longest time a body may take to arrive."""
CONNECTIONS: Final = 64
_URL = re.compile(r"https?://(\[[^\]]+\]|[^:\[\]/]+):(\d{1,5})(/[^?#]*)?")

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def serve_rows(feed: Feed, listener: Listener, idle_s: float) -> None:
    """Take what sensors push until the line is cancelled; their silence is no fault of the line.

    Raises:
        OSError: the address cannot be taken. ValueError: no url, or no readable token file.
    """
    del idle_s
    host, port, path = parse_http(feed.url)
    token = None if feed.token_file is None else read_secret(feed.token_file)
    tls = None if feed.tls is None else tls_context(feed.tls, server=True)
    app = RowServer(listener, path, token)
    # a fault of ours in taking rows is the supervisor's: it ends the server
    serving = asyncio.create_task(
        serve(app, host, port, lambda _: listener.opened(), lifespan="off", limit_concurrency=CONNECTIONS, tls=tls)
    )
    failed = asyncio.create_task(app.failed.wait())
    try:
        await asyncio.wait((serving, failed), return_when=asyncio.FIRST_COMPLETED)
        if app.fault is not None:
            raise app.fault
        await serving
    finally:
        for task in (serving, failed):
            task.cancel()
        await asyncio.gather(serving, failed, return_exceptions=True)


def parse_http(url: str) -> tuple[str, int, str]:
    """Host, port and path.

    Raises:
        ValueError: not http://host:port/path.
    """
    found = _URL.fullmatch(url)
    if found is None or not 0 < int(found[2]) < 65536:
        raise ValueError(f"not http://host:port/path: {url}")
    return found[1].strip("[]"), int(found[2]), found[3] or "/"


class RowServer:
    """The ASGI application. `fault`: what the listener raised; `failed` is set with it."""

    def __init__(self, listener: Listener, path: str, token: str | None) -> None:
        self.fault: Exception | None = None
        self.failed = asyncio.Event()
        self._listener, self._path, self._token = listener, path, token

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        """Answer one request or keep one WebSocket."""
        refused = self._refusal(scope)
        if scope["type"] == "websocket":
            await self._socket(refused, receive, send)
        elif refused is not None:
            await _answer(send, refused, {"error": _WORDS[refused]})
        else:
            await self._post(receive, send)

    def _refusal(self, scope: _Scope) -> int | None:
        """The status with which a request is refused unread; None: it may speak."""
        headers = dict(scope["headers"])
        if b"origin" in headers:
            self._listener.refuse("web_page")
            return 403
        if self._token is not None:
            given = headers.get(b"authorization", b"")
            if not hmac.compare_digest(given, b"Bearer " + self._token.encode()):
                self._listener.refuse("bad_token")
                return 401
        if scope["path"] != self._path:
            return 404
        return 405 if scope["type"] == "http" and scope["method"] != "POST" else None

    async def _post(self, receive: _Receive, send: _Send) -> None:
        try:
            async with asyncio.timeout(BODY_S):
                body = await _body(receive)
        except TimeoutError:
            body = b""
        if body is None:
            self._listener.refuse("too_long")
            await _answer(send, 413, {"error": _WORDS[413]})
            return
        receipt = self._take(body)
        status = 503 if receipt.shed else 400 if receipt.rejected and not receipt.taken else 200
        await _answer(send, status, _said(receipt))

    async def _socket(self, refused: int | None, receive: _Receive, send: _Send) -> None:
        await receive()  # the wish to connect
        if refused is not None:
            await send({"type": "websocket.close", "code": 1008})
            return
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            text = message.get("text")
            octets = text.encode() if text is not None else message.get("bytes") or b""
            await send({"type": "websocket.send", "text": json.dumps(_said(self._take(octets)))})

    def _take(self, octets: bytes) -> Receipt:
        try:
            return self._listener.receive(octets)
        except Exception as fault:
            self.fault = fault
            self.failed.set()
            raise


_WORDS: Final = {
    401: "the token is missing or wrong",
    403: "not from a web page",
    404: "not the path of this feed",
    405: "POST rows, or open a WebSocket",
    413: f"longer than {MAX_BODY_BYTES} bytes",
}


def _said(receipt: Receipt) -> dict[str, Any]:
    said: dict[str, Any] = {"accepted": receipt.taken, "rejected": receipt.rejected}
    return said | ({"shed": receipt.shed} if receipt.shed else {})


async def _body(receive: _Receive) -> bytes | None:
    """The whole body; None: it is too long."""
    pieces, length = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        pieces.append(message.get("body", b""))
        length += len(pieces[-1])
        if length > MAX_BODY_BYTES:
            return None
        if not message.get("more_body"):
            return b"".join(pieces)


async def _answer(send: _Send, status: int, said: dict[str, Any]) -> None:
    body = json.dumps(said).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(b"retry-after", b"1")] if status == 503 else []
    headers += [(b"www-authenticate", b"Bearer")] if status == 401 else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
