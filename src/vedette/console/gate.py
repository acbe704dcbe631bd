"""Who is at the door: before each handler the session, its right to the route, and the token of what changes something.

    cookie (HttpOnly, SameSite=Strict, Secure over TLS) → session → right of the route → CSRF token → second person

The cookie's name bears the port, for a browser keeps one jar for all ports of a machine.
"""

from __future__ import annotations

import hmac
from typing import Any, Final, Literal

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard as RouteGuard

from vedette.access import Access, AccessDenied, Entrance, Identity, Right
from vedette.console.errors import ApiError
from vedette.console.rights import ROUTES

CSRF: Final = "x-vedette-csrf"
SECOND: Final = "x-vedette-second"
Connection = ASGIConnection[Any, Any, Any, Any]
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


API: Final = "/api/v1/"


def gate(access: Access | None, at: str = API) -> RouteGuard:
    """The guard of every route. Without users, or without access at all, it is single-user mode and all is open.

    at: where clients find the API of this desk; a second person's word names its request by it.
    """

    async def admit(connection: Connection, handler: BaseRouteHandler) -> None:
        del handler
        if access is None or not access.has_users:
            return
        method = "WS" if connection.scope["type"] == ScopeType.WEBSOCKET else connection.scope["method"]
        if method == "OPTIONS":
            return
        right = ROUTES.get(f"{method} {connection.scope['path_template']}")
        identity = access.who(connection.cookies.get(cookie_name(connection)))
        connection.scope["auth"] = identity
        if right is Right.ANYONE:
            return
        if identity is None:
            raise ApiError(401, "log_in", "log in first")
        if method not in _SAFE and method != "WS":
            _check_csrf(connection, identity)
        if SECOND in connection.headers:
            act = f"{method} {at}{connection.scope['path'].removeprefix(API)}"
            identity = connection.scope["auth"] = access.second(connection.headers[SECOND], identity, act)
        _check_right(access, connection, identity, right)

    return admit


def _check_csrf(connection: Connection, identity: Identity) -> None:
    sent = connection.headers.get(CSRF, "")
    if not hmac.compare_digest(sent.encode(), identity.session.csrf.encode()):
        raise ApiError(403, "csrf", f"the request does not carry this session's token ({CSRF})")


def _check_right(access: Access, connection: Connection, identity: Identity, right: Right | None) -> None:
    if right is not None and identity.may(right):
        return
    if identity.user.must_change:
        raise ApiError(403, "change_password", "change your password first")
    access.refused(identity.user.name, address_of(connection), "right")
    role = identity.user.role.value.replace("_", " ")
    wanted = right.value if right is not None else "nobody's"
    raise ApiError(403, "not_yours", f"{identity.user.name} is {role}, without the right to {wanted}")


def identity_of(connection: Connection) -> Identity | None:
    """Whose request it is, or in a second person's act that person's; None in single-user mode, and before log-in."""
    found = connection.scope.get("auth")
    return found if isinstance(found, Identity) else None


def logged_in(connection: Connection) -> Identity:
    """Whose request it is.

    Raises:
        AccessDenied: it is single-user mode.
    """
    found = identity_of(connection)
    if found is None:
        raise AccessDenied("single_user", "this watch has no users: it is in single-user mode")
    return found


def address_of(connection: Connection) -> str:
    """Where the request comes from, as the socket has it: no header is believed."""
    client = connection.scope.get("client")
    return client[0] if client else "unknown"


def cookie_name(connection: Connection) -> str:
    """The session's cookie here. Over TLS its name makes the browser hold it to this host, path / and Secure."""
    server = connection.scope.get("server")
    port = server[1] if server and server[1] is not None else 0
    return f"__Host-vedette-{port}" if is_secure(connection) else f"vedette-{port}"


def is_secure(connection: Connection) -> bool:
    """Whether the connection is over TLS."""
    return connection.scope["scheme"] in ("https", "wss")


def session_cookie(connection: Connection, entrance: Entrance) -> Cookie:
    """The cookie of a session that was just begun: gone with the browser, and never read by a script."""
    return _cookie(connection, entrance.token)


def no_cookie(connection: Connection) -> Cookie:
    """What takes the cookie away."""
    return _cookie(connection, "", max_age=0)


def _cookie(connection: Connection, value: str, max_age: int | None = None) -> Cookie:
    strict: Literal["strict"] = "strict"
    return Cookie(
        key=cookie_name(connection),
        value=value,
        path="/",
        httponly=True,
        samesite=strict,
        secure=is_secure(connection),
        max_age=max_age,
    )
