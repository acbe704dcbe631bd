"""A request that is sent again because its answer was lost is answered again, and done once.

Who cannot know whether a request arrived (the line broke, the answer did not come) sends it again with the same
`x-vedette-key`. The key is the sender's own: of one session, one method, one path and query. While the first is under
way the second waits for it; afterwards it is given the same answer. What was refused for want of a log-in, or failed
here, is not kept: it may be tried again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from vedette.clock import monotonic_s
from vedette.console.gate import Connection, cookie_name

KEY: Final = b"x-vedette-key"
KEPT_S: Final = 600.0
"""How long an answer is kept: a person who presses again does so sooner."""
KEPT: Final = 500
ANSWER_BYTES: Final = 1_000_000
"""A longer answer is not kept; none of those that change something is."""
_FORM: Final = re.compile(rb"[A-Za-z0-9_.:-]{8,100}")
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_NOT_KEPT: Final = frozenset({401, 403, 429})
_COMING_IN: Final = ("/api/v1/session", "/api/v1/users")
"""Log-ins and passwords are never kept."""

Named = tuple[bytes, str, str, bytes, bytes]


class _Answer(msgspec.Struct, frozen=True, eq=False):
    start: HTTPResponseStartEvent
    body: bytes


class Repeats:
    """Stands before the application. Belongs to one asyncio loop.

    Args:
        is_open: whether a session's token, or none, is let in now: nothing is answered to who is not.
    """

    def __init__(self, app: ASGIApp, is_open: Callable[[str | None], bool]) -> None:
        self._app, self._is_open = app, is_open
        self._kept: OrderedDict[Named, tuple[float, asyncio.Future[_Answer | None]]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer again."""
        key = self._key(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        self._forget()
        while (known := self._kept.get(key)) is not None:  # of several that waited for one that failed, one tries anew
            answer = await asyncio.shield(known[1])
            if answer is not None:
                await send(answer.start)
                await send({"type": "http.response.body", "body": answer.body, "more_body": False})
                return
        await self._first(key, scope, receive, send)

    async def _first(self, key: Named, scope: Scope, receive: Receive, send: Send) -> None:
        done: asyncio.Future[_Answer | None] = asyncio.get_running_loop().create_future()
        self._kept[key] = monotonic_s(), done
        heard = _Heard(send)
        try:
            await self._app(scope, receive, heard)
        finally:
            answer = heard.answer()
            if answer is None:
                del self._kept[key]
            done.set_result(answer)

    def _key(self, scope: Scope) -> Named | None:
        """By what the request is known; None: it is none that could be sent again."""
        if scope["type"] != ScopeType.HTTP or scope["method"] in _SAFE or scope["path"].startswith(_COMING_IN):
            return None
        headers = dict(scope["headers"])
        own = headers.get(KEY, b"")
        if _FORM.fullmatch(own) is None:
            return None
        connection = Connection(scope)
        token = connection.cookies.get(cookie_name(connection))
        if not self._is_open(token):
            return None
        who = hashlib.sha256((token or "").encode()).digest()
        return who, scope["method"], scope["path"], scope.get("query_string", b""), own

    def _forget(self) -> None:
        """What is too old, or too many; never what is under way."""
        for key, (since_s, done) in list(self._kept.items()):
            is_old = monotonic_s() - since_s > KEPT_S or len(self._kept) > KEPT
            if done.done() and is_old:
                del self._kept[key]
            elif not is_old:
                return


class _Heard:
    """Sends on what the application answers, and remembers it; the application is not told where the client is gone."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: HTTPResponseStartEvent | None = None
        self._body = bytearray()
        self._whole = False

    async def __call__(self, message: Message) -> None:
        """Remember first: who asked may be gone."""
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            if len(self._body) <= ANSWER_BYTES:
                self._body += message["body"]
            self._whole = not message.get("more_body", False)
        with contextlib.suppress(OSError):
            await self._send(message)

    def answer(self) -> _Answer | None:
        """The whole answer, where it is one to be given again."""
        if self._start is None or not self._whole or len(self._body) > ANSWER_BYTES:
            return None
        status = self._start["status"]
        return None if status >= 500 or status in _NOT_KEPT else _Answer(self._start, bytes(self._body))
