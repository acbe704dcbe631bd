"""The API of an administrator: users listed, added, changed, given another password."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from vedette.access import Access, AccessDenied, Change, Role, User
from vedette.console import views
from vedette.console.desk import Desk
from vedette.console.gate import logged_in
from vedette.console.views.access import RoleName
from vedette.site import Site

Asked = Request[Any, Any, Any]
Word = Annotated[str, msgspec.Meta(max_length=1000)]
Roles = Annotated[list[Annotated[str, msgspec.Meta(max_length=100)]], msgspec.Meta(max_length=50)]


class NewUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a new user. password: the first one; the user must change it."""

    name: Word
    role: RoleName
    password: Word
    mandate_roles: Roles = []


class UserEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a change; what is absent stays."""

    role: RoleName | None = None
    mandate_roles: Roles | None = None
    disabled: bool | None = None


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of another password for a user, who must change it."""

    password: Word


def roles_of(site: Site) -> list[str]:
    """The roles that the site file names: the mandate's, and those that approve statements and sign attributions."""
    mandate = [role.name for role in site.response.mandate.roles] if site.response.mandate is not None else []
    return list(dict.fromkeys((*mandate, *site.statements.approve, *site.statements.attribute)))


def user_handlers(access: Access | None, desk: Desk) -> list[ControllerRouterHandler]:
    """GET and POST of /users."""

    def there() -> Access:
        if access is None:
            raise AccessDenied("single_user", "this watch has no users: it is in single-user mode")
        return access

    def view(user: User) -> views.UserView:
        return views.user(user, there().sessions(), roles_of(desk.board.site))

    @get("/users", summary="All users", sync_to_thread=False)
    def users(request: Asked) -> views.UsersView:
        logged_in(request)
        return views.users(there().users.users, there().sessions(), roles_of(desk.board.site))

    @post("/users", summary="Add a user", status_code=200)
    async def add_user(request: Asked, data: JSONBody[NewUser]) -> views.UserView:
        by = logged_in(request).user.name
        roles = tuple(data.mandate_roles)
        return view(await there().add(data.name, Role(data.role), roles, data.password, by))

    @post("/users/{name:str}", summary="Change a user's roles, disable or enable", status_code=200)
    async def change_user(request: Asked, name: FromPath[str], data: JSONBody[UserEntry]) -> views.UserView:
        by = logged_in(request).user.name
        change = Change(
            role=None if data.role is None else Role(data.role),
            mandate_roles=None if data.mandate_roles is None else tuple(data.mandate_roles),
            disabled=data.disabled,
        )
        return view(await there().change(name, change, by))

    @post("/users/{name:str}/password", summary="Give a user another password", status_code=200)
    async def reset_password(request: Asked, name: FromPath[str], data: JSONBody[NewPassword]) -> views.UserView:
        by = logged_in(request).user.name
        return view(await there().reset(name, data.password, by))

    return [users, add_user, change_user, reset_password]
