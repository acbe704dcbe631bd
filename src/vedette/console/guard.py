"""Host and Origin, checked before anything else: a page from elsewhere gets nothing, by name tricks neither.

A browser that was lured to another site can send requests here, and with a name that resolves to this machine (DNS
rebinding) it could read the answers. So the Host must be this machine's own name and port, and an Origin, where one is
sent, must be the same. Programs send no Origin, and pass.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Final

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Guard:
    """Stands before the application. `bound_host`: what the server listens on; a wildcard takes addresses, no names.

    names: others that are its own, as its certificate says.
    """

    def __init__(self, app: ASGIApp, bound_host: str, names: Collection[str] = ()) -> None:
        self._app = app
        self._names = _LOOPBACK | {_bracketed(bound_host)} | {_bracketed(name) for name in names}
        self._any_address = bound_host in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse with 403."""
        why = self.refusal(dict(scope["headers"]), scope.get("server"), scope["scheme"])
        if why is None:
            await self._app(scope, receive, send)
        else:
            await _refuse(scope, send, *why)

    def refusal(
        self, headers: dict[bytes, bytes], server: tuple[str, int | None] | None, scheme: str
    ) -> tuple[str, str] | None:
        """(code, message) if these headers are not to be answered."""
        host = headers.get(b"host", b"").decode("latin-1").lower()
        name, port = _split(host)
        if not (name in self._names or (self._any_address and _is_address(name))):
            return "bad_host", f"this watch does not answer to the host {host!r}"
        default = 443 if scheme in ("https", "wss") else 80
        if server is not None and server[1] is not None and (port or default) != server[1]:
            return "bad_host", f"this watch does not answer to the port of {host!r}"
        origin = headers.get(b"origin")
        if origin is not None:
            web = "https" if scheme in ("https", "wss") else "http"
            if origin.decode("latin-1").lower() != f"{web}://{host}":
                return "bad_origin", "this watch does not answer to pages from elsewhere"
        return None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host.lower()


def _split(host: str) -> tuple[str, int | None]:
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        return host, None
    return name, int(port) if port.isascii() and port.isdigit() and len(port) <= 5 else -1


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


async def _refuse(scope: Scope, send: Send, code: str, message: str) -> None:
    if scope["type"] == ScopeType.WEBSOCKET:
        await send({"type": "websocket.close", "code": 1008, "reason": message[:100]})
        return
    body = msgspec.json.encode({"error": {"code": code, "message": message, "details": None}})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
