"""The API of coming in: who am I, log-in and log-out, the first administrator, passwords, a second person's word."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from vedette.access import Access, AccessDenied, Entrance, Right
from vedette.console import views
from vedette.console.errors import ApiError
from vedette.console.gate import (
    address_of,
    cookie_name,
    identity_of,
    logged_in,
    no_cookie,
    session_cookie,
)

Asked = Request[Any, Any, Any]
Word = Annotated[str, msgspec.Meta(max_length=1000)]
SESSION: Final = views.SessionView


class LogIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a log-in."""

    name: Word
    password: Word


class FirstStart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of the first start. link: the secret from the terminal."""

    link: Word
    name: Word
    password: Word


class PasswordChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a change of one's own password."""

    old: Word
    new: Word


class SecondsWord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a second person's word. act: `POST /api/v1/…`, the one request it is for."""

    name: Word
    password: Word
    act: Annotated[str, msgspec.Meta(pattern=r"^(POST|DELETE) /api/v1/[^\s?#]{1,300}(?![\s\S])")]


def session_handlers(access: Access | None) -> list[ControllerRouterHandler]:
    """GET, POST and DELETE of /session and /sessions. Without access it is single-user mode for good."""
    return [*_standing(access), *_first_start(access), *_own(access), *_all(access)]


def _there(access: Access | None) -> Access:
    if access is None:
        raise AccessDenied("single_user", "this watch has no users: it is in single-user mode")
    return access


def _entered(request: Asked, entrance: Entrance) -> Response[views.SessionView]:
    view = views.session(entrance.identity, single=False)
    return Response(view, cookies=[session_cookie(request, entrance)], status_code=200)


def _standing(access: Access | None) -> list[ControllerRouterHandler]:
    @get("/session", summary="Who am I, and how do I come in", sync_to_thread=False)
    def session(request: Asked) -> views.SessionView:
        return views.session(identity_of(request), single=access is None or not access.has_users)

    @post("/session", summary="Log in", status_code=200)
    async def log_in(request: Asked, data: JSONBody[LogIn]) -> Response[views.SessionView]:
        found = _there(access)
        if not found.has_users:
            raise AccessDenied("single_user", "this watch has no users: it is in single-user mode")
        before = request.cookies.get(cookie_name(request))
        return _entered(request, await found.log_in(data.name, data.password, address_of(request), before))

    @delete("/session", summary="Log out", status_code=204)
    async def log_out(request: Asked) -> Response[None]:
        identity = logged_in(request)
        await _there(access).end(identity.session.id, "logged_out", identity.user.name)
        return Response(None, cookies=[no_cookie(request)], status_code=204)

    return [session, log_in, log_out]


def _first_start(access: Access | None) -> list[ControllerRouterHandler]:
    @post("/session/first", summary="Make the first administrator, by the link on the terminal", status_code=200)
    async def first(request: Asked, data: JSONBody[FirstStart]) -> Response[views.SessionView]:
        entrance = await _there(access).first(data.link, data.name, data.password, address_of(request))
        return _entered(request, entrance)

    return [first]


def _own(access: Access | None) -> list[ControllerRouterHandler]:
    @post("/session/password", summary="Change one's own password", status_code=200)
    async def password(request: Asked, data: JSONBody[PasswordChange]) -> Response[views.SessionView]:
        identity = logged_in(request)
        return _entered(request, await _there(access).change_own(identity, data.old, data.new, address_of(request)))

    @post("/session/confirm", summary="A second person stands for one act, by password", status_code=200)
    async def confirm(request: Asked, data: JSONBody[SecondsWord]) -> views.SecondView:
        found, identity = _there(access), logged_in(request)
        token = await found.confirm(identity, data.name, data.password, address_of(request), data.act)
        user = found.users.find(data.name)
        if user is None:
            raise AccessDenied("wrong", "name or password is wrong")
        return views.SecondView(token=token, name=user.name, mandate_roles=list(user.mandate_roles), act=data.act)

    return [password, confirm]


def _all(access: Access | None) -> list[ControllerRouterHandler]:
    @get("/sessions", summary="Open sessions: one's own, or all to who may see them", sync_to_thread=False)
    def sessions(request: Asked) -> views.OpenSessionsView:
        identity = logged_in(request)
        return views.open_sessions(_there(access).sessions(), identity)

    @delete("/sessions/{session_id:str}", summary="End a session: one's own, an administrator any", status_code=204)
    async def revoke(request: Asked, session_id: FromPath[str]) -> None:
        found, identity = _there(access), logged_in(request)
        mine = any(one.id == session_id and one.user == identity.user.name for one in found.sessions())
        if not mine and not identity.may(Right.MANAGE):
            raise ApiError(404, "unknown", f"you have no session {session_id!r}")
        await found.end(session_id, "revoked", identity.user.name)

    return [sessions, revoke]
