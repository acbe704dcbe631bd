"""Roles and the rights they hold. A role is what a user is; a right is what one route of the API asks for.

| | read | act | decide | audit | manage |
|---|---|---|---|---|---|
| viewer | x | | | | |
| watch officer | x | x | | | |
| commander | x | x | x | | |
| auditor | x | | | x | |
| administrator | x | | | x | x |

They are no ladder: who manages the users does not thereby act or decide.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


class Role(enum.StrEnum):
    """What a user is. Which measures he may order is said apart, by the mandate's own roles."""

    VIEWER = "viewer"
    WATCH_OFFICER = "watch_officer"
    COMMANDER = "commander"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Right(enum.StrEnum):
    """What a route asks for.

    ANYONE: before log-in. SELF: whoever is logged in, about himself. READ: the picture. ACT: acknowledge, order within
    the mandate, open an operator's position. DECIDE: approve and sign. AUDIT: the record, all users and sessions.
    MANAGE: users and site.
    """

    ANYONE = "anyone"
    SELF = "self"
    READ = "read"
    ACT = "act"
    DECIDE = "decide"
    AUDIT = "audit"
    MANAGE = "manage"


_ALL: Final = frozenset({Right.ANYONE, Right.SELF, Right.READ})
RIGHTS: Final[Mapping[Role, frozenset[Right]]] = MappingProxyType(
    {
        Role.VIEWER: _ALL,
        Role.WATCH_OFFICER: _ALL | {Right.ACT},
        Role.COMMANDER: _ALL | {Right.ACT, Right.DECIDE},
        Role.AUDITOR: _ALL | {Right.AUDIT},
        Role.ADMINISTRATOR: _ALL | {Right.AUDIT, Right.MANAGE},
    }
)
