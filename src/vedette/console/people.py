"""Who acts: the person behind a request, given to every handler that changes something."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Request
from litestar.di import NamedDependency

from vedette.console.errors import ApiError
from vedette.console.gate import identity_of


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """The person behind a request. known: by log-in; otherwise whoever sits at this machine, as they say themselves.

    roles: of the site's mandate that the person holds; of nobody is anything known without log-in. post: the role by
    which the person is let in, such as watch_officer; empty without log-in.
    """

    name: str
    known: bool = False
    roles: frozenset[str] = frozenset()
    post: str = ""

    def named(self, by: str | None) -> str:
        """The name to record where the request says `by`.

        Raises:
            ApiError: it names another than the person who is logged in.
        """
        if not self.known:
            return by or self.name
        if by not in (None, "", self.name):
            raise ApiError(403, "another_person", f"you are logged in as {self.name}, not as {by}")
        return self.name

    def role(self, role: str | None) -> str:
        """The role to record where the request says `role`; with log-in the only one held needs no saying.

        Raises:
            ApiError: the person who is logged in does not hold it.
        """
        if not self.known:
            return role or ""
        if not role and len(self.roles) == 1:
            return next(iter(self.roles))
        if role and role not in self.roles:
            raise ApiError(403, "not_your_role", f"{self.name} does not hold the role {role}")
        return role or ""


Acting = NamedDependency[Person]
"""Annotation of a handler's parameter `person`."""

SINGLE: Final = Person(name="watch officer")
"""Without log-in: whoever sits at this machine."""


async def person_of(request: Request[Any, Any, Any]) -> Person:
    """The person behind a request, as the gate found him: in a second person's act, that one."""
    identity = identity_of(request)
    if identity is None:
        return SINGLE
    user = identity.user
    return Person(name=user.name, known=True, roles=frozenset(user.mandate_roles), post=user.role.value)
