"""Access with a clock that stands until it is set, and passwords that cost nothing."""

from __future__ import annotations

from pathlib import Path

import argon2

from vedette.access import Access, Passwords, Role, User, UserFile, new_user
from vedette.access.access import Told
from vedette.clock import SimulatedClock

CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "a long sentence of mine"  # noqa: S105 - of people who are not
T0_S = 1_700_000_000.0
PEOPLE = {
    "V. Viewer": (Role.VIEWER, ()),
    "O. Officer": (Role.WATCH_OFFICER, ("watch-officer",)),
    "C. Commander": (Role.COMMANDER, ("commander",)),
    "A. Auditor": (Role.AUDITOR, ()),
    "M. Manager": (Role.ADMINISTRATOR, ()),
}


def person(name: str, *, must_change: bool = False) -> User:
    """One of the people, with the one password."""
    role, mandate_roles = PEOPLE[name]
    return new_user(name, role, mandate_roles, CHEAP.hash(PASSWORD), T0_S, must_change=must_change)


def people(folder: Path) -> UserFile:
    """A file with one user of each role."""
    file = UserFile(folder)
    for name in PEOPLE:
        user = person(name)
        file.change(lambda users, user=user: users.add(user, "a test"))  # type: ignore[misc]
    file.change(lambda users: users.recorded(users.unrecorded))
    return file


class Quick:
    """Access over a file, a clock to be set, and what the record was told."""

    def __init__(self, file: UserFile) -> None:
        self.clock, self.told = SimulatedClock(T0_S), list[Told]()
        self.access = Access(file, self.clock.now_s, self._keep, Passwords(CHEAP))

    async def _keep(self, told: Told) -> None:
        self.told.append(told)

    def later(self, by_s: float) -> None:
        """Let time pass."""
        self.clock.set(self.clock.now_s() + by_s)
